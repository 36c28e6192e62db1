// A small chart over weeks, drawn by uPlot in the page's own colours, by day and by night, as wide as its place.

import { default as uPlot } from "/static/vendor/uplot.esm.js";
import { html, useEffect, useRef } from "/static/vendor/preact-htm.js";
import { lang } from "./words.js";

/** @typedef {{label: string, colour: string, dash?: number[], values: (number | null)[]}} Line `colour`: name of a custom property */

const HIGH = 220;
const NARROW = 480;

/** @param {{weeks: string[], lines: Line[], label: string, spoken: string}} props weeks: their Mondays; values in percent */
export function Trend({ weeks, lines, label, spoken }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const own = /** @type {HTMLElement} */ (place.current);
    /** @type {uPlot | null} */
    let chart = null;
    const draw = () => {
      chart?.destroy();
      chart = new uPlot(options(own, lines, label), [weeks.map((week) => Date.parse(`${week}T00:00:00Z`) / 1000), ...lines.map((line) => line.values)], own);
    };
    draw();
    const watch = new ResizeObserver(() => chart?.setSize({ width: own.clientWidth, height: HIGH }));
    watch.observe(own);
    const night = matchMedia("(prefers-color-scheme: dark)");
    night.addEventListener("change", draw);
    return () => {
      watch.disconnect();
      night.removeEventListener("change", draw);
      chart?.destroy();
    };
  }, [JSON.stringify([weeks, lines])]);
  return html`<div class="trend" ref=${place} role="img" aria-label=${spoken} data-test="trend"></div>`;
}

/** @param {HTMLElement} place @param {Line[]} lines @param {string} label @returns {uPlot.Options} */
function options(place, lines, label) {
  const style = getComputedStyle(place);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const day = new Intl.DateTimeFormat(lang, { timeZone: "UTC", day: "numeric", month: "short" });
  const percent = (/** @type {number | null} */ value) => (value === null || value === undefined ? "–" : `${new Intl.NumberFormat(lang, { maximumFractionDigits: 1 }).format(value)} %`);
  const axis = { stroke: colour("--ink-soft"), font: `14px ${style.fontFamily}`, grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 } };
  return {
    width: place.clientWidth,
    height: HIGH,
    padding: [null, 28, null, null],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
    scales: { y: { range: (_chart, _least, most) => [0, Math.max(5, most * 1.1)] } },
    axes: [
      { ...axis, values: (_chart, ticks) => ticks.map((tick) => day.format(tick * 1000)), space: place.clientWidth < NARROW ? 90 : 70, incrs: [7, 14, 28, 56].map((days) => days * 86_400) },
      { ...axis, size: 60, values: (_chart, ticks) => ticks.map(percent) },
    ],
    series: [
      { value: (_chart, at) => (at === null ? "–" : day.format(at * 1000)), label },
      ...lines.map((line) => ({ label: line.label, stroke: colour(line.colour), dash: line.dash, width: 2.5, points: { show: true, size: 8, fill: colour(line.colour) }, spanGaps: true, value: (/** @type {uPlot} */ _chart, /** @type {number | null} */ value) => percent(value) })),
    ],
  };
}
