// <backstage-lines>: what is said in a green room (templates/tracks/backstage.html), on the speakers' page and on the
// producer's. data-topic: the lines; data-room: who is there, and can be meant. Without this script the form says it, and
// the page shows it when it is loaded again. Dispatches "cue" with each new line of the producer (detail: the line), for
// a page that shows it large.

import { live } from "plenary/live/socket.js";
import { say } from "plenary/ui/toast.js";

customElements.define("backstage-lines", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    const version = Number(this.dataset.version);
    live.subscribe(this.dataset.topic, { version, onmessage: ({ lines }) => this.told(lines), signal });
    if (this.choice) live.subscribe(this.dataset.room, { version, onmessage: (room) => this.choose(room), signal });
    this.addEventListener("submit", (event) => this.submit(event), { signal });
    this.toEnd();
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  get list() { return this.querySelector("[data-part=lines]"); }
  get choice() { return this.querySelector("select[name=to]"); }

  /** Lines that stand there are left alone: what is read aloud is what came. */
  told(lines) {
    const there = new Map([...this.list.children].map((row) => [Number(row.dataset.line), row]));
    const kept = new Set(lines.map((line) => line.id));
    for (const [id, row] of there) if (!kept.has(id)) row.remove();
    const fresh = lines.filter((line) => !there.has(line.id));
    this.list.append(...fresh.map((line) => this.row(line)));
    this.querySelector("[data-part=none]").hidden = lines.length > 0;
    if (fresh.length) this.toEnd();
    for (const line of fresh) {
      if (line.is_from_desk) this.dispatchEvent(new CustomEvent("cue", { bubbles: true, detail: line }));
    }
  }

  toEnd() {
    const log = this.list.parentElement;
    log.scrollTop = log.scrollHeight;
  }

  row(line) {
    const row = this.querySelector("template[data-part=line]").content.cloneNode(true).firstElementChild;
    row.dataset.line = line.id;
    row.classList.toggle("from-desk", line.is_from_desk);
    row.querySelector("[data-by]").textContent = line.by;
    row.querySelector("[data-desk]").hidden = !line.is_from_desk;
    row.querySelector("[data-to]").hidden = !line.to;
    row.querySelector("[data-to-name]").textContent = line.to_name;
    row.querySelector("[data-text]").textContent = line.text;
    return row;
  }

  choose({ contributors }) {
    const { value } = this.choice;
    const [everybody] = this.choice.options;
    this.choice.replaceChildren(everybody, ...contributors.map(({ id, name }) => new Option(name, id)));
    this.choice.value = contributors.some(({ id }) => String(id) === value) ? value : "";
  }

  async submit(event) {
    event.preventDefault();
    event.stopPropagation(); // the page around it has forms of another kind
    const { target: form } = event;
    if (this.busy) return;
    this.busy = true;
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(15_000),
      });
      const answer = await response.json();
      if (response.ok) form.elements.text.value = "";
      else say(answer.title || this.dataset.failed, { bad: true });
    } catch {
      say(this.dataset.failed, { bad: true });
    } finally {
      this.busy = false;
    }
  }
});
