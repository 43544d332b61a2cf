"""A three that turns into an eight, with its label, and a learning rate that comes to rest."""

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference
from autograder.course import datasets

LAMS = (1.0, 0.75, 0.5, 0.25, 0.0)


def draw() -> plt.Figure:
    """Left: five mixtures above their labels. Right: the rate over the steps."""
    page = reference("s6_further/image_classification")
    figure = plt.figure(figsize=(8.0, 3.0))
    left, right = figure.subfigures(1, 2, width_ratios=(1.35, 1))
    panels = left.subplots(2, len(LAMS), height_ratios=(1.25, 1), sharey="row")
    pictures, digits = datasets.load("images").digits()
    pair = torch.stack([pictures[digits == digit][0] for digit in (3, 8)]).double() / 255
    for column, lam in enumerate(LAMS):
        images, labels = page.mixup(pair, torch.tensor([3, 8]), lam, torch.tensor([1, 0]), num_classes=10)
        above, below = panels[:, column]
        above.imshow(images[0], cmap="gray_r", vmin=0, vmax=1)
        above.set(xticks=[], yticks=[])
        above.grid(False)
        above.set_title(rf"$\lambda$ = {lam:g}")
        below.bar([0, 1], labels[0, [3, 8]], width=0.7, color=[COLOURS[0], COLOURS[1]])
        below.set_xticks([0, 1], ['"3"', '"8"'])
        below.set(ylim=(0, 1.05), yticks=[0, 0.5, 1])
    panels[1, 0].set_ylabel("label")
    rate(right.subplots(), page)
    return figure


def rate(axes: plt.Axes, page) -> None:
    """The schedule of the page, with its three pieces named."""
    total, warmup, lr, low = 100, 12, 1.0, 0.1
    steps = list(range(total + 21))
    axes.plot(steps, [page.cosine_lr(t, total, lr, warmup, low) for t in steps], color=COLOURS[2], linewidth=2)
    for t in (warmup, total):
        axes.axvline(t, color=COLOURS[5], linewidth=0.8, linestyle=":")
    for x, y, word in ((warmup + 3, 1.06, "warm-up, then half a cosine"), (total + 2, 0.16, "rest")):
        axes.text(x, y, word, fontsize=8, color="#444444")
    axes.set_xticks([0, warmup, total], ["0", "w", "T"])
    axes.set_yticks([0, low, lr], ["0", r"$\eta_{\min}$", r"$\eta$"])
    axes.set(ylim=(-0.03, 1.16), xlabel="step", title="the learning rate")
