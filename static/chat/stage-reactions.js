// <stage-reactions>: the audience's reactions (templates/chat/reactions.html, {% stage_reactions %}). A press is sent at
// once; everybody's sums come back together, and what was added floats up in the element with the id in data-over.

import { live } from "plenary/live/socket.js";
import { number } from "plenary/ui/plural.js";

const MOST_FLOATING = 24;
const MOST_AT_ONCE = 6;
const FLOAT_MS = 2600;
const still = matchMedia("(prefers-reduced-motion: reduce)");

customElements.define("stage-reactions", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.counts = null;
    this.own = {};
    this.buttons = new Map([...this.querySelectorAll("button[name=kind]")].map((button) => [button.value, button]));
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
      await live.send("chat.react", { room: Number(this.dataset.room), kind });
    } catch {
      // Too many, or away: applause is not worth an error.
      this.own[kind] -= 1;
    }
  }

  show(counts) {
    for (const [kind, button] of this.buttons) {
      const count = counts[kind] ?? 0;
      const added = this.counts ? count - (this.counts[kind] ?? 0) : 0;
      const mine = Math.min(this.own[kind] ?? 0, Math.max(0, added));
      this.own[kind] = (this.own[kind] ?? 0) - mine;
      button.querySelector("[data-count]").textContent = count ? number(count) : "";
      for (let i = 0; i < Math.min(added - mine, MOST_AT_ONCE); i += 1) this.float(kind, i * 120);
    }
    this.counts = counts;
  }

  float(kind, delay = 0) {
    const over = document.getElementById(this.dataset.over) ?? this;
    if (still.matches || document.hidden || over.querySelectorAll(".floating").length >= MOST_FLOATING) return;
    const icon = this.buttons.get(kind).querySelector("svg").cloneNode(true);
    icon.classList.add("floating");
    icon.style.setProperty("inset-inline-end", `${4 + Math.random() * 12}%`);
    over.append(icon);
    const sway = (Math.random() - 0.5) * 60;
    icon.animate(
      [
        { opacity: 0, transform: "translate(0, 0) scale(0.6)" },
        { opacity: 1, transform: `translate(${sway * 0.3}px, -3rem) scale(1)`, offset: 0.15 },
        { opacity: 0, transform: `translate(${sway}px, -11rem) scale(1)` },
      ],
      { duration: FLOAT_MS, delay, easing: "ease-out", fill: "backwards" },
    ).finished.finally(() => icon.remove());
  }
});
