// @ts-check
/** The desk's pages: filters that answer as one types, keys, and edits that are told when another marker was first. */
import { at } from "../web/dom.js";
import { answer, changing, draftOf, forget, note, restore, typing } from "./drafts.js";

const main = at("main");

let turn = 0; // of what was asked for last: an answer that comes after another question is out of date

/** Put another address of the same view in the place of this one, without leaving the page.
 * @param {string} address @param {boolean} [push] */
async function go(address, push = false) {
  const mine = ++turn;
  const answer = await fetch(address);
  const text = await answer.text();
  if (mine !== turn) return;
  const made = new DOMParser().parseFromString(text, "text/html");
  const fresh = made.getElementById("main");
  const trouble = fresh?.querySelector("[role=alert]"); // what is shown, and typed, stays
  if (fresh === null || trouble) return say((trouble?.textContent ?? text).trim() || "the desk does not answer: was it stopped?");
  const focus = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  const [id, name] = [focus?.id ?? "", focus?.getAttribute("name") ?? ""];
  const caret = focus instanceof HTMLTextAreaElement ? [focus.selectionStart, focus.selectionEnd] : null;
  const kept = [...document.querySelectorAll(".answer > section, .answer > nav")].map((e) => e.scrollTop);
  main.replaceChildren(...fresh.childNodes);
  restore();
  const crumbs = document.querySelector(".bar nav");
  const others = made.querySelector(".bar nav");
  if (crumbs && others) crumbs.replaceChildren(...others.childNodes);
  document.title = made.title;
  if (push) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  if (!push) document.querySelectorAll(".answer > section, .answer > nav").forEach((e, n) => (e.scrollTop = kept[n] ?? 0));
  const again = id && id !== "main" ? document.getElementById(id) : name ? document.querySelector(`[name="${name}"]`) : null;
  if (again instanceof HTMLElement) {
    again.focus();
    if (again instanceof HTMLTextAreaElement && caret) again.setSelectionRange(caret[0], caret[1]);
    if (again instanceof HTMLInputElement && again.type === "search") again.setSelectionRange(again.value.length, again.value.length);
  }
  document.querySelector(".others [aria-current]")?.scrollIntoView({ block: "nearest" });
}

/** @param {string} words */
function say(words) {
  const told = document.getElementById("told") ?? document.getElementById("count") ?? at("line");
  told.textContent = words;
  told.hidden = false;
}

// -- filters -----------------------------------------------------------------------------------------------------

let waiting = 0;

/** @param {Event} event */
function filter(event) {
  const box = event.target instanceof Element ? event.target.closest("[data-filters]") : null;
  if (box === null) return;
  turn++;
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => {
    const query = new URLSearchParams(location.search);
    query.delete("sheet");
    for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (box.querySelectorAll("[name]"))) {
      if (field.value) query.set(field.name, field.value);
      else query.delete(field.name);
    }
    void go(`?${query}`);
  }, event.type === "input" ? 200 : 0);
}
main.addEventListener("input", (/** @type {Event} */ event) => {
  if (event.target instanceof HTMLInputElement) filter(event);
});
main.addEventListener("change", filter);
window.addEventListener("popstate", () => void go(location.href));

main.addEventListener("input", note);

// -- edits -------------------------------------------------------------------------------------------------------

/** The address of something of this view.
 * @param {string} path */
function place(path) {
  const { root = "", mode = "" } = document.documentElement.dataset;
  return new URL(`${root}${mode}/${path}`, location.href);
}

/** Send a message, look at the page again, and say what became of it.
 * @param {Record<string, unknown>} message @param {string[]} [fields] what of the fields is in it */
async function send(message, fields = []) {
  let told;
  const where = draftOf();
  const sent = Object.fromEntries(typing().filter((field) => fields.includes(field.id)).map((field) => [field.id, field.value]));
  try {
    const body = JSON.stringify(message);
    const done = await fetch(place("edit"), { method: "POST", headers: { "content-type": "application/json" }, body });
    const text = await done.text();
    try {
      told = JSON.parse(text);
    } catch {
      told = { kept: 0, told: [text.trim()] };
    }
  } catch {
    return say("the desk does not answer: was it stopped? Nothing was kept");
  }
  if (!told.told.length || (told.kept && !told.conflict)) forget(where, sent); // what was refused may be said again
  const ticked = new Map(members().map((box) => [box.value, box.checked]));
  const all = whole();
  await go(location.href);
  for (const box of members()) box.checked = ticked.get(box.value) ?? true;
  if (document.getElementById("all")) at("all").checked = all;
  const count = told.kept > 1 ? `kept for ${told.kept} students` : told.kept ? "kept" : "nothing was kept";
  if (answer() === null && !told.told.length) return;
  say([told.told.length || told.kept > 1 ? count : "", ...told.told].filter(Boolean).join("\n"));
}

/** @returns {HTMLInputElement[]} */
const members = () => [...document.querySelectorAll(".member")].filter((e) => e instanceof HTMLInputElement);
const whole = () => document.getElementById("all") instanceof HTMLInputElement && at("all").checked;

/** Who an edit is about, one student or the group without its exceptions: of each the version that was looked at, and
 * what of the results. */
function about() {
  const { student = "", seen = "0", graded = "" } = answer()?.dataset ?? {};
  /** @type {{ students: Record<string, number>, graded: Record<string, string> }} */
  const found = { students: { [student]: Number(seen) }, graded: { [student]: graded } };
  for (const box of whole() ? members() : []) {
    if (!box.checked) continue;
    found.students[box.value] = Number(box.dataset.seen);
    found.graded[box.value] = box.dataset.graded ?? "";
  }
  return found;
}

/** Whether what others gave is hidden from this marker. */
const blind = () => answer()?.dataset.blind !== undefined;

/** @param {Record<string, unknown>} what @param {string[]} [fields] what of the fields is in it, beside the why */
const give = (what, fields = []) =>
  send({ type: "edit", page: answer()?.dataset.page ?? "", ...about(), blind: blind(), why: at("why").value.trim(), ...what }, [
    "why",
    ...fields,
  ]);

/** Take an entry back, and where the whole group is meant, what says the same of its others.
 * @param {number} number */
function undo(number) {
  const { page = "", student = "", seen = "0" } = answer()?.dataset ?? {};
  const { [student]: _, ...others } = about().students;
  if (number) return send({ type: "undo", page, student, number, seen: Number(seen), others });
}

/** @param {string} field @param {string} [key] of a question */
function setPoints(field, key = "") {
  const value = at(field).value.trim();
  if (value === "" || !Number.isFinite(Number(value))) return say("say a number of points");
  return give({ kind: key ? "question" : "points", key, value: Number(value), extra: at("extra").checked }, [field]);
}

function comment() {
  const text = at("comment").value.trim();
  if (text === "") return say("there are no words to say");
  return give({ kind: "comment", text }, ["comment"]);
}

// Keys and buttons act one after another: each sees the page as the one before left it, and none is lost.
/** @type {Promise<unknown>} */
let line = Promise.resolve();

/** @param {() => unknown} act */
function then(act) {
  line = line.then(act).catch(() => say("the desk does not answer: was it stopped?"));
}

/** @param {HTMLElement} button what tells it from others, also when the page was loaded again */
const called = ({ id, dataset: { item, change, gone, kind, undo, question, comment } }) =>
  JSON.stringify([id, item, change, gone, kind, undo, question, comment]);

/** Do what a button says, when its turn comes and it is still there.
 * @param {HTMLElement} button */
function press(button) {
  const [where, name] = [draftOf(), called(button)];
  then(() => {
    const now = button.isConnected ? button : [...document.querySelectorAll("button")].find((one) => called(one) === name);
    if (now && where === draftOf()) return pressed(now);
  });
}

/** @param {HTMLElement} button */
function pressed(button) {
  const data = button.dataset;
  const page = answer()?.dataset.page ?? "";
  if (data.item !== undefined) {
    const on = button.getAttribute("aria-pressed") === "true";
    return give({ kind: on ? "unitem" : "item", key: data.item });
  } else if (data.change !== undefined) {
    changing(data.change, data.seen ?? "");
    at("item-points").value = data.points ?? "";
    at("item-text").value = data.text ?? "";
    at("item-text").focus();
    note();
  } else if (data.gone !== undefined) {
    return send({ type: "rubric", page, key: data.gone, text: data.text, kind: data.kind, gone: true, seen: Number(data.seen) });
  } else if (data.undo !== undefined) return undo(Number(data.undo));
  else if (data.question !== undefined) return setPoints(data.question, data.question);
  else if (data.comment !== undefined) {
    const field = at("comment");
    field.value = [field.value.trim(), data.comment].filter(Boolean).join("\n");
    field.focus();
    note();
  } else if (button.id === "again") return send({ type: "again" });
  else if (button.id === "again-apply") return send({ type: "again", apply: true });
  else if (button.id === "points-put") return setPoints("points");
  else if (button.id === "comment-put") return comment();
  else if (button.id === "undo") return undo(Number(answer()?.dataset.mine));
  else if (button.id === "item-put") {
    const points = at("item-points").value.trim(); // "" is what a browser makes of no number
    if (points === "") return say("say a number of points");
    const seen = data.seen ? { seen: Number(data.seen) } : {};
    const text = at("item-text").value;
    return send({ type: "rubric", page, key: data.key ?? "", text, points: Number(points), ...seen }, ["item-text", "item-points"]);
  } else if (button.id === "bank-put") {
    const text = at("comment").value.trim();
    if (text) return send({ type: "rubric", page, key: "", text, kind: "comment" });
  }
}

main.addEventListener("click", (/** @type {MouseEvent} */ event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (button !== null) press(button);
});

// what takes long is asked for again until it is there
setInterval(() => {
  if (document.querySelector("[data-waits]")) void go(location.href);
}, 2000);

// -- keys --------------------------------------------------------------------------------------------------------

const UNSENT = "what you typed here before still stands here: it was not sent";

/** @param {string} id */
async function follow(id) {
  const link = document.getElementById(id);
  if (!(link instanceof HTMLAnchorElement && link.href)) return;
  await go(link.href, true);
  window.scrollTo(0, 0);
  if (typing().some((field) => field.value !== field.defaultValue)) say(UNSENT);
}

document.addEventListener("keydown", (event) => {
  const field = event.target instanceof Element ? event.target.closest("input:not([type=checkbox]), textarea, select") : null;
  if (event.key === "Escape" && field instanceof HTMLElement) return field.blur();
  if (field !== null) {
    if (event.key !== "Enter" || event.repeat) return;
    if (field.id === "points") press(at("points-put"));
    else if (field.closest(".question")) press(/** @type {HTMLElement} */ (field.closest(".question")?.querySelector("button")));
    else if ((event.ctrlKey || event.metaKey) && field.id === "comment") press(at("comment-put"));
    return;
  }
  if (answer() === null || event.ctrlKey || event.metaKey || event.altKey) return;
  const marks = document.getElementById("comment") !== null;
  if (event.key === "j" || event.key === "k") then(() => follow(event.key === "j" ? "after" : "before"));
  else if (!marks) return;
  else if (event.key === "p" || event.key === "c") at(event.key === "p" ? "points" : "comment").focus();
  else if (event.key === "a" && document.getElementById("all")) then(() => (at("all").checked = !at("all").checked));
  else if (event.key === "u" || /^[1-9]$/.test(event.key)) {
    if (!event.repeat) then(() => numbered(event.key));
  } else return;
  event.preventDefault();
});

/** Undo, or press the item of a digit, on the page that is there when its turn comes.
 * @param {string} key */
function numbered(key) {
  if (key === "u") return undo(Number(answer()?.dataset.mine));
  const item = document.querySelectorAll("[data-item]")[Number(key) - 1];
  if (item instanceof HTMLElement) return pressed(item);
}

if (restore()) say(UNSENT);
document.querySelector(".others [aria-current]")?.scrollIntoView({ block: "nearest" });
