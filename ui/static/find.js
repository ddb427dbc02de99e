// Finds the rows of a long list by words. Case and the marks of Vietnamese do not count: what is
// typed without marks finds what is written with them.
const plain = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();

export function showFound(rows, wanted) {
  const words = plain(wanted).split(/\s+/).filter(Boolean);
  for (const row of rows) {
    const text = plain(row.textContent);
    row.hidden = !words.every((word) => text.includes(word));
  }
}
