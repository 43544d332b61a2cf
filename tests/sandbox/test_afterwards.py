"""What a call left of its arguments: what was seen counts, what is said fills in the rest."""

from __future__ import annotations

import pytest
import torch

from autograder.sandbox.wire.afterwards import merged


def test_what_is_seen_counts_and_the_rest_is_as_said():
    """a tensor that was seen to be altered is as it was seen, whatever is said of it; a list beside it is as is said"""
    x, now, inside = torch.ones(2), torch.zeros(2), torch.ones(1)
    mine = ((x, [1, 2], [inside]), {"k": {"a": 1}})
    said = ((torch.ones(2), [9], [torch.full((1,), 5.0)]), {"k": {}})
    args, kwargs = merged(mine, said, {id(x): now, id(inside): torch.full((1,), 7.0)})
    assert args[0] is now
    assert args[1] == [9]
    assert [float(t) for t in args[2]] == [7.0]
    assert kwargs == {"k": {}}
    assert (mine[0][1], mine[1]) == ([1, 2], {"k": {"a": 1}})


@pytest.mark.parametrize("said", [None, 3, (), ((), {}), ([torch.ones(2)], {}), ((torch.ones(2),), [])])
def test_a_lie_about_the_form_hides_nothing(said):
    """where what is said has another form than the arguments, all is as it was seen"""
    x, now = torch.ones(2), torch.zeros(2)
    args, kwargs = merged(((x,), {"l": [1]}), said, {id(x): now})
    assert args[0] is now
    assert kwargs == {"l": [1]}
