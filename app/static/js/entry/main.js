// Puts the parts of the entry page together.
import { form, grid, rowOf, show } from "./cells.js";
import { moveBy, paste } from "./grid.js";
import { changed, offerDraft, save } from "./keep.js";
import { send } from "./server.js";

const PAUSE = 300; // milliseconds after the last key, then it is reckoned
let pending = 0;
let asked = 0;

async function reckon() {
  const mine = ++asked;
  try {
    const answer = await send(form.dataset.reckon);
    if (mine === asked && answer.status === 200) show(answer);
  } catch { /* saving tells of a lost connection */ }
}

function touched() {
  changed();
  clearTimeout(pending);
  pending = setTimeout(reckon, PAUSE);
}

form.addEventListener("input", (event) => { if (event.target.name.includes(":")) touched(); });
form.addEventListener("paste", (event) => paste(event, touched));
form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
  event.preventDefault();
  save();
});

if (grid) {
  grid.addEventListener("keydown", moveBy);
  const beside = document.getElementById("beside");
  grid.addEventListener("focusin", ({ target }) => {
    if (!target.name?.includes(":") || !target.closest("td")) return;
    const past = document.getElementById(`${target.id}-past`)?.textContent.replace(/\s+/g, " ") ?? "";
    beside.textContent = `${target.closest("tr").dataset.key} ${target.getAttribute("aria-label")} ${past}`;
  });
  const toggle = document.getElementById("show-past");
  toggle.hidden = !grid.querySelector(".past");
  toggle.addEventListener("click", () => {
    const shown = grid.classList.toggle("with-past");
    toggle.setAttribute("aria-pressed", shown);
  });
  document.getElementById("add-button").addEventListener("click", () => {
    const choice = document.getElementById("add");
    if (!choice.value) return;
    rowOf(choice.value).querySelector("td :is(input, select)").focus();
    touched();
  });
}
const cumulative = document.getElementById("cumulative");
if (cumulative) cumulative.hidden = false;
offerDraft(touched);
form.dataset.live = ""; // from here on nothing typed is missed
