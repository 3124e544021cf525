// <quiz-screen>: a game on a shared screen (templates/quizzes/screen.html). Space, Enter, Page Down or the right arrow (a
// presenter's remote sends these) does the next step.

import { live } from "plenary/live/socket.js";
import { QuizStage } from "plenary/quizzes/stage.js";

const REFUSED_MS = 6000;
const ON = new Set([" ", "Enter", "PageDown", "ArrowRight"]);

customElements.define("quiz-screen", class extends QuizStage {
  setUp(signal) {
    document.addEventListener("keydown", (event) => {
      if (!ON.has(event.key) || event.repeat || event.target.closest("button, video, audio, a")) return;
      event.preventDefault();
      this.step();
    }, { signal });
  }

  async step() {
    const { phase, position } = this.stage;
    if (phase === "over") return;
    const wish = phase === "asked" ? "reveal" : "next";
    try {
      await live.send("quiz.step", { game: this.game, do: wish, position, seconds: 0 });
    } catch (error) {
      this.refuse(error?.message ?? "");
    }
  }

  /** For who sees the screen, and who hears it. */
  refuse(words) {
    clearTimeout(this.refusing);
    this.find("refusal").textContent = words;
    if (words) this.refusing = setTimeout(() => this.refuse(""), REFUSED_MS);
  }
});
