// <caption-desk>: the captioner's page (templates/media/captioner.html). Enter sends the line; while it is typed the audience
// reads along; what is pasted goes line by line. Lines go one after the other and are tried again: none is lost, and none
// overtakes another. data-api: where captions are said; data-topic, data-version: what is heard of the others who write.

import { live } from "plenary/live/socket.js";
import { call } from "plenary/ui/api.js";

const ALONG_MS = 500;
const AGAIN_MS = 2000;
const MOST_SHOWN = 60;

customElements.define("caption-desk", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    const form = this.querySelector("[data-part=form]");
    this.text = form.elements.text;
    this.speaker = form.elements.speaker;
    this.queue = [];
    form.addEventListener("submit", (event) => { event.preventDefault(); this.send(); }, { signal });
    this.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.send();
    }, { signal });
    this.text.addEventListener("input", () => this.along(), { signal });
    window.addEventListener("beforeunload", (event) => { if (this.queue.length) event.preventDefault(); }, { signal });
    live.subscribe(this.dataset.topic, { version: Number(this.dataset.version), onmessage: (value) => this.show(value), signal });
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.timer);
  }

  send() {
    const lines = this.text.value.split("\n").map((line) => line.trim()).filter(Boolean);
    this.text.value = "";
    clearTimeout(this.timer);
    this.timer = null;
    for (const text of lines) this.queue.push(this.said(text, true));
    this.empty();
  }

  said(text, final) {
    return { language: this.dataset.language, speaker: this.speaker.value.trim(), text, final };
  }

  async empty() {
    if (this.sending) return;
    this.sending = true;
    while (this.queue.length && !this.stop.signal.aborted) {
      try {
        await call("POST", this.dataset.api, this.queue[0]);
        this.queue.shift();
        this.tell("");
      } catch (error) {
        if (error.code && error.code !== "unavailable" && !error.retryAfter) {
          this.tell(`${error.message} (${this.queue.shift().text})`);
          continue;
        }
        this.tell(this.dataset.away);
        await new Promise((resolve) => { setTimeout(resolve, (error.retryAfter ?? 0) * 1000 || AGAIN_MS); });
      }
    }
    this.sending = false;
  }

  /** What is being typed, twice a second at most; a lost one is made good by the next. */
  along() {
    this.timer ??= setTimeout(async () => {
      this.timer = null;
      if (this.queue.length || this.text.value.includes("\n")) return;
      await call("POST", this.dataset.api, this.said(this.text.value.trim(), false)).catch(() => {});
    }, ALONG_MS);
  }

  tell(words) {
    this.querySelector("[data-part=status]").textContent = words;
  }

  show({ lines }) {
    const list = this.querySelector("[data-part=said]");
    for (const { id, speaker, text } of lines) {
      if (!id || list.querySelector(`[data-line="${id}"]`)) continue;
      const item = document.createElement("li");
      item.dataset.line = id;
      const words = document.createElement("p");
      words.dir = "auto";
      if (speaker) {
        const who = document.createElement("b");
        who.textContent = speaker;
        words.append(who, " ");
      }
      words.append(text);
      item.append(words);
      list.append(item);
    }
    while (list.children.length > MOST_SHOWN) list.firstElementChild.remove();
    list.lastElementChild?.scrollIntoView({ block: "nearest" });
  }
});
