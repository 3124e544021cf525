// One topic of the page: who on the page listens to it, and how far each of them has heard.

const MOST_WAIT = 20;

export class Topic {
  handlers = new Set();
  joined = false;
  kind = null; // "log" or "state", once the server has said so
  stood = null; // where the server says it stands
  value = null; // the newest value of a state topic
  tries = 0; // since it was last joined

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

  /** Where the topic stands: who asked for "from now on" goes on from there. */
  stands(kind, at) {
    this.kind = kind;
    this.stood = at;
    if (kind === "log") for (const handler of this.handlers) handler.at ??= at;
  }

  deliver(kind, at, data) {
    this.kind = kind;
    this.stood = Math.max(this.stood ?? 0, at);
    if (kind === "state" && at > (this.value?.at ?? -1)) this.value = { at, data };
    for (const handler of [...this.handlers]) this.hand(handler, at, data);
  }

  /** To one handler, once; what it has heard already it does not hear again. */
  hand(handler, at, data) {
    if (handler.at !== null && at <= handler.at) return;
    handler.at = at;
    try {
      handler.onmessage?.(data, this.kind === "log" ? { seq: at } : { version: at });
    } catch (error) {
      reportError(error);
    }
  }

  /** Too much was missed: each handler loads its part of the page anew, and goes on after `seq`. */
  reset(seq) {
    this.stands("log", seq);
    for (const handler of [...this.handlers]) {
      handler.at = seq;
      handler.onreset?.();
    }
  }

  /** How many times as long as the server asks for to wait before it is asked again: what fails for long, rarely. */
  wait() {
    return Math.min(MOST_WAIT, 2 ** this.tries++);
  }

  refuse(error) {
    this.joined = false;
    for (const handler of [...this.handlers]) handler.onrefused?.(error);
  }
}
