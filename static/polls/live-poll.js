// <live-poll>: one poll that the server rendered (templates/polls/poll.html). Results grow as answers come, one's own is
// marked, the form opens and closes with the poll, and the answer goes by the socket. Its <poll-list> tells it what
// changed, and defines it; `poll-answered` (on document) tells other places on the page where the same poll stands.

import { live } from "plenary/live/socket.js";
import { fillRows, given, inWords, leftOver, put, read, rowsOf, swapRanks } from "plenary/polls/answers.js";
import { dragRanks } from "plenary/polls/dragging.js";
import { LateResults } from "plenary/polls/late-results.js";
import { putInOrder, showAllTexts, show as showResults, showPicture } from "plenary/polls/results.js";
import { call } from "plenary/ui/api.js";
import { inLanguage } from "plenary/ui/language.js";
import { counted } from "plenary/ui/plural.js";

const PENDING_MS = 1200;
const SAID_AT = [30, 10];

export class LivePoll extends HTMLElement {
  connectedCallback() {
    if (this.stop) return;
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.list = this.closest("poll-list");
    this.words = this.list.words;
    this.form = this.querySelector("form");
    this.late = new LateResults(this);
    this.skew = Date.parse(this.dataset.now) - performance.timeOrigin;
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.vote(); }, { signal });
    this.form.addEventListener("focusin", ({ target }) => { this.before = target.value; }, { signal });
    this.form.addEventListener("change", ({ target }) => this.changed(target), { signal });
    this.form.addEventListener("input", () => this.showLeftOver(), { signal });
    this.addEventListener("keydown", (event) => this.choose(event), { signal });
    dragRanks(this.form, () => this.refuse(""), signal);
    this.querySelector("[data-later]")?.addEventListener("click", () => this.list.putAway(this.poll), { signal });
    document.addEventListener("poll-answered", (event) => {
      if (event.detail.poll === this.poll && event.target !== this) this.setMine(event.detail);
    }, { signal });
    live.addEventListener("answer", (event) => this.remember(event.detail), { signal });
    live.subscribe(`poll/${this.poll}/turnout`, {
      version: Number(this.dataset.version),
      onmessage: ({ answers }) => this.setAnswers(answers),
      signal,
    });
    this.hasResults = "hasResults" in this.dataset;
    this.remembered();
    this.showLeftOver();
    this.watchResults();
    this.late.watch();
    this.count();
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.stop.abort();
      this.stop = this.watching = this.watched = null;
      clearTimeout(this.timer);
    });
  }

  get poll() {
    return Number(this.dataset.poll);
  }

  /** What one answered, as far as this page knows: in an anonymous poll only this device does. */
  get mine() {
    return this.dataset.mine ? JSON.parse(this.dataset.mine) : null;
  }

  get isAnswered() {
    return this.dataset.revision !== undefined;
  }

  /** Where all of its texts stand. */
  get textsPage() {
    return `${this.list.dataset.pages}${this.poll}/texts/`;
  }

  get kind() {
    return this.dataset.kind;
  }

  get isLate() {
    return "late" in this.dataset;
  }

  get isOpen() {
    return this.dataset.state === "open";
  }

  get question() {
    return this.querySelector("[data-question]").textContent;
  }

  // What the list says ---------------------------------------------------------------------------------------------

  /** Fills or refreshes the poll with what is broadcast to everybody. */
  update(question) {
    const { dataset } = this;
    // An answer may have been taken in the new round before this page heard of it.
    if (dataset.round && Number(dataset.round) !== question.round && Number(dataset.answeredRound) !== question.round) {
      for (const name of ["mine", "answeredRound", "revision", "answeredLate"]) delete dataset[name];
      this.form.elements.revision.value = 1;
      put(this.form, this.kind, null);
    }
    const { id, round, kind, least, most, state, results } = question;
    Object.assign(dataset, { poll: id, round, kind, least, most, state, results });
    dataset.closesAt = question.closes_at ?? "";
    for (const name of ["may_change", "anonymous", "locked", "revealed", "late"]) {
      this.toggleAttribute(`data-${name.replace("_", "-")}`, question[name]);
    }
    if (question.moment !== null) dataset.moment = question.moment;
    this.querySelector("[data-question]").textContent = inLanguage(question.question);
    this.querySelector("legend").textContent = inLanguage(question.question);
    this.querySelector("[data-low]").textContent = inLanguage(question.low);
    this.querySelector("[data-high]").textContent = inLanguage(question.high);
    this.querySelector("[data-ends-of-scale]").hidden = kind !== "scale";
    this.showHint();
    // Rows that were dragged stand in another order: what was given goes with the options.
    const ranked = kind === "ranking" ? read(this.form, kind) : null;
    fillRows(this.querySelector("[data-rows]"), question, this.list);
    if (ranked) put(this.form, kind, ranked);
    this.fillBars(rowsOf(question));
    this.remembered();
    this.show();
    this.showLeftOver();
    this.watchResults();
    this.late.watch();
    this.count();
  }

  showHint() {
    const { kind, least, most } = this.dataset;
    const hint = this.list.words.hints[kind === "multiple" && least === most ? "exactly" : kind] ?? "";
    this.querySelector("[data-hint]").textContent = hint.replace("%(least)s", least).replace("%(most)s", most);
  }

  fillBars(rows, box = this.querySelector("[data-bars]")) {
    const template = this.list.querySelector("[data-result-template]");
    const known = new Map([...box.children].map((item) => [item.dataset.option, item]));
    for (const row of rows) {
      const item = known.get(String(row.id)) ?? box.appendChild(template.content.firstElementChild.cloneNode(true));
      item.dataset.option = row.id;
      item.querySelector("[data-words]").textContent = row.words;
      item.querySelector("meter").setAttribute("aria-label", row.words);
      showPicture(item, row);
      known.delete(String(row.id));
    }
    for (const gone of known.values()) gone.remove();
  }

  setAnswers(answers) {
    this.dataset.answers = answers;
    this.show();
  }

  show() {
    const { mine, isOpen, isAnswered, dataset, isLate } = this;
    const takes = isLate || (isOpen && !("locked" in dataset));
    const again = "mayChange" in dataset && Number(dataset.revision) > 0 && isLate === ("answeredLate" in dataset);
    const canAnswer = takes && (!isAnswered || again);
    const results = this.querySelector("[data-shown-results]");
    const answering = this.querySelector("[data-answering]");
    const hadFocus = answering.contains(document.activeElement);
    this.querySelector("[data-status]").textContent = counted(isOpen ? this.words.open : this.words.closed, Number(dataset.answers));
    answering.hidden = !canAnswer;
    answering.querySelector("summary").hidden = !isAnswered;
    if (!isAnswered) answering.open = true;
    results.hidden = !this.hasResults || (canAnswer && !isAnswered);
    this.querySelector("[data-own]").hidden = !isAnswered;
    this.querySelector("[data-own-words]").textContent = mine ? inWords(this.form, this.kind, mine) : this.words.hidden_answer;
    this.querySelector("[data-anonymous-note]").hidden = !("anonymous" in dataset);
    this.querySelector("[data-locked-note]").hidden = !(isOpen && "locked" in dataset);
    this.querySelector("[data-late-note]").hidden = !isLate || isAnswered;
    const notes = { answered: isOpen && !isAnswered, close: isOpen, hidden: true };
    for (const note of this.querySelectorAll("[data-note]")) {
      note.hidden = "revealed" in dataset || note.dataset.note !== dataset.results || !notes[note.dataset.note];
    }
    if (hadFocus && answering.hidden) {
      this.tabIndex = -1;
      this.focus({ preventScroll: true });
    }
  }

  // Results --------------------------------------------------------------------------------------------------------

  /** Where one hears of the results: with everybody, or with those who answered this round; null where not (yet). */
  get topicOfResults() {
    const { results, answeredRound } = this.dataset;
    if (!this.poll) return null;
    if (results === "answered" && this.isAnswered) return `poll/${this.poll}/${answeredRound}/results`;
    const isForAll = results === "live" || "revealed" in this.dataset || (results === "close" && !this.isOpen);
    return isForAll ? `poll/${this.poll}/results` : null;
  }

  watchResults() {
    const topic = this.topicOfResults;
    if (topic && topic === this.watched) return;
    this.watching?.abort();
    this.watched = topic;
    if (!topic) {
      this.showResults(null);
      return;
    }
    this.watching = new AbortController();
    live.subscribe(topic, {
      version: this.hasResults ? Number(this.dataset.version) : undefined,
      onmessage: (results) => this.showResults(results),
      onrefused: () => { this.watched = null; }, // not yet, by the server's clock: the next change asks again
      signal: AbortSignal.any([this.watching.signal, this.stop.signal]),
    });
  }

  showResults(results) {
    this.hasResults = results !== null;
    this.show();
    const shares = this.querySelectorAll("[data-share]");
    if (!results) {
      for (const share of shares) share.textContent = "";
      return;
    }
    const box = this.querySelector("[data-shown-results]");
    const names = [...box.querySelectorAll("[data-bars] [data-option]")].map((row) => [Number(row.dataset.option), row.querySelector("[data-words]").textContent]);
    const votes = this.kind === "ranking" ? results.votes.toSorted((one, other) => other.votes - one.votes) : results.votes;
    showResults(box, { ...results, votes }, new Map(names), given(this.mine));
    showAllTexts(box, results, this.textsPage);
    if (this.kind === "ranking") putInOrder(box.querySelector("[data-bars]"), votes);
    for (const share of shares) {
      const row = box.querySelector(`[data-option="${share.closest("[data-row]").dataset.row}"]`);
      share.textContent = row?.querySelector("[data-percent]").textContent ?? "";
    }
  }

  // Answering ------------------------------------------------------------------------------------------------------

  /** A letter chooses its option, while one does not write. */
  choose(event) {
    const isWriting = event.target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
    const place = !isWriting && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey ? event.key.toUpperCase().charCodeAt(0) - 65 : -1;
    const input = this.querySelectorAll("input[name=option], input[name=options]")[place];
    if (!input || !this.form.contains(event.target)) return;
    event.preventDefault();
    input.checked = input.type === "radio" || !input.checked;
    input.focus();
    this.refuse("");
  }

  changed(target) {
    if (target.matches("select")) swapRanks(target, this.before ?? "");
    this.before = target.value;
    this.refuse("");
    this.showLeftOver();
  }

  showLeftOver() {
    const line = this.querySelector("[data-left-over]");
    const left = leftOver(this.form, this.kind);
    line.hidden = left === null;
    const words = left < 0 ? this.words.too_much : this.words.left_over;
    line.textContent = left === null ? "" : counted(words, Math.abs(left));
  }

  async vote() {
    const said = read(this.form, this.kind);
    const button = this.form.querySelector(".btn:not([data-later])");
    if (!said) {
      this.refuse(this.words.choose);
      this.form.querySelector("[data-row] :is(input, select, textarea)")?.focus();
      return;
    }
    this.wish = said;
    button.setAttribute("aria-busy", "true");
    const slowly = setTimeout(() => this.list.say(this.words.pending), PENDING_MS);
    try {
      let mine = await this.cast(said, Number(this.dataset.revision ?? 0) + 1);
      // Another device was quicker; what is wanted here and now is the newer wish.
      if (mine && !mine.counted && this.hasAttribute("data-may-change") && this.wish === said) mine = await this.cast(said, mine.revision + 1);
      if (!mine) return;
      const isNewest = this.wish === said;
      const answer = this.keep(mine, said, isNewest);
      if (!isNewest) return;
      this.dispatchEvent(new CustomEvent("poll-answered", { bubbles: true, detail: { ...mine, answer } }));
      this.list.say(mine.counted ? this.words.counts : this.querySelector("[data-own] span").textContent);
    } catch (error) {
      if (this.wish === said) this.refuse(error?.message || this.words.failed);
    } finally {
      clearTimeout(slowly);
      if (this.wish === said) button.removeAttribute("aria-busy");
    }
  }

  async cast(said, revision) {
    try {
      return await live.send("poll.vote", { poll: this.poll, ...said, revision }, { subject: this.poll, latest: true });
    } catch (error) {
      if (error.code !== "live.no_socket") throw error;
      return call("PUT", `${this.list.dataset.api}${this.poll}/answer/`, { ...said, revision });
    }
  }

  /** What stands is older than this wish, which was sent before a reload. */
  async insist(standing, said) {
    const { wish } = this;
    try {
      const mine = await this.cast(said, standing.revision + 1);
      if (!mine || this.wish !== wish) return;
      const answer = this.keep(mine, said);
      this.dispatchEvent(new CustomEvent("poll-answered", { bubbles: true, detail: { ...mine, answer } }));
    } catch (error) {
      this.refuse(error?.message || this.words.failed);
    }
  }

  /** What was sent before a reload is answered now. */
  remember({ name, body, data, error }) {
    if (name !== "poll.vote" || body.poll !== this.poll) return;
    const { poll, revision, ...said } = body;
    if (error) this.refuse(error.message);
    else if (data.counted || !this.hasAttribute("data-may-change") || live.holds(name, poll)) this.keep(data, said);
    else this.insist(data, said);
  }

  /** What stands now. An anonymous answer is remembered here, since the server does not say it back. While a newer wish is
   *  on its way, the form is that one's. */
  keep(mine, said, isNewest = true) {
    const answer = mine.answer ?? (mine.counted ? said : null);
    if (mine.answer === null && answer) localStorage.setItem(this.shelf(mine.round), JSON.stringify(answer));
    this.setMine({ ...mine, answer }, isNewest);
    return answer;
  }

  shelf(round) {
    return `plenary-poll-${this.list.dataset.device}-${this.poll}-${round}`;
  }

  remembered() {
    if (!("anonymous" in this.dataset) || !this.isAnswered || this.mine) return;
    const kept = localStorage.getItem(this.shelf(this.dataset.answeredRound));
    if (!kept) return;
    this.dataset.mine = kept;
    put(this.form, this.kind, this.mine);
    this.show();
  }

  setMine({ answer, round, revision, late }, isNewest = true) {
    if (round < Number(this.dataset.round)) return; // the poll began anew meanwhile
    if (answer) this.dataset.mine = JSON.stringify(answer);
    Object.assign(this.dataset, { answeredRound: round, revision });
    this.toggleAttribute("data-answered-late", Boolean(late));
    this.form.elements.revision.value = revision + 1;
    if (answer && isNewest) put(this.form, this.kind, answer);
    const numbers = given(answer);
    for (const row of this.querySelectorAll("[data-shown-results] [data-bars] .res")) row.querySelector("[data-mine]").hidden = !numbers.has(Number(row.dataset.option));
    if (isNewest) this.querySelector("[data-answering]").open = false;
    this.watchResults();
    this.late.watch();
    this.show();
  }

  refuse(words) {
    const line = this.querySelector("[data-error]");
    line.hidden = !words;
    line.querySelector("span").textContent = words;
  }

  // The clock ------------------------------------------------------------------------------------------------------

  /** Counts down where there is a closing time; the server's clock decides, this one only shows. */
  count() {
    clearTimeout(this.timer);
    const line = this.querySelector("[data-ends]");
    const closesAt = Date.parse(this.dataset.closesAt);
    line.hidden = !this.isOpen || Number.isNaN(closesAt);
    if (line.hidden) return;
    const left = Math.ceil((closesAt - (Date.now() + this.clockSkew())) / 1000);
    if (left <= 0) {
      line.hidden = true;
      this.querySelector("[data-answering]").hidden = true;
      return;
    }
    const hours = Math.floor(left / 3600);
    const minutes = Math.floor(left / 60) % 60;
    const seconds = String(left % 60).padStart(2, "0");
    const time = hours ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
    line.textContent = this.words.ends.replace("%(time)s", time);
    if (SAID_AT.includes(left) && !this.isAnswered) this.list.say(counted(this.words.left, left));
    this.timer = setTimeout(() => this.count(), 1000 - (Date.now() % 1000) + 5);
  }

  /** How far the server's clock is ahead of this machine's, as far as the page's loading tells; small ones are noise. */
  clockSkew() {
    return Math.abs(this.skew) > 15_000 ? this.skew : 0;
  }
}
