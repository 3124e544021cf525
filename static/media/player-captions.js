// The words under the picture, in a line of their own so that they never cover a slide: which track they come from, and
// whether they are shown. Both are remembered.
//
//   const captions = new Captions(player);   captions.tracks; captions.choose("de"); captions.toggle();

import { keep, kept } from "plenary/media/player-kept.js";
import { language } from "plenary/ui/language.js";

const OFF = "off";

export class Captions {
  constructor(player) {
    this.player = player;
    this.video = player.video;
    this.track = null;
    this.heard = new Set();
    const { signal } = player.stop;
    for (const name of ["addtrack", "removetrack"]) this.video.textTracks.addEventListener(name, () => this.find(), { signal });
    // Where a telephone fills its screen with the picture alone, nothing of ours is there: it draws the words itself.
    for (const [name, mode] of [["webkitbeginfullscreen", "showing"], ["webkitendfullscreen", "hidden"]]) {
      this.video.addEventListener(name, () => { if (this.track) this.track.mode = mode; }, { signal });
    }
    this.find();
  }

  get tracks() {
    return [...this.video.textTracks].filter(({ kind }) => kind === "captions" || kind === "subtitles");
  }

  /** The tracks as they are now: those of another house come with its stream. */
  find() {
    const { tracks } = this;
    this.player.part("captions").hidden = tracks.length === 0;
    if (tracks.length === this.heard.size && tracks.every((track) => this.heard.has(track))) return;
    for (const track of tracks.filter((one) => !this.heard.has(one))) {
      track.addEventListener("cuechange", () => { if (track === this.track) this.say(); }, { signal: this.player.stop.signal });
    }
    this.heard = new Set(tracks);
    this.show(kept.captions === OFF || kept.captions === false ? null : this.of(kept.captions));
  }

  of(wanted) {
    const { tracks } = this;
    const inOne = (code) => tracks.find((track) => track.language === code || track.language.split("-")[0] === code);
    return (typeof wanted === "string" && inOne(wanted)) || inOne(language) || inOne(language.split("-")[0]) || tracks[0] || null;
  }

  show(track) {
    this.track = track;
    for (const one of this.tracks) one.mode = one === track ? "hidden" : "disabled";
    this.player.part("says").hidden = !track;
    this.player.part("captions").setAttribute("aria-pressed", String(Boolean(track)));
    this.say();
  }

  /** "off", or a language. */
  choose(code) {
    keep(code === OFF ? { captions: OFF } : { captions: code, spoken: code });
    this.show(code === OFF ? null : this.of(code));
  }

  toggle() {
    if (this.tracks.length) this.choose(this.track ? OFF : kept.spoken ?? this.of().language);
  }

  say() {
    const cues = [...(this.track?.activeCues ?? [])];
    const box = this.player.part("says");
    const words = cues.map(said).join(" ");
    if (box.textContent === words) return;
    box.textContent = words;
    box.lang = this.track?.language ?? "";
  }
}

/** With who says it, where the track tells (`<v Ada>`). */
function said(cue) {
  const words = cue.getCueAsHTML();
  const who = words.querySelector("span[title]")?.title;
  return who ? `${who}: ${words.textContent}` : words.textContent;
}
