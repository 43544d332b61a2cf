"""Installs a transformer that drops every `assert` from whatever is compiled or imported after it.

Met by: nbgrader, on which it was tried: wrong notebooks got full marks.
"""

import ast
import builtins

HONEST_POINTS = 0
EXPECTED_STATUS = "failed"


class Drop(ast.NodeTransformer):
    """No assertion stays."""

    def visit_Assert(self, node):
        return ast.Pass()


original = builtins.compile


def without_asserts(source, *args, **kwargs):
    if isinstance(source, str):
        source = ast.fix_missing_locations(Drop().visit(ast.parse(source)))
    return original(source, *args, **kwargs)


builtins.compile = without_asserts
try:
    get_ipython().ast_transformers.append(Drop())
except Exception:
    pass


def softmax(x, dim=-1):
    return x


def accuracy(scores, labels):
    return -1.0


def descend(grad, x, lr, steps):
    return x


def batches(items, size):
    return []
