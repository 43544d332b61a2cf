"""Plain English: words that make second-language readers stumble, in what students read of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..course.catalogue import misconceptions
from ..course.syllabus import split_lesson
from ..course.texts import read_text
from ..course.trees import Trees
from ..model import Exercise
from .notebook import static_checks

#: what second-language readers stumble over, and what is written instead; CONTRIBUTING.md shows the same table
WORDS = {
    "whoever": "you; a caller; code that",
    "of ours": "the course's; this page's",
    "nobody's": "no one owns it; say who does",
    "troubles nobody": "raises its error only",
    "hangs in": "registers; is registered",
    "dearer": "costs more",
    "as can be": "very",
    "by heart": "memorises",
    "knows nothing of": "does not use; is computed without",
    "know nothing of": "do not use; are independent of",
    "lingers": "waits",
    "is off at once": "leaves at once",
    "wants to be": "must be; needs",
    "needs not": "need not; does not need to",
    "parts them": "separates them",
    "is told from": "is separated from",
    "in a wrong way": "wrongly",
    "in its turn": "too; again",
    "a good deal": "much; say how much",
    "for good measure": "also",
    "for nothing": "does not count; has no effect",
    "is quite happy": "accepts",
    "brings along": "has from before; holds",
    "none the wiser": "does not notice",
    "at a stroke": "at once",
    "bar one": "except one",
    "makes up for": "balances; corrects",
    "make up for": "balance; correct",
    "making up for": "balancing; correcting",
    "ought to": "should",
    "ever after": "from then on",
    "who knows": "nobody can tell; it may",
    "who forgets": "if you forget",
    "who saves": "if you save",
    "thereby": "by this",
    "whilst": "while",
    "amongst": "among",
    "upon": "on",
    "lest": "so that … not",
    "all the same": "nevertheless; still",
    "afresh": "again; anew",
    "by turns": "one after another",
    "nothing but": "only",
    "boils down": "becomes",
    "but for": "except for",
    "grown-up": "complete",
    "look past": "leave out",
    "trip over": "is disturbed by",
    "once and for all": "for all … at once",
    "none of which": "and none of them",
}


def unplain(text: str) -> list[str]:
    """Return the words of the list that a text uses, whole words only, wherever its lines break."""
    flat = " ".join(re.sub(r"^# ", "", text, flags=re.MULTILINE).split()).lower()
    return [word for word in WORDS if re.search(rf"\b{re.escape(word)}\b", flat)]


def read_by_students(trees: Trees, exercise: Exercise) -> Iterator[tuple[Path, str]]:
    """Yield all that students read of a page: (the file to mend, its words)."""
    address = exercise.address
    lesson = trees.lesson(address)
    words = [split_lesson(lesson)[1], *exercise.hints, exercise.question, *exercise.question_answer]
    yield lesson, "\n".join(words)
    if trees.stub(address).is_file():  # one that is missing is another fault
        yield trees.solution(address), read_text(trees.stub(address), "not found")
    known = misconceptions(trees, exercise)
    yield trees.misconception(address), "\n".join(text for one in known for text in (one.name, one.hint))
    yield (
        trees.check(address),
        "\n".join(one.title for one in static_checks(read_text(trees.check(address), "not found"))),
    )


def stumbles(trees: Trees, exercise: Exercise) -> list[str]:
    """Return a sentence for each word of the list that a page shows to students: the file, the word, what to write."""
    return [
        f"{path}: not plain: {word!r}; write {WORDS[word]} (plain_english = false in course.toml allows it)"
        for path, text in read_by_students(trees, exercise)
        for word in unplain(text)
    ]
