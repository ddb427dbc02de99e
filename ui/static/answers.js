// What can be done with an answer that has ended: copied, rated.
import { find, openDialog, send, toast } from "./dom.js";
import { headers } from "./language.js";

let rated = null; // the thumb whose reason is being asked for

function pathOf(button, conversation) {
  const { turn } = button.closest(".turn").dataset;
  return `api/conversations/${encodeURIComponent(conversation)}/turns/${turn}`;
}

export async function copy(button, conversation) {
  try {
    const path = `${pathOf(button, conversation)}?form=${button.dataset.copy}`;
    const reply = await fetch(path, { headers: headers() });
    if (!reply.ok) throw new Error(path);
    await put(await reply.text());
    toast("copied");
  } catch {
    toast("not-copied");
  }
}

async function put(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Without TLS a browser has no clipboard for scripts but the selection's.
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "sr";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("copy");
}

export function rate(button, conversation) {
  rated = { button, path: `${pathOf(button, conversation)}/feedback` };
  if (button.getAttribute("aria-pressed") === "true") keep({ rating: null });
  else if (button.dataset.rate === "up") keep({ rating: "up" });
  else {
    find(".reasons").reset();
    openDialog(find("#reasons-dialog"));
  }
}

async function keep(given) {
  const { button, path } = rated;
  try {
    await send("PUT", path, given);
  } catch {
    toast("not-kept");
    return;
  }
  for (const each of button.parentElement.querySelectorAll("[data-rate]")) {
    each.setAttribute("aria-pressed", String(each.dataset.rate === given.rating));
  }
  if (given.rating) toast("thanks");
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".reasons")) return;
  const fields = new FormData(event.target);
  keep({
    rating: "down",
    reason: fields.get("reason"),
    comment: fields.get("comment").trim() || null,
    right_answer: fields.get("right_answer").trim() || null,
  });
});
