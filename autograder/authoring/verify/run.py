"""Verify some pages: plan, ask, judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from ...course.trees import Trees
from ...errors import CourseError
from ...model import BY_HAND, LEVELS, Exercise, Grade, Settings, Syllabus
from ...running.pool import Task, run_tasks
from ...sandbox.host.base import WorkerSource
from ..claims import claims_of
from .kept import Kept
from .plan import Extent, Plan, planned
from .report import Report
from .statics import installed_needs, of_questions, readable_checks, statics
from .tasks import Mistaken, Rest, Seen, Told
from .verdicts import judge_breakers, judge_plan, with_absent
from .work import VerifyWork

OWN = ("solution", "stub")  #: whose verdict an author wants first


def verify(
    addresses: list[str],
    syllabus: Syllabus,
    trees: Trees,
    settings: Settings,
    extent: Extent,
    *,
    jobs: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
    template: WorkerSource | None = None,
    finished: Callable[[Plan], None] = lambda plan: None,
    saw: Callable[[Plan, str, Seen | Grade, int], None] = lambda plan, name, answer, to_come: None,
) -> list[Report]:
    """Verify some pages. What did not change since the last time is not run again.

    Args:
        progress: called with (tasks done, tasks in all).
        template: one that was started earlier.
        finished: called with each page's plan once everything about it is known.
        saw: called with the plan, the name of a source that was run (the solution, the stub, the key of a
            misconception), what it did, and how many misconceptions are still to come.
    """
    plans, reports = _plans(addresses, syllabus, trees, extent)
    kept = {address: Kept(trees, plan.exercise, settings, by_check=extent.by_check) for address, plan in plans.items()}

    def unknown(address: str, wanted: list[Task]) -> list[Task]:
        """Return what must be asked; the plan takes in what is known from before."""
        found = []
        for task in wanted:
            known = kept[address].recall(task)
            if known is None:
                found.append(kept[address].rest(task))
            else:
                plans[address].take(task, known)
        return found

    tasks: list[Task] = []
    for address, plan in plans.items():
        asked = unknown(address, plan.tasks())
        asked.sort(key=partial(_can_wait, kept[address].changed))
        tasks += asked if any(map(_mistake, asked)) else [*unknown(address, plan.next()), *asked]
    left, count = Counter(map(_address, tasks)), 0
    to_come = Counter(_address(task) for task in tasks if _mistake(task))

    def done(task: Task, answer: Any) -> list[Task]:
        nonlocal count
        count += 1
        progress(count, count + sum(left.values()) - 1)
        address, plan = _address(task), plans[_address(task)]
        said = answer.answer if isinstance(answer, Told) else answer
        plan.take(task, said)
        kept[address].take(task, answer)
        further: list[Task] = []
        to_come[address] -= _mistake(task) is not None
        if _news(task, said):
            plan.changed.append(task[1].student)
            saw(plan, task[1].student, said, to_come[address])
        if isinstance(said, Seen):
            further = unknown(address, plan.next())
        left[address] += len(further) - 1
        if not left[address]:
            finish(address)
        return further

    def finish(address: str) -> None:
        plan = plans[address]
        judge_plan(plan)
        plan.report.faults = [with_absent(fault, trees.files(address)) for fault in plan.report.faults]
        names = [wrong.name for wrong in plan.wrong]
        judge_breakers(plan.report, trees, names, strict=extent.strict_breakers, survivors=extent.survivors)
        kept[address].write(not plan.report.faults)
        finished(plan)

    for address in plans:
        if not left[address]:
            finish(address)
    seen = {address: plan.seen for address, plan in plans.items()}
    run_tasks(tasks, [*dict.fromkeys(map(_address, tasks))], syllabus, trees, settings, jobs=jobs, done=done,
              work=partial(VerifyWork, seen=seen), template=template)  # fmt: skip
    return reports


def _plans(
    addresses: list[str], syllabus: Syllabus, trees: Trees, extent: Extent
) -> tuple[dict[str, Plan], list[Report]]:
    """Return what is asked of each page of which anything can be asked, and a report of each page."""
    plans: dict[str, Plan] = {}
    reports: list[Report] = []
    for address in addresses:
        report = Report(address, level=extent.level or syllabus.pages[address].level)
        reports.append(report)
        if address in syllabus.question_pages:
            report.level = LEVELS[0] if report.level == LEVELS[0] else BY_HAND
            report.faults += of_questions(syllabus.question_pages[address], trees, report)
            continue
        exercise = syllabus.exercises[address]
        report.unasked = unasked(exercise, trees, report.level, extent)
        plan = _planned(exercise, trees, report, extent)
        if plan is not None:
            plans[address] = plan
    return plans, reports


def unasked(exercise: Exercise, trees: Trees, level: str, extent: Extent) -> tuple[str, ...]:
    """Return what a level asks of a page and this run does not."""
    if exercise.ships_solved or level == LEVELS[0]:
        return ()
    mutants = level == LEVELS[-1] and exercise.mutants and not extent.mutants
    drafts = trees.drafts(exercise.address).is_file() and not extent.drafts
    left_out = {"breakers": not extent.breakers, "mutants": mutants, "first drafts": drafts}
    return tuple(what for what, is_left_out in left_out.items() if is_left_out)


def _planned(exercise: Exercise, trees: Trees, report: Report, extent: Extent) -> Plan | None:
    """Return what is asked of a page, its report with the faults that show at once; None where nothing can be asked."""
    try:
        installed_needs(exercise, trees)
        readable_checks(exercise, trees)
        plan = planned(exercise, trees, report, extent)
        report.claimed = round(sum(one.points for one in claims_of(trees.check(exercise.address))), 4)
        report.faults += statics(plan.exercise, trees, plan.wrong, plan.right, report)
        return plan
    except CourseError as error:
        report.faults.append(str(error))
    except SyntaxError as error:
        report.faults.append(f"{trees.solution(exercise.address)}, line {error.lineno}: {error.msg}")
    return None


def _mistake(task: Task) -> Mistaken | None:
    """Return the known mistake that a task runs, be it in all checks or in some."""
    subject = task[1].subject if isinstance(task[1], Rest) else task[1]
    return subject if isinstance(subject, Mistaken) else None


def _can_wait(changed: frozenset[str], task: Task) -> bool:
    """Tell whether others come first: those that should die by a check that was saved."""
    mistake = _mistake(task)
    return mistake is not None and bool(changed) and mistake.dies_by not in changed


def _news(task: Task, answer: Any) -> bool:
    """Tell whether an author waits for an answer: about solution and stub, and of a mistake that was run in a check."""
    subject = task[1]
    if isinstance(answer, Grade):
        return subject.student in OWN
    before = subject.results if isinstance(subject, Rest) else {}
    return isinstance(answer, Seen) and any(one.name not in before for one in answer.results)


def _address(task: Task) -> str:
    """Return the page that a task is about."""
    subject = task[1]
    return subject if isinstance(subject, str) else str(subject.exercise)
