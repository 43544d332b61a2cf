"""GitHub's workflows: what the format allows, and no step that CI here does not have too."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys

import pytest
import yaml

from tests.helpers import ROOT

FLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
#: what a step may run beside the scripts below: it sets the machine up
MACHINE = re.compile(
    r"sudo (apt-get install -y -qq bubblewrap|sysctl -w kernel\.apparmor_restrict_unprivileged_userns=0)$"
)


def steps(flow):
    """Every step of a workflow."""
    jobs = yaml.safe_load(flow.read_text(encoding="utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


def test_the_format():
    """all of them are what GitHub's own schema of workflows allows"""
    pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed here")
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *FLOWS]
    done = subprocess.run(check, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {flow.stem for flow in FLOWS} == {"tests", "book", "release", "nightly"}


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.stem)
def test_they_run_what_ci_runs(flow):
    """each command is a script of .ci or a target of the Makefile that is there, so that the two cannot drift"""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    whole = yaml.safe_load(flow.read_text(encoding="utf-8"))
    for step in steps(flow):
        for line in step.get("run", "").splitlines():
            if MACHINE.match(line):
                continue
            made = re.match(r"make (\$\{\{ matrix\.task \}\}|[a-z]+)( [A-Z_]+=\d+)*$", line)
            if made:
                named = {made[1]} if made[1][0] != "$" else set(whole["jobs"]["nightly"]["strategy"]["matrix"]["task"])
                assert named <= targets, f"{flow.name}: make {named - targets}"
                continue
            script = re.match(r"(?:bash |python3? |\.venv/bin/python )?(\.ci/[\w.]+)( |$)", line)
            assert script, f"{flow.name}: {line}"
            assert (ROOT / script[1]).is_file(), line


def test_ci_itself_is_one_of_the_jobs():
    """the job `whole` is .ci/run, on a machine where the sandbox may be what it is"""
    (job,) = [step["run"] for step in steps(ROOT / ".github/workflows/tests.yml") if "run" in step][1:2]
    assert job == "bash .ci/run"


def test_the_matrix_is_that_of_the_classifiers():
    """Pythons and systems that are promised are tried, those that are not are not"""
    session = runpy.run_path(str(ROOT / ".ci" / "session.py"))
    found = session["matrix"]()
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert found["python"] == re.findall(r"Python :: (3\.\d+)", text)
    assert {name.partition("-")[0] for name in found["system"]} == {"ubuntu", "macos", "windows"}
    for tests in session["LINUX"], session["ELSEWHERE"]:
        assert [one for one in tests if not (ROOT / one).exists()] == []
