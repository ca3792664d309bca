// Saving by itself, and keeping what could not be saved: in this browser, until it can.
import { button, control, form, hush, keyOf, mark, rowOf, same, show, tell, values, words, write } from "./cells.js";
import { SignedOut, send } from "./server.js";

const IDLE = 3000; // milliseconds without typing, then it is saved
const AGAIN = 10000;
const place = `tumen:${document.body.dataset.person}:${form.dataset.draft}`;
const state = document.getElementById("state");

let base = values(); // as the server has it
let saving = false;
let waiting = 0;
const undecided = new Set(); // cells that two have changed

export const isSaved = () => same(values(), base);

function stands(word, more = "") {
  state.dataset.state = word;
  state.textContent = [words[word], more].filter(Boolean).join(" ");
}

function later(milliseconds) {
  clearTimeout(waiting);
  waiting = setTimeout(save, milliseconds);
}

// Something was typed, pasted, added or removed.
export function changed() {
  keepDraft();
  if (isSaved()) { clearTimeout(waiting); stands("saved"); return; }
  stands("typing");
  if (!undecided.size) later(IDLE);
}

function keepDraft() {
  try {
    if (isSaved()) localStorage.removeItem(place);
    else localStorage.setItem(place, JSON.stringify({ at: Date.now(), cells: [...values()] }));
  } catch { /* a browser without storage: it is saved all the sooner */ }
}

export async function save() {
  clearTimeout(waiting);
  if (saving) { later(IDLE); return; }
  if (undecided.size) { stands("both"); return; }
  saving = true;
  stands("saving");
  const sent = values();
  try {
    settle(await send(form.dataset.save), sent);
  } catch (error) {
    if (error instanceof SignedOut) {
      stands("out");
      const link = Object.assign(document.createElement("a"), { href: form.dataset.login, target: "_blank", textContent: words.login });
      state.append(" ", link);
    } else if (error instanceof TypeError) {
      stands("offline");
      later(AGAIN);
    } else throw error;
  } finally {
    saving = false;
  }
}

function settle(answer, sent) {
  if (answer.status === 409 && isBehind(answer)) { merge(answer); return; }
  if (answer.status === 422) { mark(answer.details); stands("unread"); return; }
  if (answer.status !== 200) { stands("refused", answer.message); return; }
  base = new Map(Object.entries(answer.typed)); // 1,000 is kept as 1000
  for (const [name, text] of base) {
    const one = control(name);
    if (one && one.value === sent.get(name) && one.value !== text) write(one, text);
  }
  form.elements.revision.value = answer.revision;
  for (const box of form.querySelectorAll("[name$=':removed']:checked")) box.closest("tr").remove();
  show(answer);
  keepDraft();
  if (isSaved()) stands("saved"); else changed();
}

// Only who has fallen behind may try again; another refusal would come back for ever.
const isBehind = (answer) => answer.open && String(answer.revision) !== form.elements.revision.value;

// Three ways to a cell: as both knew it, as it is here, as it is there.
function merge(answer) {
  const theirs = new Map(Object.entries(answer.cells));
  const mine = values();
  const both = [];
  for (const name of new Set([...theirs.keys(), ...mine.keys()])) {
    const [was, here, there] = [base.get(name), mine.get(name), theirs.get(name)];
    if (here === there || there === was) continue; // they did not touch it
    if (here === undefined && was !== undefined) continue; // removed here
    if (there === undefined) { if (here === was) control(name)?.closest("tr")?.remove(); continue; }
    if (here === undefined) rowOf(keyOf(name));
    if (here === was || here === undefined) write(control(name), there);
    else both.push([name, here, there]);
  }
  base = theirs;
  form.elements.revision.value = answer.revision;
  if (!both.length) {
    if (!answer.by_you) tell(words.merged);
    changed();
    later(0);
    return;
  }
  for (const [name] of both) undecided.add(name);
  stands("both");
  tell(words.both, both.map(([name, here, there]) => choice(name, here, there)));
}

function choice(name, here, there) {
  const one = control(name);
  const line = document.createElement("span");
  const decide = (text) => {
    write(one, text);
    undecided.delete(name);
    line.parentElement.remove();
    changed();
    if (!undecided.size) { hush(); save(); }
  };
  line.append(`${one.id}: `,
    button(`${words.mine}: ${here || "—"}`, () => decide(here)), " ",
    button(`${words.theirs}: ${there || "—"}`, () => decide(there)));
  return line;
}

// What an earlier visit could not save is offered, never put in unasked.
export function offerDraft(filled) {
  let draft = null;
  try { draft = JSON.parse(localStorage.getItem(place) ?? "null"); } catch { return; }
  if (!draft) return;
  const cells = draft.cells.filter(([name, value]) => (base.get(name) ?? "") !== value);
  const drop = () => { localStorage.removeItem(place); hush(); };
  if (!cells.length) { drop(); return; }
  const take = () => {
    for (const [name, value] of cells) {
      if (control(name) || rowOf(keyOf(name))) write(control(name), value);
    }
    hush();
    filled();
  };
  const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "short", timeStyle: "short", timeZone: "Asia/Shanghai" });
  tell(`${words.draft} ${when.format(draft.at)}`, cells.map(([name, value]) => `${name}: ${value || "—"}`), [[words.take, take], [words.drop, drop]]);
}

window.addEventListener("online", () => { if (!isSaved()) save(); });
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && !saving && !isSaved() && !undecided.size) save();
});
