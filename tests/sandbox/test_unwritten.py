"""Memory that nobody has written into: no zeros by luck, but one number at every run."""

from __future__ import annotations

import platform
import socket
import tracemalloc

import pytest
import torch

from autograder.sandbox.host.probe import best_level
from autograder.sandbox.wire.channel import Channel
from autograder.sandbox.worker.services import Worker

SOURCE = """
import torch

def left_over(n, dtype):
    return torch.empty(n, dtype=dtype)
"""


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc",
    reason="only glibc can fill memory that nobody wrote; elsewhere nothing is promised of it",
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.int64, torch.uint8])
@pytest.mark.parametrize("level", sorted({"plain", best_level()}))
def test_it_holds_one_number(student_in, template_of, level, dtype):
    """what torch.empty gives, of few entries and of many, is one number that is not 0, at every level of isolation"""
    left_over = student_in(template_of(level), SOURCE).left_over
    for size in (1, 6, 200, 50_000):
        found = left_over(size, dtype)
        assert found.ne(0).all()
        assert found.eq(found[0]).all()


def test_a_small_file_takes_little_memory_to_read(tmp_path):
    """a worker that makes room for the largest file at every look at a small one fills 64 MiB, which took 20 ms each"""
    ends = socket.socketpair()
    worker = Worker(Channel(ends[0]), str(tmp_path))
    (tmp_path / "table.csv").write_text("x,y\n1,2\n")
    tracemalloc.start()
    try:
        assert worker.read("table.csv") == b"x,y\n1,2\n"
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
        for end in ends:
            end.close()
    (tmp_path / "large.bin").write_bytes(large := bytes(range(256)) * 1024)
    assert worker.read("large.bin") == large
    assert worker.read("no.csv") is None
