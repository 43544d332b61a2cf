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
 * @param {string} text @returns {{points: number[][], words: string}} */
export function pointsOf(text) {
  const rows = rowsOf(text.replace(/^\ufeff/, ""));
  const number = (/** @type {string} */ f) => (f?.trim() ? Number(f.trim().replace(",", ".")) : NaN);
  const header = rows.length > 1 && rows[0].every((f) => Number.isNaN(number(f))) ? rows.shift() : undefined;
  const columns = rows[0]?.length ?? 0;
  const numeric = [...Array(columns).keys()].filter((c) => rows.every((r) => Number.isFinite(number(r[c]))));
  const label = columns - 1;
  const axes = numeric.filter((c) => c !== label).slice(0, 2);
  if (axes.length < 2) throw new Error("two columns of numbers and a label are wanted, the label last");
  if (rows.length < 4) throw new Error("at least 4 rows are wanted");
  const kept = rows.slice(0, MOST_POINTS);
  const names = [...new Set(kept.map((r) => r[label]?.trim() ?? ""))].sort();
  let labels, what;
  if (names.length === 2) {
    labels = kept.map((r) => names.indexOf(r[label]?.trim() ?? ""));
    what = `orange is ${names[0]}, blue is ${names[1]}`;
  } else if (numeric.includes(label)) {
    labels = spread(kept.map((r) => number(r[label])), 1);
    what = "the label is a number, scaled to -1 … 1";
  } else throw new Error(`the last column has ${names.length} different labels; two, or numbers, are wanted`);
  const xs = spread(kept.map((r) => number(r[axes[0]])), LIM * 0.9);
  const ys = spread(kept.map((r) => number(r[axes[1]])), LIM * 0.9);
  const called = axes.map((c) => header?.[c]?.trim() || `column ${c + 1}`);
  const round = (/** @type {number} */ v) => Math.round(v * 100) / 100;
  return {
    points: kept.map((_, i) => [round(xs[i]), round(ys[i]), round(labels[i])]),
    words: `${kept.length} points: x is ${called[0]}, y is ${called[1]}; ${what}`,
  };
}

/** Numbers brought to [-lim, lim].
 * @param {number[]} values @param {number} lim */
function spread(values, lim) {
  const low = Math.min(...values), high = Math.max(...values);
  return values.map((v) => (high > low ? lim * ((2 * (v - low)) / (high - low) - 1) : 0));
}
