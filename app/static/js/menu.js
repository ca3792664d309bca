// On a narrow screen the menu begins closed; without scripts it stays open.
const menu = document.querySelector("details.side");
const narrow = matchMedia("(max-width: 800px)");
const fit = () => { if (menu) menu.open = !narrow.matches; };
fit();
narrow.addEventListener("change", fit);
