// What a page hears and says while an event is live. Configured by <meta name="plenary-live" data-socket data-ticket
// data-ticket-url data-feed data-person>; docs/protocol.md describes what goes over the wire.
//
//   import { live } from "plenary/live/socket.js";
//   live.subscribe("chat/7", { seq: 118, onmessage(payload, { seq }) {}, onreset() {}, onrefused(error) {}, signal });
//   live.subscribe("poll/9/results", { version, onmessage(value, { version }) {}, signal });
//   await live.send("chat.send", { room: 7, text }, { subject: 7 });
//   // rejects with { code, message, field, retryAfter, id }
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

class Live extends EventTarget {
  topics = new Map();
  #line = null;
  #feed;
  #outbox;
  #said = new Set(); // ids of the commands that this line has taken and not answered
  #waking = null;
  #joining = new Set();
  #repeating = false;
  #wasHeard = false; // until then what is of the moment may wait for the first line

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
      unposted: () => this.state === "feed" && this.#endFleeting(),
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

  /** `id`: of the same command, which was refused before. `fleeting`: of the moment, and not worth sending later.
   *  `subject`: what it is about; commands of one name and subject are done in the order in which they are sent. Where
   *  only the `latest` counts, it takes the place of those that have not gone out or were not taken: nothing is given
   *  for them when it is done, and they are refused with it. */
  async send(name, body, options) {
    if (!this.#line) throw new Refused({ code: "live.no_socket", message: words("unsent") });
    if (options?.fleeting && this.#isAway) throw new Refused({ code: "live.lost", message: words("unsent") });
    const answer = this.#outbox.add(name, body, options, (id) => this.#said.has(id) || this.#feed.posting === id);
    this.#line.start();
    this.#sendReady();
    this.dispatchEvent(new Event("outbox"));
    return answer;
  }

  /** Whether a command of this name and subject waits for an answer. */
  holds(name, subject) {
    return this.#outbox?.holds(name, subject) ?? false;
  }

  // Saying

  /** What may go and has not gone, goes; what rests wakes this again. */
  #sendReady() {
    clearTimeout(this.#waking);
    for (const { id } of this.#outbox.expired) {
      this.#settle(id, { error: new Refused({ code: "outbox.expired", message: words("expired"), id }) });
    }
    if (this.state === "feed") this.#feed.post();
    else if (this.#line.isOpen) for (const entry of this.#outbox.ready) this.#do(entry);
    const { pause } = this.#outbox;
    if (pause !== null) this.#waking = setTimeout(() => this.#sendReady(), pause);
  }

  #do({ id, name, body }) {
    if (this.#said.has(id)) return;
    this.#said.add(id);
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

  /** Neither the socket nor the feed is there any more. */
  get #isAway() {
    return this.#wasHeard && this.state !== "open" && this.state !== "feed";
  }

  #changed(meta) {
    this.#wasHeard ||= this.state === "open" || this.state === "feed";
    if (this.#isAway) this.#endFleeting();
    if (this.state === "feed") {
      this.#feed.start(meta.feed);
      this.#sendReady();
    } else {
      this.#feed.stop();
    }
    this.dispatchEvent(new Event("state"));
  }

  #opened() {
    for (const topic of this.topics.values()) this.#joining.add(topic);
    this.#sendJoins();
    this.#said.clear();
    this.#sendReady();
  }

  /** What was of the moment is over with it; everything else is said again by the next line. */
  #lost() {
    for (const topic of this.topics.values()) topic.joined = false;
    const said = [...this.#said];
    this.#said.clear();
    this.#endFleeting((id) => said.includes(id));
  }

  #endFleeting(isOver = () => true) {
    for (const id of this.#outbox.fleeting.filter(isOver)) {
      this.#settle(id, { error: new Refused({ code: "live.lost", message: words("unsent"), id }) });
    }
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
    this.#said.clear();
    this.#sendReady();
  }

  /** Whether a command that was refused stays, to be sent again. */
  #rests(id, error) {
    if (!PASSING.has(error.code)) return false;
    if (this.#outbox.rest(id, error.retryAfter ?? BUSY_SECONDS, error.code === QUICK)) return true;
    if (error.code === UNDECIDED) error.message = words("expired") || error.message; // nobody asks again by itself
    return false;
  }

  #answer(id, { data, error }) {
    this.#said.delete(id);
    const rests = error && this.#rests(id, error);
    if (error && (this.#outbox.yields(id) || rests)) this.dispatchEvent(new Event("outbox"));
    else this.#settle(id, { data, error });
    this.#sendReady();
  }

  #settle(id, { data, error }) {
    const forgotten = this.#outbox.settle(id, { data, error });
    if (forgotten) {
      const detail = { name: forgotten.name, body: forgotten.body, data, error };
      this.dispatchEvent(new CustomEvent("answer", { detail }));
    }
    this.dispatchEvent(new Event("outbox"));
  }
}

export const live = new Live(document.querySelector('meta[name="plenary-live"]'));
