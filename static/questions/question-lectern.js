// <question-lectern>: the speaker's view (templates/questions/lectern.html). One large question; N answers it and brings
// the next, L puts it off, A answers it and pauses, B takes it off the stage: letters, which can be switched off. A
// presenter's remote (right arrow, Page Down) always brings the next. Everything also works as plain forms.

import { live } from "plenary/live/socket.js";
import { post } from "plenary/questions/question-desk.js";
import { singleKeys } from "plenary/ui/single-keys.js";

const PAUSE_MS = 300;

customElements.define("question-lectern", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    const { stage, standing, version } = this.dataset;
    this.addEventListener("submit", (event) => this.submit(event), { signal });
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    this.letters = singleKeys(this.querySelector("[data-single-keys]"), signal);
    for (const topic of [stage, standing]) {
      live.subscribe(topic, { version: Number(version), onmessage: () => this.later(), signal });
    }
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.timer);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.target.closest?.("input:not([type=checkbox]), textarea, select")) return;
    const remote = { ArrowRight: "n", PageDown: "n" }[event.key];
    const key = remote ?? (this.letters.on ? event.key.toLowerCase() : "");
    const button = /^[a-z]$/.test(key) && this.querySelector(`[data-key="${key}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  }

  async submit(event) {
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    event.submitter?.setAttribute("aria-busy", "true");
    await post(event.target, event.submitter, this.dataset.failed);
    await this.refresh({ focus: true });
    this.busy = false;
  }

  later() {
    this.timer ??= setTimeout(() => { this.timer = null; this.refresh(); }, PAUSE_MS);
  }

  async refresh({ focus = false } = {}) {
    let fresh;
    try {
      const response = await fetch(location.href, { signal: this.stop.signal });
      if (!response.ok) return;
      fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    } catch {
      return;
    }
    for (const part of this.querySelectorAll("[data-part]")) {
      const replacement = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
      const isOther = part.dataset.question !== replacement.dataset.question;
      part.replaceWith(document.adoptNode(replacement));
      if (!isOther) continue;
      const head = replacement.querySelector("h1");
      this.querySelector("[data-said]").textContent = head.textContent;
      if (focus) head.focus({ preventScroll: true });
    }
  }
});
