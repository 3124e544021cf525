// <said-list data-topics="announcements:12 announcements/session/7:3"> wraps an <ol> and keeps it true: what the
// organisers say to everybody here, or to those of these topics alone, stands first in it as soon as it is said.

import { live } from "plenary/live/socket.js";
import { inLanguage } from "plenary/ui/language.js";
import { linked } from "plenary/ui/links.js";
import { words } from "plenary/ui/local-time.js";

const MOST_LINES = 6;

/** [{topic, seq}] of the attribute. */
export function topicsOf(text) {
  return (text ?? "").split(" ").filter(Boolean).map((pair) => {
    const at = pair.lastIndexOf(":");
    return { topic: pair.slice(0, at), seq: Number(pair.slice(at + 1)) };
  });
}

/** An announcement as a line of the list. */
export function line({ text, at }) {
  const item = document.createElement("li");
  item.className = "new";
  const time = document.createElement("time");
  time.dateTime = at;
  time.dataset.when = "time";
  time.textContent = words(new Date(at));
  const paragraph = document.createElement("p");
  paragraph.dir = "auto";
  paragraph.append(...linked(inLanguage(text)));
  item.append(time, paragraph);
  return item;
}

customElements.define("said-list", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    for (const { topic, seq } of topicsOf(this.dataset.topics)) {
      live.subscribe(topic, { seq, onmessage: (announcement) => this.add(announcement), onreset: () => {}, signal });
    }
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  add(announcement) {
    const list = this.querySelector("ol");
    list.prepend(line(announcement));
    while (list.children.length > MOST_LINES) list.lastElementChild.remove();
    this.hidden = false;
    dispatchEvent(new Event("plenary:next"));
  }
});
