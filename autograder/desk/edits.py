"""What a page may ask to be changed: structs as JSON, each kept as entries of the gradebook's log, or refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any

import msgspec

from ..errors import GradebookError
from ..gradebook.entries import Entry, OutOfBounds, effective, holding, maximum, said
from ..gradebook.entry_log import Conflict
from ..gradebook.rubric import NOT_KEPT, Changed, Item, reprice
from ..gradebook.totals import Standing, swallowed
from ..text import printable
from ..web.refusal import refusal
from . import again_view
from .cover import COVER
from .results import outcome
from .site import NotHere, View

MAX_BYTES = 1 << 20  #: of one message
MAX_TEXT = 10_000  #: letters of a comment
SHOWN = 500  #: letters of an item that its field shows
KINDS = ("points", "adjust", "question", "item", "unitem", "comment", "excuse")
VALUED = ("points", "adjust", "question")  #: kinds that are nothing without a number of points; as of `gradus give`
_WITHOUT = "write them without it, or mark this one where names are shown"
_MEANT = "; where that is meant, tick *beyond the maximum* first"
#: of an entry or a version, as the gradebook can hold it
Number = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """A message of a page's."""


class Edit(_Message, frozen=True, tag="edit"):
    """Give something to students on a page.

    Args:
        students: their ids with the version of each that was looked at.
        graded: what of the results was looked at, by id, see :func:`.results.outcome`.
        blind: the marker has not seen what others gave, and is not told either.
    """

    page: str
    students: dict[str, Number]
    kind: str
    value: float | None = None
    key: str = ""
    text: str = ""
    why: str = ""
    extra: bool = False
    graded: dict[str, str] = {}
    blind: bool = False


class Undo(_Message, frozen=True, tag="undo"):
    """Take an entry of a student's page back.

    Args:
        others: further students' ids with the versions that were looked at: of each the last entry that says the same,
            by the same marker, is taken back too.
    """

    page: str
    student: str
    number: Number
    seen: Number
    others: dict[str, Number] = {}


class Write(_Message, frozen=True, tag="rubric"):
    """Write a rubric item or a comment of the bank; `gone` takes it out.

    With the key of an item that is there it takes its place, wherever it is applied as well; `seen` is the version of
    that item that was looked at.
    """

    page: str
    key: str
    text: str
    points: float = 0.0
    kind: str = "item"
    gone: bool = False
    seen: Number | None = None


class Anew(_Message, frozen=True, tag="again"):
    """Grade the class again and show what would change; `apply` writes what was shown."""

    apply: bool = False


@dataclass(frozen=True)
class Done:
    """What became of a message: how many entries were kept, and a line for each that was not."""

    kept: int
    told: tuple[str, ...] = ()
    conflict: bool = False

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"kept": self.kept, "told": [printable(line, 2000) for line in self.told], "conflict": self.conflict}


Said = Edit | Undo | Write | Anew
_DECODER: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)


def read(text: bytes) -> Said:
    """Return the message.

    Raises:
        ValueError: it is none; the message says why, in a line.
    """
    if len(text) > MAX_BYTES:
        raise ValueError(f"a message of more than {MAX_BYTES >> 20} MB")
    try:
        found = _DECODER.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(refusal(str(error))[:200]) from None
    for words in (getattr(found, "text", ""), getattr(found, "why", ""), getattr(found, "key", "")):
        if len(words) > MAX_TEXT:
            raise ValueError(f"a text of more than {MAX_TEXT} letters")
        if any(0xD800 <= ord(letter) < 0xE000 for letter in words):
            raise ValueError("a text with half a letter")
    return found


def apply(view: View, message: Said) -> Done:
    """Do what a message says.

    Raises:
        NotHere: it is about a student or a page that is not there.
        GradebookError: the results may only be read.
    """
    if isinstance(message, Anew):  # which says itself what may not be written
        again_view.begin(view, message.apply)
        return Done(0)
    if view.desk.results.read_only:
        raise GradebookError("these results may only be read")
    if isinstance(message, Edit):
        return _edit(view, message)
    if isinstance(message, Undo):
        return _undo(view, message)
    return _write(view, message)


def _edit(view: View, message: Edit) -> Done:
    page = view.page(message.page)
    if refused := _refused(message) or _covered(view, message.text, message.why):
        return Done(0, (refused,))
    key = message.key
    known = _known(view, page, key, "item") if message.kind in ("item", "unitem") else None
    if message.kind == "item" and known is None:
        raise NotHere("the rubric has no such item any more: load the page again")
    key = known.key if known is not None else key
    most = maximum(view.desk.results.course.pages[page], message.kind, key)
    kept, told, conflict, without = 0, [], False, 0
    whom = {id: view.student(id) for id in message.students}  # where one is nobody, nothing is kept of anybody
    for id, seen in message.students.items():
        student = whom[id]
        row = view.desk.results.now().rows.get((student, page))
        renewed = _renewed(view, student, row, message.graded.get(id))
        if renewed:
            conflict = True
            told.append(renewed)
            continue
        if message.kind == "unitem" and not _has(view, student, page, key):
            without += 1
            continue
        lost = swallowed(row, message.value or 0.0) if row is not None and message.kind == "adjust" else ""
        if lost and not message.extra:
            told.append(f"{view.label(student)}: {lost}{_MEANT}")
            continue
        value, text, why = message.value or 0.0, message.text, message.why
        draft = Entry(student, page, message.kind, value, key, text, why, view.marker, message.extra)
        if message.kind == "item" and known is not None:
            draft = _item(draft, known)
        try:
            view.desk.results.entries.add(draft, seen=seen, most=most)
            kept += 1
        except Conflict as error:
            conflict = True
            told.append(_told(view, student, error, message.blind))
        except OutOfBounds as error:
            told.append(view.told(error, student) + _MEANT)
            break  # what is out of bounds for one is so for all
        except GradebookError as error:
            told.append(view.told(error, student))
            break  # what is out of bounds for one is so for all
    if without:
        told.append(f"{without} of the group did not have it" if len(whom) > 1 else "it is not applied here")
    return Done(kept, tuple(told), conflict)


def _has(view: View, student: str, page: str, key: str) -> bool:
    """Tell whether an item of the rubric is applied to a student's page."""
    mine = holding(effective(view.desk.results.now().entries.get((student, page), ())))
    return any(one.kind == "item" and one.key == key for one in mine)


def _refused(message: Edit) -> str:
    """Say why an edit cannot be, "" where it can.

    Raises:
        NotHere: there is no such kind.
    """
    if message.kind not in KINDS:
        raise NotHere(f"there is nothing to give of the kind {message.kind[:40]!r}")
    if message.kind in VALUED and message.value is None:
        return "say a number of points"
    if message.extra and message.kind not in VALUED:
        return "only points can lie beyond the maximum"
    return "there are no words to say" if message.kind == "comment" and not message.text.strip() else ""


def _covered(view: View, *words: str) -> str:
    """Say that words cannot be kept since they hold what stands for a name in this view, "" where they can.

    What stands there is nobody's wording: a comment of the bank, or an item, that names somebody keeps its words where
    it is, and may not be for the student who is marked.
    """
    held = view.hidden and any(COVER in one for one in words)
    return (
        f"these words hold {COVER}, which stands for a name here, and a student would read it so: {_WITHOUT}"
        if held
        else ""
    )


def _same_words(text: str, words: str) -> bool:
    """Tell whether a text is what an item's field shows of these words: not all of them, and no line ends."""
    return "".join(text.split()) in ("".join(one.split()) for one in (words, printable(words, SHOWN)))


def _known(view: View, page: str, key: str, kind: str) -> Item | None:
    """Return the line of the rubric, or the comment of the bank, that a page of this view calls so."""
    lines = view.desk.results.rubric.items(page, kind)
    return next((one for one in lines if key in (one.key, view.key(one.key))), None)


def _renewed(view: View, student: str, row: Standing | None, looked_at: str | None) -> str:
    """Say that the results are others than those that a marker looked at, "" where they are the same."""
    if looked_at is None or row is None or outcome(row.grade) == looked_at:
        return ""
    now = f"{row.grade.points:g} of {row.grade.max_points:g}" if row.grade is not None else "nothing"
    words = f"{view.label(student)} was graded anew in between (the checks give {now} now); yours was not kept"
    return words + ": look, and repeat it where it still holds"


def _item(draft: Entry, item: Item) -> Entry:
    """Return a draft with an item as the rubric has it: its points and words are not the page's to say."""
    return Entry(draft.student, draft.page, "item", item.points, item.key, item.text, draft.why, draft.by, draft.extra)


def _told(view: View, student: str, error: Conflict, blind: bool = False) -> str:
    """Say who came in between, and that nothing was lost; to a marker who is to mark unseen not who, nor what."""
    lines = "; ".join(f"{one.by or 'somebody'} at {one.at}: {said(one)}" for one in error.entries[-3:])
    between = "by another marker" if blind else f"({view.text(lines) or 'it was erased'})"
    words = f"{view.label(student)} was changed in between {between}; yours was not kept"
    return words + ": look, and repeat it where it still holds"


def _undo(view: View, message: Undo) -> Done:
    page, student = view.page(message.page), view.student(message.student)
    mine = view.desk.results.now().entries.get((student, page), ())
    one = next((one for one in mine if one.number == message.number), None)
    if one is None:
        raise NotHere("this student's page has no such entry")
    kept, told, conflict, without = 0, [], False, 0
    whom = {student: message.seen, **{view.student(id): seen for id, seen in message.others.items()}}
    for who, seen in whom.items():
        number = one.number if who == student else _alike(view, who, one)
        if not number:
            without += 1
            continue
        try:
            view.desk.results.entries.undo(number, view.marker, seen=seen)
            kept += 1
        except Conflict as error:
            conflict = True
            told.append(_told(view, who, error))
        except GradebookError as error:
            told.append(view.told(error, who))
    if without:
        told.append(f"{without} of the group had nothing like it")
    return Done(kept, tuple(told), conflict)


def _alike(view: View, student: str, one: Entry) -> int:
    """Return the number of a student's last entry that counts and says the same by the same marker, 0 for none."""
    mine = effective(view.desk.results.now().entries.get((student, one.page), ()))
    same = (replace(other, student=one.student, number=one.number, at=one.at) == one for other in reversed(mine))
    return next((other.number for other, alike in zip(reversed(mine), same, strict=True) if alike), 0)


def _write(view: View, message: Write) -> Done:
    page, rubric = view.page(message.page), view.desk.results.rubric
    text = message.text.strip()
    known = _known(view, page, message.key, message.kind) if message.key else None
    if known is not None and _same_words(text, view.text(known.text)):
        text = known.text  # as it is, though the page may not show all of it
    elif not message.gone and (refused := _covered(view, text)):
        return Done(0, (refused,))
    most = maximum(view.desk.results.course.pages[page], "item")
    if not message.gone and abs(message.points) > most:
        what = f"{message.points:g} points are outside of {-most:g} to {most:g}, the most that the page has"
        return Done(0, (what,))
    try:
        key = known.key if known is not None else message.key or rubric.key_for(page, text, message.kind)
        item = Item(known.page if known is not None else page, key, text, message.points, message.kind)
        if message.gone:
            rubric.remove(known if known is not None else item, view.marker, message.seen)
        else:
            rubric.put(item, view.marker, message.seen)
            if item.kind == "item" and message.key:
                return Done(max(1, reprice(view.desk.results.entries, item, view.marker, most)))
    except Changed as error:
        return Done(0, (view.text(str(error).removesuffix(NOT_KEPT)) + NOT_KEPT,), True)
    except GradebookError as error:
        return Done(0, (view.text(str(error)),))
    return Done(1)
