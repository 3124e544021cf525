// <stage-desk>: the control page of a session's stage (templates/tracks/stage.html). Presses are sent by the script, and
// how the stage stands is read anew whenever it moved, by whomever. Letters press too, and can be switched off. data-topic:
// the stage; data-people: how many are there; data-green-room: who waits to go on stage, if it has one, and data-glimpses:
// how they look and sound. Everything also works as plain forms.

import { live } from "plenary/live/socket.js";
import { showGlimpses, takeAlong } from "plenary/media/green-glimpses.js";
import { relabel } from "plenary/ui/local-time.js";
import { number } from "plenary/ui/plural.js";
import { singleKeys } from "plenary/ui/single-keys.js";
import { say } from "plenary/ui/toast.js";

const PAUSE_MS = 150;

customElements.define("stage-desk", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    const version = Number(this.dataset.version);
    live.subscribe(this.dataset.topic, { version, onmessage: () => this.later(), signal });
    const room = this.dataset.greenRoom;
    if (room) live.subscribe(room, { version, onmessage: () => this.later(), signal });
    const glimpses = this.dataset.glimpses;
    if (glimpses) live.subscribe(glimpses, { version, onmessage: (told) => this.glimpse(told), signal });
    live.subscribe(this.dataset.people, {
      version,
      onmessage: ({ here }) => { this.querySelector("[data-here]").textContent = number(here); },
      signal,
    });
    this.addEventListener("submit", (event) => this.submit(event), { signal });
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    const box = this.querySelector("[data-single-keys]");
    this.letters = box ? singleKeys(box, signal) : { on: false };
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.timer);
  }

  glimpse(told) {
    this.glimpses = told;
    showGlimpses(this, told);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !this.letters.on) return;
    if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [popover]")) return;
    const key = event.key.toLowerCase();
    const button = /^[a-z]$/.test(key) && this.querySelector(`[data-key="${key}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  }

  async submit(event) {
    if ("whole" in event.target.dataset) return;
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    const { target: form, submitter } = event;
    submitter?.setAttribute("aria-busy", "true");
    await this.send(form, submitter);
    await this.refresh();
    this.busy = false;
  }

  async send(form, submitter) {
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: new FormData(form, submitter),
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(15_000),
      });
      const answer = await response.json();
      say(response.ok ? answer.said : answer.title || this.dataset.failed, { bad: !response.ok });
    } catch {
      say(this.dataset.failed, { bad: true });
    }
  }

  later() {
    this.timer ??= setTimeout(() => { this.timer = null; this.refresh(); }, PAUSE_MS);
  }

  async refresh() {
    let fresh;
    try {
      const response = await fetch(location.pathname, { signal: this.stop.signal });
      if (!response.ok) return;
      fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("stage-desk");
    } catch {
      return;
    }
    if (!fresh) return;
    const held = document.activeElement?.closest("[data-part] button");
    const name = held && this.contains(held) ? { to: held.value, key: held.dataset.key, part: held.closest("[data-part]").dataset.part } : null;
    for (const part of this.querySelectorAll("section[data-part]")) {
      const becomes = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
      if (becomes) takeAlong(part, becomes);
      part.replaceChildren(...(becomes?.childNodes ?? []));
    }
    if (this.glimpses) showGlimpses(this, this.glimpses);
    relabel(this);
    if (name) this.focusAgain(name);
  }

  /** Who pressed with the keyboard goes on from there. */
  focusAgain({ to, key, part }) {
    const own = this.querySelectorAll(`[data-part="${part}"] button`);
    const buttons = [...own, ...this.querySelectorAll("[data-part] button")].filter((button) => button.checkVisibility());
    (buttons.find((button) => (to ? button.value === to : button.dataset.key === key)) ?? buttons[0])?.focus();
  }
});
