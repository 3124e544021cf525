// A part of a page that is fetched anew: whoever stands on something of it stands on the same afterwards, what was
// unfolded stays unfolded, and what was chosen in a list of a form stays chosen.

function addressOf(control) {
  return [control.closest("form")?.getAttribute("action"), control.name, control.localName === "button" ? control.value : ""].join(" ");
}

/** Puts what is in `fresh` in the place of what is in `part`. */
export function replace(part, fresh) {
  const held = document.activeElement;
  const place = part.contains(held) && held.matches("button, select") ? addressOf(held) : null;
  const unfolded = [...part.querySelectorAll("details")].map((details) => details.open);
  const chosen = new Map([...part.querySelectorAll("select")].map((select) => [addressOf(select), select.value]));
  part.replaceChildren(...fresh.childNodes);
  for (const [number, details] of part.querySelectorAll("details").entries()) details.open = unfolded[number] ?? false;
  for (const select of part.querySelectorAll("select")) select.value = chosen.get(addressOf(select)) ?? select.value;
  if (place) [...part.querySelectorAll("button, select")].find((control) => addressOf(control) === place)?.focus();
}
