"""What the lessons from activations to losses say."""

from __future__ import annotations

import math

import torch
from torch.nn import functional

from tests.lessons import Claim, script, solution

ACTIVATIONS, SOFTMAX, NEURON = (f"s3_neural_networks/{name}" for name in ("activations", "softmax", "neuron"))
TASKS, LOSSES = "s3_neural_networks/tasks", "s3_neural_networks/losses"
REGRESSION, CLASSIFICATION = "s3_neural_networks/regression_losses", "s3_neural_networks/classification_losses"
LOGS = torch.tensor([1.0, 2.0, 5.0], dtype=torch.float64).log()
SEVEN = torch.tensor([0.0, 0, 0, 3, 3, 6, 7], dtype=torch.float64)


def gelu_gap() -> torch.Tensor:
    """The largest difference of the two GELUs."""
    x = torch.linspace(-6, 6, 20001, dtype=torch.float64)
    page = solution(ACTIVATIONS)
    return (page.gelu(x) - page.gelu(x, approximate="tanh")).abs().max()


def halves_at_a_tie() -> bool:
    """Where maximum and minimum have the slope of a half, and abs, clamp and relu not."""
    x = torch.zeros((), requires_grad=True)
    slopes = [
        torch.autograd.grad(f(x), x)[0].item()
        for f in (
            lambda x: torch.maximum(x, torch.zeros(())),
            lambda x: torch.minimum(x, torch.zeros(())),
            torch.abs,
            torch.relu,
            lambda x: x.clamp(min=0),
        )
    ]
    return slopes == [0.5, 0.5, 0, 0, 1]


def jacobian_sums() -> bool:
    """Rows and columns of softmax's Jacobian, and what one constant added to all logits changes."""
    J = solution(SOFTMAX).softmax_jacobian(torch.tensor([2.0, 1.0, -1.0], dtype=torch.float64))
    zeros = torch.zeros(3, dtype=torch.float64)
    return torch.allclose(J.sum(1), zeros, atol=1e-12) and torch.allclose(J.sum(0), zeros, atol=1e-12)


def larger_after_a_step() -> bool:
    """By how much y (w x + b) grows in a perceptron's step, for a random example."""
    w, x, b, eta, y = torch.randn(3), torch.randn(3), 0.3, 0.7, -1.0
    before, after = y * (w @ x + b), y * ((w + eta * y * x) @ x + b + eta * y)
    return math.isclose(after - before, eta * (x @ x + 1), rel_tol=1e-4)


def exam(threshold: float) -> torch.Tensor:
    """The confusion matrix of the picture at another threshold."""
    hours, score = script(TASKS).exam()
    passed = (score >= script(TASKS).PASS).long()
    X = torch.stack([hours, torch.ones_like(hours)], 1)
    page = solution(TASKS)
    called = page.predict_binary(X @ script(TASKS).logistic(X, passed.double()), threshold)
    return page.confusion_matrix(called, passed, 2)


def gaussian(error: float, sigma: float) -> float:
    """The Gaussian NLL of one error."""
    zero = torch.zeros(1, dtype=torch.float64)
    return float(solution(LOSSES).gaussian_nll(zero, torch.tensor(sigma, dtype=torch.float64), zero + error))


def lowest(loss: str, data: torch.Tensor, **settings: float) -> float:
    """The best constant prediction under a loss, on a fine grid."""
    grid = torch.linspace(float(data.min()), float(data.max()), 7001, dtype=data.dtype)
    each = getattr(solution(REGRESSION), loss)
    return float(grid[torch.stack([each(c.expand_as(data), data, **settings) for c in grid]).argmin()])


def overflowing_bce() -> tuple[float, float]:
    """PyTorch's loss for logit 200 and label 0, and its gradient."""
    z = torch.tensor(200.0, requires_grad=True)
    p = torch.sigmoid(z)
    loss = functional.binary_cross_entropy(p, torch.zeros(()))
    return loss.item(), torch.autograd.grad(loss, z)[0].item()


def huber_meets() -> bool:
    """Whether value and slope of both branches are the same where the error is the threshold."""
    found = []
    for e in (0.5 - 1e-9, 0.5 + 1e-9):
        x = torch.tensor([e], dtype=torch.float64, requires_grad=True)
        loss = solution(REGRESSION).huber(x, torch.zeros(1, dtype=torch.float64), delta=0.5)
        found.append((loss.item(), torch.autograd.grad(loss, x)[0].item()))
    return (
        all(math.isclose(a, b, abs_tol=1e-8) for a, b in zip(*found, strict=True)) and abs(found[0][0] - 0.125) < 1e-8
    )


CLAIMS = [
    Claim(
        ACTIVATIONS, "is `inf` instead of $<.0f>$", lambda: solution(ACTIVATIONS).softplus(torch.tensor(1000.0)).item()
    ),
    Claim(
        ACTIVATIONS,
        "the derivative of the other branch at $1000$ is `inf`, and times 0 that is NaN again",
        lambda: torch.tensor(1000.0).exp().isinf() and torch.isnan(0 * torch.tensor(1000.0).exp()),
    ),
    Claim(
        TASKS,
        'if one in a hundred is ill, "all are healthy" is <.0f> % accurate',
        lambda: 100 * solution(TASKS).accuracy(torch.zeros(100).long(), (torch.arange(100) < 1).long()),
    ),
    Claim(TASKS, r"FP + FN} = \frac{<d>}{<d>}.$$", lambda: (2 * 15, 2 * 15 + 2 + 3)),
    Claim(CLASSIFICATION, "means $p = (<g>, <g>, <g>)$", lambda: tuple(torch.softmax(LOGS, 0).tolist())),
    Claim(ACTIVATIONS, r"$\sigma(\ln 3) = 1/(1 + 1/3) = <.2f>$", lambda: torch.sigmoid(torch.tensor(math.log(3.0)))),
    Claim(
        ACTIVATIONS, r"$0.75 \cdot 0.25 = <.4f>$", lambda: solution(ACTIVATIONS).sigmoid_grad(torch.tensor(3.0).log())
    ),
    Claim(
        ACTIVATIONS,
        r"$\sigma'$ is never more than $1/4$",
        lambda: math.isclose(solution(ACTIVATIONS).sigmoid_grad(torch.linspace(-9, 9, 181)).max(), 0.25, rel_tol=1e-6),
    ),
    Claim(ACTIVATIONS, r"$(1/4)^{10} \approx 10^{<d>}$", lambda: round(math.log10(0.25**10))),
    Claim(ACTIVATIONS, "halve the slope at a tie", halves_at_a_tie),
    Claim(ACTIVATIONS, "The two differ by up to $<e1>$", lambda: float(gelu_gap())),
    Claim(SOFTMAX, r"$e \approx <.3f>$", lambda: math.e),
    Claim(SOFTMAX, "Each *row* sums to zero", jacobian_sums),
    Claim(
        SOFTMAX,
        r"the entries are $\pm \tfrac14$",
        lambda: torch.equal(solution(SOFTMAX).softmax_jacobian(torch.zeros(2)).abs(), torch.full((2, 2), 0.25)),
    ),
    Claim(NEURON, r"larger than before by $\eta\,(\lVert x\rVert^2 + 1)$", larger_after_a_step),
    Claim(NEURON, "the score $5 + 1 = <.0f>$", lambda: torch.tensor([2.0, 1.0]).square().sum() + 1),
    Claim(
        NEURON,
        "which has variance $1/(3D)$",
        lambda: math.isclose(torch.nn.Linear(400, 4000).weight.var().item(), 1 / (3 * 400), rel_tol=0.02),
    ),
    Claim(
        TASKS,
        r"\begin{pmatrix} <d> & <d> \\ <d> & <d> \end{pmatrix}",
        lambda: tuple(exam(0.5).flatten().tolist()),
    ),
    Claim(TASKS, "**by hand** $<d>/<d>$", lambda: (int(exam(0.5).trace()), int(exam(0.5).sum()))),
    Claim(
        TASKS,
        r"$\tau = 0.7$ it is $<d>/<d>$",
        lambda: (int(exam(0.7)[1, 1]), int(exam(0.7)[:, 1].sum())),
    ),
    Claim(
        TASKS,
        r"= \frac{<d>}{<d>}.$$",
        lambda: (int(2 * exam(0.5)[1, 1]), int(exam(0.5)[1].sum() + exam(0.5)[:, 1].sum())),
    ),
    Claim(LOSSES, "= <.3f>$, and", lambda: gaussian(1, 2)),
    Claim(LOSSES, r"$\sigma = 1$ gives $<.3f>$", lambda: gaussian(1, 1)),
    Claim(LOSSES, r"is about $10^{<.0f>}$", lambda: -(gaussian(40, 1)) / math.log(10)),
    Claim(LOSSES, r"the loss is only $<.0f>$", lambda: gaussian(40, 1)),
    Claim(
        LOSSES,
        r"lowest where $\sigma^2$ is the mean of",
        lambda: gaussian(3, 3) < min(gaussian(3, 2.9), gaussian(3, 3.1)),
    ),
    Claim(REGRESSION, "have the mean $<.2f>$ and the median <.0f>", lambda: (SEVEN.mean(), SEVEN.median())),
    Claim(REGRESSION, r"Huber with $\delta = 1$ is lowest at $<.1f>$", lambda: lowest("huber", SEVEN, delta=1.0)),
    Claim(REGRESSION, "a hundred times as hard as $e = 1$", lambda: 2 * 100 / (2 * 1) == 100),
    Claim(
        REGRESSION,
        r"$\log\cosh 1000 \approx <.1f>$",
        lambda: solution(REGRESSION).log_cosh(torch.tensor([1000.0]), torch.zeros(1)),
    ),
    Claim(
        REGRESSION,
        r"without the term $-\delta^2/2$ the loss would jump",
        huber_meets,
    ),
    Claim(
        CLASSIFICATION,
        "the gradient $(<.3f>, <.2f>, <.3f>)$",
        lambda: tuple(functional.softmax(LOGS, 0) - torch.tensor([0.0, 0.0, 1.0])),
    ),
    Claim(CLASSIFICATION, "$<.2f>$ for $p = 1/2$", lambda: -math.log(0.5)),
    Claim(CLASSIFICATION, r"$-\ln 0.625 = <.2f>$", lambda: -functional.log_softmax(LOGS, 0)[2]),
    Claim(
        CLASSIFICATION,
        "$<.2f>$ for ten classes",
        lambda: functional.cross_entropy(torch.eye(10).double()[:1], torch.tensor([0])),
    ),
    Claim(CLASSIFICATION, r"begins at $\log C$, $<.2f>$ for ten", lambda: math.log(10)),
    Claim(
        CLASSIFICATION,
        "for the label 0 then answers <.0f> where 200 is true, with the gradient <.0f>",
        overflowing_bce,
    ),
    Claim(
        CLASSIFICATION,
        "counts a hundredth of its cross-entropy; at $p_t = 0.1$ it still counts four fifths",
        lambda: math.isclose((1 - 0.9) ** 2, 0.01) and abs((1 - 0.1) ** 2 - 0.8) < 0.02,
    ),
]
