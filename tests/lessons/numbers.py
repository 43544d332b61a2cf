"""Where each number of a lesson's prose comes from; what comes from nowhere is loose.

A number is *computed* if a claim fills it in, a snippet prints it, or it stands in an equation of numbers that holds.
It has a *source* if its sentence links one.
It is *given* if the page's own code uses it (reference, picture, snippets, what computes the claims), so that what is
computed begins with it; if it is set in a formula (``$h = 0.1$``), belongs to one that has letters, or names a year, a
shape or a step of a list. All else a reader must believe, and nobody checks.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

from autograder.authoring.snippets import BLOCK
from autograder.course.trees import trees

from . import SLOT, Claim, body, flat

NUMBER = re.compile(r"(?<![\w.\\])\d{1,3}(?:(?:\\?,)\d{3})+(?!\d)|(?<![\w.])(?<![A-Za-z]-)\d+(?:\.\d+)?(?!\w)")
#: what a reader is told to do, or imagines
TOLD = ("training loss after 20 and 60 steps", "You read a network's 99 %")
SMALL = {0.0, 1.0, 2.0}  #: also said of things, as "one of the two"
FORMULA = re.compile(r"(\$\$?)(.+?)\1")
_FILLED, _TEXT = r"[^a-zA-Z§]{1,24}?(?:\\cdot 10\^\{-?\d+\})?", r"[^§]{1,200}?"  #: what a slot may hold
_TAKEN = "§"  #: in the place of what is accounted for
_CODE = re.compile(r"`[^`]*`")
_SKIPPED = (
    re.compile(r"[^.:(]*(?:\d\.\d[^.:(]*)*\]\(https?://[^)]*\)[^.:]*(?:\d\.\d[^.:]*)*"),  # a sentence with a source
    re.compile(r"!\[[^\]]*\]\([^)]*\)"),  # what is said of a picture stands in its script
    re.compile(r"\((?:18|19|20)\d\d[a-z]?\)|\b(?:[Ii]n|of|since) (?:18|19|20)\d\d\b"),  # a year
    re.compile(r"\b[Ii]f\b[^,.:;]*|\bSuppose\b(?:[^.:;]|\d\.\d)*"),  # supposed, and not said to be so
    re.compile(r"\b(?:id|colour|label|class|line|row|column|dim) \d+"),  # the name of a thing
    re.compile(r"(?:^|(?<=[.:] ))\d\. (?=[*A-Z])"),  # a step of a list
    re.compile(r"\]\([^)]*\)"),  # a link's target
    re.compile(r"\b\d×\d\b|\b\d+-(?:bit|d|D)\b"),
)


def value(text: str) -> float:
    """Return the number that is written so."""
    return float(text.replace("\\,", "").replace(",", ""))


def _literals(tree: ast.AST) -> set[float]:
    return {
        float(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)
    }


@functools.cache
def _claims_use() -> dict[str, set[float]]:
    """Return the literals in what computes the claims, by page, with those of all that it names in its file."""
    found: dict[str, set[float]] = {}
    for path in Path(__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = _definitions(tree)
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Claim":
                page, compute = call.args[0], call.args[2]
                uses = found.setdefault(_text(page, named), set())
                waiting, seen = [compute], {"CLAIMS"}
                while waiting:
                    node = waiting.pop()
                    uses |= _literals(node)
                    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} & named.keys() - seen
                    seen |= names
                    waiting += [named[name] for name in names]
    return found


def _text(node: ast.AST, named: dict[str, ast.AST]) -> str:
    """Return the text that a constant, a name of one, or an f-string of both stands for."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part, named) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return _text(node.value, named)
    if isinstance(node, ast.Name):
        return _text(named[node.id], named)
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _definitions(tree: ast.Module) -> dict[str, ast.AST]:
    """Return the functions and the assigned values of a file, by name."""
    found: dict[str, ast.AST] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            both = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
            for one, said in zip(target.elts, value.elts, strict=True) if both else [(target, value)]:
                names = one.elts if isinstance(one, ast.Tuple) else [one]
                said_each = [said] * len(names)
                if isinstance(said, ast.GeneratorExp):  # names made of a list, as f"s3/{name}" for name in (…)
                    said_each = _made(said)
                found |= {n.id: s for n, s in zip(names, said_each, strict=False) if isinstance(n, ast.Name)}
    return found


def _made(said: ast.GeneratorExp) -> list[ast.AST]:
    """Return the texts of an f-string over a tuple of texts."""
    each, over = said.elt, said.generators[0].iter
    if not isinstance(each, ast.JoinedStr) or not isinstance(over, ast.Tuple):
        return []
    before = "".join(str(part.value) for part in each.values if isinstance(part, ast.Constant))
    return [ast.Constant(before + str(one.value)) for one in over.elts if isinstance(one, ast.Constant)]


def used(page: str) -> set[float]:
    """Return the numbers that stand in the page's code."""
    lesson = trees().lesson(page)
    found = set(_claims_use().get(page, set()))
    for path in (trees().solution(page), lesson.with_name(f"{lesson.stem}_picture.py")):
        if path.is_file():
            found |= _literals(ast.parse(path.read_text(encoding="utf-8")))
    for block in BLOCK.findall(body(page)):
        found |= _literals(ast.parse(block if isinstance(block, str) else block[-1]))
        for comment in re.findall(r"#(.*)", block if isinstance(block, str) else block[-1]):  # what it must print
            found |= {value(n) for n in NUMBER.findall(comment)}
    return found


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
    """Return what of a formula is not accounted for."""
    latex = match[2]
    for left, right, holds in equations(latex):
        if holds:
            latex = latex.replace(left, _TAKEN).replace(right, _TAKEN)
    if r"\dots" in latex:  # a sequence, which is a definition
        return _TAKEN
    letters = re.search(r"[A-Za-z]", re.sub(r"\\[A-Za-z]+|e\d", "", latex)) or re.search(
        r"\\(?:mu|sigma|lambda|eta|alpha|beta|gamma|varepsilon|theta|delta|tau|pi)\b", latex
    )
    chain = len(re.findall(r"\\approx|=", latex)) > 1 and re.search(r"(?:=|\\approx)\s*-?\d+\.\d+\W*$", latex)
    return _TAKEN if letters and "\\approx" not in latex and not chain else latex


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the text with one mark for each run of what lies in some span."""
    inside = {place for start, end in spans for place in range(start, end)}
    marked = "".join(_TAKEN if place in inside else letter for place, letter in enumerate(text))
    return re.sub(f"{_TAKEN}+", _TAKEN, marked)


def loose(page: str, claims: list[Claim]) -> list[tuple[str, str]]:
    """Return the numbers of a lesson's prose that are neither computed nor given, with the words around them."""
    text = BLOCK.sub(" ", body(page).partition("## What to read next")[0])
    text = re.sub(r"```.*?```", " ", text, flags=re.DOTALL)
    text = flat(text)
    for told in TOLD:
        text = text.replace(told, _TAKEN)
    spans = []  # of the text as it is: claims may overlap
    for claim in claims:
        if claim.page == page:
            parts = SLOT.split(flat(claim.quote))  # a text, the form of a slot, a text, …
            forms = [_TEXT if form == "s" else _FILLED for form in parts[1::2]] + [""]
            pattern = "".join(re.escape(part) + form for part, form in zip(parts[::2], forms, strict=True))
            match = re.search(rf"{pattern}(?!\.?\d)", text)
            if match:
                spans.append(match.span())
    text = _without(text, spans)
    text = FORMULA.sub(_formula, _CODE.sub(_TAKEN, text))
    for skipped in _SKIPPED:
        text = skipped.sub(_TAKEN, text)
    given = used(page) | SMALL
    return [
        (m[0], text[max(0, m.start() - 60) : m.end() + 30])
        for m in NUMBER.finditer(text)
        if value(m[0]) not in given and not (text[m.end() :].startswith(" %") and value(m[0]) / 100 in given)
    ]
