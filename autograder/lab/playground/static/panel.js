// @ts-check
/** One run: its socket, its settings, and what is drawn of it. */
import { bytes, connect, floats } from "../lab/socket.js";
import { Chart } from "./chart.js";
import { Controls } from "./controls.js";
import { pointsOfFile } from "./csv.js";
import { figure, make } from "./dom.js";
import { given, readyMade } from "./given.js";
import { Network } from "./network.js";
import { Plane } from "./plane.js";
import { worker } from "../lab/worker.js";
import { say } from "../web/words.js";

export const SAYS = { unawaited: "was not waited for any longer", timeout: "does not come to an end", crashed: "ended the whole process", memory: "took more memory than it may", error: "failed", shape: "gives a wrong shape", nan: "gives no number", malformed: "sent something that cannot be read", missing: "is not written yet" };

export class Panel {
  /** @param {any} state
   * @param {{changed: (panel: Panel) => void, missions: (names: string[]) => void, show: (title: string, body: Node | string, file?: string, how?: {after?: number, ask?: string}) => number, opened: (panel: Panel) => void, speed: () => number, moved: () => void, saved: (panel: Panel) => void}} page */
  constructor(state, page) {
    this.page = page;
    this.state = this.whole(state);
    this.ready = readyMade(state); // as long as nothing of it is changed
    this.running = false;
    this.wanted = false;
    this.step = 0;
    /** @type {Record<string, any>} */ this.parts = {};
    /** @type {((message: any) => void)[]} */ this.raceListeners = [];
    this.number = 0; // among those that are shown, 0 for the only one
    this.asking = -1; // the show that waits for a card
    this.host = make("section", { className: "panel" });
    this.name = make("h2", { className: "name" });
    this.call(0);
    this.controlsHost = make("div", { className: "controls" });
    this.partsHost = make("div", { className: "parts-of" });
    this.netHost = make("div", { className: "network", role: "group", "aria-label": say("the network") });
    const plane = make("canvas", { className: "plane", tabIndex: 0, role: "img", "aria-label": say("what the network answers everywhere") });
    const losses = make("canvas", { className: "losses", role: "img", "aria-label": say("training and test loss over the steps") });
    this.words = make("p", { className: "trouble", hidden: true, role: "alert" });
    this.numbers = make("dl", { className: "numbers" });
    this.layers = make("table", { className: "layers" });
    this.caption = make("p", { className: "quiet caption" });
    this.draw = this.drawing();
    const log = make("label", {}, make("input", { type: "checkbox", onchange: (/** @type {any} */ e) => ((this.chart.log = e.target.checked), this.chart.draw()) }), ` ${say("log scale")}`);
    const test = make("label", {}, make("input", { type: "checkbox", checked: true, onchange: (/** @type {any} */ e) => ((this.plane.showTest = e.target.checked), this.plane.draw()) }), ` ${say("test points")}`);
    const workerHost = make("div", {});
    this.worker = worker(workerHost, (message) => this.line.send(message));
    this.host.append(this.name, this.controlsHost,
      make("div", { className: "middle" }, this.words, workerHost, this.netHost, make("div", { className: "below" }, this.layers, this.partsHost)),
      make("div", { className: "right" }, plane, this.caption, make("div", { className: "ticks" }, test, log), this.draw, this.numbers, losses,
        make("p", { className: "quiet legend" }, make("span", { className: "key train" }), `${say("training")} `, make("span", { className: "key test" }), say("test"))));
    this.plane = new Plane(plane);
    this.chart = new Chart(losses);
    this.network = new Network(this.netHost, { change: (part) => this.change(part), look: (map, name) => this.look(map, name) });
    this.controls = new Controls(this.controlsHost, this.partsHost, { change: (part) => this.change(part), swap: (part, own) => this.swap(part, own), card: (part) => this.card(part) });
    this.plane.onDraw = null;
    this.line = connect({
      welcome: () => (this.worker.anew(), this.build(this.running || this.wanted, this.step), page.opened(this)),
      built: (/** @type {any} */ m) => this.onBuilt(m), picture: (/** @type {any} */ m) => this.onPicture(m),
      changed: (/** @type {any} */ m) => { this.state.changes = m.state.changes ?? []; page.changed(this); },
      parts: (/** @type {any} */ m) => this.onParts(m.parts), fell: (/** @type {any} */ m) => this.onFell(m),
      overflow: (/** @type {any} */ m) => this.say(m.sure ? say("The loss is no number any more after {step} steps: a weight grew beyond what a float can hold. It is the settings, not your code; try a smaller learning rate, or clip.", m)
        : say("The loss is no number any more after {step} steps. The way there is too long to find out whether it is the settings or your code: try a smaller learning rate, or the course’s parts.", m)),
      slow: (/** @type {any} */ m) => this.say(say("A step takes {yours} ms with your {part}, and {course} ms with the course’s.", { part: m.part, yours: figure(m.yours), course: figure(m.course) }) + (m.forks ? ` ${say("It starts processes.")}` : ""), true),
      waiting: (/** @type {any} */ m) => this.worker.waiting(m), printed: (/** @type {any} */ m) => this.worker.printed(m),
      saved: (/** @type {any} */ m) => (m.kept || (this.say(""), this.worker.anew()), page.saved(this)), back: (/** @type {any} */ m) => (this.say(say("On the way back: at step {step} of {behind}. “Pause” stays there.", m), true), (this.passing = true)), missions: (/** @type {any} */ m) => page.missions(m.names),
      exported: (/** @type {any} */ m) => page.show(this.number ? say("Run {n} as a PyTorch script", { n: this.number }) : say("This run as a PyTorch script"), m.text, this.file("playground_run.py"), { ask: "script" }),
      weighed: (/** @type {any} */ m) => page.show(this.number ? say("The weights of run {n} after {step} steps", { n: this.number, step: m.step }) : say("The weights after {step} steps", m), JSON.stringify(m.parameters, null, 1), this.file("weights.json"), { ask: "weights" }),
      carded: (/** @type {any} */ m) => this.onCard(m), declined: (/** @type {any} */ m) => this.onDeclined(m),
      trouble: (/** @type {any} */ m) => this.say(m.text),
      raced: (/** @type {any} */ m) => this.raceListeners.forEach((act) => act(m)), surveyed: (/** @type {any} */ m) => this.raceListeners.forEach((act) => act(m)),
    });
    this.show();
  }

  /** Take a number, by which the page tells it from the other run; 0 for the only one. @param {number} number */
  call(number) {
    this.number = number;
    this.name.hidden = number === 0;
    this.name.textContent = number ? say("run {n}", { n: number }) : "";
    this.host.setAttribute("aria-label", number ? say("run {n}", { n: number }) : say("a run"));
  }

  /** The name of a file that is of this run. @param {string} name */
  file(name) {
    return this.number ? name.replace(".", `_${this.number}.`) : name;
  }

  /** @param {any} state */
  whole(state) {
    return { ...structuredClone(given.defaults), ...structuredClone(state) };
  }

  drawing() {
    const file = make("input", { type: "file", accept: ".csv,text/csv,.txt", className: "visually-hidden", id: `csv-${Math.random()}`, onchange: async () => {
      if (!file.files?.[0]) return;
      try {
        const { points, words } = await pointsOfFile(file.files[0], say);
        this.change({ data: "points", points });
        this.say(words, true);
      } catch (error) {
        this.say(String(/** @type {Error} */ (error).message));
      }
      file.value = "";
    } });
    const label = (/** @type {number} */ value, /** @type {string} */ text) => make("button", { className: "small", "aria-pressed": String(value === 1), onclick: (/** @type {any} */ e) => {
      this.plane.label = value;
      for (const b of e.target.parentElement.querySelectorAll("[aria-pressed]")) b.setAttribute("aria-pressed", String(b === e.target));
    } }, text);
    return make("div", { className: "drawing", hidden: true },
      label(1, `● ${say("blue")}`), label(0, `■ ${say("orange")}`),
      make("button", { className: "small", onclick: () => this.change({ points: [] }) }, say("clear")),
      make("label", { className: "button small", htmlFor: file.id, tabIndex: 0, onkeydown: (/** @type {any} */ e) => (e.key === "Enter" || e.key === " ") && file.click() }, say("open a CSV")), file,
      make("p", { className: "quiet small" }, say("Click or drag to draw, Shift-click to take away; with the keyboard arrows, Enter, Delete. A CSV: two columns of numbers, the label last.")));
  }

  /** Draw what the state says. */
  show() {
    const numbers = this.state.data === "points" ? this.state.points.some((/** @type {number[]} */ p) => p[2] !== 0 && p[2] !== 1) : ["plane", "bump"].includes(this.state.data);
    this.state.regression = numbers;
    if (!(numbers ? given.numbers : given.classes).includes(this.state.loss)) this.state.loss = numbers ? "mse" : "bce_with_logits";
    this.controls.show(this.state);
    this.network.build(this.state, this.parts);
    const own = this.state.data === "points";
    this.draw.hidden = !own;
    this.plane.onDraw = own ? (x, y, label) => this.point(x, y, label) : null;
    this.plane.canvas.setAttribute("role", own ? "application" : "img"); // where the keys draw, a reader passes them on
    this.plane.canvas.setAttribute("aria-label", own ? say("draw points here") : say("what the network answers everywhere"));
    if (own && this.state.points.length < 4) {
      this.plane.points = this.state.points.flat();
      this.plane.train = this.state.points.length;
      this.plane.bytes = null;
      this.plane.draw();
      this.say(say("Draw at least four points."), true);
    }
  }

  /** The state as the server takes it. */
  plain() {
    const { regression, ...state } = this.state;
    return state;
  }

  /** @param {boolean} run @param {number} [step] that it was at before the line was lost */
  build(run, step = 0) {
    this.wanted = run;
    if (this.state.data === "points" && this.state.points.length < 4) return;
    this.line.send({ type: "build", state: this.plain(), run, step, ready: this.ready });
    if (this.page.speed()) this.line.send({ type: "go", on: run, speed: this.page.speed() });
  }

  /** Change settings: live where that is possible, else from the start, as with none. @param {Record<string, any>} part */
  change(part) {
    const keys = Object.keys(part);
    this.ready &&= keys.every((key) => key === "seed" || key === "course");
    const live = keys.length > 0 && keys.every((key) => given.live.includes(key)) && this.step > 0 && !("dropout" in part && (part.dropout === 0 || this.state.dropout === 0));
    if (live) {
      for (const key of keys) {
        this.line.send({ type: "change", key, value: part[key] });
        this.now = { ...this.now, [key]: part[key] };
      }
      this.controls.show({ ...this.state, ...this.now });
      return;
    }
    this.say("");
    Object.assign(this.state, this.now ?? {}, part, { changes: [] });
    this.now = {};
    this.show();
    this.page.changed(this);
    this.build(this.running || this.wanted);
  }

  /** @param {any} state */
  set(state) {
    const running = this.running;
    this.state = this.whole(state);
    this.ready = readyMade(state);
    this.now = {};
    this.show();
    this.page.changed(this);
    this.build(running);
  }

  /** @param {number} x @param {number} y @param {number | null} label */
  point(x, y, label) {
    const round = (/** @type {number} */ v) => Math.round(Math.max(-6, Math.min(6, v)) * 100) / 100;
    let points = this.state.points;
    if (label === null) points = points.filter((/** @type {number[]} */ p) => Math.hypot(p[0] - x, p[1] - y) > 0.5);
    else points = [...points, [round(x), round(y), label]].slice(-2000);
    this.change({ points });
  }

  /** @param {string} part @param {boolean} own */
  swap(part, own) {
    const course = this.state.course.filter((/** @type {string} */ name) => name !== part);
    this.change({ course: own ? course : [...course, part] });
  }

  /** @param {boolean} on */
  go(on) {
    this.wanted = on;
    this.line.send({ type: "go", on, speed: this.page.speed() });
    this.running = on;
  }

  one() {
    this.wanted = this.running = false;
    this.line.send({ type: "step", count: 1 });
  }

  /** Say that a run did not come back to where it was. @param {any} m */
  sayBehind(m) {
    const words = say("The run was at step {behind}. In the time for the way back it came to step {step}, and goes on from there.", m);
    this.chart.cut(m.step);
    this.passing = true; // of this run alone
    if (this.words.hidden) this.say(words, true);
    else this.words.append(" ", words);
  }

  /** @param {any} m */
  onDeclined(m) {
    this.say(m.reason);
    if (m.running === null) return;
    this.running = m.running;
    this.page.moved();
  }

  /** @param {any} m */
  onBuilt(m) {
    this.built = m;
    this.now = {};
    this.pass(0, m.step);
    this.plane.points = m.points;
    this.plane.train = m.train;
    this.plane.regression = m.regression;
    if (m.step === 0) this.chart.clear();
    this.onParts(m.parts);
    this.network.showFeatures(m.features.map((/** @type {string} */ t) => new Int8Array(bytes(t).buffer)));
    const test = m.points.length / 3 - m.train;
    this.about = m.regression
      ? say("{train} training points (filled), {test} test points (hollow); colour and size are the number", { train: m.train, test })
      : say("{train} training points (filled), {test} test points (hollow); blue discs and orange squares", { train: m.train, test });
    this.caption.textContent = this.about;
    if (this.passing || !this.words.classList.contains("mild")) this.say("");
    this.passing = false;
    const failed = Object.entries(m.parts).filter(([, note]) => note.kind !== "missing" && note.kind in SAYS);
    const alike = failed.filter(([, note]) => note.text === failed[0][1].text); // what failed at once, of one cause
    if (failed.length) this.onFell({ ...failed[0][1], parts: alike.map(([name]) => name) });
    if (m.behind) this.sayBehind(m);
  }

  /** Take over what a link changes between two steps. @param {number} from @param {number} to */
  pass(from, to) {
    const passed = this.state.changes.filter((/** @type {any[]} */ [at]) => from <= at && at < to);
    this.now = { ...this.now, ...Object.fromEntries(passed.map((/** @type {any[]} */ [, key, value]) => [key, value])) };
    this.step = to;
    if (passed.length) this.controls.show({ ...this.state, ...this.now });
  }

  /** @param {Record<string, any>} parts */
  onParts(parts) {
    this.parts = parts;
    this.controls.showParts(parts, this.state.course);
    this.network.build(this.state, parts);
    if (this.built) this.network.showFeatures(this.built.features.map((/** @type {string} */ t) => new Int8Array(bytes(t).buffer)));
  }

  /** @param {any} m */
  onPicture(m) {
    const int8 = (/** @type {string} */ t) => new Int8Array(bytes(t).buffer);
    if (m.maps.length !== this.state.hidden.length) return; // of a network before this one
    this.pass(this.step, m.step);
    this.running = m.running;
    this.picture = m;
    const plane = int8(m.plane);
    this.whole_plane = plane;
    if (!this.looked) this.plane.show(plane);
    this.network.show(m.maps.map(int8), m.weights.map(floats), m.biases.map(floats), small(plane));
    this.chart.add(m.step, m.losses[0], m.losses[1]);
    this.tell(m);
    this.page.moved();
  }

  /** @param {any} m */
  tell(m) {
    const percent = (/** @type {number | null} */ v) => (v === null ? "–" : `${(100 * v).toFixed(1)} %`);
    const rows = [[say("step"), m.step], [say("epoch"), m.epoch], [say("train loss"), figure(m.losses[0])], [say("test loss"), figure(m.losses[1])]];
    if (m.right) rows.push([say("train right"), percent(m.right[0])], [say("test right"), percent(m.right[1])]);
    rows.push([say("cos of the last two gradients"), figure(m.turn)]);
    this.numbers.replaceChildren(...rows.map(([k, v]) => make("div", {}, make("dt", {}, k), make("dd", {}, String(v)))));
    const widest = Math.max(...m.norms.map((/** @type {number | null} */ v) => Math.log10(Math.max(v ?? 0, 1e-9)) + 9), 1);
    const head = make("tr", {}, ...[say("weights into"), say("gradient norm"), say("dead"), say("flat")].map((t) => make("th", { scope: "col" }, t)));
    const lines = m.norms.map((/** @type {number | null} */ norm, /** @type {number} */ i) => {
      const layer = m.layers[i], bar = make("span", { className: "bar" });
      bar.style.width = `${(60 * Math.max(0, Math.log10(Math.max(norm ?? 0, 1e-9)) + 9)) / widest}px`;
      const share = (/** @type {number | undefined} */ v) => make("td", { className: v !== undefined && v > 0.5 ? "odd" : "" }, v === undefined ? "" : `${Math.round(100 * v)} %`);
      return make("tr", {}, make("th", { scope: "row" }, layer ? say("layer {n}", { n: i + 1 }) : say("output")), make("td", {}, bar, " ", figure(norm)), share(layer?.dead), share(layer?.flat));
    });
    this.layers.replaceChildren(head, ...lines);
  }

  /** @param {Int8Array | null} map @param {string} name */
  look(map, name) {
    this.looked = map !== null;
    const shown = map ?? this.whole_plane;
    if (shown) this.plane.show(shown);
    this.plane.canvas.title = name;
    this.caption.textContent = map ? say("{name}, on the whole plane", { name }) : this.about ?? "";
  }

  /** @param {string} words @param {boolean} [kind] whether it is no trouble */
  say(words, kind = false) {
    this.words.textContent = words;
    this.words.hidden = words === "";
    this.words.classList.toggle("mild", kind);
  }

  /** @param {any} m */
  onFell(m) {
    const what = m.parts.length ? m.parts.join(", ") : m.page || say("code");
    const back = m.kind === "unawaited" ? ` ${say("“Reset” tries yours again as it is.")}` : "";
    const fell = fellWords(what, m.kind);
    const course = m.parts.length > 1
      ? say("The course’s parts step in, and the run goes on; save a corrected file and yours is back.")
      : say("The course’s part steps in, and the run goes on; save a corrected file and yours is back.");
    this.words.replaceChildren(make("b", {}, fell), m.line ? ` (${say("line {line}", m)})` : "", `: ${m.text.replace(/\.$/, "")}. `, `${course}${back} `,
      ...m.parts.slice(0, 1).map((/** @type {string} */ part) => make("button", { className: "small", onclick: () => this.card(part) }, say("which check catches it"))));
    this.words.hidden = false;
    this.words.classList.remove("mild");
  }

  /** @param {string} part */
  card(part) {
    this.asking = this.page.show(say("The checks of {page}", { page: given.pages[part] }), say("asking the judge …"));
    this.line.send({ type: "card", part });
  }

  /** @param {any} m */
  onCard(m) {
    const body = make("div", {});
    if (m.html === "") body.append(say("No check of {page} catches it.", { page: given.pages[m.part] }));
    else body.attachShadow({ mode: "open" }).innerHTML = m.html; // the report's own card, escaped there
    const title = m.html === "" ? say("The checks of {page}", { page: given.pages[m.part] }) : say("The check that catches it: {part}", m);
    this.page.show(title, body, "", { after: this.asking }); // not after it was closed
  }

  close() {
    this.line.close();
    this.host.remove();
  }
}

/** How a part failed, in the first words of a sentence. @param {string} what @param {string} kind */
export function fellWords(what, kind) {
  const how = /** @type {any} */ (SAYS)[kind];
  return how && kind !== "error" ? say("Your {what} {how}", { what, how: say(how) }) : say("Your {what} failed", { what });
}

/** Every other entry of a map, both ways. @param {Int8Array} map */
function small(map) {
  const side = Math.round(Math.sqrt(map.length)), half = side / 2, out = new Int8Array(half * half);
  for (let r = 0; r < half; r++) for (let c = 0; c < half; c++) out[r * half + c] = map[2 * r * side + 2 * c];
  return out;
}
