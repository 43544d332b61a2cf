// @ts-check
/** The map: what is reached, as it is reached. */
import { fill, make } from "../web/dom.js";
import { say } from "../web/words.js";
import { connect, place } from "../lab/socket.js";

/** @param {any} one @param {boolean} next */
function row(one, next) {
  const share = one.points > 0 ? Math.min(1, one.best / one.points) : 0;
  const bar = make("span");
  bar.style.width = `${100 * share}%`;
  const made = make(
    "li", { "data-state": one.state, ...(next ? { "aria-current": "step" } : {}) },
    make("span", { title: say(one.state), "aria-label": say(one.state), role: "img" }, one.sign),
    make("a", { href: String(place(`page/${one.address}`)) }, one.title),
    make("span", { class: "n" }, `${+one.best.toFixed(1)}/${+one.points.toFixed(1)}`),
    make("span", { class: "bar-of", "aria-hidden": "true" }, bar),
  );
  if (one.mistake) made.append(make("small", {}, one.mistake));
  return made;
}

/** @param {any} one */
function play(one) {
  const done = one.done === 0 ? "" : one.done === 1 ? ` ${say("one mission done")}` : ` ${say("{n} missions done", { n: one.done })}`;
  return make("p", { class: "play" }, make("a", { href: String(place(`${one.view}/`)) }, one.title), make("span", { class: "n" }, done));
}

/** @param {any} one */
function asked(one) {
  const told = ` ${say("{points} points, marked by hand: ", { points: one.points })}`;
  const page = one.file.replace(/^notebooks\/(.*)\.ipynb$/, "page/$1");
  const link = make("a", { href: String(place(page)) }, one.title);
  return make("p", { class: "play" }, link, make("span", { class: "n" }, told, make("code", {}, one.file)));
}

/** @param {any} next */
function coming(next) {
  if (next === null) return [make("h1", {}, say("Every page is passed."))];
  const todo = next.unwritten.length ? [make("p", {}, say("to write: {names}", { names: "" }), make("code", {}, next.unwritten.join(", ")))] : [];
  const about = make("div");
  fill(about, next.opening);
  return [
    make("p", { class: "quiet" }, say("next")), make("h1", {}, next.title), about, ...todo,
    make("p", {}, say("in "), make("code", {}, next.file)),
    make("a", { class: "go", href: String(place(`page/${next.address}`)) }, say("go on")),
  ];
}

/** @param {any} work @param {Map<string, string>} titles */
function hour(work, titles) {
  if (work.checks === 0) {
    return [make("b", {}, say("this hour")), make("p", { class: "quiet" }, say("Save a file: it is checked, and shown here."))];
  }
  const times = work.checks === 1 ? say("once") : say("{n} times", { n: work.checks });
  const pages = work.pages.map((/** @type {string} */ address) => titles.get(address) ?? address);
  return [
    make("b", {}, say("this hour")),
    make("p", {}, say("checked {times}, on {pages}", { times, pages: pages.join(", ") })),
    make("p", {}, work.passed === 1 ? say("one page passed") : say("{n} pages passed", { n: work.passed })),
  ];
}

const line = connect({
  welcome: () => line.send({ type: "again" }),
  standing(message) {
    const titles = new Map(message.places.map((/** @type {any} */ one) => [one.address, one.title]));
    for (const list of document.querySelectorAll("ol[data-section]")) {
      const section = /** @type {HTMLElement} */ (list).dataset.section;
      const own = message.places.filter((/** @type {any} */ one) => one.section === section);
      list.replaceChildren(...own.map((/** @type {any} */ one) => row(one, one.address === message.next?.address)));
      const passed = own.filter((/** @type {any} */ one) => one.state === "right").length;
      const count = document.querySelector(`[data-count="${section}"]`);
      if (count) count.textContent = own.length ? `${passed}/${own.length}` : "";
    }
    for (const place of document.querySelectorAll("[data-plays]")) {
      const section = /** @type {HTMLElement} */ (place).dataset.plays;
      const here = (/** @type {any} */ one) => one.section === section;
      place.replaceChildren(...message.playgrounds.filter(here).map(play), ...message.asked.filter(here).map(asked));
    }
    document.getElementById("next")?.replaceChildren(...coming(message.next));
    document.getElementById("work")?.replaceChildren(...hour(message.work, titles));
  },
});
