"""Where each number of a lesson's prose comes from; what comes from nowhere is loose.

A number is *computed* if it stands in a sentence or formula that `tests/lessons/` computes, or in an equation of
numbers that holds. It claims nothing, or has its own check, if it is a year of the reading list, stands in a sentence
that links its source, in a question ("**Predict** …"), numbers a step of a list, names a digit, repeats code of the
page or a number of its snippets with two digits, or tells of the picture what stands in the picture's script. All else
a reader must believe, and nobody checks.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator, Sequence

from autograder.authoring.snippets import BLOCK
from autograder.course.trees import trees

from . import SLOT, Claim, Formula, body, flat

NUMBER = re.compile(r"(?<![\w.\\])\d{1,3}(?:(?:\\?,)\d{3})+(?!\d)|(?<![\w.])(?<![A-Za-z]-)\d+(?:\.\d+)?(?!\d)")
FORMULA = re.compile(r"(\$\$?)(.+?)\1")
_FILLED, _TEXT = r"[^a-zA-Z§]{1,24}?(?:\\cdot 10\^\{-?\d+\})?", r"[^§]{1,200}?"  #: what a slot may hold
_TAKEN = "§"  #: in the place of what is accounted for
_CODE = re.compile(r"`([^`]*)`")
_PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_YEAR = re.compile(r"\b(?:18|19|20)\d\d\b")
_SKIPPED = (
    re.compile(r"(?:\d\.\d|[^.:(])*\]\(https?://[^)]*\)(?:\d\.\d|[^.:])*"),  # a sentence with a source
    re.compile(r"(?:^|(?<=[.:§] ))\d\. (?=[*A-Z])"),  # a step of a list
    re.compile(r"\*\*Predict:?\*\*(?:[^.:?]|\.\w)*"),  # a question
    re.compile(r"\]\([^)]*\)"),  # a link's target
    re.compile(r"\b\d+-(?:bit|d|D)\b"),
    re.compile(r"\b[Aa]n? (?:handwritten |mirrored )?\d(?= (?:a|from|into|is|of)\b|[?.])"),  # a digit, drawn
    re.compile(r"\bid \d+"),  # the name of a word
)


def value(text: str) -> float:
    """Return the number that is written so."""
    return float(text.replace("\\,", "").replace(",", ""))


def _literals(source: str) -> set[float]:
    """Return the numbers in a program, those in its texts included."""
    found: set[float] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            found.add(float(node.value))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= {value(number) for number in NUMBER.findall(node.value)}
    return found


@functools.cache
def drawn(page: str) -> set[float]:
    """Return the numbers in the script of the page's picture."""
    lesson = trees().lesson(page)
    return _literals(lesson.with_name(f"{lesson.stem}_picture.py").read_text(encoding="utf-8"))


@functools.cache
def code(page: str) -> str:
    """Return the page's solution and snippets."""
    path = trees().solution(page)
    return (path.read_text(encoding="utf-8") if path.is_file() else "") + "\n".join(BLOCK.findall(body(page)))


@functools.cache
def given(page: str) -> set[float]:
    """Return the numbers of the page's snippets, without those of one digit, which are everywhere."""
    snippets = "\n".join(BLOCK.findall(body(page)))
    printed = {value(number) for comment in re.findall(r"#(.*)", snippets) for number in NUMBER.findall(comment)}
    return {number for number in _literals(snippets) | printed if number not in range(10)}


def arithmetic(side: str) -> float | None:
    """Return what one side of an equation comes to, None if it is no arithmetic of numbers."""
    text = side.strip().strip(",.;: ")
    text = re.sub(r"\\[tdb]?frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
    text = re.sub(r"\\[tdb]?frac(\d)(\d)", r"(\1/\2)", text)
    text = re.sub(r"\\sqrt\{([^{}]*)\}", r"((\1)**0.5)", text)
    for latex, python in (
        (r"\cdot", "*"), (r"\times", "*"), (r"\bigl", ""), (r"\bigr", ""), (r"\left", ""), (r"\right", ""),
        (r"\,", ""), ("^", "**"), ("{", "("), ("}", ")"), ("−", "-"), (r"\;", ""), (r"\ ", ""),
    ):  # fmt: skip
        text = text.replace(latex, python)
    if not re.fullmatch(r"[\d.\s()+*/-]+", text) or not re.search(r"\d", text):
        return None
    try:
        return float(eval(text, {"__builtins__": {}}))  # digits, brackets and signs alone
    except (SyntaxError, TypeError, ZeroDivisionError, OverflowError):
        return None


def equations(latex: str) -> Iterator[tuple[str, str, bool]]:
    """Yield neighbouring sides of an equation that are both arithmetic, and whether they agree as far as written.

    What is about equal may have a unit behind it ("million"), so it is left out where it does not agree.
    """
    parts = re.split(r"(\\approx|=)", latex)
    for left, sign, right in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
        left = re.split(r"\\quad|\\qquad|;|, ", left)[-1]
        right = re.split(r"\\quad|\\qquad|;|, ", right)[0]
        a, b = arithmetic(left), arithmetic(right)
        if a is not None and b is not None:
            digits = re.search(r"\.(\d+)", right)
            holds = abs(a - b) <= 0.5 * 10.0 ** -(len(digits[1]) if digits else 6) + 1e-9
            if holds or sign == "=":
                yield left, right, holds


def _formula(match: re.Match[str]) -> str:
    """Return what of a formula is no equation of numbers that holds."""
    latex = match[2]
    for left, right, holds in equations(latex):
        if holds:
            latex = latex.replace(left, _TAKEN).replace(right, _TAKEN)
    return latex


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the text with one mark for each run of what lies in some span."""
    inside = {place for start, end in spans for place in range(start, end)}
    marked = "".join(_TAKEN if place in inside else letter for place, letter in enumerate(text))
    return re.sub(f"{_TAKEN}+", _TAKEN, marked)


def pattern(quote: str, figure: str = _FILLED) -> str:
    """Return what finds a quote, with anything in its slots, or with what `figure` finds."""
    parts = SLOT.split(flat(quote))  # a text, the form of a slot, a text, …
    forms = [_TEXT if form == "s" else figure for form in parts[1::2]] + [""]
    return "".join(re.escape(part) + form for part, form in zip(parts[::2], forms, strict=True)) + r"(?!\.?\d)"


def covered(text: str, computed: Sequence[Claim | Formula]) -> str:
    """Return a text with a mark in the place of all that is computed; quotes may overlap."""
    quotes = [pattern(one.quote) for one in computed]
    return _without(text, [match.span() for quote in quotes for match in re.finditer(quote, text)])


def loose(page: str, computed: Sequence[Claim | Formula]) -> list[tuple[str, str]]:
    """Return the numbers of a lesson's prose that come from nowhere, with the words around them."""
    prose, _, reading = body(page).partition("## What to read next")
    text = flat(re.sub(r"```.*?```", " ", BLOCK.sub(" ", prose), flags=re.DOTALL))
    text = covered(text, [one for one in computed if one.page == page])
    text = FORMULA.sub(_formula, text)
    text = _CODE.sub(lambda match: _TAKEN if match[1] in code(page) else match[0], text)
    told = {value(number) for said in _PICTURE.findall(text) for number in NUMBER.findall(said)} - drawn(page)
    text = _PICTURE.sub(lambda match: match[1] if told & {value(n) for n in NUMBER.findall(match[1])} else _TAKEN, text)
    for skipped in _SKIPPED:
        text = skipped.sub(_TAKEN, text)
    text = _YEAR.sub(lambda match: _TAKEN if match[0] in reading else match[0], text)
    return [
        (m[0], text[max(0, m.start() - 60) : m.end() + 30])
        for m in NUMBER.finditer(text)
        if value(m[0]) not in given(page)
    ]
