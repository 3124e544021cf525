// What can be done with a message of a <chat-room>: one menu for all of them, opened at the message's own button.
// Without a script that button is a link to the message's page, where the same things stand as forms.

import "plenary/chat/message-sheet.js"; // which its last entry opens
import { say } from "plenary/ui/toast.js";

export class Menu {
  constructor(room, signal) {
    this.room = room;
    this.box = room.querySelector("[data-menu]");
    this.box.addEventListener("click", (event) => this.choose(event), { signal });
    this.box.addEventListener("keydown", (event) => this.move(event), { signal });
  }

  /** The buttons that make sense for this message. */
  open(button, item) {
    const { room } = this;
    this.item = item;
    const isMine = Number(item.dataset.author) === room.me;
    const fits = {
      edit: isMine && room.pen && item.querySelector(".words"),
      remove: isMine || room.isModerator,
      pin: room.isModerator,
    };
    for (const entry of this.box.querySelectorAll("[data-do]")) entry.hidden = entry.dataset.do in fits && !fits[entry.dataset.do];
    const mine = room.list.marks.get(Number(item.dataset.message)) ?? [];
    for (const [kind, entry] of room.kinds) entry.setAttribute("aria-pressed", mine.includes(kind));
    const details = this.box.querySelector("[data-details]");
    details.href = details.dataset.details.replace(/0\/$/, `${item.dataset.message}/`);
    this.box.showPopover();
    const at = button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const isRtl = getComputedStyle(room).direction === "rtl";
    const left = isRtl ? at.left : at.right - width;
    const top = at.bottom + height + 8 > innerHeight ? at.top - height - 4 : at.bottom + 4;
    this.box.style.setProperty("left", `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`);
    this.box.style.setProperty("top", `${Math.max(8, top)}px`);
    this.entries[0].focus();
  }

  get entries() {
    return [...this.box.querySelectorAll("button, a")].filter((entry) => !entry.hidden);
  }

  move(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const { entries } = this;
    entries[(entries.indexOf(document.activeElement) + step + entries.length) % entries.length].focus();
  }

  choose(event) {
    if (event.target.closest("a")) this.box.hidePopover();
    const entry = event.target.closest("button");
    if (!entry) return;
    const { item, room } = this;
    const id = Number(item.dataset.message);
    this.box.hidePopover();
    if (entry.dataset.kind) room.mark(item, entry.dataset.kind);
    const act = {
      edit: () => room.pen.edit(item),
      link: () => this.copy(item),
      pin: () => room.pin(id),
      remove: () => room.withdraw(id),
    }[entry.dataset.do];
    act?.();
  }

  async copy(item) {
    const { room } = this;
    const address = new URL(room.dataset.address, location.href);
    address.hash = `said-${room.room}-${item.dataset.seq}`;
    try {
      await navigator.clipboard.writeText(address.href);
      say(room.words.copied);
    } catch {
      location.hash = address.hash; // to be copied from the address bar
    }
  }
}
