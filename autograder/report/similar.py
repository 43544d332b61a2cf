"""Which submissions are alike: a ranked list with both texts side by side. A hint for a human, never a grade.

Compared is what was written, without what was given out: runs of tokens with names and numbers made equal, so that
renaming and reformatting hide nothing; runs that stand in the stub or in most submissions weigh nothing.
"""

from __future__ import annotations

import difflib
import io
import keyword
import tokenize
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from ..model import Submission
from ..text import in_line, printable
from .templating import rendered

RUN = 6  #: tokens of one run
LEAST_RUNS = 20  #: of a text that can be compared at all
COMMON = 0.5  #: a run in more than this part of the submissions is what everybody writes
BLOCK = 1000  #: submissions compared with all others at once

_SKIPPED = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENCODING, tokenize.ENDMARKER}


@dataclass(frozen=True)
class Pair:
    """Two submissions of one exercise and how alike they are, from 0 to 1."""

    one: Submission
    other: Submission
    likeness: float


def text_of(submission: Submission) -> str:
    """All cells in one text."""
    return "\n\n".join(submission.cells)


def tokens(text: str) -> list[str]:
    """Return the tokens of a source, names and literals made equal; what does not tokenize ends the list."""
    found: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.STRING and (not found or found[-1] in ("INDENT", "NEWLINE", ":")):
                continue  # a docstring, mostly given
            if token.type == tokenize.NAME:
                found.append(token.string if keyword.iskeyword(token.string) else "name")
            elif token.type in (tokenize.NUMBER, tokenize.STRING):
                found.append("value")
            elif token.type in (tokenize.INDENT, tokenize.DEDENT):
                found.append(tokenize.tok_name[token.type])
            elif token.type not in _SKIPPED:
                found.append(token.string)
    except (tokenize.TokenError, SyntaxError):
        pass
    return found


def runs(text: str) -> list[str]:
    """Every run of tokens, as a word."""
    found = tokens(text)
    return [" ".join(found[n : n + RUN]) for n in range(len(found) - RUN + 1)]


def similar(submissions: list[Submission], stub: str, least: float = 0.8, most: int = 100) -> list[Pair]:
    """Return the most similar pairs of one exercise, the most similar first.

    Args:
        stub: what was given out.
        least: pairs less alike than this are not listed.
        most: at most so many pairs.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    given = set(runs(stub))
    documents = [[run for run in runs(text_of(s)) if run not in given] for s in submissions]
    kept = [(s, d) for s, d in zip(submissions, documents, strict=True) if len(d) >= LEAST_RUNS]
    if len(kept) < 2:
        return []
    limit = max(2, int(COMMON * len(kept))) if len(kept) > 3 else len(kept)
    try:
        vectors = TfidfVectorizer(analyzer=lambda d: d, max_df=limit).fit_transform([d for _, d in kept])
    except ValueError:  # nothing is left once what everybody writes is taken out
        return []
    pairs: list[Pair] = []
    for begin in range(0, len(kept), BLOCK):
        block = (vectors[begin : begin + BLOCK] @ vectors.T).tocoo()
        for row, column, value in zip(block.row.tolist(), block.col.tolist(), block.data.tolist(), strict=True):
            one, other = begin + row, column
            if one < other and value >= least and kept[one][0].student != kept[other][0].student:
                pairs.append(Pair(kept[one][0], kept[other][0], round(min(1.0, value), 4)))
        pairs = sorted(pairs, key=lambda p: (-p.likeness, p.one.student, p.other.student))[:most]
    return pairs


def page(title: str, pairs: list[Pair]) -> str:
    """Return the pairs as a self-contained HTML page, texts side by side where they are opened."""
    differ = difflib.HtmlDiff(wrapcolumn=90)
    shown = []
    for pair in pairs:
        names = [in_line(s.student, 60) for s in (pair.one, pair.other)]
        left, right = (printable(text_of(s), 60_000).splitlines() for s in (pair.one, pair.other))
        table = Markup(
            differ.make_table(left, right, escape(names[0]), escape(names[1]))
        )  # it escapes the texts, not the names
        shown.append({"likeness": pair.likeness, "names": names, "exercise": pair.one.exercise, "table": table})
    return rendered("similar.html", title=title, pairs=shown)
