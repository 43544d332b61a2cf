"""The cliff, runs on it with and without clipping, and the noise of a batch over its size."""

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference

BLUE, ORANGE, GREEN, RED, _, GREY = COLOURS


def draw() -> plt.Figure:
    """Three panels: the loss around the cliff, the loss over the steps, the variance over the batch size."""
    page = reference("s3_neural_networks/training_troubles")
    figure, panels = plt.subplots(1, 3, figsize=(7.9, 2.75), width_ratios=(1.15, 1, 1))
    start = torch.tensor([1.2], dtype=torch.float64)
    steps = 40
    _, clipped = page.clipped_descent(page.cliff_loss, start, steps=steps, max_norm=1.0)
    _, wild = page.clipped_descent(page.cliff_loss, start, steps=3)
    cliff(panels[0], page, clipped)
    losses(panels[1], page, clipped, wild)
    variances(panels[2], page)
    return figure


def cliff(panel: plt.Axes, page, clipped: torch.Tensor) -> None:
    """The loss over the weight: small steps down the wall, one leap off the picture."""
    w = torch.linspace(0, 1.23, 300, dtype=torch.float64)
    panel.plot(w, (w**10 - 0.5) ** 2, color=GREY, linewidth=1.5)
    heights = [page.cliff_loss(row) for row in clipped]
    panel.plot(clipped, heights, "o", color=BLUE, markersize=3.5)
    panel.plot(clipped[0], heights[0], "o", color="black", markersize=6)
    leap = {"arrowstyle": "->", "color": RED, "linewidth": 1.8}
    panel.annotate("", xy=(0.02, heights[0]), xytext=(1.18, heights[0]), arrowprops=leap)
    panel.text(
        0.06,
        float(heights[0]) - 3.2,
        "without clipping:\nthe first step, to $w = -4.67$",
        color=RED,
        fontsize=8,
        va="top",
    )
    panel.text(0.9, 14, "with clipping", color=BLUE, fontsize=8, ha="right")
    panel.set(xlabel="$w$", title="a cliff: $(w^{10} - 1/2)^2$", xlim=(0, 1.25), ylim=(-1.5, 36))


def losses(panel: plt.Axes, page, clipped: torch.Tensor, wild: torch.Tensor) -> None:
    """The loss over the steps, on a logarithmic scale."""
    panel.semilogy([page.cliff_loss(row) for row in clipped], color=BLUE, linewidth=1.8, label="clipped to norm 1")
    panel.semilogy(
        [page.cliff_loss(row).clamp(max=1e300) for row in wild[:3]],
        "o-",
        color=RED,
        linewidth=1.8,
        markersize=4,
        label="not clipped",
    )
    panel.set(xlabel="step", title="the loss of both runs", ylim=(1e-11, 1e18))
    panel.legend(loc="upper right", fontsize=8)


def variances(panel: plt.Axes, page) -> None:
    """Measured and computed variance of the gradient of a batch."""
    generator = torch.Generator().manual_seed(3)
    n = 64
    X = torch.randn(n, 3, generator=generator)
    y, w = torch.randn(n, generator=generator), torch.zeros(3)
    each = -2 * y[:, None] * X
    sizes = [2**k for k in range(7)]
    for replacement, colour, mark in ((True, GREEN, "o"), (False, ORANGE, "s")):
        measured = []
        for b in sizes:
            draws = torch.rand(2000, n, generator=generator).argsort(1)[:, :b]
            if replacement:
                draws = torch.randint(n, (2000, b), generator=generator)
            measured.append(((each[draws].mean(1) - each.mean(0)) ** 2).sum(1).mean())
        grid = sizes if replacement else [*sizes[:-1], 48, 56, 60, 62, 63]
        name = "with" if replacement else "without"
        line = [page.gradient_variance(X, y, w, b, replacement) for b in grid]
        style = "-" if replacement else "--"
        panel.loglog(grid, line, style, color=colour, linewidth=1.6, label=f"{name} replacement")
        panel.loglog(
            sizes if replacement else sizes[:-1],
            measured if replacement else measured[:-1],
            mark,
            color=colour,
            markersize=4,
        )
    panel.set(xlabel="batch size $b$, of $N = 64$", title="variance of the gradient", xticks=sizes, ylim=(0.02, None))
    panel.set_xticks([], minor=True)
    panel.set_xticklabels(sizes)
    panel.legend(loc="lower left", fontsize=8)
