"""Three logits and their softmax at three temperatures."""

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference


def draw() -> plt.Figure:
    """Bars: the logits on the left, the probabilities on the right."""
    softmax = reference("s3_neural_networks/softmax")
    logits = torch.tensor([2.0, 1.0, -1.0])
    figure, (left, right) = plt.subplots(1, 2, width_ratios=(1, 2.4))
    names = ["setosa", "versicolor", "virginica"]
    left.bar_label(left.bar(names, logits, color=COLOURS[5]), fmt="%g")
    left.axhline(0, color="black", linewidth=0.8)
    left.set_title("logits")
    left.tick_params(axis="x", rotation=30)
    for number, temperature in enumerate((0.5, 1.0, 4.0)):
        p = softmax.temperature_softmax(logits, temperature)
        places = [i + 0.27 * (number - 1) for i in range(3)]
        bars = right.bar(places, p, width=0.25, color=COLOURS[number], label=f"T = {temperature:g}")
        right.bar_label(bars, fmt="%.2f", fontsize=9)
    right.set_xticks(range(3), names)
    right.set_ylim(0, 1)
    right.set_title("softmax: positive, and each colour sums to 1")
    right.legend()
    return figure
