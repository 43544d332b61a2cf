"""An assignment written as a page, and tried: what its own solution fails there cannot cross, and is told why."""

from __future__ import annotations

import ast
import itertools
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import replace
from functools import partial
from io import StringIO
from pathlib import Path

from ...course import catalogue, syllabus
from ...course.trees import Trees
from ...errors import CourseError
from ...language import speaking
from ...model import CheckResult, Grade, Settings, Submission
from ...running.pool import grade_many
from ...sandbox.host.base import WorkerSource
from ...sandbox.host.start import start_template
from ...text import told
from .. import build, new
from ..undo import page_or_nothing
from . import pictures
from .asking import asked_in, asking
from .constants import changed_in, told_of_answers
from .crossing import World, calls_alone, crossed, parsed, plain_code
from .earlier import CARRIED, carried
from .names import bound, loaded
from .opened import texts_in
from .parts import Assignment, Outcome
from .reasons import OBJECTS, reasons
from .texts import HIDDEN, Test, absent_in, checks_text, is_text, lesson_text, needs_of, solution_text, without_title
from .vacuous import REST_STAYS, looked_at

_OBJECT = re.compile(r"is or holds an object")
_NO_WRONG = '"""Wrong ways, as students write them: none is known yet; `gradus suggest` finds them."""\n'
_NO_RIGHT = '"""Other right ways: none is known yet."""\n'
_ROUNDS = 5  #: of trying and leaving out


def bring(trees: Trees, address: str, assignment: Assignment, template: WorkerSource | None = None) -> Outcome:
    """Write an assignment as a page of a course, and try it with its own solution and stub.

    Args:
        template: one that was started earlier; for an assignment that needs modules another is started.

    Raises:
        CourseError: the address is taken or malformed, or nothing of the assignment can be graded here.
    """
    new.not_installed(trees)
    name = address.partition("/")[2]
    if not re.fullmatch(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*", address):
        raise CourseError(f"{address}: an address is section/exercise in small letters, digits and _")
    page = trees.pages / address
    places = (trees.course / f"{address}.md", trees.solutions / f"{address}.py", page / f"test_{name}.py")
    for path in places:
        if path.exists():
            raise CourseError(f"{path}: is there already; name another section with --section, or delete it first")
    assignment, shown = pictures.brought(assignment, name)
    outcome = Outcome(address, notes=list(assignment.notes))
    beside_lesson = {places[0].parent / one: content for one, content in shown.items()}
    world = _world(assignment, outcome)
    outcome.notes += [
        f"`{name}`: opens what is none of the page's files, so the student's process is asked for it; put the file "
        "beside the assignment and open it by its name, to have it from the page's own files"
        for name in sorted(world.looked_up)
    ]
    tests = _tests(assignment, world, outcome)
    outcome.asked = sum(cell.points for cell in assignment.cells if cell.kind == "manual")
    if not tests and outcome.asked and not any(cell.kind in ("solution", "test") for cell in assignment.cells):
        return _of_words(trees, assignment, beside_lesson, outcome)
    _some_are_left(tests, assignment, outcome)
    solution = solution_text(assignment)
    if "### BEGIN SOLUTION" not in solution:
        raise CourseError(
            f"{assignment.source}: marks nothing that students write, ### BEGIN SOLUTION … ### END SOLUTION"
        )
    outcome.notes += [note for note in absent_in(solution) if not _is_beside(note, assignment)]
    toml = trees.course / "course.toml"
    more = {page / "misconceptions.py": _NO_WRONG, page / "variants.py": _NO_RIGHT}
    files = trees.solutions / f"{address}_files"
    needs = tuple(needs_of(solution))
    warm = template if template is not None and not needs else start_template("plain", needs)
    with page_or_nothing(trees, address, beside_lesson), _closing(warm if warm is not template else None):
        _list(trees, address)
        for path, text in {places[1]: solution, **more}.items():
            new.write(path, text)
        for path, content in beside_lesson.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for inside, path in assignment.files.items():
            (files / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, files / inside)
        tests = _settled(trees, tests, assignment, world, outcome, warm)
        build.write(trees, syllabus.load(trees).exercises[address])
        worth: dict[str, float] = {}
        for test in tests:
            if test.points or not test.cell.hidden:
                worth[test.cell.name] = worth.get(test.cell.name, 0.0) + test.points
        outcome.crossed = [*worth.items()]
        report = page / "IMPORTED.md"
        new.write(report, told_as_markdown(outcome, assignment))
    outcome.written = [*places, *more, *beside_lesson, *(files / inside for inside in assignment.files), report, toml]
    return outcome


@contextmanager
def _closing(source: WorkerSource | None) -> Iterator[None]:
    try:
        yield
    finally:
        if source is not None:
            source.close()


def _list(trees: Trees, address: str) -> None:
    """Give a page its line in ``course.toml``, and its section where there is none."""
    toml = trees.course / "course.toml"
    before = toml.read_text(encoding="utf-8")
    section = address.partition("/")[0]
    new.write(toml, new.with_line(with_section(before, section, syllabus.load(trees).sections), address))


def _is_beside(note: str, assignment: Assignment) -> bool:
    name = note.removeprefix("imports ").partition(",")[0]
    return any(inside.partition("/")[0] in (name, f"{name}.py") for inside in assignment.files)


def _of_words(trees: Trees, assignment: Assignment, shown: dict[Path, bytes], outcome: Outcome) -> Outcome:
    """Write an assignment that a person reads whole as a page of questions."""
    toml, lesson = trees.course / "course.toml", trees.course / f"{outcome.address}.md"
    with page_or_nothing(trees, outcome.address, shown):
        _list(trees, outcome.address)
        new.write(lesson, lesson_text(assignment, []))
        for path, content in shown.items():
            path.write_bytes(content)
        build.write(trees, syllabus.load(trees).question_pages[outcome.address])
    outcome.written = [lesson, *shown, toml]
    return outcome


def _some_are_left(tests: list[Test], assignment: Assignment, outcome: Outcome) -> None:
    if not tests:
        why = "".join(f"\n  {name} ({points:g} points): {why}" for name, points, why in outcome.left)
        raise CourseError(f"{assignment.source}: none of its tests can be asked from the judge{why or ': it has none'}")
    if not sum(test.points for test in tests):
        which = "what became a check is" if any(points for _, points, _ in outcome.left) else "its tests are"
        outcome.notes.append(f"{which} worth no points; here each counts one")
        for test in tests:
            test.points = 1.0


def _settled(
    trees: Trees, tests: list[Test], assignment: Assignment, world: World, outcome: Outcome, warm: WorkerSource
) -> list[Test]:
    """Write checks and lesson, and try them, until all that is left holds; return it."""
    for rounds_left in reversed(range(_ROUNDS)):
        new.write(trees.check(outcome.address), checks_text(assignment, tests, world, told=True))
        new.write(trees.course / f"{outcome.address}.md", lesson_text(assignment, tests))
        try:
            kept = _tried(trees, outcome.address, tests, world, warm, outcome, last=not rounds_left)
        except CourseError as error:
            if not rounds_left:
                raise
            tests = _left_to_students(error, trees.check(outcome.address), tests, world, outcome)
            _some_are_left(tests, assignment, outcome)
            continue
        if kept == tests:
            break
        tests = _counted(kept, outcome)
        _some_are_left(tests, assignment, outcome)
    new.write(trees.check(outcome.address), checks_text(assignment, tests, world))
    new.write(trees.course / f"{outcome.address}.md", lesson_text(assignment, tests))
    return tests


def _left_to_students(error: CourseError, path: Path, tests: list[Test], world: World, outcome: Outcome) -> list[Test]:
    """Leave a given value to the student's process that cannot be made here; return the tests that then can cross.

    A file that is not there, a server that does not answer: one such statement keeps all checks from being collected.

    Raises:
        CourseError: the error itself, where no given value is at fault.
    """
    found = re.search(r", line (\d+): the checks of .*? cannot be collected: (.*); ", " ".join(str(error).split()))
    line = int(found[1]) if found is not None else 0
    body = ast.parse(path.read_text(encoding="utf-8")).body
    at = next((node for node in body if node.lineno <= line <= (node.end_lineno or node.lineno)), None)
    names = sorted(bound(at) & world.given.keys()) if at is not None else []
    if found is None or not names or isinstance(at, ast.Import | ast.ImportFrom):
        raise error
    for name in names:
        if name in world.given:  # another one may have taken it along
            world.leave(name)
    outcome.notes.append(
        f"`{names[0]}`: cannot be made here ({found[2][:200]}), so the student's process is asked for it; put a file "
        "that it opens beside the assignment, and what a server answers into such a file"
    )
    whys = {test.name: crossed(test.source, world, handed=test.handed).why for test in tests}
    outcome.left += [(test.cell.name, test.points, whys[test.name]) for test in tests if whys[test.name]]
    return [test for test in tests if not whys[test.name]]


def _counted(tests: list[Test], outcome: Outcome) -> list[Test]:
    """Give the points of a hidden part that is left out to the part that is shown."""
    hidden = {test.cell.name for test in tests if test.hidden}
    for test in tests:
        if test.points or test.hidden or not test.cell.hidden or test.cell.name in hidden:
            continue
        for place, (name, points, why) in enumerate(outcome.left):
            if name == test.cell.name and points:
                test.points = points
                outcome.left[place] = (f"{name}, its hidden part", 0.0, f"{why}; the shown part has its points")
    return tests


def with_section(toml: str, section: str, known: dict[str, str]) -> str:
    """Return a ``course.toml`` that has a section."""
    if section in known:
        return toml
    title = section.replace("_", " ").capitalize()
    line = f"{section} = {json.dumps(title)}"
    if re.search(r"^\[sections\]", toml, re.M):
        return re.sub(
            r"^(\[sections\][^\n]*\n(?:(?!\[|#)[^\n]+\n)*)", lambda m: f"{m[1]}{line}\n", toml, count=1, flags=re.M
        )
    return f"{toml.rstrip()}\n\n[sections]\n{line}\n"


def _world(assignment: Assignment, outcome: Outcome) -> World:
    codes = [f"{cell.source}\n{cell.hidden}" for cell in assignment.cells if cell.kind != "words"]
    world = World(page=assignment.files, texts=texts_in(map(plain_code, codes)))
    for cell in assignment.cells:
        if cell.kind in ("given", "solution", "manual") and cell.code:
            with suppress(SyntaxError):  # told below
                world.changed |= changed_in(parsed(cell.source))
    for cell in assignment.cells:
        if cell.kind in ("given", "solution", "manual") and cell.code:
            try:
                given = cell.kind == "given"
                code = world.judged(plain_code(cell.source)) if given else cell.source
                world.take(code, solution=not given)
            except SyntaxError as error:
                outcome.notes.append(f"{cell.name}: is no Python (line {error.lineno}: {error.msg})")
        elif cell.kind == "helper":
            world.take_helper(world.judged(cell.source))
        elif cell.kind == "test" and not cell.alone:
            try:
                whole = plain_code(f"{cell.source}\n{cell.hidden}")
                world.take_test(world.judged(whole))
            except SyntaxError:
                continue  # told where it is asked to cross
    return world


def _tests(assignment: Assignment, world: World, outcome: Outcome) -> list[Test]:
    """Return the tests that can cross, as far as their text says; the others are noted with their reason."""
    found: list[Test] = []
    names: set[str] = set()
    elsewhere: set[str] = set()
    checkers = _checkers(world)
    copied: set[str] = set()
    for cell, before in zip(assignment.cells, carried(assignment.cells, world), strict=True):
        if cell.kind != "test":
            continue
        titled = without_title(cell)
        original = f"{titled.rstrip()}\n{cell.hidden}"
        cell = replace(cell, source=world.judged(titled), hidden=world.judged(cell.hidden))
        before = f"{world.judged(before)}\n" if before else ""
        whole = f"{before}{cell.source.rstrip()}\n{cell.hidden}"
        crossing = crossed(whole, world, elsewhere=elsewhere)
        try:
            elsewhere |= {name for node in parsed(whole).body for name in bound(node) if not cell.alone}
        except SyntaxError:
            pass
        if why := crossing.why or asked_in(plain_code(original), world.own, checkers).why_not:
            outcome.left.append((cell.name, cell.points, why))
            continue
        read = loaded(parsed(whole))
        functions = {one for one in world.own if world.kinds.get(one) in ("function", "class")}
        notes = asked_in(plain_code(original), world.own, checkers | asking(parsed(before).body, world.own)).notes
        notes += told_of_answers(read, world.answers & world.own, functions)
        outcome.notes += [f"{cell.name}: {note}" for note in notes]
        outcome.notes += [f"{cell.name}: {CARRIED}"] if before else []
        copied |= world.constants & read
        title = " ".join((cell.title or cell.name.replace("_", " ").replace("-", " ")).split()).replace('"', "'")
        name = "test_" + (re.sub(r"[^a-z0-9]+", "_", cell.name.lower()).strip("_").removeprefix("test_") or "cell")
        name = next(one for one in _numbered(name) if one not in names)
        names |= {name, f"{name}_hidden"}
        if not cell.hidden:
            found += _looking(Test(cell, name, title, whole, cell.points), world, outcome)
            continue
        if not cell.source.strip():  # a case of a question that is hidden whole
            name += "_hidden"
        elif asked_in(plain_code(titled), world.own, checkers).why_not:
            outcome.notes.append(f"{cell.name}: its shown part asks nothing that can fail, so its hidden part is all")
        elif parsed(cell.source).body and any(not is_text(node) for node in parsed(cell.source).body):
            shown = Test(cell, name, title, before + cell.source, cell.shown)
            found += _looking(shown, world, None)  # counts with the rest
            cell = replace(cell, points=cell.points - cell.shown) if found and found[-1].name == name else cell
            name += "_hidden"
        found += _looking(Test(cell, name, f"{title} ({HIDDEN})", whole, cell.points, hidden=True), world, outcome)
    outcome.notes += [f"`{name}`: students are given it, and the checks have their own" for name in sorted(copied)]
    return found


def _numbered(name: str) -> Iterator[str]:
    """Yield a check's name, then others for further tests of that name."""
    yield name
    for number in itertools.count(2):
        yield f"{name}_{number}"


def _checkers(world: World) -> set[str]:
    """Return the names of what tests are given that may ask something itself: helpers with assertions, imports."""
    texts = {**world.given, **world.helpers}
    imported = {name for name, text in texts.items() if text.startswith(("import ", "from "))}
    return imported | asking([node for text in texts.values() for node in ast.parse(text).body], world.own)


def _looking(test: Test, world: World, outcome: Outcome | None) -> list[Test]:
    """Return a test as two processes can ask it, none where nothing is left of it."""
    classes = {name for name, kind in world.kinds.items() if kind == "class"}
    given = [name for name, text in world.given.items() if not text.startswith(("import ", "from ", "def ", "class "))]
    makers = {name for name, text in world.helpers.items() if loaded(ast.parse(text).body[0]) & classes}
    looked = looked_at(plain_code(test.source), world.own | {*world.helpers}, classes | makers, given)
    if outcome is not None:
        if looked.notes and not looked.asks:
            outcome.left.append((test.cell.name, test.points, looked.notes[0].replace(REST_STAYS, "")))
            return []
        outcome.notes += [f"{test.cell.name}: {note}" for note in looked.notes]
    handed = frozenset(looked.handed)
    return [replace(test, source=looked.source, placed=bool(handed), handed=handed)]


def _tried(
    trees: Trees, address: str, tests: list[Test], world: World, template: WorkerSource, outcome: Outcome, *, last: bool
) -> list[Test]:
    """Return the tests that hold for the assignment's own solution and for nothing that is unwritten."""
    course = syllabus.load(trees)
    exercise = course.exercises[address]
    solution = catalogue.solution_submission(trees, exercise)
    stub = Submission("stub", address, f"{exercise.name}.py", (build.stub_text(solution.cells[0], exercise),))
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):  # what tests print is for nobody here
        grades = grade_many(
            [solution, stub], course, trees, Settings(0, "plain", diagnose=False), jobs=1, template=template
        )
    ends: dict[str, Grade] = {grade.student: grade for grade in grades}
    right = {check.name: check for check in ends["solution"].checks}
    free = {check.name for check in ends["stub"].checks if check.status == "passed"}
    kept: list[Test] = []
    lost: list[tuple[Test, CheckResult | None]] = []
    for test in tests:
        check = right.get(test.name)
        with speaking(""):  # whatever the course's language, the reason is read below
            why = " ".join(told(check.failure).split())[:300] if check is not None and check.failure else ""
        if check is None or check.status != "passed":
            raw, asked = bool(_OBJECT.search(why)), bool(OBJECTS.search(why))
            placed = not raw and calls_alone(test.source, world)
            again = replace(test, raw=test.raw or raw, asked=test.asked or (asked and not raw))
            again = replace(again, placed=test.placed or (placed and not test.raw and not asked))
            if again != test and not last:
                kept.append(again)
                continue
            lost.append((test, check))
        elif test.name in free:
            outcome.left.append(
                (test.cell.name, test.points, "passes although nothing is written yet: let it call what students write")
            )
        else:
            said_of = ["its objects; compare their values"] if test.raw or test.asked else []
            said_of += ["arguments that it changes"] if test.placed else []
            for of in said_of:
                note = f"{test.cell.name}: rests on what the student's process says of {of}"
                outcome.notes += [] if note in outcome.notes else [note]
            kept.append(test)
    ask = partial(grade_many, syllabus=course, trees=trees, jobs=1, template=template)
    for (test, _check), why in zip(lost, reasons(lost, solution, world, ask), strict=True):
        shown = ", its shown part" if test.cell.hidden and not test.hidden else ""
        outcome.left.append((test.cell.name + shown, test.points, why))
    return tests if kept == tests else kept


def told_as_markdown(outcome: Outcome, assignment: Assignment) -> str:
    """Return what became of an assignment, for its author to read beside the checks."""
    lines = [f"# What became of {assignment.source.name}", "", "| part | points | what became of it |", "|---|---|---|"]
    lines += [f"| {name} | {points:g} | a check |" for name, points in outcome.crossed]
    lines += [f"| {name} | {points:g} | **left out**: {why} |".replace("\n", " ") for name, points, why in outcome.left]
    if outcome.asked:
        lines.append(
            f"| answers that a person reads | {outcome.asked:g} | `[[questions]]` in the lesson's front matter |"
        )
    return "\n".join([*lines, "", *(f"- {note}" for note in outcome.notes)]).rstrip() + "\n"
