"""One network after few and after many steps: right about equally often, and surer of everything."""

import matplotlib.pyplot as plt
import torch
from matplotlib.colors import LinearSegmentedColormap
from torch.nn import functional

from autograder.authoring.pictures import COLOURS, reference

SHADES = LinearSegmentedColormap.from_list("shades", ("#5b97c4", "#ffffff", "#e9ac70"))  # COLOURS[0] and [1], paler
LIM, DENSITY, NOISE = 2.1, 120, 0.3
MOMENTS = (100, 1000)  # steps


def draw() -> plt.Figure:
    """Shades: the probability of the lower moon. Line: where the answer changes. Titles: how new moons fare."""
    page = reference("s3_neural_networks/classification_network")
    generator = torch.Generator().manual_seed(4)
    X, y = page.two_moons(60, NOISE, generator)
    new_X, new_y = page.two_moons(4000, NOISE, generator)
    ticks = torch.linspace(-LIM, LIM, DENSITY)
    x1, x2 = torch.meshgrid(ticks, ticks, indexing="xy")
    plane = torch.stack([x1, x2], dim=2).reshape(-1, 2)

    figure, axes = plt.subplots(1, 2, figsize=(7.4, 3.8), sharey=True)
    for axis, epochs in zip(axes, MOMENTS, strict=True):
        torch.manual_seed(0)
        model = page.MLPClassifier(hidden=200)
        page.train_classifier(model, X, y, epochs=epochs, lr=0.05)
        lower = page.predict_proba(model, plane)[:, 1].reshape(DENSITY, DENSITY)
        model.eval()
        with torch.no_grad():
            logits = model(new_X)
        accuracy = (logits.argmax(1) == new_y).double().mean()
        loss = functional.cross_entropy(logits, new_y)
        shades = axis.contourf(x1, x2, lower, levels=[k / 10 for k in range(11)], cmap=SHADES)
        axis.contour(x1, x2, page.decision_grid(model, LIM, DENSITY), levels=[0.5], colors="black", linewidths=1.3)
        for label, marker in ((0, "o"), (1, "s")):
            axis.scatter(
                *X[y == label].T, s=18, marker=marker, color=COLOURS[label], edgecolors="white", linewidths=0.5
            )
        axis.set_title(f"after {epochs:,} steps\nnew moons: {100 * accuracy:.0f} % right, loss {loss:.2f}", fontsize=9)
        axis.set_xlabel("$x_1$")
        axis.set_aspect("equal")
        axis.grid(visible=False)
    axes[0].set_ylabel("$x_2$", rotation=0)
    figure.colorbar(shades, ax=axes, label="probability of the lower moon", ticks=[0, 0.5, 1], shrink=0.8)
    return figure
