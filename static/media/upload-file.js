// <upload-file>: files straight to storage, in parts, several at a time (templates/media/upload.html). The same for S3
// and for a disk: our API says where each part goes. What stopped (a closed tab, a lost line) goes on when the same
// file is chosen again. Says "uploaded" with the asset; data-api is the event's uploads, data-most the largest size,
// data-replaces the key of the file whose bytes these are to be, data-then a page that shows what came of it; a
// select[data-folder] says where they are to lie.

import { locale } from "plenary/ui/language.js";

const AT_ONCE = 4;
const MOST_TRIES = 7;
const PACE_MS = 12_000; // what the remaining time is told from
const QUIET_MS = 45_000; // a line on which nothing of a part moves for so long hangs, and is tried anew
const ANSWER_MS = 150_000; // looking at what has arrived takes its time

class Refusal extends Error {}

customElements.define("upload-file", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.running = new Set();
    this.input = this.querySelector("input[type=file]");
    this.list = this.querySelector("[data-list]");
    this.mould = this.querySelector("template");
    this.zone = this.querySelector("[data-zone]") ?? this;
    for (const part of this.querySelectorAll("[data-needs-script]")) part.hidden = false;
    // Caught on the way down: the desk's theme waits at the input itself, for a field beside it that is not there.
    this.addEventListener("change", (event) => {
      if (event.target !== this.input) return;
      event.stopImmediatePropagation();
      this.take([...this.input.files]);
      this.input.value = "";
    }, { signal, capture: true });
    for (const name of ["dragover", "dragenter"]) {
      this.zone.addEventListener(name, (event) => { event.preventDefault(); this.zone.dataset.over = ""; }, { signal });
    }
    for (const name of ["dragleave", "drop"]) this.zone.addEventListener(name, () => delete this.zone.dataset.over, { signal });
    this.zone.addEventListener("drop", (event) => { event.preventDefault(); this.take(event.dataTransfer.files); }, { signal });
    // The browser asks in its own words whether to leave.
    window.addEventListener("beforeunload", (event) => { if (this.running.size) event.preventDefault(); }, { signal });
  }

  disconnectedCallback() {
    this.stop.abort();
    for (const upload of this.running) upload.abort.abort();
  }

  take(files) {
    for (const file of files) {
      const row = this.mould.content.firstElementChild.cloneNode(true);
      this.list.append(row);
      const upload = new Upload(this, file, row);
      this.running.add(upload);
      upload.run().finally(() => {
        this.running.delete(upload);
        if (upload.isDone && this.dataset.then && !this.running.size) window.location.assign(this.dataset.then);
      });
    }
  }

  get token() {
    return this.querySelector("[name=csrfmiddlewaretoken]")?.value ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  }

  // Words are the page's, in its language: data-say-….
  words(name, values = {}) {
    const text = this.dataset[`say${name}`] ?? "";
    return text.replace(/%\((\w+)\)s/g, (_all, key) => values[key] ?? "");
  }
});

class Upload {
  constructor(home, file, row) {
    this.home = home;
    this.file = file;
    this.folder = Number(home.querySelector("[data-folder]")?.value) || null;
    this.row = row;
    this.abort = new AbortController();
    this.flying = new Map();
    this.arrived = 0;
    this.pace = [];
    row.querySelector("[data-name]").textContent = file.name;
    row.querySelector("[data-cancel]").addEventListener("click", () => this.cancel());
    row.querySelector("[data-away]").addEventListener("click", () => this.row.remove());
    row.querySelector("[data-retry]").addEventListener("click", () => this.run());
    row.querySelector("progress").setAttribute("aria-label", file.name);
  }

  async run() {
    this.show("sending");
    try {
      const asset = await this.send();
      this.show("done");
      this.row.querySelector("progress").value = 100;
      this.say(asset.state === "ready" ? "Ready" : "Preparing");
      const link = this.row.querySelector("[data-open]");
      if (link) link.href = link.dataset.open.replace("0", asset.id);
      this.home.dispatchEvent(new CustomEvent("uploaded", { bubbles: true, detail: asset }));
      this.isDone = true;
    } catch (error) {
      if (this.abort.signal.aborted) return;
      this.show(error instanceof Refusal ? "refused" : "stopped");
      if (error instanceof Refusal) this.row.querySelector("[data-words]").textContent = error.message;
      else this.say("Stopped");
    }
    // Read out what became of it, not every step of the way.
    const words = this.row.querySelector("[data-words]").textContent;
    this.home.querySelector("[data-said]").textContent = `${this.file.name}: ${words}`;
  }

  async send() {
    const { file } = this;
    if (file.size > Number(this.home.dataset.most || Infinity)) throw new Refusal(this.home.words("TooLarge"));
    const sums = Boolean(globalThis.crypto?.subtle);
    this.upload = await this.call("POST", "", {
      file_name: file.name.slice(-200),
      size: file.size,
      fingerprint: `${file.lastModified}-${file.size}-${mark(file.name)}`,
      checksums: sums,
      folder: this.folder,
      replaces: this.home.dataset.replaces || null,
    });
    // Parts that went missing on the way are found at the end, and sent again once.
    for (let round = 0; ; round += 1) {
      await this.sendMissing();
      this.say("Checking");
      try {
        const done = await this.call("POST", `${this.upload.key}/complete/`);
        return done.asset;
      } catch (error) {
        if (error.code !== "media.incomplete" || round > 1) throw error;
        this.upload = await this.call("GET", `${this.upload.key}/`);
      }
    }
  }

  async sendMissing() {
    const { part_size: size, part_count: count, parts } = this.upload;
    const missing = [];
    this.arrived = 0;
    for (let number = 1; number <= count; number += 1) {
      const length = Math.min(size, this.file.size - (number - 1) * size);
      if (parts[number] === length) this.arrived += length;
      else missing.push({ number, blob: this.file.slice((number - 1) * size, (number - 1) * size + length) });
    }
    this.pace = [[performance.now(), this.arrived]];
    let next = missing.length ? this.targets(missing.splice(0, AT_ONCE)) : null;
    while (next) {
      const batch = await next;
      next = missing.length ? this.targets(missing.splice(0, AT_ONCE)) : null;
      next?.catch(() => {}); // its failure is met on the next turn
      await Promise.all(batch.map((part) => this.put(part)));
    }
  }

  async targets(parts) {
    const wishes = await Promise.all(parts.map(async ({ number, blob }) => ({
      number,
      sha256: this.upload.has_checksums ? await digest(blob) : "",
    })));
    const { targets } = await this.call("POST", `${this.upload.key}/parts/`, { parts: wishes });
    return parts.map((part) => ({ ...part, target: targets.find((target) => target.number === part.number) }));
  }

  async put(part) {
    for (let tries = 1; ; tries += 1) {
      this.abort.signal.throwIfAborted();
      const status = await this.putOnce(part);
      if (status >= 200 && status < 300) {
        this.arrived += part.blob.size;
        this.progress();
        return;
      }
      if (tries >= MOST_TRIES) throw new Error(`part ${part.number}: ${status}`);
      await this.wait(tries);
      // The address may have run out while we waited.
      if (status === 403 || status === 404) [part] = await this.targets([part]);
    }
  }

  putOnce({ number, blob, target }) {
    // XMLHttpRequest alone tells how much of a body has left.
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const stop = () => request.abort();
      let quiet = setTimeout(stop, QUIET_MS);
      this.abort.signal.addEventListener("abort", stop);
      request.upload.addEventListener("progress", (event) => {
        clearTimeout(quiet);
        quiet = setTimeout(stop, QUIET_MS);
        this.flying.set(number, event.loaded);
        this.progress();
      });
      request.addEventListener("loadend", () => {
        clearTimeout(quiet);
        this.flying.delete(number);
        this.abort.signal.removeEventListener("abort", stop);
        resolve(request.status);
      });
      request.open("PUT", target.url);
      for (const [name, value] of Object.entries(target.headers)) request.setRequestHeader(name, value);
      request.send(blob);
    });
  }

  async wait(tries) {
    if (!navigator.onLine) {
      this.say("Offline");
      await new Promise((resolve) => {
        window.addEventListener("online", resolve, { once: true });
        this.abort.signal.addEventListener("abort", resolve, { once: true });
      });
      return;
    }
    this.say("Again");
    await new Promise((resolve) => { setTimeout(resolve, Math.min(30_000, 500 * 2 ** tries) * (0.75 + Math.random() / 2)); });
  }

  async call(method, path, body) {
    for (let tries = 1; ; tries += 1) {
      let answer = null;
      const line = new AbortController();
      const stop = () => line.abort();
      const late = setTimeout(stop, ANSWER_MS);
      this.abort.signal.addEventListener("abort", stop);
      try {
        answer = await fetch(this.home.dataset.api + path, {
          method,
          headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.home.token },
          body: body ? JSON.stringify(body) : undefined,
          signal: line.signal,
        });
      } catch (error) {
        if (this.abort.signal.aborted) throw error;
      } finally {
        clearTimeout(late);
        this.abort.signal.removeEventListener("abort", stop);
      }
      if (answer?.ok) return answer.status === 204 ? null : answer.json();
      if (answer && answer.status < 500 && answer.status !== 429) {
        const problem = await answer.json().catch(() => ({}));
        const refusal = new Refusal(problem.title || this.home.words("Stopped"));
        refusal.code = problem.code;
        throw refusal;
      }
      if (tries >= MOST_TRIES) throw new Error(`${method} ${path}`);
      await this.wait(tries);
    }
  }

  progress() {
    const sent = this.arrived + [...this.flying.values()].reduce((sum, bytes) => sum + bytes, 0);
    const now = performance.now();
    if (now - (this.painted ?? 0) < 250 && sent < this.file.size) return;
    this.painted = now;
    this.pace.push([now, sent]);
    while (this.pace.length > 2 && now - this.pace[0][0] > PACE_MS) this.pace.shift();
    const [then, before] = this.pace[0];
    const speed = (sent - before) / Math.max(1, now - then);
    this.row.querySelector("progress").value = (sent / Math.max(1, this.file.size)) * 100;
    const left = speed > 0 && now - then > 1500 ? (this.file.size - sent) / speed / 1000 : null;
    const values = { sent: size(sent), all: size(this.file.size), left: left === null ? "" : duration(left) };
    this.say(left === null ? "Sent" : "Left", values);
  }

  say(name, values) {
    this.row.querySelector("[data-words]").textContent = this.home.words(name, values);
  }

  show(state) {
    this.row.dataset.state = state;
    for (const part of this.row.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
  }

  async cancel() {
    this.abort.abort();
    this.row.remove();
    if (!this.upload) return;
    await fetch(`${this.home.dataset.api}${this.upload.key}/`, { method: "DELETE", headers: { "X-CSRFToken": this.home.token } }).catch(() => {});
  }
}

async function digest(blob) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return btoa(String.fromCharCode(...bytes));
}

function mark(name) {
  let sum = 5381;
  for (const letter of name) sum = (sum * 33 + letter.codePointAt(0)) % 4294967296;
  return sum.toString(36);
}

function size(bytes) {
  const [unit, by, digits] = bytes < 1e6 ? ["kilobyte", 1e3, 0] : bytes < 1e9 ? ["megabyte", 1e6, 0] : ["gigabyte", 1e9, 2];
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: digits }).format(bytes / by);
}

function duration(seconds) {
  const [unit, by] = seconds < 90 ? ["second", 1] : seconds < 5400 ? ["minute", 60] : ["hour", 3600];
  const rounded = unit === "second" ? Math.ceil(seconds / 5) * 5 : Math.ceil(seconds / by);
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(rounded);
}
