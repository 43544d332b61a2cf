"""What the matrix products must do. PyTorch's own `@` is the oracle, in float64."""

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
    raises,
    require,
    unmodified,
    within_memory,
)  # fmt: skip

#: what `@` is also called
RELATIVES = (
    "@", "*.matmul", "*.mm", "*.bmm", "*.mv", "*.dot", "*.vdot", "*.vecdot", "*.inner", "*.addmm", "*.addmv", "*.addbmm",
    "*.baddbmm", "*.einsum", "*.tensordot", "*.chain_matmul", "*.multi_dot", "*.linear", "*.__matmul__",
    "operator.matmul",
)  # fmt: skip


def draw(*shape: int) -> torch.Tensor:
    """Normal float64 values of this shape."""
    return torch.randn(*shape, dtype=torch.float64)


def tensor(*rows: list[float]) -> torch.Tensor:
    """A float64 tensor of these rows."""
    return torch.tensor(rows, dtype=torch.float64)


# -- oracles ------------------------------------------------------------------------------------------


def true_distances(X, Y):
    """Subtract everything from everything, then square and sum."""
    return ((X[:, None] - Y[None]) ** 2).sum(2)


def true_linear(X, W, b):
    """A row of the result for each row of X."""
    return torch.nn.functional.linear(X, W, b)


def products(n, k, m):
    """Two matrices that fit."""
    return draw(n, k), draw(k, m)


def batches(b, n, k, m):
    """Two batches of matrices that fit."""
    return draw(b, n, k), draw(b, k, m)


def rows(n, m, d):
    """Two sets of points."""
    return draw(n, d), draw(m, d)


def layer(n, d, k):
    """A batch, weights and a bias."""
    return draw(n, d), draw(k, d), draw(k)


def compare_products(multiply):
    """A product by hand, unequal n, k and m, rows and columns, and sizes of 0."""
    assert_same(multiply(tensor([1, 2], [3, 4]), tensor([10, 0], [1, 100])), tensor([12, 200], [34, 400]))
    for n, k, m in ((2, 3, 4), (3, 2, 3), (2, 6, 2), (3, 4, 1), (1, 1, 2), (2, 0, 3), (0, 2, 3)):
        A, B = draw(n, k), draw(k, m)
        assert_same(multiply(A, B), A @ B)
    A, B = tensor([0, 1], [1, 1]), tensor([math.inf], [2])  # 0 times infinity is NaN
    assert_same(multiply(A, B), tensor([math.nan], [math.inf]), about="with an infinite entry")


# -- checks -------------------------------------------------------------------------------------------


@points(1)
def test_loops(student):
    """matmul_loops: entry [i, j] is the sum over p of A[i, p] B[p, j], for all sizes, 0 included"""
    compare_products(student.matmul_loops)


@points(1)
def test_broadcast(student):
    """matmul_broadcast: entry [i, j] is the sum over p of A[i, p] B[p, j], for all sizes, 0 included"""
    compare_products(student.matmul_broadcast)


@points(1)
@forbids(
    *RELATIVES,
    of=("matmul_loops", "matmul_broadcast"),
    operators=("aten.mm.default", "aten.mv.default", "aten.dot.default", "aten.bmm.default"),
)
def test_written_by_hand(student):
    """matmul_loops and matmul_broadcast are written out, without `@` and its relatives"""
    student.matmul_loops(draw(2, 3), draw(3, 2))
    student.matmul_broadcast(draw(2, 3), draw(3, 2))


@points(1)
def test_shapes_that_do_not_fit(student):
    """if A has not as many columns as B has rows, a ValueError is raised, also where a size of 1 could be stretched"""
    for name in ("matmul_loops", "matmul_broadcast"):
        for shapes in (
            ((2, 3), (4, 2)), ((2, 1), (3, 2)), ((2, 3), (1, 2)), ((2, 3), (2, 3)), ((2, 0), (1, 3)), ((0, 3), (1, 2)),
            ((2, 3), (4, 0)),
        ):  # fmt: skip
            A, B = (draw(*shape) for shape in shapes)
            with unmodified(A, B), raises(ValueError):
                getattr(student, name)(A, B)


@points(1)
def test_batch(student):
    """batched_matmul multiplies the matrices of two batches pair by pair, an empty batch included"""
    one = tensor([1, 2], [3, 4])[None]
    assert_same(student.batched_matmul(one, tensor([10, 0], [1, 100])[None]), tensor([12, 200], [34, 400])[None])
    for batch, n, k, m in ((2, 2, 2, 2), (3, 2, 4, 5), (2, 3, 1, 2), (0, 2, 3, 4)):
        A, B = draw(batch, n, k), draw(batch, k, m)
        assert_same(student.batched_matmul(A, B), torch.bmm(A, B))


@points(1)
@forbids("*.cdist", "*.pdist", of="pairwise_sq_dists", operators=("aten._cdist_forward.default",))
def test_distances(student):
    """entry [i, j] of pairwise_sq_dists is the squared distance of row i of X to row j of Y"""
    corners = tensor([0, 0], [3, 0]), tensor([0, 0], [0, 4])
    assert_same(student.pairwise_sq_dists(*corners), tensor([0, 16], [9, 25]))
    for n, m, d in ((3, 3, 2), (2, 4, 3), (4, 1, 1), (0, 2, 3), (1, 3, 2), (2, 0, 3), (2, 3, 0)):
        for scale in (100, 1e-6):
            X, Y = scale * draw(n, d), scale * draw(m, d)
            atol = {} if scale > 1 else {"atol": 1e-25}
            assert_same(student.pairwise_sq_dists(X, Y), true_distances(X, Y), **atol)


@points(1)
def test_near_duplicates(student):
    """rounding makes no distance negative: points near (100, 100, 100) that differ by about 0.001, in float32"""
    X = 100 + 0.001 * torch.randn(40, 3)  # so many that rounding cannot spare them all
    result = student.pairwise_sq_dists(X, X + 0.001 * torch.randn(40, 3))
    require(isinstance(result, torch.Tensor), "a tensor was expected", result)
    require((result >= 0).all(), "a squared distance is never negative, nor is it NaN", result)


def give_back():
    """Over there: what is freed goes back to the system at once, where glibc would keep holes that no tensor fits into.

    A loop over rows that holds no more than one (M, D) box at a time came to 600 MB of such holes, in some runs.
    """
    import contextlib
    import ctypes

    with contextlib.suppress(AttributeError, OSError):  # another C library
        ctypes.CDLL(None).mallopt(-3, 4096)  # M_MMAP_THRESHOLD


@points(1)
def test_fits_into_memory(student):
    """260 points and 260 others in 1200 dimensions: the result is small, an (N, M, D) box would take 600 MB"""
    x, y = draw(260, 2), draw(260, 2)
    X, Y = (torch.nn.functional.pad(flat, (0, 1198)) for flat in (x, y))  # the other coordinates are 0
    expected = true_distances(x, y)
    distances = student.pairwise_sq_dists  # looked up first: what follows is recorded under its name
    student.prop(give_back)()
    del student.calls[-1]  # not a call of the student's
    with within_memory("it takes more memory than the 500 MB there are: is there a tensor of shape (N, M, D)?"):
        result = distances(X, Y)
    assert_same(result, expected)


@points(1)
@forbids("*.linear", "torch.nn.Linear", "*.bilinear", of="linear_batch")
def test_linear(student):
    """linear_batch gives each example a row and each output a column, with its own bias"""
    example = tensor([1, 2]), tensor([1, 10], [0, 1]), tensor([100, 200])[0]
    assert_same(student.linear_batch(*example), tensor([121, 202]))
    for n, d, k in ((3, 3, 3), (4, 3, 2), (2, 4, 1), (0, 3, 2), (2, 1, 3), (1, 3, 2)):
        X, W, b = draw(n, d), draw(k, d), draw(k)
        assert_same(student.linear_batch(X, W, b), true_linear(X, W, b))


@points(1)
def test_gradients(student):
    """gradients flow through the vectorised functions, and are right"""
    assert_gradients(student.matmul_broadcast, torch.matmul, draw(2, 3), draw(3, 4))
    assert_gradients(student.batched_matmul, torch.bmm, draw(2, 2, 3), draw(2, 3, 1))
    X, Y = draw(2, 3), draw(4, 3)
    X[1] = Y[2] = 0  # two points at the same place: the distance has a slope of 0 there
    assert_gradients(student.pairwise_sq_dists, true_distances, X, Y)
    for n, k in ((3, 4), (1, 4), (3, 1), (1, 1)):
        assert_gradients(student.linear_batch, true_linear, draw(n, 2), draw(k, 2), draw(k))
        assert_gradients(student.matmul_broadcast, torch.matmul, draw(n, 2), draw(2, k))
        assert_gradients(student.batched_matmul, torch.bmm, draw(n, 2, 3), draw(n, 3, k))
        assert_gradients(student.pairwise_sq_dists, true_distances, draw(n, 3), draw(k, 3))
    assert_sizes(student.matmul_loops, torch.matmul, products, name="A", largest=12)
    assert_sizes(student.matmul_broadcast, torch.matmul, products, name="A", gradients=True)
    assert_sizes(student.batched_matmul, torch.bmm, batches, name="A", gradients=True)
    assert_sizes(student.pairwise_sq_dists, true_distances, rows, name="X", gradients=True)
    assert_sizes(student.linear_batch, true_linear, layer, name="X", gradients=True)
    assert_scales(student.linear_batch, true_linear, *layer(3, 4, 2), of=(0, 2), name="X")
    assert_scales(student.batched_matmul, torch.bmm, *batches(2, 3, 4, 2), name="A")
    assert_scales(student.matmul_broadcast, torch.matmul, *products(3, 4, 2), name="A")
    assert_scales(student.matmul_loops, torch.matmul, *products(3, 4, 2), name="A")
    assert_scales(student.pairwise_sq_dists, true_distances, *rows(3, 4, 2), of=(0, 1), name="X")


@points(1)
def test_leaves_inputs_and_dtype_alone(student):
    """the inputs stay as they were, float32 and int64 stay what they are, and transposed views work"""
    functions = {
        "matmul_loops": (torch.matmul, (draw(3, 2).T, draw(4, 3).T)),
        "matmul_broadcast": (torch.matmul, (draw(3, 2).T, draw(4, 3).T)),
        "batched_matmul": (torch.bmm, (draw(2, 3, 2).mT, draw(2, 4, 3).mT)),
        "pairwise_sq_dists": (true_distances, (draw(3, 2).T, draw(3, 4).T)),
        "linear_batch": (true_linear, (draw(3, 2).T, draw(3, 4).T, draw(4))),
    }
    for name, (oracle, inputs) in functions.items():
        function = getattr(student, name)
        with unmodified(*inputs):
            assert_same(function(*inputs), oracle(*inputs))
        found = student.prop(after_another)(function, inputs, [-inputs[0], *inputs[1:]])
        assert_same(found, oracle(*inputs), about=f"the answer of {name}, once another was asked")
        small = [x.float() for x in inputs]
        assert_same(function(*small), oracle(*small))
        plain = [x.contiguous() for x in inputs]
        for place, letter in enumerate("XWb" if name == "linear_batch" else "XY" if "dists" in name else "AB"):
            assert_contract(function, oracle, *plain, of=place, name=letter)
    whole, large = torch.tensor([[1, 2, 3], [-4, 5, 6]]), torch.tensor([[2**53 + 1, 2], [1, -1], [0, 3]])
    for name in ("matmul_loops", "matmul_broadcast"):
        for other in (whole.T, large):  # a float64 would round the large one
            assert_same(getattr(student, name)(whole, other), whole @ other)


def grows(function, few, many):
    """Over there: does `function` dispatch more operators for inputs of shapes `many` than of shapes `few`?"""
    from torch.utils._python_dispatch import TorchDispatchMode

    class Counter(TorchDispatchMode):
        count = 0

        @classmethod
        def _should_skip_dynamo(cls):
            return False  # else torch imports its compiler

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            self.count += 1
            return func(*args, **(kwargs or {}))

    def count(shapes):
        inputs = [torch.ones(shape) for shape in shapes]
        with Counter() as counter:
            function(*inputs)
        return counter.count

    return bool(count(many) - count(few) >= 12)  # 16 passes of a loop instead of 4


@points(0)
def test_one_operator_for_all(student):
    """a remark, worth no points: the vectorised functions dispatch no more operators for 16 rows than for 4"""
    shapes = {
        "matmul_broadcast": lambda n: [[n, n], [n, n]],
        "batched_matmul": lambda n: [[n, n, 2], [n, 2, n]],
        "pairwise_sq_dists": lambda n: [[n, 2], [n, 2]],
        "linear_batch": lambda n: [[n, n], [n, n], [n]],
    }
    for name, of_size in shapes.items():
        function = getattr(student, name)  # looked up first: what follows is recorded under its name
        loops = student.prop(grows)(function, of_size(4), of_size(16))  # a claim of theirs, hence no points
        require(not loops, f"{name} goes back to PyTorch for every row: a loop in Python. Can whole tensors say it?")
