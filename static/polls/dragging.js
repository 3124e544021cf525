// The rows of a ranking are dragged by their grips, with a finger or a mouse; the lists beside them say the same and take
// the keyboard. What stands first gets the first rank, as many as are given.

/** Makes the rows of `form` that have a grip movable; `moved` is called once one stands elsewhere. */
export function dragRanks(form, moved, signal) {
  let row = null;

  const follow = (event) => {
    if (!row) return;
    // The others make way: the row itself stays in its place of the document, or its pointer would be lost.
    for (let other = row.previousElementSibling; other && event.clientY < middle(other); other = row.previousElementSibling) row.after(other);
    for (let other = row.nextElementSibling; other && event.clientY > middle(other); other = row.nextElementSibling) row.before(other);
  };

  const drop = () => {
    if (!row) return;
    row.classList.remove("dragged");
    const rows = [...row.parentElement.children];
    row = null;
    for (const [place, one] of rows.entries()) {
      const select = one.querySelector("select");
      select.value = place + 1 < select.options.length ? place + 1 : "";
    }
    moved();
  };

  form.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button) return;
    event.preventDefault();
    row = grip.closest("[data-row]");
    row.classList.add("dragged");
    grip.setPointerCapture(event.pointerId);
  }, { signal });
  form.addEventListener("pointermove", follow, { signal });
  for (const name of ["pointerup", "pointercancel"]) form.addEventListener(name, drop, { signal });
  // A grip stands in its row's label: a click on it is not one on the list.
  form.addEventListener("click", (event) => { if (event.target.closest("[data-grip]")) event.preventDefault(); }, { signal });
}

function middle(row) {
  const { top, height } = row.getBoundingClientRect();
  return top + height / 2;
}
