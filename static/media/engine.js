// How a <video> gets its HLS: hls.js wherever Media Source Extensions exist, so that quality, sound and recovery are ours,
// else the browser's own player. The library is fetched when the first film needs it.
//
//   const engine = new Engine(video, "/e/…/master.m3u8", { onchange, ontrouble, onlive, onlist });
//   await engine.start(12.5, { height: 720, sound: "Français", saver: false, only: false });
//   engine.levels; engine.sounds; engine.set({ height: 360 }); engine.stop();
//
// What goes wrong is put right as long as that may help (engine-recovery.js); `ontrouble(kind)` says what is shown
// meanwhile: "" when all is well again.

import { Recovery } from "plenary/media/engine-recovery.js";

const READABLE = 360; // below it, slides cannot be read
const FRUGAL = { maxBufferLength: 12, maxMaxBufferLength: 20, backBufferLength: 20 };
const AMPLE = { maxBufferLength: 30, maxMaxBufferLength: 60, backBufferLength: 60 };

export class Engine {
  constructor(video, source, { onchange = () => {}, ontrouble = () => {}, onlive = () => {}, onlist = () => {} }) {
    this.video = video;
    this.source = source;
    this.onchange = onchange;
    this.onlive = onlive;
    this.onlist = onlist;
    this.hls = null;
    this.isLive = false;
    this.wish = {};
    this.recovery = new Recovery(this, ontrouble);
  }

  /** Attaches the film and waits until its playlist is there; `at` is where it begins, in seconds (0 of a stream: live). */
  async start(at = 0, wish = {}) {
    this.wish = wish;
    this.recovery.watch();
    const Hls = "MediaSource" in window || "ManagedMediaSource" in window ? (await import("hls.js")).default : null;
    if (!Hls?.isSupported()) {
      this.native(at);
      return;
    }
    this.Hls = Hls;
    // The page's own source would be loaded beside ours.
    for (const source of this.video.querySelectorAll("source")) source.remove();
    await this.attach(at);
  }

  attach(at) {
    const { Hls, wish, address } = this;
    this.hls?.destroy();
    const hls = this.hls = new Hls({
      autoStartLoad: false,
      // Segments of a stream are listed as soon as they are whole: two of them are as safe as the usual three.
      liveSyncDurationCount: 2,
      capLevelToPlayerSize: !wish.saver,
      enableWorker: false,
      // The page's own tracks are drawn under the picture by us; those of another house become tracks of the page.
      renderTextTracksNatively: !this.video.querySelector("track"),
      ...(wish.saver ? FRUGAL : AMPLE),
      xhrSetup: (request, url) => this.recovery.ask(request, url),
    });
    const { Events } = Hls;
    const known = new Promise((resolve, reject) => {
      this.giveUp = reject;
      hls.once(Events.MANIFEST_PARSED, resolve);
    }).then(() => {
      if (hls !== this.hls) return undefined;
      if (hls.allAudioTracks.length) this.known = once(hls.allAudioTracks);
      if (this.address !== address) return this.attach(at); // its sound has a playlist of its own
      this.set(wish);
      hls.startLoad(at || -1);
      return this.onchange();
    });
    hls.on(Events.ERROR, (_name, data) => this.recovery.hear(data));
    hls.on(Events.FRAG_BUFFERED, () => this.recovery.calm());
    hls.on(Events.LEVEL_SWITCHED, () => this.onchange());
    hls.on(Events.AUDIO_TRACKS_UPDATED, () => {
      this.choose("sound", this.wish.sound);
      this.onchange();
    });
    hls.on(Events.AUDIO_TRACK_SWITCHED, () => this.onchange());
    hls.on(Events.LEVEL_UPDATED, (_name, { details }) => {
      this.onlist(details);
      this.lives(details.live);
    });
    hls.loadSource(address);
    hls.attachMedia(this.video);
    return known;
  }

  /** What is fetched: the film, or its sound alone where that has a playlist of its own. */
  get address() {
    return (this.wish.only && this.sound?.url) || this.source;
  }

  native(at) {
    this.alone?.abort();
    this.alone = new AbortController();
    const { signal } = this.alone;
    this.video.addEventListener("durationchange", () => this.lives(this.video.duration === Infinity), { signal });
    this.video.src = this.source;
    if (at) this.video.addEventListener("loadedmetadata", () => { this.video.currentTime = at; }, { once: true });
    this.video.load();
  }

  lives(isLive) {
    if (isLive === this.isLive) return;
    this.isLive = isLive;
    this.onlive();
  }

  /** The same again, from the same second; it plays on where it played. */
  async again(at = this.video.currentTime) {
    const played = !this.video.paused;
    if (this.hls) await this.attach(at).catch(() => {}); // what is wrong was told
    else this.native(at);
    if (played) await this.video.play().catch(() => {});
  }

  /** Heights that can be chosen, greatest first; empty where the browser decides. */
  get levels() {
    const heights = (this.hls?.levels ?? []).map(heightOf).filter(Boolean);
    return [...new Set(heights)].sort((a, b) => b - a);
  }

  /** The height that is playing, 0 while unknown. */
  get playing() {
    const level = this.hls?.levels[this.hls.currentLevel];
    return level ? heightOf(level) : 0;
  }

  /** The tracks of sound: [{ name, lang, described }]. */
  get sounds() {
    return (this.known ?? []).map(({ name, lang, attrs }) => ({
      name, lang: lang ?? "", described: (attrs?.CHARACTERISTICS ?? "").includes("describes-video"),
    }));
  }

  /** The track that is heard. */
  get sound() {
    const tracks = this.known ?? [];
    return tracks.find(({ name }) => name === this.wish.sound) ?? tracks.find((track) => track.default) ?? tracks[0];
  }

  /** What somebody chose: `height` (0 lets the connection and the size of the picture decide), `sound`, `saver`, `only`. */
  set(wish) {
    const before = this.address;
    this.wish = { ...this.wish, ...wish };
    if (!this.hls) return;
    if (this.address !== before && this.hls.levels.length) {
      this.again();
      return;
    }
    this.choose("sound", this.wish.sound);
    this.choose("height", this.wish.height);
    Object.assign(this.hls.config, this.wish.saver ? FRUGAL : AMPLE);
    this.hls.capLevelToPlayerSize = !this.wish.saver;
  }

  choose(kind, value) {
    if (kind === "sound") {
      const found = this.hls.audioTracks.findIndex(({ name }) => name === value);
      if (found >= 0 && found !== this.hls.audioTrack) this.hls.audioTrack = found;
      return;
    }
    // Sound that comes along with a picture nobody sees comes with the smallest.
    const isUnseen = this.wish.only && !this.sound?.url;
    const wanted = isUnseen ? Math.min(...this.levels) : this.wish.saver ? frugal(this.levels) : value;
    const found = wanted ? this.hls.levels.findIndex((level) => heightOf(level) === wanted) : -1;
    if (this.hls.currentLevel < 0) this.hls.startLevel = found;
    this.hls.nextLevel = found;
  }

  /** Where the live second is, as far behind the end of the playlist as is safe; and how far one may go back. */
  get edge() {
    return this.hls?.liveSyncPosition ?? (this.seekable ? this.video.seekable.end(this.video.seekable.length - 1) : 0);
  }

  get earliest() {
    return this.seekable ? this.video.seekable.start(0) : 0;
  }

  get seekable() {
    return this.video.seekable.length > 0;
  }

  stop() {
    this.recovery.stop();
    this.alone?.abort();
    this.hls?.destroy();
    this.hls = null;
  }
}

/** The lowest height at which slides can still be read. */
export function frugal(heights) {
  const readable = heights.filter((height) => height >= READABLE);
  return readable.length ? Math.min(...readable) : Math.max(0, ...heights);
}

/** A master names its sounds once for each group of pictures. */
function once(tracks) {
  return [...new Map(tracks.map((track) => [track.name, track])).values()];
}

// What people call 720p is its shorter side: a film may stand upright.
function heightOf({ width, height }) {
  return Math.min(width, height);
}
