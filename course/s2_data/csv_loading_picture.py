"""A small, messy CSV file beside the tensors it becomes."""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

from autograder.authoring.pictures import COLOURS, reference

BLUE, ORANGE, RED, GREY = COLOURS[0], COLOURS[1], COLOURS[3], COLOURS[5]
FIELDS = GREY, BLUE, ORANGE, BLUE  # the colours of row number, feature, target, feature
LINES = [
    ["", '"length, cm"', "kind", "weight"],
    ["0", "31.5", '"cat, black"', "4.5"],
    ["1", "NA", "dog", "12"],
    [],
    ["2", "28", '"cat, black"', "?"],
]
STEP = 0.0214  # the width of a character


def draw() -> plt.Figure:
    """The fields of the file on the left, in the colours of what becomes of them; X, y and the names on the right."""
    page = reference("s2_data/csv_loading")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "animals.csv")
        path.write_text("\ufeff" + "".join(",".join(fields) + "\r\n" for fields in LINES), encoding="utf-8", newline="")
        X, y, columns = page.parse_csv(str(path), "kind")
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 2.6), width_ratios=(1.25, 1))
    for axes, title in ((left, "animals.csv"), (right, 'parse_csv("animals.csv", "kind")')):
        axes.set(xlim=(0, 1), ylim=(0, 1), title=title)
        axes.axis("off")
    for number, fields in enumerate(LINES, 1):
        parts = [("\\ufeff", RED)] if number == 1 else []
        for place, field in enumerate(fields):
            parts += [(",", "black")] if place else []
            parts.append((field, RED if field in ("NA", "?") else FIELDS[place]))
        height, x = 1 - 0.15 * number, 0.07
        left.text(0.0, height, str(number), color=GREY, family="monospace", size=10)
        for text, colour in (*parts, ("\\r\\n", RED)):
            weight = "bold" if colour == RED else "normal"
            left.text(x, height, text, color=colour, family="monospace", size=10, weight=weight)
            x += STEP * len(text)
    left.text(0.07, 0.08, "bold and red: easily overlooked", color=RED, size=9, weight="bold")
    for j, name in enumerate(columns):
        right.text(0.34 + 0.34 * j, 0.87, name, color=BLUE, size=9, ha="center")
    right.text(0.94, 0.87, "kind", color=ORANGE, size=9, ha="center")
    for i, label in enumerate(y.tolist()):
        for place, text in ((0.34, f"{X[i, 0]:.1f}"), (0.68, f"{X[i, 1]:.1f}"), (0.94, str(label))):
            right.text(place, 0.68 - 0.17 * i, text, family="monospace", size=10, ha="center")
    for x, width, colour, label in ((0.17, 0.66, BLUE, "X (3, 2) float32"), (0.88, 0.12, ORANGE, "y (3,) int64")):
        frame = plt.Rectangle((x, 0.27), width, 0.54, fill=False, edgecolor=colour, linewidth=1.2, clip_on=False)
        right.add_patch(frame)
        right.text(x + width / 2, 0.15, label, color=colour, size=9, ha="center")
    return figure
