"""Jupyter's libraries are imported quickly, and nothing stays hidden from anybody else."""

from __future__ import annotations

import sys

import pytest

from autograder.nbcourse.quick import quick_imports
from tests.helpers import python


def test_hidden_inside_and_there_again_afterwards():
    """the module is hidden inside only, also when the import in it fails"""
    before = sys.modules.pop("rfc3987_syntax", None)
    try:
        with pytest.raises(ImportError), quick_imports():
            import rfc3987_syntax  # noqa: F401
        assert "rfc3987_syntax" not in sys.modules
    finally:
        if before is not None:
            sys.modules["rfc3987_syntax"] = before


def test_what_was_loaded_before_stays(tmp_path):
    """a program that has the module already keeps it"""
    said = python(
        "import sys, types\nsys.modules['rfc3987_syntax'] = mine = types.ModuleType('rfc3987_syntax')\n"
        "from autograder.nbcourse.quick import quick_imports\n"
        "with quick_imports():\n    assert sys.modules['rfc3987_syntax'] is mine\n"
        "assert sys.modules['rfc3987_syntax'] is mine\nprint('kept')\n",
        tmp_path,
    )
    assert said.stdout == "kept\n", said.stderr


def test_nbgrader_is_imported_without_the_grammars(tmp_path):
    """what writes into a course imports nbgrader, and the grammars are not compiled for it"""
    said = python(
        "import sys\nfrom autograder import nbcourse\n"
        "try:\n    nbcourse.write_back()\nexcept TypeError:\n    pass\n"
        "print('nbgrader' in sys.modules, 'jsonschema' in sys.modules, 'lark' in sys.modules)\n",
        tmp_path,
    )
    assert said.stdout == "True True False\n", said.stdout + said.stderr
