"use strict";
(() => {
  const text = document.getElementById("text");
  const slice = document.getElementById("slice");
  const state = document.getElementById("state");
  const count = document.getElementById("count");
  // Marks do not count, so that "nghi phep" finds "nghỉ phép".
  const fold = (s) => s.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();
  const items = [...document.querySelectorAll("details[data-slices]")].map((node) => ({
    node,
    text: fold(node.querySelector("summary").textContent),
    slices: new Set(node.dataset.slices.split("|")),
    states: new Set(node.dataset.state.split("|")),
  }));
  const filter = () => {
    const wanted = fold(text.value.trim());
    let shown = 0;
    for (const item of items) {
      const fits = item.text.includes(wanted)
        && item.slices.has(slice.value)
        && (state.value === "" || item.states.has(state.value));
      if (item.node.hidden === fits) item.node.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} / ${items.length}`;
  };
  // On paper the flipped questions stand open, whatever is open on the screen.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = items.filter((item) => item.states.has("flipped") && !item.node.open);
    for (const item of opened) item.node.open = true;
  });
  addEventListener("afterprint", () => { for (const item of opened) item.node.open = false; });
  for (const control of [text, slice, state]) control.addEventListener("input", filter);
  filter();
})();
