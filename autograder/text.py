"""Texts that people read: made harmless to a screen, and what failed in words. Pure functions, without torch."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .language import _, authored, translated

if TYPE_CHECKING:
    from .model import Failure, Frame

_LABELS = {"difference": "differs", "exception": "raised", "hidden": "hidden", "remark": ""}
#: what the two values of a failure are, where they are not an answer and what was expected of it
_VALUES = {"the gradient": ("gradient", "expected"), "an argument": ("afterwards", "before")}
_NAMES = ("call", "means", "seen", "diagnosis", "looks like", "or", "and", "hint")  #: told of what else is wrong
_OWNERS = re.compile(r"([A-Za-z_]\w*(?:, [A-Za-z_]\w*)*): ")
_WIDTH = 12  #: columns that labels take


def similar_name(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the name among these that is most like one that is none of them, "" where none is like it."""
    folded: dict[str, str] = {}
    for one in known:
        folded.setdefault(" ".join(one.split()).casefold(), one)
    near = difflib.get_close_matches(" ".join(name.split()).casefold(), sorted(folded), 1, cutoff)
    return folded[near[0]] if near else ""


def counted(n: float, what: str) -> str:
    """Return a number of things in English, for those who write a course: "1 check", "2 checks"."""
    return f"{n:g} {what}{'' if n == 1 else 's'}"


def hint_owners(hint: str) -> tuple[str, ...]:
    """Return the functions that a hint belongs to: the names it begins with, ``f, g: …``; none for all."""
    match = _OWNERS.match(hint)
    return tuple(match[1].split(", ")) if match else ()


def hints_for(hints: Iterable[str], function: str) -> list[str]:
    """Return the hints of a page in the order in which they help with one of its functions.

    First those that belong to it or name it, then those that name nothing, then those of something else.
    """
    return sorted(hints, key=lambda hint: _rank(hint, function))


def hint_for(hints: Iterable[str], function: str) -> str:
    """Return the hint that is shown beside a failure of a function; "" where all hints belong to others."""
    return next((hint for hint in hints_for(hints, function) if _rank(hint, function) < 2 or not hint_owners(hint)), "")


def _rank(hint: str, function: str) -> int:
    owners = hint_owners(hint)
    if owners:
        return 0 if function in owners else 2
    if function and re.search(rf"\b{re.escape(function)}\b", hint):
        return 0
    return 2 if re.search(r"`[A-Za-z_]\w*`", hint) else 1


#: what a terminal obeys, or what turns the direction of writing
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str, limit: int = 2000) -> str:
    """Text from a student made harmless to a terminal: control and direction marks escaped, length capped."""
    shown = _HIDDEN.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), text[:limit])
    return shown + ("…" if len(text) > limit else "")


def in_line(text: str, limit: int = 2000) -> str:
    """Return a name as it stands in a line among others: as of :func:`printable`, line breaks and tabs as blanks.

    Of a longer one the middle is left out: many begin alike, and some end so.
    """
    line = " ".join(text.split())
    if len(line) <= limit:
        return printable(line, limit)
    tail = limit // 3
    return f"{printable(line[: limit - tail], limit)}…{printable(line[-tail:] if tail else '', limit)}"


def frame_line(frame: Frame) -> str:
    """Return a student's line as people are told of it: file, line, function and code."""
    inside = _(" in {function}", function=frame.function) if frame.function.isidentifier() else ""
    where = _("{file}, line {line}", file=printable(frame.file, 200), line=frame.line)
    return f"{where}{inside}:  {frame.code}"


def sentence(failure: Failure) -> str:
    """Return what does not hold, in one sentence: of what, where, how."""
    about = f"{translated(failure.about)}: " if failure.about else ""
    where = _("at {where}: ", where=failure.where) if failure.where else ""
    return about + where + (failure.reason if failure.kind == "exception" else translated(failure.reason))


def fields(failure: Failure | None) -> list[tuple[str, str]]:
    """Return a failure as the labelled texts that people are shown, in their order; a remark has no label.

    The labels are keys, and English; where they are shown they go through :func:`.language._`.
    """
    if failure is None:
        return []
    if failure.follows:
        helpers = _(" and ").join(f"`{name}`" for name in failure.follows)
        own = _("`{function}` is not to blame: ", function=failure.function) if failure.function else ""
        passes = _("with the right {helpers} in place of yours this check passes", helpers=helpers)
        return [("follows", own + passes)]
    came, wanted = _VALUES.get(failure.about.split(" for ")[0], ("came back", "expected"))
    values = ("call", failure.call), (came, failure.got), (wanted, failure.expected)
    found = [(label, text) for label, text in values if text]
    words = sentence(failure)
    at = 0 if failure.kind == "property" or failure.about else len(found)  # what is no plain difference is said first
    found[at:at] = [(_LABELS.get(failure.kind, "problem"), words)] if words else []
    if failure.frames:
        found.append(("where", "\n".join(map(frame_line, failure.frames))))
    found += [("means", translated(failure.means))] if failure.means else []
    found += [("seen", translated(one.text)) for one in failure.relations]
    found += [*failure.notes, *fields(failure.cause)]
    for number, one in enumerate(failure.diagnosis):
        label = ("or" if one.exact else "and") if number else "diagnosis" if one.exact else "looks like"
        found.append((label, f"{one.function} {authored(one.name)}".strip()))
        found += [("hint", authored(one.hint))] if one.hint else []
    for other in failure.besides:
        found.append(("besides", f"{other.function}: {sentence(other)}" if other.function else sentence(other)))
        found += [(label, text) for label, text in fields(other) if label in _NAMES]
    return found


def told(failure: Failure | None) -> str:
    """Return a failure as plain text, its labels aligned; "" for none."""
    return "\n".join(_aligned(_(label) if label else "", text) for label, text in fields(failure))


def _aligned(label: str, text: str) -> str:
    if not label:
        return text
    first, *rest = text.splitlines() or [""]
    return "\n".join([f"{label:<{_WIDTH - 1}} {first}", *(" " * _WIDTH + line for line in rest)])


def headline(failure: Failure) -> str:
    """Return a failure in one line: the known mistake, where one is named, else what does not hold."""
    if failure.follows:
        return _("follows from {names}", names=", ".join(failure.follows))
    words = authored(failure.diagnosis[0].name) if failure.diagnosis else sentence(failure)
    return next(iter(words.splitlines()), "")
