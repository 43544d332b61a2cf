"""The templates of pages and cards: jinja2 with autoescape, so that nothing of a student's is ever markup."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup, escape

from ..gradebook.states import LOOKS, STATES, look, state
from ..language import _, authored, spoken_code, spoken_texts, translated
from ..model import ENDS, CheckResult, Grade
from ..text import in_line, printable, told
from .anchors import check_anchor, page_anchor
from .book_table import points
from .svg import svg
from .table import few_words

#: terminal colour -> class of the pages' style sheet
TONES = {"green": "good", "red": "bad", "bold red": "bad", "bright_black": "quiet"}
_BACKTICKS = re.compile(r"`([^`\n]+)`")
LIMIT = 20_000  #: characters of one text that a page shows


def reached(of: Grade | CheckResult) -> str:
    """Return points and maximum, as they are shown."""
    return f"{of.points:g}/{of.max_points:g}"


def word_of(grade: Grade) -> str:
    """Return how a grade ended in one of the five words, with its status where that says more."""
    word = state(grade)
    return word if grade.status in ("passed", "failed", "missing", "internal") else f"{word}: {grade.status}"


def backticked(text: str) -> Markup:
    """Return a text, escaped, in which `names` between backticks stand in type of their own."""
    return Markup(_BACKTICKS.sub(r"<code>\1</code>", str(escape(text))))


@cache
def environment() -> jinja2.Environment:
    """Return the environment that all templates share; a name that is not given is an error, never a blank."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("autograder.report", "templates"), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    made.filters["backticked"] = backticked
    made.filters["called"] = in_line  # a name
    made.filters["shown"] = lambda text, limit=LIMIT: printable(str(text), limit)
    made.globals.update(
        sign=lambda status: ENDS[status].sign, colour=lambda status: ENDS[status].colour, reached=reached,
        tone=lambda status: TONES.get(ENDS[status].colour, "odd"),
        few_words=few_words, word_of=word_of, points=points, look=look, looks=LOOKS, states=STATES, state=state,
        anchor=page_anchor, check_anchor=check_anchor, told=told, name_of=lambda address: address.partition("/")[2],
        picture=lambda plot: Markup(svg(plot)), _=_, translated=translated, authored=authored,
        spoken_texts=spoken_texts, spoken_code=spoken_code,
    )  # fmt: skip
    return made


def source(name: str) -> str:
    """Return the text of a script that stands beside the templates."""
    loader = environment().loader
    assert loader is not None
    return loader.get_source(environment(), name)[0]


def rendered(name: str, **values: Any) -> str:
    """Return a template with these values."""
    return environment().get_template(name).render(**values)
