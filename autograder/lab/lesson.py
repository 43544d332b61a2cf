"""A lesson as HTML: formulas as MathML, code in colours, links to other pages of the lab. Nothing of it is a script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import PurePosixPath
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin

from ..authoring.formulas import DOLLARS
from ..authoring.notebook import BEGIN, END
from ..authoring.site.mathml import formula
from ..errors import CourseError
from ..web.code import coloured
from .views import views

_LINK = re.compile(r"(?:\.\./)?[a-z0-9_/]+\.md(#.*)?")


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "highlight": _highlighted}).enable(["table", "strikethrough"])
    made.use(dollarmath_plugin, renderer=_formula, **DOLLARS)
    made.add_render_rule("image", _pictured)
    return made


def _pictured(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    """Return a picture with its dark version beside it; where there is none, the server gives the light one."""
    light = self.image(tokens, index, options, env)
    stem, point, ending = str(tokens[index].attrs.get("src", "")).rpartition(".")
    dark = Markup('<source srcset="{}" media="(prefers-color-scheme: dark)">').format(f"{stem}_dark{point}{ending}")
    return f"<picture>{dark}{light}</picture>"


def _formula(latex: str, how: dict[str, Any]) -> str:
    block = bool(how.get("display_mode"))
    try:
        markup = formula(latex, "block" if block else "inline")
    except CourseError:  # what is written can still be read
        return str(Markup("<code>{}</code>").format(latex))
    return f'<div class="formula" tabindex="0">{markup}</div>' if block else markup


def _highlighted(code: str, language: str, _: str) -> str:
    return coloured(code, language or "text")


@lru_cache(maxsize=64)
def lesson_html(markdown: str, section: str, root: str) -> Markup:
    """Return a lesson's Markdown as HTML.

    Args:
        section: that it stands in: its links and pictures are relative to that.
        root: the way from the page to the lab's root, as "../".
    """
    tokens = _markdown().parse(markdown)
    for token in tokens:
        for child in token.children or ():
            _placed(child, section, root)
    return Markup(_markdown().renderer.render(tokens, _markdown().options, {}))


def _placed(token: Token, section: str, root: str) -> None:
    """Let links lead to pages of the lab, and pictures come from the course."""
    if token.type == "image":
        token.attrs["src"] = f"{root}picture/{section}/{token.attrs.get('src', '')}"
        token.attrs["loading"] = "lazy"
    elif token.type == "link_open":
        target = str(token.attrs.get("href", ""))
        if _LINK.fullmatch(target):
            place = PurePosixPath(section) / target.partition("#")[0]
            parts: list[str] = []
            for part in place.parts:
                parts = parts[:-1] if part == ".." else [*parts, part]
            address = "/".join(parts).removesuffix(".md")
            played = next((view.name for view in views().values() if view.address == address), None)
            token.attrs["href"] = f"{root}page/{address}" if played is None else f"{root}{played}/"
        elif "://" in target:
            token.attrs["rel"] = "noreferrer noopener"
            token.attrs["target"] = "_blank"


def reference(solution: str) -> list[tuple[str, str]]:
    """Return the cells of a solution without the marks of the cut: (``text`` or ``code``, what it says)."""
    cells: list[tuple[str, str]] = []
    for piece in re.split(r"^# %%", solution, flags=re.MULTILINE)[1:]:
        head, _, body = piece.partition("\n")
        if "[markdown]" in head:
            text = "\n".join(line.removeprefix("#").removeprefix(" ") for line in body.strip().splitlines())
            cells.append(("text", text))
        else:
            lines = [line for line in body.rstrip().splitlines() if line.strip() not in (BEGIN, END)]
            cells.append(("code", "\n".join(lines).strip("\n")))
    return [cell for cell in cells if cell[1].strip()]
