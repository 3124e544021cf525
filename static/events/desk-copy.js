// <copy-address>: beside a link, a button that copies its address; data-copied is what it says then.

customElements.define("copy-address", class extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    this.stop = new AbortController();
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(this.dataset.address);
        this.querySelector("[role=status]").textContent = this.dataset.copied;
      } catch {
        // It may not be written to: the address stands there to be chosen by hand.
      }
    }, { signal: this.stop.signal });
  }

  disconnectedCallback() { this.stop.abort(); }
});
