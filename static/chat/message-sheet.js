// <message-sheet>: opens what can be done with a message (the page behind any a[data-sheet-link]) in its dialog, and posts the
// forms in it. Without a script the link leads to the same thing as a page. data-style: what it looks like, fetched with
// the first.

import { post } from "plenary/chat/acts.js";

customElements.define("message-sheet", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.dialog = this.querySelector("dialog");
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("a[data-sheet-link]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.open(link);
    }, { signal });
    this.dialog.addEventListener("submit", (event) => this.submit(event), { signal });
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); }, { signal });
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  async open(link) {
    const address = new URL(link.href);
    address.searchParams.set("part", "1");
    link.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address, { signal: AbortSignal.timeout(10_000) });
      const sheet = response.ok && new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-sheet]");
      if (!sheet) throw new Error(response.status);
      await this.dress();
      this.dialog.replaceChildren(document.adoptNode(sheet));
      this.dialog.showModal();
    } catch {
      location.assign(link.href);
    } finally {
      link.removeAttribute("aria-busy");
    }
  }

  /** A page that never opens one does without its looks. */
  dress() {
    const { style } = this.dataset;
    if (document.querySelector(`link[href="${CSS.escape(style)}"]`)) return undefined;
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: style });
    return new Promise((resolve) => {
      for (const name of ["load", "error"]) link.addEventListener(name, resolve, { once: true });
      document.head.append(link);
    });
  }

  async submit(event) {
    const form = event.target;
    if (form.method === "dialog") return;
    event.preventDefault();
    const { submitter } = event;
    submitter?.setAttribute("aria-busy", "true");
    const { done, message } = await post(form, submitter, this.dataset);
    submitter?.removeAttribute("aria-busy");
    if (done) {
      this.dialog.close();
      document.dispatchEvent(new CustomEvent("moderated"));
      return;
    }
    const line = this.dialog.querySelector("[data-error]");
    line.hidden = false;
    line.querySelector("span").textContent = message;
  }
});
