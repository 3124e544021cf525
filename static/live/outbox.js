// Commands on their way: kept in sessionStorage until they are answered, so that a reload sends them again, under the
// same id. The server answers an id that it knows instead of doing it twice, for a quarter of an hour. So what it cannot
// take for the moment is no answer: that stays too, rests, and goes again under its id. Commands of one subject go one
// after the other, so that none overtakes another that rests; where the newest wish is the one that counts (on and off,
// other words), it takes the place of the older ones.

const MOST = 50;
const MOST_FLEETING = 20; // applause takes no place from what is written
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

  /** What may go now, oldest first: neither does it rest, nor is an older one of its subject unanswered. */
  get ready() {
    const subjects = new Set();
    return this.#entries.filter((entry) => {
      const isBehind = subjects.has(entry.subject);
      if (entry.subject) subjects.add(entry.subject);
      return !isBehind && !isResting(entry) && !isExpired(entry);
    });
  }

  /** What waits for longer than the server would know it again. */
  get expired() {
    return this.#entries.filter(isExpired);
  }

  /** In how many milliseconds the next one has rested, or expires; null where nothing waits. */
  get pause() {
    const moments = this.#entries.map((entry) => (isResting(entry) ? entry.rests : entry.at + KEPT_MS));
    return moments.length ? Math.max(0, Math.min(...moments) - Date.now()) : null;
  }

  /** How many rest, because too much was coming in. */
  get resting() {
    return this.#entries.filter((entry) => entry.tries && !entry.quick).length;
  }

  /** Ids of what is of the moment. */
  get fleeting() {
    return this.#entries.filter((entry) => entry.fleeting).map(({ id }) => id);
  }

  /** Whether a newer wish takes the place of this one, which was refused. Where it rests, that one does. */
  yields(id) {
    const entry = this.#find(id);
    const newest = this.#entries.findLast((one) => one.latest && one.subject === entry?.subject);
    if (!newest || newest === entry) return false;
    this.#replace(entry, newest);
    return true;
  }

  /** Keeps a command that could not be taken for the moment: it goes again later, each time after longer, and not when
   *  those go that were refused with it. False where it is not for later, or was tried often enough. What its own
   *  sender was too `quick` with waits for nobody else. */
  rest(id, seconds, quick = false) {
    const entry = this.#find(id);
    if (!entry || entry.fleeting || seconds > LONGEST_REST_S || (entry.tries ?? 0) >= MOST_TRIES) return false;
    entry.tries = (entry.tries ?? 0) + 1;
    entry.quick = quick;
    entry.rests = Date.now() + seconds * 1000 * entry.tries * (quick ? 1 : 1 + Math.random() / 2);
    this.#save();
    return true;
  }

  /** Whether one of this name and subject waits for an answer. */
  holds(name, subject) {
    return this.#entries.some((entry) => entry.subject === subjectOf(name, subject));
  }

  /** `id`: of the same command, which was refused before. `fleeting`: of the moment, and not worth sending later.
   *  `subject`: what of this name it is about; those of one go in the order in which they were added, or, where only
   *  the `latest` counts, that takes the place of the others, but for the one that `isUnderWay(id)`. */
  add(name, body, { id = newId(), fleeting = false, subject, latest = false } = {}, isUnderWay = () => false) {
    const isFull = this.#entries.length >= MOST || (fleeting && this.fleeting.length >= MOST_FLEETING);
    if (isFull) throw new Refused({ code: "outbox.full", message: words("full"), id });
    const order = subject === undefined ? {} : { subject: subjectOf(name, subject), latest };
    const entry = { id, name, body, at: Date.now(), fleeting, ...order };
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, [{ resolve, reject }]));
    const held = this.#entries.filter((one) => latest && one.subject === entry.subject && !isUnderWay(one.id));
    this.#entries.push(entry);
    for (const older of held.reverse()) this.#replace(older, entry);
    this.#save();
    return answer;
  }

  /** Takes an answer; returns its command if nobody on this page waits for it (it was sent before a reload). */
  settle(id, { data, error }) {
    const entry = this.#find(id);
    if (!entry) return null;
    const waiting = this.#waiting.get(id);
    this.#forget(entry);
    if (!waiting) return entry;
    const [own, ...replaced] = waiting;
    if (error) for (const { reject } of waiting) reject(error);
    else own.resolve(data);
    for (const { resolve } of replaced) resolve();
    return null;
  }

  #find(id) {
    return this.#entries.find((one) => one.id === id);
  }

  /** Who waits for the older wish hears when the newer one is settled, and after its sender: so pages undo in order. */
  #replace(older, newer) {
    const waiting = [...(this.#waiting.get(newer.id) ?? []), ...(this.#waiting.get(older.id) ?? [])];
    if (waiting.length) this.#waiting.set(newer.id, waiting);
    if (isResting(older)) Object.assign(newer, { tries: older.tries, rests: older.rests, quick: older.quick });
    this.#forget(older);
  }

  #forget(entry) {
    this.#entries = this.#entries.filter((one) => one !== entry);
    this.#waiting.delete(entry.id);
    this.#save();
  }

  #load() {
    try {
      return JSON.parse(sessionStorage.getItem(this.#key) ?? "[]");
    } catch {
      return []; // storage may be forbidden, or hold what an older page wrote
    }
  }

  #save() {
    try {
      const kept = this.#entries.filter((entry) => !entry.fleeting);
      if (kept.length) sessionStorage.setItem(this.#key, JSON.stringify(kept));
      else sessionStorage.removeItem(this.#key);
    } catch {
      // Full or forbidden: commands then live as long as the page.
    }
  }
}

function subjectOf(name, subject) {
  return `${name} ${subject}`;
}

function isResting(entry) {
  return entry.rests > Date.now();
}

function isExpired(entry) {
  return entry.at + KEPT_MS <= Date.now();
}

/** 128 random bits; `crypto.randomUUID` is missing where a page came over plain HTTP. */
function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bar carries the translated sentences. */
export function words(name) {
  return document.querySelector("connection-bar")?.dataset[name] ?? "";
}
