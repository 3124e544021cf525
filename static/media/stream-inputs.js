// <stream-inputs>: how a live stream's encoders do, told live, for those who run the event (templates/tracks/
// stage_stream.html). data-topic: stream/<id>/health; data-version: the version the rows were written from. The rows are
// those of stream-rows.js.

import { live } from "plenary/live/socket.js";
import { showInputs } from "plenary/media/stream-rows.js";

customElements.define("stream-inputs", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { topic, version } = this.dataset;
    live.subscribe(topic, { version: Number(version), onmessage: (health) => showInputs(this, health), signal: this.stop.signal });
  }

  disconnectedCallback() {
    this.stop.abort();
  }
});
