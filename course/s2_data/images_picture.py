"""Bytes in the order of memory, what permute makes of them, and what reshape makes of them."""

import matplotlib.pyplot as plt
import torch
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from autograder.authoring.pictures import COLOURS, reference
from autograder.course import datasets

INKS = (COLOURS[3], COLOURS[2], COLOURS[0])
NAMES = ("red", "green", "blue")
ROW, COLUMN, SHOWN = 12, 5, 8  # the pixels whose bytes are written out


def draw() -> plt.Figure:
    """Above: some bytes in memory. Below: the picture, its three planes, and the three planes of a reshape."""
    page = reference("s2_data/images")
    pixels = datasets.load("images").scene()
    height, width, channels = pixels.shape
    figure = plt.figure(figsize=(8.0, 3.7))
    grid = figure.add_gridspec(3, 5, height_ratios=(0.75, 1.25, 1.25), width_ratios=(2.1, 0.95, 1, 1, 1))
    bytes_in_a_row(figure.add_subplot(grid[0, :]), pixels[ROW, COLUMN:].flatten())
    whole = figure.add_subplot(grid[1:, 0])
    whole.imshow(pixels)
    whole.set_title(f"image: ({height}, {width}, {channels}), bytes")
    whole.add_patch(Rectangle((COLUMN - 0.5, ROW - 0.5), SHOWN, 1, fill=False, edgecolor="white", linewidth=1.2))
    right = page.to_float_image(pixels)
    wrong = pixels.reshape(channels, height, width) / 255
    for c in range(channels):
        above, below = figure.add_subplot(grid[1, 2 + c]), figure.add_subplot(grid[2, 2 + c])
        plane(above, right[c], INKS[c])
        plane(below, wrong[c], "#777777")
        above.set_title(f"[{c}]: {NAMES[c]}", color=INKS[c])
        below.set_title(f"[{c}]: ?")
    arrow(figure.add_subplot(grid[1, 1]), "permute(2, 0, 1)\nthen / 255", "black")
    arrow(figure.add_subplot(grid[2, 1]), "reshape(3, H, W)\nthen / 255", "#999999")
    for panel in figure.axes:
        panel.set(xticks=[], yticks=[])
        panel.grid(False)
        panel.spines[:].set_visible(False)
    return figure


def arrow(panel: plt.Axes, label: str, colour: str) -> None:
    """An arrow to the right with words above it."""
    panel.set(xlim=(0, 1), ylim=(0, 1))
    panel.annotate(
        "", xy=(1, 0.4), xytext=(0, 0.4), arrowprops={"arrowstyle": "-|>", "linewidth": 1.6, "color": colour}
    )
    panel.text(0.5, 0.47, label, ha="center", va="bottom", fontsize=8, color=colour, family="monospace")


def bytes_in_a_row(panel: plt.Axes, values: torch.Tensor) -> None:
    """The first bytes, coloured by channel, with their pixels below."""
    for place, value in enumerate(values[: 3 * SHOWN].tolist()):
        panel.add_patch(Rectangle((place, 0), 1, 1, facecolor=INKS[place % 3], edgecolor="white", linewidth=1.5))
        panel.text(place + 0.5, 0.5, str(value), color="white", ha="center", va="center", fontsize=8)
    for pixel in range(SHOWN):
        panel.plot([3 * pixel + 0.1, 3 * pixel + 2.9], [-0.15, -0.15], color="#444444", linewidth=1.2)
        panel.text(3 * pixel + 1.5, -0.28, f"[{ROW}, {COLUMN + pixel}, :]", ha="center", va="top", fontsize=8)
    panel.set(xlim=(-0.1, 3 * SHOWN + 0.1), ylim=(-1.0, 1.05))
    panel.set_title("in memory: red, green and blue of one pixel, then of the next (the framed ones)")


def plane(panel: plt.Axes, values: torch.Tensor, ink: str) -> None:
    """One plane, nearly black where it is 0, white where it is 1."""
    panel.imshow(values, vmin=0, vmax=1, cmap=LinearSegmentedColormap.from_list("plane", ["#101010", ink, "#ffffff"]))
