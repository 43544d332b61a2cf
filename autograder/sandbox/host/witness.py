"""What can be seen of a worker from outside: its processor time, and where it says that it is.

The time is the kernel's, of a process whose number the kernel gave. Where it is comes from the process itself, through
a socket of its own: fit for a message, and for nothing else.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import socket
import struct
import sys
import time

from ..wire.problems import MAX_FRAMES, Frames

MOST_IMPORTED = 10.0  #: seconds of importing libraries that are not counted: what a worker says of them is a claim
LOOK_SECONDS = 0.1  #: between two looks at where a worker is, and at most for an answer
_FRAME = re.compile(r'^  File "(.*)", line (\d+) in (.*)$', re.MULTILINE)
_IMPORT = re.compile(r"^import(ing|ed) (\d+\.\d+)$", re.MULTILINE)
_CREDENTIALS = struct.Struct("3i")


class Witness:
    """Looks at one worker.

    Args:
        pid: its number here, if that is known.
        line: the socket on which it says where it is, if there is one.
    """

    def __init__(self, pid: int | None = None, line: socket.socket | None = None):
        self._pid, self._line, self._said = pid, line, ""
        self._imported, self._importing = 0.0, 0.0  # seconds; its processor time at the beginning, 0 if it does not

    @staticmethod
    def pair() -> tuple[socket.socket, socket.socket] | None:
        """Return (ours, the worker's), or None where the kernel does not say who writes."""
        if sys.platform != "linux":
            return None
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        for end in (ours, theirs):
            end.setblocking(False)
        return ours, theirs

    @property
    def pid(self) -> int | None:
        """The worker's number here: the kernel gives it with the first word, which is ours."""
        if self._pid is None and self._line is not None:
            with contextlib.suppress(OSError):
                _, rights, _, _ = self._line.recvmsg(1, socket.CMSG_SPACE(_CREDENTIALS.size))
                for level, kind, raw in rights:
                    if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
                        self._pid = _CREDENTIALS.unpack(raw)[0] or None
        return self._pid

    def processor_seconds(self) -> float | None:
        """Return the processor time of the worker, all threads together; None where that is not known."""
        if sys.platform != "linux" or self.pid is None:
            return None
        try:
            return time.clock_gettime((~self.pid << 3) | 2)  # CPUCLOCK_SCHED of a process, see clock_gettime(2)
        except OSError:
            return None

    def state(self) -> str:
        """Return the letter that the kernel gives its state, as "T" where it was stopped; "" where it does not tell."""
        if sys.platform != "linux" or self.pid is None:
            return ""
        try:
            with open(f"/proc/{self.pid}/stat", encoding="ascii", errors="replace") as file:
                return file.read().rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            return ""

    def where(self) -> Frames:
        """Return the frames of its main thread, the outermost first; () if it does not say."""
        if self._line is None or self.pid is None:
            return ()
        self.imported()
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGUSR1)
            if select.select([self._line], [], [], LOOK_SECONDS)[0]:
                time.sleep(0.01)  # it comes in many pieces
        self._hear()
        return _frames(self._said)

    def last_words(self) -> Frames:
        """Return the frames in which it crashed or left, the outermost first; () if it did not say."""
        self._hear()
        _, _, after = self._said.rpartition("Fatal Python error")
        return _frames(after)

    def imported(self) -> float:
        """Return the seconds of processor time that it says it spent on importing libraries, so far and in all.

        Never more than :data:`MOST_IMPORTED`: whoever lies gains no more than that.
        """
        self._hear()
        for how, at in _IMPORT.findall(self._said):
            if how == "ing":
                self._importing = float(at)
            elif self._importing:
                self._imported += max(float(at) - self._importing, 0.0)
                self._importing = 0.0
        self._said = ""
        now = self.processor_seconds() if self._importing else None
        unfinished = 0.0 if now is None else max(now - self._importing, 0.0)
        return min(self._imported + unfinished, MOST_IMPORTED)

    def _hear(self) -> None:
        if self._line is None or self.pid is None:
            return
        with contextlib.suppress(OSError):
            while len(self._said) < 1 << 16:
                piece = self._line.recv(1 << 16)
                if not piece:
                    return
                self._said += piece.decode("ascii", "replace")

    def close(self) -> None:
        """Look no more."""
        if self._line is not None:
            self._line.close()
            self._line = None


def _frames(said: str) -> Frames:
    found = [(file, int(line), name.strip()) for file, line, name in _FRAME.findall(said)]
    found.reverse()
    return tuple(found if len(found) <= MAX_FRAMES else [*found[:5], *found[5 - MAX_FRAMES :]])
