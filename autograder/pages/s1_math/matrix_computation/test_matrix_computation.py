"""What the puzzles must give. The oracle is the function of PyTorch that each of them rebuilds."""

import torch

from autograder.checking import (
    after_another,
    assert_contract,
    assert_gradients,
    assert_number,
    assert_same,
    forbids,
    layouts,
    points,
    require,
    unmodified,
)  # fmt: skip

PUZZLES = ("eye", "triu", "cumsum", "diff", "roll", "bincount", "scatter_add", "sequence_mask")


def draw(*shape: int) -> torch.Tensor:
    """Normal float64 values of this shape."""
    return torch.randn(*shape, dtype=torch.float64)


def tensor(*values: float) -> torch.Tensor:
    """A float64 vector of these values."""
    return torch.tensor(values, dtype=torch.float64)


def whole(*values: int) -> torch.Tensor:
    """An int64 vector of these values."""
    return torch.tensor(values, dtype=torch.int64)


# -- oracles ------------------------------------------------------------------------------------------


def true_cumsum(x):
    """The running sum."""
    return torch.cumsum(x, 0)


def true_diff(x):
    """Differences, as if a 0 stood before the first entry."""
    return torch.diff(x, prepend=x.new_zeros(1))


def true_scatter_add(v, idx, n):
    """Each value into its bin."""
    return v.new_zeros(n).index_add(0, idx, v)


def compare_eigen(student, A, lam, v, near=1e-9):
    """The student's eigenvalue and eigenvector of A are these, the vector with either sign."""
    result = student.power_iteration(A)
    pair = isinstance(result, (tuple, list)) and len(result) == 2
    require(pair, "two values were expected: the eigenvalue and the eigenvector", result)
    assert_number(result[0], lam, rtol=near, atol=near, about="the eigenvalue")
    found = result[1]
    flipped = isinstance(found, torch.Tensor) and found.shape == v.shape and bool((found * v).sum() < 0)
    assert_same(found, -v if flipped else v, rtol=0, atol=near, about="the eigenvector")


# -- checks -------------------------------------------------------------------------------------------


@points(1)
def test_eye_and_triu(student):
    """eye has ones where row and column are equal, triu where the row is at or before the column"""
    for n in (3, 1, 0, 6, 40):
        assert_same(student.eye(n), torch.eye(n), dtype=False)
    for n in (3, 1, 0, 6, 40):
        assert_same(student.triu(n), torch.ones(n, n).triu(), dtype=False)


@points(1)
def test_sequence_mask(student):
    """row i of sequence_mask is True in its first lengths[i] places, False in the rest"""
    assert_same(student.sequence_mask(whole(2, 0, 3), 4), torch.tensor(
        [[True, True, False, False], [False] * 4, [True, True, True, False]]))  # fmt: skip
    for n, T in ((4, 4), (1, 3), (5, 1), (3, 6)):
        lengths = torch.randint(T + 2, (n,))
        expected = [[j < length for j in range(T)] for length in lengths.tolist()]
        with unmodified(lengths):
            mask = student.sequence_mask(lengths, T)
        assert_same(mask, torch.tensor(expected, dtype=torch.bool).reshape(n, T))
    long = whole(2**40, 2**31, 1)
    assert_same(student.sequence_mask(long, 2), torch.arange(2) < long[:, None], about="of lengths far above T")
    lengths = whole(300, 44, 257, 299)  # a byte would lose the last three's sizes
    assert_same(student.sequence_mask(lengths, 299), torch.arange(299).expand(4, 299) < lengths[:, None])


@points(1)
def test_cumsum_and_diff(student):
    """entry j of cumsum is the sum of x up to and with j; diff takes it apart again and keeps the first entry"""
    for x in (tensor(1, 2, 4), tensor(-1, 0, 3), draw(1), draw(6), draw(200)):
        assert_same(student.cumsum(x), true_cumsum(x), rtol=1e-12)
    growing = tensor(1e-9, 1, 1e9)  # what is small at the beginning is not lost in what follows
    assert_same(student.cumsum(growing), true_cumsum(growing), rtol=1e-9, atol=0)
    for x in (tensor(1, 3, 7), draw(1), draw(6)):
        assert_same(student.diff(x), true_diff(x), rtol=1e-12)


@points(1)
def test_roll(student):
    """every entry moves `shift` places towards the end, round in a circle"""
    x = tensor(1, 2, 3, 4)
    for shift in (1, 3, -1, 0, 9):
        assert_same(student.roll(x, shift), torch.roll(x, shift))
    assert_same(student.roll(x[:1], 2), x[:1])
    for shift in (10**9 + 3, -(10**9) - 3):
        assert_same(student.roll(x, shift), torch.roll(x, shift % 4), about=f"with `shift` = {shift:,}")
    assert_same(student.roll(x), torch.roll(x, 1))
    x = draw(5)
    assert_same(student.roll(x, 2), torch.roll(x, 2), rtol=1e-12)
    for n, shifts in ((3, range(-7, 8)), (2, range(-4, 0)), (1, range(-2, 0))):
        for shift in shifts:
            assert_same(student.roll(x[:n], shift), torch.roll(x[:n], shift))


@points(1)
def test_bincount(student):
    """entry j of bincount says how often j occurs, and there are n entries, however many stay 0"""
    assert_same(student.bincount(whole(0, 2, 2, 0, 2), 3), whole(2, 0, 3))
    for size, n in ((4, 6), (5, 1), (0, 3), (6, 6), (1, 3)):
        x = torch.randint(n, (size,)) // 2
        with unmodified(x):
            counts = student.bincount(x, n)
        assert_same(counts, torch.bincount(x, minlength=n))
    many = torch.arange(700) // 300
    assert_same(student.bincount(many, 3), whole(300, 300, 100), about="where numbers occur 300 times")


@points(1)
def test_scatter_add(student):
    """entry j of scatter_add is the sum of all values that go to j, in whichever order they come"""
    first = tensor(1, 10, 100, 1000), whole(2, 0, 2, 0), 3
    assert_same(student.scatter_add(*first), true_scatter_add(*first))
    for size, n, used in (
        (6, 3, 3),
        (4, 6, 5),
        (3, 1, 1),
        (1, 3, 3),
        (300, 2, 2),
        (0, 2, 2),
    ):  # the last may stay empty
        v, idx = draw(size), torch.randint(used, (size,))
        assert_same(student.scatter_add(v, idx, n), true_scatter_add(v, idx, n))
    apart = tensor(1e9, 1e-9, 1e9), whole(0, 1, 2), 3  # a small bin is not lost beside large ones
    assert_same(student.scatter_add(*apart), apart[0], rtol=1e-9, atol=0)
    empty = draw(3), whole(0, 1, 0), 5
    assert_same(student.scatter_add(*empty), true_scatter_add(*empty), about="where the last three bins stay empty")


@points(1)
def test_gradients(student):
    """gradients flow through cumsum, diff, roll and scatter_add, and are right"""
    for n in (4, 1, 2, 3, 7):
        assert_gradients(student.cumsum, true_cumsum, draw(n))
        assert_gradients(student.diff, true_diff, draw(n))
        assert_gradients(lambda x: student.roll(x, 3), lambda x: torch.roll(x, 3), draw(n))
        idx = whole(1, 3, 1, 0, 2, 3, 3)[:n]
        assert_gradients(
            lambda v, i=idx: student.scatter_add(v, i, 4), lambda v, i=idx: true_scatter_add(v, i, 4), draw(n)
        )


@points(1)
def test_leaves_inputs_and_dtype_alone(student):
    """the inputs stay as they were, int64 and float32 stay what they are, and every other entry of a vector works"""
    idx = whole(1, 3, 1)
    functions = {
        "cumsum": (true_cumsum, ()), "diff": (true_diff, ()), "roll": (torch.roll, (2,)),
        "scatter_add": (true_scatter_add, (idx, 4)),
    }  # fmt: skip
    for name, (oracle, rest) in functions.items():
        function = getattr(student, name)
        for x in (whole(5, 0, 2**60 + 1, 0, -2, 0)[::2], tensor(1, 2, 4).float()):
            with unmodified(x, idx):
                assert_same(function(x, *rest), oracle(x, *rest))
        assert_contract(function, oracle, draw(3), *rest, name="v" if name == "scatter_add" else "x")
    assert_contract(student.scatter_add, true_scatter_add, draw(3), idx, 4, of=1, name="idx")
    x, bins = tensor(3, 1, 2), whole(0, 2, 2)
    for name, first, second, expected in (
        ("cumsum", (x,), (-x,), true_cumsum(x)), ("diff", (x,), (-x,), true_diff(x)),
        ("roll", (x, 2), (-x, 2), torch.roll(x, 2)), ("bincount", (bins, 3), (bins * 0, 3), whole(1, 0, 2)),
        ("scatter_add", (x, bins, 3), (-x, bins, 3), tensor(3, 0, 3)),
        ("sequence_mask", (bins, 2), (bins * 0, 2), bins[:, None] > torch.arange(2)),
    ):  # fmt: skip
        function = getattr(student, name)
        found = student.prop(after_another)(function, first, second)
        assert_same(found, expected, about=f"the answer of {name}, once another was asked")
    assert_same(student.bincount(bins * 0, 3), whole(3, 0, 0))
    assert_same(student.sequence_mask(bins * 0, 2), torch.zeros(3, 2, dtype=torch.bool))


@points(1)
@forbids(
    "*.eye", "*.identity", "*.diag", "*.diagflat", "*.diag_embed", "*.fill_diagonal_", "*.triu", "*.tril", "*.triu_",
    "*.tril_", "*.triu_indices", "*.tril_indices", "*.tri", "*.cumsum", "*.cumsum_", "*.diff", "*.roll", "*.bincount",
    "*.histc", "*.histogram", "*.unique", "*.one_hot", "*.scatter", "*.scatter_", "*.scatter_add", "*.scatter_add_",
    "*.scatter_reduce", "*.scatter_reduce_", "*.index_add", "*.index_add_", "*.index_put", "*.index_put_", "*.put_",
    "*.add.at",
    of=PUZZLES,
    operators=("aten.eye.default", "aten.triu.default", "aten.cumsum.default", "aten.roll.default",
               "aten.bincount.default", "aten.scatter_add.default", "aten.index_add.default"),
)  # fmt: skip
def test_written_by_hand(student):
    """the puzzles are built from comparisons, indexing, sums and products, not borrowed from a library"""
    x = tensor(3, 1, 2)
    student.eye(2)
    student.triu(2)
    student.cumsum(x)
    student.diff(x)
    student.roll(x)
    student.sequence_mask(whole(1, 2), 3)
    student.bincount(whole(1, 1), 3)
    student.scatter_add(x, whole(1, 0, 1), 2)


@points(1)
@forbids("*.lstsq", of="least_squares", operators=("aten.linalg_lstsq.default",))
def test_least_squares(student):
    """w gives the smallest squared error: for a line through three points, and for random X"""
    line = torch.tensor([[1, 0], [1, 1], [1, 2]], dtype=torch.float64), tensor(1, 2, 6)
    with unmodified(*line):
        assert_same(student.least_squares(*line), tensor(0.5, 2.5))
    small = line[0].float(), line[1].float()
    assert_same(student.least_squares(*small), tensor(0.5, 2.5).float(), rtol=1e-4, atol=1e-4)
    for n, d in ((6, 3), (5, 2), (4, 1)):
        X, y = draw(n, d), draw(n)
        solved = torch.linalg.lstsq(X, y[:, None]).solution[:, 0]
        assert_same(student.least_squares(X, y), solved)
    for size in (1e-8, 1e-4, 1e4):
        assert_same(
            student.least_squares(size * X, y), solved / size, rtol=1e-6, atol=0, about=f"with X times {size:g}"
        )


@points(1)
def test_dependent_columns(student):
    """where columns depend on each other, or are more than the rows, the error is still the smallest that can be had"""
    twice = torch.tensor([[1, 2, 1], [2, 0, 2], [0, 1, 0], [1, 1, 1]], dtype=torch.float64)
    for X in (
        twice,
        draw(2, 4),
        draw(1, 2),
        0 * draw(3, 2),
        draw(2, 4)[[0, 1, 0]],
        twice.T.contiguous(),
        *(other for _, other in layouts(draw(4, 3))),
    ):
        y = draw(2 * len(X))[::2]
        w = student.least_squares(X, y)
        require(isinstance(w, torch.Tensor) and w.shape == X.shape[1:], "one weight for each column was expected", w)
        assert_same(X.T @ (X @ w), X.T @ y, rtol=1e-6, atol=1e-8, about="X.T @ X @ w, which must be X.T @ y")


@points(2)
@forbids("*.eig", "*.eigh", "*.eigvals", "*.eigvalsh", "*.svd", "*.svdvals", "*.lobpcg", of="power_iteration")
def test_power_iteration(student):
    """the largest eigenvalue in magnitude, with its sign, and its eigenvector of length 1, with either sign"""
    root = 0.5**0.5
    compare_eigen(student, torch.tensor([[2, 1], [1, 2]], dtype=torch.float64), 3.0, tensor(root, root))
    compare_eigen(student, torch.tensor([[1, 0], [0, -4]], dtype=torch.float64), -4.0, tensor(0, 1))
    compare_eigen(student, torch.tensor([[2, -1], [-1, 2]], dtype=torch.float64), 3.0, tensor(root, -root))
    for a, b in ((2, -1), (1, -2), (1, -3), (3, -1)):  # at a right angle to a start that counts 1, 2 or 3
        v = tensor(a, b)
        compare_eigen(student, torch.outer(v, v), float(v @ v), v / (v @ v).sqrt())
    # half of those in the first place stay there, the others move on; a fifth of those in the second come back
    moves = torch.tensor([[0.5, 0.2], [0.5, 0.8]], dtype=torch.float64)
    compare_eigen(student, moves, 1.0, tensor(2, 5) / 29**0.5)
    Q, _ = torch.linalg.qr(draw(5, 5))
    A = 50 * (Q * tensor(1, 0.9, -0.9, 0.5, 0)) @ Q.T
    with unmodified(A):
        compare_eigen(student, A, 50.0, Q[:, 0])
    compare_eigen(student, A.float(), 50.0, Q[:, 0].float(), near=1e-4)
    Q, _ = torch.linalg.qr(draw(3, 3))
    A = Q @ tensor(1, 0, 0, 0, 0, 1, 0, 0, 0).reshape(3, 3) @ Q.T  # what is not the eigenvector is gone after two steps
    _, rough = student.power_iteration(A, steps=1)
    exact = isinstance(rough, torch.Tensor) and min(float((rough - sign * Q[:, 0]).norm()) for sign in (1, -1)) < 1e-9
    student.calls[-1].outcome = ("value", {"exact": exact}, False)  # it begins with chance
    require(
        not exact, "with steps=1 the eigenvector is exact, as it is after two: A was multiplied more often than once"
    )
    for kind, other in layouts(moves):
        if kind != "an expanded":
            compare_eigen(student, other, 1.0, tensor(2, 5) / 29**0.5)
    compare_eigen(student, tensor(-3)[None], -3.0, tensor(1))
