// <share-link> around a page's address: copies it, or hands it to the device's own ways of sharing, where it has them.

customElements.define("share-link", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    const address = this.querySelector("input");
    const copy = this.querySelector("[data-copy]");
    const device = this.querySelector("[data-device]");
    address.addEventListener("focus", () => address.select(), { signal });
    if (navigator.clipboard) {
      copy.hidden = false;
      copy.addEventListener("click", async () => {
        await navigator.clipboard.writeText(address.value);
        const words = copy.querySelector("span");
        const before = words.textContent;
        words.textContent = copy.dataset.done;
        setTimeout(() => { words.textContent = before; }, 2000);
      }, { signal });
    }
    if (navigator.share) {
      device.hidden = false;
      device.addEventListener("click", () => {
        navigator.share({ title: device.dataset.title, url: address.value }).catch(() => {});  // closed again
      }, { signal });
    }
  }

  disconnectedCallback() {
    this.stop.abort();
  }
});
