// Topics over plain HTTP, for as long as no socket can be had: small cacheable pages, shared by everybody of an audience.

const EVERY_MS = 3000;
const HIDDEN_MS = 15000;
const PER_PAGE = 50;
const MOST_PAGES = 10;

export class Feed {
  #live;
  #timer = null;
  #base;
  #gone = new Set();

  /** `live` has `topics` and `deliver`, `reset`, `stale` (the address ran out: fetch a new ticket). */
  constructor(live) {
    this.#live = live;
  }

  start(base) {
    this.#base = base;
    if (this.#timer === null) this.#poll();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#gone.clear();
  }

  #again() {
    const pause = document.hidden ? HIDDEN_MS : EVERY_MS;
    this.#timer = setTimeout(() => this.#poll(), pause * (0.7 + 0.6 * Math.random()));
  }

  async #poll() {
    this.#timer = setTimeout(() => {}, 0); // running
    const running = this.#timer;
    for (const topic of [...this.#live.topics.values()]) {
      if (this.#timer !== running) return;
      if (this.#gone.has(topic.name)) continue;
      try {
        await (topic.isLog ? this.#readLog(topic) : this.#readState(topic));
      } catch {
        break; // the network; next time
      }
    }
    if (this.#timer === running) this.#again();
  }

  async #get(topic, page) {
    const response = await fetch(`${this.#base}${topic.name}/${page}`, { signal: AbortSignal.timeout(10_000) });
    if (response.status === 410) {
      this.#base = (await this.#live.stale()) ?? this.#base;
      return null;
    }
    if (response.status === 404 || response.status === 403) this.#gone.add(topic.name);
    return response.ok ? response.json() : null;
  }

  async #readState(topic) {
    const found = await this.#get(topic, "state");
    if (found) this.#live.deliver(topic, "state", found.version, found.d);
  }

  async #readLog(topic) {
    const found = await this.#get(topic, "head");
    if (!found) return;
    const known = topic.position;
    if (known === null) return this.#live.stands(topic, "log", found.head);
    if (found.head <= known) return;
    const first = Math.floor(known / PER_PAGE);
    if (found.page - first > MOST_PAGES) return this.#live.reset(topic, found.head);
    for (let page = first; page < found.page; page += 1) {
      const full = await this.#get(topic, page);
      if (!full) return;
      for (const [seq, data] of full.items) this.#live.deliver(topic, "log", seq, data);
    }
    for (const [seq, data] of found.items) this.#live.deliver(topic, "log", seq, data);
    this.#live.stands(topic, "log", found.head);
  }
}
