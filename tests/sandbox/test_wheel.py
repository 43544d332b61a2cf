"""From an installed wheel: what a worker must not see lies beside what it must, and it cannot be read or imported."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import sklearn
import torch

from autograder.sandbox.host import probe
from tests.helpers import ROOT

#: runs in a worker; every value is what an attempt came to
CANARY = """
import importlib, importlib.util, os, sys

def attempt(what):
    try:
        what()
        return "reached"
    except BaseException as error:
        return type(error).__name__

def opened(path):
    with open(path, "rb") as file:
        file.read(1)

def by_path(path):
    spec = importlib.util.spec_from_file_location("stolen", path)
    spec.loader.get_code("stolen")

def from_its_folder(path):
    sys.path.insert(0, os.path.dirname(path))
    try:
        importlib.import_module(os.path.basename(path)[:-3])
    finally:
        del sys.path[0]

def digits():
    from sklearn.datasets import load_digits
    load_digits()

def look(files, names, folders):
    found = {"open " + path: attempt(lambda: opened(path)) for path in files}
    sources = [path for path in files if path.endswith(".py")]
    found |= {"load " + path: attempt(lambda: by_path(path)) for path in sources}
    found |= {"import from " + path: attempt(lambda: from_its_folder(path)) for path in sources[::40]}
    found |= {"import " + name: attempt(lambda: importlib.import_module(name)) for name in names}
    found |= {"list " + path: attempt(lambda: os.listdir(path)) for path in folders}
    found["labels"] = attempt(digits)
    return {what: outcome for what, outcome in found.items() if outcome == "reached"}, len(found)
"""

#: runs with the installed package: a level's worker, the canary, what it reached
LOOK = """
import json, sys
from pathlib import Path
import autograder
from autograder.course import trees as paths
from autograder.sandbox.host import base, forked, probe
from autograder.sandbox.host.student import Student

level, canary = sys.argv[1:]
package = Path(autograder.__file__).parent
trees = paths.trees()
assert trees.root == package / "trees", trees.root
kinds = {"solutions": trees.solutions, "pages": trees.pages, "data": trees.data, "course": trees.course,
         "engine": package / "sandbox"}
files = {kind: sorted(str(path) for path in folder.rglob("*") if path.is_file()) for kind, folder in kinds.items()}
assert all(files.values()), {kind: len(of) for kind, of in files.items()}
import sklearn
labels = Path(sklearn.__file__).parent / "datasets" / "data"
files["labels"] = sorted(map(str, labels.glob("*.csv*")))
names = ["autograder", "autograder.judging.exam", "autograder.course.trees", "autograder.trees.solutions"]
names += ["autograder.pages"]
template = forked.Template(level)
try:
    student = Student(template, base.Limits())
    failures = student.load_source("canary", canary)
    assert not failures, failures
    student.begin(0, 60)
    folders = [str(package), *map(str, kinds.values()), str(labels)]
    reached, tried = student.look(sum(files.values(), []), names, folders)
    student.close()
finally:
    template.close()
print(json.dumps({"reached": sorted(reached), "tried": tried, "files": {kind: len(of) for kind, of in files.items()}}))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    """The interpreter of an environment in which the wheel is installed, beside the libraries of ours."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("a wheel is built with hatchling, which is not installed here")
    root = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    steps = [
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", root, ROOT],
        [sys.executable, "-m", "venv", "--without-pip", root / "bare"],
    ]
    bookless = {**os.environ, "GRADUS_BOOK": "no"}  # to build it here would take longer than all else
    for step in steps:
        subprocess.run(step, check=True, capture_output=True, timeout=120, text=True, env=bookless)
    found = root / "bare" / ("Scripts" if os.name == "nt" else "bin") / "python"
    (wheel,) = root.glob("*.whl")
    install = ["install", "--no-deps", "--no-index", "--no-compile", wheel]
    subprocess.run([*pip, "--python", found, *install], check=True, capture_output=True, timeout=120)
    where = [found, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    asked = subprocess.run(where, capture_output=True, text=True, check=True)
    site = Path(asked.stdout.strip())
    for folder in {Path(module.__file__).parents[1] for module in (torch, sklearn, pytest)}:
        for entry in folder.iterdir():  # torch and the others beside it, but not our checkout
            if "gradus" not in entry.name and entry.suffix != ".pth" and not (site / entry.name).exists():
                (site / entry.name).symlink_to(entry)
    return found


def look(python: Path, level: str) -> dict:
    """What a worker of a level reaches, where the wheel is installed."""
    environment = {k: v for k, v in os.environ.items() if k not in ("GRADUS_COURSE", "PYTHONPATH")}
    done = subprocess.run(
        [python, "-P", "-c", LOOK, level, CANARY], cwd=python.parent, env=environment, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_nothing_of_an_installed_course_is_reached(python, level):
    """no solution, check, misconception, variant, lesson, data file or label can be opened or imported

    Nor listed, but with Landlock, which lets names be seen below a folder from which anything is imported.
    """
    found = probe.probe(level)
    if not found.works:
        pytest.skip(f"no {level} here: {found.detail}")
    got = look(python, level)
    assert min(got["files"].values()) > 0, got["files"]
    assert got["tried"] > sum(got["files"].values())
    reached = [what for what in got["reached"] if level != "landlock" or not what.startswith("list ")]
    assert reached == []


def test_the_canary_would_notice(python):
    """where nothing is kept from a worker, the same attempts reach all of it but our package's names"""
    got = look(python, "plain")
    opened = [what for what in got["reached"] if what.startswith("open ")]
    assert len(opened) == sum(got["files"].values())
    assert any("/datasets/data/" in what for what in opened)  # the labels lie open, and are refused by import alone
    assert "labels" not in got["reached"]
    assert "import autograder" not in got["reached"]


#: runs several commands, one after another, and says how each ended
COMMANDS = """
import sys
from autograder.cli import entry

for words in map(str.split, sys.argv[1:]):
    sys.argv[1:] = words
    try:
        entry()
    except SystemExit as end:
        print("ended", end.code or 0)
"""


def gradus(under: tuple[str | Path, ...], cwd: Path, *commands: str) -> tuple[list[int], str]:
    """Run commands of the installed package in a folder: how each ended, and all that they said."""
    environment = {k: v for k, v in os.environ.items() if k not in ("GRADUS_COURSE", "PYTHONPATH")}
    done = subprocess.run(
        [*under, "-P", "-B", "-c", COMMANDS, *commands], cwd=cwd, env=environment | {"TMPDIR": str(cwd)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return [int(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("ended ")], done.stdout


def alone_writable(folder: Path) -> tuple[str | Path, ...]:
    """A command under which nothing but this folder can be written, not even by root, where bubblewrap works here."""
    under = ("bwrap", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--bind", folder, folder)
    try:
        tried = subprocess.run([*under, "true"], check=False, capture_output=True, timeout=60)
    except OSError:
        return ()
    return under if tried.returncode == 0 else ()


def test_a_course_of_ones_own_beside_the_installed_one(python, tmp_path):
    """the installed course refuses to be written; one of one's own works where all that is not its own is read-only

    Where bubblewrap does not work, that the package stays as it was shows it alone.
    """
    (package,) = python.parents[1].glob("**/site-packages/autograder")

    def files():
        return {p: p.stat().st_mtime_ns for p in package.rglob("*") if p.is_file() and "__pycache__" not in p.parts}

    before = files()
    own = tmp_path / "mine"
    own.mkdir()
    under = (*alone_writable(own), python)
    ended, said = gradus(under, own, "new s1_math/mine", "build")
    assert ended == [2, 2], said
    assert said.count("gradus new-course DIR") == 2
    assert not list(own.iterdir())
    ended, said = gradus(
        under, own, "new-course .", "new s1_first/second --plain", "build", "verify second --level draft"
    )
    assert ended == [0, 0, 0, 0], said
    assert f"note: course Mine, {own}" in said
    assert "s1_first/second" in said
    assert files() == before
