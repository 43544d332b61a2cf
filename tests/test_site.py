"""The book: built from lessons and guides, whole, offline, in a browser as a reader sees it."""

from __future__ import annotations

import os
import re
import runpy
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import syllabus
from autograder.course.trees import trees
from autograder.errors import CourseError, GradusError, SubmissionError
from autograder.model import Exercise, Syllabus
from autograder.student import reader
from tests.browser import CHROMIUM, browser
from tests.helpers import ROOT

pytest.importorskip("sphinx")

from autograder.authoring.site import mathml, sources, terms
from autograder.authoring.site.make import make

SOFTMAX = "course/s3_neural_networks/softmax.html"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The book of the course: the one that CI has just built, where it is of these sources."""
    ready = ROOT / "out" / "site"
    if sources.fresh(ready, ROOT):
        return ready
    folder = tmp_path_factory.mktemp("book") / "site"
    make(syllabus.load(trees()), trees(), folder)
    return folder


@pytest.fixture
def small(tmp_path):
    """A course with one page, whose book is built in seconds."""
    shutil.copytree(ROOT / "course" / "s0_start", tmp_path / "course" / "s0_start")
    for name in ("solutions", "exercises"):
        shutil.copytree(ROOT / name / "s0_start", tmp_path / name / "s0_start")
    text = 'title = "A small course"\n[sections]\ns0_start = "Start"\n[exercises]\n"s0_start/hello" = 1.0\n'
    (tmp_path / "course" / "course.toml").write_text(text)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "card.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    shown = '<picture><source srcset="docs/card.svg"><img src="docs/card.svg" alt="a card"></picture>'
    (tmp_path / "README.md").write_text(f"# Mine\n\n{shown}\n\n[a folder](docs), [a file](docs/card.svg), $A and $B\n")
    return tmp_path


def built(root: Path) -> Path:
    """The book of the course in a folder."""
    made = CliRunner().invoke(app, ["--course", str(root), "site"], catch_exceptions=False)
    assert made.exit_code == 0, made.output
    return root / "out" / "site"


def test_whole(site):
    """Every lesson is there, every link leads somewhere, nothing is loaded from elsewhere."""
    for address in syllabus.load(trees()).exercises:
        assert (site / "course" / f"{address}.html").is_file()
    assert runpy.run_path(str(ROOT / ".ci" / "links"))["wrong"](site) == []
    assert not (site / "_sources").exists()
    for page in (site / "course").rglob("*.html"):
        boxes = re.findall(r'<details class="opens">(.*?)</details>', page.read_text("utf-8"), re.DOTALL)
        assert len(boxes) >= (page.stem not in ("glossary", "playground"))
        assert [box for box in boxes if "<h2" in box or "<section" in box] == []


def test_page(site):
    """A lesson has its formulas as MathML, its stub, both pictures, its neighbours, and no front matter."""
    text = (site / SOFTMAX).read_text("utf-8")
    assert "question_points" not in text
    assert text.count("<math ") > 20
    stub = re.search(r'href="([^"]*/softmax\.py)"', text)
    stub_text = (site / SOFTMAX).parent.joinpath(stub[1]).read_text("utf-8")
    assert "YOUR CODE HERE" in stub_text
    assert "BEGIN SOLUTION" not in stub_text
    assert 'class="only-light"' in text and 'class="only-dark"' in text  # noqa: PT018
    assert 'title="previous page"' in text and 'title="next page"' in text  # noqa: PT018


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_in_a_browser(site, tmp_path):
    """On a desk, at night and on a phone: no complaint, nothing from the network, nothing too wide; search finds."""
    shots = os.environ.get("GRADUS_SCREENSHOTS")
    with browser(tmp_path) as chromium:
        for name, width, dark in (("desk", 1280, False), ("night", 1280, True), ("phone", 390, False)):
            for address in (SOFTMAX, "course/s3_neural_networks/optimizers.html", "index.html", "api.html"):
                tab = chromium.open((site / address).as_uri(), width=width, dark=dark)
                assert [said for said in tab.complaints() if said.get("type") != "log"] == []
                assert {url.partition(":")[0] for url in tab.requests()} <= {"file", "data"}
                assert tab.run("document.documentElement.scrollWidth") <= width, (address, name)
                if address == SOFTMAX:
                    seen = f"getComputedStyle(document.querySelector('.only-{'dark' if dark else 'light'}')).display"
                    assert tab.run(seen) != "none"
                    assert tab.run("document.querySelector('details.opens').open") is False
                    assert tab.run("document.querySelector('math').getBoundingClientRect().height") > 10
                if shots:
                    tab.screenshot(Path(shots) / f"book-{name}-{Path(address).stem}.png")
                chromium.close_tabs()
        tab = chromium.open((site / "search.html").as_uri() + "?q=softmax")
        for _ in range(100):
            found = tab.run("[...document.querySelectorAll('ul.search li')].map(li => li.textContent)")
            if len(found) > 5 and "…" in found[0]:
                break
        assert "The softmax function" in found[0]
        assert "…" in found[0]
        assert [said for said in tab.complaints() if said.get("type") != "log"] == []


def test_dark_pictures():
    """Every lesson's picture has its version for the night: the book's background, and ink that stands out on it."""
    from PIL import Image

    from autograder.authoring.dark import PAPER, turned

    for address in (*syllabus.load(trees()).exercises, *syllabus.load(trees()).playgrounds):
        lesson = trees().lesson(address)
        with Image.open(lesson.with_suffix(".png")) as light:
            size = light.size
        with Image.open(lesson.with_name(f"{lesson.stem}_dark.png")) as dark:
            assert dark.size == size
            assert dark.convert("RGB").getpixel((0, 0)) == tuple(bytes.fromhex(PAPER[1:]))
            assert dark.convert("L").getextrema()[1] > 180
    assert min(turned("black")[:3]) > 0.9
    red, _, blue, _ = turned("#1b6ca8")
    assert blue > 0.6
    assert blue > red


def test_faults_end_it(small):
    """A link that leads nowhere, a formula that cannot be read, a snippet that breaks: each ends the build."""
    lesson = small / "course" / "s0_start" / "hello.md"
    good = lesson.read_text("utf-8")
    assert runpy.run_path(str(ROOT / ".ci" / "links"))["wrong"](built(small)) == []
    assert "$A and $B" in (small / "out" / "site" / "README.html").read_text("utf-8")
    places = trees(small)
    for more, said in (
        ("[there](nowhere.md)", "nowhere.md"),
        ("[there](#no-such-heading)", "no-such-heading"),
        (r"$\nosuchcommand x$", "nosuchcommand"),
        ("```python\nno_such_name\n```", "no_such_name"),
    ):
        lesson.write_text(f"{good}\n\n{more}\n", "utf-8")
        with pytest.raises(CourseError, match=said):
            make(syllabus.load(places), places, small / "out" / "site")


def test_over_another(tmp_path):
    """A course over the bundled one has those of its pages that it keeps, with their stubs and terms, and no others."""
    kept = {"s3_neural_networks/softmax", "s3_neural_networks/classification_losses"}
    (tmp_path / "mine" / "course").mkdir(parents=True)
    out = [address for address in syllabus.load(trees()).exercises if address not in kept]
    (tmp_path / "mine" / "course" / "course.toml").write_text(
        f'title = "Mine"\nextends = "gradus"\nleave_out = {out}\n'
    )
    book = built(tmp_path / "mine")
    assert runpy.run_path(str(ROOT / ".ci" / "links"))["wrong"](book) == []
    names = {path.stem for path in (book / "course" / "s3_neural_networks").glob("*.html")}
    assert {"softmax", "classification_losses"} <= names
    assert "neuron" not in names
    assert 'class="term' in (book / "course/s3_neural_networks/classification_losses.html").read_text("utf-8")


def test_read(small, monkeypatch):
    """The book is opened by short names; a bare checkout says in one line what to do; a wrong name gets the nearest."""
    run = CliRunner()
    absent = run.invoke(app, ["--course", str(small), "read"])
    assert isinstance(absent.exception, GradusError)
    assert re.search(r"gradus site.*gradus-course\[site\]", str(absent.exception))
    folder = built(small)
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    for name in ("hello", "s0_start/hello", "hello.py", ""):
        assert run.invoke(app, ["--course", str(small), "read", name]).exit_code == 0
    assert opened == [*[(folder / "course/s0_start/hello.html").as_uri()] * 3, (folder / "index.html").as_uri()]
    with pytest.raises(SubmissionError, match=r"did you mean .*hello"):
        reader.page(folder, syllabus.load(trees(small)), "helo")


@pytest.mark.parametrize(
    ("latex", "has"),
    [
        (r"\mathrm{softmax}(z)_i", ">softmax<"),
        (r"\ln 1", 'ln</mi><mspace width="0.167em"/><mn>1'),
        (r"\log(x)", "log</mi><mo"),
        (r"\arg\max_c z", ">arg<"),
        ("a < b", 'alttext="a &lt; b"'),
    ],
)
def test_formula(latex, has):
    """Names stand upright and whole, functions have room, the source is the alternative text."""
    assert has in mathml.formula(latex)


def test_glossary(tmp_path):
    """A term must be on its page, and stand once."""
    (tmp_path / "course" / "s").mkdir(parents=True)
    (tmp_path / "course" / "s" / "one.md").write_text("A *logit* is a number.")
    course = Syllabus("A course", tmp_path, {}, {"s/one": Exercise("s/one", "One", 1.0)}, {})
    for rows, said in (
        ("| logit, logits | a number | [one](s/one.md) |", ""),
        ("| logit (of a class) | x | [one](s/one.md) |", None),
        ("| tensor | x | [one](s/one.md) |", "tensor"),
    ):
        (tmp_path / "course" / "glossary.md").write_text(f"| a | b | c |\n|---|---|---|\n{rows}\n")
        if said:
            with pytest.raises(CourseError, match=said):
                terms.read(course, trees(tmp_path))
        else:
            found = [term.words for term in terms.read(course, trees(tmp_path))]
            assert found == ([("logit", "logits")] if said is not None else [])
