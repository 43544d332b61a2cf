// @ts-check
/** A digit that a network reads: drawing, probabilities, layers, training, mistakes. */
import { at, badge, make } from "../web/dom.js";
import { base64, grey, pixel, signed } from "../lab/paint.js";
import { bytes, floats } from "../lab/socket.js";
import { centred, moved } from "./arithmetic.js";
import { curve } from "./curve.js";
import { changed, ink } from "./missions.js";
import { say } from "../web/words.js";

const SIDE = 28;

/** @param {(message: any) => boolean} send @param {(seen: any) => void} recognise */
export function digits(send, recognise) {
  let pixels = new Uint8Array(SIDE * SIDE);
  let serial = 0;
  let erasing = false;
  let drawing = false;
  let nth = 0;
  let cursor = [14, 14];
  /** @type {{layer: string, channel: number, y: number, x: number} | null} */
  let chosen = null;
  /** @type {any} the digit of the data that was taken, as it was */
  let start = null;
  /** @type {any} a drawing that was read right and then, moved, wrong */
  let missed = null;
  /** @type {any} what was read last */
  let last = null;
  let [augmented, trainer] = [false, ""];

  const sees = () => (at("centring").checked ? centred(pixels, SIDE) : pixels);
  const whose = () => ({ owner: at("model").value, parts: at("parts").value });

  function ask() {
    grey(at("draw"), pixels, SIDE, SIDE, true);
    grey(at("seen"), sees(), SIDE, SIDE, true);
    at("inked").textContent = start === null ? say("{n} pixels of ink", { n: ink(sees()) }) : say("{n} pixels of ink, {changed} changed", { n: ink(sees()), changed: changed(pixels, start.pixels) });
    const target = Number(at("target").value);
    send({ type: "digit", serial: ++serial, pixels: base64(sees()), target, occlusion: at("occlusion").checked, cam: at("cam").checked, ...whose() });
    if (chosen) askUnit();
  }

  function askUnit() {
    if (chosen) send({ type: "unit", serial, pixels: base64(sees()), owner: at("model").value, ...chosen });
  }

  // -- drawing --------------------------------------------------------------------------------

  /** Lay a soft round pen on a place.
   * @param {number} y @param {number} x */
  function touch(y, x) {
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) {
        const [py, px] = [Math.round(y) + dy, Math.round(x) + dx];
        if (py < 0 || py >= SIDE || px < 0 || px >= SIDE) continue;
        const dark = Math.max(0, Math.min(1, 1.9 - Math.hypot(py - y, px - x))) * 255;
        const old = pixels[py * SIDE + px];
        pixels[py * SIDE + px] = erasing ? Math.max(0, old - dark) : Math.max(old, dark);
      }
    }
  }

  /** @type {[number, number] | null} */
  let before = null;
  function draw(/** @type {PointerEvent} */ event) {
    const spot = pixel(at("draw"), event);
    if (!spot) return;
    const from = before ?? spot;
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(spot[0] - from[0], spot[1] - from[1])));
    for (let k = 1; k <= steps; k++) touch(from[0] + ((spot[0] - from[0]) * k) / steps, from[1] + ((spot[1] - from[1]) * k) / steps);
    before = spot;
    ask();
  }

  function move(/** @type {number} */ dy, /** @type {number} */ dx) {
    pixels = moved(pixels, SIDE, (y, x) => [y - dy, x - dx]);
    ask();
  }

  function keys(/** @type {KeyboardEvent} */ event) {
    const step = /** @type {Record<string, number[]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] })[event.key];
    if (step && event.shiftKey) move(step[0], step[1]);
    else if (step) {
      cursor = [Math.max(0, Math.min(SIDE - 1, cursor[0] + step[0])), Math.max(0, Math.min(SIDE - 1, cursor[1] + step[1]))];
      grey(at("draw"), pixels, SIDE, SIDE, true);
      const context = at("draw").getContext("2d");
      context.fillStyle = "#1f5fa8";
      context.fillRect(cursor[1], cursor[0], 1, 1);
    } else if (event.key === " ") {
      touch(cursor[0], cursor[1]);
      ask();
    } else return;
    event.preventDefault();
  }

  // -- what the network says --------------------------------------------------------------------

  function read(/** @type {any} */ message) {
    if (message.serial !== serial) return;
    const p = message.probabilities;
    const said = p.indexOf(Math.max(...p));
    at("owner-model").replaceChildren(badge(message.owner));
    at("digit-problem").textContent = [message.problem, ...message.heats.map((/** @type {any} */ h) => h.problem)].filter(Boolean).join(" · ");
    at("probabilities").replaceChildren(
      ...p.map((/** @type {number} */ share, /** @type {number} */ digit) => {
        const bar = make("span");
        bar.style.width = `${100 * share}%`;
        return make("li", digit === said ? { class: "first" } : {}, make("span", {}, String(digit)),
          make("span", { class: "track" }, bar), make("span", {}, `${(100 * share).toFixed(1)} %`));
      }),
    );
    layers(message.layers);
    heats(message.heats, message.target);
    const isStart = start !== null && last !== null && last.said === start.digit && said !== start.digit;
    if (isStart && !at("centring").checked && !augmented && ink(pixels) > 0.8 * ink(start.pixels)) {
      missed = { digit: start.digit, pixels: pixels.slice() };
    }
    last = { said, sure: p[said] };
    recognise(seen());
  }

  const seen = () => ({
    pixels, seen: sees(), start, missed, augmented, centred: at("centring").checked, said: -1, sure: 0, judged: "", accuracy: 0, trainer, ...last,
  });

  /** @type {string} the layers that the canvases below stand for: they stay, and with them the keyboard's place */
  let built = "";

  function layers(/** @type {any[]} */ found) {
    if (chosen && !found.some((layer) => layer.name === chosen?.layer)) (chosen = null), (at("unit").hidden = true);
    const kept = JSON.stringify(found.map((layer) => [layer.name, layer.height, layer.width, bytes(layer.maps).length]));
    if (kept !== built) at("layers").replaceChildren(...found.map(row));
    built = kept;
    found.forEach((layer, k) => {
      const [line, values, size] = [at("layers").children[k], bytes(layer.maps), layer.height * layer.width];
      line.querySelector("small").textContent =
        say("{shape}, from {low} to {high}", { shape: `${layer.channels} × ${layer.height} × ${layer.width}`, low: layer.low.toFixed(1), high: layer.high.toFixed(1) });
      line.querySelectorAll("canvas").forEach((/** @type {HTMLCanvasElement} */ canvas, /** @type {number} */ channel) =>
        grey(canvas, values.subarray(channel * size, (channel + 1) * size), layer.height, layer.width));
    });
  }

  function row(/** @type {any} */ layer) {
    const made = make("div", { class: "layer", role: "group", "aria-label": layer.name }, make("b", {}, layer.name, make("small")));
    const count = Math.floor(bytes(layer.maps).length / (layer.height * layer.width));
    for (let channel = 0; channel < count; channel++) {
      const canvas = make("canvas", { class: "pixels", role: "button", tabindex: channel === 0 ? "0" : "-1", "aria-label": say("{layer}, channel {channel}", { layer: layer.name, channel }) });
      const choose = (/** @type {number} */ y, /** @type {number} */ x) => {
        chosen = { layer: layer.name, channel, y, x };
        for (const other of at("layers").querySelectorAll("canvas")) other.classList.toggle("chosen", other === canvas);
        askUnit();
      };
      canvas.addEventListener("click", (/** @type {MouseEvent} */ event) => {
        const spot = pixel(canvas, event);
        if (spot) choose(spot[0], spot[1]);
      });
      canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
        const step = /** @type {Record<string, number[]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] })[event.key];
        const here = chosen && chosen.layer === layer.name && chosen.channel === channel ? chosen : { y: Math.floor(layer.height / 2), x: Math.floor(layer.width / 2) };
        const within = (/** @type {number} */ at, /** @type {number} */ size) => Math.max(0, Math.min(size - 1, at));
        if (event.key === "Enter" || event.key === " ") choose(here.y, here.x);
        else if (step && event.shiftKey) choose(within(here.y + step[0], layer.height), within(here.x + step[1], layer.width));
        else if (step) {
          const all = [...made.querySelectorAll("canvas")], next = all[within(channel + step[0] + step[1], all.length)];
          for (const other of all) other.tabIndex = other === next ? 0 : -1; // one stop of the tab key a layer
          next.focus();
        } else return;
        event.preventDefault();
      });
      made.append(canvas);
    }
    return made;
  }

  function unit(/** @type {any} */ message) {
    if (!chosen) return;
    at("unit").hidden = false;
    const [top, left, bottom, right] = message.box;
    const [high, wide] = [Math.max(1, bottom - top), Math.max(1, right - left)];
    const slope = floats(message.slope.values);
    const inside = Float32Array.from({ length: high * wide }, (_, k) => slope[(top + Math.floor(k / wide)) * SIDE + left + (k % wide)] ?? 0);
    signed(at("slope"), inside, high, wide);
    grey(at("field"), sees(), SIDE, SIDE, true);
    const context = at("field").getContext("2d");
    context.fillStyle = "rgb(18 84 160 / .3)";
    context.fillRect(left, top, wide, high);
    at("unit-words").textContent =
      say("{layer}, channel {channel}, place [{y}, {x}] is {value}. It sees rows {top} to {bottom} and columns {left} to {right} of the drawing (left). Beside it these pixels alone: more ink on blue ones raises it, on orange ones lowers it.",
        { ...chosen, value: message.value.toFixed(3), top, bottom: bottom - 1, left, right: right - 1 });
  }

  const named = (/** @type {any} */ heat) => (heat.name === "occlusion" ? say("occlusion") : heat.name);

  function heats(/** @type {any[]} */ found, /** @type {number} */ target) {
    at("heats").replaceChildren(
      ...found.map((heat) => {
        const canvas = make("canvas", { class: "big pixels", role: "img", "aria-label": say("{name} for {target}", { name: named(heat), target }) });
        signed(canvas, floats(heat.map.values), heat.map.height, heat.map.width);
        const words = heat.name === "occlusion" ? say("how much a patch there is worth to {target}", { target }) : say("what speaks for {target}", { target });
        return make("figure", {}, make("figcaption", {}, named(heat), badge(heat.owner)), canvas, make("div", { class: "quiet" }, words));
      }),
    );
  }

  // -- training and judging ---------------------------------------------------------------------

  function training(/** @type {any} */ message) {
    at("curve").toggleAttribute("hidden", false);
    curve(at("curve"), message.curve);
    const [steps, , , loss, right] = message.curve[message.curve.length - 1];
    const end = message.stopped ? say("stopped") : message.done ? say("done") : say("training");
    at("training-words").textContent = say("{end}: step {steps}, held-out loss {loss}, accuracy {share} %", { end, steps, loss: loss.toFixed(3), share: (100 * right).toFixed(1) });
    at("stop").disabled = message.done;
    at("train").disabled = !message.done;
    if (message.owner) trainer = message.owner;
  }

  function judged(/** @type {any} */ message) {
    const table = make("table", { class: "confusion", "aria-label": say("confusion matrix: rows are true, columns are read") });
    table.append(make("tr", {}, make("th", {}, ""), ...[...Array(10).keys()].map((k) => make("th", { scope: "col" }, String(k)))));
    const most = Math.max(...message.confusion.flat());
    message.confusion.forEach((/** @type {number[]} */ row, /** @type {number} */ digit) => {
      table.append(make("tr", {}, make("th", { scope: "row" }, String(digit)), ...row.map((count, k) => {
        const cell = make("td", {}, count ? String(count) : "·");
        if (count) cell.style.background = k === digit ? `rgb(31 95 168 / ${(0.35 * count) / most})` : `rgb(194 95 16 / ${Math.min(0.6, 0.2 + (2 * count) / most)})`;
        return cell;
      })));
    });
    const hard = make("div", { class: "hard" }, ...message.hardest.map((/** @type {any} */ one) => {
      const canvas = make("canvas", { class: "pixels", role: "button", tabindex: "0", "aria-label": say("a {label}, read as {said}", one) });
      grey(canvas, bytes(one.pixels), SIDE, SIDE, true);
      const take = () => sampled({ digit: one.label, pixels: one.pixels });
      canvas.addEventListener("click", take);
      canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), take()));
      return make("figure", {}, canvas, say("{label}, read {said} ({share} %)", { ...one, share: (100 * one.sure).toFixed(0) }));
    }));
    const owners = make("p", { class: "quiet" }, ...message.owners.flatMap((/** @type {[string, string]} */ [name, owner]) => [`${name} `, badge(owner), " "]));
    at("judged").replaceChildren(
      make("p", {}, badge(message.owner), make("b", {}, ` ${(100 * message.accuracy).toFixed(1)} %`), ` ${say("of {n} held-out digits are read right.", { n: message.count })}`),
      owners, ...message.problems.map((/** @type {string} */ problem) => make("p", { class: "odd" }, problem)),
      make("b", {}, say("rows: what it is; columns: what is read")), make("div", { class: "scroll" }, table),
      make("b", {}, say("the most mistaken (click one to draw on it)")), hard,
    );
    recognise({ ...seen(), judged: message.owner, accuracy: message.accuracy });
  }

  function sampled(/** @type {any} */ message) {
    pixels = bytes(message.pixels);
    start = { digit: message.digit, pixels: pixels.slice() };
    at("centring").checked = false; // the data are as they are
    ask();
  }

  // -- the page's controls ------------------------------------------------------------------------

  at("digit").append(...[...Array(10).keys()].map((k) => make("option", { value: String(k) }, String(k))));
  at("digit").value = "7";
  at("target").append(make("option", { value: "-1" }, say("what it reads")), ...[...Array(10).keys()].map((k) => make("option", { value: String(k) }, String(k))));
  at("draw").addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => ((drawing = true), (before = null), draw(event)));
  at("draw").addEventListener("pointermove", (/** @type {PointerEvent} */ event) => drawing && draw(event));
  addEventListener("pointerup", () => (drawing = false));
  at("draw").addEventListener("keydown", keys);
  for (const [id, erase] of /** @type {[string, boolean][]} */ ([["pen", false], ["eraser", true]])) {
    at(id).addEventListener("click", () => {
      erasing = erase;
      at("pen").setAttribute("aria-pressed", String(!erase));
      at("eraser").setAttribute("aria-pressed", String(erase));
    });
  }
  at("clear").addEventListener("click", () => ((pixels = new Uint8Array(SIDE * SIDE)), (start = null), ask()));
  at("sample").addEventListener("click", () => send({ type: "sample", digit: Number(at("digit").value), nth: nth++ }));
  for (const button of document.querySelectorAll("[data-move]")) {
    const [dy, dx] = String(/** @type {HTMLElement} */ (button).dataset.move).split(",").map(Number);
    button.addEventListener("click", () => move(dy, dx));
  }
  for (const id of ["centring", "occlusion", "cam", "target", "model", "parts"]) at(id).addEventListener("input", ask);
  at("train").addEventListener("click", () => {
    augmented = at("augmented").checked;
    at("train").disabled = true;
    at("stop").disabled = false;
    at("training-words").textContent = say("training begins: the digits are loaded");
    send({ type: "train", augmented, seed: Math.max(0, Math.min(1e6, Number(at("seed").value) || 0)), ...whose() });
  });
  at("stop").addEventListener("click", () => send({ type: "stop" }));
  at("judge").addEventListener("click", () => send({ type: "judge", ...whose() }));
  at("load").addEventListener("click", () => send({ type: "load", name: at("files").value }));

  return {
    ask, read, unit, training, judged, sampled,
    files(/** @type {string[]} */ names) {
      at("files").replaceChildren(...names.map((name) => make("option", {}, name)));
      at("files-label").hidden = at("load").hidden = names.length === 0;
    },
    parts(/** @type {any} */ message) {
      at("train").disabled = false;
      at("stop").disabled = true;
      const own = message.parts.find((/** @type {any} */ part) => part.name === "DigitClassifier")?.owner === "yours";
      if (own && !message.trained) at("training-words").textContent = say("Your DigitClassifier is not trained yet: the course’s reads until you train it here.");
    },
  };
}
