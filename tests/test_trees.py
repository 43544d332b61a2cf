"""Where the trees of a course are."""

from __future__ import annotations

from autograder.course import trees as paths
from tests.helpers import ROOT, SOFTMAX


def test_checkout_is_found_beside_the_package():
    """without a root, the course is the one that this package belongs to"""
    trees = paths.trees()
    assert trees.root == ROOT
    assert (trees.course / "course.toml").is_file()


def test_one_address_in_every_tree():
    """all files of an exercise stand at its address"""
    trees = paths.trees()
    places = (
        trees.lesson(SOFTMAX), trees.solution(SOFTMAX), trees.stub(SOFTMAX), trees.notebook(SOFTMAX),
    )  # fmt: skip
    for place in places:
        assert place.parent.name == "s3_neural_networks"
        assert place.stem == "softmax"
        assert place.is_file()
    grading = (trees.check(SOFTMAX), trees.misconception(SOFTMAX), trees.variant(SOFTMAX))
    for place in grading:
        assert place.parent == trees.pages / SOFTMAX, "what grades a page lies in one folder"
        assert place.is_file()
    assert len({*places, *grading}) == 7


def test_another_course_brings_its_own_checks(tmp_path):
    """a course with autograder/pages is judged by its own checks, misconceptions and variants"""
    (tmp_path / "autograder" / "pages").mkdir(parents=True)
    trees = paths.trees(tmp_path)
    for place in (trees.course, trees.solutions, trees.exercises, trees.notebooks, trees.data, trees.pages):
        assert place.is_relative_to(tmp_path)


def test_another_course_without_checks_is_judged_by_ours(tmp_path):
    """a course that has no autograder/pages of its own falls back on the package's"""
    trees = paths.trees(tmp_path)
    assert trees.solutions == tmp_path / "solutions"
    assert trees.pages == paths.trees().pages


def test_a_wheel_has_the_trees_inside_the_package(tmp_path, monkeypatch):
    """where no checkout is around the package, the trees are looked for inside it"""
    package = tmp_path / "site-packages" / "autograder"
    package.mkdir(parents=True)
    monkeypatch.setattr(paths, "_PACKAGE", package)
    trees = paths.trees()
    assert trees.solutions == package / "trees" / "solutions"
    assert trees.pages == package / "pages"
