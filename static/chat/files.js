// Pictures and PDFs that go with a message: chosen, dropped or pasted, carried to the server at once, and shown in a
// tray with their progress; for each picture there is a line to describe it.

import { failure } from "plenary/ui/api.js";
import { fill } from "plenary/ui/fill.js";

const MOST = 4;
const WAIT_MS = 120_000;

export class Files {
  ready = []; // { key, name, kind, alt }

  constructor(room, form, signal) {
    this.room = room;
    this.form = form;
    this.tray = form.querySelector("[data-tray]");
    this.input = form.querySelector("[data-choose]");
    this.running = new Set();
    if (!this.input) return;
    const take = (list) => [...list].forEach((file) => this.add(file));
    this.input.addEventListener("change", () => {
      take(this.input.files);
      this.input.value = "";
    }, { signal });
    form.elements.text.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      take(event.clipboardData.files);
    }, { signal });
    for (const name of ["dragover", "dragleave", "drop"]) {
      room.addEventListener(name, (event) => this.drag(event, take), { signal });
    }
    this.adopt();
    signal.addEventListener("abort", () => this.running.forEach((request) => request.abort()));
  }

  /** What the server kept of a form that was sent without this script, and refused. */
  adopt() {
    const kept = this.form.querySelector("[data-kept]");
    for (const { value: key, dataset, labels } of kept?.querySelectorAll("input:checked") ?? []) {
      const name = labels[0].textContent.trim();
      this.settle(this.row(name), { key, name, kind: dataset.kind, alt: "" });
    }
    kept?.remove();
  }

  get isBusy() {
    return this.running.size > 0;
  }

  /** What is ready goes with the message; the tray is empty again. */
  take() {
    const taken = this.ready;
    this.ready = [];
    this.tray.replaceChildren();
    this.tray.hidden = true;
    this.form.elements.text.required = true;
    return taken;
  }

  giveBack(files) {
    for (const file of files) this.settle(this.row(file.name), file);
  }

  drag(event, take) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.room.classList.toggle("dropping", event.type === "dragover");
    if (event.type === "drop") take(event.dataTransfer.files);
  }

  row(name) {
    const row = this.room.querySelector("[data-file-template]").content.firstElementChild.cloneNode(true);
    row.querySelector("[data-file-name]").textContent = name;
    this.tray.append(row);
    this.tray.hidden = false;
    return row;
  }

  add(file) {
    if (this.tray.children.length >= MOST) {
      this.room.pen.refuse(this.room.words.tooManyFiles);
      return;
    }
    const row = this.row(file.name);
    const bar = row.querySelector("progress");
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file);
    request.open("POST", `${this.room.dataset.api}files/`);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", this.form.elements.csrfmiddlewaretoken.value);
    request.timeout = WAIT_MS;
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      // The last step is the server's: it looks at the file.
      if (loaded < total) bar.value = loaded / total;
      else bar.removeAttribute("value");
    });
    request.addEventListener("loadend", () => {
      this.running.delete(request);
      if (!row.isConnected) return;
      if (request.status === 201) this.settle(row, { ...JSON.parse(request.responseText), alt: "" });
      else this.refuse(row, failure(request.responseText).message || this.room.words.fileFailed);
    });
    row.querySelector("[data-drop]").addEventListener("click", () => {
      request.abort();
      this.forget(row, null);
    });
    this.running.add(request);
    request.send(body);
  }

  settle(row, file) {
    this.ready.push(file);
    this.form.elements.text.required = false;
    row.querySelector("progress").remove();
    const alt = row.querySelector("[data-alt]");
    alt.hidden = file.kind !== "image";
    const line = alt.querySelector("input");
    line.value = file.alt ?? "";
    line.addEventListener("input", () => { file.alt = line.value; });
    row.querySelector("[data-drop]").addEventListener("click", () => this.forget(row, file));
    this.room.say(fill(this.room.words.fileReady, { name: file.name }));
  }

  refuse(row, why) {
    row.querySelector("progress").remove();
    row.classList.add("bad");
    const note = row.querySelector("[data-why]");
    note.textContent = why;
    note.hidden = false;
  }

  forget(row, file) {
    row.remove();
    this.ready = this.ready.filter((other) => other !== file);
    this.tray.hidden = !this.tray.children.length;
    this.form.elements.text.required = !this.ready.length;
    this.form.elements.text.focus();
  }
}
