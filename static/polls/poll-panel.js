// <poll-panel>: one poll on a shared screen (templates/polls/screen_panel.html), by itself or beside another one. The bars
// grow as answers come, and the time runs. <poll-screen> around it runs it by keys.

import { live } from "plenary/live/socket.js";
import { rowsOf } from "plenary/polls/answers.js";
import { percent, putInOrder, showPicture, showWords } from "plenary/polls/results.js";
import { inLanguage } from "plenary/ui/language.js";
import { counted, number } from "plenary/ui/plural.js";

const SIZES = [[160, "s"], [70, "m"], [0, "l"]]; // as `screen_size` of templatetags/polls.py has them
const GROW_MS = 480;

const still = matchMedia("(prefers-reduced-motion: reduce)");
const growing = new WeakMap();

/** Which places are shown: all of a scale, else those that got most, where there are too many. */
function chosen(votes, kind, most) {
  const places = [...votes.keys()];
  if (kind === "scale" || places.length <= most) return places;
  return places.toSorted((one, other) => votes[other].votes - votes[one].votes).slice(0, most).toSorted((one, other) => one - other);
}

/** Only these stand in the list, in their order; those of a ranking move to theirs afterwards. */
function stand(box, items, kind) {
  const wanted = new Set(items);
  for (const item of [...box.children]) if (!wanted.has(item)) item.remove();
  if (kind === "ranking") box.append(...items.filter((item) => item.parentNode !== box));
  else if (items.some((item, place) => box.children[place] !== item)) box.replaceChildren(...items);
}

/** Styles let the bar of a meter grow but in Firefox, which draws it by itself. */
function grow(meter, share) {
  cancelAnimationFrame(growing.get(meter));
  const from = meter.value;
  if (from === share || still.matches || !CSS.supports("selector(::-moz-meter-bar)")) {
    meter.value = share;
    return;
  }
  const began = performance.now();
  const step = (now) => {
    const part = Math.min(1, Math.max(0, (now - began) / GROW_MS));
    meter.value = part === 1 ? share : from + (share - from) * (1 - (1 - part) ** 3);
    if (part < 1) growing.set(meter, requestAnimationFrame(step));
  };
  growing.set(meter, requestAnimationFrame(step));
}

customElements.define("poll-panel", class extends HTMLElement {
  connectedCallback() {
    if (this.stop) return;
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.screen = this.closest("poll-screen");
    this.words = JSON.parse(this.screen.dataset.words);
    this.skew = Date.parse(this.screen.dataset.now) - performance.timeOrigin;
    if (!(Math.abs(this.skew) > 15_000)) this.skew = 0;
    live.subscribe(this.dataset.topic, { version: Number(this.dataset.version), onmessage: (screen) => this.update(screen), signal });
    this.count();
  }

  disconnectedCallback() {
    this.stop?.abort();
    this.stop = null;
    clearTimeout(this.timer);
  }

  /** Where it stands alone, the foot of the screen tells of it too. */
  parts(selector) {
    const isAlone = this.parentElement.querySelectorAll("poll-panel").length === 1;
    return (isAlone ? this.parentElement : this).querySelectorAll(selector);
  }

  update({ question, answers, results }) {
    const { state, closes_at: closesAt, locked, revealed } = question;
    Object.assign(this.dataset, { state, closesAt: closesAt ?? "" });
    this.toggleAttribute("data-locked", locked);
    this.toggleAttribute("data-revealed", revealed);
    const head = this.querySelector("[data-question]");
    head.textContent = inLanguage(question.question);
    head.dataset.size = SIZES.find(([least]) => head.textContent.length >= least)[1];
    this.querySelector("[data-answers]").textContent = number(answers);
    this.querySelector("[data-answers-words]").textContent = counted(this.words.answered, answers);
    this.querySelector("[data-outcome]").hidden = !results;
    this.querySelector("[data-choices]").hidden = Boolean(results);
    for (const how of this.parts("[data-how]")) how.hidden = state !== "open";
    const mean = this.querySelector("[data-mean]");
    mean.hidden = (results?.mean ?? null) === null;
    mean.querySelector("b").textContent = mean.hidden ? "" : number(results.mean);
    if (results) this.show(results, rowsOf(question), question.kind);
    if (results && question.kind === "ranking") putInOrder(this.querySelector("[data-bars]"), results.votes);
    this.count();
  }

  show({ votes, of, words, texts }, rows, kind) {
    const box = this.querySelector("[data-bars]");
    const most = Math.max(0, ...votes.map((tally) => tally.votes));
    const known = new Map([...box.children].map((item) => [item.dataset.option, item]));
    const items = [];
    for (const place of chosen(votes, kind, Number(this.dataset.most))) {
      const { option, votes: count } = votes[place];
      const item = known.get(String(option)) ?? this.screen.querySelector("[data-row-template]").content.firstElementChild.cloneNode(true);
      items.push(item);
      const share = percent(count, of);
      item.dataset.option = option;
      item.classList.toggle("top", count > 0 && count === most);
      item.querySelector(".key").textContent = String.fromCharCode(65 + place);
      item.querySelector("[data-words]").textContent = rows[place]?.words ?? "";
      item.querySelector("[data-percent]").textContent = `${share}%`;
      const meter = item.querySelector("meter");
      grow(meter, share);
      meter.textContent = `${share}%`;
      meter.setAttribute("aria-label", rows[place]?.words ?? "");
      showPicture(item, rows[place] ?? {});
    }
    stand(box, items, kind);
    const more = this.querySelector("[data-more-rows]");
    more.hidden = items.length === votes.length;
    more.textContent = more.hidden ? "" : counted(this.words.more, votes.length - items.length);
    this.querySelector("[data-none]").hidden = Boolean(votes.length || words.length || texts.length);
    showWords(this.querySelector("[data-cloud]"), words);
    const said = texts.map((text) => Object.assign(document.createElement("li"), { dir: "auto", textContent: text }));
    this.querySelector("[data-texts]").replaceChildren(...said);
  }

  /** The server's clock decides; this one only shows. */
  count() {
    clearTimeout(this.timer);
    const [line] = this.parts("[data-left]");
    const bar = this.querySelector("[data-countdown]");
    const { state, closesAt } = this.dataset;
    const left = Math.ceil((Date.parse(closesAt) - Date.now() - this.skew) / 1000);
    const runs = state === "open" && left > 0;
    bar.hidden = !runs;
    if (!runs) {
      line.textContent = state === "open" ? ("locked" in this.dataset ? this.words.locked : "") : this.words.closed;
      this.whole = 0;
      return;
    }
    this.whole = Math.max(this.whole ?? 0, left);
    bar.max = this.whole;
    bar.value = left;
    const time = Object.assign(document.createElement("b"), { textContent: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` });
    line.replaceChildren(this.words.ends, " ", time);
    this.timer = setTimeout(() => this.count(), 1000 - (Date.now() % 1000) + 5);
  }
});
