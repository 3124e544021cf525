// At the desk a new row's address follows its name until somebody types one: <input id="id_slug"> beside #id_name or
// #id_title, or their first language's line. A row that exists keeps its address, for people have its links.

const address = document.getElementById("id_slug");
const name = ["name", "title"].flatMap((field) => [`id_${field}`, `id_${field}_0`])
  .map((id) => document.getElementById(id)).find((found) => found?.matches("input"));

if (address && name && !address.value) {
  const following = new AbortController();
  const follow = () => { address.value = globalThis.URLify(name.value, address.maxLength > 0 ? address.maxLength : 50); };
  name.addEventListener("input", follow, { signal: following.signal });
  address.addEventListener("input", () => following.abort(), { once: true });
}
