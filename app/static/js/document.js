// A document that is being prepared: asked for every second while somebody looks, then shown.
const PAUSE = 1000;
const place = document.querySelector("[data-document-waits]");
if (place) {
  let timer = 0;
  const wait = () => {
    if (!timer && !document.hidden) timer = setTimeout(ask, PAUSE);
  };
  const ask = async () => {
    timer = 0;
    try {
      const answer = await fetch(place.dataset.documentWaits, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return; // logged out, or no longer there
      if ((await answer.json()).ended) return location.replace(place.dataset.documentWaits);
    } catch { /* the network is away: asked again */ }
    wait();
  };
  document.addEventListener("visibilitychange", wait);
  wait();
}
