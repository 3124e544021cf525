// <question-desk>: the lists of those who run a session's questions (templates/questions/desk.html). Forms are posted by
// the script, and the lists read anew when anything changed; a line that is being worked on stays as it is.

import { live } from "plenary/live/socket.js";
import { relabel } from "plenary/ui/local-time.js";
import { say } from "plenary/ui/toast.js";

const PAUSE_MS = 1000;

/** Posts a form, and says what was done or why not: beside its field, where it has one. True where it was done. */
export async function post(form, submitter, failed) {
  const body = new FormData(form, submitter);
  body.delete("next");
  try {
    const response = await fetch(submitter?.getAttribute("formaction") || form.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(15_000),
    });
    const answer = await response.json();
    const field = form.elements[answer.field];
    note(form, response.ok ? null : field, answer.title);
    if (response.ok || !field?.setAttribute) say(response.ok ? answer.said : answer.title || failed, { bad: !response.ok });
    return response.ok;
  } catch {
    say(failed, { bad: true });
    return false;
  }
}

/** Why what stands in a field was not taken, under it and said; without a field, nothing any more. */
function note(form, field, words) {
  for (const line of form.querySelectorAll(".error")) line.remove();
  for (const wrong of form.querySelectorAll("[aria-invalid]")) wrong.removeAttribute("aria-invalid");
  if (!field?.setAttribute) return;
  const line = Object.assign(document.createElement("p"), { className: "error", id: `${field.id}-error`, textContent: words });
  line.setAttribute("role", "alert");
  field.after(line);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", line.id);
  field.focus();
}

customElements.define("question-desk", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    const { log, desk, heard, version } = this.dataset;
    this.addEventListener("submit", (event) => this.submit(event), { signal });
    this.addEventListener("toggle", (event) => this.offer(event.target), { signal, capture: true });
    live.subscribe(log, { seq: Number(heard), onmessage: () => this.later(), onreset: () => this.later(), signal });
    live.subscribe(desk, {
      version: Number(version),
      onmessage: ({ held }) => {
        if (held) this.querySelector("[data-said]").textContent = this.dataset.came;
        this.later();
      },
      signal,
    });
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.timer);
  }

  async submit(event) {
    if (event.target.method !== "post" || "whole" in event.target.dataset) return;
    event.preventDefault();
    const line = (event.submitter ?? event.target).closest("[data-line]");
    if (!await post(event.target, event.submitter, this.dataset.failed)) return;
    line?.querySelector("details[open]")?.removeAttribute("open");
    this.refresh();
  }

  /** The questions that another may be joined with: filled in when somebody opens the form. */
  offer(details) {
    const select = details.open && details.querySelector("[data-targets]");
    if (!select || "filled" in select.dataset) return;
    select.dataset.filled = "";
    select.replaceChildren(select.options[0]);
    const own = details.closest("[data-line]").dataset.line;
    for (const option of this.querySelector("[data-all-targets]").content.cloneNode(true).children) {
      if (option.value !== own) select.append(option.cloneNode(true));
    }
    this.likely(select, own, details.closest("[data-line]").querySelector(".ask-text").textContent);
  }

  /** What may ask the same stands first among them. */
  async likely(select, own, text) {
    try {
      const address = `${this.dataset.similar}?${new URLSearchParams({ q: text.slice(0, 300) })}`;
      const response = await fetch(address, { headers: { Accept: "application/json" }, signal: this.stop.signal });
      const found = response.ok ? await response.json() : [];
      const others = found.filter(({ question }) => String(question.id) !== own);
      if (!others.length) return;
      const group = Object.assign(document.createElement("optgroup"), { label: this.dataset.likely });
      group.append(...others.map(({ question }) => new Option(question.text, question.id)));
      select.options[0].after(group);
    } catch {
      // Offline, or gone: the list is there without them.
    }
  }

  later() {
    this.timer ??= setTimeout(() => { this.timer = null; this.refresh(); }, PAUSE_MS);
  }

  async refresh() {
    // A page that shows what was not taken is no list to read anew.
    if ("still" in this.dataset) return;
    let fresh;
    try {
      const response = await fetch(location.href, { signal: this.stop.signal });
      if (!response.ok) return;
      fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    } catch {
      return;
    }
    const at = document.activeElement?.closest("[data-line]")?.dataset.line;
    for (const part of this.querySelectorAll("[data-part]")) {
      if (part.querySelector("details[open]")) continue;
      const replacement = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
      if (replacement) part.replaceWith(document.adoptNode(replacement));
    }
    relabel(this);
    if (at && !this.contains(document.activeElement)) this.querySelector(`[data-line="${at}"] button`)?.focus({ preventScroll: true });
  }
});
