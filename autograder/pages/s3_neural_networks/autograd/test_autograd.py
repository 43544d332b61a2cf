"""What the engine and the four functions must do. PyTorch is the oracle, in float64.

Small programs run over there with the student's Value, and here with tensors: ["u = a * b", "y = u.tanh()"].
"""

import math
import random
from functools import lru_cache

import torch

from autograder.checking import (
    assert_contract,
    assert_gradients,
    assert_number,
    assert_same,
    assert_scales,
    assert_sizes,
    forbids,
    layouts,
    points,
    raises,
    require,
    unmodified,
)

F64 = torch.float64
MANY = 200_000  #: entries: a Hessian of so many rows is worked out by nobody


def draw(*shape, dtype=F64):
    """Normal values of this shape."""
    return torch.randn(shape, dtype=dtype)


def over_there(student, name, prop):
    """The prop; it belongs to the definition that was looked up before it."""
    getattr(student, name)
    return student.prop(prop)


def ask(student, name, prop, *args, **options):
    """What a prop makes of the student's definition; the call is recorded as one of that definition."""
    return over_there(student, name, prop)(getattr(student, name), *args, **options)


# -- the engine -------------------------------------------------------------------------------------


def after_backward(Value, lines, leaves, roots=(), clear=()):
    """Over there: compute line after line and call backward; {name: (data, grad)} afterwards.

    roots: the names to call backward on, one after the other; the last line's if none is given.
    clear: the leaves whose grad is set to 0 before each of these calls.
    """
    names = {name: Value(number) for name, number in leaves.items()}
    for line in lines:
        name, formula = line.split(" = ")
        names[name] = eval(formula, {}, names)
    for root in roots or [name]:
        for leaf in clear:
            names[leaf].grad = 0.0
        names[root].backward()
    return {name: (value.data, value.grad) for name, value in names.items()}


@lru_cache(maxsize=256)
def by_torch(lines, leaves, roots=(), clear=()):
    """The same with tensors, worked out once; a number's grad is 0 where no gradient arrives."""
    names = {name: torch.tensor(number, dtype=F64, requires_grad=True) for name, number in leaves}
    for line in lines:
        name, formula = line.split(" = ")
        names[name] = eval(formula, {}, names)
        names[name].retain_grad()
    for root in roots or [name]:
        for leaf in clear:
            names[leaf].grad = None
        names[root].backward(retain_graph=True)
    return {n: (value.item(), 0.0 if value.grad is None else value.grad.item()) for n, value in names.items()}


def assert_close(actual, expected, about):
    """assert_number, which costs a hundred times as much as math.isclose, only where that has its doubts."""
    if type(actual) is not float or not math.isclose(actual, expected, rel_tol=1e-9, abs_tol=1e-12):
        assert_number(actual, expected, about=about)


def compare(student, lines, roots=(), clear=(), **leaves):
    """Data and gradients are PyTorch's; after more than one backward only the leaves' gradients are looked at."""
    options = {"roots": list(roots), "clear": list(clear)} if roots else {}
    found = ask(student, "Value", after_backward, lines, leaves, **options)
    expected = by_torch(tuple(lines), tuple(leaves.items()), roots, clear)
    for name in expected:
        assert_close(found[name][0], expected[name][0], f"{name}.data")
    for name in reversed(leaves if len(roots) > 1 else expected):  # from the end: the first mistake comes first
        assert_close(found[name][1], expected[name][1], f"{name}.grad")


@points(2)
def test_shared_nodes(student):
    """where a value is used several times, all its paths count, whatever their lengths; unused values keep a grad of 0"""
    compare(student, ["c = a + a"], a=3.0)
    compare(student, ["c = a * a"], a=3.0)
    compare(student, ["b = a * 2", "c = b + b"], a=3.0)
    compare(student, ["c = a * b", "d = c + a"], a=2.0, b=-3.0, unused=5.0)
    compare(student, ["b = a * 3", "c = b * 5", "d = c * 7", "e = d + b"], a=0.5)
    compare(student, ["b = a * 3", "c = b * 5", "d = c * 7", "e = b + d"], a=0.5)
    compare(student, ["b = a * a", "c = b + a", "d = c * b", "e = d + c", "f = e * d", "g = f + a"], a=0.7)


def side_by_side(student, *formulas, **leaves):
    """Several formulas in one program, added up in the end, so that each keeps its own slopes."""
    lines = [f"{name} = {formula}" for name, formula in zip("uvwxyz", formulas, strict=False)]
    compare(student, [*lines, "total = " + " + ".join(line[0] for line in lines)], **leaves)


@points(1)
def test_operators(student):
    """+ - * / and ** have PyTorch's value and slopes, also with a plain number on either side"""
    for formula in ("a * b", "a - b", "a / b", "-a"):
        compare(student, [f"c = {formula}"], a=3.0, b=-2.0)
    side_by_side(student, "a - 2", "2 - b", "c / 4", "4 / d", a=3.0, b=3.0, c=3.0, d=3.0)
    side_by_side(student, "a + 2", "2 + b", "c * 2.5", "2.5371 * d", a=3.0, b=3.0, c=3.0, d=3.0)
    side_by_side(student, "a ** 3", "b ** -1", "c ** 0.5", "d ** -1.5", a=1.7, b=1.7, c=1.7, d=1.7)
    side_by_side(student, "a ** 4.5", "-3 / b", "-2 - c", "-4 * d", a=1.7, b=1.7, c=1.7, d=1.7)
    side_by_side(student, "a * 0", "b ** 3 + b ** 2", "c - c ** 1", "d ** 1", a=3, b=0, c=-2, d=0)
    side_by_side(student, "-a", "b - 0", "0 - c", "d * 1", "e / 1", a=0.0, b=0.0, c=0.0, d=0.0, e=0.0)
    same = ask(student, "Value", handed_back, 2.0)
    require(not same, "every operation makes a new Value, but these gave the operand itself", same, [])


def handed_back(Value, number):
    """Over there: the operations that give their operand back in place of a new Value."""
    x = Value(number)
    made = {
        "x + 0": x + 0, "0 + x": 0 + x, "x - 0": x - 0, "x * 1": x * 1, "1 * x": 1 * x, "x / 1": x / 1, "x ** 1": x**1,
        "x.relu()": x.relu(),
    }  # fmt: skip
    y = x
    y += 1
    made["x += 1"] = y
    y = x
    y *= 2
    made["x *= 2"] = y
    y = x
    y -= 1
    made["x -= 1"] = y
    y = x
    y /= 2
    made["x /= 2"] = y
    return [formula for formula, value in made.items() if value is x]


@points(1)
def test_functions(student):
    """relu, tanh and exp have PyTorch's value and slope, at 0 and far out too"""
    for number in (0.5, -0.5, 2.0, -3.0, 0.0):
        side_by_side(student, "a.relu()", "b.tanh()", "c.exp()", a=number, b=number, c=number)
    for number in (1000.0, -1000.0):
        side_by_side(student, "a.relu()", "b.tanh()", a=number, b=number)
    for number in (4.0, -5.5, 6.5, -8.0):  # the slope of tanh is small there, and not yet 0
        side_by_side(student, "b.tanh()", b=number)
    for number in (1e-14, -1e-14):
        compare(student, ["c = a.relu()"], a=number)
    compare(student, ["b = a.exp()", "c = b * 1e-43"], a=100.0)
    for number in (200.0, 450.0, 700.0):
        compare(student, ["b = a.exp()", "c = b * 1e-300"], a=number)
    compare(student, ["c = a ** 0", "d = c + a"], a=1.7)
    compare(student, ["u = a.exp()", "v = u.tanh()", "w = (v - 2).relu() + v.relu()", "y = w * u"], a=0.3)


FORMULAS = (
    "{u} + {v}", "{u} - {v}", "{u} * {v}.tanh()", "{u} / ({v} ** 2 + 1)", "({u} ** 2 + {v} ** 2 + 1) ** 0.5",
    "{u}.relu() + {v}", "({u} - {k}).tanh()", "{u}.tanh().exp()", "{k} - {u}", "{k} * {u}", "{k} / ({u} * {u} + 2)", "-{u}",
)  # fmt: skip


def random_program(length):
    """Lines that compute with a, b, c and each other at random."""
    names, lines = ["a", "b", "c"], []
    for number in range(length):
        u, v = random.choice(names[-3:]), random.choice(names)
        lines.append(f"n{number} = " + random.choice(FORMULAS).format(u=u, v=v, k=random.choice((2, 0.5, -3))))
        names.append(f"n{number}")
    return [*lines, f"y = {names[-1]} * {names[-2]} + {names[-3]}"]


@points(2)
def test_random_graphs(student):
    """in graphs made at random every node has PyTorch's data and gradient"""
    compare(student, ["u = a * b", "v = u + a", "y = v.tanh()"], a=0.5, b=2.0)
    compare(student, ["u = a * b", "v = u.relu() + u", "y = v.tanh()"], a=-0.5, b=2.0)
    for length in (2, 3, 5, 8, 12, 16, 20):
        a, b, c = (round(random.uniform(-2, 2), 2) for _ in range(3))
        compare(student, random_program(length), a=a, b=b, c=c)


def along_a_chain(Value, start, operations):
    """Over there: y = y * q + x again and again, starting from x, with q = 0.999; (y, the gradient of x)."""
    x, q = Value(start), Value(0.999)
    y = x
    for _ in range(operations // 2):
        y = y * q + x
    y.backward()
    return y.data, x.grad


def over_doublings(Value, start, times):
    """Over there: y = y + y again and again, starting from x; (y, the gradient of x)."""
    y = x = Value(start)
    for _ in range(times):
        y = y + y
    y.backward()
    return y.data, x.grad


def over_a_sum(Value, numbers):
    """Over there: the sum of squares by Python's `sum`, which begins with 0 + ...; (it, the gradients)."""
    values = [Value(number) for number in numbers]
    total = sum(value * value for value in values)
    total.backward()
    return total.data, [value.grad for value in values]


@points(1)
def test_long_chain(student):
    """a chain of 5,000 operations is no deeper than backward can go, and 50 doublings are 50 operations, not 2^50 paths"""
    for operations in (4, 5000):
        y = x = 0.5
        slope = 1.0
        for _ in range(operations // 2):
            y, slope = y * 0.999 + x, slope * 0.999 + 1
        data, grad = ask(student, "Value", along_a_chain, x, operations)
        assert_number(data, y, about="the end of the chain")
        assert_number(grad, slope, about="x.grad")
    numbers = draw(300).tolist()
    data, grads = ask(student, "Value", over_a_sum, numbers)
    assert_number(data, sum(number * number for number in numbers), about="the sum of 300 squares")
    assert_same(torch.tensor(grads, dtype=F64), 2 * torch.tensor(numbers, dtype=F64), about="the gradients")
    for times in (3, 50):
        data, grad = ask(student, "Value", over_doublings, 0.5, times)
        assert_number(data, 0.5 * 2.0**times, about="x doubled again and again")
        assert_number(grad, 2.0**times, about="x.grad")


@points(1)
def test_second_backward(student):
    """gradients accumulate: a second backward adds to the leaves what the first one would give; grad = 0 starts anew"""
    compare(student, ["c = a * 2"], roots="cc", a=3.0)
    compare(student, ["b = a * 2", "c = b * 5"], roots="cc", a=3.0)
    for roots in ("aa", "ca", "aca"):  # a leaf's own backward adds 1 to its grad
        compare(student, ["c = a * 2"], roots=roots, a=3.0)
    shared = ["u = a * b", "v = u + a", "w = u * v * 3"]
    for roots in ("ww", "vw", "wv", "uvw", "www"):
        compare(student, shared, roots=roots, a=2.0, b=-3.0)
    for roots in ("uw", "wu"):
        compare(student, shared, roots=roots, clear="ab", a=2.0, b=-3.0)


# -- gradients of functions -------------------------------------------------------------------------


def cubic(total=True):
    """Over there: f(x) = (x^3).sum() + sin(x_1 x_2 ...), or the entries before they are added up."""

    def f(x):
        y = x**3 + x.prod().sin() / x.numel()
        return y.sum() if total else y

    return f


def slopes_of_cubic(x):
    """The gradient of :func:`cubic` at x."""
    leaf = x.detach().clone().requires_grad_()
    return torch.autograd.grad(cubic()(leaf), leaf)[0]


def flags_after_error(grad_of, x):
    """Over there: `requires_grad` of two tensors, False and True at first, once a function of them raised an error."""

    def stumble(x):
        raise ZeroDivisionError(float(x.sum()))

    flags = []
    for tracked in (False, True):
        leaf = x.clone().requires_grad_(tracked)
        try:
            grad_of(stumble, leaf)
        except ZeroDivisionError:
            flags.append(leaf.requires_grad)
    return flags


def twice(function, f, x, *rest, tracked=False):
    """Over there: two calls with one tensor; both answers, and what became of the tensor.

    tracked: the tensor requires a gradient, and has one: all ones.
    """
    x = x.clone()
    if tracked:
        x.requires_grad_()
        x.grad = torch.ones_like(x)
    first, second = (function(f, x, *rest).detach().clone() for _ in range(2))
    return first, second, x.requires_grad, x.grad


def compare_twice(student, name, f, expected, x, *rest):
    """Both answers are right, and x is left alone."""
    for tracked in (False, True):
        first, second, requires_grad, grad = ask(student, name, twice, f, x, *rest, tracked=tracked)
        assert_same(first, expected)
        assert_same(second, expected, about="a second call with the same x")
        require(requires_grad == tracked, "the call changed x.requires_grad", requires_grad, tracked)
        assert_same(grad, torch.ones_like(x) if tracked else None, about="x.grad after the calls")


@points(1)
def test_grad_of(student):
    """it gives the derivative for each entry, whatever the shape of x, and leaves x alone; ValueError for several outputs"""
    make = over_there(student, "grad_of", cubic)
    f, entries = make(), make(total=False)
    for shape in ((2,), (), (2, 3)):
        x = draw(*shape)
        expected = slopes_of_cubic(x)
        with unmodified(x):
            assert_same(student.grad_of(f, x), expected, rtol=1e-12, atol=1e-12)
        compare_twice(student, "grad_of", f, expected, x)
    assert_same(student.grad_of(f, torch.ones(2)), torch.full((2,), 3 + torch.cos(torch.ones(())).item()))
    assert_contract(
        lambda x: student.grad_of(f, x), slopes_of_cubic, draw(2, 3), name="x", dtypes=[torch.float32],
        shapes=[(1,), (2, 1), (1, 3), (1, 1), (0,)],
    )  # fmt: skip
    assert_sizes(lambda x: student.grad_of(f, x), slopes_of_cubic, lambda *shape: (draw(*shape),), name="x")
    assert_scales(lambda x: student.grad_of(f, x), slopes_of_cubic, draw(2, 3), name="x", powers=(-3, 6))
    for x in (draw(2), draw(2, 1), draw(1, 2)):
        with unmodified(x), raises(ValueError):
            student.grad_of(entries, x)
    flags = ask(student, "grad_of", flags_after_error, draw(2))
    require(
        flags == [False, True],
        "where f raises an error, `requires_grad` of x must be what it was before the call",
        flags, [False, True], claims=True,
    )  # fmt: skip


# -- a training step --------------------------------------------------------------------------------


def train(manual_step, w, b, X, y, lr, steps):
    """Over there: some steps in a row, and what they did to w and b."""
    w, b = w.clone().requires_grad_(), b.clone().requires_grad_()
    same = w.detach(), b.detach()  # the same memory: what is written into w and b is seen here
    path, losses, graphs, start = [], [], False, w.detach().clone()
    for _ in range(steps):
        loss = manual_step(w, b, X, y, lr)
        tensors = [t for t in (loss, w.grad, b.grad) if isinstance(t, torch.Tensor)]
        graphs = graphs or any(t.requires_grad for t in tensors)
        losses.append(loss.tolist() if isinstance(loss, torch.Tensor) else loss)
        path.append(torch.cat([w.detach(), b.detach().reshape(1)]))
    leaves = all(p.is_leaf and p.requires_grad for p in (w, b))
    inside = all(torch.equal(kept, p) for kept, p in zip(same, (w, b), strict=True))
    if not torch.equal(w, start):
        why = "w moved"
    else:  # was there no gradient, was it cleared, or was it not written into w?
        why = "no gradient" if w.grad is None else "gradient" if w.grad.any() else "zeros"
    return {
        "w and b": torch.stack(path),
        "losses": losses,
        "leaves": leaves,
        "graphs": graphs,
        "w.grad": why,
        "inside": inside,
    }


def descend(w, b, X, y, lr, steps):
    """The same by the formula of the slopes: (w and b after each step, the losses before each)."""
    Z, path = torch.cat([X, torch.ones_like(y)[:, None]], 1), [torch.cat([w, b.reshape(1)])]
    for _ in range(steps):
        path.append(path[-1] - lr * 2 / len(y) * (Z @ path[-1] - y) @ Z)
    path = torch.stack(path)
    return path[1:], (path[:-1] @ Z.T - y).square().mean(1)


def compare_steps(student, *example, steps):
    """The student's steps are these, and leave no graph behind."""
    found = ask(student, "manual_step", train, *example, steps)
    path, losses = descend(*example, steps)
    for number in range(min(steps, 3)):
        about = f"the loss before step {number + 1}"
        assert_number(found["losses"][number], losses[number].item(), rtol=1e-10, atol=1e-12, about=about)
        assert_same(found["w and b"][number], path[number], about=f"w and b, in one row, after step {number + 1}")
    assert_same(found["w and b"], path, about=f"w and b, in one row, after each of {steps} steps")
    rest = torch.tensor([float(loss) for loss in found["losses"]], dtype=F64)
    assert_same(rest, losses, about="the losses")
    require(found["leaves"], "w or b is no leaf any more, or no longer requires a gradient", claims=True)
    said = "w or b got other memory, where the new values were to be written into the old one"
    require(found["inside"], said, claims=True)
    require(
        not found["graphs"],
        "the loss, w.grad or b.grad requires a gradient: each step keeps its graph alive",
        claims=True,
    )


@points(2)
def test_manual_step(student):
    """w and b go one step against the gradient, in place and from fresh gradients, and stay leaves for 100 steps"""
    X, y = torch.tensor([[1.0], [2.0]], dtype=F64), torch.tensor([3.0, 5.0], dtype=F64)
    w, b = torch.zeros(1, dtype=F64), torch.zeros((), dtype=F64)
    compare_steps(student, w, b, X, y, 0.1, steps=2)
    for n, d, steps, size in (
        (3, 3, 3, 1),
        (5, 2, 100, 1),
        (1, 2, 2, 1),
        (3, 1, 2, 1),
        (4, 2, 2, 1e4),
        (7, 5, 2, 1e-4),
        (6, 8, 2, 1),
    ):
        example = draw(d), draw(), draw(n, d), size * draw(n)
        with unmodified(*example):
            compare_steps(student, *example, 0.0537, steps=steps)
    for _, X in layouts(draw(4, 3)):
        compare_steps(student, draw(3), draw(), X, draw(8)[::2], 0.05, steps=2)


# -- an operation -----------------------------------------------------------------------------------


def is_a_function(kind):
    """Over there: was it made for autograd?"""
    return isinstance(kind, type) and issubclass(kind, torch.autograd.Function)


@points(1)
def test_sigmoid(student):
    """MySigmoid.apply has the sigmoid's values and gradients, in any shape and dtype and far out, and leaves x alone"""
    require(ask(student, "MySigmoid", is_a_function), "MySigmoid must inherit from torch.autograd.Function")
    apply = student.MySigmoid.apply
    for x in (torch.tensor([0.0, 1.0, -2.0], dtype=F64), draw(2, 3), draw(4, 2).T, draw(0, 3), draw(), draw(1, 1)):
        with unmodified(x):
            assert_same(apply(x), torch.sigmoid(x))
        assert_gradients(apply, torch.sigmoid, x)
    assert_sizes(apply, torch.sigmoid, lambda *shape: (draw(*shape),), name="x", gradients=True)
    for dtype in (F64, torch.float32):
        assert_gradients(apply, torch.sigmoid, torch.tensor([1000.0, -1000.0, 30.0, -30.0, 0.5], dtype=dtype))
    x, g = draw(2, 3), draw(2, 3)
    expected = g * (torch.sigmoid(x) * torch.sigmoid(-x) + 1)
    about = "the gradient of MySigmoid.apply(x) + x, weighted entry by entry"
    assert_same(ask(student, "MySigmoid", beside_itself, x, g), expected, about=about)


def beside_itself(MySigmoid, x, g):
    """Over there: the gradient of MySigmoid(x) + x, whose two terms are sent the same tensor, weighted with g."""
    x = x.clone().requires_grad_()
    ((MySigmoid.apply(x) + x) * g).sum().backward()
    return x.grad


@points(1)
def test_sigmoid_twice(student):
    """MySigmoid can be differentiated twice, and the second derivatives are right"""

    def slope_through(sigmoid):
        def slope(x):
            y = sigmoid(x)
            return torch.autograd.grad((y * y * x).sum(), x, create_graph=True)[0]

        return slope

    for x in (torch.tensor([1.0], dtype=F64), draw(3), draw(2, 3), torch.tensor([1000.0, -1000.0], dtype=F64)):
        assert_gradients(slope_through(student.MySigmoid.apply), slope_through(torch.sigmoid), x)


# -- second derivatives -----------------------------------------------------------------------------


def landscape(A):
    """Over there: f(x) = x A x / 2 + sum(x^4) / 12, and a function that says how many gradients for x were worked out."""
    gradients = []

    def f(x):
        if x.requires_grad:
            x.register_hook(gradients.append)
        return x @ A @ x / 2 + (x**4).sum() / 12

    return f, lambda: len(gradients)


def chain():
    """Over there: f(x) = sum of x_i x_(i+1) + sum(x^4) / 12, of which a Hessian of any size is cheap to multiply by."""
    return lambda x: (x[1:] * x[:-1]).sum() + (x**4).sum() / 12


def somewhere(student, size, dtype=F64):
    """A random landscape: (f, a place, the Hessian there, how many gradients were worked out)."""
    A, x = draw(size, size, dtype=dtype), draw(size, dtype=dtype)
    f, passes = over_there(student, "hvp", landscape)(A)
    return f, x, (A + A.T) / 2 + torch.diag(x**2), passes


@points(1)
def test_hvp(student):
    """it is the Hessian times v, column by column and for any v, in the dtype of x, and leaves x and v alone"""
    for size in (2, 1, 4):
        f, x, H, _ = somewhere(student, size)
        column, v = torch.eye(size, dtype=F64)[0], draw(size)
        with unmodified(x, column, v):
            assert_same(student.hvp(f, x, column), H @ column)
            assert_same(student.hvp(f, x, v), H @ v)
            assert_same(student.hvp(f, x, -v.abs()), -H @ v.abs())
    compare_twice(student, "hvp", f, H @ v, x, v)
    for (_, place), (_, direction) in zip(layouts(x), layouts(v), strict=True):
        assert_same(student.hvp(f, place, direction), H @ v)
    assert_scales(lambda v: student.hvp(f, x, v), lambda v: H @ v, v, name="v")
    assert_same(student.hvp(f, x, 0 * v), 0 * v, about="with zeros for `v`")
    f, x, H, _ = somewhere(student, 3, torch.float32)
    v = draw(3, dtype=torch.float32)
    assert_same(student.hvp(f, x, v), H @ v, rtol=1e-4, atol=1e-4)


@points(1)
@forbids("torch.autograd.functional.hvp", "torch.autograd.functional.vhp", "*.hessian", of="hvp")
def test_hvp_cost(student):
    """it works out a few gradients, not one for each row of the Hessian, and is written by hand"""
    f, x, H, passes = somewhere(student, 40)
    v = draw(40)
    assert_same(student.hvp(f, x, v), H @ v)
    count = passes()
    require(count <= 6, "so many gradients were worked out for n = 40; two are enough", count)
    # that few were worked out is what the other process says; here whoever goes row by row does not come to an end
    x, v, ends = draw(MANY), draw(MANY), torch.zeros(1, dtype=F64)
    expected = x**2 * v + torch.cat([v[1:], ends]) + torch.cat([ends, v[:-1]])
    assert_same(student.hvp(over_there(student, "hvp", chain)(), x, v), expected)
