"""What each level of the sandbox promises, tried where this interpreter and its packages happen to lie.

Run as a program it prints one JSON object: of every level that works here, what an attempt inside it came to.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from autograder.sandbox.host.base import Limits
from autograder.sandbox.host.probe import probe
from autograder.sandbox.host.start import start_template
from autograder.sandbox.host.student import Student

INSIDE = """
import os, tempfile

MARK = "left-by-another"

def folders(most=4000):
    "the folders that can be seen, the nearest to the root first"
    found, todo = [], ["/", tempfile.gettempdir()]
    while todo and len(found) < most:
        folder = todo.pop(0)
        found.append(folder)
        try:
            with os.scandir(folder) as entries:
                todo += [e.path for e in entries if e.is_dir(follow_symlinks=False)]
        except OSError:
            pass
    return found

def written(extra):
    "the folders in which a file could be made, which is left there; with those of `extra`"
    made = []
    for folder in [*folders(), *extra]:
        try:
            with open(os.path.join(folder, MARK), "w") as file:
                file.write("x")
        except OSError:
            continue
        made.append(folder)
    return sorted(set(made))

def found(where):
    "where what another left can be read"
    found = []
    for folder in where:
        try:
            open(os.path.join(folder, MARK)).close()
        except OSError:
            continue
        found.append(folder)
    return found

def works():
    "what an honest page may count on"
    import torch, numpy, pandas, torchvision, lzma, sqlite3, decimal
    with tempfile.NamedTemporaryFile() as file:
        torch.save(torch.ones(2), file.name)
        assert torch.load(file.name).sum() == 2
    torch.optim.SGD([torch.nn.Parameter(torch.ones(2))], lr=0.1)
    return int(torchvision.ops.nms(torch.tensor([[0., 0, 1, 1], [0, 0, 1, 1]]), torch.tensor([1., 2]), 0.5)[0])

def own_folder():
    "the folder of this worker's own files"
    return tempfile.gettempdir()
"""


def promise(level: str, extra: list[str]) -> dict[str, Any]:
    """What one level holds here; `extra` are folders that a worker should not be able to write either."""
    tried = probe(level, keep=True)
    if not tried.works:
        return {"works": False, "detail": tried.detail}
    template = start_template(level)
    try:
        one, two = (Student(template, Limits()) for _ in range(2))
        for student in (one, two):
            assert student.load_source("promise", INSIDE) == []
            student.begin(0, 60)
        written, own = one.written(extra), one.own_folder()
        shared = two.found(written)
        works = one.works()
        one.close()
        third = Student(template, Limits())
        third.load_source("promise", INSIDE)
        third.begin(0, 60)
        shared += third.found(written)
        for student in (two, third):
            student.close()
    finally:
        template.close()
    allowed = ("/tmp", "/dev/shm") if level == "namespaces" else ()
    return {
        "works": True,
        "detail": tried.detail,
        "honest work": works,
        "writes outside its own": [path for path in written if path not in allowed and not within(path, own)],
        "found by the next": shared,
        "on this machine": [path for path in written if level != "plain" and Path(path, "left-by-another").exists()],
    }


def within(path: str, folder: str) -> bool:
    """Is `path` this folder, or below it?"""
    return path == folder or path.startswith(folder + "/")


def main() -> None:
    """Print what every level promises."""
    import torch

    around = {Path(torch.__file__).parent, *Path(__file__).parents, *Path(torch.__file__).parents}
    around |= {Path(os.path.realpath(sys.executable)).parent, *Path(os.__file__).parents, Path(os.__file__).parent}
    extra = sorted({str(path) for path in around})
    print(json.dumps({level: promise(level, extra) for level in ("namespaces", "landlock")}))


if __name__ == "__main__":
    main()
