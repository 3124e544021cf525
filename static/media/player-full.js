// Full screen: what stands over the picture goes when nobody moves, and comes back with the first sign of somebody.

const IDLE_MS = 3000;

export default class Full {
  constructor(player) {
    this.player = player;
    const { signal } = player.stop;
    for (const name of ["pointermove", "pointerdown", "keydown", "focusin"]) player.addEventListener(name, () => this.wake(), { signal });
    for (const name of ["play", "pause"]) player.video.addEventListener(name, () => this.wake(), { signal });
    document.addEventListener("fullscreenchange", () => this.wake(), { signal });
    this.wake();
  }

  wake() {
    clearTimeout(this.rest);
    this.player.removeAttribute("data-idle");
    if (document.fullscreenElement === this.player) this.rest = setTimeout(() => this.idle(), IDLE_MS);
  }

  /** Whoever has a menu open, goes by keyboard, or has stopped the film, keeps the deck. */
  idle() {
    const { player } = this;
    if (player.video.paused || player.querySelector(":popover-open, .deck :focus-visible")) return this.wake();
    return player.toggleAttribute("data-idle", document.fullscreenElement === player);
  }
}
