"""A perceptron's line moving over the epochs, and its mistakes, with classes that a line separates and with XOR."""

import matplotlib.pyplot as plt
import torch
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import MaxNLocator

from autograder.authoring.pictures import COLOURS, reference

FADE = LinearSegmentedColormap.from_list("fade", ("#c9d3db", "#1f2a33"))
SEED = 3


def clouds(seed: int = SEED) -> tuple[torch.Tensor, torch.Tensor]:
    """About 60 points (N, 2) with labels (N,), in random order, with a gap between the classes."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.randn(64, generator=generator, dtype=torch.float64).sign()
    centre = torch.where(y[:, None] > 0, torch.tensor([2.9, 2.5]), torch.tensor([1.1, 1.3]))
    X = centre + 0.7 * torch.randn(64, 2, generator=generator, dtype=torch.float64)
    apart = y * (X @ torch.tensor([1.0, 0.7], dtype=torch.float64) - 3.3) > 0.1
    return X[apart], y[apart]


def draw() -> plt.Figure:
    """Left: two clouds of points and the line after every epoch. Right: mistakes per epoch."""
    page = reference("s3_neural_networks/neuron")
    X, y = clouds()
    _, _, errors = page.perceptron_train(X, y, epochs=60)
    moves = len(errors) - 1  # the last epoch makes no mistake, so the line stays

    figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.7), width_ratios=(1.1, 1))
    edges = torch.tensor([-1.2, 5.8], dtype=torch.float64)
    for epoch in range(1, moves + 1):
        w, b, _ = page.perceptron_train(X, y, epochs=epoch)
        line, last = -(b + w[0] * edges) / w[1], epoch == moves
        if last:
            left.fill_between(edges, line, 9, color=COLOURS[0], alpha=0.08, linewidth=0)
            left.fill_between(edges, line, -9, color=COLOURS[1], alpha=0.10, linewidth=0)
        shade = FADE((epoch - 1) / max(1, moves - 1))
        name = f"after epoch {epoch}" if epoch in (1, moves) else None
        left.plot(edges, line, color=shade, linewidth=2.4 if last else 1.3, label=name)
    for label, marker, colour in ((1, "o", COLOURS[0]), (-1, "s", COLOURS[1])):
        left.scatter(
            *X[y == label].T, marker=marker, s=24, color=colour, linewidths=0, zorder=3, label=f"$y = {label}$"
        )
    left.set_xlim(-0.8, 5.0)
    left.set_ylim(-0.6, 4.6)
    left.set_xlabel("$x_1$")
    left.set_ylabel("$x_2$", rotation=0)
    left.set_title("the line moves until every point is on its side")
    left.legend(loc="lower right", fontsize=8, frameon=True, framealpha=0.9)

    corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
    xor = torch.tensor([-1.0, 1.0, 1.0, -1.0], dtype=torch.float64)
    never = page.perceptron_train(corners, xor, epochs=len(errors))[2]
    epochs = range(1, len(errors) + 1)
    right.plot(epochs, errors, "o-", color=COLOURS[2], markersize=5, label=f"the {len(X)} points on the left")
    right.plot(epochs, never, "s-", color=COLOURS[3], markersize=5, label="the 4 points of XOR")
    right.xaxis.set_major_locator(MaxNLocator(integer=True))
    right.yaxis.set_major_locator(MaxNLocator(integer=True))
    right.set_ylim(-0.4, max(*errors, *never) + 1.5)
    right.set_xlabel("epoch")
    right.set_title("mistakes in each epoch")
    right.legend(loc="upper right")
    return figure
