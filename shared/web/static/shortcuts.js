// Keys for the pages; ? lists them. They can be turned off, since a voice or a slipping hand types letters, too.
const storage = "shortcuts-off";
const names = { i: "Import", p: "In progress", c: "Completed", u: "Customers" };
const patience = 1500;
let went = 0;

const isOff = () => localStorage.getItem(storage) === "1";
const links = () => [...document.querySelectorAll(".nav a")];

function element(name, text, children = []) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

function row(keys, text) {
  return element("div", "", [element("dt", "", keys.flatMap((key) => [element("kbd", key), " "])), element("dd", text)]);
}

function list() {
  const dialog = element("dialog");
  dialog.setAttribute("aria-labelledby", "shortcuts-title");
  const title = element("h2", "Keyboard shortcuts");
  title.id = "shortcuts-title";
  const rows = [row(["?"], "Show this list"), row(["/"], "Search"), ...Object.entries(names).map(([key, name]) => row(["g", key], name))];
  const off = element("input");
  Object.assign(off, { type: "checkbox", checked: isOff() });
  off.addEventListener("change", () => localStorage.setItem(storage, off.checked ? "1" : "0"));
  const label = element("label", "", [off, element("span", "Turn shortcuts off, except ?")]);
  label.className = "check";
  const close = element("button", "Close");
  close.type = "button";
  close.addEventListener("click", () => dialog.close());
  const facts = element("dl", "", rows);
  facts.className = "keys";
  dialog.append(title, facts, label, close);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, select, textarea, dialog[open]")) return;
  if (event.key === "?") return list();
  if (isOff()) return;
  if (event.key === "/") {
    const search = document.querySelector("main input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  } else if (event.key === "g") went = event.timeStamp; // when the key went down, however late a busy page hears of it
  else if (event.timeStamp - went < patience && names[event.key]) {
    links().find((link) => link.textContent.trim() === names[event.key])?.click();
  }
});
