"""Code in colours, as spans with pygments' class names: what it says is escaped, and nothing of it is markup."""

from __future__ import annotations

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer, TextLexer


def coloured(code: str, language: str = "python") -> Markup:
    """Return code in a ``pre``."""
    lexer = PythonLexer() if language in ("python", "py") else TextLexer()
    inside = highlight(code, lexer, HtmlFormatter(nowrap=True))
    return Markup(f'<pre class="code" tabindex="0"><code>{inside}</code></pre>')


def coloured_lines(code: str) -> list[Markup]:
    """Return each line of Python code by itself, as many as `code` has; spans end with their line."""
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    inside = highlight(code, lexer, HtmlFormatter(nowrap=True)).split("\n")
    lines = code.split("\n")
    return [Markup(inside[n]) if n < len(inside) else Markup("") for n in range(len(lines))]
