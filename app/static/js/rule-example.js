// A message as it would be read: its places filled with examples while it is written.
for (const place of document.querySelectorAll("[data-example-of]")) {
  const message = document.getElementById(place.dataset.exampleOf);
  const examples = JSON.parse(place.dataset.examples);
  const output = place.querySelector("output");
  const show = () => {
    output.textContent = message.value.replace(/\{([a-z_]+)\}/g, (all, name) => examples[name] ?? "—");
  };
  message.addEventListener("input", show);
  show();
}
