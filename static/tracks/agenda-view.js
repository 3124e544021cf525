// <agenda-view>: the agenda in its page. Filters answer at once, stars are kept without leaving, now moves by itself.
// Wraps <div id="agenda"> (replaced when the filters change); the page's form #stars is where the stars go.
// data-left ("{minutes} min left"), data-clash ("… {title} …"), data-clash-word, data-failed: what it says.
import { followNow, scrollToNow } from "plenary/tracks/now.js";
import { keepStar } from "plenary/tracks/star.js";
import "plenary/tracks/pick-list.js";
import { relabel } from "plenary/ui/local-time.js";

const TYPING_MS = 220;
const DENSITY = "agenda-compact";

customElements.define("agenda-view", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.dataset.live = "";
    this.body = this.querySelector("#agenda");
    this.addEventListener("click", (event) => this.click(event), { signal });
    this.addEventListener("input", (event) => this.input(event), { signal });
    this.addEventListener("change", (event) => this.change(event), { signal });
    this.addEventListener("submit", (event) => { event.preventDefault(); this.ask(this.address(event.target)); }, { signal });
    addEventListener("popstate", () => this.show(location.href), { signal });
    this.ready({ toNow: !location.hash && !location.search.includes("q=") });
    if ("zoneMoved" in document.documentElement.dataset) this.moveToZone();
  }

  /** The server drew a first visit in the event's zone; the cookie tells it the reader's, so it draws again. */
  async moveToZone() {
    this.body.inert = true; // what would be clicked is about to be replaced
    await this.show(location.href);
    this.body.inert = false;
  }

  disconnectedCallback() {
    this.stop.abort();
    this.following?.abort();
    clearTimeout(this.typing);
  }

  /** What a fresh body needs. */
  ready({ toNow = false } = {}) {
    this.following?.abort();
    this.following = new AbortController();
    followNow(this.body, { words: this.dataset.left, signal: this.following.signal, toNow });
    const compact = this.querySelector("[data-compact]");
    if (compact) compact.checked = localStorage.getItem(DENSITY) === "1";
  }

  click(event) {
    const star = event.target.closest(".star");
    const stars = document.getElementById("stars");
    if (star && stars.method === "post") {
      event.preventDefault();
      keepStar(star, stars, this.dataset);
      return;
    }
    if (event.target.closest('[href="#now"]') && scrollToNow(this.body)) {
      event.preventDefault();
      return;
    }
    const link = event.target.closest(".days a, .seg a, .heads a, .sieve > a, .pick .more, .empty a");
    if (link?.closest("#agenda") && link.pathname === location.pathname && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      this.ask(link.href);
    }
  }

  input(event) {
    if (event.target.name !== "q") return;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.ask(this.address(event.target.form), { replace: true }), TYPING_MS);
  }

  change(event) {
    const field = event.target;
    if (field.matches("[data-compact]")) {
      localStorage.setItem(DENSITY, field.checked ? "1" : "0");
      scrollToNow(this.body);
    } else if (field.form?.matches(".sieve") && field.name && field.name !== "q") {
      this.ask(this.address(field.form), { open: field.closest("[popover]")?.id });
    }
  }

  address(form) {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    return `${form.action}?${query}`;
  }

  /** Shows another choice and puts it into the address bar. */
  async ask(address, { replace = false, open } = {}) {
    clearTimeout(this.typing);
    const drawn = await this.show(address, open);
    if (!drawn) return;
    history[replace ? "replaceState" : "pushState"](null, "", address);
  }

  async show(address, open) {
    this.fetching?.abort();
    this.fetching = new AbortController();
    this.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address, { signal: this.fetching.signal, headers: { Accept: "text/html" } });
      if (!response.ok) throw new Error(response.status);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      this.draw(page, open);
      return true;
    } catch (error) {
      if (error.name === "AbortError") return false;
      location.assign(address);
      return false;
    } finally {
      this.removeAttribute("aria-busy");
    }
  }

  /** Takes over the new body; the field that is being written in keeps focus and caret, an open list stays open. */
  draw(page, open) {
    const active = document.activeElement;
    const kept = this.contains(active) && active.name ? { name: active.name, value: active.value, start: active.selectionStart } : null;
    const scrolled = open ? document.getElementById(open)?.scrollTop : 0;
    const finding = open ? document.querySelector(`#${open} [type=search]`)?.value : "";
    this.body.replaceChildren(...page.querySelector("#agenda").childNodes);
    const title = page.querySelector("h1");
    document.querySelector("h1")?.replaceWith(title);
    const back = document.querySelector("#stars [name=back]");
    if (back) back.value = page.querySelector("#stars [name=back]")?.value ?? back.value;
    const next = document.querySelector("#stars [name=next]");
    if (next && back) next.value = back.value;
    if ("zoneGuess" in document.documentElement.dataset) relabel(this.body);
    this.ready();
    if (open) {
      const list = document.getElementById(open);
      list?.showPopover();
      list?.querySelector("pick-list")?.find(finding);
      if (list) list.scrollTop = scrolled;
    }
    if (!kept) return;
    const same = [...this.querySelectorAll(`[name="${kept.name}"]`)];
    const field = same.find((one) => one.value === kept.value) ?? same[0];
    if (!field) return;
    if (kept.name === "q") field.value = kept.value;
    field.focus({ preventScroll: true });
    if (kept.name === "q") field.setSelectionRange(kept.start, kept.start);
  }
});
