// Looks again while something is going on; a lost connection is tried again, more slowly.
import { announce, fragment } from "./app.js";

let failures = 0;

async function look() {
  const place = document.querySelector("[data-refresh]");
  if (!place) return;
  try {
    const page = await fragment(location.href);
    const main = document.getElementById("main");
    failures = 0;
    if (page.querySelector("[data-refresh]")) {
      place.replaceChildren(...page.querySelector("[data-refresh]").childNodes);
    } else {
      main.replaceChildren(...page.body.childNodes);
      announce(main.querySelector("h1")?.textContent ?? "Done");
      main.focus();
    }
  } catch {
    failures += 1;
    announce("The connection is lost. Trying again.");
  }
  setTimeout(look, Number(place.dataset.refresh) * 2 ** Math.min(failures, 4));
}

setTimeout(look, 300);
