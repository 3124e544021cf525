// Search in a <chat-room>, which says when: what is found stands over the messages, and leads to its place among them.
// Without a script the same form leads to a page.

import { counted } from "plenary/ui/plural.js";
import { words as timeWords } from "plenary/ui/local-time.js";

export class Search {
  constructor(room, signal) {
    this.room = room;
    this.form = room.querySelector("[data-search]");
    this.panel = room.querySelector("[data-found]");
    this.items = room.querySelector("[data-found-list]");
    this.more = room.querySelector("[data-found-more]");
    const { q } = this.form.elements;
    q.addEventListener("search", () => !q.value && this.close(), { signal });
    this.more.addEventListener("click", () => this.ask(this.items.lastElementChild.firstElementChild.dataset.to), { signal });
    this.panel.querySelector("[data-unfind]").addEventListener("click", () => this.close(), { signal });
    this.panel.addEventListener("click", (event) => {
      const link = event.target.closest("[data-to]");
      if (!link) return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
      room.list.jump(Number(link.dataset.to));
    }, { signal });
    for (const part of [this.form, this.panel]) {
      part.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && !this.panel.hidden) this.close();
      }, { signal });
    }
  }

  async ask(before = "") {
    const { room } = this;
    const words = this.form.elements.q.value.trim();
    if (!words) return;
    const page = await room.list.read(`search/?q=${encodeURIComponent(words)}${before ? `&before=${before}` : ""}`);
    if (!page) {
      room.say(room.words.gone);
      return;
    }
    const rows = page.messages.map((message) => this.row(message));
    if (before) this.items.append(...rows);
    else this.items.replaceChildren(...rows);
    this.more.hidden = !page.earlier;
    this.panel.hidden = false;
    const count = this.items.children.length;
    this.panel.querySelector("[data-found-count]").textContent = count ? counted(room.words.found, count) + (page.earlier ? "…" : "") : room.words.nothing;
    (rows[0]?.firstElementChild ?? this.panel.querySelector("[data-unfind]")).focus();
  }

  row({ id, seq, author, at, text }) {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.href = `${this.room.dataset.address}messages/${id}/`;
    link.dataset.to = seq;
    const by = document.createElement("b");
    const name = document.createElement("bdi");
    name.textContent = author?.name || this.room.words.somebody;
    by.append(name);
    const time = Object.assign(document.createElement("time"), { dateTime: at, textContent: timeWords(new Date(at), "datetime") });
    const said = Object.assign(document.createElement("span"), { dir: "auto", textContent: text });
    link.append(by, " ", time, said);
    row.append(link);
    return row;
  }

  close() {
    if (this.panel.hidden) return;
    this.panel.hidden = true;
    this.items.replaceChildren();
    this.form.elements.q.value = "";
    this.form.elements.q.focus({ preventScroll: true });
  }
}
