// <moderation-queue>: the moderators' lists under pressure. Single keys act on the line that is marked; what was chosen is
// done at once; what comes over the socket is added below what is being read. Everything also works as plain forms.
//
// J K go, X chooses, A lets through (or: nothing wrong), R rejects (or removes), M opens the person, Z takes back. They can
// be switched off.

import { post, takeBackLatest } from "plenary/chat/acts.js";
import { live } from "plenary/live/socket.js";
import { singleKeys } from "plenary/ui/single-keys.js";
import { say } from "plenary/ui/toast.js";

const PAUSE_MS = 400;

customElements.define("moderation-queue", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.addEventListener("submit", (event) => this.submit(event), { signal });
    this.addEventListener("change", (event) => this.choose(event), { signal });
    this.addEventListener("focusin", (event) => this.mark(event.target.closest("[data-item]")), { signal });
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    this.letters = singleKeys(this.querySelector("[data-single-keys]"), signal);
    document.addEventListener("moderated", () => this.refresh(), { signal });
    this.count();
    if (!this.dataset.topic) return;
    live.subscribe(this.dataset.topic, {
      version: Number(this.dataset.version),
      onmessage: (queue) => this.hear(queue),
      signal,
    });
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.later);
  }

  get items() {
    return [...this.querySelectorAll("[data-item]:not(.leaving)")];
  }

  hear({ waiting, reported }) {
    const badge = document.querySelector("[data-waits]");
    if (Number(badge.textContent) < waiting + reported) this.querySelector("[data-said]").textContent = this.dataset.came;
    badge.textContent = waiting + reported;
    badge.classList.toggle("new", waiting + reported > 0);
    this.refresh();
  }

  /** Reads the lists anew; what is marked, chosen and focused stays so. */
  refresh() {
    clearTimeout(this.later);
    this.later = setTimeout(() => this.read(), PAUSE_MS);
  }

  async read() {
    if (!this.dataset.topic) return;
    let fresh;
    try {
      const response = await fetch(location.href, { signal: this.stop.signal });
      if (!response.ok) return;
      fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    } catch {
      return;
    }
    const chosen = new Set([...this.querySelectorAll("[name=messages]:checked")].map((box) => box.value));
    const at = this.querySelector(".at")?.dataset.item;
    const place = this.items.findIndex((item) => item.dataset.item === at);
    const had = this.contains(document.activeElement);
    for (const part of document.querySelectorAll("[data-part]")) {
      const replacement = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
      if (replacement) part.replaceWith(document.adoptNode(replacement));
    }
    for (const box of this.querySelectorAll("[type=checkbox][name=messages]")) box.checked = chosen.has(box.value);
    this.count();
    if (place < 0) return;
    const { items } = this;
    const next = items.find((item) => item.dataset.item === at) ?? items[Math.min(place, items.length - 1)];
    this.mark(next ?? null);
    if (had) next?.focus({ preventScroll: true });
  }

  // Doing --------------------------------------------------------------------------------------------------------

  async submit(event) {
    event.preventDefault();
    const form = event.target;
    const { submitter } = event;
    if (form.id === "bulk" && !new FormData(form).has("messages")) return;
    const leaving = form.id === "bulk"
      ? [...this.querySelectorAll("[name=messages]:checked")].map((box) => box.closest("[data-item]"))
      : [form.closest("[data-item]")].filter(Boolean);
    const posted = post(form, submitter, this.dataset);
    this.step(1, leaving);
    for (const item of leaving) item.classList.add("leaving");
    const { done, message } = await posted;
    if (!done) {
      for (const item of leaving) item.classList.remove("leaving");
      say(message, { bad: true });
    }
    if (done && !this.dataset.topic) location.reload();
    this.refresh();
  }

  choose(event) {
    if (event.target.matches("[data-all]")) {
      for (const box of this.querySelectorAll("[type=checkbox][name=messages]")) box.checked = event.target.checked;
    }
    this.count();
  }

  count() {
    const bar = this.querySelector("[data-bulk]");
    if (!bar) return;
    const chosen = this.querySelectorAll("[name=messages]:checked").length;
    bar.hidden = chosen === 0;
    const words = bar.querySelector("[data-chosen]");
    words.textContent = words.dataset.words.replace("%(count)s", chosen);
  }

  // Keys ---------------------------------------------------------------------------------------------------------

  key(event) {
    const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, dialog[open], [popover]");
    if (!this.letters.on || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    const at = this.querySelector(".at");
    if (key === "j" || key === "k") this.step(key === "j" ? 1 : -1);
    else if (key === "z") takeBackLatest();
    else if (key === "x" && at) at.querySelector("[type=checkbox]")?.click();
    else if (at && /^[arm]$/.test(key)) at.querySelector(`[data-key="${key}"]`)?.click();
    else return;
    event.preventDefault();
  }

  step(by, without = []) {
    const { items } = this;
    const from = items.indexOf(this.querySelector(".at"));
    let to = from < 0 ? (by > 0 ? 0 : items.length - 1) : from + by;
    while (items[to] && without.includes(items[to])) to += by;
    const next = items[Math.max(0, Math.min(to, items.length - 1))];
    if (!next || without.includes(next)) return;
    this.mark(next);
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  mark(item) {
    for (const other of this.querySelectorAll(".at")) if (other !== item) other.classList.remove("at");
    item?.classList.add("at");
  }
});
