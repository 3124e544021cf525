// Web addresses in what people write become links; nothing else does. apps/core/links.py does the same on the server.

const ADDRESS = /https?:\/\/[^\s<>"'`]+/gi;
const TRAILING = ".,;:!?…»”’";
const PAIRS = { ")": "(", "]": "[", "}": "{" };

function trimmed(address) {
  for (;;) {
    const last = address.at(-1);
    const opened = PAIRS[last];
    const extra = opened && address.split(last).length > address.split(opened).length;
    if (!address || !(TRAILING.includes(last) || extra)) return address;
    address = address.slice(0, -1);
  }
}

/** The text in pieces: [words, whether they are an address]. */
export function parts(text) {
  const found = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    if (address.length <= "https://".length) continue;
    if (match.index > at) found.push([text.slice(at, match.index), false]);
    found.push([address, true]);
    at = match.index + address.length;
  }
  if (at < text.length) found.push([text.slice(at), false]);
  return found;
}

/** The text as nodes for `element.replaceChildren(...)`; never as HTML. */
export function linked(text) {
  return parts(text).map(([words, isAddress]) => {
    if (!isAddress) return document.createTextNode(words);
    const link = document.createElement("a");
    link.href = link.textContent = words;
    link.target = "_blank";
    link.rel = "noopener nofollow ugc";
    return link;
  });
}
