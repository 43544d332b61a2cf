"""Small automatic mistakes in a solution: where they are made, what they are, how they are named."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from autograder.authoring.build import BEGIN, END
from autograder.authoring.mutate import Mutant, mutants, mutants_of_variant, sample
from autograder.course.catalogue import Rewrite
from tests.helpers import SOLUTION


def solution(body, before="", after=""):
    """A solution whose marked region is this body."""
    lines = "\n".join("    " + line for line in body.splitlines())
    return f"import torch\n{before}\n\ndef f(x, y=1):\n    {BEGIN}\n{lines}\n    {END}\n{after}"


def bodies(text):
    """The mutated bodies of f, as text."""
    found = []
    for mutant in mutants(text):
        (f,) = [n for n in ast.parse(mutant.source).body if isinstance(n, ast.FunctionDef) and n.name == "f"]
        found.append("\n".join(ast.unparse(node) for node in f.body))
    return found


@pytest.mark.parametrize(
    ("body", "mutated"),
    [
        ("return x + y", "return x - y"),
        ("return x * y", "return x / y"),
        ("return x @ y", "return x * y"),
        ("return x // y", "return x / y"),
        ("return x ** y", "return x * y"),
        ("x += y\nreturn x", "x -= y\nreturn x"),
        ("return x < y", "return x <= y"),
        ("return x == y", "return x != y"),
        ("return x and y", "return x or y"),
        ("return -x", "return +x"),
        ("return not x", "return not not x"),
        ("return x.sum(3)", "return x.sum(4)"),
        ("return f(x, 0.5)", "return f(x, 1.0)"),
        ("return f(x, 0.0)", "return f(x, 1.0)"),
        ("return x.sum(keepdim=True)", "return x.sum(keepdim=False)"),
        ("return x.sum()", "return x.mean()"),
        ("return torch.zeros(x)", "return torch.ones(x)"),
        ("if x:\n    return y\nreturn x", "if not x:\n    return y\nreturn x"),
        ("return x if y else 0", "return x if not y else 0"),
        ("x.add_(y)\nreturn x", "pass\nreturn x"),
        ("x = x * y\nreturn x", "pass\nreturn x"),
        ("for i in x:\n    y += i\nreturn y", "for i in x:\n    pass\nreturn y"),
    ],
)
def test_each_kind_of_mistake_is_made(body, mutated):
    """operators, comparisons, constants, names, conditions and whole lines are each altered"""
    assert mutated in bodies(solution(body))


def test_only_what_students_write_is_mutated():
    """given code outside the markers, and docstrings, stay as they are"""
    text = solution('"""Twice 2 * x."""\nreturn x', before="LIMIT = 2 + 2", after="\n\ndef g(x):\n    return x + 1\n")
    assert mutants(text) == []


def test_the_tiny_solution():
    """the tiny page's one line has its mutants, each named by line, kind and function"""
    found = mutants(SOLUTION)
    line = next(n for n, text in enumerate(SOLUTION.splitlines(), 1) if "return x * factor" in text)
    assert [m.name for m in found] == [
        f"line {line}: 1 becomes 2", f"line {line}: Add becomes Sub", f"line {line}: Mult becomes Div"
    ]  # fmt: skip
    assert {m.owner for m in found} == {"scaled"}


def test_every_mutant_differs_and_compiles():
    """each mutant is valid Python and none is the solution or another mutant"""
    text = solution("a = x + y + 1\nif a > 0 and not x:\n    a -= 2 ** x.sum(0)\nreturn [a, -a, 1.5]")
    found = mutants(text)
    assert len(found) > 15
    for mutant in found:
        compile(mutant.source, mutant.name, "exec")
    trees = {ast.dump(ast.parse(mutant.source)) for mutant in found}
    assert len(trees) == len(found)
    assert ast.dump(ast.parse(text)) not in trees


def test_names_tell_mutants_apart():
    """two mutants of one kind on one line have two names"""
    found = mutants(solution("return x + y + x + y"))
    assert len(found) == 3
    assert len({mutant.name for mutant in found}) == 3


def test_the_same_every_time():
    """mutants come in the same order every time, by line"""
    text = solution("a = x + y\nb = a * 2\nreturn a - b")
    found = mutants(text)
    assert found == mutants(text)
    assert [m.line for m in found] == sorted(m.line for m in found)


def test_the_owner_is_the_definition_around():
    """a method's mutants belong to its class"""
    text = f"class Box:\n    def size(self):\n        {BEGIN}\n        return self.a + 1\n        {END}\n"
    assert {m.owner for m in mutants(text)} == {"Box"}


VARIANT = Rewrite(
    "in two steps", "scaled",
    '''import torch

HALF = 1 / 2


def helper(x):
    return x * HALF


def other(x, factor=2.0):
    """Twice, 3 times."""
    y = factor * x
    return y + 1


scaled = other
''', 1,
)  # fmt: skip


def test_of_a_variant_only_what_stands_for_the_solutions_is_mutated():
    """neither its helpers and constants nor signature and docstring; the mutant's owner is the solution's definition"""
    made = mutants_of_variant(VARIANT, {"scaled"})
    assert {mutant.owner for mutant in made} == {"scaled"}
    assert {mutant.line for mutant in made} == {12, 13}
    assert all("HALF = 1 / 2" in m.source and "return x * HALF" in m.source for m in made)
    assert all("factor=2.0" in m.source and "Twice, 3 times." in m.source for m in made)
    assert any("factor / x" in m.source for m in made)
    assert any("y - 1" in m.source for m in made)
    assert not mutants_of_variant(VARIANT, {"another"})


def test_a_sample_depends_on_the_contents_alone():
    """the same mutants in whatever order; one more elsewhere takes at most one place"""
    made = mutants(SOLUTION.replace("+ 1", "+ 1 - 2 * 3"))
    chosen = sample(made, 3)
    assert len(chosen) == 3
    assert sample(made[::-1], 3) == chosen
    assert len({m.source for m in sample(made[1:], 3)} & {m.source for m in chosen}) >= 2
    assert sample(made, 100) == sample(made, len(made))


def test_a_mutant_of_a_variant_says_so():
    """two variants may have the same mistake in the same line"""
    mutant = Mutant(3, "Add becomes Sub", "f", "")
    assert replace(mutant, variant="a").name == "line 3: Add becomes Sub, of the variant 'a'"
    assert mutant.name == "line 3: Add becomes Sub"
