// How a live stream's encoders do, written into a table: a row per input, data-input, its words for the state in
// data-on-air, data-here and data-away, its cells in data-part. What has no cell is left out.
//
//   showInputs(table, health);   health as the topic stream/<id>/health and our API tell it

import { locale } from "plenary/ui/language.js";

export function showInputs(root, health) {
  for (const row of root.querySelectorAll("[data-input]")) {
    const said = health.inputs.find(({ input }) => input === row.dataset.input);
    const here = Boolean(said?.is_here);
    const state = health.on_air === row.dataset.input ? row.dataset.onAir : here ? row.dataset.here : row.dataset.away;
    row.dataset.state = health.on_air === row.dataset.input ? "air" : here ? "here" : "away";
    write(row, "state", state);
    write(row, "kbps", here ? said.kbps : "");
    write(row, "fps", here ? said.fps : "");
    write(row, "size", here && said.width ? `${said.width}×${said.height}` : "");
    write(row, "dropped", here ? said.dropped : "");
    write(row, "key", here && said.key_frame_at ? keyFrame(row, said) : "");
  }
}

/** When the last one came, by the reader's clock, and how far apart they are. */
function keyFrame(row, { key_frame_at: at, key_frame_every: seconds }) {
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "medium" }).format(new Date(at));
  const every = row.querySelector("[data-part=key]")?.dataset.every ?? "";
  return seconds ? `${time}, ${every.replace("%(seconds)s", new Intl.NumberFormat(locale).format(seconds))}` : time;
}

function write(row, part, value) {
  const cell = row.querySelector(`[data-part=${part}]`);
  if (cell && cell.textContent !== String(value)) cell.textContent = value;
}
