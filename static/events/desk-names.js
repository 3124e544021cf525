// What the desk's theme leaves without a name, or calls by the picture that it draws: icons are words of a typeface and are
// not read out, labels begin like sentences, and a choice that is looked up as one types has the name of its field's
// label, also in a row that was added later.

const named = (element, field) => {
  const label = field.labels?.[0];
  if (label) label.id ||= `label-${field.id}`;
  if (label) element.setAttribute("aria-labelledby", [label.id, element.dataset.shown].filter(Boolean).join(" "));
  else if (field.ariaLabel) element.setAttribute("aria-label", field.ariaLabel);
};

const name = (root) => {
  for (const cell of root.querySelectorAll("[data-label]")) {
    const said = cell.dataset.label.trim();
    const begun = said.charAt(0).toLocaleUpperCase() + said.slice(1);
    if (begun !== cell.dataset.label) cell.dataset.label = begun;
  }
  for (const icon of root.querySelectorAll(".material-symbols-outlined:not([aria-hidden])")) {
    const around = icon.closest("a, button");
    const names = !around || around.title || around.ariaLabel || around.textContent.trim() !== icon.textContent.trim();
    if (names) icon.ariaHidden = "true";
  }
  for (const field of root.querySelectorAll("select.select2-hidden-accessible")) {
    const box = field.nextElementSibling;
    for (const part of box?.querySelectorAll("[role=combobox], [role=textbox], textarea, input") ?? []) {
      const shown = box.querySelector(".select2-selection__rendered")?.id;
      if (shown && part.role === "combobox") part.dataset.shown = shown;
      named(part, field);
    }
  }
};

let waits = false;
new MutationObserver(() => {
  if (waits) return;
  waits = true;
  requestAnimationFrame(() => {
    waits = false;
    name(document);
  });
}).observe(document.body, { childList: true, subtree: true });
name(document);
