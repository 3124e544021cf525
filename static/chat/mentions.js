// Where the reader is named, in whatever room of the event: a number at "Your conversations", and a word when it happens.

import { live } from "plenary/live/socket.js";
import { fill } from "plenary/ui/fill.js";
import { number } from "plenary/ui/plural.js";
import { say } from "plenary/ui/toast.js";

const followed = new Set();
let newest = null; // the newest mention that was told of, shared by all rooms of the page

export function followMentions(room, signal) {
  const badge = room.querySelector("[data-mentioned]");
  const isFirst = !followed.size;
  followed.add(room);
  signal.addEventListener("abort", () => followed.delete(room));
  live.subscribe(`person/${room.me}/mentions`, {
    onmessage: ({ count, invited, newest: entries }) => {
      badge.textContent = number(count + invited);
      badge.hidden = !(count + invited);
      if (isFirst) tell(room, entries);
    },
    signal,
  });
}

function tell(room, entries) {
  const [latest] = entries;
  const before = newest;
  newest = Math.max(newest ?? 0, latest?.message ?? 0);
  if (before === null || !latest || latest.message <= before) return;
  dispatchEvent(new Event("plenary:next"));
  if (latest.room === room.room && room.list.atEnd && !document.hidden) return; // it is before their eyes
  const place = new URL(room.dataset.address.replace(/\d+\/$/, `${latest.room}/messages/${latest.message}/`), location.href);
  const words = fill(room.words.named, { name: latest.name || room.words.somebody });
  say(words, {
    label: room.words.look,
    act: () => {
      if (latest.room === room.room) room.list.jump(latest.seq);
      else location.assign(place);
    },
  });
}
