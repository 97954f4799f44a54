// Drag and drop, with progress; the file goes to the API as it is and is then chosen.
import { keep, say, signIn } from "./keeping.js";

const chosen = "chosen-upload";
const place = () => document.querySelector("[data-upload]"); // looked for each time: the page is shown anew
const note = () => document.querySelector("[data-upload-note]");
const bar = () => place().querySelector("progress");

function send(file) {
  const query = new URLSearchParams({ name: file.name, kind: place().dataset.kind });
  if (place().dataset.corrects) query.set("corrects", place().dataset.corrects);
  const request = new XMLHttpRequest();
  request.open("POST", `${place().dataset.upload}?${query}`);
  request.setRequestHeader("x-csrf-token", document.querySelector("meta[name=csrf]").content);
  request.setRequestHeader("content-type", "text/csv");
  request.upload.addEventListener("progress", (event) => {
    bar().hidden = false;
    if (event.lengthComputable) bar().value = (100 * event.loaded) / event.total;
    note().textContent = `Uploading ${file.name}: ${Math.round(bar().value)}%`;
  });
  request.addEventListener("load", () => {
    if (request.status === 201) choose(JSON.parse(request.responseText).id);
    else if (request.status === 401) end();
    else fail(reason(request));
  });
  request.addEventListener("error", () => fail("The connection was lost. Upload the file again."));
  request.send(file);
}

function reason(request) {
  try {
    const answer = JSON.parse(request.responseText);
    return [answer.title, answer.remedy].filter(Boolean).map((part) => `${part}.`).join(" ");
  } catch {
    return "The upload failed. Try again.";
  }
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

function end() {
  fail("The file was not uploaded.");
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
