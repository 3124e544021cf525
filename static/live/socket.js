// What a page hears and says while an event is live. Configured by <meta name="plenary-live" data-socket data-ticket
// data-ticket-url data-feed data-person>; docs/protocol.md describes what goes over the wire.
//
//   import { live } from "plenary/live/socket.js";
//   live.subscribe("chat/7", { seq: 118, onmessage(payload, { seq }) {}, onreset() {}, onrefused(error) {}, signal });
//   live.subscribe("poll/9/results", { version, onmessage(value, { version }) {}, signal });
//   await live.send("chat.send", { room: 7, text });   // rejects with { code, message, field, retryAfter, id }
//   live.addEventListener("state", () => live.state);  // "connecting" "open" "waiting" "feed" "offline"
//
// A log topic hands over each message once and in order. After `onreset` load the topic's part of the page anew. A
// command that is sent while the socket is away waits, survives a reload, and is done once; its answer then comes
// as an "answer" event ({ name, body, data, error } in `detail`), since the promise is gone with the old page. Where
// no socket can be had at all ("feed"), topics are polled and commands posted; nothing else changes for the page.

import { Feed } from "plenary/live/feed.js";
import { Line } from "plenary/live/line.js";
import { Outbox, Refused, words } from "plenary/live/outbox.js";
import { Topic } from "plenary/live/topic.js";

const MOST_TOPICS = 60;
const QUICK = "rate.limited";
const UNDECIDED = "unavailable"; // it may be done, or not
const PASSING = new Set(["intake.busy", "rate.place", UNDECIDED, QUICK]); // the same again in a while is right
const BUSY_SECONDS = 5;
const EARLY_MS = 50; // a timer may be a little too quick

class Live extends EventTarget {
  topics = new Map();
  #line = null;
  #feed;
  #outbox;
  #joining = new Set();
  #repeating = false;

  constructor(meta) {
    super();
    if (!meta) return;
    const { dataset } = meta;
    this.#outbox = new Outbox(`${dataset.socket} ${dataset.person ?? ""}`);
    this.#line = new Line(dataset, {
      changed: () => this.#changed(dataset),
      opened: () => this.#opened(),
      lost: () => this.#lost(),
      hear: (message) => this.#hear(message),
    });
    this.#feed = new Feed({
      topics: this.topics,
      unanswered: () => this.#outbox.ready,
      hear: (message) => this.#hear(message),
      permit: (refused) => this.#line.permit(refused),
      stale: () => this.#line.stale(),
    });
    if (this.#outbox.size) this.#line.start();
  }

  get state() {
    return this.#line?.state ?? "connecting";
  }

  /** How many commands wait for an answer. */
  get waiting() {
    return this.#outbox?.size ?? 0;
  }

  /** How many of them go again by themselves, because too much is coming in. */
  get resting() {
    return this.#outbox?.resting ?? 0;
  }

  subscribe(name, { seq, version, onmessage, onreset, onrefused, signal } = {}) {
    if (signal?.aborted || !this.#line) return;
    const at = Number.isFinite(seq) ? seq : Number.isFinite(version) ? version : null;
    const handler = { at, log: Number.isFinite(seq), onmessage, onreset, onrefused };
    const topic = this.topics.get(name) ?? new Topic(name);
    this.topics.set(name, topic);
    topic.handlers.add(handler);
    if (topic.value && (at === null || at < topic.value.at)) {
      queueMicrotask(() => topic.hand(handler, topic.value.at, topic.value.data));
    } else if (!topic.joined || at === null || at < topic.stood) {
      this.#join(topic);
    }
    signal?.addEventListener("abort", () => this.#unsubscribe(topic, handler), { once: true });
    this.#line.start();
  }

  /** `id`: of the same command, which was refused before. `fleeting`: of the moment, and not worth sending later. */
  async send(name, body, { id, fleeting } = {}) {
    if (!this.#line) throw new Refused({ code: "live.no_socket", message: words("unsent") });
    const { entry, answer } = this.#outbox.add(name, body, { id, fleeting });
    this.#line.start();
    if (this.state === "feed") this.#feed.post();
    else this.#do(entry);
    this.dispatchEvent(new Event("outbox"));
    return answer;
  }

  // Saying

  #do({ id, name, body }) {
    this.#line.say({ t: "do", id, name, body });
  }

  #unsubscribe(topic, handler) {
    topic.handlers.delete(handler);
    if (topic.handlers.size) return;
    this.topics.delete(topic.name);
    this.#joining.delete(topic);
    if (topic.joined) this.#line.say({ t: "leave", topics: [topic.name] });
  }

  /** What is asked for in one turn of the page goes in one frame. */
  #join(topic) {
    if (!this.#joining.size) queueMicrotask(() => this.#sendJoins());
    this.#joining.add(topic);
  }

  #sendJoins() {
    const wanted = [...this.#joining].map((topic) => [topic.name, topic.position]);
    this.#joining.clear();
    if (!this.#line.isOpen) return; // opening joins everything
    for (let first = 0; first < wanted.length; first += MOST_TOPICS) {
      this.#line.say({ t: "join", topics: Object.fromEntries(wanted.slice(first, first + MOST_TOPICS)) });
    }
  }

  // The line

  #changed(meta) {
    if (this.state === "feed") this.#feed.start(meta.feed);
    else this.#feed.stop();
    this.dispatchEvent(new Event("state"));
  }

  #opened() {
    for (const topic of this.topics.values()) this.#joining.add(topic);
    this.#sendJoins();
    for (const entry of this.#outbox.entries) {
      if (entry.rests > Date.now()) setTimeout(() => this.#again(entry.id), entry.rests - Date.now());
      else this.#do(entry);
    }
  }

  #lost() {
    for (const topic of this.topics.values()) topic.joined = false;
  }

  // Hearing

  #hear(message) {
    const topic = this.topics.get(message.topic);
    switch (message.t) {
      case "joined":
        if (!topic) return;
        topic.joined = true;
        topic.tries = 0;
        topic.stands(message.kind, message.at);
        return;
      case "log":
        topic?.deliver("log", message.seq, message.d);
        return;
      case "state":
        topic?.deliver("state", message.version, message.d);
        return;
      case "reset":
        topic?.reset(message.seq);
        return;
      case "heads":
        this.#compare(message.topics);
        return;
      case "reply":
        this.#answer(message.id, { data: message.d });
        return;
      case "error":
        this.#refused(message, topic);
        return;
      case "move":
        this.#line.move();
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
    else if (topic && message.retry_after) this.#later(message, () => this.#rejoin(topic), topic.wait());
    else if (topic) topic.refuse(error);
    else if (message.code === "rate.limited" && !this.#repeating) {
      this.#repeating = true;
      this.#later(message, () => this.#repeat());
    }
  }

  #rejoin(topic) {
    if (this.topics.get(topic.name) === topic) this.#join(topic);
  }

  /** Those who were refused together do not come back together. */
  #later({ retry_after: seconds }, work, times = 1) {
    setTimeout(work, seconds * 1000 * times * (1 + Math.random() / 2));
  }

  /** A frame of ours was one too many, and it does not say which: whatever is not joined or answered is asked anew. */
  #repeat() {
    this.#repeating = false;
    if (!this.#line.isOpen) return; // opening asks for everything
    for (const topic of this.topics.values()) if (!topic.joined) this.#join(topic);
    for (const entry of this.#outbox.ready) this.#do(entry);
  }

  /** Whether a command that was refused stays, to be sent again. */
  #rests(id, error) {
    if (!PASSING.has(error?.code)) return false;
    const pause = this.#outbox.rest(id, error.retryAfter ?? BUSY_SECONDS, error.code === QUICK);
    if (pause === null) {
      if (error.code === UNDECIDED) error.message = words("expired") || error.message; // nobody asks again by itself
      return false;
    }
    setTimeout(() => this.#again(id), pause);
    this.dispatchEvent(new Event("outbox"));
    return true;
  }

  #again(id) {
    const entry = this.#outbox.entries.find((one) => one.id === id);
    if (!entry || entry.rests > Date.now() + EARLY_MS) return; // refused again meanwhile
    if (this.state === "feed") this.#feed.post();
    else this.#do(entry);
  }

  #answer(id, { data, error }) {
    if (this.#rests(id, error)) return;
    const forgotten = this.#outbox.settle(id, { data, error });
    if (forgotten) {
      const detail = { name: forgotten.name, body: forgotten.body, data, error };
      this.dispatchEvent(new CustomEvent("answer", { detail }));
    }
    this.dispatchEvent(new Event("outbox"));
  }
}

export const live = new Live(document.querySelector('meta[name="plenary-live"]'));
