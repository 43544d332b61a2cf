"""What the tests of the teacher's desk share: the command line in this process, and a class on the tiny course."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from autograder import cli
from autograder.errors import GradusError
from tests.helpers import SOLUTION

BODY = "return x * factor + 1"
#: who hands in what
CLASS = {
    "ada": SOLUTION,
    "bob": SOLUTION.replace(BODY, "return x * 2.0 + 1"),
    "=cyd": SOLUTION.replace(BODY, "return x * factor"),
    "Müller, Zoë 😀": SOLUTION.replace(BODY, "assert x.numel()\n    return x * factor + 1"),
    "eve": "",
}
assert len(set(CLASS.values())) == len(CLASS)


def invoke(*arguments: object) -> tuple[int, str, str]:
    """Run `gradus`, errors handled as it does: (exit code, stdout, stderr)."""
    plain = {"NO_COLOR": "1", "FORCE_COLOR": None, "COLUMNS": "200", "GRADUS_COURSE": None}
    result = CliRunner().invoke(cli.app, [str(a) for a in arguments], env=plain)
    if isinstance(result.exception, GradusError):
        return 2, result.stdout, f"{result.stderr}gradus: {result.exception}\n"
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def hand_in(folder: Path, files: dict[str, str] = CLASS) -> Path:
    """A class folder with these sources for the tiny course's page; the folder."""
    for student, source in files.items():
        (folder / student).mkdir(parents=True)
        (folder / student / "scaled.py").write_text(source, encoding="utf-8")
    return folder


def document(out: Path) -> dict:
    """A grades.json without the seconds and the run's own facts."""
    found = json.loads((out / "grades.json").read_text(encoding="utf-8"))
    return {**found, "run": found["run"]["seed"], "grades": [{**g, "seconds": 0} for g in found["grades"]]}


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, byte for byte."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
