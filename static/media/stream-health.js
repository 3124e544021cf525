// <stream-health>: at the desk, how a live stream's encoders do (templates/admin/media/stream.html). Asks every two
// seconds while it is looked at; data-address is the stream in our API. The rows are those of stream-rows.js.

import { Asking } from "plenary/ui/asking.js";
import { showInputs } from "plenary/media/stream-rows.js";

customElements.define("stream-health", class extends Asking {
  show({ health }) {
    showInputs(this, health);
  }
});
