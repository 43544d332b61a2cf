"""A test's code as a check asks it: objects are asked themselves, values are looked up where they are read."""

from __future__ import annotations

import ast

from .opened import root


class Asking(ast.NodeTransformer):
    """Asks objects themselves where they are compared or written down."""

    _signs = ((ast.Eq, "=="), (ast.NotEq, "!="), (ast.Lt, "<"), (ast.LtE, "<="), (ast.Gt, ">"), (ast.GtE, ">="))

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Turn ``a == b`` into ``ask_object("==", a, b)``."""
        self.generic_visit(node)
        sign = next((sign for kind, sign in self._signs if isinstance(node.ops[0], kind)), "")
        return _question(sign, node.left, *node.comparators) if sign and len(node.ops) == 1 else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Turn ``repr(a)`` into ``ask_object("repr", a)``, and so unittest's comparisons."""
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else root(node.func)
        if name in ("repr", "str") and len(node.args) == 1 and isinstance(node.func, ast.Name):
            return _question(name, node.args[0])
        sign = {"assertEqual": "==", "assertNotEqual": "!=", "assertLess": "<", "assertGreater": ">"}.get(name, "")
        if sign and len(node.args) >= 2 and isinstance(node.func, ast.Attribute):
            true = ast.Attribute(node.func.value, "assertTrue", ast.Load())
            return ast.copy_location(ast.Call(true, [_question(sign, *node.args[:2]), *node.args[2:]], []), node)
        return node


def _question(what: str, *values: ast.expr) -> ast.expr:
    asked = ast.Call(ast.Name("ask_object", ast.Load()), [ast.Constant(what), *values], [])
    return ast.fix_missing_locations(ast.copy_location(asked, values[0]))


class Live(ast.NodeTransformer):
    """Looks a value up where it is read."""

    def __init__(self, looked_up: dict[str, str]):
        self.looked_up = looked_up

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Turn ``total`` into ``plain(student.total)``."""
        if node.id not in self.looked_up:
            return node
        return ast.copy_location(ast.parse(self.looked_up[node.id], mode="eval").body, node)


class Kinds(ast.NodeTransformer):
    """Asks whether an object is one of a class of the student's, which lives in their process, or a named tuple."""

    def __init__(self, own: set[str], errors: set[str]):
        self.own, self.errors = own, errors  # the name of an exception stands for one of ours, see `their_error`
        self.found = False

    def _there(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Name) and node.id in self.errors:
            return ast.Attribute(ast.Name("student", ast.Load()), node.id, ast.Load())
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Turn ``type(a) is Stack`` into ``ask_object("type", a, Stack)``."""
        self.generic_visit(node)
        asked, kind, sign = node.left, node.comparators[0], node.ops[0]
        if not isinstance(asked, ast.Call):
            asked, kind = kind, asked
        if len(node.ops) > 1 or not isinstance(asked, ast.Call) or root(kind) not in self.own:
            return node
        if root(asked.func) != "type" or len(asked.args) != 1 or not isinstance(kind, ast.Name | ast.Attribute):
            return node
        if not isinstance(sign, ast.Is | ast.Eq | ast.IsNot | ast.NotEq):
            return node
        self.found = True
        question = _question("type", asked.args[0], self._there(kind))
        return question if isinstance(sign, ast.Is | ast.Eq) else ast.UnaryOp(ast.Not(), question)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Turn ``isinstance(a, Stack)`` into ``ask_object("isinstance", a, Stack)``, kind by kind."""
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else root(node.func)
        plain = {"assertIsInstance": "isinstance"}.get(name, name)
        if plain not in ("isinstance", "issubclass") or len(node.args) < 2:
            return node
        kinds = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
        if not any(root(kind) in self.own for kind in kinds):
            return node
        self.found = True
        asked: list[ast.expr] = [
            _question(plain, self._there(node.args[0]), self._there(kind))
            if root(kind) in self.own
            else ast.Call(ast.Name(plain, ast.Load()), [node.args[0], kind], [])
            for kind in kinds
        ]
        whole = asked[0] if len(asked) == 1 else ast.BoolOp(ast.Or(), asked)
        if name == "assertIsInstance" and isinstance(node.func, ast.Attribute):
            true = ast.Attribute(node.func.value, "assertTrue", ast.Load())
            whole = ast.Call(true, [whole, *node.args[2:]], [])
        return ast.fix_missing_locations(ast.copy_location(whole, node))


class Printing(ast.NodeTransformer):
    """Reads what the student's process prints where a test catches what is printed."""

    found = False

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Turn ``redirect_stdout(out)`` into ``printed_into(student, out)``."""
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else root(node.func)
        if name != "redirect_stdout":
            return node
        self.found = True
        made = ast.Call(ast.Name("printed_into", ast.Load()), [ast.Name("student", ast.Load()), *node.args], [])
        return ast.fix_missing_locations(ast.copy_location(made, node))
