// What an engine does when something goes wrong: it waits and asks again, asks for fresh addresses where they ran out, mends
// what could not be decoded, and says so meanwhile. Each of these has an end, after which somebody may press a button.
//
//   const recovery = new Recovery(engine, (kind) => {});   recovery.watch();  recovery.hear(data);  recovery.stop();
//
// Kinds: "waiting" (the line), "stalled" (nothing comes), "away", "expired", "broken", "elsewhere" (another house does not
// let this page have its stream), and "" when it plays again.

const LOOK_MS = 500;
const STALLED_MS = 2000;
const PUSH_MS = 10_000;
const ANEW_MS = 25_000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 20_000;
const MOST_RETRIES = 12; // over three minutes
const MOST_FRESH = 4;
const MOST_HEALED = 3;
const WELL_MS = 15_000; // played so long, the troubles before are forgotten

export class Recovery {
  constructor(engine, ontrouble) {
    this.engine = engine;
    this.tell = ontrouble;
    this.kind = "";
    this.forget();
  }

  forget() {
    this.retries = 0;
    this.fresh = 0;
    this.healed = 0;
    this.anew = 0;
  }

  say(kind) {
    if (kind === this.kind) return;
    this.kind = kind;
    this.tell(kind);
  }

  watch() {
    if (this.ended) return;
    this.ended = new AbortController();
    const { signal } = this.ended;
    const { video } = this.engine;
    this.place = video.currentTime;
    this.moved = this.since = performance.now();
    this.looking = setInterval(() => this.look(), LOOK_MS);
    window.addEventListener("online", () => this.online(), { signal });
    video.addEventListener("error", () => this.failed(), { signal });
  }

  stop() {
    this.ended?.abort();
    this.ended = null;
    clearInterval(this.looking);
    clearTimeout(this.timer);
  }

  // A buffer that runs dry --------------------------------------------------------------------------------------------
  look() {
    const { video } = this.engine;
    const now = performance.now();
    if (video.currentTime !== this.place || video.paused || video.ended) {
      const plays = !video.paused && video.currentTime !== this.place && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
      this.place = video.currentTime;
      this.moved = now;
      this.pushed = false;
      if (plays && this.kind && this.kind !== "broken") this.say("");
      if (!plays || this.kind) this.since = now;
      else if (now - this.since > WELL_MS) this.forget();
      return;
    }
    const still = now - this.moved;
    this.since = now;
    if (still > STALLED_MS && !this.kind) this.say("stalled");
    if (this.kind !== "stalled") return;
    if (still > ANEW_MS) {
      this.moved = now;
      this.anew += 1;
      if (this.anew > MOST_FRESH) this.say("away");
      else this.engine.again(this.place);
    } else if (still > PUSH_MS && !this.pushed) {
      this.pushed = true;
      this.engine.hls?.startLoad(this.place);
    }
  }

  calm() {
    if (this.kind === "waiting") this.say("");
    this.retries = 0;
    this.unkept = false;
    clearTimeout(this.timer);
    this.timer = null;
  }

  // What hls.js reports ---------------------------------------------------------------------------------------------------
  hear(data) {
    const { ErrorTypes } = this.engine.Hls;
    const status = data.response?.code ?? 0;
    const refused = status >= 400 && status < 500 && status !== 408 && status !== 429;
    const isMaster = String(data.details).startsWith("manifest");
    if (data.type === ErrorTypes.NETWORK_ERROR && refused && !isMaster) {
      this.renew();
    } else if (!data.fatal) {
      return;
    } else if (data.type === ErrorTypes.NETWORK_ERROR && refused) {
      this.end("expired", data);
    } else if (data.type === ErrorTypes.NETWORK_ERROR) {
      this.later(data, isMaster && !status);
    } else if (data.type === ErrorTypes.MEDIA_ERROR && this.healed < MOST_HEALED) {
      this.heal();
    } else {
      this.end("broken", data);
    }
  }

  end(kind, data) {
    this.say(kind);
    this.engine.giveUp?.(new Error(data?.details ?? kind));
  }

  /** Addresses are signed for hours: a page that was left open is given new ones with a new playlist. */
  renew() {
    if (this.renewing) return;
    if (this.fresh >= MOST_FRESH) {
      this.end("expired");
      return;
    }
    this.fresh += 1;
    this.renewing = true;
    this.unkept = true;
    this.engine.hls.stopLoad();
    const wait = this.fresh > 1 ? FIRST_WAIT_MS * 2 ** this.fresh : 0;
    const at = this.engine.video.currentTime || this.place;
    setTimeout(() => {
      this.renewing = false;
      if (this.ended) this.engine.again(at);
    }, wait);
  }

  /** A playlist that the browser kept may hold the addresses that ran out. Only our own server is asked so: to another one
   * the header would be a question of its own. */
  ask(request, url) {
    if (!this.unkept || !url.includes(".m3u8") || new URL(url, location.href).origin !== location.origin) return;
    request.open("GET", url, true);
    request.setRequestHeader("Cache-Control", "no-cache");
  }

  later(data, unreadable) {
    this.retries += 1;
    const isOther = new URL(this.engine.source, location.href).origin !== location.origin;
    if (unreadable && isOther && navigator.onLine && this.retries > 1) {
      this.end("elsewhere", data);
      return;
    }
    if (this.retries > MOST_RETRIES) {
      this.end("away", data);
      return;
    }
    this.lost = data;
    if (this.retries > 1 || this.engine.video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) this.say("waiting");
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.retries - 1));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.retry(), wait * (0.75 + Math.random() / 2));
  }

  retry() {
    const { hls } = this.engine;
    this.timer = null;
    if (!hls) return;
    if (String(this.lost?.details).startsWith("manifest")) hls.loadSource(this.engine.address);
    else hls.startLoad(this.engine.video.currentTime || -1);
  }

  online() {
    if (this.timer) {
      clearTimeout(this.timer);
      this.retries = 0;
      this.retry();
    } else if (this.kind === "away" && this.engine.hls) {
      this.forget();
      this.engine.again(this.place);
    }
  }

  async heal() {
    const { hls, video } = this.engine;
    const played = !video.paused;
    this.healed += 1;
    if (this.healed > 1) hls.swapAudioCodec();
    hls.recoverMediaError();
    if (played) await video.play().catch(() => {});
  }

  /** The element itself gave up. Under hls.js that is told as well, and handled there. */
  failed() {
    const { video, hls } = this.engine;
    if (hls || !video.error) return;
    if (video.error.code === MediaError.MEDIA_ERR_NETWORK && this.retries < MOST_RETRIES) {
      this.retries += 1;
      this.say("waiting");
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.retries - 1));
      this.timer = setTimeout(() => this.engine.again(this.place), wait);
    } else {
      this.say(video.error.code === MediaError.MEDIA_ERR_NETWORK ? "away" : "broken");
    }
  }
}
