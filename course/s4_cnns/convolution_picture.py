"""A kernel laid on a digit: the picture, the nine weights, what comes out; and where the places come from."""

import matplotlib.pyplot as plt
import torch
from matplotlib.patches import ConnectionPatch, Rectangle

from autograder.authoring.pictures import COLOURS, reference
from autograder.course import datasets

ROW, COLUMN = 12, 9  # the place that is shown
PIXELS, PADDING, KERNEL, STRIDE = 7, 1, 3, 2  # of the strip below
INK = COLOURS[1]


def draw() -> plt.Figure:
    """Above: input, kernel, output of an edge detector. Below: the places of a kernel along one axis."""
    page = reference("s4_cnns/convolution")
    digits = datasets.load("digits").load()
    image = digits.train_images[digits.train_labels == 7][:1]
    kernel = torch.tensor([[[[1.0, 2.0, 1.0], [0.0, 0.0, 0.0], [-1.0, -2.0, -1.0]]]])
    out = page.conv2d(image, kernel)
    figure = plt.figure(figsize=(7.2, 4.3))
    grid = figure.add_gridspec(2, 3, height_ratios=(2.6, 1.0), width_ratios=(1, 0.5, 1))
    left, middle, right = (figure.add_subplot(grid[0, i]) for i in range(3))
    show(left, image[0, 0], "gray_r", 0, 1, f"x: {tuple(image.shape[2:])}")
    show(middle, kernel[0, 0], "RdBu_r", -4, 4, "w: (3, 3)")
    show(right, out[0, 0], "RdBu_r", -4, 4, f"y = conv2d(x, w): {tuple(out.shape[2:])}")
    for u in range(3):
        for v in range(3):
            middle.text(v, u, f"{kernel[0, 0, u, v]:+.0f}".replace("+0", "0"), ha="center", va="center", fontsize=11)
    frame(left, COLUMN, ROW, 3)
    frame(middle, 0, 0, 3)
    frame(right, COLUMN, ROW, 1)
    lines = ((left, middle, COLUMN + 2.5, -0.5), (middle, right, 2.5, COLUMN - 0.5))
    for one, other, x0, x1 in lines:
        for end in (0, 1):
            y0 = (ROW - 0.5 + 3 * end) if one is left else (-0.5 + 3 * end)
            y1 = (-0.5 + 3 * end) if other is middle else (ROW - 0.5 + end)
            figure.add_artist(
                ConnectionPatch((x0, y0), (x1, y1), "data", "data", axesA=one, axesB=other, color=INK, linewidth=0.9)
            )
    strip(figure.add_subplot(grid[1, :]), page)
    return figure


def show(panel: plt.Axes, values: torch.Tensor, colours: str, low: float, high: float, title: str) -> None:
    """One map of numbers."""
    panel.imshow(values, cmap=colours, vmin=low, vmax=high)
    panel.set(xticks=[], yticks=[])
    panel.set_title(title)
    panel.grid(visible=False)
    panel.spines[:].set_visible(True)


def frame(panel: plt.Axes, column: int, row: int, size: int) -> None:
    """A square around `size` pixels."""
    panel.add_patch(Rectangle((column - 0.5, row - 0.5), size, size, fill=False, edgecolor=INK, linewidth=1.8))


def strip(panel: plt.Axes, page) -> None:
    """Pixels of one axis, padding at both ends, and the kernel at every place that it has."""
    for place in range(-PADDING, PIXELS + PADDING):
        inside = 0 <= place < PIXELS
        panel.add_patch(
            Rectangle(
                (place, 0), 1, 1, facecolor="#d7e3ee" if inside else "white", edgecolor="#777777",
                linestyle="-" if inside else ":",
            )
        )  # fmt: skip
        panel.text(place + 0.5, 0.47, f"$x_{place}$" if inside else "0", ha="center", va="center")
    count = page.conv_output_size(PIXELS, KERNEL, STRIDE, PADDING)
    for i in range(count):
        first, height = i * STRIDE - PADDING, -0.35 - 0.42 * (i % 2)
        panel.plot([first + 0.08, first + KERNEL - 0.08], [height, height], color=INK, linewidth=2.5)
        panel.text(first + KERNEL / 2, height - 0.08, f"$y_{i}$", ha="center", va="top", color=INK)
    panel.set(xlim=(-7.2, PIXELS + 7.2), ylim=(-1.2, 1.05), xticks=[], yticks=[])
    panel.grid(visible=False)
    panel.spines[:].set_visible(False)
    panel.set_title(
        f"n = {PIXELS}, p = {PADDING}, k = {KERNEL}, s = {STRIDE}: "
        rf"$\lfloor({PIXELS} + 2\cdot{PADDING} - {KERNEL})\,/\,{STRIDE}\rfloor + 1 = {count}$ places"
    )
