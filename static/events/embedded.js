// <embedded-page parents="…"> inside a frame: tells the page around it how tall it is, where that is one of `parents`.

customElements.define("embedded-page", class extends HTMLElement {
  connectedCallback() {
    if (parent === window) return;
    const parents = (this.getAttribute("parents") ?? "").split(" ").filter((one) => one === "*" || URL.canParse(one));
    this.watch = new ResizeObserver(() => {
      // Said to each of them, and heard by the one that is there: after a form was sent the referrer is our own page,
      // and some websites send none at all. A height is no secret, so "*" means any.
      // Measured by what is in the page: how far it scrolls is never less than the frame, which could not shrink.
      const plenaryHeight = document.documentElement.getBoundingClientRect().height;
      for (const around of parents) parent.postMessage({ plenaryHeight }, around);
    });
    this.watch.observe(this);
  }

  disconnectedCallback() {
    this.watch?.disconnect();
  }
});
