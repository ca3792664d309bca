// A row of a list opens what its first cell links to; the link itself stays for everything else.
const linkOf = (row) => row?.querySelector("th a[href]");
for (const body of document.querySelectorAll(".listing tbody")) {
  body.classList.toggle("opens", Boolean(linkOf(body.rows[0])));
  body.addEventListener("click", (event) => {
    if (event.target.closest("a, button, input, select, label, summary, .choose")) return;
    if (!getSelection().isCollapsed) return; // somebody marks a text to copy it
    const link = linkOf(event.target.closest("tr"));
    if (!link) return;
    if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
    else location.assign(link.href);
  });
}
