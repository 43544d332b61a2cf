"""Stopped hard at random points: nothing finished is lost, nothing counted twice, the next run goes on.

A few trials run with the suite; ``make faults`` runs fifty.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox.worker.watchdog import children
from tests.helpers import GOOD, PAGE, SOLUTION, make_course

TRIALS = int(os.environ.get("GRADUS_FAULT_TRIALS", "4"))
STUDENTS = 16
TARGETS = ("worker", "template", "judge", "run")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds its targets through /proc, which only Linux has")


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A tiny course, and a class of right, wrong and broken submissions."""
    root = tmp_path_factory.mktemp("faults")
    make_course(root / "course", {PAGE: GOOD})
    wrong = SOLUTION.replace("x * factor + 1", "x * factor")
    slow = SOLUTION.replace("    return x * factor", "    import time; time.sleep(0.1)\n    return x * factor")
    for number in range(STUDENTS):
        folder = root / "class" / f"student{number:02}"
        folder.mkdir(parents=True)
        (folder / "scaled.py").write_text((SOLUTION, wrong, slow, "def scaled(:\n")[number % 4])
    return root


def start(place: Path, out: Path) -> subprocess.Popen[bytes]:
    """A grading run of its own."""
    command = [sys.executable, "-c", "from autograder.cli import entry; entry()", "grade", str(place / "class")]
    command += ["--out", str(out), "--seed", "3", "--jobs", "2"]
    where = {**os.environ, "GRADUS_COURSE": str(place / "course")}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, env=where, stdin=quiet, stdout=quiet, stderr=subprocess.PIPE)


def grades(out: Path) -> list[dict]:
    """What ``grades.json`` says, without what differs from run to run."""
    document = json.loads((out / "grades.json").read_text())
    return [{k: v for k, v in grade.items() if k != "seconds"} for grade in document["grades"]]


@pytest.fixture(scope="module")
def undisturbed(place) -> tuple[list[dict], float]:
    """The grades of a run that nobody stops, and how long it takes."""
    began = time.monotonic()
    run = start(place, place / "undisturbed")
    assert run.wait(300) == 0, run.stderr.read()
    found = grades(place / "undisturbed")
    assert [g["points"] for g in found] == [3.0, 0.0, 3.0, 0.0] * (STUDENTS // 4)
    return found, time.monotonic() - began


def family(pid: int) -> Iterator[int]:
    """The processes below `pid`."""
    tree = children()
    todo = list(tree.get(pid, ()))
    while todo:
        one = todo.pop()
        yield one
        todo += tree.get(one, ())


def arguments(pid: int) -> list[bytes]:
    """The command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def targets(run: int, kind: str) -> list[int]:
    """The processes of one kind that belong to a run."""
    if kind == "run":
        return [run]
    tree = children()
    if kind == "judge":
        return [pid for pid in tree.get(run, ()) if b"grade" in arguments(pid)]
    python = [pid for pid in family(run) if b"-S" in arguments(pid) and b"bwrap" not in arguments(pid)[0]]
    templates = [pid for pid in python if not any(pid in tree.get(other, ()) for other in python)]
    return templates if kind == "template" else [pid for pid in python if pid not in templates]


def stop_one(run: subprocess.Popen[bytes], kind: str, chance: random.Random, until: float) -> bool:
    """Stop one process of a kind hard; False when none was to be found before the run's end."""
    while run.poll() is None and time.monotonic() < until:
        found = targets(run.pid, kind)
        if found:
            try:
                os.kill(chance.choice(found), signal.SIGKILL)
                return True
            except ProcessLookupError:
                pass
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("trial", range(TRIALS))
def test_stopped_hard(place, undisturbed, trial, tmp_path):
    """whatever is killed, at whatever moment, the grades in the end are those of an undisturbed run"""
    expected, seconds = undisturbed
    chance = random.Random(trial)
    kind = TARGETS[trial % len(TARGETS)]
    run = start(place, tmp_path / "out")
    time.sleep(chance.uniform(0.3, 0.9) * seconds)
    before = {run.pid, *family(run.pid)}
    stopped = stop_one(run, kind, chance, time.monotonic() + 2 * seconds)
    code = run.wait(300)
    assert code == (-signal.SIGKILL if kind == "run" and stopped else 0), run.stderr.read()
    if kind == "run" and stopped:
        deadline = time.monotonic() + 20
        while any(arguments(pid) for pid in before) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not [pid for pid in before if arguments(pid)], "processes of the stopped run are left"
    again = start(place, tmp_path / "out")
    assert again.wait(300) == 0, again.stderr.read()
    assert grades(tmp_path / "out") == expected


def test_a_second_run_on_the_same_folder_is_refused(place, undisturbed, tmp_path):
    """two runs do not write into one folder; the second says so in one line, and the first is not disturbed"""
    first = start(place, tmp_path / "out")
    until = time.monotonic() + 60
    while not (tmp_path / "out" / ".lock").exists() and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(first.pid, signal.SIGSTOP)  # else it may be done before the second has begun
    try:
        second = start(place, tmp_path / "out")
        assert second.wait(120) == 2
    finally:
        os.kill(first.pid, signal.SIGCONT)
    assert b"another run is at work here" in second.stderr.read()
    assert first.wait(300) == 0
    assert grades(tmp_path / "out") == undisturbed[0]
