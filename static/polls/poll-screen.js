// <poll-screen>: a poll on a screen that everybody looks at (templates/polls/screen.html). The bars grow as answers come,
// the time runs, and whoever stands at the keyboard runs the poll by single keys.

import { live } from "plenary/live/socket.js";
import { rowsOf } from "plenary/polls/answers.js";
import { percent, putInOrder, showPicture, showWords } from "plenary/polls/results.js";
import { call } from "plenary/ui/api.js";
import { inLanguage } from "plenary/ui/language.js";
import { counted, number } from "plenary/ui/plural.js";

const KEYS = { o: "open", c: "close", l: "lock", r: "reveal", x: "extend" };
const SIZES = [[160, "s"], [70, "m"], [0, "l"]]; // as `screen_size` of templatetags/polls.py has them
const MOST_ROWS = 12; // as SCREEN_ROWS there
const SAID_MS = 6000;
const GROW_MS = 480;
const UNDO = { lock: ["locked", "unlock"], reveal: ["revealed", "hide"] };

const still = matchMedia("(prefers-reduced-motion: reduce)");
const growing = new WeakMap();

/** Which places are shown: all of a scale, else those that got most, where there are too many. */
function chosen(votes, kind) {
  const places = [...votes.keys()];
  if (kind === "scale" || places.length <= MOST_ROWS) return places;
  return places.toSorted((one, other) => votes[other].votes - votes[one].votes).slice(0, MOST_ROWS).toSorted((one, other) => one - other);
}

/** Only these stand in the list, in their order; those of a ranking move to theirs afterwards. */
function stand(box, items, kind) {
  const wanted = new Set(items);
  for (const item of [...box.children]) if (!wanted.has(item)) item.remove();
  if (kind === "ranking") box.append(...items.filter((item) => item.parentNode !== box));
  else if (items.some((item, place) => box.children[place] !== item)) box.replaceChildren(...items);
}

/** Styles let the bar of a meter grow but in Firefox, which draws it by itself. */
function grow(meter, share) {
  cancelAnimationFrame(growing.get(meter));
  const from = meter.value;
  if (from === share || still.matches || !CSS.supports("selector(::-moz-meter-bar)")) {
    meter.value = share;
    return;
  }
  const began = performance.now();
  const step = (now) => {
    const part = Math.min(1, Math.max(0, (now - began) / GROW_MS));
    meter.value = part === 1 ? share : from + (share - from) * (1 - (1 - part) ** 3);
    if (part < 1) growing.set(meter, requestAnimationFrame(step));
  };
  growing.set(meter, requestAnimationFrame(step));
}

customElements.define("poll-screen", class extends HTMLElement {
  connectedCallback() {
    if (this.stop) return;
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.words = JSON.parse(this.dataset.words);
    this.skew = Date.parse(this.dataset.now) - performance.timeOrigin;
    if (!(Math.abs(this.skew) > 15_000)) this.skew = 0;
    live.subscribe(this.dataset.topic, { version: Number(this.dataset.version), onmessage: (screen) => this.update(screen), signal });
    document.addEventListener("keydown", (event) => this.press(event), { signal });
    for (const button of this.querySelectorAll("[data-do]")) button.addEventListener("click", () => this.run(button.dataset.do), { signal });
    this.count();
  }

  disconnectedCallback() {
    this.stop?.abort();
    this.stop = null;
    clearTimeout(this.timer);
    clearTimeout(this.saying);
  }

  update({ question, answers, results }) {
    const { state, closes_at: closesAt, locked, revealed } = question;
    Object.assign(this.dataset, { state, closesAt: closesAt ?? "" });
    this.toggleAttribute("data-locked", locked);
    this.toggleAttribute("data-revealed", revealed);
    const head = this.querySelector("[data-question]");
    head.textContent = inLanguage(question.question);
    head.dataset.size = SIZES.find(([least]) => head.textContent.length >= least)[1];
    this.querySelector("[data-answers]").textContent = number(answers);
    this.querySelector("[data-answers-words]").textContent = counted(this.words.answered, answers);
    this.querySelector("[data-outcome]").hidden = !results;
    this.querySelector("[data-choices]").hidden = Boolean(results);
    for (const how of this.querySelectorAll("[data-how]")) how.hidden = state !== "open";
    const mean = this.querySelector("[data-mean]");
    mean.hidden = (results?.mean ?? null) === null;
    mean.querySelector("b").textContent = results?.mean ?? "";
    if (results) this.show(results, rowsOf(question), question.kind);
    if (results && question.kind === "ranking") putInOrder(this.querySelector("[data-bars]"), results.votes);
    this.count();
  }

  show({ votes, of, words, texts }, rows, kind) {
    const box = this.querySelector("[data-bars]");
    const most = Math.max(0, ...votes.map((tally) => tally.votes));
    const known = new Map([...box.children].map((item) => [item.dataset.option, item]));
    const items = [];
    for (const place of chosen(votes, kind)) {
      const { option, votes: count } = votes[place];
      const item = known.get(String(option)) ?? this.querySelector("[data-row-template]").content.firstElementChild.cloneNode(true);
      items.push(item);
      const share = percent(count, of);
      item.dataset.option = option;
      item.classList.toggle("top", count > 0 && count === most);
      item.querySelector(".key").textContent = String.fromCharCode(65 + place);
      item.querySelector("[data-words]").textContent = rows[place]?.words ?? "";
      item.querySelector("[data-percent]").textContent = `${share}%`;
      const meter = item.querySelector("meter");
      grow(meter, share);
      meter.textContent = `${share}%`;
      meter.setAttribute("aria-label", rows[place]?.words ?? "");
      showPicture(item, rows[place] ?? {});
    }
    stand(box, items, kind);
    const more = this.querySelector("[data-more-rows]");
    more.hidden = items.length === votes.length;
    more.textContent = more.hidden ? "" : counted(this.words.more, votes.length - items.length);
    this.querySelector("[data-none]").hidden = Boolean(votes.length || words.length || texts.length);
    showWords(this.querySelector("[data-cloud]"), words);
    const said = texts.map((text) => Object.assign(document.createElement("li"), { dir: "auto", textContent: text }));
    this.querySelector("[data-texts]").replaceChildren(...said);
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
    const key = event.key.toLowerCase();
    if (key === "?") this.querySelector("#keys").togglePopover();
    else if (key === "f") document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.();
    else if (KEYS[key]) this.run(KEYS[key]);
    else return;
    event.preventDefault();
  }

  async run(deed) {
    const [flag, back] = UNDO[deed] ?? [];
    // More time for what has no end would be an end.
    if (deed === "extend" && this.dataset.state === "open" && !this.dataset.closesAt) {
      this.say(this.words.untimed);
      return;
    }
    try {
      await call("POST", this.dataset.run, { do: flag && flag in this.dataset ? back : deed });
    } catch (error) {
      this.say(error.message || this.words.failed);
    }
  }

  say(words) {
    clearTimeout(this.saying);
    this.querySelector("[data-said]").textContent = words;
    this.saying = setTimeout(() => this.say(""), SAID_MS);
  }

  /** The server's clock decides; this one only shows. */
  count() {
    clearTimeout(this.timer);
    const line = this.querySelector("[data-left]");
    const bar = this.querySelector("[data-countdown]");
    const { state, closesAt } = this.dataset;
    const left = Math.ceil((Date.parse(closesAt) - Date.now() - this.skew) / 1000);
    const runs = state === "open" && left > 0;
    bar.hidden = !runs;
    if (!runs) {
      line.textContent = state === "open" ? ("locked" in this.dataset ? this.words.locked : "") : this.words.closed;
      this.whole = 0;
      return;
    }
    this.whole = Math.max(this.whole ?? 0, left);
    bar.max = this.whole;
    bar.value = left;
    const time = Object.assign(document.createElement("b"), { textContent: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` });
    line.replaceChildren(this.words.ends, " ", time);
    this.timer = setTimeout(() => this.count(), 1000 - (Date.now() % 1000) + 5);
  }
});
