// <live-results>: at the organisers' desk, a poll's results as they come. Asks every two seconds while it is looked at.

import { Asking } from "plenary/ui/asking.js";
import { number } from "plenary/ui/plural.js";

customElements.define("live-results", class extends Asking {
  show({ total, of, votes }) {
    this.querySelector("[data-total]").textContent = number(total);
    for (const { option, votes: count } of votes) {
      const row = this.querySelector(`[data-option="${option}"]`);
      if (!row) continue;
      const percent = of ? Math.floor((200 * count + of) / (2 * of)) : 0;
      row.querySelector("[data-votes]").textContent = number(count);
      row.querySelector("meter").value = percent;
      row.querySelector("[data-percent]").textContent = `${percent}%`;
    }
  }
});
