// What the pages without a chat do: the switch of the language.
import { relabel, switchTo } from "./language.js";

document.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-language]");
  if (chosen) switchTo(chosen.dataset.language);
});

relabel();
