// @ts-check
/** The settings beside the network: sliders, lists and switches, from a table. */
import { given, GROUPS, WORDS } from "./given.js";
import { make } from "./dom.js";
import { say } from "../web/words.js";

/** @type {Record<string, string>} */
const ICONS = {
  circle: '<circle cx="12" cy="12" r="9" fill="none" stroke="var(--minus)" stroke-width="3"/><circle cx="12" cy="12" r="4" fill="var(--plus)"/>',
  xor: '<path d="M2 2h9v9H2zM13 13h9v9h-9z" fill="var(--minus)"/><path d="M13 2h9v9h-9zM2 13h9v9H2z" fill="var(--plus)"/>',
  gauss: '<circle cx="7" cy="17" r="5" fill="var(--minus)"/><circle cx="17" cy="7" r="5" fill="var(--plus)"/>',
  spiral: '<path d="M12 12c3-2 5 2 2 5s-9 1-9-5" fill="none" stroke="var(--plus)" stroke-width="3"/><path d="M12 12c-3 2-5-2-2-5s9-1 9 5" fill="none" stroke="var(--minus)" stroke-width="3"/>',
  moons: '<path d="M2 14a6 6 0 0 1 12 0" fill="none" stroke="var(--minus)" stroke-width="3"/><path d="M10 10a6 6 0 0 0 12 0" fill="none" stroke="var(--plus)" stroke-width="3"/>',
  plane: '<path d="M2 2h20L2 22z" fill="var(--minus)" opacity=".5"/><path d="M22 2v20H2z" fill="var(--plus)" opacity=".8"/>',
  bump: '<circle cx="16" cy="8" r="6" fill="var(--plus)" opacity=".5"/><circle cx="16" cy="8" r="3" fill="var(--plus)"/><circle cx="8" cy="16" r="6" fill="var(--minus)" opacity=".5"/><circle cx="8" cy="16" r="3" fill="var(--minus)"/>',
  points: '<path d="M4 20l2-6L17 3l4 4L10 18z" fill="none" stroke="currentColor" stroke-width="2"/>',
};
const NAMES = { circle: say("circle"), xor: "XOR", gauss: "gauss", spiral: say("spiral"), moons: say("moons"), plane: say("plane (regression)"), bump: say("bump (regression)"), points: say("your own points") };

export class Controls {
  /** @param {HTMLElement} host @param {HTMLElement} partsHost @param {{change: (part: Record<string, any>) => void, swap: (part: string, own: boolean) => void, card: (part: string) => void}} page */
  constructor(host, partsHost, page) {
    this.page = page;
    this.host = host;
    /** @type {Record<string, any>} */ this.fields = {};
    this.sets = make("div", { className: "sets", role: "radiogroup", "aria-label": say("data") });
    for (const name of given.choices.data) {
      const button = make("button", { className: "set", role: "radio", title: NAMES[/** @type {"xor"} */ (name)], "aria-label": NAMES[/** @type {"xor"} */ (name)], onclick: () => page.change({ data: name }) });
      button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${ICONS[name]}</svg>`;
      button.dataset.name = name;
      button.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
        const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
        if (by === undefined) return;
        e.preventDefault();
        const all = [...this.sets.children], next = all[(all.indexOf(button) + by + all.length) % all.length];
        next.focus();
        next.click();
      });
      this.sets.append(button);
    }
    for (const [place, [title, rows]] of GROUPS.entries()) {
      const group = make("fieldset", {}, make("legend", {}, title), place === 0 ? this.sets : "");
      for (const [key, label, what] of rows) group.append(this.field(key, label, what));
      if (place === 0) group.append(this.seed());
      host.append(group);
    }
    this.badges = make("ul", { className: "parts" });
    partsHost.append(make("fieldset", {}, make("legend", {}, say("Parts")), this.badges));
  }

  /** @param {string} key @param {string} label @param {any} what */
  field(key, label, what) {
    const id = `${key}-${Math.random().toString(36).slice(2, 7)}`, live = given.live.includes(key);
    const words = make("label", { htmlFor: id }, label, live ? make("abbr", { title: say("changes without a reset"), className: "live" }, say("live")) : "");
    /** @type {any} */ let input;
    /** @type {any} */ let shown;
    if (what === "check") {
      input = make("input", { id, type: "checkbox", onchange: () => this.page.change({ [key]: input.checked }) });
      this.fields[key] = (/** @type {any} */ v) => (input.checked = v);
    } else if (Array.isArray(what)) {
      const typed = typeof what[0] === "number";
      input = make("select", { id, onchange: () => this.page.change({ [key]: typed ? Number(input.value) : input.value }) });
      const fill = (/** @type {any[]} */ all) => input.replaceChildren(...all.map((v) => make("option", { value: v }, /** @type {any} */ (WORDS)[v] !== undefined && (!typed || key === "batch") ? /** @type {any} */ (WORDS)[v] : String(v))));
      fill(what);
      this.fields[key] = (/** @type {any} */ v, /** @type {any} */ state) => {
        let all = key === "loss" ? (state.regression ? given.numbers : given.classes) : what;
        if (!all.includes(v)) all = [...all, v].sort((a, b) => a - b);
        if (input.children.length !== all.length || (key === "loss" && input.firstChild?.value !== all[0])) fill(all);
        input.value = String(v);
      };
    } else {
      shown = make("output", { htmlFor: id });
      const text = (/** @type {number} */ v) => (what.percent ? `${Math.round(100 * v)} %` : String(v));
      input = make("input", { id, type: "range", min: what.min, max: what.max, step: what.step,
        oninput: () => (shown.value = text(Number(input.value))), onchange: () => this.page.change({ [key]: Number(input.value) }) });
      this.fields[key] = (/** @type {any} */ v) => ((input.value = String(v)), (shown.value = text(v)));
    }
    const row = make("div", { className: "field" }, words, input, shown ?? "");
    row.dataset.setting = key;
    return row;
  }

  seed() {
    const input = make("input", { id: `seed-${Math.random()}`, type: "number", min: 0, max: 2 ** 31, onchange: () => this.page.change({ seed: Math.max(0, Math.floor(Number(input.value)) || 0) }) });
    this.fields.seed = (/** @type {number} */ v) => (input.value = String(v));
    return make("div", { className: "field" }, make("label", { htmlFor: input.id }, say("seed")), make("span", {}, input, " ", make("button", { className: "small", "aria-label": say("another seed"), onclick: () => this.page.change({ seed: Number(input.value) + 1 }) }, say("another"))));
  }

  /** Show a state. @param {any} state */
  show(state) {
    for (const button of this.sets.children) {
      const on = button.dataset.name === state.data;
      button.setAttribute("aria-checked", String(on));
      button.tabIndex = on ? 0 : -1;
    }
    for (const [key, set] of Object.entries(this.fields)) set(state[key], state);
    const off = { momentum: !["Momentum", "Nesterov"].includes(state.optimizer), lr_decay: !given.decays.includes(state.optimizer), clip_at: state.clip === "none", n: state.data === "points", noise: state.data === "points", flip: state.regression };
    for (const [key, hidden] of Object.entries(off)) for (const row of this.host.querySelectorAll(`[data-setting=${key}]`)) /** @type {HTMLElement} */ (row).hidden = hidden;
  }

  /** Show whose each part is. @param {Record<string, any>} parts @param {string[]} refused */
  showParts(parts, refused) {
    const words = { unwritten: say("not written yet"), switched: say("as you chose"), shape: say("yours gives a wrong shape"), nan: say("yours gives no number"), error: say("yours fails"), timeout: say("yours does not end"), unawaited: say("yours was not waited for"), memory: say("yours takes all memory"), crashed: say("yours ends the process"), malformed: say("yours cannot be read") };
    this.badges.replaceChildren(...Object.entries(parts).map(([name, note]) => {
      const own = note.whose === "yours", bad = note.kind !== "" && note.kind in words && !["unwritten", "switched"].includes(note.kind);
      const item = make("li", {}, make("code", {}, name), " ", make("span", { className: `badge ${note.whose}` }, own ? say("yours") : say("the course’s")), " ");
      if (note.kind === "differs") item.append(make("span", { className: "odd" }, note.text), " ");
      else if (note.kind) item.append(make("span", { className: bad ? "bad" : "quiet" }, /** @type {any} */ (words)[note.kind] ?? note.kind), " ");
      if (bad || note.kind === "differs") item.append(make("button", { className: "small", onclick: () => this.page.card(name) }, say("which check catches it")), " ");
      if (own || refused.includes(name)) item.append(make("button", { className: "small", onclick: () => this.page.swap(name, !own) }, own ? say("use the course’s") : say("use mine")));
      if (note.text && bad) item.append(make("div", { className: "quiet small" }, note.line ? `${say("line {line}", note)}: ${note.text}` : note.text));
      return item;
    }));
  }
}
