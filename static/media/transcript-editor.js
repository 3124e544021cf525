// <transcript-editor>: the lines of a transcript beside its film (templates/media/transcript_editor.html). Each is saved as
// it is typed, with the version that was seen; what others change arrives by the page's socket. Where two change one line
// both texts are shown, and nothing is lost. data-api: the lines in our API; data-topic, data-version: what is heard.

import { live } from "plenary/live/socket.js";
import { call } from "plenary/ui/api.js";
import { say } from "plenary/ui/toast.js";

const TYPED_MS = 700;
const AGAIN_MS = 4000;
const HEARD_MS = 500;
const FIELDS = ["begins", "ends", "speaker", "text"];

customElements.define("transcript-editor", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    const on = (target, name, act) => target?.addEventListener(name, act, { signal });
    this.lines = this.querySelector("[data-part=lines]");
    this.status = this.querySelector("[data-part=status]");
    this.player = this.querySelector("video-player");
    this.video = this.player?.querySelector("video");
    this.timers = new Map();
    this.asked = this.shown = 0;
    this.querySelector(".no-script").hidden = true;
    this.ready(this.lines);
    on(this.querySelector("[data-part=form]"), "submit", (event) => { if (!event.submitter?.dataset.do) { event.preventDefault(); this.saveAll(); } });
    on(this.lines, "input", (event) => this.typed(event.target.closest("[data-line]")));
    on(this.lines, "change", (event) => this.save(event.target.closest("[data-line]")));
    on(this.lines, "click", (event) => this.act(event));
    on(this, "keydown", (event) => this.key(event));
    on(window, "beforeunload", (event) => { if (this.dirty.length) event.preventDefault(); });
    on(this.video, "timeupdate", () => this.light());
    live.subscribe(this.dataset.topic, { version: Number(this.dataset.version), onmessage: () => this.heard(), signal });
  }

  disconnectedCallback() {
    this.stop.abort();
    for (const timer of this.timers.values()) clearTimeout(timer);
    clearTimeout(this.hearing);
  }

  get dirty() {
    return [...this.lines.querySelectorAll("[data-dirty]")];
  }

  ready(root) {
    for (const button of root.querySelectorAll("[data-do=seek]")) button.hidden = !this.video;
  }

  field(line, name) {
    return line.querySelector(`[data-field=${name}]`);
  }

  tell(words) {
    this.status.textContent = words;
  }

  // Saving -------------------------------------------------------------------------------------------------------------------
  typed(line) {
    if (!line) return;
    line.dataset.dirty = "";
    this.later(line, TYPED_MS);
  }

  later(line, wait) {
    clearTimeout(this.timers.get(line));
    this.timers.set(line, setTimeout(() => this.save(line), wait));
  }

  saveAll() {
    for (const line of this.dirty) this.save(line);
  }

  async save(line) {
    clearTimeout(this.timers.get(line));
    if (!line || !("dirty" in line.dataset) || line.querySelector(".conflict")) return;
    if (line.saving) {
      this.later(line, TYPED_MS);
      return;
    }
    const [begins, ends] = ["begins", "ends"].map((name) => milliseconds(this.field(line, name).value));
    const [speaker, text] = ["speaker", "text"].map((name) => this.field(line, name).value);
    for (const [name, wrong] of [["begins", begins === null], ["ends", ends === null], ["text", !text.trim()]]) {
      if (wrong) this.field(line, name).setAttribute("aria-invalid", "true");
      else this.field(line, name).removeAttribute("aria-invalid");
    }
    if (begins === null || ends === null || !text.trim()) {
      this.tell(text.trim() ? this.dataset.times : this.dataset.wordless);
      return;
    }
    line.saving = true;
    delete line.dataset.dirty;
    this.tell(this.dataset.saving);
    try {
      const kept = await call("PATCH", `${this.dataset.api}${line.dataset.line}/`, { version: Number(line.dataset.version), begins, ends, speaker, text });
      this.took(line, kept);
      if (!this.dirty.length) this.tell(this.dataset.saved);
    } catch (error) {
      line.dataset.dirty = "";
      this.trouble(line, error);
    } finally {
      line.saving = false;
    }
  }

  took(line, kept) {
    Object.assign(line.dataset, { version: kept.version, begins: kept.begins, ends: kept.ends });
    line.querySelector(`[name=version-${line.dataset.line}]`).value = kept.version;
  }

  async trouble(line, error) {
    if (error.code === "transcript.line_changed") {
      await this.refresh();
      return;
    }
    if (error.code === "transcript.line_gone") {
      line.dataset.gone = "";
      this.conflict(line, this.dataset.gone, null);
    } else if (!error.code || error.code === "unavailable" || error.retryAfter) {
      this.tell(this.dataset.away);
      this.later(line, (error.retryAfter ?? 0) * 1000 || AGAIN_MS);
    } else {
      this.tell(error.message);
    }
  }

  conflict(line, words, theirs) {
    line.querySelector(".conflict")?.remove();
    const box = document.createElement("div");
    box.className = "conflict";
    box.setAttribute("role", "alert");
    const told = document.createElement("p");
    told.className = "error";
    told.textContent = words;
    box.append(told);
    if (theirs) {
      const quote = document.createElement("blockquote");
      quote.dir = "auto";
      quote.textContent = [this.field(theirs, "speaker").value, this.field(theirs, "text").value].filter(Boolean).join(": ");
      box.append(quote, this.button(this.dataset.mine, () => {
        box.remove();
        line.dataset.dirty = "";
        this.save(line);
      }), this.button(this.dataset.theirs, () => {
        const fresh = document.importNode(theirs, true);
        line.replaceWith(fresh);
        this.ready(fresh);
      }));
    }
    line.append(box);
  }

  button(words, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn quiet s";
    button.textContent = words;
    button.addEventListener("click", act, { signal: this.stop.signal });
    return button;
  }

  // What others do -----------------------------------------------------------------------------------------------------------
  heard() {
    this.hearing ??= setTimeout(() => { this.hearing = null; this.refresh(); }, HEARD_MS);
  }

  /** The page's lines as they stand now; what is being typed here is left alone, beside what it would overwrite. */
  async refresh() {
    this.asked += 1;
    const turn = this.asked;
    let fresh;
    try {
      const answer = await fetch(location.href, { signal: this.stop.signal });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      fresh = [...page.querySelectorAll("[data-part=lines] > [data-line]")];
    } catch {
      return; // the next change asks again
    }
    if (turn < this.shown) return; // one that was asked for later is here already
    this.shown = turn;
    const here = new Map([...this.lines.children].map((line) => [line.dataset.line, line]));
    const kept = fresh.map((theirs) => {
      const line = here.get(theirs.dataset.line);
      here.delete(theirs.dataset.line);
      if (!line) return this.adopt(theirs);
      // A page that was asked for before our own save came through is older than what stands here.
      if (line.saving || Number(line.dataset.version) >= Number(theirs.dataset.version)) return line;
      if ("dirty" in line.dataset) {
        this.took(line, theirs.dataset);
        const same = FIELDS.every((name) => this.field(line, name).value === this.field(theirs, name).value);
        if (same) delete line.dataset.dirty;
        else this.conflict(line, this.dataset.both, theirs);
        return line;
      }
      if (!line.contains(document.activeElement)) return this.adopt(theirs);
      this.took(line, theirs.dataset); // somebody stands in it: its words change, the cursor stays
      for (const name of FIELDS) if (this.field(line, name).value !== this.field(theirs, name).value) this.field(line, name).value = this.field(theirs, name).value;
      return line;
    });
    for (const line of here.values()) {
      if (!("dirty" in line.dataset)) continue;
      this.conflict(line, this.dataset.gone, null);
      kept.push(line);
    }
    if (kept.length !== this.lines.children.length || kept.some((line, n) => line !== this.lines.children[n])) this.place(kept);
  }

  adopt(theirs) {
    const line = document.importNode(theirs, true);
    this.ready(line);
    return line;
  }

  /** Puts the lines in their order; those that stay where they are keep their cursor. */
  place(kept) {
    for (const line of [...this.lines.children]) if (!kept.includes(line)) line.remove();
    kept.forEach((line, n) => { if (this.lines.children[n] !== line) this.lines.insertBefore(line, this.lines.children[n] ?? null); });
  }

  // Deeds ---------------------------------------------------------------------------------------------------------------------
  act(event) {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    event.preventDefault();
    this.deed(button.closest("[data-line]"), button.dataset.do);
  }

  async deed(line, name) {
    if (name === "seek") {
      this.seek(Number(line.dataset.begins) / 1000);
      this.player?.play?.();
      return;
    }
    await this.save(line);
    if ("dirty" in line.dataset) return;
    const at = this.field(line, "text").selectionStart;
    const address = `${this.dataset.api}${line.dataset.line}/`;
    const version = Number(line.dataset.version);
    try {
      if (name === "split") {
        if (!at) { say(this.dataset.cursor, { bad: true }); return; }
        await call("POST", `${address}split/`, { version, at });
      } else if (name === "join") {
        await call("POST", `${address}join/`, { version });
      } else {
        const was = this.values(line);
        await call("DELETE", `${address}?version=${version}`);
        say(this.dataset.deleted, { label: this.dataset.undo, act: () => this.putBack(was) });
      }
    } catch (error) {
      say(error.code && error.message ? error.message : this.dataset.away, { bad: true });
    }
    await this.refresh();
  }

  values(line) {
    const [speaker, text] = ["speaker", "text"].map((name) => this.field(line, name).value);
    return { begins: Number(line.dataset.begins), ends: Number(line.dataset.ends), speaker, text };
  }

  async putBack(was) {
    try {
      await call("POST", this.dataset.api, was);
    } catch (error) {
      say(error.code && error.message ? error.message : this.dataset.away, { bad: true });
    }
    await this.refresh();
  }

  // The film ------------------------------------------------------------------------------------------------------------------
  seek(at) {
    if (this.player?.seek) this.player.seek(at);
    else if (this.video) this.video.currentTime = at;
  }

  light() {
    const now = this.video.currentTime * 1000;
    for (const line of this.lines.children) {
      line.toggleAttribute("data-lit", Number(line.dataset.begins) <= now && now < Number(line.dataset.ends));
    }
  }

  key(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const line = event.target.closest?.("[data-line]");
    const act = {
      ArrowDown: () => this.go(line?.nextElementSibling ?? this.lines.firstElementChild),
      ArrowUp: () => this.go(line?.previousElementSibling),
      KeyP: () => this.player?.toggle?.(),
      KeyB: () => this.stamp(line, "begins"),
      KeyE: () => this.stamp(line, "ends"),
      KeyS: () => line && this.deed(line, "split"),
      KeyJ: () => line && this.deed(line, "join"),
    }[event.code];
    if (!act) return;
    event.preventDefault();
    act();
  }

  go(line) {
    if (!line) return;
    this.field(line, "text").focus();
    this.seek(Number(line.dataset.begins) / 1000);
  }

  stamp(line, name) {
    if (!line || !this.video) return;
    this.field(line, name).value = written(this.video.currentTime * 1000);
    line.dataset.dirty = "";
    this.save(line);
  }
});

function milliseconds(text) {
  const found = /^(?:(?:(\d{1,3}):)?(\d{1,2}):)?(\d{1,4})(?:[.,](\d{1,3}))?$/.exec(text.trim());
  if (!found) return null;
  const [, hours = "0", minutes = "0", seconds, part = ""] = found;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(part.padEnd(3, "0"));
}

function written(ms) {
  const whole = Math.round(ms);
  const [hours, minutes, seconds] = [3600, 60, 1].map((unit, n) => Math.floor(whole / 1000 / unit) % (n ? 60 : 1000));
  return `${[hours, minutes, seconds].map((part) => String(part).padStart(2, "0")).join(":")}.${String(whole % 1000).padStart(3, "0")}`;
}
