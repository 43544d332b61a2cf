"""What the lessons of the project and the further topics say."""

from __future__ import annotations

import functools
import math

import torch

from autograder.course import datasets
from tests.helpers import ROOT
from tests.lessons import Claim, script, solution

PROJECT, LIBRARIES = "s5_text_classification/project", "s6_further/cv_libraries"
ATTENTION = "s5_text_classification/attention"
CLASSIFICATION, DETECTION = "s6_further/image_classification", "s6_further/object_detection"
EXPLAINING, DIGITS = "s6_further/explainability", "s4_cnns/digits"
WHERE = (9, 7)  # of the occlusion map: rows 18 to 23 and columns 14 to 19 of the image


@functools.cache
def misread() -> tuple[torch.nn.Module, torch.Tensor, int, int]:
    """The course's network, the held-out digit with the largest loss, its label and the network's answer."""
    model, digits = script(DIGITS).trained(), datasets.load("digits").load()
    place = int(solution(DIGITS).hardest(model, digits.test_images, digits.test_labels, 1))
    with torch.no_grad():
        answers = model(digits.test_images).argmax(1)
    assert (answers != digits.test_labels).sum() == 1, "not the one held-out digit that it misreads"
    return model, digits.test_images[place], int(digits.test_labels[place]), int(answers[place])


def occluded(target: int) -> torch.Tensor:
    """By how much each patch lowers a logit of the misread digit."""
    model, image, _, _ = misread()
    return solution(EXPLAINING).occlusion(model, image, target, 6, 2)


def extreme(which: str, target: int) -> tuple[int, int]:
    """Where the occlusion map of a class is largest or smallest."""
    found = occluded(target)
    return divmod(int(getattr(found, which)()), found.shape[1])


def completeness(at: float) -> float:
    """By what factor the error of a smooth function falls when the points double; they lie at `at` of their steps."""

    def error(n: int) -> float:
        way = (torch.arange(n, dtype=torch.float64) + at) / n
        return abs(float((way.exp()).mean()) - (math.e - 1))

    return error(50) / error(100)


def lesson_cam() -> bool:
    """Grad-CAM of the lesson's two channels."""
    A = torch.tensor([[[1.0, 0], [0, 2]], [[0, 4], [0, 0]]])
    G = torch.tensor([0.5, -0.25])[:, None, None].expand(2, 2, 2)
    return solution(EXPLAINING).grad_cam(A, G).tolist() == [[0.5, 0], [0, 1]]


def square(dx: float, dy: float) -> float:
    """The IoU of a square of side 1 with itself, moved."""
    a = torch.tensor([[0.0, 0, 1, 1]], dtype=torch.float64)
    return float(solution(DETECTION).iou(a, a + torch.tensor([dx, dy, dx, dy])))


def far_away(offset: float) -> float:
    """The IoU of the lesson's two boxes, moved, in float32."""
    a, b = torch.tensor([[0.0, 0, 0.6, 1]]), torch.tensor([[0.2, 0, 0.8, 1]])
    return float(solution(DETECTION).iou(a + offset, b + offset))


def curve() -> tuple[torch.Tensor, torch.Tensor]:
    """Precision and recall of the picture's ten detections of eight truths."""
    hits = torch.tensor([1, 1, 0, 1, 0, 0, 1, 1, 0, 1]).double().cumsum(0)
    return hits / torch.arange(1, 11), hits / 8


def at_recalls(count: int) -> float:
    """The mean of the envelope at evenly spaced recalls."""
    precision, recall = curve()
    levels = [k / (count - 1) for k in range(count)]
    return sum(float(precision[recall >= r - 1e-12].max()) if r <= recall.max() else 0.0 for r in levels) / count


def all_point() -> float:
    """The area under the envelope."""
    correct = torch.tensor([1, 1, 0, 1, 0, 0, 1, 1, 0, 1]).bool()
    return float(solution(DETECTION).average_precision(torch.linspace(0.95, 0.2, 10), correct, 8))


def byte(x: float) -> int:
    """The byte of a float."""
    return int(torch.tensor(x).mul(255).clamp(0, 255).round())


def one_too_small() -> int:
    """How many bytes a cut instead of a rounding changes after normalizing and back."""
    x = torch.arange(256, dtype=torch.float32) / 255
    back = ((x - 0.485) / 0.229) * 0.229 + 0.485
    return int(((back * 255).to(torch.uint8) == torch.arange(256) - 1).sum())


BAG, CNN = 1, 2


def sets() -> list[str]:
    """The six sets of texts of the picture."""
    return list(script(PROJECT).MEASURED)


def measured(name: str) -> tuple[float, ...]:
    """What was measured of a set: of the linear model, then (mean, lowest, highest) of both networks."""
    return next(values for key, values in script(PROJECT).MEASURED.items() if key.startswith(name))


def row(texts: str, model: str) -> list[str]:
    """A line of what was measured, kept in benchmarks/RESULTS.md."""
    lines = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith(f"| {texts} |")]
    return next(line for line in cells if line[2].startswith(model))


def results(texts: str, model: str) -> float:
    """The macro-F1 of a model, in percent."""
    return float(row(texts, model)[4])


def largest_class() -> float:
    """The share of the held-out docstrings that belong to the largest class of the training texts, in percent."""
    texts = datasets.load("docstrings").load()
    largest = texts.train_labels.bincount().argmax()
    return float(100 * (texts.test_labels == largest).double().mean())


def ahead(name: str, model: int) -> float:
    """By how many points a network is better than the linear model, on the mean of its seeds."""
    return round(measured(name)[model][0] - measured(name)[0], 1)


def behind(model: int) -> tuple[float, float]:
    """The least and the most that a network is worse than the linear model, without the docstrings."""
    found = [-ahead(name, model) for name in sets()[1:]]
    return min(found), max(found)


def cnn_beats_bag() -> list[str]:
    """The sets on which the TextCNN is better than the bag."""
    return [name for name in sets() if measured(name)[CNN][0] > measured(name)[BAG][0]]


def by_hand() -> bool:
    """The lesson's query, keys and values."""
    query = torch.tensor([[2.0, 0, 0, 0]])
    key = torch.tensor([[math.log(3), 0, 0, 0], [0, 5, 0, 0]])
    mean, weights = solution(ATTENTION).attention(query, key, torch.tensor([[4.0, 0], [0, 8]]))
    expected = torch.tensor([[3.0, 2.0]]), torch.tensor([[0.75, 0.25]])
    return torch.allclose(mean, expected[0]) and torch.allclose(weights, expected[1])


def sharpness(d: int) -> tuple[float, float]:
    """The variance of dot products of d random numbers, and how large their softmax's derivatives are, unscaled."""
    q, k = torch.randn(4000, d), torch.randn(4000, 8, d)
    scores = torch.einsum("nd,nkd->nk", q, k)
    p = scores.softmax(1)
    return float(scores.var()), float((p * (1 - p)).mean())


def moves_along() -> bool:
    """Whether self-attention without positions exchanges its results where two words are exchanged."""
    x, layer, order = torch.randn(1, 5, 8), solution(ATTENTION).MultiHeadAttention(8, 2), [0, 3, 2, 1, 4]
    return torch.allclose(layer(x[:, order]), layer(x)[:, order], atol=1e-6)


def masked_afterwards() -> bool:
    """Whether weights that are set to 0 after the softmax sum to less than 1."""
    weights = torch.randn(4, 6).softmax(1) * (torch.arange(6) < 4)
    return bool((weights.sum(1) < 1).all())


def transformer(name: str) -> tuple[float, ...]:
    """(mean, lowest, highest) of the transformer on a set."""
    return next(values for key, values in script(ATTENTION).MEASURED.items() if key.startswith(name))


def transformer_behind(name: str) -> float:
    """By how many points the transformer is behind the linear model."""
    return round(measured(name)[0] - transformer(name)[0], 1)


def worst_of_four() -> float:
    """By how much it is behind the linear model on the docstrings, where it is the worst of the four."""
    others = [mean for mean, _, _ in measured("docstrings")[1:]]
    return transformer_behind("docstrings") if transformer("docstrings")[0] < min(others) else math.nan


def on_messages() -> tuple[float, float, float]:
    """On text messages: its accuracy, by how much it is ahead of both networks, and behind the linear model."""
    ahead_of = {round(transformer("SMS")[0] - measured("SMS")[model][0], 1) for model in (BAG, CNN)}
    return transformer("SMS")[0], ahead_of.pop() if len(ahead_of) == 1 else math.nan, transformer_behind("SMS")


CLAIMS = [
    Claim(PROJECT, "Always naming the largest class: <.0f> %", largest_class),
    Claim(
        PROJECT,
        "macro-F1 shows what accuracy hides: <.0f> for the linear model and <.0f> for both networks",
        lambda: (results("sms_spam", "TF-IDF"), results("sms_spam", "bag")),
    ),
    Claim(PROJECT, "and <.0f> for both networks", lambda: results("sms_spam", "cnn")),
    Claim(
        PROJECT,
        "a sample, <,d> of the [120,000 training",
        lambda: int(row("ag_news", "bag")[1].partition(" + ")[0].replace(",", "")),
    ),
    Claim(ATTENTION, "the weights $3/4$ and $1/4$. The values $(4, 0)$ and $(0, 8)$ have the mean $(3, 2)$", by_hand),
    Claim(
        ATTENTION,
        "has variance $d$. If $d$ is large, softmax of numbers so far apart gives one key nearly everything, and its "
        "gradient nearly vanishes",
        lambda: all(abs(sharpness(d)[0] / d - 1) < 0.1 for d in (4, 64, 256)) and sharpness(256)[1] < 0.05,
    ),
    Claim(
        ATTENTION,
        "The four layers have $4 (D^2 + D)$ numbers, whatever $h$ is",
        lambda: all(
            sum(p.numel() for p in solution(ATTENTION).MultiHeadAttention(12, h).parameters()) == 4 * (12 * 12 + 12)
            for h in (1, 2, 3, 12)
        ),
    ),
    Claim(
        ATTENTION,
        "without a mask, if two words change places, their results change places, and nothing else happens",
        moves_along,
    ),
    Claim(ATTENTION, "You mask after the softmax only, and the weights no longer sum to 1", masked_afterwards),
    Claim(
        ATTENTION,
        "which mixes words; no shape shows it",
        lambda: (
            torch.randn(2, 3, 8).reshape(2, 4, 3, 2).shape
            == solution(ATTENTION).split_heads(torch.randn(2, 3, 8), 4).shape
        ),
    ),
    Claim(
        ATTENTION,
        "twice as long a text has four times as many weights",
        lambda: (
            solution(ATTENTION).attention(*[torch.randn(10, 4)] * 3)[1].numel()
            == 4 * solution(ATTENTION).attention(*[torch.randn(5, 4)] * 3)[1].numel()
        ),
    ),
    Claim(ATTENTION, "| linear model on TF-IDF | <.1f> |", lambda: measured("docstrings")[0]),
    Claim(ATTENTION, "| bag of embeddings | <.1f> (<.1f> to <.1f>) |", lambda: measured("docstrings")[BAG]),
    Claim(ATTENTION, "| TextCNN | <.1f> (<.1f> to <.1f>) |", lambda: measured("docstrings")[CNN]),
    Claim(
        ATTENTION,
        "| transformer, one layer, four heads | <.1f> (<.1f> to <.1f>) |",
        lambda: transformer("docstrings"),
    ),
    Claim(
        ATTENTION,
        "**No, here it is the worst of the four**, <.1f> points behind the linear model",
        worst_of_four,
    ),
    Claim(
        ATTENTION,
        "On text messages (<.1f> %) it is <.1f> points ahead of both other networks and <.1f> behind the linear model",
        on_messages,
    ),
    Claim(
        ATTENTION,
        "on films, TREC and Banking77 it is <.1f>, <.1f> and <.1f> points behind",
        lambda: tuple(transformer_behind(name) for name in ("film", "TREC", "Banking77")),
    ),
    Claim(PROJECT, "gives that answer <.0f> %", lambda: 100 * (2 * 0.88 / 1.88) / 2),
    Claim(
        PROJECT,
        "with <,d> test texts, the standard error of one accuracy is <.1f>",
        lambda: (2365, 100 * math.sqrt(0.812 * 0.188 / 2365)),
    ),
    Claim(PROJECT, "**<.1f> %**", lambda: measured("docstrings")[0]),
    Claim(
        PROJECT,
        "On the docstrings the bag is one point ahead and the TextCNN <.1f>",
        lambda: ahead("docstrings", CNN) if math.isclose(ahead("docstrings", BAG), 1.0) else math.nan,
    ),
    Claim(
        PROJECT,
        "on the other five sets the bag is <.1f> to <.1f> behind and the TextCNN <.1f> to <.1f>, which is ahead of the "
        "bag on TREC alone",
        lambda: (*behind(BAG), *behind(CNN)) if cnn_beats_bag() == ["TREC questions, 6"] else (math.nan,) * 4,
    ),
    Claim(
        PROJECT,
        "**The linear model wins five times out of six.**",
        lambda: sum(ahead(name, model) < 0 for name in sets() for model in (BAG, CNN)) == 10,
    ),
    Claim(LIBRARIES, r"$\mathrm{round}(127.5) = <d>$", lambda: byte(0.5)),
    Claim(LIBRARIES, "$1.2$ becomes <.0f>, of which a byte keeps $306 - 256 = <d>$", lambda: (1.2 * 255, 306 % 256)),
    Claim(LIBRARIES, "<d> of the 256 bytes come out one too small", one_too_small),
    Claim(
        LIBRARIES,
        r"$b / 255 \cdot 255$ comes back exactly",
        lambda: torch.equal((torch.arange(256) / 255 * 255).to(torch.uint8), torch.arange(256).to(torch.uint8)),
    ),
    Claim(EXPLAINING, "reads a <d> as a <d>", lambda: misread()[2:]),
    Claim(
        EXPLAINING,
        "(rows <d> to <d>, columns <d> to <d>)",
        lambda: tuple(n for at in extreme("argmax", 3) for n in (2 * at, 2 * at + 5)),
    ),
    Claim(EXPLAINING, "lowers the logit of the 3 by $<.1f>$ (below", lambda: occluded(3)[WHERE]),
    Claim(EXPLAINING, "raises that of the 7 by $<.1f>$ (above", lambda: -occluded(7)[WHERE]),
    Claim(
        EXPLAINING, "this curve is what speaks for the 3", lambda: extreme("argmax", 3) == extreme("argmin", 7) == WHERE
    ),
    Claim(
        EXPLAINING,
        "like $1/n^2$ if they lie in the middle of their steps, and like $1/n$ at the ends",
        lambda: abs(completeness(0.5) - 4) < 0.01 and all(abs(completeness(at) - 2) < 0.05 for at in (0.0, 1.0)),
    ),
    Claim(EXPLAINING, r"give $\bigl(\begin{smallmatrix}0.5&0\\0&1\end{smallmatrix}\bigr)$", lesson_cam),
    Claim(
        CLASSIFICATION,
        r"Its mean is halfway between $\eta$ and $\eta_{\min}$",
        lambda: (
            abs(sum(solution(CLASSIFICATION).cosine_lr(t, 1000, 0.3, 0, 0.1) for t in range(1001)) / 1001 - 0.2) < 1e-6
        ),
    ),
    Claim(
        DETECTION, "$0.8 / 1.2 = 2/3$; by a tenth in both directions, $0.81 / 1.19 = <.2f>$", lambda: square(0.1, 0.1)
    ),
    Claim(DETECTION, "the IoU is $0.8 / 1.2 = 2/3$", lambda: math.isclose(square(0.2, 0), 2 / 3, rel_tol=1e-6)),
    Claim(DETECTION, "is $<.3f>$ in the picture", all_point),
    Claim(
        DETECTION,
        "at 11 recalls (VOC until 2009: $<.3f>$) or 101 (COCO: $<.3f>$)",
        lambda: (at_recalls(11), at_recalls(101)),
    ),
    Claim(
        DETECTION,
        r"in float32, at $10^6$, two boxes of width $0.6$ with IoU $<.2f>$ come out at $<.2f>$",
        lambda: (far_away(0), far_away(1e6)),
    ),
]
