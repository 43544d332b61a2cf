"""The weights of one text of four words and a padding: without a mask, with it, and causal besides."""

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference

#: accuracy of the transformer in percent, (mean, lowest, highest) of three seeds; measured by benchmarks/attention.py,
#: beside the numbers of the linear model, bag and TextCNN in project_picture.py
MEASURED = {
    "docstrings, 8 classes": (78.1, 77.7, 78.8),
    "SMS spam, 2": (98.3, 98.1, 98.5),
    "film reviews, 2": (75.3, 74.0, 76.0),
    "TREC questions, 6": (82.7, 81.6, 83.4),
    "Banking77, 77": (78.9, 76.6, 81.9),
}

WORDS = ["the", "bank", "of", "rivers", "<pad>"]
#: two numbers for each word, queries and keys alike: "bank" fits "rivers", the small words fit each other
VECTORS = torch.tensor([[1.2, 0.2], [0.1, 2.0], [1.3, 0.0], [0.3, 2.2], [0.9, 0.9]])


def weights(mask: torch.Tensor | None) -> torch.Tensor:
    """The attention weights of the five places, (5, 5)."""
    found: torch.Tensor = reference("s5_text_classification/attention").attention(VECTORS, VECTORS, VECTORS, mask)[1]
    return found


def draw() -> plt.Figure:
    """Three tables of weights, a row for each query; the area of a disc is its weight."""
    words = torch.tensor([True, True, True, True, False])
    causal = reference("s5_text_classification/attention").causal_mask(5)
    figure, panels = plt.subplots(1, 3, figsize=(8.2, 3.5), sharey=True)
    titles = ("no mask", "padding masked", "padding masked, causal")
    for axes, mask, title in zip(panels, (None, words, words & causal), titles, strict=True):
        table = weights(mask)
        for i in range(5):
            for j in range(5):
                if table[i, j] > 0:
                    axes.scatter(j, i, s=1000 * float(table[i, j]), color=COLOURS[0], alpha=0.55, linewidth=0)
                    axes.text(j, i, f"{table[i, j]:.2f}", ha="center", va="center")
                else:
                    axes.text(j, i, "0", ha="center", va="center", color=COLOURS[5])
        axes.set(title=title, xlim=(-0.5, 4.5), ylim=(4.5, -0.5), xlabel="key")
        axes.set_xticks(range(5), WORDS, rotation=45)
        axes.set_yticks(range(5), WORDS)
        axes.grid(visible=False)
    panels[0].set_ylabel("query")
    return figure
