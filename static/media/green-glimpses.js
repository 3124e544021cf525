// What a producer sees of who waits in a green room: a small picture each second, and how loud they are, as
// `stream/<id>/glimpses` tells it. Each row of the page ([data-contributor]) has an <img data-glimpse="address"> and a
// <meter>; a row of whom nothing came for a while shows neither.
//
//   showGlimpses(page, told);        // what the topic told last
//   takeAlong(was, becomes);         // before a part is drawn anew: pictures that are there stay, and do not flash

const image = (row) => row.querySelector("img[data-glimpse]");

export function showGlimpses(page, told) {
  const known = new Map(told.glimpses.map((one) => [one.id, one]));
  for (const row of page.querySelectorAll("[data-contributor]")) {
    const [seen, picture, sound] = [known.get(Number(row.dataset.contributor)), image(row), row.querySelector(".glimpse-sound")];
    picture.hidden = sound.hidden = !seen;
    if (!seen) continue;
    const address = `${picture.dataset.glimpse}?n=${seen.picture}`;
    if (picture.getAttribute("src") !== address) picture.src = address;
    sound.querySelector("meter").value = seen.loudness;
  }
}

export function takeAlong(was, becomes) {
  for (const row of becomes.querySelectorAll("[data-contributor]")) {
    const before = was.querySelector(`[data-contributor="${row.dataset.contributor}"]`);
    if (before && !image(before).hidden) image(row).replaceWith(image(before));
  }
}
