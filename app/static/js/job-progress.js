// How far a job is: asked for every two seconds while somebody looks, until it has ended.
const PAUSE = 2000;
for (const place of document.querySelectorAll("[data-job-progress]")) {
  const said = place.querySelector("[data-text]");
  let timer = 0;
  const show = ({ text, percent, label, state, ended }) => {
    const bar = place.querySelector("progress");
    if (bar && percent !== null) bar.value = percent;
    if (bar) bar.hidden = state === "waiting";
    if (text && said.textContent !== text) said.textContent = text;
    const badge = place.closest("tr, dl").querySelector("[class*='badge state-']");
    if (badge && badge.textContent !== label) {
      badge.textContent = label;
      badge.className = `badge state-${state}`;
    }
    if (!ended) return;
    if (!text) said.textContent = label;
    delete place.dataset.jobProgress;
    const own = place.closest("tr") ?? document; // a row has its own, a page has one
    const page = own.querySelector("[data-job-ended]");
    if (!page) return;
    page.hidden = false;
    own.querySelector("[data-while-job]")?.remove();
  };
  const ask = async () => {
    const address = place.dataset.jobProgress;
    timer = 0;
    if (!address || document.hidden) return;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return; // logged out, or no longer there
      show(await answer.json());
    } catch { /* the network is away: asked again */ }
    wait();
  };
  const wait = () => {
    if (!timer && place.dataset.jobProgress && !document.hidden) timer = setTimeout(ask, PAUSE);
  };
  document.addEventListener("visibilitychange", wait);
  wait();
}
