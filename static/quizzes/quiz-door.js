// <quiz-door data-topic data-session data-game data-style>: the quiz of a session beside its stage
// (templates/quizzes/panel.html). When one begins its game is fetched into [data-place]. The tab [data-quiz-tab] and the
// strip [data-to-quiz] of the page are shown while one can be played; who plays already finds each question opened.

import { live } from "plenary/live/socket.js";
import { inLanguage } from "plenary/ui/language.js";

const SPREAD_MS = 1500;
const AGAIN_MS = 2000;
const MOST_TRIES = 7;

customElements.define("quiz-door", class extends HTMLElement {
  connectedCallback() {
    if (this.stop) return;
    this.stop = new AbortController();
    const { signal } = this.stop;
    const version = Number(this.dataset.version);
    live.subscribe(this.dataset.topic, { version, onmessage: (games) => this.listed(games), signal });
    this.addEventListener("quiz-asked", () => this.open(), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.waiting));
    if (this.dataset.game) import("plenary/quizzes/quiz-play.js");
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.stop.abort();
      this.stop = null;
    });
  }

  listed(games) {
    const game = games.find((one) => one.session === Number(this.dataset.session));
    const strip = document.querySelector("[data-to-quiz]");
    if (strip) {
      strip.hidden = !game;
      if (game) strip.querySelector("[data-quiz-title]").textContent = inLanguage(game.title);
    }
    const tab = document.querySelector("[data-quiz-tab]");
    if (tab) {
      tab.hidden &&= !game;
      tab.querySelector("[data-quiz-on]").hidden = !game;
    }
    if (!game || this.dataset.game === String(game.game)) return;
    clearTimeout(this.waiting);
    // Everybody in the session hears of it at the same moment.
    this.waiting = setTimeout(() => this.fetch(game), Math.random() * SPREAD_MS);
  }

  async fetch({ game, url }, tries = 1) {
    let response;
    try {
      response = await fetch(url, { headers: { "X-Part": "game" }, signal: this.stop.signal });
    } catch {
      this.again({ game, url }, tries);
      return;
    }
    if (response.status === 429 || response.status >= 500) this.again({ game, url }, tries, response);
    if (!response.ok || response.redirected) return;
    const part = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("quiz-play");
    if (!part) return;
    this.dataset.game = game;
    if (!this.querySelector("link")) {
      this.prepend(Object.assign(document.createElement("link"), { rel: "stylesheet", href: this.dataset.style }));
    }
    this.querySelector("[data-place]").replaceChildren(part);
    await import("plenary/quizzes/quiz-play.js");
  }

  /** Who was turned away in the crowd comes back after a while, each time a longer one; and not for ever, since the
   * list says with each step of the game that it is on. */
  again(wanted, tries, response) {
    if (tries >= MOST_TRIES || !this.stop) return;
    const asked = 1000 * (Number(response?.headers.get("Retry-After")) || 0);
    const wait = Math.max(asked, AGAIN_MS * 2 ** (tries - 1));
    this.waiting = setTimeout(() => this.fetch(wanted, tries + 1), wait * (1 + Math.random()));
  }

  /** Never away from somebody who is writing. */
  open() {
    const at = document.activeElement;
    if (at?.matches("input, textarea, select") && !this.contains(at)) return;
    this.closest("tab-set")?.open(this.closest("[role=tabpanel]")?.id ?? "", { quietly: true });
  }
});
