// Keys for those who stay all day; never while somebody types.
const typing = (element) => element.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");
let before = "";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const key = event.key;
  const pair = before + key;
  before = key === "g" ? "g" : "";
  if (key === "/") {
    const search = document.querySelector("[data-search], input[type=search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  } else if (key === "?") {
    document.getElementById("keys")?.showModal();
  } else if (pair === "gh") {
    location.assign("/");
  } else if (pair === "gm") {
    document.querySelector("#side a[aria-current], #side a")?.focus();
  }
});
