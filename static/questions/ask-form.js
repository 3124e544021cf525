// The form under a <question-board>: counts what is typed, offers what was asked already, and sends by the socket.

import { live } from "plenary/live/socket.js";
import { counted } from "plenary/ui/plural.js";

const TYPING_MS = 500;
const LEAST_TYPED = 8;
const PENDING_MS = 1200;
const COUNTED_FROM = 60;

export class AskForm {
  constructor(form, board, signal) {
    this.form = form;
    this.board = board;
    this.text = form.elements.text;
    this.most = Number(board.dataset.most);
    form.addEventListener("submit", (event) => { event.preventDefault(); event.stopPropagation(); this.ask(); }, { signal });
    this.text.addEventListener("input", () => this.typed(), { signal });
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.form.requestSubmit();
    }, { signal });
    form.addEventListener("click", (event) => this.want(event), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.timer));
    this.typed();
  }

  part(name) {
    return this.form.querySelector(`[data-${name}]`);
  }

  /** The rules of the session, as they are now. */
  follow(rules) {
    this.most = rules.most_chars;
    this.form.hidden = !rules.open;
    this.part("nameless").hidden = this.part("nameless-note").hidden = !rules.anonymous;
    if (!rules.anonymous) this.form.elements.anonymous.checked = false;
    this.part("held-note").hidden = !rules.held;
    this.count();
  }

  typed() {
    this.count();
    this.refuse("");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.suggest(), TYPING_MS);
  }

  count() {
    const left = this.most - [...this.text.value.trim()].length;
    const { words } = this.board;
    this.part("left").textContent = left < 0 ? counted(words.over, -left) : left <= COUNTED_FROM ? counted(words.left, left) : "";
    this.part("left").classList.toggle("over", left < 0);
  }

  async suggest() {
    const typed = this.text.value.trim();
    const box = this.part("similar-box");
    if (typed.length < LEAST_TYPED) {
      box.hidden = true;
      return;
    }
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const address = `${this.board.dataset.similar}?${new URLSearchParams({ q: typed.slice(0, 300) })}`;
      const response = await fetch(address, { headers: { Accept: "application/json" }, signal: this.asking.signal });
      if (response.ok) this.offer(await response.json());
    } catch {
      // Somebody types on, or is offline: nothing is offered.
    }
  }

  offer(found) {
    const others = found.filter((row) => !row.mine);
    this.part("similar-list").replaceChildren(...others.map(({ question, voted }) => {
      const item = this.board.querySelector("template[data-similar-item]").content.firstElementChild.cloneNode(true);
      item.dataset.similarTo = question.id;
      item.querySelector("[data-text]").textContent = question.text;
      item.querySelector("[data-want]").textContent = counted(this.board.words.want, question.votes);
      item.querySelector("[data-too]").hidden = voted || question.state === "answered";
      return item;
    }));
    this.part("similar-box").hidden = others.length === 0;
    if (others.length) this.board.say(this.part("similar-box").querySelector(".label").textContent);
  }

  /** It was asked already: one vote more instead of one question more. */
  async want(event) {
    const button = event.target.closest("[data-too]");
    if (!button) return;
    const row = button.closest("[data-similar-to]");
    button.setAttribute("aria-busy", "true");
    try {
      const question = Number(row.dataset.similarTo);
      const mine = await live.send("question.vote", { question, on: true }, { subject: question, latest: true });
      if (!mine) return;
      this.board.stands(mine);
      this.clear();
      this.text.focus();
      this.board.say(counted(this.board.words.want, mine.votes));
    } catch (error) {
      this.refuse(error?.message || this.board.words.failed);
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  async ask() {
    const button = this.form.querySelector("[type=submit]");
    const body = {
      session: Number(this.board.dataset.session),
      text: this.text.value.slice(0, 2000),
      anonymous: this.form.elements.anonymous.checked,
    };
    button.setAttribute("aria-busy", "true");
    const slowly = setTimeout(() => this.board.say(this.board.words.pending), PENDING_MS);
    try {
      const { question } = await live.send("question.ask", body);
      this.clear();
      this.board.asked(question);
    } catch (error) {
      this.refuse(error?.message || this.board.words.failed);
      this.text.focus();
    } finally {
      clearTimeout(slowly);
      button.removeAttribute("aria-busy");
    }
  }

  clear() {
    this.text.value = "";
    this.part("similar-box").hidden = true;
    this.typed();
  }

  refuse(words) {
    const line = this.part("error");
    line.hidden = !words;
    line.querySelector("span").textContent = words;
    if (words) this.text.setAttribute("aria-invalid", "true");
    else this.text.removeAttribute("aria-invalid");
  }
}
