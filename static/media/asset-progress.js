// <asset-progress>: at the desk, how far a film is (templates/media/progress.html). Asks every two seconds while it is
// looked at and not yet at its end; data-address is the asset in our API.

const EVERY_MS = 2000;

customElements.define("asset-progress", class extends HTMLElement {
  connectedCallback() {
    if (!("open" in this.dataset)) return;
    this.stop = new AbortController();
    this.timer = setInterval(() => { if (!document.hidden) this.ask(); }, EVERY_MS);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    this.stop?.abort();
  }

  async ask() {
    try {
      const answer = await fetch(this.dataset.address, { headers: { Accept: "application/json" }, signal: this.stop.signal });
      if (answer.ok) this.show(await answer.json());
    } catch {
      // The next turn asks again.
    }
  }

  show({ state, progress, reason, words }) {
    const bar = this.querySelector("progress");
    bar.value = progress;
    this.querySelector(".words").textContent = reason || words;
    if (state === "processing") return;
    clearInterval(this.timer);
    bar.hidden = true;
    // A still, a length and other buttons belong to what is done: the page has them.
    if ("reload" in this.dataset) window.location.reload();
  }
});
