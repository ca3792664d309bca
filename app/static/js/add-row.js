// The grid of a sheet: "add a carrier" copies the blank row under the carrier's code.
const button = document.getElementById("add-button");
if (button) {
  const choice = document.getElementById("add");
  const blank = document.getElementById("blank");
  const body = document.querySelector("#grid tbody");
  button.addEventListener("click", () => {
    const option = choice.selectedOptions[0];
    if (!option) return;
    const row = blank.content.firstElementChild.cloneNode(true);
    for (const element of [row, ...row.querySelectorAll("*")]) {
      for (const name of ["id", "name", "data-key"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace("__", option.value));
      }
    }
    row.querySelector(".code").textContent = option.value;
    row.querySelector(".carrier").textContent = option.dataset.name;
    row.querySelector(".unit").textContent = option.dataset.unit;
    const after = [...body.rows].find((other) => other.dataset.key > option.value);
    body.insertBefore(row, after ?? null);
    option.remove();
    row.querySelector("input:not([type=hidden]):not([type=checkbox])").focus();
  });
}
