// <tab-set>: turns a nav.tabs of links to fragments of this page (#chat, #people) into tabs.
// <tab-set><nav class="tabs"><a href="#chat">Chat</a>…</nav><section id="chat">…</section>…</tab-set>
// Without a script the links lead to the sections. Sends "tab" (detail: the panel's id) when one is opened.

customElements.define("tab-set", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    const list = this.querySelector(".tabs");
    this.tabs = [...list.querySelectorAll('a[href^="#"]')].filter((tab) => this.querySelector(tab.hash));
    list.setAttribute("role", "tablist");
    for (const tab of this.tabs) {
      const panel = this.querySelector(tab.hash);
      tab.id ||= `${panel.id}-tab`;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id);
      tab.removeAttribute("aria-current");
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", (event) => { event.preventDefault(); this.open(panel.id); }, { signal });
    }
    list.addEventListener("keydown", (event) => this.move(event), { signal });
    addEventListener("hashchange", () => this.open(location.hash.slice(1)), { signal });
    const asked = this.shown.find((tab) => tab.hash === location.hash) ?? this.tabs[0];
    if (asked) this.open(asked.hash.slice(1), { quietly: true });
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  // A tab is hidden while there is nothing in its panel.
  get shown() {
    return this.tabs.filter((tab) => !tab.hidden);
  }

  open(id, { quietly = false } = {}) {
    if (!this.tabs.some((tab) => tab.hash === `#${id}`)) return;
    for (const tab of this.tabs) {
      const isOpen = tab.hash === `#${id}`;
      tab.setAttribute("aria-selected", isOpen);
      tab.tabIndex = isOpen ? 0 : -1;
      this.querySelector(tab.hash).hidden = !isOpen;
    }
    if (!quietly) {
      history.replaceState(null, "", `#${id}`);
      this.dispatchEvent(new CustomEvent("tab", { detail: id, bubbles: true }));
    }
  }

  move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (!step) return;
    event.preventDefault();
    const way = getComputedStyle(this).direction === "rtl" && Number.isFinite(step) ? -step : step;
    const { shown } = this;
    const at = shown.indexOf(document.activeElement);
    const last = shown.length - 1;
    const to = Number.isFinite(way) ? (at + way + shown.length) % shown.length : way < 0 ? 0 : last;
    shown[to].focus();
    this.open(shown[to].hash.slice(1));
  }
});
