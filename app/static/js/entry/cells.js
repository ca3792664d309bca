// The cells of the form: found, read, written, marked, and rows of them added.
export const form = document.querySelector("form.entry");
export const words = document.getElementById("words").dataset;
export const grid = document.getElementById("grid");
const told = document.getElementById("told");

export const controls = () => [...form.elements].filter((one) =>
  one.name.includes(":") && !/:(present|removed)$/.test(one.name));
const isRemoved = (control) => control.closest("tr")?.querySelector("[name$=':removed']")?.checked;
export const values = () => new Map(controls().filter((one) => !isRemoved(one)).map((one) => [one.name, one.value]));
export const same = (one, other) =>
  one.size === other.size && [...one].every(([name, value]) => other.get(name) === value);
export const control = (name) => form.elements.namedItem(name);
export const keyOf = (name) => name.slice(0, name.indexOf(":"));

// A select takes what it shows as well as what it means.
export function write(one, text) {
  if (one.tagName !== "SELECT") { one.value = text; return one.value === text; }
  const wanted = [...one.options].find((option) => option.value === text || option.text === text);
  if (wanted) one.value = wanted.value;
  return Boolean(wanted);
}

const rowUnder = (key) => [...grid.tBodies[0].rows].find((row) => row.dataset.key === key);
const optionOf = (key) => [...document.getElementById("add").options].find((one) => one.value === key);

// What stands under a key is called; nothing where there can be no such row.
export function nameUnder(key) {
  const row = rowUnder(key);
  return row ? row.querySelector(".carrier").textContent : optionOf(key)?.dataset.name;
}

// The row under a key, copied from the blank one where there is none yet.
export function rowOf(key) {
  const there = grid && rowUnder(key);
  if (there) there.querySelector("[name$=':removed']").checked = false;
  if (there || !grid) return there;
  const option = optionOf(key);
  if (!option) return null;
  const row = document.getElementById("blank").content.firstElementChild.cloneNode(true);
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const name of ["id", "name", "data-key"]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.replace("__", key));
    }
  }
  row.querySelector(".code").textContent = key;
  row.querySelector(".carrier").textContent = option.dataset.name;
  row.querySelector(".unit").textContent = option.dataset.unit;
  const body = grid.tBodies[0];
  body.insertBefore(row, [...body.rows].find((other) => other.dataset.key > key) ?? null);
  option.remove();
  return row;
}

function say(id, text) {
  const place = document.getElementById(id);
  if (place) place.textContent = text;
}

// What the server has reckoned, in its places.
export function show(answer) {
  for (const [where, text] of Object.entries(answer.cells)) say(where, text);
  for (const place of form.querySelectorAll("[data-year]")) {
    place.textContent = answer.years[place.dataset.year] || place.textContent;
  }
  for (const place of form.querySelectorAll("[data-total]")) {
    place.textContent = answer.totals[place.dataset.total] ?? "";
  }
  form.querySelectorAll("[data-headline] .count").forEach((place, n) => { place.textContent = answer.headline[n]; });
  for (const tab of document.querySelectorAll(".tabs [data-sheet]")) {
    const count = tab.querySelector(".left");
    const left = answer.left[tab.dataset.sheet] ?? 0;
    count.hidden = !left;
    count.firstChild.textContent = left;
  }
  mark(answer.problems);
}

export function mark(problems) {
  const texts = new Map();
  for (const one of problems) texts.set(one.where, [...(texts.get(one.where) ?? []), one.message]);
  for (const one of controls()) {
    const wrong = texts.get(one.id);
    const place = document.getElementById(`${one.id}-wrong`);
    if (wrong) one.setAttribute("aria-invalid", "true");
    else one.removeAttribute("aria-invalid");
    one.classList.toggle("is-invalid", Boolean(wrong) && one.matches(".form-control, .form-select"));
    if (!place) continue;
    place.textContent = wrong ? wrong.join(" ") : "";
    place.hidden = !wrong;
    const others = (one.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== place.id);
    one.setAttribute("aria-describedby", [...others, ...(wrong ? [place.id] : [])].join(" "));
  }
  const toDo = document.getElementById("to-do");
  const list = toDo.querySelector("ul");
  toDo.querySelector(".count").textContent = problems.length;
  toDo.classList.toggle("done", !problems.length);
  list.replaceChildren(...problems.map((problem) => {
    const item = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { href: `#${problem.where}` });
    link.append(Object.assign(document.createElement("code"), { textContent: problem.where }));
    item.append(link, ` ${problem.message}`);
    return item;
  }));
}

// A message with things to do about it, under the grid; each is a text and what happens.
export function tell(text, lines = [], actions = []) {
  const list = document.createElement("ul");
  list.append(...lines.map((line) => {
    const item = document.createElement("li");
    item.append(...[line].flat());
    return item;
  }));
  const head = Object.assign(document.createElement("p"), { textContent: text });
  for (const [label, act] of actions) head.append(" ", button(label, act));
  told.replaceChildren(head, ...(lines.length ? [list] : []));
  told.hidden = false;
}

export function button(label, act) {
  const made = Object.assign(document.createElement("button"), {
    type: "button", className: "btn btn-sm btn-outline-secondary", textContent: label,
  });
  made.addEventListener("click", act);
  return made;
}

export function hush() { told.hidden = true; }
