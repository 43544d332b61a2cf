// @ts-check
/** The page: one run or two, the tools above them, missions and race below. */
import { make } from "./dom.js";
import { given } from "./given.js";
import { Missions } from "./missions.js";
import { Panel } from "./panel.js";
import { Race } from "./race.js";
import { fromLink, toLink } from "./url.js";
import { say } from "../web/words.js";

const at = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
/** @type {Panel[]} */
const panels = [];
let written = "";
let raced = false;
let shows = 0;
let showing = 0; // which of the shows the dialog holds, 0 where it is closed

const page = {
  changed: write,
  missions: (/** @type {string[]} */ names) => {
    missions.add(names);
    tell(say("Mission done: {names}. Read why below.", { names: names.map((n) => given.missions.find((/** @type {any} */ m) => m.name === n)?.title).join(", ") }));
  },
  show,
  speed: () => Number(at("speed").value),
  moved: buttons,
  opened: (/** @type {Panel} */ panel) => panel === panels[0] && raced && race.begin(), // its question was lost with the line
  saved: (/** @type {Panel} */ panel) => panel === panels[0] && raced && race.ask(),
};

/** @param {string} words */
function tell(words) {
  at("said").textContent = words;
}

/** Call the runs by their numbers where two are shown. */
function count() {
  panels.forEach((panel, k) => panel.call(panels.length === 2 ? k + 1 : 0));
}

/** @param {any} state */
function open(state) {
  const panel = new Panel(state, page);
  panels.push(panel);
  at("panels").append(panel.host);
  at("panels").classList.toggle("two", panels.length === 2);
  at("compare").setAttribute("aria-pressed", String(panels.length === 2));
  count();
  return panel;
}

/** Take the second run away. */
function drop() {
  panels.pop()?.close();
  at("panels").classList.remove("two");
  at("compare").setAttribute("aria-pressed", "false");
  count();
}

/** Write the states into the address. */
function write() {
  written = "#" + panels.map((p) => toLink(p.plain(), given.defaults)).join("|");
  history.replaceState(null, "", written);
}

function read() {
  const states = location.hash.slice(1).split("|").slice(0, 2);
  return states.map((text) => fromLink(text, given.defaults));
}

function buttons() {
  const on = panels.some((p) => p.running);
  at("run").textContent = on ? `❚❚ ${say("Pause")}` : `▶ ${say("Run")}`;
}

function toggle() {
  const on = !panels.some((p) => p.running);
  panels.forEach((p) => p.go(on));
  buttons();
}

/** Show something, and return its number.
 * @param {string} title @param {Node | string} body @param {string} [file] what a text is saved as
 * @param {{after?: number, ask?: string}} [how] `after`: the show that waits for this one, which comes only where it is
 *   still there; `ask`: the message that has the same made of a run */
function show(title, body, file = "", how = {}) {
  if (how.after !== undefined && how.after !== showing) return 0;
  showing = ++shows;
  at("dialog-title").textContent = title;
  const text = typeof body === "string" ? body : "";
  at("dialog-body").replaceChildren(file ? make("pre", { tabIndex: 0 }, text) : body);
  at("dialog-told").textContent = "";
  at("dialog-copy").hidden = at("dialog-save").hidden = !file;
  at("dialog-copy").onclick = () => copy(text, say("Copied."), say("The browser does not let this page copy: mark the text, or save it as a file."));
  at("dialog-save").onclick = () => save(text, file);
  at("dialog-runs").replaceChildren(...(how.ask && panels.length === 2 ? panels : []).map((panel, k) =>
    make("button", { type: "button", onclick: () => panel.line.send({ type: /** @type {string} */ (how.ask) }) }, say("run {n}", { n: k + 1 }))));
  if (!at("dialog").open) at("dialog").showModal();
  return showing;
}

/** @param {string} text @param {string} words @param {string} instead where the browser refuses */
async function copy(text, words, instead) {
  try {
    await navigator.clipboard.writeText(text);
    tell(words);
    at("dialog-told").textContent = words;
  } catch {
    tell(instead);
    at("dialog-told").textContent = instead;
  }
}

/** @param {string} text @param {string} name */
function save(text, name) {
  const address = URL.createObjectURL(new Blob([text]));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

const missions = new Missions(at("missions"), at("count"), (start) => {
  panels[0].set(start);
  at("panels").scrollIntoView({ behavior: "smooth" });
});

for (const state of read()) open(state);
const race = new Race(at("race"), (message) => panels[0].line.send(message));
panels[0].raceListeners.push((m) => race.take(m));
new IntersectionObserver((seen) => {
  if (raced || !seen.some((s) => s.isIntersecting)) return;
  raced = true;
  race.begin();
}).observe(at("race"));

for (const [title, all] of Object.entries(given.presets)) {
  const group = make("optgroup", { label: title });
  /** @type {any[]} */ (all).forEach(([name], k) => group.append(make("option", { value: `${title}/${k}` }, name)));
  at("presets").append(group);
}
at("presets").addEventListener("change", () => {
  const [title, k] = at("presets").value.split("/");
  const preset = given.presets[title]?.[Number(k)];
  if (!preset) return;
  panels[0].set(preset[2]);
  tell(`${preset[0]}: ${preset[1]}`);
  at("presets").value = "";
});
at("run").addEventListener("click", toggle);
at("step").addEventListener("click", () => (panels.forEach((p) => p.one()), buttons()));
at("reset").addEventListener("click", () => panels.forEach((p) => p.change({})));
at("speed").addEventListener("change", () => panels.forEach((p) => p.running && p.go(true)));
at("link").addEventListener("click", () => {
  write();
  const many = panels.some((p) => p.state.points.length > 300);
  copy(location.href, many ? say("The link is copied; with so many points it is long.") : say("The link is copied. In another workspace “gradus lab” opens it, with the link in quotation marks; the same code and versions make the same run."), say("The browser does not let this page copy; the address line has the link."));
});
at("dialog").addEventListener("close", () => (showing = 0));
at("script").addEventListener("click", () => panels[0].line.send({ type: "script" }));
at("weights").addEventListener("click", () => panels[0].line.send({ type: "weights" }));
at("compare").addEventListener("click", () => {
  if (panels.length === 2) drop();
  else open(panels[0].plain());
  write();
});
addEventListener("hashchange", () => {
  if (location.hash === written) return;
  const states = read();
  while (panels.length > states.length) drop();
  panels.forEach((p, k) => p.set(states[k]));
  for (const state of states.slice(panels.length)) open(state);
  write();
});
addEventListener("keydown", (event) => {
  const where = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || where.closest("input, select, textarea, dialog, summary, canvas, .set")) return;
  if (event.key === " " && !where.closest("button, a")) (event.preventDefault(), toggle());
  else if (event.key === "s") at("step").click();
  else if (event.key === "r") at("reset").click();
});
// for tests and for whoever looks behind the page
/** @type {any} */ (window).playground = { panels, race, missions };
