"""One submission before one exercise's checks: its worker, its traces, its results.

The worker is forked when the first check asks for it and again after a check that killed it, so
that a crash or an endless loop loses that check alone.
"""

from __future__ import annotations

import contextlib
import math
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from ..checking import CheckFailure, messages, take_remarks
from ..checking.claims import broken, noting, take_broken, witnessed_by
from ..checking.parts import asked_by
from ..model import CheckResult, Exercise, Failure, Submission
from ..sandbox.host.base import Limits, WorkerSource
from ..sandbox.host.problem import StudentProblem
from ..sandbox.host.record import Call
from ..sandbox.host.student import Student
from ..sandbox.wire.names import names_used
from ..sandbox.wire.problems import RemoteError
from ..sandbox.wire.requests import set_mode
from . import style
from .check import Check, Conversation, Known, Memory, Recalled, Trace, Verdict, check_seed, worker_seed
from .part_cache import KnownParts, Parts
from .slice_cache import SliceCache
from .slices import Slices
from .verdict import Telling, fall_of, verdict_of
from .workers import SubmissionWorkers
from .written import Written

OUTPUT_LIMIT = 1 << 16
MAX_NOTED = 30  #: failures after which a check does not go on
#: what a process does to itself; any other signal may have come from outside, from a system without memory for one
OWN_SIGNALS = {getattr(signal, f"SIG{name}", None) for name in ("SEGV", "ABRT", "FPE", "ILL", "TRAP", "SYS")}


class Exam:
    """Runs the checks of one exercise on one submission.

    Args:
        template: forks the workers.
        keep_output: fetch what the student's code printed.
        memory: of how the checks of earlier submissions ended, by what was answered.
        alike: of the same, by what is written.
        worker: gives a worker in place of a new one. The source is the course's own then.
        prepare: does something to the student's module before each check.
        beside: the page's files, which the source may open.
        workers: of an earlier exam of the submission, to go on with.
    """

    def __init__(
        self,
        exercise: Exercise,
        submission: Submission,
        template: WorkerSource,
        seed: int,
        *,
        keep_output: bool = False,
        memory: Memory | None = None,
        alike: SliceCache | None = None,
        worker: Callable[[WorkerSource, Limits], Student] | None = None,
        prepare: Callable[[Student], None] | None = None,
        beside: dict[str, bytes] | None = None,
        workers: SubmissionWorkers | None = None,
    ):
        self.exercise, self.submission, self.seed = exercise, submission, seed
        self.results: list[CheckResult] = []
        self.traces: dict[str, Trace] = {}
        self.doubts = True  #: is a check whose time was up run once more before that is believed?
        self.patience = math.inf  #: seconds that no check may exceed, unless it has a limit of its own
        self.workers = workers or SubmissionWorkers(exercise, submission, template, worker, beside or {})
        self._keep_output = keep_output
        self._memory, self._alike = memory, alike
        self._slices: Slices | None = None
        self.recalled = False  #: was the last check not run, since it is known by what is written?
        self._prepare = prepare
        self._line: Conversation | None = None
        self._crashes: set[tuple[str, int]] = set()
        self._started = time.perf_counter()
        self._late: Counter[str] = Counter()  # by function: the checks in which its time was up
        self._given_up: dict[str, str] = {}
        self._last_calls: list[Call] = []
        self.goes_on = False  #: does a check go on after its first failure, to see what else fails?
        #: the definitions in whose place `prepare` has others answer: a verdict is known under the same alone
        self.replaced = frozenset[str]()
        self._noted: list[tuple[BaseException, Call | None, int]] = []
        self._before: list[tuple[Call, tuple[str, Any, Any], Any]] = []
        self._lot = 0
        self._written: Written | None = None  # of the check that runs
        self._parts: KnownParts | None = None  # of it

    def once_more(self, *, same_worker: bool, prepare: Callable[[Student], None] | None = None) -> Exam:
        """Return a new exam of the same submission, which may go on with the worker of this one."""
        again = Exam(
            self.exercise, self.submission, self.workers.template, self.seed, memory=self._memory, alike=self._alike,
            prepare=prepare, beside=self.workers.beside, workers=self.workers if same_worker else None,
        )  # fmt: skip
        again._slices = self._slices
        return again

    # -- one check -------------------------------------------------------------------------------

    def begin(self, check: Check, *, memorable: bool = False) -> Student:
        """Seed the student's module for this check, and return it.

        Args:
            memorable: the check depends on nothing but the student's answers.

        Raises:
            StudentProblem: the submission cannot be run.
            Known: the verdict is known.
        """
        seed = check_seed(self.seed, self.exercise.address, check.name)
        key = f"{seed} {self.exercise.address} {check.name}"
        part_key = f"{key} {self._lot}"
        key += ":whole" if self.goes_on else ""
        key += f" {sorted(self.replaced)}" if self.replaced else ""
        self._line, self._noted, self._before = None, [], []
        self._written, self._parts = (self._as_written(key, part_key) if memorable else None), None
        self._look_back(check)
        take_remarks()  # of a check that did not come to its end
        take_broken()
        witnessed_by(self._witness)
        student = self.workers.for_check(check)
        student.given_up = self._given_up
        set_mode(grad=True, dtype=torch.float32)  # whatever an earlier check left behind
        torch.default_generator.manual_seed(seed)  # torch.manual_seed formats three stack traces for absent devices
        np.random.seed(seed % (1 << 32))
        random.seed(seed)
        seconds = check.marks.seconds or min(self.exercise.seconds, self.patience)
        own = worker_seed(self.exercise.address, check.name, self._lot)
        student.begin(own, seconds, self.workers.to_take_out(check))
        if self._written is not None and not self.workers.unloaded:
            self._parts = self._written.parts(self.workers.without(check))
        whole = self._parts is None or not self._parts.any  # else it is no conversation that others had
        if memorable and self._memory is not None and not self._given_up and whole:
            self._line = self._memory.converse(key, student.channel)
            student.speak_through(self._line)
        known = self._line.ask_ahead() if self._line is not None else None
        if known is not None:
            raise Known(known)
        if self._prepare is not None:  # it asks too, what was asked ahead before all else
            self._prepare(student)
        return student

    def _as_written(self, key: str, part_key: str) -> Written | None:
        """Return by what a check is known, as it is written; None where it is not."""
        sub = self.submission
        if self._alike is None or self._keep_output or self._given_up or sub.problem is not None or sub.files:
            return None  # what the source prints, and other files, are not in its slices
        self._slices = self._slices or Slices(sub.cells)
        plain = self._slices.plain
        return Written(self._alike, self._slices, f"{key} {self._lot}", part_key, self.replaced) if plain else None

    def _look_back(self, check: Check) -> None:
        """Raise if it is known that what is written here passes this check."""
        known = self._written.recall(self.workers.without(check)) if self._written is not None else None
        self.recalled = known is not None
        if known is None:
            return
        if check.marks.forbids and self.workers.names is None:
            self.workers.names = names_used(self.submission.cells)
        raise Recalled(known)

    def _note_written(self, check: Check, verdict: Verdict) -> None:
        if self._written is not None and not self.workers.unloaded:
            self._written.keep(self.workers.without(check), verdict)

    @property
    def _student(self) -> Student | None:
        return self.workers.student

    def finish(self, check: Check, error: BaseException | None) -> CheckResult:
        """Note the result of a check that ended without or with an exception."""
        verdict = self._verdict(check, error)
        status, failure, earned = verdict.status, verdict.failure, verdict.earned
        if status in ("passed", "forbidden") and check.marks.forbids:
            used = style.forbidden(check.marks, self.workers.names or {})
            if used:
                status, earned, frames = "forbidden", 0.0, failure.frames if failure is not None else ()
                reason = f"this page asks you to write it yourself, without {', '.join(used)}"
                failure = Failure("style", reason, frames=frames)
        if check.marks.hidden and status not in ("passed", "internal"):
            failure = Failure("hidden", check.marks.hidden)
        output = ""
        if self._keep_output and self._student is not None and self._student.alive:
            try:
                output = str(self._student.service("take_output"))[:OUTPUT_LIMIT]
            except (Exception, StudentProblem):  # whatever the student's code makes of it, printing costs nothing
                output = ""
        if not 0 <= earned <= check.marks.points:  # NaN too
            earned = 0.0
        result = CheckResult(
            check.name, check.title, status, earned, check.marks.points, messages.cut(failure), output=output,
            badge=verdict.badge, advice=verdict.advice if status == "passed" else "", figures=verdict.figures,
            plot=verdict.plot, fault=verdict.fault, answers=verdict.answers,
        )  # fmt: skip
        self.results.append(result)
        trace = verdict.trace
        if status != verdict.status:  # a rule of style was broken
            trace = replace(trace, passed=False, trouble=status == "malformed")
        self.traces[check.name] = trace
        if self._student is not None:
            self._student.forget()
        return result

    def _verdict(self, check: Check, error: BaseException | None) -> Verdict:
        """Return what the check says of the answers; it is kept for whoever answers alike."""
        if isinstance(error, Recalled):
            return error.verdict
        line, self._line = self._line, None
        student = self._student
        if student is not None:
            student.speak_through(None)
            if student.problem is not None:
                error = student.problem  # whatever the check made of it: no answer was the last that came
        if isinstance(error, Known):
            self._note_written(check, error.verdict)
            return error.verdict
        broken = take_broken()
        if broken is not None and isinstance(error, CheckFailure):
            error.notes.append(("besides", str(broken)))
        calls = self._last_calls = list(student.calls) if student is not None else []
        telling = Telling(self.workers.cells, self.workers.unloaded, student is not None and student.asked)
        hard = next((one for one in self._noted if isinstance(one[0], CheckFailure) and not one[0].claimed), None)
        error = error or broken  # a claim weighs only where all else holds
        for call, outcome, final in self._before:
            call.outcome, call.final = outcome, final
        first, record, upto = hard or (error, self._record_of(error, calls), len(calls))
        verdict = verdict_of(check, first, calls[:upto], record, telling)
        if student is not None:
            verdict = replace(verdict, answers=student.heard.digest, asked=student.heard.definitions)
        if self._noted and check.marks.replayable:
            verdict.trace.further = calls[upto:]
            rest = [one for one in self._noted if one is not hard]
            if hard is not None and isinstance(error, RemoteError):
                rest.append((error, self._record_of(error, calls), len(calls)))
            verdict.trace.falls = [fall_of(*one, None if self.workers.ours else telling) for one in rest]
        if line is not None and verdict.status in ("passed", "failed"):
            line.keep(verdict)  # any other end may be the machine's doing, and an error's failure quotes the source
        if line is not None or (self._parts is not None and self._parts.any):
            self._note_written(check, verdict)
        return verdict

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """Let a check inside go on after its failures, if this exam wants it to, and over what is known to hold."""
        with contextlib.ExitStack() as inside:
            if self._student is not None:
                inside.enter_context(asked_by(Parts(self._student, self._not_held, self._parts)))
            if self.goes_on:
                inside.enter_context(noting(self._note))
            yield

    def _not_held(self) -> int:
        """Return how much did not hold so far, of what ends no check."""
        return len(self._noted) + broken()

    def _note(self, failure: BaseException) -> None:
        if not isinstance(failure, CheckFailure) or len(self._noted) >= MAX_NOTED:
            raise failure
        calls = list(self._student.calls) if self._student is not None else []
        self._noted.append((failure, self._record_of(failure, calls), len(calls)))
        if not failure.claimed and not self._before:  # what a check writes into a record later is not of this failure
            self._before = [(call, call.outcome, call.final) for call in calls]

    def asked_differently(self) -> bool:
        """Tell whether the check that ran asked something else than before, after the same answers.

        Then this exam begins again, without memory: its worker is in a state that no check alone would have made.
        """
        if self._line is None or self._student is None or self._student.problem is not None:
            return False
        self._line.close()
        if not self._line.asked_differently:
            return False
        self._line.keep(None)
        if self._written is not None:
            self._written.distrust()
        self._line = self._memory = self._alike = None
        self.workers.close()
        return True

    def _record_of(self, error: BaseException | None, calls: list[Call]) -> Call | None:
        if isinstance(error, CheckFailure) and self._student is not None:
            known = self._student.result_ids.get(id(error.actual))
            if known is not None:
                return known
        raised: Call | None = getattr(error, "record", None)
        said = isinstance(error, CheckFailure)  # then the check itself says which call it is about
        if raised is not None and (said or not raised.ours or self._is_in_their_code(error)):
            return raised
        asked = [call for call in calls if not call.label.startswith("gradient of ")]
        real = [call for call in asked if not call.read] or asked
        theirs = [call for call in real if not call.ours]
        return (theirs or real)[-1] if real else None

    def _witness(self, claim: BaseException) -> None:
        """Keep with a claim the call that it is about, the last one so far."""
        if isinstance(claim, CheckFailure) and self._student is not None:
            claim.record = self._record_of(claim, list(self._student.calls))

    def _is_in_their_code(self, error: BaseException | None) -> bool:
        """Tell whether an exception came through the student's own lines, whoever called them."""
        return isinstance(error, RemoteError) and any(file in self.workers.cells for file, _, _ in error.frames)

    @property
    def late(self) -> str | None:
        """The function whose call took the time of the last check, "" for none; None if its time was not up."""
        student = self._student if not self.recalled else None
        if student is None or student.problem is None or student.problem.status != "timeout" or self.workers.is_stuck:
            return None
        return self._last_calls[-1].root if self._last_calls else ""

    @property
    def tries_again(self) -> bool:
        """Tell whether a check whose time was up is run again: not for our own sources, nor where patience is short."""
        certain = bool(self.late) and self._late[self.late or ""] > 0
        ours = self.workers.ours or self.patience != math.inf
        return self.doubts and not ours and not self.workers.cancelled and not certain

    def believe_late(self) -> None:
        """Hold what took too long against its function: after two checks it is called no more."""
        function = self.late
        if function:
            self._late[function] += 1
            if self._late[function] >= 2:
                self._given_up[function] = (
                    f"`{function}` took too long in two checks before this one; it is waited for no more"
                )

    @property
    def killed(self) -> bool:
        """Tell whether the worker was ended by a kill signal, which its own code can hardly send to itself."""
        ending = self._student.process.ending if self._student is not None else None
        return ending is not None and ending.how == "signal" and ending.code == 9 and not ending.greedy

    @property
    def crash(self) -> tuple[str, int] | None:
        """Return how the worker ended, None where something outside of it may have ended it."""
        ending = self._student.process.ending if self._student is not None else None
        if ending is None or ending.greedy:
            return None
        own = ending.how == "exit" or (ending.how == "signal" and ending.code in OWN_SIGNALS)
        return (ending.how, ending.code) if own else None

    def believe_crash(self, before: tuple[str, int] | None) -> None:
        """Hold a crash against the code when it came twice the same."""
        if before is not None and before == self.crash:
            self._crashes.add(before)

    @property
    def knows_crash(self) -> bool:
        """Tell whether the worker ended as it did twice before."""
        return self.crash in self._crashes

    def own_crash(self) -> CheckResult:
        """Note of the last result that its crash is the code's own."""
        self.results[-1] = replace(self.results[-1], own=True)
        return self.results[-1]

    def cancel(self) -> None:
        """Let the check that runs end at once, and no other begin: for another thread to say."""
        self.workers.cancelled = True
        if (student := self._student) is not None:
            student.channel.deadline = time.monotonic()

    def redraw(self, seed: int) -> None:
        """Begin again with another seed on both sides, in the same worker: of a source of ours."""
        self.seed = self._lot = seed
        self.results.clear()
        self.traces.clear()

    def take_back(self) -> None:
        """Forget the last result: its check is run again."""
        self.traces.pop(self.results.pop().name)

    # -- the end ---------------------------------------------------------------------------------

    @property
    def seconds(self) -> float:
        """Since the exam began."""
        return time.perf_counter() - self._started

    def close(self) -> None:
        """End its workers."""
        self.workers.close()
