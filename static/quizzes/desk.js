// A question's form at the desk shows the fields of its kind, and no others.

const FIELDS = { truth: ["truth"], number: ["number", "tolerance", "unit"] };
const OWN = Object.values(FIELDS).flat();
const LISTED = new Set(["single", "multiple", "order", "text"]);
const MARKED = new Set(["single", "multiple"]);

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
