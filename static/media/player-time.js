// Seconds of a film as people read them, and as addresses say them: #t=754, ?t=12m34s, #t=1:02:03.
//
//   time(754) → "12:34";   asked(location) → 754, or null;   linkAt(location, 754) → "https://…#t=754"

const UNITS = /^(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6}(?:\.\d{1,3})?)s?)?$/;

export function time(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  if (whole >= 3600) parts.unshift(Math.floor(whole / 3600));
  return parts.map((part, n) => (n ? String(part).padStart(2, "0") : String(part))).join(":");
}

export function parse(words) {
  if (/^\d{1,3}(:\d{1,2}){1,2}$/.test(words)) return words.split(":").reduce((all, part) => all * 60 + Number(part), 0);
  const found = words ? UNITS.exec(words) : null;
  return found ? Number(found[1] ?? 0) * 3600 + Number(found[2] ?? 0) * 60 + Number(found[3] ?? 0) : null;
}

export function asked({ hash, search }) {
  return hash.startsWith("#t=") ? parse(hash.slice(3)) : parse(new URLSearchParams(search).get("t") ?? "");
}

export function linkAt({ href }, seconds) {
  const address = new URL(href);
  address.searchParams.delete("t");
  address.hash = `t=${Math.floor(seconds)}`;
  return address.href;
}

/** When what this page says of the server's clock was so, in ms: between asking for the page and its first byte, in the
 * middle, since a busy server reads its clock at any moment of that; with what is put in later, now. */
export function arrived() {
  const [page] = performance.getEntriesByType("navigation");
  if (!page || document.readyState === "complete") return Date.now();
  return performance.timeOrigin + (page.requestStart + page.responseStart) / 2;
}
