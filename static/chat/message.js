// One message of a room as an element: cloned from the server's own markup (templates/chat/message.html) and filled.
// Text goes in as text nodes, never as HTML.

import { linked } from "plenary/ui/links.js";
import { words as timeWords } from "plenary/ui/local-time.js";

const FACES = 8;

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
  const role = item.querySelector("[data-role]");
  if (message.role) role.textContent = room.words.roles[message.role];
  else role.remove();
  const time = item.querySelector("time");
  time.dateTime = message.at;
  time.textContent = timeWords(new Date(message.at));
  const quote = item.querySelector("[data-quotes]");
  if (message.reply) {
    quote.dataset.quotes = message.reply.id;
    quote.hidden = !message.reply.text;
    quote.querySelector("[data-quoted]").textContent = message.reply.name;
    quote.querySelector("[data-words]").textContent = message.reply.text;
  } else {
    quote.remove();
  }
  const said = item.querySelector(".words");
  said.replaceChildren(...linked(message.text));
  const remove = item.querySelector("[data-remove]");
  if (isMine || room.isModerator) remove.value = message.id ?? "";
  else remove.remove();
  if (message.removed) empty(item, message.removed, room);
  return item;
}

/** Takes the words of a removed message away; its place stays. */
export function empty(item, by, room) {
  const gone = document.createElement("p");
  gone.className = "gone";
  gone.textContent = room.words.removed[by];
  item.querySelector(".words, .gone")?.replaceWith(gone);
  item.querySelector(".acts")?.remove();
}
