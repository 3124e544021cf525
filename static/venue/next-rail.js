// <next-rail data-src> keeps "next for you": around the bar's button with its popover, and around the lobby's list.
// The list is HTML from the server; it is fetched again when the popover opens, when something was announced or a
// poll opened, and now and then while the page is looked at. <time data-until> counts down to a moment.

import { live } from "plenary/live/socket.js";

const EVERY_MS = 90_000;
const SPREAD_MS = 4_000;

function clockLeft(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  if (seconds >= 3600) return null;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

customElements.define("next-rail", class extends HTMLElement {
  connectedCallback() {
    if (this.stop) return;
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.list = this.querySelector("[data-list]");
    this.panel = this.querySelector("[popover]");
    const openers = [this.querySelector("[data-open]"), document.querySelector("[data-next-strip]")].filter(Boolean);
    for (const opener of openers) {
      opener.addEventListener("click", (event) => this.open(event), { signal });
    }
    document.addEventListener("visibilitychange", () => document.hidden || this.fetch(), { signal });
    addEventListener("plenary:next", () => this.soon(), { signal });
    this.timer = setInterval(() => document.hidden || this.fetch(), EVERY_MS);
    this.clock = setInterval(() => this.tick(), 1000);
    signal.addEventListener("abort", () => { clearInterval(this.timer); clearInterval(this.clock); clearTimeout(this.waiting); });
    for (const topic of ["event/polls", "event/quizzes"]) live.subscribe(topic, { onmessage: () => this.soon(), signal });
    // Being joined to it is what counts somebody as here, on whatever page.
    live.subscribe("here", { onmessage() {}, signal });
    this.tick();
    if (this.panel) this.fetch();
  }

  disconnectedCallback() {
    this.stop?.abort();
    this.stop = null;
  }

  open(event) {
    if (!this.panel?.showPopover) return;
    event.preventDefault();
    this.panel.togglePopover();
    this.fetch();
  }

  // Everybody hears the same news at once: their pages do not all ask at once.
  soon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.fetch(), 300 + Math.random() * SPREAD_MS);
  }

  async fetch() {
    let response;
    try {
      response = await fetch(this.dataset.src, { headers: { "X-Part": "rail" }, signal: this.stop.signal });
    } catch {
      return; // offline, or gone: what stands stays
    }
    if (!response.ok || response.redirected) return;
    const text = (await response.text()).trim();
    if (text === this.text || this.list.contains(document.activeElement)) return;
    const known = new Set([...this.list.querySelectorAll("h3 a")].map((link) => link.href));
    const parsed = new DOMParser().parseFromString(text, "text/html");
    for (const item of parsed.querySelectorAll("li")) {
      const link = item.querySelector("h3 a");
      if (this.text !== undefined && link && !known.has(link.href)) item.classList.add("new");
    }
    this.text = text;
    this.list.replaceChildren(...parsed.body.childNodes);
    this.count();
    this.tick();
  }

  count() {
    const entries = this.list.querySelectorAll("li");
    const strip = document.querySelector("[data-next-strip]");
    for (const badge of [this.querySelector("[data-count]"), strip?.querySelector("[data-count]")]) {
      if (!badge) continue;
      badge.textContent = entries.length;
      badge.hidden = entries.length === 0;
    }
    if (!strip) return;
    const [first] = entries;
    strip.hidden = !first;
    if (!first) return;
    strip.querySelector("[data-title]").textContent = first.querySelector("h3").textContent;
    strip.querySelector("[data-when]").textContent = [...first.querySelector(".when").children].map((part) => part.textContent).join(", ");
    strip.querySelector("use").setAttribute("href", first.querySelector("use").getAttribute("href"));
  }

  tick() {
    for (const element of this.querySelectorAll("[data-until]")) {
      const left = clockLeft(new Date(element.dataset.until) - Date.now());
      if (left) element.textContent = left;
    }
  }
});
