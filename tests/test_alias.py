"""`import gradus` is the package under the name of its command, and nothing of ours runs at an interpreter's start."""

from __future__ import annotations

import importlib.metadata
import re

import pytest

import autograder
from autograder import alias
from tests.helpers import ROOT, python


def test_every_public_name_is_there():
    """each name of `__all__` can be had, and `dir` lists no other"""
    assert dir(alias) == sorted(alias.__all__)
    for name in alias.__all__:
        assert getattr(alias, name) is not None
    from autograder import checking
    from autograder.course.rewrites import misconception

    assert alias.checking is checking
    assert alias.misconception is misconception


def test_an_unknown_name_says_what_there_is():
    """a slip in a name is told, with the names that exist"""
    with pytest.raises(AttributeError, match=r"no attribute 'chekcing'; it has .*checking"):
        alias.chekcing  # noqa: B018


def test_one_version():
    """the version stands in one place: package, alias and installed distribution agree"""
    assert alias.__version__ == autograder.__version__
    assert "version =" not in re.sub(r"\[tool\..*", "", (ROOT / "pyproject.toml").read_text(), flags=re.S)
    assert importlib.metadata.version("gradus-course") == autograder.__version__


def test_light(tmp_path):
    """the name alone loads no library, and no hook stands in an interpreter that did not ask for one"""
    said = python(
        "import sys\nfrom autograder import alias\n"
        "print(sorted({'torch', 'pandas', 'pytest', 'numpy'} & set(sys.modules)))\n"
        "print([type(f).__name__ for f in sys.meta_path if type(f).__module__.startswith('autograder')])\n",
        tmp_path,
    )
    assert said.stdout.split("\n")[:2] == ["[]", "[]"], said.stdout + said.stderr
