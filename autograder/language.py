"""The language in which students are spoken to: English texts are the keys of gettext's ``languages/<code>.po``.

A fixed text is said as ``_("...")``. What the judge says of an answer is made, kept and compared in English, whatever
the course's language, and goes through :func:`translated` where it is shown: a catalogue's entry with slots, such as
``its shape is {0}, not {1}``, fits every sentence that was made so. An author's words go through :func:`authored`.
A course's own ``languages/<code>.po`` comes first.
"""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import CourseError

if TYPE_CHECKING:
    from .model import Syllabus

FOLDER = Path(__file__).resolve().parent / "languages"
ENGLISH = ""
CODE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
_SLOT = re.compile(r"\{\w*\}")
MAX_TRANSLATED = 4000  #: characters of a sentence that is looked for; a longer one is no sentence of ours
_DEPTH = 5  #: slots within slots
_SHORT = 3  #: letters of a template's fixed words with fewer of which it fits inside another sentence alone


@dataclass(frozen=True)
class Catalogue:
    """The texts of one language.

    Args:
        texts: by English text the forms, one or one for each plural.
        form: which form a number takes.
        templates: the texts with slots, the most telling first: pattern, longest fixed part, English text.
    """

    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    form: Callable[[int], int] = lambda n: int(n != 1)
    templates: tuple[tuple[re.Pattern[str], str, str], ...] = ()
    code: str = ""

    def over(self, other: Catalogue) -> Catalogue:
        """Return these texts, and the other's where these have none."""
        return replace(made({**other.texts, **self.texts}, self.form), code=self.code)


_NONE = Catalogue()
_speaking: ContextVar[Catalogue] = ContextVar("the language that is spoken", default=_NONE)


def made(texts: dict[str, tuple[str, ...]], form: Callable[[int], int]) -> Catalogue:
    """Return a catalogue of these texts."""
    templates = []
    for text in texts:
        parts = [part for part in _SLOT.split(text) if part]
        if parts and len(parts[0]) < len(text):
            pattern = "(.*?)".join(map(re.escape, _SLOT.split(text)))
            templates.append((re.compile(pattern, re.DOTALL), max(parts, key=len), text))
    templates.sort(key=lambda one: -len(_SLOT.sub("", one[2])))
    return Catalogue(texts, form, tuple(templates))


def parse(text: str, path: Path) -> Catalogue:
    """Read a ``.po`` catalogue.

    Raises:
        CourseError: a line is none of such a file, naming it.
    """
    entries: list[dict[str, str]] = []
    key = ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        head = re.match(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s+(?=\")", line)
        if head is not None:
            key = head[1]
            if key in ("msgid", "msgctxt") and not (entries and entries[-1].keys() == {"msgctxt"}):
                entries.append({})
            line = line[head.end() :]
        try:
            if not key or not line.startswith('"'):
                raise ValueError
            entries[-1][key] = entries[-1].get(key, "") + str(ast.literal_eval(line))
        except (ValueError, SyntaxError):
            raise CourseError(f"{path}, line {number}: is no line of a gettext catalogue") from None
    texts = {}
    form = _NONE.form
    for entry in entries:
        forms = tuple(value for name, value in sorted(entry.items()) if name.startswith("msgstr"))
        if entry.get("msgid") == "":
            said = re.search(r"plural=([^;\n]+)", "".join(forms))
            form = gettext.c2py(said[1]) if said else form
        elif all(forms):
            texts[entry["msgid"]] = forms
    return made(texts, form)


@cache
def _read(path: Path, changed: int) -> Catalogue:
    return replace(parse(path.read_text(encoding="utf-8"), path), code=path.stem)


def catalogue(language: str, root: Path | None = None) -> Catalogue:
    """Return the texts of a language: a course's own before those of this package; none of one that nobody has.

    Args:
        language: a code such as "de", "" for English.
        root: the course's folder.
    """
    found = _NONE
    for folder in (FOLDER, *((root / "languages",) if root is not None else ())):
        path = folder / f"{language}.po"
        if language and path.is_file():
            read = _read(path, path.stat().st_mtime_ns)
            found = read if found is _NONE else read.over(found)
    return found


def known(root: Path | None = None) -> list[str]:
    """Return the codes of the languages that there are texts in, English too."""
    folders = (FOLDER, *((root / "languages",) if root is not None else ()))
    return sorted({"en", *(path.stem for folder in folders for path in folder.glob("*.po"))})


def speak(language: str, root: Path | None = None) -> None:
    """Speak a language from now on, until the :func:`speaking` around ends."""
    _speaking.set(catalogue(language, root))


@contextmanager
def speaking(language: str, root: Path | None = None) -> Iterator[None]:
    """Speak a language inside."""
    token = _speaking.set(catalogue(language, root))
    try:
        yield
    finally:
        _speaking.reset(token)


def _(text: str, **values: object) -> str:
    """Return a text of ours in the language that is spoken, its slots filled in."""
    found = _speaking.get().texts.get(text, (text,))[0]
    return found.format(**values) if values else found


def plural(one: str, many: str, n: int, **values: object) -> str:
    """Return the form for `n` of a text of ours in the language that is spoken, `n` and its other slots filled in."""
    spoken = _speaking.get()
    forms = spoken.texts.get(one)
    found = (one if n == 1 else many) if forms is None else forms[min(spoken.form(n), len(forms) - 1)]
    return found.format(n=n, **values)


def translated(text: str) -> str:
    """Return a sentence that was made in English in the language that is spoken; as it is, where nothing fits it."""
    spoken = _speaking.get()
    if spoken is _NONE or not text or len(text) > MAX_TRANSLATED:
        return text
    return _fitted(text, spoken, _DEPTH) or text


def told_error(error: Exception) -> str:
    """Return what an error says in the language that is spoken.

    A fault of the course is its author's to read, with names of keys and files in it: it is in English, all of it.
    """
    return str(error) if isinstance(error, CourseError) else translated(str(error))


def authored(text: str) -> str:
    """Return an author's own words in the language that is spoken: a check's title, a hint, the name of a mistake."""
    return _speaking.get().texts.get(text, (text,))[0]


def of_page(syllabus: Syllabus | None, address: str) -> AbstractContextManager[None]:
    """Speak the language of a page inside, of its course where it has none of its own; as before without a course."""
    if syllabus is None:
        return nullcontext()
    page = syllabus.pages.get(address)
    return speaking(page.language if page is not None else syllabus.language, syllabus.root)


def in_this_language(work: Callable[[], None]) -> Callable[[], None]:
    """Return work for another thread that speaks there what is spoken here; a thread of its own begins in English."""
    context = copy_context()
    return lambda: context.run(work)


def spoken_code() -> str:
    """Return the code of the language that is spoken, "" for English."""
    return _speaking.get().code


def spoken_texts() -> dict[str, tuple[str, ...]]:
    """Return the texts of the language that is spoken, for a page's scripts; none in English."""
    return _speaking.get().texts


def _fitted(text: str, spoken: Catalogue, depth: int) -> str | None:
    """Return a text by the entry that is equal to it, else by the first one whose slots it fills."""
    same = spoken.texts.get(text)
    if same is not None:
        return same[0]
    if not depth:
        return None
    found = _matched(text, spoken, depth, across=False)
    if found is None and "; " in text:  # one sentence after another
        parts = text.split("; ")
        each = [_fitted(part, spoken, depth - 1) or part for part in parts]
        found = "; ".join(each) if each != parts else _matched(text, spoken, depth, across=True)
    return found


def _matched(text: str, spoken: Catalogue, depth: int, *, across: bool) -> str | None:
    """Return a text by the first template whose slots it fills; these hold several sentences only `across` them."""
    for pattern, part, key in spoken.templates:
        match = pattern.fullmatch(text) if part in text else None
        if match is None or (not across and any("; " in value for value in match.groups())):
            continue
        if depth == _DEPTH and len(part.strip(" `")) < _SHORT:
            continue
        slots = [slot[1:-1] for slot in _SLOT.findall(key)]
        names = [
            key[max(place.start() - 1, 0)] == "`" == key[place.end() : place.end() + 1] for place in _SLOT.finditer(key)
        ]
        values = [
            value if name else _fitted(value, spoken, depth - 1) or value
            for name, value in zip(names, match.groups(), strict=True)
        ]  # fmt: skip
        return spoken.texts[key][0].format(*values, **dict(zip(slots, values, strict=True)))
    return None
