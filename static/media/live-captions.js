// <live-captions>: what is being said, under a live stage (templates/media/live_captions.html), in the language that the
// reader chose. data-topic: the stage's topic, which tells the languages; each language's own topic stands below it.

import { live } from "plenary/live/socket.js";
import { language } from "plenary/ui/language.js";

const KEPT = "plenary.captions";

customElements.define("live-captions", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.select = this.querySelector("select");
    this.names = new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "language" });
    this.select.addEventListener("change", () => this.choose(this.select.value, true), { signal });
    live.subscribe(this.dataset.topic, {
      version: Number(this.dataset.version),
      onmessage: ({ languages }) => this.offer(languages),
      signal,
    });
    this.offer(this.dataset.languages.split(" ").filter(Boolean));
  }

  disconnectedCallback() {
    this.stop.abort();
    this.hearing?.abort();
  }

  offer(languages) {
    this.hidden = !languages.length;
    if (!languages.length) return;
    const off = this.select.options[0];
    this.select.replaceChildren(off, ...languages.map((code) => new Option(this.names.of(code), code)));
    const kept = read();
    const wanted = this.chosen ?? (kept === "off" ? "" : [kept, language, language.split("-")[0]].find((code) => languages.includes(code)) ?? languages[0]);
    this.select.value = languages.includes(wanted) ? wanted : "";
    this.choose(this.select.value, false);
  }

  choose(code, keep) {
    if (keep) write(code || "off");
    if (code === this.chosen) return;
    this.chosen = code;
    this.hearing?.abort();
    this.show({ lines: [] });
    if (!code) return;
    this.hearing = new AbortController();
    live.subscribe(`${this.dataset.topic}/${code}`, { onmessage: (value) => this.show(value), signal: this.hearing.signal });
  }

  show({ lines }) {
    const box = this.querySelector("[data-part=says]");
    box.lang = this.chosen;
    box.replaceChildren(...lines.map(({ id, speaker, text }) => {
      const line = document.createElement("p");
      line.dir = "auto";
      line.toggleAttribute("data-partial", !id);
      line.textContent = speaker ? `${speaker}: ${text}` : text;
      return line;
    }));
  }
});

function read() {
  try {
    return localStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}

function write(code) {
  try {
    localStorage.setItem(KEPT, code);
  } catch {
    // A private window: the choice lasts as long as the page.
  }
}
