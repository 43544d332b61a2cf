"""Nine optimizers on one ravine and on one saddle, all from the same starting point."""

from collections.abc import Callable

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference

#: one family a column: name, class, settings on the ravine, settings on the saddle
FAMILIES = {
    "keep a direction": (
        ("SGD, lr decay", "SGD", {"lr": 0.06, "lr_decay": 0.02}, {"lr": 0.2, "lr_decay": 0.01}),
        ("momentum", "SGD", {"lr": 0.012, "momentum": 0.85}, {"lr": 0.05, "momentum": 0.8}),
        (
            "Nesterov",
            "SGD",
            {"lr": 0.012, "momentum": 0.85, "nesterov": True},
            {"lr": 0.05, "momentum": 0.8, "nesterov": True},
        ),
    ),
    "a step size for every weight": (
        ("Adagrad", "Adagrad", {"lr": 0.6}, {"lr": 0.3}),
        ("RMSProp", "RMSProp", {"lr": 0.12, "alpha": 0.9}, {"lr": 0.08, "alpha": 0.9}),
        ("Adadelta", "Adadelta", {"lr": 1.0, "eps": 3e-3}, {"lr": 1.0, "eps": 3e-3}),
    ),
    "both": (
        ("Adam", "Adam", {"lr": 0.25}, {"lr": 0.12}),
        ("Adamax", "Adamax", {"lr": 0.3}, {"lr": 0.14}),
        ("Nadam", "Nadam", {"lr": 0.25}, {"lr": 0.1}),
    ),
}
STYLES = ((COLOURS[0], "-"), (COLOURS[1], (0, (5, 1.2))), ("#333333", (0, (1, 0.8))))  # told apart without colour too
RAVINE, SADDLE = ((-4.0, 1.0), 60), ((-1.9, 0.01), 50)  # start and steps


def ravine(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Curvature 1 along x and 25 along y; the minimum is at (0, 0)."""
    return (x**2 + 25 * y**2) / 2


def saddle(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """A saddle at (0, 0) between two minima at (0, 2) and (0, -2)."""
    return x**2 / 2 - y**2 / 2 + y**4 / 16


def walk(kind: type, function: Callable, start: tuple[float, float], steps: int, settings: dict) -> torch.Tensor:
    """(steps + 1, 2): the places that an optimizer passes."""
    place = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer, path = kind([place], **settings), [place.detach().clone()]
    for _ in range(steps):
        function(*place).backward()
        optimizer.step()
        optimizer.zero_grad()
        path.append(place.detach().clone())
    return torch.stack(path)


def scene(
    panel: plt.Axes, function: Callable, family: tuple, start: tuple[float, float], steps: int, which: int
) -> None:
    """Three paths over the contour lines of a function, with a dot every tenth step."""
    page = reference("s3_neural_networks/optimizers")
    for (name, kind, *settings), (colour, dashes) in zip(family, STYLES, strict=True):
        path = walk(getattr(page, kind), function, start, steps, settings[which])
        panel.plot(*path.T, color=colour, linewidth=1.7, linestyle=dashes, label=name)
        panel.plot(*path[10::10].T, "o", color=colour, markersize=3.4)
    panel.plot(*start, "o", color="black", markersize=6)
    panel.grid(False)
    x, y = torch.meshgrid(torch.linspace(*panel.get_xlim(), 240), torch.linspace(*panel.get_ylim(), 240), indexing="xy")
    height = function(x, y)
    low, high = float(height.min()), float(height.max())
    levels = [low + (high - low) * (k / 14) ** 2 for k in range(1, 15)]
    panel.contour(x, y, height, levels=levels, colors="#8c8c8c", linewidths=0.6, alpha=0.55, zorder=0)


def draw() -> plt.Figure:
    """Above a ravine, below a saddle; one family of methods in each column."""
    figure, axes = plt.subplots(2, 3, figsize=(8.4, 5.6), sharex="row", sharey="row", height_ratios=(1, 1.25))
    for (title, family), above, below in zip(FAMILIES.items(), *axes, strict=True):
        above.set(xlim=(-4.5, 1.3), ylim=(-1.0, 1.3), title=title)
        scene(above, ravine, family, *RAVINE, 0)
        above.plot(0, 0, "*", color="black", markersize=10)
        below.set(xlim=(-2.2, 0.9), ylim=(-0.45, 2.9), xlabel="$x$")
        scene(below, saddle, family, *SADDLE, 1)
        below.plot(0, 2, "*", color="black", markersize=10)
        below.plot(0, 0, "x", color="black", markersize=7, markeredgewidth=1.6)
        below.legend(loc="upper left", fontsize=9, handlelength=2.2)
    axes[0, 0].set_ylabel("a ravine, 25 times\nas steep across, 60 steps")
    axes[1, 0].set_ylabel("a saddle at the cross, 50 steps")
    return figure
