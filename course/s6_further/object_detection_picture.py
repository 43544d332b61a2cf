"""Overlap three times: between two boxes, among detections, and between detections and truths."""

import matplotlib.pyplot as plt
import torch
from matplotlib.patches import Rectangle

from autograder.authoring.pictures import COLOURS, reference
from autograder.course import datasets

SIDE, PLACES = 84, ((3, 2), (46, 10), (22, 50))  # of the scene, and x, y of its digits
DIGITS = (2, 7, 12)  # which of the held-out digits are shown
THRESHOLD = 0.4
MARGIN = 14  # right of the scene, for scores


def frame(axis: plt.Axes, box: torch.Tensor, **style: object) -> None:
    """The outline of an xyxy box."""
    x1, y1, x2, y2 = box.tolist()
    axis.add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, **{"fill": False, **style}))


def two_boxes(axis: plt.Axes, page: object) -> None:
    """The intersection of two boxes, and their IoU."""
    a, b = torch.tensor([[1.0, 1, 7, 6]]), torch.tensor([[3.0, 3, 9, 9]])
    frame(axis, a[0], fill=True, facecolor=COLOURS[0], alpha=0.25)
    frame(axis, b[0], fill=True, facecolor=COLOURS[1], alpha=0.25)
    frame(axis, torch.tensor([3.0, 3, 7, 6]), hatch="////", edgecolor="black", linewidth=1.5)
    frame(axis, a[0], edgecolor=COLOURS[0], linewidth=1.8)
    frame(axis, b[0], edgecolor=COLOURS[1], linewidth=1.8)
    axis.text(1.3, 2.1, "a", color=COLOURS[0], fontsize=12)
    axis.text(8.1, 8.6, "b", color=COLOURS[1], fontsize=12)
    axis.text(5, 10.4, rf"$\frac{{12}}{{30 + 36 - 12}} = {page.iou(a, b).item():.2f}$", ha="center", fontsize=12)
    axis.set(xlim=(0, 10), ylim=(11.2, 0), xticks=[], yticks=[], aspect="equal")
    axis.set_title("IoU of two boxes")
    axis.spines[:].set_visible(False)


def scene() -> tuple[torch.Tensor, torch.Tensor]:
    """Three digits on one sheet, and the boxes of their ink as xyxy."""
    digits, sheet, truths = datasets.load("digits").load().test_images, torch.zeros(SIDE, SIDE), []
    for which, (x, y) in zip(DIGITS, PLACES, strict=True):
        sheet[y : y + 28, x : x + 28] = digits[which, 0]
        rows, columns = (digits[which, 0] > 0.2).nonzero().T
        ends = (columns.min() + x, rows.min() + y, columns.max() + x + 1, rows.max() + y + 1)
        truths.append(torch.stack(ends).float())
    return sheet, torch.stack(truths)


def detections(page: object, truths: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Four shaken boxes around every truth and two that are far from all; the better, the higher their score."""
    generator = torch.Generator().manual_seed(5)
    boxes = truths.repeat(4, 1) + 1.8 * torch.randn(4 * len(truths), 4, generator=generator)
    strays = torch.tensor([[56.0, 58, 78, 80], [2.0, 40, 15, 62]])
    scores = page.iou(boxes, truths).amax(1) - 0.05 * torch.rand(len(boxes), generator=generator)
    return torch.cat([boxes, strays]), torch.cat([scores, torch.tensor([0.62, 0.31])])


def draw() -> plt.Figure:
    """Left the IoU of two boxes, in the middle what suppression keeps, right the envelope over the recall."""
    page = reference("s6_further/object_detection")
    sheet, truths = scene()
    boxes, scores = detections(page, truths)
    kept = page.nms(boxes, scores, THRESHOLD)
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(7.3, 2.75), width_ratios=(0.95, 1.1, 1.25))
    two_boxes(left, page)

    paper = torch.nn.functional.pad(sheet, (0, MARGIN))  # in the dark, too, scores beside a box stand on paper
    middle.imshow(paper, cmap="gray_r", vmin=0, vmax=1.6, extent=(0, SIDE + MARGIN, SIDE, 0))
    for number, box in enumerate(boxes):
        if number not in kept.tolist():
            frame(middle, box, edgecolor=COLOURS[5], linewidth=0.7, linestyle=(0, (3, 2)))
    for number in kept.tolist():
        frame(middle, boxes[number], edgecolor=COLOURS[3], linewidth=1.8)
        at = boxes[number, 2].item() + 1, boxes[number, 1].item()
        middle.text(*at, f"{scores[number]:.2f}", color=COLOURS[3], fontsize=8, va="top")
    middle.set(xlim=(0, SIDE + MARGIN), xticks=[], yticks=[])
    middle.grid(visible=False)
    middle.spines[:].set_visible(False)
    middle.set_title(f"nms keeps {len(kept)} of {len(boxes)} boxes")

    correct = torch.tensor([True, True, False, True, False, False, True, True, False, True])
    n_truth, scores = 8, torch.linspace(0.95, 0.2, len(correct))
    hits = correct.double().cumsum(0)
    precision, recall = hits / torch.arange(1, len(hits) + 1), hits / n_truth
    steps = recall[correct]
    heights = torch.stack([precision[recall >= level].max() for level in steps])
    edges = torch.cat([torch.zeros(1), steps])
    right.stairs(heights, edges, fill=True, color=COLOURS[0], alpha=0.2)
    right.stairs(heights, edges, color=COLOURS[0], linewidth=2, label="envelope")
    right.plot(recall, precision, "o-", color=COLOURS[1], markersize=4, linewidth=1, label="after k detections")
    right.set(xlim=(0, 1), ylim=(0, 1.08), xlabel="recall", ylabel="precision")
    ap = page.average_precision(scores, correct, n_truth)
    right.text(0.37, 0.28, f"AP = {ap:.3f}", ha="center", color=COLOURS[0], fontsize=11)
    right.legend(loc="lower left", fontsize=8)
    right.set_title("average precision is an area")
    return figure
