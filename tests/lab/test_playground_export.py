"""The exported script is the run: it prints the losses that the playground shows."""

from __future__ import annotations

import math
import subprocess
import sys
from typing import Any

import pytest

from autograder.course.trees import trees
from autograder.lab.playground import state as states
from autograder.lab.playground.export import needed_of, script
from autograder.lab.playground.inside.play import Playground
from autograder.lab.playground.parts import course_sources

COURSE = course_sources(trees())
#: helpers of the same name on two pages, of which one page is a notebook with a cell that is no Python
OTHER = """import torch
def helper(z):
    return torch.nn.functional.softplus(z)
def bce_with_logits(z, y):
    return (helper(z) - y * z).mean()
"""
CELLS = ("import torch", "!pip list", "def helper(x):\n    return x.tanh()", "def tanh(x):\n    return helper(x)")
OWN: dict[str, tuple[str, ...]] = {page: (text,) for page, text in COURSE.items()}
TWINS = {**OWN, "activations": CELLS, "classification_losses": (OTHER,)}

#: names that are bound again, from what they were before, and things that are changed where they stand
AGAIN = {
    **OWN,
    "activations": (COURSE["activations"], "TABLE = {}\nTABLE['slope'] = 1.0\nTABLE.update(slope=1.3)\n"
                    "if TABLE:\n    def _bend(x):\n        return TABLE['slope'] * torch.tanh(x)\n\n"
                    "def tanh(x):\n    return _bend(x) + 0.01 * x\n"),
    "optimizers": (COURSE["optimizers"], "class Late(SGD):\n    def step(self):\n        super().step()\n\nSGD = Late\n"
                   "def _step(self, before=SGD.step):\n    before(self)\n\nSGD.step = _step\n"),
}  # fmt: skip
RUNS: dict[str, dict[str, Any]] = {
    "default": {},
    "all": {
        "data": "spiral", "n": 100, "hidden": [6, 5, 4], "acts": ["relu", "linear", "gelu"], "dropout": 0.1,
        "l1": 0.001, "l2": 0.01, "optimizer": "Adam", "lr": 0.01, "init": "he", "features": ["x", "sinx", "xy"],
        "scale": {"x": 3.0}, "standardise": True, "clip": "norm", "loss": "cross_entropy", "flip": 0.2, "seed": 5,
        "changes": [[20, "lr", 0.1], [30, "batch", 40], [40, "optimizer", "Momentum"], [60, "dropout", 0.4],
                    [70, "momentum", 0.5], [80, "lr_decay", 0.01], [90, "optimizer", "Nadam"], [95, "momentum", 0.1]],
    },
    "numbers": {"data": "bump", "loss": "huber", "hidden": [], "acts": [], "lr_decay": 0.01, "clip": "value"},
    "twins": {},
    "again": {"dropout": 0.2, "hidden": [5, 4], "acts": ["tanh", "relu"], "lr": 0.1},
    "own points": {
        "data": "points", "points": [[1, 2, 0], [2, 1, 1], [-3, -1, 0], [-1, -2, 1], [0, 0, 1]], "loss": "hinge",
        "batch": 2, "init": "xavier",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", RUNS)
def test_the_script_prints_the_same_losses(name, tmp_path):
    """Twenty-one times, to nine digits, in a process that has nothing but torch"""
    state = states.read(RUNS[name])
    own = {"twins": TWINS, "again": AGAIN}.get(name, OWN)
    here = Playground({page: list(cells) for page, cells in own.items()}, COURSE)
    shown = here.measure(states.plain(state), list(range(0, 201, 10)))
    used = {part: note["whose"] for part, note in here.notes().items()}
    assert set(used.values()) == {"yours"}
    path = tmp_path / "run.py"
    path.write_text(script(state, 0, used, own, COURSE), encoding="utf-8")
    done = subprocess.run([sys.executable, "-P", str(path)], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    printed = [line.split()[1:3] for line in done.stdout.splitlines()]
    wanted = [[f"{loss:.9g}" for loss in losses if not math.isnan(loss)] for losses in shown]
    assert printed == wanted


def test_only_what_is_needed_is_taken():
    """A definition comes with those it makes use of, and with no other"""
    imports, kept = needed_of(COURSE["activations"], ["tanh"])
    assert [name for name, _ in kept] == ["sigmoid", "tanh"]
    assert imports == ["import torch"]
