// <quiz-sorting data-words>: the items of a training's question are put into order by buttons (templates/quizzes/task.html).
// Without it their places are typed; with it they are still what is sent.

import { moveItem, nameMoves } from "plenary/quizzes/sorting.js";
import { fill } from "plenary/ui/fill.js";
import { number } from "plenary/ui/plural.js";

customElements.define("quiz-sorting", class extends HTMLElement {
  connectedCallback() {
    if (this.list) return;
    this.list = this.querySelector("ol.sorting");
    const moves = this.querySelector("template[data-moves]").content;
    for (const item of this.list.children) {
      item.querySelector("label").hidden = true;
      item.append(moves.cloneNode(true));
    }
    nameMoves(this.list);
    this.querySelector("[data-places-hint]").hidden = true;
    this.list.addEventListener("click", (event) => {
      const place = moveItem(event);
      if (place) this.moved(place);
    });
  }

  moved(place) {
    for (const [before, item] of [...this.list.children].entries()) item.querySelector("input").value = before + 1;
    this.querySelector("[data-said]").textContent = fill(JSON.parse(this.dataset.words).moved, { place: number(place) });
  }
});
