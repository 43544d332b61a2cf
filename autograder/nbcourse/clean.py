"""A student's words, so that nothing in them runs in the browser of who reads them. Pure.

What decides is the page that nbconvert makes of a text, as it does for nbgrader: there every ``<`` must begin one of
few plain tags, spelled out so that no browser could read it otherwise, and closed where it was opened. Words that pass
stay what they are to the letter; of others the tags are shown as text, or else all of it as it was typed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

#: squares of characters that are rendered of a notebook, since rendering may take as long: two hundred cells of
#: a thousand, or one of fourteen thousand; what comes after them is shown as it was typed
EFFORT = 200_000_000
_TAGS = frozenset({
    "p", "br", "hr", "wbr", "b", "i", "u", "s", "em", "strong", "del", "ins", "strike", "sub", "sup", "small",
    "big", "mark", "kbd", "code", "samp", "var", "tt", "pre", "blockquote", "q", "cite", "abbr", "dfn", "h1",
    "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tfoot",
    "tr", "th", "td", "caption", "colgroup", "col", "div", "span", "center", "font", "section", "a", "img",
    "details", "summary", "figure", "figcaption",
})  # fmt: skip
_VOID = frozenset({"br", "hr", "wbr", "img", "col"})
_ATTRIBUTE = r"""\s+([a-zA-Z]+)(?:\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([\w%.#:/+-]+)))?"""
_PIECE = re.compile(rf"<!--[^<>-]*-->|</([a-zA-Z0-9]+)\s*>|<([a-zA-Z0-9]+)((?:{_ATTRIBUTE})*)\s*/?>")
_DECLARATION = (
    r"\s*(?:text-align|vertical-align|color|background-color|width|max-width|height|font-[a-z]+|border|padding)"
    r"\s*:[\w\s#%.,-]+"
)
_CLASS = r"[a-z]{1,3}\d?|highlight|anchor-link|language-[\w+#-]+|alert(?:-\w+)?|jp-Mermaid|mermaid|task-list-item"
_NO_SCHEME = r"[^:&/?#]*(?:[/?#].*)?"
_VALUES = {
    "href": re.compile(rf"https?://.*|mailto:.*|{_NO_SCHEME}", re.DOTALL),
    "src": re.compile(rf"https?://.*|data:image/[a-z0-9.+-]+;base64,[A-Za-z0-9+/=\s]*|{_NO_SCHEME}", re.DOTALL),
    "style": re.compile(rf"{_DECLARATION}(?:;{_DECLARATION})*;?\s*"),
    "class": re.compile(rf"(?:(?:{_CLASS})(?:\s+|$))*"),
}
_PLAIN = frozenset({
    "alt", "title", "width", "height", "align", "valign", "colspan", "rowspan", "start", "type", "id", "name",
    "rel", "open", "lang", "dir", "scope", "span", "border", "cellpadding", "cellspacing", "size", "color",
    "face",
})  # fmt: skip
_CHECKBOX = re.compile(r'<input class="task-list-item-checkbox" type="checkbox" disabled(?: checked)?\s*/>')
_SCRIPT = re.compile(r"(?:java|vb)script\s*:", re.IGNORECASE)
#: what a tag in it is text already: code and formulas
_KEPT = re.compile(r"(```.*?```|~~~.*?~~~|`[^`\n]+`|\$\$.*?\$\$|\$[^$\n]+\$)", re.DOTALL)


def harmless(html: str) -> bool:
    """Tell whether nothing in this part of a page runs, and nothing reaches beyond it."""
    if _SCRIPT.search(html):
        return False
    html = _CHECKBOX.sub("", html)
    opened: list[str] = []
    at = 0
    while (start := html.find("<", at)) >= 0:
        piece = _PIECE.match(html, start)
        if piece is None:
            return False
        at = piece.end()
        closing, opening = (name.lower() if name else "" for name in piece.groups()[:2])
        if closing and (not opened or opened.pop() != closing):
            return False
        if opening and (opening not in _TAGS or not all(map(_fits, re.finditer(_ATTRIBUTE, piece[3])))):
            return False
        if opening and opening not in _VOID:
            opened.append(opening)
    return not opened


def _fits(attribute: re.Match[str]) -> bool:
    name, value = attribute[1].lower(), next((v for v in attribute.groups()[1:] if v is not None), "")
    return name in _PLAIN or (name in _VALUES and _VALUES[name].fullmatch(value) is not None)


def clean(cells: list[dict[str, Any]], given: list[dict[str, Any]]) -> None:
    """Make the texts of a notebook's cells harmless, in place. Code is shown as text anyway.

    Args:
        given: the cells as they were given out: whatever is left of them is the author's.
    """
    kept = {(cell["cell_type"], "".join(cell["source"])) for cell in given}
    left = EFFORT
    for cell in cells:
        source: str = cell["source"]
        if cell["cell_type"] == "code" or (cell["cell_type"], source) in kept:
            continue
        left -= len(source) ** 2
        if cell["cell_type"] == "raw":  # which goes into the page as it is, with versions of nbconvert
            cell["cell_type"], cell["source"] = "markdown", typed(source)
        else:
            cell["source"] = words(source, tuple(cell.get("attachments", ()))) if left > 0 else typed(source)


@lru_cache(maxsize=1024)  # many answers are alike
def words(source: str, attachments: tuple[str, ...] = ()) -> str:
    """Return the text of a markdown cell that may be shown: the source itself, if nothing in it runs.

    Args:
        attachments: those of the cell, by name; a text that shows another could not be rendered at all.
    """
    for shown in (source, _tags_as_text(source)):
        if _renders_harmless(shown, {name: {"image/png": ""} for name in attachments}):
            return shown
    return typed(source)


def _renders_harmless(source: str, attachments: dict[str, dict[str, str]]) -> bool:
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
    from nbconvert.filters.strings import strip_files_prefix

    try:
        html = MarkdownWithMath(renderer=IPythonRenderer(escape=False, attachments=attachments)).render(source)
        return harmless(strip_files_prefix(html))
    except Exception:  # whatever it is, nbgrader's page would end with it, too
        return False


def _tags_as_text(source: str) -> str:
    parts = _KEPT.split(source)
    return "".join(part if number % 2 else part.replace("<", "&lt;") for number, part in enumerate(parts))


def typed(source: str) -> str:
    """Return markdown that shows a text as it was typed, whatever it is: one line of HTML without any sign of it."""
    return "<pre>" + re.sub(r"[^A-Za-z0-9 ]", lambda sign: f"&#{ord(sign[0])};", source) + "</pre>"
