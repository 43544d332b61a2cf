"""The graph of y = tanh(a b + a): numbers, slopes, and the gradients that came back."""

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

from autograder.authoring.pictures import COLOURS, reference

DATA, GRADIENT, SLOPE = COLOURS[0], COLOURS[3], COLOURS[1]
WIDTH, HEIGHT = 1.3, 0.95


def node(axes: plt.Axes, place: tuple[float, float], name: str, data: float, grad: float) -> None:
    """A box with a name, a number and its gradient."""
    x, y = place
    corner = (x - WIDTH / 2, y - HEIGHT / 2)
    axes.add_patch(
        FancyBboxPatch(corner, WIDTH, HEIGHT, boxstyle="round,pad=0.05", facecolor="white", edgecolor="#555555")
    )
    for offset, text, colour in (
        (0.3, name, "black"),
        (0, f"data  {data:.2f}", DATA),
        (-0.3, f"grad  {grad:.2f}", GRADIENT),
    ):
        axes.text(x, y + offset, text, ha="center", va="center", color=colour, fontsize=10)


def draw() -> plt.Figure:
    """Boxes from left to right, an arrow for each parent, its slope beside it."""
    Value = reference("s3_neural_networks/autograd").Value
    a, b = Value(0.5), Value(2.0)
    u = a * b
    v = u + a
    y = v.tanh()
    y.backward()
    figure, axes = plt.subplots(figsize=(8.0, 2.9))
    places = {a: (0.0, 0.2), b: (0.0, 2.0), u: (2.6, 2.0), v: (5.2, 1.1), y: (7.8, 1.1)}
    for child in (u, v, y):
        for parent, slope in zip(child.parents, child.slopes, strict=True):
            (x0, y0), (x1, y1) = places[parent], places[child]
            start, end = (x0 + WIDTH / 2 + 0.08, y0), (x1 - WIDTH / 2 - 0.08, y1)
            arrow = {"arrowstyle": "-|>", "color": "#555555", "shrinkA": 0, "shrinkB": 0, "mutation_scale": 14}
            axes.annotate("", end, start, arrowprops=arrow)
            box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}
            middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
            axes.text(*middle, f"{slope:.2f}", color=SLOPE, ha="center", va="center", bbox=box, fontsize=10)
    for value, name in ((a, "$a$"), (b, "$b$"), (u, "$u = a\\,b$"), (v, "$v = u + a$"), (y, "$y = \\tanh v$")):
        node(axes, places[value], name, value.data, value.grad)
    axes.set(xlim=(-0.8, 8.6), ylim=(-0.45, 2.65))
    axes.axis("off")
    return figure
