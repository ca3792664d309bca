// A choice among very many: typing asks for suggestions (`data-source`), choosing one keeps its
// value in another input (`data-into`) or in this one (`data-value`: which of its values).  Pattern: editable combobox with list.
let made = 0;
for (const input of document.querySelectorAll("[data-source]")) combine(input);

function combine(input) {
  const list = document.createElement("ul");
  const into = document.getElementById(input.dataset.into) ?? input;
  let found = [], at = -1, waiting, asking;
  list.id = `suggestions-${++made}`;
  list.className = "suggestions";
  list.role = "listbox";
  list.hidden = true;
  list.setAttribute("aria-label", input.labels[0]?.textContent.trim() ?? "");
  input.parentElement.classList.add("suggest");
  input.after(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
    input.setAttribute(name, value);
  }

  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) { at = -1; input.removeAttribute("aria-activedescendant"); }
  };
  const mark = (next) => {
    at = next;
    [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const choose = (one) => {
    into.value = one[input.dataset.value ?? "value"];
    const county = document.getElementById(input.dataset.county); // chosen with it
    if (county) county.value = one.county;
    if (into !== input) input.value = one.label;
    show(false);
    into.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`${input.dataset.source}?q=${encodeURIComponent(input.value.trim())}`, { signal: asking.signal });
      if (!answer.ok) return;
      found = await answer.json();
    } catch (error) {
      if (error.name === "AbortError") return;
      throw error;
    }
    list.replaceChildren(...found.map((one, number) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${number}`;
      option.role = "option";
      option.setAttribute("aria-selected", "false");
      option.textContent = one.label;
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(one); });
      return option;
    }));
    show(found.length > 0);
  };

  input.addEventListener("input", () => {
    if (into !== input) into.value = "";
    clearTimeout(waiting);
    waiting = setTimeout(ask, 180);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && list.hidden) ask();
    else if (event.key === "ArrowDown" && !list.hidden) mark((at + 1) % found.length);
    else if (event.key === "ArrowUp" && !list.hidden) mark((at - 1 + found.length) % found.length);
    else if (event.key === "Enter" && !list.hidden && at >= 0) choose(found[at]);
    else if (event.key === "Escape" && !list.hidden) show(false);
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => show(false));
}
