"""How often a wrong answer gets a relation, and whether it is true. Prints one line for each page, and the sentences.

    python benchmarks/relations.py [ADDRESS ...] [--breakers N] [--sentences] [--untold]

Wrong are the known mistakes of each page and, with `--breakers N`, every N-th breaker of it. Each sentence is proved
again from its words alone by ``tests/relations_oracle.py``, with the page's solution run here for what is expected of
another call. A false sentence is an error.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autograder.authoring.breakers.registry import proposals
from autograder.authoring.breakers.room import Room
from autograder.authoring.reach import reached, users
from autograder.checking.compare import agree
from autograder.cli.base import load
from autograder.course import catalogue
from autograder.judging import diagnosis
from autograder.judging.check import Compared
from autograder.judging.diagnosis import Traces, same_answer
from autograder.judging.exam import Exam
from autograder.model import CheckResult, Exercise, Settings, Submission
from autograder.running.pool import Task, Work, run_tasks
from autograder.sandbox.host.record import Call
from tests.relations_oracle import Answer, Given, kind_of, untrue, which_untrue


@dataclass
class Told:
    """What was told of one page's wrong sources."""

    sources: int = 0
    with_one: int = 0  #: sources of which at least one failure got a relation
    checks: int = 0  #: failed ones, without hidden ones and those of style
    values: int = 0  #: of these, those by two values
    related: int = 0  #: of these, those with a relation
    unnamed: int = 0  #: failed by two values, without a diagnosis
    unnamed_related: int = 0
    sentences: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)  #: failures by two values of which nothing is told


@dataclass(frozen=True)
class Sample:
    """Every `step`-th breaker of a page, as a task."""

    exercise: str
    step: int


class Measuring(Work):
    """What a judge process does for one page."""

    def misconceptions(self, address: str) -> Told:
        """Grade all known mistakes."""
        exercise = self.judge.syllabus.exercises[address]
        known = self.judge.ours.references(exercise)
        told = Told()
        for rewrite in catalogue.misconceptions(self.judge.trees, exercise):
            names = diagnosis.checks_of(rewrite.of, known.oracle)
            submission = rewrite.submission(exercise, known.solution)
            self._ask(told, exercise, submission, names)
        return told

    def breakers(self, sample: Sample) -> Told:
        """Grade every n-th breaker."""
        address, step = sample.exercise, sample.step
        exercise = self.judge.syllabus.exercises[address]
        known = self.judge.ours.references(exercise)
        room = Room(self.judge)
        told = Told()
        targets = [target for target in room.watched(exercise, known) if target.facts.get("calls")]
        every = [(target, breaker) for target in targets for breaker in proposals(target)]
        using = users(known.solution)
        for target, breaker in every[::step]:
            names = reached(known.solution, known.oracle, room.cheap(address), using.get(target.root, {*using}))
            cells = (known.solution, breaker.source)
            self._ask(told, exercise, Submission(breaker.name, address, f"{exercise.name}.py", cells), names)
        return told

    def _ask(self, told: Told, exercise: Exercise, submission: Submission, names: list[str]) -> None:
        exam = self.judge.examined(submission, names, stop=lambda result: False)
        grade = self.judge.graded(exam)
        failed = [c for c in grade.checks if c.status in ("failed", "error")]
        told.sources += bool(failed)
        told.checks += len(failed)
        values = [c for c in failed if c.failure is not None and c.failure.kind == "difference"]
        told.values += len(values)
        with_one = [c for c in values if c.failure is not None and c.failure.relations]
        told.related += len(with_one)
        told.with_one += bool(with_one)
        told.unnamed += sum(not c.diagnosis for c in values)
        told.unnamed_related += sum(not c.diagnosis for c in with_one)
        told.untold += [f"{submission.student}: {c.name}: {c.failure}" for c in values if c not in with_one]
        solution = self.judge.ours.references(exercise).solution
        for text, checks in sentences(with_one).items():
            told.sentences.append(f"{submission.student}: {text}")
            why = falsehood(text, checks, exam, solution, self.judge.ours.references(exercise).oracle)
            if why:
                told.false.append(f"{submission.student}: {text} — {why}")


def sentences(checks: list[CheckResult]) -> Mapping[str, list[str]]:
    """The sentences of a grade, each with the checks that it was told of."""
    found: dict[str, list[str]] = defaultdict(list)
    for check in checks:
        for one in check.failure.relations if check.failure is not None else ():
            found[one.text].append(check.name)
    return found


def falsehood(text: str, checks: list[str], exam: Exam, solution: str, oracle: Traces) -> str:
    """Why a sentence is not true, "" where it is; one about one call that several checks tell is asked of each."""
    kept = {name: one for name in checks if (one := exam.traces[name].compared) is not None}
    if text.endswith("that is not so"):
        return _which_fault(text, list(kept.values()), exam, solution, oracle)
    groups = [list(kept.values())] if text.startswith("in ") else [[one] for one in kept.values()]
    faults = [_fault(text, group, solution) for group in groups]
    return next(filter(None, faults), "")


def _which_fault(text: str, told: list[Compared], exam: Exam, solution: str, oracle: Traces) -> str:
    """Why it is not so that calls that go wrong, and none of those that are right, have this in common."""
    wrong = [one.call for one in told if one.call is not None]
    label = f"gradient of {wrong[0].root}" if told[0].about.startswith("the gradient") else wrong[0].label
    right: list[Call] = []
    for name in exam.traces.keys() & oracle.keys():
        mine, theirs = (
            [c for c in trace.calls if c.root == wrong[0].root and c.label == label]
            for trace in (exam.traces[name], oracle[name])
        )
        for one, other in zip(mine, theirs, strict=False):
            if agree((one.args, one.kwargs), (other.args, other.kwargs)) and same_answer(one, other):
                right.append(one)
    function = _defined(solution).get(wrong[0].root) if wrong[0].label == wrong[0].root else None
    return which_untrue(text, [_given(call, function) for call in wrong], [_given(call, function) for call in right])


def _given(call: Call, function: Callable[..., Any] | None) -> Given:
    ordinals = ("the first argument", "the second argument", "the third argument")
    if function is None:
        return Given({**dict(zip(ordinals, call.args, strict=False)), **call.kwargs})
    bound = inspect.signature(function).bind(*call.args, **call.kwargs)
    given = set(bound.arguments)
    bound.apply_defaults()
    return Given(dict(bound.arguments), frozenset(set(bound.arguments) - given))


def _fault(text: str, group: list[Compared], solution: str) -> str:
    """Why a sentence does not hold of these comparisons; one about a part is asked of it, wherever the check began."""
    function = _defined(solution).get(group[0].call.root) if group[0].call is not None else None
    keys = list(_keys(text.partition("`[")[2].partition("`")[0])) if "`[" in text else []
    faults = []
    for start in range(len(keys) + 1):
        answers = [answer for one in group if (answer := _answer(one, function, keys[start:])) is not None]
        try:
            faults.append(untrue(text, answers, function))
        except Exception as error:  # the keys led to something else than the sentence speaks of
            faults.append(f"cannot be proved: {type(error).__name__}: {error}")
    return "" if "" in faults else faults[0]


def _answer(one: Compared, function: Callable[..., Any] | None, keys: list[Any]) -> Answer | None:
    """A comparison as arrays, or the part of it that these keys lead to; None where there is none."""
    expected, got = one.expected, one.got
    arguments: dict[str, Any] = {}
    if one.altered and one.call is not None:
        arguments = {"the answer": one.call.outcome[1]}
    elif one.call is not None and function is not None:
        try:
            bound = inspect.signature(function).bind(*one.call.args, **one.call.kwargs)
            bound.apply_defaults()
            arguments = dict(bound.arguments)
        except (TypeError, ValueError):
            arguments = dict(one.call.kwargs)
    try:
        for key in keys:
            expected, got = expected[key], got[key]
        rough = any(str(getattr(v, "dtype", "")).endswith(("float32", "float16")) for v in (expected, got))
        return Answer(_array(expected), _array(got), arguments, rough, (kind_of(expected), kind_of(got)))
    except (TypeError, ValueError, KeyError, IndexError):
        return None


def _keys(way: str) -> Iterator[Any]:
    way = f"[{way}"
    for key in re.findall(r"\[('[^']*'|\d+)\]", way):
        yield ast.literal_eval(key)


def _array(value: Any) -> np.ndarray:
    if isinstance(value, torch.Tensor):
        return value.detach().double().numpy()
    return np.asarray(value, dtype=float)


_KNOWN: dict[str, dict[str, Any]] = {}


def _defined(solution: str) -> dict[str, Any]:
    """What the solution defines, run here: it is the course's own."""
    if solution not in _KNOWN:
        space: dict[str, Any] = {"__name__": "solution"}
        exec(compile(solution, "solution", "exec"), space)
        _KNOWN[solution] = {name: value for name, value in space.items() if inspect.isfunction(value)}
    return _KNOWN[solution]


def main() -> int:
    """Measure, print, and fail where a sentence is false."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", nargs="*")
    parser.add_argument("--breakers", type=int, default=0, metavar="N", help="every N-th breaker, not known mistakes")
    parser.add_argument("--sentences", action="store_true", help="print every sentence")
    parser.add_argument("--untold", action="store_true", help="print the failures of which nothing is told")
    chosen = parser.parse_args()
    course, places = load()
    pages = chosen.address or [address for address, page in course.exercises.items() if not page.ships_solved]
    total = Told()
    print(
        f"{'page':<42}{'wrong':>6}{'with':>6}{'failed':>8}{'values':>8}{'told':>6}{'unnamed':>9}{'told':>6}{'false':>7}"
    )

    def done(task: Task, answer: Any) -> None:
        if isinstance(answer, str):
            print(f"{task[1]}: {answer}", file=sys.stderr)
            return
        address = task[1] if isinstance(task[1], str) else task[1].exercise
        print(_row(address, answer), flush=True)
        if chosen.sentences:
            print("\n".join(f"    {one}" for one in answer.sentences))
        if chosen.untold:
            print("\n".join(f"    UNTOLD {one}" for one in answer.untold))
        print("\n".join(f"    FALSE {one}" for one in answer.false), end="\n" if answer.false else "")
        for one in fields(Told):
            setattr(total, one.name, getattr(total, one.name) + getattr(answer, one.name))

    step = chosen.breakers
    tasks: list[Task] = [("breakers", Sample(a, step)) if step else ("misconceptions", a) for a in pages]
    run_tasks(tasks, pages, course, places, Settings(0, "plain"), jobs=1, done=done, work=Measuring)
    print(_row("all", total))
    return 1 if total.false else 0


def _row(name: str, told: Told) -> str:
    counts = (told.unnamed, told.unnamed_related, len(told.false))
    return (
        f"{name:<42}{told.sources:>6}{told.with_one:>6}{told.checks:>8}{told.values:>8}{told.related:>6}"
        f"{counts[0]:>9}{counts[1]:>6}{counts[2]:>7}"
    )  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
