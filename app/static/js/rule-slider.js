// A slider beside a number: from nothing to twice what it was, each following the other.
const STEPS = 200;
for (const place of document.querySelectorAll("[data-slider]")) {
  const number = place.querySelector("input");
  const row = document.createElement("div");
  const slider = document.createElement("input");
  const read = () => Number(number.value.replaceAll(",", ""));
  const reach = (value) => {
    const top = value > 0 ? value * 2 : 1;
    slider.max = String(top);
    slider.step = String(Number((top / STEPS).toPrecision(1)));
  };
  slider.type = "range";
  slider.min = "0";
  slider.setAttribute("aria-label", place.dataset.slider);
  row.className = "slider";
  row.append(slider);
  number.after(row);
  const follow = () => {
    const value = read();
    slider.disabled = number.value.trim() === "" || !Number.isFinite(value) || value < 0;
    if (slider.disabled) return;
    if (value > Number(slider.max)) reach(value);
    slider.value = String(value);
  };
  reach(read() || 0);
  follow();
  number.addEventListener("input", follow);
  slider.addEventListener("input", () => {
    number.value = String(Number(Number(slider.value).toPrecision(6)));
    number.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
