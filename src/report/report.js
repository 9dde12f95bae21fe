/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page is complete without this script, which sorts and filters the table, and opens details.
 * Strangers have chosen many of the texts, so they only ever become textContent.
 */
"use strict";
(() => {
const SVG = "http://www.w3.org/2000/svg";
const W = 1000, H = 100;
const UNKNOWN = "\u2014";
const byId = (id) => document.getElementById(id);
const body = document.body;
const table = byId("table");
const dialog = byId("detail");
const together = Number(body.dataset.together);
const details = Number(body.dataset.details);
const packs = document.querySelectorAll("script.d");
const unpacked = new Map();

async function unpack(element) {
  const bytes = Uint8Array.from(atob(element.textContent), (c) => c.charCodeAt(0));
  if (body.dataset.packed !== "deflate")
    return JSON.parse(new TextDecoder().decode(bytes));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

function make(name, kind, text) {
  const e = document.createElement(name);
  if (kind)
    e.className = kind;
  if (text !== undefined)
    e.textContent = text;
  return e;
}

function makeSvg(name, attributes) {
  const e = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes))
    e.setAttribute(key, value);
  return e;
}

/* ---- numbers, in the form that the rest of the page has ---- */

const three = (v) => v.toFixed(v < 9.995 ? 2 : v < 99.95 ? 1 : 0);
const count = (n) => Math.round(n).toLocaleString("en-US");

function decimal(n, units) {
  let i = 0;
  for (; n >= 999.5 && i < units.length - 1; i++)
    n /= 1000;
  return (i ? three(n) : String(Math.round(n))) + " " + units[i];
}

const bytes = (n) => decimal(n, ["B", "kB", "MB", "GB", "TB", "PB"]);
const rate = (n) => decimal(n, ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"]);

function us(n) {
  if (n < 0)
    return "\u2212" + us(-n);
  if (n < 1000)
    return Math.round(n) + " \u00b5s";
  if (n < 999500)
    return three(n / 1e3) + " ms";
  if (n < 119.5e6)
    return three(n / 1e6) + " s";
  if (n < 7200e6)
    return Math.floor(n / 60e6) + " min " + Math.floor(n / 1e6 % 60) + " s";
  return Math.floor(n / 3600e6) + " h " + Math.floor(n / 60e6 % 60) + " min";
}

/* ---- the table ---- */

const rows = table ? [...table.tBodies[0].rows] : [];
const texts = rows.map((r) => (r.cells[0].textContent + " " + r.cells[1].textContent).toLowerCase());
let order = rows.map((_, i) => i);
let columns = null;

const visible = () => order.filter((i) => !rows[i].hidden);

/* Unknown figures are always the last. */
function comparer(column, down) {
  if (column < 2) {
    const text = (i) => rows[i].cells[column].textContent;
    const compare = new Intl.Collator("en", { numeric: true }).compare;
    return (a, b) => (down ? -1 : 1) * compare(text(a), text(b)) || a - b;
  }
  const v = columns[column - 3];
  return (a, b) => (v[a] < 0) - (v[b] < 0) || (down ? v[b] - v[a] : v[a] - v[b]) || a - b;
}

function sortBy(head) {
  const was = head.getAttribute("aria-sort");
  const down = was ? was === "ascending" : head.cellIndex >= 3;
  for (const other of head.parentNode.cells)
    other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  order.sort(comparer(head.cellIndex, down));
  table.tBodies[0].append(...order.map((i) => rows[i]));
  rove(visible()[0]);
}

/* One row can be reached by Tab, the others by the arrows. */
function rove(to, focus) {
  for (const row of table.tBodies[0].querySelectorAll("[tabindex='0']"))
    row.tabIndex = -1;
  if (to === undefined)
    return;
  rows[to].tabIndex = 0;
  if (focus)
    rows[to].focus();
}

function filterBy(words) {
  const all = words.toLowerCase().split(/\s+/).filter(Boolean);
  let n = 0;
  rows.forEach((row, i) => {
    row.hidden = !all.every((word) => texts[i].includes(word));
    n += !row.hidden;
  });
  byId("matches").textContent = all.length ? count(n) + " of " + count(rows.length) : "";
  rove(visible()[0]);
}

function step(from, by) {
  const list = visible();
  return list[Math.min(list.length - 1, Math.max(0, list.indexOf(from) + by))];
}

function onTableKey(event) {
  const row = event.target.closest("tbody tr");
  if (!row)
    return;
  const i = rows.indexOf(row);
  const list = visible();
  const to = { ArrowDown: step(i, 1), ArrowUp: step(i, -1), PageDown: step(i, 15),
    PageUp: step(i, -15), Home: list[0], End: list[list.length - 1] }[event.key];
  if (event.key === "Enter" || event.key === " ")
    open(i);
  else if (to !== undefined)
    rove(to, true);
  else
    return;
  event.preventDefault();
}

function startTable() {
  for (const head of table.tHead.rows[0].cells) {
    if (head.classList.contains("nosort"))
      continue;
    const button = make("button", "", head.textContent);
    button.type = "button";
    button.addEventListener("click", () => sortBy(head));
    head.replaceChildren(button);
  }
  table.tHead.rows[0].cells[3].setAttribute("aria-sort", "descending");
  table.classList.add("live");
  for (const row of rows)
    row.tabIndex = -1;
  rove(0);
  table.tBodies[0].addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (row && !String(getSelection()))
      open(rows.indexOf(row));
  });
  table.addEventListener("keydown", onTableKey);
  byId("filter").addEventListener("input", (event) => filterBy(event.target.value));
  document.querySelector(".tools").hidden = false;
}

/* ---- plots ---- */

/* Four numbers of each point, which are differences. */
function points(flat, unit) {
  const list = [];
  let from = 0, lo = 0;
  for (let i = 0; i + 3 < flat.length; i += 4) {
    from += flat[i];
    lo += flat[i + 2];
    list.push({ from: from * unit, to: (from + flat[i + 1]) * unit, lo, hi: lo + flat[i + 3] });
  }
  return list;
}

function plotOf(view, lo, hi) {
  const clamp = (v) => Math.min(4 * W, Math.max(-3 * W, v));
  return {
    x: (t) => clamp(W * (t - view.from) / (view.to - view.from || 1)).toFixed(1),
    y: (v) => clamp(H - H * (v - lo) / (hi - lo || 1)).toFixed(1),
  };
}

/* A point that stands for a long time is a box. */
function spans(list, p) {
  return list.map((s) => {
    const wide = p.x(s.to) - p.x(s.from) > 1;
    return "M" + p.x(s.from) + " " + p.y(s.lo) + "V" + p.y(s.hi) +
      (wide ? "H" + p.x(s.to) + "V" + p.y(s.lo) + "Z" : "");
  }).join("");
}

function steps(list, p, value, both) {
  return list.map((s, i) => (i ? "H" + p.x(s.from) + "V" + p.y(value(s))
    : "M" + p.x(s.from) + " " + p.y(value(s))) + (both && s.lo !== s.hi ? "V" + p.y(s.lo) : "")).join("") + (list.length ? "h.01" : "");
}

function legend(entries) {
  return entries.map(([kind, text]) => {
    const key = make("span", "key " + kind);
    key.append(make("i"), text);
    return key;
  });
}

function chart(title, keys, labels, kind, paths) {
  const figure = make("figure", "chart " + kind);
  const caption = make("figcaption");
  caption.append(make("b", "", title), ...legend(keys));
  const ys = make("div", "ys");
  ys.append(...labels.map((text) => make("span", "", text)));
  const svg = makeSvg("svg", { viewBox: "0 0 1000 100", preserveAspectRatio: "none", role: "img",
    "aria-label": title });
  svg.append(makeSvg("path", { class: "grid",
    d: "M0 0H1000M0 50H1000M0 100H1000M250 0V100M500 0V100M750 0V100" }));
  for (const [name, d] of paths)
    if (d)
      svg.append(makeSvg("path", { class: name, d }));
  const plot = make("div", "plot");
  plot.append(ys, svg);
  figure.append(caption, plot);
  return figure;
}

/* The points in sight, and those beside them, so that lines go on to the edge. */
function within(list, view) {
  let first = list.findIndex((s) => s.to >= view.from);
  let last = list.findIndex((s) => s.from > view.to);
  if (first < 0)
    first = list.length;
  if (last < 0)
    last = list.length - 1;
  return list.slice(Math.max(0, first - 1), last + 1);
}

const lowest = (lists) => Math.min(...lists.flat().map((s) => s.lo));
const highest = (lists) => Math.max(...lists.flat().map((s) => s.hi));

function sequence(detail, side, view) {
  const [sent, again, sacked, acked] = detail.series[side].map((s) => within(s, view));
  const all = [sent, again, sacked, acked];
  /* A SYN alone is no data. */
  if (!all.flat().length || highest(all) - lowest(all) < 2)
    return [];
  const lo = lowest(all), hi = highest(all);
  const p = plotOf(view, lo, hi);
  const rtos = detail.events.filter((e) => e[1] === "rto");
  return [chart("Sequence of the " + (side ? "server" : "client") + "\u2019s data",
    [["sent", "sent"], ["again", "sent again"], ["sacked", "SACK"], ["acked", "acknowledged"],
      ["window", "window"], ["rto", "timeout"]],
    [bytes(hi), bytes((lo + hi) / 2), bytes(lo)], "tall",
    [["window", steps(acked, p, (s) => s.hi)], ["acked", steps(acked, p, (s) => s.lo)],
      ["sent", spans(sent, p)], ["sacked", spans(sacked, p)], ["again", spans(again, p)],
      ["again rug", again.map((s) => "M" + p.x(s.from) + " 100v-5").join("")],
      ["rto rug", rtos.map((e) => "M" + p.x(e[0]) + " 0v100").join("")]])];
}

function figure(title, view, lists, keys, text, kind) {
  const inside = lists.map((s) => within(s, view));
  if (!inside.flat().length || highest(inside) < 1)
    return [];
  const hi = highest(inside);
  const p = plotOf(view, 0, hi);
  return [chart(title, keys, [text(hi), text(hi / 2), "0"], kind,
    inside.map((list, i) => [keys[i][0], steps(list, p, (s) => s.hi, true)]))];
}

function seconds(view) {
  const xs = make("div", "xs");
  for (let i = 0; i < 5; i++)
    xs.append(make("span", "", us(view.from + (view.to - view.from) / 4 * i)));
  return xs;
}

/* The states of TCP, each as wide as it was long. */
function states(detail, side, view) {
  const all = detail.events.filter((e) => e.length > 3);
  const own = all.filter((e) => e[3] === side);
  const changes = own.length ? own : all;
  if (!changes.length)
    return [];
  const band = make("div", "states");
  let from = view.from, name = changes[0][4];
  const add = (to) => {
    const left = Math.max(from, view.from), right = Math.min(to, view.to);
    const part = make("span", "", name);
    part.title = name + " for " + us(to - from);
    part.style.flexGrow = Math.max(0, right - left) / (view.to - view.from || 1);
    band.append(part);
  };
  for (const e of changes) {
    /* Changes between that were not recorded. */
    if (name !== e[4])
      name += " \u2026 " + e[4];
    add(e[0]);
    from = e[0];
    name = e[5];
  }
  add(view.to);
  return [band];
}

/* ---- details ---- */

function facts(list) {
  const dl = make("dl", "facts");
  for (let i = 0; i + 1 < list.length; i += 2) {
    const pair = make("div");
    pair.append(make("dt", "", list[i]), make("dd", "", list[i + 1]));
    dl.append(pair);
  }
  return dl;
}

function log(title, items, left) {
  const part = make("div");
  const list = make("ol", "log");
  list.append(...items);
  if (left)
    list.append(make("li", "note", "and " + count(left) + " more"));
  part.append(make("h4", "", title), list);
  return items.length ? [part] : [];
}

function eventItem(e) {
  const item = make("li", "key " + e[1]);
  item.append(make("time", "", (e[0] < 0 ? "" : "+") + us(e[0])), make("i"), e[2]);
  return item;
}

function messageItem(m) {
  const item = make("li", m[7] ? "x" : "");
  item.append(make("time", "", (m[0] < 0 ? "" : "+") + us(m[0])), make("em", "", m[2]), " " + m[3] + " ",
    make("b", "", m[4]), " " + (m[1] < 0 ? UNKNOWN : us(m[1])) + ", " + bytes(m[5]) + " / " + bytes(m[6]));
  return item;
}

function draw(detail, shown) {
  const parts = [];
  const { side, view } = shown;
  parts.push(...states(detail, side, view), ...sequence(detail, side, view));
  const round = [detail.series[side][4], detail.series[side][5]];
  parts.push(...figure("Round trip", view, round, [["wire", "wire"], ["kernel", "kernel, smoothed"]], us, "rtt"));
  parts.push(...figure("Congestion window", view, [detail.series[side][6]], [["cwnd", "segments"]], count, "low"));
  if (parts.length)
    parts.push(seconds(view));
  return parts;
}

/* Dragging over a plot shows that part of the time. */
function zoomable(area, detail, shown, redraw) {
  let start = null;
  const timeAt = (event) => {
    const box = area.querySelector("svg").getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return shown.view.from + share * (shown.view.to - shown.view.from);
  };
  area.addEventListener("pointerdown", (event) => {
    start = event.target.closest("svg") ? timeAt(event) : null;
  });
  area.addEventListener("pointerup", (event) => {
    if (start === null)
      return;
    const end = timeAt(event);
    const whole = shown.view.to - shown.view.from;
    if (Math.abs(end - start) > whole / 100)
      shown.view = { from: Math.min(start, end), to: Math.max(start, end) };
    start = null;
    redraw();
  });
}

function plots(detail) {
  const whole = { from: 0, to: Math.max(detail.length, 1) };
  const shown = { side: detail.side, view: whole };
  const area = make("div", "scroller");
  const sides = make("div", "sides");
  const buttons = ["Client\u2019s data", "Server\u2019s data", "Whole time"].map((text) => make("button", "", text));
  const redraw = () => {
    buttons.forEach((b, i) => i < 2 && b.setAttribute("aria-pressed", String(shown.side === i)));
    /* The focus must not stay on a button that does nothing. */
    if (shown.view === whole && document.activeElement === buttons[2])
      buttons[shown.side].focus();
    buttons[2].disabled = shown.view === whole;
    area.replaceChildren(...draw(detail, shown));
  };
  buttons.forEach((b, i) => {
    b.type = "button";
    b.addEventListener("click", () => {
      if (i < 2)
        shown.side = i;
      else
        shown.view = whole;
      redraw();
    });
  });
  sides.append(...buttons);
  zoomable(area, detail, shown, redraw);
  redraw();
  if (!area.childElementCount)
    return [];
  return [sides, area];
}

async function detailOf(i) {
  const pack = Math.floor(i / together);
  if (!unpacked.has(pack))
    unpacked.set(pack, await unpack(packs[pack]));
  const raw = unpacked.get(pack)[i % together];
  if (!raw.series)
    return raw;
  return { ...raw, series: raw.series.map((s) => s.map((flat) => points(flat, raw.unit))) };
}

let opened = -1;

function barOf(i) {
  const bar = make("div", "bar");
  const title = make("h3");
  title.append(make("span", "", String(i + 1)), rows[i].cells[0].textContent);
  const buttons = [["\u2190 Previous", () => open(step(i, -1))], ["Next \u2192", () => open(step(i, 1))],
    ["Close", () => dialog.close()]].map(([text, act]) => {
    const b = make("button", "", text);
    b.type = "button";
    b.addEventListener("click", act);
    return b;
  });
  bar.append(title, ...buttons);
  return bar;
}

function contents(detail) {
  const parts = [facts(detail.facts)];
  if (!detail.series) {
    parts.push(make("p", "note", "There was no memory left for more of this connection."));
    return parts;
  }
  const logs = make("div", "logs");
  logs.append(...log("What happened", detail.events.map(eventItem), detail.eventsLeft),
    ...log("Requests, the slowest first", detail.messages.map(messageItem), detail.messagesLeft));
  parts.push(...plots(detail), logs);
  return parts;
}

async function open(i) {
  opened = i;
  rows.forEach((row, k) => row.classList.toggle("on", k === i));
  rove(i);
  const parts = i < details ? contents(await detailOf(i))
    : [make("p", "note", "The page has details of the " + count(details) + " worst connections only.")];
  if (opened !== i)
    return;
  dialog.replaceChildren(barOf(i), ...parts);
  if (!dialog.open)
    dialog.showModal();
  dialog.scrollTop = 0;
  dialog.querySelector(".bar button:last-child").focus({ preventScroll: true });
}

function startDialog() {
  dialog.addEventListener("close", () => {
    if (opened >= 0)
      rove(opened, true);
    opened = -1;
  });
  document.addEventListener("keydown", (event) => {
    if (dialog.open && (event.key === "ArrowRight" || event.key === "ArrowLeft"))
      open(step(opened, event.key === "ArrowRight" ? 1 : -1));
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog)
      dialog.close();
  });
}

/* ---- the crosshair over the charts ---- */

function tipText(index, i) {
  const at = new Date(index.from + index.span * i).toISOString();
  const lines = [at.slice(11, 23) + " UTC", rate(index.bytes[i] * 8000 / index.span),
    count(index.packets[i]) + " packets"];
  if (index.wire50[i])
    lines.push("wire " + us(index.wire50[i]) + ", p99 " + us(index.wire99[i]));
  if (index.kernel50[i])
    lines.push("kernel " + us(index.kernel50[i]));
  if (index.again[i])
    lines.push(count(index.again[i]) + " sent again");
  if (index.rtos[i])
    lines.push(count(index.rtos[i]) + " timeouts");
  return lines.join("\n");
}

function startCrosshair(index) {
  const stack = document.querySelector(".stack");
  const svg = stack && stack.querySelector("svg");
  if (!svg || !index.bytes.length)
    return;
  const cross = make("div", "cross");
  const tip = make("div", "tip");
  cross.hidden = tip.hidden = true;
  stack.append(cross, tip);
  stack.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const outer = stack.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    cross.hidden = tip.hidden = share < 0 || share >= 1;
    if (cross.hidden)
      return;
    tip.textContent = tipText(index, Math.floor(share * index.bytes.length));
    cross.style.left = event.clientX - outer.left + "px";
    const right = share > 0.75;
    tip.style.left = right ? "" : event.clientX - outer.left + 12 + "px";
    tip.style.right = right ? outer.right - event.clientX + 12 + "px" : "";
  });
  stack.addEventListener("pointerleave", () => {
    cross.hidden = tip.hidden = true;
  });
}

unpack(byId("index")).then((index) => {
  columns = index.columns;
  if (table)
    startTable();
  startDialog();
  startCrosshair(index);
  body.dataset.ready = "yes";
});
})();
