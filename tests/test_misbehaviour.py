"""The corpus of misbehaving submissions, graded on every level of isolation beside honest neighbours.

A level is graded in one run, four judges at a time, the first time that a test asks for it. The cases lie in
``tests/misbehaviour/``: a folder for each kind, a file for each case, ``files.py`` for what cannot be a plain file.
``GRADUS_CASES=one,two`` grades these cases alone, for who works on one.
"""

from __future__ import annotations

import ast
import contextlib
import csv
import ctypes
import hashlib
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import torch
from filelock import FileLock
from hypothesis import strategies as st
from rich.console import Console

from autograder.course import syllabus
from autograder.course.trees import Trees
from autograder.gradebook.store import Gradebook, certain
from autograder.intake.submissions import read_class
from autograder.judging import exam, workers
from autograder.model import STATUSES, Grade, Settings, Submission, Syllabus
from autograder.report.table import class_table, grade_lines
from autograder.report.templating import source
from autograder.running import pool, run
from autograder.sandbox.host import base, probe
from autograder.sandbox.host.forked import Template
from autograder.sandbox.host.student import END_SECONDS, Student
from autograder.text import told
from tests.helpers import ROOT, make_course
from tests.misbehaviour import files
from tests.misbehaviour.course import ADDRESS, PAGE, POINTS, SECONDS

CORPUS = Path(files.__file__).parent
KINDS = (
    "answers",
    "library",
    "channel",
    "ends",
    "toomuch",
    "looking",
    "files",
    "texts",
    "habits",
    "rules",
    "between",
    "leftovers",
)
LEVELS = base.LEVELS

JOBS = 4  #: judges at a time: most of the time of a run goes by waiting for limits, which they do side by side
#: what the page allows a check (and here the loading of a source), what a process that hung up may take to end, and
#: some for a busy machine
CHECK_SECONDS = SECONDS + END_SECONDS + 3.5
#: what a judge may compute itself for one check; one whose time is up is tried twice, and to answer costs the judge
#: somewhat more than to ask costs the worker (1.2 times, measured)
BUSY_SECONDS = 3 * SECONDS + 1.0
PEAK_MB = 400  #: what a judge may need beyond what it needs for an honest submission
MESSAGE = 60_000  #: characters that one grade may tell
SETTINGS = Settings(seed=3, isolation="plain")

#: what a case leaves in places that the whole machine shares: of this run, as another may be under way or was cut off
SHARED = f"gradus-misbehaviour-{os.getpid()}"
QUEUE = 0x67000000 | os.getpid() & 0xFFFFFF

#: marks that turn the direction of a text, and control characters, none of which may reach a reader raw
DIRECTION = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

#: (test, case) -> (levels, reason): where the engine does not yet do what this file asks of it
FINDINGS: dict[tuple[str, str], tuple[tuple[str, ...], str]] = {}
#: cases that leave something behind on these levels: graded in a run of their own until that is mended
APART: dict[str, tuple[str, ...]] = {}


# -- the cases -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One misbehaving submission and what is expected of it."""

    name: str
    kind: str
    what: str
    student: str
    points: float
    status: Any
    not_stopped: dict[str, str] = field(default_factory=dict)

    def statuses(self, level: str) -> tuple[str, ...]:
        """How it may end on a level."""
        found = self.status[level] if isinstance(self.status, dict) else self.status
        return (found,) if isinstance(found, str) else tuple(found)


def read_case(path: Path) -> Case:
    """A case from its file, which is parsed and not run."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: dict[str, Any] = {"NOT_STOPPED": {}}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper():
            with contextlib.suppress(ValueError):
                found[node.targets[0].id] = ast.literal_eval(node.value)
    name, what = path.stem, ast.get_docstring(tree) or ""
    return Case(
        name, path.parent.name, what, name, found["HONEST_POINTS"], found["EXPECTED_STATUS"], found["NOT_STOPPED"]
    )


STORED = [read_case(path) for kind in KINDS for path in sorted((CORPUS / kind).glob("*.py"))]
MADE = [Case(m.name, m.kind, m.what, m.student, m.points, m.status) for m in (*files.IN_FOLDER, *files.IN_ZIP)]
ONLY = frozenset(filter(None, os.environ.get("GRADUS_CASES", "").split(",")))
CASES = {case.name: case for case in (*STORED, *MADE) if not ONLY or case.name in ONLY}


def every_case(test: str) -> Any:
    """Parametrise a test over all cases on all levels, with what is known to fail marked so."""
    rows = []
    for level in LEVELS:
        for name in CASES:
            levels, reason = FINDINGS.get((test, name), ((), ""))
            marks = [pytest.mark.xfail(strict=True, reason=reason)] if level in levels else []
            rows.append(pytest.param(level, name, id=f"{level}-{name}", marks=marks))
    return pytest.mark.parametrize(("level", "name"), rows)


def test_the_corpus_is_what_it_says():
    """enough cases, several of each kind, each small, each with its story, its points and its status"""
    assert len(CASES) == len(STORED) + len(MADE) >= 280
    for kind in KINDS:
        assert sum(case.kind == kind for case in CASES.values()) >= 5, kind
    for case in CASES.values():
        assert "Met by:" in case.what, case.name
        assert 0 <= case.points <= POINTS
        for level in LEVELS:
            assert set(case.statuses(level)) <= set(STATUSES) - {"internal"}
    for path in CORPUS.glob("*/*.py"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 60, path
        assert len(text) < 2500, path


# -- a class of them -----------------------------------------------------------------------------


@dataclass
class Place:
    """Where the class lies, and what is there to be found."""

    root: Path
    course: Syllabus
    trees: Trees
    submissions: dict[str, Submission]
    right: Submission
    gradebook: Path
    kept: list[Path]
    signals: list[int]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The class on disk, read as `gradus grade` reads it, and services that wait to be reached."""
    if sys.platform != "linux":
        pytest.skip("processes and descriptors are counted in /proc")
    root = tmp_path_factory.mktemp("misbehaviour")
    trees = make_course(root / "course", {ADDRESS: PAGE}, built=False)
    course = syllabus.load(trees)
    private, neighbour = root / "home" / "private_key", root / "class" / "neighbour" / "one" / "steps.py"
    private.parent.mkdir()
    private.write_text("secret")
    private.chmod(0o600)
    signals: list[int] = []
    before = signal.signal(signal.SIGURG, lambda number, frame: signals.append(number))
    os.environ["GRADUS_MISBEHAVIOUR_SECRET"] = "secret"
    here = os.getcwd()
    with contextlib.ExitStack() as services:
        port = services.enter_context(socket.create_server(("127.0.0.1", 0), backlog=100)).getsockname()[1]
        os.chdir(private.parent)  # a socket's path may be short only
        for address in ("service", f"\0{SHARED}"):
            server = services.enter_context(socket.socket(socket.AF_UNIX))
            server.bind(address)
            server.listen(100)
        os.chdir(here)
        facts = {
            "SOLUTION": str(trees.solution(ADDRESS)), "CHECKS": str(trees.check(ADDRESS)), "NEIGHBOUR": str(neighbour),
            "PRIVATE": str(private), "GRADEBOOK": str(root / "out" / "gradebook.db"), "PID": os.getpid(), "PORT": port,
            "SOCKET": str(private.parent / "service"), "ABSTRACT": f"\0{SHARED}",
            "SECRET": "GRADUS_MISBEHAVIOUR_SECRET", "SHARED": SHARED, "QUEUE": QUEUE,
        }  # fmt: skip
        beside = {path.name: path.read_text(encoding="utf-8") for path in (CORPUS / "beside").glob("*.py")}
        beside["whereabouts.py"] = "".join(f"{name} = {value!r}\n" for name, value in facts.items())
        submissions = collect(root / "class", beside, trees.solution(ADDRESS), course)
        right = submissions.pop("neighbour")
        kept = [root / "class", root / "home", trees.solution(ADDRESS), trees.check(ADDRESS)]
        yield Place(root, course, trees, submissions, right, Path(facts["GRADEBOOK"]), kept, signals)
    signal.signal(signal.SIGURG, before)
    del os.environ["GRADUS_MISBEHAVIOUR_SECRET"]


def collect(folder: Path, beside: dict[str, str], solution: Path, course: Syllabus) -> dict[str, Submission]:
    """Write every case into a class folder and a zip, and read both; the submissions by student."""

    def hand_in(student: str) -> Path:
        own = folder / student / "one"
        own.mkdir(parents=True)
        for name, text in beside.items():
            (own / name).write_text(text, encoding="utf-8")
        return own

    (hand_in("neighbour") / "steps.py").write_text(files.RIGHT, encoding="utf-8")
    for case in STORED:
        shutil.copy(CORPUS / case.kind / f"{case.name}.py", hand_in(case.student) / "steps.py")
    for made in files.IN_FOLDER:
        own = folder / made.student / "one"
        with contextlib.suppress(OSError):  # a name that this disk refuses
            own.mkdir(parents=True)
            made.make(own, solution)
    archive = folder.parent / "class.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for made in files.IN_ZIP:
            made.make(zipped, f"{made.student}/one/steps.py")
    files.spoil(archive)
    found = [*read_class(folder, course).submissions, *read_class(archive, course).submissions]
    return {submission.student: submission for submission in found}


# -- a level of them -----------------------------------------------------------------------------


@dataclass
class Run:
    """One level, graded: every grade, what the judges needed for it, and what stayed behind."""

    outcome: run.Outcome
    grades: dict[str, Grade]
    needed: dict[str, dict[str, Any]]
    beside: dict[str, str]
    lone: Grade
    judges: dict[int, list[int]]
    processes: list[str]
    descriptors: tuple[list[str], list[str]]
    left: list[str]
    changed: bool
    signals: int
    seconds: float


@pytest.fixture(scope="module")
def graded(place: Place) -> Callable[[str], Run]:
    """A level's run, made when it is first asked for; a level that the machine has not got is skipped."""
    runs: dict[str, Run | str] = {}
    alone: list[Grade] = []

    def get(level: str) -> Run:
        if level not in runs:
            found = probe.probe(level)
            runs[level] = f"no {level} here: {found.detail}"
            if found.works:
                # one at a time: what a run leaves behind another would find
                with FileLock(Path(tempfile.gettempdir()) / "gradus-corpus.lock"):
                    runs[level] = grade_level(place, level, alone)
        known = runs[level]
        if isinstance(known, str):
            pytest.skip(known)
        return known

    return get


def in_turn(place: Place, level: str) -> tuple[list[Submission], dict[str, str], list[list[Submission]]]:
    """(the submissions with neighbours among them, which neighbour is whose, the groups that are graded apart)."""
    order: list[Submission] = []
    groups: list[list[Submission]] = []
    beside: dict[str, str] = {}
    waiting: list[str] = []
    for case in CASES.values():
        if case.student not in place.submissions:
            continue
        number = len(beside)
        neighbour = replace(place.right, student=f"neighbour {number:03d}")
        if level in APART.get(case.name, ()):
            groups.append([place.submissions[case.student], neighbour])
            beside[case.name] = neighbour.student
            continue
        order.append(place.submissions[case.student])
        waiting.append(case.name)
        quiet = case.kind in ("answers", "files", "texts", "habits", "rules", "between")
        if not quiet or len(waiting) == 4:
            order.append(neighbour)
            beside.update(dict.fromkeys(waiting, neighbour.student))
            waiting = []
    order.append(replace(place.right, student="neighbour last"))
    beside.update(dict.fromkeys(waiting, "neighbour last"))
    return order, beside, groups


def grade_level(place: Place, level: str, alone: list[Grade]) -> Run:
    """Grade every case on a level, neighbours between them, and look around before and after."""
    settings = replace(SETTINGS, isolation=level, keep_output=level == "plain")
    if not alone:
        alone += pool.grade_many([place.right], place.course, place.trees, SETTINGS, jobs=1)
    submissions, beside, groups = in_turn(place, level)
    log, homes = place.root / f"needed-{level}", place.trees.root / "homes"
    homes.unlink(missing_ok=True)
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: whoever is left behind becomes our child
    old, before, content, signals = set(descendants()), descriptors(), contents(place), len(place.signals)
    started = time.monotonic()
    with pytest.MonkeyPatch.context() as patch:
        measure(patch, log)
        with Gradebook(place.gradebook) as book:
            outcome = run.grade_class(submissions, place.course, place.trees, settings, book, jobs=JOBS)
        seconds = time.monotonic() - started
        processes = end_all({pid: name for pid, name in descendants().items() if pid not in old})
        around = processes, (before, descriptors()), left_behind(homes), contents(place) != content
        for group in groups:
            outcome.grades.extend(pool.grade_many(group, place.course, place.trees, settings, jobs=1))
        left_behind(homes)
    ctypes.CDLL(None).prctl(36, 0, 0, 0, 0)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    judges: dict[int, list[int]] = {}
    for line in lines:
        if line["student"].startswith("neighbour"):
            judges.setdefault(line["judge"], []).append(line["descriptors"])
    return Run(
        outcome, {grade.student: grade for grade in outcome.grades}, {line["student"]: line for line in lines}, beside,
        alone[0], judges, *around, len(place.signals) - signals, seconds,
    )  # fmt: skip


def measure(patch: pytest.MonkeyPatch, log: Path) -> None:
    """Let each judge write down what a submission cost it: memory, the longest check, descriptors."""
    begin, finish, grade = exam.Exam.begin, exam.Exam.finish, pool.Work.grade
    loaded = Student.begin
    since: list[float] = [0.0, 0.0]
    checks: list[float] = []
    busy: list[float] = []

    def timed_begin(self: exam.Exam, check: exam.Check, **how: Any) -> Any:
        since[:] = time.monotonic(), time.process_time()
        return begin(self, check, **how)

    def timed_from_loaded(self: Student, *given: Any, **named: Any) -> Any:
        since[:] = time.monotonic(), time.process_time()
        return loaded(self, *given, **named)

    def timed_finish(self: exam.Exam, check: exam.Check, error: BaseException | None) -> Any:
        result = finish(self, check, error)
        checks.append(time.monotonic() - since[0])
        busy.append(time.process_time() - since[1])
        return result

    def measured_grade(self: pool.Work, submission: Submission) -> Grade:
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        checks[:] = busy[:] = [0.0]
        usual, started = peak_mb(), time.monotonic()
        try:
            return grade(self, submission)
        finally:
            line = {
                "student": submission.student, "peak": peak_mb() - usual, "longest": max(checks), "busy": max(busy),
                "judge": os.getpid(), "seconds": time.monotonic() - started, "descriptors": len(descriptors()),
            }  # fmt: skip
            with log.open("a") as file:
                file.write(json.dumps(line) + "\n")

    patch.setattr(exam.Exam, "begin", timed_begin)
    patch.setattr(Student, "begin", timed_from_loaded)
    patch.setattr(exam.Exam, "finish", timed_finish)
    patch.setattr(pool.Work, "grade", measured_grade)
    patch.setattr(workers, "LOAD_SECONDS", SECONDS)


def peak_mb() -> int:
    """The most memory that this process has held since it was last asked to begin anew."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024  # type: ignore[index]


def descendants() -> dict[int, str]:
    """Every living process below this one, with its command."""
    parents: dict[int, tuple[int, str]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            name, _, rest = path.read_text().partition(" (")[2].rpartition(") ")
            state, parent = rest.split()[:2]
            if state != "Z":
                parents[int(path.parent.name)] = (int(parent), name)
    found: dict[int, str] = {}
    todo = [os.getpid()]
    while todo:
        above = todo.pop()
        for pid, (parent, name) in parents.items():
            if parent == above and pid not in found:
                found[pid] = name
                todo.append(pid)
    return found


def end_all(left: dict[int, str], patience: float = 3.0) -> list[str]:
    """The names of processes that do not end by themselves within a moment; they are ended here."""
    until = time.monotonic() + patience
    while left and time.monotonic() < until:
        time.sleep(0.05)
        left = {pid: name for pid, name in left.items() if pid in descendants()}
    for pid in left:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return sorted(left.values())


def descriptors() -> list[str]:
    """What is open in this process."""
    found = []
    for entry in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            found.append(re.sub(r"\d+", "", os.readlink(f"/proc/self/fd/{entry}")))
    return sorted(found)


def contents(place: Place) -> str:
    """A hash of every name and every content below what a submission must leave alone."""
    sha = hashlib.sha256()
    for top in place.kept:
        for path in sorted([top, *top.rglob("*")]):
            sha.update(os.fsencode(path) + (path.read_bytes() if path.is_file() and not path.is_symlink() else b""))
    return sha.hexdigest()


def left_behind(homes: Path) -> list[str]:
    """What bears our name in places that all share, and folders of workers that are still there; they are removed."""
    queues = [line.split() for line in Path("/proc/sysvipc/msg").read_text().splitlines()[1:]]
    ours = [int(queue[1]) for queue in queues if int(queue[0]) == QUEUE]
    for number in ours:
        ctypes.CDLL(None).msgctl(number, 0, None)
    found = [Path("/dev/shm", SHARED), *Path("/tmp").glob(f"{SHARED}*")]
    for line in set(homes.read_text().splitlines()):
        inside = re.match(r"/.*/gradus-workers-[^/]+(?=/\d+/?$)", line)
        if inside:
            found.append(Path(inside[0]))
    left = [path for path in found if path.exists()]
    for path in left:
        subprocess.run(["rm", "-rf", "--", path], check=False)
    return sorted({re.sub(r"-workers-.*", "-workers", path.name) for path in left} | {"message queue" for _ in ours})


# -- what is asked of every case -----------------------------------------------------------------


def grade_of(done: Run, name: str) -> Grade:
    """The grade of a case; one that this disk could not hold is skipped."""
    case = CASES[name]
    if case.student not in done.grades:
        pytest.skip("this disk does not hold such a name")
    return done.grades[case.student]


@every_case("marks")
def test_no_case_earns_more_than_its_right_code(graded, level, name):
    """points at most the honest points, the status it should have, never the grader's own fault, the level stamped"""
    done, case = graded(level), CASES[name]
    grade = grade_of(done, name)
    if name == "shared_memory" and torch.version.cuda is not None:
        pytest.skip("torch for CUDA reserves more addresses than a limit could allow")
    said = [(check.name, check.status, told(check.failure)[:300]) for check in grade.checks]
    assert grade.isolation == level
    assert grade.max_points == POINTS
    assert "internal" not in {grade.status, *(check.status for check in grade.checks)}, said
    assert grade.status in case.statuses(level), said
    assert grade.points <= case.points or level in case.not_stopped, said


@every_case("bounds")
def test_no_case_holds_or_fills_the_judge(graded, level, name):
    """every check ends in time, the judge's memory stays bounded, and so does what the grade tells"""
    done = graded(level)
    grade, needed = grade_of(done, name), done.needed[CASES[name].student]
    assert needed["longest"] < CHECK_SECONDS
    assert needed["busy"] < BUSY_SECONDS
    assert needed["peak"] < PEAK_MB
    assert sum(len(told(check.failure)) for check in grade.checks) + sum(map(len, grade.notes)) < MESSAGE
    assert max(len(check.output) for check in grade.checks) <= 64 * 1024


@every_case("neighbour")
def test_no_case_disturbs_its_neighbour(graded, level, name):
    """the honest submission graded beside and after it has the very grade that it has alone"""
    done = graded(level)
    grade_of(done, name)
    neighbour = done.grades[done.beside[name]]
    expected = replace(done.lone, student=neighbour.student, isolation=level, key="", seconds=0.0)
    assert expected.points == POINTS
    assert replace(neighbour, key="", seconds=0.0) == expected


#: cases that come to an end by themselves, however they are mixed
BRIEF = [case.name for case in STORED if not any("timeout" in case.statuses(level) for level in LEVELS)]


@pytest.fixture(scope="module")
def templates() -> Iterator[Callable[[str], Template]]:
    """A warm template of each level, for many small classes."""
    started: dict[str, Template] = {}

    def get(level: str) -> Template:
        return started.setdefault(level, started.get(level) or Template(level))

    yield get
    for template in started.values():
        template.close()


@pytest.mark.parametrize("level", LEVELS)
@hypothesis.settings(max_examples=3, phases=[hypothesis.Phase.generate])  # a failing class is small enough
@hypothesis.given(data=st.data())
def test_no_order_matters(graded, templates, place, level, data):
    """hostile ones in any order, honest ones between them: each has the grade that it has in the class of all"""
    done = graded(level)
    names = [name for name in BRIEF if name in CASES and CASES[name].student in done.grades]
    drawn = data.draw(st.lists(st.sampled_from(names), min_size=4, max_size=12, unique=True))
    right = [replace(place.right, student=f"neighbour of {name}") for name in drawn]
    order = data.draw(st.permutations([*(place.submissions[CASES[name].student] for name in drawn), *right]))
    settings = replace(SETTINGS, isolation=level)
    grades = pool.grade_many(order, place.course, place.trees, settings, jobs=2, template=templates(level))
    found = {grade.student: grade for grade in grades}
    assert len(found) == len(order)
    for name in drawn:
        assert found[f"neighbour of {name}"].points == POINTS
        grade, before = found[CASES[name].student], done.grades[CASES[name].student]
        assert grade.status in CASES[name].statuses(level) or not certain(grade), name
        assert grade.points <= CASES[name].points or level in CASES[name].not_stopped, name
        if isinstance(CASES[name].status, str) and certain(grade) and certain(before):
            assert (grade.status, grade.points) == (before.status, before.points), name
    homes = place.trees.root / "homes"
    left = left_behind(homes)  # removed at every level: the next run looks at the same places
    assert level == "plain" or left == []


# -- what is asked of every level ----------------------------------------------------------------

each_level = pytest.mark.parametrize("level", LEVELS)


@each_level
def test_nothing_is_left(graded, level):
    """after the run: no process, no descriptor, no folder of a worker's, and nothing of anybody's is changed"""
    done = graded(level)
    assert done.processes == []
    assert done.descriptors[0] == done.descriptors[1]
    known = {"leaves_shared_memory": SHARED, "leaves_a_message_queue": "message queue"}
    assert done.left == [what for name, what in known.items() if level in CASES[name].not_stopped]
    assert not done.changed


@each_level
def test_the_judges_live_on(graded, level):
    """no judge died or was replaced, and none holds more open than after its first submission but a line, a
    socket, a pipe and memory: of the worker that waits for sources of the course's own"""
    done = graded(level)
    assert len(done.judges) == JOBS + sum(level in levels for levels in APART.values())
    for pid, counts in done.judges.items():
        assert max(counts) <= counts[0] + 3, pid


@each_level
def test_the_run_ends(graded, level):
    """the whole corpus takes less than the time that all of its deadlines allow"""
    done = graded(level)
    assert done.seconds < len(CASES) * 5 * CHECK_SECONDS / 2


@each_level
def test_no_signal_arrives(graded, level):
    """no submission reaches the grader with a signal, but where the level is known not to stop it"""
    done = graded(level)
    assert (done.signals > 0) == (level in CASES["signals_by_a_pipe"].not_stopped)


class Reader(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, page: str):
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def shown_raw(text: str) -> set[str]:
    """The characters of a text that a reader must not get raw."""
    return {c for c in text if c in DIRECTION or (ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160}


@pytest.fixture(scope="module")
def written(graded, place) -> Callable[[str], Path]:
    """The results of a level as files."""
    done: dict[str, Path] = {}

    def get(level: str) -> Path:
        outcome = graded(level).outcome
        if level not in done:
            done[level] = place.root / f"results-{level}"
            run.write_results(outcome, place.course, done[level])
        return done[level]

    return get


@each_level
def test_the_results_as_data(graded, written, level):
    """grades.json gives back every name and message; grades.csv has one line a grade and no formula"""
    done, folder = graded(level), written(level)
    document = json.loads((folder / "grades.json").read_text(encoding="utf-8"))
    assert sorted(grade["student"] for grade in document["grades"]) == sorted(done.grades)
    assert {grade["isolation"] for grade in document["grades"]} == {level}
    with open(folder / "grades.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert len(rows) == len(done.grades) + 1 == len((folder / "grades.csv").read_bytes().splitlines())
    for row in rows:
        assert len(row) == len(rows[0])
        assert not [c for c in row if c.lstrip().startswith(("=", "+", "-", "@")) or shown_raw(c)]


@each_level
def test_the_results_as_a_page(written, level):
    """report.html has no markup of anybody's but ours, and no character that turns or hides a text"""
    page = (written(level) / "report.html").read_text(encoding="utf-8")
    ours = f"<script>{source('class.js')}</script>"
    assert page.count(ours) == 1
    reader = Reader(page.replace(ours, ""))
    assert not reader.tags & {"script", "img", "b", "blink", "link", "iframe", "object", "form"}
    known = {"lang", "charset", "name", "content", "class", "href", "id", "style"}
    known |= {"viewbox", "width", "height", "role", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "fill", "stroke"}
    known |= {"xmlns", "points", "transform", "text-anchor", "font-size", "stroke-width", "stroke-linejoin", "d"}
    known |= {"fill-opacity"}
    assert reader.attributes <= known | {"http-equiv", "hidden", "type", "autocomplete", "aria-label", "placeholder"}
    assert not shown_raw(page)


@each_level
def test_the_results_on_a_terminal(graded, place, level):
    """table and story show every text as text: no escapes, no direction marks, no markup of the console's"""
    done = graded(level)
    out = io.StringIO()
    console = Console(file=out, width=200, no_color=True)
    console.print(class_table(done.outcome.grades, place.course))
    for grade in done.outcome.grades:
        for line in grade_lines(grade, full=len(grade.checks)):
            console.print(line)
    text = out.getvalue()
    assert not shown_raw(text)
    assert "[bold green]passed[/bold green] [/]" in text
    assert "[bold red]x[blink]" in text


@each_level
def test_a_known_grade_is_not_made_again(graded, place, level):
    """the gradebook has kept every grade, whatever the names and the messages, and gives it back equal"""
    done = graded(level)
    settings = replace(SETTINGS, isolation=level, keep_output=level == "plain")
    several = [s for s in place.submissions.values() if level not in APART.get(s.student, ())]
    kept = [s for s in several if certain(done.grades[s.student])]  # the others are tried once more each time
    with Gradebook(place.gradebook) as book:
        again = run.grade_class(kept, place.course, place.trees, settings, book, jobs=1)
    assert again.reused == len(kept)
    assert {g.student: g for g in again.grades} == {s.student: done.grades[s.student] for s in kept}


def test_what_a_fallback_does_not_stop_is_written_down():
    """SECURITY.md names every case that gets through, level by level, and no other"""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([\w, ]+) \| (.+) \|$", text, re.MULTILINE)
    listed = {name: tuple(levels.split(", ")) for name, levels, _ in rows if name in CASES}
    assert listed == {name: tuple(case.not_stopped) for name, case in CASES.items() if case.not_stopped}
