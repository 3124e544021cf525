// <poll-list>: the polls of a place (templates/polls/list.html, {% poll_list %}), or with data-rises the open one that
// stands over the conversation until it is answered or put off ({% poll_rise %}). Polls that open later are built from the
// templates inside; with data-beside those of another topic too, below, once they are open. What makes a poll work
// (live-poll.js) is fetched with the first. Sends "polls" (detail.open, bubbling): how many wait for an answer.

import { live } from "plenary/live/socket.js";
import { fill } from "plenary/ui/fill.js";

const LATE_SECONDS = 90;
const LISTED = 30; // as selectors.lists.MOST_LISTED

let fetching = null;

/** Polls work from when their lists do, which have the words. */
async function definePolls() {
  fetching ??= import("plenary/polls/live-poll.js");
  try {
    const { LivePoll } = await fetching;
    if (!customElements.get("live-poll")) customElements.define("live-poll", LivePoll);
  } catch (error) {
    fetching = null;
    throw error;
  }
}

customElements.define("poll-list", class extends HTMLElement {
  connectedCallback() {
    if (this.stop) return;
    this.stop = new AbortController();
    this.words = JSON.parse(this.dataset.words);
    this.box = this.querySelector("[data-polls]");
    this.rises = "rises" in this.dataset;
    this.later = new Set();
    const version = Number(this.dataset.version);
    const { topic, beside } = this.dataset;
    live.subscribe(topic, { version, onmessage: (questions) => this.hear(questions, false), signal: this.stop.signal });
    if (beside) live.subscribe(beside, { version, onmessage: (questions) => this.hear(questions, true), signal: this.stop.signal });
    if (this.rises) {
      // The player's own event does not bubble; whichever player it is, it is heard on its way down.
      document.addEventListener("timeupdate", ({ target }) => this.reach(target.currentTime), { capture: true, signal: this.stop.signal });
      document.addEventListener("poll-answered", (event) => this.putAway(event.detail.poll), { signal: this.stop.signal });
    }
    this.turn = this.polls.length ? definePolls().then(() => this.announceOpen()) : Promise.resolve();
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.stop.abort();
      this.stop = null;
    });
  }

  get polls() {
    return [...this.box.children];
  }

  /** One after the other, and none before polls work. */
  hear(questions, isBeside) {
    const act = async () => {
      if (questions.length) await definePolls();
      if (this.stop) this.update(questions, isBeside);
    };
    this.turn = this.turn.then(act, act);
  }

  /** Those of the place stand first, those from beside it after them. */
  update(questions, isBeside) {
    const others = this.polls.filter((poll) => "beside" in poll.dataset !== isBeside);
    const known = new Map(this.polls.filter((poll) => "beside" in poll.dataset === isBeside).map((poll) => [poll.poll, poll]));
    const only = Number(this.dataset.only);
    const wanted = questions.filter((question) => (only ? question.id === only : this.wants(question, known, isBeside)));
    const first = isBeside ? others.length : 0;
    for (const [number, question] of wanted.entries()) {
      const place = first + number;
      let poll = known.get(question.id);
      const before = poll?.dataset.state;
      if (!poll) {
        poll = this.querySelector("[data-poll-template]").content.firstElementChild.cloneNode(true);
        poll.dataset.poll = question.id;
        poll.toggleAttribute("data-beside", isBeside);
        poll.classList.add("new");
        poll.hidden = this.rises && question.late;
      }
      if (this.box.children[place] !== poll) this.box.insertBefore(poll, this.box.children[place] ?? null);
      poll.update(question);
      if (before !== question.state) this.announce(poll);
      known.delete(question.id);
    }
    // Of very many only the latest are told of: the one of a page of its own may be among the others.
    if (!only || questions.length < LISTED) for (const gone of known.values()) gone.remove();
    const empty = this.querySelector("[data-empty]");
    if (empty) empty.hidden = this.polls.length > 0;
    this.announceOpen();
  }

  /** Over the conversation stands only what is open, not put off, and not answered. */
  wants(question, known, isBeside) {
    if (!this.rises) return !isBeside || question.state === "open" || known.has(question.id);
    const elsewhere = document.querySelector(`poll-list:not([data-rises]) live-poll[data-poll="${question.id}"][data-revision]`);
    const isDone = this.later.has(question.id) || elsewhere || known.get(question.id)?.isAnswered;
    return (question.state === "open" || question.late) && !isDone;
  }

  /** The recording is here: what was asked at this moment stands over the conversation for a while. */
  reach(time) {
    for (const poll of this.polls.filter((one) => one.isLate && !one.contains(document.activeElement))) {
      const moment = Number(poll.dataset.moment);
      const isDue = time >= moment && time < moment + LATE_SECONDS;
      if (isDue && poll.hidden) this.say(fill(this.words.opened, { question: poll.question }));
      poll.hidden = !isDue;
    }
  }

  /** Not again on this page: it was answered, or put off. */
  putAway(id) {
    this.later.add(id);
    this.polls.find((poll) => poll.poll === id)?.remove();
    this.announceOpen();
  }

  /** Tells those around how many polls wait for an answer: "polls" (detail.open, bubbling). */
  announceOpen() {
    const open = this.polls.filter((poll) => poll.dataset.state === "open" && !poll.isAnswered).length;
    this.dispatchEvent(new CustomEvent("polls", { bubbles: true, detail: { open } }));
  }

  announce(poll) {
    const sentence = poll.isOpen ? this.words.opened : this.words.now_closed;
    this.say(fill(sentence, { question: poll.question }));
  }

  say(words) {
    this.querySelector("[data-said]").textContent = words;
  }
});
