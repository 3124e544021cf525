// The message that stands above a conversation.

/** `message` as broadcast, or null where nothing is pinned (any more). */
export function showPinned(room, message) {
  const line = room.querySelector("[data-pinned]");
  const said = message && !message.removed ? message : null;
  line.dataset.pinned = said?.id ?? "";
  line.hidden = !said;
  if (!said) return;
  line.querySelector("[data-pinned-by]").textContent = said.author?.name || room.words.somebody;
  const link = line.querySelector("[data-to]");
  link.dataset.to = said.seq;
  link.href = link.href.replace(/\d+\/$/, `${said.id}/`);
  line.querySelector("[data-pinned-words]").textContent = said.text || (said.files ?? []).map((file) => file.name).join(", ");
}
