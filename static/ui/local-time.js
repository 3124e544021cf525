// <local-clock> around the bar's clock keeps it going. Where only the browser knows the reader's zone (no cookie, no
// profile), the times of the page move to it here, and the cookie tells the server for the next page.
// <time datetime data-when="time|day|date|datetime|weekday|month_day">, <small data-clock="Zone/Name">.

import { locale } from "plenary/ui/language.js";

const root = document.documentElement;
const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
const styles = {
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { weekday: "long", day: "numeric", month: "long" },
  date: { day: "numeric", month: "long", year: "numeric" },
  weekday: { weekday: "long" },
  month_day: { day: "numeric", month: "long" },
  datetime: { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};

/** The zone in which this page shows its times. */
export function zone() {
  return root.dataset.zone || "UTC";
}

/** A moment in words, in the page's zone: `style` as in data-when. */
export function words(at, style = "time", timeZone = zone()) {
  return new Intl.DateTimeFormat(locale, { ...styles[style], timeZone }).format(at);
}

function city(key) {
  return key.split("/").pop().replaceAll("_", " ");
}

/** Moves every time under `scope` to the page's zone. */
export function relabel(scope = document) {
  for (const element of scope.querySelectorAll("time[data-when]")) {
    element.textContent = words(new Date(element.dateTime), element.dataset.when);
  }
}

if (mine && !/(^|; )tz=/.test(document.cookie)) {
  document.cookie = `tz=${mine}; path=/; max-age=31536000; samesite=lax`;
}
if (mine && "zoneGuess" in root.dataset && mine !== zone()) {
  root.dataset.zone = mine;
  root.dataset.zoneMoved = "";
  relabel();
  for (const element of document.querySelectorAll("[data-city]")) element.textContent = city(mine);
}

customElements.define("local-clock", class extends HTMLElement {
  connectedCallback() {
    this.tick();
    // Wakes with the minute, not sixty times in it.
    const next = () => { this.tick(); this.timer = setTimeout(next, 60_000 - (Date.now() % 60_000)); };
    this.timer = setTimeout(next, 60_000 - (Date.now() % 60_000));
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  tick() {
    const now = new Date();
    this.querySelector("b").textContent = words(now);
    for (const element of document.querySelectorAll("[data-clock]")) {
      const timeZone = element.dataset.clock;
      const name = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: "long" }).formatToParts(now).find((part) => part.type === "timeZoneName");
      element.textContent = `${words(now, "time", timeZone)}, ${name.value}`;
    }
  }
});
