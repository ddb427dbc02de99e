// The source panel: an open document, its cited words marked, and the way to the next citation.
import { all, fetchFragment, find } from "./dom.js";
import { relabel, say } from "./language.js";

const root = document.documentElement;

let opened = null; // the data-citation that the panel shows
let opener = null; // the button that opened it, for the way back
let requested = 0;

// A source belongs to its answer: when the conversation changes it goes. A document that was opened
// from the list stays.
export function clearSource() {
  if (opened === null) return;
  requested += 1;
  opened = null;
  opener = null;
  const reader = find("#reader");
  reader.removeAttribute("aria-busy");
  reader.replaceChildren(find("#reader-empty").content.cloneNode(true));
  find(".library").open = true;
  showSteps();
  relabel();
}

export function markOpen() {
  for (const chip of all(".turn [data-citation]")) {
    const open = chip.dataset.citation === opened;
    if (chip.hasAttribute("data-open") !== open) chip.toggleAttribute("data-open", open);
  }
}

export function openCitation(button) {
  return open(button.dataset.citation, button);
}

export function openDocument(button) {
  const at = button.dataset.at === undefined ? null : Number(button.dataset.at);
  return open(JSON.stringify({ document: button.dataset.document, at }), button);
}

async function open(body, button) {
  const request = ++requested;
  const reader = find("#reader");
  opened = button.dataset.citation ?? null;
  opener = button;
  markOpen();
  showSteps();
  openPanel();
  const list = find(".library");
  if (list) list.open = false;
  reader.setAttribute("aria-busy", "true");
  try {
    const fragment = await fetchFragment("page/evidence", body);
    if (request !== requested) return;
    reader.innerHTML = fragment;
  } catch (error) {
    if (request !== requested) return;
    const gone = error.reply?.status === 404;
    const said = find(gone ? "#reader-gone" : "#reader-failed");
    reader.replaceChildren(said.content.cloneNode(true));
    if (gone) showGone(reader, JSON.parse(body).quote);
  }
  reader.removeAttribute("aria-busy");
  relabel();
  show(reader);
}

// Of a document that was removed the cited words are left. The lists of documents hear of it.
function showGone(reader, quote) {
  if (quote) find("blockquote", reader).textContent = quote;
  else for (const each of all("[data-quoted]", reader)) each.remove();
  document.dispatchEvent(new CustomEvent("trichdan:gone"));
}

function show(reader) {
  const mark = find("mark", reader);
  const target = mark ?? find("h2", reader);
  reader.scrollTop = 0;
  if (mark) {
    const offset = mark.getBoundingClientRect().top - reader.getBoundingClientRect().top;
    const head = find(".reader-head", reader).offsetHeight;
    reader.scrollTop = Math.max(0, offset - head - (reader.clientHeight - head) / 4);
  }
  target?.focus({ preventScroll: true });
}

// ---- from citation to citation -------------------------------------------------------------

// The citations of an answer, each once, in the order of their numbers.
function citations(turn) {
  const found = new Map();
  for (const chip of all(".chip[data-citation]", turn)) {
    if (!found.has(chip.dataset.citation)) found.set(chip.dataset.citation, chip);
  }
  return [...found.values()].sort((one, two) => Number(one.textContent) - Number(two.textContent));
}

function showSteps() {
  const steps = find("#steps");
  if (!steps) return;
  const turn = opened === null ? null : opener?.closest(".turn");
  const chips = turn ? citations(turn) : [];
  const at = chips.findIndex((chip) => chip.dataset.citation === opened);
  steps.hidden = at < 0;
  if (at < 0) return;
  say(find("#step"), "step", { number: at + 1, total: chips.length });
  find('[data-step="-1"]', steps).disabled = at === 0;
  find('[data-step="1"]', steps).disabled = at === chips.length - 1;
}

// To the next citation, or the previous one, of the answer whose citation is open; of the last
// answer where none is.
export function step(by) {
  const turns = all(".turn:has(.chip)");
  const turn = (opener?.isConnected && opened !== null && opener.closest(".turn")) ||
    turns[turns.length - 1];
  if (!turn) return;
  const chips = citations(turn);
  const at = chips.findIndex((chip) => chip.dataset.citation === opened);
  const next = chips[at < 0 ? (by > 0 ? 0 : chips.length - 1) : at + by];
  if (!next) return;
  next.scrollIntoView({ block: "nearest" });
  openCitation(next);
}

// ---- the panel as a sheet over a narrow window -----------------------------------------------

export function openPanel() {
  root.classList.add("panel-open");
}

export function closePanel() {
  root.classList.remove("panel-open");
}

export function leavePanel() {
  closePanel();
  if (opener?.isConnected) opener.focus();
}

export function panelIsOpen() {
  return root.classList.contains("panel-open");
}
