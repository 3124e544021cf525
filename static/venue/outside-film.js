// <outside-film>: a film of another service (templates/venue/session_outside.html). Nothing is asked of that service
// before its reader agrees; then its player takes the place of the question. data-provider: for whom the agreement is
// remembered, until the browser is closed; data-player: the address of the player; data-title: what the frame is called.

const KEPT = "plenary.outside";

function agreed(provider) {
  try {
    return (sessionStorage.getItem(KEPT) ?? "").split(" ").includes(provider);
  } catch {
    return false;
  }
}

function agree(provider) {
  try {
    sessionStorage.setItem(KEPT, [...new Set([...(sessionStorage.getItem(KEPT) ?? "").split(" "), provider])].join(" ").trim());
  } catch {
    // Asked again the next time.
  }
}

customElements.define("outside-film", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    if (this.querySelector("iframe")) return;
    if (agreed(this.dataset.provider)) {
      this.show();
      return;
    }
    for (const name of ["agree", "remember"]) this.part(name).hidden = false;
    this.part("agree").addEventListener("click", () => this.take(), { signal: this.stop.signal });
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  part(name) {
    return this.querySelector(`[data-part=${name}]`);
  }

  take() {
    if (this.part("remember").querySelector("input").checked) agree(this.dataset.provider);
    this.show().focus();
  }

  show() {
    const frame = document.createElement("iframe");
    frame.title = this.dataset.title;
    frame.allow = "autoplay; fullscreen; picture-in-picture; encrypted-media";
    frame.allowFullscreen = true;
    // The service learns from which site, and not which session.
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    frame.src = this.dataset.player;
    this.part("asks").replaceWith(frame);
    return frame;
  }
});
