"""One submission before one exercise's checks: its worker, its traces, its results.

The worker is forked when the first check asks for it and again after a check that killed it, so
that a crash or an endless loop loses that check alone.
"""

from __future__ import annotations

import math
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from ..checking import CheckFailure, messages, take_remarks
from ..checking.claims import take_broken
from ..model import CheckResult, Exercise, Failure, Submission
from ..sandbox.host.base import Limits, WorkerSource
from ..sandbox.host.problem import StudentProblem
from ..sandbox.host.record import Call
from ..sandbox.host.student import Student
from ..sandbox.wire.names import names_used
from ..sandbox.wire.requests import set_mode
from ..text import frame_line
from . import style, unloaded
from .check import Check, Conversation, Known, Memory, Trace, Verdict, check_seed, worker_seed
from .verdict import Telling, verdict_of

OUTPUT_LIMIT = 1 << 16
MAX_UNFINISHED = 3  #: statements that do not end or crash, each of which is tried once
MAX_TOLD = 20  #: statements of one source that were not carried out
#: what a process does to itself; any other signal may have come from outside, from a system without memory for one
OWN_SIGNALS = {getattr(signal, f"SIG{name}", None) for name in ("SEGV", "ABRT", "FPE", "ILL", "TRAP", "SYS")}
LOAD_PATIENCE = 2.0  #: times as long on the clock
LOAD_SECONDS = 10.0  #: at least, for the source: it may import a library that nobody foresaw


class Exam:
    """Runs the checks of one exercise on one submission.

    Args:
        template: forks the workers.
        keep_output: fetch what the student's code printed.
        memory: of how the checks of earlier submissions ended.
        worker: gives a worker in place of a new one. The source is the course's own then.
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
        worker: Callable[[WorkerSource, Limits], Student] | None = None,
    ):
        self.exercise, self.submission, self.seed = exercise, submission, seed
        self.results: list[CheckResult] = []
        self.traces: dict[str, Trace] = {}
        self.cancelled = False  #: does nobody wait for the rest of it?
        self.doubts = True  #: is a check whose time was up run once more before that is believed?
        self.patience = math.inf  #: seconds that no check may exceed, unless it has a limit of its own
        self.has_style_rules = True  #: will a check come that forbids names? Else nobody asks which ones are used
        #: operators that some check forbids: while all goes well, every check is run without them, in one process
        self.strict: tuple[str, ...] = ()
        self.template = template
        self._keep_output = keep_output
        self._memory = memory
        self._worker = worker
        self._line: Conversation | None = None
        self._student: Student | None = None
        self._fenced: tuple[str, ...] = ()  # operators that its process has not
        self._aside: dict[tuple[str, ...], Student | None] = {}  # other processes, by what they have not
        self._stuck: StudentProblem | None = None
        self._crashes: set[tuple[str, int]] = set()
        self._names: dict[str, list[str]] | None = None
        self._started = time.perf_counter()
        self._cells = unloaded.sources(submission)
        self._unfinished: dict[tuple[int, int], unloaded.Unloaded] = {}  # left out, by (cell, line)
        self._unloaded: dict[tuple[str, ...], list[unloaded.Unloaded]] = {}  # by what the process has not
        self._late: Counter[str] = Counter()  # by function: the checks in which its time was up
        self._given_up: dict[str, str] = {}
        self._last_calls: list[Call] = []
        self._lot = 0

    # -- one check -------------------------------------------------------------------------------

    def begin(self, check: Check, *, memorable: bool = False) -> Student:
        """Seed the student's module for this check, and return it.

        Args:
            memorable: the check depends on nothing but the student's answers.

        Raises:
            StudentProblem: the submission cannot be run.
            Known: the verdict is known.
        """
        self._line = None
        take_remarks()  # of a check that did not come to its end
        take_broken()
        if self.submission.problem is not None:
            raise StudentProblem(*self.submission.problem)
        if self._stuck is not None:
            raise self._stuck
        if check.marks.forbids and self._names is None:
            if self._worker is not None:  # nothing in a source of ours to be wary of
                self._names = names_used(self.submission.cells)
            else:
                self.has_style_rules = True
                self.close()
        self._student = self._process_for(check)
        self._student.given_up = self._given_up
        seed = check_seed(self.seed, self.exercise.address, check.name)
        set_mode(grad=True, dtype=torch.float32)  # whatever an earlier check left behind
        torch.default_generator.manual_seed(seed)  # torch.manual_seed formats three stack traces for absent devices
        np.random.seed(seed % (1 << 32))
        random.seed(seed)
        seconds = check.marks.seconds or min(self.exercise.seconds, self.patience)
        own = worker_seed(self.exercise.address, check.name, self._lot)
        self._student.begin(own, seconds, () if self._fenced else check.marks.operators)
        if memorable and self._memory is not None and not self._given_up:
            self._line = self._memory.converse(f"{seed} {self.exercise.address} {check.name}", self._student.channel)
            self._student.speak_through(self._line)
        known = self._line.ask_ahead() if self._line is not None else None
        if known is not None:
            raise Known(known)
        return self._student

    @property
    def limits(self) -> Limits:
        """Return what its workers may use."""
        return Limits(memory_mb=self.exercise.memory_mb, threads=self.exercise.threads)

    def _process_for(self, check: Check) -> Student:
        """Return a process that has read the source, without the operators that the check forbids."""
        if self._worker is not None:
            # a source of ours needs no process of its own: nothing in it takes down what is put up for one check
            return self._living()
        self._fence_in(self.strict or check.marks.operators)
        student = self._living()
        if self.strict and self._unloaded[self.strict] and self._felt_the_fence:
            self.loosen()
            self._fence_in(check.marks.operators)
            student = self._living()
        return student

    def _living(self) -> Student:
        if self._student is None or not self._student.alive:
            self._student = self._loaded()
        return self._student

    def was_too_strict(self, check: Check) -> bool:
        """Tell whether the check ran, and was refused something, without more than it forbids."""
        return self._worker is None and self.strict not in ((), check.marks.operators) and self._felt_the_fence

    @property
    def _felt_the_fence(self) -> bool:
        """Tell whether the process was refused anything, as far as it says.

        No point is won by a lie: a check that failed stays failed, or is run once more.
        """
        if self._student is None or not self._student.alive:
            return True
        try:
            return bool(self._student.service("touched"))
        except (Exception, StudentProblem):
            return True

    def loosen(self) -> None:
        """From now on run every check without what it forbids itself, and no more."""
        self.strict = ()

    def _fence_in(self, operators: tuple[str, ...]) -> None:
        """Go on in a process that never had these operators since before it read the source; the other one waits."""
        if operators == self._fenced:
            return
        self._aside[self._fenced] = self._student
        self._fenced = operators
        self._student = self._aside.pop(operators, None)

    def _loaded(self) -> Student:
        """Load the source; a statement that does not end, or ends the process, is left out the next time."""
        while True:
            self._end()
            try:
                return self._load()
            except StudentProblem as problem:
                if problem.status not in ("timeout", "crashed") or self.cancelled:
                    raise
                found = unloaded.unfinished(self.submission, problem)
                if found is None or found[0] in self._unfinished or len(self._unfinished) >= MAX_UNFINISHED:
                    if problem.status == "timeout":
                        self._stuck = problem  # it would be so for every check
                    raise
                self._unfinished[found[0]] = found[1]

    def _load(self) -> Student:
        student = (self._worker or Student)(self.template, self.limits)
        student.allow_seconds(max(self.exercise.seconds, LOAD_SECONDS), LOAD_PATIENCE)
        self._student = student
        sub = self.submission
        if self._fenced:
            student.service("fence", self._fenced)
        if self.has_style_rules and self._worker is None and self._names is None:  # before any of the student's code
            self._names = style.uses(student, self.submission)
        left_out, files = tuple(self._unfinished), dict(sub.files)
        failures = student.load_source(self.exercise.name, list(sub.cells), sub.filename, files, left_out)
        try:
            meant = [failure for failure in failures if not unloaded.asks_at_home(sub, failure[1])]
            told = [unloaded.raised(sub, *failure) for failure in meant[:MAX_TOLD]]
            self._unloaded[self._fenced] = [*self._unfinished.values(), *told]
        except (TypeError, ValueError, AttributeError, IndexError):
            raise StudentProblem("malformed", "the answer to loading the source is not readable") from None
        return student

    @property
    def load_problems(self) -> list[str]:
        """Return what is said of the statements that were not carried out when the source was loaded."""
        plain = self._unloaded.get((), next(iter(self._unloaded.values()), []))
        said = [problem.failure for problem in plain]
        return ["\n".join([failure.reason, *map(frame_line, failure.frames)]) for failure in said]

    def finish(self, check: Check, error: BaseException | None) -> CheckResult:
        """Note the result of a check that ended without or with an exception."""
        verdict = self._verdict(check, error)
        status, failure, earned = verdict.status, verdict.failure, verdict.earned
        if status in ("passed", "forbidden") and check.marks.forbids:
            used = style.forbidden(check.marks, self._names or {})
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
            plot=verdict.plot, fault=verdict.fault,
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
        line, self._line = self._line, None
        student = self._student
        if student is not None:
            student.speak_through(None)
            if student.problem is not None:
                error = student.problem  # whatever the check made of it: no answer was the last that came
        if isinstance(error, Known):
            return error.verdict
        broken = take_broken()
        if broken is not None and isinstance(error, CheckFailure):
            error.notes.append(("besides", str(broken)))
        error = error or broken  # a claim weighs only where all else holds
        calls = self._last_calls = list(student.calls) if student is not None else []
        telling = Telling(self._cells, self._unloaded.get(self._fenced, []), student is not None and student.asked)
        verdict = verdict_of(check, error, calls, self._record_of(error, calls), telling)
        if line is not None and verdict.status in ("passed", "failed"):
            line.keep(verdict)  # any other end may be the machine's doing, and an error's failure quotes the source
        return verdict

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
        self._line = self._memory = None
        self.close()
        return True

    def _record_of(self, error: BaseException | None, calls: list[Call]) -> Call | None:
        if isinstance(error, CheckFailure) and self._student is not None:
            known = self._student.result_ids.get(id(error.actual))
            if known is not None:
                return known
        real = [call for call in calls if not call.label.startswith("gradient of ")]
        return real[-1] if real else None

    @property
    def late(self) -> str | None:
        """The function whose call took the time of the last check, "" for none; None if its time was not up."""
        student = self._student
        if student is None or student.problem is None or student.problem.status != "timeout" or self._stuck is not None:
            return None
        return self._last_calls[-1].root if self._last_calls else ""

    @property
    def tries_again(self) -> bool:
        """Tell whether a check whose time was up is run again: not for our own sources, nor where patience is short."""
        certain = bool(self.late) and self._late[self.late or ""] > 0
        ours = self._worker is not None or self.patience != math.inf
        return self.doubts and not ours and not self.cancelled and not certain

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
        self.cancelled = True
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

    @property
    def worker(self) -> Student | None:
        """Its worker, if one lives; what is asked of it is none of a check's."""
        if self._worker is None:
            self._fence_in(self.strict)
        if self._student is None or not self._student.alive:
            return None
        self._student.speak_through(None)
        return self._student

    def release(self) -> Student | None:
        """Its worker, which lives on, or None."""
        student, self._student = self.worker, None
        return student

    def close(self) -> None:
        """End the worker, and those that wait."""
        self._end()
        while self._aside:
            self._fenced, self._student = self._aside.popitem()
            self._end()

    def _end(self) -> None:
        if self._student is not None:
            self._student.close()
            self._student = None
