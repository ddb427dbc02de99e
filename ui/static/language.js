// The interface language. Every element of the interface carries its wordings (data-vi, data-en,
// and data-vi-aria-label and so on for attributes); switching shows the other ones, at once.

const STORED = "trichdan-language";
const LANGUAGES = ["vi", "en"];
const ATTRIBUTES = ["aria-label", "placeholder", "title"];

let language = chosen() ?? (document.documentElement.lang === "vi" ? "vi" : "en");

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

// Touches only what is not right yet, so that watching the page for changes comes to rest.
export function relabel() {
  const root = document.documentElement;
  if (root.lang !== language) root.lang = language;
  for (const element of document.querySelectorAll("[data-vi]")) {
    const wording = element.dataset[language];
    if (element.textContent !== wording) element.textContent = wording;
  }
  for (const name of ATTRIBUTES) {
    for (const element of document.querySelectorAll(`[data-vi-${name}]`)) {
      const wording = element.getAttribute(`data-${language}-${name}`);
      if (element.getAttribute(name) !== wording) element.setAttribute(name, wording);
    }
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  // Gradio sets the title by itself once it has started.
  const title = document.querySelector("title[data-vi]")?.dataset[language];
  if (title && document.title !== title) document.title = title;
}
