"""Why an assignment's own solution fails one of its tests as a check: which, at which call, and what explains it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

from ...language import speaking
from ...model import CheckResult, Grade, Settings, Submission
from ...text import told
from .crossing import World
from .opened import PAGE_FILE
from .texts import Test

Lost = tuple[Test, CheckResult | None]
Ask = Callable[..., Sequence[Grade]]

OBJECTS = re.compile(r"<[\w.]+ object>|'Handle'")
_TO_DO = [
    (
        re.compile(r"only values, callables and lent objects"),
        "hand over and compare numbers, texts, lists or arrays "
        "made of it: an object of a library does not cross to the student's process",
    ),
    (re.compile(r"coroutine|'await'"), "test a plain function of the student's that runs it, as with asyncio.run"),
    (
        re.compile(r"a numpy array of dtype"),
        "compare its fields one by one, from a function of the student's: an array of records does not cross",
    ),
    (
        OBJECTS,
        "compare what methods and attributes return: an object of the student's stays in "
        "their process, where == and str() of it are not asked",
    ),
    (
        re.compile(r"FileNotFoundError|PosixPath|WindowsPath"),
        "hand over the name of a page's file alone, as in `f(\"rain.csv\")`: it lies beside the student's code",
    ),
    (re.compile(r"ModuleNotFoundError"), "install that module, or compare without it"),
]  #: reasons of which one knows what helps

#: what a solution or its test rests on beside arguments: what is said of it
_LIKELY = [
    (re.compile(r"\brandom\b|\brand(n|int|perm)?\(|\bshuffle\(|\bdefault_rng\b|\bmanual_seed\b|\bsample\("),
     "it draws numbers: the test's seed is not the student's process's, so seed inside of the function, or hand over "
     "what is drawn"),
    (re.compile(r"\btime\.|\bdatetime\.(now|today)|\bperf_counter\b|\bdate\.today"),
     "it reads the clock, which goes on between two processes: hand the time over as an argument"),
    (re.compile(r"^\s*global\s", re.M),
     "its functions keep values in globals: each check begins with the file as it was loaded, so call all that is "
     "needed in one test"),
    (re.compile(r"\bsqlite3\b|\bconnect\("),
     "it uses a connection to a database, which does not cross: let a function take the file's name and return rows"),
]  # fmt: skip
_COPIES = "answers cross as copies and are compared as values: compare what functions return"


def reasons(lost: Sequence[Lost], solution: Submission, world: World, ask: Ask) -> list[str]:
    """Return for each test that its own solution fails the check, the call, and the likely reason.

    Each is tried once more as it stands, beside the solution and without a judge between the two: a test that fails
    there, too, is wrong, or the solution is.

    Args:
        solution: the page's own; `world` what its tests are given.
        ask: grades submissions.
    """
    if not lost:
        return []
    given = "\n".join(dict.fromkeys([*world.given.values(), *world.helpers.values()]))
    alone = [
        Submission(test.name, solution.exercise, solution.filename,
                   (*solution.cells, f"{PAGE_FILE} = str\n{given}", test.source))
        for test, _ in lost
    ]  # fmt: skip
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()), speaking(""):
        grades = {grade.student: grade for grade in ask(alone, settings=Settings(0, "plain", diagnose=False))}
    last = len(solution.cells) + 2
    text = "\n".join(solution.cells)
    return [_reason(test, check, _fails_alone(grades.get(test.name), last), text) for test, check in lost]


def _fails_alone(grade: Grade | None, cell: int) -> str:
    """Return how a test ended without a judge, "" where it passed, or could not be tried."""
    for note in grade.notes if grade is not None else ():
        if re.match(rf"cell {cell} of ", note):
            return " ".join(note.partition(" stopped with ")[2].split())[:200]
    return ""


def _reason(test: Test, check: CheckResult | None, alone: str, solution: str) -> str:
    failure = check.failure if check is not None else None
    with speaking(""):  # whatever the course's language, the reason is read beside English
        why = " ".join(told(failure).split())[:300]
    head = f"its own solution does not pass the check {test.name}"
    if failure is not None and failure.call:
        head += f" at {' '.join(failure.call.split())[:120]}"
    if check is None or failure is None:
        what = f"it ended as {check.status}" if check is not None else "it did not run"
    else:
        what = _what(check)
    if re.search(r"name 'cap(sys|fd)' is not defined", alone):
        return f"{head}: {what}; what the test itself prints is not caught: compare that without printing it"
    if alone:
        return f"{head}: {what}; nor does it without Gradus ({alone}): mend the solution or the test"
    todo = next((words for pattern, words in _TO_DO if pattern.search(why)), "")
    likely = [words for pattern, words in _LIKELY if pattern.search(f"{solution}\n{test.source}")]
    return f"{head}: {what}; beside it in one process it passes: {todo or '; or '.join(likely) or _COPIES}"


def _what(check: CheckResult) -> str:
    """Say in a line how a check failed."""
    failure = check.failure
    assert failure is not None
    parts = [failure.reason]
    parts += [f"came back {failure.got}"] if failure.got else []
    parts += [f"expected {failure.expected}"] if failure.expected else []
    return " ".join(", ".join(filter(None, parts)).split())[:300] or check.status
