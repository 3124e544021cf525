// <connection-bar class="thin" role="status" hidden data-offline data-waiting data-feed data-busy data-kept="{plural forms}"
//   data-unsent data-full data-expired><svg …/><span></span></connection-bar>
//
// The thin bar that says what the connection is like, and what is kept. Short interruptions are not worth a word.

import { live } from "plenary/live/socket.js";
import { counted } from "plenary/ui/plural.js";

const PATIENCE_MS = 2500;

class ConnectionBar extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.text = this.querySelector("span");
    live.addEventListener("state", () => this.soon(), { signal });
    live.addEventListener("outbox", () => (!this.hidden || live.resting) && this.show(), { signal });
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.timer);
  }

  soon() {
    clearTimeout(this.timer);
    if (live.state === "open" || live.state === "offline" || !this.hidden) this.show();
    else this.timer = setTimeout(() => this.show(), PATIENCE_MS);
  }

  show() {
    const sentence = this.dataset[live.state] ?? (live.resting ? this.dataset.busy : "");
    this.hidden = !sentence;
    if (!sentence) return;
    const kept = live.waiting ? ` ${counted(JSON.parse(this.dataset.kept), live.waiting)}` : "";
    if (this.text.textContent !== sentence + kept) this.text.textContent = sentence + kept;
  }
}

customElements.define("connection-bar", ConnectionBar);
