// Keeps an agenda at the present: what is on, what is over, how much of it, minutes left, the line of now.
import { words as clock } from "plenary/ui/local-time.js";

const MINUTE = 60_000;
const STEP = 5 * MINUTE;

/** Follows the clock under `scope` until `signal` ends it; `words` is "{minutes} min left". */
export function followNow(scope, { words, signal, toNow = false }) {
  const sessions = [...scope.querySelectorAll(".sess")].map((element) => {
    const times = element.querySelectorAll(".at time");
    const [starts, ends] = [...times].map((time) => Date.parse(time.dateTime)).sort((a, b) => a - b);
    return { element, starts, ends: ends ?? Infinity };
  });
  const tick = () => {
    const now = Date.now();
    for (const session of sessions) draw(session, now, words);
    for (const label of scope.querySelectorAll(".clock-now")) label.textContent = clock(new Date(now));
    moveLine(scope, now);
  };
  tick();
  const timer = setInterval(tick, MINUTE);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  if (toNow) scrollToNow(scope);
}

function draw({ element, starts, ends }, now, words) {
  const isOn = starts <= now && now < ends && !element.classList.contains("off");
  element.classList.toggle("on", isOn);
  element.classList.toggle("past", ends <= now);
  const live = element.querySelector(".live");
  if (isOn) {
    element.style.setProperty("--d", `${((now - starts) / (ends - starts)) * 100}%`);
    if (live) live.textContent = words.replace("{minutes}", Math.ceil((ends - now) / MINUTE));
  } else if (live?.parentElement.matches(".foot-line")) {
    live.parentElement.remove();
  }
}

// The line stands in the row of five minutes that the server chose; between two rows it moves by its share of one.
function moveLine(scope, now) {
  const line = scope.querySelector(".nowline.in-grid");
  if (!line) return;
  const from = Date.parse(line.closest(".plan").dataset.from);
  const row = Math.floor((now - from) / STEP) + 1;
  line.style.setProperty("--r", row);
  line.style.setProperty("--off", `calc(var(--u) * ${((now - from) % STEP) / STEP})`);
}

/** Brings the line of now into the middle of a grid that scrolls; false where there is none. */
export function scrollToNow(scope) {
  const scroller = scope.querySelector(".scroller:has(> .many)");
  const line = scroller?.querySelector(".nowline.in-grid");
  if (!line || getComputedStyle(line).display === "none") return false;
  scroller.scrollTop = line.offsetTop - scroller.clientHeight / 3;
  return true;
}
