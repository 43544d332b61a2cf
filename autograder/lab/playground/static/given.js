// @ts-check
/** What the server knows of settings, parts, presets and missions. */

import { say } from "../web/words.js";

/** @type {any} */
export const given = JSON.parse(document.getElementById("given")?.textContent ?? "{}");

/** @param {any} state without what makes no other setting of it */
const bare = (state) => JSON.stringify({ ...given.defaults, ...state, seed: 0, course: [], changes: [] });
const ready = new Set([...Object.values(given.presets ?? {}).flat().map((/** @type {any} */ one) => one[2]), ...(given.missions ?? []).map((/** @type {any} */ one) => one.start)].map(bare));

/** Whether settings are ready-made: a preset's, or those that a mission begins from. @param {any} state */
export const readyMade = (state) => ready.has(bare(state));

/** What the settings are called, in the order in which they stand. `live` ones change without a reset.
 * @type {[string, [string, string, any][]][]} group, then key, label and what may be chosen */
export const GROUPS = [
  [say("Data"), [
    ["n", say("points"), { min: 20, max: 1000, step: 20 }],
    ["train", say("for training"), { min: 0.05, max: 0.95, step: 0.05, percent: true }],
    ["noise", say("noise"), { min: 0, max: 1, step: 0.05 }],
    ["flip", say("labels flipped"), { min: 0, max: 0.5, step: 0.05, percent: true }],
    ["standardise", say("standardise"), "check"],
  ]],
  [say("Training"), [
    ["optimizer", say("optimizer"), given.choices.optimizer],
    ["lr", say("learning rate"), [1e-5, 3e-5, 9e-5, 1e-4, 3e-4, 0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 1.5, 3, 10]],
    ["momentum", say("momentum"), [0, 0.5, 0.8, 0.9, 0.95, 0.99]],
    ["lr_decay", say("rate decay"), [0, 1e-4, 0.001, 0.01, 0.1]],
    ["batch", say("batch size"), [1, 2, 5, 10, 20, 30, 50, 100, 200, 2000]],
    ["loss", say("loss"), given.choices.loss],
  ]],
  [say("Weights"), [
    ["init", say("first weights"), given.choices.init],
    ["dropout", say("dropout"), [0, 0.1, 0.2, 0.3, 0.5, 0.7]],
    ["l1", "L1", [0, 1e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1]],
    ["l2", "L2", [0, 1e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1]],
    ["clip", say("clip by"), given.choices.clip],
    ["clip_at", say("clip at"), [0.01, 0.05, 0.1, 0.5, 1, 5, 10]],
  ]],
];

/** How a feature is written. */
export const FEATURE = { x: "x", y: "y", x2: "x²", y2: "y²", xy: "xy", sinx: "sin x", siny: "sin y" };

/** Words for choices that need some. */
export const WORDS = {
  default: say("as the MLP draws"), large: say("large (× 3)"), small: say("small (× 0.01)"), zeros: say("zeros"), xavier: "Xavier", he: "He",
  2000: say("all"), none: say("nothing"), norm: say("norm"), value: say("value"), bce_with_logits: say("cross-entropy (bce_with_logits)"),
  cross_entropy: say("{loss}, two logits", { loss: "cross_entropy" }), focal: say("{loss}, two logits", { loss: "focal" }),
};
