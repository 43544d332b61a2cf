"""The glossary and its links: the first mention of a term on a page leads to the page that explains it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...course.trees import Trees
from ...errors import CourseError
from ...model import Syllabus

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

GLOSSARY = "glossary"  #: a page of the course: tables with term or symbol, meaning, and a link to its page
_QUIET = {"what-to-read-next", "what-is-checked"}  #: sections without links of terms
_ROW = re.compile(r"^\| ([^|]+?) \| (.+?) \| \[[^\]]*\]\(([^)]+)\.md\) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Term:
    """A word, what it means, and the page of the book that explains it."""

    words: tuple[str, ...]
    meaning: str
    page: str


def read(course: Syllabus, trees: Trees) -> list[Term]:
    """Return the terms of the pages of a course, none where it has no glossary.

    Raises:
        CourseError: a term stands twice, or its page is not there, or does not use it.
    """
    path = trees.beside(GLOSSARY, f"{GLOSSARY}.md")
    if not path.is_file():
        return []
    terms, seen = [], set()
    for first, meaning, page in _ROW.findall(path.read_text(encoding="utf-8")):
        if "$" in first:
            continue  # symbols are not looked for in texts
        words = tuple(re.sub(r" \(.*\)", "", word.strip()) for word in first.split(","))
        lesson = trees.lesson(page)
        if page not in course.exercises and lesson.is_file():
            continue  # left out of this course
        if not lesson.is_file() or not any(_pattern([word]).search(_flat(lesson)) for word in words):
            raise CourseError(f"{path}: {words[0]} is not explained on {page}")
        for word in words:
            if word.lower() in seen:
                raise CourseError(f"{path}: {word} stands there twice")
            seen.add(word.lower())
        if "(" in first:
            continue  # a word that texts use in other senses, too, is not looked for
        terms.append(Term(words, re.sub(r"[*$`]|\[([^\]]*)\]\([^)]*\)", r"\1", meaning), f"course/{page}"))
    return terms


def shown(glossary: str) -> str:
    """Return the text of a glossary without the plurals that only help to find a term."""

    def row(match: re.Match[str]) -> str:
        first, *others = match[1].split(", ")
        kept = [word for word in others if not word.startswith(first[:-1])]
        return match[0].replace(match[1], ", ".join([first, *kept]), 1)

    return _ROW.sub(row, glossary)


def _flat(path: Path) -> str:
    return " ".join(re.sub(r"[*_`]", "", path.read_text(encoding="utf-8")).split())


def _pattern(words: list[str]) -> re.Pattern[str]:
    """Return what finds these words as whole words, the longest first."""
    longest = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, longest))})(?![\w-])", re.IGNORECASE)


def link(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link the first mention of every other page's term, and of every name of PyTorch that another page teaches."""
    from docutils import nodes

    if not docname.startswith("course/") or docname == f"course/{GLOSSARY}":
        return
    homes: dict[str, Term] = {
        word.lower(): term for term in app.config.book_terms for word in term.words if term.page != docname
    }
    names: dict[str, str] = {name: page for name, page in app.config.book_names.items() if page != docname}
    own = {word.lower() for term in app.config.book_terms if term.page == docname for word in term.words}
    told: set[str] = set()
    pattern = _pattern([*homes, *own])

    def reference(shown: Any, page: str, title: str) -> Any:
        target = app.builder.get_relative_uri(docname, page)
        found = nodes.reference("", "", shown, internal=True, refuri=target, classes=["term"])
        found["reftitle"] = title
        return found

    for leaf in list(doctree.findall(nodes.Text)):
        parent = leaf.parent
        if isinstance(parent, nodes.literal):
            name = leaf.astext().removesuffix("()")
            if name in names and name not in told and _open(parent):
                told.add(name)
                title = app.env.titles[names[name]].astext()
                parent.parent.replace(parent, reference(parent.deepcopy(), names[name], f"taught on: {title}"))
            continue
        if not isinstance(parent, (nodes.paragraph, nodes.emphasis)) or not _open(parent):
            continue
        text, end = leaf.astext(), 0
        parts: list[nodes.Node] = []
        for match in pattern.finditer(text):
            word = match[1].lower()
            if word not in homes or homes[word].words[0] in told:
                continue
            term = homes[word]
            told.add(term.words[0])
            parts += [nodes.Text(text[end : match.start()]), reference(nodes.Text(match[1]), term.page, term.meaning)]
            end = match.end()
        if parts:
            parent.replace(leaf, [*parts, nodes.Text(text[end:])])


def _open(node: Any) -> bool:
    """Whether a link may stand here: in running text, not inside another link, a title, or code."""
    from docutils import nodes

    closed = (nodes.reference, nodes.title, nodes.literal_block, nodes.rubric, nodes.math, nodes.math_block)
    while node is not None and not isinstance(node, nodes.document):
        if isinstance(node, closed) or "facts" in node.get("classes", ()) or _QUIET & set(node.get("ids", ())):
            return False
        node = node.parent
    return True
