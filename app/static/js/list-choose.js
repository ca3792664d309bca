// Several rows at once: the bar with what can be done comes with the first one chosen.
const bar = document.getElementById("bulk");
if (bar) {
  const boxes = [...document.querySelectorAll(".listing [form=bulk]")];
  const all = document.querySelector(".listing [data-all]");
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    bar.hidden = chosen === 0;
    bar.querySelector("[data-count]").textContent = chosen;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && !all.checked;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  for (const box of boxes) box.addEventListener("change", count);
  window.addEventListener("pageshow", count); // coming back, the browser remembers what was chosen
}
