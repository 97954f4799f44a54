// Shows the values of a column at once when it is chosen, and which columns are left.
import { announce, fragment } from "./app.js";

const samples = document.getElementById("values");
const selects = () => [...document.querySelectorAll("[data-column-select]")];

function refresh() {
  const used = new Set(selects().map((one) => one.value).filter(Boolean));
  const rows = [...document.querySelectorAll("tr[data-column]")];
  for (const row of rows) row.hidden = used.has(row.dataset.column);
  const none = rows.every((row) => row.hidden);
  document.querySelector("[data-unused]").hidden = none;
  document.querySelector("[data-all-used]").hidden = !none;
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

// A use that is chosen beside a column is chosen beside the field, where a person sees it with its values. A field that
// has another column keeps it until the person says so.
document.addEventListener("change", (event) => {
  const use = event.target.closest("[data-use]");
  if (!use) return;
  const row = use.closest("tr");
  row.querySelector("[data-taken]")?.remove();
  if (!use.value) return;
  const field = document.getElementById(`f-${use.value}`);
  if (field.value && field.value !== row.dataset.column) ask(use, field);
  else take(use, field);
});

function take(use, field) {
  field.value = use.closest("tr").dataset.column;
  use.value = "";
  const folded = field.closest("details");
  if (folded) folded.open = true;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
}

function ask(use, field) {
  const name = use.selectedOptions[0].textContent;
  const row = use.closest("tr");
  const asked = document.getElementById("taken").content.cloneNode(true);
  const box = asked.querySelector("[data-taken]");
  asked.querySelector("[data-words]").textContent = `${name} already uses ${field.value}.`;
  const [replace, keep] = asked.querySelectorAll("button");
  replace.textContent = `Use ${row.dataset.column} instead`;
  keep.textContent = `Keep ${field.value}`;
  replace.addEventListener("click", () => {
    box.remove();
    take(use, field);
  });
  keep.addEventListener("click", () => {
    box.remove();
    use.value = "";
    use.focus();
  });
  use.after(asked);
}

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

// What the words of a column are read as is for the server to say; the sense of the flag decides about them, too.
const newest = new Map();

async function showWords(place, form) {
  const mine = (newest.get(place.id) ?? 0) + 1;
  newest.set(place.id, mine);
  const asked = new FormData(form);
  asked.set("action", "look");
  const page = await fragment(location.href, { method: "POST", body: new URLSearchParams(asked) }).catch(() => null);
  const found = page?.getElementById(place.id);
  if (!found || mine !== newest.get(place.id)) return;
  place.replaceChildren(...found.childNodes);
  place.parentElement.hidden = !place.childNodes.length;
  announce(place.querySelector("[data-told]")?.textContent ?? "");
}

document.addEventListener("change", (event) => {
  const field = event.target.matches("[data-reversed]") ? "paperless_flag" : event.target.closest("[data-column-select]")?.id.slice(2);
  const place = field && document.getElementById(`w-${field}`);
  if (place) showWords(place, event.target.form);
});
