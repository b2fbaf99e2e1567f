/** Living charts: a chart that the server drew gets zoom and values under the pointer, from the same figures as its CSV. */

const VENDOR = new URL("./vendor/", import.meta.url);
const language = { fr: "fr-BE", nl: "nl-BE" }[document.documentElement.lang] || "en-GB";
const zone = document.querySelector("script[data-zone]")?.dataset.zone || "Europe/Brussels";
const TONES = ["--iris", "--mobility", "--living", "--people"];

let library;

/** Fetch the chart library and its style sheet, once a page. */
function load() {
  library ||= new Promise((resolve) => {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("uplot.css", VENDOR).href });
    sheet.onload = sheet.onerror = () => resolve(import(new URL("uplot.esm.js", VENDOR).href).then((module) => module.default));
    document.head.append(sheet);
  });
  return library;
}

/** Read CSV into rows of cells; quotes may hold commas and line breaks. */
function rows(text) {
  const found = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    found.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "") break;
    if (end !== ",") found.push([]);
  }
  return found.filter((row) => row.length > 1);
}

/** Return where a line is to be lifted: after a silence of more than two and a half times the usual distance. */
function silences(times) {
  const distances = times.slice(1).map((time, at) => time - times[at]);
  const usual = [...distances].sort((a, b) => a - b)[Math.floor(distances.length / 2)] || 0;
  return distances.flatMap((distance, at) => (distance > usual * 2.5 ? [[at + 1, times[at] + usual]] : []));
}

/** Return what to draw: times in seconds, one column a line, and the band between the lowest and highest where there is one. */
function columns(text) {
  const [head, ...body] = rows(text);
  const silent = silences(body.map((row) => Date.parse(row[0]) / 1000));
  for (const [at, time] of silent.reverse()) body.splice(at, 0, [new Date(time * 1000).toISOString()]);
  const column = (at) => body.map((row) => (row[at] === "" || row[at] === undefined ? null : Number(row[at])));
  const times = body.map((row) => Date.parse(row[0]) / 1000);
  const [low, high] = [head.indexOf("min"), head.indexOf("max")];
  const aside = ["min", "max", "mean", "sum", "count", "quality"];
  const drawn = head.map((name, at) => ({ name, at })).filter(({ name, at }) => at === 1 || (at > 1 && !aside.includes(name)));
  const band = head[1] === "mean" && low > 0 ? [column(low), column(high)] : null;
  return { times, band, lines: drawn.map(({ name, at }) => ({ name, values: column(at) })) };
}

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const moment = (seconds, options) => new Intl.DateTimeFormat(language, { timeZone: zone, ...options }).format(seconds * 1000);

/** Write an hour as the language does: 14 h 05, 14.05 u., 14:05. */
function hour(seconds) {
  const [hours, minutes] = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(seconds * 1000).split(":");
  if (language.startsWith("fr")) return `${Number(hours)}\u00a0h${minutes === "00" ? "" : `\u00a0${minutes}`}`;
  if (language.startsWith("nl")) return `${Number(hours)}${minutes === "00" ? "" : `.${minutes}`}\u00a0u.`;
  return `${hours}:${minutes}`;
}

/** Write a tick of the time axis as finely as its distance to the next asks. */
function ticks(chart, splits) {
  const step = splits.length > 1 ? splits[1] - splits[0] : 86_400;
  if (step < 86_400) return splits.map(hour);
  const form = step < 27 * 86_400 ? { day: "numeric", month: "short" } : { month: "short", year: "numeric" };
  return splits.map((at) => moment(at, form));
}

function options(width, figure, data) {
  const axis = { stroke: token("--ink-soft"), font: '13px "Atkinson", sans-serif', grid: { stroke: token("--line"), width: 1 }, ticks: { show: false } };
  const title = figure.querySelector("figcaption strong")?.textContent || "";
  const series = [
    { label: figure.querySelector("thead th")?.textContent || "", value: (_, at) => (at ? moment(at, { dateStyle: "medium", timeStyle: "short" }) : "–") },
    ...data.lines.map((line, at) => ({
      label: data.lines.length > 1 ? line.name : title,
      stroke: token(TONES[at % TONES.length]),
      width: 2,
      spanGaps: false,
      points: { show: data.times.length < 40 },
      value: (_, value) => (value === null || value === undefined ? "–" : number.format(value)),
    })),
    ...(data.band ? ["max", "min"].map((label) => ({ label, stroke: "transparent", points: { show: false }, value: (_, value) => (value === null ? "–" : number.format(value)) })) : []),
  ];
  return {
    width,
    height: width < 520 ? 230 : 300,
    tzDate: (seconds) => inZone(seconds),
    cursor: { drag: { x: true, y: false }, points: { size: 7 } },
    scales: { y: { range: (_, low, high) => [low >= 0 ? 0 : low, high === low ? high + 1 : high * 1.05] } },
    axes: [
      { ...axis, values: ticks, space: 80 },
      { ...axis, values: (_, splits) => splits.map((at) => number.format(at)), size: 56 },
    ],
    series,
    bands: data.band ? [{ series: [data.lines.length + 1, data.lines.length + 2], fill: `color-mix(in srgb, ${token("--iris")} 16%, transparent)` }] : [],
  };
}

/** Return a date whose own clock shows the city's time, as uPlot asks, whatever the zone of the device. */
function inZone(seconds) {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23" })
      .formatToParts(seconds * 1000)
      .map(({ type, value }) => [type, Number(value)]),
  );
  return new Date(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
}

async function wake(figure) {
  const plot = figure.querySelector(".chart-plot");
  const answer = await fetch(figure.dataset.csv);
  if (!answer.ok) return;
  const data = columns(await answer.text());
  if (data.times.length < 2 || data.times.some(Number.isNaN)) return;
  const Plot = await load();
  const place = Object.assign(document.createElement("div"), { className: "chart-live" });
  plot.append(place);
  const table = [data.times, ...data.lines.map((line) => line.values), ...(data.band ? [data.band[1], data.band[0]] : [])];
  let chart;
  const draw = () => {
    chart?.destroy();
    chart = new Plot(options(plot.clientWidth, figure, data), table, place);
  };
  draw();
  plot.classList.add("live");
  new ResizeObserver(() => chart.width !== plot.clientWidth && chart.setSize({ width: plot.clientWidth, height: chart.height })).observe(plot);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

const watcher = new IntersectionObserver(
  (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => (watcher.unobserve(entry.target), wake(entry.target).catch(() => {}))),
  { rootMargin: "100px" },
);
document.querySelectorAll("figure[data-csv]").forEach((figure) => {
  if (figure.querySelector(".plot .line")) watcher.observe(figure);
});
