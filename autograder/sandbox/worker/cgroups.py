"""A control group (cgroup v2) for each worker, where the machine lets the grader make one.

The kernel then keeps the memory and the processes of a whole worker, which rlimits count one process at a time and the
watchdog only looks at now and then. A worker joins by itself, through a descriptor that the judge opened: nothing of
``/sys`` is visible to it. Where no group can be made (no cgroup v2, nothing delegated, controllers held by others)
grading goes on without: every function here answers None, silently.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import time
from dataclasses import dataclass
from pathlib import Path

NEEDED = ("memory", "pids")
SPARE_MB = 512  #: beyond a worker's own limit, for its temporary files and shared memory: the watchdog speaks first
_numbers = itertools.count()


@dataclass(frozen=True)
class Group:
    """One control group, made for one worker."""

    path: Path

    def door(self) -> int:
        """Open a descriptor by which a process puts itself into the group, writing ``0``; the caller closes it."""
        return os.open(self.path / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)

    def overflowed(self) -> bool:
        """Tell whether the kernel ended a process of it for want of memory."""
        with contextlib.suppress(OSError):
            lines = (self.path / "memory.events").read_text().split("\n")
            return any(line.startswith("oom_kill ") and line.split()[1] != "0" for line in lines)
        return False

    def remove(self) -> None:
        """End whatever is still in it, then remove it."""
        with contextlib.suppress(OSError):
            os.write(door := os.open(self.path / "cgroup.kill", os.O_WRONLY), b"1")
            os.close(door)
        for _ in range(50):  # a group can be removed when its last process is gone
            with contextlib.suppress(OSError):
                self.path.rmdir()
                return
            time.sleep(0.01)


def candidates(mounts: str = "/proc/self/mountinfo", own: str = "/proc/self/cgroup") -> list[Path]:
    """Return the control groups below which ours might be made: the grader's own, and the one above it.

    A group that holds processes cannot give its controllers on, so it is mostly the one above: a user's session slice.
    """
    try:
        path = next(line[3:].strip() for line in Path(own).read_text().splitlines() if line.startswith("0::"))
        lines = [line.split(" - ") for line in Path(mounts).read_text().splitlines()]
        root = next(Path(left.split()[4]) for left, right in lines if right.split()[0] == "cgroup2")
    except (OSError, StopIteration, IndexError, ValueError):
        return []
    place = root / path.lstrip("/")
    return [place] if place == root else [place, place.parent]


@functools.cache
def parent() -> Path | None:
    """Find where groups of ours can be made with all that is needed, by making one; None where they cannot."""
    for place in candidates():
        _sweep(place)
        trial = place / f"gradus-{os.getpid()}-trial"
        try:
            if not set(NEEDED) <= set((place / "cgroup.subtree_control").read_text().split()):
                continue
            trial.mkdir()
        except OSError:
            continue
        fits = os.access(trial / "cgroup.procs", os.W_OK) and os.access(place / "cgroup.procs", os.W_OK)
        Group(trial).remove()
        if fits:
            return place
    return None


def _sweep(place: Path) -> None:
    """Remove the empty groups of graders that were stopped hard."""
    for left in place.glob("gradus-*-*"):
        if not Path("/proc", left.name.split("-")[1]).exists():
            with contextlib.suppress(OSError):
                left.rmdir()


def make(memory_mb: int, processes: int) -> Group | None:
    """Make a new group with these limits, or None where none can be made."""
    place = parent()
    if place is None:
        return None
    group = Group(place / f"gradus-{os.getpid()}-{next(_numbers)}")
    limits = {
        "memory.max": str((memory_mb + SPARE_MB) << 20), "memory.swap.max": "0", "memory.oom.group": "1",
        "pids.max": str(processes + 1),
    }  # fmt: skip
    try:
        group.path.mkdir()
        for name, value in limits.items():
            if name != "memory.swap.max" or (group.path / name).exists():  # absent without swap
                (group.path / name).write_text(value)
        os.close(group.door())
    except OSError:
        group.remove()
        return None
    return group


def join(door: int) -> None:
    """Put the calling process into the group of this door; a kernel that refuses leaves it where it is."""
    with contextlib.suppress(OSError):
        os.write(door, b"0")
    os.close(door)
