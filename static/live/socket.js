// The page's one socket. Configured by <meta name="plenary-live" data-socket data-ticket data-ticket-url data-feed
// data-person>; docs/protocol.md describes what goes over it.
//
//   import { live } from "plenary/live/socket.js";
//   live.subscribe("chat/7", { seq: 118, onmessage(payload, { seq }) {}, onreset() {}, onrefused(error) {}, signal });
//   live.subscribe("poll/9/results", { version, onmessage(value, { version }) {}, signal });
//   await live.send("chat.send", { room: 7, text });   // rejects with { code, message, field, retryAfter }
//   live.addEventListener("state", () => live.state);  // "connecting" "open" "waiting" "feed" "offline"
//
// A log topic hands over each message once and in order. After `onreset` load the topic's part of the page anew. A
// command that is sent while the socket is away waits, survives a reload, and is done once; its answer then comes
// as an "answer" event ({ name, body, data, error } in `detail`), since the promise is gone with the old page.

import { Feed } from "plenary/live/feed.js";
import { Outbox, Refused, words } from "plenary/live/outbox.js";

const PROTOCOL = "plenary.1";
const TICKET_MS = 100_000; // it lives two minutes
const HELLO_MS = 10_000;
const FIRST_MS = 500;
const MOST_MS = 30_000;
const FEED_AFTER = 3;
const MOST_TOPICS = 60;
const CLOSE = { done: 1000, protocol: 4400, ticket: 4401, resync: 4408, restart: 1012 };

class Topic {
  handlers = new Set();
  joined = false;
  stood = null; // where the server says it stands
  value = null; // the newest value of a state topic

  constructor(name) {
    this.name = name;
  }

  get isLog() {
    return this.kind ? this.kind === "log" : [...this.handlers].some((handler) => handler.log);
  }

  /** From where to join: what the page shows. The handlers skip what they have already. */
  get position() {
    const known = [...this.handlers].map((handler) => handler.at);
    if (!this.isLog && known.includes(null)) return null;
    const numbers = known.filter((at) => at !== null);
    return numbers.length ? Math.min(...numbers) : null;
  }
}

class Live extends EventTarget {
  topics = new Map();
  #meta;
  #state = "connecting";
  #outbox;
  #feed = new Feed(this);
  #socket = null;
  #next = null; // the one that shall take over
  #ticket = null;
  #failures = 0;
  #retry = null;
  #watch = null;
  #sweep = 25;
  #joining = new Set();
  #started = false;
  #working = false;

  constructor(meta) {
    super();
    this.#meta = meta?.dataset;
    if (!this.#meta) return;
    this.#outbox = new Outbox(`${this.#meta.socket} ${this.#meta.person ?? ""}`);
    if (this.#meta.ticket) this.#ticket = { value: this.#meta.ticket, until: performance.timeOrigin + TICKET_MS };
    addEventListener("pagehide", () => this.#pause());
    addEventListener("pageshow", (event) => event.persisted && this.#resume());
    addEventListener("online", () => this.#resume());
    addEventListener("offline", () => this.#lost());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#ask());
    if (this.#outbox.size) this.#start();
  }

  get state() {
    return this.#state;
  }

  /** How many commands wait for an answer. */
  get waiting() {
    return this.#outbox?.size ?? 0;
  }

  subscribe(name, { seq, version, onmessage, onreset, onrefused, signal } = {}) {
    if (signal?.aborted || !this.#meta) return;
    const at = Number.isFinite(seq) ? seq : Number.isFinite(version) ? version : null;
    const handler = { at, log: Number.isFinite(seq), onmessage, onreset, onrefused };
    const topic = this.topics.get(name) ?? new Topic(name);
    this.topics.set(name, topic);
    topic.handlers.add(handler);
    if (topic.value && (at === null || at < topic.value.at)) {
      queueMicrotask(() => this.#hand(handler, "state", topic.value.at, topic.value.data));
    } else if (!topic.joined || at === null || at < topic.stood) {
      this.#join(topic);
    }
    signal?.addEventListener("abort", () => this.#unsubscribe(topic, handler), { once: true });
    this.#start();
  }

  async send(name, body) {
    if (!this.#meta || this.#state === "feed") throw new Refused({ code: "live.no_socket", message: words("unsent") });
    const { entry, answer } = this.#outbox.add(name, body);
    this.#start();
    this.#do(entry);
    this.dispatchEvent(new Event("outbox"));
    return answer;
  }

  // Topics

  #unsubscribe(topic, handler) {
    topic.handlers.delete(handler);
    if (topic.handlers.size) return;
    this.topics.delete(topic.name);
    this.#joining.delete(topic);
    if (topic.joined) this.#say({ t: "leave", topics: [topic.name] });
  }

  /** What is asked for in one turn of the page goes in one frame. */
  #join(topic) {
    if (!this.#joining.size) queueMicrotask(() => this.#sendJoins());
    this.#joining.add(topic);
  }

  #sendJoins() {
    const wanted = [...this.#joining].map((topic) => [topic.name, topic.position]);
    this.#joining.clear();
    if (!this.#isOpen) return; // opening joins everything
    for (let first = 0; first < wanted.length; first += MOST_TOPICS) {
      this.#say({ t: "join", topics: Object.fromEntries(wanted.slice(first, first + MOST_TOPICS)) });
    }
  }

  /** Where a topic stands: who asked for "from now on" goes on from there. */
  stands(topic, kind, at) {
    topic.kind = kind;
    topic.stood = at;
    if (kind === "log") for (const handler of topic.handlers) handler.at ??= at;
  }

  deliver(topic, kind, at, data) {
    topic.kind = kind;
    topic.stood = Math.max(topic.stood ?? 0, at);
    if (kind === "state" && at > (topic.value?.at ?? -1)) topic.value = { at, data };
    for (const handler of [...topic.handlers]) this.#hand(handler, kind, at, data);
  }

  #hand(handler, kind, at, data) {
    if (handler.at !== null && at <= handler.at) return;
    handler.at = at;
    try {
      handler.onmessage?.(data, kind === "log" ? { seq: at } : { version: at });
    } catch (error) {
      reportError(error);
    }
  }

  reset(topic, seq) {
    this.stands(topic, "log", seq);
    for (const handler of [...topic.handlers]) {
      handler.at = seq;
      handler.onreset?.();
    }
  }

  // Hearing

  #hear(socket, text) {
    this.#listen(socket);
    const message = JSON.parse(text);
    const topic = this.topics.get(message.topic);
    switch (message.t) {
      case "hello":
        return this.#hello(socket, message);
      case "joined":
        if (topic) {
          topic.joined = true;
          this.stands(topic, message.kind, message.at);
        }
        return undefined;
      case "log":
        return topic && this.deliver(topic, "log", message.seq, message.d);
      case "state":
        return topic && this.deliver(topic, "state", message.version, message.d);
      case "reset":
        return topic && this.reset(topic, message.seq);
      case "heads":
        return this.#compare(message.topics);
      case "reply":
        return this.#answer(message.id, { data: message.d });
      case "error":
        return this.#refused(message, topic);
      case "move":
        return this.#next ?? this.#open(socket);
      default:
        return undefined;
    }
  }

  /** The keep-alive says where each topic stands; what is behind joins again from its own position. */
  #compare(heads) {
    for (const [name, at] of Object.entries(heads)) {
      const topic = this.topics.get(name);
      if (topic?.position != null && topic.position < at) this.#join(topic);
    }
    for (const topic of this.topics.values()) if (topic.joined && !(topic.name in heads)) this.#join(topic);
  }

  #refused(message, topic) {
    const error = new Refused(message);
    if (message.id) this.#answer(message.id, { error });
    if (!topic) return;
    topic.joined = false;
    if (message.code === "unavailable") setTimeout(() => this.topics.has(topic.name) && this.#join(topic), message.retry_after * 1000);
    else for (const handler of [...topic.handlers]) handler.onrefused?.(error);
  }

  #answer(id, { data, error }) {
    const forgotten = this.#outbox.settle(id, { data, error });
    if (forgotten) {
      const detail = { name: forgotten.name, body: forgotten.body, data, error };
      this.dispatchEvent(new CustomEvent("answer", { detail }));
    }
    this.dispatchEvent(new Event("outbox"));
  }

  // The socket

  get #isOpen() {
    return this.#state === "open";
  }

  #set(state) {
    if (state === this.#state) return;
    this.#state = state;
    if (state === "feed") this.#feed.start(this.#meta.feed);
    else this.#feed.stop();
    this.dispatchEvent(new Event("state"));
  }

  #say(words) {
    if (this.#isOpen) this.#socket.send(JSON.stringify(words));
  }

  #do({ id, name, body }) {
    this.#say({ t: "do", id, name, body });
  }

  #start() {
    if (this.#started) return;
    this.#started = true;
    // The page's elements ask for their topics in this same turn.
    queueMicrotask(() => this.#open());
  }

  /** `replacing` is a socket whose server leaves: it is kept until the new one stands. */
  async #open(replacing = null) {
    if (this.#working || (this.#socket && !replacing)) return;
    this.#working = true;
    clearTimeout(this.#retry);
    try {
      const ticket = await this.#fresh();
      const address = new URL(this.#meta.socket, location.href);
      address.protocol = address.protocol.replace("http", "ws");
      const socket = new WebSocket(address, [PROTOCOL, ticket]);
      if (replacing) this.#next = socket;
      else this.#socket = socket;
      socket.onmessage = (event) => this.#hear(socket, event.data);
      socket.onclose = (event) => this.#closed(socket, event.code);
      this.#listen(socket, HELLO_MS);
    } catch {
      if (!replacing) this.#failed();
    } finally {
      this.#working = false;
    }
  }

  async #fresh() {
    if (!this.#ticket || this.#ticket.until < Date.now()) await this.stale();
    const { value } = this.#ticket;
    this.#ticket = null; // the next socket gets one of its own
    return value;
  }

  /** Fetches a ticket, and with it the feed's current address, which it returns. */
  async stale() {
    const response = await fetch(this.#meta.ticketUrl, { cache: "no-store", signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`No ticket: ${response.status}`);
    const { ticket, feed } = await response.json();
    this.#ticket = { value: ticket, until: Date.now() + TICKET_MS };
    this.#meta.feed = feed;
    return feed;
  }

  #hello(socket, { sweep }) {
    this.#sweep = sweep;
    this.#failures = 0;
    const before = this.#socket;
    this.#socket = socket;
    this.#next = null;
    if (before && before !== socket) this.#let(before);
    this.#set("open");
    for (const topic of this.topics.values()) this.#joining.add(topic);
    this.#sendJoins();
    for (const entry of this.#outbox.entries) this.#do(entry);
  }

  #let(socket) {
    socket.onmessage = socket.onclose = null;
    socket.close(CLOSE.done);
  }

  /** Silence for more than two sweeps means that nobody is there, whatever the browser believes. */
  #listen(socket, patience = this.#sweep * 2500) {
    if (socket !== (this.#next ?? this.#socket)) return;
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      this.#let(socket);
      this.#closed(socket, 1006);
    }, patience);
  }

  /** After a nap: is it still there? */
  #ask() {
    if (!this.#isOpen) return this.#resume();
    this.#say({ t: "ping" });
    return this.#listen(this.#socket, HELLO_MS);
  }

  #closed(socket, code) {
    if (socket === this.#next) {
      this.#next = null;
      return;
    }
    if (socket !== this.#socket) return;
    this.#socket = null;
    clearTimeout(this.#watch);
    for (const topic of this.topics.values()) topic.joined = false;
    if (code === CLOSE.protocol) {
      // This page speaks an older protocol; the feed carries it until it is reloaded.
      this.#failures = Infinity;
      this.#set("feed");
      return;
    }
    const expected = [CLOSE.ticket, CLOSE.resync, CLOSE.restart].includes(code) && this.#isOpen;
    if (expected) this.#again(FIRST_MS * 2);
    else this.#failed();
  }

  #failed() {
    this.#failures += 1;
    this.#again(Math.min(MOST_MS, FIRST_MS * 2 ** this.#failures));
  }

  /** Full jitter: those who fell together do not come back together. */
  #again(most) {
    if (!navigator.onLine) this.#set("offline");
    else if (this.#failures >= FEED_AFTER && this.#meta.feed) this.#set("feed");
    else this.#set("waiting");
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(), Math.random() * most);
  }

  #lost() {
    if (this.#socket) {
      this.#let(this.#socket);
      this.#closed(this.#socket, 1006);
    } else if (this.#started) {
      this.#set("offline");
    }
  }

  /** A page in the back-forward cache must hold no socket. */
  #pause() {
    clearTimeout(this.#retry);
    clearTimeout(this.#watch);
    for (const socket of [this.#socket, this.#next]) if (socket) this.#let(socket);
    this.#socket = this.#next = null;
    this.#set("waiting");
  }

  #resume() {
    if (this.#started && !this.#socket) this.#open();
  }
}

export const live = new Live(document.querySelector('meta[name="plenary-live"]'));
