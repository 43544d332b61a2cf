"""What a page was begun with is taken away again where the rest fails: its own files, and nobody else's."""

from __future__ import annotations

import threading

import pytest

from autograder.authoring import new, skeleton
from autograder.authoring.new import start, with_line
from autograder.authoring.undo import is_of, page_or_nothing
from autograder.course import syllabus
from autograder.errors import CourseError
from tests.helpers import tiny


def put(path, text=""):
    """A file, with the folders that lead to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def files(trees, name):
    """One file of a page in every tree, as they are called."""
    return [
        trees.course / "one" / f"{name}.md", trees.course / "one" / f"{name}_dark.png",
        trees.course / "one" / f"{name}_picture.py", trees.solutions / "one" / f"{name}.py",
        trees.solutions / "one" / f"{name}_files" / "a" / "rain.csv", trees.exercises / "one" / f"{name}.py",
        trees.notebooks / "source" / "one" / f"{name}.ipynb", trees.pages / "one" / name / f"test_{name}.py",
    ]  # fmt: skip


def test_files_of_a_page_whose_name_holds_this_one_stay(tmp_path):
    """a page `norm` that fails leaves the files of `layer_norm` and `norm_first`, which came meanwhile"""
    _, trees = tiny(tmp_path)
    text = (trees.course / "course.toml").read_text()
    others = [path for name in ("layer_norm", "norm_first", "norms") for path in files(trees, name)]
    others += [trees.course / "one" / "norm", trees.pages / "one" / "layer_norm" / "norm.py"]
    own = files(trees, "norm")

    def fail():
        with page_or_nothing(trees, "one/norm"):
            (trees.course / "course.toml").write_text(with_line(text, "one/norm"))
            for path in (*own, *others):
                put(path)
            raise CourseError("no room")

    with pytest.raises(CourseError, match="no room"):
        fail()
    assert [path for path in own if path.exists()] == []
    assert [path for path in others if not path.exists()] == []
    assert (trees.course / "course.toml").read_text() == text
    assert not (trees.pages / "one" / "norm").exists()


def test_what_an_editor_saved_meanwhile_stays(tmp_path):
    """of course.toml the page's own line goes, and its new section; another line, deleted or written, is as saved"""
    _, trees = tiny(tmp_path)
    toml = trees.course / "course.toml"
    text = toml.read_text()

    def stopped():
        with page_or_nothing(trees, "two/norm"):
            edited = text.replace("[sections]", '[sections]\ntwo = "Second"\nthree = "Third"', 1)
            toml.write_text(with_line(edited, "two/norm").replace("A tiny course", "Mine"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert '"two/norm"' not in toml.read_text()
    assert "two =" not in toml.read_text()
    assert 'three = "Third"' in toml.read_text()
    assert syllabus.load(trees).title == "Mine"


def test_a_name_is_compared_whole(tmp_path):
    """a page's files are those called after it, and what lies in its folders"""
    for name in ("norm.py", "norm_files/layer_norm.csv", "norm/test_norm.py", "norm_dark.svg", "norm_picture.py"):
        assert is_of(tmp_path / name, tmp_path, "norm"), name
    for name in ("layer_norm.py", "norm_dark.py", "normal/norm.py", "norm", "layer_norm_files/norm.py"):
        assert not is_of(tmp_path / name, tmp_path, "norm"), name


def test_two_authors_at_the_same_moment(tmp_path, monkeypatch):
    """of two who begin one page, one has it and the other is told; two pages are both listed"""
    _, trees = tiny(tmp_path)
    monkeypatch.setattr(new, "draw", lambda *_: None)  # which takes seconds
    monkeypatch.setattr(skeleton, "LESSON", skeleton.LESSON.replace("![", "["))
    told = []

    def begin(address):
        try:
            start(trees, address, torch=False)
        except CourseError as error:
            told.append(str(error))

    inside, go = threading.Event(), threading.Event()

    def first():
        with page_or_nothing(trees, "one/slow"):
            inside.set()
            go.wait(30)
            put(trees.course / "one" / "slow.md", "+++\n+++\n")

    slow = threading.Thread(target=first)
    slow.start()
    assert inside.wait(30)
    rest = [threading.Thread(target=begin, args=(address,)) for address in ("one/left", "one/left", "one/right")]
    for thread in rest:
        thread.start()
    assert not (trees.course / "one" / "left.md").exists(), "nobody writes while another does"
    go.set()
    for thread in (slow, *rest):
        thread.join(60)
    assert len(told) == 1
    assert "one/left" in told[0]
    listed = (trees.course / "course.toml").read_text()
    assert [listed.count(f'"one/{name}" =') for name in ("left", "right")] == [1, 1]
    assert syllabus.load(trees).exercises["one/left"].title == "Left"
