// <question-stage>: the question that is being answered, for everybody (templates/questions/stage.html and screen.html).

import { live } from "plenary/live/socket.js";
import { counted } from "plenary/ui/plural.js";

customElements.define("question-stage", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    this.words = JSON.parse(this.dataset.words);
    live.subscribe(this.dataset.topic, {
      version: Number(this.dataset.version),
      onmessage: (stage) => this.show(stage.question),
      signal: this.stop.signal,
    });
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  show(question) {
    const text = this.querySelector("[data-text]");
    const isNew = question && question.text !== text.textContent;
    this.querySelector("[data-box]").hidden = !question;
    const none = this.querySelector("[data-none]");
    if (none) none.hidden = Boolean(question);
    text.textContent = question?.text ?? "";
    if (!question) return;
    this.querySelector("[data-asker]").textContent = question.name || (question.anonymous ? this.words.nameless : this.words.gone);
    this.querySelector("[data-want]").textContent = counted(this.words.want, question.votes);
    if (isNew) this.querySelector("[data-said]").textContent = this.words.staged.replace("%(question)s", question.text);
  }
});
