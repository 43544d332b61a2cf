"""A real kernel with a course of small pages, for the tests of what a notebook does with checks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from tests.helpers import page
from tests.nbcourses import PAGES, make_nbcourse

SECONDS = 4  #: limit of a check of the page

_SPIED = '''"""What else a check may do with live objects."""

import torch

from autograder.checking import forbids, points, require


class Double:
    """Doubles, and counts how often."""

    def __init__(self):
        self.calls = 0

    def __call__(self, x):
        self.calls += 1
        return 2 * x


@points(1)
def test_prop(student):
    """what is passed is called"""
    double = student.prop(Double)()
    require(student.apply(double, 21) == 42, "the answer is twice the number", student.apply(double, 21), 42)
    require(double.calls == 2, "it is called once a time", double.calls, 2)


@points(1)
@forbids("torch.softmax", of="soft")
def test_soft(student):
    """rows sum to one"""
    require(abs(float(student.soft(torch.zeros(2)).sum()) - 1) < 1e-6, "it sums to one")
'''


class Kernel:
    """A kernel and the notebook that runs in it."""

    def __init__(self, client):
        self.client = client

    def run(self, source):
        """The outputs of a cell."""
        cell = new_code_cell(source)
        self.client.nb.cells.append(cell)
        self.client.execute_cell(cell, len(self.client.nb.cells) - 1)
        return cell.outputs

    def said(self, source):
        """What a cell printed."""
        outputs = self.run(source)
        assert all(o.output_type == "stream" and o.name == "stdout" for o in outputs), outputs
        return "".join(o.text for o in outputs).strip()

    def card(self, source):
        """(html, text, error, value) of a cell that checks: exactly one card, nothing on stderr."""
        outputs = self.run(source)
        assert not [o for o in outputs if o.output_type == "stream" and o.name == "stderr"], outputs
        shown = [o.data for o in outputs if o.output_type == "display_data"]
        errors = [o for o in outputs if o.output_type == "error"]
        values = [o.data["text/plain"] for o in outputs if o.output_type == "execute_result"]
        assert len(shown) == 1, outputs
        return shown[0]["text/html"], shown[0]["text/plain"], next(iter(errors), None), next(iter(values), None)

    def define(self, answers):
        """A cell with these answers; its number."""
        assert self.run("import torch\n" + "\n\n\n".join(answers.values())) == []
        return self.client.nb.cells[-1].execution_count

    def error(self, source):
        """The error that a cell ended with, without a card."""
        (error,) = self.run(source)
        assert error.output_type == "error"
        return error


@contextmanager
def running_kernel(root: Path) -> Iterator[Kernel]:
    """A kernel in a folder, with the extension loaded."""
    lines = {kind: text.replace("seconds = 20", f"seconds = {SECONDS}") for kind, text in PAGES["one/lines"].items()}
    make_nbcourse(root / "course", pages={**PAGES, "one/lines": lines, "one/spied": page(checks=_SPIED)})
    client = NotebookClient(
        new_notebook(), timeout=120, allow_errors=True, kernel_name="python3", kernel_manager_class=KernelManager
    )
    environment = {**os.environ, "GRADUS_COURSE": str(root / "course")}
    with client.setup_kernel(env=environment, cwd=str(root)):
        kernel = Kernel(client)
        assert kernel.run("%load_ext autograder") == []
        yield kernel
