// The interface language. Every element of the interface carries its wordings (data-vi, data-en,
// and data-vi-aria-label and so on for attributes); switching shows the other ones, at once.
// Times (<time datetime>) and numbers (data-number) are written as each language writes them.

const STORED = "trichdan-language";
const LANGUAGES = ["vi", "en"];
const ATTRIBUTES = ["aria-label", "placeholder", "title"];

// Not the document's `lang`: Gradio writes that over, sometimes before this script runs.
let language = chosen() ?? (document.documentElement.dataset.preferred === "vi" ? "vi" : "en");

// What the reader chose here before; otherwise the server has set what the browser asks for.
function chosen() {
  try {
    const stored = localStorage.getItem(STORED);
    return LANGUAGES.includes(stored) ? stored : null;
  } catch {
    return null; // storage is switched off
  }
}

export function current() {
  return language;
}

export function switchTo(wanted) {
  language = wanted;
  try {
    localStorage.setItem(STORED, wanted);
  } catch { /* storage is switched off: chosen for this visit only */ }
  relabel();
}

// What the server writes by itself shall be in the chosen language, not in the browser's.
export function headers(more = {}) {
  return { "accept-language": language, ...more };
}

// ---- wordings that are filled in when their time comes -----------------------------------

function wording(key) {
  return document.querySelector("#wordings")?.content.querySelector(`[data-key="${key}"]`);
}

// Makes an element say the wording of that key, in both languages; values are numbers.
export function say(element, key, values = {}) {
  const said = wording(key);
  if (!said || !element) return;
  for (const each of LANGUAGES) {
    const filled = said.dataset[each].replace(/\{(\w+)\}/g, (_, name) =>
      new Intl.NumberFormat(each).format(values[name]));
    if (element.dataset[each] !== filled) element.dataset[each] = filled;
  }
  relabel(element.parentElement);
}

// ---- showing the chosen language -----------------------------------------------------------

function written(time) {
  const day = new Date(time.dateTime);
  if (Number.isNaN(day.getTime())) return "";
  const today = day.toDateString() === new Date().toDateString();
  const form = today && time.dataset.day === undefined ? { timeStyle: "short" } : { dateStyle: "medium" };
  return new Intl.DateTimeFormat(language === "vi" ? "vi-VN" : "en-GB", form).format(day);
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Touches only what is not right yet, so that watching the page for changes comes to rest.
export function relabel(within = document) {
  const root = document.documentElement;
  if (root.lang !== language) root.lang = language;
  for (const element of within.querySelectorAll("[data-vi]")) put(element, element.dataset[language]);
  for (const name of ATTRIBUTES) {
    for (const element of within.querySelectorAll(`[data-vi-${name}]`)) {
      const text = element.getAttribute(`data-${language}-${name}`);
      if (element.getAttribute(name) !== text) element.setAttribute(name, text);
    }
  }
  for (const time of within.querySelectorAll("time[datetime]")) put(time, written(time));
  for (const element of within.querySelectorAll("[data-number]")) {
    put(element, new Intl.NumberFormat(language).format(Number(element.dataset.number)));
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  // Gradio sets the title by itself once it has started.
  const title = document.querySelector("title[data-vi]")?.dataset[language];
  if (title && document.title !== title) document.title = title;
}
