// Writing in a <chat-room>: the box, its draft kept over a reload, one's own messages on their way, and those that
// could not be sent, which stay with the reason and a way to send them again.

import { Files } from "plenary/chat/files.js";
import { build } from "plenary/chat/message.js";
import { live } from "plenary/live/socket.js";
import { call } from "plenary/ui/api.js";
import { number } from "plenary/ui/plural.js";

const PENDING_MS = 1200;
const COUNT_FROM = 0.9; // of the longest message

export class Pen {
  editing = null; // the message whose words are in the box
  changing = null; // those that were sent for it and are not answered yet

  constructor(room, form, signal) {
    this.room = room;
    this.form = form;
    this.box = form.elements.text;
    this.counter = form.querySelector("[data-left]");
    this.key = `plenary.draft ${room.dataset.topic} ${document.querySelector('meta[name="plenary-live"]')?.dataset.socket ?? ""} ${room.me}`;
    this.files = new Files(room, form, signal);
    this.signal = signal;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    }, { signal });
    this.box.addEventListener("keydown", (event) => this.press(event), { signal });
    this.box.addEventListener("input", () => this.changed(), { signal });
    form.querySelector("[data-unreply]").addEventListener("click", () => this.replyTo(null), { signal });
    form.querySelector("[data-unedit]").addEventListener("click", () => this.edit(null), { signal });
    live.addEventListener("answer", (event) => this.remember(event.detail), { signal });
    if (!this.box.value) this.box.value = this.draft;
    this.count(); // and no more: what the page says of a refused message stays
  }

  focus() {
    this.box.focus({ preventScroll: true });
  }

  // The draft

  get draft() {
    try {
      return localStorage.getItem(this.key) ?? "";
    } catch {
      return "";
    }
  }

  set draft(text) {
    try {
      if (text) localStorage.setItem(this.key, text);
      else localStorage.removeItem(this.key);
    } catch {
      // A private window: the draft lasts as long as the page.
    }
  }

  changed() {
    if (!this.picker && this.box.value.includes("@")) this.pick();
    if (!this.editing) this.draft = this.box.value;
    this.refuse("");
    this.count();
  }

  /** Somebody may be named. */
  async pick() {
    const { MentionPicker } = await import("plenary/chat/mention-picker.js");
    this.picker ??= new MentionPicker(this.room, this.box, this.signal);
    this.picker.listen();
  }

  count() {
    const most = this.box.maxLength;
    const near = this.box.value.length > most * COUNT_FROM;
    this.counter.hidden = !near;
    this.counter.textContent = near ? this.room.words.left.replace("%(count)s", number(most - this.box.value.length)) : "";
  }

  put(text) {
    this.box.value = text;
    this.changed();
  }

  press(event) {
    // While an input method composes, Enter belongs to it; Safari says so by the key code only.
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if (event.key === "Enter" && !event.shiftKey && !matchMedia("(pointer: coarse)").matches) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") {
      this.edit(null);
      this.replyTo(null);
    } else if (event.key === "ArrowUp" && !this.box.value) {
      const mine = [...this.room.list.items.querySelectorAll(".me[data-seq]:not([data-seq=''])")].findLast((item) => item.querySelector(".words"));
      if (mine) {
        event.preventDefault();
        this.edit(mine);
      }
    }
  }

  // Sending

  submit() {
    const words = this.box.value.trim();
    if (this.editing) {
      if (words) this.change(words);
      else this.edit(null);
      return;
    }
    if (this.files.isBusy || (!words && !this.files.ready.length)) return;
    const wish = { text: words, reply_to: Number(this.form.elements.reply_to.value) || null, files: this.files.take() };
    this.put("");
    this.replyTo(null);
    this.transmit(wish);
    this.room.list.toEnd();
  }

  /** Other words for a message stay in the box until they are taken: refused, they are still there, with the reason. */
  async change(words) {
    const id = this.editing;
    if (this.changing === words) return;
    this.changing = words;
    this.form.setAttribute("aria-busy", "true");
    const isTaken = await this.room.reword(id, words);
    this.form.removeAttribute("aria-busy");
    this.changing = null;
    if (isTaken && this.editing === id && this.box.value.trim() === words) this.edit(null);
  }

  /** One's own message, on its way. */
  show({ text, reply_to: replyTo, files }) {
    const { room } = this;
    const quoted = replyTo && room.list.find(replyTo);
    const item = build({
      id: null,
      seq: null,
      author: { id: room.me, name: room.words.you, photo: "" },
      role: "",
      text: text || files.map((file) => file.name).join(", "),
      at: new Date().toISOString(),
      reply: quoted ? quote(quoted) : null,
      removed: "",
    }, room);
    item.classList.add("pending");
    item.dataset.text = text;
    item.querySelector(".acts").remove();
    const mine = room.list.items.querySelector(".me:not(.pending) .face") ?? document.querySelector(".bar .profile .face");
    if (mine) item.querySelector(".face").replaceWith(mine.cloneNode(true));
    room.list.items.append(item);
    room.querySelector("[data-empty]").hidden = true;
    return item;
  }

  /** `id`: of the same wish, which was refused before; whatever became of that, it is said once. */
  async transmit(wish, id) {
    const { room } = this;
    const item = this.show(wish);
    const slowly = setTimeout(() => this.tag(item, room.words.pending), PENDING_MS);
    try {
      const message = await this.dispatch(wish, id);
      if (!item.isConnected) return; // the broadcast was quicker
      if (room.list.find(message.id)) item.remove();
      else item.replaceWith(build(message, room));
      if (message.seq === null) room.order.mark(room.list.find(message.id), message);
    } catch (error) {
      this.fail(item, wish, error);
    } finally {
      clearTimeout(slowly);
    }
  }

  async dispatch({ text, reply_to, files }, id) {
    const body = { text, reply_to, files: files.map(({ key, alt = "" }) => ({ key, alt })) };
    try {
      return await live.send("chat.send", { room: this.room.room, ...body }, { id, subject: this.room.room });
    } catch (error) {
      if (error.code !== "live.no_socket") throw error;
      return call("POST", `${this.room.dataset.api}messages/`, body);
    }
  }

  /** What was written before a reload could not be sent. */
  remember({ name, body, error }) {
    if (body.room !== this.room.room || !error) return;
    if (name === "chat.edit") this.editAgain(body, error);
    if (name !== "chat.send") return;
    const wish = { text: body.text, reply_to: body.reply_to, files: (body.files ?? []).map((file) => ({ ...file, name: "" })) };
    this.fail(this.show(wish), wish, error);
  }

  editAgain({ message, text }, error) {
    const item = this.room.list.find(message);
    if (!item?.querySelector(".words") || this.editing) return;
    this.edit(item);
    this.put(text);
    this.refuse(error.message);
  }

  tag(item, words) {
    const tag = document.createElement("span");
    tag.className = "tag";
    tag.textContent = words;
    item?.querySelector(".by").append(tag);
  }

  fail(item, wish, error) {
    item.classList.replace("pending", "unsent");
    item.querySelector(".tag")?.remove();
    const note = this.room.querySelector("[data-failed-template]").content.cloneNode(true);
    note.querySelector("[data-why]").textContent = error?.message || this.room.words.failed;
    const again = note.querySelector("[data-again]");
    again.addEventListener("click", () => { item.remove(); this.transmit(wish, error?.id ?? undefined); });
    note.querySelector("[data-edit]").addEventListener("click", () => {
      item.remove();
      this.put([wish.text, this.box.value].filter(Boolean).join("\n"));
      this.files.giveBack(wish.files);
      this.box.focus();
    });
    if (error?.retryAfter) {
      again.disabled = true;
      setTimeout(() => { again.disabled = false; }, error.retryAfter * 1000);
    }
    item.lastElementChild.append(note);
  }

  refuse(words) {
    const line = this.form.querySelector("[data-error]");
    line.hidden = !words;
    line.querySelector("span").textContent = words;
  }

  // What the words belong to

  replyTo(item) {
    const line = this.form.querySelector("[data-replying]");
    this.form.elements.reply_to.value = item?.dataset.message ?? "";
    line.hidden = !item;
    if (!item) return;
    this.edit(null);
    line.querySelector("[data-name]").textContent = item.querySelector("[data-name]").textContent;
    this.box.focus();
  }

  /** Changes what was said: the box holds its words, and afterwards the draft again. */
  edit(item) {
    if (!item && !this.editing) return;
    const line = this.form.querySelector("[data-editing]");
    line.hidden = !item;
    if (item) {
      this.replyTo(null);
      this.editing = Number(item.dataset.message);
      this.put(item.querySelector(".words").textContent);
      this.box.focus();
    } else {
      this.editing = null;
      this.put(this.draft);
    }
  }
}

function quote(item) {
  return {
    id: Number(item.dataset.message),
    name: item.querySelector("[data-name]").textContent,
    text: item.querySelector(".words")?.textContent.slice(0, 90) ?? "",
  };
}
