// @ts-check
/** The colours of signs, as the style sheet has them in light and dark. */

const probe = document.createElement("span");
probe.hidden = true;
document.body.append(probe);

/** @param {string} name of a custom property @returns {number[]} */
function rgb(name) {
  probe.style.color = `var(${name})`;
  return (getComputedStyle(probe).color.match(/[\d.]+/g) ?? ["0", "0", "0"]).slice(0, 3).map(Number);
}

/** 255 colours, from the darkest minus over the paper to the darkest plus. */
export const ramp = new Uint32Array(255);
/** @type {Record<string, string>} */
export const ink = {};
/** @type {(() => void)[]} */
const told = [];

function look() {
  const minus = rgb("--minus"), plus = rgb("--plus"), paper = rgb("--paper");
  for (let i = 0; i < 255; i++) {
    const share = Math.abs(i - 127) / 127, end = i < 127 ? minus : plus;
    const c = paper.map((p, k) => Math.round(p + (end[k] - p) * share * 0.85));
    ramp[i] = (255 << 24) | (c[2] << 16) | (c[1] << 8) | c[0];
  }
  for (const [key, name] of [["ink", "--ink"], ["paper", "--paper"], ["line", "--line"], ["minus", "--minus"], ["plus", "--plus"], ["quiet", "--gradus-quiet"], ["accent", "--accent"]])
    ink[key] = `rgb(${rgb(name).join(",")})`;
  told.forEach((act) => act());
}

/** Call this whenever the colours change. @param {() => void} act */
export function onColours(act) {
  told.push(act);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", look);
look();
