// <transcript-panel>: what is said in a film, beside its player (templates/media/transcript.html). The line that is heard
// is lit, a click leads to its second, words are found, a quote is copied with a link, and all of it can be taken away.
// data-player: the film's master playlist, by which its player is found; data-watch: the page to which links lead.

import { asked, time } from "plenary/media/player-time.js";
import { cues } from "plenary/media/webvtt.js";
import { language } from "plenary/ui/language.js";
import { counted } from "plenary/ui/plural.js";
import { say } from "plenary/ui/toast.js";

const FOUND = "transcript-found"; // media/transcript.css lights it

customElements.define("transcript-panel", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    const on = (target, name, act) => target?.addEventListener(name, act, { signal });
    this.lines = [];
    this.player = document.querySelector(`video-player[data-src="${CSS.escape(this.dataset.player)}"]`);
    this.video = this.player?.querySelector("video");
    const query = new URLSearchParams(location.search);
    this.choose(query.get("language") ?? language);
    on(this.querySelector("details"), "toggle", () => this.load());
    on(this.part("language"), "change", () => this.load());
    on(this.part("query"), "input", () => this.find());
    on(this.querySelector("form"), "submit", (event) => { event.preventDefault(); this.find(); });
    on(this.part("lines"), "click", (event) => this.click(event));
    on(this.video, "timeupdate", () => this.light());
    on(this.video, "seeked", () => this.light());
    this.begin = asked(location); // where the player begins, once somebody plays it
    if (location.pathname === this.dataset.watch) this.querySelector("details").open = true;
    else this.load();
  }

  disconnectedCallback() {
    this.stop.abort();
    CSS.highlights?.delete(FOUND);
  }

  part(name) {
    return this.querySelector(`[data-part=${name}]`);
  }

  choose(code) {
    const options = [...this.part("language").options];
    const found = options.find((option) => option.value === code) ?? options.find((option) => option.value === code.split("-")[0]);
    if (found) found.selected = true;
  }

  async load() {
    if (!this.querySelector("details").open) return;
    const { url } = this.part("language").selectedOptions[0].dataset;
    if (this.shown === url) return;
    this.shown = url;
    for (const link of this.part("files").querySelectorAll("a")) link.href = url + new URL(link.href).search;
    try {
      const answer = await fetch(url, { signal: this.stop.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      this.lines = cues(await answer.text());
      this.draw();
    } catch (error) {
      if (error.name === "AbortError") return;
      this.shown = "";
      this.part("status").textContent = this.dataset.away;
    }
  }

  draw() {
    const list = this.part("lines");
    list.lang = this.part("language").value;
    let before = "";
    list.replaceChildren(...this.lines.map((line, number) => {
      const item = document.createElement("li");
      item.dataset.number = number;
      const at = document.createElement("a");
      at.className = "num";
      at.href = this.link(line);
      at.textContent = time(line.begins);
      const words = document.createElement("p");
      words.dir = "auto";
      if (line.speaker && line.speaker !== before) {
        const who = document.createElement("b");
        who.textContent = line.speaker;
        words.append(who, " ");
      }
      before = line.speaker;
      words.append(line.text);
      const copy = document.createElement("button");
      copy.type = "button";
      copy.className = "btn bare icon";
      copy.setAttribute("aria-label", this.dataset.copy);
      copy.title = this.dataset.copy;
      copy.append(this.querySelector("template").content.cloneNode(true));
      item.append(at, words, copy);
      return item;
    }));
    this.find();
    this.light(true);
  }

  link(line) {
    return `${this.dataset.watch}?t=${Math.floor(line.begins)}&language=${encodeURIComponent(this.part("language").value)}`;
  }

  find() {
    const wanted = this.part("query").value.trim().toLocaleLowerCase();
    const ranges = [];
    let count = 0;
    for (const item of this.part("lines").children) {
      const has = !wanted || this.lines[item.dataset.number].text.toLocaleLowerCase().includes(wanted);
      item.hidden = !has;
      count += has;
      if (wanted && has) ranges.push(...places(item.querySelector("p").lastChild, wanted));
    }
    CSS.highlights?.set(FOUND, new Highlight(...ranges));
    const status = this.part("status");
    if (!wanted) status.textContent = "";
    else status.textContent = count ? counted(JSON.parse(this.dataset.found), count) : this.dataset.none;
    this.part("lines").hidden = !count;
  }

  click(event) {
    const item = event.target.closest("li");
    if (!item) return;
    const line = this.lines[item.dataset.number];
    if (event.target.closest("button")) {
      this.copy(line);
      return;
    }
    if (!this.player || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!event.target.closest("a") && !getSelection().isCollapsed) return; // whoever marks words does not mean to go there
    event.preventDefault();
    if (this.player.go) this.player.go(line.begins);
    else if (this.video) this.video.currentTime = line.begins;
  }

  async copy(line) {
    const who = line.speaker ? `${line.speaker}, ` : "";
    const address = new URL(this.link(line), location.href).href;
    try {
      await navigator.clipboard.writeText(`“${line.text.replaceAll("\n", " ")}” (${who}${this.dataset.title}, ${time(line.begins)})\n${address}`);
      say(this.dataset.copied);
    } catch {
      window.location.assign(address); // no clipboard: the link itself can be copied there
    }
  }

  light(always = false) {
    if (!this.video || !this.lines.length) return;
    const now = this.video.currentTime || this.begin || 0;
    let number = -1;
    for (let n = 0; n < this.lines.length && this.lines[n].begins <= now + 0.05; n += 1) number = n;
    if (number === this.lit && !always) return;
    this.lit = number;
    const list = this.part("lines");
    list.querySelector("[aria-current]")?.removeAttribute("aria-current");
    const item = list.children[number];
    item?.setAttribute("aria-current", "true");
    if (item && this.part("follow").checked && !list.contains(document.activeElement)) {
      list.scrollTop = item.offsetTop - list.offsetTop - list.clientHeight / 3; // the list alone, never the page
    }
  }
});

/** Where these words stand in a text of the page. */
function places(text, wanted) {
  const found = [];
  const said = text.data.toLocaleLowerCase();
  if (said.length !== text.length) return found; // a letter whose small form is two: places would not be the same
  for (let at = said.indexOf(wanted); at >= 0; at = said.indexOf(wanted, at + wanted.length)) {
    const range = new Range();
    range.setStart(text, at);
    range.setEnd(text, at + wanted.length);
    found.push(range);
  }
  return found;
}
