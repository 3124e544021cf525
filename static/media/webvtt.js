// Reads the WebVTT that we write (apps/media/adapters/webvtt.py): [{ begins, ends, speaker, text }], times in seconds.

const TIMES = /^(?:(\d+):)?(\d+):(\d+\.\d+) --> (?:(\d+):)?(\d+):(\d+\.\d+)/;

export function cues(file) {
  const found = [];
  for (const block of file.replaceAll("\r", "").split(/\n{2,}/)) {
    const lines = block.split("\n");
    const at = lines.findIndex((line) => TIMES.test(line));
    if (at < 0) continue;
    const [, ...parts] = TIMES.exec(lines[at]);
    const [begins, ends] = [moment(parts.slice(0, 3)), moment(parts.slice(3))];
    const [, speaker = "", said] = /^(?:<v ([^>]*)>)?([^]*)$/.exec(lines.slice(at + 1).join("\n"));
    found.push({ begins, ends, speaker: plain(speaker), text: plain(said).trim() });
  }
  return found;
}

function moment([hours = "0", minutes, seconds]) {
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function plain(text) {
  const stripped = text.replaceAll(/<[^>]*>/g, "");
  return stripped.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&nbsp;", " ").replaceAll("&amp;", "&");
}
