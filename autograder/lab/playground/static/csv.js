// @ts-check
/** Points from a CSV file: two columns of numbers and a label, brought into the square that is drawn. */

const LIM = 6;
export const MOST_POINTS = 2000;

/** The rows of a CSV file, quotes respected.
 * @param {string} text @returns {string[][]} */
export function rowsOf(text) {
  const mark = [",", ";", "\t"].map((m) => [text.split("\n")[0].split(m).length, m]).sort((a, b) => Number(b[0]) - Number(a[0]))[0][1];
  const rows = [];
  let row = [], field = "", quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') { field += '"'; i++; }
      else if (c === '"') quoted = false;
      else field += c;
    } else if (c === '"') quoted = true;
    else if (c === mark) { row.push(field); field = ""; }
    else if (c === "\n" || c === "\r") {
      if (c === "\r" && text[i + 1] === "\n") i++;
      row.push(field);
      if (row.some((f) => f.trim() !== "")) rows.push(row);
      row = []; field = "";
    } else field += c;
  }
  row.push(field);
  if (row.some((f) => f.trim() !== "")) rows.push(row);
  return rows;
}

/** Points [x, y, label] of a CSV file: of two labels 0 and 1; of numbers, scaled to [-1, 1].
 * @param {string} text @param {typeof import("../web/words.js").say} say puts its words into the page's language
 * @returns {{points: number[][], words: string}} */
export function pointsOf(text, say) {
  const rows = rowsOf(text.replace(/^\ufeff/, ""));
  const number = (/** @type {string} */ f) => (f?.trim() ? Number(f.trim().replace(",", ".")) : NaN);
  const header = rows.length > 1 && rows[0].every((f) => Number.isNaN(number(f))) ? rows.shift() : undefined;
  const columns = rows[0]?.length ?? 0;
  const numeric = [...Array(columns).keys()].filter((c) => rows.every((r) => Number.isFinite(number(r[c]))));
  const label = columns - 1;
  const axes = numeric.filter((c) => c !== label).slice(0, 2);
  if (axes.length < 2) throw new Error(say("two columns of numbers and a label are wanted, the label last"));
  if (rows.length < 4) throw new Error(say("at least 4 rows are wanted"));
  const kept = rows.slice(0, MOST_POINTS);
  const names = [...new Set(kept.map((r) => r[label]?.trim() ?? ""))].sort();
  let labels, what;
  if (names.length === 2) {
    labels = kept.map((r) => names.indexOf(r[label]?.trim() ?? ""));
    what = say("orange is {first}, blue is {second}", { first: names[0], second: names[1] });
  } else if (numeric.includes(label)) {
    labels = spread(kept.map((r) => number(r[label])), 1);
    what = say("the label is a number, scaled to -1 … 1");
  } else throw new Error(say("the last column has {n} different labels; two, or numbers, are wanted", { n: names.length }));
  const xs = spread(kept.map((r) => number(r[axes[0]])), LIM * 0.9);
  const ys = spread(kept.map((r) => number(r[axes[1]])), LIM * 0.9);
  const called = axes.map((c) => header?.[c]?.trim() || say("column {n}", { n: c + 1 }));
  const round = (/** @type {number} */ v) => Math.round(v * 100) / 100;
  return {
    points: kept.map((_, i) => [round(xs[i]), round(ys[i]), round(labels[i])]),
    words: say("{n} points: x is {x}, y is {y}; {what}", { n: kept.length, x: called[0], y: called[1], what }),
  };
}

/** Numbers brought to [-lim, lim].
 * @param {number[]} values @param {number} lim */
function spread(values, lim) {
  const low = Math.min(...values), high = Math.max(...values);
  return values.map((v) => (high > low ? lim * ((2 * (v - low)) / (high - low) - 1) : 0));
}
