"""Traces as bytes and back."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.judging.answers import same_answer, same_question
from autograder.judging.check import Trace
from autograder.judging.kept_traces import packed, unpacked
from autograder.sandbox.host.record import Call, Large, Named

LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4), st.binary(max_size=4),
    st.builds(Named, st.text(max_size=4)),
    st.just(Large((200, 200), torch.float32, 0.5, -1.0)),
    st.lists(st.floats(width=32), max_size=3).map(torch.tensor),
    st.just(torch.zeros(3, 2, dtype=torch.bfloat16).T), st.just(torch.float16),
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3), inner),
)  # fmt: skip
CALLS = st.builds(
    Call, st.sampled_from("fg"), st.sampled_from("fg"), st.tuples(VALUES), st.dictionaries(st.text(max_size=3), VALUES),
    st.tuples(st.just("value"), VALUES, st.booleans()) | st.just(("error", "ValueError", "no")),
    ours=st.booleans(), final=VALUES, read=st.booleans(),
)  # fmt: skip


@given(st.lists(CALLS, max_size=3), st.booleans(), st.booleans(), st.text(max_size=5), st.integers(-1, 3))
def test_a_trace_comes_back_as_it_was(calls, passed, trouble, said, place):
    """every call with its question and answer; the blamed one is the very call of the trace, or one apart from it"""
    apart = Call("h", "h", (1.0,), {})
    blamed = calls[place] if 0 <= place < len(calls) else apart if place == 3 else None
    raw = packed(Trace(calls, passed, trouble, blamed=blamed, said=said))
    assert raw is not None
    back = unpacked(raw)
    assert (back.passed, back.trouble, back.said, len(back.calls)) == (passed, trouble, said, len(calls))
    for was, now in zip(calls, back.calls, strict=True):
        assert same_question(was, now)
        assert same_answer(was, now)
        assert (was.root, was.label, was.ours, was.read) == (now.root, now.label, now.ours, now.read)
        assert repr(was.final) == repr(now.final)
    if blamed is None:
        assert back.blamed is None
    elif blamed is apart:
        assert (back.blamed.label, back.blamed.args, back.blamed in back.calls) == ("h", (1.0,), False)
    else:
        assert [now is back.blamed for now in back.calls] == [was is blamed for was in calls]


def test_what_holds_an_object_cannot_be_kept():
    """a trace with something that is no value has no bytes"""
    assert packed(Trace([Call("f", "f", (object(),), {})])) is None
