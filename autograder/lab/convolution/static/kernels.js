// @ts-check
/** A kernel over a picture: the editor, the picture, and the window that makes one entry. */
import { at, badge, make } from "../web/dom.js";
import { base64, colour, grey, pixel, signed } from "../lab/paint.js";
import { floats } from "../lab/socket.js";
import { covered, places, products } from "./arithmetic.js";
import { say } from "../web/words.js";

const SIDE = 64;

/** @type {Record<string, (y: number, x: number) => number>} grey values from 0 to 1 */
const PICTURES = {
  house: (y, x) => {
    const roof = y >= 12 && y < 30 && Math.abs(x - 32) <= (y - 12) * 1.2;
    const wall = y >= 30 && y < 56 && x >= 14 && x < 50;
    const door = y >= 40 && y < 56 && x >= 28 && x < 36;
    const window = y >= 35 && y < 43 && ((x >= 18 && x < 25) || (x >= 40 && x < 47));
    const sun = (y - 10) ** 2 + (x - 54) ** 2 < 36;
    return door ? 0.15 : window || sun ? 1 : roof ? 0.35 : wall ? 0.75 : 0.55;
  },
  bars: (_, x) => (Math.floor(x / 8) % 2 ? 0.9 : 0.1),
  stripes: (y) => (Math.floor(y / 8) % 2 ? 0.9 : 0.1),
  checks: (y, x) => ((Math.floor(y / 8) + Math.floor(x / 8)) % 2 ? 0.9 : 0.1),
  rings: (y, x) => 0.5 + 0.45 * Math.cos(Math.hypot(y - 31.5, x - 31.5) / 2.2),
  slope: (_, x) => x / 63,
  point: (y, x) => (y === 32 && x === 32 ? 1 : 0),
};

/** @type {Record<string, number[]>} */
const PRESETS = {
  "as it is": [0, 0, 0, 0, 1, 0, 0, 0, 0],
  mean: Array(9).fill(1 / 9),
  "blur (Gauss)": [1, 2, 1, 2, 4, 2, 1, 2, 1].map((w) => w / 16),
  "left to right (Sobel)": [-1, 0, 1, -2, 0, 2, -1, 0, 1],
  "top to bottom (Sobel)": [-1, -2, -1, 0, 0, 0, 1, 2, 1],
  Laplace: [0, 1, 0, 1, -4, 1, 0, 1, 0],
  relief: [-2, -1, 0, -1, 1, 1, 0, 1, 2],
};

/** What pictures and kernels are called.
 * @type {Record<string, string>} */
const NAMES = {
  house: say("house"), bars: say("bars"), stripes: say("stripes"), checks: say("checkerboard"), rings: say("rings"), slope: say("slope"), point: say("point"),
  "as it is": say("as it is"), mean: say("mean"), "blur (Gauss)": say("blur (Gauss)"), "left to right (Sobel)": say("left to right (Sobel)"),
  "top to bottom (Sobel)": say("top to bottom (Sobel)"), Laplace: "Laplace", relief: say("relief"),
};

/** @param {(message: any) => boolean} send @param {(settings: any, height: number, width: number) => void} seen */
export function kernels(send, seen) {
  let image = new Uint8Array(SIDE * SIDE);
  let kernel = PRESETS["as it is"];
  let size = 3;
  let serial = 0;
  /** @type {{height: number, width: number, values: Float32Array} | null} */
  let out = null;
  let place = [20, 20]; // of the output's entry that is looked at
  let drawing = false;

  const number = (/** @type {string} */ id) => Number(at(id).value);
  const settings = () => ({
    size, kernel, stride: number("stride"), padding: number("padding"), dilation: number("dilation"),
    flipped: at("flipped").checked, pooling: at("pooling").value, pool: Math.min(8, Math.max(1, number("pool") || 1)),
  });

  function ask() {
    const s = settings();
    for (const id of ["stride", "padding", "dilation"]) at(id).nextElementSibling.textContent = at(id).value;
    const [h, w] = [places(SIDE, s), places(SIDE, s)];
    at("sizes").textContent =
      `⌊(${SIDE} + 2·${s.padding} − ${s.dilation}·(${size} − 1) − 1) / ${s.stride}⌋ + 1 = ${h}: ` +
      say("{h} × {w} outputs, each sees {n} × {n} pixels", { h, w, n: covered(s) });
    send({ type: "kernel", serial: ++serial, image: base64(image), height: SIDE, width: SIDE, owner: at("by").value, ...s });
    share(s);
    const own = !Object.values(PRESETS).some((ready) => ready.length === kernel.length && ready.every((w, k) => Math.abs(w - kernel[k]) < 1e-6));
    seen({ ...s, own }, SIDE, SIDE);
  }

  function share(/** @type {any} */ s) {
    const { kernel: k, ...rest } = s;
    const text = new URLSearchParams({ ...rest, kernel: k.map((/** @type {number} */ w) => +w.toFixed(6)).join(","), picture: at("picture").value });
    history.replaceState(null, "", `#k?${text}`);
  }

  /** Take the settings that stand in the address. */
  function recall() {
    if (!location.hash.startsWith("#k?")) return;
    const given = new URLSearchParams(location.hash.slice(3));
    const weights = (given.get("kernel") ?? "").split(",").map(Number);
    const side = Number(given.get("size"));
    if (side >= 1 && side <= 7 && weights.length === side * side && weights.every(Number.isFinite)) [size, kernel] = [side, weights];
    for (const id of ["stride", "padding", "dilation", "pool", "pooling"]) if (given.has(id)) at(id).value = given.get(id);
    at("flipped").checked = given.get("flipped") === "true";
    if ((given.get("picture") ?? "") in PICTURES) at("picture").value = given.get("picture");
  }

  // -- the picture ----------------------------------------------------------------------------

  function take(/** @type {(y: number, x: number) => number} */ from) {
    image = Uint8Array.from({ length: SIDE * SIDE }, (_, k) => Math.round(255 * from(Math.floor(k / SIDE), k % SIDE)));
    show();
    ask();
  }

  function show() {
    grey(at("input"), image, SIDE, SIDE);
    look();
  }

  async function load(/** @type {File} */ file) {
    const picture = await createImageBitmap(file);
    const small = make("canvas", { width: String(SIDE), height: String(SIDE) });
    const context = small.getContext("2d", { willReadFrequently: true });
    const side = Math.min(picture.width, picture.height);
    context.drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, SIDE, SIDE);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    take((y, x) => {
      const k = 4 * (y * SIDE + x);
      return (0.299 * data[k] + 0.587 * data[k + 1] + 0.114 * data[k + 2]) / 255;
    });
  }

  /** @type {[number, number] | null} where the keyboard's pen is */
  let pen = null;

  function keys(/** @type {KeyboardEvent} */ event) {
    const step = /** @type {Record<string, number[]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] })[event.key];
    const within = (/** @type {number} */ place) => Math.max(0, Math.min(SIDE - 1, place));
    if (!step && event.key !== " ") return;
    event.preventDefault();
    const [y, x] = pen ?? [SIDE / 2, SIDE / 2];
    pen = step ? [within(y + step[0]), within(x + step[1])] : [y, x];
    if (event.key === " ") ink(pen);
    else look();
  }

  function draw(/** @type {PointerEvent} */ event) {
    const spot = pixel(at("input"), event);
    if (spot) ink(spot);
  }

  function ink(/** @type {[number, number]} */ spot) {
    for (const [dy, dx] of [[0, 0], [0, 1], [1, 0], [1, 1]]) {
      const [y, x] = [spot[0] + dy, spot[1] + dx];
      if (y < SIDE && x < SIDE) image[y * SIDE + x] = 255;
    }
    show();
    ask();
  }

  // -- the kernel -----------------------------------------------------------------------------

  function cells() {
    at("size").value = String(size);
    at("kernel").style.gridTemplateColumns = `repeat(${size}, max-content)`;
    at("kernel").replaceChildren(
      ...kernel.map((weight, k) => {
        const cell = make("input", { type: "number", step: "0.1", "aria-label": say("row {row}, column {column}", { row: Math.floor(k / size) + 1, column: (k % size) + 1 }) });
        cell.value = String(+weight.toFixed(3));
        const shade = `rgb(${colour(weight / Math.max(...kernel.map(Math.abs), 1e-9)).join(" ")})`;
        cell.style.borderBottom = `4px solid ${weight ? shade : "var(--line)"}`;
        cell.addEventListener("input", () => {
          const value = Math.max(-1e6, Math.min(1e6, Number(cell.value)));
          kernel = kernel.map((old, n) => (n === k && Number.isFinite(value) ? value : old));
          ask();
        });
        return cell;
      }),
    );
  }

  function resize(/** @type {number} */ to) {
    const old = kernel;
    const shift = Math.floor((to - size) / 2);
    kernel = Array.from({ length: to * to }, (_, k) => {
      const [u, v] = [Math.floor(k / to) - shift, (k % to) - shift];
      return u >= 0 && u < size && v >= 0 && v < size ? old[u * size + v] : 0;
    });
    size = to;
    cells();
    ask();
  }

  // -- the output, and the window that makes one entry -----------------------------------------

  function mapped(/** @type {any} */ message) {
    if (message.serial !== serial) return;
    const { height, width } = message.map;
    const values = floats(message.map.values);
    out = { height, width, values };
    signed(at("output"), values, height, width);
    let [low, high] = [Infinity, -Infinity];
    for (const v of values) [low, high] = [Math.min(low, v), Math.max(high, v)];
    at("range").textContent = say("{shape}, from {low} to {high}", { shape: `${height} × ${width}`, low: low.toFixed(2), high: high.toFixed(2) });
    at("owner-conv2d").replaceChildren(badge(message.owner));
    at("kernel-problem").textContent = [message.problem, message.pool_problem].filter(Boolean).join(" · ");
    at("pooled-figure").hidden = message.pooled === null;
    if (message.pooled !== null) {
      signed(at("pooled"), floats(message.pooled.values), message.pooled.height, message.pooled.width);
      at("owner-pool").replaceChildren(badge(message.pool_owner));
    }
    look();
  }

  function look() {
    if (out === null) return;
    const s = settings();
    const [i, j] = [Math.min(place[0], out.height - 1), Math.min(place[1], out.width - 1)];
    const rows = products(image.map((v) => v), SIDE, SIDE, s, i, j).map((one) => ({ ...one, pixel: one.pixel / 255, product: one.product / 255 }));
    const table = make("table", { "aria-label": say("pixel times weight") });
    for (let u = 0; u < size; u++) {
      table.append(make("tr", {}, ...rows.slice(u * size, (u + 1) * size).map((one) =>
        make("td", one.inside ? {} : { class: "out", title: say("padding") }, `${one.pixel.toFixed(2)} · ${+one.weight.toFixed(3)}`))));
    }
    const sum = rows.reduce((total, one) => total + one.product, 0);
    const given = out.values[i * out.width + j];
    const agree = Math.abs(sum - given) < 1e-3 * Math.max(1, Math.abs(sum));
    at("window").replaceChildren(
      table,
      make("p", {}, `${say("output [{i}, {j}]: the products sum to {sum}; conv2d gives", { i, j, sum: sum.toFixed(4) })} `,
        make("b", { class: agree ? "good" : "bad" }, given.toFixed(4)), agree ? "" : `, ${say("which differs")}`),
    );
    outline(rows, i, j);
  }

  function outline(/** @type {any[]} */ rows, /** @type {number} */ i, /** @type {number} */ j) {
    grey(at("input"), image, SIDE, SIDE);
    const context = at("input").getContext("2d");
    for (const one of rows) {
      if (!one.inside) continue;
      const [r, g, b] = colour(one.weight === 0 ? 0 : one.weight > 0 ? 1 : -1);
      context.fillStyle = `rgb(${r} ${g} ${b} / .65)`;
      context.fillRect(one.x, one.y, 1, 1);
    }
    if (pen !== null && document.activeElement === at("input")) {
      context.fillStyle = "#d0b000";
      context.fillRect(pen[1], pen[0], 1, 1);
    }
    if (out === null) return;
    signed(at("output"), out.values, out.height, out.width);
    const mark = at("output").getContext("2d");
    mark.fillStyle = "#d0b000";
    mark.fillRect(j, i, 1, 1);
  }

  at("output").addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    const spot = pixel(at("output"), event);
    if (spot) [place] = [spot], look();
  });
  at("output").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const step = /** @type {Record<string, number[]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] })[event.key];
    if (!step || out === null) return;
    event.preventDefault();
    place = [Math.max(0, Math.min(out.height - 1, place[0] + step[0])), Math.max(0, Math.min(out.width - 1, place[1] + step[1]))];
    look();
  });

  at("picture").append(...Object.keys(PICTURES).map((name) => make("option", { value: name }, NAMES[name])));
  at("preset").append(make("option", { value: "" }, say("choose …")), ...Object.keys(PRESETS).map((name) => make("option", { value: name }, NAMES[name])));
  at("size").append(...[1, 2, 3, 4, 5, 6, 7].map((n) => make("option", { value: String(n) }, `${n} × ${n}`)));
  recall();
  cells();
  at("picture").addEventListener("change", () => take(PICTURES[at("picture").value]));
  at("preset").addEventListener("change", () => {
    if (!at("preset").value) return;
    [size, kernel] = [3, PRESETS[at("preset").value]];
    cells();
    ask();
  });
  at("size").addEventListener("change", () => resize(number("size")));
  for (const id of ["stride", "padding", "dilation", "flipped", "pooling", "pool", "by"]) at(id).addEventListener("input", ask);
  at("file").addEventListener("change", () => at("file").files[0] && load(at("file").files[0]));
  at("wipe").addEventListener("click", () => take(() => 0));
  at("input").addEventListener("keydown", keys);
  at("input").addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => ((drawing = true), draw(event)));
  at("input").addEventListener("pointermove", (/** @type {PointerEvent} */ event) => drawing && draw(event));
  addEventListener("pointerup", () => (drawing = false));
  take(PICTURES[at("picture").value]);
  return { ask, mapped };
}
