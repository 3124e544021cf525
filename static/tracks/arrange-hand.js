// The hand of <arrange-agenda>: picks a session up, by pointer or by keyboard, moves it over the sheet, and puts it down.
// A finger takes it by its grip, so that the rest of the sheet can be scrolled.
import { STEP, read, written } from "plenary/tracks/arrange-spot.js";

const THRESHOLD = 4;
const EDGE = 44;
const SPEED = 14;

export class Hand {
  constructor(page, signal) {
    this.page = page;
    page.addEventListener("pointerdown", (event) => this.grasp(event), { signal });
    page.addEventListener("pointermove", (event) => this.drag(event), { signal });
    page.addEventListener("pointerup", (event) => this.release(event), { signal });
    page.addEventListener("pointercancel", () => this.held?.byPointer && this.give(), { signal });
    page.addEventListener("dragstart", (event) => event.target.closest("[data-card]") && event.preventDefault(), { signal });
    page.addEventListener("keydown", (event) => this.key(event), { signal });
    page.addEventListener("focusout", (event) => this.leave(event), { signal });
  }

  get holds() { return Boolean(this.held?.started); }

  get sheet() { return this.page.sheet; }

  get rows() { return Number(this.sheet.dataset.height); }

  moment(row) { return Number(this.sheet.dataset.begin) * 1e6 + row * STEP; }

  row(moment) { return (moment - Number(this.sheet.dataset.begin) * 1e6) / STEP; }

  rowAt(room, y) {
    const box = room.getBoundingClientRect();
    return Math.max(0, Math.min(this.rows - 1, Math.floor(((y - box.top) / box.height) * this.rows)));
  }

  rooms() { return [...this.page.querySelectorAll("[data-room]")]; }

  take(card, more) {
    const spot = read(card.dataset.spot);
    const { parentElement: home, nextSibling: after } = card;
    const clashes = card.classList.contains("clash");
    this.held = { card, spot, now: { ...spot }, home, after, clashes, style: card.getAttribute("style"), ...more };
  }

  // By pointer -------------------------------------------------------------------------------------------------------

  grasp(event) {
    this.justDropped = false;
    const card = event.target.closest?.("[data-card]");
    // With Control held, a Mac opens a menu, and never says that the button was let go.
    if (!card || event.button !== 0 || event.ctrlKey || this.held) return;
    const isEdge = Boolean(event.target.closest("[data-edge]"));
    if (event.pointerType !== "mouse" && !isEdge && !event.target.closest("[data-grip]")) return;
    const box = card.getBoundingClientRect();
    this.take(card, { byPointer: true, sizes: isEdge && Boolean(card.closest("[data-room]")), x: event.clientX, y: event.clientY, grab: event.clientY - box.top });
    this.pointer = event.pointerId;
  }

  drag(event) {
    const held = this.held;
    if (!held?.byPointer || event.pointerId !== this.pointer) return;
    // The button was let go where this page was not told of it.
    if (event.pointerType === "mouse" && !(event.buttons & 1)) return this.give();
    if (!held.started) {
      if (Math.hypot(event.clientX - held.x, event.clientY - held.y) < THRESHOLD) return;
      held.started = true;
      this.page.setPointerCapture(this.pointer);
      held.card.classList.add("held");
      this.page.classList.add("moving");
      this.roll();
    }
    event.preventDefault();
    [held.x, held.y] = [event.clientX, event.clientY];
    this.follow();
  }

  /** Where the pointer is now, the card is. */
  follow() {
    const { card, x, y, grab, spot, sizes } = this.held;
    const waiting = this.page.querySelector("[data-waiting]");
    const box = waiting.getBoundingClientRect();
    const isOff = !sizes && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
    waiting.classList.toggle("over", isOff);
    if (isOff) {
      this.held.now = { ...spot, state: "unplaced" };
      card.classList.remove("clash");
      return;
    }
    const rooms = this.rooms();
    const home = this.page.querySelector(`[data-room="${this.held.now.room}"]`);
    const room = sizes ? home : rooms.find((one) => within(one, x)) ?? home;
    if (!room) return;
    const area = room.getBoundingClientRect();
    const each = area.height / this.rows;
    if (sizes) {
      const row = Math.round((y - area.top) / each);
      this.set({ ...spot, end: Math.max(spot.start + STEP, this.moment(Math.min(row, this.rows))) });
      return;
    }
    const length = spot.end - spot.start;
    const from = heldFrom(grab, each, length);
    const row = Math.max(0, Math.min(this.rows - 1, Math.round((y - from - area.top) / each)));
    this.set({ ...spot, room: room.dataset.room, start: this.moment(row), end: this.moment(row) + length, state: placed(spot) });
  }

  /** Near the edge of the sheet it goes on by itself. */
  roll() {
    if (!this.held?.started || !this.held.byPointer) return;
    const scroll = this.page.querySelector("[data-scroll]");
    const box = scroll.getBoundingClientRect();
    const { x, y } = this.held;
    const inside = x > box.left && x < box.right && y > box.top && y < box.bottom;
    const left = inside ? towards(x, box.left, box.right) : 0;
    const top = inside ? towards(y, box.top, box.bottom) : 0;
    if (left || top) {
      scroll.scrollBy({ left, top, behavior: "instant" });
      this.follow();
    }
    requestAnimationFrame(() => this.roll());
  }

  release(event) {
    const held = this.held;
    // The click that ends a drag opens nothing, nor does the one after Escape.
    if (held?.started) this.justDropped = true;
    if (this.justDropped) setTimeout(() => { this.justDropped = false; });
    if (!held?.byPointer || event.pointerId !== this.pointer) return;
    if (held.started) this.drop();
    else this.held = null;
  }

  // By keyboard -----------------------------------------------------------------------------------------------------

  key(event) {
    const card = event.target.closest?.("[data-card]");
    if (this.held?.byPointer && event.key === "Escape") {
      this.justDropped = true;
      return this.give();
    }
    if (!card || event.ctrlKey || event.metaKey || event.altKey || this.held?.byPointer) return;
    const deed = this.held ? this.deeds()[event.key] : this.first(card)[event.key];
    if (!deed) return;
    event.preventDefault();
    deed(event);
  }

  /** What keys do on a card that lies. */
  first(card) {
    const pick = () => this.pick(card);
    const open = () => this.page.openCard(card);
    const off = () => { this.take(card); this.held.now.state = "unplaced"; this.held.started = true; this.drop(); };
    const go = (by) => () => this.neighbour(card, by)?.focus();
    return {
      Enter: pick, " ": pick, e: open, E: open, ...(card.closest("[data-room]") && { Delete: off, Backspace: off }),
      ArrowDown: go("nextElementSibling"), ArrowUp: go("previousElementSibling"),
    };
  }

  neighbour(card, by) {
    const one = card.closest("li")?.[by]?.querySelector("[data-card]") ?? card[by];
    return one?.matches("[data-card]") ? one : null;
  }

  pick(card) {
    this.take(card, { byKeys: true, started: true });
    card.classList.add("held");
    card.setAttribute("aria-pressed", "true");
    this.page.classList.add("moving");
    if (!card.closest("[data-room]")) this.lay();
    const words = this.page.dataset.picked.replace("{title}", () => card.dataset.title);
    this.page.say(`${words} ${this.page.place(this.held.now)}`);
  }

  /** A card that waited is laid onto the part of the sheet that is seen. */
  lay() {
    const scroll = this.page.querySelector("[data-scroll]");
    const [room] = this.rooms();
    if (!room) return;
    const each = room.getBoundingClientRect().height / this.rows;
    const row = Math.min(this.rows - 1, Math.ceil(scroll.scrollTop / each / 3) * 3);
    const { spot } = this.held;
    this.set({ room: room.dataset.room, start: this.moment(row), end: this.moment(row) + spot.end - spot.start, state: "planned" });
  }

  /** What keys do on a card that is held. */
  deeds() {
    const isRight = getComputedStyle(this.page).direction === "rtl";
    const put = () => this.drop();
    const off = () => { this.held.now = { ...this.held.spot, state: "unplaced" }; this.drop(); };
    return {
      Enter: put, " ": put, Escape: () => this.give(), Delete: off, Backspace: off,
      ArrowUp: (event) => this.shift(-1, event.shiftKey), ArrowDown: (event) => this.shift(1, event.shiftKey),
      PageUp: () => this.shift(-12), PageDown: () => this.shift(12),
      ArrowLeft: () => this.aside(isRight ? 1 : -1), ArrowRight: () => this.aside(isRight ? -1 : 1),
    };
  }

  shift(by, sizes = false) {
    const { now } = this.held;
    const [start, end] = [now.start + (sizes ? 0 : by * STEP), now.end + by * STEP];
    if (end < start + STEP || this.row(start) < 0 || this.row(start) > this.rows - 1) return;
    // From a time between two steps to the next of them.
    const off = sizes ? 0 : (this.row(start) - Math.floor(this.row(start))) * STEP;
    this.set({ ...now, start: start - off, end: end - off });
    this.tell();
  }

  aside(by) {
    const rooms = this.rooms();
    const next = rooms[rooms.findIndex((room) => room.dataset.room === this.held.now.room) + by];
    if (!next) return;
    this.set({ ...this.held.now, room: next.dataset.room });
    this.tell();
  }

  tell() {
    const { card, now } = this.held;
    const titles = this.page.clashing(card, now).map((other) => other.dataset.title).slice(0, 3);
    const clash = titles.length ? this.page.dataset.clashes.replace("{titles}", () => titles.join(", ")) : "";
    this.page.say(`${this.page.place(now)} ${clash}`);
  }

  /** Focus that goes elsewhere puts nothing anywhere. */
  leave(event) {
    if (this.held?.byKeys && !this.held.laying && event.target === this.held.card) this.give();
  }

  // Both --------------------------------------------------------------------------------------------------------------

  /** Shows the held card in a spot, and what it would clash with. */
  set(now) {
    const { card } = this.held;
    this.held.now = now;
    const room = this.page.querySelector(`[data-room="${now.room}"]`);
    if (card.parentElement !== room) {
      this.held.laying = true;
      room.append(card);
      if (this.held.byKeys) card.focus({ preventScroll: true });
      this.held.laying = false;
    }
    for (const [name, value] of [["--r", this.row(now.start)], ["--n", (now.end - now.start) / STEP], ["--l", 0], ["--w", 1]]) {
      card.style.setProperty(name, value);
    }
    card.querySelector("[data-start]").textContent = this.page.time(now.start);
    card.querySelector("[data-end]").textContent = this.page.time(now.end);
    const clashing = this.page.clashing(card, now);
    card.classList.toggle("clash", clashing.length > 0);
    card.querySelector(".ar-mark").hidden = !clashing.length;
    for (const other of this.page.querySelectorAll(".met")) other.classList.remove("met");
    for (const other of clashing) other.classList.add("met");
    if (this.held.byKeys) card.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  drop() {
    const { card, spot, now } = this.held;
    const [seen, to] = [written(spot), written(now)];
    if (seen === to) return this.give();
    const place = this.held;
    this.clear();
    card.dataset.spot = to;
    if (now.state === "unplaced") this.page.say(this.page.dataset.off);
    this.page.send({ do: "move", session: card.dataset.card, seen, to }, {
      then: (answer) => this.page.moves.note(answer),
      otherwise: () => this.restore(place),
    });
  }

  /** Back to where it was. */
  give() {
    const held = this.held;
    if (!held) return;
    this.clear();
    if (!held.started) return;
    this.restore(held);
    if (held.byKeys && document.activeElement !== held.card && document.activeElement === document.body) held.card.focus({ preventScroll: true });
    this.page.say(this.page.dataset.back.replace("{title}", () => held.card.dataset.title));
    this.page.freed();
  }

  restore({ card, spot, home, after, style, clashes }) {
    if (!home.isConnected) return;
    const focused = document.activeElement === card;
    home.insertBefore(card, after?.parentNode === home ? after : null);
    card.setAttribute("style", style);
    card.dataset.spot = written(spot);
    card.classList.toggle("clash", clashes);
    card.querySelector(".ar-mark").hidden = !clashes;
    card.querySelector("[data-start]").textContent = this.page.time(spot.start);
    card.querySelector("[data-end]").textContent = this.page.time(spot.end);
    if (focused) card.focus({ preventScroll: true });
  }

  clear() {
    const { card, byPointer } = this.held;
    if (byPointer && this.page.hasPointerCapture(this.pointer)) this.page.releasePointerCapture(this.pointer);
    this.held = null;
    card.classList.remove("held");
    card.setAttribute("aria-pressed", "false");
    this.page.classList.remove("moving");
    for (const other of this.page.querySelectorAll(".met, .over")) other.classList.remove("met", "over");
  }
}

const placed = ({ state }) => (state === "unplaced" ? "planned" : state);
const within = (one, x) => { const box = one.getBoundingClientRect(); return x >= box.left && x < box.right; };
const towards = (at, from, to) => (at < from + EDGE ? -SPEED : at > to - EDGE ? SPEED : 0);

/** Where in the card it was grasped; a card that waits is drawn smaller than it lies. */
function heldFrom(grab, each, length) {
  return Math.min(grab, (each * length) / STEP - 4);
}
