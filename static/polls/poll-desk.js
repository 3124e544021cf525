// <poll-desk>: the page from which polls are run (templates/polls/run.html). Few people look at it: when something
// happens to one of its polls it asks for itself anew, at most once a second, and leaves alone what is being used.

import { live } from "plenary/live/socket.js";
import { replace } from "plenary/polls/keeping.js";

const PAUSE_MS = 1000;

customElements.define("poll-desk", class extends HTMLElement {
  connectedCallback() {
    if (this.stop) return;
    this.stop = new AbortController();
    const { signal } = this.stop;
    const version = Number(this.dataset.version);
    const onmessage = () => this.soon();
    live.subscribe(this.dataset.topic, { version, onmessage, signal });
    for (const poll of this.dataset.polls.split(" ").filter(Boolean)) {
      live.subscribe(`poll/${poll}/staff`, { version, onmessage, signal });
    }
  }

  disconnectedCallback() {
    this.stop?.abort();
    this.stop = null;
    clearTimeout(this.timer);
    this.timer = null;
  }

  soon() {
    this.timer ??= setTimeout(() => this.refresh(), PAUSE_MS);
  }

  async refresh() {
    this.timer = null;
    try {
      const response = await fetch(location.pathname + location.search, { signal: this.stop.signal });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const desk = this.querySelector("[data-desk]");
      const fresh = page.querySelector("[data-desk]");
      if (fresh && !fresh.isEqualNode(desk)) replace(desk, fresh);
    } catch {
      // The next change asks again.
    }
  }
});
