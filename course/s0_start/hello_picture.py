"""The loop of every page: edit, check, read, repeat."""

import matplotlib.pyplot as plt
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from autograder.authoring.pictures import COLOURS

STATIONS = (
    (0.0, "edit", "exercises/\ns0_start/hello.py", COLOURS[0]),
    (1.0, "check", "gradus check hello", COLOURS[1]),
    (2.0, "read", "what came back, what\nwas expected, a hint", COLOURS[2]),
)
WIDTH, HEIGHT = 0.78, 0.6


def draw() -> plt.Figure:
    """Three boxes in a row, and the way back to the first."""
    figure, axes = plt.subplots(figsize=(6.6, 2.3))
    axes.set(xlim=(-0.45, 2.45), ylim=(-0.7, 0.34))
    axes.axis("off")
    for place, title, words, colour in STATIONS:
        corner = (place - WIDTH / 2, -HEIGHT / 2)
        shape = {"boxstyle": "round,pad=0,rounding_size=0.07", "linewidth": 1.4}
        for colours in ({"facecolor": colour, "alpha": 0.13}, {"facecolor": "none", "edgecolor": colour}):
            axes.add_patch(FancyBboxPatch(corner, WIDTH, HEIGHT, **shape, **colours))
        axes.text(place, 0.15, title, ha="center", va="center", fontsize=15, color=colour, weight="bold")
        family = "monospace" if place < 2 else None
        axes.text(place, -0.1, words, ha="center", va="center", fontsize=8.6, linespacing=1.35, family=family)
    arrow = {"arrowstyle": "-|>", "mutation_scale": 13, "linewidth": 1.4, "color": COLOURS[5]}
    for place in (0, 1):
        ends = (place + WIDTH / 2 + 0.02, 0.0), (place + 1 - WIDTH / 2 - 0.02, 0.0)
        axes.add_patch(FancyArrowPatch(*ends, shrinkA=0, shrinkB=0, **arrow))
    back = (2.0, -HEIGHT / 2 - 0.03), (0.0, -HEIGHT / 2 - 0.03)
    axes.add_patch(FancyArrowPatch(*back, connectionstyle="arc3,rad=-0.13", shrinkA=0, shrinkB=0, **arrow))
    axes.text(1.0, -0.63, "repeat until it is green", ha="center", va="center", fontsize=9, color=COLOURS[5])
    return figure
