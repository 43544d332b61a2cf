"""The section of RESULTS.md on what the checks prove: from what verify prints, by a command."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

from autograder.authoring.breakers.page import Fate, Page
from autograder.authoring.verify import Report
from benchmarks.promises import section
from tests.helpers import ROOT

FATES = tuple(Fate("f", "inputs", what, fate) for what, fate in
              (("a", "dies"), ("b", "dies"), ("c", "survives"), ("d", "waived"), ("e", "does not apply")))  # fmt: skip
REPORTS = [
    Report("one/a", seeds=5, breakers=Page("one/a", FATES), unproved=["f: an error"]),
    Report("one/b", faults=["test_x decides by chance: 'solution' at seed 4"], seeds=200),
]


def test_figures_are_counted_page_by_page_and_added_up():
    """what applies is what dies, is waived or survives; seeds and promises stand beside; chance is named"""
    lines = section([dataclasses.asdict(report) for report in REPORTS]).splitlines()
    assert "| one/a | 4 | 2 | 1 | 1 | 5 | 1 |" in lines
    assert "| one/b | 0 | 0 | 0 | 0 | 200 | 0 |" in lines
    assert "| **all** | 4 | 2 | 1 | 1 |  | 1 |" in lines
    assert "- one/b: test_x decides by chance: 'solution' at seed 4" in lines
    assert "Nobody who was graded at several seeds was judged by chance." in section([dataclasses.asdict(REPORTS[0])])


def test_the_command_reads_what_verify_prints(tmp_path):
    """`--print` writes nothing"""
    file = tmp_path / "verify.json"
    file.write_text(json.dumps([dataclasses.asdict(report) for report in REPORTS]))
    command = [sys.executable, "benchmarks/promises.py", "--print", str(file)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.startswith("## What the checks prove\n")
    assert "| one/b |" in said
