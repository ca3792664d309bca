// On a narrow screen a row is a card: each value then needs its heading beside it.
const narrow = matchMedia("(max-width: 575.98px)");
const label = () => {
  if (!narrow.matches) return;
  for (const table of document.querySelectorAll(".listing table")) {
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
    for (const row of table.tBodies[0].rows) {
      for (const cell of row.cells) cell.dataset.label ??= heads[cell.cellIndex];
    }
  }
};
label();
narrow.addEventListener("change", label);
