"""``gradus new``: the files of a new exercise, each a small true example to write over."""

from __future__ import annotations

import keyword
import re
import sys
import sysconfig
from pathlib import Path

from ..course.syllabus import language_of, load
from ..course.texts import line_of
from ..course.trees import Trees, installed
from ..errors import CourseError
from ..language import speaking
from . import build, skeleton
from .pictures import draw
from .undo import page_or_nothing


def start(trees: Trees, address: str, *, torch: bool = True) -> list[Path]:
    """Write the files of a new exercise, those that are generated of them, and its line in ``course.toml``; the files.

    Args:
        torch: the example uses PyTorch.

    Raises:
        CourseError: the address is malformed, its section unknown, or one of the files is there already; or the
            course is the installed one, which is nobody's to write into.
    """
    _free(trees, address)
    section, _, name = address.partition("/")
    toml = trees.course / "course.toml"
    if keyword.iskeyword(name):
        raise CourseError(f"{address}: {name} is a word of Python's own, and no function can have that name")
    if hides_a_module(name):
        whose = "Python's own" if name in sys.stdlib_module_names else "an installed library's"
        raise CourseError(
            f"{address}: {name} is a module of {whose}, which a student's {name}.py would hide; choose another name, "
            f"such as {name}_page"
        )
    page = trees.pages / address
    texts = {
        trees.course / f"{address}.md": skeleton.LESSON,
        trees.course / section / f"{name}_picture.py": skeleton.PICTURE,
        trees.solutions / f"{address}.py": skeleton.SOLUTION,
        page / f"test_{name}.py": skeleton.CHECKS,
        page / "misconceptions.py": skeleton.MISCONCEPTIONS,
        page / "variants.py": skeleton.VARIANTS,
    }
    texts = {path: text if torch else skeleton.WITHOUT_TORCH.get(text, text) for path, text in texts.items()}
    with page_or_nothing(trees, address):
        _write_all(trees, texts, address)
        write(toml, with_line(toml.read_text(encoding="utf-8"), address))
        exercise = load(trees).exercises[address]
        picture = draw(trees, exercise)
        return [*texts, toml, *([picture] if picture else []), *build.write(trees, exercise)]


def start_questions(trees: Trees, address: str) -> list[Path]:
    """Write the files of a new page with questions alone, its notebook, and its line in ``course.toml``; the files.

    Raises:
        CourseError: as :func:`start`.
    """
    _free(trees, address)
    section, _, name = address.partition("/")
    toml = trees.course / "course.toml"
    texts = {
        trees.course / f"{address}.md": skeleton.QUESTIONS,
        trees.course / section / f"{name}_picture.py": skeleton.PICTURE_TO_READ,
    }
    with page_or_nothing(trees, address):
        _write_all(trees, texts, address)
        write(toml, with_line(toml.read_text(encoding="utf-8"), address))
        page = load(trees).question_pages[address]
        picture = draw(trees, page)
        return [*texts, toml, *([picture] if picture else []), *build.write(trees, page)]


def _free(trees: Trees, address: str) -> None:
    """Refuse an address that a new page cannot have.

    Raises:
        CourseError: it is malformed or taken, its section unknown, or the course is the installed one.
    """
    not_installed(trees)
    if not re.fullmatch(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*", address):
        raise CourseError(f"{address}: an address is section/exercise in small letters, digits and _")
    syllabus = load(trees)
    section = address.partition("/")[0]
    toml = trees.course / "course.toml"
    if section not in syllabus.sections:
        line = line_of(toml.read_text(encoding="utf-8"), "sections")
        what = f'there is no section {section}; add {section} = "Its title" to [sections] first'
        raise CourseError(f"{toml}, line {line}: {what}")
    if address in syllabus.pages:
        raise CourseError(f"{address}: the course has this page already; choose another address")


def hides_a_module(name: str) -> bool:
    """Tell whether a file of this name would stand in the place of a module of Python's own or of a library here."""
    if name in sys.stdlib_module_names or name in ("autograder", "gradus", "torch", "numpy"):
        return True
    places = {Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib", "stdlib")}
    return any((place / name / "__init__.py").is_file() or (place / f"{name}.py").is_file() for place in places)


def _write_all(trees: Trees, texts: dict[Path, str], address: str) -> None:
    """Write a new page in the course's language, the slots filled in; nothing, if one of its files is there already."""
    for path in texts:
        if path.exists():
            raise CourseError(f"{path}: is there already; choose another address or delete it first")
    name = address.partition("/")[2]
    fields = {"name": name, "address": address, "title": name.replace("_", " ").capitalize()}
    with speaking(language_of(trees), trees.root):
        for path, text in texts.items():
            write(path, filled(skeleton.in_language(text), fields))


def not_installed(trees: Trees) -> None:
    """Refuse to write into the package.

    Raises:
        CourseError: the course lies inside of it.
    """
    if installed(trees):
        raise CourseError(
            "the course that comes with gradus is read where it is installed, never written; `gradus new-course DIR` "
            "begins one of your own (--over gradus: with all pages of this one)"
        )


def write(path: Path, text: str) -> None:
    """Write a text, with the folders that lead to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def filled(text: str, fields: dict[str, str]) -> str:
    """Return a text with its slots filled in."""
    for key, value in fields.items():
        text = text.replace("{" + key + "}", value)
    return text


def with_line(course: str, address: str) -> str:
    """``course.toml`` with the exercise as the last of its section, or of the table."""
    lines = course.splitlines()
    section = address.partition("/")[0]
    if not any(line.strip() == "[exercises]" for line in lines):
        lines += ["", "[exercises]"]
    start = next(i for i, line in enumerate(lines) if line.strip() == "[exercises]")
    end = next((i for i in range(start + 1, len(lines)) if lines[i].startswith("[")), len(lines))
    own = [i for i in range(start + 1, end) if lines[i].startswith(f'"{section}/')]
    filled = [i for i in range(start, end) if lines[i].strip() and not lines[i].startswith("#")]
    lines.insert((own or filled)[-1] + 1, f'"{address}" = 1.0')
    return "\n".join(lines) + "\n"
