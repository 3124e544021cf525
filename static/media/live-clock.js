// Where what plays as live stands now. A recording: everybody at the same second, by the server's clock and so many seconds
// behind its hour, since the server lists what was on stage. A stream: where its playlist ends.
//
//   const clock = LiveClock.of(player.dataset);  or  new LiveClock({ from: 1791884000000, now: 1791884731000, behind: 12,
//     length: 215.6, loop: true });
//   clock.position()  → seconds since its beginning;  clock.wait  → until then;  clock.over()  → whether its hour is over
//   const edge = new StreamClock(engine);  edge.position()

export class LiveClock {
  constructor({ from, now, behind = 0, length = 0, loop = false }) {
    this.from = from + behind * 1000;
    this.length = length;
    this.loop = loop;
    this.skew = now ? now - Date.now() : 0;
  }

  static of({ liveFrom, liveBehind, liveLoop, length, now }) {
    return new LiveClock({
      from: Number(liveFrom), now: Number(now), behind: Number(liveBehind), length: Number(length), loop: liveLoop !== undefined,
    });
  }

  get elapsed() {
    return (Date.now() + this.skew - this.from) / 1000;
  }

  get wait() {
    return Math.max(0, -this.elapsed);
  }

  /** Of a loop it goes on past the film's end, as its playlist does. */
  position() {
    const at = Math.max(0, this.elapsed);
    return this.loop || !this.length ? at : Math.min(at, this.length);
  }

  over() {
    return !this.loop && this.length > 0 && this.elapsed > this.length;
  }

  /** From where to where one may go: nobody is ahead of the room. */
  range() {
    return [0, this.position()];
  }
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
