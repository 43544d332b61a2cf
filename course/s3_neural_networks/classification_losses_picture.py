"""What an answer costs: by the probability of the right class, and by the score on the right side."""

import math

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference


def draw() -> plt.Figure:
    """Curves: cross-entropy and focal loss on the left, logistic and hinge loss on the right."""
    losses = reference("s3_neural_networks/classification_losses")
    figure, (left, right) = plt.subplots(1, 2, sharey=True)

    ahead = torch.linspace(-4, 8, 241, dtype=torch.float64)  # the right class's logit; the other's is 0
    rows, label = torch.stack([ahead, torch.zeros_like(ahead)], 1), torch.tensor([0])
    for gamma, colour, line in ((0.0, COLOURS[0], "-"), (1.0, COLOURS[4], "--"), (2.0, COLOURS[3], ":")):
        name = rf"focal, $\gamma = {gamma:g}$" if gamma else r"cross-entropy, $-\log p_t$"
        costs = [losses.focal(row[None], label, gamma=gamma) for row in rows]
        left.plot(torch.sigmoid(ahead), costs, color=colour, linewidth=1.8, linestyle=line, label=name)
    left.plot([0.5], [math.log(2)], "o", color=COLOURS[0], markersize=4)
    left.text(0.52, 0.75, r"$\log 2$ at one half", color=COLOURS[0])
    left.set_xlim(0, 1)
    left.set_ylim(0, 3.5)
    left.set_xlabel("$p_t$, the probability of the right class")
    left.set_ylabel("loss of one example")
    left.set_title("what a probability costs")
    left.legend()

    scores, yes = torch.linspace(-2.5, 4, 261, dtype=torch.float64), torch.ones((), dtype=torch.float64)
    logistic = [losses.bce_with_logits(score, yes) for score in scores]
    right.plot([-2.5, 0, 0, 4], [1, 1, 0, 0], color=COLOURS[5], linewidth=1.2, linestyle="--", label="wrong or right")
    right.plot(scores, logistic, color=COLOURS[0], linewidth=1.8, label="logistic")
    right.plot(scores, [losses.hinge(score, yes) for score in scores], color=COLOURS[1], linewidth=1.8, label="hinge")
    right.set_xlim(-2.5, 4)
    right.set_xlabel("score, where the right side is above 0")
    right.set_title("what a score costs")
    right.legend()
    return figure
