// What opens on a click also closes: by Escape, by a click somewhere else, by going elsewhere.
const menus = document.querySelectorAll("details.drop");
const close = (menu) => { menu.open = false; };
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (!menu.open) continue;
    close(menu);
    menu.querySelector("summary").focus();
  }
});
for (const happening of ["click", "focusin"]) {
  document.addEventListener(happening, (event) => {
    for (const menu of menus) if (menu.open && !menu.contains(event.target)) close(menu);
  });
}
