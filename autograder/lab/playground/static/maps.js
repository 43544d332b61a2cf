// @ts-check
/** Maps of bytes from -127 to 127 as pictures; rows come from below. */
import { ramp } from "./colours.js";

/** Paint a map into a canvas, which takes its size.
 * @param {HTMLCanvasElement} canvas @param {Int8Array} map */
export function paint(canvas, map) {
  const side = Math.round(Math.sqrt(map.length));
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  if (context === null || side === 0) return;
  const image = context.createImageData(side, side);
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) pixels[row * side + column] = ramp[map[(side - 1 - row) * side + column] + 127];
  context.putImageData(image, 0, 0);
}

/** The line where a map is 0, as segments in units of its grid.
 * @param {Int8Array} map @returns {number[][]} x0, y0, x1, y1 */
export function boundary(map) {
  const side = Math.round(Math.sqrt(map.length)), lines = [];
  for (let r = 0; r + 1 < side; r++) {
    for (let c = 0; c + 1 < side; c++) {
      const a = map[r * side + c] + 0.5, b = map[r * side + c + 1] + 0.5;
      const d = map[(r + 1) * side + c] + 0.5, e = map[(r + 1) * side + c + 1] + 0.5;
      const ends = [];
      if (a > 0 !== b > 0) ends.push([c + a / (a - b), r]);
      if (b > 0 !== e > 0) ends.push([c + 1, r + b / (b - e)]);
      if (d > 0 !== e > 0) ends.push([c + d / (d - e), r + 1]);
      if (a > 0 !== d > 0) ends.push([c, r + a / (a - d)]);
      for (let k = 0; k + 1 < ends.length; k += 2) lines.push([...ends[k], ...ends[k + 1]]);
    }
  }
  return lines;
}
