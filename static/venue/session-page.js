// <session-page> around the session's page: who is here, how it stands to now, theatre, the star, single-key shortcuts.
// Being joined to data-stage is what attendance is counted by. When the stage, or the session, stands otherwise than the
// page shows, the parts that depend on it are fetched anew; a stage whose picture (data-picture) is the same is left
// alone. data-next-at is when the schedule moves it on, data-now the server's clock, data-outside whence something else
// than our own may be loaded: that is settled when the page is loaded.

import { live } from "plenary/live/socket.js";
import { relabel } from "plenary/ui/local-time.js";
import { fetchModules } from "plenary/ui/modules.js";
import { number } from "plenary/ui/plural.js";
import { singleKeys } from "plenary/ui/single-keys.js";

const SPREAD_MS = 8_000;
const SPREAD_EACH_MS = 4; // for each person who is here: two switch at once, two thousand do not ask at once
const AGAIN_MS = 60_000;
const LONGEST_MS = 2 ** 31 - 1;
const SHUT = "plenary.shut";

function wasShutLately() {
  try {
    const last = Number(sessionStorage.getItem(SHUT));
    sessionStorage.setItem(SHUT, Date.now());
    return Date.now() - last < AGAIN_MS;
  } catch {
    return true;
  }
}

customElements.define("session-page", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    const version = Number(this.dataset.version);
    this.here = Number(this.dataset.peopleHere) || 0;
    this.skew = new Date(this.dataset.now) - Date.now();
    live.subscribe(this.dataset.stage, { version, onmessage: (stage) => this.stage(stage), onrefused: () => this.shut(), signal });
    live.subscribe(this.dataset.people, { version, onmessage: ({ here }) => this.inside(here), signal });
    live.subscribe(this.dataset.polls, { version, onmessage: () => dispatchEvent(new Event("plenary:next")), signal });
    this.addEventListener("polls", ({ target }) => this.polls(target), { signal });
    this.addEventListener("unread", (event) => this.badge("[data-unread]", event.detail.count), { signal });
    this.addEventListener("questions", (event) => this.badge("[data-asked]", event.detail.unanswered), { signal });
    this.addEventListener("submit", (event) => this.star(event), { signal });
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    singleKeys(this.querySelector("[data-single-keys]"), signal);
    this.hold(signal);
    this.minute = setInterval(() => this.tick(), 10_000);
    this.second = setInterval(() => this.count(), 1000);
    signal.addEventListener("abort", () => {
      for (const timer of [this.minute, this.second]) clearInterval(timer);
      clearTimeout(this.change);
    });
    fetchModules(this);
    this.plan();
    this.tick();
    this.count();
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  // On a phone the stage sticks on top, as high as its picture, captions and buttons are; the tabs stick below it.
  hold(signal) {
    const stage = this.querySelector("#stage");
    const measured = new ResizeObserver(() => {
      const held = getComputedStyle(stage).position === "sticky" ? stage.offsetHeight : 0;
      document.documentElement.style.setProperty("--held", `${held}px`);
    });
    measured.observe(stage);
    signal.addEventListener("abort", () => measured.disconnect());
  }

  get now() {
    return Date.now() + this.skew;
  }

  inside(here) {
    this.here = here;
    this.badge("[data-inside]", here);
  }

  badge(selector, count) {
    const badge = this.querySelector(selector);
    if (!badge) return;
    badge.textContent = number(count);
    badge.hidden = !count;
  }

  polls(list) {
    if (!list.closest("#polls")) return;
    const open = [...list.querySelectorAll('live-poll[data-state="open"]')];
    this.badge("[data-open-polls]", open.length);
    const strip = this.querySelector("[data-to-poll]");
    strip.hidden = open.length === 0;
    if (open.length) strip.querySelector("[data-poll-question]").textContent = open[0].querySelector("[data-question]").textContent;
  }

  stage(stage) {
    const { phase, picture, startsAt, endsAt } = this.dataset;
    if (stage.status !== phase || stage.picture !== picture || stage.starts_at !== startsAt || stage.ends_at !== endsAt) this.soon();
  }

  /** Who was in it may no longer be: the page at its door says why. Not all of them ask for that at once, and where the
   * page lets in whom the topic refuses, nobody asks over and over. */
  shut() {
    if (!wasShutLately()) setTimeout(() => location.reload(), Math.random() * SPREAD_MS);
  }

  plan() {
    clearTimeout(this.change);
    const next = { upcoming: this.dataset.startsAt, running: this.dataset.endsAt }[this.dataset.phase];
    const moments = [next, this.dataset.nextAt].map((at) => new Date(at || NaN) - this.now).filter((wait) => wait > -1000);
    const wait = Math.max(0, Math.min(...moments));
    // Nobody's page asks before that very second; who was here for the beginning sees it begin.
    if (wait < LONGEST_MS) this.change = setTimeout(() => this.soon(), wait + 200);
  }

  /** The more people are here, the less they may all ask at once. */
  soon() {
    clearTimeout(this.change);
    this.change = setTimeout(() => this.refresh(), Math.random() * Math.min(SPREAD_MS, this.here * SPREAD_EACH_MS));
  }

  async refresh() {
    let response;
    try {
      response = await fetch(location.pathname, { signal: this.stop.signal });
    } catch {
      this.change = setTimeout(() => this.refresh(), 20_000);
      return;
    }
    const fresh = response.ok && new DOMParser().parseFromString(await response.text(), "text/html").querySelector("session-page");
    if (!fresh) return;
    if (fresh.dataset.outside && fresh.dataset.outside !== this.dataset.outside) {
      location.reload();
      return;
    }
    for (const part of this.querySelectorAll("#stage, .about")) {
      const same = part.id === "stage" && fresh.dataset.picture === this.dataset.picture;
      if (!same) part.replaceChildren(...fresh.querySelector(`[data-part="${part.dataset.part}"]`).childNodes);
    }
    for (const name of ["phase", "picture", "nextAt", "startsAt", "endsAt", "now"]) this.dataset[name] = fresh.dataset[name];
    this.skew = new Date(this.dataset.now) - Date.now();
    fetchModules(this);
    relabel(this);
    this.plan();
  }

  /** Seconds to the beginning, in the last hour before it. */
  count() {
    const place = this.querySelector("[data-countdown]");
    if (!place) return;
    const left = Math.ceil((new Date(this.dataset.startsAt) - this.now) / 1000);
    place.hidden = left < 0 || left > 3600;
    place.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }

  tick() {
    const { now } = this;
    const minutes = (until) => Math.max(0, Math.ceil((new Date(until) - now) / 60_000));
    const left = this.querySelector("[data-left]");
    if (left && minutes(this.dataset.endsAt) < 120) left.textContent = left.textContent.replace(/\d+/, minutes(this.dataset.endsAt));
    const begins = this.querySelector("[data-begins]");
    if (begins && minutes(this.dataset.startsAt) < 100) begins.textContent = begins.textContent.replace(/\d+/, minutes(this.dataset.startsAt));
  }

  async star(event) {
    const form = event.target.closest("#star");
    if (!form) return;
    event.preventDefault();
    const { kept, clash, failed } = this.dataset;
    const { keepStar } = await import("plenary/tracks/star.js");
    keepStar(form.querySelector("button"), form, { kept, clash, failed });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const at = document.activeElement;
    if (at?.matches("input:not([type=radio], [type=checkbox], [type=range]), textarea, select, [contenteditable]")) return;
    if (document.documentElement.dataset.keys === "off" && event.key !== "?") return;
    const verb = { c: this.write, q: this.ask, v: this.vote, t: this.theatre, "?": this.help }[event.key.toLowerCase()];
    if (!verb) return;
    event.preventDefault();
    verb.call(this);
  }

  write() {
    this.querySelector("tab-set").open?.("chat");
    this.querySelector("#chat textarea")?.focus();
  }

  ask() {
    this.querySelector("tab-set").open?.("questions");
    this.querySelector("#questions textarea")?.focus();
  }

  vote() {
    const rising = this.querySelector(".rise input[type=radio]");
    if (rising?.checkVisibility()) {
      rising.focus();
      return;
    }
    this.querySelector("tab-set").open?.("polls");
    this.querySelector("#polls :is(input[type=radio], summary, a, button)")?.focus();
  }

  // A player on the stage has its own button and key for it.
  theatre() {
    if (!this.querySelector("video-player")) document.documentElement.toggleAttribute("data-theatre");
  }

  help() {
    this.querySelector("#keys").togglePopover();
  }
});
