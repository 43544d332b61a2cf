"""What the lessons about data say."""

from __future__ import annotations

import math

import torch

from autograder.course import datasets
from tests.lessons import Claim, solution

TABLES, LOADERS, CSV = "s2_data/data_tables", "s2_data/datasets_and_loaders", "s2_data/csv_loading"
IMAGES, FOLDERS, TEXT = "s2_data/images", "s2_data/image_datasets", "s2_data/text"


def wine(column: str) -> tuple[torch.Tensor, torch.Tensor]:
    """A column of the wines and the growers."""
    table = datasets.load("tables").load("wine")
    return table.X[:, table.columns.index(column)], table.y


def proline_of_growers() -> float:
    """How many times as much proline the new grower's wines hold as those of the others."""
    proline, grower = wine("proline")
    return float(proline[grower == 0].mean() / proline[grower > 0].mean())


def standardised() -> tuple[float, ...]:
    """Deviation and entries of the lesson's column."""
    x = torch.tensor([[1.0], [2.0], [6.0]], dtype=torch.float64)
    z = solution(TABLES).Standardizer().fit(x).transform(x)
    return (float(x.std(correction=0)), *z[:, 0].tolist())


def idf(n: int, df: int) -> float:
    """The inverse document frequency of a word that df of n texts have."""
    counts = torch.zeros(n, 1)
    counts[:df] = 1
    return float(solution(TEXT).idf(counts))


def mean_of_two(divisor: int) -> tuple[float, float]:
    """The sum of the lesson's two vectors over a divisor."""
    return (4 / divisor, 4 / divisor)


def draws_of(dogs: int, cats: int, draws: int) -> tuple[float, float]:
    """How often each dog and each cat is expected in weighted draws."""
    w = solution(FOLDERS).balanced_weights(torch.tensor([0] * dogs + [1] * cats)).double()
    each = draws * w / w.sum()
    return float(each[0]), float(each[-1])


CLAIMS = [
    Claim(
        LOADERS,
        r"the places where you cut: $<.0f>$, $<.1f> \to <.0f>$ and $<.0f>$",
        lambda: (0.7 * 10, (0.7 + 0.15) * 10, round((0.7 + 0.15) * 10), (0.7 + 0.15 + 0.15) * 10),
    ),
    Claim(LOADERS, "gives these <d> too much weight", lambda: 50_000 % 128),
    Claim(
        TABLES, "has <.0f> % of alcohol and <.0f> mg", lambda: tuple(wine(c)[0].mean() for c in ("alcohol", "proline"))
    ),
    Claim(TABLES, "about <.0f> times as far", lambda: wine("proline")[0].mean() / wine("alcohol")[0].mean()),
    Claim(TABLES, r"so $\sigma = <.2f>$ and $z = <.2f>, <.2f>, <.2f>$", standardised),
    Claim(TABLES, "hold twice as much proline", lambda: 1.9 < proline_of_growers() < 2.1),
    Claim(
        TABLES,
        "(here $<.2f>$ and $<.0f>$)",
        lambda: tuple(solution(TABLES).class_weights(torch.tensor([0] * 49 + [1]), 2)),
    ),
    Claim(
        LOADERS,
        r"$B = 128$ that is <d> or <d>; the last batch has <d> examples",
        lambda: (math.ceil(50_000 / 128), 50_000 // 128, 50_000 % 128),
    ),
    Claim(
        TABLES,
        'the answer "healthy" is right <d> times in 100',
        lambda: round(100 * (1 - 1 / 50)),
    ),
    Claim(FOLDERS, 'always says "dog" is right <d> times in 100', lambda: round(100 * 990 / 1000)),
    Claim(
        LOADERS,
        "give <d>, <d> and <d>.",
        lambda: tuple(len(part) for part in solution(LOADERS).split_indices(10, (0.7, 0.15, 0.15))),
    ),
    Claim(
        CSV,
        "Here such targets become int64 labels, as they are, $-1$ included",
        lambda: solution(CSV).encode_target(["3", "-1"]).tolist() == [3, -1],
    ),
    Claim(IMAGES, "$200^2 = <d>$", lambda: 200**2),
    Claim(IMAGES, "no pixel above $1/<d>$", lambda: round(1 / (255 / 255 / 255))),
    Claim(IMAGES, "in `uint8` it is <d>", lambda: int(torch.tensor([200], dtype=torch.uint8).square())),
    Claim(
        IMAGES,
        "have deviation 0 each, but together their pixels deviate by $1/<.0f>$",
        lambda: 1 / torch.cat([torch.zeros(9), torch.ones(9)]).std(correction=0),
    ),
    Claim(FOLDERS, "each dog is expected $<.2f>$ times and each cat <.0f> times", lambda: draws_of(990, 10, 1000)),
    Claim(TEXT, "a word that is everywhere still counts", lambda: idf(3, 3) == 1),
    Claim(TEXT, "cuts words apart at their vowel signs", lambda: len(solution(TEXT).tokenize("हिन्दी")) > 1),
    Claim(TEXT, "have the mean $(<.0f>, <.0f>)$", lambda: mean_of_two(2)),
    Claim(TEXT, "the mean above becomes $(<.2f>, <.2f>)$", lambda: mean_of_two(3)),
]
