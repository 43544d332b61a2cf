"""What Sphinx reads: lessons and guides at their own addresses with what the book adds, and pages that are made."""

from __future__ import annotations

import posixpath
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ...course.syllabus import split_lesson
from ...course.trees import Trees
from ...errors import CourseError
from ...language import _, authored, plural, speaking
from ...model import Exercise, Question, QuestionPage, Syllabus
from .. import snippets
from ..notebook import static_checks
from . import terms
from .terms import GLOSSARY

#: the guides that have a place of their own in the list; others follow by name
_GUIDES = ("student", "teacher", "author", "admin", "faq")
_ABOUT = ("README", "docs/architecture", "SECURITY", "CONTRIBUTING", "CHANGELOG")
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
_PICTURE = re.compile(r"^!\[([^\]]*)\]\(([^)\s]+)\.png\)$", re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_SOURCE = re.compile(r"""<(?:img|source)\b[^>]*?\b(?:src|srcset)=["']([^"']+)""")
_WRONG, _NEXT = "What goes wrong", "What to read next"  #: headings, in English or in the language of the page


MARKDOWN = ("colon_fence", "attrs_inline", "attrs_block")  #: what pages may have beyond plain Markdown
_PLAIN = f"---\nmyst:\n  enable_extensions: [{', '.join(MARKDOWN)}]\n---\n"  # outside of lessons a dollar is a dollar
EXTRA = "_extra"  #: what goes beside the pages as it is


@dataclass
class Stage:
    """A folder that is filled for Sphinx."""

    trees: Trees
    folder: Path
    pages: list[str] = field(default_factory=list)  #: names of pages, without an ending
    lessons: frozenset[str] = frozenset()  #: the pages that are exercises

    def write(self, name: str, text: str) -> None:
        """Put a text there."""
        self.put(name, text.encode())

    def put(self, name: str, content: bytes) -> None:
        """Put bytes there."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def found(self, name: str) -> Path:
        """Return where a file of this address is: in this course, or in the one that it lies over."""
        course: Trees | None = self.trees
        while course is not None and not (course.root / name).exists():
            course = course.base
        return (course or self.trees).root / name

    def copy(self, name: str) -> None:
        """Put a file of the course there, at its own address."""
        self.put(name, self.found(name).read_bytes())


def fill(course: Syllabus, trees: Trees, folder: Path) -> list[str]:
    """Write all that the book of a course is made of; the names of its pages.

    Raises:
        CourseError: a lesson is missing, or a snippet of one does not run.
    """
    (folder / EXTRA).mkdir(parents=True)
    stage = Stage(trees, folder, lessons=frozenset(f"course/{address}" for address in course.pages))
    sections = {section: _section(stage, course, trees, section) for section in course.sections}
    guides = _documents(stage)
    stage.write("index.md", _index(course, {course.sections[key]: pages for key, pages in sections.items()}, guides))
    stage.pages.append("index")
    shutil.copytree(Path(__file__).with_name("static"), folder / "_static")
    return stage.pages


def _section(stage: Stage, course: Syllabus, trees: Trees, section: str) -> list[str]:
    """Write the lessons of a section, those that are no exercises last; their names."""
    exercises = [one for one in course.pages.values() if one.section == section]
    others = [name for name in _others(trees, section) if f"{section}/{name}" not in course.pages]
    for exercise in exercises:
        path = trees.lesson(exercise.address)
        _, lesson = split_lesson(path)
        with speaking(exercise.language, trees.root):
            _lesson(stage, trees, exercise.address, lesson, exercise)
    for name in others:
        address = f"{section}/{name}"
        _lesson(stage, trees, address, _text(trees.lesson(address)), None)
    return [f"course/{section}/{name}" for name in (*(one.name for one in exercises), *others)]


def _others(trees: Trees | None, section: str) -> list[str]:
    """Return the names of a section's lessons that are no exercises, such as playgrounds."""
    found: set[str] = set()
    while trees is not None:
        found |= {path.stem for path in (trees.course / section).glob("*.md") if not _graded(path)}
        trees = trees.base
    return sorted(found)


def _text(path: Path) -> str:
    """Return the Markdown of a lesson, with or without front matter."""
    text = path.read_text(encoding="utf-8")
    return split_lesson(path)[1] if text.startswith("+++") else text


def _graded(path: Path) -> bool:
    """Whether a lesson is that of an exercise: its front matter has points."""
    text = path.read_text(encoding="utf-8")
    return text.startswith("+++") and re.search(r"^points\b", split_lesson(path)[0], re.MULTILINE) is not None


def _lesson(stage: Stage, trees: Trees, address: str, lesson: str, exercise: Exercise | QuestionPage | None) -> None:
    snippets.run(trees, address, lesson)
    title, _newline, text = lesson.partition("\n")
    text, following, reading = _at(text, _NEXT)
    before, wrong, rest = _at(text, _WRONG)
    if wrong:
        end = re.search(r"^## ", rest, re.MULTILINE)
        mistakes = rest[: end.start()] if end else rest
        closed = _opened(_("Which mistakes do you expect? Think of two, then open."), mistakes)
        before += wrong + closed + rest[len(mistakes) :]
    facts = ""
    if isinstance(exercise, QuestionPage):
        by_hand = _worth(exercise.points) + _(", to be marked by hand")
        where = _("answered in the notebook {name}", name=f"{exercise.name}.ipynb")
        facts = f"{{.facts}}\n{by_hand} · {where}\n"
    elif exercise is not None:
        facts = _facts(stage, trees, exercise)
    if exercise is not None:
        before += _answered(exercise) + _checked(trees, exercise.address)
    name = f"course/{address}"
    _page(stage, name, "\n".join((title, "", facts, before + following + reading)))


def _at(text: str, heading: str) -> tuple[str, str, str]:
    """Return what stands before a heading, the heading, and what follows it; all of it first, where there is none."""
    found = [f"## {one}\n" for one in (_(heading), heading) if f"## {one}\n" in text]
    return text.partition(found[0]) if found else (text, "", "")


def _facts(stage: Stage, trees: Trees, exercise: Exercise) -> str:
    """Return the line below the title: what the page is worth, its stub, its command."""
    parts = [_worth(exercise.points)]
    if exercise.introduces:
        parts.append(_("teaches {names}", names=", ".join(f"`{name}`" for name in exercise.introduces)))
    stub = trees.stub(exercise.address)
    if stub.is_file():
        name = f"exercises/{exercise.address}.py"
        stage.put(name, stub.read_bytes())
        parts.append(_("the stub: {file}", file=f"{{download}}`{stub.name} </{name}>`"))
    parts.append(_("to check yours: {command}", command=f"`gradus check {exercise.name}`"))
    return "{.facts}\n" + " · ".join(parts) + "\n"


def _worth(points: float) -> str:
    return plural("{points} point", "{points} points", 1 if points == 1 else 2, points=f"{points:g}")


def _opened(summary: str, text: str) -> str:
    """Return a box that opens on a click."""
    return f'\n<details class="opens"><summary>{summary}</summary>\n\n{text.strip()}\n\n</details>\n\n'


def _answered(page: Exercise | QuestionPage) -> str:
    asked = list(page.questions)
    if isinstance(page, Exercise) and page.question:
        asked.insert(0, Question(page.question, page.question_points))
    boxes = []
    for one in asked:
        head = _("{worth}, read by a person", worth=_worth(one.points))
        boxes.append(f":::{{admonition}} {head}\n:class: question\n{one.ask}\n:::\n\n")
    return f"## {_('Say it in words')}\n\n" + "".join(boxes) if boxes else ""


def _checked(trees: Trees, address: str) -> str:
    path = trees.check(address)
    if not path.is_file():
        return ""
    checks = static_checks(path.read_text(encoding="utf-8"))
    lines = "\n".join(f"- {authored(one.title)} ({one.points:g})" for one in checks)
    summary = plural("1 check and its points", "{n} checks and their points", len(checks))
    return f"## {_('What is checked')}\n\n" + _opened(summary, lines)


def _documents(stage: Stage) -> dict[str, list[str]]:
    """Write the guides and the rest of the texts, with what they link to; their names by group."""
    groups: dict[str, list[str]] = {"Guides": [], "Reference": [], "About Gradus": []}
    root = stage.trees.root
    present = sorted(path.stem for path in (root / "docs").glob("*.md"))
    guides = [f"docs/{name}" for name in (*_GUIDES, *present) if name in present]
    groups["Guides"] = [name for name in dict.fromkeys(guides) if name not in _ABOUT]
    groups["About Gradus"] = [name for name in _ABOUT if (root / f"{name}.md").is_file()]
    for name in (*groups["Guides"], *groups["About Gradus"]):
        _page(stage, name, (root / f"{name}.md").read_text(encoding="utf-8"))
    glossary = stage.found(f"course/{GLOSSARY}.md")
    if glossary.is_file():
        name = f"course/{GLOSSARY}"
        _page(stage, name, terms.shown(glossary.read_text(encoding="utf-8")))
        groups["Reference"].append(name)
    if (root / "autograder" / "checking").is_dir():  # the book of Gradus itself
        stage.write("api.md", _api())
        groups["Reference"].append("api")
    listed = {name for names in groups.values() for name in names}
    groups["About Gradus"] += [
        name for name in stage.pages if name not in listed and not name.startswith("course/") and name != "index"
    ]
    return groups


def _page(stage: Stage, name: str, text: str) -> None:
    """Write a page, with the files that it links to; a link to a folder or out of the course becomes its words."""
    if name in stage.pages:
        return
    stage.pages.append(name)
    here = PurePosixPath(name).parent
    more: list[str] = []

    def linked(match: re.Match[str]) -> str:
        _, words, target = match.groups()
        file, _, _ = target.partition("#")
        if not file or re.match(r"[a-z]+:", file):
            return match[0]
        found = posixpath.normpath((here / file).as_posix())
        path = stage.found(found)
        if found.startswith("..") or not path.exists():
            raise CourseError(f"{stage.found(f'{name}.md')}: the link to {target} leads nowhere")
        if path.is_dir() or (file.endswith(".md") and _left_out(stage, found.removesuffix(".md"), path)):
            return words
        if file.endswith(".md"):
            more.append(found.removesuffix(".md"))
        else:
            stage.copy(found)
        return match[0]

    for source in _SOURCE.findall(text):  # pictures in HTML keep their address, beside the pages
        if not re.match(r"[a-z]+:", source):
            picture = posixpath.normpath((here / source).as_posix())
            stage.put(f"{EXTRA}/{picture}", stage.found(picture).read_bytes())
    head = "" if name.startswith("course/") else _PLAIN
    stage.write(f"{name}.md", head + _both(stage, here, _outside_code(text, linked)))
    for other in more:
        if not other.startswith("course/"):  # lessons come by themselves
            _page(stage, other, stage.found(f"{other}.md").read_text(encoding="utf-8"))


def _left_out(stage: Stage, name: str, path: Path) -> bool:
    """Whether this is the lesson of an exercise that the course over it leaves out."""
    return name not in stage.lessons and _graded(path)


def _outside_code(text: str, linked: Callable[[re.Match[str]], str]) -> str:
    """Replace links, but not inside of code."""
    parts: list[str] = []
    end = 0
    for fence in _FENCE.finditer(text):
        parts += [_LINK.sub(linked, text[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join([*parts, _LINK.sub(linked, text[end:])])


def _both(stage: Stage, here: PurePosixPath, text: str) -> str:
    """Show the dark version of a picture in the dark, where there is one."""

    def shown(match: re.Match[str]) -> str:
        dark = (here / f"{match[2]}_dark.png").as_posix()
        if not stage.found(dark).is_file():
            return match[0]
        stage.copy(dark)
        light = f"![{match[1]}]({match[2]}.png){{.only-light}}"
        return f"{light}\n![{match[1]}]({match[2]}_dark.png){{.only-dark}}"

    return _PICTURE.sub(shown, text)


def _index(course: Syllabus, sections: dict[str, list[str]], groups: dict[str, list[str]]) -> str:
    """Return the first page: a greeting, and all pages by section."""
    lines = [f"# {course.title}", "", *_greeting(groups)]
    shown = {caption: names for caption, names in (*sections.items(), *groups.items()) if names}
    lines += ["::::{container} contents"]
    for caption, names in shown.items():
        lines += [":::{container}", f"**{authored(caption)}**", "", *(f"- [](/{name}.md)" for name in names), ":::"]
    lines += ["::::", ""]
    for caption, names in shown.items():
        lines += ["```{toctree}", f":caption: {authored(caption)}", ":hidden:", "", *names, "```", ""]
    return "\n".join(lines)


def _greeting(groups: dict[str, list[str]]) -> list[str]:
    text = _(
        "A course that can be run: every page has one idea, one picture, formulas, snippets that ran when this book "
        "was built, and functions for you to write. `gradus check` then says what you did, not only that it is wrong."
    )
    roads = {
        "docs/student": (_("You learn"), _("install, the first green check, an evening's work")),
        "docs/teacher": (_("You teach"), _("a term from the first exercise to the grades")),
        "docs/author": (_("You write"), _("pages, checks and courses of your own")),
    }
    known = [(name, *words) for name, words in roads.items() if name in groups["Guides"]]
    lines = [text, ""]
    for name, title, words in known:
        lines.append(f"- **[{title}]({name}.md)**: {words}")
    return [*lines, ""]


#: what checks use of the classes that they are given and never make
_MEMBERS = {
    "Handle": "", "Marks": "", "Named": "", "RemoteException": "",
    "Student": "afterwards, counted, path, place, prop, read, write",
}  # fmt: skip


def _api() -> str:
    """Return the page on what checks are written with, made from what is there."""
    from ... import checking

    blocks = []
    for name in checking.__all__:
        thing = getattr(checking, name)
        kind = "class" if isinstance(thing, type) else "function" if callable(thing) else "module"
        if kind == "class":
            members = _MEMBERS.get(name)
            shown = name if members is None else f"{name}()"
            blocks.append(f".. autoclass:: {shown}\n" + (f"   :members: {members}\n" if members else ""))
        elif kind == "function":
            blocks.append(f".. autofunction:: {name}\n")
        else:
            blocks.append(f".. py:data:: {name}\n\n   {(thing.__doc__ or '').strip().splitlines()[0]}\n")
    head = (checking.__doc__ or "").strip().splitlines()[0]
    body = "\n".join(blocks)
    module = ".. py:currentmodule:: autograder.checking"
    return f"# What checks are written with\n\n{head}\n\n```{{eval-rst}}\n{module}\n\n{body}```\n"
