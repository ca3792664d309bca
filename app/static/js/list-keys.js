// Through a list by keys: j and k move, Enter opens (it is a link), x chooses.
const rows = [...document.querySelectorAll(".listing tbody tr")];
const busy = (element) => element.closest("input:not([type=checkbox]), select, textarea, dialog");
document.addEventListener("keydown", (event) => {
  if (!rows.length || event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
  const here = rows.indexOf(document.activeElement.closest(".listing tbody tr"));
  if (event.key === "j" || event.key === "k") {
    const next = rows[Math.min(Math.max(here + (event.key === "j" ? 1 : -1), 0), rows.length - 1)];
    (next.querySelector("th a[href]") ?? next.querySelector("input"))?.focus();
    next.scrollIntoView({ block: "nearest" });
  } else if (event.key === "x" && here >= 0) {
    rows[here].querySelector(".choose input")?.click();
  }
});
