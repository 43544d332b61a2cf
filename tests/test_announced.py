"""A style rule that costs points stands in the stub of every function that it is about, on every page."""

from __future__ import annotations

import ast
import re

from autograder.course import syllabus
from autograder.course.trees import trees
from autograder.running.pool import collect

ANNOUNCES = re.compile(r"\b(without|not allowed|yourself)\b", re.IGNORECASE)
LIBRARY = re.compile(r"\b(torch|torchvision|numpy)\b", re.IGNORECASE)


def announced(docstring: str, rules: tuple[str, ...]) -> bool:
    """Does a sentence of a docstring say what may not be used: a library's own, or one of the names?"""
    names = {rule.rpartition(".")[2] for rule in rules}
    sentences = re.split(r"(?<=[.:;])\s+(?=[A-Z\n])", docstring)
    return any(
        ANNOUNCES.search(sentence)
        and ("PyTorch" in sentence or LIBRARY.search(sentence) or names & {*re.findall(r"[\w@]+", sentence)})
        for sentence in sentences
    )


def test_every_rule_is_announced():
    """for each function that a check forbids names to: its docstring in the stub says so: many read no more"""
    places = trees()
    course = syllabus.load(places)
    silent: list[str] = []
    rules = 0

    def look(plugin):
        nonlocal rules
        for address, checks in plugin.checks.items():
            stub = ast.parse(places.stub(address).read_text(encoding="utf-8"))
            texts = {
                node.name: ast.get_docstring(node) or ""
                for node in stub.body
                if isinstance(node, (ast.FunctionDef, ast.ClassDef))
            }
            for check in checks:
                rules += bool(check.marks.forbids)
                silent.extend(
                    f"{address}: {name} ({check.name})"
                    for name in (check.marks.of if check.marks.forbids else ())
                    if not announced(texts[name.partition(".")[0]], check.marks.forbids)
                )

    collect(places, list(course.exercises), look)
    assert rules > 15
    assert silent == []


def test_what_an_announcement_is():
    """a sentence that says what may not be used; not one that merely mentions it"""
    rules = ("*.softmax", "torch.nn.Softmax")
    assert announced("Probabilities.\n\nWritten out, without PyTorch's own `softmax`.", rules)
    assert announced("Probabilities, without softmax.", rules)
    assert not announced("What PyTorch calls softmax. A tensor without `dim`.", rules)
