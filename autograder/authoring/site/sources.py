"""What a book is made of, as one hash: the build of the wheel takes a book only if it is that of these sources.

Needs nothing but Python: `hatch_build.py` runs it where Gradus is not installed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

STAMP = "sources.txt"  #: a file beside the book's index that holds the hash
_PARTS = (
    ("course", "*"), ("exercises", "*.py"), ("docs", "*.md"), ("benchmarks", "RESULTS.md"), (".", "*.md"),
    ("autograder/pages", "test_*.py"), ("autograder/checking", "*.py"), ("autograder/authoring/site", "*"),
)  # fmt: skip


def digest(root: Path) -> str:
    """Return the hash of all that the book of the course below `root` is made of."""
    total = hashlib.sha256()
    for part, pattern in _PARTS:
        places = root.glob(pattern) if part == "." else (root / part).rglob(pattern)
        for path in sorted(places):
            if path.is_file() and "__pycache__" not in path.parts:
                total.update(f"{path.relative_to(root).as_posix()}\0".encode())
                total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def fresh(book: Path, root: Path) -> bool:
    """Whether a built book is that of the course below `root` as it is now."""
    stamp = book / STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8").strip() == digest(root)
