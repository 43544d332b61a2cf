// @ts-check
/** Numbers as pictures on a canvas. Orange is below zero and blue above, which differ in brightness of hue for everybody. */

/** Paint grey values: 0 is paper, 255 is ink.
 * @param {HTMLCanvasElement} canvas @param {ArrayLike<number>} values bytes @param {number} height @param {number} width
 * @param {boolean} [ink] dark ink on white paper, as digits are drawn; else 255 is white */
export function grey(canvas, values, height, width, ink = false) {
  put(canvas, height, width, (k) => {
    const v = ink ? 255 - values[k] : values[k];
    return [v, v, v];
  });
}

/** Paint signed numbers, the largest magnitude in full colour.
 * @param {HTMLCanvasElement} canvas @param {ArrayLike<number>} values @param {number} height @param {number} width
 * @param {number} [most] the magnitude that is painted in full; by default the largest */
export function signed(canvas, values, height, width, most = 0) {
  let top = most;
  if (top === 0) for (let k = 0; k < values.length; k++) top = Math.max(top, Math.abs(values[k]));
  put(canvas, height, width, (k) => colour(top > 0 ? values[k] / top : 0));
}

/** The colour of a number from -1 to 1.
 * @param {number} share */
export function colour(share) {
  const t = Math.min(1, Math.abs(share));
  const end = share < 0 ? [179, 82, 6] : [18, 84, 160];
  return end.map((v) => Math.round(250 + (v - 250) * t));
}

/** @param {HTMLCanvasElement} canvas @param {number} height @param {number} width @param {(k: number) => number[]} rgb */
function put(canvas, height, width, rgb) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) return;
  const image = context.createImageData(width, height);
  for (let k = 0; k < height * width; k++) image.data.set([...rgb(k), 255], 4 * k);
  context.putImageData(image, 0, 0);
}

/** The pixel of a canvas that a pointer is on, as [row, column], none outside.
 * @param {HTMLCanvasElement} canvas @param {PointerEvent | MouseEvent} event @returns {[number, number] | null} */
export function pixel(canvas, event) {
  const box = canvas.getBoundingClientRect();
  const y = Math.floor(((event.clientY - box.top) / box.height) * canvas.height);
  const x = Math.floor(((event.clientX - box.left) / box.width) * canvas.width);
  return y >= 0 && y < canvas.height && x >= 0 && x < canvas.width ? [y, x] : null;
}

/** Bytes as base64, as the server reads them.
 * @param {Uint8Array} values */
export function base64(values) {
  let text = "";
  for (let k = 0; k < values.length; k += 8192) text += String.fromCharCode(...values.subarray(k, k + 8192));
  return btoa(text);
}
