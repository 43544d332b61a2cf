// @ts-check
/** Loss and accuracy over the steps of a training, as SVG. */
import { say } from "../web/words.js";

const NS = "http://www.w3.org/2000/svg";
const [LEFT, TOP, WIDE, HIGH] = [40, 14, 580, 156];

/** @param {string} kind @param {Record<string, string | number>} marks @param {string} [text] */
function part(kind, marks, text = "") {
  const made = document.createElementNS(NS, kind);
  for (const [name, value] of Object.entries(marks)) made.setAttribute(name, String(value));
  made.textContent = text;
  return made;
}

/** Draw (step, loss, accuracy on training digits, loss, accuracy on held-out ones).
 * @param {SVGElement} svg @param {number[][]} rows */
export function curve(svg, rows) {
  const steps = Math.max(1, rows[rows.length - 1][0]);
  const top = Math.max(0.1, ...rows.map((row) => Math.max(row[1], row[3])).filter(Number.isFinite));
  /** @param {number} column @param {number} most */
  const points = (column, most) =>
    rows.filter((row) => Number.isFinite(row[column]))
      .map((row) => `${LEFT + (WIDE * row[0]) / steps},${TOP + HIGH * (1 - Math.min(1, row[column] / most))}`).join(" ");
  const lines = [
    [1, top, "var(--minus)", "", say("loss, training")], [3, top, "var(--minus)", "6 4", say("loss, held out")],
    [2, 1, "var(--plus)", "", say("accuracy, training")], [4, 1, "var(--plus)", "6 4", say("accuracy, held out")],
  ];
  const made = [part("rect", { x: LEFT, y: TOP, width: WIDE, height: HIGH, fill: "none", stroke: "var(--line)" })];
  lines.forEach(([column, most, colour, dash, name], k) => {
    made.push(part("polyline", { points: points(Number(column), Number(most)), fill: "none", stroke: colour, "stroke-width": 2, "stroke-dasharray": dash }));
    const x = LEFT + 145 * k;
    made.push(part("line", { x1: x, x2: x + 24, y1: 188, y2: 188, stroke: colour, "stroke-width": 2, "stroke-dasharray": dash }));
    made.push(part("text", { x: x + 29, y: 192 }, String(name)));
  });
  made.push(part("text", { x: LEFT - 4, y: TOP + 9, "text-anchor": "end" }, top.toFixed(1)));
  made.push(part("text", { x: LEFT + WIDE - 4, y: TOP + 12, "text-anchor": "end" }, "100 %"));
  made.push(part("text", { x: LEFT + WIDE - 4, y: TOP + HIGH - 5, "text-anchor": "end" }, say("step {n}", { n: steps })));
  svg.replaceChildren(...made);
}
