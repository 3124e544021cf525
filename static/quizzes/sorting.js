// Items that are put into order by buttons: in a game (quiz-play.js) and in a training (quiz-sorting.js).

/** Each button says which item it moves. */
export function nameMoves(list) {
  for (const item of list.children) {
    const words = item.querySelector("[data-words]").textContent;
    for (const button of item.querySelectorAll("button .vh")) {
      button.dataset.verb ??= button.textContent;
      button.textContent = `${button.dataset.verb}${words}`;
    }
  }
}

/** Moves the item whose button was pressed; its new place, or 0 where nothing has moved. */
export function moveItem(event) {
  const button = event.target.closest("[data-up], [data-down]");
  if (!button) return 0;
  const item = button.closest("li");
  const isUp = button.matches("[data-up]");
  const other = isUp ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return 0;
  if (isUp) other.before(item);
  else other.after(item);
  button.focus();
  return [...item.parentElement.children].indexOf(item) + 1;
}
