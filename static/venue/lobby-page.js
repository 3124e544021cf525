// <lobby-page> keeps the lobby true: how many are here, what the organisers say, how many minutes are left. When a
// session begins or ends (data-changes-at) it fetches the page again and takes over the parts that say what is on.

import { line, topicsOf } from "plenary/events/said-list.js";
import { live } from "plenary/live/socket.js";
import { relabel } from "plenary/ui/local-time.js";
import { counted } from "plenary/ui/plural.js";

const SPREAD_MS = 12_000;
const LONGEST_MS = 2 ** 31 - 1;

customElements.define("lobby-page", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.said = this.querySelector("[data-announcements]");
    live.subscribe(this.dataset.here, { version: Number(this.dataset.version), onmessage: (value) => this.people(value.people), signal });
    for (const { topic, seq } of topicsOf(this.said.dataset.topics)) {
      live.subscribe(topic, { seq, onmessage: (announcement) => this.announce(announcement), onreset: () => this.refresh(), signal });
    }
    this.minute = setInterval(() => this.tick(), 15_000);
    this.addEventListener("polls", ({ target }) => this.asked(target), { signal });
    signal.addEventListener("abort", () => { clearInterval(this.minute); clearTimeout(this.change); });
    this.plan();
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  people(count) {
    const heading = this.querySelector("[data-people]");
    heading.textContent = counted(JSON.parse(heading.dataset.people), count);
  }

  announce(announcement) {
    this.said.prepend(line(announcement));
    this.querySelector("[data-silence]").hidden = true;
    dispatchEvent(new Event("plenary:next"));
  }

  /** The first question to everybody brings its part of the page along; the last one that is put away takes it. */
  asked(list) {
    list.closest("#polls").hidden = !list.querySelector("live-poll");
  }

  plan() {
    clearTimeout(this.change);
    const at = new Date(this.dataset.changesAt);
    if (Number.isNaN(at.valueOf())) return;
    const wait = Math.max(0, at - Date.now()) + 500 + Math.random() * SPREAD_MS;
    if (wait < LONGEST_MS) this.change = setTimeout(() => this.refresh(), wait);
  }

  async refresh() {
    let response;
    try {
      response = await fetch(location.href, { signal: this.stop.signal });
    } catch {
      this.change = setTimeout(() => this.refresh(), 30_000);
      return;
    }
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of this.querySelectorAll("[data-part]")) {
      const replacement = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
      if (replacement && !part.contains(document.activeElement)) part.replaceChildren(...replacement.childNodes);
    }
    this.dataset.changesAt = fresh.querySelector("lobby-page")?.dataset.changesAt ?? "";
    relabel(this);
    this.plan();
  }

  tick() {
    const now = Date.now();
    const minutes = (until) => Math.max(0, Math.ceil((new Date(until) - now) / 60_000));
    for (const element of this.querySelectorAll("[data-left], [data-min-left]")) {
      const left = minutes(element.dataset.left ?? element.dataset.minLeft);
      element.textContent = element.textContent.replace(/\d+/, left);
    }
    for (const element of this.querySelectorAll("[data-gone-from]")) {
      const gone = Math.max(0, Math.floor((now - new Date(element.dataset.goneFrom)) / 60_000));
      if (element.localName === "progress") element.value = gone;
      else element.textContent = element.textContent.replace(/\d+/, gone);
    }
    const lanes = this.querySelector(".lanes");
    const needle = lanes?.querySelector(".needle");
    if (needle) {
      const [from, to] = [new Date(lanes.dataset.from), new Date(lanes.dataset.to)];
      const x = `${Math.min(100, (100 * (now - from)) / (to - from)).toFixed(2)}%`;
      needle.setAttribute("x1", x);
      needle.setAttribute("x2", x);
      lanes.querySelector(".knob").setAttribute("cx", x);
    }
  }
});
