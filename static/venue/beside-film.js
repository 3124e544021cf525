// <beside-film>: what was asked while a film was recorded (templates/venue/session_asked.html, session_polled.html). Each
// row has data-at, in seconds: what is still to come is dimmed, the latest is marked and kept in sight; results stand there
// once their poll is over (data-until). A time leads there. data-player: selector of the <video-player>.

customElements.define("beside-film", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.list = this.querySelector("ol");
    this.addEventListener("click", (event) => this.seek(event), { signal });
    // The stage is drawn anew when it changes, and the player with it: what plays is heard wherever it is.
    for (const name of ["timeupdate", "seeked", "loadedmetadata"]) document.addEventListener(name, (event) => this.heard(event), { capture: true, signal });
    for (const button of this.querySelectorAll("[data-seek]")) button.disabled = false;
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  get player() {
    return document.querySelector(this.dataset.player);
  }

  heard({ target }) {
    if (this.player?.contains(target)) this.follow(target.currentTime);
  }

  seek(event) {
    const button = event.target.closest("[data-seek]");
    if (button) this.player?.seek?.(Number(button.dataset.seek));
  }

  follow(now) {
    let latest = null;
    for (const row of this.list.children) {
      const at = Number(row.dataset.at);
      row.toggleAttribute("data-to-come", at > now);
      const results = row.querySelector("[data-results]");
      if (results) results.hidden = now < Number(row.dataset.until ?? at);
      if (at <= now) latest = row;
    }
    if (latest === this.latest) return;
    this.latest?.removeAttribute("aria-current");
    this.latest = latest;
    if (!latest) return;
    latest.setAttribute("aria-current", "true");
    if (!this.list.matches(":hover, :focus-within")) this.list.scrollTop = latest.offsetTop - this.list.offsetTop - 8;
  }
});
