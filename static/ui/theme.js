// <theme-switch> around the foot's button: light or dark at once, remembered in a cookie. Without a script the form does it.

customElements.define("theme-switch", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    this.addEventListener("click", (event) => {
      event.preventDefault();
      const root = document.documentElement;
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
    }, { signal: this.stop.signal });
  }

  disconnectedCallback() {
    this.stop.abort();
  }
});
