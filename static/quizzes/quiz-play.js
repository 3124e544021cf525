// <quiz-play>: a game for somebody who plays (templates/quizzes/play.html): they join, answer by touch or keyboard, and see
// their own points. Answers go by the socket; what is one's own comes as the reply to oneself.

import { live } from "plenary/live/socket.js";
import { fill } from "plenary/ui/fill.js";
import { inLanguage } from "plenary/ui/language.js";
import { counted, number } from "plenary/ui/plural.js";
import { moveItem, nameMoves } from "plenary/quizzes/sorting.js";
import { QuizStage } from "plenary/quizzes/stage.js";

const TRIPS = 4;
const TRIP_MS = 1300;
const SPREAD_MS = 900;
const MOST_EARLY = 3;
const EARLY_SECONDS = 2;

customElements.define("quiz-play", class extends QuizStage {
  setUp(signal) {
    this.mine = this.dataset.mine ? JSON.parse(this.dataset.mine) : null;
    this.form = this.find("answering");
    this.joining = this.find("joining");
    this.joining.addEventListener("submit", (event) => { event.preventDefault(); this.join(); }, { signal });
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.answer(event.submitter); }, { signal });
    this.form.addEventListener("click", (event) => this.move(event), { signal });
    // Single keys work while the reader is in the game, and nowhere else: who speaks to a machine writes letters anywhere.
    this.addEventListener("keydown", (event) => this.choose(event), { signal });
    live.addEventListener("state", () => { if (live.state === "open") this.cameBack(); }, { signal });
    this.querySelector(".no-script").hidden = true;
    this.signal = signal;
    this.hearsOwn = this.hearsNext = false;
    this.ownSaid = this.ownLine;
    this.watchOwn();
    this.trips = 0;
    this.measure();
  }

  /** The server measures how long our way is; its clock comes along. */
  async measure() {
    if (this.measuring || this.trips >= TRIPS || !this.stop || live.state !== "open") return;
    clearTimeout(this.trip);
    this.measuring = true;
    try {
      const left = performance.now();
      const { word, now } = await live.send("quiz.depart", { game: this.game }, { fleeting: true });
      const took = performance.now() - left;
      if (took < (this.shortest ?? Infinity)) {
        this.shortest = took;
        this.skew = now + took / 2 - Date.now();
      }
      await live.send("quiz.arrive", { game: this.game, word }, { fleeting: true });
    } catch {
      // Without it no time is forgiven, and the page's own clock will do.
    }
    this.measuring = false;
    if (live.state === "open") this.trips += 1; // one that a lost line ended is made again
    this.trip = setTimeout(() => this.measure(), TRIP_MS);
  }

  /** After a break what is one's own may have changed with what everybody sees. */
  async cameBack() {
    if (this.wasAway && this.mine) await this.fetchMine();
    this.wasAway = true;
    this.measure();
  }

  async fetchMine() {
    try {
      const mine = await live.send("quiz.mine", { game: this.game });
      // Whoever has answered meanwhile has answered, though the server had looked before.
      this.setMine({ ...mine, answer: mine.answer ?? (this.stage.phase === "asked" ? this.mine.answer : null) });
    } catch {
      // What is shown stays until the next answer is revealed.
    }
  }

  setMine(mine) {
    this.mine = mine;
    this.watchOwn();
    this.draw();
  }

  /** Who runs the quiz may give time, the captain's word, another name. What is counted anew, everybody asks for. */
  watchOwn() {
    if (!this.mine || this.hearsOwn) return;
    this.hearsOwn = true;
    live.subscribe(this.dataset.ownTopic, {
      version: Number(this.dataset.version),
      onmessage: (granted) => { if (granted) this.hearOwn(granted); },
      signal: this.signal,
    });
  }

  hearOwn(granted) {
    const { given } = this.mine;
    this.setMine({ ...this.mine, ...granted });
    if (granted.given && granted.given !== given) this.say(`${this.words.given} ${this.words.times[granted.given]}`);
  }

  update(stage) {
    const isRecounted = this.stage.recounts !== stage.recounts;
    const wasCounted = this.stage.counted && this.stage.phase === stage.phase;
    if (this.mine && this.stage.position !== stage.position) this.mine = { ...this.mine, answer: null };
    super.update(stage);
    const isCounted = stage.counted && !wasCounted && ["revealed", "over"].includes(stage.phase);
    if (this.mine && (isCounted || isRecounted)) {
      // Everybody asks at this moment: spread over a little while.
      clearTimeout(this.asking);
      this.asking = setTimeout(async () => { await this.fetchMine(); this.sayOwn(); }, Math.random() * SPREAD_MS);
    }
  }

  arrived(before) {
    super.arrived(before);
    this.refuse("");
    if (this.stage.phase !== "asked" || !this.mine) return;
    this.dispatchEvent(new Event("quiz-asked", { bubbles: true }));
    // On a page with more on it than the quiz, nobody is taken away from what they do there.
    const at = document.activeElement;
    if (at === document.body || this.contains(at)) this.find("text").focus();
  }

  // What one sees of oneself ---------------------------------------------------------------------------------------

  get plays() {
    return this.mine !== null && this.stage.position >= this.mine.enters_at;
  }

  get until() {
    const opens = Date.parse(this.stage.opens_at);
    return opens + (Date.parse(this.stage.closes_at) - opens) * (100 + (this.mine?.extra ?? 0)) / 100;
  }

  /** When all is over somebody may play it once more. Beside a stage the door of that hears of it. */
  watchNext() {
    if (!this.dataset.nextTopic || this.hearsNext || this.stage.phase !== "over") return;
    this.hearsNext = true;
    live.subscribe(this.dataset.nextTopic, {
      version: Number(this.dataset.version),
      onmessage: (games) => this.hearNext(games),
      signal: this.signal,
    });
  }

  /** Nobody is taken away from the podium: it stands there as a way on. */
  hearNext(games) {
    const line = this.find("again");
    const isOn = games.some(({ quiz, game }) => quiz === Number(this.dataset.quiz) && game !== this.game);
    if (isOn && line.hidden) this.say(this.words.again);
    line.hidden = !isOn;
  }

  draw() {
    super.draw();
    this.watchNext();
    const { mine, stage } = this;
    this.joining.hidden = mine !== null || stage.phase === "over";
    this.find("seat").hidden = mine === null;
    this.find("waits").hidden = mine === null || stage.phase !== "lobby";
    this.find("time").hidden = mine === null || stage.phase === "over";
    this.find("given-time").hidden = !mine?.given;
    this.find("given-extra").textContent = this.words.times[mine?.given] ?? "";
    this.find("asked-time").hidden = !mine?.asked;
    if (mine) {
      this.find("own-name").textContent = mine.name;
      this.find("own-points").textContent = counted(this.words.points, mine.points);
    }
    this.drawOwn();
  }

  leader(leader) {
    const row = super.leader(leader);
    row.classList.toggle("me", leader.name === this.mine?.name);
    return row;
  }

  drawOwn() {
    const { mine, stage } = this;
    const isAsked = stage.phase === "asked";
    const isOpen = isAsked && this.now >= Date.parse(stage.opens_at);
    const answered = Boolean(mine?.answer && mine.answer.position === stage.position);
    this.form.hidden = !(isOpen && this.plays && mine.captain && !answered && this.now < this.until);
    this.find("given").hidden = !(isAsked && answered);
    // Who only watches, or talks it over with their captain, sees what there is to choose from.
    const watches = isOpen && !answered && !(this.plays && mine.captain) && this.now < this.until;
    this.find("options").hidden = !watches;
    if (watches) super.drawOptions(stage.sheet);
    const why = this.find("why");
    why.textContent = !isAsked || !mine ? "" : !this.plays ? this.words.late : !mine.captain ? this.words.captain : "";
    why.hidden = !why.textContent;
    this.find("given-words").textContent = answered ? this.givenWords : "";
    const own = this.find("own");
    own.textContent = this.ownWords;
    this.find("final").textContent = this.finalWords;
    own.dataset.verdict = !mine?.answer ? "none" : mine.answer.share === 1 ? "right" : mine.answer.share ? "partly" : "wrong";
  }

  /** What one has answered, as it was offered. */
  get givenWords() {
    const { sheet } = this.stage;
    if (!sheet) return "";
    const { said } = this.mine.answer;
    if (sheet.kind === "truth") return this.words.truth[said];
    if (!Array.isArray(said)) return `${said} ${sheet.unit}`.trim();
    return said.map((id) => inLanguage(sheet.options.find((option) => option.id === id)?.text ?? {})).join(", ");
  }

  get ownWords() {
    const { mine, stage, words } = this;
    if (stage.phase !== "revealed" || !this.plays || !stage.counted) return "";
    const own = mine.answer;
    if (own && own.points === null) return "";
    const verdict = !own ? words.none : own.share === 1 ? words.right : own.share ? words.partly : words.wrong;
    const gained = fill(words.gained, { points: counted(words.points, own?.points ?? 0), rank: number(mine.rank) });
    const streak = mine.streak > 1 ? ` ${counted(words.streak, mine.streak)}.` : "";
    return `${verdict} ${gained}${streak}`;
  }

  /** On the podium stand the ten best; everybody sees their own place. */
  get finalWords() {
    const { mine, stage, words } = this;
    if (stage.phase !== "over" || !stage.counted || !mine?.rank) return "";
    return fill(words.final, { rank: number(mine.rank), points: counted(words.points, mine.points) });
  }

  get ownLine() {
    return `${this.stage.phase} ${this.stage.position} ${this.ownWords || this.finalWords}`;
  }

  /** Once for each answer and podium, and again where counting anew has changed it. */
  sayOwn() {
    const words = this.ownWords || this.finalWords;
    if (words && this.ownLine !== this.ownSaid) this.say(words);
    this.ownSaid = this.ownLine;
  }

  hurry(seconds) {
    if (!this.form.hidden) this.say(counted(this.words.left, seconds));
  }

  count() {
    super.count();
    if (this.stage.phase === "asked" && !this.form.hidden && this.now >= this.until) this.drawOwn();
  }

  // Answering ------------------------------------------------------------------------------------------------------

  drawOptions(sheet) {
    this.form.elements.position.value = this.stage.position;
    if (this.built !== this.stage.position) {
      this.built = this.stage.position;
      this.build(sheet);
    }
    this.drawOwn();
  }

  opened() {
    this.drawOwn();
    if (!this.form.hidden && document.activeElement === this.find("text")) {
      this.form.querySelector(".tile, input:not([type=hidden])")?.focus({ preventScroll: true });
    }
  }

  /** The fields of this kind of question. */
  build(sheet) {
    const field = this.find("field");
    field.querySelectorAll(":scope > :not(legend)").forEach((old) => old.remove());
    const options = this.optionsOf(sheet);
    if (["single", "truth", "multiple", "order"].includes(sheet.kind)) {
      const template = { multiple: "tick", order: "move" }[sheet.kind] ?? "button";
      const list = document.createElement(sheet.kind === "order" ? "ol" : "div");
      list.className = sheet.kind === "order" ? "tiles sorting" : "tiles";
      list.append(...options.map((option, place) => this.tile(template, option, place)));
      if (sheet.kind === "order") nameMoves(list);
      field.append(list);
    } else {
      const typed = this.clone("typed");
      typed.querySelector("[data-unit]").textContent = sheet.unit ? `(${sheet.unit})` : "";
      if (sheet.kind === "number") {
        const hint = typed.querySelector("[data-number-hint]");
        hint.hidden = false;
        Object.assign(typed.querySelector("input"), { inputMode: "decimal" }).setAttribute("aria-describedby", hint.id);
      }
      field.append(typed);
    }
    if (["multiple", "order", "number", "text"].includes(sheet.kind)) field.append(this.clone("send"));
  }

  move(event) {
    const place = moveItem(event);
    if (place) this.say(fill(this.words.moved, { place: number(place) }));
  }

  /** A to L, or 1 to 9, choose; nothing is sent by that but where one choice is the whole answer. */
  choose(event) {
    if (this.form.hidden || !this.checkVisibility() || event.target.matches("input:not([type=checkbox]), select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toUpperCase();
    // Beside a stage the letters are the page's own.
    const hasLetters = !this.closest("quiz-door");
    const place = /^[1-9]$/.test(key) ? Number(key) - 1 : hasLetters && /^[A-L]$/.test(key) ? key.charCodeAt(0) - 65 : -1;
    const tile = this.form.querySelectorAll("button.tile, label.tile input")[place];
    if (!tile) return;
    event.preventDefault();
    tile.focus();
    tile.click();
  }

  said(submitter) {
    const { kind } = this.stage.sheet;
    if (kind === "single") return submitter?.value ? [Number(submitter.value)] : null;
    if (kind === "truth") return submitter?.value || null;
    if (kind === "multiple") {
      const ticked = [...this.form.querySelectorAll("input:checked")].map((input) => Number(input.value));
      return ticked.length ? ticked : null;
    }
    if (kind === "order") return [...this.form.querySelectorAll("li.tile")].map((item) => Number(item.dataset.option));
    return this.form.elements.said.value.trim() || null;
  }

  async answer(submitter) {
    const said = this.said(submitter);
    if (said === null) {
      this.refuse(this.words.choose);
      return;
    }
    submitter?.setAttribute("aria-busy", "true");
    try {
      const answer = await this.give({ position: this.stage.position, said });
      this.mine = { ...this.mine, answer };
      this.refuse("");
      this.drawOwn();
      this.say(this.words.in);
      this.find("text").focus({ preventScroll: true });
    } catch (error) {
      this.refuse(error?.message || this.words.failed);
      if (error?.code === "quiz.answered") this.fetchMine();
    } finally {
      submitter?.removeAttribute("aria-busy");
    }
  }

  /** The queue's clock may be a little behind the one that has uncovered the answers: then it goes once more. */
  async give({ position, said }, tries = MOST_EARLY) {
    try {
      return await live.send("quiz.answer", { game: this.game, position, said });
    } catch (error) {
      if (error?.code !== "quiz.too_early" || !tries || error.retryAfter > EARLY_SECONDS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * error.retryAfter));
      return this.give({ position, said }, tries - 1);
    }
  }

  refuse(words) {
    const line = this.find("error");
    line.hidden = !words;
    line.querySelector("span").textContent = words;
  }

  async join() {
    const line = this.find("join-error");
    try {
      this.setMine(await live.send("quiz.join", { game: this.game, name: this.joining.elements.name.value }));
      line.hidden = true;
      this.find("seat").scrollIntoView({ block: "nearest" });
    } catch (error) {
      line.hidden = false;
      line.querySelector("span").textContent = error?.message || this.words.failed;
      this.joining.elements.name.focus();
    }
  }
});
