"""Both models against the linear one on six sets of texts."""

import matplotlib.pyplot as plt

from autograder.authoring.pictures import COLOURS

#: accuracy in percent: of logistic regression, then (mean, lowest, highest) of three seeds of bag and TextCNN;
#: measured by benchmarks/project.py, and written down there, because five of the sets are not at hand everywhere
MEASURED = {
    "docstrings, 8 classes": (81.2, (82.2, 81.5, 82.9), (81.5, 81.0, 82.3)),
    "SMS spam, 2": (98.4, (97.4, 97.1, 97.7), (97.4, 97.3, 97.5)),
    "film reviews, 2": (78.3, (77.5, 77.1, 77.8), (77.3, 76.6, 78.2)),
    "TREC questions, 6": (87.6, (86.9, 86.2, 88.0), (87.5, 87.4, 87.6)),
    "Banking77, 77": (90.4, (90.1, 90.0, 90.4), (89.4, 89.0, 89.8)),
    "AG News, 4": (87.8, (87.7, 87.6, 87.8), (87.0, 86.7, 87.2)),
}


def draw() -> plt.Figure:
    """For each set how many points both models are above or below logistic regression, from worst to best seed."""
    figure, axes = plt.subplots(figsize=(6.4, 3.0))
    for row, (linear, *models) in enumerate(MEASURED.values()):
        for (mean, low, high), shift, colour in zip(models, (0.15, -0.15), COLOURS[:2], strict=True):
            axes.plot([low - linear, high - linear], [row - shift] * 2, color=colour, linewidth=2, alpha=0.6)
            axes.plot(mean - linear, row - shift, "o", color=colour, markersize=6)
        axes.text(2.35, row, f"{linear:.1f} %", va="center", ha="right", color=COLOURS[5])
    axes.axvline(0, color=COLOURS[5], linewidth=1.5)
    axes.set(xlim=(-2.6, 2.4), ylim=(len(MEASURED) - 0.4, -1.0), xlabel="points of accuracy above the linear model")
    axes.set_yticks(range(len(MEASURED)), MEASURED)
    axes.text(2.35, -0.7, "linear model", va="center", ha="right", color=COLOURS[5])
    axes.text(-2.55, -0.7, "● bag of embeddings", va="center", color=COLOURS[0])
    axes.text(-1.1, -0.7, "● TextCNN", va="center", color=COLOURS[1])
    axes.grid(visible=False, axis="y")
    return figure
