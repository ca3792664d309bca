// What opens on a click also closes: by Escape, and by a click somewhere else.
const menus = document.querySelectorAll("details.menu, details.drop");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (!menu.open) continue;
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of menus) {
    if (!menu.parentElement.contains(event.target)) menu.open = false;
  }
});
