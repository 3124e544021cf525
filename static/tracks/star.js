// A star put on or taken off at once, and taken back if the server says no.
import { say } from "plenary/ui/toast.js";

/** `button` is a .star with the session's id, `form` says where it goes, `words` are {clash, clashWord, failed}. */
export async function keepStar(button, form, words) {
  if (button.dataset.waiting) return;
  const on = button.getAttribute("aria-pressed") !== "true";
  const draw = (isOn) => {
    for (const star of document.querySelectorAll(`.star[value="${button.value}"]`)) {
      star.setAttribute("aria-pressed", isOn);
      star.closest(".sess")?.toggleAttribute("data-mine", isOn);
    }
    markClashes(words.clashWord);
  };
  draw(on);
  button.dataset.waiting = "1";
  try {
    const body = new URLSearchParams([...new FormData(form)]);
    body.set("session", button.value);
    body.set("on", on ? "1" : "0");
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const reply = await response.json();
    if (!response.ok) throw new Error(reply.title);
    if (reply.clashes.length) say(words.clash.replace("{title}", () => reply.clashes[0].title));
  } catch (error) {
    draw(!on);
    say(error instanceof TypeError || error instanceof SyntaxError ? words.failed : error.message || words.failed, { bad: true });
  } finally {
    delete button.dataset.waiting;
  }
}

/** Marks the starred sessions of the page that run at the same time. */
function markClashes(word) {
  const starred = [...document.querySelectorAll(".sess[data-mine]:not(.off)")].map((element) => {
    const [starts, ends] = [...element.querySelectorAll(".at time")].map((time) => Date.parse(time.dateTime));
    return { element, starts: Math.min(starts, ends), ends: Math.max(starts, ends) };
  });
  for (const element of document.querySelectorAll(".sess[data-clash]")) delete element.dataset.clash;
  for (const one of starred) {
    const clashing = starred.some((other) => other !== one && other.starts < one.ends && one.starts < other.ends);
    if (clashing) one.element.dataset.clash = word;
  }
}
