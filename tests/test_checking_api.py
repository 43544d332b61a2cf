"""The author's API: complete in one module, documented, and the only thing of ours that check files import."""

from __future__ import annotations

import re

import pytest

from autograder import checking
from autograder.course import trees as paths
from tests.helpers import ROOT

PAGES = sorted(paths.trees().pages.rglob("test_*.py"))


def test_all_names_are_there_and_nothing_else_is_public():
    """`__all__` is sorted, each name exists, and no public name is left out of it"""
    assert list(checking.__all__) == sorted(checking.__all__, key=lambda n: (n[0].islower(), n))
    public = {n for n in vars(checking) if not n.startswith("_") and n not in ("annotations",)}
    modules = {n for n in public if type(getattr(checking, n)).__name__ == "module" and n != "datasets"}
    assert public - modules == set(checking.__all__)


def test_every_name_is_documented():
    """each name has a place in CONTRIBUTING's section on checks"""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    internal = {"Marks", "marks_of", "take_remarks"}  # the judge's side of the marks
    missing = [n for n in checking.__all__ if n not in internal and not re.search(rf"\b{n}\b", text)]
    assert not missing, f"not in CONTRIBUTING.md: {missing}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.parent.name)
def test_a_page_imports_nothing_else_of_ours(path):
    """check files take what they need from autograder.checking alone"""
    found = re.findall(r"^\s*(?:from|import) (autograder[\w.]*)", path.read_text(encoding="utf-8"), flags=re.M)
    assert set(found) <= {"autograder.checking"}
