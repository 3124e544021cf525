// What somebody chose in a player, and where they stopped, on this device. In a private window it lasts as long as the
// page.
//
//   kept.height; keep({ height: 720 });   keepPlace("3Ckq0Xc2", 754);   lastPlace(player.dataset, player.length) → 754

const CHOICES = "plenary.player";
const PLACES = "plenary.places";
const MOST_PLACES = 60;
const EDGES = [10, 15]; // whoever stopped so near to beginning or end begins anew

export const kept = read(CHOICES);

export function keep(change) {
  Object.assign(kept, change);
  write(CHOICES, kept);
}

/** The second where they stopped, here or on another device, whichever was later; 0 where they begin anew. */
export function lastPlace({ key, watch, place = 0, placeAt = 0 }, length) {
  const [here, at] = (watch && read(PLACES)[key]) || [0, 0];
  const last = at > Number(placeAt) ? here : Number(place);
  return last > EDGES[0] && last < length - EDGES[1] ? last : 0;
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
