// The grid by keyboard, and blocks of cells from a workbook.
import { control, controls, form, grid, hush, nameUnder, rowOf, tell, words, write } from "./cells.js";
import { send } from "./server.js";

const SHOWN = 3; // lines of a block about which a person is asked
const inputOf = (cell) => cell?.querySelector("input:not([type=checkbox]):not([type=hidden]), select, textarea");
const typedIn = (row) => [...row.cells].map(inputOf).filter(Boolean);

export function moveBy(event) {
  const one = event.target;
  const cell = one.closest("td");
  if (cell && one.tagName === "TEXTAREA" && event.key === "Enter" && event.altKey) { breakLine(one); return; }
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const native = one.tagName === "SELECT" || one.type === "date" || one.type === "month" || one.value.includes("\n");
  const up = event.key === "ArrowUp" || (event.key === "Enter" && event.shiftKey);
  const down = event.key === "ArrowDown" || (event.key === "Enter" && !event.shiftKey);
  if ((up || down) && !(native && event.key !== "Enter")) {
    event.preventDefault(); // Enter does not send the form
    const row = up ? cell.parentElement.previousElementSibling : cell.parentElement.nextElementSibling;
    focus(inputOf(row?.cells[cell.cellIndex]));
    return;
  }
  if (native || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
  const whole = one.selectionStart === 0 && one.selectionEnd === one.value.length;
  const left = event.key === "ArrowLeft" && (whole || one.selectionEnd === 0);
  const right = event.key === "ArrowRight" && (whole || one.selectionStart === one.value.length);
  if (!left && !right) return;
  event.preventDefault();
  const row = typedIn(cell.parentElement);
  focus(row[row.indexOf(one) + (right ? 1 : -1)]);
}

function focus(one) {
  one?.focus();
  if (one && one.tagName !== "SELECT") one.select?.();
}

// As in a workbook: Enter goes down, with Alt it breaks the line.
function breakLine(one) {
  one.setRangeText("\n", one.selectionStart, one.selectionEnd, "end");
  one.dispatchEvent(new Event("input", { bubbles: true }));
}

// Lines and columns as they lie on the clipboard; a quoted cell may hold line breaks.
function blockOf(text) {
  const plain = text.replace(/"((?:[^"]|"")*)"(?=[\t\r\n]|$)/g, (_all, inner) => inner.replaceAll('""', '"').replace(/[\r\n\t]+/g, " "));
  return plain.replace(/(\r?\n)+$/, "").split(/\r?\n/).map((line) => line.split("\t").map((cell) => cell.trim()));
}

// Whether codes stand in front of the lines: true or false, and null where only a person can
// tell, because figures like 12 and 15 are codes too.
function hasCodes(block, start) {
  const codes = block.map(([code]) => code);
  if (!codes.every((code, n) => block[n].length > 1 && nameUnder(code) !== undefined)) return false;
  if (new Set(codes).size < codes.length) return false;
  const cell = start.closest("td");
  const room = cell.parentElement.cells.length - cell.cellIndex;
  const sure = block.some((line) => line.length > room || !/^[1-9]\d*$/.test(line[0]) || (line[1] && line[1] === nameUnder(line[0])));
  return sure || null;
}

// Where each text of a block goes: beside the cell it was pasted into, or by the codes in front.
function goals(block, start, coded) {
  if (!grid?.contains(start)) {
    const all = controls();
    const first = all.indexOf(start);
    return block.map((line, n) => [[all[first + n], line[0]]]);
  }
  if (coded) return block.map(byCode);
  const cell = start.closest("td");
  const rows = [...grid.tBodies[0].rows];
  return block.map((line, n) => {
    const row = rows[cell.parentElement.sectionRowIndex + n];
    return line.map((text, m) => [row?.cells[cell.cellIndex + m], text]).filter(([place]) => !place || inputOf(place)).map(([place, text]) => [inputOf(place), text]);
  });
}

function byCode(line) {
  const row = rowOf(line[0]);
  const names = [".carrier", ".unit"].map((name) => row.querySelector(name).textContent);
  const rest = line.slice(1).filter((text, n) => !(n < 2 && names.includes(text) && text));
  return rest.map((text, n) => [row.cells[n + 1], text]).filter(([place]) => inputOf(place)).map(([place, text]) => [inputOf(place), text]);
}

export function paste(event, changed) {
  const text = event.clipboardData.getData("text/plain");
  if (!/[\t\n]/.test(text.trimEnd())) return;
  const start = event.target.closest("input, select, textarea");
  if (!start?.name.includes(":")) return;
  if (start.tagName === "TEXTAREA" && !grid && !text.includes("\t")) return; // several lines of one text
  event.preventDefault();
  const block = blockOf(text);
  const coded = grid?.contains(start) ? hasCodes(block, start) : false;
  const put = (as) => {
    hush();
    const rows = new Set(grid?.tBodies[0].rows);
    fill(goals(block, start, as).flat(), rows, changed);
  };
  if (coded !== null) { put(coded); return; }
  const lines = block.slice(0, SHOWN).map((line) => line.join(" | "));
  tell(words.codes, lines, [[words.areCodes, () => put(true)], [words.areFigures, () => put(false)]]);
}

// Puts texts into their cells; *rows* are those that were there before.
async function fill(cells, rows, changed) {
  const before = new Map();
  const missed = [];
  for (const [one, value] of cells) {
    if (!one) { missed.push(value); continue; }
    if (!before.has(one)) before.set(one, one.value);
    if (!write(one, value)) missed.push(value);
  }
  const undo = () => {
    for (const [one, value] of before) one.value = value;
    for (const row of grid?.tBodies[0].rows ?? []) {
      if (!rows.has(row)) row.querySelector("[name$=':removed']").checked = true;
    }
    changed();
  };
  const report = (lines = []) => tell(
    `${words.pasted} ${before.size}.${missed.length ? ` ${words.left} ${missed.join(", ")}` : ""}${lines.length ? ` ${words.subtracted}` : ""}`,
    lines, [[words.undo, undo]]);
  report();
  if (form.querySelector("#cumulative input")?.checked) {
    const apart = await takenApart([...before.keys()]);
    if (!apart) { undo(); tell(words.whole); return; }
    for (const [name, value] of Object.entries(apart.cells)) control(name).value = value;
    report(apart.told.map((one) => `${one.what}: ${one.how}`));
  }
  changed();
}

// The figures of the quarter alone; nothing where the server could not be asked, because then
// those of the whole year would be saved as those of the quarter.
async function takenApart(cells) {
  try {
    const answer = await send(form.dataset.subtract, { cells: cells.map((one) => one.name).join(",") });
    return answer.status === 200 ? answer : null;
  } catch { return null; }
}
