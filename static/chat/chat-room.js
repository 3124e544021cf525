// <chat-room>: keeps a conversation going that the server rendered (templates/chat/room.html, {% chat_room %}).
//
// New messages come over the socket; while the reader is scrolled up they wait under "6 new messages" and nothing
// moves. Only the newest messages stay in the page; "Earlier messages" brings older ones. What is written is shown at
// once as pending, and stays with its reason and a way to send it again where it could not be sent.
// Sends "unread" (detail.count, bubbling) when the number of messages that the reader has not seen changes.

import { build, empty } from "plenary/chat/message.js";
import { live } from "plenary/live/socket.js";
import { call } from "plenary/ui/api.js";
import { counted } from "plenary/ui/plural.js";

const MOST_SHOWN = 150;
const MOST_HELD = 150;
const SAY_MS = 3000;
const PENDING_MS = 1200;

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
    this.list = this.querySelector("[data-messages]");
    this.form = this.querySelector("[data-write]");
    this.pill = this.querySelector("[data-new]");
    this.held = [];
    this.unread = 0;
    this.atEnd = true;
    this.toSay = [];

    // The newest message is in sight, or the reader is up in the history; works whoever scrolls, room or page.
    const scroller = this.querySelector(".scroller");
    const root = getComputedStyle(scroller).overflowY === "visible" ? null : scroller;
    this.end = new IntersectionObserver(([entry]) => this.arrive(entry.isIntersecting), { root, rootMargin: "0px 0px 40px 0px" });
    this.end.observe(this.querySelector("[data-end]"));
    signal.addEventListener("abort", () => this.end.disconnect());

    this.pill.addEventListener("click", () => this.toEnd(), { signal });
    this.querySelector("[data-earlier]").addEventListener("click", (event) => this.earlier(event), { signal });
    this.addEventListener("click", (event) => this.act(event), { signal });
    if (this.form) this.prepareForm(signal);
    live.subscribe(this.dataset.topic, {
      seq: Number(this.dataset.seq),
      onmessage: (entry) => this.hear(entry),
      onreset: () => this.reload(),
      signal,
    });
    live.addEventListener("answer", (event) => this.remember(event.detail), { signal });
  }

  disconnectedCallback() {
    // Moved inside the page (a tab, theatre mode) is not gone.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.stop.abort();
      this.stop = null;
    });
  }

  // What comes in ------------------------------------------------------------------------------------------------

  hear(entry) {
    if (entry.type === "message") this.receive(entry);
    else if (entry.type === "removed") this.takeAway(entry);
    else if (entry.type === "room") this.obey(entry);
  }

  receive(message) {
    if (this.find(message.id) || this.held.some((other) => other.id === message.id)) return;
    const isMine = message.author !== null && message.author.id === this.me;
    const pending = isMine && [...this.list.querySelectorAll(".pending")].find((item) => item.dataset.text === message.text);
    if (pending) {
      pending.replaceWith(build(message, this));
      return;
    }
    const { isHidden } = this;
    if (this.atEnd || isMine || isHidden) {
      this.append(message);
    } else {
      this.held.push(message);
      if (this.held.length > MOST_HELD) this.held.shift();
    }
    if (isMine) return;
    if (!this.atEnd || isHidden) this.count(this.unread + 1);
    this.announce(message);
  }

  append(message) {
    const item = build(message, this);
    item.classList.add("new");
    const pending = this.list.querySelector(".pending");
    this.list.insertBefore(item, pending);
    this.querySelector("[data-empty]").hidden = true;
    if (this.atEnd || this.isHidden) this.trim();
    return item;
  }

  trim() {
    const extra = this.list.children.length - MOST_SHOWN;
    for (let i = 0; i < extra; i += 1) this.list.firstElementChild.remove();
    if (extra > 0) this.querySelector(".chat-more").hidden = false;
  }

  takeAway({ id, by }) {
    const item = this.find(id);
    if (item) empty(item, by, this);
    for (const quote of this.list.querySelectorAll(`[data-quotes="${id}"]`)) {
      quote.hidden = true;
      quote.querySelector("[data-words]").textContent = "";
    }
    this.held = this.held.map((message) => {
      if (message.id === id) return { ...message, text: "", removed: by };
      return message.reply?.id === id ? { ...message, reply: { ...message.reply, text: "" } } : message;
    });
  }

  obey({ open, slow }) {
    this.dataset.slow = slow;
    const closed = this.querySelector("[data-closed]");
    if (!closed) return;
    closed.hidden = open;
    this.form.hidden = !open && !this.isModerator;
    const line = this.querySelector(".write-slow");
    if (line) line.hidden = !slow;
    if (!open) this.say(this.words.closed);
  }

  /** Too much was missed to be replayed: the newest messages are read anew. */
  async reload() {
    const answer = await this.read("");
    if (!answer) return;
    const waiting = [...this.list.querySelectorAll(".pending, .unsent")];
    this.held = [];
    this.list.replaceChildren(...answer.messages.map((message) => build(message, this)), ...waiting);
    this.querySelector(".chat-more").hidden = !answer.earlier;
    this.querySelector("[data-empty]").hidden = this.list.children.length > 0;
    this.obey(answer.rules);
  }

  // Reading ------------------------------------------------------------------------------------------------------

  arrive(isIn) {
    this.atEnd = isIn;
    if (!isIn) return;
    const waiting = this.held;
    this.held = [];
    for (const message of waiting) this.append(message);
    this.trim();
    this.count(0);
  }

  count(unread) {
    if (unread === this.unread) return;
    this.unread = unread;
    this.pill.hidden = unread === 0;
    this.pill.querySelector("span").textContent = unread ? counted(this.words.new, unread) : "";
    this.dispatchEvent(new CustomEvent("unread", { bubbles: true, detail: { count: unread } }));
  }

  toEnd() {
    this.arrive(true);
    this.querySelector("[data-end]").scrollIntoView({ block: "end" });
    this.form?.elements.text.focus({ preventScroll: true });
  }

  async earlier(event) {
    event.preventDefault();
    const button = event.currentTarget;
    const first = [...this.list.children].find((item) => item.dataset.seq);
    if (!first || button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    const page = await this.read(`messages/?before=${first.dataset.seq}&limit=50`);
    button.removeAttribute("aria-busy");
    if (!page) {
      this.say(this.words.gone);
      return;
    }
    const before = first.getBoundingClientRect().top;
    this.list.prepend(...page.messages.map((message) => build(message, this)));
    this.querySelector(".chat-more").hidden = !page.earlier;
    // What is being read stays where it is, whoever scrolls.
    const moved = first.getBoundingClientRect().top - before;
    const scroller = this.querySelector(".scroller");
    if (moved) (scroller.scrollHeight > scroller.clientHeight + 1 ? scroller : document.scrollingElement).scrollBy(0, moved);
    this.list.querySelector("[data-reply]")?.focus({ preventScroll: true });
  }

  async read(path) {
    try {
      const answer = await fetch(this.dataset.api + path, { headers: { Accept: "application/json" }, signal: this.stop.signal });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  /** Politely, at most once in a while: one message is read out, several are counted. */
  announce(message) {
    this.toSay.push(message);
    this.saying ??= setTimeout(() => {
      const [one] = this.toSay;
      const text = this.toSay.length === 1
        ? this.words.said.replace("%(name)s", one.author?.name ?? this.words.somebody).replace("%(text)s", one.text)
        : counted(this.words.new, this.toSay.length);
      this.toSay = [];
      this.saying = null;
      if (!this.isHidden) this.say(text);
    }, SAY_MS);
  }

  say(text) {
    this.querySelector("[data-said]").textContent = text;
  }

  /** In a tab that is not open; the element itself may have no box of its own. */
  get isHidden() {
    return this.list.getClientRects().length === 0;
  }

  find(id) {
    return this.list.querySelector(`[data-message="${id}"]`);
  }

  // Writing ------------------------------------------------------------------------------------------------------

  prepareForm(signal) {
    const { text } = this.form.elements;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    }, { signal });
    text.addEventListener("keydown", (event) => {
      const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing && !matchMedia("(pointer: coarse)").matches;
      if (sends) {
        event.preventDefault();
        this.submit();
      }
      if (event.key === "Escape") this.replyTo(null);
    }, { signal });
    text.addEventListener("input", () => this.refuse(""), { signal });
    this.form.querySelector("[data-unreply]").addEventListener("click", () => this.replyTo(null), { signal });
  }

  submit() {
    const { text, reply_to: replyTo } = this.form.elements;
    const words = text.value.trim();
    if (!words) return;
    this.transmit(words, Number(replyTo.value) || null);
    text.value = "";
    this.replyTo(null);
    this.toEnd();
  }

  /** One's own message, on its way. */
  draft(text, replyTo) {
    const quoted = replyTo && this.find(replyTo);
    const item = build({
      id: null,
      seq: null,
      author: { id: this.me, name: this.words.you, photo: "" },
      role: "",
      text,
      at: new Date().toISOString(),
      reply: quoted ? this.quote(quoted) : null,
      removed: "",
    }, this);
    item.classList.add("pending");
    item.dataset.text = text;
    item.querySelector(".acts").remove();
    const mine = this.list.querySelector(".me:not(.pending) .face") ?? document.querySelector(".bar .profile .face");
    if (mine) item.querySelector(".face").replaceWith(mine.cloneNode(true));
    this.list.append(item);
    this.querySelector("[data-empty]").hidden = true;
    return item;
  }

  quote(item) {
    return {
      id: Number(item.dataset.message),
      name: item.querySelector("[data-name]").textContent,
      text: item.querySelector(".words")?.textContent.slice(0, 90) ?? "",
    };
  }

  async transmit(text, replyTo) {
    const item = this.draft(text, replyTo);
    const slowly = setTimeout(() => this.tag(item, this.words.pending), PENDING_MS);
    try {
      const message = await this.dispatch(text, replyTo);
      if (!item.isConnected) return; // the broadcast was quicker
      const known = this.find(message.id);
      if (known) item.remove();
      else item.replaceWith(build(message, this));
      if (message.seq === null) this.tag(this.find(message.id), this.words.sampled);
    } catch (error) {
      this.fail(item, text, replyTo, error);
    } finally {
      clearTimeout(slowly);
    }
  }

  async dispatch(text, replyTo) {
    try {
      return await live.send("chat.send", { room: this.room, text, reply_to: replyTo });
    } catch (error) {
      if (error.code !== "live.no_socket") throw error;
      return call("POST", `${this.dataset.api}messages/`, { text, reply_to: replyTo });
    }
  }

  /** What was written before a reload could not be sent. */
  remember({ name, body, error }) {
    if (name !== "chat.send" || body.room !== this.room || !error) return;
    this.fail(this.draft(body.text, body.reply_to), body.text, body.reply_to, error);
  }

  tag(item, words) {
    const tag = document.createElement("span");
    tag.className = "tag";
    tag.textContent = words;
    item?.querySelector(".by").append(tag);
  }

  fail(item, text, replyTo, error) {
    item.classList.replace("pending", "unsent");
    item.querySelector(".tag")?.remove();
    const note = this.querySelector("[data-failed-template]").content.cloneNode(true);
    note.querySelector("[data-why]").textContent = error?.message || this.words.failed;
    const again = note.querySelector("[data-again]");
    again.addEventListener("click", () => { item.remove(); this.transmit(text, replyTo); });
    note.querySelector("[data-edit]").addEventListener("click", () => {
      item.remove();
      const box = this.form.elements.text;
      box.value = [text, box.value].filter(Boolean).join("\n");
      box.focus();
    });
    if (error?.retryAfter) {
      again.disabled = true;
      setTimeout(() => { again.disabled = false; }, error.retryAfter * 1000);
    }
    item.lastElementChild.append(note);
  }

  refuse(words) {
    const line = this.form.querySelector("[data-error]");
    line.hidden = !words;
    line.querySelector("span").textContent = words;
  }

  // Replying, removing --------------------------------------------------------------------------------------------

  act(event) {
    const reply = event.target.closest("[data-reply]");
    const remove = event.target.closest("[data-remove]");
    if (reply) {
      event.preventDefault();
      this.replyTo(reply.closest("[data-message]"));
    } else if (remove) {
      event.preventDefault();
      this.withdraw(Number(remove.value));
    }
  }

  replyTo(item) {
    if (!this.form) return;
    const line = this.form.querySelector("[data-replying]");
    this.form.elements.reply_to.value = item?.dataset.message ?? "";
    line.hidden = !item;
    if (!item) return;
    line.querySelector("[data-name]").textContent = item.querySelector("[data-name]").textContent;
    this.form.elements.text.focus();
  }

  async withdraw(id) {
    try {
      this.takeAway(await live.send("chat.remove", { room: this.room, message: id }));
    } catch (error) {
      this.say(error?.message ?? this.words.failed);
    }
  }
});
