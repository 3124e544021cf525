// <video-player>: a film with our deck (templates/media/player.html). Without this script the browser's own controls
// play it. data-src: the master playlist. A running session adds data-live-from (when the film's first second was, in
// ms), data-now (the server's clock), and data-live-loop for a film shorter than its hour.

import { Engine } from "plenary/media/engine.js";
import { language } from "plenary/ui/language.js";
import { LiveClock } from "plenary/media/live-clock.js";

const SKIP = 10;
const FAR = 8; // seconds from the live second at which it is sought rather than run after
const NEAR = 0.4;
const KEPT = "plenary.player";

customElements.define("video-player", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    this.video = this.querySelector("video");
    this.deck = this.querySelector(".deck");
    this.kept = read();
    const { liveFrom, now } = this.dataset;
    this.clock = liveFrom ? new LiveClock({ from: Number(liveFrom), now: Number(now), loop: "liveLoop" in this.dataset }) : null;
    this.following = Boolean(this.clock);
    this.video.controls = false;
    this.deck.hidden = false;
    this.wire();
    this.words();
    this.paint();
    if (this.clock) this.enter();
  }

  disconnectedCallback() {
    this.stop.abort();
    clearInterval(this.beat);
    this.engine?.stop();
    this.engine = null;
  }

  part(name) {
    return this.querySelector(`[data-part=${name}]`);
  }

  wire() {
    const { signal } = this.stop;
    const on = (target, name, act) => target?.addEventListener(name, act, { signal });
    on(this.part("start"), "click", () => this.play());
    on(this.part("play"), "click", () => this.toggle());
    on(this.part("mute"), "click", () => this.mute());
    on(this.part("level"), "input", (event) => this.loud(Number(event.target.value)));
    on(this.part("scrub"), "input", (event) => this.seek(Number(event.target.value)));
    on(this.part("live"), "click", () => this.goLive());
    on(this.part("captions"), "click", () => this.caption());
    on(this.part("pip"), "click", () => this.pip());
    on(this.part("theatre"), "click", () => this.theatre());
    on(this.part("full"), "click", () => this.full());
    on(this.part("retry"), "click", () => this.again());
    on(this.part("menu"), "change", (event) => this.set(event.target));
    on(this.part("menu"), "beforetoggle", () => this.place());
    on(this.video, "click", () => this.toggle());
    for (const name of ["play", "pause", "ended", "volumechange", "ratechange", "timeupdate", "durationchange", "seeked"]) {
      on(this.video, name, () => this.paint());
    }
    on(this.video, "waiting", () => this.setAttribute("data-waiting", ""));
    for (const name of ["playing", "pause", "error", "seeked"]) on(this.video, name, () => this.removeAttribute("data-waiting"));
    on(this.video, "playing", () => this.trouble(""));
    on(this.video, "ended", () => this.ended());
    on(this, "keydown", (event) => this.nearKey(event));
    on(document, "keydown", (event) => this.farKey(event));
    on(document, "fullscreenchange", () => this.paint());
    on(document, "visibilitychange", () => { if (!document.hidden && this.following) this.follow(); });
    if (!document.pictureInPictureEnabled) this.part("pip")?.setAttribute("hidden", "");
    if (!document.fullscreenEnabled) this.part("full")?.setAttribute("hidden", "");
  }

  // Starting and stopping ------------------------------------------------------------------------------------------
  async load(at) {
    if (this.engine) return;
    const film = this.dataset.src;
    this.engine = new Engine(this.video, film, {
      onlevels: () => this.menu(),
      ontrouble: (kind) => this.trouble(kind),
    });
    this.setAttribute("data-waiting", "");
    await this.engine.start(at, this.kept.height ?? 0);
    this.menu();
  }

  async play() {
    try {
      await this.load(this.clock && this.following ? this.clock.position(this.length) : 0);
      this.classList.add("begun");
      await this.video.play();
    } catch (error) {
      if (error.name === "NotAllowedError" && !this.video.muted) return this.playMuted();
      if (error.name !== "AbortError" && error.name !== "NotAllowedError") this.trouble("away");
    }
    this.paint();
    return undefined;
  }

  // Browsers let no page speak unasked: the picture runs, and a button offers the sound.
  async playMuted() {
    this.video.muted = true;
    this.setAttribute("data-hushed", "");
    await this.video.play().catch(() => {});
    this.paint();
  }

  enter() {
    if (this.clock.over(this.length)) {
      this.following = false;
      this.clock = null;
      this.paint();
      return;
    }
    this.play();
    this.beat = setInterval(() => this.follow(), 2000);
  }

  async again() {
    const at = this.video.currentTime;
    this.engine?.stop();
    this.engine = null;
    this.trouble("");
    try {
      await this.load(this.following ? this.clock.position(this.length) : at);
      await this.video.play();
    } catch {
      this.trouble("away");
    }
  }

  toggle() {
    if (!this.video.paused) {
      this.following = false;
      this.video.pause();
    } else if (this.clock && !this.classList.contains("begun")) {
      this.goLive();
    } else {
      this.play();
    }
  }

  ended() {
    if (this.clock?.loop) this.goLive();
    else if (this.clock) {
      clearInterval(this.beat);
      this.clock = null;
      this.following = false;
    }
    this.paint();
  }

  // The live second ----------------------------------------------------------------------------------------------------
  follow() {
    if (!this.clock || !this.following || this.video.paused || !this.length) return this.paint();
    if (this.clock.over(this.length)) return this.paint();
    const behind = this.clock.position(this.length) - this.video.currentTime;
    if (Math.abs(behind) > FAR) this.video.currentTime = this.clock.position(this.length);
    this.video.playbackRate = behind > NEAR * 2 ? 1.05 : behind < -NEAR * 2 ? 0.96 : 1;
    return this.paint();
  }

  goLive() {
    if (!this.clock) return;
    this.following = true;
    this.video.playbackRate = 1;
    if (this.engine && this.length) this.video.currentTime = this.clock.position(this.length);
    this.play();
  }

  get length() {
    return Number.isFinite(this.video.duration) && this.video.duration > 0 ? this.video.duration : Number(this.dataset.length) || 0;
  }

  // How far one may go: nobody is ahead of the room.
  get most() {
    return this.clock ? this.clock.position(this.length) : this.length;
  }

  async seek(to) {
    await this.load(to).catch(() => this.trouble("away"));
    const most = this.most;
    this.video.currentTime = Math.min(Math.max(0, to), most);
    this.following = Boolean(this.clock) && most - to < 2;
    this.paint();
  }

  // The deck -------------------------------------------------------------------------------------------------------------
  mute() {
    this.video.muted = !this.video.muted;
    if (!this.video.muted && this.video.volume === 0) this.video.volume = 0.5;
    this.removeAttribute("data-hushed");
  }

  loud(level) {
    this.video.volume = level;
    this.video.muted = level === 0;
    this.removeAttribute("data-hushed");
    this.keep({ level });
  }

  words() {
    const tracks = [...this.video.textTracks];
    this.track = null;
    if (this.kept.level !== undefined) this.video.volume = this.kept.level;
    if (!tracks.length) return;
    for (const track of tracks) {
      track.mode = "disabled";
      track.addEventListener("cuechange", () => { if (track === this.track) this.say(track); }, { signal: this.stop.signal });
    }
    this.part("captions").hidden = false;
    this.caption(this.kept.captions !== false);
  }

  caption(on = !this.track) {
    const tracks = [...this.video.textTracks];
    this.track = on ? tracks.find((track) => track.language === language) ?? tracks[0] : null;
    for (const track of tracks) track.mode = track === this.track ? "hidden" : "disabled";
    this.part("says").hidden = !on;
    this.part("captions").setAttribute("aria-pressed", String(Boolean(on)));
    if (this.track) this.say(this.track);
    this.keep({ captions: on });
  }

  say(track) {
    this.part("says").textContent = [...(track.activeCues ?? [])].map((cue) => cue.getCueAsHTML().textContent).join(" ");
  }

  async pip() {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await this.video.requestPictureInPicture().catch(() => {});
  }

  full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.requestFullscreen();
  }

  theatre() {
    const wide = document.documentElement.toggleAttribute("data-theatre");
    this.part("theatre")?.setAttribute("aria-pressed", String(wide));
  }

  set({ name, value }) {
    if (name === "quality") {
      this.engine?.choose(Number(value));
      this.keep({ height: Number(value) });
      this.menu();
    } else {
      this.video.playbackRate = Number(value);
    }
  }

  menu() {
    const levels = this.engine?.levels ?? [];
    const set = this.part("quality");
    set.hidden = levels.length < 2;
    this.part("speed").hidden = Boolean(this.clock);
    this.part("settings").hidden = set.hidden && this.part("speed").hidden;
    const first = set.querySelector("label");
    for (const label of [...set.querySelectorAll("label")].slice(1)) label.remove();
    for (const height of levels) {
      const label = first.cloneNode(true);
      label.querySelector("input").value = height;
      label.querySelector("span").textContent = `${height}p`;
      set.append(label);
    }
    const playing = this.engine?.playing;
    first.querySelector("small").textContent = playing && !this.engine.height ? `${playing}p` : "";
    for (const input of set.querySelectorAll("input")) input.checked = Number(input.value) === (this.engine?.height ?? 0);
  }

  place() {
    const box = this.part("settings").getBoundingClientRect();
    const menu = this.part("menu");
    menu.style.setProperty("inset-block-end", `${window.innerHeight - box.top + 6}px`);
    menu.style.setProperty("right", `${Math.max(8, window.innerWidth - box.right)}px`);
  }

  trouble(kind) {
    const box = this.part("trouble");
    box.hidden = !kind;
    for (const words of box.querySelectorAll("[data-kind]")) words.hidden = words.dataset.kind !== kind;
    this.part("retry").hidden = kind === "waiting";
    if (kind) this.removeAttribute("data-waiting");
  }

  // Painting ---------------------------------------------------------------------------------------------------------------
  paint() {
    const { video } = this;
    const running = !video.paused && !video.ended;
    this.toggleAttribute("data-playing", running);
    this.state("play", running);
    this.state("mute", video.muted || video.volume === 0);
    this.state("full", document.fullscreenElement === this);
    this.part("start").hidden = this.classList.contains("begun");
    this.part("level").value = video.muted ? 0 : video.volume;
    const scrub = this.part("scrub");
    const length = this.length;
    scrub.max = Math.max(1, length);
    if (document.activeElement !== scrub || running) scrub.value = video.currentTime;
    scrub.style.setProperty("--done", `${length ? (video.currentTime / length) * 100 : 0}%`);
    scrub.setAttribute("aria-valuetext", `${time(video.currentTime)} / ${time(length)}`);
    const live = this.part("live");
    const behind = this.clock ? Math.max(0, this.clock.position(length) - video.currentTime) : 0;
    live.hidden = !this.clock;
    this.part("time").hidden = Boolean(this.clock);
    this.part("time").textContent = `${time(video.currentTime)} / ${time(length)}`;
    if (this.clock) {
      const at = this.following && behind < FAR;
      live.disabled = at;
      this.part("on-air").hidden = !at;
      this.part("go-live").hidden = at;
      this.part("behind").textContent = at ? "" : `−${time(behind)}`;
    }
  }

  state(name, on) {
    const button = this.part(name);
    if (!button) return;
    button.toggleAttribute("data-on", on);
    const label = on ? button.dataset.labelOn : button.dataset.labelOff;
    if (button.getAttribute("aria-label") !== label) {
      button.setAttribute("aria-label", label);
      button.title = label;
    }
  }

  // Keys -------------------------------------------------------------------------------------------------------------------
  nearKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("input, [popover] *")) return;
    const step = { ArrowLeft: -SKIP / 2, ArrowRight: SKIP / 2 }[event.key];
    if (event.key === " " && event.target.matches("video, video-player")) this.toggle();
    else if (step) this.seek(this.video.currentTime + step);
    else return;
    event.preventDefault();
  }

  farKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || event.repeat) return;
    if (document.documentElement.dataset.keys === "off") return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const act = {
      k: () => this.toggle(), m: () => this.mute(), s: () => this.track !== undefined && this.video.textTracks.length && this.caption(),
      p: () => this.pip(), f: () => this.full(), t: () => this.part("theatre") && this.theatre(),
      j: () => this.seek(this.video.currentTime - SKIP), l: () => this.seek(this.video.currentTime + SKIP),
    }[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  }

  keep(change) {
    this.kept = { ...this.kept, ...change };
    try {
      localStorage.setItem(KEPT, JSON.stringify(this.kept));
    } catch {
      // A private window: the choice lasts as long as the page.
    }
  }
});

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  } catch {
    return {};
  }
}

function time(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  if (whole >= 3600) parts.unshift(Math.floor(whole / 3600));
  return parts.map((part, n) => (n ? String(part).padStart(2, "0") : String(part))).join(":");
}
