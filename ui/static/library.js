// The library's page: files dropped or chosen, each with its progress; documents read and removed.
import { all, fetchFragment, find, send, toast } from "./dom.js";
import { showFound } from "./find.js";
import { current, headers, relabel, say, switchTo } from "./language.js";
import { leavePanel, openDocument, panelIsOpen } from "./panel.js";

const ASK_MS = 700; // between two looks at what is on its way
const AT_ONCE = 3; // files sent at the same time

// ---- the list ----------------------------------------------------------------------------

async function loadShelf() {
  const shelf = find("#shelf");
  try {
    shelf.innerHTML = await fetchFragment("page/shelf");
  } catch {
    shelf.replaceChildren(find("#reader-failed").content.cloneNode(true));
  }
  shelf.removeAttribute("aria-busy");
  relabel();
}

function sure(row, asking) {
  find("[data-remove]", row).hidden = asking;
  find(".sure", row).hidden = !asking;
  find(asking ? "[data-remove-cancel]" : "[data-remove]", row).focus();
}

async function remove(row) {
  try {
    await send("DELETE", `api/documents/${encodeURIComponent(row.dataset.row)}`);
    toast("removed");
  } catch {
    toast("not-removed");
  }
  await loadShelf();
  find("#shelf").focus();
}

// ---- files on their way ------------------------------------------------------------------

const rows = new Map(); // an upload's id, or a key of our own until it has one → its row
const waiting = [];
let sending = 0;
let looking = false;
let again = false; // whether there is more to look for, also what comes while it is being looked

function rowFor(key, name) {
  const row = document.createElement("li");
  row.className = "upload";
  const title = document.createElement("span");
  title.className = "upload-name";
  title.textContent = name;
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", name);
  const state = document.createElement("span");
  state.className = "upload-state";
  row.append(title, bar, state);
  find("#uploads").prepend(row);
  rows.set(key, row);
  return row;
}

function show(row, stage, done, total, said) {
  row.dataset.stage = stage;
  const state = find(".upload-state", row);
  if (said) {
    state.dataset.vi = said.vi;
    state.dataset.en = said.en;
    state.textContent = said[current()];
  } else say(state, `upload-${stage}`);
  const bar = find("progress", row);
  if (total) {
    bar.max = total;
    bar.value = done;
  } else bar.removeAttribute("value");
}

function take(files) {
  for (const file of files) {
    const row = rowFor(file, file.name);
    if (file.size > limitMb * 1024 * 1024) {
      row.dataset.stage = "skipped";
      say(find(".upload-state", row), "upload-too-large", { number: limitMb });
      continue;
    }
    show(row, "waiting", 0, 0);
    waiting.push(file);
  }
  sendNext();
}

function sendNext() {
  while (waiting.length && sending < AT_ONCE) sendFile(waiting.shift());
}

function sendFile(file) {
  sending += 1;
  const row = rows.get(file);
  const request = new XMLHttpRequest();
  request.open("POST", `api/uploads?name=${encodeURIComponent(file.name)}`);
  for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
  request.setRequestHeader("content-type", "application/octet-stream");
  request.upload.addEventListener("progress", ({ loaded, total }) =>
    show(row, "sending", loaded, total));
  request.addEventListener("loadend", () => {
    sending -= 1;
    rows.delete(file);
    if (request.status === 202) {
      rows.set(JSON.parse(request.responseText).id, row);
      look();
    } else if (request.status === 401) location.assign("login");
    else refuse(row, request.responseText);
    sendNext();
  });
  request.send(file);
}

// What the server says to it, in both languages, or that nothing came through.
function refuse(row, text) {
  try {
    const { message, messages } = JSON.parse(text).error;
    show(row, "skipped", 0, 0, messages ?? { vi: message, en: message });
  } catch {
    show(row, "failed", 0, 0);
  }
}

// Looks at what is on its way until nothing is; then the list is fetched anew.
async function look() {
  again = true;
  if (looking) return;
  looking = true;
  while (again) {
    again = false;
    let uploads = [];
    try {
      uploads = await (await fetch("api/uploads", { headers: headers() })).json();
    } catch {
      again = true; // the server may be back in a moment
    }
    for (const upload of uploads) {
      const row = rows.get(upload.id) ?? (upload.open ? rowFor(upload.id, upload.name) : null);
      if (row === null) continue;
      show(row, upload.stage, upload.done, upload.total, upload.reason ?? upload.replaced);
      if (upload.open) again = true;
      else rows.delete(upload.id);
    }
    if (again) await new Promise((resolve) => { setTimeout(resolve, ASK_MS); });
  }
  looking = false;
  await loadShelf();
}

// ---- events ------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const button = event.target.closest("button, a.skip");
  if (!button) return;
  const { dataset } = button;
  const row = button.closest("[data-row]");
  if (dataset.language) switchTo(dataset.language);
  else if (dataset.document) openDocument(button);
  else if (dataset.remove !== undefined) sure(row, true);
  else if (dataset.removeCancel !== undefined) sure(row, false);
  else if (dataset.removeSure !== undefined) remove(row);
  else if (dataset.panelClose !== undefined) leavePanel();
  else if (button.matches("a.skip")) {
    event.preventDefault();
    find("#shelf").focus();
  }
});

document.addEventListener("change", (event) => {
  if (event.target.id !== "files") return;
  take([...event.target.files]);
  event.target.value = "";
});

document.addEventListener("submit", async (event) => {
  if (!event.target.matches(".address")) return;
  event.preventDefault();
  const field = find("input", event.target);
  const row = rowFor({}, field.value);
  show(row, "sending", 0, 0);
  try {
    const upload = await (await send("POST", "api/addresses", { url: field.value })).json();
    rows.set(upload.id, row);
    field.value = "";
    look();
  } catch (error) {
    refuse(row, await error.reply?.text());
  }
});

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-find]")) showFound(all("[data-row]"), event.target.value);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && panelIsOpen()) leavePanel();
});

document.addEventListener("trichdan:gone", loadShelf);

const mayAdd = document.documentElement.dataset.role !== "reader";
const carriesFiles = (event) => mayAdd && event.dataTransfer?.types.includes("Files");

for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    find(".drop").classList.toggle("over", type === "dragenter" || type === "dragover");
    if (type === "drop") take([...event.dataTransfer.files].filter((file) => file.size || file.type));
  });
}

const limitMb = Number(find(".drop").dataset.limitMb);
const { dataset } = document.documentElement;
find(".back").hash = location.hash; // to the conversation from which the page was opened
if (dataset.way === "password") find(".person").textContent = dataset.person;
relabel();
loadShelf();
if (mayAdd) look();
