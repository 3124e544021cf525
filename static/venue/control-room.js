// <control-room> keeps the control room's figures and its polls, and says how its own connection is. Few people look at
// it: when a poll opens, closes or comes, the part with the polls is fetched anew, at most once a second.

import { live } from "plenary/live/socket.js";
import { replace } from "plenary/polls/keeping.js";
import { counted, number } from "plenary/ui/plural.js";

const PAUSE_MS = 1000;

customElements.define("control-room", class extends HTMLElement {
  connectedCallback() {
    if (this.stop) return;
    this.stop = new AbortController();
    const { signal } = this.stop;
    const version = Number(this.dataset.version);
    this.asked = this.querySelector("[data-asked]");
    live.subscribe(this.dataset.topic, { version, onmessage: (value) => this.show(value), signal });
    live.addEventListener("state", () => this.health(), { signal });
    for (const topic of this.asked.dataset.topics.split(" ")) {
      live.subscribe(topic, { version, onmessage: () => this.soon(), signal });
    }
    this.follow(version);
    this.health();
  }

  disconnectedCallback() {
    this.stop?.abort();
    this.stop = null;
    this.following?.abort();
    clearTimeout(this.timer);
    this.timer = null;
  }

  show({ here, sessions }) {
    const head = this.querySelector("[data-here]");
    head.textContent = counted(JSON.parse(head.dataset.here), here);
    for (const row of this.querySelectorAll("[data-session]")) {
      row.querySelector("[data-count]").textContent = number(sessions[row.dataset.session] ?? 0);
    }
  }

  /** Of the polls that are open: how many have answered. */
  follow(version) {
    this.following?.abort();
    this.following = new AbortController();
    const words = JSON.parse(this.asked.dataset.answersWords);
    for (const row of this.asked.querySelectorAll("[data-poll][data-open]")) {
      const line = row.querySelector("[data-answers]");
      live.subscribe(`poll/${row.dataset.poll}/turnout`, {
        version,
        onmessage: ({ answers }) => { line.textContent = counted(words, answers); },
        signal: this.following.signal,
      });
    }
  }

  soon() {
    this.timer ??= setTimeout(() => this.refresh(), PAUSE_MS);
  }

  async refresh() {
    this.timer = null;
    try {
      const response = await fetch(this.dataset.page + location.search, { signal: this.stop.signal });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("control-room");
      if (!page) return;
      replace(this.asked, page.querySelector("[data-asked]"));
      this.follow(Number(page.dataset.version));
    } catch {
      // The next change asks again.
    }
  }

  health() {
    for (const word of this.querySelectorAll("[data-state]")) word.hidden = word.dataset.state !== live.state;
  }
});
