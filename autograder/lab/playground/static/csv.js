// @ts-check
/** Points from a CSV file: two columns of numbers and a label, brought into the square that is drawn. */

const LIM = 6;
export const MOST_POINTS = 2000;
export const MOST_BYTES = 20e6;

/** The rows of a CSV file, quotes respected.
 * @param {string} text @returns {string[][]} */
export function rowsOf(text) {
  const first = text.split(/[\r\n]/, 1)[0].replace(/"[^"]*"/g, "");
  const mark = ["\t", ";", ","].find((m) => first.split(m).length > 2) ?? ","; // a comma may be the decimal one
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
  const rows = rowsOf(text.replace(/^\ufeff/, "").replace(/^sep=.\r?\n/i, "")); // which spreadsheets write
  const number = (/** @type {string} */ f) => (f?.trim() ? Number(f.trim().replace(",", ".")) : NaN);
  const header = rows.length > 1 && rows[0].every((f) => Number.isNaN(number(f))) ? rows.shift() : undefined;
  while (rows.length && rows.every((r) => !r.at(-1)?.trim())) rows.forEach((r) => r.pop()); // a mark at each line's end
  const columns = rows[0]?.length ?? 0;
  const label = columns - 1;
  const called = (/** @type {number} */ c) => header?.[c]?.trim() || say("column {n}", { n: c + 1 });
  const numbers = [...Array(columns).keys()].map((c) => rows.filter((r) => Number.isFinite(number(r[c]))).length);
  const numeric = [...Array(columns).keys()].filter((c) => numbers[c] === rows.length);
  const axes = numeric.filter((c) => c !== label).slice(0, 2);
  if (axes.length < 2) {
    const nearly = numbers.findIndex((n, c) => c !== label && n < rows.length && 2 * n > rows.length);
    if (nearly < 0) throw new Error(say("two columns of numbers and a label are wanted, the label last"));
    const at = rows.findIndex((r) => !Number.isFinite(number(r[nearly])));
    throw new Error(say("row {n}, {column}: a number is wanted, not “{text}”", { n: at + 1, column: called(nearly), text: (rows[at][nearly] ?? "").trim().slice(0, 40) }));
  }
  if (rows.length < 4) throw new Error(say("at least 4 rows are wanted"));
  // of many rows every n-th: a file may be sorted by its label
  const kept = rows.length > MOST_POINTS ? Array.from({ length: MOST_POINTS }, (_, i) => rows[Math.floor((i * rows.length) / MOST_POINTS)]) : rows;
  const names = [...new Set(kept.map((r) => r[label]?.trim() ?? ""))].sort();
  let labels, what;
  if (names.length === 2) {
    labels = kept.map((r) => names.indexOf(r[label]?.trim() ?? ""));
    what = say("orange is {first}, blue is {second}", { first: names[0], second: names[1] });
  } else if (names.length > 2 && numeric.includes(label)) {
    labels = spread(kept.map((r) => number(r[label])), 1);
    what = say("the label is a number, scaled to -1 … 1");
  } else throw new Error(say("the last column has {n} different labels; two, or numbers, are wanted", { n: names.length }));
  const xs = spread(kept.map((r) => number(r[axes[0]])), LIM * 0.9);
  const ys = spread(kept.map((r) => number(r[axes[1]])), LIM * 0.9);
  const round = (/** @type {number} */ v) => Math.round(v * 100) / 100;
  return {
    points: kept.map((_, i) => [round(xs[i]), round(ys[i]), round(labels[i])]),
    words: say("{n} points: x is {x}, y is {y}; {what}", { n: kept.length, x: called(axes[0]), y: called(axes[1]), what })
      + (kept.length < rows.length ? ` (${say("taken evenly from {n} rows", { n: rows.length })})` : ""),
  };
}

/** Points of a file that a person chose, as {@link pointsOf} has them.
 * @param {File} file @param {typeof import("../web/words.js").say} say */
export async function pointsOfFile(file, say) {
  if (file.size > MOST_BYTES) throw new Error(say("the file is larger than {n} MB: take a part of its rows", { n: MOST_BYTES / 1e6 }));
  return pointsOf(await file.text(), say);
}

/** Numbers brought to [-lim, lim].
 * @param {number[]} values @param {number} lim */
function spread(values, lim) {
  const low = Math.min(...values), high = Math.max(...values);
  const half = high / 2 - low / 2; // whose double may be too large a number
  return values.map((v) => (half > 0 ? lim * ((v / 2 - low / 2) / half * 2 - 1) : 0));
}
