"""Secants that turn into the tangent, and how exact their slopes can get."""

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference

HERE = torch.tensor(0.6, dtype=torch.float64)


def draw() -> plt.Figure:
    """Left: three secants of e^x and its tangent. Right: the error of both differences against h."""
    page = reference("s1_math/derivatives")
    figure, (left, right) = plt.subplots(1, 2, width_ratios=(1, 1.15), figsize=(6.0, 2.6))

    x = torch.linspace(-0.9, 2.35, 120, dtype=torch.float64)
    height = slope = HERE.exp()  # e^x is its own derivative
    left.plot(x, x.exp(), color="black", linewidth=1.8)
    for number, h in enumerate((1.5, 1.0, 0.5)):
        secant = page.forward_difference(torch.exp, HERE, h)
        left.plot(x, height + secant * (x - HERE), color=COLOURS[number], linewidth=1, label=f"h = {h:g}: {secant:.2f}")
        left.plot(HERE + h, height + secant * h, "o", color=COLOURS[number], markersize=5)
    left.plot(x, height + slope * (x - HERE), "--", color=COLOURS[3], linewidth=1.6, label=f"tangent: {slope:.2f}")
    left.plot(HERE, height, "o", color="black", markersize=5)
    left.set(ylim=(-1.4, 9), xlabel="x", title="$e^x$: slopes of secants from x = 0.6")
    left.legend(loc="upper left", fontsize=8)
    left.grid(False)

    steps = torch.logspace(0, -15, 61, dtype=torch.float64)
    places = torch.linspace(0.5, 0.7, 41, dtype=torch.float64)  # averaged over, because rounding is rough
    for number, name in enumerate(("forward", "central")):
        difference = getattr(page, f"{name}_difference")
        errors = [(difference(torch.exp, places, h.item()) - places.exp()).abs().mean() for h in steps]
        right.loglog(steps, errors, color=COLOURS[number], label=name)
    right.text(3e-7, 5e-4, "order 1", color=COLOURS[0], fontsize=8)
    right.text(3e-3, 3e-9, "order 2", color=COLOURS[1], fontsize=8)
    right.text(2e-15, 3e-8, "rounding", color=COLOURS[5], fontsize=8)
    right.set(xlabel="step h", ylabel="error of the slope", title="smaller is better, for a while")
    right.legend(loc="upper center")
    return figure
