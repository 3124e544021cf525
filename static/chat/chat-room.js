// <chat-room>: keeps a conversation going that the server rendered (templates/chat/room.html, {% chat_room %}).
//
// What comes over the socket goes to the list (list.js), what is written to the pen (pen.js); what can be done with a
// message stands in one menu (menu.js), which is fetched when it is opened, as is what searches (search.js). Sends "unread" (detail.count, bubbling) when the number of messages that the
// reader has not seen changes. A link to a message is the page's address with #said-<room>-<seq>.

import { List } from "plenary/chat/list.js";
import { Order } from "plenary/chat/order.js";
import { Pen } from "plenary/chat/pen.js";
import { followMentions } from "plenary/chat/mentions.js";
import { followPinned, showPinned } from "plenary/chat/pinned.js";
import { live } from "plenary/live/socket.js";
import { call } from "plenary/ui/api.js";
import { fill } from "plenary/ui/fill.js";
import { counted } from "plenary/ui/plural.js";

const SAY_MS = 3000;
const READ_MS = 2_000;
const READ_AGAIN_MS = 15_000; // a full room must not write with every message

customElements.define("chat-room", class extends HTMLElement {
  connectedCallback() {
    if (this.stop) return;
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.room = Number(this.dataset.room);
    this.me = Number(this.dataset.me) || null;
    this.words = JSON.parse(this.dataset.words);
    this.isModerator = "moderator" in this.dataset;
    this.template = this.querySelector("[data-message-template]");
    this.toSay = [];
    this.list = new List(this, signal);
    this.form = this.querySelector("[data-write]");
    this.pen = this.form ? new Pen(this, this.form, signal) : null;
    this.kinds = new Map([...this.querySelectorAll("[data-menu] [data-kind]")].map((button) => [button.dataset.kind, button]));
    this.order = new Order(this, signal);
    this.menu = this.finder = null;
    this.addEventListener("submit", (event) => this.search(event), { signal });
    this.addEventListener("click", (event) => this.act(event), { signal });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.noteRead();
      else if (this.list.atEnd) this.hasRead();
    }, { signal });
    addEventListener("hashchange", () => this.follow(), { signal });
    live.subscribe(this.dataset.topic, {
      seq: Number(this.dataset.seq),
      onmessage: (entry, { seq }) => this.hear(entry, seq),
      onreset: () => this.reload(),
      signal,
    });
    live.subscribe(`${this.dataset.topic}/marks`, {
      version: Number(this.dataset.version),
      onmessage: (sums) => this.list.countMarks(sums),
      signal,
    });
    if (this.isModerator) live.subscribe(`${this.dataset.topic}/trace`, { onmessage: (traces) => this.trace(traces), signal });
    if (this.me) followMentions(this, signal);
    addEventListener("pagehide", () => this.noteRead(), { signal });
    this.seq = Number(this.dataset.seq);
    this.follow();
  }

  disconnectedCallback() {
    // Moved inside the page (a tab, theatre mode) is not gone.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.stop.abort();
      this.stop = null;
    });
  }

  // What comes in

  hear(entry, seq) {
    this.seq = Math.max(this.seq, seq);
    if (entry.type !== "message") this.meanwhile?.push([entry, seq]);
    if (entry.type === "message") {
      this.order.shown(entry.id);
      this.list.receive(entry);
    } else if (entry.type === "removed") this.takeAway(entry);
    else if (entry.type === "edited") this.changed(entry);
    else if (entry.type === "pinned") showPinned(this, entry.message);
    else if (entry.type === "room") this.order.obey(entry);
    else this.order.hear(entry);
    if (entry.type === "restored") for (const message of entry.messages) followPinned(this, message);
    if (this.list.atEnd) this.hasRead();
  }

  changed(entry) {
    this.list.reword(entry);
    followPinned(this, entry);
  }

  takeAway({ id, by }) {
    this.order.forget(id);
    this.list.takeAway(id, by);
    followPinned(this, { id, removed: by });
  }

  /** Too much was missed to be told one by one. */
  async reload() {
    this.meanwhile ??= []; // what was done to messages while the page is under way
    const page = await this.list.catchUp();
    const since = this.meanwhile ?? [];
    this.meanwhile = null;
    if (!page) return;
    this.order.obey(page.rules);
    showPinned(this, page.pinned ?? null);
    for (const [entry, seq] of since) if (seq > page.seq) this.hear(entry, seq);
  }

  // Reading

  /** Tells the server how far, soon the first time and then now and again; only what was before somebody's eyes. */
  hasRead() {
    if (!this.me || document.hidden || this.list.isHidden || this.list.behind) return;
    this.seen = this.seq;
    this.reading ??= setTimeout(() => this.noteRead(), this.told ? READ_AGAIN_MS * (0.8 + 0.4 * Math.random()) : READ_MS);
  }

  noteRead() {
    clearTimeout(this.reading);
    this.reading = null;
    if (!this.seen || this.seen <= (this.told ?? Number(this.dataset.read))) return;
    this.told = this.seen;
    live.send("chat.read", { room: this.room, seq: this.seen }, { subject: this.room, latest: true }).catch(() => {});
  }

  /** Politely, at most once in a while: one message is read out, several are counted. */
  announce(message) {
    this.toSay.push(message);
    this.saying ??= setTimeout(() => {
      const [one] = this.toSay;
      const text = this.toSay.length === 1
        ? fill(this.words.said, { name: one.author?.name ?? this.words.somebody, text: one.text })
        : counted(this.words.new, this.toSay.length);
      this.toSay = [];
      this.saying = null;
      if (!this.list.isHidden) this.say(text);
    }, SAY_MS);
  }

  say(text) {
    this.querySelector("[data-said]").textContent = text;
  }

  follow() {
    const [, room, seq] = /^#said-(\d+)-(\d+)$/.exec(location.hash) ?? [];
    if (Number(room) === this.room) this.list.jump(Number(seq));
  }

  // What is done with messages

  act(event) {
    const at = (selector) => event.target.closest(selector);
    const item = at("[data-message]");
    const acts = [
      ["[data-reply]", () => this.pen?.replyTo(item)],
      ["[data-acts]", (button) => this.open(button, item)],
      ["[data-mark]", (button) => this.mark(item, button.dataset.mark)],
      ["[data-quotes]", (quote) => this.jumpTo(Number(quote.dataset.quotes))],
      ["[data-unpin]", () => this.pin(null)],
      ["[data-to]", (link) => this.list.jump(Number(link.dataset.to))],
    ];
    const replay = at("[data-to-replay], [data-unreplay]");
    if (replay && document.querySelector("video-player video")) {
      event.preventDefault();
      this.replay();
      return;
    }
    const found = acts.find(([selector]) => at(selector));
    if (!found || !this.contains(event.target)) return;
    event.preventDefault();
    found[1](at(found[0]));
  }

  async open(button, item) {
    const { Menu } = await import("plenary/chat/menu.js");
    this.menu ??= new Menu(this, this.stop.signal);
    this.menu.open(button, item);
  }

  async search(event) {
    if (!event.target.matches("[data-search]")) return;
    event.preventDefault();
    const { Search } = await import("plenary/chat/search.js");
    this.finder ??= new Search(this, this.stop.signal);
    this.finder.ask();
  }

  async trace(traces) {
    const { showTraces } = await import("plenary/chat/trace.js");
    showTraces(this, traces);
  }

  async jumpTo(id) {
    const known = this.list.find(id);
    const seq = known?.dataset.seq || (await this.list.read(`messages/${id}/`))?.seq;
    if (seq) this.list.jump(Number(seq));
    else this.say(this.words.gone);
  }

  /** By the socket, or by the API while there is none; `null`, and the reason read out, where it was refused; undefined
   *  where a newer wish of the same `subject` took its place. */
  async command(name, body, method, path, { rest = body, subject = path } = {}) {
    try {
      return await live.send(name, { room: this.room, ...body }, { subject: `${this.room}/${subject}`, latest: true });
    } catch (error) {
      if (error.code === "live.no_socket") {
        try {
          return await call(method, this.dataset.api + path, rest);
        } catch (second) {
          this.complain(second);
          return null;
        }
      }
      this.complain(error);
      return null;
    }
  }

  complain(error) {
    const text = error?.message || this.words.failed;
    this.say(text);
    this.pen?.refuse(text);
  }

  /** Instead of the conversation as it stands, what was said up to the second that the player shows; and back. */
  async replay() {
    await import("plenary/chat/chat-replay.js");
    const panel = this.querySelector("chat-replay");
    panel.hidden = !panel.hidden;
    (panel.hidden ? this.querySelector("[data-to-replay]") : panel.querySelector("[data-unreplay]")).focus();
    panel.follow();
  }

  async mark(item, kind) {
    const id = Number(item.dataset.message);
    const mine = this.list.marks.get(id) ?? [];
    const on = !mine.includes(kind);
    this.list.marks.set(id, on ? [...mine, kind] : mine.filter((other) => other !== kind));
    const answer = await this.command("chat.mark", { message: id, kind, on }, "POST", `messages/${id}/marks/`, {
      rest: { kind, on },
      subject: `${id}/${kind}`,
    });
    if (answer) this.list.countMarks({ [id]: answer.counts });
    else if (answer === null) this.list.marks.set(id, mine);
  }

  async reword(id, text) {
    const answer = await this.command("chat.edit", { message: id, text }, "PATCH", `messages/${id}/`, { rest: { text } });
    if (answer) this.changed(answer);
    return Boolean(answer);
  }

  async pin(id) {
    const answer = await this.command("chat.pin", { message: id }, "PUT", "pinned/", { message: id });
    if (answer) showPinned(this, answer.message);
  }

  async withdraw(id) {
    const answer = await this.command("chat.remove", { message: id }, "DELETE", `messages/${id}/`);
    if (answer) this.takeAway(answer);
  }
});
