// Imports as they go on: one stream of events; rows a second and time left are counted here.
import { announce, fragment, rename } from "./app.js";

const list = document.querySelector("[data-live-list]");
const outcomes = ["applied", "no_change", "skipped", "held", "failed"];
const number = new Intl.NumberFormat("en-US");
const seen = new Map();
const told = new Map();
const retryAfter = 2000;

function rows(count) {
  return `${number.format(count)} ${count === 1 ? "row" : "rows"}`;
}

function rate(state) {
  const kept = seen.get(state.import_id) ?? [];
  kept.push({ at: performance.now(), rows: state.counts.read });
  while (kept.length > 2 && performance.now() - kept[0].at > 10000) kept.shift();
  seen.set(state.import_id, kept);
  const seconds = (kept.at(-1).at - kept[0].at) / 1000;
  return seconds > 0.3 ? (kept.at(-1).rows - kept[0].rows) / seconds : 0;
}

function left(seconds) {
  if (seconds < 60) return `${Math.ceil(seconds)} s left`;
  return seconds < 3600 ? `${Math.ceil(seconds / 60)} min left` : `${(seconds / 3600).toFixed(1)} h left`;
}

function line(state, total) {
  if (state.state === "checking") return state.progress.rows_read ? `${rows(state.progress.rows_read)} read` : "The check has not begun";
  const speed = rate(state);
  const words = [`${number.format(state.counts.read)} of ${rows(total)}`];
  if (speed > 0 && state.state === "running") {
    words.push(`${number.format(Math.round(speed))} rows/s`, left((total - state.counts.read) / speed));
  }
  return words.join(" · ");
}

// Every quarter is said aloud: more would be noise.
function tellQuarter(state, total) {
  const quarter = total && state.state === "running" ? Math.floor((4 * state.counts.read) / total) : 0;
  if (quarter > (told.get(state.import_id) ?? 0)) announce(`${state.file_name}: ${25 * quarter}% of the rows`);
  told.set(state.import_id, quarter);
}

function show(card, state) {
  const total = state.planned?.read ?? 0;
  const bar = card.querySelector("[data-bar]");
  const checking = state.state === "checking";
  if (bar) {
    bar.max = (checking ? state.progress.bytes_total : total) || 1;
    bar.value = checking ? state.progress.bytes_read : state.counts.read;
    card.querySelector("[data-line]").textContent = line(state, total);
  }
  for (const name of outcomes) {
    const tile = card.querySelector(`[data-count="${name}"]`);
    if (tile) tile.textContent = number.format(state.counts[name]);
  }
  card.dataset.revision = state.revision;
  tellQuarter(state, total);
}

// `words` says what is announced then; it may look at the new page.
async function again(words) {
  try {
    const page = await fragment(location.href.replace(/\?started=1$/, ""));
    const main = document.getElementById("main");
    main.replaceChildren(...page.body.childNodes);
    rename(main);
    if (words) announce(words());
  } catch {
    setTimeout(again, retryAfter, words);
  }
}

const cardOf = (state) => document.querySelector(`[data-import="${state.import_id}"]`);

function heard(event) {
  const state = JSON.parse(event.data);
  const card = cardOf(state);
  if (!card) {
    if (state.group === "in_progress") again(() => `${state.biller_name}: new import`);
    return;
  }
  const isPlanned = !card.querySelector("[data-count]"); // what is planned stands there until the first rows are through
  show(card, state);
  if (isPlanned && state.counts.read) again();
  else if (state.group !== "in_progress") again(() => `${state.file_name}: finished`);
  else if (card.querySelector("[data-state]").dataset.state !== state.state) {
    again(() => `${state.file_name}: ${cardOf(state)?.querySelector("[data-state]").textContent ?? "changed"}`);
  }
}

function say(words) {
  const place = document.querySelector("[data-connection]"); // looked for each time: the page is shown anew
  if (place && place.textContent !== words) place.textContent = words;
}

// A service that stands still keeps its connection: after a silence it is asked whether it is there.
const silence = 10000;
const patience = 4000;
let heardAt = performance.now();
let source;

async function lookForAnswer() {
  const quiet = performance.now() - heardAt;
  if (quiet > silence && !document.hidden) {
    try {
      // Any file of the service will do: to ask for a page would keep a session open that nobody uses.
      await fetch("/static/icon.svg", { cache: "no-store", signal: AbortSignal.timeout(patience) });
      heardAt = performance.now();
      if (source?.readyState === EventSource.OPEN) say("Live");
    } catch {
      say(`No response for ${Math.round(quiet / 1000)} s. Trying again…`);
    }
  }
  setTimeout(lookForAnswer, patience);
}

function connect() {
  source = new EventSource(list.dataset.liveList);
  source.addEventListener("import", (event) => {
    heardAt = performance.now();
    heard(event);
  });
  source.addEventListener("open", () => {
    heardAt = performance.now();
    say("Live");
  });
  source.addEventListener("error", () => {
    say("Connection lost. Trying again…");
    if (source.readyState === EventSource.CLOSED) setTimeout(comeBack, retryAfter);
  });
}

// The browser tries a broken line again by itself, but not after an answer that it did not expect.
async function comeBack() {
  await again();
  connect();
}

// Parts that failed and are tried again say nothing by themselves: the page looks now and then.
const troublesEvery = 5000;

async function lookForTroubles() {
  if (document.querySelector("[data-troubles]") && !document.hidden) {
    try {
      const page = await fragment(location.href);
      for (const found of page.querySelectorAll("[data-import]")) {
        const place = document.querySelector(`[data-import="${found.dataset.import}"] [data-troubles]`);
        const fresh = found.querySelector("[data-troubles]");
        if (place && fresh && place.textContent !== fresh.textContent) place.replaceChildren(...fresh.childNodes);
      }
    } catch { /* the stream of events says when the connection is lost */ }
  }
  setTimeout(lookForTroubles, troublesEvery);
}

if (list) {
  connect();
  lookForAnswer();
  setTimeout(lookForTroubles, troublesEvery);
}
