// What the page does by itself. The conversation is drawn by the server; nothing here builds HTML
// from a question, a document or an answer.
import { copy, rate } from "./answers.js";
import { all, announce, fetchFragment, find, openDialog, toast } from "./dom.js";
import { showFound } from "./find.js";
import { current, relabel, say, switchTo } from "./language.js";
import {
  clearSource, closePanel, leavePanel, markOpen, openCitation, openDocument, openPanel, panelIsOpen, step,
} from "./panel.js";
import { setUp as setUpTalks, showTalks } from "./talks.js";

// ---- asking ------------------------------------------------------------------------------

const PATIENCE_MS = 15_000; // the server draws a question at once, or something is wrong
const PULSE_MS = 4_000;
const DOUBLE_CLICK_MS = 500; // as long as desktops wait for the second click

let sending = null; // the question on its way to the server, not yet in the conversation
let own = null; // the id of the last turn that was asked here, and not in another window
let stopping = false; // whether it is to be stopped as soon as it is in the conversation
let wanted; // what is to be opened as soon as the answer has ended: an id, or null for a new one
let editing = false; // whether the next question takes the place of the last one
let edited = ""; // the question that was put into the box for that
let aside = ""; // what stood in the box before
let clicked = -Infinity; // when "send" was clicked

const box = () => find("#question");
const lastTurn = () => find("#now .turn");
const openTurn = () => find('.turn[data-stage="waiting"], .turn[data-stage="reading"]');
const busy = () => sending !== null || openTurn() !== null;
const conversation = () => lastTurn()?.dataset.conversation || null;

function raise(name, detail) {
  box().dispatchEvent(new CustomEvent(`trichdan:${name}`, { bubbles: true, detail }));
}

// Asks what was typed. Any other question leaves the box as it is.
function askTyped() {
  const question = box().value;
  if (busy() || !question.trim()) return;
  const again = editing;
  box().value = "";
  ask(question, again);
}

function ask(question, again) {
  if (busy() || !question.trim()) return;
  sending = { question, after: lastTurn()?.dataset.id };
  stopping = false;
  const sent = sending;
  setTimeout(() => sending === sent && takeBack(), PATIENCE_MS);
  for (const notice of all("[data-notice]")) notice.hidden = true;
  edit(false);
  resize();
  closePanel();
  raise("submit", {
    question, language: current(), conversation: conversation(), documents: narrowed(), again,
  });
  showButtons();
}

// The server knows a question once it is in the conversation; a stop before that waits for it.
function stop() {
  if (sending) stopping = true;
  else if (openTurn()) raise("stop", { turn: openTurn().dataset.id });
}

// Opens a conversation; null begins a new one. An answer in progress is stopped first.
function turnTo(id) {
  if (busy()) {
    wanted = id;
    stop();
    return;
  }
  wanted = undefined;
  edit(false);
  clearSource();
  awaited = id;
  document.documentElement.classList.toggle("turning", id !== null);
  raise("clear", { language: current(), conversation: id });
  if (!matchMedia("(pointer: coarse)").matches) box().focus();
}

// The conversation was deleted: no way leads back to it.
function forget() {
  history.replaceState(null, "", location.pathname);
  turnTo(null);
}

function edit(on) {
  editing = on;
  find("#editing").hidden = !on;
}

function showButtons() {
  const running = busy();
  const send = find(".send");
  const stop = find("[data-stop]");
  if (!send || !stop) return;
  const focused = document.activeElement === stop || document.activeElement === send;
  send.hidden = running;
  stop.hidden = !running;
  if (focused) (running ? stop : box()).focus();
  send.disabled = !box().value.trim();
}

function resize() {
  const field = box();
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
}

// Gradio reports a request that failed in its own words, which are hidden: ours take their place.
async function takeBack() {
  const status = await reached();
  if (status === 401) location.assign("login");
  find(`[data-notice="${status === 204 ? "not-sent" : "not-reached"}"]`).hidden = false;
  if (sending) giveBack(sending.question);
  sending = null;
  showButtons();
}

function reached() {
  return fetch("page/here").then((reply) => reply.status, () => 0);
}

function giveBack(question) {
  if (!box() || box().value.trim()) return;
  box().value = question;
  resize();
}

// Gradio loads the page anew when a server that went away is back, and its reader may, too: what was
// typed is in the box again then, and so is a question that the server had not taken yet.
const DRAFT = "trichdan-draft";
const person = () => document.documentElement.dataset.person;

addEventListener("pagehide", () => {
  if (!started) return;
  const question = box().value.trim() ? box().value : sending?.question ?? "";
  try {
    sessionStorage.setItem(DRAFT, JSON.stringify({ person: person(), question }));
  } catch { /* storage is switched off */ }
});

function takeDraft() {
  let draft = null;
  try {
    draft = JSON.parse(sessionStorage.getItem(DRAFT));
    sessionStorage.removeItem(DRAFT);
  } catch { /* storage is switched off */ }
  if (draft?.question && draft.person === person()) giveBack(draft.question);
}

// What was set aside is in the box again, once nothing else is.
function takeUp() {
  if (box().value.trim()) return;
  box().value = aside;
  aside = "";
  resize();
}

// ---- the conversation, each time the server has drawn it -----------------------------------

const failed = new Set();
let awaited; // the conversation that was asked for and is not drawn yet
let stage = null; // the last turn's, as it was spoken

function afterDrawing() {
  const last = lastTurn();
  const growing = sending !== null || stage === "waiting" || stage === "reading";
  if (sending && last && last.dataset.id !== sending.after) {
    sending = null;
    own = last.dataset.id;
    last.scrollIntoView({ block: "start" });
    if (stopping) stop();
    takeUp();
  }
  if (last && last.dataset.stage === "failed" && !failed.has(last.dataset.id)) {
    failed.add(last.dataset.id);
    if (growing) giveBack(last.dataset.question);
    if (find('.failure[data-code="document-missing"]', last)) loadLibrary();
  }
  if (box()) showButtons();
  markOpen();
  speak(last);
  keepPlace(last);
  if (find("#starters[aria-busy]")) loadStarters();
  if (wanted !== undefined && !busy()) turnTo(wanted);
}

function speak(turn) {
  const now = turn?.dataset.stage ?? null;
  if (now === stage) return;
  const before = stage;
  stage = now;
  if (now === "waiting" || now === "reading") {
    if (before !== "waiting") announce("said-answering");
  } else if (before === "waiting" || before === "reading") {
    const places = new Set([...all(".chip", turn)].map((chip) => chip.dataset.citation));
    const refused = find(".refusal", turn) !== null;
    announce(refused ? "said-refused" : `said-${now}`, { number: places.size });
  }
}

// The address names the conversation, so that a reload finds it again. Opening another one is a
// step that the browser's Back undoes.
function keepPlace(last) {
  if (wanted !== undefined) return; // on the way to another one
  const id = last?.dataset.conversation || null;
  const missing = find(".welcome[data-missing]") !== null;
  if (awaited !== undefined && awaited !== id && !missing) return; // not drawn yet
  if (awaited && missing) toast("not-opened");
  if (awaited && id) last.scrollIntoView({ block: "start" });
  const opened = awaited !== undefined && !missing;
  awaited = undefined;
  document.documentElement.classList.remove("turning");
  const hash = id ? `#${id}` : "";
  if (location.hash !== hash) {
    history[opened ? "pushState" : "replaceState"](null, "", hash || location.pathname);
  }
  const library = find(".manage");
  if (library) library.hash = hash; // for the way back
}

async function loadStarters() {
  const starters = find("#starters");
  starters.removeAttribute("aria-busy");
  try {
    const fragment = await fetchFragment("page/starters");
    if (starters.isConnected) starters.innerHTML = fragment;
  } catch { /* a welcome without them will do */ }
}

// A sentence's mark may stand near the edge: its explanation stays inside the conversation.
function place(tip) {
  tip.style.removeProperty("--shift");
  const around = find("#conversation").getBoundingClientRect();
  const { left, right } = tip.getBoundingClientRect();
  const shift = Math.max(0, around.left + 12 - left) - Math.max(0, right - around.right + 12);
  tip.style.setProperty("--shift", `${shift}px`);
}

for (const type of ["pointerover", "focusin"]) {
  document.addEventListener(type, (event) => {
    const tip = event.target.closest?.(".verdict")?.querySelector(".tip");
    if (tip) place(tip);
  });
}

// ---- which documents to ask ------------------------------------------------------------------

const picks = () => [...all("#library [data-pick]")];

const shownPicks = () => picks().filter((pick) => !pick.closest(".row").hidden);

// The ids of the chosen documents; none where all are, and where none is: then all are asked.
function narrowed() {
  const chosen = picks().filter((pick) => pick.checked);
  return chosen.length === picks().length ? [] : chosen.map((pick) => pick.value);
}

function showNarrowed() {
  const number = narrowed().length;
  const total = picks().length;
  const chosen = picks().filter((pick) => pick.checked).length;
  find(".narrowed:has(#narrowed)").hidden = chosen === total;
  say(find("#narrowed"), number === 0 ? "narrowed-none" : "narrowed", { number, total });
  const every = find("[data-pick-all]");
  if (!every) return;
  const checked = shownPicks().filter((pick) => pick.checked).length;
  every.checked = checked > 0 && checked === shownPicks().length;
  every.indeterminate = checked > 0 && !every.checked;
}

function askAll() {
  for (const pick of picks()) pick.checked = true;
  showNarrowed();
}

let listed = null; // the list as it was fetched

// Documents come and go in other windows: what was chosen, and what is looked for, stays.
async function loadLibrary() {
  const list = find("#library");
  if (!list) return;
  try {
    const fragment = await fetchFragment("page/library");
    if (fragment === listed) return;
    listed = fragment;
    const before = picks();
    const chosen = new Set(before.filter((pick) => pick.checked).map((pick) => pick.value));
    const words = find("[data-find]", list)?.value;
    list.innerHTML = fragment;
    if (chosen.size < before.length) for (const pick of picks()) pick.checked = chosen.has(pick.value);
    const field = find("[data-find]", list);
    if (field && words) {
      field.value = words;
      showFound(all("#library .row"), words);
    }
    find("#document-count").dataset.number = String(all(".document", list).length);
    showNarrowed();
  } catch {
    if (listed === null) list.replaceChildren(find("#reader-failed").content.cloneNode(true));
  }
  relabel();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) {
    for (const pick of shownPicks()) pick.checked = event.target.checked;
  } else if (!event.target.matches("[data-pick]")) return;
  showNarrowed();
});

// ---- events ------------------------------------------------------------------------------

const CLICKS = {
  language: (button) => switchTo(button.dataset.language),
  citation: openCitation,
  document: openDocument,
  ask: (button) => ask(button.dataset.ask || button.textContent, false),
  stop: () => {
    // The second click of a double click on "send" meets the button that took its place.
    if (performance.now() - clicked > DOUBLE_CLICK_MS) stop();
  },
  new: () => {
    find("#talks").close();
    turnTo(null);
  },
  talks: showTalks,
  help: () => openDialog(find("#shortcuts")),
  panelOpen: () => {
    find(".library").open = true;
    openPanel();
  },
  panelClose: leavePanel,
  step: (button) => step(Number(button.dataset.step)),
  copy: (button) => copy(button, conversation()),
  rate: (button) => rate(button, conversation()),
  retry: (button) => ask(button.closest(".turn").dataset.question, isLast(button)),
  edit: (button) => {
    if (busy()) return;
    if (box().value !== edited) aside ||= box().value;
    edited = button.closest(".turn").dataset.question;
    box().value = edited;
    edit(isLast(button));
    resize();
    showButtons();
    box().focus();
  },
  editCancel: () => {
    box().value = "";
    edit(false);
    takeUp();
    showButtons();
    box().focus();
  },
  askAll,
};

const isLast = (button) => button.closest("#now") !== null;

document.addEventListener("click", (event) => {
  const button = event.target.closest("button, a.skip");
  if (!button) return;
  if (button.matches("a.skip")) {
    event.preventDefault();
    box().focus();
    return;
  }
  const hook = Object.keys(CLICKS).find((name) => button.dataset[name] !== undefined);
  if (hook) CLICKS[hook](button);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".composer")) return;
  event.preventDefault();
  clicked = performance.now(); // "Enter" does not come here
  askTyped();
});

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-find]")) {
    showFound(all("#library .row"), event.target.value);
    showNarrowed();
  }
  if (event.target !== box()) return;
  resize();
  showButtons();
});

const WITH_ALT = {
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  KeyQ: () => box().focus(),
  KeyN: () => turnTo(null),
  KeyL: showTalks,
};

document.addEventListener("keydown", (event) => {
  if (find("dialog[open]")) return;
  const writing = event.target === box();
  if (event.altKey && !event.ctrlKey && !event.metaKey && WITH_ALT[event.code]) {
    event.preventDefault();
    WITH_ALT[event.code]();
  } else if (writing && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    askTyped();
  } else if (event.key === "Escape") {
    if (panelIsOpen() && !writing) leavePanel();
    else if (busy()) stop();
    else if (editing) CLICKS.editCancel();
  }
});

addEventListener("focus", () => started && loadLibrary());
document.addEventListener("trichdan:gone", loadLibrary);

addEventListener("hashchange", () => {
  const id = location.hash.slice(1) || null;
  if (started && id !== conversation()) turnTo(id);
});

// ---- watching what Gradio draws ------------------------------------------------------------

let started = false;

// A connection that is cut while an answer grows is not always noticed by Gradio. An answer that grows
// in another window is drawn here once it has ended.
setInterval(async () => {
  const turn = openTurn();
  if (!turn) return;
  if (await reached()) {
    if (turn.isConnected && turn.dataset.id !== own && !sending && wanted === undefined) {
      raise("clear", { language: current(), conversation: conversation() });
    }
    return;
  }
  turn.dataset.stage = "stopped";
  giveBack(turn.dataset.question);
  takeBack();
}, PULSE_MS);

function start() {
  started = true;
  find("#opening")?.remove();
  if (document.documentElement.dataset.way === "password") find(".person").textContent = person();
  takeDraft();
  setUpTalks({ current: conversation, open: turnTo, deleted: forget });
  loadLibrary();
  if (location.hash.length > 1) turnTo(location.hash.slice(1));
  else afterDrawing();
  if (matchMedia("(min-width: 900px)").matches) box().focus();
}

function look(records) {
  relabel();
  if (!started && box() && find("#library") && find("#wordings")) start();
  const within = (id) => records.some(({ target }) => target.parentElement?.closest(id));
  if (started && within("#conversation")) afterDrawing();
  const toasts = all(".toast-body:not([data-seen])");
  for (const each of toasts) each.dataset.seen = "";
  if (toasts.length && busy()) takeBack();
}

new MutationObserver(look).observe(document.documentElement, {
  childList: true,
  subtree: true,
  characterData: true,
  attributes: true,
  attributeFilter: ["data-vi", "data-stage", "placeholder", "aria-label"],
});
look([]);
