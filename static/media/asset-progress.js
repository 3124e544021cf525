// <asset-progress>: at the desk, how far a film is (templates/media/progress.html). Asks every two seconds while it is
// looked at and not yet at its end; data-address is the asset in our API.

import { Asking } from "plenary/ui/asking.js";

customElements.define("asset-progress", class extends Asking {
  show({ state, progress, reason, words }) {
    const bar = this.querySelector("progress");
    bar.value = progress;
    const told = this.querySelector(".words");
    told.textContent = reason || words;
    told.classList.toggle("desk-fault", state === "failed");
    if (state === "processing") return;
    this.stopAsking();
    bar.hidden = true;
    // A still, a length and other buttons belong to what is done: the page has them.
    if ("reload" in this.dataset) window.location.reload();
  }
});
