"""The snippets of a lesson, run where the functions of its page are defined: for the book, and for the tests."""

from __future__ import annotations

import contextlib
import io
import os
import re
import tempfile
import traceback
from pathlib import Path
from typing import Any

from ..course.trees import Trees
from ..errors import CourseError
from .pictures import imported

#: a page that is no exercise, and the pages whose functions its snippets use
PLAYGROUNDS = {
    "s3_neural_networks/playground": ("classification_network", "regression_network", "training_troubles"),
    "s4_cnns/playground": ("convolution",),
}
#: snippets with one of these are not run, and why
NOT_RUN = {'datasets.load("backbone")': "trains for seconds", "torchvision.models": "downloads 45 MB"}
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PRINTED = re.compile(r"^print\(.*\)  # (.*)$", re.MULTILINE)


def names_of(course: Trees, address: str) -> dict[str, Any]:
    """Return what is defined for the snippets of a page: its own functions, in a playground those of several pages."""
    section = address.partition("/")[0]
    pages = [f"{section}/{name}" for name in PLAYGROUNDS[address]] if address in PLAYGROUNDS else [address]
    found: dict[str, Any] = {}
    for page in pages:
        path = course.solution(page)
        if path.is_file():
            found |= vars(imported(path, f"snippets_{page.replace('/', '_')}"))
    return found


def run(course: Trees, address: str, lesson: str) -> None:
    """Run every snippet of a lesson in a folder of its own, one after another, and compare what they print.

    Raises:
        CourseError: one does not run, or prints other than its comments say.
    """
    import torch

    blocks = [code for code in BLOCK.findall(lesson) if not any(words in code for words in NOT_RUN)]
    if not blocks:
        return
    torch.manual_seed(0)
    names = names_of(course, address)
    with tempfile.TemporaryDirectory() as folder, _inside(Path(folder)):
        for code in blocks:
            printed = io.StringIO()
            try:
                with contextlib.redirect_stdout(printed):
                    exec(compile(code, address, "exec"), names)
            except Exception:  # whatever a lesson's snippet raises is its author's to read
                raise CourseError(f"{course.lesson(address)}: {traceback.format_exc(-1).strip()}\nin\n{code}") from None
            expected = PRINTED.findall(code)
            lines = printed.getvalue().splitlines()
            found = [line for line in lines if line in expected]
            if (expected or "print(" not in code) and found != expected:
                raise CourseError(f"{course.lesson(address)}: prints {lines} where {expected} stands, in\n{code}")


@contextlib.contextmanager
def _inside(folder: Path) -> Any:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
