// Texts have limits. Nothing is cut, neither what is typed nor what is pasted: from four fifths on it is shown how much
// of the room is used, and a text that is too long can't be sent, but stays as it is.
const shownFrom = 0.8;
const number = new Intl.NumberFormat("en-US");

function placeOf(field) {
  const id = `${field.id}-room`;
  const known = document.getElementById(id);
  if (known) return known;
  const made = document.createElement("span");
  Object.assign(made, { id, className: "hint room", hidden: true });
  field.after(made);
  field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), id].filter(Boolean).join(" "));
  return made;
}

function measure(field) {
  const most = Number(field.dataset.limit);
  const has = [...field.value.trim()].length; // characters, as the server counts them
  const over = has - most;
  const used = `${number.format(has)} of ${number.format(most)} characters`;
  const place = placeOf(field);
  const words = over > 0 ? `${used}: remove ${number.format(over)}` : used;
  if (over > 0 !== place.classList.contains("over")) document.getElementById("announcer").textContent = words;
  field.setCustomValidity(over > 0 ? `${words}. Nothing was cut.` : "");
  place.classList.toggle("over", over > 0);
  place.textContent = words;
  place.hidden = has < shownFrom * most;
}

for (const name of ["input", "change", "focusin"]) {
  document.addEventListener(name, (event) => event.target.dataset?.limit && measure(event.target));
}
for (const field of document.querySelectorAll("[data-limit]")) measure(field);
