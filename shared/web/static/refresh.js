// Looks again while something is going on; a lost connection is tried again, more slowly.
import { announce, fragment, rename } from "./app.js";

const quiet = 5000; // between two announcements of the progress
let failures = 0;
let told = performance.now();

function tellProgress(place) {
  if (performance.now() - told < quiet) return;
  told = performance.now();
  announce(place.querySelector("[data-announce]")?.textContent ?? "");
}

async function look() {
  const place = document.querySelector("[data-refresh]");
  if (!place) return;
  try {
    const page = await fragment(location.href);
    const main = document.getElementById("main");
    failures = 0;
    if (page.cameFrom && !page.querySelector("[data-refresh]")) return location.replace(page.cameFrom);
    if (page.querySelector("[data-refresh]")) {
      place.replaceChildren(...page.querySelector("[data-refresh]").childNodes);
      tellProgress(place);
    } else {
      main.replaceChildren(...page.body.childNodes);
      rename(main);
      announce(main.querySelector("h1")?.textContent ?? "Done");
      main.focus();
    }
  } catch {
    failures += 1;
    const line = place.querySelector("[data-announce]");
    if (line) line.textContent = "Connection lost. Trying again\u2026";
    announce("Connection lost. Trying again.");
  }
  setTimeout(look, Number(place.dataset.refresh) * 2 ** Math.min(failures, 4));
}

// Who waits for a second person sees when it goes on.
async function wait() {
  const place = document.querySelector("[data-waits]");
  if (!place) return;
  try {
    const page = await fragment(place.dataset.waits);
    if (page.cameFrom) return location.replace(page.cameFrom);
  } catch {
    // Asked again below.
  }
  setTimeout(wait, quiet);
}

setTimeout(look, 300);
setTimeout(wait, quiet);
