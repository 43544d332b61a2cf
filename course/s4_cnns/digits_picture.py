"""The held-out digits that the reference model finds hardest.

The weights are those of one training (seed 0), kept as they were in half precision: what the lessons tell of this
network then holds on every machine.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference
from autograder.course import datasets

ROWS, COLUMNS = 2, 6
WEIGHTS = Path(__file__).with_name("digits_weights.pt")


def trained() -> torch.nn.Module:
    """The course's network with its kept weights, in eval mode."""
    model = reference("s4_cnns/digits").DigitClassifier()
    model.load_state_dict(torch.load(WEIGHTS, weights_only=True))
    return model.eval()


def draw() -> plt.Figure:
    """A dozen digits, hardest first: the label, and what the model says with which probability."""
    page = reference("s4_cnns/digits")
    digits = datasets.load("digits").load()
    model = trained()
    accuracy = page.evaluate(model, digits.test_images, digits.test_labels)
    places = page.hardest(model, digits.test_images, digits.test_labels, ROWS * COLUMNS)
    with torch.no_grad():
        probabilities = model(digits.test_images[places]).softmax(1)
    figure, axes = plt.subplots(ROWS, COLUMNS, figsize=(6.4, 3.0))
    for axis, place, p in zip(axes.flat, places, probabilities, strict=True):
        label, said = int(digits.test_labels[place]), int(p.argmax())
        axis.imshow(digits.test_images[place, 0], cmap="gray_r", vmin=0, vmax=1)
        colour = COLOURS[2] if said == label else COLOURS[3]
        axis.set_title(f"{label}", color=COLOURS[5], fontsize=10, loc="left", pad=3)
        axis.set_title(f"says {said}  {100 * p[said]:.0f} %", color=colour, fontsize=8.5, loc="right", pad=3)
        axis.set_xticks([])
        axis.set_yticks([])
        axis.grid(visible=False)
        for spine in axis.spines.values():
            spine.set(visible=True, color=colour, linewidth=1.5)
    count = len(digits.test_labels)
    figure.suptitle(f"{100 * accuracy:.1f} % of {count} held-out digits are right; these are the hardest")
    return figure
