"""Rules of style: which names the bodies of a submission use, and which of them a check forbids."""

from __future__ import annotations

from ..checking import Marks
from ..model import Submission
from ..sandbox.host.student import Student

MAX_NAMES = 10_000  #: definitions among which a forbidden name is looked for


def uses(student: Student, submission: Submission) -> dict[str, list[str]]:
    """Return for each definition the names that it uses; those of the student's own modules as ``module.name``."""
    found: dict[str, list[str]] = student.service("names", list(submission.cells))
    taken = set(student.service("loaded")) if submission.files else set()
    for path, content in submission.files:
        if not path.endswith(".py") or len(found) > MAX_NAMES:
            continue
        module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if module.partition(".")[0] in taken:  # named like a library that is there already: that one is found
            continue
        there = student.service("names", [content.decode("utf-8", "replace")])
        found |= {
            f"{module}.{owner}": [f"{module}.{name}" if name in there else name for name in names]
            for owner, names in there.items()
            if owner
        }
    return found


def forbidden(marks: Marks, used_by: dict[str, list[str]]) -> list[str]:
    """Return the names that a check forbids and the submission uses all the same.

    Args:
        used_by: the names that each definition uses.
    """
    todo, seen, used = list(marks.of), set(), set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        names = used_by.get(name, [])
        todo += [n for n in names if n in used_by]
        for rule in marks.forbids:
            method = rule.removeprefix("*.")
            others = [n for n in names if n.endswith("." + method) and n not in used_by]  # a helper is looked into
            if rule in names or (method != rule and others):
                used.add(rule.removeprefix("*"))
    return sorted(used)
