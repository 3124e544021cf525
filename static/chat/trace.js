// For moderators: under a message that was changed or taken away, what it said before.

import { fill } from "plenary/ui/fill.js";

/** `traces` as their own topic carries them: { id, was, by, removed }. */
export function showTraces(room, traces) {
  for (const trace of traces) {
    const item = room.list.find(trace.id);
    if (!item) continue;
    const note = item.querySelector(".trace") ?? document.createElement("details");
    note.className = "trace";
    const head = document.createElement("summary");
    head.textContent = trace.removed && trace.by ? fill(room.words.tookAway, { name: trace.by }) : room.words.was;
    const list = document.createElement("ol");
    list.append(...trace.was.map((text) => Object.assign(document.createElement("li"), { textContent: text, dir: "auto" })));
    note.replaceChildren(head, list);
    item.children[1].append(note);
  }
}
