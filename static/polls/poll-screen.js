// <poll-screen>: a screen that everybody looks at (templates/polls/screen.html), with a poll and perhaps another one beside
// it. Whoever stands at the keyboard runs them by single keys, which can be switched off.

import { live } from "plenary/live/socket.js";
import "plenary/polls/poll-panel.js";
import { replace } from "plenary/polls/keeping.js";
import { call } from "plenary/ui/api.js";
import { singleKeys } from "plenary/ui/single-keys.js";

const KEYS = { o: "open", c: "close", l: "lock", r: "reveal", x: "extend" };
const SAID_MS = 6000;
const AGAIN_MS = 2000;
const MOST_AGAIN = 5;
const UNDO = { lock: ["locked", "unlock"], reveal: ["revealed", "hide"] };

customElements.define("poll-screen", class extends HTMLElement {
  connectedCallback() {
    if (this.stop) return;
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.words = JSON.parse(this.dataset.words);
    live.subscribe(this.dataset.list, { version: Number(this.dataset.version), onmessage: (polls) => this.hear(polls), signal });
    document.addEventListener("keydown", (event) => this.press(event), { signal });
    this.letters = singleKeys(this.querySelector("[data-single-keys]"), signal);
    for (const button of this.querySelectorAll("[data-do]")) button.addEventListener("click", () => this.run(button.dataset.do), { signal });
    this.querySelector("[data-full]").addEventListener("click", () => this.fill(), { signal });
    this.querySelector("[data-turn]").addEventListener("click", () => this.turn(), { signal });
    this.beside = this.querySelector("main").dataset.beside;
    this.mark(0);
  }

  disconnectedCallback() {
    this.stop?.abort();
    this.stop = null;
    clearTimeout(this.saying);
    clearTimeout(this.waiting);
  }

  get panels() {
    return [...this.querySelectorAll("poll-panel")];
  }

  // Which polls stand there --------------------------------------------------------------------------------------

  /** Of those that do not stand there one was opened or closed. What stands there stays, also when it is closed. */
  hear(polls) {
    const shown = this.panels.map((panel) => Number(panel.dataset.poll));
    const others = polls.filter(({ id, state }) => state === "open" && !shown.includes(id)).map(({ id }) => id);
    const known = JSON.parse(this.dataset.turns).filter((id) => !shown.includes(id));
    if (others.length !== known.length || others.some((id) => !known.includes(id))) this.refresh();
  }

  /** The next of the other open ones beside it, and after the last none. */
  turn() {
    const turns = [...JSON.parse(this.dataset.turns), 0];
    this.beside = turns[(turns.indexOf(Number(this.beside ?? 0)) + 1) % turns.length];
    this.refresh(() => this.say(this.words.failed));
  }

  /** The page once more: leaving it would end a full screen. Only what was asked for last is shown. */
  async refresh(failed = () => {}, tries = 0) {
    clearTimeout(this.waiting);
    this.fetching?.abort();
    this.fetching = new AbortController();
    const signal = AbortSignal.any([this.fetching.signal, this.stop.signal]);
    const address = new URL(location);
    if (this.beside !== undefined) address.searchParams.set("beside", this.beside);
    let fresh;
    try {
      const response = await fetch(address, { signal });
      if (response.status >= 500) throw new Error(response.statusText);
      if (!response.ok || response.redirected) return;
      fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("poll-screen");
    } catch {
      if (signal.aborted) return;
      failed();
      if (tries < MOST_AGAIN) this.waiting = setTimeout(() => this.refresh(undefined, tries + 1), AGAIN_MS * 2 ** tries);
      return;
    }
    history.replaceState(null, "", address);
    this.exchange(fresh);
  }

  /** Other polls stand there now. Of those that stay the time runs on, and the keys run the same one. */
  exchange(fresh) {
    const [main, next] = [this, fresh].map((screen) => screen.querySelector("main"));
    const before = new Map(this.panels.map((panel) => [panel.dataset.poll, panel]));
    const marked = this.querySelector("poll-panel[data-at]")?.dataset.poll;
    for (const panel of next.querySelectorAll("poll-panel")) panel.whole = before.get(panel.dataset.poll)?.whole;
    next.querySelector("[data-said]").textContent = this.querySelector("[data-said]").textContent;
    this.dataset.turns = fresh.dataset.turns;
    this.beside = next.dataset.beside ?? this.beside;
    main.className = next.className;
    replace(main, document.adoptNode(next));
    this.mark(Math.max(0, this.panels.findIndex((panel) => panel.dataset.poll === marked)));
  }

  /** Which of two the keys run. */
  mark(place) {
    const { panels } = this;
    for (const [at, panel] of panels.entries()) panel.toggleAttribute("data-at", panels.length > 1 && at === place);
  }

  // What is done -------------------------------------------------------------------------------------------------

  press(event) {
    if (!this.letters.on || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    const key = event.key.toLowerCase();
    if (key === "?") this.querySelector("#keys").togglePopover();
    else if (key === "f") this.fill();
    else if (key === "n") this.turn();
    else if (key === "1" || key === "2") this.mark(Math.min(Number(key), this.panels.length) - 1);
    else if (KEYS[key]) this.run(KEYS[key]);
    else return;
    event.preventDefault();
  }

  fill() {
    document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.();
  }

  async run(deed) {
    const [flag, back] = UNDO[deed] ?? [];
    const { dataset } = this.querySelector("poll-panel[data-at]") ?? this.querySelector("poll-panel");
    // More time for what has no end would be an end.
    if (deed === "extend" && dataset.state === "open" && !dataset.closesAt) {
      this.say(this.words.untimed);
      return;
    }
    try {
      await call("POST", dataset.run, { do: flag && flag in dataset ? back : deed });
    } catch (error) {
      this.say(error.message || this.words.failed);
    }
  }

  say(words) {
    clearTimeout(this.saying);
    this.querySelector("[data-said]").textContent = words;
    this.saying = setTimeout(() => this.say(""), SAID_MS);
  }
});
