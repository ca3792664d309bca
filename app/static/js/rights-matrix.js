// The matrix of rights: what differs from what is stored is marked, counted, and said in words.
// The server does the same for the page it shows; this keeps it true while somebody ticks.
const table = document.querySelector(".rights-matrix");
if (table) {
  filterThings(document.getElementById("rights-thing"));
  const form = document.getElementById("rights");
  if (form) { markChanges(form); moveByArrows(form); }
}

function filterThings(choice) {
  choice.parentElement.hidden = false; // of no use without us
  const filter = () => {
    [...table.tBodies].forEach((body, at) => { body.hidden = choice.value !== "" && choice.value !== String(at + 1); });
  };
  choice.addEventListener("change", filter);
  window.addEventListener("pageshow", filter);
}

function markChanges(form) {
  const bar = form.querySelector(".rights-bar");
  const boxes = [...form.querySelectorAll("input[name=c]")];
  const stored = (box) => ("was" in box.dataset ? box.dataset.was === "1" : box.defaultChecked);
  const kind = (box) => (box.checked ? "given" : "taken");
  const count = () => {
    const changed = boxes.filter((box) => box.checked !== stored(box));
    for (const box of boxes) box.parentElement.className = "";
    for (const box of changed) box.parentElement.className = kind(box);
    const given = changed.filter((box) => box.checked).length;
    bar.querySelector("[role=status]").textContent = changed.length
      ? bar.dataset.summary.replace("{given}", given).replace("{taken}", changed.length - given)
      : bar.dataset.none;
    const list = bar.querySelector("ul");
    list.hidden = changed.length === 0;
    list.replaceChildren(...changed.map((box) => {
      const line = document.createElement("li");
      line.className = kind(box);
      line.textContent = bar.dataset[kind(box)].replace("{what}", box.getAttribute("aria-label"));
      return line;
    }));
  };
  form.addEventListener("change", count);
  window.addEventListener("pageshow", count); // coming back, the browser remembers what was ticked
  bar.querySelector("[data-undo]").addEventListener("click", (event) => {
    event.preventDefault();
    for (const box of boxes) box.checked = stored(box);
    count();
  });
}

// Hundreds of boxes are too many for the tabulator alone.
function moveByArrows(form) {
  const ways = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  form.addEventListener("keydown", (event) => {
    const way = ways[event.key];
    const cell = event.target.closest(".rights-matrix td");
    if (!way || !cell || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const rows = [...table.querySelectorAll("tbody:not([hidden]) tr:not(.thing)")];
    let down = rows.indexOf(cell.parentElement), across = cell.cellIndex, next;
    do {
      down += way[0];
      across += way[1];
      next = rows[down]?.cells[across];
    } while (next && !next.querySelector("input")); // those that stay have none
    next?.querySelector("input").focus();
  });
}
