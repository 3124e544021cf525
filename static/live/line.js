// The WebSocket behind socket.js: opens it with a ticket, notices when nobody is there any more, comes back with full
// jitter, moves to another process before the old one ends, and says when only the feed is left.

const PROTOCOL = "plenary.1";
const TICKET_MS = 100_000; // it lives two minutes
const HELLO_MS = 10_000;
const FIRST_MS = 500;
const MOST_MS = 30_000;
const FEED_AFTER = 3;
const CROWDED_MS = 60_000;
const REVOKED_MS = 4000; // a whole event may have been asked for new tickets
const CLOSE = { done: 1000, protocol: 4400, ticket: 4401, resync: 4408, crowded: 4430, restart: 1012 };

export class Line {
  state = "connecting"; // "open" "waiting" "feed" "offline"
  #meta;
  #page;
  #socket = null;
  #next = null; // the one that shall take over
  #ticket = null; // for the next socket
  #back = null; // a ticket that the socket gave us, to come back with
  #permit = null; // for the feed
  #failures = 0;
  #rests = 0; // not before this time is it tried again, whatever wakes the page
  #retry = null;
  #watch = null;
  #sweep = 25;
  #started = false;
  #working = false;

  /** `meta` is the dataset of the page's meta element; `page` has `changed`, `opened`, `lost` and `hear(message)`. */
  constructor(meta, page) {
    this.#meta = meta;
    this.#page = page;
    if (meta.ticket) this.#ticket = { value: meta.ticket, until: performance.timeOrigin + TICKET_MS };
    addEventListener("pagehide", () => this.#pause());
    addEventListener("pageshow", (event) => event.persisted && this.#resume());
    addEventListener("online", () => this.#resume());
    addEventListener("offline", () => this.#offline());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#ask());
  }

  get isOpen() {
    return this.state === "open";
  }

  start() {
    if (this.#started) return;
    this.#started = true;
    // The page's elements ask for their topics in this same turn.
    queueMicrotask(() => this.#open());
  }

  say(words) {
    if (this.isOpen) this.#socket.send(JSON.stringify(words));
  }

  /** This process leaves: another socket is opened, and then this one let go. */
  move() {
    if (!this.#next) this.#open(this.#socket);
  }

  // Tickets

  /** A ticket for requests beside the socket; `refused` is one that was not taken. */
  async permit(refused = null) {
    if (!this.#permit || this.#permit.until < Date.now() || this.#permit.value === refused) {
      this.#permit = await this.#fetch();
    }
    return this.#permit.value;
  }

  /** Fetches the feed's current address, which it returns; the old one ran out. */
  async stale() {
    this.#permit = await this.#fetch();
    return this.#meta.feed;
  }

  async #fetch() {
    const response = await fetch(this.#meta.ticketUrl, { cache: "no-store", signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`No ticket: ${response.status}`);
    const { ticket, feed } = await response.json();
    this.#meta.feed = feed;
    return { value: ticket, until: Date.now() + TICKET_MS };
  }

  async #fresh() {
    if (this.#back && this.#back.until > Date.now()) return this.#back.value;
    if (!this.#ticket || this.#ticket.until < Date.now()) this.#ticket = await this.#fetch();
    const { value } = this.#ticket;
    this.#ticket = null; // the next socket gets one of its own
    return value;
  }

  // The socket

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
      socket.onmessage = (event) => this.#heard(socket, JSON.parse(event.data));
      socket.onclose = (event) => this.#closed(socket, event.code, event.reason);
      this.#listen(socket, HELLO_MS);
    } catch {
      if (!replacing) this.#failed();
    } finally {
      this.#working = false;
    }
  }

  #heard(socket, message) {
    this.#listen(socket);
    if (message.t === "hello") this.#hello(socket, message);
    else if (message.t === "resume") this.#back = { value: message.ticket, until: Date.now() + message.seconds * 900 };
    else this.#page.hear(message);
  }

  #hello(socket, { sweep }) {
    this.#sweep = sweep;
    this.#failures = 0;
    const before = this.#socket;
    this.#socket = socket;
    this.#next = null;
    if (before && before !== socket) this.#let(before);
    const isBack = !this.isOpen;
    this.state = "open";
    this.#page.opened(); // before anybody else hears of it, who may have something to say
    if (isBack) this.#page.changed();
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
    if (!this.isOpen) return this.#resume();
    this.say({ t: "ping" });
    return this.#listen(this.#socket, HELLO_MS);
  }

  #closed(socket, code, reason = "") {
    if (code === CLOSE.ticket && (socket === this.#next || socket === this.#socket)) this.#back = null;
    if (socket === this.#next) {
      // The move failed; the one that we have is watched again, and opened anew when it ends.
      this.#next = null;
      clearTimeout(this.#watch);
      if (this.#socket) this.#listen(this.#socket);
      return;
    }
    if (socket !== this.#socket) return;
    this.#socket = null;
    clearTimeout(this.#watch);
    this.#page.lost();
    if (code === CLOSE.protocol) {
      // This page speaks an older protocol; the feed carries it until it is reloaded.
      this.#failures = Infinity;
      this.#set("feed");
      return;
    }
    if (code === CLOSE.crowded) {
      // Asking again at once would be refused again: the feed carries the page meanwhile.
      this.#failures = Math.max(this.#failures, FEED_AFTER);
      this.#rests = Date.now() + CROWDED_MS / 2;
      this.#again(CROWDED_MS, CROWDED_MS / 2);
      return;
    }
    const expected = [CLOSE.ticket, CLOSE.resync, CLOSE.restart].includes(code) && this.isOpen;
    if (expected) this.#again(reason === "revoked" ? REVOKED_MS : FIRST_MS * 2);
    else this.#failed();
  }

  #failed() {
    this.#failures += 1;
    this.#again(Math.min(MOST_MS, FIRST_MS * 2 ** this.#failures));
  }

  /** Full jitter: those who fell together do not come back together. */
  #again(most, least = 0) {
    if (!navigator.onLine) this.#set("offline");
    else if (this.#failures >= FEED_AFTER && this.#meta.feed) this.#set("feed");
    else this.#set("waiting");
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(), least + Math.random() * (most - least));
  }

  #set(state) {
    if (state === this.state) return;
    this.state = state;
    this.#page.changed();
  }

  // The browser

  #offline() {
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
    if (this.#socket) this.#page.lost();
    this.#socket = this.#next = null;
    this.#rests = 0;
    this.#set("waiting");
  }

  #resume() {
    if (this.#started && !this.#socket && Date.now() >= this.#rests) this.#open();
  }
}
