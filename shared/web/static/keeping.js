// A form is kept when the session has ended or the server is away: what was typed is there again afterwards.
const storage = "kept-form";
const pause = 2000;
const patience = 5000;

const here = () => location.pathname + location.search;
const who = () => document.querySelector(".who-name")?.textContent;
const fieldsOf = (root) => [...root.querySelectorAll("input, select, textarea")].filter(
  (one) => one.name && !["hidden", "file", "password", "submit"].includes(one.type),
);
const isTicked = (one) => one.type === "checkbox" || one.type === "radio";
let isKept = false;

// Whether an element of a form differs from the page that came with it.
export function isChanged(one) {
  if (one.options) return one.value !== firstChoice(one);
  if (isTicked(one)) return one.checked !== one.defaultChecked;
  return one.type !== "hidden" && "defaultValue" in one && one.value !== one.defaultValue;
}
const firstChoice = (select) => ([...select.options].find((option) => option.defaultSelected) ?? select.options[0])?.value;

// Typed text is never lost without a word; of what is chosen by a click that is said where a form asks for it.
const isTyped = (one) => one.matches("textarea, input") && !isTicked(one) && isChanged(one);
function isUnsaved(form) {
  if (form.dataset.sure || form.method !== "post" || !form.matches("main form")) return false;
  const isDifferent = "guard" in form.dataset ? isChanged : isTyped;
  return form.dataset.guard === "typed" || [...form.elements].some((one) => one.name && one.type !== "file" && isDifferent(one));
}
window.addEventListener("beforeunload", (event) => {
  if (!isKept && [...document.forms].some(isUnsaved)) event.preventDefault();
});

export function keep(isLeaving = false) {
  isKept = true;
  const fields = fieldsOf(document.getElementById("main")).map((one) => [one.name, isTicked(one) ? one.checked : one.value]);
  sessionStorage.setItem(storage, JSON.stringify({ at: here(), who: who(), isLeaving, fields }));
}

export function say(text, link) {
  let bar = document.getElementById("not-saved");
  if (!bar) {
    bar = document.createElement("section");
    Object.assign(bar, { id: "not-saved", className: "notice bad" });
    bar.setAttribute("role", "alert");
    document.getElementById("main").prepend(bar);
  }
  const words = document.createElement("strong");
  words.textContent = text;
  bar.replaceChildren(words);
  if (!link) return;
  const follow = document.createElement("a");
  Object.assign(follow, { href: link, textContent: "Sign in to continue where you were" });
  follow.addEventListener("click", () => keep()); // with what was typed since
  bar.append(" ", follow);
}

export function signIn(hasEnded = true) {
  return `${document.querySelector(".brand").href}sign-in?${hasEnded ? "ended=1&" : ""}next=${encodeURIComponent(location.origin + here())}`;
}

async function session() {
  const answer = await fetch("/session", { headers: { "x-fragment": "1" }, signal: AbortSignal.timeout(patience) });
  if (answer.status === 401) return null;
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.text();
}

// Whether a form can be sent now. It waits for a server that is away; false where the person has to sign in.
export async function canBeSent() {
  for (;;) {
    try {
      const secret = await session();
      if (secret === null) {
        keep();
        say("Not saved. Your session ended.", signIn());
        document.querySelector("#not-saved a").focus();
        return false;
      }
      if (secret !== document.querySelector("meta[name=csrf]").content) { // somebody has signed in again
        keep();
        location.reload();
        return false;
      }
      document.getElementById("not-saved")?.remove();
      return true;
    } catch {
      say("Not saved. Trying again\u2026");
      await new Promise((done) => setTimeout(done, pause));
    }
  }
}

// A page that answers a form, such as one that was refused, takes the place of the page with the form: going back to it
// or reloading it asks for the page again, not whether the form is to be sent again. What was typed is there then, too.
export function answerInPlace() {
  if (!document.body.hasAttribute("data-answer")) return;
  const form = document.referrer && new URL(document.referrer);
  const address = form && form.origin === location.origin ? form.href : location.href;
  history.replaceState(null, "", address);
  window.addEventListener("pagehide", () => {
    const isSent = document.querySelector("form[data-sure]");
    if (!isKept && !isSent && document.querySelector(".who")) keep(true);
  });
}

export function restore() {
  if (document.body.hasAttribute("data-answer")) return; // it has what was typed
  const kept = JSON.parse(sessionStorage.getItem(storage) ?? "null");
  if (!kept || kept.at !== here() || kept.who !== who()) return;
  sessionStorage.removeItem(storage);
  const [came] = performance.getEntriesByType("navigation");
  if (kept.isLeaving && came?.type === "navigate") return; // not back to it, but on another way
  const left = fieldsOf(document.getElementById("main"));
  for (const [name, value] of kept.fields) {
    const place = left.findIndex((one) => one.name === name);
    if (place < 0) continue;
    const [field] = left.splice(place, 1);
    if (isTicked(field)) field.checked = value;
    else field.value = value;
    if (!field.matches("[data-swap-on-change], [data-tries]")) field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  say("Your entries are back. They are not saved yet.");
  document.getElementById("not-saved").className = "notice warn";
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.matches(".who, [data-swap]")) return;
  if (form.dataset.sure || !document.querySelector(".who")) return;
  event.preventDefault();
  if (form.dataset.asking) return;
  form.dataset.asking = "1";
  if (await canBeSent()) {
    form.dataset.sure = "1";
    if (!form.isConnected) { // a list that was searched meanwhile has another form in its place
      form.hidden = true;
      document.body.append(form);
    }
    form.requestSubmit(event.submitter ?? undefined);
  }
  delete form.dataset.asking;
});
window.addEventListener("pageshow", () => {
  isKept = false;
  for (const form of document.querySelectorAll("form[data-sure]")) delete form.dataset.sure;
});
