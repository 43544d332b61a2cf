"""The formulas of the project's and the further lessons, and what they say in symbols."""

from __future__ import annotations

import inspect
import itertools
import math

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from autograder.course.trees import trees
from tests.lessons import Claim, Formula, script, solution
from tests.lessons.s5_s6 import misread

CLASSIFICATION = "s6_further/image_classification"
LIBRARIES = "s6_further/cv_libraries"
EXPLAINING = "s6_further/explainability"
PROJECT = "s5_text_classification/project"
ATTENTION = "s5_text_classification/attention"
DETECTION = "s6_further/object_detection"
DIGITS = "s4_cnns/digits"
F64 = torch.float64


def cosine(t: int) -> float:
    """The page's rate at a step."""
    return float(solution(CLASSIFICATION).cosine_lr(t, 100, 0.3, 20, 0.1))


def pulled_weights() -> bool:
    """Whether the project's weights of words are positive, also where everything learned is pulled down to -9."""
    model = solution(PROJECT).BagOfEmbeddings(5, 3, 2).eval()
    ids, mask = torch.tensor([[2, 3]]), torch.ones(1, 2, dtype=torch.bool)
    with torch.no_grad():
        for p in model.parameters():
            p.fill_(-9.0)
        return bool(model(ids, mask).isfinite().all())


def sms() -> float:
    """The share of text messages that are no spam, from the accuracy of always saying so, kept with the results."""
    kept = (trees().course.parent / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    return float(kept.partition("Of the held-out text messages ")[2].partition(" % are no spam")[0])


def row_of_mask() -> bool:
    """Masked keys' weights, and the sum of a row."""
    x = torch.randn(4, 3)
    weights = solution(ATTENTION).attention(x, x, x, torch.tensor([True, False, True, False]))[1]
    return bool((weights[:, 1::2] == 0).all() and torch.allclose(weights.sum(1), torch.ones(4)))


def layer_of_transformer() -> bool:
    """Layer norm's mean and variance, which a part of the page's layer reads."""
    y = nn.LayerNorm(8)(torch.randn(2, 3, 8) * 4 + 1)
    return bool(y.mean(2).abs().max() < 1e-6 and (y.var(2, correction=0) - 1).abs().max() < 1e-3)


def bridge() -> bool:
    """The bridge from OpenCV to PyTorch, entry by entry."""
    b = np.random.default_rng(0).integers(0, 256, (3, 4, 3), dtype=np.uint8)
    out = solution(LIBRARIES).cv_to_tensor(b)
    return out.shape == (3, 3, 4) and all(
        math.isclose(out[c, y, x], b[y, x, 2 - c] / 255, rel_tol=1e-6)
        for c, y, x in itertools.product(range(3), range(3), range(4))
    )


def palette_says_nothing() -> bool:
    """Two colours of a palette, the higher number the darker."""
    image = Image.new("P", (2, 1))
    image.putpalette([0] * 18 + [255] * 3 + [10] * 3)  # colour 6 is white, colour 7 nearly black
    image.putdata([6, 7])
    bright, dark = solution(LIBRARIES).pil_to_tensor(image)[0, 0].tolist()
    return np.array(image).tolist() == [[6, 7]] and bright > dark


def round_trip(mean: float, std: float) -> int:
    """How many bytes a cut instead of a rounding changes after normalizing and back."""
    x = torch.arange(256, dtype=torch.float32) / 255
    return int(((((x - mean) / std) * std + mean) * 255).to(torch.uint8).ne(torch.arange(256)).sum())


def backwards() -> bool:
    """The stride of the view that exchanges the channels, and what from_numpy says to it."""
    image = np.zeros((2, 2, 3), dtype=np.uint8)
    try:
        torch.from_numpy(image[:, :, ::-1])
    except ValueError:
        return image[:, :, ::-1].strides[2] == -1
    return False


def counted_larger() -> bool:
    """The page's accuracy of k guesses, against the formula with the count of larger logits."""
    z, y = torch.randn(40, 7), torch.randint(7, (40,))
    page = solution(CLASSIFICATION).topk_accuracy
    larger = (z > z.gather(1, y[:, None])).sum(1)
    same = all(math.isclose(page(z, y, k), (larger < k).double().mean()) for k in range(1, 8))
    return same and page(z, y, 1) == (z.argmax(1) == y).double().mean() and page(z, y, 7) == 1


def mixture() -> bool:
    """The page's mixup, against the formulas."""
    images, labels, lam = torch.randn(4, 1, 2, 2), torch.eye(4)[:, :3], 0.3
    x, y = lam * images + (1 - lam) * images.flip(0), lam * labels + (1 - lam) * labels.flip(0)
    return torch.allclose(
        (x - images.flip(0)) / (images - images.flip(0)), torch.full_like(x, lam), atol=1e-4
    ) and bool(torch.allclose(y.sum(1), labels.sum(1) * lam + labels.flip(0).sum(1) * (1 - lam)))


def boxes() -> bool:
    """The IoU of equal boxes and of boxes that lie apart."""
    a = torch.tensor([[0.0, 0, 10, 10], [20.0, 0, 25, 5]])
    return torch.equal(solution(DETECTION).iou(a, a), torch.eye(2))


def average() -> bool:
    """The page's AP of random detections: the integral of the envelope, and the sum over the correct ones."""
    hits, n = torch.tensor([1, 0, 1, 1, 0, 0, 1, 0]).bool(), 6
    precision, recall = hits.double().cumsum(0) / torch.arange(1, 9), hits.double().cumsum(0) / n
    grid = (torch.arange(60_000, dtype=F64) + 0.5) / 60_000
    envelope = torch.tensor([float(precision[recall >= level].max()) if (recall >= level).any() else 0.0
                             for level in grid[::100]]).mean()  # fmt: skip
    total = sum(float(precision[k:].max()) for k in hits.nonzero().flatten()) / n
    found = solution(DETECTION).average_precision(torch.linspace(1, 0.1, 8), hits, n)
    return math.isclose(found, total, rel_tol=1e-6) and abs(found - envelope) < 2e-3


def negative_sides() -> bool:
    """The product of two negative sides, and what clamping each makes of it."""
    sides = torch.tensor([-2.0, -3.0])
    return sides.prod() == 6 and sides.clamp(min=0).prod() == 0


def black_pixels() -> bool:
    """What a pixel contributes that is equal to the baseline, and a unit's slope where it is saturated."""
    found = solution(EXPLAINING).integrated_gradients(
        lambda p: (p[:, 0] * p[:, 1] + p[:, 1]).tanh(), torch.tensor([0.0, 2.0]), torch.zeros(2), steps=8
    )
    x = torch.tensor(12.0, requires_grad=True)
    return found[0] == 0 and torch.autograd.grad(torch.tanh(x), x)[0] < 1e-6


def completeness() -> bool:
    """The contributions of a function of two numbers, against its rise from the baseline."""
    x, start = torch.tensor([0.7, -1.1]), torch.tensor([0.2, 0.3])
    found = solution(EXPLAINING).integrated_gradients(lambda p: (p[:, 0] ** 2 * p[:, 1]).exp(), x, start, steps=200)
    f = lambda p: math.exp(p[0] ** 2 * p[1])  # noqa: E731
    return math.isclose(found.sum(), f(x) - f(start), rel_tol=1e-4)


def kinked(n: int) -> float:
    """The largest error of the mean over n middles for the slope of relu(x - k), over many kinks k."""
    points = (torch.arange(n, dtype=F64) + 0.5) / n
    kinks = torch.linspace(0.1, 0.9, 997, dtype=F64)
    return float(((points > kinks[:, None]).double().mean(1) - (1 - kinks)).abs().max())


def last_maps() -> tuple[int, ...]:
    """Height and width of the maps that the picture's Grad-CAM looks at."""
    model = script(DIGITS).trained()
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Conv2d)]
    sizes: list[tuple[int, ...]] = []
    hook = layers[-1].register_forward_hook(lambda _m, _i, out: sizes.append(tuple(out.shape[2:])))
    with torch.no_grad():
        model(torch.zeros(1, 1, 28, 28))
    hook.remove()
    return sizes[0]


FORMULAS: list[Formula] = [
    Formula(
        CLASSIFICATION,
        r"\eta_{\min} + \frac{\eta - \eta_{\min}}{2} \left( 1 + \cos \pi\, \frac{t - w}{T - w} \right)",
        lambda: {r"\eta_\min": 0.1, r"\eta": 0.3, "t": 33, "w": 20, "T": 100},
        lambda: cosine(33),
    ),
    Formula(
        LIBRARIES,
        r"\mathrm{round}(255 \cdot \min(\max(x, 0), 1))",
        lambda: {"x": np.array([0.31, 1.2, -0.4])},
        lambda: np.asarray(solution(LIBRARIES).tensor_to_image(torch.tensor([[[0.31, 1.2, -0.4]]])))[0].astype(float),
    ),
]
CLAIMS = [
    Claim(
        EXPLAINING,
        "four maps each for its answer, <d>, and for the label, <d>]",
        lambda: misread()[:1:-1],
    ),
    Claim(
        PROJECT,
        "a weight $a_w > 0$",
        pulled_weights,
    ),
    Claim(
        PROJECT,
        "A filter $f$ of width 3 slides along the text, and its largest answer is kept (see *Convolution*),"
        r" $$h_f = \max_t\ \mathrm{ReLU}\big(\langle F_f,\ (e_{t-1}, e_t, e_{t+1}) \rangle + b_f\big),$$",
        lambda: any(
            isinstance(m, nn.Conv1d) and m.kernel_size == (3,) for m in solution(PROJECT).TextCNN(9, 8, 2).modules()
        ),
    ),
    Claim(
        PROJECT,
        'in one set <.0f> % are no spam, and "never spam" is <.0f> % right',
        lambda: (sms(), sms()),
    ),
    Claim(
        ATTENTION,
        "a filter of width 3 does not reach that far",
        lambda: ["the", "bank", "of", "the", "river"].index("river") - 1 > 3 // 2,
    ),
    Claim(
        ATTENTION,
        "random numbers with mean 0 and variance 1 has variance $d$",
        lambda: abs((torch.randn(20_000, 30) * torch.randn(20_000, 30)).sum(1).var() / 30 - 1) < 0.1,
    ),
    Claim(
        ATTENTION,
        "so their weights are 0 and the rest still sums to 1",
        row_of_mask,
    ),
    Claim(
        ATTENTION,
        "brings each word's vector to mean 0 and variance 1 before a part reads it",
        layer_of_transformer,
    ),
    Claim(
        ATTENTION,
        "A text without words gives $0/0$",
        lambda: (torch.zeros(1) / torch.zeros(1)).isnan(),
    ),
    Claim(
        ATTENTION,
        "The work grows with $T^2$",
        lambda: solution(ATTENTION).attention(*[torch.randn(6, 4)] * 3)[1].numel() == 6**2,
    ),
    Claim(
        LIBRARIES,
        "| shape | `size` is $(W, H)$ | $(H, W, 3)$ | $(3, H, W)$, batches $(N, 3, H, W)$ | | channels | "
        "what `mode` says | blue, green, red | red, green, blue | | numbers | bytes | bytes | floats in "
        "$[0, 1]$ |",
        lambda: bridge() and 0 <= solution(LIBRARIES).cv_to_tensor(np.full((1, 1, 3), 255, np.uint8)).max() == 1,
    ),
    Claim(
        LIBRARIES,
        r"$$\mathrm{out}[c, y, x] = \frac{b[y, x, 2 - c]}{255}.$$",
        bridge,
    ),
    Claim(
        LIBRARIES,
        "$H = 2$, $W = 5$. (Blue",
        lambda: solution(LIBRARIES).tensor_to_image(torch.zeros(3, 2, 5)).size == (5, 2),
    ),
    Claim(
        LIBRARIES,
        "colour 7 need not be brighter than colour 6",
        lambda: palette_says_nothing(),
    ),
    Claim(
        LIBRARIES,
        r"**by hand** $0.5$ becomes $\mathrm{round}(127.5) = <.0f>$",
        lambda: math.floor(0.5 * 255 + 0.5),
    ),
    Claim(
        LIBRARIES,
        "normalize it by mean $0.485$ and deviation $0.229$ (ImageNet's red) and back, in float32, and <d> "
        "of the 256 bytes",
        lambda: round_trip(0.485, 0.229),
    ),
    Claim(
        LIBRARIES,
        "with a stride of $-1$",
        backwards,
    ),
    Claim(
        LIBRARIES,
        "You use `[..., ::-1]` on a grey $(H, W)$ array",
        lambda: np.array([[1, 2], [3, 4]])[..., ::-1].tolist() == [[2, 1], [4, 3]],
    ),
    Claim(
        CLASSIFICATION,
        r"\frac1N \sum_{i=1}^{N} \Big[\, \#\{j : z_{ij} > z_{i y_i}\} < k \,\Big].$$ $k = 1$ is plain "
        "accuracy, $k = C$ gives 1 for any network",
        counted_larger,
    ),
    Claim(
        CLASSIFICATION,
        r"$$\tilde x_i = \lambda\, x_i + (1 - \lambda)\, x_{\pi(i)}, \qquad \tilde y_i = \lambda\, y_i + (1 "
        r"- \lambda)\, y_{\pi(i)} .$$",
        mixture,
    ),
    Claim(
        CLASSIFICATION,
        r"$\lambda\, \ell(z, y_i) + (1 - \lambda)\, \ell(z, y_{\pi(i)})$",
        lambda: torch.allclose(
            functional.cross_entropy(z := torch.randn(1, 3), 0.7 * torch.eye(3)[:1] + (1 - 0.7) * torch.eye(3)[1:2]),
            0.7 * functional.cross_entropy(z, torch.tensor([0]))
            + (1 - 0.7) * functional.cross_entropy(z, torch.tensor([1])),
        ),
    ),
    Claim(
        CLASSIFICATION,
        r"Here the rate is 0 at $t = 0$ and $\eta$ at $t = w$",
        lambda: (cosine(0), cosine(20)) == (0, 0.3),
    ),
    Claim(
        CLASSIFICATION,
        "halfway between class 2 (bird) and class 8 (ship) of CIFAR-10 lies class <.0f>, the dog",
        lambda: (2 + 8) / 2,
    ),
    Claim(
        DETECTION,
        "It is 1 for equal boxes with an area, 0 for boxes that lie apart",
        boxes,
    ),
    Claim(
        DETECTION,
        "a box from 0 to 10 is 10 wide. (Elsewhere you will meet widths with 1 added.)",
        lambda: solution(DETECTION).box_convert(torch.tensor([[0.0, 0, 10, 10]]), "xyxy", "xywh")[0, 2] == 10,
    ),
    Claim(
        DETECTION,
        r"$$\mathrm{AP} = \int_0^1 \max_{k:\, R_k \ge r} P_k \; dr \;=\; \frac1n \sum_{k \text{ correct}} \;"
        r" \max_{j \ge k} P_j ,$$ since recall takes a step of $1/n$ at each correct detection",
        average,
    ),
    Claim(
        DETECTION,
        "if their IoU reaches a threshold such as $<.1f>$",
        lambda: inspect.signature(solution(DETECTION).match_truths).parameters["threshold"].default,
    ),
    Claim(
        DETECTION,
        "clamp each side at 0 first",
        negative_sides,
    ),
    Claim(
        EXPLAINING,
        "Where a unit is saturated it is nearly 0",
        black_pixels,
    ),
    Claim(
        EXPLAINING,
        "Walk in a straight line from a **baseline** $x^0$, for example a black image, to $x$ and collect "
        r"the slopes on the way: $$\mathrm{IG}_i = (x_i - x_i^0) \int_0^1 \frac{\partial f}{\partial "
        r"x_i}\bigl(x^0 + \alpha (x - x^0)\bigr)\, d\alpha$$ By the fundamental theorem of calculus these "
        r"contributions **add up**: $\sum_i \mathrm{IG}_i = f(x) - f(x^0)$",
        completeness,
    ),
    Claim(
        EXPLAINING,
        "A ReLU network has kinks; there it falls more slowly, about like $1/n$",
        lambda: abs(kinked(20) / kinked(40) - 2) < 0.2,
    ),
    Claim(
        EXPLAINING,
        "a black pixel contributes exactly 0",
        black_pixels,
    ),
    Claim(
        EXPLAINING,
        r"w_c = \frac{1}{hw} \sum_{y,x} \frac{\partial z_t}{\partial A_{cyx}}",
        lambda: torch.allclose(
            solution(EXPLAINING).grad_cam(torch.ones(1, 2, 2), torch.tensor([[[1.0, 2], [3, 6]]])),
            torch.full((2, 2), 12 / 4),
        ),
    ),
    Claim(
        EXPLAINING,
        "two channels with the weights $0.5$ and $-0.25$ and the maps",
        lambda: (
            solution(EXPLAINING)
            .grad_cam(
                torch.tensor([[[1.0, 0], [0, 2]], [[0, 4], [0, 0]]]),
                torch.tensor([0.5, -0.25])[:, None, None].expand(2, 2, 2),
            )
            .tolist()
            == [[0.5, 0], [0, 1]]
        ),
    ),
    Claim(
        EXPLAINING,
        r"here $<d> \times <d>$",
        last_maps,
    ),
    Claim(
        EXPLAINING,
        "Its thirty thousand weights",
        lambda: 29_000 < sum(p.numel() for p in script(DIGITS).trained().parameters()) < 31_000,
    ),
]
