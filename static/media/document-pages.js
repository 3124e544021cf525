// <document-pages>: a document page by page (templates/media/pages.html). Without it the pages stand below each other, and
// the small ones lead to them. With it they lie side by side: buttons, arrow keys, Home and End turn them, and a finger or
// a wheel does so by itself (scroll-snap); they fill the screen for whoever wants that. The address keeps the page:
// #page-7. data-say-at are its words.

import { locale } from "plenary/ui/language.js";

customElements.define("document-pages", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.list = this.querySelector("[data-list]");
    this.pages = [...this.list.children];
    this.at = 0;
    this.querySelector("[data-needs-script]").hidden = false;
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-go]");
      const link = event.target.closest("[data-page]");
      if (event.target.closest("[data-full]")) this.full();
      if (button) this.go(this.at + Number(button.dataset.go));
      if (!link) return;
      event.preventDefault();
      this.go(Number(link.dataset.page) - 1);
    }, { signal });
    this.querySelector("[data-full]").hidden = !document.fullscreenEnabled;
    // The list has another width then: what was read stands there still.
    document.addEventListener("fullscreenchange", () => {
      const { at } = this;
      requestAnimationFrame(() => this.go(at, "instant"));
    }, { signal });
    this.list.addEventListener("keydown", (event) => this.key(event), { signal });
    window.addEventListener("hashchange", () => this.goToAddress(), { signal });
    this.list.addEventListener("scroll", () => this.look(), { signal, passive: true });
    this.show(0);
    this.goToAddress();
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const on = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    const to = { ArrowRight: this.at + on, ArrowLeft: this.at - on, PageDown: this.at + 1, PageUp: this.at - 1, Home: 0, End: this.pages.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.go(to);
  }

  async full() {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await this.requestFullscreen();
    this.list.focus();
  }

  goToAddress() {
    const found = this.pages.findIndex((page) => `#${page.id}` === window.location.hash);
    if (found >= 0) this.go(found, "instant");
  }

  go(number, behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth") {
    const page = this.pages[Math.max(0, Math.min(this.pages.length - 1, number))];
    page.scrollIntoView({ behavior, block: "nearest", inline: "center" });
  }

  // Which page stands there now: all are equally wide, and to the left of the first from right to left.
  look() {
    const step = Math.abs((this.pages[1] ?? this.pages[0]).offsetLeft - this.pages[0].offsetLeft) || 1;
    const number = Math.min(this.pages.length - 1, Math.round(Math.abs(this.list.scrollLeft) / step));
    if (number === this.at) return;
    this.show(number);
    history.replaceState(null, "", `#page-${number + 1}`);
  }

  show(number) {
    this.at = number;
    const figures = new Intl.NumberFormat(locale);
    const words = { number: figures.format(number + 1), all: figures.format(this.pages.length) };
    this.querySelector("[data-at]").textContent = this.dataset.sayAt.replace(/%\((\w+)\)s/g, (_all, name) => words[name] ?? "");
    this.querySelector('[data-go="-1"]').disabled = number === 0;
    this.querySelector('[data-go="1"]').disabled = number === this.pages.length - 1;
    for (const link of this.querySelectorAll("[data-page]")) {
      if (Number(link.dataset.page) === number + 1) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }
});
