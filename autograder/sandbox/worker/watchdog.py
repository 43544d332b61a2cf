"""Memory over all processes of a worker: what the kernel's limits, which count each process alone, cannot say.

The template looks now and then, while it waits for work; a worker whose processes together hold
more than its limit is ended whole. Linux only: elsewhere it sees nothing and ends nobody.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections import defaultdict
from collections.abc import Collection

LOOK_SECONDS = 0.2  #: how often the template looks


def held_kb(pid: int) -> int:
    """Anonymous and shared memory of one process in kB; 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/status") as file:
            fields = dict(line.split(":", 1) for line in file if line.startswith(("RssAnon", "RssShmem")))
        return sum(int(value.split()[0]) for value in fields.values())
    except (OSError, ValueError, IndexError):
        return 0


def children() -> dict[int, list[int]]:
    """Return the processes of each parent."""
    found: dict[int, list[int]] = defaultdict(list)
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    after = file.read().rpartition(")")[2].split()
                found[int(after[1])].append(int(name))
            except (OSError, ValueError, IndexError):
                continue
    return found


def children_of(pid: int) -> list[int]:
    """Return the living and the dead children of one process."""
    found: list[int] = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as file:
                found += map(int, file.read().split())
    except FileNotFoundError:  # it is gone, or the kernel was built without
        return found or children().get(pid, [])
    except OSError:
        return found
    return found


def family(pid: int) -> list[int]:
    """Return a process and all below it."""
    found = [pid]
    for one in found:
        found += [child for child in children_of(one) if child not in found]
    return found


class Watchdog:
    """Looks at the workers of one template.

    Pages that a fork shares with the template count as its own in the kernel's books, so the
    template's size is taken off every process.
    """

    def __init__(self) -> None:
        self._shared = held_kb(os.getpid())

    def over(self, limits_mb: dict[int, int], others: Collection[int] | None = None) -> list[int]:
        """Return the workers (pid -> limit) whose processes together hold more than their limit.

        Args:
            others: what else is a child of this process by right. Where they are given, any further child was cut off
                by a worker. Those whose worker cannot be told are returned themselves, once together they hold more
                than any worker may.
        """
        if sys.platform != "linux":
            return []
        tops: dict[int, list[int]] = {pid: [pid] for pid in limits_mb}
        strays: list[int] = []
        if others is not None:
            for pid in children_of(os.getpid()):
                if pid not in limits_mb and pid not in others:
                    tops.get(_owner(pid, limits_mb), strays).append(pid)
        over = [pid for pid, limit in limits_mb.items() if self._held(tops[pid]) > limit * 1024]
        return over + (strays if strays and self._held(strays) > max(limits_mb.values()) * 1024 else [])

    def _held(self, tops: list[int]) -> int:
        return sum(max(0, held_kb(one) - self._shared) for top in tops for one in family(top))


def _owner(orphan: int, workers: Collection[int]) -> int:
    """Return the worker that cut off a process, 0 if nobody can tell.

    Each worker leads a session, in which its processes stay unless they leave it.
    """
    with contextlib.suppress(OSError):
        if (session := os.getsid(orphan)) in workers:
            return session
    return next(iter(workers)) if len(workers) == 1 else 0
