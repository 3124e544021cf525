// <video-player>: a film or a stream with our deck (templates/media/player.html). Without this script the browser's own
// controls play it. data-src: the master playlist. A running session adds data-live-from (when the film's first second was,
// in ms), data-live-behind (how many seconds later pages show it), data-now (the server's clock), and data-live-loop for a
// film shorter than its hour; a stream has data-stream, and data-asks where nothing is fetched before somebody plays it.
//
// What is not needed to begin is fetched when it is: hls.js and the engine with the first play, the menus when they are
// opened (player-menu.js), what lies ahead when somebody points there (player-ahead.js), chapters where there are some.

import { Captions } from "plenary/media/player-captions.js";
import { keys } from "plenary/media/player-keys.js";
import { keep, keepPlace, kept, lastPlace } from "plenary/media/player-kept.js";
import { arrived, asked, time } from "plenary/media/player-time.js";

let clocks = null; // live-clock.js: it comes with the engine, and before where a film plays as live
const FIRST = 0.01; // the film's beginning; 0 of what is live is its end
const OFFERED = 8; // seconds of film for which the beginning is offered to whoever goes on
const KEEP_MS = 5000;

customElements.define("video-player", class extends HTMLElement {
  async connectedCallback() {
    const { signal } = (this.stop = new AbortController());
    this.video = this.querySelector("video");
    const came = arrived();
    if (this.dataset.liveFrom) clocks ??= await import("plenary/media/live-clock.js");
    if (signal.aborted) return;
    this.clock = this.dataset.liveFrom ? clocks.LiveClock.of(this.dataset, came) : null;
    this.following = Boolean(this.clock);
    this.saves = kept.saver ?? Boolean(navigator.connection?.saveData);
    this.video.controls = false;
    this.querySelector(".deck").hidden = false;
    if (kept.level !== undefined) this.video.volume = kept.level;
    this.captions = new Captions(this);
    this.wire();
    keys(this);
    this.begin = this.beginning();
    this.only(kept.only ?? false);
    this.fetchParts();
    this.paint();
    if (this.clock || ("stream" in this.dataset && !this.saves && !("asks" in this.dataset))) this.enter();
  }

  disconnectedCallback() {
    this.stop.abort();
    clearInterval(this.beat);
    clearTimeout(this.begins);
    this.engine?.stop();
    this.engine = null;
  }

  part(name) {
    return this.querySelector(`[data-part=${name}]`);
  }

  wire() {
    const { signal } = this.stop;
    const on = (target, name, act) => target?.addEventListener(name, act, { signal });
    const { video } = this;
    on(this.part("start"), "click", () => this.play());
    on(this.part("play"), "click", () => this.toggle());
    on(this.part("mute"), "click", () => this.mute());
    on(this.part("level"), "input", (event) => this.loud(Number(event.target.value)));
    on(this.part("scrub"), "input", (event) => this.seek(Number(event.target.value)));
    on(this.part("scrub"), "pointerenter", async (event) => (await this.use("ahead"))?.point(event));
    on(this.part("scrub"), "focus", () => this.use("ahead"));
    on(this.part("live"), "click", () => this.goLive());
    on(this.part("captions"), "click", () => this.captions.toggle());
    on(this.querySelector(".deck"), "pointerenter", () => this.use("menu"));
    on(this.part("pip"), "click", () => this.pip());
    on(this.part("theatre"), "click", () => this.theatre());
    on(this.part("full"), "click", () => this.full());
    on(this.part("retry"), "click", () => this.again());
    on(this.part("anew"), "click", () => this.go(0));
    on(video, "click", () => this.toggle());
    on(video, "dblclick", () => this.full());
    for (const name of ["play", "pause", "ended", "volumechange", "ratechange", "timeupdate", "durationchange", "progress", "seeked"]) {
      on(video, name, () => this.paint());
    }
    on(video, "waiting", () => this.setAttribute("data-waiting", ""));
    for (const name of ["loadeddata", "playing", "pause", "error", "seeked"]) on(video, name, () => this.removeAttribute("data-waiting"));
    on(video, "ended", () => this.ended());
    on(video, "timeupdate", () => this.keepPlace());
    on(video, "pause", () => this.keepPlace(true));
    on(window, "pagehide", () => this.keepPlace(true));
    on(document, "click", (event) => this.follows(event));
    on(window, "hashchange", () => { if (location.hash.startsWith("#t=")) this.go(asked(location)); });
    // It does not bubble.
    this.addEventListener("beforetoggle", (event) => { if (event.newState === "open") this.opens(event.target); }, { signal, capture: true });
    on(document, "fullscreenchange", () => this.paint());
    on(document, "visibilitychange", () => { if (!document.hidden && this.following) this.follow(); });
    if (!document.pictureInPictureEnabled) this.part("pip")?.setAttribute("hidden", "");
    if (!document.fullscreenEnabled && !video.webkitEnterFullscreen) this.part("full")?.setAttribute("hidden", "");
  }

  // What is fetched when it is needed ------------------------------------------------------------------------------------
  use(name) {
    this.parts ??= {};
    this.parts[name] ??= import(`plenary/media/player-${name}.js`).then(({ default: Part }) => new Part(this), () => null);
    return this.parts[name];
  }

  fetchParts() {
    if (this.part("chapters")) this.use("chapters");
    if (this.classList.contains("sound")) this.draws();
  }

  draws() {
    if (this.dataset.waveform) this.use("waveform");
  }

  async opens(box) {
    (await this.use("menu"))?.open(box);
  }

  // Starting and stopping ------------------------------------------------------------------------------------------------
  beginning() {
    if (this.clock || "stream" in this.dataset) return 0;
    const second = document.querySelector("video-player") === this ? asked(location) : null;
    if (second !== null) return second;
    const found = lastPlace(this.dataset, this.length);
    this.part("resume").hidden = !found;
    this.part("resumes").textContent = time(found);
    return found;
  }

  load(at) {
    this.loading ??= this.attach(at).catch((error) => { this.loading = null; throw error; });
    return this.loading;
  }

  async attach(at) {
    this.setAttribute("data-waiting", "");
    const [{ Engine }, found] = await Promise.all([import("plenary/media/engine.js"), import("plenary/media/live-clock.js")]);
    clocks = found;
    if (this.stop.signal.aborted) return;
    this.engine = new Engine(this.video, this.dataset.src, {
      onchange: () => this.menu(),
      ontrouble: (kind) => this.trouble(kind),
      onlive: () => this.streams(),
      onlist: (list) => this.clock?.see?.(list),
    });
    await this.engine.start(at, { height: kept.height ?? 0, sound: kept.sound, saver: this.saves, only: kept.only ?? false });
    if (!this.clock) this.video.defaultPlaybackRate = this.video.playbackRate = kept.speed ?? 1;
    this.menu();
  }

  async play() {
    const isFirst = !this.classList.contains("begun");
    clearTimeout(this.begins);
    if (this.clock?.wait) {
      this.begins = setTimeout(() => this.play(), this.clock.wait * 1000);
      return this.setAttribute("data-waiting", "");
    }
    try {
      await this.load(this.clock && this.following ? this.clock.position() || FIRST : this.begin);
      this.classList.add("begun");
      if (isFirst) for (const name of ["session", "watch"]) this.use(name);
      await this.video.play();
    } catch (error) {
      if (error.name === "NotAllowedError" && !this.video.muted) return this.playMuted();
      if (error.name !== "AbortError" && error.name !== "NotAllowedError" && !this.troubled) this.trouble("away");
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
    if (this.clock?.over()) return this.ended();
    this.beat = setInterval(() => this.follow(), 2000);
    return this.play();
  }

  async again() {
    const at = this.video.currentTime || this.begin;
    this.engine?.stop();
    this.engine = this.loading = null;
    this.trouble("");
    try {
      await this.load(this.following ? this.clock.position() : at);
      this.classList.add("begun");
      await this.video.play();
    } catch {
      if (!this.troubled) this.trouble("away");
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
    if (this.clock) {
      clearInterval(this.beat);
      this.clock = null;
      this.following = false;
    }
    this.paint();
  }

  // The live second ------------------------------------------------------------------------------------------------------
  /** A playlist turned out to have no end yet, or came to its end. */
  streams() {
    if (this.clock && !this.clock.isStream) return;
    this.clock = this.engine.isLive ? new clocks.StreamClock(this.engine) : null;
    this.following = Boolean(this.clock);
    clearInterval(this.beat);
    if (this.clock) this.beat = setInterval(() => this.paint(), 1000);
    this.paint();
  }

  follow() {
    if (!this.clock || this.clock.isStream || !this.following || this.video.paused || !this.engine) return this.paint();
    if (this.clock.over()) return this.paint();
    this.clock.keep(this.video);
    return this.paint();
  }

  goLive() {
    if (!this.clock) return;
    this.following = true;
    this.clock.joins = true;
    this.video.playbackRate = 1;
    if (this.engine) this.video.currentTime = this.clock.position();
    this.play();
  }

  get length() {
    const { duration } = this.video;
    if (this.clock) return this.clock.position();
    return Number.isFinite(duration) && duration > 0 ? duration : Number(this.dataset.length) || 0;
  }

  /** From where to where one may go. */
  get range() {
    return this.clock ? this.clock.range() : [0, this.length];
  }

  async seek(to) {
    const at = Math.max(0, to);
    this.part("resume").hidden = true;
    if (!this.engine) this.begin = at;
    try {
      await this.load(at);
    } catch {
      if (!this.troubled) this.trouble("away");
      return;
    }
    const [least, most] = this.range;
    this.video.currentTime = Math.min(Math.max(least, at), most || at);
    this.following = Boolean(this.clock) && most - to < 2;
    this.paint();
  }

  /** To a second, and on from there. */
  async go(second) {
    if (second === null) return;
    await this.seek(second);
    if (this.video.paused) this.play();
  }

  /** A link to a second leads there, in whatever text of the page it stands. */
  follows(event) {
    const link = event.target.closest?.('a[href^="#t="]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if ((link.closest("video-player") ?? document.querySelector("video-player")) !== this) return;
    event.preventDefault();
    this.go(asked({ hash: link.hash, search: "" }));
  }

  keepPlace(now = false) {
    const { video } = this;
    if (this.clock || !this.dataset.watch || !video.readyState || !this.classList.contains("begun")) return;
    if (!now && Date.now() - (this.placed ?? 0) < KEEP_MS) return;
    this.placed = Date.now();
    if (video.currentTime > this.begin + OFFERED) this.part("resume").hidden = true;
    keepPlace(this.dataset.key, video.currentTime);
  }

  // The deck ---------------------------------------------------------------------------------------------------------------
  mute() {
    this.video.muted = !this.video.muted;
    if (!this.video.muted && this.video.volume === 0) this.video.volume = 0.5;
    this.removeAttribute("data-hushed");
  }

  loud(level) {
    this.video.volume = Math.min(1, Math.max(0, level));
    this.video.muted = this.video.volume === 0;
    this.removeAttribute("data-hushed");
    keep({ level: this.video.volume });
  }

  async pip() {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await this.video.requestPictureInPicture().catch(() => {});
  }

  full() {
    if (document.fullscreenElement) return document.exitFullscreen();
    this.use("full");
    if (document.fullscreenEnabled) return this.requestFullscreen();
    return this.video.webkitEnterFullscreen?.(); // a telephone shows the picture alone
  }

  theatre() {
    const wide = document.documentElement.toggleAttribute("data-theatre");
    this.part("theatre")?.setAttribute("aria-pressed", String(wide));
  }

  faster(speed) {
    if (this.clock) return;
    this.video.defaultPlaybackRate = this.video.playbackRate = speed;
    keep({ speed });
  }

  /** The sound without the picture. */
  only(on) {
    this.toggleAttribute("data-only", on);
    if (on) this.draws();
    this.part("calm").hidden = !on;
    this.part("calm").querySelector("b").textContent = this.video.getAttribute("aria-label");
  }

  async menu() {
    this.captions.find();
    if (this.parts?.menu) (await this.parts.menu)?.fill();
  }

  trouble(kind) {
    this.troubled = kind;
    const box = this.part("trouble");
    box.hidden = !kind;
    for (const words of box.querySelectorAll("[data-kind]")) words.hidden = words.dataset.kind !== kind;
    this.part("retry").hidden = kind === "waiting" || kind === "stalled";
    box.toggleAttribute("data-passing", kind === "stalled" || kind === "waiting");
    if (kind) this.removeAttribute("data-waiting");
  }

  // Painting -----------------------------------------------------------------------------------------------------------------
  paint() {
    const { video, length } = this;
    const running = !video.paused && !video.ended;
    const at = this.classList.contains("begun") || this.engine ? video.currentTime : this.begin ?? 0;
    this.toggleAttribute("data-playing", running);
    this.state("play", running);
    this.state("mute", video.muted || video.volume === 0);
    this.state("full", document.fullscreenElement === this);
    this.part("start").hidden = this.classList.contains("begun");
    this.part("level").value = video.muted ? 0 : video.volume;
    const scrub = this.part("scrub");
    const [least, most] = this.clock ? this.range : [0, Math.max(1, length)];
    scrub.min = least;
    scrub.max = Math.max(least + 1, most);
    if (document.activeElement !== scrub || running) scrub.value = at;
    const done = most > least ? ((at - least) / (most - least)) * 100 : 0;
    const { buffered } = video;
    const had = buffered.length && most > least ? ((buffered.end(buffered.length - 1) - least) / (most - least)) * 100 : 0;
    for (const [name, share] of [["--done", done], ["--had", had]]) scrub.style.setProperty(name, `${Math.min(100, Math.max(0, share))}%`);
    scrub.setAttribute("aria-valuetext", `${time(at - least)} / ${time(most - least)}`);
    this.part("live").hidden = !this.clock;
    this.part("time").hidden = Boolean(this.clock);
    this.part("time").textContent = `${time(at)} / ${time(length)}`;
    if (this.clock) this.paintLive();
  }

  paintLive() {
    const behind = Math.max(0, this.clock.position() - this.video.currentTime);
    const isThere = this.following && (behind < clocks.FAR || !this.video.readyState);
    this.part("live").disabled = isThere;
    this.part("on-air").hidden = !isThere;
    this.part("go-live").hidden = isThere;
    this.part("behind").textContent = isThere ? "" : `−${time(behind)}`;
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
});
