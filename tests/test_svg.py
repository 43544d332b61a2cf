"""Pictures of failures: self-contained, bounded, and nothing of a student's in their markup."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
import torch

from autograder.checking import CheckFailure
from autograder.checking.plot import of_failure
from autograder.report.svg import HEIGHT, WIDTH, svg

NAMESPACE = "{http://www.w3.org/2000/svg}"
EVIL = "</text></svg><script>alert('x')</script>\" onload='y"
PIXEL = "iVBORw0KGgo="

PLOTS = {
    "curves": {"kind": "curves", "label": "input", "x": [0.0, 1.0, 2.0], "actual": [0.0, 1.0, 4.0],
               "expected": [0.0, 1.0, 8.0]},
    "paths": {"kind": "paths", "actual": [[0.0, 0.0], [1.0, 2.0]], "expected": [[0.0, 0.0], [1.0, 1.0]]},
    "planes": {"kind": "planes", "actual": PIXEL, "expected": PIXEL},
    "images": {"kind": "images", "images": [PIXEL] * 5, "titles": ["3 read as 8"] * 5},
}  # fmt: skip


def read(plot):
    """The picture as a browser reads it."""
    return ET.fromstring(svg(plot))


def texts(tree):
    """What is written in a picture."""
    return [node.text for node in tree.iter(f"{NAMESPACE}text")]


def points(tree):
    """Every line of a picture as its points."""
    lines = [node.get("points").split() for node in tree.iter(f"{NAMESPACE}polyline")]
    return [[tuple(map(float, point.split(","))) for point in line] for line in lines]


def curves(**values):
    """A picture of curves with these values."""
    return {**PLOTS["curves"], **values}


@pytest.mark.parametrize("kind", PLOTS)
def test_every_kind_is_a_picture_of_its_own(kind):
    """each kind is well-formed SVG that loads nothing: the only addresses are data and the namespace's name"""
    text = svg(PLOTS[kind])
    tree = ET.fromstring(text)
    assert tree.tag == f"{NAMESPACE}svg"
    assert re.findall(r"https?://[^'\"]*", text) == ["http://www.w3.org/2000/svg"]
    for node in tree.iter():
        assert node.tag.removeprefix(NAMESPACE) in {"svg", "rect", "polyline", "circle", "text", "image"}
        for name, value in node.attrib.items():
            assert not name.startswith("on")
            assert "url(" not in value
            if name.endswith("href"):
                assert value.startswith("data:image/png;base64,")


@pytest.mark.parametrize("plot", [None, {}, {"kind": "hologram"}, {"kind": None}])
def test_no_picture(plot):
    """without a plot, or with one of an unknown kind, there is nothing"""
    assert svg(plot) == ""


def test_curves_lie_where_their_values_are():
    """what came back and what was expected are two lines: lowest value at the bottom, largest at the top"""
    expected, actual = points(read(PLOTS["curves"]))
    assert [x for x, _ in expected] == [x for x, _ in actual] == [34, 210, 386]
    assert [y for _, y in expected] == [186, 167, 34]
    assert [y for _, y in actual] == [186, 167, 110]
    assert {"came back", "expected", "input", "0", "2", "8"} <= set(texts(read(PLOTS["curves"])))


def test_paths_show_their_steps():
    """a path has a dot at each step"""
    tree = read(PLOTS["paths"])
    assert len(points(tree)) == 2
    assert len(list(tree.iter(f"{NAMESPACE}circle"))) == 4


def test_a_line_breaks_where_a_value_is_not_finite():
    """a missing value splits the line and is no point"""
    line = points(read(curves(x=[0.0, 1.0, 2.0, 3.0, 4.0], actual=[0.0, 1.0, None, 3.0, 4.0], expected=[0.0] * 5)))
    assert [len(piece) for piece in line] == [5, 2, 2]
    assert points(read(curves(actual=[None] * 3, expected=[None] * 3))) == []
    assert points(read(curves(x=[None] * 3))) == []


@pytest.mark.parametrize(
    "values",
    [[0.0] * 3, [1e17] * 3, [-1e300] * 3, [1.7e308] * 3, [-1.7e308, 0.0, 1.7e308], [0.0, 5e-324, 0.0],
     [1.0, 1.0 + 2e-16, 1.0]],
)  # fmt: skip
def test_values_of_any_size_stay_inside(values):
    """constant, huge and tiny values are drawn inside the frame"""
    for plot in (curves(actual=values, expected=values), curves(x=values)):
        for line in points(read(plot)):
            for x, y in line:
                assert 0 <= x <= WIDTH
                assert 0 <= y <= HEIGHT


def test_texts_are_texts():
    """markup in a label or a title is shown, not obeyed"""
    tree = read(curves(label=EVIL))
    assert EVIL in texts(tree)
    tree = read({**PLOTS["images"], "titles": [EVIL] * 5, "images": ["' onload='alert(1)'/><script/>"] * 5})
    assert texts(tree) == [EVIL] * 5
    assert {node.tag for node in tree.iter()} == {f"{NAMESPACE}{tag}" for tag in ("svg", "image", "text")}


def test_rows_of_images():
    """four pictures a row: twelve make three rows"""
    tree = read({"kind": "images", "images": [PIXEL] * 12, "titles": [str(n) for n in range(12)]})
    assert texts(tree) == [str(n) for n in range(12)]
    assert tree.get("viewBox") == "0 0 400 336"
    assert len({(node.get("x"), node.get("y")) for node in tree.iter(f"{NAMESPACE}image")}) == 12


def test_a_picture_says_what_it_is():
    """for those who cannot see it a picture has a name"""
    assert read(PLOTS["curves"]).get("role") == "img"
    assert read(PLOTS["planes"]).get("aria-label")


def test_small_arrays_are_tables_with_the_wrong_numbers_marked():
    """of several matrices the first that differs; what is wrong has a colour and a sign, NaN is a word"""
    expected = torch.zeros(2, 2, 2, dtype=torch.float64)
    actual = expected.clone()
    actual[1, 0, 1] = float("nan")
    plot = of_failure(CheckFailure("no", actual=actual, expected=expected), None)
    assert plot == {
        "kind": "tables", "actual": [["0", "nan"], ["0", "0"]], "expected": [["0", "0"], ["0", "0"]],
        "wrong": [[False, True], [False, False]],
    }  # fmt: skip
    assert svg(plot).count("≠ nan") == 1
    assert svg(plot).count("<rect") == 8
    longer = of_failure(CheckFailure("no", actual=torch.zeros(3, 1), expected=torch.zeros(2, 1)), None)
    assert svg(longer).count("<rect") == 5
    assert svg(longer).count("≠ 0") == 1
