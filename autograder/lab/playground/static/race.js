// @ts-check
/** The race of the nine optimizers: a landscape, a start that can be dragged, trails. */
import { floats } from "../lab/socket.js";
import { figure, make } from "./dom.js";
import { ink, onColours } from "./colours.js";
import { given } from "./given.js";
import { fellWords, SAYS } from "./panel.js";
import { say } from "../web/words.js";

const HUES = { SGD: "#d1495b", Momentum: "#e58e26", Nesterov: "#b8860b", Adagrad: "#5a9e3a", RMSProp: "#1b9e8a", Adadelta: "#6b7f8f", Adam: "#2f7ed8", Adamax: "#7a5fd0", Nadam: "#c04fb0" };
const RATES = [1e-4, 3e-4, 0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.3, 0.5, 1, 3];
const STARTS = { ravine: [-8, 4], saddle: [0.02, 1.5], rosenbrock: [-1.5, 2], beale: [-3, 1.5] };
const LR = { SGD: 0.02, Momentum: 0.01, Nesterov: 0.01, Adagrad: 0.5, RMSProp: 0.05, Adadelta: 3, Adam: 0.1, Adamax: 0.1, Nadam: 0.1 };
const SURFACES = { ravine: say("ravine"), saddle: say("saddle"), rosenbrock: "Rosenbrock", beale: "Beale" };
const SLOW = { rosenbrock: 0.1, beale: 0.1, ravine: 1, saddle: 1 }; // of the gradient's own step

export class Race {
  /** @param {HTMLElement} host @param {(message: any) => void} send */
  constructor(host, send) {
    this.send = send;
    this.surface = "ravine";
    /** @type {number[]} */ this.start = [...STARTS.ravine];
    /** @type {Record<string, number>} */ this.lr = {};
    /** @type {Record<string, any>} */ this.trails = {};
    this.shown = 1;
    this.waiting = false;
    this.canvas = make("canvas", { className: "surface", tabIndex: 0, role: "application", "aria-label": say("the landscape; drag the start, or move it with the arrow keys") });
    this.ground = document.createElement("canvas");
    this.table = make("table", { className: "runners" });
    this.words = make("div", { className: "fallen", role: "status" });
    const surfaces = make("select", { "aria-label": say("surface"), id: "surface", onchange: () => this.choose(surfaces.value) }, ...Object.keys(STARTS).map((s) => make("option", { value: s }, SURFACES[/** @type {"ravine"} */ (s)])));
    this.steps = make("select", { id: "race-steps", onchange: () => this.ask() }, ...[20, 50, 100, 200, 500, 1000].map((n) => make("option", { value: n, selected: n === 200 }, String(n))));
    host.append(make("h2", { id: "race-title" }, say("The race of the nine")),
      make("p", { className: "quiet" }, say("Your optimizers, from the same start. Drag the cross.")),
      make("div", { className: "race" },
        make("div", {}, this.canvas, make("div", { className: "tools" }, make("label", {}, `${say("surface")} `, surfaces), make("label", {}, `${say("steps")} `, this.steps), make("button", { id: "replay", onclick: () => this.play() }, `▶ ${say("Watch")}`))),
        make("div", {}, this.table, this.words)));
    onColours(() => this.paintGround());
    this.canvas.addEventListener("pointerdown", (/** @type {PointerEvent} */ e) => (this.canvas.setPointerCapture(e.pointerId), this.drag(e)));
    this.canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ e) => e.buttons === 1 && this.drag(e));
    this.canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => this.key(e));
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    this.rates("ravine");
  }

  /** @param {string} surface */
  rates(surface) {
    for (const [name, lr] of Object.entries(LR)) {
      const own = ["SGD", "Momentum", "Nesterov"].includes(name) ? lr * SLOW[/** @type {"ravine"} */ (surface)] : lr;
      this.lr[name] = RATES.reduce((a, b) => (Math.abs(Math.log(b / own)) < Math.abs(Math.log(a / own)) ? b : a));
    }
  }

  /** The line is open: begin. */
  begin() {
    this.waiting = false;
    this.send({ type: "landscape", surface: this.surface });
    this.ask();
  }

  /** @param {string} surface */
  choose(surface) {
    this.surface = surface;
    this.start = [...STARTS[/** @type {"ravine"} */ (surface)]];
    this.rates(surface);
    this.map = null;
    this.begin();
  }

  /** Ask for the trails; while an answer is waited for, the last question counts. */
  ask() {
    if (this.waiting) {
      this.again = true;
      return;
    }
    this.waiting = true;
    this.again = false;
    this.send({ type: "race", surface: this.surface, start: this.start, lr: this.lr, steps: Number(this.steps.value) });
  }

  /** @param {any} m */
  take(m) {
    if (m.type === "surveyed" && m.surface === this.surface) {
      this.map = { ...m, values: floats(m.values) };
      this.paintGround();
    }
    if (m.type === "raced") {
      this.waiting = false;
      if (m.surface === this.surface) {
        this.parts = m.parts;
        this.trails = Object.fromEntries(Object.entries(m.trails).map(([n, t]) => [n, { .../** @type {any} */ (t), path: floats(/** @type {any} */ (t).path) }]));
        this.list();
        this.draw();
      }
      if (this.again) this.ask();
    }
  }

  list() {
    const order = Object.entries(this.trails).sort((a, b) => (a[1].value ?? Infinity) - (b[1].value ?? Infinity));
    const focus = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.runner;
    this.table.replaceChildren(make("tr", {}, ...["", say("optimizer"), say("learning rate"), say("ends at"), ""].map((t) => make("th", { scope: "col" }, t))), ...order.map(([name, trail], place) => {
      const dot = make("span", { className: "dot" });
      dot.style.background = HUES[/** @type {"SGD"} */ (name)];
      const rate = make("select", { "aria-label": say("learning rate of {name}", { name }), "data-runner": name, onchange: () => ((this.lr[name] = Number(rate.value)), this.ask()) }, ...RATES.map((r) => make("option", { value: r, selected: r === this.lr[name] }, String(r))));
      const note = this.parts[given.kinds[name]];
      return make("tr", {}, make("td", {}, String(place + 1)), make("td", {}, dot, " ", name), make("td", {}, rate), make("td", {}, figure(trail.value)), make("td", {}, note ? make("span", { className: `badge ${note.whose}`, title: note.text }, note.whose === "yours" ? say("yours") : say("the course’s")) : ""));
    }));
    const failed = Object.entries(this.parts).filter(([, note]) => note.whose === "course" && note.kind !== "missing" && note.kind in SAYS);
    this.words.replaceChildren(...failed.map(([part, note]) => make("p", {}, make("b", {}, fellWords(part, note.kind)), note.line ? ` (${say("line {line}", note)})` : "", `: ${note.text.replace(/\.$/, "")}. `, say("The course’s races in its place until you save a corrected file."))));
    if (focus) /** @type {HTMLElement | null} */ (this.table.querySelector(`[data-runner=${focus}]`))?.focus();
  }

  paintGround() {
    if (!this.map) return;
    const { grid, values } = this.map;
    this.ground.width = this.ground.height = grid;
    const c = this.ground.getContext("2d");
    if (c === null) return;
    const low = values.reduce((/** @type {number} */ a, /** @type {number} */ b) => Math.min(a, b), Infinity);
    const logs = values.map((/** @type {number} */ v) => Math.log(1e-2 + v - low)), least = Math.min(...logs), most = Math.max(...logs);
    const image = c.createImageData(grid, grid), paper = numbers(ink.paper), accent = numbers(ink.accent);
    for (let r = 0; r < grid; r++) for (let k = 0; k < grid; k++) {
      const share = (logs[(grid - 1 - r) * grid + k] - least) / (most - least);
      const level = Math.floor(share * 14) / 14; // contours
      for (let d = 0; d < 3; d++) image.data[4 * (r * grid + k) + d] = paper[d] + (accent[d] - paper[d]) * (1 - level) * 0.6;
      image.data[4 * (r * grid + k) + 3] = 255;
    }
    c.putImageData(image, 0, 0);
    this.draw();
  }

  /** @param {number} x @param {number} y */
  at(x, y) {
    const [a, b, c, d] = this.map.window;
    return [((x - a) / (b - a)) * this.canvas.width, ((d - y) / (d - c)) * this.canvas.height];
  }

  draw() {
    const box = this.canvas.getBoundingClientRect(), scale = devicePixelRatio || 1;
    const w = Math.round((box.width || 400) * scale), h = Math.round((box.height || 300) * scale);
    if (this.canvas.width !== w || this.canvas.height !== h) [this.canvas.width, this.canvas.height] = [w, h];
    const c = this.canvas.getContext("2d");
    if (c === null || !this.map) return;
    c.imageSmoothingEnabled = true;
    c.drawImage(this.ground, 0, 0, w, h);
    for (const [x, y] of this.map.lowest) {
      const [px, py] = this.at(x, y);
      c.strokeStyle = ink.ink;
      c.lineWidth = 1.5 * scale;
      c.strokeRect(px - 4 * scale, py - 4 * scale, 8 * scale, 8 * scale);
    }
    /** @type {number[][]} */ const named = [];
    for (const [name, trail] of Object.entries(this.trails)) {
      const n = Math.max(1, Math.round((trail.path.length / 2) * this.shown));
      c.strokeStyle = c.fillStyle = HUES[/** @type {"SGD"} */ (name)];
      c.lineWidth = 2 * scale;
      c.beginPath();
      for (let i = 0; i < n; i++) {
        const [px, py] = this.at(trail.path[2 * i], trail.path[2 * i + 1]);
        if (i === 0) c.moveTo(px, py);
        else c.lineTo(px, py);
      }
      c.stroke();
      const [ex, ey] = this.at(trail.path[2 * n - 2], trail.path[2 * n - 1]);
      c.beginPath();
      c.arc(ex, ey, 4.5 * scale, 0, 7);
      c.fill();
      c.font = `${11 * scale}px system-ui`;
      if (named.some(([x, y]) => Math.abs(x - ex) < 60 * scale && Math.abs(y - ey) < 12 * scale)) continue; // it would hide another
      named.push([ex, ey]);
      c.fillText(name, ex + 7 * scale, ey + 4 * scale);
    }
    const [sx, sy] = this.at(this.start[0], this.start[1]);
    c.strokeStyle = ink.ink;
    c.lineWidth = 2.5 * scale;
    c.beginPath();
    c.moveTo(sx - 8 * scale, sy); c.lineTo(sx + 8 * scale, sy);
    c.moveTo(sx, sy - 8 * scale); c.lineTo(sx, sy + 8 * scale);
    c.stroke();
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (!this.map) return;
    const box = this.canvas.getBoundingClientRect(), [a, b, c, d] = this.map.window;
    const share = (/** @type {number} */ v) => Math.max(0, Math.min(1, v));
    this.move(a + share((event.clientX - box.left) / box.width) * (b - a), d - share((event.clientY - box.top) / box.height) * (d - c));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!move || !this.map) return;
    event.preventDefault();
    const [a, b, c, d] = this.map.window, by = event.shiftKey ? 200 : 40;
    this.move(Math.max(a, Math.min(b, this.start[0] + (move[0] * (b - a)) / by)), Math.max(c, Math.min(d, this.start[1] + (move[1] * (d - c)) / by)));
  }

  /** @param {number} x @param {number} y */
  move(x, y) {
    this.start = [Math.round(x * 1000) / 1000, Math.round(y * 1000) / 1000];
    this.shown = 1;
    this.draw();
    this.ask();
  }

  /** Show the trails as they grow. */
  play() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const began = performance.now();
    const frame = (/** @type {number} */ now) => {
      this.shown = Math.min(1, (now - began) / 3000);
      this.draw();
      if (this.shown < 1) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }
}

/** @param {string} colour @returns {number[]} */
function numbers(colour) {
  return (colour.match(/\d+/g) ?? []).map(Number);
}
