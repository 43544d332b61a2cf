"""One picture, eight random augmentations of it, and a digit for which a mirror is a lie."""

import matplotlib.pyplot as plt
import torch
from matplotlib.patches import Rectangle

from autograder.authoring.pictures import COLOURS, reference
from autograder.course import datasets

GREEN, RED = COLOURS[2], COLOURS[3]


def draw() -> plt.Figure:
    """On the left the picture; in the middle eight draws; on the right a three and its mirror image."""
    page, pictures = reference("s2_data/image_datasets"), datasets.load("images")
    house = pictures.scene().permute(2, 0, 1) / 255
    digits, labels = pictures.digits()
    three = digits[labels == 3][0].float() / 255
    figure = plt.figure(figsize=(8.2, 2.25))
    grid = figure.add_gridspec(2, 7, width_ratios=(2.0, 1, 1, 1, 1, 0.1, 0.62))
    show(figure.add_subplot(grid[:, 0]), house.permute(1, 2, 0), "house", "black")
    caption = figure.add_subplot(grid[0, 1:5])
    caption.set_title("eight draws of augment: still a house", color=GREEN, fontsize=9)
    caption.axis("off")
    generator = torch.Generator().manual_seed(1)
    for number in range(8):
        image = page.augment(house, generator, flip=0.5, shift=6)
        panel = figure.add_subplot(grid[number // 4, 1 + number % 4])
        show(panel, image.permute(1, 2, 0), "", GREEN)
    show(figure.add_subplot(grid[0, 6]), three, "three", "black")
    show(figure.add_subplot(grid[1, 6]), three.flip(-1), "not a three", RED)
    return figure


def show(panel: plt.Axes, image: torch.Tensor, title: str, colour: str) -> None:
    """An image in a frame."""
    panel.imshow(image, vmin=0, vmax=1, cmap="gray")
    panel.set_title(title, color=colour, fontsize=9)
    panel.set(xticks=[], yticks=[])
    panel.grid(False)
    panel.spines[:].set_visible(False)
    panel.add_patch(Rectangle((0, 0), 1, 1, transform=panel.transAxes, fill=False, edgecolor=colour, linewidth=2))
