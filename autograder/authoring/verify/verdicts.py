"""Compare what came out of a page with what must."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from ...course.catalogue import Rewrite
from ...course.texts import read_text
from ...course.trees import Trees
from ...errors import CourseError
from ...language import speaking
from ...model import CheckResult, Failure, Grade
from ...report.faults import fault_lines
from ...text import similar_name, told
from ..breakers import waivers
from ..breakers.advice import advice
from ..breakers.audit import unproved
from ..breakers.room import failed
from ..breakers.target import targets_of
from .chance import end_of
from .first_drafts import tallied
from .plan import Plan
from .report import Report

MIN_KILLED = 0.95


def judge_plan(plan: Plan) -> None:
    """Compare what came out of a page with what must, and write it into its report."""
    report, grades, exercise = plan.report, plan.grades, plan.exercise
    faults = report.faults
    names = [check.name for check in plan.checks]
    replayable = {check.name for check in plan.checks if check.replayable}
    report.checks, report.misconceptions = len(names), len(plan.wrong)
    report.variants = len({r.name for r in plan.right})
    total = sum(check.points for check in plan.checks)
    if plan.checks and abs(total - exercise.points) > 1e-9:
        worth = " + ".join(f"{check.points:g} ({check.name})" for check in plan.checks)
        faults.append(
            f"its checks are worth {total:g} points, the front matter says {exercise.points:g}: write "
            f"points = {total:g} into the lesson, or change what the checks are worth: {worth}"
        )
    broken: set[str] = set()  # what the solution fails tells nothing of the misconceptions
    if "solution" in grades:
        broken = {c.name for c in grades["solution"].checks if failed(c)}
    right = {"the solution": "solution"} | {f"the variant {r.name!r}": r.name for r in plan.right}
    faults += must_pass({what: grades[name] for what, name in right.items() if name in grades})
    graded_all = [*grades.values(), *plan.drafted.values()]
    faults += fault_lines(_without(grade, broken) for grade in graded_all)  # of those it is said above
    if "stub" in grades:
        passing = [c.name for c in grades["stub"].checks if c.status == "passed"]
        if exercise.ships_solved:
            faults += must_pass({"the stub, which ships solved,": grades["stub"]})
        elif passing:
            faults.append(f"the stub passes {', '.join(passing)}")
    graded = [(rewrite, grades[rewrite.key]) for rewrite in plan.wrong if rewrite.key in grades]
    for rewrite, grade in graded:
        faults += _must_die(rewrite, grade, names, replayable - broken, plan.written.get(rewrite.key, ""))
    killed_by = {c.name for _, grade in graded for c in grade.checks if failed(c)}
    if report.level == "proven":
        faults += [f"{name} rejects no misconception" for name in names if name not in killed_by]
    faults += _not_carried_out(plan)
    _judge_mutants(plan)
    _judge_seeds(plan)
    report.drafts = tallied(plan.drafts, plan.drafted)
    faults += [f"of the first draft {false}" for false in report.drafts.false]
    if plan.extent.strict_drafts and not exercise.ships_solved:
        faults += report.drafts.short


def with_absent(fault: str, folder: Path) -> str:
    """Return a fault with where the file belongs that is missing, if that is what it is about."""
    absent = re.search(r"No such file or directory: '([^'/][^']*)'", fault)
    if not absent:
        return fault
    near = similar_name(absent[1], [one.relative_to(folder).as_posix() for one in folder.rglob("*")])
    return f"{fault}; {f'did you mean {near}?' if near else f'put {absent[1]} into {folder}/'}"


def _not_carried_out(plan: Plan) -> list[str]:
    """Return what of solution and variants raises as it is loaded: students' code goes on after that, ours may not.

    What is not installed is told by :mod:`.modules`.
    """
    known: set[str] = set()
    faults = []
    for name in dict.fromkeys(("solution", *(rewrite.name for rewrite in plan.right))):
        notes = plan.grades[name].notes if name in plan.grades else ()
        told = [note for note in notes if note not in known and "ModuleNotFoundError" not in note]
        place = plan.written.get(name, name)
        faults += [
            f"{place}: {' '.join(note.split())}; define or import what it needs above that line" for note in told
        ]
        known |= {*notes}
    return faults


def _without(grade: Grade, broken: set[str]) -> Grade:
    """Return a grade without those checks that count for nobody since the page's own solution fails them."""
    kept = [check for check in grade.checks if check.name not in broken or check.status != "internal"]
    return replace(grade, checks=tuple(kept))


def _of_the_page(check: CheckResult) -> Failure | None:
    """Return why a check failed; where it counts for no student, since the solution fails it, what the solution did."""
    failure = check.failure
    return failure.cause if failure is not None and check.status == "internal" and failure.cause else failure


def must_pass(grades: dict[str, Grade]) -> list[str]:
    """Return the checks that fail what must pass, each with all whom it fails for the same reason.

    Args:
        grades: what came out of each, by what it is called in a sentence.
    """
    found: dict[tuple[str, str, str], list[str]] = {}
    with speaking(""):  # an author reads it among English, whatever the course's language
        for what, grade in grades.items():
            for c in grade.checks:
                if failed(c):
                    reason = " ".join(told(_of_the_page(c)).split())[:400]
                    found.setdefault((c.name, c.status, reason), []).append(what)
    return [f"{_all_of(who)} {name} ({status}): {reason}" for (name, status, reason), who in found.items()]


def _all_of(who: list[str]) -> str:
    """Return the beginning of a sentence about what some fail."""
    return f"{', '.join(who[:-1])} and {who[-1]} fail" if who[1:] else f"{who[0]} fails"


def _must_die(rewrite: Rewrite, grade: Grade, names: list[str], telling: set[str], place: str) -> list[str]:
    """Return what is wrong with how a misconception ended.

    Args:
        telling: the checks that must name it.
        place: where it is written.
    """
    dead = [c.name for c in grade.checks if failed(c)]
    if rewrite.dies_by not in names:
        near = similar_name(rewrite.dies_by, names)
        hint = f"; did you mean {near}?" if near else f"; there are {', '.join(names)}"
        return [f"{place}: {rewrite.name!r} names the check {rewrite.dies_by}, which does not exist{hint}"]
    if rewrite.dies_by not in dead:
        return [f"{rewrite.key!r} is not rejected by {rewrite.dies_by} (but by {', '.join(dead) or 'none'})"]
    by = next(c for c in grade.checks if c.name == rewrite.dies_by)
    own = {rewrite.name, *rewrite.also}
    known = by.failure.diagnosis if by.failure is not None else ()
    exact = tuple(one.name for one in known if one.exact or (rewrite.also and one.name in own))
    if by.status == "forbidden" or by.name not in telling or (rewrite.name in exact and own >= {*exact}):
        # what functions that call this one answer wrongly follows from it, and is told so
        said = [one for check in grade.checks if check.failure is not None for one in check.failure.diagnosis]
        others = dict.fromkeys(one.name for one in said if one.function == rewrite.of and one.name not in own)
        return [f"{rewrite.key!r} is also called {', '.join(map(repr, others))}, which it is not"] if others else []
    return [f"{rewrite.key!r} is diagnosed as {', '.join(map(repr, exact)) or 'nothing'} by {rewrite.dies_by}"]


def _judge_mutants(plan: Plan) -> None:
    report = plan.report
    for mutant in plan.mutants:
        fate = plan.fates.get(mutant.name)
        if fate is None:
            continue
        if mutant.owner and mutant.owner not in plan.called and fate.killed_by == "":
            report.unmutated.append(mutant.name)
        elif fate.killed_by:
            report.killed += 1
            report.of_variants += mutant.variant != ""
        elif fate.differs:
            report.survivors.append(mutant.name)
            report.of_variants += mutant.variant != ""
        else:
            report.equivalent += 1
        for name in fate.false_accusations:
            report.faults.append(f"the mutant {mutant.name!r} is falsely accused: {name!r}")
    if report.mutants and report.killed < MIN_KILLED * report.mutants:
        report.faults.append(
            f"{report.killed} of {report.mutants} differing mutants die, fewer than {MIN_KILLED:.0%}: "
            + "; ".join(report.survivors[:12])
        )


def _judge_seeds(plan: Plan) -> None:
    """Whoever dies at one seed and lives at another is a fault of the check."""
    report = plan.report
    training = {check.name for check in plan.checks if check.trains}
    for who, found in plan.ends.items():
        first = {c.name: end_of(c, 0) for c in plan.grades[who].checks} if who in plan.grades else {}
        for check, later in found.items():
            end = first[check].and_then(later) if check in first else later
            if end.lives and end.dies:
                report.faults.append(
                    f"{check} decides by chance: {who!r} ({plan.written[who]}) passes it at seed {end.lives_at} and "
                    f"not at seed {end.dies_at}, nor at {end.dies - 1} more of {end.lives + end.dies} "
                    f"({end.status}): {end.why}"
                )
            if who == "solution" and check in training:
                report.training_seeds = max(report.training_seeds, end.lives + end.dies)
            elif who == "solution":
                report.seeds = max(report.seeds, end.lives + end.dies)
    known = {fate.name: (0, fate) for fate in report.breakers.fates} if report.breakers is not None else {}
    for seed, page in plan.again:
        for fate in page.fates:
            before, other = known.setdefault(fate.name, (seed, fate))
            if {fate.fate, other.fate} == {"dies", "survives"}:
                report.faults.append(
                    f"{fate.by or other.by} decides by chance: the breaker {fate.name!r} {other.fate} at seed {before} "
                    f"and {fate.fate} at seed {seed}"
                )


def judge_breakers(report: Report, trees: Trees, mistakes: Collection[str], *, strict: bool, survivors: bool) -> None:
    """Read the waivers of a page, and say what survives without one, and which promise nothing proves.

    Args:
        strict: an unproved promise is a fault, and what survives.
        survivors: what survives is one of a proven page, as of a checked one.
    """
    if report.breakers is None:
        return
    path = trees.waiver(report.address)
    try:
        told = waivers.read(path)
    except CourseError as error:
        report.faults.append(str(error))
        return
    report.faults += [
        f"the breaker {one.breaker!r} is called {one.said!r} at one seed and not at another: the name is not true of it"
        for one in report.named if not one.lasts
    ]  # fmt: skip
    report.breakers = page = waivers.judged(report.breakers, told, path.name)
    text = read_text(trees.solution(report.address), "the solution is missing")
    names = {fate.name for fate in page.fates}
    report.unproved, wrong = waivers.settled(unproved(targets_of(text), page), told, names, mistakes, text, path.name)
    report.faults += (*page.faults, *wrong)
    if strict:
        report.faults += [
            f"nothing proves {promise!r}: check it, name under [proved] in {path.name} the misconception that breaks "
            f"it, or waive it with the sentence that leaves it open"
            for promise in report.unproved
        ]
    if strict or survivors or report.level == "checked":
        entry = '"%s" = "the sentence of its docstring that leaves it open"'
        report.faults += [
            f"nothing rejects the breaker {fate.name!r}: {fate.shown}; {advice(fate)}, or waive it in "
            f"{trees.waiver(report.address).name}: {entry % fate.name}"
            for fate in page.of("survives")
        ]
