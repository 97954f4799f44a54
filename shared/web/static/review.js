// Warns while nobody would get the log.
for (const field of document.querySelectorAll("[data-warn-empty]")) {
  const warning = document.querySelector(field.dataset.warnEmpty);
  field.addEventListener("input", () => { warning.hidden = Boolean(field.value.trim()); });
}

// What the start button says follows the choice beside it.
for (const choice of document.querySelectorAll("[data-shows]")) {
  const shown = document.querySelector(choice.dataset.shows);
  const follow = () => { shown.hidden = !choice.checked; };
  choice.addEventListener("change", follow);
  follow(); // a page from the history keeps the tick
}
