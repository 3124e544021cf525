// <green-room>: where a speaker tries camera and microphone and waits to be put on stage (templates/tracks/
// green_room.html). data-topic, data-version: who is in it; data-ticket: where a ticket of the media socket is had;
// data-path: the socket's; data-on-air: what the title says on stage. What can go wrong stands in the page as
// [data-trouble] and is shown; what belongs to a step has it in data-when ("off" before the devices are on, "on" with
// them, "in" in the green room).

import { live } from "plenary/live/socket.js";
import { Contribution } from "plenary/media/contribution.js";
import { listDevices, openDevices, openScreen, recorderKind, unable } from "plenary/media/green-devices.js";
import { Picture } from "plenary/media/green-picture.js";
import { Sound } from "plenary/media/green-sound.js";
import { call } from "plenary/ui/api.js";

const SIZES = {
  high: { width: 1280, height: 720, fps: 30, bits: 2_500_000 },
  middle: { width: 960, height: 540, fps: 25, bits: 1_200_000 },
  low: { width: 640, height: 360, fps: 15, bits: 500_000 },
};
const LOWER = { high: "middle", middle: "low" };
const CUE_MS = 60_000;

customElements.define("green-room", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.tracks = { camera: null, microphone: null, screen: null, screenSound: null };
    this.show("when", "off");
    const why = unable();
    if (why) {
      this.tell([why]);
      this.querySelector("[data-do=on]").disabled = true;
    }
    this.addEventListener("click", ({ target }) => {
      const wish = target.closest("[data-do]")?.dataset.do;
      if (wish) this.deeds[wish]();
    }, { signal });
    this.addEventListener("change", ({ target }) => this.choose(target), { signal });
    this.addEventListener("cue", ({ detail }) => this.cue(detail), { signal });
    this.pageTitle = document.title;
    navigator.mediaDevices?.addEventListener("devicechange", () => this.list(), { signal });
    window.addEventListener("beforeunload", (event) => { if (this.dataset.now === "air") event.preventDefault(); }, { signal });
    window.addEventListener("pagehide", () => this.line?.drop(), { signal });
    const version = Number(this.dataset.version);
    live.subscribe(this.dataset.topic, { version, onmessage: (room) => this.heard(room), signal });
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.cueTimer);
    this.line?.drop();
    this.off();
  }

  deeds = {
    on: () => this.on(),
    enter: () => this.enter(),
    leave: () => this.leave(),
    again: () => this.enter(),
    mute: () => this.mute(),
    ready: () => this.ready(),
  };

  // Devices

  async on() {
    this.tell([]);
    const { camera, microphone, troubles } = await openDevices();
    this.tell(troubles);
    if (!camera && !microphone) return;
    this.picture = new Picture(this.querySelector("canvas"));
    this.sound = new Sound();
    this.picture.size(SIZES[this.part("size").value]);
    this.use("camera", camera);
    this.use("microphone", microphone);
    this.querySelector("level-meter").listen(this.sound.meter);
    this.show("when", "on");
    await this.list();
    this.querySelector("[data-do=enter]").focus();
  }

  off() {
    for (const name of Object.keys(this.tracks)) this.drop(name);
    this.picture?.stop();
    this.sound?.stop();
    this.picture = this.sound = null;
  }

  use(name, track) {
    this.drop(name);
    this.tracks[name] = track;
    if (name === "camera" || name === "screen") this.picture[name] = track;
    else this.sound[name === "screenSound" ? "screen" : name] = track;
    track?.addEventListener("ended", () => { if (this.tracks[name] === track) this.gone(name); });
  }

  drop(name) {
    const track = this.tracks[name];
    this.tracks[name] = null;
    track?.stop();
  }

  /** Unplugged, taken away, or the sharing of the screen was ended in the browser's own words. */
  gone(name) {
    this.use(name, null);
    if (name === "screen") {
      this.use("screenSound", null);
      this.part("shows", "camera").checked = true;
      this.shows("camera");
    } else if (name === "camera" || name === "microphone") {
      this.tell(["unplugged"]);
    }
    this.said();
  }

  async list() {
    if (!this.picture) return;
    await listDevices(this.part("camera"), "videoinput", this.tracks.camera);
    await listDevices(this.part("microphone"), "audioinput", this.tracks.microphone);
  }

  async choose({ name, value }) {
    if (name === "camera" || name === "microphone") {
      const opened = await openDevices({ camera: this.part("camera").value, microphone: this.part("microphone").value });
      this.tell(opened.troubles);
      for (const kind of ["camera", "microphone"]) this.use(kind, opened[kind]);
      this.said();
    } else if (name === "shows") {
      await this.wantShown(value);
    } else if (name === "size") {
      this.resize();
    }
  }

  async wantShown(value) {
    this.tell([]);
    if (value !== "camera" && !this.tracks.screen) {
      const { screen, sound, trouble } = await openScreen();
      if (trouble) {
        this.tell([trouble]);
        this.part("shows", "camera").checked = true;
        value = "camera";
      } else {
        this.use("screen", screen);
        this.use("screenSound", sound);
      }
    }
    if (value === "camera" && this.tracks.screen) {
      this.use("screen", null);
      this.use("screenSound", null);
    }
    this.shows(value);
  }

  shows(value) {
    this.picture.shows = value;
    this.said();
  }

  mute() {
    this.sound.isMuted = !this.sound.isMuted;
    this.press("mute", this.sound.isMuted);
    this.said();
  }

  resize() {
    const size = SIZES[this.part("size").value];
    this.picture.size(size);
    this.line?.again({ stream: this.stream(), bits: size.bits });
  }

  // The line

  enter() {
    this.tell([]);
    this.isReady = false;
    this.line ??= this.newLine();
    this.line.stream = this.stream();
    this.line.bits = SIZES[this.part("size").value].bits;
    this.line.start();
    this.querySelector("[data-do=ready]").focus();
  }

  newLine() {
    const line = new Contribution({
      path: this.dataset.path,
      kind: recorderKind(),
      ticket: async () => (await call("POST", this.dataset.ticket, {})).ticket,
      said: () => this.words(),
    });
    line.addEventListener("state", () => this.moved());
    line.addEventListener("slow", () => this.slower());
    return line;
  }

  /** Another one with each size; the one before ends with its recording. */
  stream() {
    for (const track of this.sent?.getVideoTracks() ?? []) track.stop();
    this.sent = this.picture.stream();
    this.sent.addTrack(this.sound.track);
    return this.sent;
  }

  words() {
    return { shows: this.picture.shows, has_sound: this.sound.isThere };
  }

  said() {
    this.line?.say(this.words());
  }

  ready() {
    this.isReady = !this.isReady;
    this.line.say({ is_ready: this.isReady });
    this.press("ready", this.isReady);
  }

  slower() {
    const lower = LOWER[this.part("size").value];
    this.tell(["slow"]);
    if (!lower) return;
    this.part("size").value = lower;
    this.picture.size(SIZES[lower]);
    Object.assign(this.line, { stream: this.stream(), bits: SIZES[lower].bits });
  }

  leave() {
    this.line.leave();
    this.querySelector("[data-do=enter]").focus();
  }

  moved() {
    const { state, why } = this.line;
    this.show("when", state === "out" ? "on" : "in");
    this.press("ready", this.isReady);
    if (state === "in") this.line.say({ is_ready: this.isReady, ...this.words() });
    if (why) this.tell([why]);
    this.place();
  }

  // What is told

  heard(room) {
    this.room = room;
    const list = this.querySelector("[data-part=people]");
    const row = this.querySelector("template[data-part=person]");
    list.replaceChildren(...room.contributors.map((one) => this.person(row, one)));
    this.querySelector("[data-part=nobody]").hidden = room.contributors.length > 0;
    this.place();
  }

  person(template, one) {
    const row = template.content.cloneNode(true);
    row.querySelector("[data-name]").textContent = one.name;
    const now = !one.is_here ? "cut" : !one.has_picture ? "blind" : one.is_ready ? "ready" : "getting";
    const shown = this.room.on_stage === one.id ? ["stage", ...(one.is_here ? [] : ["cut"])] : [now];
    for (const tag of row.querySelectorAll("[data-tag]")) tag.hidden = !shown.includes(tag.dataset.tag);
    return row;
  }

  /** Where somebody is, in one line: on stage, in the green room, or on their way back. */
  place() {
    const { state = "out", id } = this.line ?? {};
    const onStage = state === "in" && this.room?.on_stage === id;
    const now = onStage ? (this.room.on_air ? "air" : "stage") : state;
    for (const line of this.querySelectorAll("[data-place]")) line.hidden = line.dataset.place !== now;
    this.dataset.now = now;
    document.title = now === "air" ? `● ${this.dataset.onAir} · ${this.pageTitle}` : this.pageTitle;
  }

  /** A line of the producer, large, where it is for this speaker or for all; the log beside it is what is read aloud. */
  cue({ text, to }) {
    if (to && to !== this.line?.id) return;
    const line = this.querySelector("[data-part=cue]");
    line.textContent = text;
    line.hidden = false;
    clearTimeout(this.cueTimer);
    this.cueTimer = setTimeout(() => { line.hidden = true; }, CUE_MS);
  }

  tell(troubles) {
    const known = new Set([...this.querySelectorAll("[data-trouble]")].map((line) => line.dataset.trouble));
    const shown = troubles.map((one) => (known.has(one) ? one : "other"));
    for (const line of this.querySelectorAll("[data-trouble]")) line.hidden = !shown.includes(line.dataset.trouble);
  }

  show(kind, step) {
    const shown = { off: ["off"], on: ["on", "devices"], in: ["in", "devices"] }[step];
    for (const one of this.querySelectorAll(`[data-${kind}]`)) one.hidden = !shown.includes(one.dataset[kind]);
  }

  press(deed, isPressed) {
    this.querySelector(`[data-do=${deed}]`).setAttribute("aria-pressed", String(Boolean(isPressed)));
  }

  part(name, value) {
    return this.querySelector(`[name=${name}]${value ? `[value=${value}]` : ""}`);
  }
});
