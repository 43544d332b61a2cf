"""Plain pytest on the checks: the solution by default, another file with --submission."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from autograder.course import trees as paths
from autograder.judging.plugin import address_of
from tests.helpers import CHECKS, PAGE, ROOT, SOFTMAX, SOLUTION, make_course, page

RIGHT = (ROOT / "solutions" / f"{SOFTMAX}.py").read_text(encoding="utf-8")
#: by hand everywhere but in softmax, which is borrowed and along the wrong dim
WRONG = RIGHT.replace("shifted = logits - logits.amax(dim, keepdim=True)", "return torch.softmax(logits, -1)")
SKIPPING = '''

def test_data(student):
    """the data is here"""
    pytest.skip("MNIST is not here")
'''
BY_HAND = '''

@forbids("torch.add", of="scaled")
def test_by_hand(student):
    """written without torch.add"""
    student.scaled(torch.zeros(1))
'''


def run_pytest(*arguments, cwd=ROOT):
    """A plain pytest in a process of its own, as anybody would type it."""
    env = {k: v for k, v in os.environ.items() if k not in ("PYTEST_ADDOPTS", "NO_COLOR", "FORCE_COLOR")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rs", *map(str, arguments)],
        cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def outcomes(said):
    """How many tests ended how, from pytest's last line."""
    return {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|skipped|error)", said.stdout)}


def test_addresses_of_check_files():
    """a check file belongs to the exercise at its address; another file to none"""
    trees = paths.trees()
    assert address_of(trees.check(SOFTMAX), trees) == SOFTMAX
    assert address_of(trees.solution(SOFTMAX), trees) is None


def test_the_solution_passes():
    """`pytest autograder/pages/…` grades the reference solution, which passes every check"""
    said = run_pytest(f"autograder/pages/{SOFTMAX}/test_softmax.py")
    assert said.returncode == 0, said.stdout
    assert outcomes(said) == {"passed": 11}


def test_a_wrong_file_fails_and_says_why(tmp_path):
    """with --submission another file is graded: what is wrong fails with the judge's own message"""
    path = tmp_path / "mine.py"
    path.write_text(WRONG)
    said = run_pytest(
        f"autograder/pages/{SOFTMAX}/test_softmax.py", "--submission", path,
        "-k", "every_dim or by_hand or logsumexp or temperature",
    )  # fmt: skip
    assert said.returncode == 1
    assert outcomes(said) == {"passed": 2, "failed": 3}
    for part in ("call        softmax(", "came back   tensor(", "expected    tensor(", "differs     at ["):
        assert part in said.stdout
    assert "test_every_dim" in said.stdout
    assert re.search(r"write it yourself, without .*torch\.softmax", said.stdout)
    assert "INTERNALERROR" not in said.stdout


def test_skips_and_rules(tmp_path):
    """a check that skips is skipped with its reason, a broken rule fails although the values are right"""
    checks = "import pytest\n\nfrom autograder.checking import forbids\n" + CHECKS + SKIPPING + BY_HAND
    make_course(tmp_path, {PAGE: page(checks=checks)})
    path = tmp_path / "mine.py"
    path.write_text(SOLUTION.replace("return x * factor + 1", "return torch.add(x * factor, 1)"))
    said = run_pytest(
        tmp_path / "autograder" / "pages", "--course", tmp_path, "-c", ROOT / "pyproject.toml", "--rootdir", tmp_path,
        "--submission", path,
    )  # fmt: skip
    assert said.returncode == 1, said.stdout + said.stderr
    assert outcomes(said) == {"passed": 2, "skipped": 1, "failed": 1}
    assert "MNIST is not here" in said.stdout
    assert "without torch.add" in said.stdout
