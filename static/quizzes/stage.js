// QuizStage: what everybody sees of a game (templates/quizzes/stage.html), kept going by the socket: lobby, question with
// its clock, answer with its bars, leaderboard, podium. <quiz-play>, <quiz-host> and <quiz-screen> extend it.

import { live } from "plenary/live/socket.js";
import { fill } from "plenary/ui/fill.js";
import { inLanguage } from "plenary/ui/language.js";
import { counted, number } from "plenary/ui/plural.js";

const LETTERS = "ABCDEFGHIJKL";
const SAID_AT = [30, 10, 5];
const CLIMB_MS = 700;

/** In percent, half up, as the server rounds. */
function part(count, whole) {
  return whole ? Math.floor((200 * count + whole) / (2 * whole)) : 0;
}

export class QuizStage extends HTMLElement {
  connectedCallback() {
    if (this.stop) return;
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.game = Number(this.dataset.game);
    this.words = JSON.parse(this.dataset.words);
    this.stage = JSON.parse(this.dataset.stage);
    this.hall = JSON.parse(this.dataset.hall);
    // How far the server's clock is ahead of this machine's, as far as the loading of the page tells.
    this.skew = Number(this.dataset.now) * 1000 - (performance.timeOrigin + performance.now());
    const version = Number(this.dataset.version);
    live.subscribe(this.dataset.stageTopic, { version, onmessage: (stage) => this.update(stage), signal });
    live.subscribe(this.dataset.hallTopic, { version, onmessage: (hall) => this.fillHall(hall), signal });
    this.setUp(signal);
    this.draw();
    this.drawAnswers();
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.stop.abort();
      this.stop = null;
      clearTimeout(this.timer);
    });
  }

  setUp() {}

  find(name) {
    return this.querySelector(`[data-${name}]`);
  }

  part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  clone(name) {
    return this.querySelector(`template[data-${name}]`).content.firstElementChild.cloneNode(true);
  }

  say(words) {
    this.find("said").textContent = words;
  }

  get now() {
    return Date.now() + this.skew;
  }

  // What has changed -------------------------------------------------------------------------------------------------

  update(stage) {
    const before = this.stage;
    this.stage = stage;
    this.dataset.phase = stage.phase;
    const isNew = before.phase !== stage.phase || before.position !== stage.position;
    this.draw();
    if (isNew) {
      if (before.position !== stage.position) this.hall = { ...this.hall, answers: 0 };
      this.drawAnswers();
      this.arrived(before);
    }
  }

  /** Another question, answer or podium stands there: said once, and the eye and the keyboard go along. */
  arrived() {
    const { stage } = this;
    if (stage.phase === "asked") this.say(`${this.placeWords}: ${inLanguage(stage.sheet.text)}`);
    else if (stage.phase === "revealed") this.say(fill(this.words.shown, { answer: this.answerWords }));
    else if (stage.phase === "over" && stage.leaders.length) this.say(fill(this.words.podium, { name: stage.leaders[0].name }));
  }

  get placeWords() {
    return fill(this.words.question, { position: number(this.stage.position), turns: number(this.stage.turns) });
  }

  draw() {
    const { stage } = this;
    const shown = { lobby: ["lobby"], asked: ["asked"], revealed: ["asked", "revealed", "board"], over: ["board"] }[stage.phase];
    for (const one of this.querySelectorAll("[data-part]")) one.hidden = !shown.includes(one.dataset.part);
    if (stage.sheet) this.drawQuestion();
    if (stage.reveal) this.drawReveal();
    this.drawBoard();
    this.count();
  }

  drawQuestion() {
    const { sheet } = this.stage;
    this.find("place").textContent = this.placeWords;
    this.find("text").textContent = inLanguage(sheet.text);
    this.drawMedia(sheet.media);
    this.drawOptions(sheet);
  }

  /** On pages where nobody answers, the options just stand there. */
  drawOptions(sheet) {
    const list = this.find("options");
    if (!list) return;
    const covered = this.stage.phase === "asked" && this.now < Date.parse(this.stage.opens_at);
    const options = covered ? [] : this.optionsOf(sheet);
    const typed = this.find("typed-note");
    if (typed) typed.hidden = this.stage.phase !== "asked" || !["number", "text"].includes(sheet.kind);
    list.replaceChildren(...options.map((option, place) => this.tile("tile", option, place)));
    list.querySelectorAll("li").forEach((row, place) => {
      row.classList.toggle("right", Boolean(this.stage.reveal) && this.isRight(options[place].id));
    });
  }

  isRight(id) {
    const { sheet, reveal } = this.stage;
    if (sheet.kind === "truth") return reveal.words.includes(id);
    return sheet.kind !== "order" && reveal.right.includes(id);
  }

  optionsOf(sheet) {
    if (sheet.kind !== "truth") return sheet.options.map(({ id, text }) => ({ id, words: inLanguage(text) }));
    return ["true", "false"].map((id) => ({ id, words: this.words.truth[id] }));
  }

  tile(template, { id, words }, place) {
    const tile = this.clone(template);
    tile.classList.add(`o${place + 1}`);
    tile.querySelector(".key").textContent = LETTERS[place];
    tile.querySelector("[data-words]").textContent = words;
    const input = tile.matches("button") ? tile : tile.querySelector("input");
    if (input) input.value = id;
    tile.dataset.option = id;
    return tile;
  }

  drawMedia(media) {
    const box = this.find("media");
    const wanted = media ? `${media.kind} ${media.url}` : "";
    if (media && media.kind !== "image") import("plenary/media/video-player.js");
    if (box.dataset.shown === wanted) return;
    box.dataset.shown = wanted;
    box.replaceChildren();
    if (media) box.append(media.kind === "image" ? this.picture(media) : this.player(media));
  }

  picture({ url, words }) {
    const image = new Image();
    image.src = url;
    image.alt = inLanguage(words);
    return image;
  }

  /** The platform's own player, with this clip in it. */
  player({ kind, url, words, poster, seconds, captions }) {
    const player = this.clone("player");
    const title = inLanguage(words) || this.words.clip;
    for (const one of player.querySelectorAll('[aria-label*="{title}"]')) {
      one.setAttribute("aria-label", one.getAttribute("aria-label").replace("{title}", () => title));
    }
    Object.assign(player.dataset, { src: url, length: seconds });
    player.classList.toggle("sound", kind === "audio");
    player.querySelector(".scrub").max = seconds || 1;
    const video = player.querySelector("video");
    if (poster) video.poster = poster;
    player.querySelector("source").src = url;
    for (const { url: src, language, label } of captions) {
      video.append(Object.assign(document.createElement("track"), { kind: "captions", src, srclang: language, label }));
    }
    return player;
  }

  get answerWords() {
    const { sheet, reveal } = this.stage;
    if (sheet.kind === "truth") return this.words.truth[reveal.words[0]];
    if (reveal.right.length) {
      return reveal.right.map((id) => inLanguage(sheet.options.find((option) => option.id === id).text)).join(", ");
    }
    if (reveal.spellings.length) return [...new Set(reveal.spellings.map(inLanguage))].join(", ");
    const within = Number(reveal.tolerance) ? ` (${fill(this.words.within, { tolerance: reveal.tolerance })})` : "";
    return `${reveal.words[0] ?? ""} ${sheet.unit}`.trim() + within;
  }

  drawReveal() {
    const { sheet, reveal } = this.stage;
    this.find("answer").textContent = fill(this.words.shown, { answer: this.answerWords });
    this.find("first-note").hidden = sheet.kind !== "order";
    this.find("explanation").textContent = inLanguage(reveal.explanation);
    const bars = this.find("bars");
    const wanted = JSON.stringify([this.stage.position, reveal.bars]);
    if (bars.dataset.shown === wanted) return;
    bars.dataset.shown = wanted;
    bars.replaceChildren(...reveal.bars.map((bar) => {
      const row = this.clone("bar-row");
      const option = sheet.options.find(({ id }) => id === bar.option);
      const typed = sheet.kind === "truth" ? this.words.truth[bar.text] : bar.text || this.words.others;
      row.querySelector("[data-words]").textContent = option ? inLanguage(option.text) : typed;
      row.querySelector("[data-right]").hidden = !bar.right;
      row.classList.toggle("top", bar.right);
      row.querySelector("[data-count]").textContent = number(bar.count);
      const meter = row.querySelector("meter");
      // From nothing: the bar grows, by a transition that stands in the stylesheet.
      meter.value = 0;
      requestAnimationFrame(() => requestAnimationFrame(() => { meter.value = part(bar.count, reveal.answers); }));
      meter.setAttribute("aria-label", row.querySelector("[data-words]").textContent);
      return row;
    }));
  }

  drawBoard() {
    const { stage } = this;
    const list = this.find("leaders");
    this.find("board-head").textContent = stage.phase === "over" ? list.dataset.podium : list.dataset.lead;
    this.find("counting").hidden = stage.counted || stage.phase !== "revealed";
    const isOver = stage.phase === "over";
    const wanted = JSON.stringify([isOver, stage.counted, stage.leaders]);
    if (list.dataset.shown === wanted) return; // what stands there moves only when it changes
    list.dataset.shown = wanted;
    list.classList.toggle("podium", isOver);
    const before = new Map([...list.children].map((row, place) => [row.dataset.who, place]));
    const rows = stage.leaders.map((leader) => this.leader(leader));
    list.replaceChildren(...rows);
    if (!isOver) this.climb(rows, before);
  }

  leader({ rank, name, gained, points }) {
    const { stage } = this;
    const row = this.clone("leader");
    row.dataset.who = name;
    row.classList.add(`place-${rank}`);
    row.querySelector(".rank").textContent = number(rank);
    row.querySelector(".who").textContent = name;
    row.querySelector(".gain").textContent = stage.phase !== "over" && stage.counted && gained ? `+${number(gained)}` : "";
    row.querySelector("b").textContent = number(points);
    return row;
  }

  /** Each goes from the place it had to the one it has. */
  climb(rows, before) {
    if (!before.size || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    rows.forEach((row, place) => {
      const by = (before.get(row.dataset.who) ?? before.size) - place;
      if (by) row.animate([{ translate: `0 ${by * 100}%` }, { translate: "0 0" }], { duration: CLIMB_MS, easing: "cubic-bezier(0.2, 0.7, 0.2, 1)" });
    });
  }

  fillHall(hall) {
    this.hall = hall;
    this.find("players").textContent = counted(this.words.players, hall.players);
    this.find("names").replaceChildren(...hall.names.map((name) => {
      const row = document.createElement("li");
      row.dir = "auto";
      row.textContent = name;
      return row;
    }));
    this.drawAnswers();
  }

  drawAnswers() {
    this.find("answers").textContent = this.stage.phase === "lobby" ? "" : counted(this.words.answers, this.hall.answers);
  }

  // The clock --------------------------------------------------------------------------------------------------------

  /** By whom this person must have answered; others see everybody's time. */
  get until() {
    return Date.parse(this.stage.closes_at);
  }

  count() {
    clearTimeout(this.timer);
    const clock = this.find("countdown");
    const isAsked = this.stage.phase === "asked";
    clock.hidden = !isAsked;
    if (!isAsked) return;
    const opens = Date.parse(this.stage.opens_at);
    const bar = this.find("bar");
    const left = this.find("left");
    const isOpen = this.now >= opens;
    if (isOpen && this.dataset.open !== String(this.stage.position)) {
      this.dataset.open = this.stage.position;
      this.opened();
    }
    const seconds = Math.max(0, Math.ceil(((isOpen ? this.until : opens) - this.now) / 1000));
    bar.max = (this.until - opens) / 1000;
    bar.value = isOpen ? Math.max(0, (this.until - this.now) / 1000) : bar.max;
    if (!isOpen) left.textContent = fill(this.stage.teams ? this.words.talk : this.words.ready, { count: number(seconds) });
    else left.textContent = seconds ? counted(this.words.left, seconds) : this.overWords;
    if (isOpen && SAID_AT.includes(seconds) && this.saidAt !== seconds) {
      this.saidAt = seconds;
      this.hurry(seconds);
    }
    this.timer = setTimeout(() => this.count(), 200);
  }

  /** Nobody reveals by mistake while somebody who has more time still thinks. */
  get overWords() {
    const more = Math.ceil((Date.parse(this.stage.last_at) - this.now) / 1000);
    return more > 0 ? counted(this.words.more, more) : this.words.over;
  }

  /** Answers are taken from now on. */
  opened() {
    if (this.stage.sheet) this.drawOptions(this.stage.sheet);
  }

  hurry() {}
}
