"""Faults that show without running anything: counts, signatures, drifted files."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import TypeGuard

from ...checking.claims import WORTH
from ...course import catalogue, syllabus
from ...course.anchors import anchored
from ...course.catalogue import Rewrite
from ...course.drafts import drafts
from ...course.page_files import clashes
from ...course.syllabus import split_lesson
from ...course.texts import line_of, read_python, read_text
from ...course.trees import Trees
from ...errors import CourseError
from ...model import Exercise, QuestionPage
from ...sandbox.host.student import Student
from ...text import counted, hint_owners, similar_name
from .. import build
from ..formulas import unreadable
from ..plain import stumbles
from ..taught import too_early
from .modules import absent_faults, advice, is_installed, picture_faults
from .parameters import strange_parameters
from .report import Report

MIN_MISCONCEPTIONS, MIN_VARIANTS, MIN_HINTS = 4, 2, 2


def statics(
    exercise: Exercise, trees: Trees, wrong: tuple[Rewrite, ...], right: tuple[Rewrite, ...], report: Report
) -> list[str]:
    """Return the faults that show without running anything, each at the level from which it counts."""
    faults = _of_the_standard(exercise, trees, wrong, right) if report.level == "proven" else []
    faults += swallowing(trees.check(exercise.address)) + uncounted(trees.check(exercise.address))
    faults += strange_parameters(trees.check(exercise.address))
    if report.claimed > WORTH * exercise.points + 1e-9:
        faults.append(f"{report.claimed:g} of {exercise.points:g} points rest on claims; at most {WORTH:.0%} may")
    text = catalogue.solution_text(trees, exercise)
    solution = signatures(text)
    checks = read_python(trees.check(exercise.address), "")
    taken = sorted(name for name in solution if hasattr(Student, name) or name in ("calls", "peer", "process"))
    taken = [name for name in taken if f'["{name}"]' not in checks]
    if taken:
        faults.append(f'checks cannot reach {", ".join(taken)} as attributes of student: write student["{taken[0]}"]')
    faults += _of_files(exercise, trees, text) + _strange_rewrites(exercise, trees, wrong, right, text)
    known = {rewrite.name for rewrite in wrong} | {name.partition(".")[0] for name in solution}
    known |= {node.name for node in ast.parse(checks).body if _is_check(node)}
    for name in anchored(read_text(trees.lesson(exercise.address), "")):
        if name not in known:
            faults.append(f"the lesson has a paragraph about {name!r}, which is no mistake, check or function here")
    faults += _strange_hints(exercise, trees, {name.partition(".")[0] for name in solution})
    faults += _unknown_flaws(exercise, trees, wrong, solution)
    course = syllabus.load(trees)
    if report.level == "proven" and course.plain_english:
        faults += stumbles(trees, exercise)
    faults += unreadable(trees.lesson(exercise.address))
    early = too_early(course, exercise, text)
    faults += [f"uses {name}, which only {page} introduces" for name, page in early.items()]
    faults += clashes(trees, exercise.address, syllabus.load(trees).pages.values())
    faults += [f"{path} is not what `gradus build` would write; run it" for path in build.drifted(trees, exercise)]
    return faults


def of_questions(page: QuestionPage, trees: Trees, report: Report) -> list[str]:
    """Return the faults of a page without code: what a person who marks it needs, and generated files in step."""
    report.questions, report.by_hand = len(page.questions), page.points
    faults = [
        f"question {number} has no scheme: say what earns how much"
        for number, question in enumerate(page.questions, 1)
        if not question.scheme and report.level != "draft"
    ]
    try:
        faults += picture_faults(trees, page) + unreadable(trees.lesson(page.address))
        faults += [f"{path} is not what `gradus build` would write; run it" for path in build.drifted(trees, page)]
    except CourseError as error:
        faults.append(str(error))
    return faults


def installed_needs(exercise: Exercise, trees: Trees) -> None:
    """Refuse a page that needs a module which is not installed: none of its workers could start.

    What a page wants out of sight (``"-scipy"``) may be absent altogether.

    Raises:
        CourseError: naming the file, the line and the module.
    """
    for need in exercise.needs:
        name = need.partition(".")[0]
        if not need.startswith("-") and not is_installed(name):
            path = trees.lesson(exercise.address)
            line = line_of(path.read_text(encoding="utf-8"), "needs")
            raise CourseError(f"{path}, line {line}, key needs: there is no module {name} here; {advice(name)}")


def readable_checks(exercise: Exercise, trees: Trees) -> None:
    """Refuse a page whose checks cannot be collected: pytest would end for all pages that are verified with it.

    Raises:
        CourseError: naming the file, the line and what is wrong.
    """
    path = trees.check(exercise.address)
    if path.is_file():
        faults = absent_faults(trees, exercise.address, path, read_python(path, ""))
        if faults:
            raise CourseError("; ".join(faults))


def definitions(text: str) -> set[str]:
    """Return the names of the functions and classes that a source defines at its top, and of the classes' methods."""
    top = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Module | ast.If | ast.Try | ast.With)]
    found = {node.name for body in top for node in body.body if isinstance(node, build.DEFINITIONS)}
    assigned = {n.id for node in ast.parse(text).body if isinstance(node, ast.Assign) for n in ast.walk(node)
                if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}  # fmt: skip
    return found | assigned


def _of_files(exercise: Exercise, trees: Trees, solution: str) -> list[str]:
    """Return what the page's own files import that is not there, and why its picture cannot be drawn."""
    faults = absent_faults(trees, exercise.address, trees.solution(exercise.address), solution)
    for rewritten in (trees.misconception(exercise.address), trees.variant(exercise.address)):
        if rewritten.is_file():
            faults += absent_faults(trees, exercise.address, rewritten, read_python(rewritten, ""))
    return faults + picture_faults(trees, exercise)


def _strange_rewrites(
    exercise: Exercise, trees: Trees, wrong: tuple[Rewrite, ...], right: tuple[Rewrite, ...], text: str
) -> list[str]:
    """Return which misconceptions and variants replace nothing, or with other parameters."""
    faults = []
    solution, defined = signatures(text), definitions(text)
    for path, rewrites in ((trees.misconception, wrong), (trees.variant, right)):
        for rewrite in rewrites:
            told = f"{path(exercise.address)}, line {rewrite.line}: {rewrite.name!r}"
            if rewrite.of not in defined:
                near = similar_name(rewrite.of, defined)
                hint = f"; did you mean {near}?" if near else f"; it defines {', '.join(sorted(defined))}"
                faults.append(f"{told} replaces {rewrite.of}, which the solution does not define{hint}")
            written = signatures(rewrite.source)
            faults += [f"{told} defines {name}; did you mean {near}?" for name, near in misspelt(written, solution)]
            faults += [
                f"{told}: the signature of {name} is not the solution's ({', '.join(solution[name])})"
                for name, signature in written.items()
                if name in solution and not _compatible(signature, solution[name])
            ]
    return faults


def _of_the_standard(
    exercise: Exercise, trees: Trees, wrong: tuple[Rewrite, ...], right: tuple[Rewrite, ...]
) -> list[str]:
    """Return what a proven page has too little of."""
    faults = []
    if len(wrong) < MIN_MISCONCEPTIONS:
        faults.append(f"{counted(len(wrong), 'misconception')}; the standard asks for {MIN_MISCONCEPTIONS} or more")
    if len({r.name for r in right}) < MIN_VARIANTS:
        faults.append(f"{counted(len(right), 'correct variant')}; the standard asks for {MIN_VARIANTS} or more")
    if len(exercise.hints) < MIN_HINTS:
        faults.append(f"{counted(len(exercise.hints), 'hint')}; the standard asks for {MIN_HINTS} or more")
    _, lesson = split_lesson(trees.lesson(exercise.address))
    if "![" not in lesson:
        faults.append("the lesson has no picture")
    return faults


def _is_check(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")


def _strange_hints(exercise: Exercise, trees: Trees, functions: set[str]) -> list[str]:
    """Return what is wrong with hints that begin with names: each must be a function of the page."""
    place, found = trees.lesson(exercise.address), []
    for name in (name for hint in exercise.hints for name in hint_owners(hint) if name not in functions):
        near = similar_name(name, functions)
        advice = f"did you mean {near}?" if near else "begin it with functions, or none"
        found.append(f"{place}, key hints: a hint belongs to {name!r}, which the page has not; {advice}")
    return found


def _unknown_flaws(
    exercise: Exercise, trees: Trees, wrong: tuple[Rewrite, ...], solution: dict[str, list[str]]
) -> list[str]:
    """Return what the flaws of first drafts name that is not there."""
    known = {(rewrite.of, rewrite.name) for rewrite in wrong}
    owners = {name.partition(".")[0] for name in solution}
    faults = []
    for flaw in (flaw for draft in drafts(trees, exercise) for flaw in draft.flaws):
        place = f"{trees.drafts(exercise.address)}, line {flaw.line}"
        if flaw.function not in owners:
            faults.append(f"{place}: the page has no {flaw.function}")
        unknown = [name for name in flaw.names if (flaw.function, name) not in known]
        faults += [f"{place}: {flaw.function} has no misconception {name!r}" for name in unknown]
    return faults


def swallowing(path: Path) -> list[str]:
    """Return where a check catches what is not its to catch: the end of the student's side."""
    caught = {"BaseException", "StudentProblem"}
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            names = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} if node.type is not None else caught
            if names & caught:
                found.append(f"{path}, line {node.lineno}: a check must not catch how the student's side ends")
    return found


def uncounted(path: Path) -> list[str]:
    """Return which checks pytest never runs: one of a name that a later one takes, one that is called otherwise."""
    found, first = [], dict[str, int]()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        if not _is_check(node):
            calls = [one.func for one in node.decorator_list if isinstance(one, ast.Call)]
            if any(isinstance(one, ast.Name) and one.id == "points" for one in calls):
                found.append(f"{path}, line {node.lineno}: {node.name} is no check; call it test_{node.name}")
        elif node.name in first:
            before = first[node.name]
            found.append(
                f"{path}, line {node.lineno}: {node.name} is on line {before}, too, and only the last one counts; "
                "give it another name"
            )
        first.setdefault(node.name, node.lineno)
    return found


def signatures(text: str) -> dict[str, list[str]]:
    """Return the parameters, with their defaults, of every function and method of a source."""
    found: dict[str, list[str]] = {}

    def visit(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                visit(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                plain = node.args.posonlyargs + node.args.args
                defaults = [""] * (len(plain) - len(node.args.defaults)) + [
                    f"={ast.unparse(d)}" for d in node.args.defaults
                ]
                found[prefix + node.name] = [a.arg + d for a, d in zip(plain, defaults, strict=True)]
                for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
                    found[prefix + node.name].append(f"*, {a.arg}" + (f"={ast.unparse(d)}" if d else ""))

    visit(ast.parse(text).body, "")
    return found


def misspelt(written: Iterable[str], solution: Iterable[str]) -> list[tuple[str, str]]:
    """Return the methods that stand where one of the solution's is missing, each with the one that it is like."""
    written, solution = [*written], [*solution]
    found = []
    for name in (name for name in written if "." in name and name not in solution):
        owner = name.rpartition(".")[0] + "."
        missing = [one.removeprefix(owner) for one in solution if one.startswith(owner) and one not in written]
        near = similar_name(name.removeprefix(owner), missing, 0.85)
        found += [(name, owner + near)] if near else []
    return found


def _compatible(mine: list[str], solution: list[str]) -> bool:
    """Tell whether the parameters are the same in the same order; further ones with defaults may follow."""
    return mine[: len(solution)] == solution and all("=" in extra for extra in mine[len(solution) :])
