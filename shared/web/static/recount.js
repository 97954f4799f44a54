// A file that is checked again with an answer, and the page that says what comes of it.
import { fragment } from "./app.js";
import { isChanged } from "./keeping.js";

const pause = 400;

// The page once the check has ended; `tell` hears how far it is.
export async function recounted(address, body, page, tell) {
  let found = await fragment(address, { method: "POST", body });
  for (let running = found.querySelector("[data-refresh]"); running; running = found.querySelector("[data-refresh]")) {
    tell(running.querySelector("[data-announce]")?.textContent ?? "");
    await new Promise((done) => setTimeout(done, pause));
    found = await fragment(page);
  }
  return found;
}

const named = (one) => (one.id ? `#${CSS.escape(one.id)}` : `[name="${CSS.escape(one.name)}"][value="${CSS.escape(one.value)}"]`);
const labeled = (one) => `select[aria-label="${CSS.escape(one.getAttribute("aria-label") ?? "")}"]`;

// What a person has typed, chosen or opened, and where they are, by what finds it again.
function stateOf(main) {
  const all = (what) => [...main.querySelectorAll(what)];
  const focused = document.activeElement;
  return {
    typed: all("input[type=text], textarea").map((one) => [named(one), one.value]),
    selected: all("select[aria-label]").filter(isChanged).map((one) => [labeled(one), one.value]),
    picked: all("input[type=radio]:checked").map(named),
    opened: all("details[open] > summary").map((one) => one.textContent),
    focused: main.contains(focused) && (focused.id || focused.name) ? named(focused) : "",
    top: focused?.getBoundingClientRect().top ?? 0,
  };
}

// Puts a page in the place of the one that is shown; what a person did there since stays.
export function show(page) {
  const main = document.getElementById("main");
  const kept = stateOf(main);
  main.replaceChildren(...page.body.childNodes);
  for (const [place, value] of kept.typed) {
    const field = main.querySelector(place);
    if (!field || field.value === value) continue;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  for (const [place, value] of kept.selected) {
    const select = main.querySelector(place);
    if (select) select.value = value;
  }
  for (const place of kept.picked) {
    const radio = main.querySelector(`input[type=radio]${place}`);
    if (radio) radio.checked = true;
  }
  for (const summary of main.querySelectorAll("details > summary")) {
    if (kept.opened.includes(summary.textContent)) summary.parentElement.open = true;
  }
  const focused = kept.focused && main.querySelector(kept.focused);
  if (!focused) return;
  focused.focus({ preventScroll: true });
  window.scrollBy(0, focused.getBoundingClientRect().top - kept.top);
}
