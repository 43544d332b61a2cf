"""What a student wrote, in nbgrader's feedback, in a browser: nothing of it runs, and what is harmless is there."""

from __future__ import annotations

import base64
import copy
import json
import shutil
from dataclasses import replace

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.exporters import HTMLExporter
from nbgrader.api import Gradebook

from autograder.course import syllabus
from autograder.model import Failure
from autograder.nbcourse import find
from autograder.nbcourse.clean import EFFORT, clean, harmless, typed, words
from autograder.nbcourse.write import write_back
from tests import browser
from tests.helpers import make_check
from tests.nbcourses import RIGHT, answered, cell_named, grade_of, hand_in, source_notebook
from tests.test_nbcourse import said_by, started

RAN = "window.ran=(window.ran||[]).concat('HERE')"
SCRIPT = f"<script>{RAN}</script>"
IMAGE = f'<img src="x:" onerror="{RAN}">'
#: words that would run something, reach beyond their cell, or end nbgrader's rendering
HOSTILE = (
    SCRIPT, IMAGE, f"<script\n>{RAN}</script>", f'<svg onload="{RAN}"><circle r="3"></svg>', f"<svg>{SCRIPT}</svg>",
    f"<math><mtext>{SCRIPT}</mtext></math>", f'<iframe srcdoc="<script>parent.{RAN}</script>"></iframe>',
    f'<iframe src="javascript:parent.{RAN}"></iframe>', f'<details open ontoggle="{RAN}">x</details>',
    f'<b/onmouseover="{RAN}">x</b>', f'<body onload="{RAN}">', f'<video><source onerror="{RAN}"></video>',
    f'<object data="data:text/html,{SCRIPT}"></object>', "<base href='https://example.org/'>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>", "<style>* { display: none }</style>",
    "<link rel=stylesheet href=https://example.org/x.css>", "<form action=https://example.org><input name=x></form>",
    f"<!-->{SCRIPT}-->", f"<!-- --!>{SCRIPT}-->", f"```mermaid\n</pre>{SCRIPT}\n```", f"`\\`{IMAGE}`", f"\\${IMAGE}$",
    f"<noscript><p title='</noscript>{SCRIPT}'></noscript>", f"<template>{SCRIPT}</template>",
    f"<title>{SCRIPT}</title>",
    f"[x](javascript:{RAN})", f"[x](JaVaScRiPt:{RAN})", f"[x](files/javascript:{RAN})", f"[x](java&#115;cript:{RAN})",
    f'<a href="jav&#x09;ascript:{RAN}">x</a>', f"<a href=' javascript:{RAN}'>x</a>", f"<javascript:{RAN}>",
    f"[x]: javascript:{RAN}\n\n[x]", "[x](data:text/html;base64,AAAA)", "[x](vbscript:x)", "[x](file:///etc/passwd)",
    f"<a href='data:text/html,{SCRIPT}'>x</a>", f"<a href='files/javascript:{RAN}'>x</a>",
    "<div>", "</div></div></div></div></div>", "<p style='position:fixed;top:0;left:0'>x</p>", "<b><i></b></i>",
    "<p style='background:url(https://example.org/x)'>x</p>", "<div class='modal navbar-fixed-top'>x</div>",
    "![gone](attachment:gone.png)", "\\href{javascript:alert(1)}{x}", "<xmp>", "<plaintext>", "<textarea>", "<select>",
)  # fmt: skip
#: words that look alike and are code, formulas or plain: they stay to the letter
PLAIN = (
    "# A title\n\nwith $a<b$, `<script>` and a < b & c", "```python\nif a < b: print('<script>')\n```",
    "$$\n\\begin{aligned} a &< b \\\\ c &> d\\end{aligned}\n$$", "<img src=\"graph.png\" width=300>",
    "a [link](https://pytorch.org/docs?a=b&c=d#e), <https://y.org>, [a file](softmax.py), [a part](#a-title)",
    "| a | b |\n|:-:|--:|\n| 1 | 2 |", "- [ ] to do\n- [x] done", "<center><b>x</b></center>", "one<br>two<br/>three",
    "<div class=\"alert alert-info\">a note</div>", "<span style=\"color: red\">x</span>", "<!-- a comment -->",
    "<details><summary>more</summary>\n\nof **this**\n\n</details>", "```mermaid\ngraph TD; A-->B\n```", "> ~~so~~",
    "$<script>$ is no script, nor is \\begin{a}<script>\\end{a}", "x<sub>1</sub>\n\n1. a\n2. b\n", "Term\n: meaning",
)  # fmt: skip
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
SVG = base64.b64encode(f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RAN}">{SCRIPT}</svg>'.encode()).decode()


def numbered(text, number):
    """A text whose script says which one it is."""
    return text.replace("HERE", str(number))


def hostile_cells():
    """Cells of every kind, each with something that would run in a page."""
    cells = [{"cell_type": "markdown", "metadata": {}, "source": numbered(t, n)} for n, t in enumerate(HOSTILE)]
    cells += [{"cell_type": "raw", "metadata": kind, "source": numbered(SCRIPT, "raw")}
              for kind in ({}, {"raw_mimetype": "text/html"}, {"format": "text/html"})]  # fmt: skip
    cells += [{"cell_type": "heading", "level": 1, "metadata": {}, "source": numbered(IMAGE, "heading")}]
    shown: list[dict[str, object]] = []
    for kind, text in (
        ("text/html", SCRIPT), ("image/svg+xml", f"<svg>{SCRIPT}</svg>"), ("application/javascript", RAN),
        ("text/latex", IMAGE), ("text/markdown", IMAGE), ("text/plain", IMAGE), ("image/png", f'x" onerror="{RAN}'),
        ("image/jpeg", f'x" onerror="{RAN}'),
    ):  # fmt: skip
        shown.append({"output_type": "display_data", "metadata": {}, "data": {kind: numbered(text, kind)}})
    shown.append({"output_type": "stream", "name": "stdout", "text": numbered(f"\x1b[31m{IMAGE}", "stream")})
    shown.append({"output_type": "error", "ename": IMAGE, "evalue": SCRIPT, "traceback": [numbered(SCRIPT, "error")]})
    code = {
        "cell_type": "code",
        "metadata": {"name": SCRIPT},
        "source": f"# {numbered(IMAGE, 'code')}",
        "outputs": shown,
    }
    return [*cells, {**code, "execution_count": None}]


# -- words by themselves -------------------------------------------------------------------------


@pytest.mark.parametrize("source", PLAIN)
def test_what_is_harmless_stays_to_the_letter(source):
    """formulas, code, tables, pictures, links and the plain tags that people write"""
    assert words(source) == source


@pytest.mark.parametrize("source", HOSTILE)
def test_what_is_not_is_shown_as_text(source):
    """it is another text, which renders to a page in which nothing runs and whose words are those that were typed"""
    shown = words(source)
    assert shown != source
    assert words(shown) == shown
    assert typed(source) == words(typed(source))


def test_a_picture_that_is_attached():
    """a picture of the cell's own is shown; one that is not there would have ended nbgrader's feedback"""
    source = "![proof](attachment:proof.png)"
    assert words(source, ("proof.png",)) == source
    assert words(source) == typed(source)


def test_what_was_given_out_is_the_authors():
    """the text of the lesson is left alone, whatever is in it, and nobody else's is"""
    given = [{"cell_type": "markdown", "source": SCRIPT}]
    cells = [copy.deepcopy(given[0]), {"cell_type": "raw", "source": SCRIPT}, {"cell_type": "code", "source": SCRIPT}]
    clean(cells, given)
    assert [cell["source"] == SCRIPT for cell in cells] == [True, False, True]
    assert [cell["cell_type"] for cell in cells] == ["markdown", "markdown", "code"]


def test_rendering_has_its_limits():
    """beyond so many characters a text is shown as it was typed: to render it could take for ever"""
    long = "![" * 30_000
    assert len(long) ** 2 > EFFORT
    cells = [{"cell_type": "markdown", "source": text} for text in ("*short*", long, "*short*")]
    clean(cells, [])
    assert [cell["source"] for cell in cells] == ["*short*", typed(long), typed("*short*")]


PIECES = st.sampled_from(
    ["<", ">", "</", "<!--", "-->", '"', "'", "=", " ", "\n", "\n\n", "a", "img", "div", "p", "script", "svg", "pre",
     "href", "src", "onerror", "javascript:", ":", "&#58;", "&colon;", "/", "files/", "(", ")", "[", "]", "](", "$",
     "$$", "\\", "`", "```", "~~~", "|", "-", "#", "{", "}", "\\begin{a}", "\\end{a}", "x", "\t", "\x0b", "\x00",
     "mermaid", "!", "*"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join))
def test_whatever_is_typed_comes_out_harmless(source):
    """of any text: what is shown renders, and an HTML5 parser finds nothing in it that is not on the list"""
    from bleach._vendor.html5lib import parseFragment
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
    from nbconvert.filters.strings import strip_files_prefix

    renderer = IPythonRenderer(escape=False, attachments={})
    html = strip_files_prefix(MarkdownWithMath(renderer=renderer).render(words(source)))
    assert harmless(html)
    for element in parseFragment(html, namespaceHTMLElements=False).iter():
        assert element.tag not in ("script", "svg", "math", "style", "iframe", "form", "object"), html
        for name, value in element.attrib.items():
            assert not name.startswith("on"), html
            assert "script:" not in "".join(value.split()).lower(), html


# -- in nbgrader's feedback ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """A browser for the pages below."""
    if browser.CHROMIUM is None:
        pytest.skip(browser.WITHOUT)
    with browser.browser(tmp_path_factory.mktemp("chromium") / "profile") as running:
        yield running


def ran(chromium, path):
    """What has run in a page, once everything has had the time, links included."""
    tab = chromium.open(f"file://{path}")
    tab.run(
        "new Promise(done => { for (const link of document.links) if (/script|data/.test(link.protocol))"
        " link.click(); setTimeout(done, 500); })"
    )
    return tab, tab.run("window.ran || []")


@pytest.fixture(scope="module")
def feedback(generated, tmp_path_factory):
    """A course with feedback to a student whose notebook is hostile: (folder, loaded notebook as handed in)."""
    folder = tmp_path_factory.mktemp("feedback") / "course"
    shutil.copytree(generated.notebooks, folder)
    notebook = answered(source_notebook(generated), RIGHT, f"An answer in words. {numbered(IMAGE, 'answer')}")
    question = cell_named(notebook, "question")
    question["attachments"] = {"a.svg": {"image/svg+xml": SVG}, "b.png": {"image/png": PIXEL}, "c.png": {}}
    plain = "\n\n".join(PLAIN) + "\n\n![pixel](attachment:b.png)"
    notebook["cells"] += hostile_cells()
    notebook["cells"].append(
        {"cell_type": "markdown", "metadata": {}, "source": plain, "attachments": question["attachments"]}
    )
    notebook["metadata"].update(
        title=f"</title>{SCRIPT}", widgets={"x": f"</script>{SCRIPT}"}, authors=[{"name": IMAGE}]
    )
    where = hand_in(folder, "ada", "lines.ipynb", notebook, when="2026-01-01 10:00:00 UTC")
    for name in ("page.html", "page.HTM", "picture.svg", "page.xhtml", "page", "timestamp", "data.xml", "notes.txt"):
        (where / name).write_text(SCRIPT, encoding="utf-8")
    grade = grade_of("ada", {"test_factor": 0.5})
    told = make_check(
        name="test_scaled", status="failed", points=0.0, max_points=1.0, title=IMAGE, failure=Failure("problem", SCRIPT)
    )
    grade = replace(grade, checks=(told, *grade.checks[1:]), notes=(IMAGE, SCRIPT))
    found = find(folder)
    assert found is not None
    assert write_back(found, [grade], syllabus.load(generated)).notes == []
    said_by(started(folder, "generate_feedback", "one"))
    return folder, notebook


def test_a_page_without_care_does_run(chromium, feedback, tmp_path):
    """the same notebook in nbconvert's own page runs much of it: the test below would notice"""
    page = tmp_path / "page.html"
    live = numbered(SCRIPT, 0), numbered(IMAGE, 1)
    cells = [cell for cell in hostile_cells() if cell["source"] in live]
    known = nbformat.from_dict({**feedback[1], "metadata": {}, "cells": [*cells, hostile_cells()[-1]]})
    page.write_text(HTMLExporter().from_notebook_node(known)[0], encoding="utf-8")
    done = ran(chromium, page)[1]
    assert {"0", "1", "text/html"} <= set(done)


def test_nothing_runs_in_the_feedback(chromium, feedback):
    """no script, handler, link or frame of the student's lives in nbgrader's feedback; the words are there as text"""
    page = feedback[0] / "feedback" / "ada" / "one" / "lines.html"
    tab, done = ran(chromium, page)
    assert done == []
    assert tab.run("document.querySelectorAll('iframe, object, embed, form, base, svg script').length") == 0
    assert tab.run("[...document.links].map(l => l.protocol).filter(p => !/^((https?|file|mailto):|:)$/.test(p))") == []
    text = tab.run("document.body.innerText")
    for shown in ("<iframe srcdoc=", "[x](javascript:", "<b/onmouseover=", "<form action", "An answer in words."):
        assert shown in text, shown
    assert tab.run("document.querySelectorAll('img[src^=\"data:image/png\"]').length") >= 1, (
        "the picture is still there"
    )
    assert tab.run("document.querySelectorAll('table').length") >= 1


def test_what_lies_beside_is_text_to_a_browser(chromium, feedback):
    """a page beside the notebook has got a name by which a browser shows it as text; the timestamp is the student's"""
    there = feedback[0] / "feedback" / "ada" / "one"
    names = {path.name for path in there.iterdir()} - {"lines.html"}
    assert {"page.html.txt", "page.HTM.txt", "picture.svg.txt", "page.txt", "notes.txt"} <= names
    assert not [name for name in names if not name.endswith(".txt")]
    assert (feedback[0] / "autograded" / "ada" / "one" / "timestamp.txt").read_text() == "2026-01-01 10:00:00 UTC"
    for name in sorted(names):
        assert ran(chromium, there / name)[1] == [], name


def test_the_scores_are_what_they_were(feedback):
    """cleaning changes nothing that is graded"""
    with Gradebook(f"sqlite:///{feedback[0] / 'gradebook.db'}") as book:
        found = {g.name: g.auto_score for g in book.find_submission_notebook("lines", "one", "ada").grades}
    assert found["test_scaled"] == 0
    assert found["test_factor"] == 0.5
    assert found["test_share"] == 2
    made = json.loads((feedback[0] / "autograded" / "ada" / "one" / "lines.ipynb").read_text())
    assert RIGHT["scaled"].strip() in "".join(cell_named(made, "scaled")["source"])
