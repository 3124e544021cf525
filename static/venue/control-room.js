// <control-room> keeps the control room's figures, and says how its own connection is.

import { live } from "plenary/live/socket.js";
import { counted, number } from "plenary/ui/plural.js";

customElements.define("control-room", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    live.subscribe(this.dataset.topic, { version: Number(this.dataset.version), onmessage: (value) => this.show(value), signal });
    live.addEventListener("state", () => this.health(), { signal });
    this.health();
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  show({ here, sessions }) {
    const head = this.querySelector("[data-here]");
    head.textContent = counted(JSON.parse(head.dataset.here), here);
    for (const row of this.querySelectorAll("[data-session]")) {
      row.querySelector("[data-count]").textContent = number(sessions[row.dataset.session] ?? 0);
    }
  }

  health() {
    for (const word of this.querySelectorAll("[data-state]")) word.hidden = word.dataset.state !== live.state;
  }
});
