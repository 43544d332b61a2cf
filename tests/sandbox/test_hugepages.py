"""Large pages for what a template holds."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import pytest

from tests.helpers import python

ROOT = Path(__file__).resolve().parents[2]


def large_pages() -> str:
    """The kernel's setting, "" where it has none."""
    path = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    return path.read_text() if path.is_file() else ""


def test_what_is_held_stays_as_it_was(tmp_path):
    """memory that was gathered holds what it held, here and in a fork that writes; the fork's writing is its own"""
    said = python(
        "import os, sys\nfrom autograder.sandbox.worker import hugepages\n"
        "held = [bytes([n % 251]) * 5000 for n in range(4000)]\n"
        "gathered = hugepages.gather()\n"
        "right = all(one == bytes([n % 251]) * 5000 for n, one in enumerate(held))\n"
        "pid = os.fork()\n"
        "if not pid:\n"
        "    held[:] = [bytes([n % 241]) * 5000 for n in range(4000)]\n"
        "    os._exit(not all(one == bytes([n % 241]) * 5000 for n, one in enumerate(held)))\n"
        "child = os.waitpid(pid, 0)[1]\n"
        "after = all(one == bytes([n % 251]) * 5000 for n, one in enumerate(held))\n"
        "print(right, child, after, gathered)\n",
        ROOT,
    )
    right, child, after, gathered = said.stdout.split()
    assert (right, child, after) == ("True", "0", "True"), said.stderr
    release = tuple(int(part) for part in platform.release().split(".")[:2] if part.isdigit())
    if large_pages() and "[never]" not in large_pages() and release >= (6, 1):
        assert int(gathered) > 0
    elif not large_pages():
        assert int(gathered) == 0


def test_without_the_kernels_help(monkeypatch):
    """where there is no Linux there is nothing to gather, and no error"""
    from autograder.sandbox.worker import hugepages

    monkeypatch.setattr(sys, "platform", "darwin")
    assert hugepages.gather() == 0


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("55d0c0a00000-55d0c5000000 rw-p 00000000 00:00 0                          [heap]", True),
        ("7f0000000000-7f0000400000 rw-p 00000000 00:00 0", True),
        ("7f0000000000-7f0000400000 r-xp 00000000 00:00 0                          [vdso]", False),
        ("7ffc00000000-7ffc00400000 rw-p 00000000 00:00 0                          [stack]", False),
        ("7f0000000000-7f0000400000 rw-p 00001000 08:01 131                        /usr/lib/libc.so.6", False),
        ("7f0000000000-7f0000400000 rw-s 00000000 00:01 77                         /dev/shm/one", False),
    ],
)
def test_which_memory(line, found):
    """private anonymous memory that may be written, no files, no stacks, nothing shared"""
    from autograder.sandbox.worker.hugepages import _ANONYMOUS

    assert bool(_ANONYMOUS.match(line)) is found
