// The message that stands above a conversation.

function line(room) {
  return room.querySelector("[data-pinned]");
}

/** The pinned message was changed, taken away or put back: like any other, but it stays pinned. */
export function followPinned(room, { id, text, removed = "" }) {
  const found = line(room);
  if (Number(found.dataset.pinned) !== id) return;
  found.hidden = Boolean(removed);
  if (!removed && text) found.querySelector("[data-pinned-words]").textContent = text;
}

/** Everything of an author is gone, from this number on. */
export function purgePinned(room, { author, by, since = 0 }) {
  const { dataset } = line(room);
  const seq = Number(line(room).querySelector("[data-to]").dataset.to);
  if (Number(dataset.author) === author && seq >= since) followPinned(room, { id: Number(dataset.pinned), removed: by });
}

/** `message` as broadcast, or null where nothing is pinned (any more). */
export function showPinned(room, message) {
  const found = line(room);
  found.dataset.pinned = message?.id ?? "";
  found.dataset.author = message?.author?.id ?? "";
  found.hidden = !message || Boolean(message.removed);
  if (!message) return;
  found.querySelector("[data-pinned-by]").textContent = message.author?.name || room.words.somebody;
  const link = found.querySelector("[data-to]");
  link.dataset.to = message.seq;
  link.href = link.href.replace(/\d+\/$/, `${message.id}/`);
  found.querySelector("[data-pinned-words]").textContent = message.text || (message.files ?? []).map((file) => file.name).join(", ");
}
