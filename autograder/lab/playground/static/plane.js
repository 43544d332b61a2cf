// @ts-check
/** The plane: what the network answers everywhere, its boundary, the points; and a place to draw points oneself. */
import { ink, onColours } from "./colours.js";
import { boundary, paint } from "./maps.js";

const LIM = 6;

export class Plane {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.map = document.createElement("canvas");
    /** @type {Int8Array | null} */ this.bytes = null;
    /** @type {number[]} */ this.points = [];
    this.train = 0;
    this.regression = false;
    this.showTest = true;
    /** @type {number[] | null} */ this.cursor = null;
    /** @type {((x: number, y: number, label: number | null) => void) | null} a label of null takes away */
    this.onDraw = null;
    this.label = 1;
    onColours(() => this.draw());
    canvas.addEventListener("pointerdown", (e) => this.pointer(e));
    canvas.addEventListener("pointermove", (e) => e.buttons === 1 && this.pointer(e));
    canvas.addEventListener("contextmenu", (e) => this.onDraw && e.preventDefault());
    canvas.addEventListener("keydown", (e) => this.key(e));
    canvas.addEventListener("blur", () => ((this.cursor = null), this.draw()));
  }

  /** @param {PointerEvent} event */
  pointer(event) {
    if (!this.onDraw) return;
    const box = this.canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 2 * LIM - LIM;
    const y = LIM - ((event.clientY - box.top) / box.height) * 2 * LIM;
    const last = this.last;
    if (event.type === "pointermove" && last && Math.hypot(x - last[0], y - last[1]) < 0.5) return;
    this.last = [x, y];
    this.onDraw(x, y, event.shiftKey || event.button === 2 ? null : this.label);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const moves = { ArrowLeft: [-0.3, 0], ArrowRight: [0.3, 0], ArrowUp: [0, 0.3], ArrowDown: [0, -0.3] };
    if (!this.onDraw) return;
    const move = moves[/** @type {keyof typeof moves} */ (event.key)];
    this.cursor ??= [0, 0];
    if (move) this.cursor = this.cursor.map((v, k) => Math.max(-LIM, Math.min(LIM, v + move[k])));
    else if (event.key === "Enter") this.onDraw(this.cursor[0], this.cursor[1], this.label);
    else if (event.key === "Delete" || event.key === "Backspace") this.onDraw(this.cursor[0], this.cursor[1], null);
    else return;
    event.preventDefault();
    this.draw();
  }

  /** @param {Int8Array} bytes */
  show(bytes) {
    this.bytes = bytes;
    this.draw();
  }

  draw() {
    const box = this.canvas.getBoundingClientRect(), scale = devicePixelRatio || 1;
    const size = Math.max(120, Math.round((box.width || 300) * scale));
    if (this.canvas.width !== size) this.canvas.width = this.canvas.height = size;
    const c = this.canvas.getContext("2d");
    if (c === null) return;
    c.fillStyle = ink.paper;
    c.fillRect(0, 0, size, size);
    if (this.bytes !== null) {
      paint(this.map, this.bytes);
      const side = this.map.width, cell = size / (side - 1);
      c.imageSmoothingEnabled = true;
      c.drawImage(this.map, -cell / 2, -cell / 2, size + cell, size + cell);
      c.strokeStyle = ink.ink;
      c.lineWidth = 1.5 * scale;
      c.beginPath();
      for (const [x0, y0, x1, y1] of boundary(this.bytes)) {
        c.moveTo(x0 * cell, size - y0 * cell);
        c.lineTo(x1 * cell, size - y1 * cell);
      }
      c.stroke();
    }
    const n = this.points.length / 3;
    for (const test of [true, false]) {
      if (test && !this.showTest) continue;
      for (let i = test ? this.train : 0; i < (test ? n : this.train); i++) this.dot(c, i, size, scale, test);
    }
    if (this.cursor) {
      const [x, y] = this.at(this.cursor[0], this.cursor[1], size);
      c.strokeStyle = ink.ink;
      c.lineWidth = 2 * scale;
      c.strokeRect(x - 7 * scale, y - 7 * scale, 14 * scale, 14 * scale);
    }
  }

  /** @param {number} x @param {number} y @param {number} size */
  at(x, y, size) {
    return [((x + LIM) / (2 * LIM)) * size, ((LIM - y) / (2 * LIM)) * size];
  }

  /** A point: classes differ in shape too, test points are hollow.
   * @param {CanvasRenderingContext2D} c @param {number} i @param {number} size @param {number} scale @param {boolean} test */
  dot(c, i, size, scale, test) {
    const label = this.points[3 * i + 2], yes = this.regression ? label > 0 : label > 0.5;
    const [x, y] = this.at(this.points[3 * i], this.points[3 * i + 1], size);
    const r = (this.regression ? 1.5 + 3 * Math.min(1, Math.abs(label)) : yes ? 3.4 : 3) * scale;
    c.beginPath();
    if (yes) c.arc(x, y, r, 0, 7);
    else c.rect(x - r, y - r, 2 * r, 2 * r);
    c.fillStyle = test ? ink.paper : yes ? ink.plus : ink.minus;
    c.globalAlpha = test ? 0.75 : 1;
    c.fill();
    c.globalAlpha = 1;
    c.strokeStyle = test ? (yes ? ink.plus : ink.minus) : ink.paper;
    c.lineWidth = (test ? 1.3 : 0.8) * scale;
    c.stroke();
  }
}
