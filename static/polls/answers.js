// The form of a poll of any kind: its rows, what stands in them as an answer, and an answer put back into them. The rows'
// templates are templates/polls/rows/; an answer has the shape of the command "poll.vote".

import { inLanguage } from "plenary/ui/language.js";

const CONTROLS = {
  single: "option", image: "option", multiple: "tick", scale: "step", ranking: "rank", points: "share", words: "word", text: "text",
};
const POINTS = 100;

/** What a form and a chart of this poll have one row for: { id, words, picture }. */
export function rowsOf({ kind, options, least, most }) {
  if (kind !== "scale") return options.map((option) => ({ ...option, words: inLanguage(option.text) }));
  return Array.from({ length: most - least + 1 }, (_, place) => ({ id: least + place, words: String(least + place) }));
}

/** Fills `box` with the rows of the question; rows that are there stay, so that a choice being made is not lost. */
export function fillRows(box, question, list) {
  const control = CONTROLS[question.kind];
  const template = list.querySelector(`[data-row-template="${control}"]`);
  const slots = control === "word" ? question.most : control === "text" ? 1 : null;
  const rows = slots === null ? rowsOf(question) : Array.from({ length: slots }, (_, place) => ({ place: place + 1 }));
  if (box.dataset.control !== control && box.dataset.control !== undefined) box.replaceChildren();
  box.dataset.control = control;
  box.classList.toggle("steps", control === "step");
  while (box.children.length > rows.length) box.lastElementChild.remove();
  for (const [place, row] of rows.entries()) {
    const item = box.children[place] ?? box.appendChild(template.content.firstElementChild.cloneNode(true));
    fillRow(item, row, question, list.words);
    const key = item.querySelector(".key");
    if (key) key.textContent = String.fromCharCode(65 + place);
  }
}

function fillRow(item, row, question, words) {
  const label = item.querySelector("[data-words]");
  if (row.place) {
    if (question.kind === "words") label.textContent = words.word.replace("%(place)s", row.place);
    else item.querySelector("textarea").maxLength = question.most;
    return;
  }
  label.textContent = row.words;
  item.dataset.row = row.id;
  const input = item.querySelector("input, select");
  if (question.kind === "points") input.name = `points-${row.id}`;
  else if (question.kind === "ranking") fillRanks(input, row, question.most, words);
  else input.value = row.id;
  const picture = item.querySelector("[data-picture]");
  if (!picture) return;
  picture.hidden = !row.picture;
  item.classList.toggle("pictured", Boolean(row.picture));
  if (row.picture && picture.getAttribute("src") !== row.picture) picture.src = row.picture;
}

function fillRanks(select, row, most, words) {
  select.name = `rank-${row.id}`;
  if (select.options.length === most + 1) return;
  const ranks = Array.from({ length: most }, (_, place) => new Option(place + 1, place + 1));
  select.replaceChildren(new Option(words.unranked, ""), ...ranks);
}

/** What stands in the form, or null where nothing does. */
export function read(form, kind) {
  const data = new FormData(form);
  const rows = [...form.querySelectorAll("[data-row]")];
  const value = (row) => row.querySelector("input, select").value.trim();
  if (kind === "multiple") return some("options", data.getAll("options").map(Number));
  if (kind === "scale") return data.has("value") ? { value: Number(data.get("value")) } : null;
  if (kind === "words") return some("words", data.getAll("words").map((word) => word.trim()).filter(Boolean));
  if (kind === "text") return data.get("text").trim() ? { text: data.get("text") } : null;
  if (kind === "points") return some("points", rows.filter(value).map((row) => ({ option: Number(row.dataset.row), points: Number(value(row)) })));
  if (kind === "ranking") {
    const ranked = rows.filter(value).sort((one, other) => Number(value(one)) - Number(value(other)));
    return some("order", ranked.map((row) => Number(row.dataset.row)));
  }
  return data.get("option") ? { option: Number(data.get("option")) } : null;
}

function some(name, values) {
  return values.length ? { [name]: values } : null;
}

/** What an answer gave each row: 1, its rank, or its points. The server keeps points by option, and leaves zeros out. */
export function given(answer) {
  const numbers = new Map();
  if (!answer) return numbers;
  const { option, options, value, order, points } = answer;
  if (option !== undefined) numbers.set(option, 1);
  if (value !== undefined) numbers.set(value, 1);
  for (const id of options ?? []) numbers.set(id, 1);
  for (const [place, id] of (order ?? []).entries()) numbers.set(id, place + 1);
  const shares = Array.isArray(points) ? points.map((share) => [share.option, share.points]) : Object.entries(points ?? {});
  for (const [id, share] of shares) if (share) numbers.set(Number(id), share);
  return numbers;
}

/** An answer back into its form. */
export function put(form, kind, answer) {
  const numbers = given(answer);
  for (const row of form.querySelectorAll("[data-row]")) {
    const input = row.querySelector("input, select");
    if (!row.dataset.row || !input) continue;
    const number = numbers.get(Number(row.dataset.row));
    if (input.type === "radio" || input.type === "checkbox") input.checked = number !== undefined;
    else input.value = number ?? "";
  }
  for (const [place, input] of form.querySelectorAll("input[name=words]").entries()) input.value = answer?.words?.[place] ?? "";
  if (kind === "text") form.elements.text.value = answer?.text ?? "";
}

/** One's own answer in words. */
export function inWords(form, kind, answer) {
  if (answer?.text) return answer.text;
  if (answer?.words) return answer.words.join(", ");
  const numbers = given(answer);
  const rows = [...form.querySelectorAll("[data-row]")].filter((row) => numbers.has(Number(row.dataset.row)));
  const words = (row) => row.querySelector("[data-words]").textContent;
  const number = (row) => numbers.get(Number(row.dataset.row));
  if (kind === "ranking") return rows.sort((one, other) => number(one) - number(other)).map((row) => `${number(row)}. ${words(row)}`).join(", ");
  if (kind === "points") return rows.map((row) => `${words(row)} ${number(row)}`).join(", ");
  return rows.map(words).join(", ");
}

/** Points that are left to share out; null where that is no question. */
export function leftOver(form, kind) {
  if (kind !== "points") return null;
  return POINTS - [...form.querySelectorAll("[data-row] input")].reduce((sum, input) => sum + (Number(input.value) || 0), 0);
}

/** A rank that is chosen anew leaves its former option; that one takes what this one had. */
export function swapRanks(select, before) {
  if (!select.value) return;
  const other = [...select.form.querySelectorAll("select")].find((one) => one !== select && one.value === select.value);
  if (other) other.value = before;
}
