"""Large pages for what a template holds, so that a fork copies hundreds of entries in place of tens of thousands.

A fork copies the page tables of all anonymous memory and an exit takes them down again: for the 150 MB of an imported
torch, in pages of 4 kB, the greater part of what a worker costs. Linux from 6.1 gathers memory that is in use into
pages of 2 MB where a process asks for it; a worker that writes gets a copy of the 4 kB alone, as ever.
"""

from __future__ import annotations

import ctypes
import re
import sys

from .libc import libc

_SIZE = 2 << 20
_MADV_COLLAPSE = 25
_ANONYMOUS = re.compile(r"([0-9a-f]+)-([0-9a-f]+) rw-p \S+ \S+ 0 *(\[heap\])?$")


def gather() -> int:
    """Gather this process's anonymous memory into large pages; how many there are now, 0 where the kernel has none."""
    if sys.platform != "linux":
        return 0
    madvise = libc().madvise
    madvise.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    with open("/proc/self/maps") as file:
        found = [match.groups() for line in file if (match := _ANONYMOUS.match(line.rstrip()))]
    gathered = 0
    for start, end, _ in found:
        first, last = -(-int(start, 16) // _SIZE), int(end, 16) // _SIZE
        for number in range(first, last):
            gathered += madvise(number * _SIZE, _SIZE, _MADV_COLLAPSE) == 0
    return gathered
