// The last look: a warning while nobody would get the log, and numbers that follow an answer.
import { announce, fragment } from "./app.js";

const pause = 400;

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

// What a person has typed beside the answer stays.
const typed = (main) => [...main.querySelectorAll("input[type=text]")].map((one) => [one.id, one.value]);
const picked = (main) => [...main.querySelectorAll("input[type=radio]:checked")].map((one) => [one.name, one.value]);

function show(page, main) {
  const kept = typed(main);
  const radios = picked(main);
  main.replaceChildren(...page.body.childNodes);
  for (const [id, value] of kept) {
    const field = document.getElementById(id);
    if (!field) continue;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  for (const [name, value] of radios) {
    const radio = main.querySelector(`input[type=radio][name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
    if (radio) radio.checked = true;
  }
  nameStart();
}

// The file is checked again with the answer; the page waits for it and shows what will happen now.
async function tries(choice) {
  const main = document.getElementById("main");
  const review = location.href;
  const fields = new URLSearchParams(new FormData(choice.form));
  const start = document.querySelector("main button.primary");
  start.disabled = true;
  main.setAttribute("aria-busy", "true");
  main.classList.add("busy");
  announce("Updating the numbers");
  try {
    let page = await fragment(choice.dataset.tries, { method: "POST", body: fields });
    while (page.querySelector("[data-refresh]")) {
      await new Promise((done) => setTimeout(done, pause));
      page = await fragment(`${review.replace(/\/review.*$/, "")}?then=review`);
    }
    if (page.querySelector("[data-tries]")) {
      show(page, main);
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
