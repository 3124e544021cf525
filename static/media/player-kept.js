// What somebody chose in a player, and where they stopped, on this device. In a private window it lasts as long as the
// page.
//
//   kept.height; keep({ height: 720 });   placeOf("3Ckq0Xc2") → { place, at };   keepPlace("3Ckq0Xc2", 754);

const CHOICES = "plenary.player";
const PLACES = "plenary.places";
const MOST_PLACES = 60;

export const kept = read(CHOICES);

export function keep(change) {
  Object.assign(kept, change);
  write(CHOICES, kept);
}

export function placeOf(key) {
  const [place, at] = read(PLACES)[key] ?? [0, 0];
  return { place, at };
}

/** The oldest make room. */
export function keepPlace(key, place) {
  const places = Object.entries(read(PLACES)).filter(([known]) => known !== key);
  places.sort(([, one], [, other]) => other[1] - one[1]);
  write(PLACES, Object.fromEntries([[key, [Math.round(place), Date.now()]], ...places.slice(0, MOST_PLACES - 1)]));
}

function read(name) {
  try {
    const found = JSON.parse(localStorage.getItem(name) ?? "{}");
    return found && typeof found === "object" ? found : {};
  } catch {
    return {};
  }
}

function write(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Full, or not allowed.
  }
}
