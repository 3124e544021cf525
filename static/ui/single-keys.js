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

/** Minds the box of a page: `on` says how it stands, and so does `data-keys` of the page, for styles and for players. The
 * box is shown here, since without a script there are no keys. */
export function singleKeys(box, signal) {
  const keys = { on: kept() === null };
  const say = () => { document.documentElement.dataset.keys = keys.on ? "on" : "off"; };
  box.checked = keys.on;
  box.closest("[data-keys-switch]")?.removeAttribute("hidden");
  say();
  box.addEventListener("change", () => {
    keys.on = box.checked;
    try {
      if (keys.on) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "1");
    } catch {
      // Kept for this page alone then.
    }
    say();
  }, { signal });
  return keys;
}
