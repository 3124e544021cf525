// "@" and the beginning of a name in the box of a <chat-room> offers the people of the room: arrows choose, Enter or Tab
// takes, Escape leaves. The list is a listbox whose chosen entry the box names as its active descendant.

const ASK_MS = 150;
const NAME = /(?:^|\s)@([\p{L}\p{N}'’.-]+(?: [\p{L}\p{N}'’.-]*)?)$/u;

export class MentionPicker {
  people = [];
  at = 0;

  constructor(room, box, signal) {
    this.room = room;
    this.box = box;
    this.list = room.querySelector("[data-people]");
    this.signal = signal;
    box.addEventListener("input", () => this.listen(), { signal });
    box.addEventListener("blur", () => this.close(), { signal });
    box.addEventListener("keydown", (event) => this.press(event), { signal, capture: true });
    // Before the box loses its focus by the press.
    this.list.addEventListener("pointerdown", (event) => {
      const entry = event.target.closest("[role=option]");
      event.preventDefault();
      if (entry) this.take(this.people[[...this.list.children].indexOf(entry)]);
    }, { signal });
  }

  get isOpen() {
    return !this.list.hidden;
  }

  get begun() {
    return NAME.exec(this.box.value.slice(0, this.box.selectionStart))?.[1] ?? null;
  }

  listen() {
    clearTimeout(this.timer);
    const { begun } = this;
    if (!begun) this.close();
    else this.timer = setTimeout(() => this.ask(begun), ASK_MS);
  }

  async ask(begun) {
    const found = await this.room.list.read(`people/?q=${encodeURIComponent(begun)}`);
    if (begun !== this.begun || document.activeElement !== this.box) return;
    this.people = found?.people ?? [];
    if (!this.people.length) {
      this.close();
      return;
    }
    this.list.replaceChildren(...this.people.map((person, index) => this.entry(person, index)));
    this.list.hidden = false;
    this.point(0);
  }

  entry(person, index) {
    const entry = document.createElement("li");
    entry.role = "option";
    entry.id = `${this.list.id}-${index}`;
    const name = document.createElement("bdi");
    name.textContent = person.name;
    entry.append(name);
    if (person.about) {
      const about = document.createElement("small");
      about.textContent = person.about;
      entry.append(about);
    }
    return entry;
  }

  point(index) {
    this.at = (index + this.people.length) % this.people.length;
    for (const [place, entry] of [...this.list.children].entries()) entry.setAttribute("aria-selected", place === this.at);
    const chosen = this.list.children[this.at];
    chosen.scrollIntoView({ block: "nearest" });
    this.box.setAttribute("aria-activedescendant", chosen.id);
  }

  press(event) {
    if (!this.isOpen || event.isComposing) return;
    const acts = {
      ArrowDown: () => this.point(this.at + 1),
      ArrowUp: () => this.point(this.at - 1),
      Enter: () => this.take(this.people[this.at]),
      Tab: () => this.take(this.people[this.at]),
      Escape: () => this.close(),
    };
    if (!acts[event.key] || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    acts[event.key]();
  }

  take(person) {
    const end = this.box.selectionStart;
    const start = end - this.begun.length;
    this.box.setRangeText(`${person.name} `, start, end, "end");
    this.close();
    this.box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.box.removeAttribute("aria-activedescendant");
  }
}
