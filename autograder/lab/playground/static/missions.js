// @ts-check
/** The missions: what to do, what one expects, and the explanation once it is done. */
import { make } from "./dom.js";
import { given } from "./given.js";
import { say } from "../web/words.js";

export class Missions {
  /** @param {HTMLElement} host @param {HTMLElement} count @param {(start: any) => void} begin */
  constructor(host, count, begin) {
    this.done = new Set(given.done);
    this.count = count;
    /** @type {Record<string, HTMLDetailsElement>} */ this.items = {};
    for (const one of given.missions) {
      const guess = make("input", { type: "text", "aria-label": say("what you expect of: {title}", { title: one.title }), placeholder: say("what do you expect?") });
      const item = make("details", { className: "mission" },
        make("summary", {}, make("span", { className: "sign", "aria-hidden": "true" }, "○"), " ", make("b", {}, one.title), make("span", { className: "state quiet" })),
        make("p", {}, one.task),
        make("p", {}, make("i", {}, one.expect), make("br"), guess),
        one.race ? make("p", { className: "quiet" }, say("In the race below.")) : make("button", { className: "small", onclick: () => begin(one.start) }, say("begin from here")),
        make("p", { className: "explain", hidden: true }, one.explain));
      this.items[one.name] = item;
      host.append(item);
    }
    this.show();
  }

  /** @param {string[]} names */
  add(names) {
    names.forEach((name) => this.done.add(name));
    this.show();
    for (const name of names) this.items[name]?.setAttribute("open", "");
  }

  show() {
    for (const [name, item] of Object.entries(this.items)) {
      const done = this.done.has(name);
      item.classList.toggle("done", done);
      /** @type {HTMLElement} */ (item.querySelector(".sign")).textContent = done ? "✓" : "○";
      /** @type {HTMLElement} */ (item.querySelector(".state")).textContent = done ? ` ${say("done")}` : "";
      /** @type {HTMLElement} */ (item.querySelector(".explain")).hidden = !done;
    }
    this.count.textContent = say("{done} of {all} done", { done: this.done.size, all: given.missions.length });
  }
}
