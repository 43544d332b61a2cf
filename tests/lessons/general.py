"""General sentences of the lessons, each computed on examples that would break it."""

from __future__ import annotations

import functools
import itertools
import math

import torch
from torch.nn import functional

from autograder.course import datasets
from tests.lessons import Claim, script, solution

TEXT, PUZZLES = "s2_data/text", "s1_math/matrix_computation"
SOFTMAX, ACTIVATIONS, NEURON = (f"s3_neural_networks/{name}" for name in ("softmax", "activations", "neuron"))
REGRESSION, CLASSES = (f"s3_neural_networks/{n}" for n in ("regression_losses", "classification_losses"))
DESCENT, ADAPTIVE, TROUBLES = (
    f"s3_neural_networks/{n}" for n in ("gradient_descent", "adaptive_steps", "training_troubles")
)
CONVOLUTION, TASKS, MIXING = "s4_cnns/convolution", "s3_neural_networks/tasks", "s6_further/image_classification"
NETWORK, PLAYGROUND = "s3_neural_networks/classification_network", "s3_neural_networks/playground"
F64 = torch.float64
POINTS, TARGETS = torch.tensor([1.0, -2.0, 0.5], dtype=F64), torch.tensor([0.0, 1.0, 0.5], dtype=F64)


def only_differences_of_logits() -> bool:
    """A logit that is larger by 1 means a probability larger by the factor e."""
    z = torch.randn(5, dtype=F64)
    p, q = solution(SOFTMAX).softmax(z), solution(SOFTMAX).softmax(torch.cat([z[:4], z[:1] + 1]))
    return math.isclose(q[4] / q[0], math.e, rel_tol=1e-9) and torch.allclose(p, solution(SOFTMAX).softmax(z + 7))


def equal_neurons_stay_equal() -> bool:
    """Hidden units that begin with equal weights, in and out, after some steps."""
    first, last = torch.full((4, 3), 0.1, requires_grad=True), torch.full((1, 4), 0.2, requires_grad=True)
    for _ in range(10):
        loss = (torch.tanh(torch.randn(8, 3) @ first.T) @ last.T - 1).square().mean()
        grads = torch.autograd.grad(loss, (first, last))
        first, last = ((p - 0.5 * g).detach().requires_grad_() for p, g in zip((first, last), grads, strict=True))
    return torch.allclose(first, first[:1].expand(4, 3)) and not torch.allclose(first, torch.full((4, 3), 0.1))


def factors_of_a_parabola() -> bool:
    """What a walk on a parabola does in the four rows of the table."""

    def walk(eta: float) -> torch.Tensor:
        return solution(DESCENT).gradient_descent(lambda x: 4 * x, torch.tensor(1.0, dtype=F64), lr=eta, steps=30)[1]

    one_side, zigzag, to_and_fro, away = (walk(eta) for eta in (0.1, 0.4, 0.5, 0.6))
    falls = (one_side[1:] < one_side[:-1]).all() and (one_side > 0).all()
    turns = (zigzag[1:] * zigzag[:-1] < 0).all() and (zigzag.abs().diff() < 0).all()
    return bool(falls and turns and (to_and_fro.abs() == 1).all() and (away.abs().diff() > 0).all())


def steps_of_adagrad() -> bool:
    """Whether under a steady gradient Adagrad's steps are those of 1 / sqrt(t)."""
    moves = script(ADAPTIVE).lengths()["Adagrad"].tolist()
    return all(math.isclose(move, t**-0.5, rel_tol=1e-6) for t, move in enumerate(moves, 1))


def sentences_to_train_on() -> int:
    """How many of the project's texts are neither for the test nor held out."""
    texts = datasets.load("docstrings").load().train_texts
    return len(solution("s5_text_classification/project").split_texts(texts)[0])


def variance_of(batch: int, replacement: bool) -> float:
    """The variance of the mean of a batch of eight given numbers, over 40,000 draws."""
    x = torch.tensor([1.0, 4, 4, 5, 9, 9, 12, 20], dtype=F64)
    picked = torch.randint(8, (40000, batch)) if replacement else torch.rand(40000, 8).argsort(1)[:, :batch]
    return float(x[picked].mean(1).var() / x.var(correction=0))


def variance_of_one() -> bool:
    """The variance of one example's gradient against the page's of a mini-batch."""
    X, y, w = torch.randn(20, 3, dtype=F64), torch.randn(20, dtype=F64), torch.randn(3, dtype=F64)
    each = 2 * (X @ w - y)[:, None] * X
    one = (each - each.mean(0)).square().sum(1).mean()
    return all(torch.isclose(solution(TROUBLES).gradient_variance(X, y, w, b), one / b) for b in (1, 4, 20))


def noise_stays() -> bool:
    """The variance of a mini-batch's gradient at the minimum, where every example is fitted and where not."""
    X, noise = torch.randn(20, 3, dtype=F64), torch.randn(20, dtype=F64)
    w = torch.linalg.lstsq(X, noise).solution
    variance = solution(TROUBLES).gradient_variance
    return bool(variance(X, noise, w, 4) > 0.1 and variance(X, X @ w, w, 4) < 1e-20)


def nine_windows() -> bool:
    """A pixel in the middle, and the sum of the weights of its nine windows."""
    x, w = torch.zeros(1, 1, 7, 7, dtype=F64, requires_grad=True), torch.randn(1, 1, 3, 3, dtype=F64)
    (slope,) = torch.autograd.grad(solution(CONVOLUTION).conv2d(x, w).sum(), x)
    return math.isclose(slope[0, 0, 3, 3], w.sum(), rel_tol=1e-9)


def moved_along() -> bool:
    """Whether the output of a convolution moves with its input, away from the borders."""
    x, w = torch.randn(1, 2, 9, 9, dtype=F64), torch.randn(3, 2, 3, 3, dtype=F64)
    conv = solution(CONVOLUTION).conv2d
    return torch.allclose(conv(x.roll(1, -1), w)[..., 1:], conv(x, w)[..., :-1])


def linear_at_every_pixel() -> bool:
    """A kernel of one pixel, against a linear layer over the channels."""
    x, w = torch.randn(2, 3, 4, 5, dtype=F64), torch.randn(6, 3, 1, 1, dtype=F64)
    return torch.allclose(solution(CONVOLUTION).conv2d(x, w), torch.einsum("oc,nchw->nohw", w[:, :, 0, 0], x))


def no_gradient_of_padding() -> bool:
    """The gradient of a masked mean with respect to the vector of padding."""
    E = torch.randn(4, 2, dtype=F64, requires_grad=True)
    ids, mask = torch.tensor([[2, 3, 0, 0]]), torch.tensor([[True, True, False, False]])
    (slope,) = torch.autograd.grad(solution(TEXT).masked_mean(E, ids, mask).sum(), E)
    return bool((slope[0] == 0).all() and (slope[2] != 0).all())


def smoothed_minimum() -> bool:
    """The slope of cross-entropy at the logits log q of the smoothed labels q, and at a larger margin."""
    q = torch.full((1, 4), 0.1 / 4, dtype=F64)
    q[0, 1] += 0.9
    slopes = []
    for scale in (1.0, 3.0):
        z = (scale * q.log()).requires_grad_()
        loss = solution(CLASSES).cross_entropy(z, torch.tensor([1]), label_smoothing=0.1)
        slopes.append(torch.autograd.grad(loss, z)[0].abs().max())
    return bool(slopes[0] < 1e-9 and slopes[1] > 1e-3)


def recall_cannot_rise() -> bool:
    """Recall over rising thresholds, for random scores."""
    z, y = torch.randn(300), torch.randint(2, (300,))
    page = solution(TASKS)
    found = [page.precision_recall_f1(page.predict_binary(z, t / 20), y)[1] for t in range(1, 20)]
    return all(later <= earlier for earlier, later in itertools.pairwise(found))


def harmonic_mean() -> bool:
    """Whether F1 is never more than twice the smaller of precision and recall."""
    for _ in range(200):
        p, y = torch.randint(2, (9,)), torch.randint(2, (9,))
        precision, recall, f1 = solution(TASKS).precision_recall_f1(p, y)
        if f1 > 2 * min(precision, recall) + 1e-12:
            return False
    return True


def power_error() -> bool:
    """By what factor a step of power iteration shrinks the error, late."""
    Q, _ = torch.linalg.qr(torch.randn(4, 4, dtype=F64))
    A = Q @ torch.diag(torch.tensor([2.0, -1.2, 0.5, 0.1], dtype=F64)) @ Q.T
    v, errors = torch.ones(4, dtype=F64), []
    for _ in range(40):
        v = functional.normalize(A @ v, dim=0)
        errors.append(min((v - Q[:, 0]).norm(), (v + Q[:, 0]).norm()))
    return math.isclose(errors[-1] / errors[-2], 1.2 / 2.0, rel_tol=1e-3)


def mixed_loss() -> bool:
    """The loss of a mixture, against the mixture of the losses."""
    z, a, b, lam = torch.randn(1, 5, dtype=F64), torch.tensor([1]), torch.tensor([3]), 0.7
    mixed = lam * functional.one_hot(a, 5).to(F64) + (1 - lam) * functional.one_hot(b, 5).to(F64)
    both = lam * functional.cross_entropy(z, a) + (1 - lam) * functional.cross_entropy(z, b)
    return torch.allclose(functional.cross_entropy(z, mixed), both)


def mostly_one_of_two() -> bool:
    """The share of draws from Beta(0.2, 0.2) with less than a tenth of the other one."""
    drawn = torch.distributions.Beta(0.2, 0.2).sample((20_000,))
    return bool((torch.minimum(drawn, 1 - drawn) < 0.1).double().mean() > 0.5)


@functools.cache
def flipped_labels() -> bool:
    """What 1,000 steps on flipped labels do to the accuracy on them and on new points, against 100; three seeds."""
    page, found = solution(NETWORK), []
    for seed in range(3):
        generator = torch.Generator().manual_seed(seed)
        torch.manual_seed(seed)
        X, y = page.two_moons(200, noise=0.1, generator=generator)
        new, truth = page.two_moons(1000, noise=0.1, generator=generator)
        flipped = torch.where(torch.rand(200, generator=generator) < 0.2, 1 - y, y)
        model = page.MLPClassifier(hidden=64)
        for steps in (100, 900):
            page.train_classifier(model, X, flipped, epochs=steps)
            found.append([float((model(a).argmax(1) == b).double().mean()) for a, b in ((X, flipped), (new, truth))])
    early, late = torch.tensor(found[::2]).mean(0), torch.tensor(found[1::2]).mean(0)
    return bool(late[0] > early[0] and late[1] < early[1] - 0.03)


@functools.cache
def depths() -> bool:
    """The losses after 20 steps of networks with 1, 2, 4 and 8 hidden layers, over three seeds."""
    page, network = solution(NETWORK), solution("s3_neural_networks/regression_network")

    def loss(depth: int, seed: int) -> float:
        torch.manual_seed(seed)
        X, y = page.two_moons(200, noise=0.1, generator=torch.Generator().manual_seed(seed))
        return page.train_classifier(network.MLP(2, [16] * depth, 2, torch.tanh), X, y, epochs=20, lr=0.01)[-1]

    one, two, four, eight = ([loss(depth, seed) for seed in range(3)] for depth in (1, 2, 4, 8))
    faster = all(sum(deep) < sum(one) for deep in (two, four, eight))
    return faster and any(deeper > deep for deeper, deep in zip(eight, two, strict=True))


CLAIMS = [
    Claim(PLAYGROUND, r"far above $\ln 2 = <.2f>$", lambda: math.log(2)),
    Claim(PLAYGROUND, r"is right on $<.0f>\,\%$ of the training labels", lambda: 100 * (1 - 1 / 5)),
    Claim(PLAYGROUND, "two or more layers start faster than one, but 8 need not be better than 2", depths),
    Claim(PLAYGROUND, "the training accuracy goes on rising while the held-out accuracy falls", flipped_labels),
    Claim(PUZZLES, r"the error of $v$ shrinks by the factor $\lvert \lambda_2 / \lambda_1 \rvert$ a step", power_error),
    Claim(TEXT, "so no gradient reaches the vector of `<pad>`", no_gradient_of_padding),
    Claim(SOFTMAX, "Only *differences* of logits matter", only_differences_of_logits),
    Claim(
        ACTIVATIONS,
        "$1 + e^{-40}$ is rounded to 1, and its logarithm is 0",
        lambda: math.log(1 + math.exp(-40)) == 0 < math.log1p(math.exp(-40)),
    ),
    Claim(
        NEURON,
        "all neurons of a hidden layer then get the same gradient, and remain equal for ever",
        equal_neurons_stay_equal,
    ),
    Claim(TASKS, "Recall can only fall or stay", recall_cannot_rise),
    Claim(TASKS, "which is never more than twice the smaller one", harmonic_mean),
    Claim(
        REGRESSION,
        "At $q = 0.5$ the quantile loss is half the absolute error",
        lambda: torch.allclose(
            solution(REGRESSION).quantile(POINTS, TARGETS, q=0.5), solution(REGRESSION).mae(POINTS, TARGETS) / 2
        ),
    ),
    Claim(CLASSES, "The best logits are then finite", smoothed_minimum),
    Claim(DESCENT, "from side to side, for ever", factors_of_a_parabola),
    Claim(ADAPTIVE, r"under a steady gradient the steps shrink like $1/\sqrt t$", steps_of_adagrad),
    Claim(ADAPTIVE, "forty values around <.0f>", lambda: script(ADAPTIVE).sequence().reshape(40).mean().item()),
    Claim("s1_math/tensors", "as a tensor it is <d>-d: one index is enough", lambda: torch.zeros(3).dim()),
    Claim("s5_text_classification/attention", "from <,d> short sentences in which", sentences_to_train_on),
    Claim(
        TROUBLES,
        r"without, it is $\frac{N-b}{N-1}$ times as large",
        lambda: (
            abs(variance_of(4, True) - 1 / 4) < 0.01 and abs(variance_of(4, False) - 1 / 4 * (8 - 4) / (8 - 1)) < 0.01
        ),
    ),
    Claim(
        TROUBLES,
        r"Here $\sigma^2$ (no sigmoid) is the variance of one example's gradient. A mini-batch's, $\sigma^2/b$, is "
        "that of independent draws, *with* replacement",
        variance_of_one,
    ),
    Claim(TROUBLES, "the noise stays, unless every example is fitted", noise_stays),
    Claim(CONVOLUTION, "If the picture moves by a pixel, so does the output", moved_along),
    Claim(CONVOLUTION, "it is a linear layer at every pixel", linear_at_every_pixel),
    Claim(CONVOLUTION, "A pixel that lies in nine windows gets nine contributions to its gradient", nine_windows),
    Claim(MIXING, "so the loss of a mixture is", mixed_loss),
    Claim(MIXING, "with a small $\\alpha$ such as 0.2 most mixtures are nearly one of the two", mostly_one_of_two),
]
