// The results of a poll of any kind, as templates/polls/results.html has them: bars, words, texts, and all as a table.

import { number } from "plenary/ui/plural.js";

const SIZES = 5;
const MOVE_MS = 240;
const TEXTS = 60; // as kinds.TEXTS: the newest

export function percent(votes, of) {
  return of ? Math.floor((200 * votes + of) / (2 * of)) : 0;
}

/** Rows of a ranking stand by what they got; they move there, unless motion is unwanted. */
export function putInOrder(list, votes) {
  const got = new Map(votes.map(({ option, votes: count }) => [String(option), count]));
  const before = [...list.children];
  const after = before.toSorted((one, other) => (got.get(other.dataset.option) ?? 0) - (got.get(one.dataset.option) ?? 0));
  if (after.every((row, place) => row === before[place])) return;
  const tops = new Map(before.map((row) => [row, row.getBoundingClientRect().top]));
  list.append(...after);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const row of after) {
    const moved = tops.get(row) - row.getBoundingClientRect().top;
    if (moved) row.animate([{ translate: `0 ${moved}px` }, { translate: "0 0" }], { duration: MOVE_MS, easing: "ease-out" });
  }
}

/** Puts the picture of a row into it, where it has one. */
export function showPicture(item, { picture }) {
  const image = item.querySelector("[data-picture]");
  image.hidden = !picture;
  if (picture && image.getAttribute("src") !== picture) image.src = picture;
}

/** `mine` is a map of the rows that the reader chose; `rows` name those of the poll, by id. */
export function show(box, results, rows, mine) {
  const { votes, of, mean, words, texts } = results;
  const line = box.querySelector("[data-mean]");
  line.hidden = mean === null || mean === undefined;
  line.querySelector("b").textContent = line.hidden ? "" : number(mean);
  const most = Math.max(0, ...votes.map((tally) => tally.votes));
  for (const { option, votes: count } of votes) {
    const row = box.querySelector(`[data-option="${option}"]`);
    if (!row) continue;
    const share = percent(count, of);
    row.classList.toggle("top", count > 0 && count === most);
    row.querySelector("[data-percent]").textContent = `${share}%`;
    const meter = row.querySelector("meter");
    meter.value = share;
    meter.textContent = `${share}%`;
    row.querySelector("[data-mine]").hidden = !mine.has(option);
  }
  showWords(box.querySelector("[data-cloud]"), words ?? []);
  fill(box.querySelector("[data-texts]"), (texts ?? []).map((text) => Object.assign(document.createElement("li"), { dir: "auto", textContent: text })));
  box.querySelector("[data-none]").hidden = Boolean(votes.length || words?.length || texts?.length);
  showTable(box, votes.map(({ option, votes: count }) => [rows.get(option) ?? "", count, `${percent(count, of)}%`]).concat((words ?? []).map((word) => [word.text, word.votes, ""])));
}

/** The way to all texts, where not all of them stand here. */
export function showAllTexts(box, { texts }, address) {
  const line = box.querySelector("[data-all-texts]");
  line.hidden = (texts ?? []).length < TEXTS;
  line.querySelector("a").href = address;
}

export function showWords(list, words) {
  const most = Math.max(1, ...words.map((word) => word.votes));
  const known = new Map([...list.children].map((item) => [item.querySelector("bdi").textContent, item]));
  fill(list, words.map(({ text, votes }) => {
    const item = known.get(text) ?? document.createElement("li");
    if (!item.firstChild) item.append(document.createElement("bdi"), " ", Object.assign(document.createElement("span"), { className: "vh" }));
    item.dataset.size = Math.max(1, Math.ceil((SIZES * votes) / most));
    item.querySelector("bdi").textContent = text;
    item.querySelector("span").textContent = votes;
    return item;
  }));
}

function showTable(box, lines) {
  const details = box.querySelector("[data-as-table]");
  details.hidden = !lines.length;
  fill(details.querySelector("tbody"), lines.map(([words, count, share]) => {
    const line = document.createElement("tr");
    const cell = (name, text) => Object.assign(document.createElement(name), { textContent: text });
    const head = cell("th", words);
    head.scope = "row";
    line.append(head, cell("td", count), cell("td", share));
    for (const figure of line.querySelectorAll("td")) figure.className = "num";
    return line;
  }));
}

/** Only what changed is put in anew: what somebody reads does not jump. */
function fill(list, items) {
  while (list.children.length > items.length) list.lastElementChild.remove();
  for (const [place, item] of items.entries()) {
    const there = list.children[place];
    if (!there) list.append(item);
    else if (there !== item && !there.isEqualNode(item)) there.replaceWith(item);
  }
}
