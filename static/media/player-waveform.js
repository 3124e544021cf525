// The loudness of a sound over its time, drawn behind its scrub bar: data-waveform is JSON { per_second, peaks: [0…255] }.

const BARS = 240;
const SVG = "http://www.w3.org/2000/svg";

export default class Waveform {
  constructor(player) {
    this.box = player.part("waveform");
    this.draw(player.dataset.waveform, player.stop.signal);
  }

  async draw(address, signal) {
    let peaks;
    try {
      const answer = await fetch(address, { signal });
      ({ peaks } = await answer.json());
    } catch {
      return; // the bar alone does as well
    }
    if (!Array.isArray(peaks) || !peaks.length) return;
    const each = Math.max(1, Math.ceil(peaks.length / BARS));
    const bars = [];
    for (let at = 0; at < peaks.length; at += each) bars.push(Math.max(...peaks.slice(at, at + each)) / 255);
    const drawing = document.createElementNS(SVG, "svg");
    drawing.setAttribute("viewBox", `0 0 ${bars.length} 2`);
    drawing.setAttribute("preserveAspectRatio", "none");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", bars.map((height, n) => `M${n + 0.5} ${1 - height}V${1 + height}`).join(""));
    drawing.append(path);
    this.box.replaceChildren(drawing);
    this.box.hidden = false;
  }
}
