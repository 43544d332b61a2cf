"""What a neuron, the perceptron's rule and a linear layer must do.

A layer's first weights are random, so its answers are compared after `put` has given it known ones; of the
first weights themselves the record keeps what was found out about them, not the numbers.
"""

import math

import torch
from torch.nn import functional

from autograder.checking import (
    CheckFailure,
    RemoteError,
    assert_contract,
    assert_gradients,
    assert_number,
    assert_same,
    assert_scales,
    assert_sizes,
    forbids,
    layouts,
    points,
    require,
    unmodified,
)

F64 = torch.float64
#: how far from 1 / in_features the variance of the first weights may be; documented as 0.1 and 4
LEAST, MOST = 0.09, 4.4


def tensor(*values, dtype: torch.dtype = F64) -> torch.Tensor:
    """A float64 tensor of these values or rows."""
    return torch.tensor(values, dtype=dtype)


def draw(*shape: int, dtype: torch.dtype = F64) -> torch.Tensor:
    """Normal values of this shape."""
    return torch.randn(shape, dtype=dtype)


# -- one neuron --------------------------------------------------------------------------------------


def identity(z):
    """No activation at all."""
    return z


def bent(z):
    """Neither odd nor even, nor monotone, and not 0 at 0."""
    return z * z + z - 0.5


ACTS = (identity, torch.relu, torch.tanh, torch.sigmoid, bent)


@points(1)
def test_neuron(student):
    """neuron gives act(w . x + b), a single number"""
    x, w = tensor(1.0, 2.0), tensor(3.0, -1.0)
    for act in ACTS:
        assert_same(student.neuron(x, w, tensor(0.5)[0], act), act(tensor(1.5)[0]))
    assert_same(student.neuron(x, w, -4.0, torch.relu), tensor(0.0)[0])
    assert_same(student.neuron(x, w, 0.1, identity), tensor(1.1)[0], rtol=1e-12)
    for size in (3, 1, 6):
        x, w, b = draw(size), draw(size), draw()
        for act in ACTS:
            assert_same(student.neuron(x, w, b, act), act((w * x).sum() + b))
    for act in (identity, bent):
        one, true = (with_act(function, act) for function in (student.neuron, by_hand))
        assert_sizes(one, true, lambda d: (draw(d), draw(d), draw()), name="x", gradients=True)


@points(1)
def test_neuron_batch(student):
    """neuron_batch gives every row the answer that neuron gives it, in a tensor of shape (N,)"""
    X, w = tensor([1.0, 2.0], [0.0, 1.0], [2.0, 0.0]), tensor(3.0, -1.0)
    assert_same(student.neuron_batch(X, w, 0.5, identity), tensor(1.5, -0.5, 6.5))
    tenth = student.neuron_batch(X, w, 0.1, identity)  # a float32 in between would keep seven digits of it
    assert_same(tenth, tensor(1.1, -0.9, 6.1), rtol=1e-12)
    for shape in ((5, 3), (3, 3), (1, 4), (4, 1), (200, 2)):
        X, w, b = draw(*shape), draw(shape[1]), draw()
        for act in ACTS:
            expected = torch.stack([act((w * x).sum() + b) for x in X])
            assert_same(student.neuron_batch(X, w, b, act), expected)
    for act in (identity, bent):
        one, true = (with_act(function, act) for function in (student.neuron_batch, by_hand))
        assert_sizes(one, true, lambda n, d: (draw(n, d), draw(d), draw()), name="X", gradients=True)
    assert_scales(
        with_act(student.neuron_batch, identity), with_act(by_hand, identity),
        draw(4, 3), draw(3), draw(), of=(0, 2), name="X",
    )  # fmt: skip


@points(1)
def test_neuron_gradients(student):
    """gradients flow through both to inputs, weights and bias; inputs and weights stay as they were"""
    for act in (torch.tanh, bent):
        for name, shape in (
            ("neuron", (3,)), ("neuron_batch", (4, 3)), ("neuron", (1,)), ("neuron_batch", (1, 3)), ("neuron_batch", (3, 1)),
        ):  # fmt: skip
            x, w, b = draw(*shape), draw(shape[-1]), draw()
            answer = getattr(student, name)
            assert_gradients(
                lambda x, w, b, f=answer, a=act: f(x, w, b, a), lambda x, w, b, a=act: a(x @ w + b), x, w, b
            )
            with unmodified(x, w, b):
                answer(x, w, b, act)
            for place, which in ((0, "x"), (1, "w"), (2, "b")):
                assert_contract(answer, by_hand, x, w, b, act, of=place, name=which, zero=True, gradients=True)
            assert_contract(answer, by_hand, x.float(), w.float(), b.float(), act, layout=False)


def by_hand(x, w, b, act):
    """Both functions in one line."""
    return act(x @ w + b)


def with_act(function, act):
    """A function of input, weights and bias alone."""
    return lambda *given: function(*given, act)


# -- the perceptron ----------------------------------------------------------------------------------

CORNERS = tensor([0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0])
AND, OR, XOR = tensor(-1.0, -1.0, -1.0, 1.0), tensor(-1.0, 1.0, 1.0, 1.0), tensor(-1.0, 1.0, 1.0, -1.0)


def train(student, X, y, **options):
    """(w, b, errors) of the student's: b a float, errors a list that ends with the first epoch without a mistake.

    The record keeps this form, so that stopping early or going on makes no difference to it.
    """
    result = student.perceptron_train(X, y, **options)
    require(isinstance(result, (tuple, list)) and len(result) == 3, "three results were expected: w, b, errors", result)
    w, b, errors = result
    single = not hasattr(b, "shape") or tuple(b.shape) == ()
    require(single, "the bias must be a single number: a float or a tensor of shape ()", b)
    listed = errors.tolist() if hasattr(errors, "tolist") else errors
    require(isinstance(listed, (list, tuple)), "errors must be a list with one number for each epoch", errors)
    counts = [int(count) for count in listed]
    ended = counts.index(0) + 1 if 0 in counts else len(counts)
    require(not any(counts[ended:]), "after an epoch without a mistake nothing changes, so no more can follow", counts)
    require(len(counts) <= options.get("epochs", 100), "errors has more entries than there were epochs", counts)
    student.calls[-1].outcome = ("value", {"w": w, "b": float(b), "errors": counts[:ended]}, False)
    return w, float(b), counts[:ended]


def rule(X, y, epochs, lr):
    """Rosenblatt's rule, with the bias as the weight of an input that is always 1."""
    rows = torch.cat([X, torch.ones(len(X), 1, dtype=X.dtype)], 1)
    v, errors = torch.zeros(rows.shape[1], dtype=X.dtype), []
    while len(errors) < epochs and 0 not in errors:
        errors.append(0)
        for row, label in zip(rows, y, strict=True):
            if label * (row @ v) <= 0:
                v += lr * label * row
                errors[-1] += 1
    return v[:-1], v[-1].item(), errors


def compare_rule(student, X, y, **options):
    """The student's weights, bias and mistakes are ours."""
    w, b, errors = train(student, X, y, **options)
    true_w, true_b, true_errors = rule(X, y, **{"epochs": 100, "lr": 1.0, **options})
    near = {
        "rtol": None if options.get("lr", 1.0) > 1e-3 else 1e-9,
        "atol": None if options.get("lr", 1.0) > 1e-3 else 0.0,
    }
    assert_same(w, true_w, about="w", **near)
    assert_number(b, true_b, about="b", **near)
    assert_same(errors, true_errors, about="errors")


@points(1)
def test_and_or(student):
    """on AND and OR the perceptron comes to an epoch without a mistake, and every example ends on its side"""
    for X in (CORNERS, 2 * CORNERS - 1):
        for y in (AND, OR, -AND):
            w, b, errors = train(student, X, y, epochs=50)
            require(errors[-1:] == [0], "50 epochs are enough, but the last one still counts mistakes", errors)
            fits = isinstance(w, torch.Tensor) and tuple(w.shape) == (2,)
            require(fits, "w must be a tensor with one entry for each feature", w)
            sides = y * (X @ w.to(F64) + b)
            require((sides > 0).all(), "y (w . x + b) must be above 0 for every example at the end", sides)


@points(1)
def test_xor(student):
    """XOR never comes to an epoch without a mistake, however long it goes on"""
    for X in (CORNERS, 2 * CORNERS - 1):
        for y in (XOR, -XOR):
            _, _, errors = train(student, X, y, epochs=25)
            require(0 not in errors, "no line separates XOR, yet an epoch without a mistake is reported", errors)
            require(len(errors) == 25, "every epoch has mistakes, so all 25 must be run and counted", errors)


@points(1)
def test_perceptron_rule(student):
    """w, b and the mistakes of every epoch are what the rule makes of the examples, one after the other"""
    compare_rule(student, tensor([2.0, 0.0], [0.0, 1.0]), tensor(1.0, -1.0), epochs=1, lr=0.5)
    compare_rule(student, CORNERS, AND, epochs=3)
    w, _, _ = student.perceptron_train(CORNERS, OR, 2, 0.25)
    student.calls[-1].outcome = ("value", {"w": w}, False)
    assert_same(w, rule(CORNERS, OR, 2, 0.25)[0], about="w, with epochs and lr by their places")
    compare_rule(student, CORNERS, OR, epochs=50, lr=0.25)
    compare_rule(student, CORNERS, AND)
    compare_rule(student, CORNERS, AND, epochs=20, lr=2.5)
    compare_rule(student, CORNERS, XOR)  # 100 epochs are run where nothing is said
    compare_rule(student, CORNERS, XOR, epochs=400 + int(torch.randint(200, ())))
    compare_rule(student, CORNERS.float(), OR.float(), epochs=50, lr=0.5)
    for X, y in ((CORNERS[3:], -AND[3:]), (CORNERS[3:], OR[3:]), (CORNERS[:, :1], tensor(1.0, 1.0, -1.0, -1.0))):
        compare_rule(student, X, y, epochs=5)
    X = draw(300, 2)
    compare_rule(student, X, (X[:, 0] + 0.3).sign(), epochs=2, lr=0.3)
    for lr in (2.0**-60, 2.0**13):  # every margin is that much smaller, or larger: the mistakes are the same
        compare_rule(student, CORNERS, OR, epochs=20, lr=lr)
    X = tensor([2.0, 0.0, 1.0], [0.0, 1.0, -1.0], [-1.0, 0.5, 2.0], [1.0, 1.0, 1.0])
    for _, other in layouts(X):
        compare_rule(student, other, AND, epochs=3)
    for _, other in layouts(AND):
        compare_rule(student, X, other, epochs=3)
    for count, size in ((12, 3), (4, 4), (30, 2)):
        X = draw(count, size)
        for y in ((X @ draw(size) + 0.3).sign(), draw(count).sign()):  # one that a line separates; one at random
            with unmodified(X, y):
                compare_rule(student, X, y, epochs=6, lr=0.3)


# -- the layer ---------------------------------------------------------------------------------------


def build(student, *sizes, **options):
    """A layer; that nn.Module's own __init__ was not called goes on record in words of ours."""
    try:
        return student.Linear(*sizes, **options)
    except RemoteError as error:
        if "Module.__init__" not in error.error.text:
            raise
        student.calls[-1].outcome = ("value", {"nn.Module.__init__ called": False}, False)
        raise CheckFailure(
            "a parameter is assigned before nn.Module is ready to register it: what must __init__ do first?",
            about=error.error.text,
        ) from None


def put(layer, values):
    """Runs where the layer lives: gives weight and bias these values; what does not fit, in words."""
    with torch.no_grad():
        for name, value in values.items():
            mine = getattr(layer, name, None)
            if not isinstance(mine, torch.Tensor):
                return f"the layer has no tensor `{name}`"
            if mine.shape != value.shape:
                return f"`{name}` has the shape {tuple(mine.shape)}, not {tuple(value.shape)}"
            mine.copy_(value)
    return ""


def known(student, inside: int, outside: int, bias: bool = True):
    """A layer with known values, and these values."""
    layer = build(student, inside, outside) if bias else build(student, inside, outside, bias=False)
    made = student.calls[-1]
    values = {"weight": draw(outside, inside, dtype=torch.float32)}
    if bias:
        values["bias"] = draw(outside, dtype=torch.float32)
    misfit = student.prop(put)(layer, values)
    student.calls.pop()  # not a call of the student's
    if misfit:
        made.outcome = ("value", {"misfit": misfit}, False)
        raise CheckFailure(misfit)
    return layer, values


@points(1)
def test_parameters(student):
    """weight (out, in) and bias (out,) are registered parameters under these names, and the only ones"""
    for inside, outside in ((3, 2), (2, 4), (1, 1)):
        for bias in (True, False):
            layer = build(student, inside, outside, bias=bias)
            made = student.calls[-1]
            state = layer.state()
            shapes = {name: tuple(p.shape) for name, p in state["parameters"].items()}
            trained = all(state["requires_grad"].values())
            made.outcome = ("value", {"shapes": shapes, "trained": trained}, False)
            expected = {"weight": (outside, inside), **({"bias": (outside,)} if bias else {})}
            about = f"Linear({inside}, {outside}, bias={bias})"
            if shapes != expected:
                raise CheckFailure("its parameters have other names or shapes", "", shapes, expected, True, about)
            require(trained, f"every parameter of {about} must require a gradient", state["requires_grad"])


@points(1)
def test_linear_values(student):
    """every row x of a batch gives x W^T + b, or x W^T in a layer without a bias"""
    for count, inside, outside in ((4, 3, 2), (3, 3, 3), (1, 2, 5)):
        for bias in (True, False):
            layer, values = known(student, inside, outside, bias)
            x = draw(count, inside, dtype=torch.float32)
            assert_same(layer(x), functional.linear(x, **values))
            layer.eval()
            assert_same(layer(x), functional.linear(x, **values), about="the same in eval mode")
            values = {name: -2 * value for name, value in values.items()}
            student.prop(put)(layer, values)
            del student.calls[-1]  # not a call of the student's
            assert_same(layer(x), functional.linear(x, **values), about="in eval mode, with other weights")


@points(1)
def test_leading_dims(student):
    """inputs may have any number of leading dimensions, also none, and stay as they were"""
    layer, values = known(student, 3, 2)
    for shape in ((3,), (4, 3), (2, 5, 3), (3, 3, 3), (2, 1, 4, 3), (1, 2, 1, 2, 1, 3)):
        x = draw(*shape, dtype=torch.float32)
        with unmodified(x):
            y = layer(x)
        assert_same(y, functional.linear(x, **values))
    for x in (draw(3, 4, dtype=torch.float32).T, draw(5, 2, 3, dtype=torch.float32).transpose(0, 1)):
        assert_same(layer(x), functional.linear(x, **values), about="of a transposed tensor")
    for inside, outside in zip(torch.randperm(6).add(1).tolist(), range(1, 7), strict=True):
        layer, values = known(student, inside, outside)
        for leading in ((), (outside,), (2, 3), (2, 1, 3), (1, 2, 1, 3)):
            x = draw(*leading, inside, dtype=torch.float32)
            assert_same(layer(x), functional.linear(x, **values))
    student.prop(make_double)(layer)
    del student.calls[-1]  # not a call of the student's
    x, values = draw(2, 3, 2, 4, inside), {name: value.double() / 3 for name, value in values.items()}
    student.prop(put)(layer, values)  # numbers that float32 does not hold
    del student.calls[-1]  # not a call of the student's
    assert_same(layer(x), functional.linear(x, **values), about="of a layer made float64")


def make_double(layer):
    """Over there: the layer in float64."""
    layer.double()


def parameters_shared(one, other):
    """Runs where the layers live: do they have a parameter in common?"""
    return any(p is q for p in one.parameters() for q in other.parameters())


@points(1)
def test_first_weights(student):
    """the first weights are random, of mean 0 and a variance of the order 1 / in_features, and no two neurons or layers are alike"""
    for inside, outside in ((400, 25), (36, 300), (2500, 1)):
        layer, made = build(student, inside, outside), student.calls[-1]
        twin = build(student, inside, outside)
        first, second, bias = (
            first_values(student, *which) for which in ((layer, "weight"), (twin, "weight"), (layer, "bias"))
        )
        shared = student.prop(parameters_shared)(layer, twin)
        student.calls.pop()  # not a call of the student's
        deviation = first.std().item()
        scale = deviation**2 * inside
        facts = {
            "finite": bool(first.isfinite().all() and bias.isfinite().all()),
            "all equal": bool((first == first.flatten()[0]).all()),
            "neurons alike": outside > 1 and bool((first[:1] == first).all()),
            "layers alike": first.shape == second.shape and bool((first == second).all()),
            "shared": shared,
            "mean": "0" if first.mean().abs() <= 0.1 * deviation else "other",
            "variance": "small" if scale < LEAST else "large" if scale > MOST else "right",
            "deviation 1": 0.9 < deviation < 1.1,
            "bias": "small" if (bias.abs() <= 1.001 / math.sqrt(inside)).all() else "large",
        }
        made.outcome = ("value", facts, False)
        about = f"the first weights of Linear({inside}, {outside})"
        for what, bad, reason in (
            ("finite", False, "not every weight is finite"),
            (
                "all equal",
                True,
                "all weights are equal" + (", so that all neurons learn the same" if outside > 1 else ""),
            ),
            ("neurons alike", True, "all neurons have the same weights, so that they learn the same"),
            ("layers alike", True, "two layers made one after the other begin with the same weights"),
            ("mean", "other", f"their mean must be 0, but it is {first.mean().item():.3g}"),
            (
                "variance",
                "small",
                f"their variance must be at least 0.1 / in_features, but it is {scale:.3g} / in_features",
            ),
            (
                "variance",
                "large",
                f"their variance must be at most 4 / in_features, but it is {scale:.3g} / in_features",
            ),
            ("bias", "large", "an entry of the bias is further from 0 than 1 / sqrt(in_features)"),
        ):
            if facts[what] == bad:
                raise CheckFailure(reason, about=about)
        require(not shared, "two layers have a parameter in common: training one trains the other", claims=True)


def first_values(student, layer, name: str) -> torch.Tensor:
    """What a layer begins with, in float64; the numbers, which are random, stay off the record."""
    value = getattr(layer, name)
    require(isinstance(value, torch.Tensor), f"`{name}` must be a tensor", value)
    student.calls.pop()
    return value.detach().double()


@points(1)
def test_linear_gradients(student):
    """gradients flow to the input, the weight and the bias, and are right"""
    for inside, outside, bias in ((3, 2, True), (2, 2, True), (3, 4, False)):
        layer, values = known(student, inside, outside, bias)
        mirrors = layer.mirrors()
        require(set(values) <= set(mirrors), "a weight or bias that is no nn.Parameter is not trained")
        names = list(values)
        for shape in ((4, inside), (2, 3, inside), (1, inside), (inside,)):
            mine = draw(*shape, dtype=torch.float32).requires_grad_()
            theirs = mine.detach().clone().requires_grad_()
            leaves = [values[name].clone().requires_grad_() for name in names]
            out, want = layer(mine), functional.linear(theirs, *leaves)
            assert_same(out, want)
            require(out.requires_grad, "the result is cut off from the computation graph: no gradient can flow")
            weights = torch.randn(want.shape)
            sources = [mine, *(mirrors[name] for name in names)]
            got = torch.autograd.grad((out * weights).sum(), sources, allow_unused=True)
            wanted = torch.autograd.grad((want * weights).sum(), [theirs, *leaves])
            for what, g, expected in zip(("the input", *names), got, wanted, strict=True):
                require(g is not None, f"no gradient reaches {what}")
                assert_same(g, expected, about=f"the gradient for {what}")


@points(1)
@forbids(
    "torch.nn.Linear",
    "torch.nn.LazyLinear",
    "torch.nn.functional.linear",
    of=("neuron", "neuron_batch", "Linear"),
    operators=("aten.linear.default",),
)
def test_written_by_hand(student):
    """the layer is written out, not borrowed from PyTorch"""
    layer, values = known(student, 3, 2)
    x = draw(4, 3, dtype=torch.float32)
    assert_same(layer(x), functional.linear(x, **values))
    x = torch.cat([x, -x])  # sums of both signs, whatever was drawn
    assert_same(
        student.neuron_batch(x, values["weight"][0], 0.5, torch.relu), torch.relu(x @ values["weight"][0] + 0.5)
    )
