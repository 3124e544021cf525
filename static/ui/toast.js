// <plenary-toast>: a short word that something was done. It floats, and goes after a while unless it is being read.
// say("Your star is kept.") shows one; a second argument {label, act} adds a button, {bad: true} says it went wrong.

const READ_MS = 8000;

function shelf() {
  let found = document.querySelector(".toasts");
  if (!found) {
    found = document.createElement("div");
    found.className = "toasts";
    document.body.append(found);
  }
  return found;
}

customElements.define("plenary-toast", class extends HTMLElement {
  connectedCallback() {
    if (!this.parentElement.matches(".toasts")) {
      shelf().append(this);
      return;
    }
    this.stop = new AbortController();
    const { signal } = this.stop;
    const close = this.querySelector("button");
    if (close?.hidden) {
      close.hidden = false;
      close.addEventListener("click", () => this.remove(), { signal });
    }
    const wait = () => { this.timer = setTimeout(() => this.remove(), READ_MS); };
    const hold = () => clearTimeout(this.timer);
    for (const name of ["pointerenter", "focusin"]) this.addEventListener(name, hold, { signal });
    for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, wait, { signal });
    wait();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.stop?.abort();
  }
});

export function say(text, { label, act, bad = false } = {}) {
  const toast = document.createElement("plenary-toast");
  toast.className = bad ? "toast bad" : "toast";
  toast.setAttribute("role", bad ? "alert" : "status");
  const words = document.createElement("span");
  words.textContent = text;
  toast.append(words);
  if (label) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn bare s";
    button.textContent = label;
    button.addEventListener("click", () => { toast.remove(); act(); }, { once: true });
    toast.append(button);
  }
  shelf().append(toast);
  return toast;
}
