// How many decisions are still open, in the bar that stays.
const undecided = (group) => group.querySelector("input[required]") && !group.querySelector("input:checked");

function count() {
  const place = document.getElementById("open-decisions");
  if (!place) return;
  const asked = Number(place.dataset.total);
  const left = [...document.querySelectorAll("#deciding fieldset")].filter(undecided).length;
  const made = asked === 1 ? "The decision is made" : "All decisions are made";
  place.textContent = left ? `${left} of ${asked} decision${asked === 1 ? "" : "s"} open` : made;
}

document.addEventListener("change", (event) => {
  if (event.target.closest("#deciding")) count();
});
count(); // the browser may have restored what was chosen
