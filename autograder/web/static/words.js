// @ts-check
/** The page's words in the course's language: English texts are the keys, as everywhere in Gradus. */

const texts = JSON.parse(document.getElementById("words")?.textContent || "{}");

/** A text in the language of the page, its slots filled in.
 * @param {string} text @param {Record<string, any>} [values] @returns {string} */
export function say(text, values = {}) {
  const found = texts[text]?.[0] ?? text;
  return found.replace(/\{(\w+)\}/g, (/** @type {string} */ slot, /** @type {string} */ name) => String(values[name] ?? slot));
}
