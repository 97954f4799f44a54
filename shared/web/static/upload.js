// Drag and drop, with progress; the file goes to the API as it is and is then chosen.
const place = document.querySelector("[data-upload]");
const note = place?.querySelector("[data-upload-note]");
const bar = place?.querySelector("progress");

function send(file) {
  const query = new URLSearchParams({ name: file.name, kind: place.dataset.kind });
  const request = new XMLHttpRequest();
  request.open("POST", `${place.dataset.upload}?${query}`);
  request.setRequestHeader("x-csrf-token", document.querySelector("meta[name=csrf]").content);
  request.setRequestHeader("content-type", "text/csv");
  request.upload.addEventListener("progress", (event) => {
    bar.hidden = false;
    if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
    note.textContent = `Uploading ${file.name}: ${Math.round(bar.value)} %`;
  });
  request.addEventListener("load", () => {
    const answer = JSON.parse(request.responseText || "{}");
    if (request.status === 201) choose(answer.id);
    else fail(`${answer.title ?? "The upload did not work"}. ${answer.remedy ?? ""}`);
  });
  request.addEventListener("error", () => fail("The connection broke off. Upload the file again."));
  request.send(file);
}

function choose(id) {
  note.textContent = "Uploaded.";
  const form = document.getElementById("choose");
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "file", value: id });
  for (const other of form.querySelectorAll("input[name=file]")) other.disabled = true;
  form.append(field);
  form.submit();
}

function fail(text) {
  bar.hidden = true;
  note.setAttribute("role", "alert");
  note.textContent = text;
}

if (place) {
  place.querySelector("input[type=file]").addEventListener("change", (event) => {
    if (event.target.files[0]) send(event.target.files[0]);
  });
  for (const name of ["dragenter", "dragover"]) {
    place.addEventListener(name, (event) => { event.preventDefault(); place.classList.add("over"); });
  }
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("over");
    if (event.dataTransfer.files[0]) send(event.dataTransfer.files[0]);
  });
}
