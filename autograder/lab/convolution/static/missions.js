// @ts-check
/** How the page sees that a mission is done: pure functions, named as in missions.py. */
import { convolve, covered, places } from "./arithmetic.js";

const SIDE = 16;

/** @param {(y: number, x: number) => number} grey */
const picture = (grey) => Array.from({ length: SIDE * SIDE }, (_, k) => grey(Math.floor(k / SIDE), k % SIDE));
const UPRIGHT = picture((_, x) => (x < SIDE / 2 ? 0.2 : 0.9));
const LEVEL = picture((y) => (y < SIDE / 2 ? 0.2 : 0.9));
const PLAIN = picture(() => 0.5);

/** What a kernel alone makes of a picture: no padding, no stride.
 * @param {any} s @param {number[]} image */
function answers(s, image) {
  return convolve(image, SIDE, SIDE, { ...s, stride: 1, padding: 0, dilation: 1 }).flat();
}
const near = (/** @type {number} */ a, /** @type {number} */ b) => Math.abs(a - b) < 1e-4;
const all = (/** @type {number[]} */ values, /** @type {number} */ wanted) => values.every((v) => near(v, wanted));
/** Of a plain surface: with entries as the page shows them, rounded to three digits.
 * @param {any} s */
const keepsLight = (s) => answers(s, PLAIN).every((v) => Math.abs(v - 0.5) < 0.005);
const largest = (/** @type {number[]} */ values) => Math.max(...values.map(Math.abs));
const middle = (/** @type {any} */ s) => (s.size * s.size - 1) / 2;

/** Of the kernel: its settings (`own`: it is none of the ready-made ones), and the size of the picture.
 * @type {Record<string, (s: any, height: number, width: number) => boolean>} */
export const KERNEL = {
  vertical: (s) =>
    s.own && s.size === 3 && largest(answers(s, UPRIGHT)) > 0.1 && all(answers(s, LEVEL), 0) && all(answers(s, PLAIN), 0),
  blur: (s) =>
    s.own && s.size >= 3 && s.kernel.every((/** @type {number} */ w) => w >= 0) && s.kernel.filter((/** @type {number} */ w) => w > 0).length > 1 &&
    keepsLight(s),
  sharpen: (s) =>
    s.size >= 3 && s.size % 2 === 1 && keepsLight(s) && s.kernel[middle(s)] > 1.01 &&
    s.kernel.some((/** @type {number} */ w) => w < 0),
  shift: (s) => {
    /** @type {number[]} */
    const kernel = s.kernel;
    const place = kernel.findIndex((w) => near(w, 1));
    const alone = kernel.every((w, k) => k === place || near(w, 0));
    const half = (s.size - 1) / 2;
    const away = Math.max(Math.abs(Math.floor(place / s.size) - half), Math.abs((place % s.size) - half));
    if (s.size < 3 || s.size % 2 === 0 || place < 0 || !alone || away !== 1) return false;
    return s.stride === 1 && s.dilation === 1 && s.padding <= half && s.pooling === "none";
  },
  flip: (s) => {
    const turned = [...s.kernel].reverse();
    const same = s.kernel.every((/** @type {number} */ w, /** @type {number} */ k) => near(w, turned[k]));
    return s.own && s.flipped && s.size >= 3 && same && s.kernel.some((/** @type {number} */ w) => !near(w, s.kernel[0]));
  },
  same: (s, height, width) => s.size === 5 && s.stride === 1 && places(height, s) === height && places(width, s) === width,
  wide: (s) => s.size === 3 && covered(s) === 9,
  quarter: (s, height, width) =>
    s.stride === 2 && s.pooling !== "none" && s.pool === 2 &&
    Math.floor(places(height, s) / 2) === Math.floor(height / 4) && Math.floor(places(width, s) / 2) === Math.floor(width / 4),
};

/** How many pixels of two drawings differ by more than a tenth of white.
 * @param {Uint8Array} a @param {Uint8Array} b */
export function changed(a, b) {
  return a.reduce((count, value, k) => count + (Math.abs(value - b[k]) > 25 ? 1 : 0), 0);
}

/** How many pixels have ink.
 * @param {Uint8Array} pixels */
export const ink = (pixels) => pixels.reduce((count, value) => count + (value > 25 ? 1 : 0), 0);

/** Of a drawing that was read.
 * @type {Record<string, (seen: any) => boolean>} */
export const DIGIT = {
  seven: (seen) =>
    seen.start?.digit === 7 && seen.said === 1 && !seen.centred && changed(seen.pixels, seen.start.pixels) <= 60,
  few: (seen) => seen.sure > 0.9 && (seen.start === null || changed(seen.pixels, seen.start.pixels) > 0) && ink(seen.seen) > 0 && ink(seen.seen) <= 80,
  centre: (seen) => seen.missed !== null && seen.augmented && seen.said === seen.missed.digit && changed(seen.pixels, seen.missed.pixels) === 0,
  trained: (seen) => seen.judged === "yours" && seen.trainer === "yours" && seen.accuracy >= 0.95,
};
