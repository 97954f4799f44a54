// How many decisions are still open, in the bar that stays; and numbers that follow the answers.
import { announce } from "./app.js";
import { recounted, show } from "./recount.js";

const undecided = (group) => group.querySelector("input[required]") && !group.querySelector("input:checked");

function count() {
  const place = document.getElementById("open-decisions");
  if (!place) return;
  const asked = Number(place.dataset.total);
  const left = [...document.querySelectorAll("#deciding fieldset")].filter(undecided).length;
  const made = asked === 1 ? "The decision is made" : "All decisions are made";
  place.textContent = left ? `${left} of ${asked} decision${asked === 1 ? "" : "s"} open` : made;
}

const given = () => [...document.querySelectorAll("#deciding input[type=radio]:checked")].map((one) => `${one.name}:${one.value}`).join(" ");
const results = () => document.querySelector("[data-counts]");
let isCounting = false;

// The numbers are those of the last check; what was chosen since is counted, or said not to be.
function tellUncounted(isTold) {
  const note = results()?.querySelector("[data-uncounted]");
  if (note) note.hidden = !isTold;
}

function tellCounting() {
  const place = results();
  place.setAttribute("aria-busy", "true");
  for (const part of place.querySelectorAll(".tiles, .split")) part.classList.add("busy");
  place.querySelector("[data-counting]").hidden = false;
  tellUncounted(false);
  for (const button of document.querySelectorAll("button[form=deciding]")) button.disabled = true;
  document.querySelector(".bar .primary").textContent = "Counting again\u2026";
}

function tellProgress(words) {
  const place = results()?.querySelector("[data-progress]");
  if (place) place.textContent = words;
}

async function follow() {
  if (isCounting) return; // what is chosen meanwhile is counted next
  isCounting = true;
  announce("Counting again with your decisions");
  try {
    for (let sent = null; results() && sent !== given();) {
      sent = given();
      const answers = new URLSearchParams(new FormData(document.getElementById("deciding")));
      answers.delete("meaning"); // these make another check, with a button of their own
      const address = results().dataset.counts;
      tellCounting();
      show(await recounted(address, answers, location.pathname, tellProgress));
      count();
    }
    const tiles = [...document.querySelectorAll("[data-counts] .tile")].map((one) => one.innerText.replace(/\s+/g, " "));
    announce(tiles.join(", "));
  } catch {
    location.reload();
  } finally {
    isCounting = false;
  }
}

document.addEventListener("change", (event) => {
  if (!event.target.closest("#deciding")) return;
  count();
  if (!event.isTrusted || !results()) return; // a form that was kept is filled in, and not sent
  const isAnswer = event.target.type === "radio" && event.target.value !== "stop";
  if (isAnswer && "atOnce" in results().dataset) follow();
  else if (isAnswer || event.target.name === "meaning") tellUncounted(true);
});
count(); // the browser may have restored what was chosen
