// <quiz-host>: a game for who runs it (templates/quizzes/host.html): each step goes by the socket, once.

import { live } from "plenary/live/socket.js";
import { QuizStage } from "plenary/quizzes/stage.js";

customElements.define("quiz-host", class extends QuizStage {
  setUp(signal) {
    this.form = this.find("steps");
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.step(event.submitter); }, { signal });
  }

  draw() {
    super.draw();
    const { phase, position, turns } = this.stage;
    this.form.hidden = phase === "over";
    this.form.elements.position.value = position;
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
