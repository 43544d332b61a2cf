"""Formulas as MathML: rendered when the book is built, shown by the browser itself, offline and without a script."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from latex2mathml.converter import convert

from ...errors import CourseError

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

_WORD = re.compile(r"\\mathrm\{([A-Za-z]{2,})\}")  #: a name of several letters is one name, not a product of letters
_OPERATORS = {r"\\arg(?![a-z])": r"\\text{arg}"}  #: what latex2mathml does not know
_FUNCTION = re.compile(  # a function before its argument, but not before a bracket, nor with an index of its own
    r"(?<!<msub>)(?<!<msup>)(<m(?:i|text)>(?:ln|log|exp|sin|cos|tanh|sinh|cosh|arg)</m(?:i|text)>)(?!<mo[^>]*>(?:\(|&#x00028;))(?!</)"
)
_SIGNS = {  # no operators with room around them
    "<mo>&#x0221E;</mo>": "<mi>&#x0221E;</mi>",
    "<mo>/</mo>": '<mo lspace="0.06em" rspace="0.06em">/</mo>',
}
_LEFT = re.compile(r">(\\[^<]*)<")
_BRACE = re.compile(r"\\.|([{}])", re.DOTALL)  #: a brace that groups, not one that is shown


def formula(latex: str, display: str = "inline") -> str:
    """Return a formula as MathML that carries its source as alternative text.

    Raises:
        CourseError: it cannot be read, or something of it is not known.
    """
    latex = latex.strip()
    _in_pairs(latex)
    plain = _WORD.sub(r"\\text{\1}", latex)
    for unknown, known in _OPERATORS.items():
        plain = re.sub(unknown, known, plain)
    try:
        markup = str(convert(plain, display=display))
    except Exception as error:  # its own errors have no common class
        raise CourseError(f"the formula {latex} cannot be read: {type(error).__name__} {error}") from None
    unread = _LEFT.search(markup)
    if unread:
        raise CourseError(f"the formula {latex} has {html.unescape(unread[1])}, which is not known")
    for sign, better in _SIGNS.items():
        markup = markup.replace(sign, better)
    markup = _FUNCTION.sub(r'\1<mspace width="0.167em"/>', markup)
    return markup.replace("<math ", f'<math alttext="{html.escape(latex)}" ', 1)


def _in_pairs(latex: str) -> None:
    """Refuse braces that have no partner, which latex2mathml passes over.

    Raises:
        CourseError: one is not closed, or not opened.
    """
    depth = 0
    for match in _BRACE.finditer(latex):
        depth += {"{": 1, "}": -1}.get(match[1], 0)
        if depth < 0:
            raise CourseError(f"the formula {latex} has a }} too many")
    if depth:
        raise CourseError(f"the formula {latex} has a {{ that no }} closes")


def _inline(self: Any, node: nodes.math) -> None:
    from docutils.nodes import SkipNode, Text

    following = node.next_node(Text, descend=False, siblings=True)
    joined = following is not None and following.astext()[:1] in ",.;:)?!"
    self.body.append(formula(node.astext()) + ("&#8288;" if joined else ""))  # no line begins with a comma
    raise SkipNode


def _display(self: Any, node: nodes.math_block) -> None:
    from docutils.nodes import SkipNode

    self.body.append(self.starttag(node, "div", CLASS="formula"))
    self.body.append(formula(node.astext(), "block"))
    self.body.append("</div>\n")
    raise SkipNode


def setup(app: Sphinx) -> None:
    """Make Sphinx know the renderer."""
    app.add_html_math_renderer("mathml", (_inline, None), (_display, None))
