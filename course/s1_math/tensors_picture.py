"""From a single number to a block of numbers, and how two shapes go together."""

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference

SIZE = 0.92  # of a cell, so that a gap is left


def cells(axes, values, x, y, colour, *, real=lambda i, j: True, level=1, ink="white") -> None:
    """A matrix as squares, its first row on top at (x, y); those that are only repeated are pale."""
    rows, columns = values.shape
    sheet = plt.Rectangle((x - 0.1, y - rows + 0.9), columns + 0.12, rows + 0.12, color="white", zorder=level)
    axes.add_patch(sheet)  # hides what lies behind
    for i, row in enumerate(values.tolist()):
        for j, value in enumerate(row):
            shade = 1.0 if real(i, j) else 0.2
            square = plt.Rectangle((x + j, y - i), SIZE, SIZE, color=colour, alpha=shade, linewidth=0, zorder=level)
            axes.add_patch(square)
            place = {"ha": "center", "va": "center", "fontsize": 8, "zorder": level + 0.5}
            axes.text(
                x + j + SIZE / 2, y - i + SIZE / 2, f"{value:g}", color=ink if real(i, j) else COLOURS[5], **place
            )


def label(axes, x, y, text) -> None:
    """A shape below its block."""
    axes.text(x, y, text, ha="center", va="top", fontsize=9, linespacing=1.3)


def draw() -> plt.Figure:
    """Above: number, vector, matrix, 3-d tensor. Below: a column plus a row, both stretched to a table."""
    page = reference("s1_math/tensors")
    figure, axes = plt.subplots(figsize=(6.4, 3.9))
    column, row = 10.0 * torch.arange(1, 4)[:, None], torch.arange(1.0, 5.0)
    shape = page.broadcast_shape(tuple(column.shape), tuple(row.shape))
    table = column + row

    cells(axes, table[:1, :1], 0, 7.1, COLOURS[0])
    label(axes, 0.5, 6.9, "number\n()")
    cells(axes, table[:1], 2.5, 7.1, COLOURS[0])
    label(axes, 4.5, 6.9, "vector\n(4,)")
    cells(axes, table, 8, 9.1, COLOURS[0])
    label(axes, 10, 6.9, "matrix\n(3, 4)")
    cells(axes, table + 100, 14.1, 9.6, COLOURS[4], ink="none")
    cells(axes, table, 13.6, 9.1, COLOURS[0], level=2)
    label(axes, 15.6, 6.9, "3-d tensor\n(2, 3, 4)")

    cells(axes, column.expand(shape), 0.4, 3, COLOURS[1], real=lambda i, j: j == 0)
    cells(axes, row.expand(shape), 7, 3, COLOURS[2], real=lambda i, j: i == 0)
    cells(axes, table, 13.6, 3, COLOURS[0])
    for x, sign in ((5.65, "+"), (12.25, "=")):
        axes.text(x, 2.45, sign, fontsize=16, ha="center", va="center")
    label(axes, 2.4, 0.8, "(3, 1), stretched to the right")
    label(axes, 9, 0.8, "(4,), stretched downwards")
    label(axes, 15.6, 0.8, str(shape))
    axes.set(xlim=(-0.7, 19), ylim=(-0.1, 10.6), aspect="equal")
    axes.axis("off")
    return figure
