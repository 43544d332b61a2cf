"""The house: a file that a reader cannot take in at once says why it is one."""

from __future__ import annotations

import ast
import re

from autograder.course.trees import own_root
from tests.conftest import BUSY, SECONDS

MOST_LINES = 400
REASON = "One file, though a long one: "


def test_a_long_file_says_why_it_is_one():
    """no file of the engine has more than 400 lines except with the reason in its docstring; pages are lists"""
    engine = own_root() / "autograder"
    long = {
        str(path.relative_to(engine))
        for path in engine.rglob("*.py")
        if "pages" not in path.relative_to(engine).parts
        and len((text := path.read_text(encoding="utf-8")).splitlines()) > MOST_LINES
        and REASON not in (ast.get_docstring(ast.parse(text)) or "")
    }
    assert not long


def test_no_possessive_group():
    """up to Python 3.11.4 such a group that fails half-way goes on from there: a notebook came out as no notebook"""
    found = {
        f"{path.name}: {node.value!r:.60}"
        for path in (own_root() / "autograder").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
        and (text := node.value if isinstance(node.value, str) else node.value.decode("latin-1"))
        and re.search(r"\)[*+?]\+|\(\?>", text) and "(?:" in text
    }  # fmt: skip
    assert not found


def test_what_is_tried_twice_is_there():
    """the folders and files whose tests may be tried once more are those that there are"""
    tests = own_root() / "tests"
    stems = {path.stem for path in tests.rglob("*.py")} | {path.name for path in tests.iterdir() if path.is_dir()}
    assert stems >= BUSY


def test_what_is_begun_first_is_there():
    """the files whose time is known, by which they are begun, are those that there are"""
    assert {name for name in SECONDS if not (own_root() / "tests" / name).is_file()} == set()
