"""Run a source so that what fails in it, or does not end, costs nothing above or below it.

A whole cell is run as Python runs it. Only where a statement raises is the rest run after it, as the cells of a
notebook are; only where one did not end the last time is it left out.
"""

from __future__ import annotations
import __future__

import ast
import asyncio
import functools
import inspect
import operator
from collections.abc import Collection
from itertools import islice
from types import CodeType, TracebackType
from typing import Any

MAX_FAILURES = 50  #: of one cell; whoever has more is left alone
_FUTURES = functools.reduce(operator.or_, (getattr(__future__, n).compiler_flag for n in __future__.all_feature_names))


def run_cell(
    text: str, shown: str, names: dict[str, Any], left_out: Collection[int] = (), *, awaits: bool = False
) -> list[BaseException]:
    """Run a cell in `names`; return what its statements raised, in order.

    Args:
        shown: what tracebacks call its file.
        left_out: first lines of top-level statements that are not run.
        awaits: `await` may stand outside of a function, as in a notebook.
    """
    awaiting = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if awaits else 0
    failures: list[BaseException] = []
    try:
        code: CodeType | None = compile(text, shown, "exec", awaiting, dont_inherit=True)
        flags = awaiting | (code.co_flags & _FUTURES if code is not None else 0)
        body = ast.parse(text, shown).body if left_out else []
        if left_out:
            body = [statement for statement in body if _start(statement)[0] not in left_out]
            code = _compiled(body, shown, flags)
    except BaseException as error:
        return [error]
    while code is not None and len(failures) < MAX_FAILURES:
        try:
            if code.co_flags & inspect.CO_COROUTINE:
                asyncio.run(eval(code, names))
            else:
                exec(code, names)
            return failures
        except BaseException as error:
            failures.append(error)
            if not body:
                body = ast.parse(text, shown).body
            body = _after(body, error.__traceback__, code)
            code = _compiled(body, shown, flags) if body else None
    return failures


def _compiled(body: list[ast.stmt], shown: str, flags: int) -> CodeType:
    made: CodeType = compile(ast.Module(body, []), shown, "exec", flags, dont_inherit=True)
    return made


def _start(statement: ast.stmt) -> tuple[int, int]:
    """Return (line, column) where a statement begins, its decorators included."""
    decorators = getattr(statement, "decorator_list", [])
    return min((node.lineno, node.col_offset) for node in (statement, *decorators))


def _after(body: list[ast.stmt], trace: TracebackType | None, code: CodeType) -> list[ast.stmt]:
    """Return the statements after the one that raised."""
    while trace is not None and trace.tb_frame.f_code is not code:  # of a coroutine it is further down
        trace = trace.tb_next
    if trace is None:  # it did not come as far as the first
        return []
    line, _, column, _ = next(islice(code.co_positions(), trace.tb_lasti // 2, None), (None,) * 4)
    place = (line or trace.tb_lineno, column or 0)
    begun = [index for index, statement in enumerate(body) if _start(statement) <= place]
    return body[begun[-1] + 1 :] if begun else body
