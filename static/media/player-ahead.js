// What lies where somebody points on the scrub bar, or drags it: the second, the chapter, and a small picture where the
// film has a storyboard (data-storyboard: WebVTT whose cues name parts of sprites, file.jpg#xywh=0,90,160,90).

import { time } from "plenary/media/player-time.js";

const CUE = /^((?:\d+:)?\d+:\d+(?:\.\d+)?)\s+-->\s+((?:\d+:)?\d+:\d+(?:\.\d+)?)/;
const PART = /^(.+)#xywh=(\d+),(\d+),(\d+),(\d+)$/;

export default class Ahead {
  constructor(player) {
    this.player = player;
    this.scrub = player.part("scrub");
    this.box = player.part("ahead");
    this.cues = [];
    player.draws();
    const { signal } = player.stop;
    this.scrub.addEventListener("pointermove", (event) => this.point(event), { signal });
    this.scrub.addEventListener("input", () => this.show(Number(this.scrub.value)), { signal });
    for (const name of ["pointerleave", "blur", "change"]) this.scrub.addEventListener(name, () => this.hide(), { signal });
    if (player.dataset.storyboard && !player.saves) this.fetch(player.dataset.storyboard);
  }

  async fetch(address) {
    try {
      const answer = await fetch(address, { signal: this.player.stop.signal });
      if (answer.ok) this.cues = read(await answer.text(), answer.url);
    } catch {
      // Without pictures the second is shown alone.
    }
  }

  point(event) {
    const box = this.scrub.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const { min, max } = this.scrub;
    this.show(Number(min) + share * (Number(max) - Number(min)));
  }

  async show(second) {
    const { player, box } = this;
    const { min, max } = this.scrub;
    const share = (second - Number(min)) / (Number(max) - Number(min) || 1);
    const chapters = await player.parts?.chapters;
    box.hidden = false;
    box.querySelector("[data-chapter]").textContent = chapters?.at(second)?.title ?? "";
    box.querySelector("[data-second]").textContent = player.clock ? `−${time(player.length - second)}` : time(second);
    this.picture(this.cues.find(({ from, to }) => from <= second && second < to));
    const half = box.offsetWidth / 2;
    const width = this.scrub.offsetWidth;
    box.style.setProperty("left", `${Math.min(width - half, Math.max(half, share * width))}px`);
  }

  picture(cue) {
    const picture = this.box.querySelector("[data-picture]");
    picture.hidden = !cue;
    if (!cue) return;
    picture.style.setProperty("width", `${cue.width}px`);
    picture.style.setProperty("height", `${cue.height}px`);
    picture.style.setProperty("background-image", `url("${cue.address}")`);
    picture.style.setProperty("background-position", `-${cue.x}px -${cue.y}px`);
  }

  hide() {
    this.box.hidden = true;
  }
}

function read(text, base) {
  const found = [];
  let span = null;
  for (const line of text.split(/\r?\n/)) {
    const begins = CUE.exec(line);
    if (begins) {
      span = [seconds(begins[1]), seconds(begins[2])];
    } else if (span) {
      const part = PART.exec(line.trim());
      if (part) {
        const [x, y, width, height] = part.slice(2).map(Number);
        found.push({ from: span[0], to: span[1], address: new URL(part[1], base).href, x, y, width, height });
      }
      span = null;
    }
  }
  return found;
}

function seconds(words) {
  return words.split(":").reduce((all, part) => all * 60 + Number(part), 0);
}
