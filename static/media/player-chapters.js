// The chapters of a film: a mark on the scrub bar where each begins, and the one that plays named in the list
// (templates/media/chapters.html), wherever lists of this film stand on the page, and on the deck. The links themselves need no script of
// ours: the player follows every link to a second.

export default class Chapters {
  constructor(player) {
    this.player = player;
    const { signal } = player.stop;
    this.all = [...player.part("chapters").querySelectorAll("a[data-second]")].map((link) => ({
      begins: Number(link.dataset.second), title: link.querySelector("[data-title]").textContent,
    }));
    this.mark();
    this.show();
    for (const name of ["timeupdate", "seeked"]) player.video.addEventListener(name, () => this.show(), { signal });
    player.video.addEventListener("durationchange", () => this.mark(), { signal });
    player.part("chapters").addEventListener("click", (event) => {
      if (event.target.closest("a")) player.part("chapters").hidePopover();
    }, { signal });
    player.part("chapters").addEventListener("toggle", (event) => { if (event.newState === "open") this.focus(); }, { signal });
  }

  mark() {
    const { length } = this.player;
    const marks = this.all.filter(({ begins }) => begins > 0 && begins < length).map(({ begins }) => {
      const mark = document.createElement("span");
      mark.style.setProperty("left", `${(begins / length) * 100}%`);
      return mark;
    });
    this.player.part("marks").replaceChildren(...marks);
  }

  at(second) {
    return this.all.findLast(({ begins }) => begins <= second + 0.05);
  }

  show() {
    const now = this.at(this.player.video.currentTime || this.player.begin || 0);
    if (now === this.shown) return;
    this.shown = now;
    this.player.part("chapter").textContent = now?.title ?? "";
    for (const link of document.querySelectorAll(`[data-chapters-of="${this.player.dataset.key}"] a[data-second]`)) {
      const isNow = now !== undefined && Number(link.dataset.second) === now.begins;
      if (isNow) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  focus() {
    const list = this.player.part("chapters");
    (list.querySelector("[aria-current]") ?? list.querySelector("a"))?.focus();
  }

  /** One chapter on, or back: back within one leads to its beginning first. */
  step(way) {
    const at = this.player.video.currentTime;
    const next = way > 0 ? this.all.find(({ begins }) => begins > at + 0.5) : this.all.findLast(({ begins }) => begins < at - 2);
    if (next) this.player.seek(next.begins);
  }
}
