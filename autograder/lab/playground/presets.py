"""Settings that are worth a look: what works well, and what breaks, and why."""

from __future__ import annotations

from typing import Any

#: title, what one sees, the settings
PRESETS: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "works well": [
        ("Circle", "Four tanh neurons cut a ring out of the plane; two more put the cuts together.", {"lr": 0.1}),
        ("Spiral with Adam", "Three narrow ReLU layers wind around both arms.",
         {"data": "spiral", "noise": 0.0, "n": 600, "hidden": [8, 8, 8], "acts": ["relu"] * 3, "init": "he",
          "optimizer": "Adam", "lr": 0.01, "batch": 30}),
        ("Moons with dropout", "A wide layer that may not rely on any single neuron.",
         {"data": "moons", "hidden": [32], "acts": ["relu"], "dropout": 0.2, "optimizer": "Adam", "lr": 0.01}),
        ("A hill and a hollow", "Regression: the plane's colour is the number that is predicted.",
         {"data": "bump", "hidden": [8, 8], "acts": ["tanh", "tanh"], "loss": "mse", "optimizer": "Adam", "lr": 0.01}),
        ("XOR, one feature", "No hidden layer at all: the product xy is the answer.",
         {"data": "xor", "hidden": [], "acts": [], "features": ["xy"], "lr": 0.1}),
    ],
    "breaks, and why": [
        ("A line for a circle", "Without a hidden layer the boundary is straight, however long it trains.",
         {"hidden": [], "acts": []}),
        ("Too fast", "The learning rate throws the weights far away; most ReLUs answer 0 from then on.",
         {"hidden": [8, 8], "acts": ["relu", "relu"], "lr": 3.0}),
        ("Saturated", "First weights several times too large: most tanhs are flat, and the loss gets stuck.",
         {"data": "moons", "hidden": [8] * 5, "acts": ["tanh"] * 5, "init": "large"}),
        ("Five sigmoids deep",
         "A sigmoid's slope is at most 1/4: compare the gradient's norm in the first layers and the last.",
         {"hidden": [6] * 5, "acts": ["sigmoid"] * 5, "lr": 0.1}),
        ("All zeros", "All neurons of a layer are the same neuron, and they stay the same.",
         {"data": "moons", "hidden": [6], "acts": ["tanh"], "init": "zeros"}),
        ("One feature times 100", "Nearly every neuron is flat from the start; the other feature is lost beside it.",
         {"hidden": [8], "acts": ["tanh"], "scale": {"x": 100.0}, "lr": 0.1}),
        ("Ten noisy points", "The network memorises every training point, and the test loss climbs.",
         {"data": "gauss", "n": 200, "train": 0.05, "noise": 0.6, "hidden": [16, 16], "acts": ["relu", "relu"],
          "optimizer": "Adam", "lr": 0.01}),
        ("No number any more", "Squared features, squared errors and a large step: the loss overflows.",
         {"data": "bump", "hidden": [16, 16], "acts": ["relu", "relu"], "loss": "mse", "lr": 1.5,
          "features": ["x", "y", "x2", "y2"]}),
    ],
}  # fmt: skip
