"""The formulas of the lessons from autograd to training troubles, and what they say in symbols."""

from __future__ import annotations

import inspect
import itertools
import math

import numpy as np
import torch

from tests.lessons import Claim, Formula, script, solution

DESCENT = "s3_neural_networks/gradient_descent"
TROUBLES = "s3_neural_networks/training_troubles"
AUTOGRAD = "s3_neural_networks/autograd"
OPTIMIZERS = "s3_neural_networks/optimizers"
F64 = torch.float64
RAMP = (0.3, -1.1, 0.7, 2.0)


def walk(eta: float, c: float = 4.0, steps: int = 30) -> torch.Tensor:
    """Gradient descent on the parabola with curvature c, from 1."""
    return solution(DESCENT).gradient_descent(lambda x: c * x, torch.tensor(1.0, dtype=F64), lr=eta, steps=steps)[1]


def slopes_of_the_graph() -> bool:
    """The slopes and the gradient at the end of the picture's graph."""
    a, b = (torch.tensor(v, dtype=F64, requires_grad=True) for v in (0.5, 2.0))
    u = a * b
    return [g.item() for g in torch.autograd.grad(u, (a, b))] == [2, 0.5]


def own_gradient() -> float:
    """The gradient of a number with respect to itself."""
    y = torch.ones((), requires_grad=True)
    return float(torch.autograd.grad(y, y)[0])


def factors() -> bool:
    """The four rows of the table, for c = 4: the factor, and what the walk does."""
    found = {eta: walk(eta) for eta in (0.1, 0.4, 0.5, 0.6)}
    ratios = {eta: float(x[1] / x[0]) for eta, x in found.items()}
    return 0 < ratios[0.1] < 1 and -1 < ratios[0.4] < 0 and ratios[0.5] == -1 and ratios[0.6] < -1


def slowest() -> bool:
    """Which of the curvatures 10 and 1 takes longer, for steps up to 1/c of the larger one, and for one near 2/c."""
    left = {eta: [abs(float(walk(eta, c)[-1])) for c in (10.0, 1.0)] for eta in (0.02, 0.05, 0.1, 0.195)}
    return all(large <= small for eta, (large, small) in left.items() if eta <= 0.1) and left[0.195][0] > left[0.195][1]


def armijo() -> bool:
    """Whether backtracking returns the first rate of 1, 1/2, 1/4 … that fulfils the lesson's condition."""
    f, x, c = lambda x: (x**4).sum(), torch.tensor([1.3, -0.4], dtype=F64), 0.2
    g = 4 * x**3
    fits = [eta for k in range(20) if f(x - (eta := 0.5**k) * g) <= f(x) - c * eta * g.norm() ** 2]
    return solution(DESCENT).backtracking(f, lambda x: 4 * x**3, x, c=c) == fits[0] < 1


def run(kind: str, **settings: float) -> list[float]:
    """Where an optimizer leads a weight from 0 under four gradients."""
    p = torch.zeros(1, dtype=F64, requires_grad=True)
    optimizer, places = getattr(solution(OPTIMIZERS), kind)([p], **settings), [0.0]
    for g in RAMP:
        p.grad = torch.full_like(p, g)
        optimizer.step()
        places.append(p.item())
    return places


def same(kind: str, steps: list[float], **settings: float) -> bool:
    """Whether these are its steps."""
    return np.allclose([a - b for a, b in itertools.pairwise(run(kind, **settings))], steps, rtol=1e-9, atol=0)


def row_of_momentum() -> bool:
    """The rows of SGD, momentum and Nesterov, with the falling rate of SGD."""
    v, plain, nesterov = 0.0, [], []
    for t, g in enumerate(RAMP, 1):
        v = 0.8 * v + g
        plain.append(0.1 / (1 + (t - 1) * 0.5) * v)
        nesterov.append(0.1 * (g + 0.8 * v))
    settings = {"lr": 0.1, "momentum": 0.8}
    return same("SGD", plain, lr_decay=0.5, **settings) and same("SGD", nesterov, nesterov=True, **settings)


def rows_of_squares() -> bool:
    """The rows of Adagrad, RMSProp and Adadelta."""
    adagrad, rmsprop, adadelta, s, r, d, u, eps = [], [], [], 0.0, 0.0, 0.0, 0.0, 1e-3
    for t, g in enumerate(RAMP, 1):
        s, r, d = s + g**2, 0.9 * r + (1 - 0.9) * g**2, 0.9 * d + (1 - 0.9) * g**2
        delta = g * math.sqrt(u + eps) / math.sqrt(d + eps)
        u = 0.9 * u + (1 - 0.9) * delta**2
        adagrad.append(0.1 / (1 + (t - 1) * 0.5) * g / (math.sqrt(s) + eps))
        rmsprop.append(0.1 * g / (math.sqrt(r) + eps))
        adadelta.append(0.1 * delta)
    return (
        same("Adagrad", adagrad, lr=0.1, lr_decay=0.5, eps=eps)
        and same("RMSProp", rmsprop, lr=0.1, alpha=0.9, eps=eps)
        and same("Adadelta", adadelta, lr=0.1, rho=0.9, eps=eps)
    )


def rows_of_adam() -> bool:
    """The rows of Adam and Adamax, and the hats."""
    adam, adamax, m, s, u, eps = [], [], 0.0, 0.0, 0.0, 1e-3
    for t, g in enumerate(RAMP, 1):
        m, s, u = 0.8 * m + (1 - 0.8) * g, 0.9 * s + (1 - 0.9) * g**2, max(0.9 * u, abs(g) + eps)
        m_hat, s_hat = m / (1 - 0.8**t), s / (1 - 0.9**t)
        adam.append(0.1 * m_hat / (math.sqrt(s_hat) + eps))
        adamax.append(0.1 * m_hat / u)
    settings = {"lr": 0.1, "betas": (0.8, 0.9), "eps": eps}
    return same("Adam", adam, **settings) and same("Adamax", adamax, **settings)


def cliff() -> tuple[float, bool]:
    """The cliff's slope at 1.2, and whether it is nearly flat between -0.6 and 0.6."""
    w = torch.cat([torch.tensor([1.2], dtype=F64), torch.linspace(-0.6, 0.6, 25, dtype=F64)]).requires_grad_()
    slope = torch.autograd.grad(((w**10 - 1 / 2) ** 2).sum(), w)[0]
    return slope[0].item(), bool((slope[1:].abs() < 0.1).all())


def monkey() -> bool:
    """The eigenvalues of the Hessian of the monkey saddle, where it vanishes."""
    H = torch.autograd.functional.hessian(lambda p: p[0] ** 3 - 3 * p[0] * p[1] ** 2, torch.zeros(2))
    return not torch.linalg.eigvalsh(H).any() and solution(TROUBLES).critical_point_type(H) not in ("saddle", "minimum")


def from_the_axis() -> bool:
    """Gradient descent on the lesson's saddle, from the axis and from beside it."""
    x = torch.tensor([1.0, 0.0], dtype=F64)
    near, steps = torch.tensor([1.0, 1e-6], dtype=F64), 0
    for _ in range(200):
        x = x - 0.1 * torch.tensor([2.0, -2.0]) * x
    while near[1].abs() <= 1:
        near, steps = near - 0.1 * torch.tensor([2.0, -2.0]) * near, steps + 1
    return bool(x.abs().max() < 1e-12) and steps == 76


def table_of_batches() -> bool:
    """Steps an epoch and variances of the table, for N = 10 and b = 4."""
    page, X = solution(TROUBLES), torch.randn(10, 3, dtype=F64)
    y, w = torch.randn(10, dtype=F64), torch.randn(3, dtype=F64)
    one, four, full = (float(page.gradient_variance(X, y, w, b)) for b in (1, 4, 10))
    without = float(page.gradient_variance(X, y, w, 10, replacement=False))
    steps = [page.epoch_steps(10, b) for b in (10, 4, 1)] == [1, math.ceil(10 / 4), 10]
    return steps and math.isclose(four, one / 4) and math.isclose(full, one / 10) and abs(without) < 1e-12


def half_the_noise() -> float:
    """The batch that has half the standard deviation of a batch of b, in units of b."""
    return (1 / 0.5) ** 2


FORMULAS: list[Formula] = [
    Formula(
        DESCENT,
        r"(1 - \eta c)\,x_t",
        lambda: {r"\eta": 0.1, "c": 4.0, "x_t": 1.0},
        lambda: walk(0.1)[1].item(),
    ),
    Formula(
        DESCENT,
        r"(1 - \eta c)^t\, x_0",
        lambda: {r"\eta": 0.1, "c": 4.0, "x_0": 1.0, "t": 7},
        lambda: walk(0.1)[7].item(),
    ),
    Formula(
        TROUBLES,
        r"2\,(p - y)\,p\,(1 - p)",
        lambda: {"p": 1 / (1 + math.exp(1.5)), "y": 1.0},
        lambda: float(solution(TROUBLES).logit_slopes(torch.tensor([-1.5]).double(), torch.ones(1).double())[0]),
    ),
    Formula(
        TROUBLES,
        r"g \cdot \min\Bigl(1,\ \frac{c}{\lVert g\rVert}\Bigr)",
        lambda: {"g": np.array([3.0, 4.0]), "c": 1.0},
        lambda: np.array([0.6, 0.8]),
    ),
]
CLAIMS = [
    Claim(
        AUTOGRAD,
        "at $a = 0.5$, $b = 2$:",
        lambda: "a, b = Value(0.5), Value(2.0)" in inspect.getsource(script(AUTOGRAD)),
    ),
    Claim(
        AUTOGRAD,
        r"$\partial u / \partial a = b = 2$, $\partial u / \partial b = a = 0.5$",
        slopes_of_the_graph,
    ),
    Claim(
        AUTOGRAD,
        r"Start with $\partial y / \partial y = <.0f>$",
        own_gradient,
    ),
    Claim(
        AUTOGRAD,
        r"g \cdot \sigma(x)\,(1 - \sigma(x))",
        lambda: torch.allclose(
            torch.autograd.grad(torch.sigmoid(x := torch.tensor(0.7, requires_grad=True)), x, torch.tensor(3.0))[0],
            3 * torch.sigmoid(torch.tensor(0.7)) * (1 - torch.sigmoid(torch.tensor(0.7))),
        ),
    ),
    Claim(
        DESCENT,
        r"$$x_{t+1} = x_t - \eta\,\nabla f(x_t)$$",
        lambda: math.isclose(walk(0.1)[1], 1 - 0.1 * 4 * 1),
    ),
    Claim(
        DESCENT,
        r"On the parabola $f(x) = \tfrac{c}{2} x^2$ with $c > 0$ the walk can be solved by hand. Its gradient is "
        r"$c\,x$, hence $$x_{t+1} = (1 - \eta c)\,x_t",
        lambda: math.isclose((4 / 2 * 1.001**2 - 4 / 2 * 0.999**2) / 0.002, 4),
    ),
    Claim(
        DESCENT,
        r"| learning rate | factor $1 - \eta c$ | what you see | |---|---|---| | $0 < \eta < 1/c$ | between "
        r"0 and 1 | a steady approach from one side | | $1/c < \eta < 2/c$ | between −1 and 0 | a zigzag "
        r"that closes in | | $\eta = 2/c$ | −1 | from side to side, for ever | | $\eta > 2/c$ | below −1 | "
        "ever farther away: divergence |",
        factors,
    ),
    Claim(
        DESCENT,
        "the largest sets the limit $2/c$ for the learning rate. Up to $1/c$, the way along"
        " the smallest takes longest. In the picture they are 10 and 1.",
        slowest,
    ),
    Claim(
        DESCENT,
        r"$f(x - \eta g) \le f(x) - c_1\,\eta\,\lVert g\rVert^2$",
        armijo,
    ),
    Claim(
        OPTIMIZERS,
        r"| SGD, momentum | $v_t = \mu v_{t-1} + g_t$ | $\eta_t\,v_t$ | | Nesterov | the same | "
        r"$\eta_t\,(g_t + \mu v_t)$ |",
        row_of_momentum,
    ),
    Claim(
        OPTIMIZERS,
        r"| Adagrad | $s_t = s_{t-1} + g_t^2$ | $\eta_t\,g_t / (\sqrt{s_t} + \varepsilon)$ | | RMSProp | "
        r"$s_t = \alpha s_{t-1} + (1 - \alpha) g_t^2$ | $\eta\,g_t / (\sqrt{s_t} + \varepsilon)$ | | "
        r"Adadelta | $s_t$ with $\rho$; $u_t = \rho u_{t-1} + (1 - \rho) \Delta_t^2$ | $\eta\,\Delta_t$, "
        r"$\Delta_t = g_t \sqrt{u_{t-1} + \varepsilon} / \sqrt{s_t + \varepsilon}$ |",
        rows_of_squares,
    ),
    Claim(
        OPTIMIZERS,
        r"| Adam | $m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t$; $s_t$ with $\beta_2$ | $\eta\,\hat m_t / "
        r"(\sqrt{\hat s_t} + \varepsilon)$ | | Adamax | $m_t$; $u_t = \max(\beta_2 u_{t-1}, \lvert g_t "
        r"\rvert + \varepsilon)$ | $\eta\,\hat m_t / u_t$ |",
        rows_of_adam,
    ),
    Claim(
        OPTIMIZERS,
        r"A hat divides by $1 - \beta^t$. In SGD and Adagrad $\eta_t = \eta / (1 + (t - 1)\,\delta)$",
        lambda: rows_of_adam() and row_of_momentum() and rows_of_squares(),
    ),
    Claim(
        OPTIMIZERS,
        r"to as much as $1/(1-\mu)$ times one of them",
        lambda: math.isclose(sum(0.8**k for k in range(200)), 1 / (1 - 0.8)),
    ),
    Claim(
        OPTIMIZERS,
        r"and $1-\mu$ like friction",
        lambda: math.isclose(0.8 * 5 - 5, -(1 - 0.8) * 5),
    ),
    Claim(
        OPTIMIZERS,
        "(PyTorch still has one, <.1f>)",
        lambda: torch.optim.Adadelta([torch.zeros(1)]).defaults["lr"],
    ),
    Claim(
        OPTIMIZERS,
        "which shows what a constant gradient of 3 moves a weight by, in units of the learning rate: | | "
        "step 1 | step 2 | step 3 | step 10 | gradient 0.0003 instead |",
        lambda: math.isclose(3e-4 * 10_000, 3) and math.isclose(run("SGD", lr=1.0, weight_decay=0.0)[1], -RAMP[0]),
    ),
    Claim(
        TROUBLES,
        r"$L(w) = (w^{10} - \tfrac12)^2$. Between $-0.6$ and $0.6$ this is nearly flat",
        lambda: (
            cliff()[1] and solution(TROUBLES).cliff_loss(torch.tensor(1.2)).isclose(torch.tensor((1.2**10 - 0.5) ** 2))
        ),
    ),
    Claim(
        TROUBLES,
        "One step with learning rate $0.01$ from $1.2$ lands at $<.2f>$",
        lambda: 1.2 - 0.01 * cliff()[0],
    ),
    Claim(
        TROUBLES,
        "Let the label be $y = 1$ and the logit $z = -20$, very wrong: | loss | slope with respect to $z$ |"
        r" there | |---|---|---| | squared error $(p - y)^2$ | $2\,(p - y)\,p\,(1 - p)$ | $<e1>$ |",
        lambda: 2 * (1 / (1 + math.exp(20)) - 1) * (1 / (1 + math.exp(20))) * (1 - 1 / (1 + math.exp(20))),
    ),
    Claim(
        TROUBLES,
        r"In the second row $p\,(1-p)$ cancels",
        lambda: math.isclose((0.3 - 1) / (0.3 * (1 - 0.3)) * (0.3 * (1 - 0.3)), 0.3 - 1),
    ),
    Claim(
        TROUBLES,
        "For the *monkey saddle* $x^3 - 3xy^2$ they are all zero",
        monkey,
    ),
    Claim(
        TROUBLES,
        r"On $x^2 - y^2$, gradient descent from $(1, 0)$ ends in the saddle; from $(1, 10^{-6})$ with $\eta "
        r"= 0.1$, it is past $\lvert y\rvert = 1$ after 76 steps",
        from_the_axis,
    ),
    Claim(
        TROUBLES,
        r"| batch | $N$ | $1$ | $0$ | | mini-batch | $b$ | $\lceil N/b \rceil$ | $\sigma^2/b$ | | "
        r"stochastic, in the strict sense | $1$ | $N$ | $\sigma^2$ |",
        table_of_batches,
    ),
    Claim(
        TROUBLES,
        "a factor that reaches 0 for the full batch",
        table_of_batches,
    ),
    Claim(
        TROUBLES,
        r"falls as $1/\sqrt b$ only: half the noise costs four times the work",
        lambda: half_the_noise() == 4,
    ),
]
