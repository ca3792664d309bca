// Without a choice of one's own, the page follows the machine, also when that changes.
const root = document.documentElement;
if (root.dataset.theme === "machine") {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
    root.dataset.bsTheme = event.matches ? "dark" : "light";
  });
}
