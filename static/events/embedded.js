// <embedded-page> inside a frame: tells the page around it how tall it is, where that page is one that may show us.

customElements.define("embedded-page", class extends HTMLElement {
  connectedCallback() {
    if (parent === window) return;
    const around = this.#around();
    if (!around) return;
    this.watch = new ResizeObserver(() => {
      parent.postMessage({ plenaryHeight: document.documentElement.scrollHeight }, around);
    });
    this.watch.observe(this);
  }

  /** The origin of the page around us, if it is one of `parents`; a height is no secret, so "*" means any. */
  #around() {
    const parents = (this.getAttribute("parents") ?? "").split(" ");
    const origin = document.referrer ? new URL(document.referrer).origin : "";
    if (parents.includes("*")) return origin || "*";
    return parents.includes(origin) ? origin : "";
  }

  disconnectedCallback() {
    this.watch?.disconnect();
  }
});
