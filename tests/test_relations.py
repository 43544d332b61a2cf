"""What wrong answers have in common: each sentence is proved again from its words alone, coincidences are silent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.checking import relations as room
from autograder.checking.relations import FAMILIES, Pair, relations, which
from autograder.checking.relations.pairs import Seen, seen
from autograder.model import Relation
from tests.relations_oracle import Answer, Given, kind_of, untrue, which_untrue

SHAPES = ((4, 6), (3, 5), (5, 4))


def draws(number: int, shapes: Sequence[tuple[int, ...]] = SHAPES) -> list[torch.Tensor]:
    """Random numbers of these shapes, the same for a number."""
    generator = torch.Generator().manual_seed(number)
    return [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]


def answers_of(pairs: Sequence[Pair]) -> list[Answer]:
    """The pairs as arrays, without any code of the room."""
    return [
        Answer(
            np.asarray(pair.expected, dtype=float), np.asarray(pair.got, dtype=float),
            {k: v.numpy() if isinstance(v, torch.Tensor) else v for k, v in pair.arguments.items()},
            kinds=(kind_of(pair.expected), kind_of(pair.got)),
        )
        for pair in pairs
    ]  # fmt: skip


def told(pairs: Sequence[Pair], **more: Any) -> tuple[Relation, ...]:
    """What is said of these answers; each sentence is true, and no family of the room raises."""
    calls = [call for pair in pairs if (call := seen(pair)) is not None]
    if calls and not any(call.same(call.got, call.expected) for call in calls):
        for family in FAMILIES:
            list(family(calls))
    found = relations(pairs, **more)
    for one in found:
        if not one.text.count("what is expected"):
            assert untrue(one.text, answers_of(pairs)) == "", one.text
    return found


def families(pairs: Sequence[Pair], **more: Any) -> list[str]:
    """The kinds of relations that are told."""
    return [one.family for one in told(pairs, **more)]


# -- what holds is told, and told truly ----------------------------------------------------------


def _shift(e: torch.Tensor) -> torch.Tensor:
    return torch.cat([torch.full_like(e[:1], 7.5), e[:-1]])


def _replaced(place: Any) -> Callable[[torch.Tensor], torch.Tensor]:
    def change(e: torch.Tensor) -> torch.Tensor:
        g = e.clone()
        g[place] = g[place] + torch.linspace(1, 2, g[place].numel(), dtype=e.dtype).view_as(g[place])
        return g

    return change


KINDS: list[tuple[str, Callable[[torch.Tensor], torch.Tensor], str]] = [
    ("factor", lambda e: 3 * e, "is 3 times the expected one"),
    ("factor", lambda e: e / 3, "is 1/3 times the expected one"),
    ("factor", lambda e: e * np.log(2), "is 0.6931 (ln 2) times the expected one"),
    ("negated", lambda e: -e, "has the other sign"),
    ("offset", lambda e: e + 0.5, "is 0.5 more than the expected one"),
    ("offset", lambda e: e - 1, "is 1 less than the expected one"),
    ("function", torch.exp, "is the exponential of the expected one"),
    ("function", torch.square, "is the square of the expected one"),
    ("function", torch.abs, "is the absolute value of the expected one"),
    ("function", lambda e: 1 - e, "is 1 minus the expected one"),
    ("permuted", lambda e: e.T, "is the transpose of the expected one"),
    ("viewed", lambda e: e.T.reshape(e.shape), "its axes exchanged is read"),
    ("reversed", lambda e: e.flip(0), "has the rows of the expected one in reverse order"),
    ("reversed", lambda e: e.flip(1), "has the columns of the expected one in reverse order"),
    ("shape", lambda e: e.unsqueeze(1), "an axis of size 1 too many"),
    ("shape", lambda e: e.flatten(), "in another shape"),
    ("order", lambda e: e[[1, 0, *range(2, len(e))]], "has the right rows in another order"),
    ("reduced", lambda e: e.sum(0), "is the sum of the expected one over its rows"),
    ("reduced", lambda e: e.mean(), "is the mean of the expected one"),
    ("cumulative", lambda e: e.cumsum(0), "is the running sum of the expected one along axis 0"),
    ("slicewise", lambda e: e * torch.linspace(1, 2, len(e)).double()[:, None], "has in every row that of"),
    ("slicewise", lambda e: e + e.sum(0), "has in every column that of the expected one plus"),
    ("clamped", lambda e: e.clamp(max=0.25), "is 0.25 wherever more than that is expected"),
    ("clamped", lambda e: e.clamp(min=0), "is 0 wherever less than that is expected"),
    ("except", _replaced(0), "is right except in the first row"),
    ("except", _replaced((slice(None), -1)), "is right except in the last column"),
    ("kind", lambda e: e.float(), "has the right values, in a tensor of float32 where a tensor of float64 is expected"),
    ("signs", lambda e: torch.where(e > 0.5, -e, e), "some of its signs differ"),
    (
        "some offset",
        lambda e: torch.where(e > 0, e + 3.125, e),
        "right in some entries, and each of the others is 3.125 more",
    ),
    (
        "some factor",
        lambda e: torch.where(e > 0, 2.5 * e, e),
        "right in some entries, and each of the others is 2.5 times",
    ),
    ("moved factor", lambda e: 2.5 * e.T, "is the transpose of the expected one, but each entry is 2.5 times the"),
    ("moved offset", lambda e: e.flip(0) + 0.375, "in reverse order, but each entry is 0.375 more than the expected"),
    ("moved function", lambda e: e.exp()[None], "has an axis of size 1 too many, and each entry is the exponential of"),
    ("diagonal", lambda e: e.diagonal(), "is the diagonal of the expected one"),
    ("cut", lambda e: e[:-1], "is the expected one without its last row"),
    (
        "cut",
        lambda e: torch.cat([e.mean(1, keepdim=True), e], 1),
        "is the expected one and one more column, the first one",
    ),
    ("spread", lambda e: e.sum(1, keepdim=True).expand(e.shape), "has the sum of the expected one over its columns in"),
    ("only", _replaced(slice(1, None)), "is right in the first row and nowhere else"),
    ("digits", lambda e: e * (1 + 3e-7 * e.cos()), "is right to a relative error of"),
    ("near", lambda e: e * (1 + 4e-3 * e.cos()), "is within 0.4 % of the expected one"),
    ("constant", lambda e: torch.zeros_like(e), "has the same number in every entry: 0"),
    ("cut", lambda e: e[:-2], "is the expected one without its last 2 rows"),
    ("cut", lambda e: torch.cat([e.cos()[:3], e]), "is the expected one and 3 more rows, the first ones"),
    ("thinned", lambda e: e[:, ::2], "has every second column of the expected one, from the first on"),
    ("finite", lambda e: torch.where(e > 0.5, torch.nan, e), "is NaN in some entries, and right in all others"),
    ("alike", lambda e: e.cos()[:1].expand(e.shape), "has all rows equal"),
]


def test_large_integers_as_float32_holds_them():
    """told of integers alone, where the rounding shows and all else is right"""
    expected = torch.tensor([-7, 3_000_000_000, 16_777_217])
    assert families([Pair(expected, expected.float().long())]) == ["float32"]
    assert families([Pair(expected, torch.tensor([-7, 3_000_000_000, 16_777_218]))]) != ["float32"]
    assert families([Pair(expected.double(), expected.double().float().double())]) != ["float32"]


@pytest.mark.parametrize("off", [0.02, 0.5])
def test_what_is_further_off_than_a_hundredth_is_not_near(off):
    """nothing is said of an answer that is not nearly right, or is 0 where it should be, or should not"""
    expected = draws(3)[0]
    assert families([Pair(expected, expected * (1 + off * expected.cos()))]) == []
    zero = expected.clone()
    zero[0, 0] = 0
    wrong = zero * (1 + 3e-3 * expected.cos())
    assert families([Pair(zero, wrong)]) == ["near"]
    assert "near" not in families([Pair(zero, wrong + 1e-9)])


@pytest.mark.parametrize(("family", "wrong", "words"), KINDS)
def test_what_holds_in_every_call_is_told(family, wrong, words):
    """each relation is found in three calls, stated of all three, and proved again from the sentence"""
    words = words.replace("has the other sign", "is the negative of the expected one")  # which is said of one call
    for number in range(3):
        pairs = [Pair(e, wrong(e)) for e in draws(number)]
        found = told(pairs)
        assert [one.family for one in found] == [family]
        assert found[0].text.startswith("in all 3 calls your answer ")
        assert words in found[0].text
        assert found[0].calls == 3


@pytest.mark.parametrize(("family", "wrong", "words"), KINDS)
def test_one_call_of_many_numbers_is_enough(family, wrong, words):
    """what 42 numbers of many digits show is told of a single call, without the word all"""
    (e,) = draws(1, ((6, 7),))
    found = told([Pair(e, wrong(e))])
    assert [one.family for one in found] == [family]
    assert not found[0].text.startswith("in ")


@pytest.mark.parametrize(("family", "wrong", "words"), KINDS)
def test_one_call_that_shows_something_else_is_enough_for_silence(family, wrong, words):
    """a relation that holds in all calls but one is not told of all"""
    pairs = [Pair(e, wrong(e)) for e in draws(4)]
    other = draws(9, ((4, 5),))[0]
    pairs.append(Pair(other, torch.sin(37 * other) + 3 + torch.randn(4, 5, generator=torch.Generator().manual_seed(3))))
    assert family not in families(pairs)


def test_the_source_of_a_factor_is_named_where_it_fits_in_every_call():
    """N of another size in each call: the number is named by what it counts"""
    pairs = [Pair(e, e * len(e), {"x": e}) for e in draws(0)]
    assert [one.text for one in told(pairs)] == [
        "in all 3 calls your answer is the expected one times the number of rows of `x` (4, 3, 5 times)"
    ]
    pairs = [Pair(e, e * len(e) / (len(e) - 1), {"x": e}) for e in draws(0)]
    assert "times N/(N − 1), where N is the number of rows of `x`" in told(pairs)[0].text
    pairs = [Pair(e.mean(), e.sum(), {"x": e}) for e in draws(0)]
    assert "times the number of entries of `x` (24, 15, 20 times)" in told(pairs)[0].text


def test_a_source_that_does_not_fit_in_every_call_is_not_named():
    """3 rows in two calls and 5 in the third explain no factor of 3"""
    three, five = draws(0, ((3, 4), (5, 4)))
    pairs = [Pair(e, 3 * e, {"x": e}) for e in (three, three + 1, five)]
    assert told(pairs)[0].text == "in all 3 calls your answer is 3 times the expected one"
    pairs = pairs[:2]
    assert told(pairs)[0].text.endswith("is 3 times the expected one; 3 is the number of rows of `x` in each of them")


def test_factors_that_nothing_explains_are_shown():
    """each call has a factor of its own, and is long enough to show that it is one"""
    pairs = [Pair(e, e * by) for e, by in zip(draws(0), (1.37, 0.61, 2.9), strict=True)]
    assert "one number, another in each call (1.37, 0.61, 2.9)" in told(pairs)[0].text
    assert told([Pair(e.sum(), e.sum() * by) for e, by in zip(draws(0), (1.37, 0.61, 2.9), strict=True)]) == ()


def test_a_reciprocal_may_leave_zeros_as_they_are():
    """weights turned upside down, with 0 for what does not occur"""
    (e,) = draws(2, ((6, 7),))
    e[0, :3] = 0
    found = told([Pair(e, torch.where(e == 0, e, 1 / e))])
    assert [one.text for one in found] == ["every entry is 1 divided by the expected one, and 0 where that is 0"]


@pytest.mark.parametrize("columns", [(), (4,)])
def test_values_in_the_place_of_where_they_stand_are_told(columns):
    """boxes where their indices belong, whatever their number"""
    values = draws(3, ((9, *columns), (5, *columns)))
    places = [torch.tensor([7, 2, 4, 0]), torch.tensor([3, 1, 4])]
    pairs = [Pair(at, x[at], {"boxes": x}) for at, x in zip(places, values, strict=True)]
    assert [one.text for one in told(pairs)] == [
        "in both calls your answer holds what stands in `boxes` at the expected places, not the places"
    ]
    assert told([Pair(at.double(), x[at], {"boxes": x}) for at, x in zip(places, values, strict=True)]) == ()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda e: 3.0 * e.permute(2, 0, 1), "with its axes in the order (2, 0, 1), but each entry is 3 times the"),
        (lambda e: e.squeeze(1) - 0.75, "has an axis of size 1 too few, and each entry is 0.75 less"),
        (lambda e: -e[None], "has an axis of size 1 too many, and each entry has the other sign"),
        (lambda e: e.flip(2).exp(), "in reverse order, but each entry is the exponential of the expected one"),
    ],
)  # fmt: skip
def test_two_flaws_of_one_answer(wrong, words):
    """other places or another shape hide no factor, offset, sign or function"""
    [found] = told([Pair(e, wrong(e)) for e in draws(4, ((4, 1, 3),))])
    assert words in found.text


def test_two_flaws_are_not_seen_where_one_explains_it():
    """a symmetric matrix times 2 is no transpose, and of three numbers some order fits too easily"""
    [e] = draws(5, ((5, 5),))
    assert families([Pair(e + e.T, 2 * (e + e.T))]) == ["factor"]
    assert "moved factor" not in families([Pair(torch.tensor([1.5, 2.25]), torch.tensor([4.5, 3.0]))])


def test_an_empty_answer_neither_shows_a_relation_nor_stands_against_it():
    """a mean that was not taken is seen in the calls that have entries"""
    full, empty = torch.tensor([[3.25, 14.5], [2.75, 9.125], [1.5, 0.25]], dtype=torch.float64), torch.zeros(0, 2)
    pairs = [Pair(full.mean(1), full), Pair(empty.sum(1), empty)]
    assert [one.text for one in relations(pairs)] == [
        "your answer is not reduced: its mean over its columns is the expected one"
    ]


def test_little_is_told_where_nothing_else_holds():
    """a sign that nothing expected has, every wrong entry too large, twice a single number"""
    one, two, *_ = draws(5)
    below, mixed = -one.abs(), -one.abs() * two[0, 0] + two.reshape(-1).repeat(2)[: one.numel()].reshape(one.shape) ** 2
    assert [found.text for found in told([Pair(below, mixed)])] == [
        "your answer is positive in some entries, and no entry of the expected one is positive"
    ]
    more = one + torch.linspace(0.3, 2.0, one.numel(), dtype=one.dtype).reshape(one.shape) ** 3
    assert [found.text for found in told([Pair(one, more)])] == [
        "your answer is larger than the expected one wherever the two differ"
    ]
    assert [found.text for found in told([Pair(17.0, 34.0)])] == ["your answer is twice the expected one"]
    whole = torch.tensor([3, 9, 4, 7, 12])
    assert told([Pair(whole, whole + torch.tensor([1, 2, 1, 3, 5]))]) == ()


def test_rows_that_are_all_equal_are_seen_in_another_number_of_them():
    """one tensor that a list holds again and again, and one row too few"""
    rows = draws(6, ((5, 3),))[0]
    assert [found.text for found in told([Pair(rows, rows[-1:].expand(4, 3).clone())])] == [
        "your answer has all rows equal, where those of the expected one differ"
    ]


def test_a_transposed_table_of_zeros_and_ones_is_one_by_its_shape():
    """a row for each category in the place of a column"""
    table = torch.tensor([[0.0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    assert [found.text for found in told([Pair(table, table.T)])] == [
        "your answer is the transpose of the expected one"
    ]


def test_calls_that_went_right_are_counted():
    """a relation of the wrong answers says of how many calls"""
    pairs = [Pair(e, 3 * e) for e in draws(0)]
    assert told(pairs, right=4)[0].text.startswith("in all 3 calls that went wrong, of 7, your answer is 3 times")
    assert told(pairs, wrong=5)[0].text.startswith("in 3 of the 5 calls that went wrong your answer is 3 times")
    assert told(pairs[:2])[0].text.startswith("in both calls your answer is 3 times")


def test_an_argument_that_comes_back_is_named():
    """what equals an argument as it was given, and is not what was expected"""
    pairs = [Pair(e.exp(), e, {"x": e}) for e in draws(0)]
    assert [one.text for one in told(pairs)] == ["in all 3 calls your answer equals `x` as it was given"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda e, b, h: e - b, "is the expected one minus `b`"),
        (lambda e, b, h: e * b, "is the expected one times `b`"),
        (lambda e, b, h: b - e, "is `b` minus the expected one"),
        (lambda e, b, h: e / b, "is the expected one divided by `b`"),
        (lambda e, b, h: b * h, "equals `b` times `h`"),
        (lambda e, b, h: b.exp(), "equals the exponential of `b`"),
    ],
)
def test_an_argument_that_is_added_or_left_out_is_named(wrong, words):
    pairs = [
        Pair(e, wrong(e, b, h), {"b": b, "h": h})
        for e, b, h in zip(draws(31), draws(32), (0.37, 1.91, 0.84), strict=True)
    ]
    [one] = told(pairs)
    assert one.text == f"in all 3 calls your answer {words}"
    assert told([Pair(e, e.cos(), {"b": b}) for e, b in zip(draws(31), draws(32), strict=True)]) == ()


def _calls(*values: Any) -> list[dict[str, Any]]:
    return [{"x": x, "h": h} for x, h in values]


SMALL, LARGE = torch.tensor([[0.5, 1.5], [2.5, 3.5]]), torch.tensor([[900.0, 1.5], [2.5, 3.5]])
WHICH: list[tuple[Any, str]] = [
    ((SMALL.double(), 2), "`x` is of float64"), ((SMALL.T, 2), "`x` does not lie in memory row by row"),
    ((SMALL[:0], 2), "`x` is empty"), ((SMALL[0], 2), "`x` has 1 axis"), ((SMALL[:1], 2), "`x` has one row"),
    ((SMALL[:, :1].clone(), 2), "`x` has one column"), ((SMALL / 0 * 0, 2), "`x` holds a NaN"),
    ((LARGE, 2), "`x` holds a number of 900 or more in size, where others hold none above 3.5"),
    ((-SMALL, 2), "`x` holds a negative number"), ((SMALL - 0.5, 2), "`x` holds a 0"), ((SMALL, 7), "`h` is 7"),
]  # fmt: skip


@pytest.mark.parametrize(("odd", "words"), WHICH)
def test_what_calls_that_go_wrong_have_in_common(odd, words):
    wrong, right = _calls(odd, odd)[:2], _calls(*((SMALL - 0.01 * n, 2) for n in range(19)))
    [one] = which(wrong[:1], right, {})
    assert one.text == f"this call goes wrong, and {words}; in the 19 that are right that is not so"
    assert which_untrue(one.text, [Given(wrong[0])], [Given(call) for call in right]) == ""
    assert which_untrue(one.text, [Given(right[0])], [Given(call) for call in right])
    assert which_untrue(one.text, [Given(wrong[0])], [Given(call) for call in (*right, wrong[1])])
    assert which(wrong[:1], right[:18], {}) == []  # of so few calls anything may be said


def test_an_argument_that_is_left_out_tells_calls_apart():
    calls = _calls(*((SMALL + 0.01 * n, 2) for n in range(9)))
    left_out = {id(call): frozenset({"h"}) for call in calls[:2]}
    [one] = which(calls[:2], calls[2:], left_out)
    assert one.text == "in both calls that go wrong `h` is left out; in the 7 that are right that is not so"
    given = [Given(call, left_out.get(id(call), frozenset())) for call in calls]
    assert which_untrue(one.text, given[:2], given[2:]) == ""


def test_the_same_answer_to_every_call():
    """one answer to different questions"""
    first = draws(0, ((4,),))[0]
    pairs = [Pair(e, first) for e in draws(1, ((4,), (4,), (4,)))]
    assert [one.text for one in told(pairs)] == ["in all 3 calls your answer is the same, whatever the arguments are"]


def test_where_the_input_makes_the_difference():
    """exactly at the negative entries of an argument, or at the large ones"""
    pairs = [Pair(torch.where(x < 0, 0.1 * x.sin(), x), torch.where(x < 0, x.cos() - 3, x), {"x": x}) for x in draws(0)]
    assert [one.text for one in told(pairs)] == [
        "in all 3 calls your answer is wrong exactly where `x` is negative, and right everywhere else"
    ]
    wide = [100 * x for x in draws(0)]
    pairs = [Pair(x.tanh(), torch.where(x > 90, x.cos() + 3, x.tanh()), {"x": x}) for x in wide]
    assert "is wrong exactly where `x` is large" in told(pairs)[0].text


def test_truth_values_turned_round():
    """True for False and False for True, of enough of them"""
    mask = torch.tensor([True, False, True, True, False, False, True, False])
    assert families([Pair(mask, ~mask)]) == ["opposite"]
    assert families([Pair(mask[:2], ~mask[:2])]) == []


def test_a_part_of_an_answer_is_named():
    """where an answer has several parts, the wrong one is"""
    pairs = [Pair((e, e.sum()), (3 * e, e.sum())) for e in draws(0)]
    assert told_plainly(pairs) == ["in all 3 calls `[0]` of your answer is 3 times the expected one"]
    pairs = [Pair({"w": e}, {"w": 3 * e}) for e in draws(0)[:1]]
    assert told_plainly(pairs) == ["every entry of `['w']` is 3 times the expected one"]


def told_plainly(pairs: Sequence[Pair]) -> list[str]:
    """Sentences about parts, which are proved of the parts."""
    return [one.text for one in relations(pairs)]


# -- the answer to another call ------------------------------------------------------------------


def mean_of(x: torch.Tensor, dim: int = 0, keepdim: bool = False, eps: float = 0.5) -> torch.Tensor:
    """An oracle with something to mistake."""
    return x.exp().mean(dim, keepdim) + eps * x.exp().std(dim, keepdim=keepdim)


def asked(pair: Pair, wanted: Sequence[Any]) -> list[Any]:
    """The oracle's answers."""
    return [mean_of(**{**pair.arguments, **change}) for change in wanted]


@pytest.mark.parametrize(
    ("given", "taken", "words"),
    [
        ({"dim": 1, "eps": 0.5}, {"dim": 0}, "with `dim=0`"),
        ({"dim": 0, "eps": 0.25}, {"eps": 0.5}, "with `eps=0.5`, its default"),
        ({"dim": 0, "eps": 0.25}, {"eps": 4.0}, "with `1 / eps` in place of `eps`"),
        ({"dim": 0, "eps": 0.25}, {"eps": 0.0}, "with `eps=0`"),
    ],
)
def test_the_answer_to_another_call(given, taken, words):
    """what is expected for another value of one argument is found by asking the oracle"""
    inputs = draws(0)
    pairs = [Pair(mean_of(x, **given), mean_of(x, **{**given, **taken}), {"x": x, **given}) for x in inputs]
    found = relations(pairs, ask=asked, defaults={"dim": 0, "keepdim": False, "eps": 0.5})
    other = [one.text for one in found if one.family == "other call"]
    assert len(other) == 1
    assert words in other[0]
    answers = [Answer(p.expected.numpy(), p.got.numpy(), p.arguments) for p in pairs]
    assert untrue(other[0], answers, mean_of) == ""


def test_an_oracle_that_fails_costs_nothing():
    """whatever goes wrong over there, the other relations are told"""

    def broken(pair: Pair, wanted: Sequence[Any]) -> list[Any]:
        raise RuntimeError

    pairs = [Pair(e, 3 * e, {"x": e, "dim": 1}) for e in draws(0)]
    assert [one.family for one in relations(pairs, ask=broken)] == ["factor"]


# -- coincidences are silent ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (torch.tensor(2.0), torch.tensor(4.0)),
        (torch.tensor([1.0, 0.0]), torch.tensor([2.0, 0.0])),
        (torch.tensor([0, 1, 0]), torch.tensor([1, 0, 0])),
        (torch.eye(3), torch.eye(3).flip(0)),
        (torch.ones(4, 6), 2 * torch.ones(4, 6)),
        (torch.tensor([3, 1, 2]), torch.tensor([4, 2, 3])),
        (torch.tensor([True] * 20 + [False] * 5), torch.tensor([False] * 5 + [True] * 20)),
        (3, 4),
        ([1, 2], [2, 4]),
        (0.5, -0.5),
        (1.153e18, 1.1530000000001e18),
        (torch.tensor([[1.5, 2.5]]), torch.tensor([[2.5, 1.5]])),
        (torch.tensor([[1.37, 2.5], [3.1, 0.7]]), torch.tensor([[1.37, 2.5], [4.4, 5.2]])),
        (True, False),
        ("a", "b"),
        (None, 1),
    ],
)
def test_a_coincidence_is_not_told(expected, got):
    """one number, one row, ties, one-hot labels, small integers: anything holds of them"""
    assert told([Pair(expected, got)]) == ()


def test_nothing_empty_is_told():
    """no factor of 1, no offset of 0, no order of what is equal"""
    for number, e in enumerate(draws(0)):
        for tiny in (1e-12, 1e-10):
            for wrong in (e * (1 + tiny), e + tiny):
                texts = [one.text for one in told([Pair(e, wrong)])]
                assert not [t for t in texts if "times" in t or " 0 more" in t or " 0 less" in t], (number, texts)


def test_counts_are_off_by_one_and_indices_are_not():
    """sizes that are one too large in three calls or more; labels and places have no offset"""
    pairs = [Pair(n, n + 1) for n in (4, 7, 12)]
    assert [one.text for one in told(pairs)] == ["in all 3 calls your answer is 1 more than the expected one"]
    places = torch.tensor([3, 1, 2, 0])
    assert told([Pair(places, places + 1)] * 3) == ()


_NUMBERS = st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0])
_ARRAYS = hnp.arrays(np.float64, st.sampled_from([(), (3,), (2, 2), (3, 4)]), elements=_NUMBERS)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(_ARRAYS, _ARRAYS), min_size=1, max_size=4))
def test_whatever_is_told_is_true(values):
    """of small and round numbers, where everything is likely to coincide, no false sentence is told"""
    pairs = [
        Pair(torch.from_numpy(e.copy()), torch.from_numpy(g.copy()), {"x": torch.from_numpy(g)}) for e, g in values
    ]
    told(pairs)


_ANY = hnp.arrays(
    np.float64, st.sampled_from([(), (4,), (3, 4), (2, 3, 4)]), elements=st.floats(width=64, allow_subnormal=False)
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(_ANY, _ANY), min_size=1, max_size=3))
def test_no_number_is_too_strange(values):
    """NaN, infinities, huge and tiny numbers: no family raises, and nothing false is told"""
    told([Pair(torch.from_numpy(e.copy()), torch.from_numpy(g.copy())) for e, g in values])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_unrelated_answers_have_no_relation(number):
    """random numbers against other random numbers: nothing is told"""
    pairs = [Pair(e, g, {"x": x}) for e, g, x in zip(draws(number), draws(number + 1), draws(number + 2), strict=True)]
    assert told(pairs) == ()


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10_000), st.sampled_from(range(len(KINDS))), st.sampled_from([torch.float64, torch.float32]),
    st.integers(1, 3),
)  # fmt: skip
def test_what_holds_is_told_truly_whatever_the_numbers(number, kind, dtype, count):
    """a relation that was made is found, or another that is true as well, in double and single precision"""
    _, wrong, _ = KINDS[kind]
    pairs = [Pair(e.to(dtype), wrong(e).to(dtype)) for e in draws(number)[:count]]
    found = relations(pairs)
    rough = [Answer(a.expected, a.got, a.arguments, dtype == torch.float32, a.kinds) for a in answers_of(pairs)]
    for one in found:
        assert untrue(one.text, rough) == "", one.text
    assert found or dtype == torch.float32 or count == 1  # four rows are too few to speak of the first


def test_a_fault_in_a_family_costs_nothing(monkeypatch):
    """a relation that raises is passed over"""

    def broken(calls: list[Seen]) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(room, "FAMILIES", (broken, *FAMILIES))
    e = draws(0)[0]
    assert [one.family for one in relations([Pair(e, 3 * e)])] == ["factor"]


def test_the_oracle_of_these_tests_rejects_false_sentences():
    """the proof can fail: of each kind a sentence about other answers is untrue"""
    for family, wrong, _ in KINDS:
        pairs = [Pair(e, wrong(e)) for e in draws(0)]
        [one] = relations(pairs)
        others = [Pair(e, e.cos() + 0.37 * torch.arange(e.numel()).view_as(e)) for e in draws(5)]
        assert untrue(one.text, answers_of(others)) != "", family
        assert untrue(one.text, answers_of(pairs[:2])) != "", family
    assert untrue("your answer is wonderful", answers_of([Pair(draws(0)[0], draws(1)[0])])) != ""
