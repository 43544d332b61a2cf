"""The formulas of the lessons on data, and what they say in symbols: shapes, places, conventions."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from tests.lessons import Claim, Formula, script, solution

TABLES = "s2_data/data_tables"
IMAGES = "s2_data/images"
FOLDERS = "s2_data/image_datasets"
TEXT = "s2_data/text"
LOADERS = "s2_data/datasets_and_loaders"
CSV = "s2_data/csv_loading"
SAMPLE = np.array([1.0, 2.0, 6.0])
F64 = torch.float64


def column_of_labels() -> bool:
    """What a loss makes of (B, 1) and (B,), and what a batch of labels of shape (1,) is."""
    batch = torch.stack([torch.zeros(1)] * 3)
    return batch.shape == (3, 1) and (batch - torch.zeros(3)).shape == (3, 3)


def standard() -> bool:
    """Mean and deviation of what a Standardizer returns."""
    X = torch.randn(50, 2, dtype=F64) * 7 + 3
    z = solution(TABLES).Standardizer().fit(X).transform(X)
    return z.mean(0).abs().max() < 1e-9 and torch.allclose(z.std(0, correction=0), torch.ones(2, dtype=F64))


def row_three() -> bool:
    """The third line of the picture's file, and what becomes of it."""
    lines = script(CSV).LINES
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "animals.csv")
        path.write_text("".join(",".join(fields) + "\n" for fields in lines), encoding="utf-8")
        X, y, _ = solution(CSV).parse_csv(str(path), "kind")
    return (
        ",".join(lines[3 - 1]) == "1,NA,dog,12"
        and X[1].isnan().tolist() == [True, False]
        and (X[1, 1], y[1]) == (12, 1)
    )


def bytes_in_memory() -> bool:
    """Where the entries of a picture lie, and the strides of its permutation."""
    H, W = 4, 5
    image = torch.arange(H * W * 3).reshape(H, W, 3)
    places = all(int(image[y, x, c]) == (y * W + x) * 3 + c for y in range(H) for x in range(W) for c in range(3))
    out = image.permute(2, 0, 1)
    return places and out.stride() == (1, 3 * W, 3) and int(out[2, 3, 1]) == int(image[3, 1, 2])


def shape_of_mu() -> bool:
    """With which dimension numbers of shape (3,) and (3, 1, 1) go together, in an image of (3, 3, 3)."""
    mu, image = torch.tensor([1.0, 2.0, 3.0]), torch.zeros(3, 3, 3)
    return bool(((image - mu)[..., 2] == -3).all() and ((image - mu[:, None, None])[2] == -3).all())


def averaged_deviation() -> tuple[float, float]:
    """The mean of the deviations of two batches, black and white, and that of all pixels."""
    batches = [torch.zeros(9, dtype=F64), torch.ones(9, dtype=F64)]
    return sum(b.std(correction=0).item() for b in batches) / 2, torch.cat(batches).std(correction=0).item()


def sorted_folders() -> bool:
    """The numbers of two folders that were made in the other order."""
    with tempfile.TemporaryDirectory() as root:
        for name in ("dog", "cat"):
            Path(root, name).mkdir()
        return solution(FOLDERS).class_to_idx(root) == {"cat": 0, "dog": 1}


def embedding() -> bool:
    """What PyTorch's embedding returns for ids, and for padding."""
    ids = torch.tensor([[2, 1, 0], [1, 0, 0]])
    found = torch.nn.Embedding(5, 4, padding_idx=0)(ids)
    return found.shape == (2, 3, 4) and bool((found[0, 2] == 0).all())


FORMULAS: list[Formula] = [
    Formula(
        TABLES,
        r"\mu = \frac{1}{N} \sum_{i=1}^{N} x_i",
        lambda: {"x_i": SAMPLE, "N": 3, r"\mu": 3.0},
    ),
    Formula(
        TABLES,
        r"\sigma^2 = \frac{1}{N} \sum_{i=1}^{N} (x_i - \mu)^2",
        lambda: {"x_i": SAMPLE, "N": 3, r"\mu": 3.0, r"\sigma": float(torch.tensor(SAMPLE).std(correction=0))},
    ),
    Formula(
        IMAGES,
        r"\sigma_c^2 = \frac1P \sum_{p=1}^{P} v_{cp}^2 - \mu_c^2",
        lambda: {
            "v_cp": SAMPLE,
            "P": 3,
            r"\mu_c": 3.0,
            r"\sigma_c": float(torch.tensor(SAMPLE).std(correction=0)),
        },
    ),
    Formula(
        IMAGES,
        r"0.299\,R + 0.587\,G + 0.114\,B",
        lambda: {"R": 0.2, "G": 0.5, "B": 0.9},
        lambda: solution(IMAGES).grayscale(torch.tensor([0.2, 0.5, 0.9], dtype=F64)[:, None, None]).item(),
    ),
    Formula(
        FOLDERS,
        r"\frac{n_k \cdot 1/n_k}{\sum_{j=1}^{K} n_j \cdot 1/n_j} = \frac1K",
        lambda: {"n_k": 10.0, "n_j": np.array([990.0, 10.0, 5.0]), "K": 3},
    ),
    Formula(
        TEXT,
        r"\ln\frac{1 + N}{1 + \mathrm{df}_v} + 1",
        lambda: {"N": 3, r"\mathrm{df}_v": 1},
        lambda: float(solution(TEXT).idf(torch.tensor([[1.0], [0.0], [0.0]]))),
    ),
]
CLAIMS = [
    Claim(
        FOLDERS,
        "The 1.28 million training photographs of [ImageNet](https://arxiv.org/abs/1409.0575), brought to "
        r"$224 \times 224$ pixels as float32, would take $$1.28 \cdot 10^6 \cdot 3 \cdot 224 \cdot 224 \cdot"
        r" 4\ \text{bytes} \approx <.2f>\ \text{TB}.$$",
        lambda: 1.28e6 * 3 * 224 * 224 * 4 / 1e12,
    ),
    Claim(
        LOADERS,
        "With `num_workers` above 0, that many processes fetch",
        lambda: torch.utils.data.DataLoader([0]).num_workers == 0,
    ),
    Claim(
        LOADERS,
        "A label of shape $(1,)$ becomes $(B, 1)$, and a regression loss broadcasts that against $(B,)$ "
        "without an error",
        column_of_labels,
    ),
    Claim(
        TABLES,
        "brings every column to mean 0 and deviation 1",
        standard,
    ),
    Claim(
        TABLES,
        "divides by $N - 1$, and so does `torch.std` by default",
        lambda: math.isclose(torch.tensor(SAMPLE).std().item() ** 2, (4 + 1 + 9) / (3 - 1)),
    ),
    Claim(
        TABLES,
        "The numbers 0, 1, 2 would say that Kiel $<$ Bonn $<$ Berlin, and that Bonn is their mean",
        lambda: sum((0, 2)) / 2 == 1,
    ),
    Claim(
        TABLES,
        'If 1 patient in 50 is ill, the answer "healthy" is right <d> times in 100',
        lambda: round(100 * (1 - 1 / 50)),
    ),
    Claim(
        TABLES,
        "a constant column divides by 0 (use 1 there), words numbered 0, 1, 2 get an order",
        lambda: solution(TABLES).Standardizer().fit(torch.full((3, 1), 7.0)).transform(torch.full((1, 1), 8.0)) == 1,
    ),
    Claim(
        CSV,
        "In a tensor that is NaN: not 0, which is a value",
        lambda: torch.tensor(float("nan")).isnan() and not torch.tensor(0.0).isnan(),
    ),
    Claim(
        CSV,
        "the row of line 3 is `1,NA,dog,12`. The unnamed index goes, NA becomes NaN, and `dog` is number 1 "
        r"of the sorted words, counted from 0 (`cat, black`, `dog`): features $(\mathrm{NaN}, 12)$, label 1",
        row_three,
    ),
    Claim(
        CSV,
        "because somebody wrote `1,5` for $1.5$",
        lambda: len(["1", "5", "dog"]) == len(["1.5", "dog"]) + 1,
    ),
    Claim(
        CSV,
        "if `cross_entropy` needs labels from 0 on",
        lambda: functional.cross_entropy(torch.zeros(1, 2), torch.tensor([0])) > 0,
    ),
    Claim(
        CSV,
        r"With $(N, 1)$ a loss would broadcast $\hat y - y$ to $(N, N)$",
        lambda: (torch.zeros(4, 1) - torch.zeros(4)).shape == (4, 4),
    ),
    Claim(
        CSV,
        "takes the numbers $0$ to $N - 1$",
        lambda: list(torch.utils.data.DataLoader([7, 8, 9]).sampler) == [0, 1, 3 - 1],
    ),
    Claim(
        IMAGES,
        "as one **byte**, 0 to 255",
        lambda: (torch.iinfo(torch.uint8).min, torch.iinfo(torch.uint8).max) == (0, 255),
    ),
    Claim(
        IMAGES,
        r"is a block of $H \cdot W \cdot 3$ bytes",
        lambda: np.zeros((4, 5, 3), dtype=np.uint8).nbytes == 4 * 5 * 3,
    ),
    Claim(
        IMAGES,
        r"$$(y\,W + x) \cdot 3 + c.$$",
        bytes_in_memory,
    ),
    Claim(
        IMAGES,
        "three places further for the next column, $3W$ for the next row, one for the next channel",
        bytes_in_memory,
    ),
    Claim(
        IMAGES,
        "`reshape(3, H, W)` moves no byte either",
        lambda: (
            (image := torch.zeros(4, 5, 3)).reshape(3, 4, 5).data_ptr() == image.data_ptr()
            and image.permute(2, 0, 1).data_ptr() == image.data_ptr()
        ),
    ),
    Claim(
        IMAGES,
        "Dividing by 255 brings every picture into $[0, 1]$. Always by 255",
        lambda: (
            solution(IMAGES).to_float_image(torch.tensor([[[0, 255, 51]]], dtype=torch.uint8)).flatten().tolist()
            == torch.tensor([0, 1, 0.2]).tolist()
        ),
    ),
    Claim(
        IMAGES,
        "when its inputs have mean near 0 and similar spread. Broadcasting lines dimensions up from the "
        r"*end*, so $\mu$ of shape $(3,)$ meets the columns; $(3, 1, 1)$ meets the channels",
        shape_of_mu,
    ),
    Claim(
        IMAGES,
        "clamp the variance at 0",
        lambda: solution(IMAGES).channel_stats([(torch.full((2, 1, 3, 3), 0.1), torch.zeros(2))])[1].item() < 1e-6,
    ),
    Claim(
        IMAGES,
        "is too small unless all batches are alike (above: <.0f> for $1/2$)",
        lambda: averaged_deviation()[0],
    ),
    Claim(
        IMAGES,
        "(above: 0 for $1/<.0f>$)",
        lambda: 1 / averaged_deviation()[1],
    ),
    Claim(
        FOLDERS,
        "The folders' names in sorted order, numbered from 0",
        sorted_folders,
    ),
    Claim(
        FOLDERS,
        'With 990 dogs and 10 cats, a network that always says "dog" is right <d> times in 100',
        lambda: round(100 * 990 / (990 + 10)),
    ),
    Claim(
        FOLDERS,
        "Give example $i$ the weight $w_i = 1/n_{y_i}$, with $n_k$ the number of examples of class $k$. The"
        " weights of each class then add up to 1",
        lambda: torch.allclose(
            torch.zeros(2).index_add(
                0, torch.tensor([0, 0, 0, 1]), solution(FOLDERS).balanced_weights(torch.tensor([0, 0, 0, 1])).float()
            ),
            torch.ones(2),
        ),
    ),
    Claim(
        FOLDERS,
        "a dog has the weight $1/<.0f>$, a cat $1/<.0f>$. In 1000 draws",
        lambda: tuple(
            1 / solution(FOLDERS).balanced_weights(torch.tensor([0] * 990 + [1] * 10)).double()[[0, -1]].numpy()
        ),
    ),
    Claim(
        TEXT,
        "`nn.Embedding(V, D, padding_idx=0)`; called with ids $(N, T)$ it returns $(N, T, D)$",
        embedding,
    ),
    Claim(
        TEXT,
        "With a mask that is 1 for words and 0 for padding",
        lambda: torch.allclose(
            solution(TEXT).masked_mean(
                torch.tensor([[9.0], [1.0], [3.0]]), torch.tensor([[1, 2, 0]]), torch.tensor([[True, True, False]])
            ),
            torch.tensor([[2.0]]),
        ),
    ),
    Claim(
        TEXT,
        "two words with the vectors $(1, 0)$ and $(3, 4)$ and one `<pad>` have the mean $(<.0f>, <.0f>)$",
        lambda: tuple(
            solution(TEXT)
            .masked_mean(
                torch.tensor([[9.0, 9], [1, 0], [3, 4]]), torch.tensor([[1, 2, 0]]), torch.tensor([[True, True, False]])
            )[0]
            .tolist()
        ),
    ),
    Claim(
        TEXT,
        "Padding has the weight 0",
        lambda: all(solution(TEXT).bag_of_words(torch.tensor([[2, *[0] * n]]), 3).sum() == 1 for n in (0, 2)),
    ),
    Claim(
        TEXT,
        "A text without any word gives $0/0$; return zeros",
        lambda: (
            solution(TEXT).masked_mean(torch.ones(3, 2), torch.zeros(1, 2).long(), torch.zeros(1, 2).bool()).abs().sum()
            == 0
        ),
    ),
]
