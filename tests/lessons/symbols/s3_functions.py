"""The formulas of the lessons on activations, softmax and neurons, and what they say in symbols."""

from __future__ import annotations

import inspect
import math

import numpy as np
import torch

from tests.lessons import Claim, Formula, script, solution

ACTIVATIONS = "s3_neural_networks/activations"
SOFTMAX = "s3_neural_networks/softmax"
NEURON = "s3_neural_networks/neuron"
AT = np.array([-2.0, -0.3, 0.7, 3.0])
ALL = torch.tensor(AT)
F64 = torch.float64


def sigma(x: np.ndarray) -> np.ndarray:
    """The sigmoid, as NumPy would have it."""
    return np.asarray(1 / (1 + np.exp(-np.asarray(x))))


def value(name: str, **options: float) -> np.ndarray:
    """The page's activation at the four places."""
    return np.asarray(getattr(solution(ACTIVATIONS), name)(ALL, **options).numpy())


def names(**more: object) -> dict[str, object]:
    """x as the four places, and the functions of the lesson."""
    normal = torch.distributions.Normal(0, 1)
    return {
        "x": AT,
        r"\sigma": sigma,
        r"\Phi": lambda x: normal.cdf(torch.as_tensor(x)).numpy(),
        r"\varphi": lambda x: normal.log_prob(torch.as_tensor(x)).exp().numpy(),
        **more,
    }


def slope(name: str, **options: float) -> np.ndarray:
    """Its derivative there, by autograd."""
    x = ALL.clone().requires_grad_()
    return np.asarray(torch.autograd.grad(getattr(solution(ACTIVATIONS), name)(x, **options).sum(), x)[0].numpy())


def kinks() -> bool:
    """The values and slopes of the table's three functions with a kink, on both sides of 0."""
    left, right = AT < 0, AT > 0
    leaky, elu = ({"negative_slope": 0.1}, {"alpha": 0.7})
    return bool(
        np.array_equal(value("relu"), np.maximum(0, AT))
        and set(slope("relu")[left]) == {0}
        and set(slope("relu")[right]) == {1}
        and np.allclose(value("leaky_relu", **leaky), np.where(AT > 0, AT, 0.1 * AT))
        and np.allclose(slope("leaky_relu", **leaky), np.where(AT > 0, 1, 0.1))
        and np.allclose(value("elu", **elu), np.where(AT > 0, AT, 0.7 * (np.exp(AT) - 1)))
        and np.allclose(slope("elu", **elu), np.where(AT > 0, 1, 0.7 * np.exp(AT)))
    )


def flat_ends() -> bool:
    """The slopes of sigmoid and tanh far out."""
    x = torch.tensor([-20.0, 20.0], dtype=F64, requires_grad=True)
    return all(torch.autograd.grad(f(x).sum(), x)[0].max() < 1e-8 for f in (torch.sigmoid, torch.tanh))


def at_zero() -> bool:
    """Autograd's slopes of abs, relu and clamp at 0, and the smooth function's, by differences."""
    x = torch.zeros((), requires_grad=True)
    found = [torch.autograd.grad(f(x), x)[0].item() for f in (torch.abs, torch.relu, lambda x: x.clamp(min=0))]
    smooth = (solution(ACTIVATIONS).softplus(torch.tensor(1e-5, dtype=F64)) - math.log(2)).item() / 1e-5
    return found == [0, 0, 1] and abs(smooth - 1 / 2) < 1e-4


def not_taken() -> bool:
    """What autograd makes of 1 / (1 + e^x) at 1000, and of the branch that torch.where does not take."""
    x = torch.tensor(1000.0, requires_grad=True)
    found = 1 / (1 + torch.exp(x))
    where = torch.where(x > 0, x, torch.exp(x) - 1)
    return found == 0 and all(torch.autograd.grad(f, x)[0].isnan() for f in (found, where))


def jacobian() -> bool:
    """The entries of softmax's Jacobian, and what the largest exponent is."""
    z = torch.tensor([0.3, -1.0, 2.0], dtype=F64)
    p, J = torch.softmax(z, 0), solution(SOFTMAX).softmax_jacobian(z)
    return torch.allclose(J, torch.diag(p) - torch.outer(p, p)) and torch.equal(torch.diag(J) > 0, torch.ones(3) > 0)


def other_rows() -> bool:
    """A row of much smaller logits, if the maximum of all is subtracted."""
    z = torch.tensor([[0.0, 1.0], [2000.0, 2001.0]])
    e = (z - z.max()).exp()
    return bool((e / e.sum(1, keepdim=True))[0].isnan().all())


def perpendicular() -> bool:
    """The hyperplane of the lesson's neuron: it is perpendicular to w, and divides where the neuron is above f(0)."""
    w, b = torch.tensor([2.0, -1.0], dtype=F64), 1.0
    on = torch.tensor([[0.0, 1.0], [1.0, 3.0]], dtype=F64)  # two points with w x + b = 0
    above, below = torch.tanh((on + 0.1 * w) @ w + b), torch.tanh((on - 0.1 * w) @ w + b)
    return bool((on @ w + b == 0).all() and (on[1] - on[0]) @ w == 0 and (above > 0).all() and (below < 0).all())


def first_step() -> bool:
    """The perceptron's first step of the lesson."""
    w, b, mistakes = solution(NEURON).perceptron_train(torch.tensor([[2.0, 1.0]]), torch.tensor([1.0]), epochs=1)
    return w.tolist() == [2, 1] and float(b) == 1 and mistakes[0] == 1


def xor() -> bool:
    """The four examples and the two sums of conditions; three neurons in two layers do it."""
    X = torch.tensor([[0.0, 1], [1, 0], [0, 0], [1, 1]], dtype=F64)
    conditions = torch.cat([X, torch.ones(4, 1, dtype=F64)], 1)  # of (w1, w2, b)
    both = conditions[:2].sum(0).tolist() == conditions[2:].sum(0).tolist() == [1, 1, 2]
    hidden = ((X @ torch.tensor([[1.0, 1], [-1, -1]], dtype=F64).T + torch.tensor([-0.5, 1.5], dtype=F64)) > 0).double()
    return both and ((hidden.sum(1) - 1.5) > 0).tolist() == [True, True, False, False]


def variances() -> bool:
    """The variance of a sum of D products, and the range and variance of PyTorch's first weights."""
    D = 50
    products = torch.randn(20_000, D, dtype=F64) * torch.randn(20_000, D, dtype=F64)
    weight = torch.nn.Linear(D, 2000).weight
    fits = float(weight.detach().abs().max() * math.sqrt(D))
    return abs(products.sum(1).var() / products.var() / D - 1) < 0.05 and 0.99 < fits <= 1


FORMULAS: list[Formula] = [
    Formula(
        ACTIVATIONS,
        r"\sigma(x) = 1 / (1 + e^{-x})",
        names,
        lambda: value("sigmoid"),
    ),
    Formula(
        ACTIVATIONS,
        r"\sigma(x)\,(1 - \sigma(x))",
        names,
        lambda: slope("sigmoid"),
    ),
    Formula(
        ACTIVATIONS,
        "(e^{x} - e^{-x}) / (e^{x} + e^{-x})",
        names,
        lambda: value("tanh"),
    ),
    Formula(
        ACTIVATIONS,
        r"\log(1 + e^{x})",
        names,
        lambda: value("softplus"),
    ),
    Formula(
        ACTIVATIONS,
        r"x\,\sigma(x)",
        names,
        lambda: value("silu"),
    ),
    Formula(
        ACTIVATIONS,
        r"\sigma(x) + x\,\sigma(x)\,(1 - \sigma(x))",
        names,
        lambda: slope("silu"),
    ),
    Formula(
        ACTIVATIONS,
        r"x\,\Phi(x)",
        names,
        lambda: value("gelu"),
    ),
    Formula(
        ACTIVATIONS,
        r"\Phi(x) + x\,\varphi(x)",
        names,
        lambda: slope("gelu"),
    ),
    Formula(
        ACTIVATIONS,
        r"\tanh x = 2\,\sigma(2x) - 1",
        names,
    ),
    Formula(
        ACTIVATIONS,
        r"\sigma(x) = \frac{e^{\min(x, 0)}}{1 + e^{-\lvert x\rvert}}",
        names,
    ),
    Formula(
        ACTIVATIONS,
        r"\log(1 + e^{x}) = \max(x, 0) + \log\bigl(1 + e^{-\lvert x\rvert}\bigr)",
        names,
    ),
    Formula(
        ACTIVATIONS,
        r"\Phi(x) = \tfrac12\bigl(1 + \mathrm{erf}(x/\sqrt2)\bigr)",
        names,
    ),
    Formula(
        ACTIVATIONS,
        r"\tfrac12\,x\,\Bigl(1 + \tanh\bigl(\sqrt{2/\pi}\,(x + 0.044715\,x^3)\bigr)\Bigr)",
        names,
        lambda: value("gelu", approximate="tanh"),
    ),
]
CLAIMS = [
    Claim(
        SOFTMAX,
        "before and after softmax at temperatures 0.5, 1 and 4",
        lambda: "(0.5, 1.0, 4.0)" in inspect.getsource(script(SOFTMAX)),
    ),
    Claim(
        ACTIVATIONS,
        r"| ReLU | $\max(0, x)$ | $0$ or $1$ | | leaky ReLU | $x$ if $x > 0$, else $a\,x$ | $a$ or $1$ |",
        kinks,
    ),
    Claim(
        ACTIVATIONS,
        r"$1 - \tanh^2 x$",
        lambda: np.allclose(slope("tanh"), 1 - np.tanh(AT) ** 2),
    ),
    Claim(
        ACTIVATIONS,
        r"| ELU | $x$ if $x > 0$, else $\alpha\,(e^{x} - 1)$ | $1$ or $\alpha\,e^{x}$ |",
        kinks,
    ),
    Claim(
        ACTIVATIONS,
        "its derivative is near 0, and `backward` multiplies by it",
        flat_ends,
    ),
    Claim(
        ACTIVATIONS,
        r"undiminished wherever $x > 0$; but a unit with $x \le 0$ for every example gets no gradient at all",
        lambda: slope("relu").tolist() == [0, 0, 1, 1],
    ),
    Claim(
        ACTIVATIONS,
        r"$e^{1000}$ is `inf`. So $\log(1 + e^{1000})$ is `inf` instead of $1000$, and tanh as in the table "
        "is `inf / inf`, NaN",
        lambda: (
            (big := torch.tensor(1000.0).exp()).isinf()
            and (1 + big).log().isinf()
            and ((big - 1 / big) / (big + 1 / big)).isnan()
        ),
    ),
    Claim(
        ACTIVATIONS,
        r"**The slope at 0.** On paper the kinks of $\min$, $\max$ and $\lvert x\rvert$ at 0 cancel. "
        r"Autograd takes the slope 0 for $\lvert x\rvert$, and for `clamp` and `relu` that of one side",
        at_zero,
    ),
    Claim(
        ACTIVATIONS,
        "a smooth one has one true slope, here $1/2$",
        at_zero,
    ),
    Claim(
        ACTIVATIONS,
        r"$1 / (1 + e^{1000})$ is $1/\infty = 0$, which is right, but its derivative is computed as $0 \cdot"
        r" \infty$: NaN. With `torch.where(x > 0, x, exp(x) - 1)`",
        not_taken,
    ),
    Claim(
        SOFTMAX,
        "if one logit is larger than another by 1, its probability is larger by a factor",
        lambda: math.isclose(
            torch.softmax(torch.tensor([0.0, 1, 2], dtype=F64), 0)[1:]
            .div(torch.softmax(torch.tensor([0.0, 1, 2], dtype=F64), 0)[:-1])
            .mean(),
            math.e,
        ),
    ),
    Claim(
        SOFTMAX,
        "In floating point we need that: $e^{1000}$ is `inf` and `inf / inf` is NaN, but after subtracting "
        "the row's maximum the largest exponent is $0$",
        lambda: (
            (e := torch.tensor([1000.0, 999]).exp()).isinf().all()
            and (e / e.sum()).isnan().all()
            and (torch.tensor([1000.0, 999]) - 1000).max() == 0
        ),
    ),
    Claim(
        SOFTMAX,
        "With $[i = j]$, 1 on the diagonal and 0 elsewhere",
        jacobian,
    ),
    Claim(
        SOFTMAX,
        "and a row of much smaller logits becomes $0/0$",
        other_rows,
    ),
    Claim(
        SOFTMAX,
        "You take the logarithm of a probability that is already 0",
        lambda: torch.softmax(torch.tensor([0.0, 200]), 0)[0] == 0,
    ),
    Claim(
        NEURON,
        r"f\Bigl(\sum_{j=1}^{D} w_j\,x_j + b\Bigr)",
        lambda: (
            solution(NEURON).neuron(torch.tensor([3.0, 4]), torch.tensor([2.0, -1]), torch.tensor(1.0), torch.relu)
            == sum(w * x for w, x in ((2, 3), (-1, 4))) + 1
        ),
    ),
    Claim(
        NEURON,
        r"If $w$ is not 0, the inputs with $w \cdot x + b = 0$ form a line in the plane, a plane in space, in general "
        "a *hyperplane*. It is perpendicular to $w$; on one side the neuron is above $f(0)$",
        perpendicular,
    ),
    Claim(
        NEURON,
        r"The labels are $y = 1$ and $y = -1$; the neuron says $1$ where $w \cdot x + b > 0$ and $-1$ where it is "
        r"$< 0$. An example is right exactly when $y\,(w \cdot x + b) > 0$, so a score of 0 is a mistake for both",
        lambda: all(((score > 0) - (score < 0) == y) == (y * score > 0) for y in (1, -1) for score in (-2, 0, 3)),
    ),
    Claim(
        NEURON,
        r"from $w = 0$, $b = 0$ with $\eta = 1$, the example $x = (2, 1)$, $y = 1$ scores 0, a mistake. The "
        "step gives $w = (2, 1)$, $b = 1$",
        first_step,
    ),
    Claim(
        NEURON,
        "The best-known example is XOR: $1$ for $(0, 1)$ and $(1, 0)$, $-1$ for $(0, 0)$ and $(1, 1)$. Adding"
        " the conditions of each pair gives $w_1 + w_2 + 2b > 0$ and $w_1 + w_2 + 2b < 0$. One such "
        "neuron cannot do it; three can, in two layers.",
        xor,
    ),
    Claim(
        NEURON,
        "independent numbers with mean 0 has a variance $D$ times that of one product, so the variance of a"
        r" weight should be of the order $1/D$. PyTorch draws uniformly from $\bigl(-1/\sqrt D,\ 1/\sqrt "
        r"D\bigr)$",
        variances,
    ),
    Claim(
        NEURON,
        "The bias may start at 0",
        lambda: torch.nn.init.zeros_(torch.nn.Linear(2, 2).bias).abs().max() == 0,
    ),
]
