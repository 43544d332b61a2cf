// @ts-check
/** The network: a column for the features and for each hidden layer, a map for each neuron, a line for each weight. */
import { given, FEATURE } from "./given.js";
import { figure, make } from "./dom.js";
import { ink, onColours } from "./colours.js";
import { paint } from "./maps.js";
import { say } from "../web/words.js";

const SHOWN = 16; // neurons of a layer that are drawn
const SVG = "http://www.w3.org/2000/svg";

export class Network {
  /** @param {HTMLElement} host
   * @param {{change: (part: Record<string, any>) => void, look: (map: Int8Array | null, name: string) => void}} page */
  constructor(host, page) {
    this.page = page;
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("aria-hidden", "true");
    this.columns = make("div", { className: "columns" });
    this.tip = make("div", { className: "tip", hidden: true });
    host.append(this.svg, this.columns, this.tip);
    this.host = host;
    /** @type {HTMLElement[][]} */ this.nodes = [];
    /** @type {SVGLineElement[][]} */ this.lines = [];
    /** @type {Float32Array[]} */ this.weights = [];
    /** @type {Float32Array[]} */ this.biases = [];
    /** @type {Int8Array[]} */ this.maps = [];
    /** @type {Int8Array | null} */ this.plane = null;
    new ResizeObserver(() => this.place()).observe(host);
    onColours(() => this.repaint());
  }

  /** Draw the columns of a state.
   * @param {any} state @param {Record<string, any>} parts */
  build(state, parts) {
    this.state = state;
    this.parts = parts;
    const focus = /** @type {HTMLElement | null} */ (document.activeElement?.closest?.("[data-key]"))?.dataset.key;
    this.columns.replaceChildren(this.features(), ...state.hidden.map((/** @type {number} */ _, /** @type {number} */ i) => this.layer(i)), this.end());
    if (focus) this.columns.querySelector(`[data-key="${focus}"]`)?.focus();
    this.nodes = [...this.columns.querySelectorAll(".column")].map((column) => [...column.querySelectorAll(".node")]);
    this.lines = [];
    this.svg.replaceChildren();
    for (let l = 0; l + 1 < this.nodes.length; l++) {
      const rows = [];
      for (let to = 0; to < this.nodes[l + 1].length; to++)
        for (let from = 0; from < this.nodes[l].length; from++) {
          const line = document.createElementNS(SVG, "line");
          line.addEventListener("pointerenter", (e) => this.tell(e, l, to, from));
          line.addEventListener("pointerleave", () => (this.tip.hidden = true));
          this.svg.append(line);
          rows.push(line);
        }
      this.lines.push(rows);
    }
    this.place();
  }

  features() {
    const s = this.state;
    const column = make("div", { className: "column inputs" }, make("div", { className: "head" }, make("b", {}, say("features"))));
    for (const name of s.features) column.append(this.node(say("feature {name}", { name: FEATURE[/** @type {"x"} */ (name)] }), FEATURE[/** @type {"x"} */ (name)]));
    const more = make("details", { className: "more", open: this.open ?? false, ontoggle: (/** @type {any} */ e) => (this.open = e.target.open) }, make("summary", { "data-key": "features" }, say("choose")));
    const list = make("div", { className: "list" });
    more.append(list);
    for (const name of given.features) {
      const on = s.features.includes(name);
      const tick = make("input", { type: "checkbox", checked: on, "data-key": `f-${name}`, onchange: () => {
        const features = given.features.filter((/** @type {string} */ f) => (f === name ? !on : s.features.includes(f)));
        if (features.length === 0) tick.checked = true;
        else this.page.change({ features });
      } });
      const factor = make("input", { type: "number", step: "any", value: s.scale[name] ?? 1, className: "factor", "aria-label": say("factor of {name}", { name: FEATURE[/** @type {"x"} */ (name)] }), "data-key": `s-${name}`, onchange: () => {
        const scale = { ...s.scale, [name]: Number(factor.value) || 1 };
        if (scale[name] === 1) delete scale[name];
        this.page.change({ scale });
      } });
      list.append(make("label", {}, tick, ` ${FEATURE[/** @type {"x"} */ (name)]}`), make("span", {}, "× ", factor));
    }
    column.append(more);
    return column;
  }

  /** @param {number} i */
  layer(i) {
    const s = this.state, width = s.hidden[i];
    const set = (/** @type {number} */ w) => this.page.change({ hidden: s.hidden.map((/** @type {number} */ h, /** @type {number} */ k) => (k === i ? Math.max(1, Math.min(64, w)) : h)) });
    const act = make("select", { "aria-label": say("activation of layer {n}", { n: i + 1 }), "data-key": `a${i}`, onchange: () => this.page.change({ acts: s.acts.map((/** @type {string} */ a, /** @type {number} */ k) => (k === i ? act.value : a)) }) },
      ...given.acts.map((/** @type {string} */ a) => make("option", { value: a, selected: a === s.acts[i] }, a)));
    const note = this.parts?.[s.acts[i]];
    const column = make("div", { className: "column" },
      make("div", { className: "head" },
        make("span", { className: "width" },
          make("button", { className: "small", "data-key": `w-${i}`, "aria-label": say("one neuron less in layer {n}", { n: i + 1 }), disabled: width <= 1, onclick: () => set(width - 1) }, "−"),
          make("b", { title: "neurons" }, String(width)),
          make("button", { className: "small", "data-key": `w+${i}`, "aria-label": say("one neuron more in layer {n}", { n: i + 1 }), disabled: width >= 64, onclick: () => set(width + 1) }, "+")),
        act, note ? make("span", { className: `badge ${note.whose}` }, note.whose === "yours" ? say("yours") : say("the course’s")) : ""));
    for (let k = 0; k < Math.min(width, SHOWN); k++) column.append(this.node(say("neuron {k} of layer {n}", { k: k + 1, n: i + 1 }), ""));
    if (width > SHOWN) column.append(make("div", { className: "quiet" }, `+ ${width - SHOWN}`));
    return column;
  }

  end() {
    const s = this.state, depth = s.hidden.length;
    return make("div", { className: "column end" },
      make("div", { className: "head" },
        make("span", { className: "width" },
          make("button", { className: "small", "data-key": "l-", "aria-label": say("one layer less"), disabled: depth === 0, onclick: () => this.page.change({ hidden: s.hidden.slice(0, -1), acts: s.acts.slice(0, -1) }) }, "−"),
          make("b", { title: say("hidden layers") }, depth === 1 ? say("one layer") : say("{n} layers", { n: depth })),
          make("button", { className: "small", "data-key": "l+", "aria-label": say("one layer more"), disabled: depth >= 10, onclick: () => this.page.change({ hidden: [...s.hidden, s.hidden.at(-1) ?? 4], acts: [...s.acts, s.acts.at(-1) ?? "tanh"] }) }, "+"))),
      this.node(say("output"), say("out")));
  }

  /** @param {string} name @param {string} words */
  node(name, words) {
    const node = make("button", { className: "node", "data-key": name, "aria-label": name, title: name }, make("canvas", { width: 24, height: 24 }), words ? make("span", {}, words) : "");
    const show = () => this.page.look(/** @type {any} */ (node).map ?? null, name);
    const back = () => this.page.look(null, "");
    for (const event of ["pointerenter", "focus"]) node.addEventListener(event, show);
    for (const event of ["pointerleave", "blur"]) node.addEventListener(event, back);
    return node;
  }

  /** Set the lines' ends where the nodes are. */
  place() {
    const box = this.host.getBoundingClientRect();
    const [width, height] = [this.columns.scrollWidth, this.columns.offsetHeight];
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("width", String(width));
    this.svg.setAttribute("height", String(height));
    const middle = (/** @type {HTMLElement} */ n, /** @type {boolean} */ right) => {
      const b = n.getBoundingClientRect();
      return [(right ? b.right : b.left) - box.left + this.host.scrollLeft, (b.top + b.bottom) / 2 - box.top];
    };
    this.lines.forEach((rows, l) => {
      const from = this.nodes[l].map((n) => middle(n, true)), to = this.nodes[l + 1].map((n) => middle(n, false));
      rows.forEach((line, k) => {
        const a = from[k % from.length], b = to[Math.floor(k / from.length)];
        line.setAttribute("x1", String(a[0])); line.setAttribute("y1", String(a[1]));
        line.setAttribute("x2", String(b[0])); line.setAttribute("y2", String(b[1]));
      });
    });
  }

  /** @param {Int8Array[]} maps of the features */
  showFeatures(maps) {
    this.featureMaps = maps;
    maps.forEach((map, k) => this.fill(this.nodes[0][k], map));
  }

  /** @param {HTMLElement | undefined} node @param {Int8Array} map */
  fill(node, map) {
    if (node === undefined) return;
    /** @type {any} */ (node).map = map;
    paint(/** @type {HTMLCanvasElement} */ (node.firstElementChild), map);
  }

  /** @param {Int8Array[]} maps of all layers, neuron after neuron @param {Float32Array[]} weights @param {Float32Array[]} biases @param {Int8Array} plane */
  show(maps, weights, biases, plane) {
    [this.maps, this.weights, this.biases, this.plane] = [maps, weights, biases, plane];
    this.repaint();
  }

  repaint() {
    if (this.featureMaps) this.showFeatures(this.featureMaps);
    this.maps.forEach((map, l) => {
      const size = 24 * 24, nodes = this.nodes[l + 1] ?? [];
      nodes.forEach((node, k) => this.fill(node, map.subarray(k * size, (k + 1) * size)));
    });
    if (this.plane) this.fill(this.nodes.at(-1)?.[0], this.plane);
    this.weights.forEach((values, l) => {
      const lines = this.lines[l] ?? [], shown = this.nodes[l]?.length ?? 0;
      const all = l === 0 ? shown : this.state.hidden[l - 1];
      const top = Math.max(0.5, values.reduce((m, v) => Math.max(m, Math.abs(v)), 0));
      lines.forEach((line, k) => {
        const w = values[Math.floor(k / shown) * all + (k % shown)] ?? 0;
        line.setAttribute("stroke", w < 0 ? ink.minus : ink.plus);
        line.setAttribute("stroke-width", (0.3 + (5 * Math.abs(w)) / top).toFixed(2));
        line.setAttribute("stroke-dasharray", w < 0 ? "5 3" : "none");
      });
    });
  }

  /** @param {PointerEvent} event @param {number} l @param {number} to @param {number} from */
  tell(event, l, to, from) {
    const all = l === 0 ? this.nodes[0].length : this.state.hidden[l - 1];
    const box = this.host.getBoundingClientRect();
    this.tip.textContent = say("weight {weight}, bias {bias}", { weight: figure(this.weights[l]?.[to * all + from]), bias: figure(this.biases[l]?.[to]) });
    this.tip.style.left = `${event.clientX - box.left + this.host.scrollLeft + 10}px`;
    this.tip.style.top = `${event.clientY - box.top + 10}px`;
    this.tip.hidden = false;
  }
}
