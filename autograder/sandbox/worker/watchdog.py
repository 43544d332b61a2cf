"""Memory over all processes of a worker: what the kernel's limits, which count each process alone, cannot say.

The template looks now and then, while it waits for work; a worker whose processes together hold
more than its limit is ended whole. Linux only: elsewhere it sees nothing and ends nobody.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict

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


class Watchdog:
    """Looks at the workers of one template.

    Pages that a fork shares with the template count as its own in the kernel's books, so the
    template's size is taken off every process.
    """

    def __init__(self) -> None:
        self._shared = held_kb(os.getpid())

    def over(self, limits_mb: dict[int, int]) -> list[int]:
        """Return the workers (pid -> limit) whose processes together hold more than their limit."""
        if sys.platform != "linux":
            return []
        tree = children()
        return [pid for pid, limit in limits_mb.items() if self._held(pid, tree) > limit * 1024]

    def _held(self, pid: int, tree: dict[int, list[int]]) -> int:
        total, todo, seen = 0, [pid], set()
        while todo:
            one = todo.pop()
            if one not in seen:
                seen.add(one)
                total += max(0, held_kb(one) - self._shared)
                todo += tree.get(one, [])
        return total
