// The list of conversations: opened, renamed, deleted.
import { fetchFragment, find, openDialog, send } from "./dom.js";
import { relabel } from "./language.js";

let actions = null; // what the page does when one is opened or deleted

export function setUp(given) {
  actions = given;
}

export async function showTalks() {
  const dialog = find("#talks");
  await refresh();
  if (!dialog.open) openDialog(dialog);
}

async function refresh() {
  const list = find("#talk-list");
  try {
    list.innerHTML = await fetchFragment("page/conversations");
  } catch {
    list.replaceChildren(find("#reader-failed").content.cloneNode(true));
  }
  const shown = find(`[data-talk="${CSS.escape(actions.current() ?? "")}"]`, list);
  shown?.setAttribute("aria-current", "true");
  relabel();
}

// One of a row's three faces: its buttons, the field for a new name, the question before deleting.
function face(row, shown) {
  for (const part of [".talk-form", ".talk-sure"]) find(part, row).hidden = part !== shown;
  row.classList.toggle("asks", shown !== null);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("#talks button");
  const row = button?.closest(".talk");
  if (!row) return;
  const { dataset } = button;
  const id = row.dataset.talk;
  if (dataset.talkOpen !== undefined) {
    find("#talks").close();
    actions.open(id);
  } else if (dataset.talkRename !== undefined) {
    face(row, ".talk-form");
    const field = find("input", row);
    field.value = find(".talk-title", row).textContent;
    field.select();
    field.focus();
  } else if (dataset.talkDelete !== undefined) {
    face(row, ".talk-sure");
    find(".talk-sure [data-talk-cancel]", row).focus();
  } else if (dataset.talkCancel !== undefined) {
    face(row, null);
    find("[data-talk-open]", row).focus();
  } else if (dataset.talkDeleteSure !== undefined) {
    await change("DELETE", id);
    if (id === actions.current()) actions.deleted();
  }
});

document.addEventListener("submit", async (event) => {
  if (!event.target.matches(".talk-form")) return;
  event.preventDefault();
  await change("PATCH", event.target.closest(".talk").dataset.talk,
    { title: find("input", event.target).value });
});

async function change(method, id, content) {
  try {
    await send(method, `api/conversations/${encodeURIComponent(id)}`, content);
  } catch { /* the list, fetched anew, shows how things are */ }
  await refresh();
  const dialog = find("#talks");
  (find(`[data-talk="${CSS.escape(id)}"] [data-talk-open]`, dialog) ?? find("h2", dialog)).focus();
}
