"""Regression losses and their slopes over the error, and how the quantile loss leans."""

import math

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference

#: of squared, absolute, Huber and log-cosh: two that lie near each other differ in more than their colour
STYLES = ("-", "-", (0, (6, 1.2, 1.2, 1.2)), "--")


def draw() -> plt.Figure:
    """Three panels: four losses, their derivatives, the quantile loss for three q."""
    losses = reference("s3_neural_networks/regression_losses")
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(8.4, 3.1))
    error = torch.linspace(-3, 3, 601)
    zero = torch.zeros_like(error)
    shown = {"squared": losses.mse, "absolute": losses.mae, "Huber, $\\delta = 1$": losses.huber}
    shown["log-cosh"] = losses.log_cosh
    for number, (name, loss) in enumerate(shown.items()):
        style = {"color": COLOURS[number], "linewidth": 1.8, "linestyle": STYLES[number]}
        prediction = error.clone().requires_grad_()
        loss(prediction, zero, reduction="sum").backward()
        slope = prediction.grad
        if name == "absolute":
            slope[error.abs() < 0.005] = math.nan  # no slope at the kink
        left.plot(error, loss(error, zero, reduction="none"), label=name, **style)
        middle.plot(error, slope, **style)
    left.set_title("the loss of one error")
    middle.set_ylim(-3, 3)
    middle.set_title("its slope: how hard it pulls")
    for q, colour, line in ((0.1, COLOURS[4], "--"), (0.5, COLOURS[5], ":"), (0.9, COLOURS[3], "-")):
        cost = losses.quantile(error, zero, q, "none")
        right.plot(error, cost, color=colour, linewidth=1.8, linestyle=line, label=f"q = {q:g}")
    right.set_title("the quantile loss leans")
    for panel in (left, middle, right):
        panel.set_xlabel("prediction $-$ target")
        panel.set_xticks(range(-3, 4))
    for panel in (left, right):
        panel.set_ylim(-0.1, 4)
        panel.set_yticks(range(5))
        panel.legend(loc="upper center", fontsize=8, handlelength=1.6)
    right.set_xlabel("too low  $\\leftarrow$  error  $\\rightarrow$  too high")
    return figure
