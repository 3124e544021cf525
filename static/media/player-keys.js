// The keys of a player. Letters and digits work on the whole page, unless somebody switched single keys off there
// (data-keys of the page); arrows and the space bar only where the focus is in the player, since the page scrolls by them.
// C is left to pages that have another use for it: there it means captions in the player alone, and S everywhere.

const SKIP = 10;
const STEP = 5;
const LOUDER = 0.1;
const TYPING = "input:not([type=range], [type=radio], [type=checkbox]), textarea, select, [contenteditable], dialog";

export function keys(player) {
  const { signal } = player.stop;
  player.addEventListener("keydown", (event) => near(player, event), { signal });
  document.addEventListener("keydown", (event) => far(player, event), { signal });
}

function near(player, event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("input, [popover] *")) return;
  const { video } = player;
  const act = {
    ArrowLeft: () => player.seek(video.currentTime - STEP),
    ArrowRight: () => player.seek(video.currentTime + STEP),
    ArrowUp: () => player.loud(video.volume + LOUDER),
    ArrowDown: () => player.loud(video.volume - LOUDER),
    " ": event.target.matches("video, video-player") ? () => player.toggle() : null,
    c: document.documentElement.dataset.keys === "off" ? null : () => player.captions.toggle(),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function far(player, event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || event.repeat) return;
  if (document.documentElement.dataset.keys === "off" || event.target.closest(TYPING)) return;
  if (player !== document.querySelector("video-player") && !player.contains(event.target)) return;
  const { video } = player;
  const digit = /^\d$/.test(event.key) && !event.target.matches("input") ? Number(event.key) : null;
  const act = digit !== null && !player.clock ? () => player.seek((player.length * digit) / 10) : {
    k: () => player.toggle(),
    j: () => player.seek(video.currentTime - SKIP),
    l: () => player.seek(video.currentTime + SKIP),
    m: () => player.mute(),
    s: () => player.captions.toggle(),
    f: () => player.full(),
    p: () => player.pip(),
    t: player.part("theatre") && (() => player.theatre()),
    "<": () => faster(player, -1),
    ">": () => faster(player, 1),
    "?": player.part("keys") && (() => player.part("keys").togglePopover()),
  }[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
}

function faster(player, step) {
  const speeds = (player.dataset.speeds ?? "").split(" ").map(Number).filter(Boolean);
  const at = speeds.indexOf(player.video.playbackRate);
  player.faster(speeds[Math.min(speeds.length - 1, Math.max(0, (at < 0 ? speeds.indexOf(1) : at) + step))] ?? 1);
}
