// <quiz-list>: which quizzes can be joined (templates/quizzes/list.html), and on the page of one that has not begun. When
// that changes the page is loaded anew, since nothing on it can be lost by that.

import { live } from "plenary/live/socket.js";

customElements.define("quiz-list", class extends HTMLElement {
  connectedCallback() {
    if (this.stop) return;
    this.stop = new AbortController();
    live.subscribe(this.dataset.topic, {
      version: Number(this.dataset.version),
      onmessage: (games) => JSON.stringify(games) === this.dataset.games || location.reload(),
      signal: this.stop.signal,
    });
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.stop.abort();
      this.stop = null;
    });
  }
});
