// Warns while nobody would get the log.
for (const field of document.querySelectorAll("[data-warn-empty]")) {
  const warning = document.querySelector(field.dataset.warnEmpty);
  field.addEventListener("input", () => { warning.hidden = Boolean(field.value.trim()); });
}
