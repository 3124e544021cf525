// The form of a poll at the organisers' desk shows what its kind has: its bounds under their own names, options, pictures,
// the words at the ends of a scale. What each kind has, the server says (data-poll-kinds). Nothing typed is lost by
// looking at another kind; without this script everything is there, and a line says what it is for.

const select = document.querySelector("select[data-poll-kinds]");
if (select) {
  const kinds = JSON.parse(select.dataset.pollKinds);
  const show = (selector, isShown) => {
    const element = document.querySelector(selector);
    if (element) element.hidden = !isShown;
  };

  const bound = (name, words, usual) => {
    show(`.field-${name}`, Boolean(words));
    const input = document.querySelector(`input[name=${name}]`);
    if (!input) return;
    if (words) document.querySelector(`label[for=${input.id}]`).textContent = words;
    input.placeholder = usual;
  };

  const fit = () => {
    const kind = kinds[select.value];
    if (!kind) return;
    bound("least", kind.least, kind.usual[0]);
    bound("most", kind.most, kind.usual[1]);
    for (const end of ["low_words", "high_words"]) show(`.field-${end}`, kind.ends);
    show(".field-moderated", kind.words);
    show("#options-group", kind.options);
    document.querySelector("#options-group")?.classList.toggle("without-pictures", !kind.pictures);
  };

  document.querySelector("[data-poll-bounds]")?.parentElement.setAttribute("hidden", "");
  select.addEventListener("change", fit);
  fit();
}
