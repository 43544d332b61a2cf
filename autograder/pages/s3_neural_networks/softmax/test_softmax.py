"""What softmax and its relatives must do. PyTorch is the oracle, in float64."""

import math

import torch

from autograder.checking import (
    after_another,
    assert_contract,
    assert_gradients,
    assert_same,
    assert_scales,
    assert_sizes,
    forbids,
    points,
    require,
    unmodified,
)

PAGE = ("softmax", "log_softmax", "logsumexp", "temperature_softmax", "softmax_jacobian")


#: one row, one column, one number, no row
SIZES = ((1, 3), (3, 1), (1, 1), (0, 3), (4,))


def draw(*shape: int, scale: float = 2.0) -> torch.Tensor:
    """Normal float64 logits of this shape."""
    return scale * torch.randn(*shape, dtype=torch.float64)


@points(1)
def test_by_hand(student):
    """softmax of (0, ln 2, ln 3) is (1/6, 1/3, 1/2), a single logit gives 1, an empty batch stays empty"""
    logits = torch.tensor([0.0, math.log(2), math.log(3)], dtype=torch.float64)
    assert_same(student.softmax(logits), torch.tensor([1 / 6, 1 / 3, 1 / 2], dtype=torch.float64))
    logits = draw(2, 3, scale=3.0)
    assert_same(student.softmax(logits), torch.softmax(logits, -1))
    assert_same(
        student.softmax(torch.tensor([[5.0], [-7.0]], dtype=torch.float64)), torch.ones(2, 1, dtype=torch.float64)
    )
    assert_same(student.softmax(torch.zeros(0, 3, dtype=torch.float64)), torch.zeros(0, 3, dtype=torch.float64))


@points(1)
def test_every_dim(student):
    """the result sums to one along `dim`, for every dim of a (2, 3, 4) tensor, counted from either end"""
    logits = draw(2, 3, 4)
    for dim in (0, 1, 2, -1, -2, -3):
        assert_same(student.softmax(logits, dim=dim), torch.softmax(logits, dim))


@points(1)
def test_mixed_scales(student):
    """rows of very different size each keep their own maximum"""
    logits = torch.tensor([[0.0, 1.0], [1000.0, 1001.0], [-1000.0, -1001.0]], dtype=torch.float64)
    assert_same(student.softmax(logits, dim=1), torch.softmax(logits, 1))
    far = torch.tensor([[0.0, -300.0, 300.0]], dtype=torch.float64)
    assert_same(student.softmax(far, dim=1), torch.softmax(far, 1))
    at_the_edge(student.softmax, torch.softmax)


def at_the_edge(function, oracle):
    """Rows whose exponentials the dtype just holds, but not their sum; and rows at the other end."""
    for dtype, edge in ((torch.float32, 88.0), (torch.float64, 709.0)):
        rows = edge - torch.rand(2, 40, dtype=dtype)
        for logits in (rows, -rows):
            assert_same(function(logits, 1), oracle(logits, 1), about=f"logits around {logits[0, 0]:.0f}")


@points(1)
def test_masked_entries(student):
    """a logit of -inf has probability exactly 0 and leaves the others what they are without it"""
    logits = torch.tensor([[0.5, -math.inf, 1.0], [-math.inf, 2.0, -800.0]], dtype=torch.float64)
    far = torch.tensor([[-1e6, -math.inf, -math.inf], [-math.inf, -3e12, -math.inf]], dtype=torch.float64)
    for rows in (logits, far, far.float()):
        probability = student.softmax(rows, dim=1)
        assert_same(probability, torch.softmax(rows, 1))
        require(
            bool((probability[rows == -math.inf] == 0).all()),
            "an entry of -inf must get probability exactly 0",
            probability,
        )


@points(1)
def test_gradients(student):
    """gradients flow through softmax and log_softmax, and are right"""
    for shape, dim in (((3,), 0), ((2, 3), 1), ((2, 3), 0)):
        assert_gradients(lambda z, d=dim: student.softmax(z, dim=d), lambda z, d=dim: torch.softmax(z, d), draw(*shape))
    assert_gradients(lambda z: student.log_softmax(z, dim=1), lambda z: torch.log_softmax(z, 1), draw(2, 3))
    for name in ("softmax", "log_softmax"):
        agrees(getattr(student, name), getattr(torch, name), draw(2, 3))


def agrees(function, oracle, logits, *given):
    """Sizes, layouts, float32, the dimension left out, equal entries, and every entry far from 0, gradients too."""
    promised = {"name": "logits", "defaults": {"dim": -1}, "gradients": True}
    assert_contract(function, oracle, logits, *given, shapes=SIZES, dtypes=(torch.float32,), zero=True, **promised)
    for shift in (-1000.0, 1000.0):
        assert_contract(function, oracle, logits + shift, *given, layout=False, **promised)
    apart = torch.tensor([[1000.0, 0.0, 998.5], [-1000.0, -998.5, -1001.0]], dtype=torch.float64)
    assert_contract(function, oracle, apart, *given, layout=False, **promised)
    last = {"dim": -1}
    assert_sizes(
        lambda z: function(z, *given), lambda z: oracle(z, *given, **last), lambda n, c: (draw(n, c),), name="logits",
        gradients=True,
    )  # fmt: skip
    many = draw(130, 1000)
    assert_same(function(many, *given), oracle(many, *given, **last), about="of 130 rows with 1000 classes")
    assert_scales(
        lambda z: function(z, *given), lambda z: oracle(z, *given, **last), draw(3, 4), name="logits", powers=(-6, 6)
    )  # fmt: skip


@points(1)
def test_leaves_input_and_dtype_alone(student):
    """the logits stay as they were, float32 stays float32, and a transposed view works"""
    for name in ("softmax", "log_softmax"):
        logits = draw(3, 4).T
        oracle = getattr(torch, name)
        with unmodified(logits):
            result = getattr(student, name)(logits, dim=0)
        assert_same(result, oracle(logits, 0))
        function = getattr(student, name)
        found = student.prop(after_another)(function, [logits], [-logits])
        assert_same(found, oracle(logits, -1), about=f"the answer of {name}, once another was asked")
        small = logits.float()
        assert_same(getattr(student, name)(small, dim=1), oracle(small, 1))


@points(1)
def test_logsumexp(student):
    """logsumexp equals log(sum(exp)), keeps or drops the dimension, and survives logits of 1000"""
    x = draw(2, 3, 4)
    for dim in (0, 1, 2, -1, -2, -3):
        assert_same(student.logsumexp(x, dim=dim), torch.logsumexp(x, dim))
        assert_same(student.logsumexp(x, dim=dim, keepdim=True), torch.logsumexp(x, dim, keepdim=True))
    for shape in ((2, 1, 3), (3, 2, 1), (1, 2, 3), (2, 3, 1, 2)):
        thin = draw(*shape)
        for dim in range(len(shape)):
            assert_same(student.logsumexp(thin, dim=dim), torch.logsumexp(thin, dim))
    far = torch.tensor([[1000.0, 1000.0], [-1000.0, -1001.0], [0.0, 800.0]], dtype=torch.float64)
    assert_same(student.logsumexp(far, dim=1), torch.logsumexp(far, 1))
    assert_gradients(lambda z: student.logsumexp(z, dim=1), lambda z: torch.logsumexp(z, 1), draw(2, 3))
    for keepdim in (False, True):
        agrees(
            lambda z, keepdim=keepdim, **dim: student.logsumexp(z, keepdim=keepdim, **dim),
            lambda z, keepdim=keepdim, **dim: torch.logsumexp(z, keepdim=keepdim, **dim),
            draw(2, 3),
        )
    assert_same(student.logsumexp(x), torch.logsumexp(x, -1), about="with `dim` and `keepdim` left out")
    assert_same(student.logsumexp(x, 1, True), torch.logsumexp(x, 1, True), about="`dim` and `keepdim` by their places")
    at_the_edge(student.logsumexp, torch.logsumexp)


@points(1)
def test_log_softmax(student):
    """log_softmax is the logarithm of softmax along every dim, and exact where the probability underflows"""
    logits = draw(2, 3, 4)
    for dim in (0, 1, 2, -1, -2, -3):
        assert_same(student.log_softmax(logits, dim=dim), torch.log_softmax(logits, dim))
    gap = torch.tensor([[0.0, 200.0], [1000.0, 0.0]], dtype=torch.float32)
    assert_same(student.log_softmax(gap, dim=1), torch.log_softmax(gap, 1))
    at_the_edge(student.log_softmax, torch.log_softmax)


@points(1)
def test_temperature(student):
    """a high temperature flattens, a low one sharpens, 1 changes nothing"""
    logits = draw(2, 3)
    for temperature in (2.0, 0.5, 1.0, 100.0, 1.5):
        assert_same(student.temperature_softmax(logits, temperature), torch.softmax(logits / temperature, -1))
    assert_same(student.temperature_softmax(logits, 3.0, dim=0), torch.softmax(logits / 3.0, 0))
    cold = torch.tensor([[1.0, 2.0, 3.0]], dtype=torch.float64)
    assert_same(student.temperature_softmax(cold, 0.001), torch.tensor([[0.0, 0.0, 1.0]], dtype=torch.float64))
    assert_scales(
        student.temperature_softmax, lambda z, t: torch.softmax(z / t, -1), logits, 0.7, of=(0, 1),
        name="logits and temperature",
    )  # fmt: skip
    agrees(student.temperature_softmax, lambda z, t, dim: torch.softmax(z / t, dim), draw(2, 3), 2.0)
    for dim in (0, 1, -2):
        assert_contract(
            student.temperature_softmax, lambda z, temperature, dim: torch.softmax(z / temperature, dim), draw(2, 3, 4),
            name="logits", layout=False, gradients=True, dim=dim, temperature=2.0,
            numbers={"temperature": (1.0, 1, 1 / 3, 0.03)},
        )  # fmt: skip


@points(1)
def test_jacobian(student):
    """entry [i, j] is the derivative of probability i with respect to logit j"""
    for size in (3, 1, 5):
        logits = draw(size)
        expected = torch.autograd.functional.jacobian(lambda z: torch.softmax(z, 0), logits)
        assert_same(student.softmax_jacobian(logits), expected)
    assert_contract(
        student.softmax_jacobian, true_jacobian, draw(3), name="logits", dtypes=(torch.float32,), zero=True,
        gradients=True,
    )  # fmt: skip
    assert_sizes(student.softmax_jacobian, true_jacobian, lambda c: (draw(c),), name="logits", gradients=True)
    for far in ((1000.0, 999.0, 0.0), (-1000.0, -1001.0, -999.0), (0.0, -30.0, -29.0)):
        logits = torch.tensor(far, dtype=torch.float64)
        assert_same(student.softmax_jacobian(logits), true_jacobian(logits), rtol=1e-3, atol=1e-15)
        assert_same(student.softmax_jacobian(logits), true_jacobian(logits))


def true_jacobian(logits):
    """The matrix, differentiable once more."""
    p = torch.softmax(logits, 0)
    return torch.diag(p) - torch.outer(p, p)


@points(1)
@forbids(
    "torch.softmax", "torch.log_softmax", "torch.logsumexp", "torch.nn.functional.softmax", "torch.special.softmax",
    "torch.nn.functional.log_softmax", "torch.special.log_softmax", "torch.special.logsumexp", "torch.nn.Softmax",
    "torch.nn.LogSoftmax", "*.softmax", "*.log_softmax", "*.logsumexp",
    of=PAGE, operators=("aten._softmax.default", "aten._log_softmax.default", "aten.logsumexp.default"),
)  # fmt: skip
def test_written_by_hand(student):
    """the page's functions are written out, not borrowed from PyTorch"""
    student.softmax(draw(2, 3), dim=1)
    student.logsumexp(draw(2, 3), dim=1)
    student.log_softmax(draw(2, 3), dim=1)
