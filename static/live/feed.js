// The second door, for as long as no socket can be had: topics are read as small cacheable pages that everybody of an
// audience shares (what belongs to one person alone: with a ticket, less often), and commands are posted.

const EVERY_MS = 3000;
const HIDDEN_MS = 15_000;
const MINE_MS = 9000;
const PER_PAGE = 50;
const MOST_PAGES = 10;
const READ_MS = 10_000;
const ANSWER_MS = 25_000;
const MOST_WISH_S = 300;
const CLOSED_MS = 30_000; // what is not for us may be later: results, once answered

export class Feed {
  posting = null; // id of the command that is being posted
  #page;
  #running = null;
  #isPosting = false;
  #base;
  #asked = 0; // the server's wish, in milliseconds between two readings
  #wishes = []; // what the answers of this round wished for
  #mine = new Map(); // topic's name -> when it was read last
  #closed = new Map(); // topic's name -> until when it is not asked for

  /** `page` has `topics`, `unanswered()` (what is to be posted now), `unposted()` (it could not be), `hear(message)`, `permit(refused)` (a ticket) and `stale()` (a new base). */
  constructor(page) {
    this.#page = page;
  }

  start(base) {
    this.#base = base;
    if (this.#running) return;
    this.#running = new AbortController();
    this.#poll(this.#running.signal);
    this.post();
  }

  stop() {
    this.#running?.abort();
    this.#running = null;
    this.#closed.clear();
    this.#mine.clear();
  }

  // Commands

  /** Posts what has no answer yet, one after the other; what the network swallows is posted again, under its id. */
  async post() {
    if (this.#isPosting || !this.#running) return;
    this.#isPosting = true;
    try {
      for (let entry; this.#running && (entry = this.#page.unanswered()[0]); ) {
        this.posting = entry.id;
        if (await this.#ask(entry)) continue;
        this.#page.unposted();
        break;
      }
    } catch {
      this.#page.unposted(); // the network; with the next poll
    } finally {
      this.posting = null;
      this.#isPosting = false;
    }
  }

  /** Whether it was answered. */
  async #ask({ id, name, body }) {
    const response = await this.#withTicket("../do", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ t: "do", id, name, body }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (!response.headers.get("content-type")?.startsWith("application/json")) return false;
    const answer = await response.json();
    if (answer.t !== "reply" && answer.t !== "error") return false;
    // An error about the frame itself names no command.
    this.#page.hear({ id, ...answer });
    return true;
  }

  async #withTicket(address, options) {
    let ticket = await this.#page.permit();
    for (let attempt = 0; ; attempt += 1) {
      const headers = { ...options.headers, Authorization: `Ticket ${ticket}` };
      const response = await fetch(new URL(address, new URL(this.#base, location.href)), { ...options, headers });
      if (response.status !== 401 || attempt) return response;
      ticket = await this.#page.permit(ticket);
    }
  }

  // Topics

  async #poll(signal) {
    while (!signal.aborted) {
      this.#wishes = [];
      try {
        for (const topic of [...this.#page.topics.values()]) {
          if (signal.aborted) return;
          if (this.#isDue(topic)) await (topic.isLog ? this.#readLog(topic) : this.#readState(topic));
        }
        this.post();
      } catch {
        // The network; next time.
      }
      if (this.#wishes.length) this.#asked = Math.max(...this.#wishes);
      await this.#pause(signal);
    }
  }

  #pause(signal) {
    const pause = Math.max(document.hidden ? HIDDEN_MS : EVERY_MS, this.#asked);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pause * (0.7 + 0.6 * Math.random()));
      signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    });
  }

  #isDue(topic) {
    const now = Date.now();
    return now >= (this.#closed.get(topic.name) ?? 0) && now - (this.#mine.get(topic.name) ?? 0) >= MINE_MS;
  }

  /** One page of a topic; null where there is none for us, or none yet. */
  async #get(topic, page) {
    const isMine = this.#mine.has(topic.name);
    const address = `${isMine ? "../mine/" : ""}${topic.name}/${page}`;
    const options = { signal: AbortSignal.timeout(READ_MS) };
    const response = isMine
      ? await this.#withTicket(address, options)
      : await fetch(new URL(address, new URL(this.#base, location.href)), options);
    if (isMine) this.#mine.set(topic.name, Date.now());
    const wish = (name) => Number(response.headers.get(name) ?? 0) || 0;
    this.#wishes.push(1000 * Math.min(MOST_WISH_S, Math.max(wish("plenary-poll"), response.ok ? 0 : wish("retry-after"))));
    if (response.ok) return response.json();
    if (response.status === 410) this.#base = (await this.#page.stale()) ?? this.#base;
    else if (response.status === 403 || response.status === 404) this.#close(topic);
    return null;
  }

  /** What is not for our whole audience may be for us; what is not for us either is left alone for a while. */
  #close(topic) {
    if (this.#mine.delete(topic.name)) this.#closed.set(topic.name, Date.now() + CLOSED_MS);
    else this.#mine.set(topic.name, 0);
  }

  async #readState(topic) {
    const found = await this.#get(topic, "state");
    if (found) this.#page.hear({ t: "state", topic: topic.name, version: found.version, d: found.d });
  }

  async #readLog(topic) {
    const found = await this.#get(topic, "head");
    if (!found) return;
    const known = topic.position;
    if (known === null) return topic.stands("log", found.head);
    if (found.head <= known) return;
    const first = Math.floor(known / PER_PAGE);
    if (found.page - first > MOST_PAGES) return topic.reset(found.head);
    for (let page = first; page < found.page; page += 1) {
      // A full page may be cached; its address changes when a message on it does.
      const full = await this.#get(topic, `${page}.${found.revision}`);
      if (!full) return;
      this.#deliver(topic, full.items);
    }
    this.#deliver(topic, found.items);
    topic.stands("log", found.head);
  }

  #deliver(topic, items) {
    for (const [seq, data] of items) topic.deliver("log", seq, data);
  }
}
