"""Without fork, descriptors that pass, resource limits and terminals: what Windows lacks is gone, and Gradus runs.

Windows itself was not at hand: file names, consoles and its own torch are not tried here.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.helpers import PAGE, ROOT, SOFTMAX, make_course, page

GRADUS = ("-c", "from autograder.cli import entry; entry()")
WITHOUT = str(Path(__file__).parent / "elsewhere")
RIGHT = (ROOT / "solutions" / f"{SOFTMAX}.py").read_text(encoding="utf-8")
WRONG = RIGHT.replace("    shifted = logits - logits.amax(dim, keepdim=True)", "    shifted = logits")


def elsewhere(*command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python on a system without what Windows lacks."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "GRADUS"))}
    path = f"{WITHOUT}{os.pathsep}{ROOT}"
    return subprocess.run(
        [sys.executable, *command], cwd=cwd, capture_output=True, text=True, timeout=240, check=False,
        stdin=subprocess.DEVNULL, env={**kept, "PYTHONPATH": path, "NO_COLOR": "1", **environment},
    )  # fmt: skip


def test_what_is_missing_is_missing(tmp_path):
    """there is no fork, no descriptor passes, no limit can be set"""
    said = elsewhere("-c", "import os; print(hasattr(os, 'fork'))\nimport resource", cwd=tmp_path)
    assert said.stdout == "False\n"
    assert "ModuleNotFoundError" in said.stderr


def test_check_names_the_mistake(tmp_path):
    """`gradus check` of a known mistake: graded, named, repeatable; no word of a traceback"""
    (tmp_path / "softmax.py").write_text(WRONG)
    said = elsewhere(*GRADUS, "check", "softmax", "softmax.py", cwd=tmp_path)
    assert said.returncode == 1, said.stderr
    assert "exponentiates without subtracting the maximum" in said.stdout
    assert "6 of 11 points" in said.stdout
    assert said.stderr == ""


def test_a_class_gets_the_grades_that_it_gets_here(tmp_path):
    """right, wrong, ended and broken: the same statuses, points and diagnoses as from forked workers"""
    trees = make_course(tmp_path / "course", {PAGE: page()})
    sources = {
        "right": trees.solution(PAGE).read_text(),
        "wrong": "def scaled(x, factor=2.0): return x + factor",
        "ended": "import os\ndef scaled(x, factor=2.0): os._exit(1)",
        "broken": "def scaled(x:",
    }
    for student, source in sources.items():
        own = tmp_path / "class" / student
        own.mkdir(parents=True)
        (own / "scaled.py").write_text(source)
    told = []
    for name, environment in (("here", {"PYTHONPATH": str(ROOT)}), ("elsewhere", {})):
        said = elsewhere(
            *GRADUS, "grade", "class", "--out", name, "--seed", "3", "--jobs", "2",
            cwd=tmp_path, GRADUS_COURSE=str(tmp_path / "course"), TMPDIR=str(tmp_path), **environment,
        )  # fmt: skip
        assert said.returncode == 0, said.stderr
        run = json.loads((tmp_path / name / "grades.json").read_text())
        told.append(
            [
                (
                    g["student"],
                    g["status"],
                    g["points"],
                    [(c["status"], (c["failure"] or {}).get("diagnosis")) for c in g["checks"]],
                )
                for g in run["grades"]
            ]
        )
    assert told[0] == told[1]
    assert [status for _, status, _, _ in told[1]] == ["error", "crashed", "passed", "failed"]
    assert run["run"]["isolation"] == "plain"


def test_the_judge_beside_an_editor(tmp_path):
    """what `gradus watch` asks is answered, twice, over a line that the judge opened itself"""
    (tmp_path / "ask.py").write_text(
        "import sys\nfrom autograder.live.client import BenchClient\n"
        "client = BenchClient()\n"
        "for source in open('right.py').read(), open('wrong.py').read():\n"
        f"    answer = client.ask({{'exercise': '{SOFTMAX}', 'filename': 'softmax.py', 'cells': [source]}})\n"
        "    print(answer.grade.status, answer.grade.points)\n"
        "client.close()\n"
    )
    (tmp_path / "right.py").write_text(RIGHT)
    (tmp_path / "wrong.py").write_text(WRONG)
    said = elsewhere("ask.py", cwd=tmp_path)
    assert said.stdout == "passed 11.0\nfailed 6.0\n", said.stderr


def test_doctor_says_what_there_is(tmp_path):
    """`gradus doctor` ends well and names the one level there is"""
    said = elsewhere(*GRADUS, "doctor", cwd=tmp_path, TMPDIR=str(tmp_path))
    assert said.returncode == 0, said.stderr
    assert "graded with isolation plain" in said.stdout
    assert "Traceback" not in said.stdout + said.stderr


def test_a_notebook_says_what_to_do(tmp_path):
    """live checks fork the notebook; without fork the extension says which command checks the saved file"""
    said = elsewhere(
        "-c", "from IPython.core.interactiveshell import InteractiveShell as S\ns = S.instance()\n"
        "s.run_line_magic('load_ext', 'autograder')", cwd=tmp_path,
    )  # fmt: skip
    assert re.search(r"gradus check (\w+) \1\.ipynb", said.stdout + said.stderr)  # a page of the course
