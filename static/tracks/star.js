// A star put on or taken off at once, and taken back if the server says no.
import { say } from "plenary/ui/toast.js";

/** `button` is a .star with the session's id, `form` says where it goes, `words` are {kept, clash, failed}. */
export async function keepStar(button, form, words) {
  if (button.dataset.waiting) return;
  const on = button.getAttribute("aria-pressed") !== "true";
  const twins = () => document.querySelectorAll(`.star[value="${button.value}"]`);
  const draw = (isOn) => {
    for (const star of twins()) {
      star.setAttribute("aria-pressed", isOn);
      star.closest(".sess")?.toggleAttribute("data-mine", isOn);
      if (!isOn) star.closest(".sess")?.removeAttribute("data-clash");
    }
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
    if (reply.clashes.length) say(words.clash.replace("{title}", reply.clashes[0].title));
  } catch (error) {
    draw(!on);
    say(error instanceof TypeError || error instanceof SyntaxError ? words.failed : error.message || words.failed, { bad: true });
  } finally {
    delete button.dataset.waiting;
  }
}
