"""The seeds of a class: secret, the same for all of a run, and never those of an earlier attempt."""

from __future__ import annotations

import hashlib
import secrets

MOST = (1 << 63) - 1  #: what a gradebook's column holds


def fresh() -> int:
    """Draw a seed that nobody can find by trying."""
    return secrets.randbelow(MOST)


def unused(seed: int, used: set[int]) -> int:
    """Return the seed, or where an earlier attempt had it the next that follows from it: on every machine the same."""
    found, number = seed, 0
    while found in used:
        number += 1
        found = int.from_bytes(hashlib.sha256(f"{seed}/attempt {number}".encode()).digest()[:8], "big") >> 1
    return found
