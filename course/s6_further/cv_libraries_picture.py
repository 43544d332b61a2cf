"""One pixel in three libraries, and what becomes of a picture whose first channel is taken for the other end."""

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle
from PIL import Image

from autograder.authoring.pictures import COLOURS, reference
from autograder.course import datasets

RED, GREEN, BLUE = COLOURS[3], COLOURS[2], COLOURS[0]
ROW, COLUMN = 15, 14  # a brick of the house


def draw() -> plt.Figure:
    """Left: the scene. Middle: the framed pixel, asked for in three ways. Right: the scene, blue taken for red."""
    page = reference("s6_further/cv_libraries")
    pixels = datasets.load("images").scene()
    height, width, _ = pixels.shape
    tensor = page.pil_to_tensor(Image.fromarray(pixels.numpy()))
    array = page.bgr_to_rgb(pixels.numpy())  # the exchange undoes itself: this is what OpenCV has in memory
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(8.6, 2.5), width_ratios=(1, 1.35, 1))
    for panel, picture, title in ((left, pixels, "the picture"), (right, array, "OpenCV's array, shown as if R, G, B")):
        panel.imshow(picture)
        panel.set_title(title, fontsize=9)
        panel.add_patch(Rectangle((COLUMN - 0.5, ROW - 0.5), 1, 1, fill=False, edgecolor="white", linewidth=1.4))
    left.set_xlabel(f"x = {COLUMN} of W = {width}", fontsize=8)
    left.set_ylabel(f"y = {ROW} of H = {height}", fontsize=8)
    rows = (
        ("PIL", f"size ({width}, {height})", "getpixel((x, y))", pixels[ROW, COLUMN].tolist(), (RED, GREEN, BLUE)),
        ("OpenCV", f"shape ({height}, {width}, 3)", "image[y, x]", array[ROW, COLUMN].tolist(), (BLUE, GREEN, RED)),
        (
            "PyTorch",
            f"shape (3, {height}, {width})",
            "tensor[:, y, x]",
            tensor[:, ROW, COLUMN].tolist(),
            (RED, GREEN, BLUE),
        ),
    )
    middle.set(xlim=(0, 1), ylim=(0, 3))
    middle.set_title("the framed pixel", fontsize=9)
    for number, row in enumerate(rows):
        library(middle, 2 - number, *row)
    for panel in (left, middle, right):
        panel.set(xticks=[], yticks=[])
        panel.grid(False)
        panel.spines[:].set_visible(False)
    return figure


def library(panel: plt.Axes, y: float, name: str, size: str, question: str, values: list, inks: tuple) -> None:
    """One library: its name, how it counts, and its three numbers in the colours of their channels."""
    panel.text(0.0, y + 0.62, name, fontsize=9, fontweight="bold", va="center")
    panel.text(0.24, y + 0.62, size, fontsize=8, color="#555555", va="center")
    panel.text(0.0, y + 0.22, question, fontsize=8, family="monospace", va="center")
    for place, (value, ink) in enumerate(zip(values, inks, strict=True)):
        x = 0.5 + 0.165 * place
        panel.add_patch(Rectangle((x, y + 0.02), 0.155, 0.4, facecolor=ink))
        text = f"{value:.2f}" if isinstance(value, float) else str(value)
        panel.text(x + 0.0775, y + 0.22, text, color="white", fontsize=8, ha="center", va="center")
