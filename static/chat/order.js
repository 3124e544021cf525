// How order is kept in a <chat-room>, as its reader sees it: the rules, what keeps them from writing, their own messages
// that others do not see (yet), and whether everything is shown. Drawn by {% room_order %}.

import { build } from "plenary/chat/message.js";
import { purgePinned } from "plenary/chat/pinned.js";
import { live } from "plenary/live/socket.js";
import { counted } from "plenary/ui/plural.js";
import { words as timeWords } from "plenary/ui/local-time.js";

const SELECTION_MS = 15_000;
const MOST_OWN = 20; // in the live value; selectors/own.py says the same
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class Order {
  ours = []; // the newest messages that only their author sees, oldest first
  older = new Map(); // by id, those beyond them: known from before, or come with a page of the history

  constructor(room, signal) {
    this.room = room;
    this.box = room.querySelector("[data-order]");
    if (!this.box) return;
    this.words = JSON.parse(this.box.dataset.words);
    this.isHost = "host" in this.box.dataset;
    this.rules = JSON.parse(this.box.dataset.rules);
    this.bar = null;
    this.box.querySelector("[data-own-list]")?.remove(); // from here on they stand among the others
    live.subscribe(this.box.dataset.pace, { onmessage: (pace) => this.selection(pace), signal });
    if (this.box.dataset.own) live.subscribe(this.box.dataset.own, { onmessage: (own) => this.showOwn(own), signal });
    signal.addEventListener("abort", () => { clearTimeout(this.over); clearTimeout(this.free); });
  }

  hear(entry) {
    if (entry.type === "purged") this.purge(entry);
    else if (entry.type === "restored") this.restore(entry);
  }

  // What moderators did ----------------------------------------------------------------------------------------------

  purge({ author, by, since = 0 }) {
    const { list } = this.room;
    purgePinned(this.room, { author, by, since });
    if (author === this.room.me) this.older.clear();
    for (const item of list.items.querySelectorAll(`[data-author="${author}"]`)) {
      if (Number(item.dataset.seq) >= since) this.room.takeAway({ id: Number(item.dataset.message), by });
    }
    for (const message of list.held) {
      if (message.author?.id === author && message.seq >= since) list.takeAway(message.id, by);
    }
  }

  restore({ messages }) {
    const { list } = this.room;
    for (const message of messages) {
      list.find(message.id)?.replaceWith(build(message, this.room));
      list.requote(message.id, [...message.text].slice(0, 90).join(""));
    }
    const back = new Map(messages.map((message) => [message.id, message]));
    list.held = list.held.map((message) => back.get(message.id) ?? message);
  }

  // The rules, and what keeps one from writing -----------------------------------------------------------------------

  obey(rules) {
    if (!this.box) return;
    const wasOpen = this.mayWrite;
    this.rules = rules;
    this.draw();
    if (wasOpen && !this.mayWrite) this.room.say(this.reason);
  }

  get mayWrite() {
    const { rules } = this;
    if (this.room.isModerator) return true;
    return !this.bar && (rules.open ?? true) && (!rules.hosts || this.isHost);
  }

  get reason() {
    if (this.bar?.kind === "ban") return this.words.banned;
    if (this.bar) return this.bar.until ? this.words.muted.replace("%(time)s", timeWords(new Date(this.bar.until))) : this.words.muted_event;
    return this.rules.open ? this.words.hosts : this.words.closed;
  }

  draw() {
    const { rules } = this;
    const line = this.box.querySelector("[data-why-not]");
    line.hidden = this.mayWrite;
    line.querySelector("span").textContent = this.mayWrite ? "" : this.reason;
    if (this.room.form) this.room.form.hidden = !this.mayWrite;
    const hints = [
      !rules.open && this.room.isModerator && this.words.closed_moderator,
      rules.open && rules.hosts && this.isHost && this.words.hosts,
      rules.slow && counted(this.words.slow, rules.slow),
      rules.links === false && this.words.links,
      rules.holds && this.words[`holds_${rules.holds}`],
    ].filter(Boolean);
    const all = this.box.querySelector("[data-rules-line]");
    all.hidden = hints.length === 0;
    all.textContent = hints.join(" ");
  }

  // One's own --------------------------------------------------------------------------------------------------------

  showOwn({ bar, messages }) {
    this.bar = bar;
    clearTimeout(this.free);
    if (bar?.until) {
      const left = new Date(bar.until) - Date.now();
      if (left <= 0) this.bar = null;
      else if (left < LONGEST_TIMER_MS) this.free = setTimeout(() => { this.bar = null; this.draw(); }, left + 500);
    }
    this.draw();
    const before = this.ours;
    this.ours = messages.filter((own) => own.room === this.room.room).map((own) => own.message).reverse();
    if (messages.length >= MOST_OWN) {
      const oldest = Date.parse(messages.at(-1).message.at);
      this.found(before.filter((message) => Date.parse(message.at) <= oldest));
      this.askOnce();
    }
    this.again();
  }

  /** What else they said in the stretch that the page began with. */
  async askOnce() {
    if (this.asked) return;
    this.asked = true;
    const page = await this.room.list.read("");
    if (!page) return;
    this.found(page.own);
    this.again();
  }

  /** One's own of a stretch of the history. */
  found(messages) {
    const ours = new Set(this.ours.map((message) => message.id));
    for (const message of messages) if (!ours.has(message.id)) this.older.set(message.id, message);
  }

  /** Anew, after another stretch of the history was drawn. */
  again() {
    for (const item of this.room.list.items.querySelectorAll(".own-only")) item.remove();
    for (const message of [...this.older.values(), ...this.ours]) this.place(message);
  }

  /** Where it was said, among what others said. */
  place(message) {
    const { items } = this.room.list;
    const had = this.room.list.find(message.id);
    const item = build(message, this.room);
    item.querySelector(".acts [data-reply]")?.remove();
    this.mark(item, message);
    if (had) {
      had.replaceWith(item);
      return;
    }
    const pending = [...items.querySelectorAll(".pending")].find((other) => other.dataset.text === message.text);
    if (pending) {
      pending.replaceWith(item);
      return;
    }
    const at = Date.parse(message.at);
    if (!this.room.list.covers(at)) return;
    const later = [...items.children].find((other) => Date.parse(other.querySelector("time")?.dateTime) > at);
    items.insertBefore(item, later ?? null);
    this.room.querySelector("[data-empty]").hidden = true;
  }

  /** Says on one's own message why others do not see it. */
  mark(item, message) {
    if (!item) return;
    item.classList.add("own-only");
    item.querySelector(".tag")?.remove();
    const tag = document.createElement("span");
    tag.className = "tag";
    tag.textContent = this.words[message.held || "unshown"];
    item.querySelector(".by").append(tag);
  }

  /** The log brings a message that stood here as one's own: it takes its place there. */
  shown(id) {
    this.forget(id);
    const item = this.room.list.find(id);
    if (item?.matches(".own-only")) item.remove();
  }

  forget(id) {
    this.ours = this.ours.filter((message) => message.id !== id);
    this.older.delete(id);
  }

  // A selection ------------------------------------------------------------------------------------------------------

  selection({ sampled_at: at }) {
    const line = this.box.querySelector("[data-selection]");
    const left = at ? new Date(at).getTime() + SELECTION_MS - Date.now() : 0;
    clearTimeout(this.over);
    if (line.hidden && left > 0) this.room.say(line.textContent.trim());
    line.hidden = left <= 0;
    if (left > 0) this.over = setTimeout(() => { line.hidden = true; }, left);
  }
}
