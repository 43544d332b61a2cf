"""The pytest plugin: collects the checks once, gives them the ``student`` fixture, and runs them for the judge."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .. import checking
from ..checking import marks_of
from ..course.fields import near
from ..course.trees import Trees
from ..model import CheckResult
from ..text import told
from .check import Check
from .exam import Exam


def check_of(item: pytest.Item) -> Check:
    """Return the check that a pytest item is."""
    function = getattr(item, "function", None)
    doc = inspect.getdoc(function) or item.name.removeprefix("test_").replace("_", " ")
    return Check(item.name, doc.strip().splitlines()[0], marks_of(function) if function else marks_of(lambda: None))


def simple_arguments(item: pytest.Item) -> list[str] | None:
    """Return the arguments of a check that uses of pytest only our own fixtures, no mark and no set-up; else None."""
    ours = {"student", "data"}
    if not isinstance(item, pytest.Function) or not {*item.fixturenames} <= ours | {"request"}:
        return None
    wanted = list(inspect.signature(item.function).parameters)
    return wanted if {*wanted} <= ours and next(item.iter_markers(), None) is None else None


def address_of(path: Path, trees: Trees) -> str | None:
    """Return the exercise that a check file belongs to."""
    whole = path.resolve()
    for pages in map(Path.resolve, trees.all_pages()):
        if whole.is_relative_to(pages):
            return whole.relative_to(pages).parent.as_posix()
    return None


def _uncollected(report: pytest.CollectReport, trees: Trees) -> str:
    """Return in one line which file could not be collected, at which line and why, and what to do."""
    path = (trees.pages / report.nodeid.partition("::")[0]).resolve()
    lines = [line.strip() for line in str(report.longrepr).splitlines() if line.strip()]
    why = lines[-1].removeprefix("E").strip() if lines else "it cannot be read"
    places = re.findall(rf"{re.escape(path.name)}(?:[\"']?, line |:)(\d+)", "\n".join(lines))
    address = address_of(path, trees)
    absent = re.search(r"No module named '([\w.]+)'", why)
    todo = f"install {absent[1].partition('.')[0]} or do without it" if absent else "mend it"
    if misspelt := re.search(
        r"^NameError: name '(\w+)' is|^ImportError: cannot import name '(\w+)' from 'autograder", why
    ):
        todo = near(misspelt[1] or misspelt[2], checking.__all__).removeprefix("; ") or todo
    where = f"{path}, line {places[-1]}" if places else str(path)
    return f"{where}: the checks of {address or 'this page'} cannot be collected: {why}; {todo}"


class ChecksPlugin:
    """Runs collected checks for one exam after another.

    Args:
        trees: where the checks are.
        loop: called in place of pytest's own loop, once the checks are collected; None keeps pytest's own.
        plain: makes the exam of an exercise for plain pytest runs.
    """

    def __init__(
        self, trees: Trees, loop: Callable[[ChecksPlugin], None] | None, plain: Callable[[str], Exam] | None = None
    ):
        self.trees, self._loop, self._plain = trees, loop, plain
        self.items: dict[str, list[pytest.Item]] = {}
        self.checks: dict[str, list[Check]] = {}
        self.exam: Exam | None = None
        self.collect_errors: list[str] = []
        self.data_choice = ""
        self._plain_exams: dict[str, Exam] = {}
        self._error: BaseException | None = None
        self._simple: dict[str, list[str] | None] = {}

    # -- pytest's hooks --------------------------------------------------------------------------

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what could not be collected: a broken check file is the course's fault."""
        if report.failed:
            self.collect_errors.append(_uncollected(report, self.trees))

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort the items by exercise."""
        for item in items:
            address = address_of(item.path, self.trees)
            if address is not None:
                self.items.setdefault(address, []).append(item)
                self.checks.setdefault(address, []).append(check_of(item))
                self._simple[item.nodeid] = simple_arguments(item)

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Hand over to the judge's loop."""
        if self._loop is None:
            return None
        self._loop(self)
        return True

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> Any:
        """Return the student's module, as a check sees it."""
        exam = self.exam or self._plain_exam(request.node)
        return exam.begin(check_of(request.node))

    @pytest.fixture
    def data(self, request: pytest.FixtureRequest) -> str:
        """Return which of the page's data sets was asked for with ``--data``; its first unless told otherwise."""
        return self._data_of(self.exam or self._plain_exam(request.node))

    def _data_of(self, exam: Exam) -> str:
        offered = exam.exercise.data
        return self.data_choice if self.data_choice in offered else next(iter(offered), "")

    def _plain_exam(self, item: pytest.Item) -> Exam:
        address = address_of(item.path, self.trees)
        if self._plain is None or address is None:
            pytest.fail("the student fixture works for the checks of a course's pages")
        if address not in self._plain_exams:
            for old in self._plain_exams.values():
                old.close()
            self._plain_exams = {address: self._plain(address)}
        return self._plain_exams[address]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport | None:
        """Note how the check ended: the exception itself. pytest's own report of it would cost more than the check."""
        error = call.excinfo.value if call.excinfo is not None else None
        if error is not None and call.when in ("setup", "call"):
            self._error = error
        if self.exam is not None:
            outcome = "passed" if error is None else "failed"
            return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when or "call")  # type: ignore[arg-type]
        exam = self._plain_exams.get(address_of(item.path, self.trees) or "")
        if exam is None or call.when != "call" or (error is not None and isinstance(error, pytest.skip.Exception)):
            return None
        result = exam.finish(check_of(item), error)
        if result.status == "passed":
            return None
        return pytest.TestReport(item.nodeid, item.location, {}, "failed", told(result.failure), "call")

    def pytest_sessionfinish(self) -> None:
        """End what plain runs started."""
        for exam in self._plain_exams.values():
            exam.close()

    # -- for the judge ---------------------------------------------------------------------------

    def run(self, exam: Exam, names: list[str] | None, stop: Callable[[CheckResult], bool] | None = None) -> None:
        """Run the checks of an exam (the named ones), each to its result, until `stop` says so."""
        both = zip(self.items[exam.exercise.address], self.checks[exam.exercise.address], strict=True)
        wanted = [(item, check) for item, check in both if names is None or check.name in names]
        exam.workers.has_style_rules = any(check.marks.forbids for _, check in wanted)
        exam.workers.do_without(tuple(dict.fromkeys(one for _, check in wanted for one in check.marks.operators)))
        # a check that takes more of pytest may see more than the answers; then none of its page is remembered
        memorable = all(self._simple[item.nodeid] is not None for item in self.items[exam.exercise.address])
        outer, self.exam = self.exam, exam  # one run may ask for another: of a suspect
        try:
            for item, check in wanted:
                if exam.workers.cancelled:
                    break
                result = self._run_surely(item, exam, check, memorable)
                stricter = (
                    result.status != "passed" and exam.workers.were_too_strict(check) and not exam.workers.cancelled
                )
                if stricter:
                    exam.take_back()
                    exam.workers.loosen()
                    result = self._run_surely(item, exam, check, memorable)
                if result.status == "crashed" and not exam.knows_crash and (exam.killed or exam.tries_again):
                    exam.take_back()  # perhaps the machine did it
                    before, result = exam.crash, self._run_surely(item, exam, check, memorable)
                    exam.believe_crash(before)
                if result.status == "crashed" and exam.knows_crash:
                    result = exam.own_crash()
                if exam.late is not None:
                    if exam.tries_again and not stricter:  # alone: in a new worker, and whatever others answered
                        exam.take_back()
                        result = self._run_surely(item, exam, check, False)
                    exam.believe_late()
                if stop is not None and stop(result):
                    break
        finally:
            self.exam = outer

    def _run_surely(self, item: pytest.Item, exam: Exam, check: Check, memorable: bool) -> CheckResult:
        """Run one check, and the exam from its start where the check depends on more than the answers."""
        result = self._run_one(item, exam, check, memorable)
        if result is None:  # on clocks, memory, the order of a set; the exam remembers nothing from here on
            self._again(exam)
            result = self._run_one(item, exam, check, False)
            assert result is not None
        return result

    def _again(self, exam: Exam) -> None:
        """Run what this exam ran so far once more, without its memory: as if it never had one."""
        exam.workers.loosen()
        ran = [result.name for result in exam.results]
        exam.results.clear()
        items = {item.name: item for item in self.items[exam.exercise.address]}
        checks = {check.name: check for check in self.checks[exam.exercise.address]}
        for name in ran:
            self._run_one(items[name], exam, checks[name], False)

    def _run_one(self, item: pytest.Item, exam: Exam, check: Check, memorable: bool) -> CheckResult | None:
        """Run one check; None where it asked differently, so that the exam begins again."""
        self._error = None
        arguments = self._simple[item.nodeid]
        if arguments is None:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        else:
            self._call(item, exam, check, arguments, memorable)
            if exam.asked_differently():
                return None
        result = exam.finish(check, self._error)
        self._error = None
        return result

    def _call(self, item: Any, exam: Exam, check: Check, arguments: list[str], memorable: bool) -> None:
        """Run a check without pytest's protocol, which would take half a millisecond."""
        try:
            given = {"student": exam.begin(check, memorable=memorable), "data": self._data_of(exam)}
            with exam.going_on():
                item.obj(**{name: given[name] for name in arguments})
        except (KeyboardInterrupt, pytest.exit.Exception):
            raise
        except BaseException as error:  # pytest's own skip and fail are no Exceptions
            self._error = error
