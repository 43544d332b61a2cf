"""What the running average, one step of three adaptive methods, and the lengths of Adam's steps must do."""

import torch

from autograder.checking import (
    assert_contract,
    assert_gradients,
    assert_same,
    assert_scales,
    assert_sizes,
    forbids,
    layouts,
    lies_in,
    points,
    raises,
    require,
    unmodified,
)

F64 = torch.float64
FLOAT32 = (torch.float32,)


def draw(*shape: int) -> torch.Tensor:
    """Float64 numbers of this shape and of both signs, each at least 0.2 away from 0."""
    x = torch.randn(shape, dtype=F64)
    return x + 0.2 * torch.where(x < 0, -1.0, 1.0)


def state(*shape: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Weights, a gradient, and an average or sum of squares."""
    return draw(*shape), draw(*shape), 0.5 + torch.rand(shape, dtype=F64)


def adams(*shape: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Weights, a gradient, and Adam's two averages."""
    w, grad, s = state(*shape)
    return w, grad, draw(*shape), s


def numbers(*values: float) -> torch.Tensor:
    """A float64 tensor of these."""
    return torch.tensor(values, dtype=F64)


# -- the running average -----------------------------------------------------------------------------


def averaged(x, beta=0.9, correct=True):
    """The formula."""
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        a = beta * a + (1 - beta) * value
        rows.append(a / (1 - beta**t) if correct else a)
    return torch.stack(rows)


@points(2)
def test_running_average(student):
    """beta of the old average and 1 - beta of the value make the new one; `correct` divides it by 1 - beta**t"""
    f, x = student.running_average, numbers(2.0, 4.0, 3.0)
    assert_same(f(x, 0.5, correct=False), numbers(1.0, 2.5, 2.75))
    for beta in (0.9, 0.2, 0.6):
        for shape in ((4,), (3, 3), (5, 2), (2, 3, 4)):
            x = draw(*shape)
            with unmodified(x):
                answer = f(x, beta, correct=False)
            assert_same(answer, averaged(x, beta, False))
    x = numbers(2.0, 4.0, 3.0)
    assert_same(f(x, 0.5, correct=True), numbers(2.0, 10 / 3, 22 / 7))
    for beta in (0.9, 0.2, 0.6):
        for shape in ((4,), (3, 3), (5, 2), (2, 3, 4)):
            x = draw(*shape)
            with unmodified(x):
                answer = f(x, beta, correct=True)
            assert_same(answer, averaged(x, beta, True))


@points(2)
def test_average_promises(student):
    """any length and shape, layout and dtype, the defaults, gradients, and a ValueError for a beta outside [0, 1)"""
    f = student.running_average
    assert_same(f(3 + 0 * draw(5, 2)), 3 + 0 * draw(5, 2), about="of equal values")
    for correct in (True, False):
        assert_contract(
            f, averaged, draw(4, 3), name="x", dtypes=FLOAT32, defaults={"beta": 0.9, "correct": True},
            numbers={"beta": (0.0, 1 / 3, 0.99993)}, zero=True, gradients=True,
            shapes=((1,), (6,), (1, 3), (4, 1), (2, 0), (3, 2, 2)),
        )  # fmt: skip
        assert_contract(
            lambda x, c=correct: f(x, 0.7, c), lambda x, c=correct: averaged(x, 0.7, c), draw(4, 3), name="x",
            dtypes=FLOAT32, zero=True, gradients=True, shapes=((1,), (1, 3), (4, 1)),
        )  # fmt: skip
        assert_sizes(
            lambda x, c=correct: f(x, 0.8, c), lambda x, c=correct: averaged(x, 0.8, c), lambda t, d: (draw(t, d),),
            name="x", gradients=True,
        )  # fmt: skip
        assert_scales(lambda x, c=correct: f(x, 0.8, c), lambda x, c=correct: averaged(x, 0.8, c), draw(4, 3), name="x")
        for beta, length in ((0.9, 60), (0.1, 400), (0.995, 250)):
            x = draw(length)
            assert_same(
                f(x, beta, correct), averaged(x, beta, correct), about=f"of {length} values, with beta = {beta}"
            )
        for x, beta in ((draw(1, 3), 0.9), (draw(2, 3), 0.0)):
            same = student.prop(lies_in)(f, x, beta, correct)
            require(same == [], "a new tensor was promised, also where it has the values of x", claims=True)
        x = draw(3, 2)
        for beta in (1.0, -0.1, 1.5, -1e-9):
            with unmodified(x), raises(ValueError):
                f(x, beta, correct=correct)


# -- one step ----------------------------------------------------------------------------------------


def adagrad(w, grad, s, lr=0.01, eps=1e-10):
    """Adagrad's step."""
    s = s + grad**2
    return w - lr * grad / (s.sqrt() + eps), s


def rmsprop(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    """RMSProp's step."""
    s = beta * s + (1 - beta) * grad**2
    return w - lr * grad / (s.sqrt() + eps), s


def adam(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    """Adam's step."""
    m, s = betas[0] * m + (1 - betas[0]) * grad, betas[1] * s + (1 - betas[1]) * grad**2
    return w - lr * (m / (1 - betas[0] ** t)) / ((s / (1 - betas[1] ** t)).sqrt() + eps), m, s


def promised(function, oracle, make, parts, names, defaults, keywords):
    """What each step promises of its tensors: shapes, layouts, dtypes, defaults, zeros, sizes, scales, gradients."""
    for of, name in enumerate(names):
        assert_contract(
            function, oracle, *make(2, 3), of=of, name=name, defaults=defaults, zero=name != "s", layout=True
        )
    given = make(2, 3)
    for place, name in enumerate(names):
        zeros = [0 * x if place == which else x for which, x in enumerate(given)]
        assert_same(function(*zeros, **keywords), oracle(*zeros, **keywords), about=f"with zeros for `{name}`")
    nothing = [x if place == 0 else 0 * x for place, x in enumerate(given)]
    assert_same(function(*nothing), oracle(*nothing), about="with no gradient so far")
    for shape in ((), (1,), (0, 2), (1, 3), (3, 1), (2, 3, 2)):
        given = make(*shape)
        assert_same(function(*given, **keywords), oracle(*given, **keywords), about=f"with `w` of shape {shape}")
    for part in range(parts):

        def mine(*tensors, part=part, **options):
            return function(*tensors, **{**keywords, **options})[part]

        def theirs(*tensors, part=part, **options):
            return oracle(*tensors, **{**keywords, **options})[part]

        for shape in ((2, 3), (1, 3), (3, 1), ()):
            assert_gradients(mine, theirs, *make(*shape))
        assert_sizes(mine, theirs, lambda n, d: make(n, d), name="w", gradients=True, largest=9)
        for place in range(len(names)):  # a step that does not begin at 0 hides what is small
            given = [0 * x if which == 0 and place else x for which, x in enumerate(make(3))]
            assert_scales(mine, theirs, *given, of=(place,), name=names[place], powers=(-7, 7))
    given = make(3)
    for options in ({**keywords, "lr": 0.0}, {**keywords, "eps": 0.0}):
        assert_same(function(*given, **options), oracle(*given, **options), about="with a setting of 0", rtol=1e-13)
    single = [x.float() for x in make(3)]
    assert_same(function(*single, **keywords), oracle(*single, **keywords), about="in float32")


def goes_on(step, oracle):
    """What a step gives back is taken by the next one."""
    mine = theirs = (draw(3), torch.zeros(3, dtype=F64))
    for _ in range(3):
        grad = draw(3)
        mine, theirs = step(mine[0], grad, mine[1], lr=0.3), oracle(theirs[0], grad, theirs[1], lr=0.3)
    assert_same(tuple(mine), theirs, about="after three steps")


@points(1)
def test_adagrad(student):
    """the gradient is divided by the root of the sum of all squares, this one included, plus eps"""
    f = student.adagrad_step
    w, s = numbers(2.0, 2.0), numbers(0.0, 9.0)
    assert_same(f(w, numbers(3.0, 4.0), s, lr=0.5, eps=0.0), (numbers(1.5, 1.6), numbers(9.0, 25.0)))
    for options in ({"lr": 0.3}, {"lr": 0.2, "eps": 0.1}, {"lr": 0.2137, "eps": 0.5137}):
        given = state(3)
        with unmodified(*given):
            answer = f(*given, **options)
        assert_same(answer, adagrad(*given, **options))


@points(1)
def test_adagrad_promises(student):
    """Adagrad takes any shape, layout and dtype, has its defaults, lets gradients flow, and goes on step by step"""
    f = student.adagrad_step
    promised(f, adagrad, state, 2, ("w", "grad", "s"), {"lr": 0.01, "eps": 1e-10}, {"lr": 0.5})
    zero, tiny = torch.zeros(3, dtype=F64), 1e-10 * draw(3)
    assert_same(f(zero, tiny, zero)[0], adagrad(zero, tiny, zero)[0], about="with `eps` left out and tiny gradients")
    goes_on(f, adagrad)


@points(1)
def test_rmsprop(student):
    """the gradient is divided by the root of the running average of the squares, this one included, plus eps"""
    f = student.rmsprop_step
    w, s = numbers(2.0, 2.0), numbers(0.0, 20.0)
    given = {"lr": 0.5, "beta": 0.75, "eps": 0.0}
    assert_same(f(w, numbers(4.0, 2.0), s, **given), (numbers(1.0, 1.75), numbers(4.0, 16.0)))
    for options in ({"lr": 0.3}, {"lr": 0.2, "beta": 0.6, "eps": 0.1}, {"lr": 0.2137, "beta": 0.3137, "eps": 0.5137},
                    {"lr": 0.2, "beta": 0.0, "eps": 0.1}):  # fmt: skip
        given = state(3)
        with unmodified(*given):
            answer = f(*given, **options)
        assert_same(answer, rmsprop(*given, **options))


@points(1)
def test_rmsprop_promises(student):
    """RMSProp takes any shape, layout and dtype, has its defaults, lets gradients flow, and goes on step by step"""
    f = student.rmsprop_step
    defaults = {"lr": 0.01, "beta": 0.99, "eps": 1e-8}
    promised(f, rmsprop, state, 2, ("w", "grad", "s"), defaults, {"lr": 0.5, "beta": 0.7})
    goes_on(f, rmsprop)


@points(2)
def test_adam(student):
    """the corrected average of the gradients over the root of the corrected average of their squares, plus eps"""
    f = student.adam_step
    w, zero = numbers(1.0, 1.0), numbers(0.0, 0.0)
    given = {"lr": 0.5, "betas": (0.75, 0.5), "eps": 0.0}
    first = (numbers(0.5, 1.5), numbers(1.0, -0.5), numbers(8.0, 2.0))
    assert_same(f(w, numbers(4.0, -2.0), zero, zero, 1, **given), first)
    for t, options in (
        (1, {"lr": 0.1}), (2, {"lr": 0.3, "betas": (0.7, 0.8)}), (5, {"lr": 0.3, "eps": 0.1}),
        (3, {"lr": 0.2137, "betas": (0.4137, 0.9037), "eps": 0.5137}), (40, {"lr": 0.1, "betas": (0.9, 0.95)}),
        (20_000, {"lr": 0.1, "betas": (0.9, 0.9999)}), (2, {"lr": 0.1, "betas": (0.0, 0.8)}),
        (2, {"lr": 0.1, "betas": (0.7, 0.0)}),
    ):  # fmt: skip
        tensors = adams(3)
        with unmodified(*tensors):
            answer = f(*tensors, t, **options)
        assert_same(answer, adam(*tensors, t, **options))


@points(1)
def test_adam_promises(student):
    """Adam takes any shape, layout and dtype, has its defaults, goes on step by step; a ValueError for a step below 1"""
    f, names = student.adam_step, ("w", "grad", "m", "s")
    defaults = {"lr": 0.001, "betas": (0.9, 0.999), "eps": 1e-8}
    promised(
        lambda *a, **k: f(*a, 3, **k), lambda *a, **k: adam(*a, 3, **k), adams, 3, names, defaults,
        {"lr": 0.5, "betas": (0.6, 0.8)},
    )  # fmt: skip
    mine = theirs = (draw(3), torch.zeros(3, dtype=F64), torch.zeros(3, dtype=F64))
    for t in (1, 2, 3):
        grad = draw(3)
        mine, theirs = f(mine[0], grad, *mine[1:], t, lr=0.3), adam(theirs[0], grad, *theirs[1:], t, lr=0.3)
    assert_same(tuple(mine), theirs, about="after three steps")
    given = adams(2)
    for t in (0, -1):
        with unmodified(*given), raises(ValueError):
            f(*given, t)


# -- how long Adam's steps are -----------------------------------------------------------------------


def lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    """The formula."""
    return averaged(grads, betas[0]).abs() / (averaged(grads**2, betas[1]).sqrt() + eps)


@points(2)
def test_step_lengths(student):
    """each step of each weight has the length of the corrected average over the root of that of the squares, plus eps"""
    f = student.step_lengths
    turn = numbers(1.0, -1.0)
    assert_same(f(turn, (0.5, 0.5), 0.0), numbers(1.0, 1 / 3))
    for shape in ((4,), (3, 3), (5, 2), (2, 3, 2)):
        for betas, eps in (((0.9, 0.999), 1e-8), ((0.5, 0.8), 0.1), ((0.8, 0.3), 0.5)):
            grads = draw(*shape)
            with unmodified(grads):
                answer = f(grads, betas, eps)
            assert_same(answer, lengths(grads, betas, eps))


@points(1)
def test_lengths_promises(student):
    """a steady gradient gives steps of length 1; any length and shape, layout and dtype, the defaults, gradients"""
    f = student.step_lengths
    for size in (3.0, -3e-3):
        steady = torch.full((4, 2), size, dtype=F64)
        assert_same(f(steady, eps=0.0), torch.ones(4, 2, dtype=F64), about="for a steady gradient and eps = 0")
    assert_contract(
        f, lengths, draw(4, 3), name="grads", dtypes=FLOAT32, defaults={"betas": (0.9, 0.999), "eps": 1e-8},
        numbers={"eps": (0.0, 1 / 3)}, gradients=True, shapes=((1,), (6,), (1, 3), (4, 1), (2, 0), (3, 2, 2)),
    )  # fmt: skip
    seldom = torch.zeros(300, dtype=F64)
    seldom[[3, 30, 31, 299]] = draw(4) * numbers(1.0, 1.0, 1.0, 20.0)  # the last step is longer than 10
    for betas in ((0.1, 0.999), (0.9, 0.99)):
        about = f"of gradients that are seldom anything but 0, with betas = {betas}"
        assert_same(f(seldom, betas), lengths(seldom, betas), about=about)
    still = torch.zeros(3, 2, dtype=F64)
    assert_same(f(still), still, about="for gradients of 0")
    require(bool((f(draw(6, 2)) >= 0).all()), "a length is below 0")
    assert_sizes(f, lengths, lambda t, d: (draw(t, d),), name="grads", gradients=True)
    assert_scales(f, lengths, draw(4, 3), name="grads", powers=(-7, 7))
    for kind, other in layouts(draw(4, 3)):
        assert_same(f(other, (0.5, 0.8), 0.1), lengths(other, (0.5, 0.8), 0.1), about=f"with {kind} `grads`")


@points(1)
@forbids(
    "torch.optim.Adam", "torch.optim.Adagrad", "torch.optim.RMSprop", "torch.optim.AdamW", "torch.optim.adam",
    "torch.optim.adagrad", "torch.optim.rmsprop", "*.Adam", "*.Adagrad", "*.RMSprop", "*.AdamW",
    of=("adagrad_step", "rmsprop_step", "adam_step"),
    operators=("aten._fused_adam_.default", "aten._fused_adamw_.default", "aten._fused_adagrad_.default"),
)  # fmt: skip
def test_written_by_hand(student):
    """the steps are written out, not borrowed from torch.optim"""
    student.adagrad_step(*state(2))
    student.rmsprop_step(*state(2))
    student.adam_step(*adams(2), 2)
