// The number at the bell: asked for once a minute, whatever is opened in between.
const bell = document.querySelector("[data-notices]");
const A_MINUTE = 60_000;
if (bell) {
  const label = bell.getAttribute("aria-label");
  const show = (unread) => {
    const count = bell.querySelector(".count");
    count.hidden = !unread;
    count.textContent = unread;
    bell.setAttribute("aria-label", unread ? `${label}: ${unread}` : label);
  };
  const ask = async () => {
    if (document.hidden) return;
    const kept = JSON.parse(sessionStorage.getItem("notices") ?? "{}");
    if (kept.person === document.body.dataset.person && Date.now() - kept.at < A_MINUTE && !location.pathname.startsWith(bell.pathname)) {
      show(kept.unread);
      return;
    }
    const answer = await fetch(bell.dataset.notices).catch(() => null); // no network: next minute
    if (!answer?.ok || !answer.headers.get("content-type")?.includes("json")) return;
    const { unread } = await answer.json();
    sessionStorage.setItem("notices", JSON.stringify({ unread, at: Date.now(), person: document.body.dataset.person }));
    show(unread);
  };
  // who leaves the page of notices may have read some
  if (location.pathname.startsWith(bell.pathname)) addEventListener("pagehide", () => sessionStorage.removeItem("notices"));
  ask();
  setInterval(ask, A_MINUTE);
}
