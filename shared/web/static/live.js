// Imports as they go on: one stream of events; rows a second and time left are counted here.
import { announce, fragment } from "./app.js";

const list = document.querySelector("[data-live-list]");
const connection = document.querySelector("[data-connection]");
const outcomes = ["applied", "no_change", "skipped", "held", "failed"];
const number = new Intl.NumberFormat();
const seen = new Map();

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
  if (state.state === "checking") return `${number.format(state.progress.rows_read)} rows read`;
  const speed = rate(state);
  const words = [`${number.format(state.counts.read)} of ${number.format(total)} rows`];
  if (speed > 0 && state.state === "running") {
    words.push(`${number.format(Math.round(speed))} rows/s`, left((total - state.counts.read) / speed));
  }
  return words.join(" · ");
}

function show(card, state) {
  const total = state.planned?.read ?? 0;
  const bar = card.querySelector("[data-bar]");
  const checking = state.state === "checking";
  bar.max = (checking ? state.progress.bytes_total : total) || 1;
  bar.value = checking ? state.progress.bytes_read : state.counts.read;
  card.querySelector("[data-line]").textContent = line(state, total);
  for (const name of outcomes) card.querySelector(`[data-count="${name}"]`).textContent = number.format(state.counts[name]);
  card.dataset.revision = state.revision;
}

async function again(words) {
  const page = await fragment(location.href.replace(/\?started=1$/, ""));
  document.getElementById("main").replaceChildren(...page.body.childNodes);
  if (words) announce(words);
}


function heard(event) {
  const state = JSON.parse(event.data);
  const card = document.querySelector(`[data-import="${state.import_id}"]`);
  if (!card) {
    if (state.group === "in_progress") again(`${state.biller_name}: a new import`);
    return;
  }
  show(card, state);
  const shown = { checking: "Checking", held: "Waits for you", approved: "Starts soon", running: "Running" };
  if (state.group !== "in_progress") again(`${state.file_name}: ended`);
  else if (card.querySelector("[data-state]").textContent !== shown[state.state]) again(`${state.file_name}: ${shown[state.state]}`);
}

if (list) {
  const source = new EventSource(list.dataset.liveList);
  source.addEventListener("import", heard);
  source.addEventListener("open", () => { if (connection) connection.textContent = "Live"; });
  source.addEventListener("error", () => { if (connection) connection.textContent = "The connection is lost. Trying again …"; });
}
