// <question-stage>: the question that is being answered, for everybody (templates/questions/stage.html and screen.html).
// Whoever watches a film in full screen sees nothing but its player: there the question stands over the picture, until
// they hide it for themselves. It is said once, where the reader is.

import { live } from "plenary/live/socket.js";
import { fill } from "plenary/ui/fill.js";
import { counted } from "plenary/ui/plural.js";

customElements.define("question-stage", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.words = JSON.parse(this.dataset.words);
    this.dismissed = ""; // the words of the one that this reader hid
    live.subscribe(this.dataset.topic, {
      version: Number(this.dataset.version),
      onmessage: (stage) => this.show(stage.question),
      signal,
    });
    if (this.querySelector("template[data-over]")) document.addEventListener("fullscreenchange", () => this.cover(), { signal });
  }

  disconnectedCallback() {
    this.stop.abort();
    this.over?.remove();
    this.over = null;
  }

  show(question) {
    const text = this.querySelector("[data-text]");
    const isNew = question && question.text !== text.textContent;
    this.querySelector("[data-box]").hidden = !question;
    const none = this.querySelector("[data-none]");
    if (none) none.hidden = Boolean(question);
    text.textContent = question?.text ?? "";
    if (question) {
      this.querySelector("[data-asker]").textContent = question.name || (question.anonymous ? this.words.nameless : this.words.gone);
      this.querySelector("[data-want]").textContent = counted(this.words.want, question.votes);
    }
    this.cover();
    if (isNew) (this.over ?? this).querySelector("[data-said]").textContent = fill(this.words.staged, { question: question.text });
  }

  /** Over the picture that fills the screen, if one does. */
  cover() {
    const picture = document.fullscreenElement?.matches("video-player") && document.fullscreenElement.querySelector(".cover");
    if (!picture) {
      this.over?.remove();
      this.over = null;
      return;
    }
    if (!this.over) {
      this.over = this.querySelector("template[data-over]").content.firstElementChild.cloneNode(true);
      this.over.querySelector("[data-hide]").addEventListener("click", () => this.hide());
      picture.append(this.over);
    }
    const text = this.querySelector("[data-text]").textContent;
    if (text !== this.dismissed) this.dismissed = "";
    const card = this.over.querySelector("[data-card]");
    const had = card.contains(document.activeElement);
    card.hidden = !text || this.dismissed === text;
    this.over.querySelector("[data-over-text]").textContent = text;
    this.over.querySelector("[data-over-asker]").textContent = this.querySelector("[data-asker]").textContent;
    if (had && card.hidden) document.fullscreenElement.querySelector("[data-part=full]")?.focus();
  }

  /** For this reader alone; the next question is shown again. */
  hide() {
    this.dismissed = this.querySelector("[data-text]").textContent;
    this.cover();
  }
});
