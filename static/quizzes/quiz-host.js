// <quiz-host>: a game for who runs it (templates/quizzes/host.html): each step goes by the socket, once. What stands beside
// it, who plays ([data-seats]) and the reports ([data-reports]), is fetched again when somebody has come, and when the game
// goes on.

import { live } from "plenary/live/socket.js";
import { QuizStage } from "plenary/quizzes/stage.js";
import { counted } from "plenary/ui/plural.js";

const SEATS_MS = 2000;

function freshen(old, fresh) {
  if (!old || !fresh || old.contains(document.activeElement)) return;
  old.hidden = fresh.hidden;
  old.replaceChildren(...fresh.childNodes);
}

customElements.define("quiz-host", class extends QuizStage {
  setUp(signal) {
    this.form = this.find("steps");
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.step(event.submitter); }, { signal });
    live.subscribe(this.dataset.deskTopic, { version: Number(this.dataset.version), onmessage: (desk) => this.hearDesk(desk), signal });
  }

  /** How many ask for more time; the list beside says who. */
  hearDesk({ asking }) {
    const line = this.find("asking");
    const link = Object.assign(document.createElement("a"), { href: "#people", textContent: counted(this.words.asking, asking) });
    line.replaceChildren(...(asking ? [link] : []));
    this.seatsSoon();
  }

  fillHall(hall) {
    const { players, names } = this.hall;
    super.fillHall(hall);
    if (players !== hall.players || names[0] !== hall.names[0]) this.seatsSoon();
  }

  seatsSoon() {
    this.waiting ??= setTimeout(() => { this.waiting = null; this.seats(); }, SEATS_MS);
  }

  /** Not while somebody is at work in it: then it waits. */
  async seats() {
    const list = document.querySelector("[data-seats]");
    if (!list || !this.stop) return;
    if (list.contains(document.activeElement)) {
      this.seatsSoon();
      return;
    }
    try {
      const response = await fetch(location.href, { signal: this.stop.signal });
      if (!response.ok || response.redirected) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const name of ["[data-seats]", "[data-reports]"]) freshen(document.querySelector(name), page.querySelector(name));
    } catch {
      // Offline: what stands there stays until the next one comes.
    }
  }

  draw() {
    super.draw();
    const { phase, position, turns } = this.stage;
    this.form.hidden = phase === "over";
    this.form.elements.position.value = position;
    this.form.elements.closes_at.value = this.stage.closes_at ?? "";
    this.find("next").hidden = phase === "asked";
    this.find("reveal").hidden = this.find("extend").hidden = phase !== "asked";
    const when = phase === "lobby" ? "lobby" : position === turns ? "last" : "revealed";
    for (const words of this.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== when;
  }

  arrived(before) {
    super.arrived(before);
    if (this.stage.phase === "over") {
      location.reload(); // the page offers to play it again
      return;
    }
    this.seatsSoon();
    if (!this.form.contains(document.activeElement) && document.activeElement !== document.body) return;
    this.form.querySelector("button.now:not([hidden])")?.focus({ preventScroll: true });
  }

  async step(button) {
    const extend = button.name === "extend";
    button.setAttribute("aria-busy", "true");
    const line = this.find("error");
    try {
      await live.send("quiz.step", {
        game: this.game,
        do: extend ? "extend" : button.value,
        position: this.stage.position,
        seconds: extend ? Number(button.value) : 0,
        closes_at: extend ? this.stage.closes_at : null,
      });
      line.hidden = true;
    } catch (error) {
      line.hidden = false;
      line.querySelector("span").textContent = error?.message || this.words.failed;
    } finally {
      button.removeAttribute("aria-busy");
    }
  }
});
