// The look of an event follows what is typed and chosen in its form at the desk:
//   <event-look data-colours="address" data-frame="address" data-light="title" data-dark="title" data-logo="address">
// with a list [data-remarks], a place for the frames [data-frames], and the plain button [data-plain] of those without
// a script. What pages make of two colours the server says: the rules of contrast stand there alone.

const PATIENCE_MS = 150;

const texts = (field) => [...document.querySelectorAll(`[name=${field}], [name^=${field}_]`)];
const first = (field) => texts(field).map((input) => input.value.trim()).find(Boolean) ?? "";

class EventLook extends HTMLElement {
  connectedCallback() {
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.form = this.closest("form");
    this.logo = this.dataset.logo ?? "";
    this.querySelector("[data-plain]").hidden = true;
    this.frames = ["light", "dark"].map((scheme) => this.frame(scheme));
    this.form.addEventListener("input", (event) => this.heard(event.target), { signal });
    this.form.addEventListener("change", (event) => this.heard(event.target), { signal });
    this.colour();
  }

  disconnectedCallback() {
    this.ending.abort();
    this.asking?.abort();
    clearTimeout(this.waiting);
  }

  frame(scheme) {
    const frame = document.createElement("iframe");
    const { brand, accent } = this.chosen();
    frame.title = this.dataset[scheme];
    frame.className = `${scheme}-frame`;
    frame.src = `${this.dataset.frame}?${new URLSearchParams({ scheme, brand, accent })}`;
    frame.addEventListener("load", () => this.fill(frame), { signal: this.ending.signal });
    this.querySelector("[data-frames]").append(frame);
    return frame;
  }

  chosen() {
    const value = (name) => this.form.elements[name]?.value ?? "";
    return { brand: value("brand"), accent: value("accent") };
  }

  heard(input) {
    if (input.name === "brand" || input.name === "accent") {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.colour(), PATIENCE_MS);
    } else if (input.name === "logo") {
      this.read(input.files?.[0]);
    } else if (/^(name|tagline)(_|$)/.test(input.name ?? "")) {
      for (const frame of this.frames) this.fill(frame);
    }
  }

  // A picture that was chosen is shown before it is sent; what is no picture is said when the form is kept.
  read(file) {
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      this.logo = reader.result;
      for (const frame of this.frames) this.fill(frame);
    });
    if (file?.type.startsWith("image/")) reader.readAsDataURL(file);
  }

  async colour() {
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const answer = await fetch(`${this.dataset.colours}?${new URLSearchParams(this.chosen())}`, { signal: this.asking.signal });
      if (!answer.ok) return;
      this.look = await answer.json();
    } catch (error) {
      if (error.name !== "AbortError") this.querySelector("[data-plain]").hidden = false;
      return;
    }
    this.tell();
    for (const frame of this.frames) this.fill(frame);
  }

  tell() {
    const rows = this.querySelectorAll("[data-remarks] > li");
    this.look.remarks.forEach((remark, place) => {
      const row = rows[place];
      row.classList.toggle("changed", remark.is_changed);
      row.querySelector(".words").textContent = remark.words;
      row.querySelector(".swatches")?.remove();
      if (!remark.is_changed) return;
      const swatches = document.createElement("span");
      swatches.className = "swatches";
      for (const colour of [this.chosen()[remark.field], remark.used]) {
        const swatch = document.createElement("i");
        swatch.style.background = colour;
        const name = document.createElement("bdi");
        name.dir = "ltr";
        name.textContent = colour;
        swatches.append(swatch, name);
      }
      row.append(swatches);
    });
  }

  fill(frame) {
    const page = frame.contentDocument;
    if (!page?.querySelector(".look")) return;
    for (const [name, value] of Object.entries(this.look?.colours ?? {})) {
      page.documentElement.style.setProperty(`--${name}`, value);
    }
    for (const element of page.querySelectorAll("[data-look]")) {
      element.dataset.otherwise ??= element.textContent;
      element.textContent = first(element.dataset.look) || element.dataset.otherwise;
    }
    const place = page.querySelector("[data-look-logo]");
    if (!this.logo || !place || place.querySelector("img")?.src === this.logo) return;
    const picture = page.createElement("img");
    picture.alt = "";
    picture.src = this.logo;
    place.replaceChildren(picture);
  }
}

customElements.define("event-look", EventLook);
