"""A wheel of the course without its solutions, for teachers who hand out their own copy.

What is left out: ``solutions/``, the other right ways, the wrong ways and the first drafts of each page (parts of its
solution are in all of them), the solutions inside notebooks, the sample class. A grader without solutions checks as
ever, but names no known mistake.
A course that lies over another is laid over it here, and stands alone in the wheel.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import re
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from ..course import page_files
from ..course.flat import course_toml, layers, left_out
from ..course.questions import without_schemes
from ..course.trees import GONE, Trees, own_root
from ..errors import GradusError
from ..gradebook.keys import NO_PART
from ..model import Syllabus
from .reader import book
from .workspace import handed_out

_APART = {"__pycache__", "sample_class", ".ipynb_checkpoints"}
#: of a page: what stands in for its solution, right functions among wrong ones, and what was said to its author
_OF_SOLUTIONS = {*NO_PART, "IMPORTED.md"}
_STAMP = (2026, 1, 1, 0, 0, 0)  #: the same course makes the same file


def student_wheel(trees: Trees, syllabus: Syllabus, folder: Path, where: str) -> Path:
    """Write the wheel into a folder; its path.

    Args:
        where: what ``gradus solution`` says of where the solutions are.

    Raises:
        GradusError: Gradus is not installed as a distribution, so that nothing says what it requires.
        CourseError: a notebook cannot be read.
    """
    try:
        installed = metadata.distribution("gradus-course")
    except metadata.PackageNotFoundError:
        raise GradusError("gradus-course is not installed as a distribution; `pip install -e .` does it") from None
    version = f"{installed.version.partition('+')[0]}+student{_of(trees)}"
    info = f"gradus_course-{version}.dist-info"
    head = (installed.read_text("METADATA") or "").replace(
        f"\nVersion: {installed.version}\n", f"\nVersion: {version}\n", 1
    )
    files = dict(_contents(trees, syllabus))
    files[f"autograder/trees/solutions/{GONE}"] = f"{where.strip()}\n".encode()
    files[f"{info}/METADATA"] = head.encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: gradus\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/entry_points.txt"] = (installed.read_text("entry_points.txt") or "").encode()
    for file in installed.files or ():
        if "licenses" in file.parts and ".dist-info" in file.parts[0]:
            files[f"{info}/licenses/{file.name}"] = Path(str(file.locate())).read_bytes()
    record = "".join(f"{name},sha256={_digest(content)},{len(content)}\n" for name, content in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    target = folder / f"gradus_course-{version}-py3-none-any.whl"
    temporary = target.with_name(target.name + ".part")
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.external_attr, entry.compress_type = 0o100644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    os.replace(temporary, target)
    return target


def _of(trees: Trees) -> str:
    """Return what a version says of a course of one's own: two courses' wheels are two files."""
    words = re.findall(r"[a-z0-9]+", trees.root.name.lower())
    return "" if trees.root == own_root() else f".{'.'.join(words or ['course'])}"


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def _contents(trees: Trees, syllabus: Syllabus) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the wheel by its name in it, a course's own after those of the engine."""
    package = Path(__file__).resolve().parent.parent
    for name, content in _files(package):
        if name.partition("/")[0] not in ("pages", "trees"):
            yield f"autograder/{name}", content
    second = next(path for path in (package / "alias.py", package.with_name("gradus.py")) if path.is_file())
    yield "gradus.py", second.read_bytes()  # a checkout has it among the package, an installed wheel beside it
    for data in reversed(trees.all_data()):
        yield from ((f"autograder/trees/data/{name}", content) for name, content in _files(data))
    gone = left_out(trees, syllabus)
    for layer in layers(trees):
        for place, name, content in _of_course(layer):
            if not {"/".join(name.split("/")[:2]), name.rpartition(".")[0].removesuffix("_dark")} & gone:
                yield f"autograder/{place}/{name}", content
    if trees.base is not None:
        yield "autograder/trees/course/course.toml", course_toml(syllabus).encode()
    with contextlib.suppress(GradusError):  # there is none
        found = book(trees)
        if trees.base is None or found.is_relative_to(trees.root):  # another course's book is none of this one
            yield from ((f"autograder/trees/site/{name}", content) for name, content in _files(found))
    for page in (*syllabus.pages.values(), *syllabus.playgrounds.values()):
        yield f"autograder/trees/notebooks/source/{page.address}.ipynb", handed_out(trees, page)
        for name, content in page_files.contents(trees, page.address).items():
            yield f"autograder/trees/solutions/{page.address}_files/{name}", content


def _of_course(trees: Trees) -> Iterator[tuple[str, str, bytes]]:
    """Yield what stands in one course itself: the folder of the package that it goes to, its path there, and it."""
    for name, content in _files(trees.pages):
        if name.rpartition("/")[2] not in _OF_SOLUTIONS:
            yield "pages", name, content
    for name, content in _files(trees.course):
        if not name.endswith("_picture.py"):  # they draw what the solutions compute
            shown = without_schemes(content.decode()).encode() if name.endswith(".md") else content
            yield "trees/course", name, shown
    for place, folder in (("languages", trees.root / "languages"), ("exercises", trees.exercises)):
        yield from ((f"trees/{place}", name, content) for name, content in _files(folder))


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not path.is_symlink() and not _APART & set(inside.parts):
            yield inside.as_posix(), path.read_bytes()
