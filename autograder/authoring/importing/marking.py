"""Solutions that mark what students write in other ways, or not at all: as regions of ours."""

from __future__ import annotations

import ast
import re

from .constants import is_constant
from .notebooks import BEGIN, END, with_regions

_LINE = re.compile(r"^(\s*)(.*?)\s*#\s*SOLUTION\s*$")


def marked(source: str) -> str:
    """Return a source with its regions marked: as it marks them, else the bodies of all that it defines."""
    source = with_regions(source, whole=False)
    lines = []
    for line in source.splitlines():
        match = _LINE.match(line)
        if match and match[2]:  # otter's mark at the end of a line
            lines += [match[1] + BEGIN, match[1] + match[2], match[1] + END]
        elif re.match(r"^\s*#\s*(BEGIN|END) (PROMPT|QUESTION|TESTS?)\b", line):
            continue
        else:
            lines.append(line)
    text = "\n".join(lines)
    return text if BEGIN in text else _bodies(text)


def _bodies(source: str) -> str:
    """Return a source with the body of every function, and every value at its top but constants, as a region."""
    lines = source.splitlines()
    regions: list[tuple[int, int]] = []

    def visit(nodes: list[ast.stmt], top: bool) -> None:
        for node in nodes:
            if isinstance(node, ast.ClassDef):
                visit(node.body, False)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) is not None else node.body
                if body and body[0].lineno > node.lineno:
                    regions.append((body[0].lineno, body[-1].end_lineno or body[-1].lineno))
            elif top and isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and not is_constant(node):
                regions.append((node.lineno, node.end_lineno or node.lineno))

    visit(ast.parse(source).body, True)
    for first, last in reversed(regions):
        line = lines[first - 1]
        indent = line[: len(line) - len(line.lstrip())]
        lines[first - 1 : last] = [indent + BEGIN, *lines[first - 1 : last], indent + END]
    return "\n".join(lines)
