"""What the lessons from autograd to the networks say."""

from __future__ import annotations

import math

import torch
from torch.nn import functional

from tests.lessons import Claim, script, solution

AUTOGRAD, DESCENT = "s3_neural_networks/autograd", "s3_neural_networks/gradient_descent"
OPTIMIZERS, TROUBLES = "s3_neural_networks/optimizers", "s3_neural_networks/training_troubles"
REGRESSION, CLASSIFICATION = "s3_neural_networks/regression_network", "s3_neural_networks/classification_network"
REGULARISATION = "s3_neural_networks/regularisation"
SLOPE = 1 - math.tanh(1.5) ** 2  # of tanh in the picture's graph


def walk(lr: float) -> tuple[float, ...]:
    """The lesson's walk down the parabola with curvature 10."""
    return tuple(solution(DESCENT).gradient_descent(lambda x: 10 * x, torch.tensor(1.0), lr=lr, steps=3)[1].tolist())


def moved(kind: str, gradient: float = 3.0, **settings: float) -> list[float]:
    """By how many learning rates an optimizer moves a weight in steps 1, 2, 3 and 10 under a constant gradient."""
    p = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer, moves = getattr(solution(OPTIMIZERS), kind)([p], **settings), []
    for _ in range(10):
        before, p.grad = p.detach().clone(), torch.full_like(p, gradient)
        optimizer.step()
        moves.append((before - p.detach()).item() / optimizer.lr)
    return [moves[step - 1] for step in (1, 2, 3, 10)]


def row(*forms: str) -> str:
    """The cells of a row of the table."""
    return "| " + " | ".join(forms) + " |"


def waits(names: tuple[str, ...]) -> tuple[int, int]:
    """The fewest and the most steps that these methods take on the picture's saddle until y is above a half."""
    page, picture = solution(OPTIMIZERS), script(OPTIMIZERS)
    counts = []
    for family in picture.FAMILIES.values():
        for name, kind, _, settings in family:
            if name in names:
                path = picture.walk(getattr(page, kind), picture.saddle, *picture.SADDLE, settings)
                counts.append(int((path[:, 1] > 0.5).nonzero()[0]))
    return min(counts), max(counts)


def cliff(steps: int, dtype: torch.dtype) -> float:
    """Where plain gradient descent is after some steps from 1.2."""
    w = torch.tensor(1.2, dtype=dtype)
    for _ in range(steps):
        w = w - 0.01 * 2 * (w**10 - 0.5) * 10 * w**9
    return w.item()


def wall(w: float) -> float:
    """The slope of the cliff."""
    return 2 * (w**10 - 0.5) * 10 * w**9


def thousands(number: float) -> str:
    """A whole number with a blank before its last three digits."""
    return f"{number:,.0f}".replace(",", " ")


def passed_after(y: float) -> int:
    """Steps of gradient descent on x^2 - y^2 until |y| is above 1."""
    steps = 0
    while abs(y) <= 1:
        y, steps = y + 0.1 * 2 * y, steps + 1
    return steps


def broadcast_loss_is_the_variance() -> bool:
    """The least of the loss with every answer against every target."""
    y = torch.randn(50, dtype=torch.float64)
    return math.isclose((y.mean().expand(50, 1) - y).square().mean(), y.var(correction=0))


def descents_agree() -> bool:
    """Whether L2 and weight decay are the same for plain gradient descent."""
    w, g = torch.randn(2, 5, dtype=torch.float64)
    return torch.allclose(w - 0.3 * (g + 0.2 * w), (1 - 0.3 * 0.2) * w - 0.3 * g)


def first_lengths() -> bool:
    """The length of Adam's first step, for gradients of all sizes."""
    g, zero = torch.logspace(-3, 3, 9, dtype=torch.float64), torch.zeros(9, dtype=torch.float64)
    moved = solution(REGULARISATION).adam_step(zero, g, zero, zero, 1, lr=0.1, decay=0.0)[0]
    return torch.allclose(moved, torch.full_like(g, -0.1), rtol=1e-4)


def left_over(size: float, decoupled: bool) -> float:
    """What the picture's steps leave of a weight with gradients of this size."""
    return float(script(REGULARISATION).left_over(torch.tensor([size], dtype=torch.float64), decoupled))


def calibration_error(factor: float) -> float:
    """The calibration error of the picture's answers, with the logits times a factor."""
    logits, labels = script(REGULARISATION).answers()
    return solution(REGULARISATION).expected_calibration_error(torch.softmax(factor * logits, 1), labels)


def three_answers() -> float:
    """The calibration error of the lesson's three answers."""
    rows = torch.tensor([[0.95, 0.05], [0.95, 0.05], [0.35, 0.65]])
    return solution(REGULARISATION).expected_calibration_error(rows, torch.tensor([0, 1, 1]))


def shares_are_calibrated() -> bool:
    """Whether a model that always gives the classes' shares has no calibration error."""
    labels = torch.tensor([0] * 6 + [1] * 3 + [2])
    rows = torch.tensor([[0.6, 0.3, 0.1]]).expand(10, 3)
    return solution(REGULARISATION).expected_calibration_error(rows, labels) < 1e-6


def error_depends_on_bins() -> bool:
    """Whether other bins give the picture's second model another calibration error."""
    logits, labels = script(REGULARISATION).answers()
    found = [
        solution(REGULARISATION).expected_calibration_error(torch.softmax(logits, 1), labels, n) for n in (1, 10, 100)
    ]
    return max(found) > 1.5 * min(found)


CLAIMS = [
    Claim(REGULARISATION, "L2 changes $g$ to $<.1f>$, and the step stays the same", lambda: 0.5 + 0.1 * 2),
    Claim(
        REGULARISATION,
        "if it is $<.2f>$, the network has a reason to stop",
        lambda: solution(REGULARISATION).smooth_labels(torch.tensor([1]), 4, 0.2)[0, 1].item(),
    ),
    Claim(REGULARISATION, r"\lvert 0.5 - 0.95 \rvert = <.2f>$, one with", lambda: abs(0.5 - 0.95)),
    Claim(REGULARISATION, "For plain gradient descent both are the same", descents_agree),
    Claim(
        REGULARISATION,
        r"the first step of Adam has the length $\eta$, whatever the gradient is, if it is not 0",
        first_lengths,
    ),
    Claim(REGULARISATION, "AdamW leaves $<.2f>$ of each weight", lambda: left_over(0.1, True)),
    Claim(REGULARISATION, "L2 leaves $<.2f>$ where gradients are largest", lambda: left_over(10.0, False)),
    Claim(
        REGULARISATION,
        "nearly nothing where they are smaller than 0.1",
        lambda: all(abs(left_over(size, False)) < 0.01 for size in (0.01, 0.03, 0.1)),
    ),
    Claim(REGULARISATION, r"$\mathrm{ECE} = (2 \cdot 0.45 + 0.35) / 3 = <.2f>$", three_answers),
    Claim(REGULARISATION, "its ECE is $<.2f>$, which is chance", lambda: calibration_error(1)),
    Claim(REGULARISATION, "and the ECE is $<.2f>$", lambda: calibration_error(2)),
    Claim(REGULARISATION, "the number depends on them", error_depends_on_bins),
    Claim(REGULARISATION, "a model that always gives the classes' shares is calibrated", shares_are_calibrated),
    Claim(AUTOGRAD, r"= 1 \cdot <.2f> + 2 \cdot 1 \cdot <.2f> = <.2f>", lambda: (SLOPE, SLOPE, SLOPE + 2 * SLOPE)),
    Claim(OPTIMIZERS, r"tenfold for $\mu = 0.9$", lambda: math.isclose(1 / (1 - 0.9), 10)),
    Claim(OPTIMIZERS, row("SGD", "<.0f>", "<.0f>", "<.0f>", "<.0f>"), lambda: tuple(moved("SGD"))),
    Claim(
        OPTIMIZERS, row("momentum 0.9", "<.0f>", "<.1f>", "<.2f>", "<.1f>"), lambda: tuple(moved("SGD", momentum=0.9))
    ),
    Claim(OPTIMIZERS, row("Adagrad", "<.0f>", "<.2f>", "<.2f>", "<.2f>"), lambda: tuple(moved("Adagrad"))),
    Claim(OPTIMIZERS, row("RMSProp", "<.0f>", "<.2f>", "<.2f>", "<.2f>"), lambda: tuple(moved("RMSProp"))),
    Claim(OPTIMIZERS, row("Adadelta", "<.4f>", "<.4f>", "<.4f>", "<.4f>"), lambda: tuple(moved("Adadelta"))),
    Claim(OPTIMIZERS, row("Adam, Adamax", "<.0f>", "<.0f>", "<.0f>", "<.0f>"), lambda: tuple(moved("Adam"))),
    Claim(OPTIMIZERS, row("Adam, Adamax", "<.0f>", "<.0f>", "<.0f>", "<.0f>"), lambda: tuple(moved("Adamax"))),
    Claim(OPTIMIZERS, row("Nadam", "<.2f>", "<.2f>", "<.2f>", "<.2f>"), lambda: tuple(moved("Nadam"))),
    Claim(
        OPTIMIZERS,
        "about a tenth",
        lambda: all(
            0.08 < small / large < 0.1 for small, large in zip(moved("Adadelta", 3e-4), moved("Adadelta"), strict=True)
        ),
    ),
    Claim(
        OPTIMIZERS,
        "wait (in the picture <d> to <d> steps until $y = 0.5$)",
        lambda: waits(("SGD, lr decay", "momentum", "Nesterov")),
    ),
    Claim(
        OPTIMIZERS,
        "leave at once (<d> to <d> steps)",
        lambda: waits(("Adagrad", "RMSProp", "Adadelta", "Adam", "Adamax", "Nadam")),
    ),
    Claim(TROUBLES, "at $<.3f>$ there is a minimum", lambda: 0.5**0.1),
    Claim(
        TROUBLES,
        "the slope is <.0f> at $w = 1$, <.0f> at $w = 1.2$, and <s> at $w = 1.5$",
        lambda: (wall(1.0), wall(1.2), thousands(wall(1.5))),
    ),
    Claim(
        TROUBLES,
        r"lands at $<.2f>$, the next at $10^{<.0f>}$, the third at $<e0>$",
        lambda: (
            cliff(1, torch.float64),
            math.log10(cliff(2, torch.float64)),
            cliff(3, torch.float64),
        ),
    ),
    Claim(
        TROUBLES,
        "the fourth overflows (in float32 the third)",
        lambda: math.isinf(cliff(4, torch.float64)) and math.isinf(cliff(3, torch.float32)),
    ),
    Claim(TROUBLES, r"$\sigma'(10) = <e1>$", lambda: 1 / (1 + math.exp(-10)) * (1 - 1 / (1 + math.exp(-10)))),
    Claim(
        TROUBLES,
        "| $<e1>$ |",
        lambda: float(solution(TROUBLES).logit_slopes(torch.tensor([-20.0]).double(), torch.ones(1).double())[0]),
    ),
    Claim(
        TROUBLES,
        "| $<.1f>$ |",
        lambda: float(solution(TROUBLES).logit_slopes(torch.tensor([-20.0]).double(), torch.ones(1).double())[1]),
    ),
    Claim(TROUBLES, r"past $\lvert y\rvert = 1$ after <d> steps", lambda: passed_after(1e-6)),
    Claim(REGRESSION, "the loss stays at their variance", broadcast_loss_is_the_variance),
    Claim(
        CLASSIFICATION,
        "51 % costs $<.2f>$ if it is right and $<.2f>$ if it is wrong. One of 99.99 % costs $<.4f>$ if it is right, "
        "and $<.1f>$ if it is wrong",
        lambda: tuple(-math.log(p) for p in (0.51, 0.49, 0.9999, 0.0001)),
    ),
    Claim(CLASSIFICATION, "($<.2f>$ for two classes, $<.2f>$ for ten)", lambda: (math.log(2), math.log(10))),
    Claim(
        CLASSIFICATION,
        "a loss of $\\ln C$ whatever the labels are",
        lambda: math.isclose(
            functional.cross_entropy(torch.zeros(3, 7), torch.tensor([0, 3, 6])), math.log(7), rel_tol=1e-6
        ),
    ),
]
