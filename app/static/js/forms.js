// Forms: what is wrong comes into view, and what was typed is not lost by leaving.
document.querySelector("[data-focus]")?.focus();

const changed = new Set();
const guarded = (form) => form?.getAttribute("method") === "post" && !form.dataset.save && !form.closest(".top-part, .side, dialog");
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (guarded(form)) changed.add(form);
});
document.addEventListener("submit", (event) => changed.delete(event.target));
window.addEventListener("beforeunload", (event) => {
  if (changed.size) event.preventDefault(); // the browser asks, in its own words
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
  const form = [...changed][0] ?? document.activeElement?.form;
  if (!guarded(form)) return;
  event.preventDefault();
  form.requestSubmit();
});
