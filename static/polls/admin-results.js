// <live-results>: at the organisers' desk, a poll's results as they come, those of who watch the recording too. Asks for
// itself (templates/polls/admin_results.html) every two seconds while it is looked at and answers may come.

import { replace } from "plenary/polls/keeping.js";
import { Asking } from "plenary/ui/asking.js";

customElements.define("live-results", class extends Asking {
  read(response) {
    return response.text();
  }

  show(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("live-results");
    if (!fresh) return;
    if (!("open" in fresh.dataset)) this.stopAsking();
    if (fresh.innerHTML !== this.innerHTML) replace(this, fresh);
  }
});
