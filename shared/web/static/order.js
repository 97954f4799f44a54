// Drag and drop for the parts; the arrow buttons do the same without.
let dragged = null;

const partOf = (event) => event.target.closest?.("[data-order] .part");

// What is typed within a part is selected, not dragged.
document.addEventListener("pointerdown", (event) => {
  const part = partOf(event);
  if (part) part.draggable = !event.target.closest("input, select, button");
});
document.addEventListener("dragstart", (event) => {
  dragged = partOf(event);
  dragged?.classList.add("dragged");
  event.dataTransfer?.setData("text/plain", "part");
});
document.addEventListener("dragover", (event) => {
  const part = partOf(event);
  if (!dragged || !part) return;
  event.preventDefault();
  for (const one of document.querySelectorAll(".part.target")) one.classList.remove("target");
  part.classList.add("target");
});
document.addEventListener("drop", (event) => {
  const part = partOf(event);
  if (!dragged || !part || part === dragged) return;
  event.preventDefault();
  const places = [...document.querySelectorAll("[data-order] .part")].map((one) => one.dataset.place);
  const from = places.indexOf(dragged.dataset.place);
  const to = places.indexOf(part.dataset.place);
  places.splice(to, 0, places.splice(from, 1)[0]);
  const form = part.closest("form");
  form.dispatchEvent(new CustomEvent("swap", { bubbles: true, detail: { action: `order:${places.join(",")}` } }));
});
document.addEventListener("dragend", () => {
  for (const one of document.querySelectorAll(".part")) one.classList.remove("dragged", "target");
  dragged = null;
});
