"""The running averages, steps and step lengths of the page before the optimizers."""

from __future__ import annotations

import math

import numpy as np
import torch

from tests.lessons import Claim, script, solution

ADAPTIVE = "s3_neural_networks/adaptive_steps"
F64 = torch.float64
RAMP = (0.3, -1.1, 0.7, 2.0)


def numbers(*values: float) -> torch.Tensor:
    """A float64 tensor."""
    return torch.tensor(values, dtype=F64)


def averages(beta: float = 0.8) -> bool:
    """Whether the page's averages follow the three formulas."""
    plain, hat = (solution(ADAPTIVE).running_average(numbers(*RAMP), beta, c).tolist() for c in (False, True))
    a, wanted = 0.0, []
    for x in RAMP:
        a = beta * a + (1 - beta) * x
        wanted.append(a)
    corrected = [a / (1 - beta**t) for t, a in enumerate(wanted, 1)]
    return np.allclose(plain, wanted) and np.allclose(hat, corrected)


def weights(beta: float = 0.8, length: int = 6) -> list[float]:
    """The weight of each value in the last average, the newest first."""
    unit = solution(ADAPTIVE).running_average(torch.eye(length, dtype=F64), beta, False)[-1]
    return unit.flip(0).tolist()


def older(k: int) -> float:
    """The weight of a value of k steps ago for beta = 0.9, by the newest's."""
    found = weights(0.9, k + 1)
    return found[k] / found[0]


def sum_of_weights() -> bool:
    """Whether the weights add up to 1 - beta**t, which is less than 1."""
    return all(math.isclose(sum(weights(0.8, t)), 1 - 0.8**t) and 1 - 0.8**t < 1 for t in range(1, 9))


def by_hand() -> tuple[float, ...]:
    """The averages of the lesson's example, its divisors, and the corrected averages."""
    page, x = solution(ADAPTIVE), numbers(2.0, 4.0, 3.0)
    plain, hat = page.running_average(x, 0.5, False), page.running_average(x, 0.5)
    return (*plain.tolist(), *(plain / hat).tolist(), *hat.tolist())


def two_steps() -> tuple[float, ...]:
    """Adagrad's sums and step lengths for the gradients 3 and 4."""
    step, zero = solution(ADAPTIVE).adagrad_step, numbers(0.0)
    first, s = step(zero, numbers(3.0), zero, lr=1.0)
    second, total = step(zero, numbers(4.0), s, lr=1.0)
    return s.item(), total.item(), -first.item(), -second.item()


def adagrad() -> bool:
    """Whether the page's step is the lesson's formula."""
    w, g, s, eta, eps = 0.4, -1.3, 0.7, 0.2, 0.1
    new = s + g**2
    found = solution(ADAPTIVE).adagrad_step(numbers(w), numbers(g), numbers(s), eta, eps)
    return np.allclose([x.item() for x in found], [w - eta * g / (math.sqrt(new) + eps), new])


def rmsprop() -> bool:
    """Whether RMSProp's memory is the lesson's formula, and its step Adagrad's with that memory."""
    w, g, s, eta, eps, beta = 0.4, -1.3, 0.7, 0.2, 0.1, 0.6
    new = beta * s + (1 - beta) * g**2
    found = solution(ADAPTIVE).rmsprop_step(numbers(w), numbers(g), numbers(s), eta, beta, eps)
    return np.allclose([x.item() for x in found], [w - eta * g / (math.sqrt(new) + eps), new])


def adam() -> bool:
    """Whether the page's step is the lesson's formula, at every step."""
    page, eta, b1, b2, eps = solution(ADAPTIVE), 0.2, 0.8, 0.9, 0.1
    w, m, s, place, first, second = 0.5, 0.0, 0.0, numbers(0.5), numbers(0.0), numbers(0.0)
    for t, g in enumerate(RAMP, 1):
        m, s = b1 * m + (1 - b1) * g, b2 * s + (1 - b2) * g**2
        w = w - eta * (m / (1 - b1**t)) / (math.sqrt(s / (1 - b2**t)) + eps)
        place, first, second = page.adam_step(place, numbers(g), first, second, t, eta, (b1, b2), eps)
        if not np.allclose([place.item(), first.item(), second.item()], [w, m, s]):
            return False
    return True


def steady() -> bool:
    """Whether under a steady gradient the corrected averages are g and its square, and all steps one rate long."""
    page = solution(ADAPTIVE)
    for size in (3.0, -0.3, 3e-4, 1e4):
        g = numbers(*[size] * 20)
        means, squares = page.running_average(g, 0.9), page.running_average(g**2, 0.999)
        if not (torch.allclose(means, g) and torch.allclose(squares, g**2)):
            return False
        if not torch.allclose(page.step_lengths(g), torch.ones_like(g), rtol=1e-4):
            return False
    return True


def turning() -> float:
    """The length of a late step if the gradient's sign changes at every step."""
    return float(solution(ADAPTIVE).step_lengths(numbers(*[3.0, -3.0] * 200))[-1])


def first_root() -> bool:
    """Whether RMSProp's first root is smaller than the gradient, and one step inside and beside the root differ."""
    page = solution(ADAPTIVE)
    _, s = page.rmsprop_step(numbers(0.0), numbers(3.0), numbers(0.0))
    return s.sqrt().item() < 3


def after_silence() -> float:
    """How far one gradient moves a weight after ten thousand steps without."""
    grads = torch.zeros(10_000, dtype=F64)
    grads[-1] = 3.0
    return float(solution(ADAPTIVE).step_lengths(grads)[-1])


def eps_inside() -> bool:
    """Whether a gradient of the size of eps moves a weight much less if eps is inside the root."""
    g = eps = 1e-8
    beside, inside = g / (math.sqrt(g**2) + eps), g / math.sqrt(g**2 + eps)
    return inside < beside / 1000


def moved(eta: float = 0.1) -> float:
    """How far Adam's first step moves a weight with a small gradient."""
    zero = numbers(0.0)
    return -solution(ADAPTIVE).adam_step(zero, numbers(1e-3), zero, zero, 1, lr=eta)[0].item()


CLAIMS = [
    Claim(
        ADAPTIVE,
        r"a_t = \beta\, a_{t-1} + (1 - \beta)\, x_t, \qquad a_0 = 0, \qquad \hat a_t = \frac{a_t}{1 - \beta^t}",
        averages,
    ),
    Claim(
        ADAPTIVE,
        r"A value that came $k$ steps ago has the weight $(1 - \beta)\,\beta^k$",
        lambda: np.allclose(weights(), [(1 - 0.8) * 0.8**k for k in range(6)]),
    ),
    Claim(
        ADAPTIVE,
        r"For $\beta = 0.9$ a value of ten steps ago counts $<.2f>$ times as much as the newest",
        lambda: older(10),
    ),
    Claim(
        ADAPTIVE,
        r"All weights together are $1 - \beta^t$, less than 1, so the first averages are too close to 0",
        sum_of_weights,
    ),
    Claim(
        ADAPTIVE,
        r"with $\beta = 0.5$ the values $2, 4, 3$ give $a = <g>, <g>, <g>$. The divisors are $<g>, <g>, <g>$, and "
        r"$\hat a = <g>, <.2f>, <.2f>$",
        by_hand,
    ),
    Claim(
        ADAPTIVE,
        r"s_t = s_{t-1} + g_t^2, \qquad w_t = w_{t-1} - \eta\,\frac{g_t}{\sqrt{s_t} + \varepsilon}",
        adagrad,
    ),
    Claim(
        ADAPTIVE,
        "the gradients $3$ and $4$ give $s = <g>$ and $<g>$, so the steps are $3/3 = <g>$ and $4/5 = <g>$ learning",
        two_steps,
    ),
    Claim(
        ADAPTIVE,
        "where all gradients were 0, the weight stays where it is",
        lambda: solution(ADAPTIVE).adagrad_step(numbers(2.0), numbers(0.0), numbers(0.0))[0].item() == 2,
    ),
    Claim(ADAPTIVE, r"$s_t = \beta\, s_{t-1} + (1 - \beta)\, g_t^2$, which forgets", rmsprop),
    Claim(ADAPTIVE, "first root is too small", first_root),
    Claim(
        ADAPTIVE,
        r"in the picture, with $\beta = 0.99$, the first step is $<.0f>$ learning rates long",
        lambda: script(ADAPTIVE).lengths()["RMSProp"][0].item(),
    ),
    Claim(
        ADAPTIVE,
        r"m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, g_t, \qquad s_t = \beta_2 s_{t-1} + (1 - \beta_2)\, g_t^2, \qquad "
        r"w_t = w_{t-1} - \eta\,\frac{\hat m_t}{\sqrt{\hat s_t} + \varepsilon}",
        adam,
    ),
    Claim(
        ADAPTIVE,
        r"Under a steady gradient $\hat m_t = g$ and $\hat s_t = g^2$, so every step is one learning rate long",
        steady,
    ),
    Claim(ADAPTIVE, "the steps shrink to $<.2f>$ learning rates", turning),
    Claim(ADAPTIVE, r"$1 - \beta^0 = 0$, and the first step is NaN", lambda: 1 - 0.9**0 == 0),
    Claim(ADAPTIVE, r"for gradients near $\varepsilon$ the steps are far too short", eps_inside),
    Claim(ADAPTIVE, r"In Adam $\eta = 0.1$ moves a weight whose gradients agree by about $<.1f>$ in each step", moved),
    Claim(ADAPTIVE, r"$0.1/\sqrt{0.001} = <.2f>$ learning rates of Adam", after_silence),
    Claim(
        ADAPTIVE,
        r"(with PyTorch's $\beta_1 = <.1f>$ and $\beta_2 = <.3f>$)",
        lambda: torch.optim.Adam([torch.zeros(1)]).defaults["betas"],
    ),
]
