"""What the course contains: ``course.toml`` and the front matter of the lessons, read once.

``course.toml`` holds order and weights, one line an exercise, and the assignments. All else about
an exercise stands in the front matter of its lesson, TOML between two lines of ``+++``. A course that ``extends``
another has that one's pages too, but for those that it leaves out, in its own order where it names one.
"""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from .. import language as spoken
from ..errors import CourseError, SubmissionError
from ..model import BY_HAND, LEVELS, Assignment, Exercise, Playground, QuestionPage, Syllabus
from .anchors import without_anchors
from .fields import LISTS, OF_WORDS, Wrong, check, near
from .questions import questions
from .texts import line_of, parse_toml, read_text
from .trees import Trees

_KEYS: dict[str, type] = {
    "title": str, "language": str, "extends": str, "leave_out": list, "order": list, "playgrounds": list,
    "sections": dict, "exercises": dict, "assignments": dict, "plain_english": bool,
}  # fmt: skip
Pages = dict[str, Exercise | QuestionPage]
_ADDRESS = re.compile(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*")


def split_lesson(path: Path) -> tuple[str, str]:
    """(front matter, Markdown) of a lesson.

    Raises:
        CourseError: there is no lesson, or no front matter.
    """
    text = read_text(path, "the lesson is missing; `gradus new` makes one")
    parts = re.split(r"^\+\+\+[ \t]*$\n?", text, maxsplit=2, flags=re.MULTILINE)
    if len(parts) != 3 or parts[0].strip():
        raise CourseError(f"{path}, line 1: a lesson begins with its front matter, TOML between two lines of +++")
    return parts[1], without_anchors(parts[2]).lstrip("\n")


DRAFT = (
    "**Draft.** This page is still being written: what it asks for may change, and its checks may be wrong. "
    "Tell your teacher what is unclear."
)  #: what students read above such a lesson


def lesson_text(trees: Trees, exercise: Exercise | QuestionPage) -> str:
    """Return a lesson as students read it: without its front matter, and a draft says that it is one.

    Raises:
        CourseError: there is no lesson, or no front matter.
    """
    _, text = split_lesson(trees.lesson(exercise.address))
    if exercise.level != "draft":
        return text
    with spoken.speaking(exercise.language, trees.root):
        return f"> {spoken._(DRAFT)}\n\n{text}"


def load_page(
    path: Path, address: str, weight: float, language: str = "", root: Path | None = None
) -> Exercise | QuestionPage:
    """One page from the front matter of its lesson: with questions and without points it has no code.

    Args:
        language: of a page that says none itself; the course in `root` may have texts of its own in it.

    Raises:
        CourseError: naming file, line and key.
    """
    text, _ = split_lesson(path)
    fields = parse_toml(path, text, 2)

    def wrong(key: str, what: str) -> CourseError:
        return CourseError(f"{path}, line {line_of(text, key) + 1}, key {key}: {what}")

    check(fields, wrong)
    for key in ("title", "points"):
        if key not in fields and (key == "title" or "questions" not in fields):
            raise CourseError(f"{path}, line 1, key {key}: is missing")
    if fields.get("level", LEVELS[-1]) not in LEVELS:
        raise wrong("level", f"must be one of {', '.join(LEVELS)}{near(fields['level'], LEVELS)}")
    if ("question" in fields) != ("question_points" in fields):
        raise wrong("question", "question and question_points belong together")
    if "question_answer" in fields and "question" not in fields:
        raise wrong("question_answer", "belongs to a question; there is none")
    fields["language"] = _language(fields.get("language", language), root, wrong)
    return _page(address, weight, fields, wrong)


def _language(code: str, root: Path | None, wrong: Wrong) -> str:
    """Return the code of a language that there are texts in, "" for English."""
    known = spoken.known(root)
    if code and code not in known:
        raise wrong("language", f"there are texts in {', '.join(known)}; the course's languages/CODE.po may add others")
    return "" if code == "en" else code


def _page(address: str, weight: float, fields: dict[str, Any], wrong: Wrong) -> Exercise | QuestionPage:
    """Return the page of these fields, each of which has the kind that it must have."""
    asked = questions(fields.pop("questions"), wrong) if "questions" in fields else ()
    if asked and "points" not in fields:
        for key in fields.keys() - set(OF_WORDS):
            raise wrong(key, "is for pages with code; where there are points there are checks, else questions alone")
        return QuestionPage(
            address, fields["title"], asked, weight,
            LEVELS[0] if fields.get("level") == LEVELS[0] else BY_HAND, fields["language"],
        )  # fmt: skip
    lists: dict[str, Any] = {key: tuple(fields.pop(key)) for key in LISTS if key in fields}
    return Exercise(address=address, weight=weight, questions=asked, **fields, **lists)


def load_playground(path: Path, address: str) -> Playground:
    """One playground from the front matter of its lesson: its title, and the names of its missions, or their number.

    Raises:
        CourseError: naming file, line and key.
    """
    text, _ = split_lesson(path)
    fields = parse_toml(path, text, 2)
    for key in fields.keys() - {"title", "missions"}:
        why = "a playground has a title, and missions"
        raise CourseError(f"{path}, line {line_of(text, key) + 1}, key {key}: {why}")
    if not isinstance(fields.get("title"), str):
        raise CourseError(f"{path}, line 1, key title: is missing, or no text")
    missions = fields.get("missions", 0)
    if isinstance(missions, list) and all(isinstance(name, str) for name in missions):
        names = tuple(dict.fromkeys(missions))
        return Playground(address, fields["title"], len(names), names)
    if type(missions) is not int or missions < 0:
        where = f"{path}, line {line_of(text, 'missions') + 1}, key missions"
        raise CourseError(f"{where}: list their names, or say how many there are")
    return Playground(address, fields["title"], missions)


def load(trees: Trees) -> Syllabus:
    """Read the course below `trees`.

    Raises:
        CourseError: naming file, line and key.
    """
    path = trees.course / "course.toml"
    text = read_text(path, "not found; name the course's folder with --course")
    table = parse_toml(path, text, 1)

    def wrong(key: str, what: str, below: str = "") -> CourseError:
        first = line_of(text, below) if below else 1
        return CourseError(f"{path}, line {line_of(text, key, first)}, key {key}: {what}")

    below = load(trees.base) if trees.base is not None else None
    if not table:
        raise CourseError(
            f"{path}: is empty; a course has a title, [sections] and [exercises]: `gradus new-course DIR` begins one"
        )
    _check_kinds(table, wrong)
    sections, weights = table.get("sections", {}), table.get("exercises", {})
    known = {**(below.sections if below is not None else {}), **sections}
    _check_names(sections, weights, known, wrong)
    playgrounds = _playgrounds(trees, table, known, wrong)
    said = table.get("language", below.language if below is not None else "")
    language = _language(said, trees.root, wrong)
    for address in weights:
        if not trees.lesson(address).is_file():
            written = [one.relative_to(trees.course).with_suffix("").as_posix() for one in trees.course.glob("*/*.md")]
            made = near(address, written) or f"; `gradus new {address}` makes one"
            raise wrong(address, f"its lesson is missing, {trees.lesson(address)}{made}")
    pages = {a: load_page(trees.lesson(a), a, float(weight), said, trees.root) for a, weight in weights.items()}
    _check_questions(trees, pages)
    if below is not None:
        pages, sections = _over(below, trees, pages, sections, {"language": said, **table}, wrong)
        playgrounds = {a: one for a, one in below.playgrounds.items() if a.partition("/")[0] in sections} | playgrounds
    elif "leave_out" in table:
        raise wrong("leave_out", "leaves pages of another course out; say with extends which one")
    pages = _ordered(pages, table.get("order", []), wrong)
    first = [name.partition("/")[0] for name in table.get("order", [])]  # of a page its section
    sections = {name: sections[name] for name in dict.fromkeys([*first, *sections])}
    exercises = {a: page for a, page in pages.items() if isinstance(page, Exercise)}
    asked = {a: page for a, page in pages.items() if isinstance(page, QuestionPage)}
    assignments = {
        name: Assignment(name, title, tuple(a for a in exercises if a.startswith(name + "/")))
        for name, title in sections.items()
    }
    for name, theirs in below.assignments.items() if below is not None else ():
        if name not in assignments and {*theirs.exercises} <= {*exercises}:
            assignments[name] = theirs
    for name, entry in table.get("assignments", {}).items():
        assignments[name] = _assignment(name, entry, exercises, asked, wrong)
    title = table.get("title", below.title if below is not None else "A course")
    plain = table.get("plain_english", not language and (below.plain_english if below is not None else True))
    return Syllabus(
        title, trees.root, sections, exercises, assignments, playgrounds, asked, tuple(pages), plain, language
    )


def _check_questions(trees: Trees, pages: Pages) -> None:
    """Refuse points of checks on a page that has questions, and nothing that could be checked."""
    for page in pages.values():
        coded = any(path.is_file() for path in (trees.solution(page.address), trees.check(page.address)))
        if isinstance(page, Exercise) and page.questions and not coded:
            path = trees.lesson(page.address)
            line = line_of(path.read_text(encoding="utf-8"), "points")
            why = "are those of checks, and the page has none; a page of questions has each question's points alone"
            raise CourseError(f"{path}, line {line}, key points: {why}")


def _playgrounds(trees: Trees, table: dict[str, Any], sections: Collection[str], wrong: Wrong) -> dict[str, Playground]:
    """Return the playgrounds that a course names itself."""
    found = {}
    for address in table.get("playgrounds", []):
        if not isinstance(address, str) or not _ADDRESS.fullmatch(address) or address.partition("/")[0] not in sections:
            raise wrong("playgrounds", f"{address} is no address section/page in one of the [sections]")
        found[address] = load_playground(trees.lesson(address), address)
    return found


def _check_kinds(table: dict[str, Any], wrong: Wrong) -> None:
    """Refuse a key that nothing reads, and a value of another kind than its key has."""
    kinds: dict[type, str] = {str: "a text", list: "a list of texts", bool: "true or false"}
    for key, value in table.items():
        if key not in _KEYS:
            raise wrong(key, f"is not known{near(key, _KEYS)}; there are {', '.join(_KEYS)}")
        if not isinstance(value, _KEYS[key]):
            raise wrong(key, f"must be {kinds.get(_KEYS[key], f'a table, [{key}]')}")


def _check_names(sections: dict[str, Any], weights: dict[str, Any], known: dict[str, Any], wrong: Wrong) -> None:
    """Refuse a section without a title, and a page that is none, is in no section, or has no weight."""
    for name, title in sections.items():
        if not isinstance(title, str):
            raise wrong(name, "a section has a title, a text")
    for address, weight in weights.items():
        if not _ADDRESS.fullmatch(address):
            raise wrong(address, "an address is section/exercise in small letters, digits and _")
        if address.partition("/")[0] not in known:
            section = address.partition("/")[0]
            raise wrong(address, f"section {section} is not listed under [sections]{near(section, known)}")
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 <= weight < math.inf:
            raise wrong(address, "the weight must be a number, zero or above")


def _over(
    below: Syllabus, trees: Trees, own: Pages, sections: dict[str, str], table: dict[str, Any],
    wrong: Wrong,
) -> tuple[Pages, dict[str, str]]:  # fmt: skip
    """Return the pages and sections of a course over another: its own among those, none that it leaves out."""
    out = table.get("leave_out", [])
    for name in out:
        if name not in below.pages and name not in below.sections:
            close = near(name, [*below.pages, *below.sections])
            raise wrong("leave_out", f"the course below has no page or section {name}{close}")
    said = table["language"], trees.root
    kept = {
        address: own.get(address) or load_page(trees.lesson(address), address, exercise.weight, *said)
        for address, exercise in below.pages.items() if address not in out and exercise.section not in out
    }  # fmt: skip
    named = {**below.sections, **sections}
    found: Pages = {}
    for section in named:
        found |= {a: e for a, e in kept.items() if e.section == section}
        found |= {a: e for a, e in own.items() if e.section == section}
    held = {exercise.section for exercise in found.values()}
    return found, {name: title for name, title in named.items() if name in held or name in sections}


def language_of(trees: Trees) -> str:
    """Return the language of a course by its ``course.toml`` alone, "" where it says none or cannot be read."""
    try:
        said = tomllib.loads((trees.course / "course.toml").read_text(encoding="utf-8")).get("language")
    except (OSError, ValueError):
        return ""
    if said is None and trees.base is not None:
        return language_of(trees.base)
    return said if isinstance(said, str) and said in spoken.known(trees.root) else ""


def _ordered(exercises: Pages, order: list[Any], wrong: Wrong) -> Pages:
    """Return the pages, those first that `order` names, by address or section; the rest follows as it was."""
    first: Pages = {}
    for name in order:
        named = {a: e for a, e in exercises.items() if name in (a, e.section)}
        if not named:
            raise wrong("order", f"there is no page or section {name}{near(name, exercises)}")
        first |= {a: e for a, e in named.items() if a not in first}
    return {**first, **exercises}


def _assignment(name: str, entry: Any, exercises: Collection[str], asked: Collection[str], wrong: Wrong) -> Assignment:
    """Return an assignment; of the pages that it names those count in it that are checked."""
    head = f"assignments.{name}"
    if not isinstance(entry, dict) or not isinstance(entry.get("exercises"), list):
        raise wrong(head, "needs a list of exercises")
    if not isinstance(entry.get("title", name), str):
        raise wrong(head, "its title must be a text")
    for address in entry["exercises"]:
        if not isinstance(address, str) or address not in (*exercises, *asked):
            raise wrong(head, f"there is no exercise {address}{near(address, [*exercises, *asked])}")
    due = entry.get("due")
    if due is not None and not isinstance(due, datetime):
        raise wrong("due", "must be a date with a time, like 2026-10-01T23:59:00+02:00", below=head)
    return Assignment(name, entry.get("title", name), tuple(a for a in entry["exercises"] if a in exercises), due)


def example(syllabus: Syllabus) -> str:
    """Return the short name of a page that messages of this course may show commands with; NAME where it has none."""
    names = [one.name for one in syllabus.exercises.values()]
    alone = (one.name for one in syllabus.exercises.values() if names.count(one.name) == 1 and not one.ships_solved)
    return next(alone, next(iter(syllabus.exercises), "NAME"))


def find(syllabus: Syllabus, name: str) -> Exercise:
    """Find the exercise with this address or, where it is unambiguous, this short name.

    Raises:
        SubmissionError: there is none, or several; the message suggests the nearest.
    """
    name = name.strip("/").removesuffix(".py").removesuffix(".ipynb")
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    name = "/".join(parts[-2:])  # a path ends in an address
    if name in syllabus.exercises:
        return syllabus.exercises[name]
    matching = [e for e in syllabus.exercises.values() if e.name == name]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise SubmissionError(f"{name} is ambiguous: say {' or '.join(e.address for e in matching)}")
    asked = find_questions(syllabus, name)
    if asked is not None:
        raise SubmissionError(
            f"{asked.address} is answered in words, in its notebook, and marked by hand: nothing of it can be checked"
        )
    known = [*syllabus.exercises, *(e.name for e in syllabus.exercises.values())]
    near = difflib.get_close_matches(name, known, 1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else "`gradus list` shows all."
    raise SubmissionError(f"there is no exercise {name}; {hint}")


def find_questions(syllabus: Syllabus, name: str) -> QuestionPage | None:
    """Return the page of questions with this address or short name, None where there is none."""
    asked = syllabus.question_pages
    return asked.get(name) or next((page for page in asked.values() if page.name == name), None)


def find_page(syllabus: Syllabus, name: str) -> Exercise | QuestionPage:
    """Find a page as :func:`find` does, one of questions too."""
    return find_questions(syllabus, name) or find(syllabus, name)
