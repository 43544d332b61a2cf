"""One call asks what is promised beside the values, and the failure says which promise broke."""

from __future__ import annotations

import pytest
import torch

from autograder.checking import CheckFailure, assert_contract, assert_gradients, changed_by, layouts, lies_in


def oracle(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    return torch.softmax(x, dim)


def ask(function, **more):
    """All promises of a softmax over the last axis."""
    assert_contract(
        function, oracle, torch.randn(2, 3, dtype=torch.float64), name="logits", shapes=[(1, 3), (0, 3), (2, 1)],
        dtypes=[torch.float32, torch.float16, torch.bfloat16], defaults={"dim": -1}, zero=True, gradients=True, **more,
    )  # fmt: skip


def test_what_is_right_passes():
    """the oracle itself, and other right ways, keep every promise"""
    ask(oracle)
    ask(lambda x, dim=-1: (x - x.amax(dim, keepdim=True)).exp() / (x - x.amax(dim, keepdim=True)).exp().sum(dim, True))


def breaks_layout(x, dim=-1):
    return oracle(x.view(-1).view(x.shape), dim)


def storage_order(x, dim=-1):
    return oracle(torch.as_strided(x, x.shape, torch.empty(x.shape).stride()), dim)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (storage_order, "with a transposed `logits`"),
        (lambda x, dim=-1: oracle(x, dim) if len(x) else oracle(x, dim)[0:0, :2], r"with `logits` of shape \(0, 3\)"),
        (lambda x, dim=-1: oracle(x, dim).squeeze(), r"with `logits` of shape \(1, 3\)"),
        (lambda x, dim=0: oracle(x, dim), "with `dim` left out, where the docstring says -1"),
        (lambda x, dim=-1: oracle(x.double(), dim), "with `logits` in float32"),
        (lambda x, dim=-1: oracle(x, dim).to(torch.promote_types(x.dtype, torch.float32)), "in float16"),
        (lambda x, dim=-1: oracle(x, dim).detach(), "cut off from the computation graph"),
        (lambda x, dim=-1: oracle(x, dim) * (x / x) ** 0 + (0 / x.abs()).nan_to_num(0.0), "zeros|gradient"),
    ],
)
def test_each_promise_is_told_by_its_own_words(function, said):
    """what breaks one promise fails with the words of that promise"""
    torch.manual_seed(0)
    with pytest.raises(CheckFailure) as failure:
        ask(function)
    import re

    assert re.search(said, f"{failure.value.about} {failure.value.reason}"), (failure.value.about, failure.value.reason)


@pytest.mark.parametrize("kind", [float, torch.tensor, lambda value: torch.tensor(value, dtype=torch.float64).numpy()])
def test_a_float_of_the_oracle_accepts_any_single_number(kind):
    """where the oracle answers with a Python float, a Python number and a tensor of shape () are both right"""
    x = torch.randn(2, 3, dtype=torch.float64)
    assert_contract(lambda x: kind(x.mean().item()), lambda x: x.mean().item(), x, rtol=1e-6)
    with pytest.raises(CheckFailure):
        assert_contract(lambda x: x.mean().reshape(1), lambda x: x.mean().item(), x)


def test_an_error_is_the_students():
    """what a function raises on a promised input is raised through"""
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        ask(breaks_layout)


def test_every_layout_has_the_shape_and_most_the_values():
    """other memory, the same tensor"""
    x = torch.arange(6.0).reshape(2, 3)
    found = dict(layouts(x))
    assert all(other.shape == x.shape for other in found.values())
    for kind in ("a transposed", "a strided", "a sliced"):
        assert torch.equal(found[kind], x), kind
    assert not found["a transposed"].is_contiguous()
    assert found["a sliced"].storage_offset() == 3
    assert found["an expanded"].stride(0) == 0
    assert [kind for kind, _ in layouts(torch.zeros(()))] == []


def test_a_constant_needs_no_graph():
    """where the oracle's gradient is zero everywhere a result without a graph passes, elsewhere it does not"""

    def relu(x):
        return torch.stack([v if v > 0 else torch.zeros_like(v) for v in x])

    left, mixed = torch.tensor([-1.0, -2.0], dtype=torch.float64), torch.tensor([-1.0, 2.0], dtype=torch.float64)
    assert_gradients(relu, torch.relu, left)
    assert_gradients(relu, torch.relu, mixed)
    with pytest.raises(CheckFailure, match="cut off"):
        assert_gradients(lambda x: torch.relu(x).detach(), torch.relu, mixed)


def test_each_further_number_is_asked_for():
    """a number that is cut off, rounded or taken for left out fails with that number in its words"""

    def scaled(x, factor=2.0):
        return x * factor

    x = torch.tensor([1.0, 2.0], dtype=torch.float64)
    numbers = {"factor": (0.0, 1 / 3, 40.0)}
    assert_contract(scaled, scaled, x, numbers=numbers)
    for wrong, said in (
        (lambda x, factor=2.0: x * (factor or 2.0), "`factor` = 0"),
        (lambda x, factor=2.0: x * round(factor, 2), "`factor` = 0.333333"),
        (lambda x, factor=2.0: x * min(factor, 10.0), "`factor` = 40"),
    ):
        with pytest.raises(CheckFailure) as failure:
            assert_contract(wrong, scaled, x, numbers=numbers)
        assert said in failure.value.about


@pytest.mark.parametrize(
    ("function", "places"),
    [
        (lambda x, y, scale=1: scale * x, []), (lambda x, y, scale=1: x, [0]),
        (lambda x, y, scale=1: (y[1:], x * scale), [1]),
        (lambda x, y, scale=1: [x.T, y.view(-1)], [0, 1]), (lambda x, y, scale=1: x[:0], []),
    ],
)  # fmt: skip
def test_where_an_answer_lies(function, places):
    """an argument, a view of it, and either of two answers are told; new tensors and empty ones are not"""
    assert lies_in(function, torch.ones(2, 3), torch.ones(4, 3), scale=2) == places


def test_a_look_at_a_model_that_thaws_it_is_seen():
    """what required no gradient beforehand requires none afterwards, and the model is as it came"""
    model = torch.nn.Linear(2, 1)

    def thaws(model):
        model.requires_grad_(False)
        model.requires_grad_(True)

    assert changed_by(thaws, model) == ["requires_grad"]
    assert changed_by(lambda model: model.eval(), model) == ["training mode"]
    assert all(p.requires_grad for p in model.parameters())
