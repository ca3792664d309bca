// Parts of one page as tabs: one of them is shown, that of the address first. Without this module
// all stand below one another. A link to a cell opens the part that it stands in.
const bar = document.querySelector("nav[data-sections]");
if (bar) {
  const links = [...bar.querySelectorAll("a")].filter((link) => document.querySelector(link.hash));
  const parts = links.map((link) => document.querySelector(link.hash));
  const open = (part) => {
    parts.forEach((one, at) => {
      one.hidden = one !== part;
      links[at].toggleAttribute("aria-current", one === part);
    });
  };
  const follow = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const aim = id && document.getElementById(id);
    const part = aim && aim.closest("section.tab");
    if (parts.includes(part)) open(part);
    if (aim) aim.scrollIntoView({ block: "center" });
  };
  open(parts[0]);
  follow();
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => parts.forEach((one) => { one.hidden = false; }));
  const typing = (element) => element.closest("input:not([type=checkbox]), select, textarea");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    const link = links[Number(event.key) - 1];
    if (link) link.click();
    if (event.key === "n" || event.key === "p") document.querySelector(`a[rel=${event.key === "n" ? "next" : "prev"}]`)?.click();
    if (event.key === "d") document.querySelector("#decide textarea, #decide button")?.focus();
  });
}
// A file is fetched only when somebody opens it.
for (const details of document.querySelectorAll("details[data-frame]")) {
  details.addEventListener("toggle", () => {
    if (!details.open || details.querySelector("iframe")) return;
    const frame = document.createElement("iframe");
    frame.src = details.dataset.frame;
    frame.title = details.parentElement.querySelector("a").textContent;
    details.append(frame);
  });
}
