"""docs/author.md: its commands are run, in their order, as a teacher would; nothing is written outside the course."""

from __future__ import annotations

import os
import re
import shlex
import stat

import pytest
from typer.testing import CliRunner

from autograder import cli
from tests.authoring.assignments import CORPUS, write
from tests.authoring.test_importing import OTTER, OTTER_SOLUTION, PYTEST_SOLUTION, PYTESTS
from tests.helpers import ROOT

GUIDE = (ROOT / "docs" / "author.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", GUIDE, re.M | re.S)
COMMANDS = [line for language, block in BLOCKS if not language for line in block.splitlines()]
#: what ends otherwise than with 0: the imported problem set and the guide's class hold what is told
ENDS = {"gradus grade ../class --out ../out": (0, 1)}


def material(root):
    """What the guide's teacher has already, beside the course."""
    write(root / "ps1" / "chemistry.ipynb", CORPUS["chemistry"][0])
    files = {f"lab1/tests/{name}.py": text for name, text in OTTER.items()} | {
        "lab1/lab1.py": OTTER_SOLUTION, "homework/test_means.py": PYTESTS, "homework/solution.py": PYTEST_SOLUTION,
        "class/ada/moving_average.py": "def moving_average(values, shift=1.0):\n    return values\n",
    }  # fmt: skip
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def seen(folder):
    """Every file below a folder with when it was written."""
    return {
        path: path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.skipif(not COMMANDS, reason="the guide has no commands")
def test_the_guide(tmp_path, monkeypatch):
    """each command ends as the guide says, and neither the package nor the material beside the course is written"""
    material(tmp_path)
    monkeypatch.chdir(tmp_path)
    package = seen(ROOT / "autograder" / "pages") | seen(ROOT / "course") | seen(tmp_path / "ps1")
    ran = 0
    for line in COMMANDS:
        words = shlex.split(line)
        if words[0] == "cd":
            monkeypatch.chdir(os.path.abspath(words[1]))
            continue
        assert words[0] == "gradus", line
        said = CliRunner().invoke(cli.app, words[1:])
        assert said.exit_code in ENDS.get(line, (0,)), f"{line}\n{said.output}\n{said.exception!r}"
        ran += 1
    assert ran >= 14
    assert package == seen(ROOT / "autograder" / "pages") | seen(ROOT / "course") | seen(tmp_path / "ps1")
    assert stat.S_ISDIR((tmp_path / "my_work" / "lessons").stat().st_mode)
