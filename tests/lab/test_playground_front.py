"""The pure parts of the playground's page, under node: links, and points from a CSV file."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from autograder.lab.playground import state as states
from tests.helpers import ROOT

NODE = shutil.which("node")
STATIC = ROOT / "autograder" / "lab" / "playground" / "static"
DEFAULTS = states.plain(states.State())

pytestmark = pytest.mark.skipif(NODE is None, reason="node is not installed")


def run(module: str, expression: str) -> Any:
    """What an expression of a module comes to; `m` is the module, `d` the default state."""
    script = (
        f'import * as m from "{(STATIC / module).as_uri()}"; const d = {json.dumps(DEFAULTS)};'
        f"let found; try {{ found = {expression}; }} catch (e) {{ found = String(e.message); }}"
        "console.log(JSON.stringify(found))"
    )
    done = subprocess.run([str(NODE), "--input-type=module", "-e", script], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


STATES: list[dict[str, Any]] = [
    {},
    {"hidden": [], "acts": [], "data": "xor", "features": ["xy"]},
    {"hidden": [8, 8], "acts": ["relu", "gelu"], "lr": 1e-05, "standardise": True, "scale": {"x": 100.0}},
    {"data": "points", "points": [[1.5, -2, 1], [0, 0, 0], [1, 1, 1], [2, 2, 0]], "course": ["tanh", "SGD"]},
    {"changes": [[20, "lr", 0.5], [40, "optimizer", "Momentum"]]},
]


@pytest.mark.parametrize("change", STATES)
def test_a_link_brings_a_state_back(change):
    """What is written into a link is what is read from it, and the server takes it"""
    whole = {**DEFAULTS, **change}
    text = json.dumps(whole)
    link = run("url.js", f"m.toLink({text}, d)")
    assert run("url.js", f"m.fromLink({json.dumps(link)}, d)") == whole
    assert "|" not in link
    states.read(whole)


def test_a_link_is_short_and_readable():
    """The default is empty, and a change stands there in words"""
    assert run("url.js", "m.toLink(d, d)") == ""
    assert run("url.js", "m.toLink({...d, hidden: [8, 4], lr: 0.1}, d)") == "hidden=8,4&lr=0.1"


@pytest.mark.parametrize("text", ["", "&&", "nonsense", "lr=x", "__proto__=1", "hidden=%", "x=1", "=3", "toString=1"])
def test_a_link_that_is_none_is_the_default(text):
    """Whatever cannot be read is left out"""
    assert run("url.js", f"m.fromLink({json.dumps(text)}, d)") == DEFAULTS


@pytest.mark.parametrize(
    "text, points",
    [
        ("x,y,label\n0,0,a\n1,1,b\n2,0,a\n0,2,b\n", [[-5.4, -5.4, 0], [0, 0, 1], [5.4, -5.4, 0], [-5.4, 5.4, 1]]),
        ("0;0;0\r\n1,5;1;1\r\n3;0;0\r\n0;2;1", [[-5.4, -5.4, 0], [0, 0, 1], [5.4, -5.4, 0], [-5.4, 5.4, 1]]),
        ('"a","b","c"\n0,0,"no, thanks"\n1,1,yes\n2,2,yes\n3,3,yes', [[-5.4, -5.4, 0], [-1.8, -1.8, 1],
                                                                      [1.8, 1.8, 1], [5.4, 5.4, 1]]),
        ("0\t0\t10\n1\t1\t20\n2\t2\t30\n3\t3\t40\n", [[-5.4, -5.4, -1], [-1.8, -1.8, -0.33], [1.8, 1.8, 0.33],
                                                      [5.4, 5.4, 1]]),
        ("0,5;0,5;a\n1,5;1,5;b\n2,5;0,5;a\n0,5;2,5;b", [[-5.4, -5.4, 0], [0, 0, 1], [5.4, -5.4, 0], [-5.4, 5.4, 1]]),
        (
            "\ufeffsep=;\r\nx;y;l;\r\n0;0;a;\r\n1;1;b;\r\n2;0;a;\r\n0;2;b;\r\n",
            [[-5.4, -5.4, 0], [0, 0, 1], [5.4, -5.4, 0], [-5.4, 5.4, 1]],
        ),
        ("-1e308,0,a\n0,1,b\n1e308,0,a\n-1e308,2,b", [[-5.4, -5.4, 0], [0, 0, 1], [5.4, -5.4, 0], [-5.4, 5.4, 1]]),
    ],
    ids=[
        "header", "semicolons and decimal commas", "quotes", "numbers as labels", "as many commas as semicolons",
        "as a spreadsheet writes it", "the largest numbers",
    ],
)  # fmt: skip
def test_points_of_a_file(text, points):
    """Two columns of numbers and a label become points of the square"""
    assert run("csv.js", f"m.pointsOf({json.dumps(text)}, (t) => t).points") == points


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a,b\n1,2\n",
        "1,2,0\n",
        "x,y,z\na,b,c\n1,2,d\n3,4,e\n5,6,f\n7,8,g\n",
        "1,2,a\n3,4,a\n5,6,a\n7,8,a\n",
        "\x00\xff\x01" * 99,
    ],
)
def test_a_file_without_points_is_told_so(text):
    """The page says what is wanted"""
    assert "wanted" in run("csv.js", f"m.pointsOf({json.dumps(text)}, (t) => t).points")


def test_what_is_no_number_is_named():
    """the row and the column of a hole, so that one finds it in the file"""
    text = "x,y,kind\n0,0,a\n1,NA,b\n2,0,a\n0,2,b\n"
    told = run("csv.js", f"m.pointsOf({json.dumps(text)}, (t, w) => t + JSON.stringify(w))")
    assert told.endswith('{"n":2,"column":"y","text":"NA"}')


def test_of_many_rows_some_of_every_part_are_taken():
    """a file that is sorted by its label keeps both labels, and how many rows there were is said"""
    text = "".join(f"{n},{n % 7},{'a' if n < 4000 else 'b'}\n" for n in range(5000))
    points, words = run("csv.js", f"Object.values(m.pointsOf({json.dumps(text)}, (t, w) => t + (w ? w.n : '')))")
    assert len(points) == 2000
    assert sum(label for _, _, label in points) == 400
    assert words.endswith("5000)")


def test_a_file_that_is_too_large_is_not_read():
    """the page says what to do, and reads none of it"""
    told = run(
        "csv.js",
        "await m.pointsOfFile({size: 3e7, text: () => { throw new Error('read'); }}, (t) => t).catch((e) => e.message)",
    )
    assert "take a part of its rows" in told
