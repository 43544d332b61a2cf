// @ts-check
/** The page of the convolution playground: its line to the worker, whose parts are used, missions. */
import { at, badge, fill, make } from "../web/dom.js";
import { connect } from "../lab/socket.js";
import { digits } from "./digits.js";
import { kernels } from "./kernels.js";
import { DIGIT, KERNEL } from "./missions.js";
import { worker } from "../lab/worker.js";
import { say } from "../web/words.js";

const done = new Set();

/** @param {string} name */
function mark(name) {
  done.add(name);
  const place = at(`mission-${name}`);
  if (!place) return;
  place.classList.add("done");
  place.querySelector(".sign").textContent = "✓";
  place.querySelector(".explain").hidden = false;
  at("count").textContent = say("{done} of {all} done", { done: done.size, all: document.querySelectorAll(".mission").length });
}

/** Note the missions that are done by what was just seen.
 * @param {Record<string, (...seen: any[]) => boolean>} missions @param {any[]} seen */
function recognise(missions, ...seen) {
  for (const [name, reached] of Object.entries(missions)) {
    if (done.has(name) || !reached(...seen)) continue;
    mark(name);
    line.send({ type: "done", mission: name });
    at(`mission-${name}`)?.setAttribute("open", "");
    tell(say("Mission done: {names}. Read why below.", { names: at(`mission-${name}`)?.querySelector("summary").textContent.slice(2) }), "good");
  }
}

/** @param {string} words @param {string} [tone] */
function tell(words, tone = "odd") {
  at("trouble").textContent = words;
  at("trouble").className = `trouble ${tone}`;
  at("trouble").hidden = words === "";
}

const line = connect({
  welcome() {
    code.anew();
    kernel.ask();
    digit.ask();
  },
  files(message) {
    message.done.forEach(mark);
    digit.files(message.names);
  },
  parts(message) {
    for (const part of message.parts) {
      const place = at(`owner-${part.name}`);
      if (place) place.replaceChildren(badge(part.owner));
    }
    if (message.saved) {
      code.anew();
      tell("");
      at("cards").replaceChildren();
    }
    const broken = message.parts.find((/** @type {any} */ part) => part.problem);
    if (broken) tell(say("{problem}: the course’s part is used until it is mended", broken));
    digit.parts(message);
    kernel.ask();
    digit.ask();
  },
  card(message) {
    const place = make("div");
    fill(place, message.card);
    place.append(make("a", { href: `../page/${message.page}` }, say("go to {title}", message)));
    place.dataset.part = message.part;
    const old = [...at("cards").children].filter((one) => one.dataset.part === message.part || one.dataset.card === message.card);
    old.forEach((one) => one.remove()); // of this part, or the same check for another
    place.dataset.card = message.card;
    at("cards").append(place);
  },
  trouble(message) {
    const where = message.where ? ` (${message.where})` : "";
    tell(`${message.status === "unawaited" ? say("not waited for any longer") : say(message.status)}${where}: ${message.text}. ${say("The course’s part is used until you save yours again.")}`);
  },
  nothing: (message) => tell(message.page ? `${message.why}. ${say("Choose the course’s to go on without it, or save a correction.")}` : message.why),
  waiting: (message) => code.waiting(message),
  printed: (message) => code.printed(message),
  mapped: (message) => kernel.mapped(message),
  read: (message) => digit.read(message),
  unit: (message) => digit.unit(message),
  training: (message) => digit.training(message),
  judged: (message) => digit.judged(message),
  sampled: (message) => digit.sampled(message),
});

const code = worker(at("worker"), line.send);
const kernel = kernels(line.send, (settings, height, width) => recognise(KERNEL, settings, height, width));
const digit = digits(line.send, (seen) => recognise(DIGIT, seen));
