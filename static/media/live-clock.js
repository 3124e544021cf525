// Where a recording that plays as live stands now: everybody at the same second, by the server's clock.
//
//   const clock = new LiveClock({ from: 1791884000000, now: 1791884731000, loop: true });
//   clock.position(215.6)  → seconds into the film;  clock.over(215.6)  → whether its hour is over

export class LiveClock {
  constructor({ from, now, loop = false }) {
    this.from = from;
    this.loop = loop;
    this.skew = now ? now - Date.now() : 0;
  }

  get elapsed() {
    return (Date.now() + this.skew - this.from) / 1000;
  }

  position(length) {
    const at = Math.max(0, this.elapsed);
    if (!length) return at;
    return this.loop ? at % length : Math.min(at, length);
  }

  over(length) {
    return !this.loop && length > 0 && this.elapsed > length;
  }
}
