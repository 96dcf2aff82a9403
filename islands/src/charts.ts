// Charts of dashboards, drawn from the tables that stand beside them, so that the numbers are there once.

import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartConfiguration,
  LinearScale,
  LineController,
  LineElement,
  type Plugin,
  PointElement,
  Tooltip,
} from "chart.js";

import { all, make } from "./dom";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, LineController, LineElement, PointElement, Tooltip);

interface Read {
  labels: string[];
  names: string[];
  series: number[][];
}

function read(table: HTMLTableElement): Read {
  const names = all<HTMLElement>("thead th", table).slice(1).map((head) => head.textContent?.trim() ?? "");
  const rows = all<HTMLTableRowElement>("tbody tr", table);
  const cells = rows.map((row) => all<HTMLElement>("th, td", row).map((cell) => cell.textContent?.trim() ?? ""));
  return {
    labels: cells.map((row) => row[0] ?? ""),
    names,
    series: names.map((_, n) => cells.map((row) => Number((row[n + 1] ?? "0").replace(/,/g, "")))),
  };
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Values beside their bars, instead of a scale that one must run along; where two series stand side by side there is no room for them. */
const values: Plugin<"bar"> = {
  id: "values",
  afterDatasetsDraw(chart) {
    if (chart.data.datasets.length > 1) return;
    const across = chart.options.indexAxis === "y";
    const { ctx } = chart;
    ctx.save();
    ctx.font = `600 ${across ? 13 : 12}px ${Chart.defaults.font.family ?? "sans-serif"}`;
    ctx.fillStyle = colour("--ink");
    const meta = chart.getDatasetMeta(0);
    const data = chart.data.datasets[0]?.data ?? [];
    meta.data.forEach((bar, n) => {
      const value = data[n];
      if (typeof value !== "number" || (!across && value === 0)) return;
      ctx.textAlign = across ? "left" : "center";
      ctx.textBaseline = across ? "middle" : "bottom";
      ctx.fillText(String(value), across ? bar.x + 8 : bar.x, across ? bar.y : bar.y - 4);
    });
    ctx.restore();
  },
};

function draw(figure: HTMLElement): void {
  const table = figure.querySelector("table");
  const plain = figure.querySelector<HTMLElement>(".chart-plain");
  if (!table || !plain || figure.dataset["drawn"]) return;
  const { labels, names, series } = read(table);
  const across = figure.dataset["chart"] === "bars";
  const canvas = make("canvas", { role: "img", "aria-label": figure.querySelector("figcaption")?.firstChild?.textContent ?? "" });
  const box = make("div", { class: `chart-box ${across ? "across" : "along"} rows-${Math.min(labels.length, 8)}` }, canvas);
  const shades = [colour("--blue"), colour("--chart-2")];
  const small = figure.clientWidth < 520;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.color = colour("--ink-2");
  const config: ChartConfiguration<"bar"> = {
    type: "bar",
    data: {
      labels,
      datasets: series.map((data, n) => ({
        label: names[n] ?? "",
        data,
        backgroundColor: shades[n] ?? shades[0],
        borderRadius: 2,
        maxBarThickness: across ? 16 : 26,
        categoryPercentage: across ? 0.9 : 0.76,
        barPercentage: 0.92,
      })),
    },
    options: {
      indexAxis: across ? "y" : "x",
      animation: false,
      maintainAspectRatio: false,
      layout: { padding: across ? { right: 44 } : { top: 20 } },
      scales: {
        x: { grid: { display: false }, border: { display: !across }, beginAtZero: true, display: !across, ticks: { maxRotation: 0, autoSkipPadding: small ? 4 : 8, font: { size: 12 } } },
        y: {
          grid: { display: !across && series.length > 1, color: colour("--line") },
          border: { display: false },
          beginAtZero: true,
          display: across || series.length > 1,
          ticks: across ? { font: { size: 13 }, autoSkip: false } : { font: { size: 12 }, maxTicksLimit: 6, precision: 0 },
        },
      },
      plugins: { tooltip: { displayColors: series.length > 1, mode: "index", intersect: false } },
    },
    plugins: [values],
  };
  plain.before(box);
  figure.dataset["drawn"] = "1";
  try {
    const chart = new Chart(canvas, config);
    plain.hidden = true;
    // A chart of a part that htmx took away must not listen on.
    const gone = (): void => {
      if (document.contains(canvas)) return;
      chart.destroy();
      document.removeEventListener("htmx:afterSettle", gone);
    };
    document.addEventListener("htmx:afterSettle", gone);
  } catch {
    box.remove();
  }
}

const start = (): void => all<HTMLElement>("figure[data-chart]").forEach(draw);
start();
document.addEventListener("htmx:load", start);
