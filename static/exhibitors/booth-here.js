// <booth-here> keeps who is at a booth: lights the faces of its people, and counts who looks round. Being joined to
// data-topic is also what counts this page's reader.

import { live } from "plenary/live/socket.js";
import { counted } from "plenary/ui/plural.js";

customElements.define("booth-here", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    live.subscribe(this.dataset.topic, { version: Number(this.dataset.version), onmessage: (here) => this.show(here), signal });
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  show({ people, staff }) {
    for (const row of this.querySelectorAll("[data-person]")) {
      row.querySelector(".face")?.classList.toggle("here", staff.includes(Number(row.dataset.person)));
    }
    const count = this.querySelector("[data-people]");
    if (count) count.textContent = counted(JSON.parse(count.dataset.people), people);
  }
});
