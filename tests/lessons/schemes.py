"""What the mark schemes of the questions in words say, computed: a marker believes each number of theirs."""

from __future__ import annotations

import math

import torch
from torch.nn import functional

from autograder.course import syllabus
from autograder.course.trees import trees

from . import Claim, Formula, flat, solution
from .numbers import NUMBER, covered, value

F64 = torch.float64
#: in a question or its mark scheme, what is assumed, not claimed: names of shapes and values that the sentence sets
ASSUMED = {
    "s2_data/datasets_and_loaders": {1.0},  # a batch size
    "s3_neural_networks/activations": {0.0, 1000.0},  # places at which to test
    "s6_further/cv_libraries": {0.0, 1.0},  # a scale
    "s6_further/object_detection": {1.0},  # the recall where all is found
}


def asked(page: str) -> str:
    """Return the question of a page in words."""
    return flat(syllabus.load(trees()).exercises[page].question)


def scheme(page: str) -> str:
    """Return the sentences that the marker gets, one after another."""
    return flat(" ".join(syllabus.load(trees()).exercises[page].question_answer))


def loose(page: str, computed: list[Claim | Formula]) -> list[str]:
    """Return the numbers of a mark scheme that no claim computes and the question does not give."""
    given = {value(number) for number in NUMBER.findall(asked(page))} | ASSUMED.get(page, set())
    rest = covered(scheme(page), [one for one in computed if one.page == page])
    return [number for number in NUMBER.findall(rest) if value(number) not in given]


def best_central_step() -> bool:
    """Whether the error of central differences is least near 1e-5, and never far from that between 1e-6 and 1e-4."""
    x = torch.tensor(0.6, dtype=F64)
    error = {}
    for power in range(-15, 0):
        slopes = [
            solution("s1_math/derivatives").central_difference(torch.exp, x + 0.01 * k, h=10.0**power)
            for k in range(40)
        ]
        wrong = [(slope - torch.exp(x + 0.01 * k)).abs().item() for k, slope in enumerate(slopes)]
        error[power] = sum(wrong)
    return min(error, key=lambda power: error[power]) in (-6, -5) and max(error[p] for p in (-6, -5, -4)) < error[-3]


def jumps() -> bool:
    """Power iteration for the eigenvalues 3 and -3: two directions one after another, each of length 1."""
    A, v, seen = torch.diag(torch.tensor([3.0, -3.0, 1.0], dtype=F64)), torch.ones(3, dtype=F64), []
    for _ in range(40):
        v = A @ v / (A @ v).norm()
        seen.append(v)
    sized = all(math.isclose(v.norm(), 1) for v in seen)
    return sized and torch.allclose(seen[-1], seen[-3]) and not torch.allclose(seen[-1], seen[-2])


def shapes_tell() -> bool:
    """Dividing (3, 4) by (3,) is an error, by (3, 1) it is not; nor is dividing (3, 3) by either."""
    row = torch.ones(3)
    try:
        return bool((torch.ones(3, 4) / row).numel() < 0)
    except RuntimeError:
        fits = [torch.ones(3, n) / row[:, None] for n in (3, 4)]
        return (torch.ones(3, 3) / row).shape == fits[0].shape


def as_accurate_as_none() -> bool:
    """Recall 0.9 and precision 0.5 for one ill person in a hundred: as accurate as "healthy" for all."""
    ill, found = 1.0, 0.9
    false_alarms = found / 0.5 - found
    return math.isclose(100 - (ill - found) - false_alarms, 99)


def no_better_than_log_2() -> bool:
    """The least loss where half of the labels are wrong is that of the answer one half."""
    p = torch.linspace(0.01, 0.99, 99, dtype=F64)
    loss = -(p.log() + (1 - p).log()) / 2
    return bool(p[loss.argmin()].isclose(p.new_tensor(0.5))) and math.isclose(loss.min(), math.log(2))


CLAIMS = [
    Claim("s1_math/derivatives", "near 1e-5 for the central difference (values of 1e-6 to 1e-4", best_central_step),
    Claim("s1_math/derivatives", "is divided by h and grows like 1/h; at 1e-15", best_central_step),
    Claim("s1_math/matrix_computation", "so the length is 1 always", jumps),
    Claim("s1_math/tensors", "With (3, 4) and (3,) the last sizes 4 and 3 do not fit", shapes_tell),
    Claim("s1_math/tensors", "keepdim=True makes (3, 1), which is right for both", shapes_tell),
    Claim("s1_math/vectorization", "three sizes of 1000 take <.0f> GB", lambda: 1000**3 * 4 / 1e9),
    Claim("s2_data/image_datasets", "the loss stays near log 2", no_better_than_log_2),
    Claim(
        "s3_neural_networks/classification_losses",
        "The best it can get is 1 for the truth and 0 for the other nine: log(1 + 9/e) = <.2f>",
        lambda: functional.cross_entropy(torch.eye(10, dtype=F64)[:1], torch.tensor([0])).item(),
    ),
    Claim(
        "s3_neural_networks/classification_losses",
        "so its logits lie between 0 and 1",
        lambda: bool(((p := torch.softmax(30 * torch.randn(50, 10), 1)) >= 0).all() and (p <= 1).all()),
    ),
    Claim("s3_neural_networks/neuron", "the order of 1 over the root of the inputs", lambda: layer_of(400) == 1 / 20),
    Claim(
        "s3_neural_networks/optimizers",
        "A much smaller rate (<g> is usual)",
        lambda: torch.optim.Adam([torch.zeros(1)]).defaults["lr"],
    ),
    Claim(
        "s3_neural_networks/regression_losses",
        "The quantile loss with q = 0.9: a prediction that is too low costs nine times as much as one that is too high",
        lambda: math.isclose(leaning(-2.0), 9 * leaning(2.0), rel_tol=1e-5),
    ),
    Claim("s3_neural_networks/regression_losses", "its best constant is the 0.9 quantile", lambda: constant() == 9),
    Claim(
        "s3_neural_networks/softmax",
        "makes the largest exponent 0 and changes no probability",
        lambda: torch.allclose(torch.softmax(z := torch.randn(5, dtype=F64), 0), torch.softmax(z - z.max(), 0)),
    ),
    Claim(
        "s3_neural_networks/tasks",
        'the answer "healthy" for all is 99 % accurate as well, with recall 0',
        lambda: solution("s3_neural_networks/tasks").accuracy(torch.zeros(100), torch.eye(100)[0]) == 0.99,
    ),
    Claim("s3_neural_networks/tasks", "recall 0.9 and precision 0.5, say", as_accurate_as_none),
    Claim(
        "s5_text_classification/attention",
        "(0, or the product with the bias and the position), and the exponential of 0 is 1",
        lambda: math.exp(0) == 1,
    ),
    Claim(
        "s6_further/image_classification",
        "the least possible loss is their entropy, and not 0",
        lambda: -(0.7 * math.log(0.7) + 0.3 * math.log(0.3)) > 0,
    ),
]


def layer_of(inputs: int) -> float:
    """Return the largest first weight that PyTorch may draw for a layer of so many inputs."""
    weights = torch.nn.Linear(inputs, 2000).weight
    bound = 1 / math.sqrt(inputs)
    return bound if 0.99 * bound < weights.abs().max().item() <= bound else math.nan


def leaning(error: float) -> float:
    """Return the quantile loss of one error for q = 0.9."""
    losses = solution("s3_neural_networks/regression_losses")
    return float(losses.quantile(torch.tensor([error]), torch.zeros(1), 0.9))


def constant() -> float:
    """Return the best constant prediction of the quantile loss, q = 0.9, for the targets 0 to 10."""
    losses = solution("s3_neural_networks/regression_losses")
    targets = torch.arange(11.0)
    costs = [float(losses.quantile(torch.full((11,), c / 10), targets, 0.9)) for c in range(101)]
    return min(range(101), key=lambda c: costs[c]) / 10
