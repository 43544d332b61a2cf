"""The lessons' examples with the numbers that they begin with: another beginning, and the sentence is not there."""

from __future__ import annotations

import math

import torch

from autograder.course import datasets
from tests.lessons import Claim, solution

NETWORKS = "s3_neural_networks"
F64 = torch.float64


def numbers(*values: float) -> torch.Tensor:
    """A vector in float64."""
    return torch.tensor(values, dtype=F64)


def slope(difference: str) -> float:
    """A difference of x cubed at 2 with h = 0.1."""
    page = solution("s1_math/derivatives")
    return float(getattr(page, difference)(lambda x: x**3, torch.tensor(2.0, dtype=F64), 0.1))


def product() -> float:
    """The corner of the lesson's matrix product."""
    A, B = torch.tensor([[1.0, 2], [3, 4]]), torch.tensor([[5.0, 6], [7, 8]])
    return float(solution("s1_math/vectorization").matmul_broadcast(A, B)[0, 0])


def squares(column: torch.Tensor) -> tuple[float, ...]:
    """The mean, the squared distances from it, and their mean's root."""
    distances = (column - column.mean()) ** 2
    return (float(column.mean()), *distances.tolist(), math.sqrt(float(distances.mean())))


def walk() -> tuple[float, ...]:
    """Gradient descent on the parabola with curvature 10, from 1, at the rate 0.15."""
    page = solution(f"{NETWORKS}/gradient_descent")
    return 1 - 0.15 * 10, *page.gradient_descent(lambda x: 10 * x, torch.tensor(1.0), lr=0.15, steps=3)[1].tolist()


def velocities() -> tuple[float, ...]:
    """The velocities of momentum under the gradients 3, 3, 3."""
    found = [0.0]
    for gradient in (3, 3, 3):
        found.append(0.9 * found[-1] + gradient)
    return tuple(found[1:])


def clipped(how: str) -> tuple[float, ...]:
    """The gradient (3, 4), clipped at 1."""
    w = torch.zeros(2, requires_grad=True)
    w.grad = torch.tensor([3.0, 4.0])
    getattr(solution(f"{NETWORKS}/training_troubles"), f"clip_by_{how}_")([w], 1.0)
    return tuple(w.grad.tolist())


def adam(decoupled: bool) -> float:
    """The first step of Adam from w = 2 with g = 0.5, and rate and decay of 0.1."""
    w, g, zero = numbers(2.0), numbers(0.5), numbers(0.0)
    step = solution(f"{NETWORKS}/regularisation").adam_step
    return float(step(w, g, zero, zero, 1, lr=0.1, decay=0.1, decoupled=decoupled)[0])


def losses(name: str, **options: float) -> float:
    """A regression loss of the errors 0.5 and -3."""
    return float(getattr(solution(f"{NETWORKS}/regression_losses"), name)(numbers(0.5, -3), numbers(0, 0), **options))


def in_fours() -> tuple[float, ...]:
    """The batch means of 0 to 9 in fours, the mean of these, and the right one."""
    means = [float(part.double().mean()) for part in torch.arange(10).split(4)]
    return (*means, sum(means) / 3, 4.5)


def attended() -> tuple[float, ...]:
    """The weights of the lesson's two keys, in quarters, and the mean of the values."""
    page = solution("s5_text_classification/attention")
    query, keys = numbers(2, 0, 0, 0)[None], torch.stack([numbers(math.log(3), 0, 0, 0), numbers(0, 5, 0, 0)])
    mean, weights = page.attention(query, keys, torch.stack([numbers(4, 0), numbers(0, 8)]))
    return (*(4 * weights[0]).tolist(), *mean[0].tolist())


def overlap(distance: float) -> float:
    """The IoU of two of the lesson's boxes."""
    box = torch.tensor([[0.0, 0, 10, 10]])
    moved = box + distance * torch.tensor([1.0, 0, 1, 0])
    return float(solution("s6_further/object_detection").iou(box, moved))


def out_size(n: int, k: int, s: int, p: int) -> int:
    """Convolution's own answer."""
    return int(solution("s4_cnns/convolution").conv_output_size(n, k, s, p))


CLAIMS = [
    Claim(
        "s4_cnns/convolution",
        r"$n = 7$, $k = 3$, $s = 2$, $p = 1$ give $\lfloor 6/2 \rfloor + 1 = <d>$",
        lambda: out_size(7, 3, 2, 1),
    ),
    Claim(
        "s4_cnns/normalisation",
        r"the values $1, 2, 6$ have $\mu = <.0f>$ and $\sigma^2 = (<.0f> + <.0f> + <.0f>)/3 = 14/3$",
        lambda: squares(numbers(1, 2, 6))[:4],
    ),
    Claim(
        "s4_cnns/normalisation",
        r"$w = 3$, $b = 1$, $\mu = 4$, $\sigma^2 = 4$, $\gamma = \beta = 1$, $\varepsilon = 0$. "
        "For $x = 2$ the two layers give $<.0f>$",
        lambda: 3 * 2.0 + 1,
    ),
    Claim(
        "s4_cnns/networks",
        "the batch $1, 5$ has the mean $<.0f>$ and the variance $(4 + 4)/1 = <.0f>$",
        lambda: (numbers(1, 5).mean().item(), numbers(1, 5).var().item()),
    ),
    Claim(
        "s4_cnns/digits",
        r"28 becomes $\lfloor 27/2 \rfloor + 1 = <d>$ for $k = 5$, $p = 2$, $s = 2$",
        lambda: out_size(28, 5, 2, 2),
    ),
    Claim(
        "s4_cnns/digits",
        r"Of $N = <d>$ images, 97 % carry a standard error of $\sqrt{0.97 \cdot 0.03 / 359} \approx <.1f>$",
        lambda: (len(datasets.load("digits").load().test_images), 100 * math.sqrt(0.97 * 0.03 / 359)),
    ),
    Claim(
        "s4_cnns/transfer_learning",
        r"with $m = 0$, $\alpha = 0.1$ and $\mu_{\text{batch}} = 5$, $m$ is $<.1f>$ after one batch and $<.2f>$ after "
        "two",
        lambda: (0.1 * 5, 0.9 * 0.5 + 0.1 * 5),
    ),
    Claim(
        "s4_cnns/playground",
        r"a kernel of 3 with dilation 4 covers $4 \cdot 2 + 1 = <d>$ pixels with 3 weights",
        lambda: solution("s4_cnns/convolution").receptive_field([(3, 1, 4)]),
    ),
    Claim(
        "s5_text_classification/project",
        "the weights $1$ and $3$ and the vectors $(1, 0)$ and $(3, 4)$ have the mean $(10/4, 12/4) = (<.1f>, <.0f>)$",
        lambda: tuple(((1 * numbers(1, 0) + 3 * numbers(3, 4)) / (1 + 3)).tolist()),
    ),
    Claim(
        "s5_text_classification/attention",
        r"$d = 4$, the query $(2, 0, 0, 0)$, the keys $(\ln 3, 0, 0, 0)$ and $(0, 5, 0, 0)$. The dot products are "
        r"$2 \ln 3$ and $0$, the scores $\ln 3$ and $0$, the weights $<.0f>/4$ and $<.0f>/4$. "
        "The values $(4, 0)$ and $(0, 8)$ have the mean $(<.0f>, <.0f>)$",
        attended,
    ),
    Claim(
        "s6_further/image_classification",
        r"$\lambda = 0.7$ with the labels $(1, 0)$ and $(0, 1)$ gives $(<.1f>, <.1f>)$. **Predict** the least loss "
        "that any network can reach on it: its entropy, $<.2f>$, not 0",
        lambda: (0.7, 1 - 0.7, -0.7 * math.log(0.7) - 0.3 * math.log(0.3)),
    ),
    Claim(
        "s6_further/object_detection",
        "four boxes of width 10 and height 10 begin at $x = 0, 4, 8, 30$, best first: neighbours at a distance of 4 "
        "have IoU $6/14 = <.2f>$, at 8 only $2/18 = <.2f>$",
        lambda: (overlap(4), overlap(8)),
    ),
    Claim(
        "s6_further/explainability",
        r"at $p = 0.9999$ the probability rises only $p(1 - p) \approx <.4f>$ times as fast as its logit",
        lambda: 0.9999 * (1 - 0.9999),
    ),
    Claim(
        "s6_further/explainability",
        r"$f(x) = x^2$, baseline 0, $x = 3$, one step: the slope in the middle is $2 \cdot 1.5 = <.0f>$, "
        r"and $3 \cdot 3 = <.0f> = f(3)$",
        lambda: (2 * 3 / 2, 3 * 2 * 3 / 2),
    ),
    Claim(
        "s6_further/explainability",
        r"$\bigl(\begin{smallmatrix}1&0\\0&2\end{smallmatrix}\bigr)$ and "
        r"$\bigl(\begin{smallmatrix}0&4\\0&0\end{smallmatrix}\bigr)$ give "
        r"$\bigl(\begin{smallmatrix}<g>&<g>\\<g>&<g>\end{smallmatrix}\bigr)$",
        lambda: tuple((0.5 * numbers(1, 0, 0, 2) - 0.25 * numbers(0, 4, 0, 0)).relu().tolist()),
    ),
    Claim(
        "s1_math/tensors",
        r"for $u = (3, 4)$ and $v = (4, 3)$, $u \cdot v = <.0f>$, both lengths are <.0f>, and the cosine is",
        lambda: (3 * 4 + 4 * 3, math.hypot(3, 4)),
    ),
    Claim(
        "s1_math/derivatives",
        "$f(x) = x^3$ at $x = 2$ has the slope <d>. With $h = 0.1$ the forward difference is $(9.261 - 8)/0.1 = <.2f>$",
        lambda: (3 * 2**2, slope("forward_difference")),
    ),
    Claim(
        "s1_math/vectorization",
        r"for $A = \bigl(\begin{smallmatrix}1&2\\3&4\end{smallmatrix}\bigr)$ and "
        r"$B = \bigl(\begin{smallmatrix}5&6\\7&8\end{smallmatrix}\bigr)$, $C_{11} = 1 \cdot 5 + 2 \cdot 7 = <.0f>$",
        product,
    ),
    Claim(
        "s2_data/datasets_and_loaders",
        "split 10 examples as 0.7, 0.15 and 0.15. The sizes <g>, $<g>$ and $<g>$, rounded down, lose one example.",
        lambda: tuple(10 * share for share in (0.7, 0.15, 0.15)),
    ),
    Claim(
        "s2_data/datasets_and_loaders",
        r"With $n = 50\,000$ and $B = 128$ that is <d> or <d>",
        lambda: (math.ceil(50_000 / 128), 50_000 // 128),
    ),
    Claim(
        "s2_data/data_tables",
        r"the column $1, 2, 6$ has $\mu = <.0f>$ and $\sigma^2 = (<.0f> + <.0f> + <.0f>)/3$, so $\sigma = <.2f>$",
        lambda: squares(numbers(1, 2, 6)),
    ),
    Claim(
        "s2_data/image_datasets",
        r"$$1.28 \cdot 10^6 \cdot 3 \cdot 224 \cdot 224 \cdot 4\ \text{bytes} \approx <.2f>\ \text{TB}.$$",
        lambda: 1.28e6 * 3 * 224 * 224 * 4 / 1e12,
    ),
    Claim("s2_data/text", r'of $N = 3$ texts one has "ran": $\ln \tfrac42 + 1 = <.2f>$', lambda: math.log(4 / 2) + 1),
    Claim(
        f"{NETWORKS}/activations",
        r"at $x = -40$ the softplus is about $<.0f> \cdot 10^{-18}$, but $1 + e^{-40}$ is rounded to <.0f>",
        lambda: (math.log1p(math.exp(-40)) * 1e18, 1 + math.exp(-40)),
    ),
    Claim(f"{NETWORKS}/activations", "$e^{1000}$ is `<f>`.", lambda: torch.tensor(1000.0, dtype=F64).exp().item()),
    Claim(
        f"{NETWORKS}/softmax",
        r"$z = (\ln 1, \ln 2, \ln 5)$ gives $<.0f>/8$, $<.0f>/8$ and $<.0f>/8$",
        lambda: tuple(8 * p for p in solution(f"{NETWORKS}/softmax").softmax(numbers(1, 2, 5).log()).tolist()),
    ),
    Claim(
        f"{NETWORKS}/softmax",
        r"If $z = (0, 200)$, then $p_1 \approx e^{-200}$, which is <.0f> in float32",
        lambda: torch.tensor(-200.0).exp().item(),
    ),
    Claim(
        f"{NETWORKS}/neuron",
        "$w = (2, -1)$, $b = 1$, $x = (3, 4)$ and ReLU give $6 - 4 + 1 = <.0f>$",
        lambda: solution(f"{NETWORKS}/neuron").neuron(numbers(3, 4), numbers(2, -1), numbers(1)[0], torch.relu).item(),
    ),
    Claim(f"{NETWORKS}/tasks", "So $p = 0.5$ is $z = <.0f>$, *not* $z = 0.5$", lambda: math.log(0.5 / (1 - 0.5))),
    Claim(
        f"{NETWORKS}/tasks",
        r"\frac{<d>}{<d>}, \qquad \mathrm{recall} = \frac{TP}{TP + FN} = \frac{<d>}{<d>}.$$",
        lambda: (15, 15 + 2, 15, 15 + 3),
    ),
    Claim(
        f"{NETWORKS}/losses",
        "if the outlier moves from 10 to 100. The mean goes from <.0f> to <.0f>, the median stays at <.1f>",
        lambda: (
            numbers(1, 2, 2.5, 4.5, 10).mean().item(),
            numbers(1, 2, 2.5, 4.5, 100).mean().item(),
            numbers(1, 2, 2.5, 4.5, 100).median().item(),
        ),
    ),
    Claim(
        f"{NETWORKS}/regression_losses",
        "the errors $0.5$ and $-3$ have the squared loss $(0.25 + 9)/2 = <.3f>$, the absolute loss "
        r"$(0.5 + 3)/2 = <.2f>$ and, with $\delta = 1$, Huber's loss $(0.125 + 2.5)/2 = <.4f>$",
        lambda: (losses("mse"), losses("mae"), losses("huber", delta=1.0)),
    ),
    Claim(
        f"{NETWORKS}/regression_losses",
        "With $q = 0.9$ a prediction that is too low by 1 costs $<.1f>$, one too high by 1 only $<.1f>$",
        lambda: tuple(
            solution(f"{NETWORKS}/regression_losses").quantile(numbers(0), numbers(error), q=0.9).item()
            for error in (1, -1)
        ),
    ),
    Claim(
        f"{NETWORKS}/regression_losses",
        "For the targets 0, 1, 2, 3 even the *perfect* prediction then has a mean squared error of <.1f>",
        lambda: (torch.arange(4.0)[:, None] - torch.arange(4.0)).square().mean().item(),
    ),
    Claim(
        f"{NETWORKS}/gradient_descent",
        r"$c = 10$, $x_0 = 1$ and $\eta = 0.15$ have the factor $<.1f>$: the walk is $<g>, <.1f>, <.2f>, <.3f>$",
        walk,
    ),
    Claim(
        f"{NETWORKS}/optimizers",
        r"the gradients $3, 3, 3$ with $\mu = 0.9$ give $v = <g>$, $<.1f>$, $<.2f>$",
        velocities,
    ),
    Claim(
        f"{NETWORKS}/training_troubles",
        "$g = (3, 4)$ and $c = 1$ become $(<.1f>, <.1f>)$ by norm and $(<.0f>, <.0f>)$ by value",
        lambda: clipped("norm") + clipped("value"),
    ),
    Claim(
        f"{NETWORKS}/training_troubles",
        "numbers 0 to 9 in fours have batch means <.1f>, <.1f> and <.1f>, and the mean of these is <.2f>, not <.1f>",
        in_fours,
    ),
    Claim(
        f"{NETWORKS}/regression_network",
        r"batches of 4, 4 and 2 rows with the losses 1, 1 and 4 have $\bar L = (4 + 4 + 8)/10 = <.1f>$; "
        "the mean of the three is <.0f>",
        lambda: ((4 * 1 + 4 * 1 + 2 * 4) / 10, (1 + 1 + 4) / 3),
    ),
    Claim(
        f"{NETWORKS}/classification_network",
        r"$h = (1, 2, 3, 4)$, $p = \tfrac12$ and $m = (1, 0, 1, 0)$ give $(<.0f>, <.0f>, <.0f>, <.0f>)$",
        lambda: tuple(
            solution(f"{NETWORKS}/regularisation")
            .drop(numbers(1, 2, 3, 4), torch.tensor([True, False, True, False]), 0.5)
            .tolist()
        ),
    ),
    Claim(
        f"{NETWORKS}/regularisation",
        r"With $w = 2$, $g = 0.5$, $\eta = \lambda = 0.1$ it ends at $2 - 0.1 = <.1f>$",
        lambda: adam(decoupled=False),
    ),
    Claim(
        f"{NETWORKS}/regularisation",
        r"**AdamW** ends at $2 \cdot 0.99 - 0.1 = <.2f>$",
        lambda: adam(decoupled=True),
    ),
    Claim(
        f"{NETWORKS}/regularisation",
        "$(1, -2, 3)$ with the mask $(1, 0, 1)$ and $p = 0.2$ becomes $(<.2f>, <.0f>, <.2f>)$",
        lambda: tuple(
            0 + v
            for v in solution(f"{NETWORKS}/regularisation")
            .drop(numbers(1, -2, 3), torch.tensor([True, False, True]), 0.2)
            .tolist()
        ),
    ),
    Claim(
        f"{NETWORKS}/regularisation",
        r"With $C = 4$ and $\alpha = 0.2$ the true class has $<.2f>$, each other one $<.2f>$",
        lambda: tuple(solution(f"{NETWORKS}/regularisation").smooth_labels(torch.tensor([0]), 4, 0.2)[0, :2].tolist()),
    ),
]
