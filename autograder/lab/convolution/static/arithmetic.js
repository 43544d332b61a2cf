// @ts-check
/** Windows, products and sizes of a convolution: pure functions, so that the page can say how one entry comes about. */

/** @typedef {{ size: number, kernel: number[], stride: number, padding: number, dilation: number, flipped: boolean }} Settings */

/** How many places there are along one side; 0 or less where the kernel does not fit.
 * @param {number} n @param {Settings} s */
export function places(n, s) {
  return Math.floor((n + 2 * s.padding - s.dilation * (s.size - 1) - 1) / s.stride) + 1;
}

/** How many pixels a window covers along one side.
 * @param {Settings} s */
export const covered = (s) => s.dilation * (s.size - 1) + 1;

/** The kernel as it is laid on the picture: turned by half a turn where it is flipped.
 * @param {Settings} s */
export const laid = (s) => (s.flipped ? [...s.kernel].reverse() : s.kernel);

/** What makes one entry of the output: a row for each entry of the kernel.
 * @param {ArrayLike<number>} image grey values from 0 to 1, row by row
 * @param {number} height @param {number} width
 * @param {Settings} s @param {number} i row of the output @param {number} j its column */
export function products(image, height, width, s, i, j) {
  const kernel = laid(s);
  const rows = [];
  for (let u = 0; u < s.size; u++) {
    for (let v = 0; v < s.size; v++) {
      const y = i * s.stride + u * s.dilation - s.padding;
      const x = j * s.stride + v * s.dilation - s.padding;
      const inside = y >= 0 && y < height && x >= 0 && x < width;
      const pixel = inside ? image[y * width + x] : 0;
      const weight = kernel[u * s.size + v];
      rows.push({ u, v, y, x, inside, pixel, weight, product: pixel * weight });
    }
  }
  return rows;
}

/** The whole output.
 * @param {ArrayLike<number>} image @param {number} height @param {number} width @param {Settings} s */
export function convolve(image, height, width, s) {
  const out = [];
  for (let i = 0; i < places(height, s); i++) {
    const row = [];
    for (let j = 0; j < places(width, s); j++) {
      row.push(products(image, height, width, s, i, j).reduce((sum, one) => sum + one.product, 0));
    }
    out.push(row);
  }
  return out;
}

/** A drawing moved and sized so that its ink fills the frame as the digits of the data do.
 * @param {Uint8Array} pixels side * side grey values @param {number} side */
export function centred(pixels, side) {
  let [top, left, bottom, right] = [side, side, -1, -1];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (pixels[y * side + x] > 40) [top, left, bottom, right] = [Math.min(top, y), Math.min(left, x), Math.max(bottom, y), Math.max(right, x)];
    }
  }
  if (bottom < 0) return pixels;
  const scale = Math.min((side - 1) / (bottom - top + 1), (side - 6) / (right - left + 1));
  const [cy, cx, middle] = [(top + bottom) / 2, (left + right) / 2, (side - 1) / 2];
  return moved(pixels, side, (y, x) => [cy + (y - middle) / scale, cx + (x - middle) / scale]);
}

/** A picture whose pixel at (y, x) is that of another one at `from(y, x)`, between pixels a mean of them.
 * @param {Uint8Array} pixels @param {number} side @param {(y: number, x: number) => number[]} from */
export function moved(pixels, side, from) {
  const at = (/** @type {number} */ y, /** @type {number} */ x) =>
    y >= 0 && y < side && x >= 0 && x < side ? pixels[y * side + x] : 0;
  const out = new Uint8Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [fy, fx] = from(y, x);
      const [y0, x0] = [Math.floor(fy), Math.floor(fx)];
      const [a, b] = [fy - y0, fx - x0];
      out[y * side + x] = Math.round(
        (1 - a) * ((1 - b) * at(y0, x0) + b * at(y0, x0 + 1)) + a * ((1 - b) * at(y0 + 1, x0) + b * at(y0 + 1, x0 + 1)),
      );
    }
  }
  return out;
}
