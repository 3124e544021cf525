// <lobby-film>: a film without sound, over and over, behind the words of the stage (templates/venue/session_loop.html).
// It can be stopped, and stands still for whoever wants less motion. data-src: the master playlist.

customElements.define("lobby-film", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    this.video = this.querySelector("video");
    this.button = this.querySelector("[data-part=pause]");
    this.video.muted = true;
    this.button.hidden = false;
    const { signal } = this.stop;
    this.button.addEventListener("click", () => (this.video.paused ? this.play() : this.video.pause()), { signal });
    for (const name of ["play", "pause"]) this.video.addEventListener(name, () => this.paint(), { signal });
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.play();
  }

  disconnectedCallback() {
    this.stop.abort();
    this.engine?.stop();
    this.engine = null;
  }

  async play() {
    try {
      if (!this.engine) await this.attach();
      await this.video.play();
    } catch {
      // The still stays; the button tries again.
      this.engine?.stop();
      this.engine = null;
    }
    this.paint();
  }

  async attach() {
    const { Engine } = await import("plenary/media/engine.js");
    if (this.stop.signal.aborted || this.engine) return;
    this.engine = new Engine(this.video, this.dataset.src);
    await this.engine.start(0);
  }

  paint() {
    const moves = !this.video.paused;
    this.button.toggleAttribute("data-on", moves);
    this.button.setAttribute("aria-label", moves ? this.button.dataset.labelOn : this.button.dataset.labelOff);
  }
});
