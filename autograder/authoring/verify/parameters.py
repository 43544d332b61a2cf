"""What checks ask pytest for: the student's module, and nothing that nobody gives them."""

from __future__ import annotations

import ast
from pathlib import Path

from ...course.texts import read_python
from ...text import similar_name

GIVEN = ("student", "data")  #: what a check may have as a parameter
_PYTESTS = {
    "request", "tmp_path", "tmp_path_factory", "tmpdir", "monkeypatch", "capsys", "capfd", "caplog", "recwarn",
    "pytestconfig", "record_property", "subtests",
}  # fmt: skip


def strange_parameters(path: Path) -> list[str]:
    """Return which parameters of checks are no fixture: none of ours, of the file's own or of pytest's."""
    body = ast.parse(read_python(path, "")).body
    own = {node.name for node in body if isinstance(node, ast.FunctionDef) and not node.name.startswith("test_")}
    own |= {a.asname or a.name for n in body if isinstance(n, ast.Import | ast.ImportFrom) for a in n.names}
    found = []
    for node in body:
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
            continue
        written = {
            name.strip()
            for decorator in node.decorator_list
            for part in ast.walk(decorator)
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
            for name in part.value.split(",")
        }
        plain = node.args.posonlyargs + node.args.args
        needed = plain[: len(plain) - len(node.args.defaults)]
        for name in (one.arg for one in needed if one.arg not in {*GIVEN, *_PYTESTS, *own, *written}):
            near = similar_name(name, GIVEN)
            advice = f"did you mean {near}?" if near else "a check gets student, and data where its page names some"
            found.append(f"{path}, line {node.lineno}: {node.name} wants {name}, which nobody gives it; {advice}")
    return found
