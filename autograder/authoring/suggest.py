"""The next entries of a page's catalogue: the wrong answers of a real class that no known mistake explains."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ..model import ENDS, CheckResult, Exercise, Failure, Grade, Submission
from .build import DEFINITIONS
from .noise import alike

SHOWN = 3  #: calls of a group that are shown


@dataclass(frozen=True)
class Group:
    """Submissions that answer wrongly alike, and are named by no misconception.

    Args:
        students: who handed them in.
        checks: what they do not pass.
        function: the definition that it is about, "" where none is known.
        calls: of the first wrong calls, what was called, what came back, what was expected, and where and how the two
            differ, in as many digits as that takes.
        code: the shortest of their definitions.
        entry: how the entry of the catalogue would begin; "" without code, as where a file is no Python.
    """

    students: tuple[str, ...]
    checks: tuple[str, ...]
    function: str
    calls: tuple[tuple[str, str, str, str], ...]
    code: str
    entry: str


def groups(grades: list[Grade], submissions: list[Submission], exercise: Exercise) -> list[Group]:
    """Return the groups of equal wrong answers that nothing names, the largest first.

    Args:
        grades: made with one seed, so that equal code meets equal inputs.
    """
    sources = {one.student: one for one in submissions if one.exercise == exercise.address}
    unnamed = [
        grade for grade in grades
        if grade.exercise == exercise.address and _wrong(grade) and not any(c.diagnosis for c in _wrong(grade))
    ]  # fmt: skip
    found: list[tuple[dict[str, CheckResult], list[Grade]]] = []
    # what a busy machine did not let a check see is no answer: such a grade joins those that it agrees with in the rest
    for grade in sorted(unnamed, key=lambda grade: -len(_known(grade))):
        known = _known(grade)
        home = next((members for seen, members in found if _agree(seen, known)), None)
        if home is None:
            found.append((known, [grade]))
        else:
            home.append(grade)
    told = [_group(members, sources) for _, members in found]
    return sorted(told, key=lambda group: (-len(group.students), group.students))


def doubtful(grades: list[Grade]) -> list[Grade]:
    """Return the grades in which a check ended as a busy machine may make it end: they are worth another try."""
    return [grade for grade in grades if any(not ENDS[check.status].certain for check in grade.checks)]


def unanswered(grades: list[Grade]) -> list[Grade]:
    """Return the grades that are in no group though not all is right: no check got an answer that could be compared."""
    right = ("passed", "skipped")
    return [grade for grade in grades if not _wrong(grade) and any(c.status not in right for c in grade.checks)]


def _wrong(grade: Grade) -> list[CheckResult]:
    return [check for check in grade.checks if check.status in ("failed", "error")]


def _known(grade: Grade) -> dict[str, CheckResult]:
    """Return the checks that ended by the answer that they got."""
    return {check.name: check for check in grade.checks if ENDS[check.status].certain}


def _agree(a: dict[str, CheckResult], b: dict[str, CheckResult]) -> bool:
    """Tell whether two agree wherever both are known, a wrong answer among that."""
    both = a.keys() & b.keys()
    same = all(a[name].status == b[name].status and alike(a[name].failure, b[name].failure) for name in both)
    return same and any(a[name].status in ("failed", "error") for name in both)


def _group(members: list[Grade], sources: dict[str, Submission]) -> Group:
    students = tuple(sorted(grade.student for grade in members))
    wrong = [check for check in members[0].checks if check.status in ("failed", "error")]
    failures = [check.failure for check in wrong if check.failure is not None]
    function = next((failure.function for failure in failures if failure.function), "")
    codes = [_definition(sources[student], function) for student in students if student in sources]
    code = min((code for code in codes if code), key=len, default="")
    answers = dict.fromkeys((f.call, f.got, f.expected, _difference(f)) for f in failures)  # a file fails all alike
    calls = tuple(answers)[:SHOWN]
    entry = f'@misconception("what they did", hint="what to look at next", dies_by="{wrong[0].name}")' if code else ""
    return Group(students, tuple(check.name for check in wrong), function, calls, code, entry)


def _difference(failure: Failure) -> str:
    """Return where and how two values differ, or what is wrong where nothing came back; else ""."""
    if failure.kind != "difference":
        return "" if failure.got else failure.reason
    return f"at {failure.where}: {failure.reason}" if failure.where else failure.reason


def _definition(submission: Submission, name: str) -> str:
    """Return the definition of a name as it was handed in, "" where there is none."""
    for cell in reversed(submission.cells):
        try:
            tree = ast.parse(cell)
        except (SyntaxError, ValueError):
            continue
        for node in reversed(tree.body):
            if not isinstance(node, DEFINITIONS):
                continue
            if node.name == name.partition(".")[0]:
                if ast.get_docstring(node) is not None and len(node.body) > 1:
                    node.body = node.body[1:]
                return ast.unparse(node)
    return ""
