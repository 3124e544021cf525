// Forms at the desk show what belongs together: a question the fields of its kind, a quiz those of how it is played.

const FIELDS = { truth: ["truth"], number: ["number", "tolerance", "unit"] };
const OWN = Object.values(FIELDS).flat();
const LISTED = new Set(["single", "multiple", "order", "text"]);
const MARKED = new Set(["single", "multiple"]);

const MODES = { live: ["teams", "talk_seconds"], alone: ["is_published", "pass_percent", "most_attempts", "reviews"] };

const mode = document.querySelector("select[name=mode]");

function showMode() {
  for (const [name, fields] of Object.entries(MODES)) {
    for (const field of fields) {
      const row = document.querySelector(`.field-${field}`);
      if (row) row.hidden = name !== mode.value;
    }
  }
}

mode?.addEventListener("change", showMode);
if (mode) showMode();

const choices = document.querySelectorAll("input[name=kind], select[name=kind]");
const list = document.getElementById("choices-group");

function show() {
  const chosen = document.querySelector("input[name=kind]:checked") ?? document.querySelector("select[name=kind]");
  const kind = chosen?.value;
  for (const name of OWN) {
    const row = document.querySelector(`.field-${name}`);
    if (row) row.hidden = !FIELDS[kind]?.includes(name);
  }
  if (!list) return;
  list.hidden = !LISTED.has(kind);
  for (const cell of list.querySelectorAll(".field-is_right, .column-is_right")) cell.hidden = !MARKED.has(kind);
}

for (const one of choices) one.addEventListener("change", show);
if (choices.length) show();
