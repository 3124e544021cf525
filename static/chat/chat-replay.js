// <chat-replay>: the conversation on the recording's clock, beside the player. What was said up to the second that is
// shown stands there; seeking and pausing are followed. data-api: the room's API; data-player: selector of the <video>.

import { words as timeWords } from "plenary/ui/local-time.js";

const STRETCH = 300; // seconds read at once
const MOST_SHOWN = 200;
const RETRY_MS = 500;
const LONGEST_RETRY_MS = 60_000;

customElements.define("chat-replay", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.items = this.querySelector("[data-items]");
    this.rows = []; // { at, message }, in order
    this.read = new Set();
    this.tried = 0; // how often in a row it failed
    this.rests = 0; // until when it is not asked again
    this.video = document.querySelector(this.dataset.player);
    if (!this.video) return;
    for (const name of ["timeupdate", "seeked"]) this.video.addEventListener(name, () => this.follow(), { signal });
    this.follow();
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  async follow() {
    if (this.hidden || !this.video) return;
    const now = this.video.currentTime;
    const part = Math.floor(now / STRETCH);
    // The stretch before it too, so that after a seek there is something to read.
    for (const wanted of [part - 1, part]) if (wanted >= 0) await this.fetch(wanted);
    this.draw(this.video.currentTime);
  }

  async fetch(part) {
    if (this.read.has(part) || Date.now() < this.rests) return;
    this.read.add(part);
    try {
      for (let past = 0; past !== null;) past = await this.readOn(part * STRETCH, past);
      this.tried = 0;
    } catch (error) {
      this.read.delete(part);
      this.rest(error.retryAfter ?? 0);
    }
  }

  /** The film goes on, and asks again after a while that grows: those who watch together do not come back together. */
  rest(seconds) {
    this.tried += 1;
    const pause = Math.min(RETRY_MS * 2 ** this.tried, LONGEST_RETRY_MS);
    this.rests = Date.now() + Math.max(seconds * 1000, pause / 2) + Math.random() * (pause / 2);
  }

  /** Takes a page of what was said; the message behind which the next one begins, or null. */
  async readOn(begin, past) {
    const behind = past ? `&past=${past}` : "";
    const answer = await fetch(`${this.dataset.api}clock/?begin=${begin}&end=${begin + STRETCH}${behind}`, {
      headers: { Accept: "application/json" },
      signal: this.stop.signal,
    });
    if (!answer.ok) {
      throw Object.assign(new Error(answer.status), { retryAfter: Number(answer.headers.get("Retry-After")) || 0 });
    }
    const { messages, start, later } = await answer.json();
    const from = Date.parse(start);
    const rows = messages.map((message) => ({ at: (Date.parse(message.at) - from) / 1000, message }));
    const known = new Set(this.rows.map(({ message }) => message.id));
    this.rows.push(...rows.filter(({ message }) => !known.has(message.id)));
    this.rows.sort((a, b) => a.at - b.at || a.message.seq - b.message.seq);
    return later ? messages.at(-1).id : null;
  }

  draw(now) {
    const due = this.rows.filter(({ at, message }) => at <= now && !message.removed).slice(-MOST_SHOWN);
    const known = new Map([...this.items.children].map((item) => [Number(item.dataset.id), item]));
    const wanted = new Set(due.map(({ message }) => message.id));
    for (const [id, item] of known) if (!wanted.has(id)) item.remove();
    const wasAtEnd = this.items.scrollHeight - this.items.scrollTop - this.items.clientHeight < 40;
    let before = null;
    for (const row of due) {
      const item = known.get(row.message.id) ?? this.item(row);
      if (before ? before.nextSibling !== item : this.items.firstChild !== item) {
        if (before) before.after(item);
        else this.items.prepend(item);
      }
      before = item;
    }
    if (wasAtEnd) this.items.scrollTop = this.items.scrollHeight;
    this.querySelector("[data-none]").hidden = due.length > 0;
  }

  item({ at, message }) {
    const item = document.createElement("li");
    item.dataset.id = message.id;
    const clock = Object.assign(document.createElement("span"), { className: "num", textContent: `${Math.floor(at / 60)}:${String(Math.floor(at % 60)).padStart(2, "0")}` });
    clock.title = timeWords(new Date(message.at));
    const words = document.createElement("div");
    const by = document.createElement("b");
    const name = document.createElement("bdi");
    name.textContent = message.author?.name ?? "";
    by.append(name);
    words.append(by, " ", Object.assign(document.createElement("span"), { textContent: message.text, dir: "auto" }));
    item.append(clock, words);
    return item;
  }
});
