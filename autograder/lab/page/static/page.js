// @ts-check
/** The right half of a page: the answer to every save, hints one at a time, the reference after green. */
import { at, fill } from "../web/dom.js";
import { say } from "../web/words.js";
import { connect } from "../lab/socket.js";

const points = (/** @type {any} */ m) => say("{points} of {most} points", { points: +m.points.toFixed(2), most: +m.maximum.toFixed(2) });

const line = connect({
  welcome() {},
  checking(message) {
    at("file").textContent = message.file;
    at("state").textContent = say("checking …");
    at("state").dataset.state = "";
  },
  answered(message) {
    const left = message.unwritten.length ? ` · ${say("to write: {names}", { names: message.unwritten.join(", ") })}` : "";
    at("state").textContent = `${message.sign} ${say(message.state)}: ${points(message)} · ${message.milliseconds.toFixed(0)} ms${left}`;
    at("state").dataset.state = message.state;
    at("state").className = `state ${message.tone}`;
    fill(at("card"), message.card);
    at("about").hidden = message.about.length === 0;
    fill(at("about"), message.about.length ? `<b>${say("the lesson says")}</b>${message.about.join("")}` : "");
    at("compare").hidden = !message.passed;
    document.getElementById("next")?.classList.toggle("open", message.passed);
    at("elsewhere").replaceChildren();
  },
  hints(message) {
    fill(at("hints"), message.shown.map((/** @type {string} */ hint) => `<li>${hint}</li>`).join(""));
    const left = message.total - message.shown.length;
    at("hint").hidden = left === 0;
    at("hint").textContent = message.shown.length === 0 ? say("a hint (of {n})", { n: message.total }) : say("another hint ({n} left)", { n: left });
  },
  reference(message) {
    fill(at("reference"), `<div class="pair"><div><h2>${say("yours")}</h2></div><div><h2>${say("the reference")}</h2></div></div>`);
    const [own, theirs] = at("reference").querySelectorAll(".pair > div");
    own.insertAdjacentHTML("beforeend", message.own);
    theirs.insertAdjacentHTML("beforeend", message.cells.join(""));
    at("reference").hidden = false;
    at("reference").scrollIntoView({ block: "start" });
  },
  elsewhere(message) {
    const link = document.createElement("a");
    link.href = `../../page/${message.address}`;
    link.textContent = message.title;
    at("elsewhere").replaceChildren(say("also saved: "), link, ` ${say(message.state)}, ${points(message)}`);
  },
  said(message) {
    if (at("state").dataset.state) {
      at("elsewhere").textContent = message.line; // the answer stays
      return;
    }
    at("state").textContent = message.line;
    at("state").className = "state odd";
    fill(at("card"), ""); // it was of a file that cannot be checked any more
    at("about").hidden = true;
  },
});

at("hint").addEventListener("click", () => line.send({ type: "hint" }));
at("again").addEventListener("click", () => line.send({ type: "check" }));
at("compare").addEventListener("click", () => line.send({ type: "compare" }));
