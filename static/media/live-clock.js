// Where what plays as live stands now. A recording: everybody at the same second, by the server's clock and so many seconds
// behind its hour, since the server lists what was on stage. A stream: where its playlist ends.
//
//   const clock = LiveClock.of(player.dataset, arrived());  or  new LiveClock({ from: 1791884000000, now: 1791884731000,
//     arrived: Date.now(), behind: 12, length: 215.6, loop: true });
//   clock.position()  → seconds since its beginning;  clock.wait  → until then;  clock.over()  → whether its hour is over
//   clock.keep(video)  every two seconds;  clock.see(details)  whenever hls.js has loaded its playlist
//   const edge = new StreamClock(engine);  edge.position()

export const FAR = 8; // seconds from the live second at which it is sought rather than run after
const LATE = 1;
const NEAR = 0.8;

export class LiveClock {
  joins = true;
  shift = 0;

  constructor({ from, now, arrived = Date.now(), behind = 0, length = 0, loop = false }) {
    this.hour = from;
    this.from = from + behind * 1000;
    this.length = length;
    this.loop = loop;
    this.skew = now ? now - arrived : 0;
  }

  static of({ liveFrom, liveBehind, liveLoop, length, now }, arrived) {
    const loop = liveLoop !== undefined;
    return new LiveClock({ from: Number(liveFrom), now: Number(now), arrived, behind: Number(liveBehind), length: Number(length), loop });
  }

  get elapsed() {
    return (Date.now() + this.skew - this.from) / 1000;
  }

  get wait() {
    return Math.max(0, -this.elapsed);
  }

  /** The player's seconds are those of its list, and its dates say when each was on stage: a list that has lost its
   * beginning is at 0 for whoever comes late. */
  see({ fragments }) {
    const last = fragments.at(-1);
    if (last?.programDateTime) this.shift = last.start - (last.programDateTime - this.hour) / 1000;
  }

  /** Of a loop it goes on past the film's end, as its playlist does. */
  position() {
    const at = Math.max(0, this.elapsed + this.shift);
    return this.loop || !this.length ? at : Math.min(at, this.length);
  }

  over() {
    return !this.loop && this.length > 0 && this.elapsed > this.length;
  }

  /** From where to where one may go: nobody is ahead of the room. */
  range() {
    return [0, this.position()];
  }

  /** Has the film run a little faster or slower until it is at this second. Whoever has just come in has waited for the
   * picture: that is passed over as soon as it is there. */
  keep(video) {
    const now = this.position();
    const behind = now - video.currentTime;
    const isLate = this.joins && behind > LATE;
    const leaps = Math.abs(behind) > FAR || (isLate && has(video, now));
    this.joins = isLate && !leaps;
    if (leaps) video.currentTime = now;
    video.playbackRate = leaps || Math.abs(behind) < NEAR ? 1 : behind > 0 ? 1.05 : 0.96;
  }
}

/** Whether that second can be shown at once. */
function has({ buffered }, second) {
  return [...Array(buffered.length).keys()].some((n) => buffered.start(n) <= second && second + 1 < buffered.end(n));
}

export class StreamClock {
  isStream = true;
  loop = false;
  wait = 0;

  constructor(engine) {
    this.engine = engine;
  }

  position() {
    return this.engine.edge;
  }

  over() {
    return false;
  }

  range() {
    return [this.engine.earliest, this.engine.edge];
  }
}
