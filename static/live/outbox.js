// Commands on their way: kept in sessionStorage until they are answered, so that a reload sends them again, under the
// same id. The server answers an id that it knows instead of doing it twice, for a quarter of an hour. So what it cannot
// take for the moment is no answer: that stays too, rests, and goes again under its id.

const MOST = 50;
const MOST_TRIES = 6;
const LONGEST_REST_S = 60;
const KEPT_MS = 10 * 60 * 1000;

/** Why a command was not done. `id` names it: whoever sends it again under that, has it done once. */
export class Refused extends Error {
  constructor({ code, message, field = null, retry_after = null, id = null }) {
    super(message);
    this.name = "Refused";
    this.code = code;
    this.field = field;
    this.retryAfter = retry_after;
    this.id = id;
  }
}

export class Outbox {
  #key;
  #entries;
  #waiting = new Map();

  /** `owner` names event and person: what one left behind is not sent by another. */
  constructor(owner) {
    this.#key = `plenary.outbox ${owner}`;
    this.#entries = this.#load();
  }

  get size() {
    return this.#entries.length;
  }

  /** Everything unanswered, oldest first. */
  get entries() {
    this.#expire();
    return this.#entries;
  }

  /** Those of them that may go now. */
  get ready() {
    return this.entries.filter((entry) => !(entry.rests > Date.now()));
  }

  /** How many rest, because too much was coming in. */
  get resting() {
    return this.#entries.filter((entry) => entry.tries && !entry.quick).length;
  }

  /** Keeps a command that could not be taken for the moment. In how many milliseconds it goes again, each time later,
   *  and not when those go that were refused with it; null where it is not for later, or was tried often enough.
   *  What its own sender was too `quick` with waits for nobody else, and goes in the order in which it was sent. */
  rest(id, seconds, quick = false) {
    const entry = this.#entries.find((one) => one.id === id);
    if (!entry || entry.fleeting || seconds > LONGEST_REST_S || (entry.tries ?? 0) >= MOST_TRIES) return null;
    entry.tries = (entry.tries ?? 0) + 1;
    entry.quick = quick;
    const pause = seconds * 1000 * entry.tries * (quick ? 1 : 1 + Math.random() / 2);
    entry.rests = Date.now() + pause;
    this.#save();
    return pause;
  }

  /** `id`: of the same command, which was refused before. `fleeting`: of the moment, and not worth sending later. */
  add(name, body, { id = newId(), fleeting = false } = {}) {
    if (this.#entries.length >= MOST) throw new Refused({ code: "outbox.full", message: words("full"), id });
    const entry = { id, name, body, at: Date.now(), fleeting };
    this.#entries.push(entry);
    this.#save();
    const answer = new Promise((resolve, reject) => this.#waiting.set(entry.id, { resolve, reject }));
    return { entry, answer };
  }

  /** Takes an answer; returns its command if nobody on this page waits for it (it was sent before a reload). */
  settle(id, { data, error }) {
    const entry = this.#entries.find((one) => one.id === id);
    if (!entry) return null;
    this.#entries = this.#entries.filter((one) => one !== entry);
    this.#save();
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (!waiting) return entry;
    if (error) waiting.reject(error);
    else waiting.resolve(data);
    return null;
  }

  #expire() {
    const since = Date.now() - KEPT_MS;
    for (const entry of this.#entries.filter((one) => one.at < since)) {
      this.settle(entry.id, { error: new Refused({ code: "outbox.expired", message: words("expired"), id: entry.id }) });
    }
  }

  #load() {
    try {
      const found = JSON.parse(sessionStorage.getItem(this.#key) ?? "[]");
      return found.filter((entry) => entry.at > Date.now() - KEPT_MS);
    } catch {
      return []; // storage may be forbidden, or hold what an older page wrote
    }
  }

  #save() {
    try {
      if (this.#entries.length) sessionStorage.setItem(this.#key, JSON.stringify(this.#entries));
      else sessionStorage.removeItem(this.#key);
    } catch {
      // Full or forbidden: commands then live as long as the page.
    }
  }
}

/** 128 random bits; `crypto.randomUUID` is missing where a page came over plain HTTP. */
function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bar carries the translated sentences. */
export function words(name) {
  return document.querySelector("connection-bar")?.dataset[name] ?? "";
}
