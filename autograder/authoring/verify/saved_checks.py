"""Which checks a save left as they were: of those it is known how the page's sources ended in them."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping


def keys_of_checks(text: str) -> dict[str, str]:
    """Hash each check of a file, with all of the file that is no check: it may use any of that.

    A check that something else names is no check of its own here. Of a file that is no Python nothing is known.
    """
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return {}
    checks = [one for one in body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")]
    named = [node.id for one in body for node in ast.walk(one) if isinstance(node, ast.Name)]
    alone = {one.name: one for one in checks if one.name not in named}
    if len(alone) + len({one.name for one in checks} - {*alone}) < len(checks):  # two of one name: the last one counts
        return {}
    rest = "\n".join(ast.dump(one) for one in body if one not in alone.values())
    return {name: hashlib.sha256(f"{rest}\0{ast.dump(one)}".encode()).hexdigest() for name, one in alone.items()}


def as_they_were(before: Mapping[str, str], now: Mapping[str, str]) -> frozenset[str]:
    """Return the functions that are checks before and now, and the same."""
    return frozenset(name for name, key in now.items() if before.get(name) == key)


def function_of(check: str) -> str:
    """Return the function of a check, which may be one of several that pytest makes of it."""
    return check.partition("[")[0]
