// Chart of the usage table: its numbers are read from the table, so that both say the same.

import { shortDay } from "../../website/js/formats.js";
import { onThemeChange, themeColor } from "../../website/js/theme_colors.js";

const MOST_BARS = 40;
const box = document.querySelector("#usage-chart");
let chart = null;
let measure = "credits";
const none = document.querySelector("#usage-none");
const numbers = new Intl.NumberFormat();
const MEASURES = { credits: "No credits were charged in this period.", jobs: "No jobs in this period.", characters: "No characters were spoken in this period." };

function readRows(measure) {
  const rows = [...document.querySelectorAll("#usage-table tbody tr")];
  return rows.map((row) => ({ name: row.dataset.name, value: Number(row.dataset[measure]) }));
}

function fill(measure) {
  const color = themeColor("--accent");
  return { label: measure, stroke: color, fill: color, width: 0, points: { show: false }, paths: window.uPlot.paths.bars({ size: [0.7, 48], radius: 0.2 }) };
}

function axes(labels) {
  const look = { stroke: themeColor("--muted"), grid: { stroke: themeColor("--line"), width: 1 }, ticks: { show: false }, font: "12px Geist, sans-serif" };
  const x = { ...look, grid: { show: false } };
  if (labels) Object.assign(x, { splits: () => labels.map((_, index) => index), values: (_, splits) => splits.map((index) => labels[index] ?? ""), rotate: labels.length > 6 ? -45 : 0, size: labels.length > 6 ? 90 : 40 });
  else x.values = (_, splits) => splits.map((seconds) => shortDay(new Date(seconds * 1000)));
  const widest = (_, values) => 24 + 7 * Math.max(...(values ?? [""]).map((text) => text.length));
  return [x, { ...look, size: widest, incrs: steps(), values: (_, splits) => splits.map((value) => numbers.format(Number(value.toFixed(3)))) }];
}

/** Distances between ticks: 1, 2 or 5 of each power of ten; thousandths of a credit are the least that is charged, jobs and characters are whole. */
function steps() {
  const least = measure === "credits" ? -3 : 0;
  return Array.from({ length: 13 - least }, (_, index) => least + index).flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
}

function draw() {
  chart?.destroy();
  chart = null;
  const rows = readRows(measure);
  const isEmpty = rows.every((row) => row.value === 0);
  box.hidden = isEmpty;
  none.hidden = !isEmpty;
  none.textContent = MEASURES[measure];
  if (isEmpty) return;
  const isByDay = box.dataset.group === "day";
  const shown = isByDay ? rows : rows.toSorted((a, b) => b.value - a.value).slice(0, MOST_BARS);
  const x = isByDay ? shown.map((row) => Date.parse(`${row.name}T00:00:00Z`) / 1000) : shown.map((_, index) => index);
  const short = shown.map((row) => (row.name.length > 18 ? `${row.name.slice(0, 17)}…` : row.name));
  const half = isByDay ? 43_200 : 0.5;
  chart = new window.uPlot({
    width: box.clientWidth, height: 280, cursor: { points: { show: false } }, legend: { show: false },
    tzDate: (seconds) => window.uPlot.tzDate(new Date(seconds * 1000), "UTC"),
    scales: { x: { time: isByDay, range: (_, low, high) => [low - half, high + half] }, y: { range: (_, low, high) => [0, high * 1.05] } },
    series: [{}, fill(measure)], axes: axes(isByDay ? null : short),
  }, [x, shown.map((row) => row.value)], box);
}

if (box && window.uPlot) {
  draw();
  addEventListener("resize", () => chart?.setSize({ width: box.clientWidth, height: 280 }));
  onThemeChange(draw);
  for (const button of document.querySelectorAll("[data-measure]")) {
    button.addEventListener("click", () => {
      measure = button.dataset.measure;
      for (const other of document.querySelectorAll("[data-measure]")) other.setAttribute("aria-pressed", String(other === button));
      draw();
    });
  }
}
