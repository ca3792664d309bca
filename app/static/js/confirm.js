// What cannot be taken back is asked about first: `data-confirm` on a button says what.
const dialog = document.getElementById("confirm");
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-confirm], input[data-confirm]");
  if (!button || button.dataset.sure || !dialog) return;
  event.preventDefault();
  dialog.querySelector("p").textContent = button.dataset.confirm;
  dialog.querySelector("[data-yes]").textContent = button.textContent.trim();
  dialog.returnValue = "no";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "yes") return;
    button.dataset.sure = "1"; // the click below passes
    button.click();
    delete button.dataset.sure;
  }, { once: true });
  dialog.showModal();
});
for (const opener of document.querySelectorAll("[data-open]")) {
  opener.addEventListener("click", () => document.getElementById(opener.dataset.open).showModal());
}
// A click beside a dialog closes it, as Escape does.
for (const one of document.querySelectorAll("dialog")) {
  one.addEventListener("click", (event) => { if (event.target === one) one.close("no"); });
}
