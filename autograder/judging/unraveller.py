"""Tells of a submission's failures which follow from another function's slip, and what lies behind the first one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from torch import Tensor

from ..model import CheckResult, Exercise, Failure
from ..sandbox.host.student import Student
from ..sandbox.wire.names import names_used
from . import diagnosis, evidence, grades
from .calls import Traces, functions_in
from .check import Compared, Trace, worker_seed
from .exam import Exam
from .ours import CourseSources, RunChecks
from .repair import (
    MAX_AGAIN,
    TRIED,
    Step,
    Unravelled,
    by_turns,
    cleared,
    of_the_guilty,
    stand_in,
    unravel,
    unwritten_in,
    used_by,
)

MAX_PLAIN = 2  #: further failures of a check that are told without a name

#: what the traces of an exam show of one function's mistakes, by check
Diagnose = Callable[[Exercise, Traces, str], dict[str, list[Any]]]


class Unraveller:
    """Runs failed checks of one submission again, with right functions in the place of wrong ones.

    Args:
        exam: finished; what lives of its processes is asked once more.
        ours: asks the course's own sources.
        run: runs the checks of an exam.
        quick: the checks that may be run again; no class waits for a training that only words hang on.
        diagnose: names what traces show of one function's mistakes.
    """

    def __init__(self, exam: Exam, ours: CourseSources, run: RunChecks, quick: Collection[str], diagnose: Diagnose):
        self._exam, self._ours, self._run, self._quick, self._diagnose = exam, ours, run, quick, diagnose
        self._known = ours.references(exam.exercise)
        self._repairable = {*evidence.signatures(self._known.solution)}
        self._left = MAX_AGAIN
        self._open = ExitStack()
        self._again_exam: Exam | None = None  #: in which checks are run again
        self._solution: Student | None = None  #: answers in it
        self._check, self._repaired = "", frozenset[str]()  #: what is run again, and with which functions right
        self._ends: dict[str, Trace] = {}  #: of checks that went on after each failure
        self._unwritten: set[str] = set()  #: the functions that are still the stub's

    def told(self, results: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
        """Return the results, with what was found out told in their failures."""
        failed = [r for r in results if r.status in TRIED and r.name in self._quick]
        if not failed:
            return results
        steps = {r.name: step for r in failed if (step := self._step(r, frozenset()))}
        self._unwritten = unwritten_in(self._exam.submission.cells)
        self._run_to_the_end(self._open_ends(results))  # first: in what follows the solution answers
        wrong = {step.function for step in steps.values()}
        unwritten = self._unwritten & self._repairable
        names = self._exam.workers.names  # known already where the page has rules of style
        uses = used_by(names if names is not None else names_used(self._exam.submission.cells))
        with self._open:
            found = dict[str, Unravelled]()
            for name, step in by_turns(steps):
                guilty = wrong - unwritten - cleared(found, steps)
                used = uses.get(step.function, set()) & (guilty | unwritten) - {step.function}
                if used or self._unseen(step, unwritten):
                    found[name] = unravel(step, guilty, unwritten, uses, self._again)
        found = of_the_guilty(found, steps)
        named = self._named(found)
        results = tuple(self._with(result, found[result.name], named) if result.name in found else result
                        for result in results)  # fmt: skip
        classes = wrong - self._repairable - unwritten - cleared(found, steps)
        doubtful = {function: used & classes - {function} for function, used in uses.items()}
        return tuple(_without_likeness(result, doubtful) for result in self._behind(results))

    def _behind(self, results: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
        """Return the results, with what a check shows behind its first failing example.

        What has a name is told; of the rest a few properties of other calls, where nothing was known of them before. A
        function that one mistake explains in every call is not asked for another: that would take a run of its own.
        """
        failures = _standing(results)
        wanted = self._open_ends(results)
        self._run_to_the_end(wanted)
        failures |= self._of_all_calls({name: failures[name] for name in wanted if not failures[name].diagnosis})
        traces = {name: self._ends[name] for name in wanted if self._ends[name].falls}
        told = {
            (one.function, one.name) for f in failures.values() for each in (f, *f.besides) for one in each.diagnosis
        }
        said = {_told_of(each) for f in failures.values() for each in (f, *f.besides)}
        whole = _whole(failures)
        for name, trace in traces.items():
            more, plain = [], 0
            for other in self._falls(name, trace, failures[name], whole):
                names = {(one.function, one.name) for one in other.diagnosis}
                new = _told_of(other) not in said and other.call != failures[name].call
                if names - told or (not names and new and plain < MAX_PLAIN):
                    told |= names
                    said.add(_told_of(other))
                    plain += not names
                    more.append(other)
            failures[name] = replace(failures[name], besides=(*failures[name].besides, *more))
        return tuple(replace(r, failure=failures[r.name]) if r.name in failures else r for r in results)

    def _of_all_calls(self, unnamed: Mapping[str, Failure]) -> dict[str, Failure]:
        """Return the failures that have a name once all calls of their checks are looked at, those behind them too.

        The first failing call alone often shows a single number, which several mistakes may share.
        """
        wanted = {
            name: failure for name, failure in unnamed.items()
            if failure.kind in ("difference", "property") and self._ends[name].further
            and (first := self._exam.traces.get(name)) is not None and first.blamed is not None
            and first.blamed.root == failure.function
        }  # fmt: skip
        whole = {
            name: replace(end, calls=[*end.calls, *end.further])
            for name, end in ((name, self._ends[name]) for name in wanted)
        }
        seen = {**self._exam.traces, **whole}
        kept = {name: trace for name, trace in seen.items() if name in self._known.oracle}
        found = dict[str, Failure]()
        for function in dict.fromkeys(failure.function for failure in wanted.values()):
            told = self._diagnose(self._exam.exercise, kept, function)
            for name, failure in wanted.items():
                names = tuple(one for one in told.get(name, ()) if one.function == failure.function == function)
                if names:
                    found[name] = replace(failure, diagnosis=names)
        return found

    def _open_ends(self, results: tuple[CheckResult, ...]) -> list[str]:
        """Return the checks that may show more than the failure by which they ended.

        Those are the ones whose failure has no name that explains its function's every call; and those that ended by an
        exception, or at a function that is not written, after they had looked at others.
        """
        failures = _standing(results)
        whole = _whole(failures)
        asked = {result.name: result.status for result in results if result.name in self._quick}
        found = []
        for name, failure in failures.items():
            trace = self._exam.traces.get(name)
            others = {call.root for call in trace.calls} - whole - self._unwritten if trace is not None else set()
            ended = asked.get(name) in ("missing", "error") and bool(others)
            if ended or (asked.get(name) == "failed" and failure.function not in whole):
                found.append(name)
        return found

    def _run_to_the_end(self, names: list[str]) -> None:
        """Run checks again that go on after each failure, each of them once."""
        names = [name for name in names if name not in self._ends]
        if not names:
            return
        exam = self._exam.once_more(same_worker=self._again_exam is None)
        exam.doubts, exam.goes_on = False, True
        try:
            self._run(exam, names, lambda result: False)
        finally:
            if self._again_exam is not None:
                exam.close()
        self._ends |= {name: exam.traces.get(name, Trace()) for name in names}

    def _falls(self, name: str, trace: Trace, first: Failure, whole: Collection[str]) -> list[Failure]:
        """Return the further failures of a check by this function, named where they can be.

        Of a check that came to an end of another kind they are those of each function that it looked at before. A value
        may be the first flaw's again: of each method and each kind of difference (a shape, a NaN, a value) the first is
        looked at.
        """
        failed = first.kind in ("difference", "property")
        replay = self._ours.replayer(self._exam.exercise)
        calls, found = [*trace.calls, *trace.further], []
        known = {(_called(first), "", _nature(trace.compared))} if failed else set()
        looked_at = {id(trace.blamed)} if failed else set()
        for fall in trace.falls:
            if fall.failure is None or fall.blamed is None:
                continue
            about = fall.failure.about if fall.claimed else ""  # else it is of which example
            function, what = fall.blamed.root, (_called(fall.failure), about, _nature(fall.compared))
            if function != first.function if failed else function in self._unwritten or function in whole:
                continue
            resting = id(fall.blamed) in looked_at and not fall.claimed  # it may rest on what failed there before
            looked_at.add(id(fall.blamed))
            difference, again = fall.failure.kind == "difference", what in known
            unraised = first.kind == "property" and not trace.said  # what is said after an error that never came
            if difference and not fall.said and (again or (unraised and not fall.claimed)):
                continue
            known.add(what)
            upto = Trace(calls[: fall.calls], compared=fall.compared, blamed=fall.blamed, said=fall.said)
            seen = {**self._exam.traces, name: upto}
            kept = {one: seen[one] for one in seen if one in self._known.oracle}
            suspects = self._ours.suspects(self._exam.exercise, {function})
            told = diagnosis.diagnose(kept, self._known.oracle, suspects, replay, name).get(name, [])
            shared = bool(first.diagnosis) and difference and not (fall.said or fall.claimed)  # by the named one
            own = () if shared else tuple(one for one in told if one.function == function)
            bare = failed and fall.failure.kind == "property" and bool(fall.said)  # it may follow from the first flaw
            if own or fall.claimed or not (resting or bare or (difference and again)):
                found.append(self._with_facts(replace(fall.failure, diagnosis=own), fall.compared))
        return found

    def _with_facts(self, failure: Failure, compared: Compared | None) -> Failure:
        """Return a failure that has no name with what is seen in its answer alone."""
        if failure.diagnosis or failure.relations or compared is None:
            return failure
        known = self._known
        solve = self._ours.solver(self._exam.exercise, known)
        seen = evidence.alone(compared, self._exam.traces, known.oracle, known.solution, solve)
        return replace(failure, relations=seen)

    def _step(self, result: CheckResult, repaired: frozenset[str]) -> Step | None:
        """Return how a check ended, None where it is not known by which function."""
        trace = self._exam.traces.get(result.name)
        call = diagnosis.blame(trace, self._known.oracle.get(result.name)) if trace is not None else None
        if trace is None or call is None or result.name not in self._known.oracle:
            return None
        return Step(repaired, call.root, result, trace)

    def _unseen(self, step: Step, unwritten: set[str]) -> bool:
        """Tell whether a check ended before it came to a written function that it would have called."""
        meant = functions_in(self._known.oracle[step.result.name])
        return bool({*meant} - {*functions_in(step.trace)} - unwritten)

    def _again(self, name: str, repaired: frozenset[str]) -> Step | None:
        if self._left <= 0 or not repaired <= self._repairable:
            return None
        self._left -= 1
        self._check, self._repaired = name, repaired
        exam = self._second()
        exam.replaced = repaired
        self._run(exam, [name], lambda result: True)
        result, trace = exam.results[-1], exam.traces[name]
        call = diagnosis.blame(trace, self._known.oracle[name])
        return Step(repaired, call.root if call is not None else "", result, trace)

    def _second(self) -> Exam:
        """Return the exam in which checks are run again: its processes go on with that."""
        if self._again_exam is None:
            self._again_exam = self._exam.once_more(same_worker=True, prepare=self._prepare)
            self._again_exam.doubts = False
            self._open.callback(self._again_exam.close)
        return self._again_exam

    def _prepare(self, student: Student) -> None:
        """Put the solution's answers in the place of what is repaired."""
        exercise = self._exam.exercise
        if self._solution is None or not self._solution.alive:
            self._solution = self._open.enter_context(self._ours.answering(exercise))
        self._solution.begin(worker_seed(exercise.address, self._check), exercise.seconds)
        stand_in(student, self._solution, exercise.name, sorted(self._repaired), exercise.seconds)

    def _named(self, found: dict[str, Unravelled]) -> dict[tuple[str, str], CheckResult]:
        """Return the results of all steps that show a function's own slip, by check and function, with diagnoses."""
        named: dict[tuple[str, str], CheckResult] = {}
        functions = {function for one in found.values() for function in one.own}
        for function in functions:
            steps = {name: one.own[function] for name, one in found.items() if function in one.own}
            seen = {**self._exam.traces, **{name: step.trace for name, step in steps.items()}}
            told = self._diagnose(self._exam.exercise, seen, function)
            for name, step in steps.items():
                named[name, function] = grades.named(step.result, told.get(name, []))
        return named

    def _with(self, result: CheckResult, one: Unravelled, named: dict[tuple[str, str], CheckResult]) -> CheckResult:
        if result.failure is None:
            return result
        if one.follows:
            return replace(result, failure=replace(result.failure, follows=one.follows, diagnosis=()))
        written = [named[result.name, f] for f in one.own]
        steps = zip(written, one.own.values(), strict=True)
        shown = [(r, self._with_facts(r.failure, step.trace.compared)) for r, step in steps if r.failure is not None]
        told = _apart([failure for r, failure in shown if r is written[0] or r.status != "missing"])
        if not told or written[0].failure is None:
            return result
        relations = result.failure.relations if _same(result.failure, told[0]) else ()  # else of an answer not shown
        whole = replace(told[0], relations=relations or told[0].relations, besides=tuple(told[1:]))
        return replace(result, failure=whole)


def _same(one: Failure, other: Failure) -> bool:
    """Tell whether two runs of a check failed alike, by the same answer to the same call."""
    return (one.function, one.call, one.reason) == (other.function, other.call, other.reason)


def _standing(results: tuple[CheckResult, ...]) -> dict[str, Failure]:
    """Return the failures, by check, that follow from no other function's slip."""
    return {r.name: r.failure for r in results if r.failure is not None and not r.failure.follows}


def _nature(compared: Compared | None) -> str:
    """Return the kind of difference between two tensors, "" for other values."""
    if compared is None or not (isinstance(compared.got, Tensor) and isinstance(compared.expected, Tensor)):
        return ""
    got, expected = compared.got, compared.expected
    if got.shape != expected.shape:
        return "shape"
    if got.dtype != expected.dtype:
        return "dtype"
    return "NaN" if bool((got.isnan() != expected.isnan()).any()) else "value"


def _told_of(failure: Failure) -> tuple[str, str]:
    """Return what a failure says of which function or method, whatever the numbers in it are."""
    return _called(failure), _any_numbers(failure.reason)


def _called(failure: Failure) -> str:
    """Return the function or method that a failure is about, without its arguments."""
    called = re.match(r"[\w.]*(?:\(…\)[\w.]*)*", failure.call)
    return (called[0] if called else "") or failure.function


def _any_numbers(text: str) -> str:
    return re.sub(r"\d[\d.]*", "0", text)


def _whole(failures: Mapping[str, Failure]) -> set[str]:
    """Return the functions of which one mistake explains every call."""
    return {one.function for failure in failures.values() for one in failure.diagnosis if one.exact}


def _without_likeness(result: CheckResult, doubtful: Mapping[str, set[str]]) -> CheckResult:
    """Return a result without what its failure looks like, where a wrong class of the student's may be to blame.

    A class cannot be answered for by the solution, so nobody knows what the check would say if it were right: that is
    told where no name is.

    Args:
        doubtful: by function, the wrong classes that it uses.
    """
    failure = result.failure
    used = doubtful.get(failure.function, set()) if failure is not None else set()
    if failure is None or not used:
        return result
    besides = tuple(one for one in failure.besides if all(each.exact for each in one.diagnosis))
    exact = tuple(one for one in failure.diagnosis if one.exact)
    notes = failure.notes
    if not exact and not failure.follows and failure.kind != "exception":  # whose lines say where it was raised
        name = sorted(used)[0]
        doubt = f"`{failure.function}` uses your `{name}`, which fails checks of its own: this may come from there"
        notes = (*notes, ("besides", doubt))
    return replace(result, failure=replace(failure, diagnosis=exact, besides=besides, notes=notes))


def _apart(failures: list[Failure]) -> list[Failure]:
    """Return each failure once, with the names alone that are about its own function."""
    found: dict[tuple[str, str, str], Failure] = {}
    for failure in failures:
        names = tuple(one for one in failure.diagnosis if failure.function in ("", one.function))
        key = failure.function, failure.reason, failure.call
        known = found.get(key)
        if known is None or not known.diagnosis:
            found[key] = replace(known or failure, diagnosis=names)
    return [*found.values()]
