// <word-jobs>: how far machines are with a film's transcripts (templates/media/word_jobs.html). Asks every two seconds while
// one is at work; data-address is the list in our API.

import { Asking } from "plenary/ui/asking.js";

const OPEN = new Set(["waiting", "running"]);

customElements.define("word-jobs", class extends Asking {
  show({ results }) {
    for (const { id, state, progress } of results) {
      const row = this.querySelector(`[data-job="${id}"]`);
      if (!row) continue;
      row.querySelector("progress").value = progress;
      if (OPEN.has(state)) continue;
      // What is done has other buttons, and a transcript of its own: the page has them.
      if ("open" in row.dataset) window.location.reload();
    }
  }
});
