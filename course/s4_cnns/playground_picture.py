"""Recorded in the lab: four kernels over one picture, and what the course's network reads in a digit that is moved."""

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

from autograder.authoring.pictures import COLOURS, reference
from autograder.course import datasets
from autograder.course.trees import trees

KERNELS = {
    "mean": [[1 / 9] * 3] * 3,
    "left to right": [[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]],
    "Laplace": [[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]],
    "sharpen": [[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]],
}
SHIFTS = range(9)  # pixels to the right


def shift(image: torch.Tensor, columns: int) -> torch.Tensor:
    """An image (..., 28, 28) moved to the right, with nothing where it was."""
    return F.pad(image, (columns, 0))[..., : image.shape[-1]]


def trained() -> torch.nn.Module:
    """The course's network with its kept weights, in eval mode."""
    model = reference("s4_cnns/digits").DigitClassifier()
    model.load_state_dict(torch.load(trees().course / "s4_cnns" / "digits_weights.pt", weights_only=True))
    return model.eval()


def right_when_moved() -> list[float]:
    """The share of held-out digits that are read right, for each shift."""
    digits, model = datasets.load("digits").load(), trained()
    with torch.no_grad():
        answers = [model(shift(digits.test_images, columns)).argmax(1) for columns in SHIFTS]
    return [float((said == digits.test_labels).float().mean()) for said in answers]


def draw() -> plt.Figure:
    """Above: a digit under four kernels. Below: the accuracy on held-out digits that are moved."""
    page = reference("s4_cnns/convolution")
    digits = datasets.load("digits").load()
    image = digits.test_images[digits.test_labels == 7][:1]
    figure = plt.figure(figsize=(7.2, 4.0))
    grid = figure.add_gridspec(2, 5, height_ratios=(1.1, 1))
    panels = [figure.add_subplot(grid[0, k]) for k in range(5)]
    panels[0].imshow(image[0, 0], cmap="gray_r", vmin=0, vmax=1)
    panels[0].set_title("a 7 of the data")
    for panel, (name, weights) in zip(panels[1:], KERNELS.items(), strict=True):
        out = page.conv2d(image, torch.tensor(weights)[None, None], padding=1)[0, 0]
        most = float(out.abs().max())
        panel.imshow(out, cmap="PuOr", vmin=-most, vmax=most)
        panel.set_title(name)
    for panel in panels:
        panel.set(xticks=[], yticks=[])
        panel.grid(visible=False)
    below = figure.add_subplot(grid[1, :])
    below.plot(list(SHIFTS), [100 * share for share in right_when_moved()], marker="o", color=COLOURS[0])
    below.set(xlabel="pixels that every digit is moved to the right", ylabel="read right, %", ylim=(0, 105))
    return figure
