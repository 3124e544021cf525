// How a <video> gets its HLS: hls.js wherever Media Source Extensions exist, so that quality and recovery are ours,
// else the browser's own player. The library is fetched when the first film needs it.
//
//   const engine = new Engine(video, "/e/…/master.m3u8", { onlevels, ontrouble });
//   await engine.start(12.5);  engine.levels;  engine.choose(720);  engine.stop();

const MOST_RETRIES = 6;
const FIRST_WAIT_MS = 1000;

export class Engine {
  constructor(video, source, { onlevels = () => {}, ontrouble = () => {} }) {
    this.video = video;
    this.source = source;
    this.onlevels = onlevels;
    this.ontrouble = ontrouble;
    this.hls = null;
    this.retries = 0;
    this.healed = 0;
  }

  /** Attaches the film and waits until its length is known; `at` is where it begins, in seconds. */
  async start(at = 0, height = 0) {
    this.height = height;
    if (!("MediaSource" in window || "ManagedMediaSource" in window)) {
      this.native(at);
      return;
    }
    const { default: Hls } = await import("hls.js");
    if (!Hls.isSupported()) {
      this.native(at);
      return;
    }
    this.Hls = Hls;
    // The page's own source would be loaded beside ours.
    for (const source of this.video.querySelectorAll("source")) source.remove();
    this.hls = new Hls({
      startPosition: at,
      capLevelToPlayerSize: true,
      maxBufferLength: 30,
      maxMaxBufferLength: 60,
      backBufferLength: 60,
      enableWorker: false,
      // A caption is drawn under the picture by us, from the page's own tracks.
      renderTextTracksNatively: false,
    });
    this.hls.on(Hls.Events.ERROR, (_name, data) => this.recover(data));
    this.hls.on(Hls.Events.FRAG_BUFFERED, () => { this.retries = 0; });
    this.hls.on(Hls.Events.LEVEL_SWITCHED, () => this.onlevels());
    const known = new Promise((resolve, reject) => {
      this.hls.once(Hls.Events.MANIFEST_PARSED, resolve);
      this.giveUp = reject;
    });
    this.hls.loadSource(this.source);
    this.hls.attachMedia(this.video);
    await known;
    this.choose(height);
  }

  native(at) {
    this.video.src = this.source;
    if (at) this.video.addEventListener("loadedmetadata", () => { this.video.currentTime = at; }, { once: true });
    this.video.addEventListener("error", () => this.ontrouble(this.video.error?.code === 2 ? "away" : "broken"), { once: true });
    this.video.load();
  }

  recover(data) {
    if (!data.fatal) return;
    const { ErrorTypes } = this.Hls;
    const status = data.response?.code ?? 0;
    const refused = status >= 400 && status < 500;
    if (data.type === ErrorTypes.NETWORK_ERROR && !refused && this.retries < MOST_RETRIES) {
      this.retries += 1;
      if (this.retries > 1) this.ontrouble("waiting");
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.again(data), FIRST_WAIT_MS * 2 ** (this.retries - 1) * (0.75 + Math.random() / 2));
      return;
    }
    if (data.type === ErrorTypes.MEDIA_ERROR && this.healed < 3) {
      this.healed += 1;
      this.hls.recoverMediaError();
      return;
    }
    this.giveUp?.(new Error(data.details));
    this.ontrouble(data.type === ErrorTypes.NETWORK_ERROR ? (refused ? "expired" : "away") : "broken");
  }

  again(data) {
    if (!this.hls) return;
    if (String(data.details).startsWith("manifest")) this.hls.loadSource(this.source);
    else this.hls.startLoad();
  }

  /** Heights that can be chosen, greatest first; empty where the browser decides. */
  get levels() {
    return this.hls ? [...new Set(this.hls.levels.map((level) => Math.min(level.height, level.width)))].sort((a, b) => b - a) : [];
  }

  /** The height that is playing, 0 while unknown. */
  get playing() {
    const level = this.hls?.levels[this.hls.currentLevel];
    return level ? Math.min(level.height, level.width) : 0;
  }

  /** 0 lets the connection and the size of the picture decide. */
  choose(height) {
    this.height = height;
    if (!this.hls) return;
    this.hls.nextLevel = height ? this.hls.levels.findIndex((level) => Math.min(level.height, level.width) === height) : -1;
  }

  stop() {
    clearTimeout(this.timer);
    this.hls?.destroy();
    this.hls = null;
  }
}
