// Small things that every script of the pages uses.
import { headers, say } from "./language.js";

export const find = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => within.querySelectorAll(selector);

// The server refused a request; its reply says why.
class RefusedError extends Error {
  constructor(path, reply) {
    super(`${path}: ${reply.status}`);
    this.reply = reply;
  }
}

// Ready HTML from the server; everything in it that is not ours was escaped there.
export async function fetchFragment(path, body) {
  const options = body === undefined ? { headers: headers() } : {
    method: "POST",
    headers: headers({ "content-type": "application/json" }),
    body,
  };
  const reply = await fetch(path, options);
  if (reply.status === 401) location.assign("login");
  if (!reply.ok) throw new RefusedError(path, reply);
  return reply.text();
}

export async function send(method, path, content) {
  const reply = await fetch(path, {
    method,
    headers: headers({ "content-type": "application/json" }),
    body: content === undefined ? undefined : JSON.stringify(content),
  });
  if (reply.status === 401) location.assign("login");
  if (!reply.ok) throw new RefusedError(path, reply);
  return reply;
}

let fading = 0;

// A short word at the foot of the page, also spoken.
export function toast(key, values) {
  const shown = find("#toast");
  announce(key, values);
  if (!shown) return;
  say(shown, key, values);
  // Over a modal dialog only what is in the top layer can be seen.
  shown.hidden = false;
  clearTimeout(fading);
  fading = setTimeout(() => { shown.hidden = true; }, 3500);
}

// Spoken only.
export function announce(key, values) {
  const said = find("#said");
  if (said) say(said, key, values);
}

export function openDialog(dialog, focused) {
  dialog.showModal();
  (focused ?? find("h2", dialog))?.focus();
}

document.addEventListener("click", (event) => {
  const closes = event.target.closest?.("[data-dialog-close]");
  if (closes) closes.closest("dialog").close();
  else if (event.target.matches?.("dialog")) event.target.close(); // a click beside it
});
