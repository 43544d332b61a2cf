"""Grading one submission here, or many over several judge processes.

The checks are collected once; the judge processes are forked after that, each with its own warm
template. A judge that dies loses nothing: its submission is given to another, three times at most,
and then graded ``internal``, which is shown and never scored as the student's.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from ..course.trees import Trees
from ..errors import SandboxError
from ..judging.check import Trace
from ..judging.collect import collect
from ..judging.grades import make_grade
from ..judging.judge import Judge
from ..judging.kept_mistakes import KeptMistakes
from ..judging.plugin import ChecksPlugin
from ..model import CheckResult, Failure, Grade, Settings, Submission, Syllabus
from ..sandbox.host.base import WorkerSource
from ..sandbox.host.forked import Template
from ..sandbox.host.start import spawns

MAX_TRIES = 3
LOOK_AHEAD = 2000  #: tasks among which one of the same exercise is looked for

OnGrade = Callable[[Grade], Grade | None]  #: may give back an equal grade, to be kept in its place
#: what is asked of a judge process: a method name of :class:`Work` and its argument
Task = tuple[str, Any]


class Work:
    """What a judge process can be asked for; each method takes one picklable argument and returns one."""

    def __init__(self, judge: Judge):
        self.judge = judge

    def grade(self, submission: Submission) -> Grade:
        """Grade one submission.

        Raises:
            SandboxError: the template process ended meanwhile, which is not the submission's doing: ask again.
        """
        try:
            return self.judge.grade(submission)
        finally:
            if self.judge.lost_a_template():
                raise SandboxError("the template process ended")


def grade_here(
    submission: Submission, syllabus: Syllabus, trees: Trees, settings: Settings, template: WorkerSource | None = None
) -> Grade:
    """Grade one submission in this process: the shortest way.

    Args:
        template: one that was started earlier, so that it warmed up while torch was imported here.
    """
    return exam_here(submission, syllabus, trees, settings, template)[0]


def exam_here(
    submission: Submission,
    syllabus: Syllabus,
    trees: Trees,
    settings: Settings,
    template: WorkerSource | None = None,
    kept: KeptMistakes | None = None,
) -> tuple[Grade, dict[str, Trace]]:
    """As :func:`grade_here`, and what was called in each check.

    Args:
        kept: what is known of the page's mistakes from before; what is found out is kept there.
    """
    needs = syllabus.exercises[submission.exercise].needs
    found: list[tuple[Grade, dict[str, Trace]]] = []

    def loop(plugin: ChecksPlugin) -> None:
        plugin.data_choice = settings.data
        judge = Judge(syllabus, trees, settings, plugin.checks, plugin.run)
        if template is not None:
            judge.adopt(needs, template)
        if kept is not None:
            judge.ours.recall = kept.recall
        try:
            with judge.opened(submission) as exam:
                judge.run(exam)
                found.append((judge.graded(exam), exam.traces))
            if kept is not None:
                kept.keep(judge.ours)
        finally:
            judge.close()

    collect(trees, [submission.exercise], loop)
    return found[0]


def grade_many(
    submissions: list[Submission],
    syllabus: Syllabus,
    trees: Trees,
    settings: Settings,
    *,
    jobs: int,
    on_grade: OnGrade = lambda grade: None,
    template: WorkerSource | None = None,
) -> list[Grade]:
    """Grade all; the result is sorted by student, then exercise, whatever the order of work.

    Args:
        jobs: how many judge processes.
        on_grade: called with each grade as it is ready.
        template: one that was started earlier, see :func:`run_tasks`.
    """
    grades: list[Grade] = []

    def done(task: Task, answer: Any) -> None:
        grade = answer if isinstance(answer, Grade) else internal(task[1], syllabus, settings, str(answer))
        grades.append(on_grade(grade) or grade)

    tasks: list[Task] = [("grade", submission) for submission in submissions]
    addresses = sorted({s.exercise for s in submissions})
    run_tasks(tasks, addresses, syllabus, trees, settings, jobs=jobs, done=done, template=template)
    order = {address: number for number, address in enumerate(syllabus.exercises)}
    return sorted(grades, key=lambda grade: (grade.student, order[grade.exercise]))


def internal(submission: Submission, syllabus: Syllabus, settings: Settings, why: str) -> Grade:
    """Return the grade of a submission that the grader itself could not grade: shown, never scored as the student's."""
    maximum = syllabus.exercises[submission.exercise].points
    result = CheckResult("judge", "the grader itself", "internal", 0.0, maximum, Failure("problem", why))
    return make_grade(submission, (result,), 0.0, settings, ())


def run_tasks(
    tasks: list[Task],
    addresses: list[str],
    syllabus: Syllabus,
    trees: Trees,
    settings: Settings,
    *,
    jobs: int,
    done: Callable[[Task, Any], Iterable[Task] | None],
    work: Callable[[Judge], Work] = Work,
    template: WorkerSource | None = None,
) -> None:
    """Spread tasks over judge processes; `done` gets each task with its answer, or a text when no judge survived it.

    What `done` returns is asked besides, before what waits.

    Args:
        template: one that was started earlier, so that it warmed up while torch was imported here. Every judge gets
            a fork of it; for other needs than its own a judge starts another.
    """
    if not tasks:
        return

    def loop(plugin: ChecksPlugin) -> None:
        plugin.data_choice = settings.data

        def start(own: WorkerSource | None) -> Work:
            judge = Judge(syllabus, trees, settings, plugin.checks, plugin.run)
            if own is not None:
                judge.adopt(own.needs, own)
            return work(judge)

        def address(task: Task) -> str:
            return task[1] if isinstance(task[1], str) else task[1].exercise

        if spawns():
            _one_by_one(start(template), tasks, done)
            return
        alone = all(syllabus.exercises[address].threads == 1 for address in addresses)
        pool = _Pool(start, max(1, min(jobs, len(tasks))), pin=alone, key=address, template=template)
        try:
            pool.run(tasks, done)
        finally:
            pool.close()

    collect(trees, addresses, loop)


def _one_by_one(work: Work, tasks: list[Task], done: Callable[[Task, Any], Iterable[Task] | None]) -> None:
    """All tasks in this process, where no judge can be forked."""
    waiting = deque(tasks)
    try:
        while waiting:
            task = waiting.popleft()
            answer: Any = None
            for _ in range(MAX_TRIES):
                try:
                    answer = getattr(work, task[0])(task[1])
                    break
                except Exception as error:
                    answer = f"{type(error).__name__}: {error}"
            waiting.extendleft(done(task, answer) or ())
    finally:
        work.judge.close()


@dataclass
class _Member:
    process: BaseProcess
    pipe: Connection
    place: int
    task: Task | None = None
    tries: int = 0
    key: str = ""


@dataclass
class _Pool:
    """Judge processes, each with at most one task; a dead one is replaced.

    With `pin`, judge and worker, which take turns, stay on one core: no submission can slow down another's judge,
    and the two find each other's data in its cache.

    A judge goes on with tasks of the `key` that it had: what it found out about an exercise is found out once.

    Each judge gets a fork of the `template`, if there is one.
    """

    make: Callable[[WorkerSource | None], Work]
    size: int
    pin: bool = False
    key: Callable[[Task], str] = lambda task: ""
    template: WorkerSource | None = None
    members: list[_Member] = field(default_factory=list)

    def run(self, tasks: list[Task], done: Callable[[Task, Any], Iterable[Task] | None]) -> None:
        """Give out the tasks in order until all are done, and those that came of them."""
        waiting: deque[tuple[Task, int]] = deque((task, 0) for task in tasks)
        left = len(waiting)
        while left:
            while len(self.members) < min(self.size, left):
                self.members.append(self._start())
            for member in self.members:
                if member.task is None and waiting:
                    member.task, member.tries = self._next(member, waiting)
                    with contextlib.suppress(OSError):
                        member.pipe.send(member.task)
            ready = wait([m.pipe for m in self.members] + [m.process.sentinel for m in self.members])
            for member in list(self.members):
                if member.pipe not in ready and member.process.sentinel not in ready:
                    continue
                try:
                    kind, answer = member.pipe.recv() if member.pipe.poll() else ("died", None)
                except (EOFError, OSError):
                    kind, answer = "died", None
                task = member.task
                if kind == "died":
                    self._bury(member)
                    if task is None:  # it had nothing to do
                        continue
                    if member.tries + 1 < MAX_TRIES:
                        waiting.appendleft((task, member.tries + 1))
                        continue
                    answer = f"the judge process ended {MAX_TRIES} times over this submission"
                elif kind == "failed" and member.tries + 1 < MAX_TRIES:
                    assert task is not None
                    waiting.append((task, member.tries + 1))
                    member.task = None
                    continue
                assert task is not None
                member.task = None
                further = list(done(task, answer) or ())
                waiting.extendleft((one, 0) for one in further)
                left += len(further) - 1

    def _next(self, member: _Member, waiting: deque[tuple[Task, int]]) -> tuple[Task, int]:
        """Choose the next task: one of the member's key, else one of a key that nobody has, else the first."""
        taken = {other.key for other in self.members if other is not member}
        index = free = None
        for place, (task, _) in enumerate(islice(waiting, LOOK_AHEAD)):
            key = self.key(task)
            if key == member.key:
                index = place
                break
            if free is None and key not in taken:
                free = place
        index = index if index is not None else free or 0
        member.key = self.key(waiting[index][0])
        waiting.rotate(-index)
        chosen = waiting.popleft()
        waiting.rotate(index)
        return chosen

    def _start(self) -> _Member:
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        place = next(n for n in range(self.size) if all(member.place != n for member in self.members))
        cores = self._cores(place)
        own = None
        if isinstance(self.template, Template) and self.template.alive:
            with contextlib.suppress(SandboxError):  # the judge will meet it too, and say so in its grades
                own = self.template.split(cores)
        process = context.Process(target=self._child, args=(theirs, ours, cores, own), daemon=True)
        process.start()
        theirs.close()
        if own is not None:
            own.let_go()
        return _Member(process, ours, place)

    def _cores(self, place: int) -> set[int] | None:
        """Return where the judge of this place runs, None for anywhere."""
        if not self.pin or not hasattr(os, "sched_setaffinity"):
            return None
        cores = sorted(os.sched_getaffinity(0))
        return {cores[place]} if 1 < self.size <= len(cores) else None

    def _child(
        self, pipe: Connection, parents_end: Connection, cores: set[int] | None, template: WorkerSource | None
    ) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        parents_end.close()
        for member in self.members:
            member.pipe.close()
        if isinstance(self.template, Template):
            self.template.let_go()
        if cores is not None:
            os.sched_setaffinity(0, cores)
        work = self.make(template)
        gc.freeze()  # what was collected and imported stays: nobody need look through it again and again
        try:
            while True:
                try:
                    method, argument = pipe.recv()
                except (EOFError, OSError):  # it hung up, or was ended in the middle of a word
                    return
                try:
                    answer: tuple[str, Any] = ("done", getattr(work, method)(argument))
                except Exception as error:
                    answer = ("failed", f"{type(error).__name__}: {error}")
                try:
                    pipe.send(answer)
                except OSError:  # the run ended meanwhile and tells why
                    return
        finally:
            work.judge.close()

    def _bury(self, member: _Member) -> None:
        member.pipe.close()
        member.process.join(5)
        self.members.remove(member)

    def close(self) -> None:
        """Hang up and wait; a judge that does not end is killed."""
        for member in self.members:
            member.pipe.close()
        for member in self.members:
            member.process.join(10)
            if member.process.is_alive():
                member.process.kill()
                member.process.join()
        self.members.clear()
