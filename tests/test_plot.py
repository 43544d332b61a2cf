"""What a picture of a failure shows: small, plain numbers, whatever the values."""

from __future__ import annotations

import base64
import io
import json
import math
import re

import pytest
import torch
from PIL import Image

from autograder.checking import CheckFailure, plot
from autograder.report.svg import svg
from autograder.sandbox.host.record import Call

NAN, INF = float("nan"), float("inf")


def failure(actual, expected, **more):
    """A failed comparison."""
    return CheckFailure("differs", "", actual, expected, True, **more)


def pixels(png):
    """A picture's grey values, as another program reads them."""
    image = Image.open(io.BytesIO(base64.b64decode(png)))
    assert image.mode == "L"
    flat = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
    return flat.reshape(image.height, image.width)


def kind_of(actual, expected, record=None):
    """The kind of picture, None where there is none."""
    made = plot.of_failure(failure(actual, expected), record)
    return made and made["kind"]


@pytest.mark.parametrize(
    ("shape", "kind"),
    [((5,), "curves"), ((200,), "curves"), ((5, 2), "paths"), ((8, 8), "planes"), ((64, 64), "planes"),
     ((1, 3, 28, 28), "planes"), ((4,), "tables"), ((), None), ((0,), None), ((4, 2), "tables"), ((7, 8), "tables"),
         ((2, 3, 3), "tables"),
     ((65, 64), None), ((8, 65), None), ((1, 1, 1, 8, 8), None), ((10_001,), None)],
)  # fmt: skip
def test_kinds(shape, kind):
    """which shapes have which picture, and which are told by numbers alone"""
    assert kind_of(torch.rand(shape), torch.rand(shape)) == kind


@pytest.mark.parametrize(
    ("actual", "expected"),
    [(torch.rand(99), torch.rand(100)), (torch.arange(99), torch.rand(99)), (torch.rand(99), torch.arange(99)),
     (torch.arange(3), torch.arange(3.0)), (None, torch.rand(9)), ([0.1] * 9, torch.rand(9)), ("x" * 9, torch.rand(9)),
     (torch.rand(9, dtype=torch.complex64), torch.rand(9))],
)  # fmt: skip
def test_what_cannot_be_compared_has_no_picture(actual, expected):
    """large arrays of another shape or of whole numbers, another dtype alone, no tensor: no picture"""
    assert kind_of(actual, expected) is None


def test_another_shape_is_shown_beside_the_expected_one():
    """of small arrays whose shapes differ both are written out; what only one of them has is wrong"""
    made = plot.of_failure(failure(torch.tensor([[8.0], [4.0], [3.0]]), torch.tensor([[8.0], [4.0]])), None)
    assert (made["actual"], made["expected"]) == ([["8"], ["4"], ["3"]], [["8"], ["4"]])
    assert made["wrong"] == [[False], [False], [True]]
    assert plot.of_failure(failure(torch.tensor([0, 1]), torch.tensor([0, 2])), None)["wrong"] == [[False, True]]
    turned = plot.of_failure(failure(torch.tensor([[1.0], [2.0]]), torch.tensor([1.0, 2.0])), None)
    assert turned["wrong"] == [[False, True], [True, True]]


def test_a_checks_own_picture_comes_first():
    """what a check draws itself is shown in place of a guess"""
    own = plot.images(torch.rand(2, 28, 28), ["a", "b"])
    assert plot.of_failure(failure(torch.rand(9), torch.rand(9), plot=own), None) is own


def test_curves_over_the_input():
    """over the input where it has the shape of the result, in its order; else over the index"""
    x = torch.tensor([3.0, 1.0, 2.0, 0.0, 4.0])
    made = plot.of_failure(failure(2 * x, x * x), Call("f", "f", (x,), {}))
    assert made == {
        "kind": "curves", "label": "input", "x": [0, 1, 2, 3, 4], "actual": [0, 2, 4, 6, 8],
        "expected": [0, 1, 4, 9, 16],
    }  # fmt: skip
    for record in (None, Call("f", "f", (), {}), Call("f", "f", (x[:3],), {}), Call("f", "f", (torch.ones(5),), {})):
        made = plot.of_failure(failure(2 * x, x * x), record)
        assert (made["label"], made["x"], made["actual"]) == ("index", [0, 1, 2, 3, 4], [6, 2, 4, 0, 8])


def test_long_curves_are_thinned():
    """of ten thousand values two hundred are kept, first and last among them"""
    values = torch.arange(10_000.0)
    made = plot.of_failure(failure(values, values + 1), None)
    assert len(made["x"]) == len(made["actual"]) == len(made["expected"]) == plot.MAX_POINTS
    assert (made["x"][0], made["x"][-1], made["actual"][-1]) == (0, 9999, 9999)
    path = torch.rand(10_000, 2)
    assert len(plot.of_failure(failure(path, path), None)["actual"]) == plot.MAX_POINTS


@pytest.mark.parametrize("value", [NAN, INF, -INF, 1e300, -1e300, 1.7976931348623157e308, 5e-324, 0.0, 1e17], ids=str)
@pytest.mark.parametrize("shape", [(9,), (9, 2), (9, 9)], ids=str)
@pytest.mark.parametrize("where", ["everywhere", "once"])
def test_any_value_makes_a_small_picture(value, shape, where):
    """NaN, infinity and numbers at the ends of the range: plain JSON, and a picture that can be drawn"""
    actual = torch.ones(shape, dtype=torch.float64)
    if where == "once":
        actual.view(-1)[3] = value
    else:
        actual.fill_(value)
    for pair in ((actual, torch.ones_like(actual)), (actual, actual), (torch.ones_like(actual), actual)):
        made = plot.of_failure(failure(*pair), Call("f", "f", (actual,), {}))
        text = json.dumps(made, allow_nan=False)
        assert len(text) < 10_000
        drawn = svg(json.loads(text))
        assert drawn.startswith("<svg")
        assert "nan" not in drawn
        assert "inf" not in drawn


def test_values_that_are_not_finite_are_gaps():
    """NaN and infinity are gaps in a curve; numbers have five digits"""
    made = plot.of_failure(failure(torch.tensor([1 / 3, NAN, INF, -INF, 4], dtype=torch.float64), torch.ones(5)), None)
    assert made["actual"] == [0.33333, None, None, None, 4]


def test_tensors_that_need_gradients():
    """a result with a graph behind it is drawn like any other"""
    x = torch.rand(9, requires_grad=True)
    assert kind_of(2 * x, x * x, Call("f", "f", (x,), {})) == "curves"
    assert kind_of(x.expand(9, 9) * 2, x.expand(9, 9) * 1) == "planes"


def test_a_plane_is_a_picture_that_others_can_read():
    """both planes share one scale from the least value (black) to the largest (white), as PNG"""
    expected = torch.zeros(8, 10)
    expected[0, 0] = 2.0
    actual = expected.clone()
    actual[7, 9] = 4.0
    made = plot.of_failure(failure(actual, expected), None)
    assert pixels(made["actual"]).shape == (8, 10)
    assert pixels(made["actual"])[7, 9] == 255
    assert pixels(made["actual"])[0, 0] == pixels(made["expected"])[0, 0] == 128
    assert pixels(made["expected"]).sum() == 128


def test_a_plane_with_values_that_are_not_finite():
    """infinities are white and black, NaN is grey"""
    plane = torch.zeros(8, 8)
    plane[0, :3], plane[1, 0] = torch.tensor([NAN, INF, -INF]), 1.0
    grey = pixels(plot.grey(plane, plane))
    assert grey[0, :4].tolist() == [128, 255, 0, 0]
    assert grey[1, 0] == 255
    empty = torch.full((8, 8), math.nan)
    assert pixels(plot.grey(empty, empty)).unique().tolist() == [128]


def test_a_row_of_images():
    """twelve are shown, titles are kept short"""
    made = plot.images(torch.rand(20, 28, 28), ["t" * 100] * 20)
    assert made["kind"] == "images"
    assert len(made["images"]) == len(made["titles"]) == plot.MAX_IMAGES
    assert {len(title) for title in made["titles"]} == {40}
    assert pixels(made["images"][0]).shape == (28, 28)
    assert len(json.dumps(made)) < 20_000


def test_large_images_are_made_small():
    """a picture of a million pixels is shown at the size that is kept"""
    made = plot.images(torch.rand(1, 1000, 500), ["large"])
    assert max(pixels(made["images"][0]).shape) <= plot.MAX_SIDE
    assert len(made["images"][0]) < 10_000


def test_numbers_fit_their_cells():
    """the column of a table is as wide as its longest number with its mark"""
    for text, least in (("0.5", 62), ("-1.23456e-05", 100)):
        page = svg({"kind": "tables", "actual": [[text]], "expected": [["0"]], "wrong": [[True]]})
        (width,) = {int(one) for one in re.findall(r"<rect[^>]* width='(\d+)'", page)}
        assert width >= least
        assert width >= 6 * len(f"≠ {text}")
