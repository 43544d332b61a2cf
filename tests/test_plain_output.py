"""Output where the encoding lacks our signs, and where nobody reads on: plain, whole, and no error."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.helpers import ROOT, gradus

SAY = """
from rich.table import Table
from autograder.report.terminal import console, degrade_signs
degrade_signs()
table = Table("page", "points", title="ünder · ☠")
table.add_row("✓ softmax — ok", "█████░░ 3 → 2 😀 日本")
console().print(table)
"""


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1", "utf-8"])
def test_signs_are_degraded(encoding):
    """tables, signs and students' own letters come out in any encoding, each in its plain form where it lacks one"""
    done = subprocess.run(
        [sys.executable, "-c", SAY],
        env={"PYTHONIOENCODING": encoding, "PATH": "/usr/bin"},
        cwd=ROOT,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode(encoding)
    assert ("✓ softmax" if encoding == "utf-8" else "+ softmax") in text
    assert ("3 → 2 😀" if encoding == "utf-8" else "3 -> 2 \\U0001f600") in text


@pytest.mark.parametrize("env", [{"PYTHONIOENCODING": "cp1252"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0"}])
def test_a_command_in_a_poor_encoding(env):
    """the list of pages, whose titles hold what these encodings lack, ends well"""
    done = gradus("list", env=env)
    assert (done.returncode, done.stderr) == (0, "")


def test_who_reads_no_further_is_no_error():
    """`gradus list | head -1` ends with 0, without a word"""
    command = f"{sys.executable} -c 'from autograder.cli import entry; entry()' list; echo $? >&2"
    done = subprocess.run(["bash", "-c", f"({command}) | head -1 >/dev/null"], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr.strip() == "0"


@pytest.mark.parametrize(("columns", "width"), [("90", 90), ("", 160), ("0", 160), ("wide", 160)])
def test_a_pipe_is_as_wide_as_columns_says(columns, width):
    """`COLUMNS=90 gradus book | less` has lines of 90 columns; without it there is room for a wide table"""
    ask = "from autograder.report.terminal import console; print(console().width)"
    done = subprocess.run(
        [sys.executable, "-c", ask], env={"COLUMNS": columns, "PATH": "/usr/bin"}, cwd=ROOT, capture_output=True
    )
    assert int(done.stdout) == width
