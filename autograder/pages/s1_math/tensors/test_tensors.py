"""What vectors, matrices and shapes must do. PyTorch is the oracle, in float64."""

import math

import torch
from torch.nn import functional as F

from autograder.checking import (
    after_another,
    assert_contract,
    assert_gradients,
    assert_same,
    assert_scales,
    assert_sizes,
    forbids,
    points,
    raises,
    unmodified,
)

F64 = torch.float64
PAGE = ("dot", "norm", "outer", "normalize_rows", "cosine_similarity", "one_hot", "broadcast_shape")


def draw(*shape):
    """Normal float64 values of this shape."""
    return torch.randn(shape, dtype=F64)


def away_from_zero(*shape):
    """The same, but no entry is near 0."""
    x = draw(*shape)
    return x + x.sign()


def cosines(A, B):
    """Every row of A with every row of B."""
    a, b = (rows / torch.linalg.vector_norm(rows, dim=1, keepdim=True) for rows in (A, B))
    return a @ b.T


@points(1)
def test_dot(student):
    """the dot product adds up the products of two vectors of the same size; any other pair raises ValueError"""
    u, v = torch.tensor([1.0, 2.0, 3.0], dtype=F64), torch.tensor([4.0, -5.0, 6.0], dtype=F64)
    assert_same(student.dot(u, v), torch.tensor(12.0, dtype=F64))
    assert_same(student.dot(torch.tensor([2, 3]), torch.tensor([5, 7])), torch.tensor(31))
    for size in (5, 1, 0):
        u, v = draw(size), draw(2 * size)[::2]
        assert_same(student.dot(u, v), torch.dot(u, v))
    far = torch.tensor([1e8 + 0.25, -1e8, 0.5], dtype=F64)  # a float32 would lose the quarter, a float64 the 1 below
    assert_same(student.dot(far, torch.ones_like(far)), torch.tensor(0.75, dtype=F64))
    assert_same(student.dot(torch.tensor([2**53 + 1, 1]), torch.tensor([1, 1])), torch.tensor(2**53 + 2))
    for other in (1, 2):
        u, v = draw(3), draw(other)
        with unmodified(u, v), raises(ValueError):
            student.dot(u, v)


@points(1)
def test_norm(student):
    """norm(v, p) is the p-norm of all entries, for odd p too, for p = inf, and for tensors of any shape"""
    v = torch.tensor([3.0, -4.0], dtype=F64)
    for options, expected in (({}, 5.0), ({"p": 1}, 7.0), ({"p": 3}, 91 ** (1 / 3))):
        assert_same(student.norm(v, **options), torch.tensor(expected, dtype=F64))
    longer = torch.tensor([3.0, -4.0, 1.0], dtype=F64)  # largest entry, largest size and smallest size all differ
    assert_same(student.norm(longer, p=math.inf), torch.tensor(4.0, dtype=F64))
    exact = torch.tensor([1 + 2**-26, 0.0], dtype=F64)  # a float32 would lose the end of it
    assert_same(student.norm(exact), exact[0], rtol=1e-9)
    for p, length in ((2, 5e-8), (1, 7e-8), (math.inf, 4e-8)):
        assert_same(
            student.norm(1e-8 * v, p), torch.tensor(length, dtype=F64), about="of a very short vector", atol=1e-17
        )
    for v, p in (
        (draw(2, 3), 2),
        (draw(2, 2, 3), 2),
        (draw(2, 3, 2), 3),
        (draw(4, 3).T, 3),
        (draw(2, 1, 3), math.inf),
        (draw(), 1),
        (draw(6), 2.5),
    ):
        assert_same(student.norm(v, p), torch.linalg.vector_norm(v, p))
    for p in (2, math.inf):
        assert_same(student.norm(torch.zeros(2), p), torch.tensor(0.0), about="of zeros alone")
    alike = torch.tensor([1.0, -1.0, 1.0], dtype=F64)
    assert_same(student.norm(alike, 120), alike[0] * 3 ** (1 / 120), about="of entries of one size, with p = 120")
    far = {"name": "v", "powers": (-40, 40)}
    assert_scales(student.norm, torch.linalg.vector_norm, away_from_zero(2, 3), **far)
    assert_scales(lambda v: student.norm(v, 3), lambda v: torch.linalg.vector_norm(v, 3), away_from_zero(2, 3), **far)
    assert_contract(
        student.norm, torch.linalg.vector_norm, away_from_zero(2, 3), name="v", shapes=[(1,), (2, 1), (1, 3), ()],
        draw=lambda shape, dtype: away_from_zero(*shape), gradients=True,
    )  # fmt: skip
    assert_contract(
        student.norm, lambda v, p=2.0: torch.linalg.vector_norm(v, p), away_from_zero(2, 3), name="v", layout=False, gradients=True,
        numbers={"p": (1.0, 4 / 3, 2.25, 40.0, 120.0)},
    )  # fmt: skip
    for v in (away_from_zero(1), away_from_zero(), torch.tensor([[-3.0, 2.0], [1.0, 0.0]], dtype=F64)):
        assert_gradients(
            lambda v: student.norm(v, math.inf), lambda v: torch.linalg.vector_norm(v, math.inf), v,
            about="with p = inf",
        )  # fmt: skip


@points(1)
def test_outer(student):
    """entry [i, j] of the outer product is u[i] * v[j], for integers too"""
    u, v = torch.tensor([1.0, 2.0, 3.0], dtype=F64), torch.tensor([10.0, 20.0], dtype=F64)
    expected = torch.tensor([[10.0, 20.0], [20.0, 40.0], [30.0, 60.0]], dtype=F64)
    assert_same(student.outer(u, v), expected)
    whole = torch.tensor([2, 2**53 + 1]), torch.tensor([5, 7, 9])
    for u, v in (
        (draw(3), draw(3)),
        (draw(3), draw(3)),
        (draw(8)[::2], draw(1)),
        (draw(1), draw(6)[::2]),
        (draw(40), draw(30)),
        whole,
    ):
        assert_same(student.outer(u, v), torch.outer(u, v))
    for dtype in (torch.int32, torch.int16, torch.uint8):
        u, v = torch.tensor([2, 3], dtype=dtype), torch.tensor([4, 5, 6], dtype=dtype)
        assert_same(student.outer(u, v), torch.outer(u, v))


@points(1)
def test_normalize_rows(student):
    """every row is divided by its own norm, in a square matrix as in any other"""
    X = torch.tensor([[3.0, 4.0], [0.0, 2.0]], dtype=F64)
    assert_same(student.normalize_rows(X), torch.tensor([[0.6, 0.8], [0.0, 1.0]], dtype=F64))
    for X in (draw(3, 3), draw(2, 4), draw(3, 2).T, away_from_zero(3, 1), draw(40, 3)):
        assert_same(student.normalize_rows(X), F.normalize(X, dim=1))
    assert_scales(student.normalize_rows, lambda X: F.normalize(X, dim=1), away_from_zero(3, 2), name="X")


@points(1)
def test_zero_rows(student):
    """a row of zeros stays zero and has similarity 0 with every row; a row shorter than eps is divided by eps"""
    X = torch.tensor([[0.0, 0.0, 0.0], [3.0, 0.0, 4.0]], dtype=F64)
    assert_same(student.normalize_rows(X), torch.tensor([[0.0, 0.0, 0.0], [0.6, 0.0, 0.8]], dtype=F64))
    B = torch.tensor([[0.0, 0.0, 2.0], [0.0, 0.0, 0.0]], dtype=F64)
    assert_same(student.cosine_similarity(X, B), torch.tensor([[0.0, 0.0], [0.8, 0.0]], dtype=F64))
    assert_same(student.normalize_rows(X[:1]), X[:1], about="of a table that is one row of zeros")
    short = torch.tensor([[0.03, 0.04], [3.0, 4.0]], dtype=F64)
    assert_same(
        student.normalize_rows(short, eps=0.1), torch.tensor([[0.3, 0.4], [0.6, 0.8]], dtype=F64)
    )  # fmt: skip
    for eps in (0.1, 0.7, 1e-30):
        rows = torch.tensor([[0.3, 0.4], [30.0, 40.0]], dtype=F64) * eps
        assert_gradients(
            lambda X, e=eps: student.normalize_rows(X, eps=e), lambda X, e=eps: F.normalize(X, dim=1, eps=e), rows,
            about=f"with eps = {eps:g}, and a row that is shorter",
        )  # fmt: skip
    nothing = torch.zeros(1, 2)
    assert_same(student.normalize_rows(nothing, eps=1e-30), nothing, about="float32 zeros, with an eps of 1e-30")
    shorter = torch.tensor([[3e-13, 4e-13], [3.0, 4.0]], dtype=F64)  # eps is 1e-12 where it is left out
    assert_same(student.normalize_rows(shorter), torch.tensor([[0.3, 0.4], [0.6, 0.8]], dtype=F64))


@points(2)
def test_cosine_similarity(student):
    """entry [i, j] is the cosine between row i of A and row j of B, however long the rows are"""
    A = torch.tensor([[1.0, 0.0], [0.0, 3.0]], dtype=F64)
    B = torch.tensor([[3.0, 4.0], [-2.0, 0.0]], dtype=F64)
    assert_same(student.cosine_similarity(A, B), torch.tensor([[0.6, -1.0], [0.8, 0.0]], dtype=F64))
    rows = torch.tensor([[0.6, 0.8], [-0.6, -0.8]], dtype=F64)
    assert_same(
        student.cosine_similarity(rows, rows), rows.new_tensor([[1, -1], [-1, 1]]), rtol=1e-9, about="of parallel rows"
    )
    for n, m, d in ((2, 4, 3), (3, 3, 3), (1, 2, 4), (3, 2, 1)):
        A, B = away_from_zero(n, d), 5 * away_from_zero(d, m).T
        assert_same(student.cosine_similarity(A, B), cosines(A, B))
    A, B = away_from_zero(2, 3), away_from_zero(3, 3)
    for place, name in enumerate("AB"):
        assert_contract(student.cosine_similarity, cosines, A, B, of=place, name=name)
    assert_same(student.cosine_similarity(1e-6 * A, 1e6 * B), cosines(A, B))
    assert_same(student.cosine_similarity(1e-6 * A, 1e-6 * B), cosines(A, B))
    for places, name in (((0,), "A"), ((1,), "B"), ((0, 1), "A")):
        assert_scales(student.cosine_similarity, cosines, A, B, of=places, name=name)


@points(2)
def test_one_hot(student):
    """row i holds a single 1, in column y[i], as int64; labels outside 0 ... C-1 raise ValueError"""
    y = torch.tensor([2, 0, 2])
    expected = torch.tensor([[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 1, 0]])
    assert_same(student.one_hot(y, 4), expected)
    for y, count in ((torch.randint(5, (6,)), 5), (torch.tensor([0, 0]), 1), (torch.zeros(0, dtype=torch.int64), 3)):
        assert_same(student.one_hot(y, count), F.one_hot(y, count))
    for labels in ([0, 1, 2], [2, 2, 0]):  # of one shape: each has its own answer
        y = torch.tensor(labels)
        assert_same(student.one_hot(y, 3), F.one_hot(y, 3))
    for labels in ([0, 3, 1], [0, -1, 1], [3], [-1], [0, 1, 2, 0, 1, 7]):
        y = torch.tensor(labels)
        with unmodified(y), raises(ValueError):
            student.one_hot(y, 3)
    assert_sizes(student.one_hot, F.one_hot, lambda n, c: (torch.randint(c, (n,)), c), name="y")


def assert_shape(actual, *shapes):
    """The shape is what PyTorch makes of them."""
    expected = tuple(torch.broadcast_tensors(*map(torch.empty, shapes))[0].shape)
    assert_same(tuple(actual) if isinstance(actual, tuple) else actual, expected)  # torch.Size is a tuple


@points(1)
def test_broadcast_shape(student):
    """shapes are lined up at their ends, missing sizes count as 1, and a 1 is stretched to the size opposite"""
    for a, b in (
        ((3, 1), (1, 4)), ((2, 1), (2,)), ((2, 3), (3,)), ((4,), (5, 1)), ((), (2,)), ((), ()), ((3,), (3,)),
        ((8, 1, 6, 1), (7, 1, 5)), ((1,), (2, 1, 3)), ((1, 2), (0, 1)), ((0,), (1,)), ((2, 0), (0,)),
        ((2, 1, 1, 3, 1, 1, 2, 1), (4, 1, 1, 3, 1, 2)), ((1, 2, 1, 1, 1, 2), (3, 1, 2, 1, 1, 4, 1)),
    ):  # fmt: skip
        assert_shape(student.broadcast_shape(a, b), a, b)


@points(1)
def test_shapes_that_do_not_fit(student):
    """two sizes that differ, neither of them 1, raise ValueError, also where one divides the other or is 0"""
    for a, b in (
        ((3,), (4,)),
        ((2, 3), (2,)),
        ((4,), (2,)),
        ((5, 2, 1), (3, 1, 4)),
        ((0,), (2,)),
        ((2, 1, 1, 1, 1, 1, 1), (3, 1, 1, 1, 1, 1, 1)),
    ):
        with raises(ValueError):
            student.broadcast_shape(a, b)


@points(1)
def test_gradients(student):
    """gradients flow through the products, the norms and the similarity, and are right"""
    assert_gradients(student.dot, torch.dot, draw(3), draw(3))
    assert_gradients(student.outer, torch.outer, draw(2), draw(3))
    for p in (2, 3, 1, 2.5, math.inf):
        assert_gradients(
            lambda v, p=p: student.norm(v, p), lambda v, p=p: torch.linalg.vector_norm(v, p), away_from_zero(2, 2)
        )
    for n in (2, 1):
        assert_gradients(student.normalize_rows, lambda X: F.normalize(X, dim=1), away_from_zero(n, 3))
        assert_gradients(student.cosine_similarity, cosines, away_from_zero(n, 3), away_from_zero(3, 3))
        assert_gradients(student.cosine_similarity, cosines, away_from_zero(3, 3), away_from_zero(n, 3))
        assert_gradients(student.outer, torch.outer, draw(n), draw(3))
        assert_gradients(student.outer, torch.outer, draw(3), draw(n))
        assert_gradients(student.dot, torch.dot, draw(n), draw(n))
    assert_sizes(student.dot, torch.dot, lambda n: (draw(n), draw(n)), name="u", gradients=True)
    assert_sizes(student.outer, torch.outer, lambda n, m: (draw(n), draw(m)), name="u", gradients=True)
    assert_sizes(
        student.norm, torch.linalg.vector_norm, lambda n, d: (away_from_zero(n, d),), name="v", gradients=True
    )  # fmt: skip
    assert_sizes(
        student.normalize_rows, lambda X: F.normalize(X, dim=1), lambda n, d: (away_from_zero(n, d),), name="X",
        gradients=True,
    )  # fmt: skip
    assert_sizes(
        student.cosine_similarity, cosines, lambda n, m, d: (away_from_zero(n, d), away_from_zero(m, d)), name="A",
        gradients=True,
    )  # fmt: skip


@points(1)
def test_leaves_inputs_and_dtype_alone(student):
    """no function writes into its inputs, and float32 stays float32"""
    v, X, y = draw(3), draw(3, 2).T, torch.tensor([1, 0, 2])
    for name, inputs in (
        ("dot", (v, v.flip(0))), ("norm", (v,)), ("outer", (v, v.flip(0))), ("normalize_rows", (X,)),
        ("cosine_similarity", (X, X.flip(0))), ("one_hot", (y, 3)),
    ):  # fmt: skip
        with unmodified(*(x for x in inputs if isinstance(x, torch.Tensor))):
            getattr(student, name)(*inputs)
    one_after_the_other(student, v, X)
    u, v, X = draw(3).float(), draw(2).float(), draw(2, 3).float()
    with unmodified(u, v, X):
        assert_same(student.dot(u, u.flip(0)), torch.dot(u, u.flip(0)))
        assert_same(student.norm(u), torch.linalg.vector_norm(u))
        assert_same(student.outer(u, v), torch.outer(u, v))
        assert_same(student.normalize_rows(X), F.normalize(X, dim=1))
        assert_same(student.cosine_similarity(X, X[:1]), cosines(X, X[:1]))


def one_after_the_other(student, v, X):
    """What a call gave is still so once another was asked, of the same shapes."""
    y = torch.tensor([1, 0, 2])
    for name, oracle, first, second in (
        ("dot", torch.dot, (v, v), (v, -v)), ("norm", torch.linalg.vector_norm, (v,), (3 * v,)),
        ("outer", torch.outer, (v, v), (v, -v)), ("normalize_rows", lambda X: F.normalize(X, dim=1), (X,), (-X,)),
        ("cosine_similarity", cosines, (X, X), (X, -X)), ("one_hot", F.one_hot, (y, 3), (y.flip(0), 3)),
    ):  # fmt: skip
        function = getattr(student, name)
        found = student.prop(after_another)(function, first, second)
        assert_same(found, oracle(*first), about=f"the answer of {name}, once another was asked")


@points(1)
@forbids(
    "*.dot", "*.vdot", "*.inner", "*.outer", "*.ger", "*.norm", "*.vector_norm", "*.matrix_norm", "*.normalize",
    "*.cosine_similarity", "*.one_hot", "*.broadcast_shapes", "*.broadcast_tensors", "*.cdist",
    of=PAGE,
)  # fmt: skip
def test_written_by_hand(student):
    """the page's functions are written out, not borrowed from PyTorch"""
    v, X = torch.ones(2, dtype=F64), torch.ones(2, 2, dtype=F64)
    inputs = ((v, v), (v,), (v, v), (X,), (X, X), (torch.tensor([0]), 1), ((2,), (1,)))
    for name, values in zip(PAGE, inputs, strict=True):
        getattr(student, name)(*values)
