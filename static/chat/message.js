// One message of a room as an element: cloned from the server's own markup (templates/chat/message.html) and filled.
// Text goes in as text nodes, never as HTML.

import { linked } from "plenary/ui/links.js";
import { words as timeWords } from "plenary/ui/local-time.js";
import { number } from "plenary/ui/plural.js";

const FACES = 8;
const KIND_BYTES = 1024;

function initials(name) {
  const words = name.split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  if (!words.length) return (name.trim()[0] ?? "?").toUpperCase();
  const letters = [words[0], ...(words.length > 1 ? [words.at(-1)] : [])].map((word) => [...word][0]);
  return letters.join("").toUpperCase();
}

function fillFace(face, author) {
  face.className = `face f${((author?.id ?? 0) % FACES) + 1}`;
  if (!author?.photo) {
    face.textContent = initials(author?.name ?? "");
    return;
  }
  const photo = document.createElement("img");
  Object.assign(photo, { src: author.photo, alt: "", loading: "lazy" });
  face.replaceChildren(photo);
}

/** `message` as broadcast; `room` is the <chat-room>, which knows the words, the template and who reads. */
export function build(message, room) {
  const item = room.template.content.firstElementChild.cloneNode(true);
  const { author } = message;
  const isMine = author !== null && author.id === room.me;
  item.dataset.message = message.id ?? "";
  item.dataset.seq = message.seq ?? "";
  item.dataset.author = author?.id ?? "";
  item.classList.toggle("me", isMine);
  fillFace(item.querySelector(".face"), author);
  item.querySelector("[data-name]").textContent = isMine ? room.words.you : author?.name || room.words.somebody;
  const toPerson = item.querySelector("[data-person-link]");
  if (toPerson && author) toPerson.href = toPerson.href.replace(/\d+\/$/, `${author.id}/`);
  else toPerson?.replaceWith(...toPerson.childNodes);
  const role = item.querySelector("[data-role]");
  if (message.role) role.textContent = room.words.roles[message.role];
  else role.remove();
  const time = item.querySelector("time");
  time.dateTime = message.at;
  time.textContent = timeWords(new Date(message.at));
  const link = item.querySelector("[data-acts]");
  if (link && message.id) link.href = link.href.replace(/\d+\/$/, `${message.id}/`);
  fillQuote(item, message.reply);
  fillWords(item, message, room);
  fillFiles(item, message.files ?? [], room);
  item.querySelector(".reacts").replaceChildren();
  item.querySelector("[data-file-icon-holder]")?.remove();
  if (message.removed) empty(item, message.removed, room);
  return item;
}

function fillQuote(item, reply) {
  const quote = item.querySelector("[data-quotes]");
  if (!reply) {
    quote.remove();
    return;
  }
  quote.dataset.quotes = reply.id;
  quote.href = quote.href.replace(/\d+\/$/, `${reply.id}/`);
  quote.hidden = !reply.text;
  quote.querySelector("[data-quoted]").textContent = reply.name;
  quote.querySelector("[data-words]").textContent = reply.text;
}

/** The text with its links and the people it names, and whether it was changed since. */
export function fillWords(item, { text, mentions = [], edited = null }, room) {
  const said = item.querySelector(".words");
  said.replaceChildren(...linked(text).flatMap((node) => (node.nodeType === Node.TEXT_NODE ? named(node, mentions, room.me) : [node])));
  said.hidden = !text;
  item.classList.toggle("to-me", mentions.some((person) => person.id === room.me));
  item.querySelector("[data-edited]").hidden = !edited;
}

/** "@Nadia Okello" where she is one of those who are named; apps/chat/templatetags/chat.py does the same. */
function named(node, mentions, me) {
  if (!mentions.length) return [node];
  const names = mentions.map(({ name }) => name).sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`@(?:${names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})(?![\\p{L}\\p{N}])`, "giu");
  const nodes = [];
  let at = 0;
  for (const match of node.data.matchAll(pattern)) {
    if (match.index > at) nodes.push(document.createTextNode(node.data.slice(at, match.index)));
    const mark = document.createElement("span");
    const person = mentions.find(({ name }) => name.toLowerCase() === match[0].slice(1).toLowerCase());
    mark.className = person?.id === me ? "named me-named" : "named";
    mark.textContent = match[0];
    nodes.push(mark);
    at = match.index + match[0].length;
  }
  if (at < node.data.length) nodes.push(document.createTextNode(node.data.slice(at)));
  return nodes;
}

function fillFiles(item, files, room) {
  const list = item.querySelector("[data-files]");
  list.hidden = !files.length;
  const base = room.dataset.files;
  list.replaceChildren(...files.map((file) => {
    const part = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { href: `${base}${file.key}/`, target: "_blank", rel: "noopener" });
    if (file.kind === "image") {
      const picture = Object.assign(document.createElement("img"), { src: `${base}${file.key}/?preview=1`, alt: file.alt || file.name, width: file.width, height: file.height, loading: "lazy" });
      link.className = "shot";
      link.append(picture);
    } else {
      link.className = "sheet";
      const icon = room.template.content.querySelector("[data-file-icon-holder] svg").cloneNode(true);
      const name = document.createElement("bdi");
      name.textContent = file.name;
      const about = document.createElement("small");
      about.textContent = `PDF, ${number(Math.max(1, Math.round(file.size / KIND_BYTES)))} KB`;
      link.append(icon, name, about);
    }
    part.append(link);
    return part;
  }));
}

/** The sums of reactions under a message: `counts` by kind, and which of them the reader gave. */
export function paintMarks(item, counts, mine, room) {
  const line = item.querySelector(".reacts");
  if (!line) return;
  const focused = line.contains(document.activeElement) ? document.activeElement.dataset.mark : null;
  const shown = [...room.kinds].filter(([kind]) => counts[kind]);
  line.replaceChildren(...shown.map(([kind, original]) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "react" });
    button.dataset.mark = kind;
    button.setAttribute("aria-pressed", mine.includes(kind));
    button.setAttribute("aria-label", `${original.getAttribute("aria-label")}, ${number(counts[kind])}`);
    button.append(original.querySelector("svg").cloneNode(true), number(counts[kind]));
    return button;
  }));
  if (focused) line.querySelector(`[data-mark="${focused}"]`)?.focus();
}

/** Takes the words of a removed message away; its place stays. */
export function empty(item, by, room) {
  const gone = document.createElement("p");
  gone.className = "gone";
  gone.textContent = room.words.removed[by];
  const acts = item.querySelector("[data-acts]");
  if (by === "reports" && acts && item.matches(".me")) {
    gone.append(" ", Object.assign(document.createElement("a"), { href: acts.href, textContent: room.words.takeBack }));
  }
  item.querySelector(".words, .gone")?.replaceWith(gone);
  for (const part of item.querySelectorAll(".acts, .reacts, [data-files], [data-edited]")) part.remove();
}
