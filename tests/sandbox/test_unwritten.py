"""Memory that nobody has written into: no zeros by luck, but one number at every run."""

from __future__ import annotations

import platform

import pytest
import torch

from autograder.sandbox.host.probe import best_level

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
