// @ts-check
/** A state as the part of a link after its #: what differs from the default, readable. */

const LISTS = new Set(["hidden", "acts", "features", "course"]);

/** @param {Record<string, any>} state @param {Record<string, any>} defaults */
export function toLink(state, defaults) {
  const parts = [];
  for (const key of Object.keys(state)) {
    const value = state[key];
    if (key === "v" || !(key in defaults) || same(value, defaults[key])) continue;
    let text = typeof value === "string" ? value : JSON.stringify(value);
    if (LISTS.has(key)) text = value.length === 0 ? "none" : value.join(",");
    parts.push(`${key}=${encodeURIComponent(text).replaceAll("%2C", ",").replaceAll("%3A", ":")}`);
  }
  return parts.join("&");
}

/** The state of a link; what is no setting is left out. The server says what is wrong with the rest.
 * @param {string} text @param {Record<string, any>} defaults */
export function fromLink(text, defaults) {
  /** @type {Record<string, any>} */
  const state = structuredClone(defaults);
  for (const part of text.split("&")) {
    const at = part.indexOf("=");
    const key = part.slice(0, at);
    if (at < 1 || !Object.hasOwn(defaults, key)) continue;
    try {
      state[key] = read(key, decodeURIComponent(part.slice(at + 1)), defaults[key]);
    } catch {
      continue;
    }
  }
  return state;
}

/** @param {string} key @param {string} text @param {any} before */
function read(key, text, before) {
  if (LISTS.has(key)) {
    const parts = text === "none" || text === "" ? [] : text.split(",");
    return key === "hidden" ? parts.map(Number) : parts;
  }
  return typeof before === "string" ? text : JSON.parse(text);
}

/** @param {any} a @param {any} b */
export function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}
