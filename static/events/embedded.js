// <embedded-page> inside a frame: tells the page around it how tall it is, where that page is one of `parents`, which may show us.

customElements.define("embedded-page", class extends HTMLElement {
  connectedCallback() {
    if (parent === window) return;
    const parents = (this.getAttribute("parents") ?? "").split(" ").filter((one) => one === "*" || URL.canParse(one));
    this.watch = new ResizeObserver(() => {
      // Said to each of them, and heard by the one that is there: after a form was sent the referrer is our own page,
      // and some websites send none at all. A height is no secret, so "*" means any.
      for (const around of parents) {
        parent.postMessage({ plenaryHeight: document.documentElement.scrollHeight }, around);
      }
    });
    this.watch.observe(this);
  }

  disconnectedCallback() {
    this.watch?.disconnect();
  }
});
