// The messages of a <chat-room> that are in the page: at most MOST_SHOWN of them, wherever in the history the reader is.
// Nothing that is being read moves: what comes while the reader is further up waits, older and later pages are put in
// above and below, and the far end is let go.

import { build, empty, fillWords, paintMarks } from "plenary/chat/message.js";
import { counted } from "plenary/ui/plural.js";

const MOST_SHOWN = 300;
const MOST_HELD = 150;
const PAGE = 50;
const MOST_READ = 200; // what the API gives at once
const FLASH_MS = 2400;
const RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
const MOST_TRIES = 8;

export class List {
  held = []; // came while the reader was further up
  behind = false; // the newest are not in the page, and are fetched when the reader comes to the end
  newest = 0; // the number of the last one that came meanwhile
  unread = 0;
  atEnd = true;
  marks = new Map(); // by message: what the reader chose themselves

  constructor(room, signal) {
    this.room = room;
    this.items = room.querySelector("[data-messages]");
    this.scroller = room.querySelector(".scroller");
    this.pill = room.querySelector("[data-new]");
    this.more = room.querySelector("[data-earlier-line]");
    this.signal = signal;
    for (const button of this.items.querySelectorAll('[data-mark][aria-pressed="true"]')) {
      const id = Number(button.closest("[data-message]").dataset.message);
      this.marks.set(id, [...(this.marks.get(id) ?? []), button.dataset.mark]);
    }

    // Works whoever scrolls, the room or the page.
    const root = getComputedStyle(this.scroller).overflowY === "visible" ? null : this.scroller;
    const watch = (element, rootMargin, act) => {
      const observer = new IntersectionObserver(([entry]) => act(entry.isIntersecting), { root, rootMargin });
      observer.observe(element);
      signal.addEventListener("abort", () => observer.disconnect());
    };
    watch(room.querySelector("[data-end]"), "0px 0px 40px 0px", (isIn) => this.arrive(isIn));
    watch(this.more, "200px 0px 0px 0px", (isIn) => isIn && this.isScrolled && this.earlier());
    this.pill.addEventListener("click", () => this.toEnd(), { signal });
    this.more.querySelector("a").addEventListener("click", (event) => {
      event.preventDefault();
      this.earlier();
    }, { signal });
  }

  find(id) {
    return this.items.querySelector(`[data-message="${id}"]`);
  }

  get shown() {
    return [...this.items.children].filter((item) => item.dataset.seq);
  }

  get newestSeq() {
    return Math.max(0, ...this.shown.map((item) => Number(item.dataset.seq)));
  }

  /** In a tab that is not open; the element itself may have no box of its own. */
  get isHidden() {
    return this.items.getClientRects().length === 0;
  }

  /** Whether the reader has moved; a short history must not fetch itself whole. */
  get isScrolled() {
    return Math.abs(this.scroller.scrollTop) > 1 || (document.scrollingElement.scrollTop > 1 && !this.isBox);
  }

  get isBox() {
    return getComputedStyle(this.scroller).overflowY !== "visible";
  }

  // What comes in

  receive(message) {
    if (this.find(message.id) || this.held.some((other) => other.id === message.id)) return;
    const isMine = message.author !== null && message.author.id === this.room.me;
    const pending = isMine && [...this.items.querySelectorAll(".pending")].find((item) => item.dataset.text === message.text);
    if (pending) {
      pending.replaceWith(build(message, this.room));
      return;
    }
    if (this.behind) {
      this.newest = Math.max(this.newest, message.seq); // it is fetched when the reader comes down
    } else if (this.atEnd || isMine || this.isHidden) {
      this.append(message);
    } else if (this.held.push(message) > MOST_HELD) {
      this.held = [];
      this.behind = true;
    }
    if (isMine) return;
    if (!this.atEnd || this.isHidden) this.count(this.unread + 1);
    this.room.announce(message);
  }

  append(message) {
    const item = build(message, this.room);
    item.classList.add("new");
    this.items.insertBefore(item, this.items.querySelector(".pending, .unsent"));
    this.room.querySelector("[data-empty]").hidden = true;
    if (this.atEnd || this.isHidden) this.letGoOfOldest();
    return item;
  }

  takeAway(id, by) {
    const item = this.find(id);
    if (item) empty(item, by, this.room);
    this.requote(id, "");
    this.held = this.held.map((message) => {
      if (message.id === id) return { ...message, text: "", files: [], removed: by };
      return message.reply?.id === id ? { ...message, reply: { ...message.reply, text: "" } } : message;
    });
  }

  reword({ id, text, at, mentions = [] }) {
    const item = this.find(id);
    if (item?.querySelector(".words")) fillWords(item, { text, mentions, edited: at }, this.room);
    this.requote(id, [...text].slice(0, 90).join(""));
    this.held = this.held.map((message) => {
      if (message.id === id) return { ...message, text, mentions, edited: at };
      return message.reply?.id === id ? { ...message, reply: { ...message.reply, text: text.slice(0, 90) } } : message;
    });
  }

  requote(id, text) {
    for (const quote of this.items.querySelectorAll(`[data-quotes="${id}"]`)) {
      quote.hidden = !text;
      quote.querySelector("[data-words]").textContent = text;
    }
  }

  /** By message: the sums of reactions. */
  countMarks(sums) {
    for (const [id, counts] of Object.entries(sums)) {
      const item = this.find(id);
      if (item) paintMarks(item, counts, this.marks.get(Number(id)) ?? [], this.room);
    }
  }

  /** A page of history as the API answers it, as elements. */
  draw({ messages, marks = {}, mine = {}, own = [] }) {
    this.room.order?.found(own);
    for (const [id, kinds] of Object.entries(mine)) this.marks.set(Number(id), kinds);
    return messages.map((message) => {
      const item = build(message, this.room);
      if (marks[message.id]) paintMarks(item, marks[message.id], this.marks.get(message.id) ?? [], this.room);
      return item;
    });
  }

  replace(page) {
    const waiting = [...this.items.querySelectorAll(".pending, .unsent")];
    this.held = [];
    this.room.order?.older.clear();
    this.items.replaceChildren(...this.draw(page), ...waiting);
    this.behind = Boolean(page.later) || this.newestSeq < this.newest;
    this.more.hidden = !page.earlier;
    this.room.order?.again();
    this.room.querySelector("[data-empty]").hidden = this.items.children.length > 0;
  }

  /** Whether the stretch of history that is in the page reaches over this moment. */
  covers(at) {
    const times = this.shown.map((item) => Date.parse(item.querySelector("time").dateTime));
    return (this.more.hidden || at >= times[0]) && (!this.behind || at <= times.at(-1));
  }

  /** Too much was missed to be replayed. Until the room is read again nothing is put below the gap; whoever reads
   *  further up keeps what they read, as it is by now, and the newest are fetched when they come down. */
  catchUp() {
    this.behind = true;
    this.held = [];
    this.catching ??= this.retried(() => this.read("")).then(async (page) => {
      this.catching = null;
      if (!page) this.stayBehind();
      else if (!this.atEnd && !this.isHidden) await this.refresh();
      else {
        this.replace(page);
        if (this.behind) await this.later();
        else if (!this.isHidden) this.count(0);
      }
      return page;
    });
    return this.catching;
  }

  /** What is in the page, with what was done to it meanwhile. */
  async refresh() {
    const seqs = this.shown.map((item) => Number(item.dataset.seq));
    this.stayBehind();
    for (let after = seqs[0] - 1; after < seqs.at(-1);) {
      const page = await this.retried(() => this.read(`messages/?after=${after}&limit=${MOST_READ}`));
      if (!page?.messages.length) return;
      for (const message of page.messages) {
        if (message.removed) this.takeAway(message.id, message.removed);
        else this.find(message.id)?.replaceWith(...this.draw({ ...page, messages: [message] }));
      }
      after = page.messages.at(-1).seq;
    }
  }

  /** The reader is told that there is more, and can ask for it. */
  stayBehind() {
    this.behind = true;
    this.pill.querySelector("span").textContent = this.unread ? counted(this.room.words.new, this.unread) : this.room.words.newest;
    this.pill.hidden = false;
  }

  /** Again after a while that grows, by chance longer or shorter, so that a full room does not come back at once. */
  async retried(read) {
    for (let tried = 1; ; tried += 1) {
      const found = await read();
      if (found || tried === MOST_TRIES || this.signal.aborted) return found;
      await new Promise((resolve) => { setTimeout(resolve, Math.random() * Math.min(RETRY_MS * 2 ** tried, LONGEST_RETRY_MS)); });
    }
  }

  // Reading

  async arrive(isIn) {
    this.atEnd = isIn;
    if (!isIn) {
      this.pill.hidden = !this.behind && this.unread === 0;
      return;
    }
    if (this.behind) {
      await this.later();
      return;
    }
    const waiting = this.held;
    this.held = [];
    if (waiting.length) this.steady(() => waiting.forEach((message) => this.append(message)));
    this.letGoOfOldest();
    this.count(0);
    this.room.hasRead();
  }

  count(unread) {
    if (unread === this.unread && unread) return;
    this.unread = unread;
    this.pill.hidden = unread === 0 && !this.behind;
    this.pill.querySelector("span").textContent = unread ? counted(this.room.words.new, unread) : this.room.words.newest;
    this.room.dispatchEvent(new CustomEvent("unread", { bubbles: true, detail: { count: unread } }));
  }

  async toEnd() {
    this.atEnd = true;
    if (this.behind) await this.room.reload();
    await this.arrive(true);
    this.room.querySelector("[data-end]").scrollIntoView({ block: "end" });
    this.room.pen?.focus();
  }

  async earlier() {
    const [first] = this.shown;
    const button = this.more.querySelector("a");
    if (!first || this.more.hidden || button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    const page = await this.read(`messages/?before=${first.dataset.seq}&limit=${PAGE}`);
    button.removeAttribute("aria-busy");
    if (!page) {
      this.room.say(this.room.words.gone);
      return;
    }
    const hadFocus = document.activeElement === button;
    this.steady(() => {
      this.items.prepend(...this.draw(page));
      this.more.hidden = !page.earlier;
      this.letGoOfNewest();
      this.room.order.again();
    }, first);
    if (hadFocus) this.items.querySelector("[data-reply]")?.focus({ preventScroll: true });
  }

  async later() {
    if (this.fetching) return;
    this.fetching = true;
    const last = this.shown.at(-1);
    const page = await this.retried(() => this.read(`messages/?after=${last?.dataset.seq ?? 0}&limit=${PAGE}`));
    this.fetching = false;
    if (!page) {
      this.room.say(this.room.words.gone);
      return;
    }
    this.steady(() => {
      const known = this.draw(page).filter((item) => !this.find(item.dataset.message));
      const waiting = this.items.querySelector(".pending, .unsent");
      for (const item of known) this.items.insertBefore(item, waiting);
      this.behind = page.later || this.newestSeq < this.newest;
      this.letGoOfOldest();
      this.room.order.again();
    }, last);
    if (!this.behind) this.count(0);
    else if (!page.later && page.messages.length) await this.later(); // it was said while the page was under way
  }

  /** To a message by its number, wherever in the history it stands. */
  async jump(seq) {
    const isThere = () => this.items.querySelector(`[data-seq="${seq}"]`);
    if (!isThere()) {
      const page = await this.read(`messages/?around=${seq}&limit=${PAGE}`);
      if (page) this.replace(page);
    }
    const item = isThere();
    if (!item) {
      this.room.say(this.room.words.gone);
      return;
    }
    item.scrollIntoView({ block: "center" });
    item.tabIndex = -1;
    item.focus({ preventScroll: true });
    item.classList.add("found");
    setTimeout(() => item.classList.remove("found"), FLASH_MS);
  }

  async read(path) {
    try {
      const answer = await fetch(this.room.dataset.api + path, { headers: { Accept: "application/json" }, signal: this.signal });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  // The bound

  letGoOfOldest() {
    const shown = this.shown;
    const extra = shown.length - MOST_SHOWN;
    for (const item of shown.slice(0, Math.max(0, extra))) item.remove();
    if (extra > 0) this.more.hidden = false;
  }

  letGoOfNewest() {
    const shown = this.shown;
    const extra = shown.slice(MOST_SHOWN);
    for (const item of extra) item.remove();
    if (extra.length) {
      this.held = [];
      this.stayBehind();
    }
  }

  /** Whatever `change` does above or below, `anchor` stays where it is on the screen. */
  steady(change, anchor = this.inSight) {
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (!anchor?.isConnected) return;
    const moved = anchor.getBoundingClientRect().top - before;
    if (moved) (this.isBox ? this.scroller : document.scrollingElement).scrollBy(0, moved);
  }

  get inSight() {
    const { top } = this.isBox ? this.scroller.getBoundingClientRect() : { top: 0 };
    return this.shown.find((item) => item.getBoundingClientRect().bottom > top);
  }
}
