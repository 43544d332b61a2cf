"""What the walk downhill, its step sizes, mini-batches and linear regression must do."""

import math

import torch

from autograder.checking import (
    assert_contract,
    assert_drawn,
    assert_number,
    assert_same,
    layouts,
    points,
    raises,
    require,
    unmodified,
)

F64 = torch.float64


def bowl(c):
    """The gradient of c x**2 / 2."""

    def gradient(x):
        return c * x

    return gradient


def steep():
    """The gradient of x**4 / 4, which is soon too steep for a fixed step, and one that is NaN past 0."""

    def gradient(x):
        return x**3

    return gradient, torch.log


def slope(kept):
    """The gradient of an even slope: the same tensor at every call, not a copy of it."""

    def gradient(x):
        return kept

    return gradient


def coupled(matrix):
    """A quadratic in which every coordinate pulls at every other: (f, its gradient)."""

    def f(x):
        return ((matrix @ x.flatten()) ** 2).sum() / 2

    def gradient(x):
        return (matrix.T @ (matrix @ x.flatten())).reshape(x.shape)

    return f, gradient


def both(student, make, *given):
    """(here, over there): what a function of ours makes, to compare with and for the student's code to call.

    Over there it is asked as often as they like without a message each.
    """
    return make(*given), student.prop(make)(*given)


def pull(numel):
    """A random matrix for :func:`coupled`."""
    return torch.randn(numel, numel, dtype=F64)


def walk(gradient, x0, lr, steps, tol=0.0):
    """Plain gradient descent, for comparison: all iterates in one tensor."""
    rows = [x0]
    while len(rows) <= steps and gradient(rows[-1]).square().sum().sqrt() > tol:
        rows.append(rows[-1] - lr * gradient(rows[-1]))
    return torch.stack(rows)


def compare_walk(student, gradients, x0, **options):
    """The student's walk is ours, and ends where its history ends; `gradients` as of :func:`both`."""
    here, there = gradients
    expected = walk(here, x0, **{"lr": 0.1, "steps": 100, **options})
    x, history = student.gradient_descent(there, x0, **options)
    near = {"rtol": 1e-10} if expected.dtype == F64 else {}
    assert_same(history, expected, about="history", **near)
    assert_same(x, expected[-1], about="x", **near)


@points(1)
def test_closed_form(student):
    """on c x^2 / 2 the iterates are x_t = (1 - lr c)^t x0"""
    there = student.prop(bowl)
    x, history = student.gradient_descent(there(2.0), torch.tensor([8.0], dtype=F64), lr=0.25, steps=3)
    assert_same(history, torch.tensor([[8.0], [4.0], [2.0], [1.0]], dtype=F64), about="history")
    assert_same(x, torch.tensor([1.0], dtype=F64), about="x")
    x0 = torch.randn(3, dtype=F64)
    for c, lr in ((0.7, 0.3217), (3.0, 0.1), (1.0, 1.4)):
        expected = torch.stack([(1 - lr * c) ** t * x0 for t in range(7)])
        x, history = student.gradient_descent(there(c), x0, lr=lr, steps=6)
        assert_same(history, expected, about="history")
        assert_same(x, expected[-1], about="x")


@points(1)
def test_learning_rate_threshold(student):
    """on c x^2 / 2 it converges if and only if lr < 2 / c, and jumps from side to side when lr > 1 / c"""
    x0 = torch.tensor([1.0], dtype=F64)
    for c in (0.5, 4.0):
        gradient = student.prop(bowl)(c)
        for share in (0.4, 1.6, 2.0, 2.2):  # of 1 / c
            _, history = student.gradient_descent(gradient, x0, lr=share / c, steps=5)
            expected = torch.stack([(1 - share) ** t * x0 for t in range(6)])
            assert_same(history, expected, about=f"history for lr = {share:g} / c")


@points(1)
def test_every_shape(student):
    """it walks in any number of dimensions, all coordinates at once, in the dtype of x0; lr is 0.1 and steps 100 if not given"""
    for shape in ((2,), (3,), (2, 3)):
        (_, here), (_, there) = both(student, coupled, pull(math.prod(shape)))
        compare_walk(student, (here, there), torch.randn(shape, dtype=F64), lr=0.02, steps=6)
    compare_walk(student, both(student, bowl, 0.5), torch.randn(2, 3), lr=0.5, steps=4)
    compare_walk(student, both(student, bowl, 0.3), torch.randn(2, dtype=F64))
    compare_walk(student, both(student, slope, torch.randn(2, dtype=F64)), torch.randn(2, dtype=F64), lr=0.3, steps=3)
    compare_walk(student, both(student, bowl, 0.3), torch.randn(2, dtype=F64), lr=1e-3, steps=400)
    compare_walk(student, both(student, bowl, 0.3), torch.randn(2, dtype=F64), lr=0.0, steps=3)
    gentle = both(student, bowl, 0.5)
    for shape in ((), (2, 1), (1, 3), (0, 3)):
        compare_walk(student, gentle, torch.randn(shape, dtype=F64), lr=0.5, steps=4)
    (_, here), (_, there) = both(student, coupled, pull(6))
    for _, x0 in layouts(torch.randn(2, 3, dtype=F64)):
        compare_walk(student, (here, there), x0, lr=0.02, steps=3)


@points(1)
def test_history(student):
    """history begins with x0, each row keeps its own iterate, zero steps give x0 alone, and x0 itself is left as it was"""
    here, there = both(student, bowl, 1.0)
    for shape in ((2,), (2, 3)):
        x0 = torch.randn(shape, dtype=F64)
        for steps in (2, 1, 0):
            expected = walk(here, x0.clone(), 0.3, steps)
            with unmodified(x0):
                x, history = student.gradient_descent(there, x0, lr=0.3, steps=steps)
            assert_same(history, expected, about="history")
            assert_same(x, expected[-1], about="x")


@points(1)
def test_tolerance(student):
    """before each step it stops if the gradient's norm is at most tol"""
    plain, edge = both(student, bowl, 1.0), torch.tensor([8.0], dtype=F64)
    compare_walk(student, plain, edge, lr=0.5, steps=10, tol=1.0)
    compare_walk(student, plain, edge, lr=0.2, steps=20, tol=1.5)
    compare_walk(student, both(student, bowl, 3.0), torch.tensor([0.1, 0.1], dtype=F64), lr=0.1, steps=5, tol=0.5)
    corner = torch.tensor([[4.0, 0.0, 0.0], [0.0, 4.0, 0.0]], dtype=F64)
    compare_walk(student, plain, corner, lr=0.5, steps=10, tol=2.5)
    compare_walk(student, both(student, bowl, 2.0), corner, lr=0.05, steps=3, tol=0.1)
    compare_walk(student, plain, edge, lr=0.5, steps=40)  # tol is 0 if not given, and 0 is at most 0
    compare_walk(student, plain, torch.zeros(2, dtype=F64), lr=0.5, steps=3)
    compare_walk(student, plain, torch.tensor([1e-20, 0.0], dtype=F64), lr=0.5, steps=3)


@points(1)
def test_divergence(student):
    """it raises ValueError as soon as any entry of an iterate is infinite or NaN"""
    (cube, _), (there, logarithm) = both(student, steep)
    for start in ([10.0], [0.5, 10.0]):
        x0 = torch.tensor(start, dtype=F64)
        with unmodified(x0), raises(ValueError):
            student.gradient_descent(there, x0, lr=1.0, steps=50)
    x0 = torch.tensor([10.0], dtype=F64)
    last = int(walk(cube, x0, 1.0, 20).isfinite().all(1).sum())
    with raises(ValueError):
        student.gradient_descent(there, x0, lr=1.0, steps=last)
    overflows = torch.tensor([1e308, 1.0], dtype=F64), torch.tensor([1.0, 1e308], dtype=F64)
    for x0 in overflows:  # in one entry alone, by the last step, from a gradient that is finite
        with raises(ValueError):
            student.gradient_descent(student.prop(bowl)(1.0), x0, lr=3.0, steps=1)
    with raises(ValueError):  # past 0 the logarithm is NaN
        student.gradient_descent(logarithm, torch.tensor([3.0, 1.0], dtype=F64), lr=5.0, steps=9)
    compare_walk(
        student, both(student, bowl, 1.0), torch.tensor([1e200, -3e200], dtype=F64), lr=2.5, steps=3
    )  # large, finite


def armijo(f, gradient, x, lr=1.0, shrink=0.5, c=1e-4):
    """The step size that backtracking must find."""
    slope = gradient(x)
    for tries in range(200):
        rate = lr * shrink**tries
        if f(x - rate * slope) <= f(x) - c * rate * (slope * slope).sum():
            return rate
    raise RuntimeError("no step size meets the condition")


def parabola(k):
    """k x^2 / 2 and its gradient."""
    return (lambda x: k * (x * x).sum() / 2), (lambda x: k * x)


def wall():
    """x - log x, and no way past 0: (f, its gradient)."""

    def f(x):
        return torch.where(x > 0, x - x.clamp(min=1e-9).log(), torch.inf).sum()

    def gradient(x):
        return 1 - 1 / x

    return f, gradient


@points(1)
def test_backtracking_by_hand(student):
    """on k x^2 / 2 it returns the first of lr, lr shrink, lr shrink^2, ... that is at most 2 (1 - c) / k"""
    there = student.prop(parabola)
    for k, start, options, expected in (
        (10.0, 1.0, {}, 0.125),
        (1.0, 1.0, {}, 1.0),
        (1.0, 2.0, {"c": 0.5}, 1.0),  # just as much as asked for
        (1.0, 0.7, {"lr": 2.5, "c": 0.5}, 0.625),
        (1.0, 2.0, {"lr": 2.5, "shrink": 0.4, "c": 0.3}, 1.0),
        (1.0, 3.0, {"lr": 8.0, "shrink": 0.25}, 0.5),
        (4.0, 0.1, {"lr": 0.3, "c": 0.9}, 0.0375),
        (4.0, 10.0, {"c": 0.9}, 0.03125),
        (1.0, 1.0, {"shrink": 0.4}, 1.0),
        (10.0, 1.0, {"lr": 2.0, "c": 0.3}, 0.125),
        (3.0, 1.0, {"shrink": 0.9}, 0.6561),
        (10.0, 1.0, {"shrink": 0.9}, 0.9**16),  # after as many tries as it takes
        (10.0, 1.0, {"shrink": 0.99}, 0.99**161),
        (1e12, 1.0, {}, 2.0**-39),
        (1.99, 1.0, {}, 1.0),  # c is 1e-4: no more, and no less
        (1.9999, 1.0, {}, 0.5),
        (1.9998 - 1e-9, 1.0, {}, 1.0),  # float32 cannot tell
        (1.9998 - 1e-9, 3.0, {}, 1.0),
        (1.9998 + 1e-9, 1.0, {}, 0.5),
        (1.9998 + 1e-9, 3.0, {}, 0.5),
    ):
        f, gradient = there(k)
        rate = student.backtracking(f, gradient, torch.tensor([start], dtype=F64), **options)
        assert_number(rate, expected, about="the step size")


@points(1)
def test_backtracking(student):
    """it works for any shape and function, at a minimum keeps lr, shrinks where f is inf, and leaves x as it was"""
    for shape in ((3,), (2, 3)):
        for options in ({}, {"c": 0.5}, {"lr": 3.0173, "shrink": 0.8137, "c": 0.3}):
            here, there = both(student, coupled, pull(math.prod(shape)))
            x = torch.randn(shape, dtype=F64)
            expected = armijo(*here, x, **options)
            with unmodified(x):
                rate = student.backtracking(*there, x, **options)
            assert_number(rate, expected, about="the step size")
    rate = student.backtracking(*there, torch.zeros(2, 3, dtype=F64), lr=0.7)
    assert_number(rate, 0.7, about="the step size")
    (f, gradient), (far_f, far_gradient) = both(student, coupled, pull(6))
    assert_contract(
        lambda x: float(student.backtracking(far_f, far_gradient, x, lr=3.0)), lambda x: armijo(f, gradient, x, lr=3.0),
        torch.randn(2, 3, dtype=F64), name="x",
    )  # fmt: skip
    (f, gradient), (far_f, far_gradient) = both(student, parabola, 7.0)
    assert_contract(
        lambda x: float(student.backtracking(far_f, far_gradient, x)), lambda x: armijo(f, gradient, x),
        torch.randn(4, dtype=F64), name="x", shapes=[(), (0,), (2, 1), (1, 3)], dtypes=[torch.float32],
    )  # fmt: skip
    here, there = both(student, wall)
    x = torch.tensor([3.0, 5.0], dtype=F64)
    assert_number(student.backtracking(*there, x, lr=30.0), armijo(*here, x, lr=30.0), about="the step size")


def epochs_of(minibatches, n, batch_size, seed=None, epochs=1, noise=None):
    """Over there: the batches of some epochs, and whether global random states of seed `noise` stood still."""
    import random

    import numpy as np

    def seeded():
        torch.manual_seed(noise)
        np.random.seed(noise)
        random.seed(noise)

    def draws():
        return torch.rand(2).tolist(), np.random.rand(2).tolist(), random.random()

    if noise is not None:
        seeded()
    source = {} if seed is None else {"generator": torch.Generator().manual_seed(seed)}
    batches = [list(minibatches(n, batch_size, **source)) for _ in range(epochs)]
    if noise is None:
        return batches, True
    then = draws()
    seeded()
    return batches, then == draws()


def epochs(student, *args, **options):
    """The batches of some epochs; drawn over there, so that one generator can go through several."""
    function = student.minibatches  # looked up first: what follows is recorded under its name
    return student.prop(epochs_of)(function, *args, **options)


@points(1)
def test_batches_cover(student):
    """the batches are 1-d int64 tensors that hold every index from 0 to n-1 once, all of the batch size but a shorter last one"""
    for n, size in ((6, 2), (5, 2), (7, 3), (4, 1), (4, 4), (3, 10), (10, 4), (9, 4), (1, 1), (1, 3)):
        for seed in (0, None):
            [batches], _ = epochs(student, n, size, seed=seed)
            for batch in batches:
                tensor = isinstance(batch, torch.Tensor) and batch.dtype == torch.int64 and batch.dim() == 1
                require(tensor, "a batch must be a 1-d int64 tensor of indices", batch)
            sizes = [min(size, n - start) for start in range(0, n, size)]
            assert_same([len(batch) for batch in batches], sizes, about="the sizes of the batches")
            assert_same(torch.cat(batches).sort().values, torch.arange(n), about="all indices, sorted")


@points(1)
def test_batches_generator(student):
    """a generator alone decides on the order: shuffled, new in each epoch, the same for the same seed, the global state untouched"""
    n, size = 60, 6
    first, still = epochs(student, n, size, seed=1, epochs=2, noise=2)
    require(still, "drawing the batches changed the global random state, although a generator was given")
    orders = [torch.cat(batches) for batches in first]
    require(not torch.equal(orders[0], torch.arange(n)), "the indices come unshuffled", orders[0])
    neighbours = int((orders[0].diff() == 1).sum())
    require(neighbours < n // 2, "most indices are followed by the next: the examples are not shuffled", first[0])
    require(not torch.equal(*orders), "the second epoch has the same order as the first", orders[1])
    again, _ = epochs(student, n, size, seed=1, epochs=2, noise=3)
    for order, batches in zip(orders, again, strict=True):
        assert_same(torch.cat(batches), order, about="the order for a generator of the same seed")
    [other], _ = epochs(student, n, size, seed=4, noise=2)
    order = torch.cat(other)
    require(not torch.equal(order, orders[0]), "a generator of another seed gives the same order", order)
    for size in (60, 100):  # a single batch is drawn too
        batches, _ = epochs(student, n, size, seed=1, epochs=2, noise=2)
        orders = [torch.cat(parts) for parts in batches]
        require(not torch.equal(orders[0], torch.arange(n)), "the indices come unshuffled", orders[0])
        require(not torch.equal(*orders), "the second epoch has the same order as the first", orders[1])
    many, _ = epochs(student, 12, 6, seed=int(torch.randint(10**6, ())), epochs=40)
    assert_drawn(student, [batches[0].tolist() for batches in many], range(12), "epoch")


def descend(X, y, lr, batches_of_epochs):
    """Linear regression over these batches: w, b, and the losses before each epoch and after the last."""
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    losses = [(X @ w + b - y).square().mean()]
    for batches in batches_of_epochs:
        for batch in batches:
            error = X[batch] @ w + b - y[batch]
            w, b = w - lr * 2 * X[batch].T @ error / len(batch), b - lr * 2 * error.sum() / len(batch)
        losses.append((X @ w + b - y).square().mean())
    return w, b, torch.stack(losses)


def on_the_way(X, y, lr, batches_of_epochs):
    """The third way to tell an epoch's loss: the mean over the examples of what each had in its batch, before its step."""
    found = []
    for number, batches in enumerate(batches_of_epochs):
        total = 0.0
        for step, batch in enumerate(batches):
            w, b, _ = descend(X, y, lr, [*batches_of_epochs[:number], batches[:step]])
            total += float((X[batch] @ w + b - y[batch]).square().sum())
        found.append(total / len(X))
    return torch.tensor(found, dtype=F64)


def kept(losses):
    """The losses as one tensor, in whatever form they were kept."""
    return torch.stack([torch.as_tensor(loss).detach().to(F64).reshape(()) for loss in losses])


def compare_fit(fit, expected):
    """w and b of a fit are the expected ones."""
    w, b = fit[:2]
    assert_same(w, expected[0], about="w")
    if isinstance(b, torch.Tensor) and b.numel() == 1:
        b = b.reshape(())
    assert_number(b, expected[1].item(), rtol=1e-7 if w.dtype == F64 else 1e-4, about="b")


def examples(n, d):
    """Random features, and targets that depend on them almost linearly."""
    X = torch.randn(n, d, dtype=F64)
    return X, X @ torch.randn(d, dtype=F64) + 2.0 + 0.3 * torch.randn(n, dtype=F64)


@points(1)
def test_fit_full_batch(student):
    """without a batch size every epoch is one step on the mean of the squared errors, one loss an epoch; it ends at least squares"""
    for n, d, options in (
        (4, 2, {"lr": 0.1, "epochs": 1}),
        (3, 3, {"lr": 0.05, "epochs": 2}),
        (5, 1, {"lr": 0.02, "epochs": 4}),
        (1, 2, {"lr": 0.1, "epochs": 2}),
        (12, 3, {}),
        (3, 1, {"lr": 0.01, "epochs": 400}),
    ):
        X, y = examples(n, d)
        rounds = options.get("epochs", 100)
        *expected, losses = descend(X, y, options.get("lr", 0.1), [[torch.arange(n)]] * rounds)
        with unmodified(X, y):
            fit = student.fit_linear(X, y, **options)
        compare_fit(fit, expected)
        found = kept(fit[2])
        after = len(found) == rounds and torch.allclose(found, losses[1:].to(F64), rtol=1e-6)
        assert_same(found, losses[1:] if after else losses[:-1], rtol=1e-6, about="the losses")
    X, y = examples(40, 2)
    X = torch.linalg.qr(X - X.mean(0)).Q * math.sqrt(40)  # equally curved in all directions: every epoch leaves a tenth
    exact = torch.linalg.lstsq(torch.cat([X, torch.ones(40, 1, dtype=F64)], 1), y[:, None]).solution[:, 0]
    compare_fit(student.fit_linear(X, y, lr=0.45, epochs=12), (exact[:2], exact[2]))
    X, y = (part.float() for part in examples(6, 2))
    compare_fit(student.fit_linear(X, y, lr=0.1, epochs=3), descend(X, y, 0.1, [[torch.arange(6)]] * 3))
    count = len(student.fit_linear(X, torch.zeros(6), epochs=5)[2])
    require(count == 5, "one loss for each of 5 epochs was expected, also where there is nothing to learn", count, 5)
    X, y = examples(4, 3)
    fit = student.fit_linear(X, y, epochs=0)
    compare_fit(fit, descend(X, y, 0.1, []))
    require(len(fit[2]) == 0, "no loss was expected of no epoch", len(fit[2]), 0)
    for _, other in layouts(X):
        fit = student.fit_linear(other, y, lr=0.0537, epochs=2)
        compare_fit(fit, descend(other, y, 0.0537, [[torch.arange(4)]] * 2))


@points(1)
def test_fit_minibatches(student):
    """with a batch size every batch of every epoch makes one step with its own mean gradient, in the order of your minibatches"""
    for n, size, rounds in ((5, 2, 1), (8, 3, 3), (6, 6, 2)):
        X, y = examples(n, 2)
        batches, _ = epochs(student, n, size, seed=n, epochs=rounds)
        generator = torch.Generator().manual_seed(n)
        with unmodified(X, y):
            fit = student.fit_linear(X, y, lr=0.05, epochs=rounds, batch_size=size, generator=generator)
        *expected, losses = descend(X, y, 0.05, batches)
        compare_fit(fit, expected)
        found = kept(fit[2])
        require(len(found) == rounds, "there must be one loss an epoch; this many came", len(found), rounds)
        ways = (on_the_way(X, y, 0.05, batches), losses[:-1], losses[1:])
        fitting = [way for way in ways if torch.allclose(found, way, rtol=1e-6)]
        assert_same(found, [*fitting, *ways][0], rtol=1e-6, about="the losses")
    X = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]], dtype=F64).repeat(2, 1)
    exact = torch.randn(2, dtype=F64), torch.tensor(0.5, dtype=F64)
    compare_fit(student.fit_linear(X, X @ exact[0] + exact[1], lr=0.3, epochs=16, batch_size=4), exact)
