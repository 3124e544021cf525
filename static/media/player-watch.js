// What was watched, told in beats: the stretches of the film that were shown since the last one, every half minute while it
// plays, and when the page goes. The server counts no more than the time that has passed. Visitors tell nothing.

import { live } from "plenary/live/socket.js";

const BEAT_MS = 30_000;
const MOST_SPANS = 60;
const JUMP = 2.5; // seconds of film between two looks at the most, at normal speed; more was a leap

export default class Watch {
  constructor(player) {
    this.player = player;
    const person = document.querySelector("meta[name=plenary-live]")?.dataset.person;
    if (!player.dataset.watch || !person) return;
    const { video } = player;
    const { signal } = player.stop;
    this.spans = [];
    this.last = null;
    video.addEventListener("timeupdate", () => this.look(), { signal });
    for (const name of ["seeking", "emptied"]) video.addEventListener(name, () => { this.last = null; }, { signal });
    for (const name of ["pause", "ended"]) video.addEventListener(name, () => { this.look(); this.tell(); }, { signal });
    // Before the socket is closed at the page's end: what does not get out any more goes with the next page of the event.
    window.addEventListener("pagehide", () => { this.look(); this.tell(); }, { signal, capture: true });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.tell(); }, { signal });
    const timer = setInterval(() => this.tell(), BEAT_MS);
    signal.addEventListener("abort", () => { clearInterval(timer); this.tell(); });
  }

  look() {
    const { video } = this.player;
    // What plays as live over and over goes on past the film's end.
    const length = this.player.clock?.loop ? Number(this.player.dataset.length) : 0;
    const at = length ? video.currentTime % length : video.currentTime;
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.seeking) return;
    const moved = this.last === null ? 0 : at - this.last;
    const span = this.spans.at(-1);
    if (moved > 0 && moved < JUMP * Math.max(1, video.playbackRate)) {
      if (span && Math.abs(span.ends - this.last) < 0.01) span.ends = at;
      else this.spans.push({ begins: this.last, ends: at });
      this.isNew = true;
    }
    this.last = this.place = at;
    if (this.spans.length >= MOST_SPANS) this.tell();
  }

  tell() {
    if (!this.isNew) return;
    this.isNew = false;
    const spans = this.spans.splice(0);
    const body = { film: this.player.dataset.watch, place: round(this.place), spans: spans.map(
      ({ begins, ends }) => ({ begins: round(begins), ends: round(ends) }),
    ) };
    live.send("media.watch", body, { subject: this.player.dataset.key }).catch(() => {
      // A beat that is refused is not worth a word to whoever watches.
    });
  }
}

function round(second) {
  return Math.round(second * 10) / 10;
}
