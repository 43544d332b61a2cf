"""The same walk down an elongated bowl with three learning rates."""

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference

STEEPNESS = torch.tensor([1.0, 10.0])  # f(x) = (x1^2 + 10 x2^2) / 2, so the largest curvature is 10


def draw() -> plt.Figure:
    """Three panels, one for each learning rate: a crawl, a good pace, and one past the threshold 2 / 10."""
    descent = reference("s3_neural_networks/gradient_descent").gradient_descent
    across, up = torch.meshgrid(torch.linspace(-1.0, 4.6, 140), torch.linspace(-2.3, 2.3, 120), indexing="xy")
    height = (across**2 + 10 * up**2) / 2
    figure, panels = plt.subplots(1, 3, sharey=True, figsize=(7.2, 2.9))
    stories = ((0.02, 24, "too small: it crawls"), (0.16, 24, "good: it arrives"), (0.21, 8, "too large: it diverges"))
    for number, (panel, (lr, steps, story)) in enumerate(zip(panels, stories, strict=True)):
        _, path = descent(lambda x: STEEPNESS * x, torch.tensor([4.0, 1.0]), lr=lr, steps=steps)
        levels = [0.2 * 1.9**k for k in range(8)]
        panel.contour(across, up, height, levels=levels, colors=COLOURS[5], linewidths=0.6, alpha=0.6)
        panel.plot(*path.T, "-o", color=COLOURS[(0, 2, 3)[number]], markersize=2.6, linewidth=1.1)
        panel.plot(*path[0], "o", color="black", markersize=5)
        panel.plot(0, 0, "*", color="black", markersize=8)
        panel.set(xlim=(-1.0, 4.6), ylim=(-2.3, 2.3), xlabel="$x_1$", title=f"lr = {lr:g}, {steps} steps\n{story}")
        panel.grid(False)
    panels[0].set_ylabel("$x_2$")
    return figure
