// About five minutes before a session ends the page says so, while whoever is there can still do something about it:
// a session that is left alone is kept by one click, of one that ends by the clock it is said what happens to the page.
import { keep, say, signIn } from "./keeping.js";

const id = "session-ends";
const soon = 300; // seconds
const often = 30;
const { sessionSeconds, sessionIdle } = document.body.dataset;
let timer;

function lookIn(seconds) {
  clearTimeout(timer);
  timer = setTimeout(look, Math.max(1, seconds) * 1000);
}

// Looking does not count as using the session, nor does another tab go unnoticed that uses it.
async function look() {
  try {
    const answer = await fetch("/session/left", { signal: AbortSignal.timeout(5000) });
    if (answer.status === 401) return end();
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const left = await answer.json();
    show(left);
    const isWarned = left.is_left_alone || left.seconds <= soon;
    lookIn(isWarned ? often : Math.min(left.seconds - soon, sessionIdle - soon, often * 4));
  } catch {
    lookIn(often);
  }
}

function end() {
  document.getElementById(id)?.remove();
  keep();
  say("Your session ended. Nothing that you typed is lost.", signIn());
}

function show(left) {
  const byClock = left.seconds <= soon;
  const kind = byClock ? "clock" : left.is_left_alone ? "alone" : "";
  const there = document.getElementById(id);
  if (there?.dataset.kind === kind) return; // said once, not every time
  there?.remove();
  if (!kind) return;
  const bar = document.createElement("section");
  Object.assign(bar, { id, className: "notice warn ending" });
  bar.dataset.kind = kind;
  bar.setAttribute("role", "alert");
  bar.append(...(byClock ? ofClock(left.seconds) : ofRest()));
  document.getElementById("main").before(bar);
}

function ofRest() {
  const stay = Object.assign(document.createElement("button"), { type: "button", textContent: "Stay signed in" });
  stay.addEventListener("click", async () => {
    try {
      const answer = await fetch("/session", { headers: { "x-fragment": "1" } });
      if (answer.status === 401) return end();
      document.getElementById("announcer").textContent = "You stay signed in";
      document.getElementById("main").focus({ preventScroll: true });
    } finally {
      look();
    }
  });
  return [strong("Your session ends in about five minutes, because nothing was opened or saved for a while."), " ", stay];
}

function ofClock(seconds) {
  const at = new Date(Date.now() + seconds * 1000).toLocaleTimeString("en-US", { timeStyle: "short" });
  const link = Object.assign(document.createElement("a"), { href: signIn(false), textContent: "Sign in again now" });
  link.addEventListener("click", () => keep());
  return [strong(`Your session ends at ${at}.`), " Nothing that you typed is lost: you are asked to sign in and come back to this page. ", link];
}

function strong(text) {
  return Object.assign(document.createElement("strong"), { textContent: text });
}

if (sessionSeconds) {
  lookIn(Math.min(sessionSeconds, sessionIdle) - soon);
  document.addEventListener("visibilitychange", () => !document.hidden && look()); // timers rest in a sleeping machine
}
