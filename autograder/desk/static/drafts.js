// @ts-check
/** What is typed and not yet sent stays until it is: of each student and page, in this tab, whatever is loaded
 * meanwhile. */
import { at } from "../web/dom.js";

export const answer = () => /** @type {HTMLElement | null} */ (document.querySelector(".answer"));

/** @typedef {{ values: Record<string, string>, change?: { key: string, seen: string } }} Draft */

export const draftOf = () => `draft ${answer()?.dataset.page} ${answer()?.dataset.student}`;
export const typing = () => /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll(".marks textarea, .marks input:not([type=checkbox])")]);

/** @param {string} where @returns {Draft} */
function draft(where) {
  return JSON.parse(sessionStorage.getItem(where) ?? '{"values": {}}');
}

/** Note what stands in the fields and differs from what the page itself put there. */
export function note() {
  if (answer() === null) return;
  const changed = typing().filter((field) => field.value !== field.defaultValue);
  const values = Object.fromEntries(changed.map((field) => [field.id, field.value]));
  const { key = "", seen = "" } = document.getElementById("item-put")?.dataset ?? {};
  if (!changed.length) return sessionStorage.removeItem(draftOf());
  sessionStorage.setItem(draftOf(), JSON.stringify({ values, ...(key ? { change: { key, seen } } : {}) }));
}

/** Put back what was typed here; tell whether anything was. */
export function restore() {
  if (answer() === null) return false;
  const { values, change } = draft(draftOf());
  const mine = typing().filter((field) => field.id in values);
  for (const field of mine) {
    field.value = values[field.id] ?? "";
    const around = field.closest("details");
    if (around) around.open = true;
  }
  if (change && mine.length) changing(change.key, change.seen);
  return mine.length > 0;
}

/** Forget what was sent, as far as nothing else was typed there meanwhile.
 * @param {string} where @param {Record<string, string>} sent */
export function forget(where, sent) {
  const { values, ...rest } = draft(where);
  for (const [id, value] of Object.entries(sent)) if (values[id] === value) delete values[id];
  if ("item-text" in sent) delete rest.change;
  if (Object.keys(values).length) sessionStorage.setItem(where, JSON.stringify({ values, ...rest }));
  else sessionStorage.removeItem(where);
  if (where === draftOf()) for (const field of typing()) if (field.value === sent[field.id]) field.value = field.defaultValue;
}

/** Make the fields of a new item those of one that is there.
 * @param {string} key @param {string} seen */
export function changing(key, seen) {
  at("item").open = true;
  at("item-head").textContent = "change the item, wherever it is applied";
  at("item-put").textContent = "change";
  at("item-put").dataset.key = key;
  at("item-put").dataset.seen = seen;
}
