// The last look: a warning while nobody would get the log, and numbers that follow an answer.
import { announce } from "./app.js";
import { recounted, show } from "./recount.js";

document.addEventListener("input", (event) => {
  const field = event.target.closest("[data-warn-empty]");
  if (field) document.querySelector(field.dataset.warnEmpty).hidden = Boolean(field.value.trim());
});

// The button says what it starts: with a few rows first, which they are.
function nameStart() {
  const start = document.querySelector("[data-start]");
  const form = document.getElementById("start");
  const how = form?.querySelector("input[name=canary]:checked")?.value;
  if (!start || how === undefined) return;
  start.dataset.name ??= start.textContent;
  const all = Number(start.dataset.start);
  const given = form.elements.canary_rows.value.replaceAll(",", "").trim();
  const rows = /^[0-9]{1,9}$/.test(given) && Number(given) > 0 ? Math.min(Number(given), all) : 0;
  const number = (value) => value.toLocaleString("en-US");
  const of = `of ${number(all)} ${all === 1 ? "row" : "rows"}`;
  const lines = form.elements.canary_lines.value.trim();
  start.textContent = {
    "": start.dataset.name,
    first: `Start import: first ${rows ? number(rows) : "rows"} ${of}`,
    random: `Start import: ${rows ? `${number(rows)} random` : "random rows"} ${of}`,
    lines: `Start import: ${lines ? `rows on lines ${lines}` : "chosen lines"} first`,
  }[how];
}
document.addEventListener("input", nameStart);
document.addEventListener("change", nameStart);
nameStart();

// The file is checked again with the answer; the page waits for it and shows what will happen now.
async function tries(choice) {
  const main = document.getElementById("main");
  const review = location.href;
  const fields = new URLSearchParams(new FormData(choice.form));
  const start = document.querySelector("main button.primary");
  if (start) start.disabled = true; // there is none while nothing would be applied
  main.setAttribute("aria-busy", "true");
  main.classList.add("busy");
  announce("Updating the numbers");
  try {
    const page = await recounted(choice.dataset.tries, fields, `${review.replace(/\/review.*$/, "")}?then=review`, () => {});
    if (page.querySelector("[data-tries]")) {
      show(page);
      nameStart();
      document.getElementById(choice.id)?.focus();
      announce(main.querySelector("button.primary")?.textContent ?? "Changed");
    } else {
      location.assign(review.replace(/\/review.*$/, "")); // something new has to be decided
    }
  } catch {
    location.reload();
  } finally {
    main.classList.remove("busy");
    main.removeAttribute("aria-busy");
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tries]")) tries(event.target);
});
