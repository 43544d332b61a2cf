"""What the checks tell of a class, misconceptions over the weeks, and the pictures of both."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from autograder.desk import pictures
from autograder.desk.figures import over_weeks
from tests.marking import CLASS, MISTAKE, SOFTMAX, checks, desk_of, get, graded, write

WEEKS = ("2026-11-02T10:00:00+00:00", "2026-11-08T23:59:00+00:00", "2026-11-17T00:00:00+00:00", "")


def test_weeks_begin_on_monday_and_none_is_left_out() -> None:
    """two attempts of one week, none in the next, one in the third; what nobody knows the time of is in none"""
    grades = [graded(f"s{n}", SOFTMAX, checks("failed"), when=when)[0] for n, when in enumerate(WEEKS)]
    weeks, series = over_weeks(grades, [(SOFTMAX, MISTAKE), (SOFTMAX, "another")])
    assert weeks == ["2026-11-02", "2026-11-09", "2026-11-16"]
    assert series == [(MISTAKE, [2, 0, 1]), ("another", [0, 0, 0])]
    assert over_weeks([], [(SOFTMAX, MISTAKE)]) == ([], [])
    odd = [
        graded(f"s{n}", SOFTMAX, checks("failed"), when=f"{year}-01-01T00:00:00")[0]
        for n, year in enumerate((1970, 2026))
    ]
    assert over_weeks(odd, [(SOFTMAX, MISTAKE)]) == ([], [])


def test_pictures_are_whole_and_inert() -> None:
    """well-formed, with every value in words, and names that are markup are text"""
    hostile = "<b>\"'&\u202e"
    picture = pictures.over_weeks(
        ["2026-11-02", "2026-11-09"], [(hostile, [0, 3]), *((str(n), [n, n]) for n in range(9))]
    )
    root = ElementTree.fromstring(picture)
    assert "0, 3" in root.attrib["aria-label"]
    assert root.find("b") is None
    assert len(root.findall("{http://www.w3.org/2000/svg}polyline") or root.findall("polyline")) == len(pictures.DASHES)
    assert pictures.over_weeks(["2026-11-02"], [("x", [1])]) == ""
    ElementTree.fromstring(pictures.bar(7.0))


def test_the_figures_of_a_page(tmp_path: Path) -> None:
    """each check's part that passes, over whom, and who fails it and nothing else, with a link to the answer"""
    with desk_of(write(tmp_path / "out")) as (desk, address):
        text = get(f"{address}named/figures/{SOFTMAX}/")[1]
        rows = [row for row in re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL) if "rule" in row]
        assert len(rows) == 2
        # rule 0: dan fails it, of ada, bob, cyd, dan and eve; rule 1: bob and cyd fail it, eve did not write it
        assert ["80 %" in rows[0], "40 %" in rows[1], "20 %" in rows[1]] == [True] * 3
        assert [re.findall(r"<bdi>(\w+)</bdi>", row) for row in rows] == [["dan"], ["bob", "cyd", "eve"]]
        assert f"page/{SOFTMAX}/{desk.ids.of('dan')}" in rows[0]
        whole = get(address + "named/figures/")[1]
        assert f">{MISTAKE}<" in whole
        assert not re.search(r"\b(bob|cyd)\b", get(f"{address}anonymous/figures/{SOFTMAX}/")[1])


def test_a_group_is_one_answer(tmp_path: Path) -> None:
    """bob and hal hand in together: the checks' figures count them once, and the mean says over how many it goes"""
    out = write(tmp_path / "out")
    (out / "policy.toml").write_text('[groups]\nteam = ["bob", "hal"]\n')
    with desk_of(out) as (_, address):
        text = get(f"{address}named/figures/{SOFTMAX}/")[1]
        rows = [row for row in re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL) if "rule" in row]
        assert [re.findall(r"<td class=n>(\d+)</td>", row)[-1] for row in rows] == ["5", "5"]
        assert "over 6 students who handed in (5 answers)" in text
        assert "<td class=n>2</td><td><svg" in text, "bob with hal, and cyd, show the mistake"


def test_a_class_of_which_nothing_is_known(tmp_path: Path) -> None:
    """where nobody's answer could be graded the pages say so"""
    alone = tuple(one for one in CLASS if one[0].student in ("flo", "gil"))
    with desk_of(write(tmp_path / "out", alone)) as (_, address):
        for path in ("named/figures/", f"named/figures/{SOFTMAX}/"):
            status, text = get(address + path)
            assert status == 200
            assert "No known misconception was found in any answer" in text
