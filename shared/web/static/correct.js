// Says beside the cells of a row how the check would decide it, while somebody corrects them. Without an answer nothing
// is lost: the cells are checked when they are sent.
import { announce } from "./app.js";

const form = document.querySelector("form[data-row-check]");
const secret = document.querySelector('meta[name="csrf"]').content;
const pauses = new Map();
const asking = new Map();
const pause = 500; // milliseconds without a key
const notNow = "This row can’t be checked at the moment. It is checked when you send it.";
const refused = [403, 409, 410, 422];

function noteOf(row) {
  const known = row.querySelector("[data-note]");
  if (known) return known;
  const made = document.createElement("div");
  made.dataset.note = "";
  row.querySelector(".grid").after(made);
  return made;
}

function list(items, className) {
  const made = document.createElement("ul");
  made.className = className;
  for (const item of items) {
    const line = document.createElement("li");
    const code = document.createElement("span");
    code.className = "code";
    code.textContent = item.code;
    line.append([item.title, item.remedy].filter(Boolean).join(". "), " ", code);
    made.append(line);
  }
  return made;
}

function words(answer) {
  const verdicts = { applied: "would be applied", no_change: "needs no change", skipped: "would be skipped", held: "would be on hold", failed: "would fail" };
  return `Line ${answer.line.toLocaleString("en-US")} ${verdicts[answer.outcome] ?? "would stop the whole file"}`;
}

function show(row, text, problems, notes, tone) {
  const note = noteOf(row);
  const told = document.createElement("p");
  told.append(text);
  note.className = `notice small ${tone}`;
  note.replaceChildren(told, ...[problems, notes].filter((some) => some.length).map((some) => list(some, "bullets small")));
  note.id ||= `now-${row.dataset.row}`;
}

function mark(row, isBad) {
  const note = `now-${row.dataset.row}`;
  for (const field of row.querySelectorAll("input[data-column]")) {
    const bad = isBad(field);
    const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== note && !id.startsWith("why-"));
    field.classList.toggle("bad-cell", bad);
    if (bad) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    field.setAttribute("aria-describedby", bad ? [...others, note].join(" ") : others.join(" "));
    if (!field.getAttribute("aria-describedby")) field.removeAttribute("aria-describedby");
  }
}

function answered(row, answer) {
  const text = words(answer);
  const tone = answer.problems.length || answer.outcome === null ? "warn" : "good";
  show(row, `${text}.`, answer.problems, answer.notes, tone);
  const columns = new Set(answer.problems.flatMap((one) => one.columns));
  mark(row, (field) => columns.has(field.dataset.column));
  announce([text, ...answer.problems.map((one) => one.title)].join(". "));
}

function unanswered(row, text) {
  show(row, text, [], [], "");
  announce(text);
}

async function ask(row) {
  const cells = [...row.querySelectorAll("input[data-column]")].map((one) => ({ column: one.dataset.column, value: one.value }));
  asking.get(row)?.abort();
  const mine = new AbortController();
  asking.set(row, mine);
  try {
    const answer = await fetch(form.dataset.rowCheck, {
      method: "POST",
      signal: mine.signal,
      headers: { "content-type": "application/json", "x-csrf-token": secret },
      body: JSON.stringify({ line: Number(row.dataset.row), cells }),
    });
    if (asking.get(row) !== mine) return;
    const told = await answer.json();
    if (asking.get(row) !== mine) return;
    if (answer.ok) answered(row, told);
    else if (refused.includes(answer.status) && told.title) unanswered(row, [told.title, told.remedy].filter(Boolean).join(". "));
    else unanswered(row, notNow);
  } catch {
    if (asking.get(row) === mine) unanswered(row, notNow);
  }
}

form?.addEventListener("input", (event) => {
  const row = event.target.matches("input[data-column]") && event.target.closest("[data-row]");
  if (!row) return;
  clearTimeout(pauses.get(row));
  asking.get(row)?.abort(); // what is on its way is about other cells
  asking.delete(row);
  pauses.set(row, setTimeout(() => ask(row), pause));
});

// What is sent is checked as a whole: an answer to what was typed before says nothing any more.
form?.addEventListener("submit", () => {
  for (const waiting of pauses.values()) clearTimeout(waiting);
  for (const mine of asking.values()) mine.abort();
  asking.clear();
});
