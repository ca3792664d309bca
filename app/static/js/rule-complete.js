// Names of sheets, columns and functions are completed while an expression is written.  The list is
// the listbox of an editable text with several lines: arrows, Enter, Tab, Escape; Ctrl and space open it.
const COLUMN = /([A-Z][A-Z0-9]{1,3})(?:\[[^\]\n]*\])?\.([a-z_0-9]*)$/;
const NAME = /(?:^|[^A-Za-z0-9_."])([A-Za-z_][A-Za-z0-9_]*)$/;
const MOST = 40;
let made = 0, asked;

for (const place of document.querySelectorAll("[data-complete]")) {
  complete(place.querySelector("textarea, input"), place.dataset.complete);
}

function vocabulary(address) {
  asked ??= fetch(address, { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok && !answer.redirected ? answer.json() : null))
    .catch(() => null)
    .then((found) => found ?? ((asked = undefined), { sheets: [], words: [] }));
  return asked;
}

// What fits what stands before the caret: names that begin like it, then those that say it.
function fitting(words, before, forced) {
  const column = before.match(COLUMN);
  if (column) {
    const sheet = words.sheets.find((one) => one.name === column[1]);
    return { typed: column[2], options: sheet ? ranked(sheet.columns, column[2]) : [] };
  }
  const typed = before.match(NAME)?.[1] ?? "";
  if (!typed && !forced) return { typed, options: [] };
  const sheets = words.sheets.map((one) => ({ ...one, put: `${one.shown}.`, unit: "" }));
  const functions = words.words.map((one) => ({ ...one, put: one.shown.includes("(") ? `${one.name}(${one.shown.endsWith("()") ? ")" : ""}` : one.name }));
  return { typed, options: ranked([...sheets, ...functions], typed) };
}

function ranked(all, typed) {
  const like = typed.toLowerCase();
  const begins = all.filter((one) => one.name.toLowerCase().startsWith(like));
  const rest = like.length < 2 ? [] : all.filter((one) => !begins.includes(one) && `${one.name} ${one.title}`.toLowerCase().includes(like));
  return [...begins, ...rest].slice(0, MOST);
}

function complete(input, address) {
  const list = document.createElement("ul");
  const said = document.createElement("span");
  let options = [], at = -1, typed = "";
  list.id = `completions-${++made}`;
  list.className = "completions";
  list.role = "listbox";
  list.hidden = true;
  list.setAttribute("aria-label", input.labels[0]?.textContent.trim() ?? "");
  said.className = "visually-hidden";
  said.setAttribute("aria-live", "polite");
  input.after(list, said);
  for (const [name, value] of Object.entries({ "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": list.id })) input.setAttribute(name, value);

  const close = () => {
    list.hidden = true;
    at = -1;
    said.textContent = "";
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (next) => {
    at = next;
    [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const open = async (forced) => {
    const words = await vocabulary(address);
    const before = input.value.slice(0, input.selectionStart);
    ({ options, typed } = fitting(words, before, forced));
    if (document.activeElement !== input || !options.length || (options.length === 1 && options[0].name === typed)) return close();
    list.replaceChildren(...options.map((one, number) => {
      const option = document.createElement("li");
      const code = document.createElement("code");
      const title = document.createElement("span");
      code.textContent = one.shown;
      title.textContent = one.unit ? `${one.title} (${one.unit})` : one.title;
      option.id = `${list.id}-${number}`;
      option.role = "option";
      option.append(code, title);
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(one); });
      return option;
    }));
    list.style.top = `${input.offsetTop + input.offsetHeight}px`;
    list.style.left = `${input.offsetLeft}px`;
    list.hidden = false;
    said.textContent = String(options.length);
    mark(0);
  };
  const choose = (one) => {
    const put = one.put ?? one.name, end = input.selectionStart;
    input.setRangeText(put, end - typed.length, end, "end");
    close();
    input.dispatchEvent(new Event("input", { bubbles: true })); // after a sheet its columns follow
  };

  input.addEventListener("input", () => open(false));
  input.addEventListener("click", close);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === " " && event.ctrlKey) open(true);
    else if (list.hidden) return;
    else if (event.key === "ArrowDown") mark((at + 1) % options.length);
    else if (event.key === "ArrowUp") mark((at - 1 + options.length) % options.length);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) choose(options[at]);
    else if (event.key === "Escape") { event.stopPropagation(); close(); }
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight" || event.key === "Home" || event.key === "End") return close();
    else return;
    event.preventDefault();
  });
}
