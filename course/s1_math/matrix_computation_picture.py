"""Masks: a column of numbers held against a row of numbers."""

import matplotlib.pyplot as plt
import torch
from matplotlib.colors import ListedColormap

from autograder.authoring.pictures import COLOURS, reference


def draw() -> plt.Figure:
    """Four comparisons; the compared column stands at the left of each mask, the compared row above it."""
    page = reference("s1_math/matrix_computation")
    bins, lengths = torch.tensor([2, 0, 2, 3, 1]), torch.tensor([3, 5, 1, 0, 4])
    places, five = list(range(5)), torch.arange(5)
    panels = (
        ("eye:\ni = j", "row number i", places, page.eye(5)),
        ("triu:\ni ≤ j", "row number i", places, page.triu(5)),
        ("scatter_add:\nbin = j", "bin of entry i", bins.tolist(), bins[:, None] == five),
        ("sequence_mask:\nj < length", "length of row i", lengths.tolist(), page.sequence_mask(lengths, 5)),
    )
    figure, axes = plt.subplots(1, 4, figsize=(7.8, 2.45))
    for number, (panel, (title, side, column, mask)) in enumerate(zip(axes, panels, strict=True)):
        colours = ListedColormap(["#f3f3f3", COLOURS[number]])
        panel.pcolormesh(mask.numpy().astype(int), cmap=colours, edgecolors="white", linewidth=2, vmin=0, vmax=1)
        for (i, j), answer in zip(torch.cartesian_prod(five, five).tolist(), mask.flatten().tolist(), strict=True):
            colour = "white" if answer else "#b0b0b0"
            panel.text(j + 0.5, i + 0.5, int(answer), ha="center", va="center", color=colour)
        panel.set_title(title, fontsize=9)
        panel.set_ylabel(side)
        panel.set_xlabel("column number j")
        panel.xaxis.set_label_position("top")
        panel.tick_params(length=0, labeltop=True, labelbottom=False)
        panel.set_xticks([j + 0.5 for j in places], places)
        panel.set_yticks([i + 0.5 for i in places], column)
        panel.invert_yaxis()
        panel.set_aspect("equal")
        panel.grid(False)
        panel.spines[:].set_visible(False)
    return figure
