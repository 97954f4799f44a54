// What every page has: the person's zone, forms that answer in place, lists that search as one types.
import "./limits.js";
import { answerInPlace, canBeSent, isChanged, restore, signIn } from "./keeping.js";

document.documentElement.classList.add("js");

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const known = document.cookie.split("; ").find((one) => one.startsWith("ci_zone="));
if (zone && known !== `ci_zone=${zone}`) {
  document.cookie = `ci_zone=${zone}; path=/; max-age=31536000; samesite=lax`;
}

export function announce(text) {
  const place = document.getElementById("announcer");
  if (place) place.textContent = text;
}

// As the server writes them: Nov 28, 2026, 2:15 PM. (Newer browsers put a narrow space before PM.)
export function showTimes(root) {
  const format = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short" });
  for (const time of root.querySelectorAll("time[datetime]")) {
    time.textContent = format.format(new Date(time.dateTime)).replace("\u202f", " ");
  }
}

export async function fragment(address, options = {}) {
  const answer = await fetch(address, { ...options, headers: { "x-fragment": "1", ...options.headers } });
  if (answer.status === 401) location.assign(signIn());
  if (!answer.ok && answer.status !== 422) throw new Error(`status ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  showTimes(page);
  page.cameFrom = answer.redirected ? answer.url : null;
  return page;
}

// A page that is replaced may have another name: its heading, which title and breadcrumb repeat.
export function rename(main) {
  const name = main.querySelector("h1")?.textContent;
  if (!name) return;
  document.title = `${name} · Customer Import`;
  const crumb = document.querySelector(".crumbs [aria-current]");
  if (crumb) crumb.textContent = name;
}

// The first of these that is there and can be used: a part that has come to the top can only go down.
function focusAgain(ids, fallback) {
  const found = ids.split(" ").map((id) => document.getElementById(id)).find((one) => one && !one.disabled);
  (found ?? fallback).focus();
}

let isSwapping = false;

async function swap(form, cause, extra = {}) {
  const main = document.getElementById("main");
  const data = new FormData(form, cause?.type === "submit" ? cause : undefined);
  for (const [name, value] of Object.entries(extra)) data.set(name, value);
  const focus = cause?.dataset.follow || cause?.id || "";
  if (isSwapping) return; // what is under way changes the parts, and the version of the draft, that this one names
  isSwapping = true;
  try {
    if (!(await canBeSent())) return;
    main.classList.add("busy");
    const page = await fragment(form.getAttribute("action") || location.href, { method: "POST", body: new URLSearchParams(data) });
    if (page.cameFrom && new URL(page.cameFrom).pathname !== location.pathname) {
      form.dataset.sure = "1";
      return location.assign(page.cameFrom);
    }
    main.replaceChildren(...page.body.childNodes);
    rename(main);
    focusAgain(focus, main);
    announce(main.querySelector("[data-announce]")?.textContent ?? "Changed");
  } catch {
    location.reload();
  } finally {
    isSwapping = false;
    main.classList.remove("busy");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-swap]")) {
    event.preventDefault();
    swap(form, event.submitter);
  }
});
document.addEventListener("swap", (event) => swap(event.target, null, event.detail));

for (const form of document.querySelectorAll("form[data-live]")) {
  let waiting;
  let newest = 0;
  const look = async () => {
    if (!form.checkValidity()) return; // the field says what is wrong
    const mine = ++newest;
    const query = new URLSearchParams(new FormData(form));
    const address = `${location.pathname}?${query}`;
    const page = await fragment(address).catch(() => null);
    if (!page) {
      if (mine === newest) announce("The list could not be updated. Try again.");
      return;
    }
    const part = page.querySelector(form.dataset.live);
    if (mine !== newest || !part) return;
    document.querySelector(form.dataset.live).replaceChildren(...part.childNodes);
    announce(document.querySelector(`${form.dataset.live} [data-announce]`)?.textContent ?? "Changed");
    history.replaceState(null, "", address);
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 150);
  });
  // Typed before this script was loaded, or restored by the browser.
  if ([...form.elements].some(isChanged)) look();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-swap-on-change]")) swap(event.target.form, event.target);
});

document.addEventListener("click", async (event) => {
  if (!event.target.matches("[data-copy]")) return;
  try {
    await navigator.clipboard.writeText(location.href.replace(/[?#].*$/, ""));
    event.target.textContent = "Link copied";
  } catch { // browsers write there for pages with TLS alone
    event.target.textContent = "Copy the address of the page";
  }
  announce(event.target.textContent);
});

showTimes(document);
document.querySelector("[data-focus]")?.focus();
answerInPlace();
restore();
