// Answers of those who watch the recording: they stand below a poll's own results, apart, and grow as they come. The poll
// (<live-poll>) says when what they hang on may have changed. Where the card rises there is no place for them.

import { live } from "plenary/live/socket.js";
import { given } from "plenary/polls/answers.js";
import { showAllTexts, show as showResults } from "plenary/polls/results.js";
import { counted } from "plenary/ui/plural.js";

export class LateResults {
  constructor(poll) {
    this.poll = poll;
    this.watched = null;
  }

  get box() {
    return this.poll.querySelector("[data-late-results]");
  }

  /** Beside that of the poll's own results, and for the same people. */
  get topic() {
    const { isLate, list, topicOfResults } = this.poll;
    return isLate && !list.rises && topicOfResults ? topicOfResults.replace(/results$/, "late") : null;
  }

  watch() {
    const { topic } = this;
    if (!topic) this.box?.remove(); // a copy of the template has one from the start
    if (topic === this.watched) return;
    this.watching?.abort();
    this.watched = topic;
    if (!topic) return;
    this.watching = new AbortController();
    live.subscribe(topic, {
      version: this.box ? Number(this.poll.dataset.version) : undefined,
      onmessage: (results) => this.show(results),
      onrefused: () => { this.watched = null; },
      signal: AbortSignal.any([this.watching.signal, this.poll.stop.signal]),
    });
  }

  show(results) {
    const { poll } = this;
    if (!results) {
      this.box?.remove();
      return;
    }
    const template = poll.list.querySelector("[data-poll-template]").content;
    const box = this.box ?? poll.appendChild(template.querySelector("[data-late-results]").cloneNode(true));
    const rows = [...poll.querySelectorAll("[data-shown-results] [data-bars] [data-option]")].map((row) => {
      const picture = row.querySelector("[data-picture]");
      return { id: Number(row.dataset.option), words: row.querySelector("[data-words]").textContent, picture: picture.hidden ? "" : picture.src };
    });
    poll.fillBars(rows, box.querySelector("[data-bars]"));
    box.querySelector("[data-late-count]").textContent = counted(poll.words.late, results.total);
    const own = "answeredLate" in poll.dataset ? given(poll.mine) : new Map();
    showResults(box, results, new Map(rows.map(({ id, words }) => [id, words])), own);
    showAllTexts(box, results, `${poll.textsPage}?late=1`);
  }
}
