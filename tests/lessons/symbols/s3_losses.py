"""The formulas of the lessons on losses, and what they say in symbols."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch.nn import functional

from tests.lessons import Claim, Formula, solution

LOSSES = "s3_neural_networks/losses"
CLASSES = "s3_neural_networks/classification_losses"
REGRESSION = "s3_neural_networks/regression_losses"
F64 = torch.float64


def sigma(x: np.ndarray) -> np.ndarray:
    """The sigmoid, as NumPy would have it."""
    return np.asarray(1 / (1 + np.exp(-np.asarray(x))))


def coin(z: float, y: float) -> float:
    """The page's loss of one logit."""
    return float(solution(CLASSES).bce_with_logits(torch.tensor([z], dtype=F64), torch.tensor([y], dtype=F64)))


def softmax_first(C: int) -> float:
    """The least cross-entropy where softmax was applied before."""
    return functional.cross_entropy(torch.eye(C, dtype=F64)[:1], torch.tensor([0])).item()


def hinge(score: float) -> float:
    """The hinge loss of one score whose label is 1."""
    return float(solution(CLASSES).hinge(torch.tensor([score]), torch.tensor([1.0])))


def constants() -> bool:
    """The best constants for 1, 2, 2.5, 4.5, 10, and the share of ones for a coin."""
    y, grid = torch.tensor([1, 2, 2.5, 4.5, 10], dtype=F64), torch.linspace(0, 10, 2001, dtype=F64)
    square, absolute = ((grid[:, None] - y) ** 2).sum(1).argmin(), (grid[:, None] - y).abs().sum(1).argmin()
    p, coin = torch.linspace(0.01, 0.99, 99, dtype=F64), torch.tensor([0.0, 1, 0, 0], dtype=F64)
    nll = -(coin[:, None] * p.log() + (1 - coin[:, None]) * (1 - p).log()).sum(0)
    return (
        abs(grid[square] - y.mean()) < 0.01
        and abs(grid[absolute] - y.median()) < 0.01
        and abs(p[nll.argmin()] - 0.25) < 0.01
    )


def kinked_at_zero() -> bool:
    """The slope of max(z, 0) + log(1 + e^-|z|) at 0, with relu and with clamp; the true one is a half."""
    z = torch.zeros((), dtype=F64, requires_grad=True)
    return all(
        abs(torch.autograd.grad(larger(z) + torch.log1p(torch.exp(-z.abs())), z)[0] - 0.5) == 0.5
        for larger in (torch.relu, lambda z: z.clamp(min=0))
    )


def regression(name: str, error: float, **options: float) -> tuple[float, float]:
    """Value and slope of a loss of one error."""
    x = torch.tensor([error], dtype=F64, requires_grad=True)
    loss = getattr(solution(REGRESSION), name)(x, torch.zeros(1, dtype=F64), **options)
    return loss.item(), torch.autograd.grad(loss, x)[0].item()


def table_of_losses() -> bool:
    """Values and slopes of the table's losses at two errors on both sides of the threshold."""
    d, q, close = 1.5, 0.3, np.allclose
    return all(
        close(regression("mse", e), (e**2, 2 * e))
        and close(regression("mae", e), (abs(e), np.sign(e)))
        and close(
            regression("huber", e, delta=d), (e**2 / 2, e) if abs(e) <= d else (d * (abs(e) - d / 2), d * np.sign(e))
        )
        and close(regression("quantile", e, q=q), (max(-q * e, (1 - q) * e), -q if e < 0 else 1 - q))
        for e in (-4.0, -0.7, 0.2, 3.0)
    )


def pulls() -> bool:
    """How hard an error pulls at the squared and at the absolute error."""
    hard, absolute = (regression("mse", e)[1] for e in (100.0, 1.0)), {regression("mae", e)[1] for e in (100.0, 0.001)}
    large, small = hard
    return large == 100 * small and absolute == {1.0}


def smooth_limits() -> bool:
    """The slope of smooth L1 at large errors, for three thresholds."""
    return {regression("smooth_l1", e, beta=b)[1] for e in (-50.0, 50.0) for b in (0.5, 1.0, 2.0)} == {1.0, -1.0}


def gradient_of_rows() -> bool:
    """The gradient of cross-entropy, row by row."""
    z, y = torch.randn(4, 3, dtype=F64, requires_grad=True), torch.tensor([0, 2, 1, 1])
    found = torch.autograd.grad(solution(CLASSES).cross_entropy(z, y), z)[0]
    return torch.allclose(found, (torch.softmax(z, 1) - functional.one_hot(y, 3)) / 4)


ONE, TWO = {"z": 0.4, "y": 1.0, "p": sigma}, {"z": -1.2, "y": 0.0, "p": sigma}
FORMULAS: list[Formula] = [
    Formula(
        LOSSES,
        r"\frac{(y - \mu)^2}{2\sigma^2} + \log\sigma + \tfrac12\log(2\pi)",
        lambda: {"y": 1.0, r"\mu": 0.3, r"\sigma": 2.0},
        lambda: -torch.distributions.Normal(0.3, 2.0).log_prob(torch.tensor(1.0)).item(),
    ),
    Formula(
        LOSSES,
        r"\sigma(z) = 1/(1 + e^{-z})",
        lambda: {r"\sigma": sigma},
    ),
    Formula(
        LOSSES,
        r"\log(1 + e^{z}) - y\,z",
        lambda: ONE,
        lambda: coin(0.4, 1),
    ),
    Formula(
        LOSSES,
        r"\log(1 + e^{z}) - y\,z",
        lambda: TWO,
        lambda: coin(-1.2, 0),
    ),
    Formula(
        LOSSES,
        r"\max(z, 0) + \log(1 + e^{-\lvert z\rvert})",
        lambda: {"z": -1.2},
        lambda: math.log1p(math.exp(-1.2)),
    ),
    Formula(
        REGRESSION,
        r"\cosh e = \tfrac12 \exp(\lvert e\rvert)\,(1 + \exp(-2\lvert e\rvert))",
        lambda: {"e": 0.8},
    ),
    Formula(
        REGRESSION,
        r"\log\cosh e = \lvert e\rvert + \log\left(1 + \exp(-2\lvert e\rvert)\right) - \log 2",
        lambda: {"e": 0.8},
    ),
    Formula(
        CLASSES,
        r"1 - p = \sigma(-z)",
        lambda: {"p": float(sigma(np.array(0.4))), "z": 0.4, r"\sigma": sigma},
    ),
    Formula(
        CLASSES,
        r"-\bigl(y \log p + (1 - y) \log(1 - p)\bigr)",
        lambda: {"y": 1.0, "p": float(sigma(np.array(0.4)))},
        lambda: coin(0.4, 1),
    ),
    Formula(
        CLASSES,
        r"-\bigl(y \log p + (1 - y) \log(1 - p)\bigr)",
        lambda: {"y": 0.0, "p": float(sigma(np.array(-1.2)))},
        lambda: coin(-1.2, 0),
    ),
    Formula(
        CLASSES,
        r"\log(1 + (C - 1)/e)",
        lambda: {"C": 7},
        lambda: softmax_first(7),
    ),
    Formula(
        CLASSES,
        r"\max(0, 1 - y\,s)",
        lambda: {"y": 1, "s": 0.3},
        lambda: hinge(0.3),
    ),
    Formula(
        CLASSES,
        r"(1 - p_t)^\gamma (-\log p_t)",
        lambda: {"p_t": 0.3, r"\gamma": 1.5},
        lambda: float(
            solution(CLASSES).focal(torch.tensor([[0.3, 0.7]], dtype=F64).log(), torch.tensor([0]), gamma=1.5)
        ),
    ),
]
CLAIMS = [
    Claim(
        LOSSES,
        r"$y - \mu = 1$ and $\sigma = 2$ give $\tfrac18 + <.3f> + <.3f> = <.3f>$",
        lambda: (math.log(2), math.log(2 * math.pi) / 2, 1 / 8 + math.log(2) + math.log(2 * math.pi) / 2),
    ),
    Claim(
        LOSSES,
        r"| Gaussian | $(y - \mu)^2$ | the mean | | Laplace, $e^{-\lvert y - \mu\rvert}$ | $\lvert y - "
        r"\mu\rvert$ | the median | | a coin, $y \in \{0, 1\}$ | $-\log p$ if $y = 1$, $-\log(1 - p)$ if $y "
        "= 0$ | $p$ = the share of ones |",
        constants,
    ),
    Claim(
        LOSSES,
        r"For a Gaussian an error of $5\sigma$ is nearly impossible",
        lambda: math.erfc(5 / math.sqrt(2)) < 1e-6,
    ),
    Claim(
        LOSSES,
        r"lowest where $\sigma^2$ is the mean of $(y - \mu)^2$",
        lambda: (
            min(
                (
                    sum(
                        float(solution(LOSSES).gaussian_nll(torch.zeros(1), torch.tensor(s / 10), torch.tensor([e])))
                        for e in (1.0, 3.0)
                    ),
                    s,
                )
                for s in range(10, 40)
            )[1]
            == round(10 * math.sqrt((1 + 9) / 2))
        ),
    ),
    Claim(
        LOSSES,
        "A density can be larger than 1, so the NLL of a real number can be negative",
        lambda: solution(LOSSES).gaussian_nll(torch.zeros(1), torch.tensor(0.1), torch.zeros(1)) < 0,
    ),
    Claim(
        LOSSES,
        "The first term is the logsumexp of $0$ and $z$",
        lambda: math.isclose(torch.logsumexp(torch.tensor([0.0, 0.7], dtype=F64), 0), math.log(1 + math.exp(0.7))),
    ),
    Claim(
        LOSSES,
        r"at $40\sigma$ it is about $10^{<.0f>}$, which is 0 in floating point",
        lambda: -(40**2 / 2 + math.log(2 * math.pi) / 2) / math.log(10),
    ),
    Claim(
        LOSSES,
        "at exactly $z = 0$ the slope is off by a half",
        kinked_at_zero,
    ),
    Claim(
        REGRESSION,
        r"| squared: $e^2$ | $2e$ | the mean | | absolute: $\lvert e\rvert$ | $\mathrm{sign}(e)$ | the "
        r"median | | Huber: $e^2/2$ if $\lvert e\rvert\le\delta$, else $\delta(\lvert e\rvert-\delta/2)$ | "
        r"$e$, at most $\pm\delta$ | no formula | | log-cosh: $\log\cosh e$ | $\tanh e$ | no formula | | "
        r"quantile: $\max(-q\,e,\ (1-q)\,e)$ | $-q$ or $1-q$ | the $q$-quantile |",
        table_of_losses,
    ),
    Claim(
        REGRESSION,
        "One outlier, $e = 100$, pulls at the squared error a hundred times as hard as $e = 1$ does. At the"
        " absolute error it pulls as hard as every other, but the pull is the same at $e = 0.001$",
        pulls,
    ),
    Claim(
        REGRESSION,
        "need not: $0, 0, 0, 3, 3, 6, 7$ have the mean $<.2f>$",
        lambda: sum((0, 0, 0, 3, 3, 6, 7)) / 7,
    ),
    Claim(
        REGRESSION,
        r"have the value $\delta^2/2$ and the slope $\pm\delta$",
        lambda: np.allclose(regression("huber", -0.8, delta=0.8), (0.8**2 / 2, -0.8)),
    ),
    Claim(
        REGRESSION,
        r"is always $\pm 1$",
        smooth_limits,
    ),
    Claim(
        REGRESSION,
        r"$\cosh 1000$ overflows",
        lambda: torch.tensor(1000.0, dtype=F64).cosh().isinf(),
    ),
    Claim(
        REGRESSION,
        "A network with one output gives shape $(N, 1)$",
        lambda: torch.nn.Linear(3, 1)(torch.zeros(4, 3)).shape == (4, 1),
    ),
    Claim(
        CLASSES,
        r"$-\log p$: 0 for $p = 1$, $<.2f>$ for $p = 1/2$, and without bound as $p$ falls to 0",
        lambda: -math.log(1 / 2) if math.log(1) == 0 and -math.log(1e-300) > 600 else math.nan,
    ),
    Claim(
        CLASSES,
        r"For one question with answer $y \in \{0, 1\}$",
        lambda: math.isclose(coin(0.4, 0) - coin(0.4, 1), 0.4),
    ),
    Claim(
        CLASSES,
        "`logsigmoid` gives both logarithms without rounding to 0 or 1",
        lambda: functional.logsigmoid(torch.tensor([200.0, -200.0])).tolist()[1] == -200,
    ),
    Claim(
        CLASSES,
        r"\frac{\partial L}{\partial z_{nc}} = \frac{1}{N}\bigl(\mathrm{softmax}(z_n)_c - [c = y_n]\bigr)",
        gradient_of_rows,
    ),
    Claim(
        CLASSES,
        r"$z = (\ln 1, \ln 2, \ln 5)$ means $p = (<.3f>, <.2f>, <.3f>)$. With label 2 the loss is $-\ln "
        "<.3f> = <.2f>$",
        lambda: (1 / 8, 2 / 8, 5 / 8, 5 / 8, -math.log(5 / 8)),
    ),
    Claim(
        CLASSES,
        r"$\sigma(200)$ is rounded to 1, and PyTorch's `binary_cross_entropy`, which clamps the logarithm at"
        " $-100$",
        lambda: (
            torch.tensor(200.0).sigmoid() == 1 and functional.binary_cross_entropy(torch.ones(1), torch.zeros(1)) == 100
        ),
    ),
    Claim(
        CLASSES,
        "If nothing is left, the mean is $0/0$, NaN",
        lambda: solution(CLASSES).cross_entropy(torch.zeros(1, 2), torch.tensor([-100])).isnan(),
    ),
    Claim(
        CLASSES,
        r"$q_{nc} = (1 - \varepsilon)\,[c = y_n] + \varepsilon / C$",
        lambda: torch.allclose(
            solution(CLASSES).cross_entropy(torch.eye(3)[:1], torch.tensor([1]), label_smoothing=0.3),
            solution(CLASSES).cross_entropy(torch.eye(3)[:1], torch.tensor([[0.1, 1 - 0.3 + 0.1, 0.1]])),
        ),
    ),
    Claim(
        CLASSES,
        r"with $y = \pm 1$, has no probability in it. It is 0 once the score $s$ is on the right side by a "
        "margin of 1",
        lambda: hinge(0.999) > 0 == hinge(1.0) == hinge(5.0),
    ),
    Claim(
        CLASSES,
        r"At $p_t = 0.9$ and $\gamma = 2$ an example counts a hundredth of its cross-entropy; at $p_t = 0.1$",
        lambda: math.isclose((1 - 0.9) ** 2, 1 / 100),
    ),
]
