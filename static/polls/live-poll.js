// <live-poll>: one poll that the server rendered (templates/polls/poll.html). Results grow as answers come, one's own is
// marked, the form opens and closes with the poll, and the answer goes by the socket. Its <poll-list> tells it what
// changed, and defines it; `poll-answered` (on document) tells other places on the page where the same poll stands.

import { live } from "plenary/live/socket.js";
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
    this.skew = Date.parse(this.dataset.now) - performance.timeOrigin;
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.vote(); }, { signal });
    this.form.addEventListener("change", () => this.refuse(""), { signal });
    this.addEventListener("keydown", (event) => this.choose(event), { signal });
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
    this.watchResults();
    this.count();
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.stop.abort();
      this.stop = this.watching = null;
      clearTimeout(this.timer);
    });
  }

  get poll() {
    return Number(this.dataset.poll);
  }

  get mine() {
    return this.dataset.mine ? Number(this.dataset.mine) : null;
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
    if (dataset.round && Number(dataset.round) !== question.round) delete dataset.mine;
    Object.assign(dataset, { poll: question.id, round: question.round, state: question.state, results: question.results });
    dataset.closesAt = question.closes_at ?? "";
    this.toggleAttribute("data-may-change", question.may_change);
    this.querySelector("[data-question]").textContent = inLanguage(question.question);
    this.querySelector("legend").textContent = inLanguage(question.question);
    this.fill(".opts", "[data-option-template]", question.options, (item, option) => {
      item.querySelector("input").value = option.id;
    });
    this.fill("[data-shown-results]", "[data-result-template]", question.options, (item, option) => {
      item.dataset.option = option.id;
      item.querySelector("meter").setAttribute("aria-label", inLanguage(option.text));
    });
    for (const [place, key] of this.querySelectorAll(".opt .key").entries()) key.textContent = String.fromCharCode(65 + place);
    this.show();
    this.watchResults();
    this.count();
  }

  /** One row an option, kept where it is already there: a choice being made is not lost. */
  fill(where, template, options, complete) {
    const box = this.querySelector(where);
    while (box.children.length > options.length) box.lastElementChild.remove();
    for (const [place, option] of options.entries()) {
      const item = box.children[place] ?? box.appendChild(this.closest("poll-list").querySelector(template).content.firstElementChild.cloneNode(true));
      item.querySelector("[data-words]").textContent = inLanguage(option.text);
      complete(item, option);
    }
  }

  setAnswers(answers) {
    this.dataset.answers = answers;
    this.show();
  }

  show() {
    const { mine, isOpen } = this;
    const answered = mine !== null;
    const canAnswer = isOpen && (!answered || this.hasAttribute("data-may-change"));
    const results = this.querySelector("[data-shown-results]");
    const answering = this.querySelector("[data-answering]");
    const hadFocus = answering.contains(document.activeElement);
    this.querySelector("[data-status]").textContent = counted(isOpen ? this.words.open : this.words.closed, Number(this.dataset.answers));
    answering.hidden = !canAnswer;
    answering.querySelector("summary").hidden = !answered;
    if (!answered) answering.open = true;
    const own = this.querySelector("[data-own]");
    results.hidden = !this.hasResults || (canAnswer && !answered);
    own.hidden = !answered || this.hasResults;
    own.querySelector("[data-own-words]").textContent = this.optionWords(mine);
    const notes = { answered: isOpen && !answered, close: isOpen, hidden: true };
    for (const note of this.querySelectorAll("[data-note]")) {
      note.hidden = note.dataset.note !== this.dataset.results || !notes[note.dataset.note];
    }
    if (hadFocus && answering.hidden) {
      this.tabIndex = -1;
      this.focus({ preventScroll: true });
    }
  }

  optionWords(id) {
    const input = id === null ? null : this.querySelector(`input[name=option][value="${id}"]`);
    return input?.parentElement.querySelector("[data-words]").textContent ?? "";
  }

  // Results --------------------------------------------------------------------------------------------------------

  get seesResults() {
    const { results } = this.dataset;
    if (results === "live") return true;
    if (results === "answered") return this.mine !== null;
    return results === "close" && !this.isOpen;
  }

  watchResults() {
    if (!this.seesResults || !this.poll) {
      this.watching?.abort();
      this.watching = null;
      this.showResults(null);
      return;
    }
    if (this.watching) return;
    this.watching = new AbortController();
    live.subscribe(`poll/${this.poll}/results`, {
      version: this.hasResults ? Number(this.dataset.version) : undefined,
      onmessage: (results) => this.showResults(results),
      onrefused: () => { this.watching = null; }, // not yet, by the server's clock: the next change asks again
      signal: AbortSignal.any([this.watching.signal, this.stop.signal]),
    });
  }

  showResults(results) {
    const box = this.querySelector("[data-shown-results]");
    this.hasResults = results !== null;
    this.show();
    if (!results) {
      for (const share of this.querySelectorAll("[data-share]")) share.textContent = "";
      return;
    }
    const most = Math.max(...results.votes.map((tally) => tally.votes));
    for (const { option, votes } of results.votes) {
      const row = box.querySelector(`[data-option="${option}"]`);
      if (!row) continue;
      const percent = results.total ? Math.floor((200 * votes + results.total) / (2 * results.total)) : 0;
      row.classList.toggle("top", votes > 0 && votes === most);
      row.querySelector("[data-percent]").textContent = `${percent}%`;
      const meter = row.querySelector("meter");
      meter.value = percent;
      meter.textContent = `${percent}%`;
      row.querySelector("[data-mine]").hidden = option !== this.mine;
      const share = this.querySelector(`input[name=option][value="${option}"]`)?.parentElement.querySelector("[data-share]");
      if (share) share.textContent = `${percent}%`;
    }
  }

  // Answering ------------------------------------------------------------------------------------------------------

  choose(event) {
    const place = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey ? event.key.toUpperCase().charCodeAt(0) - 65 : -1;
    const input = this.querySelectorAll("input[name=option]")[place];
    if (!input || !this.form.contains(event.target)) return;
    event.preventDefault();
    input.checked = true;
    input.focus();
    this.refuse("");
  }

  async vote() {
    const chosen = Number(new FormData(this.form).get("option"));
    const button = this.form.querySelector(".btn:not([data-later])");
    if (!chosen) {
      this.refuse(this.words.choose);
      this.form.querySelector("input[name=option]")?.focus();
      return;
    }
    button.setAttribute("aria-busy", "true");
    const slowly = setTimeout(() => this.list.say(this.words.pending), PENDING_MS);
    try {
      let mine = await this.cast(chosen, Number(this.dataset.revision ?? 0) + 1);
      // Another device was quicker; what is wanted here and now is the newer wish.
      if (mine.option !== chosen && this.hasAttribute("data-may-change")) mine = await this.cast(chosen, mine.revision + 1);
      this.setMine(mine);
      this.dispatchEvent(new CustomEvent("poll-answered", { bubbles: true, detail: mine }));
      this.list.say(this.words.counts);
    } catch (error) {
      this.refuse(error?.message || this.words.failed);
    } finally {
      clearTimeout(slowly);
      button.removeAttribute("aria-busy");
    }
  }

  async cast(option, revision) {
    try {
      return await live.send("poll.vote", { poll: this.poll, option, revision });
    } catch (error) {
      if (error.code !== "live.no_socket") throw error;
      return call("PUT", `${this.list.dataset.api}${this.poll}/answer/`, { option, revision });
    }
  }

  /** What was sent before a reload is answered now. */
  remember({ name, body, data, error }) {
    if (name !== "poll.vote" || body.poll !== this.poll) return;
    if (error) this.refuse(error.message);
    else this.setMine(data);
  }

  setMine({ option, revision }) {
    this.dataset.mine = option;
    this.dataset.revision = revision;
    this.form.elements.revision.value = revision + 1;
    const input = this.querySelector(`input[name=option][value="${option}"]`);
    if (input) input.checked = true;
    for (const row of this.querySelectorAll(".res")) row.querySelector("[data-mine]").hidden = Number(row.dataset.option) !== option;
    this.querySelector("[data-answering]").open = false;
    this.watchResults();
    this.show();
  }

  refuse(words) {
    const line = this.form.querySelector("[data-error]");
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
    if (SAID_AT.includes(left) && this.mine === null) this.list.say(counted(this.words.left, left));
    this.timer = setTimeout(() => this.count(), 1000 - (Date.now() % 1000) + 5);
  }

  /** How far the server's clock is ahead of this machine's, as far as the page's loading tells; small ones are noise. */
  clockSkew() {
    return Math.abs(this.skew) > 15_000 ? this.skew : 0;
  }
}
