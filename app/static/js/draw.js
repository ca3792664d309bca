// Stacked bars, or lines, by ECharts in the colours of the tokens.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

// Light enough for small bars: a pattern each, in the order of the series.
const DECALS = ["none", "circle", "triangle", "rect", "diamond"].map((symbol) => ({
  symbol, symbolSize: .7, color: "rgb(255 255 255 / 45%)", dashArrayX: [[8, 8], [0, 8, 8, 0]], dashArrayY: [6, 0],
}));

const ROOM = 90; // pixels that a name wants below its bar

export function drawn(figure, table) {
  const lines = figure.dataset.kind === "lines";
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows];
  const number = (cell) => {
    const text = cell.textContent.replaceAll(",", "").trim();
    return lines && text === "—" ? null : Number(text) || 0; // a gap in a line, no fall to nothing
  };
  const chart = init(figure);
  const draw = () => {
    const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
    const text = { color: token("ink"), fontFamily: getComputedStyle(document.body).fontFamily };
    chart.setOption({
      textStyle: text,
      aria: { decal: { show: true, decals: DECALS } }, // told apart by pattern as well as by colour
      legend: { textStyle: text, top: 0 },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText" },
      grid: { left: 8, right: 8, top: 36, bottom: 24, containLabel: true },
      xAxis: { type: "category", data: rows.map((row) => row.cells[0].textContent.trim()), axisLabel: { ...text, interval: 0, rotate: rows.length * ROOM > figure.clientWidth ? 35 : 0 } },
      yAxis: { type: "value", minInterval: 1, axisLabel: text, splitLine: { lineStyle: { color: token("line") } } },
      series: heads.flatMap((head, at) => head.dataset.series ? [{
        ...(lines ? { type: "line", symbolSize: 8, connectNulls: false } : { type: "bar", stack: "all", barMaxWidth: 48 }),
        name: head.textContent.trim(),
        itemStyle: { color: token(head.dataset.series === "soft" ? "edge" : head.dataset.series) },
        data: rows.map((row) => number(row.cells[at])),
      }] : []),
    });
  };
  draw();
  new ResizeObserver(() => chart.resize()).observe(figure);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
}
