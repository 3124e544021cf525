// <arrange-agenda>: organisers arrange a day of the agenda (templates/admin/tracks/arrange.html). Sessions are dragged to
// another time or room, out of the list of those that wait and back into it, and made longer by their lower edge; by
// keyboard as well. Each move is one small post, which says where the session was seen; the answer is the sheet as it is
// now. What other organisers do is asked for every few seconds.
import { Moves } from "plenary/tracks/arrange-moves.js";
import { Hand } from "plenary/tracks/arrange-hand.js";
import { read } from "plenary/tracks/arrange-spot.js";

const ASK_MS = 4000;
const clock = (zone) => new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });

customElements.define("arrange-agenda", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.clock = clock(this.dataset.zone);
    this.moves = new Moves(this);
    this.hand = new Hand(this, signal);
    this.work = Promise.resolve();
    this.sending = 0;
    this.opened = {};
    this.dress();
    this.begin();
    this.addEventListener("click", (event) => this.click(event), { signal });
    this.addEventListener("submit", (event) => this.submit(event), { signal });
    this.addEventListener("keydown", (event) => this.keydown(event), { signal });
    this.timer = setInterval(() => { if (!document.hidden) this.look(); }, ASK_MS);
    for (const dialog of this.querySelectorAll("dialog[open]")) {
      dialog.close();
      dialog.showModal();
    }
  }

  disconnectedCallback() {
    this.stop.abort();
    clearInterval(this.timer);
  }

  get sheet() { return this.querySelector("[data-sheet]"); }

  /** What cards are to who works by keyboard. */
  dress() {
    for (const card of this.querySelectorAll("[data-card]")) {
      card.setAttribute("role", "button");
      card.setAttribute("aria-pressed", "false");
      card.setAttribute("aria-describedby", "ar-how");
    }
  }

  /** The day opens where something happens. */
  begin() {
    const rows = [...this.querySelectorAll("[data-room] [data-card]")].map((card) => Number(card.style.getPropertyValue("--r")));
    const room = this.querySelector("[data-room]");
    if (!rows.length || !room) return;
    const each = room.getBoundingClientRect().height / this.hand.rows;
    this.querySelector("[data-scroll]").scrollTo({ top: (Math.min(...rows) - 3) * each, behavior: "instant" });
  }

  say(words) {
    const line = this.querySelector("[data-said]");
    line.textContent = "";
    requestAnimationFrame(() => { line.textContent = words; });
  }

  /** The same for those who look. */
  tell(words, { bad = false } = {}) {
    const dialog = this.querySelector("dialog[open]");
    // All but an open dialog is out of reach, also for what reads aloud.
    if (bad && dialog) {
      dialog.querySelector("[data-wrong]").textContent = words;
      return;
    }
    this.say(words);
    this.querySelector(".ar-word")?.remove();
    const word = Object.assign(document.createElement("p"), { className: bad ? "ar-word bad" : "ar-word", textContent: words });
    word.setAttribute("aria-hidden", "true");
    this.append(word);
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => word.remove(), bad ? 12_000 : 6000);
  }

  /** In words: where a spot is. */
  place({ room, start, end }) {
    const name = this.querySelector(`[data-room="${room}"]`)?.dataset.name ?? "";
    return this.dataset.at.replace("{room}", () => name).replace("{start}", this.time(start)).replace("{end}", this.time(end));
  }

  time(moment) { return this.clock.format(moment / 1000); }

  /** The cards that a session would clash with there. */
  clashing(card, { room, start, end }) {
    const people = card.dataset.people.split(" ").filter(Boolean);
    return [...this.querySelectorAll("[data-room] :is([data-card], [data-since]):not(.off)")].filter((other) => {
      if (other === card) return false;
      const spot = read(other.dataset.spot);
      if (spot.start >= end || spot.end <= start) return false;
      return spot.room === room || other.dataset.people.split(" ").some((pk) => people.includes(pk));
    });
  }

  // To the server and back -------------------------------------------------------------------------------------------

  /** One move after the other; `then(answer)` where it was done, `otherwise(answer)` where not, without an answer where
      nobody knows. `fields` may be a function, which is asked when its turn has come, and may find nothing to do. */
  send(fields, { then, otherwise } = {}) {
    this.sending += 1;
    this.work = this.work.then(async () => {
      const given = typeof fields === "function" ? fields() : fields;
      if (!given) {
        this.sending -= 1;
        return;
      }
      const body = given instanceof FormData ? given : new FormData();
      if (body !== given) for (const [name, value] of Object.entries(given)) body.set(name, value);
      body.set("csrfmiddlewaretoken", this.querySelector("input[name=csrfmiddlewaretoken]").value);
      let answer = null;
      let done = false;
      this.setAttribute("aria-busy", "true");
      try {
        const response = await fetch(this.address(), {
          method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", signal: AbortSignal.timeout(15_000),
        });
        if (!this.isOut(response)) answer = await response.json();
        done = response.ok;
      } catch {
        answer = null;
      }
      this.removeAttribute("aria-busy");
      this.sending -= 1;
      if (done) {
        this.dataset.tag = answer.tag;
        this.show(answer.sheet);
        this.tell(answer.said);
        then?.(answer);
        return;
      }
      this.tell(this.out ? this.dataset.out : answer?.title || this.dataset.failed, { bad: true });
      otherwise?.(answer);
      delete this.dataset.tag;
      await this.looking;
      await this.look();
    });
    return this.work;
  }

  /** Whether an answer leads to the page where one signs in. Nothing is asked for any more then. */
  isOut(response) {
    this.out = response.type === "opaqueredirect" || response.status === 401 || response.status === 403;
    if (this.out) clearInterval(this.timer);
    return this.out;
  }

  address(part = "") { return `${location.pathname}?day=${this.dataset.day}${part}`; }

  /** What others did meanwhile; nothing where it is the same. What is being sent brings the sheet along. */
  look() {
    if (this.hand.holds || this.sending || this.out) return null;
    this.looking ??= this.ask().finally(() => { this.looking = null; });
    return this.looking;
  }

  async ask() {
    const held = this.dataset.tag;
    try {
      const response = await fetch(this.address("&part=1"), {
        headers: held ? { "If-None-Match": held } : {}, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(15_000),
      });
      if (this.isOut(response)) return this.tell(this.dataset.out, { bad: true });
      if (response.status !== 200) return;
      const [tag, html] = [response.headers.get("ETag"), await response.text()];
      if (this.sending || held !== this.dataset.tag || tag === held) return;
      this.dataset.tag = tag;
      this.show(html);
      if (held) this.tell(this.dataset.changed);
    } catch {
      // The next turn asks again.
    }
  }

  show(html) {
    if (this.hand.holds) {
      this.fresh = html;
      return;
    }
    this.fresh = null;
    const scroll = this.querySelector("[data-scroll]");
    const [top, left] = [scroll?.scrollTop, scroll?.scrollLeft];
    const at = document.activeElement?.closest?.("[data-card]")?.dataset.card;
    const made = new DOMParser().parseFromString(html, "text/html").querySelector("[data-sheet]");
    this.sheet.replaceWith(document.adoptNode(made));
    this.dress();
    this.querySelector("[data-scroll]")?.scrollTo({ top, left, behavior: "instant" });
    if (at) this.querySelector(`[data-card="${at}"]`)?.focus({ preventScroll: true });
  }

  /** Called when the hand is empty again. */
  freed() { if (this.fresh) this.show(this.fresh); }

  // Forms --------------------------------------------------------------------------------------------------------

  click(event) {
    if (event.target.closest("[data-undo]")) return void this.moves.undo();
    if (event.target.closest("[data-redo]")) return void this.moves.redo();
    const dialog = event.target.closest("dialog");
    if (event.target.closest("[data-close]")) {
      event.preventDefault();
      dialog.close();
    } else if (event.target.closest("[data-new]")) {
      event.preventDefault();
      this.openNew();
    } else if (!dialog && event.target.closest("[data-card]")) {
      event.preventDefault();
      if (!this.hand.justDropped) this.openCard(event.target.closest("[data-card]"));
    } else if (!dialog && event.target.closest("[data-room]") && !event.target.closest("a") && !this.hand.justDropped) {
      const room = event.target.closest("[data-room]");
      const start = this.hand.rowAt(room, event.clientY);
      this.openNew(room.dataset.room, this.hand.moment(start - (start % 3)));
    }
    const link = event.target.closest('.ar-clashes a[href^="#c"]');
    if (link) {
      event.preventDefault();
      const card = this.querySelector(link.hash);
      card?.scrollIntoView({ block: "center", inline: "center" });
      card?.focus({ preventScroll: true });
    }
  }

  openCard(card) {
    const form = this.querySelector("#ar-place form");
    const spot = read(card.dataset.spot);
    form.querySelector("[data-title]").textContent = card.dataset.title;
    form.elements.session.value = card.dataset.card;
    form.elements.seen.value = card.dataset.spot;
    form.elements.minutes.value = Math.max(1, Math.round((spot.end - spot.start) / 60e6));
    const more = form.querySelector("[data-more]");
    more.href = more.dataset.address.replace("/0/", `/${card.dataset.card}/`);
    this.fill(form, spot.room, spot.start);
    this.open(form);
  }

  openNew(room, start) {
    const form = this.querySelector("#ar-new form");
    form.elements.title.value = "";
    if (room) this.fill(form, room, start);
    this.open(form);
    form.elements.title.focus();
  }

  open(form) {
    this.opened = {};
    form.querySelector("[data-wrong]").textContent = "";
    form.closest("dialog").showModal();
  }

  fill(form, room, start) {
    form.elements.room.value = room;
    const parts = new Intl.DateTimeFormat("en-CA", {
      year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: this.dataset.zone,
    }).formatToParts(start / 1000);
    const of = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
    form.elements.starts.value = `${of.year}-${of.month}-${of.day}T${of.hour}:${of.minute}`;
  }

  async submit(event) {
    if (!event.target.closest("dialog")) return;
    event.preventDefault();
    const form = event.target;
    const { opened } = this;
    // Pressed twice, it is done once.
    if (opened.pending) return;
    opened.pending = true;
    form.querySelector("[data-wrong]").textContent = "";
    const session = form.elements.session?.value;
    await this.send(new FormData(form, event.submitter), {
      then: (answer) => {
        this.moves.note(answer);
        if (opened !== this.opened) return;
        form.closest("dialog").close();
        this.querySelector(`[data-card="${answer.session}"]`)?.focus();
      },
    });
    opened.pending = false;
    if (opened !== this.opened || !session) return;
    // After a refusal the sheet is drawn anew: who tries again has seen where it stands now.
    const card = this.querySelector(`[data-card="${session}"]`);
    if (card) form.elements.seen.value = card.dataset.spot;
  }

  keydown(event) {
    if (event.target.closest("dialog")) return;
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y")) {
      event.preventDefault();
      if (!this.hand.holds) key === "y" || event.shiftKey ? this.moves.redo() : this.moves.undo();
    }
  }
});
