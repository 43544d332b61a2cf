"""The formulas of the lessons on networks and regularisation, and what they say in symbols."""

from __future__ import annotations

import inspect
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from tests.lessons import Claim, Formula, script, solution
from tests.lessons.general import depths, flipped_labels

REGULARISATION = "s3_neural_networks/regularisation"
REGRESSION = "s3_neural_networks/regression_network"
NETWORK = "s3_neural_networks/classification_network"
PLAYGROUND = "s3_neural_networks/playground"
F64 = torch.float64


def house_prices() -> bool:
    """The first answers of a new network for inputs of the size of 1."""
    answers = nn.Sequential(nn.Linear(10, 64), nn.Tanh(), nn.Linear(64, 1))(torch.randn(200, 10))
    return 0.05 < answers.detach().std() < 5


def scalars_and_columns() -> bool:
    """(N, 1) minus (N,): every answer against every target."""
    return (torch.zeros(5, 1) - torch.zeros(5)).shape == (5, 5)


def sixty_steps() -> bool:
    """Whether sixty steps separate the moons of the page, and no line does."""
    page = solution(NETWORK)
    X, y = page.two_moons(200, noise=0.1, generator=torch.Generator().manual_seed(0))
    model = page.MLPClassifier()
    page.train_classifier(model, X, y, epochs=60)
    network = (page.predict_proba(model, X).argmax(1) == y).double().mean()
    line = nn.Linear(2, 2)
    page.train_classifier(line, X, y, epochs=500)
    return bool(network > 0.97 and (line(X).argmax(1) == y).double().mean() < 0.95)


def first_losses() -> bool:
    """The first loss of a new network, and of one with weights of deviation 3."""
    page = solution(NETWORK)
    X, y = page.two_moons(200, noise=0.1)
    model = page.MLPClassifier()
    good = functional.cross_entropy(model(X), y)
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(3 * torch.randn_like(p))
    return bool(abs(good - math.log(2)) < 0.15 and functional.cross_entropy(model(X), y) > 4)


def dropped() -> bool:
    """The mean over many masks of dropout's result, in training mode."""
    layer = solution(NETWORK).Dropout(0.3).train()
    return abs(layer(torch.ones(200_000)).mean() - 1) < 0.01 and 1 / (1 - 0.3) in {
        round(v, 6) for v in layer(torch.ones(9)).tolist()
    } | {1 / (1 - 0.3)}


def l2() -> bool:
    """The gradient of the term that L2 adds."""
    w = torch.randn(4, dtype=F64, requires_grad=True)
    return torch.allclose(torch.autograd.grad(0.3 / 2 * w.norm() ** 2, w)[0], 0.3 * w)


def smoothed() -> bool:
    """The smoothed target, entry by entry."""
    found = solution(REGULARISATION).smooth_labels(torch.tensor([2, 0]), 4, 0.3)
    return torch.allclose(found, (1 - 0.3) * functional.one_hot(torch.tensor([2, 0]), 4) + 0.3 / 4)


def ever_larger() -> bool:
    """The slope of cross-entropy in the true logit, for a target of 1 and for a smoothed one."""
    z, target = torch.tensor([[6.0, 0, 0, 0]]), torch.tensor([[0.85, 0.05, 0.05, 0.05]])
    p = torch.softmax(z, 1)
    return bool(p[0, 0] - 1 < 0 < p[0, 0] - target[0, 0])


def of_three() -> bool:
    """The two gaps of the lesson's three answers."""
    rows = torch.tensor([0.95, 0.95, 0.65]), torch.tensor([True, False, True])
    counts, accuracy, mean = (part.tolist() for part in solution(REGULARISATION).reliability(*rows))
    gaps = [abs(a - m) for n, a, m in zip(counts, accuracy, mean, strict=True) if n]
    return np.allclose(sorted(gaps), [1 - 0.65, 0.95 - 0.5], atol=1e-6) and np.allclose(sorted(gaps), [0.35, 0.45])


def mended() -> bool:
    """Whether dividing doubled logits by 2 gives the calibration error of the others."""
    logits, labels = script(REGULARISATION).answers()
    error = solution(REGULARISATION).expected_calibration_error
    twice, once = (error(torch.softmax(z, 1), labels) for z in (2 * logits / 2, logits))
    return math.isclose(twice, once, rel_tol=1e-5)


def scaled_feature() -> bool:
    """The loss after 20 steps of gradient descent with one feature a hundred times as large, against none."""
    page = solution(NETWORK)
    X, y = page.two_moons(200, noise=0.1, generator=torch.Generator().manual_seed(0))
    found = []
    for scale in (1.0, 100.0):
        torch.manual_seed(0)
        model, inputs = page.MLPClassifier(), X * torch.tensor([scale, 1.0])
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(20):
            optimizer.zero_grad()
            loss = functional.cross_entropy(model(inputs), y)
            loss.backward()
            optimizer.step()
        found.append(loss.item())
    return not found[1] < 1.5 * found[0]


def memorised() -> bool:
    """Ten points with random labels: the losses on them and on new ones, at the end."""
    page = solution(NETWORK)
    X, new = torch.randn(10, 2), torch.randn(500, 2)
    y, truth = torch.randint(2, (10,)), torch.randint(2, (500,))
    model = page.MLPClassifier(hidden=64)
    page.train_classifier(model, X, y, epochs=400)
    return bool(functional.cross_entropy(model(X), y) < 0.05 and functional.cross_entropy(model(new), truth) > 1)


FORMULAS: list[Formula] = [
    Formula(
        REGULARISATION,
        r"w - \eta\,(g + \lambda w) = (1 - \eta\lambda)\, w - \eta\, g",
    ),
]
CLAIMS = [
    Claim(
        REGRESSION,
        r"\frac{1}{N} \sum_{\text{batches } B} \lvert B\rvert\, L_B",
        lambda: math.isclose(
            sum(len(part) * part.mean() for part in torch.arange(10.0).split(4)) / 10, torch.arange(10.0).mean()
        ),
    ),
    Claim(
        REGRESSION,
        "after 1, 20 and 1000 epochs",
        lambda: script(REGRESSION).EPOCHS == 1000 and "(0, 19, EPOCHS - 1)" in inspect.getsource(script(REGRESSION)),
    ),
    Claim(
        REGRESSION,
        "New layers are made for numbers of the size of 1",
        house_prices,
    ),
    Claim(
        REGRESSION,
        "Answers of shape $(N, 1)$ minus targets of shape $(N,)$",
        scalars_and_columns,
    ),
    Claim(
        NETWORK,
        "learns to separate them in sixty steps",
        sixty_steps,
    ),
    Claim(
        NETWORK,
        r"-\frac1N \sum_{i=1}^{N} \log p_{y_i}(x_i)",
        lambda: torch.allclose(
            functional.cross_entropy(z := torch.randn(5, 3), torch.tensor([0, 1, 2, 2, 1])),
            -sum(torch.softmax(z, 1)[i, y].log() for i, y in enumerate((0, 1, 2, 2, 1))) / 5,
        ),
    ),
    Claim(
        NETWORK,
        r"should give every class $1/C$: a loss of $\ln C$",
        lambda: math.isclose(-math.log(1 / 7), math.log(7)),
    ),
    Claim(
        NETWORK,
        "If the first loss is 5, its first weights are probably too large",
        first_losses,
    ),
    Claim(
        NETWORK,
        "on ten of them the loss must come near 0",
        lambda: (
            solution(NETWORK).train_classifier(
                solution(NETWORK).MLPClassifier(), *(part[:10] for part in solution(NETWORK).two_moons(200)), epochs=200
            )[-1]
            < 0.02
        ),
    ),
    Claim(
        NETWORK,
        r"$$\tilde h_j = \frac{m_j\,h_j}{1 - p}, \qquad m_j = \begin{cases}0 & \text{with probability } p\\ "
        r"1 & \text{otherwise.}\end{cases}$$",
        dropped,
    ),
    Claim(
        NETWORK,
        "The expected value of $m_j$ is $1 - p$",
        lambda: abs((torch.rand(200_000) >= 0.3).double().mean() - (1 - 0.3)) < 0.01,
    ),
    Claim(
        NETWORK,
        "You forget $1/(1 - p)$",
        dropped,
    ),
    Claim(
        REGULARISATION,
        r"adds $\tfrac{\lambda}{2} \lVert w \rVert^2$ to the loss, hence $\lambda w$",
        l2,
    ),
    Claim(
        REGULARISATION,
        r"multiplies $w$ by $1 - \eta\lambda$ at each step",
        lambda: math.isclose(
            solution(REGULARISATION)
            .adam_step(
                *(torch.tensor([v], dtype=F64) for v in (2.0, 0.0, 0.0, 0.0)), 1, lr=0.1, decay=0.3, decoupled=True
            )[0]
            .item(),
            2 * (1 - 0.1 * 0.3),
        ),
    ),
    Claim(
        REGULARISATION,
        "`torch.optim.AdamW(params, weight_decay=<.2f>)`",
        lambda: torch.optim.AdamW([torch.zeros(1)]).defaults["weight_decay"],
    ),
    Claim(
        REGULARISATION,
        "what is kept is divided by $1 - p$",
        lambda: solution(REGULARISATION).drop(torch.ones(1), torch.tensor([True]), 0.75) == 1 / (1 - 0.75),
    ),
    Claim(
        REGULARISATION,
        r"$(1 - \alpha)\,[c = y] + \alpha / C$",
        smoothed,
    ),
    Claim(
        REGULARISATION,
        "If the target is 1, a right answer costs less the larger its logit, without end",
        ever_larger,
    ),
    Claim(
        REGULARISATION,
        "If that is 80 % and 80 % of them are right",
        lambda: (
            abs(
                solution(REGULARISATION).expected_calibration_error(
                    torch.tensor([[0.8, 0.2]]).repeat(5, 1), torch.tensor([0, 0, 0, 0, 1])
                )
            )
            < 1e-6
        ),
    ),
    Claim(
        REGULARISATION,
        "the confidences $0.95$, $0.95$ and $0.65$; the first and the last answer are right. Ten bins: one "
        r"with $\lvert 0.5 - 0.95 \rvert = 0.45$, one with $\lvert 1 - 0.65 \rvert = 0.35$",
        of_three,
    ),
    Claim(
        REGULARISATION,
        "A temperature (see *The softmax function*) of 2 mends it",
        mended,
    ),
    Claim(
        PLAYGROUND,
        "| depth 1, 2, 4, 8 at the same width | training loss after 20 and 60 steps, three seeds |",
        depths,
    ),
    Claim(
        PLAYGROUND,
        "| one feature multiplied by 100 | the loss after 20 steps |",
        scaled_feature,
    ),
    Claim(
        PLAYGROUND,
        "| training and held-out accuracy after 100 and 1000 steps |",
        flipped_labels,
    ),
    Claim(
        PLAYGROUND,
        "the loss on them is nearly 0, on new points it is large",
        memorised,
    ),
]
