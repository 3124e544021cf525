// <green-stage>: what the audience sees, beside a speaker's own picture (templates/tracks/green_stage.html). data-topic:
// the stage; when something else is to be seen on it than data-picture, the part is fetched anew.

import { live } from "plenary/live/socket.js";
import { fetchModules } from "plenary/ui/modules.js";

const PAUSE_MS = 300;

customElements.define("green-stage", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    const version = Number(this.dataset.version);
    live.subscribe(this.dataset.topic, { version, onmessage: ({ picture }) => this.told(picture), signal });
    fetchModules(this);
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.timer);
  }

  told(picture) {
    if (picture === this.dataset.picture) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), PAUSE_MS);
  }

  async refresh() {
    let fresh;
    try {
      const response = await fetch(location.pathname, { signal: this.stop.signal });
      fresh = response.ok && new DOMParser().parseFromString(await response.text(), "text/html").querySelector("green-stage");
    } catch {
      return; // the page goes, or what comes next on the topic asks again
    }
    if (!fresh || fresh.dataset.picture === this.dataset.picture) return;
    this.dataset.picture = fresh.dataset.picture;
    this.querySelector("[data-part=stage]").replaceChildren(...fresh.querySelector("[data-part=stage]").childNodes);
    fetchModules(this);
  }
});
