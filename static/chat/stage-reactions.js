// <stage-reactions>: the audience's reactions (templates/chat/reactions.html, {% stage_reactions %}). A press is sent at
// once; everybody's sums come together, a few times a second, and what was added floats up in the element with the id
// in data-over: a few for a few, more and larger for a crowd, never one for each. With reduced motion only the numbers
// move. Nothing is read out by itself, over the speaker: a button says its number when it is reached.

import { live } from "plenary/live/socket.js";
import { number } from "plenary/ui/plural.js";

const MOST_FLOATING = 24;
const MOST_AT_ONCE = 8;
const TICK_MS = 500;
const FLOAT_MS = 2600;
const CROWD = 20;
const still = matchMedia("(prefers-reduced-motion: reduce)");

customElements.define("stage-reactions", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.counts = null;
    this.own = {};
    this.buttons = new Map([...this.querySelectorAll("button[name=kind]")].map((button) => [button.value, button]));
    for (const button of this.buttons.values()) {
      button.addEventListener("focus", () => this.name(button), { signal });
      // A key that is held down is one wish.
      button.addEventListener("keydown", (event) => { if (event.repeat) event.preventDefault(); }, { signal });
    }
    this.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.react(event.submitter.value);
    }, { signal });
    live.subscribe(this.dataset.topic, {
      version: Number(this.dataset.version),
      onmessage: (counts) => this.show(counts),
      signal,
    });
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  async react(kind) {
    this.own[kind] = (this.own[kind] ?? 0) + 1;
    this.float(kind);
    try {
      await live.send("chat.react", { room: Number(this.dataset.room), kind }, { fleeting: true });
    } catch {
      // Too many, or away: applause is not worth an error.
      this.own[kind] = Math.max(0, this.own[kind] - 1);
    }
  }

  show(counts) {
    for (const [kind, button] of this.buttons) {
      const count = counts[kind] ?? 0;
      const added = this.counts ? Math.max(0, count - (this.counts[kind] ?? 0)) : 0;
      const mine = Math.min(this.own[kind] ?? 0, added);
      this.own[kind] = (this.own[kind] ?? 0) - mine;
      button.querySelector("[data-count]").textContent = count ? number(count) : "";
      if (added > mine) this.rise(kind, added - mine);
    }
    this.counts = counts;
  }

  /** The number is part of a button's name from when it is reached, so that it does not speak while it is held. */
  name(button) {
    const count = this.counts?.[button.value] ?? Number(button.dataset.start ?? 0);
    button.setAttribute("aria-label", count ? `${button.title}: ${number(count)}` : button.title);
  }

  /** What others added in one tick: as many as they were while they are few, then by the size of the crowd. */
  rise(kind, added) {
    const shown = Math.min(MOST_AT_ONCE, added <= 3 ? added : Math.round(2 + Math.log2(added)));
    for (let i = 0; i < shown; i += 1) this.float(kind, (i + Math.random() * 0.6) * (TICK_MS / shown), added >= CROWD);
  }

  float(kind, delay = 0, isCrowd = false) {
    const over = document.getElementById(this.dataset.over) ?? this;
    if (still.matches || document.hidden || over.querySelectorAll(".floating").length >= MOST_FLOATING) return;
    const icon = this.buttons.get(kind).querySelector("svg").cloneNode(true);
    icon.classList.add("floating");
    icon.style.setProperty("inset-inline-end", `${4 + Math.random() * (isCrowd ? 24 : 12)}%`);
    over.append(icon);
    const sway = (Math.random() - 0.5) * 60;
    const size = isCrowd ? 1.1 + Math.random() * 0.6 : 1;
    icon.animate(
      [
        { opacity: 0, transform: "translate(0, 0) scale(0.6)" },
        { opacity: 0.95, transform: `translate(${sway * 0.3}px, -3rem) scale(${size})`, offset: 0.15 },
        { opacity: 0, transform: `translate(${sway}px, ${-10 - Math.random() * 4}rem) scale(${size})` },
      ],
      { duration: FLOAT_MS, delay, easing: "ease-out", fill: "backwards" },
    ).finished.finally(() => icon.remove());
  }
});
