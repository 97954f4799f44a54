// Drag and drop, with progress; the file goes to the API as it is and is then chosen.
import { keep, say, signIn } from "./keeping.js";
import { bodyOf, canSend, sendParts } from "./parts.js";

const chosen = "chosen-upload";
const place = () => document.querySelector("[data-upload]"); // looked for each time: the page is shown anew
const note = () => document.querySelector("[data-upload-note]");
const bar = () => place().querySelector("progress");

let stopping = new AbortController();

function send(file) {
  stopping.abort(); // another file was chosen instead
  stopping = new AbortController();
  const query = new URLSearchParams({ name: file.name, kind: place().dataset.kind });
  if (place().dataset.corrects) query.set("corrects", place().dataset.corrects);
  calm();
  (canSend(file) ? sendLarge : sendSmall)(file, query, document.querySelector("meta[name=csrf]").content);
}

function sendSmall(file, query, csrf) {
  const request = new XMLHttpRequest();
  request.open("POST", `${place().dataset.upload}?${query}`);
  request.setRequestHeader("x-csrf-token", csrf);
  request.setRequestHeader("content-type", "text/csv");
  request.upload.addEventListener("progress", (event) => {
    bar().hidden = false;
    if (event.lengthComputable) bar().value = (100 * event.loaded) / event.total;
    note().textContent = `Uploading ${file.name}: ${Math.round(bar().value)}%`;
  });
  request.addEventListener("load", () => {
    if (request.status === 201) choose(JSON.parse(request.responseText).id);
    else if (request.status === 401) end("The file was not uploaded.");
    else fail(reason(request));
  });
  request.addEventListener("error", () => fail("The connection was lost. Upload the file again."));
  request.send(file);
}

async function sendLarge(file, query, csrf) {
  const { signal } = stopping;
  let far = "";
  const heard = (offset, isLost) => {
    if (signal.aborted) return;
    bar().hidden = false;
    bar().value = (100 * offset) / file.size;
    far = `${megabytes(offset)} of ${megabytes(file.size)} MB`;
    if (isLost) worry();
    else calm();
    note().textContent = isLost ? `Connection lost. Continuing at ${far}` : `Uploading ${file.name}: ${far}`;
  };
  try {
    choose((await sendParts(file, { address: place().dataset.parts, query, csrf, heard, signal })).id);
  } catch (error) {
    if (signal.aborted) return;
    const uploaded = far && `${far} are uploaded. Choose the same file to continue.`;
    if (error.request?.status === 401) end(uploaded || "The file was not uploaded.");
    else if (error.isPassing) fail(`The connection was lost. ${uploaded || "Upload the file again."}`);
    else fail(error.words || (error.request ? reason(error.request) : failed));
  }
}

// Progress is not read out, a lost connection is.
function calm() {
  note().className = "small muted";
  note().removeAttribute("role");
}

function worry() {
  note().className = "notice warn";
  note().setAttribute("role", "status");
}

const megabytes = (size) => Math.round(size / 1e6).toLocaleString("en-US");
const failed = "The upload failed. Try again.";

function reason(request) {
  const { title, remedy } = bodyOf(request);
  return [title, remedy].filter(Boolean).map((part) => `${part}.`).join(" ") || failed;
}

function choose(id) {
  sessionStorage.setItem(chosen, location.pathname);
  note().textContent = "Uploaded.";
  const form = document.getElementById("choose");
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "file", value: id });
  for (const other of form.querySelectorAll("input[name=file]")) other.disabled = true;
  form.append(field);
  form.dataset.sure = "1"; // what was typed in it is sent with the file
  form.submit();
}

function end(words) {
  fail(words);
  keep();
  say("Not saved. Your session ended.", signIn());
  document.querySelector("#not-saved a").focus();
}

function fail(text) {
  bar().hidden = true;
  note().setAttribute("role", "alert");
  note().className = "notice bad";
  note().textContent = text;
}

function take(field) {
  if (!field?.matches("[data-upload] input[type=file]") || !field.files[0]) return;
  send(field.files[0]);
  field.value = ""; // so that the same file can be chosen again
}

// The page that comes next goes on where the person was: at the file in the list.
function goOn() {
  const isHere = sessionStorage.getItem(chosen) === location.pathname;
  sessionStorage.removeItem(chosen);
  if (isHere && !document.querySelector("[data-focus]")) document.querySelector("#choose input[name=file]:checked")?.focus();
}

goOn();
document.addEventListener("change", (event) => take(event.target));
take(place()?.querySelector("input[type=file]")); // chosen before this script was loaded
// The whole page takes the file: beside the marked place the browser would leave the page and open it.
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    place()?.classList.add("over");
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) place()?.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  place()?.classList.remove("over");
  if (event.dataTransfer.files[0]) send(event.dataTransfer.files[0]);
});
