// What the page does by itself: question box and source panel. The conversation is drawn by the
// server; nothing here builds HTML from a question, a document or an answer.
import { current, relabel, switchTo } from "./language.js";

const root = document.documentElement;
const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => within.querySelectorAll(selector);

// ---- asking ------------------------------------------------------------------------------

const PATIENCE_MS = 15_000; // the server draws a question at once, or something is wrong
const PULSE_MS = 4_000;

let sending = null; // the question on its way to the server, not yet in the conversation
let renewing = false; // a new conversation is wanted as soon as the answer has ended

const box = () => find("#question");
const openTurn = () => find('.turn[data-stage="waiting"], .turn[data-stage="reading"]');
const busy = () => sending !== null || openTurn() !== null;

function raise(name, detail) {
  box().dispatchEvent(new CustomEvent(`trichdan:${name}`, { bubbles: true, detail }));
}

function ask(question) {
  if (busy() || !question.trim()) return;
  sending = { question, turns: all(".turn").length };
  const sent = sending;
  setTimeout(() => sending === sent && takeBack(), PATIENCE_MS);
  for (const notice of all("[data-notice]")) notice.hidden = true;
  box().value = "";
  resize();
  closePanel();
  raise("submit", { question, language: current() });
  showButtons();
}

function renew() {
  if (busy()) {
    renewing = true;
    raise("stop", {});
    return;
  }
  renewing = false;
  raise("clear", { language: current() });
  box().focus();
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
  const key = await reached() ? "not-sent" : "not-reached";
  find(`[data-notice="${key}"]`).hidden = false;
  if (sending) giveBack(sending.question);
  sending = null;
  showButtons();
}

function reached() {
  return fetch("health").then((reply) => reply.ok, () => false);
}

function giveBack(question) {
  if (!box() || box().value.trim()) return;
  box().value = question;
  resize();
}

// ---- the conversation, each time the server has drawn it -----------------------------------

const failed = new Set();

function afterDrawing() {
  const turns = all(".turn");
  const last = turns[turns.length - 1];
  if (sending && turns.length > sending.turns) {
    sending = null;
    last.scrollIntoView({ block: "start" });
  }
  if (!turns.length) failed.clear();
  if (last && last.dataset.stage === "failed" && !failed.has(last.dataset.turn)) {
    failed.add(last.dataset.turn);
    giveBack(last.dataset.question);
  }
  if (box()) showButtons();
  markOpen();
  if (renewing && !busy()) renew();
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

// ---- the source panel --------------------------------------------------------------------

let opened = null; // the data-citation that the panel shows
let opener = null; // the button that opened it, for the way back
let requested = 0;

function markOpen() {
  for (const chip of all(".turn [data-citation]")) {
    const open = chip.dataset.citation === opened;
    if (chip.hasAttribute("data-open") !== open) chip.toggleAttribute("data-open", open);
  }
}

async function fetchFragment(path, body) {
  const options = body === undefined ? {} : {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  };
  const reply = await fetch(path, options);
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
  return reply.text();
}

async function open(body, button) {
  const request = ++requested;
  const reader = find("#reader");
  opened = button.dataset.citation ?? null;
  opener = button;
  markOpen();
  openPanel();
  find(".library").open = false;
  reader.setAttribute("aria-busy", "true");
  try {
    const fragment = await fetchFragment("page/evidence", body);
    if (request !== requested) return;
    reader.innerHTML = fragment;
  } catch {
    if (request !== requested) return;
    reader.replaceChildren(find("#reader-failed").content.cloneNode(true));
  }
  reader.removeAttribute("aria-busy");
  relabel();
  show(reader);
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

function openPanel() {
  root.classList.add("panel-open");
}

function closePanel() {
  root.classList.remove("panel-open");
}

async function loadLibrary() {
  const list = find("#library");
  if (!list) return;
  try {
    list.innerHTML = await fetchFragment("page/library");
    find("#document-count").textContent = String(all(".document", list).length);
  } catch {
    list.replaceChildren(find("#reader-failed").content.cloneNode(true));
  }
}

// ---- events ------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const button = event.target.closest("button, a.skip");
  if (!button) return;
  const { dataset } = button;
  if (dataset.language) switchTo(dataset.language);
  else if (dataset.citation) open(dataset.citation, button);
  else if (dataset.document) {
    const at = dataset.at === undefined ? null : Number(dataset.at);
    open(JSON.stringify({ document: dataset.document, at }), button);
  } else if (dataset.ask !== undefined) ask(dataset.ask || button.textContent);
  else if (dataset.stop !== undefined) raise("stop", {});
  else if (dataset.new !== undefined) renew();
  else if (dataset.panelOpen !== undefined) openPanel();
  else if (dataset.panelClose !== undefined) leavePanel();
  else if (button.matches("a.skip")) {
    event.preventDefault();
    box().focus();
  }
});

function leavePanel() {
  closePanel();
  if (opener?.isConnected) opener.focus();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".composer")) return;
  event.preventDefault();
  ask(box().value);
});

document.addEventListener("input", (event) => {
  if (event.target !== box()) return;
  resize();
  showButtons();
});

document.addEventListener("keydown", (event) => {
  const writing = event.target === box();
  if (writing && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    ask(box().value);
  } else if (event.key === "Escape") {
    if (root.classList.contains("panel-open") && !writing) leavePanel();
    else if (openTurn()) raise("stop", {});
  }
});

// ---- watching what Gradio draws ------------------------------------------------------------

let started = false;

// A connection that is cut while an answer grows is not always noticed by Gradio.
setInterval(async () => {
  const turn = openTurn();
  if (!turn || await reached()) return;
  turn.dataset.stage = "stopped";
  giveBack(turn.dataset.question);
  takeBack();
}, PULSE_MS);

function look(records) {
  relabel();
  if (!started && box() && find("#library")) {
    started = true;
    find("#opening")?.remove();
    loadLibrary();
    if (matchMedia("(min-width: 900px)").matches) box().focus();
  }
  const within = (id) => records.some(({ target }) => target.parentElement?.closest(id));
  if (within("#conversation")) afterDrawing();
  const toasts = all(".toast-body:not([data-seen])");
  for (const toast of toasts) toast.dataset.seen = "";
  if (toasts.length && busy()) takeBack();
}

new MutationObserver(look).observe(root, {
  childList: true,
  subtree: true,
  characterData: true,
  attributes: true,
  attributeFilter: ["data-vi", "data-stage", "placeholder", "aria-label"],
});
look([]);
