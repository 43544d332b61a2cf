// @ts-check
/** What the server knows of settings, parts, presets and missions. */

/** @type {any} */
export const given = JSON.parse(document.getElementById("given")?.textContent ?? "{}");

/** What the settings are called, in the order in which they stand. `live` ones change without a reset.
 * @type {[string, [string, string, any][]][]} group, then key, label and what may be chosen */
export const GROUPS = [
  ["Data", [
    ["n", "points", { min: 20, max: 1000, step: 20 }],
    ["train", "for training", { min: 0.05, max: 0.95, step: 0.05, percent: true }],
    ["noise", "noise", { min: 0, max: 1, step: 0.05 }],
    ["flip", "labels flipped", { min: 0, max: 0.5, step: 0.05, percent: true }],
    ["standardise", "standardise", "check"],
  ]],
  ["Training", [
    ["optimizer", "optimizer", given.choices.optimizer],
    ["lr", "learning rate", [1e-5, 3e-5, 9e-5, 1e-4, 3e-4, 0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 1.5, 3, 10]],
    ["momentum", "momentum", [0, 0.5, 0.8, 0.9, 0.95, 0.99]],
    ["lr_decay", "rate decay", [0, 1e-4, 0.001, 0.01, 0.1]],
    ["batch", "batch size", [1, 2, 5, 10, 20, 30, 50, 100, 200, 2000]],
    ["loss", "loss", given.choices.loss],
  ]],
  ["Weights", [
    ["init", "first weights", given.choices.init],
    ["dropout", "dropout", [0, 0.1, 0.2, 0.3, 0.5, 0.7]],
    ["l1", "L1", [0, 1e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1]],
    ["l2", "L2", [0, 1e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1]],
    ["clip", "clip by", given.choices.clip],
    ["clip_at", "clip at", [0.01, 0.05, 0.1, 0.5, 1, 5, 10]],
  ]],
];

/** How a feature is written. */
export const FEATURE = { x: "x", y: "y", x2: "x²", y2: "y²", xy: "xy", sinx: "sin x", siny: "sin y" };

/** Words for choices that need some. */
export const WORDS = {
  default: "as the MLP draws", large: "large (× 3)", small: "small (× 0.01)", zeros: "zeros", xavier: "Xavier", he: "He",
  2000: "all", none: "nothing", norm: "norm", value: "value", bce_with_logits: "cross-entropy (bce_with_logits)",
  cross_entropy: "cross_entropy, two logits", focal: "focal, two logits",
};
