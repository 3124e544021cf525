// <level-meter>: how loud a microphone is, around a <meter> and a line of words. data-heard, data-silent: what the line
// says. `listen(analyser)` begins, `listen(null)` ends. It moves ten times a second; the words change after eight seconds
// of silence only, so that who has them read aloud is told once.

const MOVE_MS = 100;
const SILENT_MS = 8000;
const HEARD = 0.02;

customElements.define("level-meter", class extends HTMLElement {
  disconnectedCallback() {
    this.listen(null);
  }

  listen(analyser) {
    clearInterval(this.timer);
    this.analyser = analyser;
    if (!analyser) return;
    this.samples = new Float32Array(analyser.fftSize);
    this.heardAt = performance.now();
    this.timer = setInterval(() => this.move(), MOVE_MS);
  }

  move() {
    this.analyser.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, one) => sum + one * one, 0) / this.samples.length;
    const level = Math.min(1, Math.sqrt(power) * 3);
    this.querySelector("meter").value = level;
    const now = performance.now();
    if (level > HEARD) this.heardAt = now;
    this.say(now - this.heardAt > SILENT_MS ? this.dataset.silent : this.dataset.heard);
  }

  say(words) {
    const line = this.querySelector("[data-words]");
    if (line.textContent !== words) line.textContent = words;
  }
});
