// The menus of a player. Quality, speed, captions, sound, data saver, sound only: each is a set of radio buttons or a box
// of the page, so keys and screen readers know them; what is chosen is remembered (player-kept.js). Where whatever else
// opens in the player stands, its chapters and its keys, is found here too: by the button that opens it.

import { keep, kept } from "plenary/media/player-kept.js";
import { linkAt } from "plenary/media/player-time.js";

const GAP = 6;
const MARGIN = 8;
const LEAST = 420;
const WIDEST = 384;
const MOST = "32rem"; // of a list; the settings are seen as a whole, where there is room

export default class Menu {
  constructor(player) {
    this.player = player;
    this.box = player.part("menu");
    const { signal } = player.stop;
    this.box.addEventListener("change", (event) => this.set(event.target), { signal });
    this.box.addEventListener("toggle", (event) => { if (event.newState === "open") this.focus(); }, { signal });
    player.part("copy").addEventListener("click", () => this.copy(), { signal });
    for (const name of ["addtrack", "removetrack"]) player.video.textTracks.addEventListener(name, () => this.fill(), { signal });
  }

  open(box) {
    if (box === this.box) this.fill();
    this.place(box);
    if (box === this.box && box.matches(":popover-open")) this.focus();
  }

  focus() {
    const first = [...this.box.querySelectorAll("fieldset:not([hidden]) :is(input:checked, input[type=checkbox])")][0];
    first?.focus();
  }

  set(input) {
    const { player } = this;
    const { value, checked } = input;
    const act = {
      quality: () => { keep({ height: Number(value) }); player.engine?.set({ height: Number(value) }); },
      speed: () => player.faster(Number(value)),
      captions: () => player.captions.choose(value),
      sound: () => { keep({ sound: value }); player.engine?.set({ sound: value }); },
      saver: () => { keep({ saver: checked }); player.saves = checked; player.engine?.set({ saver: checked }); },
      only: () => { keep({ only: checked }); player.only(checked); player.engine?.set({ only: checked }); },
    }[input.dataset.choice ?? input.closest("[data-choice]").dataset.choice];
    act();
    this.fill();
  }

  fill() {
    const { player } = this;
    const { engine } = player;
    const wish = engine?.wish ?? {};
    const levels = wish.only || player.saves ? [] : engine?.levels ?? [];
    this.list("quality", levels.length > 1 ? levels.map((height) => [height, `${height}p`]) : [], wish.height ?? kept.height ?? 0);
    const playing = engine?.playing;
    this.group("quality").querySelector("small").textContent = playing && !wish.height ? `${playing}p` : "";
    const { captions } = player;
    const tracks = captions.tracks.map((track) => [track.language, track.label || languageName(track.language)]);
    this.list("captions", tracks, captions.track?.language ?? "off");
    const sounds = engine?.sounds ?? [];
    this.list("sound", sounds.length > 1 ? sounds.map((sound) => [sound.name, this.nameOf(sound)]) : [], engine?.sound?.name, true);
    this.group("speed").hidden = Boolean(player.clock);
    for (const input of this.group("speed").querySelectorAll("input")) input.checked = Number(input.value) === player.video.playbackRate;
    this.box.querySelector("[data-choice=saver]").checked = player.saves;
    this.box.querySelector("[data-choice=only]").checked = Boolean(kept.only);
  }

  async copy() {
    const { player } = this;
    const said = player.part("copied");
    const link = linkAt(location, player.video.currentTime || player.begin);
    try {
      await navigator.clipboard.writeText(link);
      said.textContent = said.dataset.done;
    } catch {
      said.textContent = link;
    }
  }

  nameOf({ name, lang, described }) {
    const said = name || languageName(lang);
    return described && this.box.dataset.described ? `${said} (${this.box.dataset.described})` : said;
  }

  group(name) {
    return this.box.querySelector(`fieldset[data-choice=${name}]`);
  }

  /** One radio button a choice, after what the page has itself (automatic, off); `bare` where that is a mould alone. */
  list(name, choices, chosen, bare = false) {
    const group = this.group(name);
    group.hidden = choices.length === 0;
    const mould = group.querySelector("label");
    mould.hidden = bare;
    const wanted = choices.map(([value]) => String(value));
    const labels = [...group.querySelectorAll("label")].slice(1);
    if (labels.map((label) => label.querySelector("input").value).join() !== wanted.join()) {
      for (const label of labels) label.remove();
      for (const [value, words] of choices) {
        const label = mould.cloneNode(true);
        label.hidden = false;
        label.querySelector("input").value = value;
        label.querySelector("span").textContent = words;
        label.querySelector("small")?.remove();
        group.append(label);
      }
    }
    for (const input of group.querySelectorAll("input")) input.checked = input.value === String(chosen);
  }

  place(box) {
    const opener = this.player.querySelector(`.deck > [popovertarget="${box.id}"]`) ?? this.player.part("settings");
    const button = opener.getBoundingClientRect();
    const { style } = box;
    // Above the button, or below it where there is more room: on a phone the picture is small and at the top.
    const below = window.innerHeight - button.bottom;
    const isBelow = button.top < LEAST && below > button.top;
    style.setProperty("top", isBelow ? `${button.bottom + GAP}px` : "auto");
    style.setProperty("bottom", isBelow ? "auto" : `${Math.max(MARGIN, window.innerHeight - button.top + GAP)}px`);
    style.setProperty("max-block-size", `min(${box === this.box ? "100dvh" : MOST}, ${(isBelow ? below : button.top) - GAP - MARGIN}px)`);
    // Beside the button's own edge, but never beyond the window's: on a phone that is most of its width.
    const isRight = button.left > window.innerWidth / 2;
    const edge = isRight ? window.innerWidth - button.right : button.left;
    const at = `${Math.max(MARGIN, Math.min(edge, window.innerWidth - WIDEST - MARGIN))}px`;
    style.setProperty("right", isRight ? at : "auto");
    style.setProperty("left", isRight ? "auto" : at);
  }
}

function languageName(code) {
  try {
    return new Intl.DisplayNames([code], { type: "language" }).of(code);
  } catch {
    return code;
  }
}
