// <question-board>: the questions of a session (templates/questions/panel.html): asking, voting, following, in four orders.
// Words come once by the session's log, numbers with its standing. What is being read does not move: an order that has
// changed waits until the pointer and the focus are elsewhere, or for the button. Sends "questions" (detail.unanswered).

import { live } from "plenary/live/socket.js";
import { AskForm } from "plenary/questions/ask-form.js";
import { QuestionItem } from "plenary/questions/question-item.js";
import { fill } from "plenary/ui/fill.js";
import { relabel } from "plenary/ui/local-time.js";
import { counted } from "plenary/ui/plural.js";
import { say } from "plenary/ui/toast.js";

const REMEMBERED = 300;
const SETTLE_MS = 1500;
const TYPING_MS = 400;
const FEW = 8; // as selectors/lists.py: with more of them there is a field to find one

customElements.define("question-board", class extends HTMLElement {
  connectedCallback() {
    if (this.stop) return;
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.words = JSON.parse(this.dataset.words);
    this.awaited = new Set(this.dataset.awaited.split(" ").filter(Boolean).map(Number));
    this.joined = new Set(); // of what they waited for, what was joined with another
    this.seen = new Map(); // id -> {seq, entry}: newer than a page that is on its way
    this.own = new Map(); // id -> question: asked on this page
    this.votes = new Map();
    this.form = new AskForm(this.querySelector("[data-ask]"), this, signal);
    this.addEventListener("submit", (event) => this.act(event), { signal });
    this.addEventListener("input", (event) => this.seek(event), { signal });
    this.addEventListener("click", (event) => this.click(event), { signal });
    for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, () => this.later(), { signal });
    live.addEventListener("answer", (event) => this.remember(event.detail), { signal });
    live.subscribe(this.dataset.log, {
      seq: Number(this.dataset.heard),
      onmessage: (entry, { seq }) => this.hear(entry, seq),
      onreset: () => this.load(this.address, { quietly: true }),
      signal,
    });
    live.subscribe(this.dataset.standing, {
      version: Number(this.dataset.version),
      onmessage: (standing) => this.stand(standing),
      signal,
    });
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.stop.abort();
      this.stop = null;
      clearTimeout(this.timer);
      this.timer = null;
      clearTimeout(this.typing);
    });
  }

  get part() {
    return this.querySelector("[data-part=items]");
  }

  get list() {
    return this.querySelector("[data-items]");
  }

  get items() {
    return [...this.list.children].map((element) => this.wrap(element));
  }

  get sort() {
    return this.part.dataset.sort;
  }

  get address() {
    const query = new URLSearchParams({ sort: this.sort });
    const { tag, text } = this.part.dataset;
    if (tag) query.set("tag", tag);
    if (text) query.set("q", text);
    return `${this.dataset.list}?${query}`;
  }

  wrap(element) {
    return new QuestionItem(element, this.words, this.dataset.base);
  }

  find(id) {
    const element = this.list.querySelector(`[data-question="${id}"]`);
    return element && this.wrap(element);
  }

  // Hearing --------------------------------------------------------------------------------------------------------

  hear(entry, seq) {
    this.seen.set(entry.id, { seq, entry });
    if (this.seen.size > REMEMBERED) this.seen.delete(this.seen.keys().next().value);
    this.apply(entry);
    this.tell(entry);
    this.later();
  }

  /** In place where it is shown; what would move others waits in `arrange`. */
  apply({ id, question, into }) {
    const item = this.find(id);
    for (const other of this.items) if (other.into === id) other.drawJoined(id, question);
    if (question) {
      const current = { ...question, votes: this.votes.get(id) ?? question.votes };
      if (item) item.draw(current);
      else if (this.belongs(question)) this.waiting().set(id, current);
      return;
    }
    this.pending?.delete(id);
    if (!item) return;
    if (item.isMine && this.sort === "mine" && into) item.drawJoined(into, this.seen.get(into)?.entry.question);
    else if (item.isMine && this.sort === "mine") item.setState("dismissed");
    else this.remove(item.element);
  }

  belongs(question) {
    const { tag, text, page, pages } = this.part.dataset;
    if (this.sort === "mine") return this.own.has(question.id);
    if (tag && !question.tags.includes(tag)) return false;
    const held = `${question.text} ${question.reply?.text ?? ""}`.toLowerCase();
    if (!text.toLowerCase().split(/\s+/).every((word) => held.includes(word))) return false;
    if (this.sort === "unanswered" && question.state === "answered") return false;
    if (this.sort === "newest") return !this.list.firstElementChild || this.isNewest(question);
    return question.state === "stage" || page === pages;
  }

  isNewest(question) {
    return question.id > Math.min(...this.items.map((item) => item.id));
  }

  waiting() {
    this.pending ??= new Map();
    return this.pending;
  }

  remove(element) {
    const had = element.contains(document.activeElement);
    const next = element.nextElementSibling ?? element.previousElementSibling;
    element.remove();
    if (had) next?.querySelector("button:not([hidden])")?.focus({ preventScroll: true });
    this.showEmpty();
  }

  /** Who waits for an answer is told, wherever on the page they are. */
  tell({ id, question, into }) {
    if (into && this.awaited.delete(id)) {
      this.joined.add(id);
      this.awaited.add(into); // what is said of it comes next, and whatever is answered there is answered here
      say(this.words.joined);
    }
    if (!into && this.joined.delete(id)) this.awaited.add(id); // it stands by itself again
    if (!this.awaited.has(id) || !(question?.reply || question?.state === "answered")) return;
    this.awaited.delete(id);
    say(fill(this.words.answered, { question: question.text }), {
      label: this.words.look,
      act: () => this.look(),
    });
    dispatchEvent(new Event("plenary:next"));
  }

  look() {
    this.closest("tab-set")?.open?.(this.closest(".panel")?.id);
    this.load(`${this.dataset.list}?sort=mine`);
  }

  stand({ rules, unanswered, answered, votes }) {
    this.votes = new Map(votes);
    for (const item of this.items) {
      const count = this.votes.get(item.id);
      if (count !== undefined && count !== item.votes) item.setVotes(count);
    }
    for (const [id, question] of this.pending ?? []) question.votes = this.votes.get(id) ?? question.votes;
    this.form.follow(rules);
    this.querySelector("[data-closed]").hidden = rules.open;
    this.querySelector("[data-find]").hidden = !this.part.dataset.text && unanswered + answered <= FEW;
    this.dispatchEvent(new CustomEvent("questions", { bubbles: true, detail: { unanswered } }));
    this.later();
  }

  // Order ----------------------------------------------------------------------------------------------------------

  get isRead() {
    const { list } = this;
    return list.matches(":hover") || list.contains(document.activeElement) || list.closest(".scroller").scrollTop > 40;
  }

  /** Soon, also while votes come without a pause: what is waited for already is not put off again. */
  later() {
    this.timer ??= setTimeout(() => { this.timer = null; this.settle(); }, SETTLE_MS);
  }

  settle() {
    const button = this.querySelector("[data-came]");
    const isMoved = this.pending?.size || this.isOutOfOrder;
    if (!isMoved) {
      button.hidden = true;
    } else if (!this.isRead || !this.list.children.length) {
      this.arrange();
    } else {
      button.textContent = this.pending?.size ? counted(this.words.came, this.pending.size) : this.words.moved;
      button.hidden = false;
    }
  }

  get isRanked() {
    return this.sort === "votes" || this.sort === "unanswered";
  }

  get isOutOfOrder() {
    const { items } = this;
    if (this.sort === "unanswered" && items.some((item) => item.state === "answered")) return true;
    return this.isRanked && items.some((item, place) => place > 0 && item.isBefore(items[place - 1]));
  }

  arrange() {
    const { list } = this;
    this.querySelector("[data-came]").hidden = true;
    for (const question of this.pending?.values() ?? []) {
      const item = this.build(question, { mine: this.own.has(question.id) });
      if (this.isRanked) list.append(item.element);
      else list.prepend(item.element);
    }
    this.pending?.clear();
    if (this.sort === "unanswered") for (const item of this.items) if (item.state === "answered") item.element.remove();
    if (this.isRanked) list.append(...this.items.sort((one, other) => (one.isBefore(other) ? -1 : 1)).map((item) => item.element));
    this.showEmpty();
  }

  build(question, { mine }) {
    const item = this.wrap(this.querySelector("template[data-item]").content.firstElementChild.cloneNode(true));
    item.draw(question, { mine });
    return item;
  }

  showEmpty() {
    this.querySelector("[data-empty]").hidden = this.list.children.length > 0;
  }

  click(event) {
    if (event.target.closest("[data-came]")) {
      this.arrange();
      this.list.closest(".scroller").scrollTo({ top: 0 });
      this.list.querySelector("button:not([hidden])")?.focus({ preventScroll: true });
      return;
    }
    const link = event.target.closest("a[data-load], a[data-more]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.load(link.href, { more: "more" in link.dataset });
  }

  /** What is typed into the field is looked for among all, in the order that is shown. */
  seek(event) {
    if (event.target.name !== "q") return;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.seekNow(event.target.value), TYPING_MS);
  }

  seekNow(text) {
    const address = new URL(this.address, location);
    if (this.sort === "mine") address.searchParams.set("sort", "votes");
    address.searchParams.set("q", text.trim());
    this.load(address.href);
  }

  async load(address, { more = false, quietly = false } = {}) {
    this.setAttribute("aria-busy", "true");
    this.loading?.abort();
    this.loading = new AbortController();
    const { signal } = this.loading;
    try {
      const response = await fetch(address, { headers: { "X-Part": "questions" }, signal: AbortSignal.any([signal, this.stop.signal]) });
      if (!response.ok) throw new Error(response.status);
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-part=items]");
      this.show(fresh, more);
    } catch (error) {
      if (error.name !== "AbortError" && !quietly) say(this.words.failed, { bad: true });
    } finally {
      if (!signal.aborted) this.removeAttribute("aria-busy");
    }
  }

  show(fresh, more) {
    const heard = Number(fresh.dataset.heard);
    if (more) {
      const known = new Set(this.items.map((item) => item.id));
      const added = [...fresh.querySelector("[data-items]").children].filter((element) => !known.has(Number(element.dataset.question)));
      this.list.append(...added);
      this.part.dataset.page = fresh.dataset.page;
      const link = fresh.querySelector(".asks-more");
      if (link) this.querySelector(".asks-more").replaceWith(link);
      else this.querySelector(".asks-more").remove();
      added[0]?.querySelector("button:not([hidden])")?.focus({ preventScroll: true });
    } else {
      this.part.replaceWith(fresh);
      this.pending?.clear();
      this.querySelector("[data-came]").hidden = true;
      for (const link of this.querySelectorAll(".asks-top a[data-load]")) {
        if (new URL(link.href).searchParams.get("sort") === this.sort) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
      this.list.closest(".scroller").scrollTop = 0;
    }
    relabel(this.part);
    for (const { seq, entry } of this.seen.values()) if (seq > heard) this.apply(entry);
    this.later();
  }

  // Doing ----------------------------------------------------------------------------------------------------------

  act(event) {
    if ("find" in event.target.dataset) {
      event.preventDefault();
      clearTimeout(this.typing);
      this.seekNow(event.target.elements.q.value);
    }
    if (event.target.id !== "asks-do") return;
    event.preventDefault();
    const button = event.submitter;
    const item = this.wrap(button.closest("[data-question]"));
    if ("vote" in button.dataset) this.vote(item, !item.isVoted);
    else if ("follow" in button.dataset) this.follow(item, button.getAttribute("aria-pressed") !== "true");
    else this.withdraw(item);
  }

  /** At once on the page, and back again where it was refused. */
  async vote(item, on) {
    item.setVoted(on);
    item.setVotes(item.votes + (on ? 1 : -1));
    try {
      this.stands(await live.send("question.vote", { question: item.id, on }, { subject: item.id, latest: true }));
    } catch (error) {
      item.setVoted(!on);
      item.setVotes(item.votes + (on ? -1 : 1));
      say(error?.message || this.words.failed, { bad: true });
    }
  }

  stands({ question, voted, following, votes } = {}) { // nothing: a newer press took the place of this one
    const item = this.find(question);
    item?.setVoted(voted);
    item?.setVotes(votes);
    item?.setFollowing(following);
    if (following) this.awaited.add(question);
  }

  async follow(item, on) {
    item.setFollowing(on);
    try {
      const mine = await live.send("question.follow", { question: item.id, on }, { subject: item.id, latest: true });
      if (!mine) return;
      if (!mine.following) this.awaited.delete(item.id);
      this.stands(mine);
      this.say(on ? this.words.told : this.words.untold);
    } catch (error) {
      item.setFollowing(!on);
      say(error?.message || this.words.failed, { bad: true });
    }
  }

  async withdraw(item) {
    try {
      await live.send("question.withdraw", { question: item.id });
      this.own.delete(item.id);
      this.awaited.delete(item.id);
      this.remove(item.element);
      this.say(this.words.withdrawn);
    } catch (error) {
      say(error?.message || this.words.failed, { bad: true });
    }
  }

  /** A question of this reader's was taken: it stands among theirs, and where everybody reads once it is shown. */
  asked(question) {
    this.own.set(question.id, question);
    this.awaited.add(question.id);
    const item = this.find(question.id);
    if (item) item.draw(question, { mine: true });
    else if (question.state !== "held" || this.sort === "mine") this.list.prepend(this.build(question, { mine: true }).element);
    this.pending?.delete(question.id);
    this.showEmpty();
    this.say(question.state === "held" ? this.words.held : this.words.asked);
    if (question.state === "held") say(this.words.held);
  }

  /** What was sent before a reload is answered now. */
  remember({ name, body, data, error }) {
    if (error || !data) return;
    if (name === "question.ask" && body.session === Number(this.dataset.session)) this.asked(data.question);
    else if (name === "question.vote" || name === "question.follow") this.stands(data);
  }

  say(words) {
    this.querySelector("[data-said]").textContent = words;
  }
});
