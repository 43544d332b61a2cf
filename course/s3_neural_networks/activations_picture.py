"""Eight activation functions, each with its derivative."""

import math

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference

SHOWN = {
    "ReLU": "relu", "leaky ReLU": "leaky_relu", "ELU": "elu", "softplus": "softplus",
    "sigmoid": "sigmoid", "tanh": "tanh", "SiLU": "silu", "GELU": "gelu",
}  # fmt: skip
KINKED = ("relu", "leaky_relu")


def draw() -> plt.Figure:
    """A small panel for each: the curve, its slope, and grey where the slope is nearly 0."""
    page = reference("s3_neural_networks/activations")
    figure, panels = plt.subplots(2, 4, figsize=(8.4, 4.2), sharex=True, sharey=True)
    x = torch.linspace(-4.5, 4.5, 902, dtype=torch.float64)  # an even number: 0 itself is left out
    for panel, (title, name) in zip(panels.flat, SHOWN.items(), strict=True):
        leaf = x.clone().requires_grad_()
        settings = {"negative_slope": 0.1} if name == "leaky_relu" else {}
        y = getattr(page, name)(leaf, **settings)
        (slope,) = torch.autograd.grad(y.sum(), leaf)
        steep = (slope.abs() >= 0.05).double()
        flat = (steep.cumsum(0) == 0) | (steep.flip(0).cumsum(0).flip(0) == 0)  # from here outwards
        panel.fill_between(x, -2, 3.4, where=flat, color=COLOURS[5], alpha=0.16, linewidth=0, label="nearly flat")
        panel.axhline(0, color="black", linewidth=0.6)
        panel.axvline(0, color="black", linewidth=0.6)
        if name in KINKED:
            slope[x.abs() < 0.01] = math.nan  # no slope at the kink
        panel.plot(x, y.detach(), color=COLOURS[0], linewidth=2.0, label="$f(x)$")
        panel.plot(x, slope, color=COLOURS[1], linewidth=1.5, linestyle=(0, (4, 1.5)), label="$f'(x)$")
        panel.set_title(title + (", $a = 0.1$" if settings else ""))
        panel.set_xlim(-4.5, 4.5)
        panel.set_ylim(-1.4, 3.2)
        panel.set_xticks((-4, -2, 0, 2, 4))
        panel.set_yticks((-1, 0, 1, 2, 3))
    handles, labels = panels[0, 0].get_legend_handles_labels()
    order = [labels.index(label) for label in ("$f(x)$", "$f'(x)$", "nearly flat")]
    figure.legend(
        [handles[i] for i in order],
        ["the function", "its derivative", "nearly flat: the derivative stays below 0.05"],
        loc="outside lower center",
        ncols=3,
    )
    return figure
