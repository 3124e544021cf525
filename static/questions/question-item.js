// One question of a list (templates/questions/item.html): drawn from what the log says of it, kept in place.

import { zone, words as timeWords } from "plenary/ui/local-time.js";
import { counted, number } from "plenary/ui/plural.js";

const UNANSWERED = ["stage", "new", "later"];
const WITHDRAWABLE = ["held", "new", "later"];
const PLACES = { stage: 0, answered: 2 };

export class QuestionItem {
  constructor(element, words, base) {
    this.element = element;
    this.words = words;
    this.base = base;
  }

  get id() {
    return Number(this.element.dataset.question);
  }

  get state() {
    return this.element.dataset.state;
  }

  get votes() {
    return Number(this.element.dataset.votes);
  }

  get isMine() {
    return "mine" in this.element.dataset;
  }

  get isVoted() {
    return "voted" in this.element.dataset;
  }

  /** What is on stage first, what is answered last; then by votes. */
  isBefore(other) {
    const mine = PLACES[this.state] ?? 1;
    const theirs = PLACES[other.state] ?? 1;
    if (mine !== theirs) return mine < theirs;
    return this.votes === other.votes ? this.id < other.id : this.votes > other.votes;
  }

  part(name) {
    return this.element.querySelector(`[data-${name}]`);
  }

  draw(question, { mine = this.isMine } = {}) {
    const { element } = this;
    element.dataset.question = question.id;
    element.toggleAttribute("data-mine", mine);
    for (const [name, path] of [["vote", "vote/"], ["follow", "follow/"], ["withdraw", "withdraw/"]]) {
      this.part(name).setAttribute("formaction", `${this.base}${question.id}/${path}`);
    }
    this.part("text").textContent = question.text;
    this.part("asker").textContent = question.name || (question.anonymous ? this.words.nameless : this.words.gone);
    const time = this.part("at").querySelector("time");
    time.dateTime = question.asked_at;
    time.textContent = timeWords(new Date(question.asked_at), "time", zone());
    this.part("own").hidden = !mine;
    this.drawTags(question.tags);
    this.part("reply").hidden = !question.reply;
    this.part("reply-name").textContent = question.reply?.name ?? "";
    this.part("reply-text").textContent = question.reply?.text ?? "";
    delete element.dataset.into;
    this.part("joined").hidden = true;
    this.setState(question.state);
    this.setVotes(question.votes);
  }

  get into() {
    return Number(this.element.dataset.into ?? 0);
  }

  /** The question that this one was joined with, as far as it is known: its answer is this one's. */
  drawJoined(into, question) {
    this.setState("merged");
    this.element.dataset.into = into;
    this.part("joined").hidden = !question;
    if (!question) return;
    this.part("joined-text").textContent = question.text;
    const line = this.part("joined-state");
    line.textContent = this.words.states[question.state] ?? "";
    line.hidden = !line.textContent;
    this.part("joined-reply").hidden = !question.reply;
    this.part("joined-reply-name").textContent = question.reply?.name ?? "";
    this.part("joined-reply-text").textContent = question.reply?.text ?? "";
  }

  drawTags(tags) {
    const box = this.part("tags");
    box.hidden = tags.length === 0;
    box.replaceChildren(...tags.map((tag) => {
      const chip = document.createElement("span");
      chip.className = "tag box";
      chip.textContent = tag;
      return chip;
    }));
  }

  setState(state) {
    const { element } = this;
    element.dataset.state = state;
    element.classList.toggle("answering", state === "stage");
    const line = this.part("state-words");
    line.textContent = this.words.states[state] ?? "";
    line.hidden = !line.textContent;
    const canVote = !this.isMine && UNANSWERED.includes(state);
    this.part("vote").hidden = !canVote;
    this.part("still").hidden = canVote;
    for (const mark of element.querySelectorAll("[data-mark]")) mark.hidden = (mark.dataset.mark === "answered") !== (state === "answered");
    this.part("follow").hidden = this.isMine || state === "answered";
    this.part("withdraw").hidden = !this.isMine || !WITHDRAWABLE.includes(state);
  }

  setVotes(votes) {
    this.element.dataset.votes = votes;
    for (const count of this.element.querySelectorAll("[data-count]")) count.textContent = number(votes);
    const want = counted(this.words.want, votes);
    this.part("vote").setAttribute("aria-label", want);
    this.part("want").textContent = want;
  }

  setVoted(voted) {
    this.element.toggleAttribute("data-voted", voted);
    this.press("vote", voted);
  }

  setFollowing(following) {
    this.press("follow", following);
    this.part("follow-words").textContent = following ? this.words.following : this.words.follow;
  }

  press(name, on) {
    const button = this.part(name);
    button.setAttribute("aria-pressed", on);
    button.value = on ? "0" : "1";
  }
}
