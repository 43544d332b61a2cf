"""One source: stub and notebook of an exercise, generated from its solution and lesson. Pure until :func:`write`."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from ..course import page_files
from ..course.syllabus import lesson_text, split_lesson
from ..course.texts import read_python
from ..course.trees import Trees
from ..errors import CourseError
from ..export.record import SCHEMA, schema_text
from ..language import _, speaking
from ..model import Exercise, Playground, QuestionPage, Syllabus
from ..text import similar_name
from .notebook import (
    BEGIN,
    END,
    PICTURE,
    notebook_cells,
    playground_notebook,
    question_notebook,
    static_checks,
    words_of,
)  # fmt: skip

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def regions(text: str, path: Path | str = "solution") -> list[tuple[int, int]]:
    """Return the (first, last) line numbers, from 1, of the marker lines of each solution region.

    Raises:
        CourseError: a marker without its partner.
    """
    found: list[tuple[int, int]] = []
    begin = 0
    for number, line in enumerate(text.splitlines(), 1):
        mark = line.strip()
        if mark == BEGIN:
            if begin:
                raise CourseError(f"{path}, line {number}: {BEGIN} inside another region")
            begin = number
        elif mark == END:
            if not begin:
                raise CourseError(f"{path}, line {number}: {END} without {BEGIN}")
            found.append((begin, number))
            begin = 0
    if begin:
        raise CourseError(f"{path}, line {begin}: {BEGIN} without {END}")
    return found


def _owner(tree: ast.Module, line: int) -> str:
    """Return the name of the definition around a line, like ``softmax`` or ``Adam.step``."""
    name, body = "", tree.body
    while True:
        inside = [
            n for n in body
            if isinstance(n, DEFINITIONS) and n.lineno <= line <= (n.end_lineno or n.lineno)
        ]  # fmt: skip
        if not inside:
            return name
        name = f"{name}.{inside[0].name}" if name else inside[0].name
        body = inside[0].body


def _first_name(tree: ast.Module, first: int, last: int) -> str:
    """Return the first name that the statements between two lines define, "" where they define none."""
    for node in (node for node in tree.body if first <= node.lineno <= last):
        if isinstance(node, DEFINITIONS):
            return node.name
        for one in ast.walk(node) if isinstance(node, ast.Assign | ast.AnnAssign) else ():
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
                return one.id
    return ""


def stub_text(solution: str, exercise: Exercise, path: Path | str = "solution") -> str:
    """Return the stub: every solution region replaced by a line that says what is missing.

    A page that ships solved keeps its code and loses only the markers.
    """
    lines = solution.splitlines()
    cut = regions(solution, path)
    if not cut:
        raise CourseError(f"{path}: there is no {BEGIN}; mark what students write")
    tree = ast.parse(solution)
    out = list(lines)
    for first, last in reversed(cut):
        indent = lines[first - 1][: len(lines[first - 1]) - len(lines[first - 1].lstrip())]
        if exercise.ships_solved:
            out[first - 1 : last] = lines[first : last - 1]
            continue
        name = _owner(tree, first) or _first_name(tree, first, last) or exercise.name
        why = _("{name} is not written yet", name=name)
        out[first - 1 : last] = [
            f"{indent}# YOUR CODE HERE",
            f'{indent}raise NotImplementedError("{why}")',
        ]
    draft = _("A draft: this page is still being written, and may change.") if exercise.level == "draft" else ""
    draft = f"# {draft}\n" if draft else ""
    return draft + "\n".join(out).rstrip() + "\n"


def generated(trees: Trees, page: Exercise | QuestionPage | Playground) -> dict[Path, str]:
    """Generate the files of one page, in its language; return their contents.

    Raises:
        CourseError: the lesson or solution is missing or malformed, or a picture is absent.
    """
    if isinstance(page, Playground):
        lesson = split_lesson(trees.lesson(page.address))[1]
        pictures = _pictures(trees, page.address, lesson)
        return {trees.notebook(page.address): _notebook_text(playground_notebook(lesson, page, pictures))}
    with speaking(page.language, trees.root):
        return _generated(trees, page)


def _generated(trees: Trees, page: Exercise | QuestionPage) -> dict[Path, str]:
    path = trees.solution(page.address)
    solution = "" if isinstance(page, QuestionPage) else read_python(path, "the solution is missing")
    lesson = lesson_text(trees, page)
    pictures = _pictures(
        trees, page.address, lesson, words_of(solution), *(question.ask for question in page.questions)
    )
    if isinstance(page, QuestionPage):
        return {trees.notebook(page.address): _notebook_text(question_notebook(lesson, page, pictures))}
    checks = static_checks(read_python(trees.check(page.address), "the checks are missing"))
    return {
        trees.stub(page.address): stub_text(solution, page, path),
        trees.notebook(page.address): _notebook_text(notebook_cells(solution, lesson, page, pictures, checks)),
    }


def _notebook_text(notebook: dict[str, Any]) -> str:
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _pictures(trees: Trees, address: str, *texts: str) -> dict[str, bytes]:
    """Return the pictures that the texts of a page show, by their names."""
    found: dict[str, bytes] = {}
    for text in texts:
        for name in (match[2] for match in PICTURE.finditer(text)):
            try:
                found[name] = trees.beside(address, name).read_bytes()
            except OSError:
                raise CourseError(
                    f"{trees.lesson(address)}: picture {name} is missing; {_drawn(trees, address, name)}"
                ) from None
    return found


def _drawn(trees: Trees, address: str, name: str) -> str:
    """Say where a missing picture comes from: the page's script draws one, and others lie beside the lesson."""
    short = address.rpartition("/")[2]
    if trees.picture_script(address).is_file():
        drawn = (f"{short}.png", f"{short}_dark.png")
        return "run `gradus build --pictures`" if name in drawn else f"the page's script draws {drawn[0]}: show that"
    near = similar_name(name, [one.name for one in trees.lesson(address).parent.glob("*.*") if one.suffix != ".md"])
    return f"did you mean {near}?" if near else "put it beside the lesson"


def _all(trees: Trees, page: Exercise | QuestionPage | Playground) -> dict[Path, bytes]:
    """Return all that is generated for a page: with the files that its notebook opens beside that."""
    beside = trees.notebook(page.address).parent
    files = {beside / name: content for name, content in page_files.contents(trees, page.address).items()}
    return files | {path: text.encode() for path, text in generated(trees, page).items()}


def drifted(trees: Trees, page: Exercise | QuestionPage | Playground) -> list[Path]:
    """Return the generated files that are not what they would be generated as."""
    return [path for path, content in _all(trees, page).items() if not path.is_file() or path.read_bytes() != content]


def write(trees: Trees, page: Exercise | QuestionPage | Playground) -> list[Path]:
    """Write the generated files of one page; the ones that changed."""
    changed = drifted(trees, page)
    contents = _all(trees, page)
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents[path])
    return changed


def generated_schema(check_only: bool = False) -> list[Path]:
    """Bring the schema of ``grades.json`` in step with its types, unless only asked; the file, if it had drifted."""
    text = schema_text()
    if SCHEMA.is_file() and SCHEMA.read_text(encoding="utf-8") == text:
        return []
    if not check_only:
        SCHEMA.write_text(text, encoding="utf-8")
    return [SCHEMA]


def orphans(trees: Trees, syllabus: Syllabus) -> list[Path]:
    """Files in the generated trees that belong to no exercise."""
    wanted = {trees.stub(address) for address in syllabus.exercises} | {
        *map(trees.notebook, (*syllabus.pages, *syllabus.playgrounds))
    }
    present = [*trees.exercises.rglob("*.py"), *(trees.notebooks / "source").rglob("*.ipynb")]
    return sorted(path for path in present if path not in wanted and path.name != "__init__.py")
