// A form is sent once, however often its button is clicked; coming back makes it usable again.
const buttonsOf = (form) => [...form.elements].filter((one) => one.type === "submit");
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  // only after the browser has gathered what it sends, the clicked button among it
  setTimeout(() => { for (const button of buttonsOf(form)) button.disabled = true; });
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) {
    if (!form.dataset.sent) continue;
    delete form.dataset.sent;
    for (const button of buttonsOf(form)) button.disabled = false;
  }
});
