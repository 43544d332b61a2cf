"""What weight decay leaves of a weight, by the size of its gradient; and the reliability diagram of two models."""

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference

SIZES = torch.logspace(-2, 1, 13, dtype=torch.float64)  # of the gradients
STEPS, RATE, DECAY = 1000, 0.01, 0.1


def left_over(sizes: torch.Tensor, decoupled: bool) -> torch.Tensor:
    """What is left of weights of 1 whose gradients are of these sizes and change their sign with every step."""
    step = reference("s3_neural_networks/regularisation").adam_step
    w, m, v = torch.ones_like(sizes), torch.zeros_like(sizes), torch.zeros_like(sizes)
    for t in range(1, STEPS + 1):
        w, m, v = step(w, sizes * (-1) ** t, m, v, t, lr=RATE, decay=DECAY, decoupled=decoupled)
    return w


def answers(n: int = 20000) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits of three classes, (n, 3), and labels that are drawn from their softmax."""
    generator = torch.Generator().manual_seed(0)
    logits = 1.5 * torch.randn(n, 3, generator=generator, dtype=torch.float64)
    u = torch.rand(n, 1, generator=generator, dtype=torch.float64)
    return logits, (torch.softmax(logits, 1).cumsum(1)[:, :2] < u).sum(1)


def draw() -> plt.Figure:
    """Two panels: weight decay, calibration."""
    page = reference("s3_neural_networks/regularisation")
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.6, 3.3))
    for decoupled, name, mark, colour in ((True, "AdamW", "o-", COLOURS[0]), (False, "L2 in Adam", "s--", COLOURS[1])):
        left.semilogx(SIZES, left_over(SIZES, decoupled), mark, color=colour, markersize=4, label=name)
    left.set(
        xlabel="size of the gradient", ylabel="what is left of the weight", ylim=(-0.05, 1.05),
        title=f"a weight of 1 after {STEPS} steps",
    )  # fmt: skip
    left.legend()
    logits, labels = answers()
    right.plot([1 / 3, 1], [1 / 3, 1], color=COLOURS[5], linewidth=1)
    for factor, mark, colour in ((1, "o-", COLOURS[0]), (2, "s--", COLOURS[1])):
        confidence, answer = torch.softmax(factor * logits, 1).max(1)
        count, accuracy, mean = page.reliability(confidence, answer == labels)
        kept = count > 0
        name = "softmax(z)" if factor == 1 else f"softmax({factor}z), too sure"
        right.plot(mean[kept], accuracy[kept], mark, color=colour, markersize=4, label=name)
    right.set(xlabel="mean confidence of a bin", ylabel="share that is right", title="can it be believed?")
    right.legend()
    return figure
