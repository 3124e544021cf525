// <pick-list>: a list of boxes with a field to find one by typing. The field is hidden where there is no script.

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

customElements.define("pick-list", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.field = this.querySelector("[type=search]");
    this.field.closest("label").hidden = false;
    this.field.addEventListener("input", (event) => { event.stopPropagation(); this.find(this.field.value); }, { signal });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.querySelector(".tick:not([hidden]) input")?.click();
    }, { signal });
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  /** Shows the boxes in whose names every word stands. */
  find(text) {
    this.field.value = text;
    const words = fold(text).split(/\s+/).filter(Boolean);
    for (const tick of this.querySelectorAll(".tick")) {
      const name = fold(tick.textContent);
      tick.hidden = !words.every((word) => name.includes(word));
    }
  }
});
