// Bars or lines beside a table that says the same: the numbers are read from its cells.
for (const figure of document.querySelectorAll("figure[data-chart]")) {
  const table = document.getElementById(figure.dataset.chart);
  if (table?.tBodies[0]?.rows.length > 1) import("./draw.js").then((draw) => draw.drawn(figure, table));
  else figure.hidden = true;
}
