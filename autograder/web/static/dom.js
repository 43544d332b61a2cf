// @ts-check
/** A few words for elements. */
import { say } from "./words.js";

/** The element with an id.
 * @param {string} id @returns {any} */
export const at = (id) => document.getElementById(id);

/** A new element.
 * @param {string} kind @param {Record<string, string>} [marks] attributes @param {(string | Node)[]} inside
 * @returns {any} */
export function make(kind, marks = {}, ...inside) {
  const made = document.createElement(kind);
  for (const [name, value] of Object.entries(marks)) made.setAttribute(name, value);
  made.append(...inside);
  return made;
}

/** Put HTML of the server's templates, in which everything of a student's is escaped, in the place of what was there.
 * @param {HTMLElement} place @param {string} html */
export function fill(place, html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  place.replaceChildren(made.content);
}

/** A badge that says whose part it is.
 * @param {string} owner */
export const badge = (owner) =>
  make("span", { class: `badge ${owner}` }, owner === "yours" ? say("yours") : owner === "course" ? say("the course’s") : say("nobody’s yet"));
