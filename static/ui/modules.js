// Scripts that a page does without until there is something for them to do. data-module names the one that makes an
// element work: it is fetched where there is such an element, and on a <details> when it is opened for the first time.
//
//   <lobby-film data-module="venue/lobby-film">…</lobby-film>     fetchModules(root), and again when the page was redrawn

export function fetchModules(root) {
  for (const element of root.querySelectorAll("[data-module]")) {
    const fetch = () => import(`plenary/${element.dataset.module}.js`).catch(() => {}); // what the server drew works without
    if (element.matches("details:not([open])")) element.addEventListener("toggle", fetch, { once: true });
    else fetch();
  }
}
