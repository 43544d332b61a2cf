"""What was found out about traces is found out once for the very same ones, and forgotten in time."""

from __future__ import annotations

from autograder.judging.by_traces import ByTraces
from autograder.judging.check import Trace


def test_found_once_for_the_same_traces():
    """the same traces of the same page have the same; equal ones, another page's and fewer are asked about anew"""
    asked = []
    known = ByTraces(10)
    traces = {"test_a": Trace(), "test_b": Trace(passed=True)}

    def find(address, given):
        return known.find(address, given, lambda: asked.append(address) or len(asked))

    assert [find("one/page", traces), find("one/page", dict(traces))] == [1, 1]
    assert find("one/other", traces) == 2
    assert find("one/page", {"test_a": Trace(), "test_b": Trace(passed=True)}) == 3
    assert find("one/page", {"test_a": traces["test_a"]}) == 4
    assert find("one/page", traces) == 1


def test_what_nobody_asked_for_the_longest_is_forgotten():
    """no more exams are remembered than it may, and the last that was asked for stays"""
    known = ByTraces(2)
    one, two, three = ({"test": Trace()} for _ in range(3))
    assert [known.find("p", given, lambda: object()) is not None for given in (one, two)] == [True, True]
    first = known.find("p", one, lambda: "new")
    known.find("p", three, lambda: "third")
    assert known.find("p", one, lambda: "new") is first
    assert known.find("p", two, lambda: "again") == "again"
