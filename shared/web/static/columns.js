// Shows the values of a column at once when it is chosen, and which columns are left.
const samples = document.getElementById("values");

function refresh() {
  const selects = [...document.querySelectorAll("[data-column-select]")];
  const used = new Set(selects.map((one) => one.value).filter(Boolean));
  const names = [...samples.content.querySelectorAll("[data-name]")].map((one) => one.dataset.name);
  const left = names.filter((name) => !used.has(name));
  const place = document.querySelector("[data-unused]");
  place.replaceChildren(...left.flatMap((name) => {
    const badge = document.createElement("span");
    badge.className = "badge";
    badge.textContent = name;
    return [badge, " "];
  }));
  if (!left.length) place.textContent = "All columns are used.";
}

document.addEventListener("change", (event) => {
  const select = event.target.closest("[data-column-select]");
  if (!select) return;
  const row = select.closest("tr");
  const found = samples.content.querySelector(`[data-name="${CSS.escape(select.value)}"]`);
  row.querySelector("[data-values]").replaceChildren(...(found ? found.cloneNode(true).childNodes : []));
  const badge = document.createElement("span");
  badge.className = "badge";
  badge.textContent = "Set by you";
  row.querySelector("[data-sureness]").replaceChildren(...(select.value ? [badge] : []));
  refresh();
});

// The sense of the paperless flag follows the column that is chosen for it; a person may turn it back.
document.addEventListener("change", (event) => {
  const select = event.target.closest('select[name="field-paperless_flag"]');
  const reversed = document.querySelector("[data-reversed]");
  if (!select || !reversed) return;
  const isPaper = JSON.parse(reversed.dataset.reversed).includes(select.value);
  reversed.checked = isPaper;
  document.querySelector('input[name="reversed-of"]').value = select.value;
  document.querySelector("[data-reversed-note]").hidden = !isPaper;
});
