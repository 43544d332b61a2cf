"""Sixteen examples, split once and shuffled afresh in every epoch: each keeps its colour."""

import matplotlib.pyplot as plt
import torch
from matplotlib.patches import Rectangle

from autograder.authoring.pictures import COLOURS, reference

N, SIZE, EPOCHS = 16, 5, 3


def draw() -> plt.Figure:
    """Rows of coloured bars: the dataset, its two parts, the batches of three epochs and of the validation."""
    page = reference("s2_data/datasets_and_loaders")
    dataset = page.ArrayDataset(torch.arange(N), torch.arange(N))
    train, validation = page.split_indices(N, [0.75, 0.25], seed=1)
    parts = [page.ArrayDataset(torch.arange(N)[part], torch.arange(N)[part]) for part in (train, validation.sort()[0])]
    shuffled = page.MiniLoader(parts[0], SIZE, shuffle=True, generator=torch.Generator().manual_seed(0))
    fixed = page.MiniLoader(parts[1], SIZE)

    figure, axes = plt.subplots(figsize=(8.0, 3.7))
    axes.set(xlim=(-4.2, 21.6), ylim=(-8.9, 1.3))
    axes.axis("off")
    hues = plt.get_cmap("viridis")

    def row(y: float, x: float, members: list[int]) -> float:
        for place, i in enumerate(members):
            axes.add_patch(Rectangle((x + place, y), 1, 1, facecolor=hues(i / (N - 1)), edgecolor="white"))
            ink = "white" if i < 9 else "black"
            axes.text(x + place + 0.5, y + 0.47, str(i), ha="center", va="center", fontsize=8, color=ink)
        axes.add_patch(Rectangle((x, y), len(members), 1, fill=False, edgecolor="#444444", linewidth=1.2))
        return x + len(members)

    def label(y: float, text: str) -> None:
        axes.text(-0.4, y + 0.47, text, ha="right", va="center")

    label(0, "ArrayDataset")
    row(0, 0, [int(dataset[i][1]) for i in range(N)])
    label(-2.1, "split_indices")
    row(-2.1, 0, train.tolist())
    row(-2.1, 16, validation.sort()[0].tolist())
    axes.text(6, -0.95, "for training", ha="center", va="bottom", fontsize=8, color=COLOURS[5])
    axes.text(18, -0.95, "for validation", ha="center", va="bottom", fontsize=8, color=COLOURS[5])
    for epoch in range(EPOCHS):
        y = -4.6 - 1.5 * epoch
        label(y, f"epoch {epoch + 1}")
        x = 0.0
        for _, labels in shuffled:
            x = row(y, x, labels.tolist()) + 0.6
        for _, labels in fixed:
            row(y, 16, labels.tolist())
    axes.text(6.6, -3.45, "MiniLoader: a new order each time", ha="center", va="bottom", fontsize=8, color=COLOURS[5])
    axes.text(18, -3.45, "always the same", ha="center", va="bottom", fontsize=8, color=COLOURS[5])
    for x, text in ((2.5, "batch 1"), (8.1, "batch 2"), (12.2, "the rest")):
        axes.text(x, -8.0, text, ha="center", va="top", fontsize=8, color=COLOURS[5])
    return figure
