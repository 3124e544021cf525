// Whether letters alone do something on this device: whoever speaks to their machine, or hits keys by chance, switches them
// off (WCAG 2.1.4). One switch for all pages that have such keys.

const OFF = "plenary.single-keys-off";

function kept() {
  try {
    return localStorage.getItem(OFF);
  } catch {
    return null;
  }
}

/** Minds the box of a page: `on` says how it stands. The box is shown here, since without a script there are no keys;
 * `onchange` is told at once and whenever it is switched. */
export function singleKeys(box, signal, onchange = () => {}) {
  const keys = { on: kept() === null };
  box.checked = keys.on;
  box.closest("[data-keys-switch]")?.removeAttribute("hidden");
  onchange(keys.on);
  box.addEventListener("change", () => {
    keys.on = box.checked;
    try {
      if (keys.on) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "1");
    } catch {
      // Kept for this page alone then.
    }
    onchange(keys.on);
  }, { signal });
  return keys;
}
