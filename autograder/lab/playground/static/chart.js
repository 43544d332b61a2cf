// @ts-check
/** The two losses over the steps. Memory stays flat: where there are too many points, every other one goes. */
import { ink, onColours } from "./colours.js";
import { say } from "../web/words.js";

const MOST = 800;

export class Chart {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    /** @type {number[][]} */ this.points = [];
    this.every = 1;
    this.log = false;
    onColours(() => this.draw());
  }

  clear() {
    this.points = [];
    this.every = 1;
    this.count = 0;
    this.draw();
  }

  /** Take away what lies behind a step, to which the run went back. @param {number} step */
  cut(step) {
    this.points = this.points.filter((point) => point[0] <= step);
    this.draw();
  }

  /** @param {number} step @param {number | null} train @param {number | null} test */
  add(step, train, test) {
    const last = this.points.at(-1);
    if (last && last[0] >= step) return;
    this.count = (this.count ?? 0) + 1;
    if (this.count % this.every !== 0 && this.points.length > 2) this.points.pop();
    this.points.push([step, train ?? NaN, test ?? NaN]);
    if (this.points.length > MOST) {
      this.points = this.points.filter((_, i) => i % 2 === 0);
      this.every *= 2;
    }
    this.draw();
  }

  draw() {
    const box = this.canvas.getBoundingClientRect(), scale = devicePixelRatio || 1;
    const w = Math.round((box.width || 300) * scale), h = Math.round((box.height || 110) * scale);
    if (this.canvas.width !== w || this.canvas.height !== h) [this.canvas.width, this.canvas.height] = [w, h];
    const c = this.canvas.getContext("2d");
    if (c === null) return;
    c.clearRect(0, 0, w, h);
    const values = this.points.flatMap((p) => [p[1], p[2]]).filter(Number.isFinite);
    if (values.length === 0) return;
    const shape = (/** @type {number} */ v) => (this.log ? Math.log10(Math.max(v, 1e-8)) : v);
    let low = this.log ? Math.min(...values.map(shape)) : 0, high = Math.max(...values.map(shape));
    const first = shape(values[0]);
    if (!this.log && high > 4 * first) high = 4 * Math.max(first, 0.01); // a peak hides all else
    if (high <= low) [low, high] = [low - 0.5, high + 0.5];
    const left = 34 * scale, foot = 14 * scale, end = this.points[this.points.length - 1][0] || 1;
    const x = (/** @type {number} */ s) => left + ((w - left - 4) * s) / end;
    const y = (/** @type {number} */ v) => 4 + (h - foot - 8) * (1 - Math.min(1.02, (shape(v) - low) / (high - low)));
    c.font = `${10 * scale}px system-ui`;
    c.fillStyle = ink.quiet;
    c.strokeStyle = ink.line;
    c.lineWidth = scale;
    for (const share of [0, 0.5, 1]) {
      const v = low + (high - low) * share, shown = this.log ? 10 ** v : v, at = 4 + (h - foot - 8) * (1 - share);
      c.beginPath();
      c.moveTo(left, at);
      c.lineTo(w, at);
      c.stroke();
      c.fillText(shown.toPrecision(2).replace(/\.?0+$/, ""), 0, at + (share === 1 ? 8 : 3) * scale);
    }
    c.textAlign = "right";
    c.fillText(say("step {n}", { n: end }), w - 2, h - 2);
    c.textAlign = "left";
    for (const [k, colour, dashed] of /** @type {[number, string, boolean][]} */ ([[2, ink.minus, true], [1, ink.plus, false]])) {
      c.beginPath();
      c.strokeStyle = colour;
      c.lineWidth = 1.8 * scale;
      c.setLineDash(dashed ? [5 * scale, 3 * scale] : []);
      let pen = false;
      for (const p of this.points) {
        if (!Number.isFinite(p[k])) { pen = false; continue; }
        if (pen) c.lineTo(x(p[0]), y(p[k]));
        else c.moveTo(x(p[0]), y(p[k]));
        pen = true;
      }
      c.stroke();
    }
    c.setLineDash([]);
  }
}
