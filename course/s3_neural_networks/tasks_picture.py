"""One data set seen twice: how many points in the exam, and passed or not."""

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference

PASS = 50  # points


def exam() -> tuple[torch.Tensor, torch.Tensor]:
    """Hours of preparation and points of 40 invented students."""
    generator = torch.Generator().manual_seed(9)
    hours = 10 * torch.rand(40, generator=generator, dtype=torch.float64)
    noise = torch.randn(40, generator=generator, dtype=torch.float64)
    return hours, (26 + 5.2 * hours + 11 * noise).clamp(0, 100)


def logistic(X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The weights that minimise the cross-entropy, by Newton's method."""
    w = torch.zeros(2, dtype=X.dtype)
    for _ in range(20):
        p = torch.sigmoid(X @ w)
        w += torch.linalg.solve(X.T @ (X * (p * (1 - p))[:, None]), X.T @ (y - p))
    return w


def draw() -> plt.Figure:
    """Left a line and its residuals, right a probability, cut at one half into the four cells of a matrix."""
    page = reference("s3_neural_networks/tasks")
    hours, score = exam()
    passed = (score >= PASS).long()
    X = torch.stack([hours, torch.ones_like(hours)], 1)
    grid = torch.linspace(0, 10, 200, dtype=X.dtype)
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 3.0))

    line = torch.linalg.lstsq(X, score[:, None]).solution[:, 0]
    fit = X @ line
    left.vlines(hours, fit, score, color=COLOURS[3], linewidth=1)
    left.plot(grid, line[0] * grid + line[1], color=COLOURS[0], linewidth=2)
    left.axhline(PASS, color="black", linestyle=":", linewidth=1)
    left.text(9.9, PASS - 2, "enough to pass", fontsize=8, ha="right", va="top")
    left.plot(hours, score, "o", color=COLOURS[5], markersize=4)
    left.set_title("regression: how many points?")
    left.set_ylabel("points in the exam")
    left.set_ylim(0, 100)
    left.text(4.9, 6, f"RMSE = {page.rmse(fit, score):.1f} points\n$R^2$ = {page.r2(fit, score):.2f}", fontsize=10)

    w = logistic(X, passed.double())
    logits = X @ w
    called = page.predict_binary(logits)
    cut = float(-w[1] / w[0])
    for truth in (0, 1):
        for answer in (0, 1):
            cell = (passed == truth) & (called == answer)
            colour = COLOURS[2] if truth == answer else COLOURS[3]
            right.plot(hours[cell], passed[cell], "o", color=colour, markersize=5, fillstyle="none")
    right.plot(grid, torch.sigmoid(w[0] * grid + w[1]), color=COLOURS[0], linewidth=2)
    right.axvline(cut, color="black", linestyle="--", linewidth=1)
    right.plot([cut], [0.5], "o", color="black", markersize=4)
    right.text(cut + 0.2, 0.43, "probability 0.5, logit 0", fontsize=8)
    matrix = page.confusion_matrix(called, passed, 2).tolist()
    names = (("true negatives", "false positives"), ("false negatives", "true positives"))
    for truth in (0, 1):
        for answer in (0, 1):
            colour = COLOURS[2] if truth == answer else COLOURS[3]
            place = (cut / 2, (cut + 10) / 2)[answer], (-0.17, 1.13)[truth]
            text = f"{matrix[truth][answer]} {names[truth][answer]}"
            right.text(*place, text, ha="center", va="center", color=colour)
    right.set_title("classification: passed or not?")
    right.set_yticks((0, 0.5, 1), ("failed", "0.5", "passed"))
    right.set_ylim(-0.3, 1.25)
    for panel in (left, right):
        panel.set_xlabel("hours of preparation")
        panel.set_xlim(0, 10)
    return figure
