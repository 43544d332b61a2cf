"""Collecting the checks of some pages with pytest, once a process."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator

from ..checking.beside import checks_of
from ..course.trees import Trees
from ..errors import CourseError
from .plugin import ChecksPlugin


def collect(trees: Trees, addresses: Iterable[str], loop: Callable[[ChecksPlugin], None]) -> None:
    """Collect the checks of some exercises with pytest and hand them to `loop`.

    Raises:
        CourseError: a check file is missing or cannot be imported.
    """
    import pytest

    files = []
    for address in addresses:
        path = trees.check(address)
        if not path.is_file():
            raise CourseError(f"{path}: the checks of {address} are missing; `gradus new` makes them")
        files.append(str(path))
    outcome: list[BaseException] = []

    def guarded(plugin: ChecksPlugin) -> None:
        if plugin.collect_errors:
            outcome.append(CourseError(plugin.collect_errors[0]))
            return
        try:
            loop(plugin)
        except BaseException as error:
            outcome.append(error)

    plugin = ChecksPlugin(trees, guarded)
    off = ("terminal", "cacheprovider", "logging", "warnings", "unraisableexception", "threadexception", "faulthandler",
           "stepwise", "junitxml", "pastebin", "doctest", "nose", "setuponly", "setupplan", "anyio", "hypothesispytest",
           "randomly", "xdist", "cov", "autograder.judging.pytest_entry")  # fmt: skip
    arguments = [flag for name in off for flag in ("-p", f"no:{name}")]
    arguments += ["-s", "--continue-on-collection-errors", "--import-mode=importlib", "--strict-markers"]
    arguments += ["-c", os.devnull, f"--rootdir={trees.pages}", "--confcutdir", str(trees.pages)]
    try:
        with _plain_pytest(), checks_of(trees):
            code = pytest.main([*arguments, *files], plugins=[plugin])
    finally:  # else a later collection in this process would find these modules in place of changed or other files
        for name, module in list(sys.modules.items()):
            if getattr(module, "__file__", None) in files:
                del sys.modules[name]
    if outcome:
        raise outcome[0]
    if plugin.collect_errors:
        raise CourseError(plugin.collect_errors[0])
    if code not in (0, 1, 5):
        raise CourseError(f"pytest could not collect the checks of {', '.join(addresses)} (exit {int(code)})")


@contextlib.contextmanager
def _plain_pytest() -> Iterator[None]:
    """Let pytest be as it comes: no option of the user's, and no plugin of whatever else is installed here."""
    known = {name: os.environ.pop(name, None) for name in ("PYTEST_ADDOPTS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # hypothesis' alone takes a quarter of a second
    try:
        yield
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update({name: value for name, value in known.items() if value is not None})
