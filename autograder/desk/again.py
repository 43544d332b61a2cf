"""Grading again, with the difference shown before anything is written: `gradus regrade` in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import GradusError

_ENTRY = "import sys; sys.argv[0] = 'gradus'; from autograder.cli import entry; entry()"
IDLE, RUNNING, SHOWN, WRITTEN, FAILED = "idle", "running", "shown", "written", "failed"


@dataclass(frozen=True)
class State:
    """How far it is: one of IDLE, RUNNING, SHOWN, WRITTEN, FAILED; the differences, or why there are none.

    Args:
        notes: what `gradus regrade` said beside: with which data, whom it could not grade, what it passed over.
    """

    step: str = IDLE
    changes: tuple[dict[str, Any], ...] = ()
    told: str = ""
    by: str = ""
    notes: tuple[str, ...] = ()


class Again:
    """Grades a class again, on demand. The server itself runs no student's code: the command does, in its sandbox.

    Args:
        submissions: what was graded: a class folder, a zip, an nbgrader course.
        out: the results.
        course: the root of the course.
        roster: who is who in the submissions, where that was said.
    """

    def __init__(self, submissions: Path, out: Path, course: Path, roster: Path | None = None):
        self.submissions, self._out, self._course, self.roster = submissions, out, course, roster
        self._lock = threading.Lock()
        self._state = State()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def state(self) -> State:
        """How far it is."""
        with self._lock:
            return self._state

    def begin(self, by: str, apply: bool) -> None:
        """Begin to look for differences, or to write those that were shown.

        Raises:
            GradusError: it runs already, or nothing was shown that could be written.
        """
        with self._lock:
            if self._state.step == RUNNING:
                raise GradusError("the class is being graded again already: wait for it")
            if apply and self._state.step != SHOWN:
                raise GradusError("look at the differences first: nothing is written before they were shown")
            self._state = State(RUNNING, self._state.changes if apply else (), by=by)
        threading.Thread(target=self._run, args=(by, apply), daemon=True).start()

    def _run(self, by: str, apply: bool) -> None:
        command = [sys.executable, "-c", _ENTRY, "regrade", str(self.submissions), "--out", str(self._out), "--json"]
        # without the roster a folder that is called otherwise than its student would be somebody new
        command += ["--roster", str(self.roster)] if self.roster is not None else []
        command += ["--apply"] if apply else []
        environment = {**os.environ, "GRADUS_COURSE": str(self._course)}
        with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
            try:
                with self._lock:
                    self._process = subprocess.Popen(
                        command, stdin=subprocess.DEVNULL, stdout=said, stderr=complained, env=environment,
                    )  # fmt: skip
                ended = self._process.wait()
                said.seek(0)
                changes = tuple(json.load(said)) if ended == 0 else ()
                complained.seek(0)
                words = complained.read().decode("utf-8", "replace").strip().splitlines()
            except (OSError, ValueError) as error:
                ended, changes, words = 1, (), [str(error)]
        with self._lock:
            self._process = None
            if ended:
                self._state = State(FAILED, told=words[-1] if words else f"it ended with {ended}", by=by)
            else:
                self._state = State(WRITTEN if apply else SHOWN, changes, by=by, notes=tuple(words))

    def close(self) -> None:
        """End what runs."""
        with self._lock:
            process = self._process
        if process is not None:
            process.terminate()
