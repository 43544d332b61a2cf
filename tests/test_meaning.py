"""What an exception means in plain words: true of the exception that it is told of, and there for the common ones."""

from __future__ import annotations

import importlib
import math
import random

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from autograder.checking.meaning import meaning
from autograder.language import catalogue, speaking, translated

X = torch.ones(2, 3)


class Unready(torch.nn.Module):
    def __init__(self):
        self.layer = torch.nn.Linear(2, 2)


def _twice():
    loss = torch.ones(2, requires_grad=True).square().sum()
    loss.backward()
    loss.backward()


def _text_raised():
    raise "too long"  # noqa: B016  # what beginners write, and what is explained to them


class Bare(torch.nn.Module):
    def __init__(self):
        self.size = 3

    def forward(self, x):
        return x


COMMON = [
    (lambda: Bare()(X), "`super().__init__()` is the first line"),
    (lambda: X - X.max(1, keepdim=True), "take `.values` or `[0]`"),
    (lambda: X.max(1) / X, "take `.values` or `[0]`"),
    (lambda: math.exp(1e4), "no such number comes up on the way"),
    (lambda: bool(X > 0), "one True or False"),
    (lambda: math.log(X), "one number is needed"),
    (lambda: X.item(), "has 6"),
    (lambda: X @ X, "3 columns, of a shape (2, 3), and 2 rows, of a shape (2, 3)"),
    (lambda: torch.nn.Linear(3, 2)(torch.ones(2, 4)), "4 columns, of a shape (2, 4), and 3 rows"),
    (lambda: X @ torch.ones(2), "a matrix of shape (2, 3) is multiplied with a vector of 2 entries"),
    (lambda: torch.ones(2, 3) + torch.ones(4, 3), "axis 0 (counted from 0) has size 2 on the left and 4 on the right"),
    (lambda: X.view(4, 2), "the sizes (4, 2) do not multiply to the 6 entries"),
    (lambda: X.T.view(6), "do not lie one after another"),
    (lambda: torch.ones(0, 3).view(0, -1), "-1 could be any size"),
    (lambda: torch.stack([torch.ones(2), torch.ones(3)]), "number 0 has (2), number 1 has (3)"),
    (lambda: torch.stack([1.0, 2.0]), "number 0 is a value of type `float`"),
    (lambda: torch.cat([torch.tensor(1.0)]), "`stack` makes an axis"),
    (lambda: X[torch.ones(3, dtype=torch.bool)], "a mask of shape (3) picks from a tensor of shape (2, 3)"),
    (lambda: X.sum(2), "no axis 2 here: the tensor's axes are numbered from -2 to 1"),
    (lambda: X[0, 0, 0], "it has 2"),
    (lambda: X[5], "place 5 was asked for along axis 0, which has 2 places"),
    (lambda: X[torch.tensor([0.5])], "numbers with a point"),
    (lambda: X[slice(0, 1.0)], "a slice `[a:b]` needs integers"),
    (lambda: torch.ones(0).max(), "the max of no entries"),
    (lambda: max([]), "the max of nothing"),
    (lambda: torch.tensor([1, 2]).mean(), "these are Long"),
    (lambda: torch.ones(2, 2) @ torch.ones(2, 2).double(), "different dtypes, float and double"),
    (lambda: torch.tensor([True]) - torch.tensor([True]), "`~mask`"),
    (lambda: F.cross_entropy(X, torch.ones(2)), "labels are integers"),
    (lambda: F.one_hot(torch.tensor([5]), 3), "a label is not among"),
    (lambda: torch.ones(2).sum().backward(), "no way back"),
    (lambda: torch.ones(2, requires_grad=True).backward(), "begins at a single number"),
    (_twice, "compute the loss anew"),
    (lambda: torch.ones(2, requires_grad=True).add_(1), "make a new tensor"),
    (lambda: torch.ones(2, requires_grad=True).numpy(), "NumPy does not know gradients"),
    (lambda: Unready(), "`super().__init__()`"),
    (lambda: None.clamp(), "before `.clamp` is None"),
    (lambda: [1.0].sum(), "before `.sum` is a value of type `list`"),
    (lambda: X.max(0).sum(), "`.values` or `[0]`"),
    (lambda: torch.log(2.0), "was given a value of type `float`"),
    (lambda: None**2, "`**` has no meaning between a value of type `NoneType` and a value of type `int`"),
    (lambda: X(1), "round brackets follow a value of type `Tensor`"),
    (lambda: X.size[0], "square brackets follow a function"),
    (lambda: list(5), "one value stands here"),
    (lambda: [0 for _a, _b in [(1, 2, 3)]], "2 names"),
    (lambda: {}["a"], "no such key"),
    (lambda: float("age"), "no number"),
    (lambda: 1 / 0, "divided by 0"),
    (lambda: torch.inverse(torch.ones(2, 2)), "no inverse"),
    (lambda: np.ones(3) + np.ones(4), "(3,) and (4,)"),
    (lambda: nowhere, "`nowhere` is known"),  # noqa: F821
    (lambda: X[:, ::-1], "`x.flip(dim)` turns an axis round"),
    (lambda: torch.nn.Linear(3, 2)(X.double()), "different dtypes, Double and Float"),
    (lambda: torch.ones(2).dot(torch.ones(2).long()), "different dtypes, Float and Long"),
    (lambda: torch.nn.Conv2d(1, 1, 1)(torch.ones(1, 1, 2, 2).byte()), "put in is of the type unsigned char"),
    (lambda: torch.where(X, X, 0), "this one is of Float"),
    (lambda: X.masked_fill(X, 0), "`.bool()` makes one of it"),
    (lambda: X.masked_fill(X > 0, X), "a 2-dimensional tensor was given"),
    (lambda: ~X, "compare first"),
    (lambda: torch.einsum("ij,jk->ik", X, X), "the letter j stands for an axis of size 2 in one tensor and of size 3"),
    (lambda: torch.einsum("ij,jk->ik", X), "one tensor for each group of letters"),
    (lambda: torch.mm(torch.ones(3), torch.ones(3)), "`mm` takes two matrices"),
    (lambda: torch.bmm(X, X), "`bmm` takes two tensors of three axes"),
    (lambda: torch.outer(X, X), "this one has 2"),
    (lambda: X.gather(1, torch.tensor([0, 1])), "`index[:, None]` adds one"),
    (lambda: X.index_select(0, X.long()), "a vector of places"),
    (lambda: X.topk(5), "at most `x.shape[dim]`"),
    (lambda: X.unfold(0, 5, 1), "windows of 5 entries are asked for along axis 0, which has only 2"),
    (lambda: X.narrow(0, 1, 5), "5 entries from place 1 on are asked for, and the axis has only 2"),
    (lambda: torch.tril(torch.ones(3)), "a triangle is cut out of a matrix"),
    (lambda: torch.inverse(X), "this one is 2 by 3"),
    (lambda: torch.quantile(torch.arange(3), 0.5), "these are integers"),
    (lambda: torch.clamp(X), "`clamp` needs a bound"),
    (lambda: torch.tensor([None]), "made of None"),
    (lambda: torch.from_numpy([1.0]), "a value of type `list` was given"),
    (lambda: torch.tensor("a"), "text was given"),
    (lambda: torch.arange(3).requires_grad_(), "integers have no gradient"),
    (lambda: torch.autograd.grad(torch.ones(1, requires_grad=True).sum(), X), "that no graph follows"),
    (lambda: F.nll_loss(X, torch.tensor([0, 1, 2])), "scores for 2 examples and labels for 3"),
    (lambda: F.binary_cross_entropy(2 * X, X), "takes probabilities"),
    (lambda: F.binary_cross_entropy(X, X.long()), "a tensor of Long stands where one of Float is needed"),
    (lambda: torch.nn.Sequential([torch.nn.ReLU()]), "`nn.Sequential(*layers)`"),
    (lambda: torch.nn.ModuleList(torch.nn.ReLU()), "takes a list of layers"),
    (lambda: torch.nn.Module()(X), "has no `forward`"),
    (lambda: torch.nn.BatchNorm1d(3)(torch.ones(1, 3)), "of a single value there is no"),
    (lambda: torch.nn.BatchNorm2d(3)(X), "takes a tensor of 4 axes, and this one has 2"),
    (lambda: F.conv2d(X, X), "of 4 axes, examples and channels first, or of 3 without"),
    (lambda: torch.optim.SGD([], lr=0.1), "kept in a plain list"),
    (lambda: torch.nn.Dropout(2), "from 0 to 1"),
    (lambda: F.pad(X, (1, 1, 1, 1, 1, 1)), "6 numbers are too many for 2 axes"),
    (lambda: int(None), "made of None"),
    (lambda: ", ".join([1]), "entry 0 is of type `int`"),
    (lambda: f"{X:.2f}", "cannot: `.item()` makes a number"),
    (lambda: round(X), "`.round()` rounds every entry"),
    (_text_raised, "and not a text alone"),
    (lambda: random.choice([]), "the list is empty"),
    (lambda: importlib.import_module("nowhere"), "no module of the name `nowhere`"),
    (lambda: 1.0 // 0, "divided by 0"),
]


@pytest.mark.parametrize(("raising", "words"), COMMON, ids=[words for _, words in COMMON])
def test_a_common_exception_is_told_in_plain_words(raising, words):
    """in English with its own sizes and types, and in German, whose sentence holds the same numbers"""
    with pytest.raises(Exception) as caught:
        raising()
    said = meaning(caught.type.__name__, str(caught.value))
    assert words in said
    with speaking("de"):
        german = translated(said)
    assert german != said
    digits = [sorted(c for c in text if c.isdigit()) for text in (said, german)]
    assert digits[0] == digits[1]


def test_of_an_unknown_exception_nothing_is_said():
    """a sentence that nobody wrote is not made up"""
    assert meaning("ValueError", "fractions must sum to 1") == ""
    assert meaning("Odd", "") == ""
    assert catalogue("de").texts["means"] == ("heißt",)
