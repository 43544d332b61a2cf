"""Six recorded runs of the playground: three that work well, and three that break."""

import matplotlib.pyplot as plt
import torch
from matplotlib.colors import LinearSegmentedColormap

from autograder.authoring.pictures import COLOURS
from autograder.course.trees import trees
from autograder.lab.playground import state
from autograder.lab.playground.inside.play import Playground
from autograder.lab.playground.parts import course_sources
from autograder.lab.playground.presets import PRESETS

SHADES = LinearSegmentedColormap.from_list("shades", ("#e9ac70", "#ffffff", "#5b97c4"))
LIM = 6
RUNS = {"Circle": 3000, "Spiral with Adam": 2500, "Moons with dropout": 1000,
        "A line for a circle": 3000, "Saturated": 1000, "Ten noisy points": 1500}  # steps  # fmt: skip


def draw() -> plt.Figure:
    """Shades: what the network answers. Line: where the answer changes. Titles: steps, training and test loss."""
    torch.set_num_threads(1)
    playground = Playground({}, course_sources(trees()))
    settings = {title: given for presets in PRESETS.values() for title, _, given in presets}
    figure, axes = plt.subplots(2, 3, figsize=(7.4, 5.4))
    for axis, (title, steps) in zip(axes.flat, RUNS.items(), strict=True):
        built = playground.build(state.plain(state.read(settings[title])))
        picture = playground.advance(steps, 600.0, True)
        side = built["grid"]
        plane = torch.frombuffer(bytearray(picture["plane"]), dtype=torch.int8).reshape(side, side).float() / 127
        ticks = torch.linspace(-LIM, LIM, side)
        axis.contourf(ticks, ticks, plane, levels=[k / 5 - 1.001 for k in range(10)] + [1.001], cmap=SHADES)
        if plane.min() < 0 < plane.max():
            axis.contour(ticks, ticks, plane, levels=[0], colors="black", linewidths=1.2)
        points = torch.tensor(built["points"]).reshape(-1, 3)[: built["train"]]
        for label, marker, colour in ((1, "o", COLOURS[0]), (0, "s", COLOURS[1])):
            some = points[points[:, 2] == label]
            axis.scatter(some[:, 0], some[:, 1], s=9, marker=marker, color=colour, edgecolors="white", linewidths=0.3)
        train, test = picture["losses"]
        axis.set_title(f"{title}, {steps:,} steps\nloss {train:.2f}, on new points {test:.2f}", fontsize=8)
        axis.set_aspect("equal")
        axis.set_xticks([])
        axis.set_yticks([])
        axis.grid(visible=False)
    return figure
