// @ts-check
/** What a page shows of its worker: that an answer takes long, with a way to wait no longer, and what is printed there. */
import { make } from "../web/dom.js";
import { say } from "../web/words.js";

/** Make the two places, and what fills them.
 * @param {HTMLElement} host that they are put into
 * @param {(message: {type: string}) => boolean} send */
export function worker(host, send) {
  const words = make("span", { role: "status" });
  const skip = make("button", { class: "small" }, say("do not wait: use the course’s part"));
  const waits = make("p", { class: "waits", hidden: "" }, words, " ", skip);
  const count = make("summary"), lines = make("pre", { tabindex: "0" });
  const printed = make("details", { class: "printed", hidden: "" }, count, lines);
  host.append(waits, printed);
  skip.addEventListener("click", () => send({ type: "skip" }));
  return {
    /** @param {{text: string, skip: boolean}} message */
    waiting(message) {
      waits.hidden = message.text === "";
      words.textContent = message.text;
      skip.hidden = !message.skip;
    },
    /** @param {{text: string}} message a student's: text, and never markup */
    printed(message) {
      const all = message.text.split("\n");
      lines.textContent = message.text;
      lines.scrollTop = lines.scrollHeight;
      count.textContent = say("what your code printed, the last of it: {line}", { line: all[all.length - 1].slice(0, 60) });
      printed.hidden = false;
    },
    /** Take away what code printed that was saved anew, or what was waited for before the line was lost. */
    anew() {
      printed.hidden = waits.hidden = true;
    },
  };
}
