"""What clipping, slopes and saturation, critical points, and batches must be. Small exact oracles, in float64."""

import itertools
import math

import torch
from torch import nn

from autograder.checking import (
    assert_contract,
    assert_number,
    assert_same,
    changed_by,
    forbids,
    layouts,
    points,
    raises,
    require,
    unmodified,
)

F64 = torch.float64


def tensor(*values) -> torch.Tensor:
    """A float64 tensor of these values."""
    return torch.tensor(values, dtype=F64)


# -- cliffs -----------------------------------------------------------------------------------------


def clipped(clip, grads, limit, as_generator=False):
    """Over there: clip parameters with these gradients: what came back, the gradients, did the values stay?"""
    leaves = []
    for g in grads:
        leaf = nn.Parameter(
            torch.full((3,) if g is None else g.shape, 7.0, dtype=torch.float64 if g is None else g.dtype)
        )
        leaf.grad = None if g is None else g.clone()
        leaves.append(leaf)
    came = clip((leaf for leaf in leaves) if as_generator else leaves, limit)
    return came, [leaf.grad for leaf in leaves], all(bool((leaf == 7.0).all()) for leaf in leaves)


def refused(clip, grads, limit):
    """Over there: the gradients of parameters after clipping them has raised an error."""
    leaves = []
    for g in grads:
        leaves.append(nn.Parameter(torch.zeros_like(g)))
        leaves[-1].grad = g.clone()
    try:
        clip(leaves, limit)
    except ValueError:
        pass
    return [leaf.grad for leaf in leaves]


def clip(student, name, grads, limit, **options):
    """(what came back, the gradients afterwards) of one of the student's clip functions."""
    function = getattr(student, name)  # looked up first: what follows is recorded under its name
    came, after, whole = student.prop(clipped)(function, grads, limit, **options)
    require(whole, "the values of the parameters were changed; clipping is about their gradients alone", claims=True)
    return came, after


@points(1)
def test_clip_by_value(student):
    """every entry of every gradient ends within [-c, c], those within stay, and so do None and the parameters"""
    for grads, c in (
        ([tensor(3.0, -4.0, 0.5)], 1.0),
        ([tensor([0.1, -0.3], [5.0, -0.2]), None, tensor(-9.0, 0.0, math.inf, -math.inf)], 0.25),
        ([torch.randn(2, 3), torch.randn(4)], 0.7),
        ([torch.randn(4, dtype=F64), tensor(3.0, -4.0)], 1 / 3),
        ([torch.randn(2, 1, 2, 3, dtype=F64), *torch.randn(20, 3, dtype=F64)], 0.5),
        ([1e-9 * torch.randn(8, dtype=F64)], 5e-10),
        ([1e9 * torch.randn(8, dtype=F64)], 5e8),
    ):
        _, after = clip(student, "clip_by_value_", grads, c)
        limited = [g if g is None else g.clamp(-c, c) for g in grads]
        assert_same(after, limited, rtol=1e-6 if c == 0.7 else 1e-12, atol=0, about="the gradients")
    _, after = clip(student, "clip_by_value_", [tensor(3.0, -4.0)], 1.0, as_generator=True)
    assert_same(after, [tensor(1.0, -1.0)], about="the gradients")


@points(1)
def test_clip_by_norm(student):
    """a gradient longer than max_norm is brought to that length, all parameters by one factor; the norm before comes back"""
    for grads, limit in (
        ([tensor(3.0, 4.0)], 1.0),
        ([tensor(3.0), tensor([0.0, 4.0], [0.0, 12.0])], 2.0),
        ([torch.randn(2, 3, dtype=F64), None, 5 * torch.randn(4, dtype=F64)], 0.5),
        ([torch.tensor([30.0, -40.0])], 25.0),
        ([*torch.randn(20, 2, dtype=F64)], 0.5),
    ):
        total = math.sqrt(sum(float((g.double() ** 2).sum()) for g in grads if g is not None))
        came, after = clip(student, "clip_by_norm_", grads, limit)
        expected = [g if g is None else g * (limit / total) for g in grads]
        # 1e-5: dividing by the norm plus 1e-6, as PyTorch does, is right too
        assert_same(after, expected, rtol=1e-5, about="the gradients")
        exact = all(g is None or g.dtype == F64 for g in grads)
        assert_number(came, total, rtol=1e-9 if exact else 1e-5, about="the norm before clipping")
    _, after = clip(student, "clip_by_norm_", [tensor(3.0), tensor(4.0)], 1.0, as_generator=True)
    about = "the gradients, where the parameters came as a generator, as model.parameters() does"
    assert_same(after, [tensor(0.6), tensor(0.8)], rtol=1e-5, about=about)


@points(1)
def test_clip_by_norm_leaves_alone(student):
    """a gradient no longer than max_norm stays bit for bit; one whose norm is inf or NaN raises ValueError"""
    for grads, limit in (
        ([tensor(0.3, -0.4)], 1.0),
        ([tensor(0.1, 0.7), tensor([0.2], [1 / 3])], 50.0),
        ([tensor(0.0, 0.0)], 1.0),
        ([None, None], 1.0),
        ([tensor(0.3, 0.4)], 0.5001),
    ):
        total = math.sqrt(sum(float((g**2).sum()) for g in grads if g is not None))
        came, after = clip(student, "clip_by_norm_", grads, limit)
        assert_same(after, grads, rtol=0, atol=0, about="the gradients")
        assert_number(came, total, about="the norm before clipping")
    for wild in (math.inf, math.nan):
        grads = [tensor(1.0), tensor(wild, 2.0)]
        with raises(ValueError):
            clip(student, "clip_by_norm_", grads, 1.0)
        function = student.clip_by_norm_
        after = student.prop(refused)(function, grads, 1.0)
        assert_same(after, grads, rtol=0, atol=0, about="the gradients after the error")


def on_the_cliff(descend, start, **options):
    """Over there: a weight ten times in a row, which is flat, has a minimum at 0.933, and then a wall."""
    return descend(lambda w: ((w**10 - 0.5) ** 2).sum(), start, **options)


def descent(loss, x0, lr, steps, max_norm=None):
    """The iterates of gradient descent with PyTorch's clipping."""
    x, rows = x0.clone().requires_grad_(), [x0]
    for _ in range(steps):
        (x.grad,) = torch.autograd.grad(loss(x), x)
        if max_norm is not None:
            torch.nn.utils.clip_grad_norm_([x], max_norm)
        x = (x - lr * x.grad).detach().requires_grad_()
        rows.append(x.detach())
    return torch.stack(rows)


@points(2)
def test_cliff(student):
    """each step clips the gradient of this step alone; on the cliff the run settles with clipping and blows up without"""

    def bowl(x):
        return (tensor(1.0, 9.0) * x**2).sum()

    several = [
        {"lr": 0.1, "steps": 3, "max_norm": 2.0},
        {"lr": 0.05, "steps": 3},
        {"steps": 2, "max_norm": 0.0},
        {"max_norm": 1.0, "steps": 0},
    ]
    for options in (*several, {"lr": 0.1037, "steps": 3, "max_norm": 2.0371}):
        x0 = tensor(3.0, 1.0)
        with unmodified(x0):
            x, history = student.clipped_descent(bowl, x0, **options)
        expected = descent(bowl, x0, **{"lr": 0.01, **options})
        assert_same(history, expected, rtol=1e-5, about="history")
        assert_same(x, expected[-1], rtol=1e-5, about="x")
    for options in ({"lr": 0.1, "max_norm": 1.0}, {"steps": 2}, {"steps": 2, "lr": 0.1}):
        _, history = student.clipped_descent(bowl, tensor(3.0, 1.0), **options)
        expected = descent(bowl, tensor(3.0, 1.0), **{"lr": 0.01, "steps": 100, **options})
        left_out = [name for name in ("lr", "steps", "max_norm") if name not in options]
        assert_same(history, expected, rtol=1e-5, about=f"history with `{'`, `'.join(left_out)}` left out")
    descend = student.clipped_descent  # looked up first: what follows is recorded under its name
    run = student.prop(on_the_cliff)
    wide = torch.linspace(0.9, 1.1, 6, dtype=F64).reshape(2, 3)
    starts = [
        ("in float32", wide.float()), ("of shape ()", wide[0, 0]), ("of shape (1, 1)", wide[:1, :1]),
        ("that is empty", wide[:0]), ("of shape (20, 18)", wide.repeat(10, 6) + torch.linspace(-0.01, 0.01, 18, dtype=F64)), *((f"that is {kind} tensor", x0) for kind, x0 in layouts(wide)),
    ]  # fmt: skip
    for kind, x0 in starts:
        x, history = run(descend, x0, lr=0.02, steps=2, max_norm=1.0)
        expected = on_the_cliff(descent, x0, lr=0.02, steps=2, max_norm=1.0)
        assert_same(history, expected, rtol=1e-5, about=f"history from an x0 {kind}")
        assert_same(x, expected[-1], rtol=1e-5, about=f"x from an x0 {kind}")
    x, history = run(descend, tensor(1.2), lr=0.02, steps=20, max_norm=1.0)
    expected = on_the_cliff(descent, tensor(1.2), lr=0.02, steps=20, max_norm=1.0)
    assert_same(history, expected, rtol=1e-5, about="history on the cliff")
    require((x - 0.5**0.1).abs() < 1e-3, "with clipping, the run must settle at 0.933", x)
    x, history = run(descend, tensor(1.2), lr=0.02, steps=6)
    expected = on_the_cliff(descent, tensor(1.2), lr=0.02, steps=2)
    assert_same(history[:3], expected, about="history on the cliff, unclipped")
    require(not x.isfinite(), "without clipping, nothing may keep this run from blowing up", x)


# -- saturation -------------------------------------------------------------------------------------


@points(1)
def test_logit_slopes(student):
    """at z = -20 with y = 1 the squared error's slope is -4.1e-9 and that of the negative log-likelihood -1"""
    for z, y in (
        (tensor(-20.0, 0.0, 20.0), tensor(1.0, 1.0, 1.0)),
        (tensor([20.0, -3.0, 1.0], [-40.0, 40.0, 0.5]), tensor([0.0, 0.0, 1.0], [1.0, 0.0, 0.0])),
        (tensor(-1000.0, 1000.0, -1000.0), tensor(1.0, 0.0, 0.0)),
        (torch.tensor([-20.0, 20.0, 2.0]), torch.tensor([1.0, 0.0, 0.0])),
    ):
        leaf = z.clone().requires_grad_()
        (mse,) = torch.autograd.grad(((torch.sigmoid(leaf) - y) ** 2).sum(), leaf)
        likelihood = nn.functional.binary_cross_entropy_with_logits(leaf, y, reduction="sum")
        (nll,) = torch.autograd.grad(likelihood, leaf)
        with unmodified(z, y):
            slopes = student.logit_slopes(z, y)
        require(isinstance(slopes, (tuple, list)) and len(slopes) == 2, "two tensors must come back", slopes)
        atol = 1e-12 if z.dtype == F64 else None  # float32 cannot tell sigmoid(20) from 1
        assert_same(slopes[0], mse, rtol=1e-5, atol=atol, about="the slope of the squared error")
        assert_same(slopes[1], nll, rtol=1e-5, about="the slope of the negative log-likelihood")

    def both(z, y):
        return torch.stack(list(student.logit_slopes(z, y)))

    z, y = draw_logits((2, 4, 3))
    for of, name in enumerate(("z", "y")):
        assert_contract(both, true_slopes, z, y, of=of, name=name, atol=1e-12)
    for shape in ((), (0,), (1,), (1, 3), (3, 1), (20, 18)):
        z, y = draw_logits((2, *shape))
        assert_same(both(z, y), true_slopes(z, y), atol=1e-12, about=f"with `z` of shape {shape}")
    for z in (tensor(-1000.0, -1000.0), tensor(1000.0, 1000.0)):
        for y in (0.0, 1.0):
            assert_same(both(z, torch.full_like(z, y)), true_slopes(z, torch.full_like(z, y)), atol=1e-12)


def true_slopes(z, y):
    """Both slopes, stacked, by autograd from the losses."""
    z = z.detach().clone().requires_grad_()
    (mse,) = torch.autograd.grad(((torch.sigmoid(z) - y) ** 2).sum(), z)
    loss = nn.functional.binary_cross_entropy_with_logits(z, y, reduction="sum")
    return torch.stack([mse, *torch.autograd.grad(loss, z)])


def draw_logits(shape, dtype=F64):
    """Logits and labels, stacked."""
    labels = torch.arange(math.prod(shape[1:])).reshape(shape[1:]) % 2
    return torch.stack([torch.randn(shape[1:], dtype=F64), labels.to(F64)]).to(dtype)


def network(weights):
    """Three layers, each after a linear map with these weights, one of them nested."""
    maps = [nn.Linear(weight.shape[1], weight.shape[0], bias=False, dtype=weight.dtype) for weight in weights]
    for layer, weight in zip(maps, weights, strict=True):
        layer.weight.data = weight
    return nn.Sequential(maps[0], nn.Tanh(), nn.Sequential(maps[1], nn.ReLU()), maps[2], nn.Sigmoid())


def single(kind):
    """One activation and no more."""
    return nn.Sequential({"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}[kind]())


def chain(count):
    """So many activations, one after the other."""
    return nn.Sequential(*(nn.ReLU() for _ in range(count)))


def share(flags):
    """The share of those that are true."""
    return float(flags.double().mean())


@points(1)
def test_saturation_report(student):
    """a sigmoid or tanh output is flat near either end of its range, a ReLU unit dead if it is 0 for every example"""
    for kind, x, expected in (
        ("sigmoid", tensor([-6.0, 0.0, 3.0, 6.0]), 0.5),
        ("tanh", tensor([-3.0, 0.0], [0.01, 1.0], [2.0, 3.0]), 1 / 3),
        ("relu", tensor([-1.0, -1.0, 2.0, 5.0], [-2.0, 3.0, 4.0, -9.0]), 0.25),
        ("relu", torch.tensor([[-1.0], [-2.0]]), 1.0),
        ("relu", tensor([-1.0, 2.0]), 0.5),
        ("relu", tensor([1e-9, -1.0], [-1.0, -2.0]), 0.5),
        ("relu", torch.eye(20, dtype=F64)[:, 2:] - 0.5, 0.0),  # each unit wakes for one example of twenty
        ("relu", tensor([[1.0, -1.0], [-1.0, -1.0]], [[-1.0, -1.0], [-1.0, 2.0]]), 0.5),  # four units, not two
    ):
        model = student.prop(single)(kind)
        assert_same(student.saturation_report(model, x), {"0": expected})
    for kind, (low, high) in (("sigmoid", (0.01, 0.99)), ("tanh", (-0.98, 0.98))):
        model = student.prop(as_it_is)(student.prop(single)(kind))
        for outputs, expected in (([low, high], 1.0), ([low + 1e-9, 0.5, high - 1e-9, high], 0.25)):
            x = tensor(outputs)
            about = f"the report of a {kind} that gives {outputs}"
            assert_same(student.saturation_report(model, x), {"0": expected}, about=about)
    model = student.prop(chain)(20)
    assert_same(student.saturation_report(model, tensor([-1.0, 1.0])), {str(place): 0.5 for place in range(20)})
    weights = 3 * torch.randn(10, 4, dtype=F64), torch.randn(12, 10, dtype=F64), 3 * torch.randn(5, 12, dtype=F64)
    model, x = student.prop(network)(weights), torch.randn(4, 4, dtype=F64)
    first = torch.tanh(x @ weights[0].T)
    second = torch.relu(first @ weights[1].T)
    third = torch.sigmoid(second @ weights[2].T)
    expected = {
        "1": share(first.abs() >= 0.98), "2.1": share((second == 0).all(0)), "4": share((third - 0.5).abs() >= 0.49)
    }  # fmt: skip
    with unmodified(x):
        report = student.saturation_report(model, x)
    assert_same(report, expected)
    transposed = x.T.contiguous().T
    assert_same(student.saturation_report(model, transposed), expected, about="with a transposed `x`")
    report = student.saturation_report  # looked up first: what follows is recorded under its name
    model = student.prop(uneven)(student.prop(network)(weights))
    changed = student.prop(changed_by)(report, model, x, flags=(True, False))
    require(not changed, f"the model does not stay as it was: its {', '.join(changed)} changed", claims=True)


def as_it_is(model):
    """Over there: a model whose one activation gives what it is given."""
    model[0].forward = lambda x: x
    return model


def uneven(model):
    """Over there: a model whose parts train by turns, with one parameter frozen and one that has a gradient."""
    for number, module in enumerate(model.modules()):
        module.training = number % 2 == 0
    first, second = list(model.parameters())[:2]
    first.requires_grad_(False)
    second.grad = torch.ones_like(second)
    return model


# -- saddle points ----------------------------------------------------------------------------------


def turned(*eigenvalues):
    """A symmetric matrix with these eigenvalues, in a random position."""
    basis = torch.linalg.qr(torch.randn(len(eigenvalues), len(eigenvalues), dtype=F64)).Q
    matrix = basis @ torch.diag(tensor(*eigenvalues)) @ basis.T
    return (matrix + matrix.T) / 2


@points(1)
def test_critical_points(student):
    """minimum: all eigenvalues positive; maximum: all negative; saddle: both signs; a zero among one sign is undecided"""
    for H, kind in (
        (tensor([2.0, 0.0], [0.0, 2.0]), "minimum"),  # x^2 + y^2
        (tensor([2.0, 0.0], [0.0, -2.0]), "saddle"),  # x^2 - y^2
        (tensor([-2.0, 0.0], [0.0, -2.0]), "maximum"),  # its determinant is positive
        (tensor([1.0, 3.0], [3.0, 1.0]), "saddle"),  # its diagonal is positive
        (torch.diag(tensor(-1.0, 1.0, -1.0, 1.0)), "saddle"),  # its determinant is positive
        (tensor([2.0, 0.0], [0.0, 0.0]), "undecided"),
        (tensor([0.0, 0.0], [0.0, -2.0]), "undecided"),
        (tensor([1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, -1.0]), "saddle"),
        (tensor([5.0]).reshape(1, 1), "minimum"),
        (tensor([1e-8]).reshape(1, 1), "undecided"),  # just zero
        (tensor([-1e-8]).reshape(1, 1), "undecided"),
        (tensor([1.5e-8]).reshape(1, 1), "minimum"),
        (torch.tensor([[-3.0, 1.0], [1.0, -3.0]]), "maximum"),
    ):
        with unmodified(H):
            assert_same(student.critical_point_type(H), kind)
    for layout, H in layouts(tensor([2.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 1.0])):
        if layout != "an expanded":  # its rows are alike: not symmetric
            assert_same(student.critical_point_type(H), "minimum", about=f"with {layout} `H`")
    assert_same(student.critical_point_type(torch.zeros(2, 2, dtype=F64), tol=0.0), "undecided")  # the monkey saddle
    for edge in (0.5, -0.5):  # exactly as large as tol counts as zero, whatever the other one
        for other in (2.0, -2.0):
            assert_same(student.critical_point_type(torch.diag(tensor(other, edge)), tol=0.5), "undecided")
    for eigenvalues, tol, kind in (
        ((3.0, 0.5, 0.1), 0.2, "undecided"),
        ((3.0, 0.5, 0.1), 0.05, "minimum"),
        ((-3.0, -0.5, 0.1), 0.2, "undecided"),
        ((-3.0, -0.5, 0.1), 0.05, "saddle"),
        ((-3.0, -0.5, -2.0), 0.2, "maximum"),
        ((-3.0, 0.0, 0.0, 2.0), 0.2, "saddle"),
        ((1.0, 2.0, 0.0, 3.0, 4.0), 0.2, "undecided"),
        ((1.0, 2.0, 1.0, 3.0, 4.0, 0.5), 0.2, "minimum"),
        ((*[1.0] * 19, -1.0), 0.2, "saddle"),
        ((1e6, 1e-4, 3.0, 1e-3), 1e-6, "minimum"),  # float32 cannot tell
        ((-1e6, -1e-4, -3.0, -1e-3), 1e-6, "maximum"),
        ((1e6, 1e-8, 3.0, 1e-3), 1e-6, "undecided"),
    ):
        assert_same(student.critical_point_type(turned(*eigenvalues), tol=tol), kind)


def saddle(x):
    """The gradient of x^2 - y^2."""
    return torch.tensor([2.0, -2.0], dtype=x.dtype) * x


def explain(history, lr, radius, tol):
    """Every step over the saddle is a plain one, or a push of length radius and a plain one."""
    for t, (x, after) in enumerate(itertools.pairwise(history), 1):
        if saddle(x).norm() > tol:
            assert_same(after, x - lr * saddle(x), about=f"step {t}, where the gradient is larger than tol")
        else:  # the step from x + push is linear: undo it
            push = after / (1 - lr * torch.tensor([2.0, -2.0], dtype=x.dtype)) - x
            assert_number(push.norm(), radius, rtol=1e-4, about=f"the length of the push before step {t}")


@points(1)
def test_pushes(student):
    """where the gradient is larger than tol it steps plainly, elsewhere it is pushed by radius first; x0 stays"""
    for x0, options in (
        (tensor(1.0, 0.5), {"lr": 0.25, "steps": 3}),
        (tensor(0.0, 0.0), {"lr": 0.25, "steps": 1, "radius": 0.5}),
        (tensor(1.0, 0.0), {"lr": 0.2, "steps": 10, "radius": 0.3, "tol": 0.1}),
        (tensor(0.05, 0.0), {"lr": 0.1, "steps": 4, "radius": 0.01, "tol": 0.1}),
        (tensor(0.0, 0.0), {"steps": 8}),
        (tensor(7.5e-4, 0.0), {"steps": 1}),  # a gradient of 0.0015 is not level, one of 0.0009 is
        (tensor(4.5e-4, 0.0), {"steps": 1}),
        (tensor(0.5, 0.0), {"lr": 0.25, "steps": 1, "radius": 0.01, "tol": 1.0}),  # just level
        (tensor(1e-7, 0.0), {"steps": 1, "tol": 0.0}),  # no ground is level but where the gradient is 0
        (tensor(1.0, 0.5), {}),
        (torch.zeros(2), {"lr": 0.25, "steps": 6, "radius": 0.5}),
        (tensor(0.0, 0.0), {"lr": 0.2517, "steps": 2, "radius": 0.3137, "tol": 0.1}),
        (tensor(0.0, 0.0), {"steps": 0}),
    ):
        with unmodified(x0):
            x, history = student.perturbed_gd(saddle, x0, **options)
        settings = {"lr": 0.1, "steps": 100, "radius": 1e-3, "tol": 1e-3, **options}
        shape, dtype = (settings.pop("steps") + 1, 2), x0.dtype
        assert_same(torch.zeros_like(history), torch.zeros(shape, dtype=dtype), about="the shape of history")
        assert_same(history[0], x0, about="history[0]")
        assert_same(x, history[-1], about="x")
        explain(history, **settings)
    first, second = (student.perturbed_gd(saddle, tensor(0.0, 0.0), steps=3)[1] for _ in range(2))
    require((first[1] != second[1]).any(), "without a generator, two calls must not push alike", second, first)
    wide = torch.arange(6, dtype=F64).reshape(2, 3) + 1
    for kind, x0 in layouts(wide):
        _, history = student.perturbed_gd(lambda x: 2 * x, x0, lr=0.25, steps=2)
        assert_same(history, torch.stack([x0, x0 / 2, x0 / 4]), about=f"history from {kind} `x0`")
    x0 = tensor(0.5).squeeze()
    assert_same(
        student.perturbed_gd(lambda x: 2 * x, x0, lr=0.25, steps=1)[1], tensor(0.5, 0.25), about="from a 0-d x0"
    )


def walks(descend, slopes, seeds, noise, **options):
    """Over there: a walk from 0 where the gradient is slopes * x, for each seed; did the global random state stand still?"""
    torch.manual_seed(noise)
    before = torch.get_rng_state()
    found = []
    for seed in seeds:
        generator = torch.Generator().manual_seed(seed)
        found.append(descend(lambda x: slopes * x, torch.zeros_like(slopes), generator=generator, **options)[1])
    return found, torch.equal(before, torch.get_rng_state())


@points(1)
def test_leaves_the_saddle(student):
    """pushes go every way, the generator alone decides on them, and from the top of the saddle they lead away"""
    descend = student.perturbed_gd  # looked up first: what follows is recorded under its name
    walk = student.prop(walks)
    [plain], _ = walk(descend, torch.zeros(2, 3, dtype=F64), [5], 1, steps=40, radius=0.5)
    pushes = plain.diff(dim=0)  # on a plain, there is nothing else
    lengths = pushes.flatten(1).norm(dim=1)
    assert_same(lengths, torch.full((40,), 0.5, dtype=F64), about="the lengths of 40 pushes on a plain")
    both = (pushes > 0).any(0) & (pushes < 0).any(0)
    require(both.all(), "40 pushes on a plain must go up and down along every coordinate", pushes)
    [flat], _ = walk(descend, torch.zeros(2, dtype=F64), [6], 1, steps=3000, radius=1.0)
    across, down = flat.diff(dim=0).abs().T
    wide = float((across > down).double().mean())
    slanted = float(((across - down).abs() < 0.5411961).double().mean())  # within 22.5 degrees of a diagonal
    for told, what in ((wide, "are longer along the first of two coordinates"), (slanted, "are nearer to a diagonal")):
        fair = abs(told - 0.5) < 0.06
        require(
            fair, f"{told:.0%} of 3000 pushes {what}, not half of them: all directions are equally likely", told, 0.5
        )
    first, still = walk(descend, tensor(2.0, -2.0), [1, 2, 3], 2, steps=100)
    require(still, "the pushes changed the global random state, although a generator was given")
    ends = torch.stack([history[-1, 1] for history in first])
    require((ends.abs() > 1).all(), "from (0, 0) on x^2 - y^2, 100 steps must lead beyond |y| = 1", ends)
    again, _ = walk(descend, tensor(2.0, -2.0), [1, 2, 3], 3, steps=100)
    assert_same(again, first, about="the histories for generators of the same seeds")


# -- batches ----------------------------------------------------------------------------------------


@points(1)
def test_epoch_steps(student):
    """as many batches as it takes for every example to be in one"""
    for n, b, expected in (
        (10, 4, 3),
        (8, 4, 2),
        (3, 10, 1),
        (5, 1, 5),
        (5, 5, 1),
        (1, 1, 1),
        (60_001, 60_000, 2),
    ):
        found = student.epoch_steps(n, b)
        assert_number(found, expected)
        require(type(found) is int, "an int was expected", found, expected)
        require(found == expected, f"for n = {n} and b = {b}", found, expected)


def variance(X, y, w, batches):
    """The mean squared distance between the mean gradient of a batch and that of all examples, over these batches."""
    leaf = w.clone().requires_grad_()
    each = torch.stack([torch.autograd.grad((x @ leaf - target) ** 2, leaf)[0] for x, target in zip(X, y, strict=True)])
    means = each[torch.tensor(list(batches))].mean(1)  # (batches, D)
    return float(((means - each.mean(0)) ** 2).sum(1).mean())


@points(1)
def test_gradient_variance(student):
    """it is the mean over all batches that could be drawn: 1/b with replacement, less without, and 0 for the full batch"""
    X, y, w = tensor([1.0], [1.0]), tensor(1.0, 4.0), tensor(0.0)  # the gradients are -2 and -8
    for b, expected in ((1, 9.0), (2, 4.5), (4, 2.25)):
        assert_number(student.gradient_variance(X, y, w, b), expected)
    far = tensor(1e6 + 0.1, 1e6 + 1.1)  # the mean of the squares has lost the variance
    assert_number(student.gradient_variance(X, far, w, 1), 1.0, about="where the gradients are large and nearly equal")
    for n, d in ((4, 2), (3, 3)):
        X, y, w = torch.randn(n, d, dtype=F64), torch.randn(n, dtype=F64), torch.randn(d, dtype=F64)
        for b in (1, 2, 3):
            with unmodified(X, y, w):
                found = student.gradient_variance(X, y, w, b)
            assert_number(found, variance(X, y, w, itertools.product(range(n), repeat=b)))
            found = student.gradient_variance(X, y, w, b, replacement=False)
            assert_number(found, variance(X, y, w, itertools.combinations(range(n), b)))
    X, y, w = torch.randn(20, 18, dtype=F64), torch.randn(20, dtype=F64), torch.randn(18, dtype=F64)
    one = variance(X, y, w, [[i] for i in range(20)])
    assert_number(student.gradient_variance(X, y, w, 50), one / 50)
    assert_number(student.gradient_variance(X, y, w, 20, replacement=False), 0.0)
    with unmodified(X, y, w), raises(ValueError):
        student.gradient_variance(X, y, w, 21, replacement=False)
    for kind, other in layouts(X[:4]):
        expected = variance(other, y[:4], w, [[i] for i in range(4)])
        assert_number(student.gradient_variance(other, y[:4], w, 1), expected, about=f"with {kind} `X`")
    found = student.gradient_variance(X.float(), y.float(), w.float(), 1)
    assert_number(found, one, rtol=1e-4, about="in float32")


@points(1)
@forbids(
    "torch.nn.utils.clip_grad_norm_", "torch.nn.utils.clip_grad_value_", "torch.nn.utils.clip_grad_norm",
    "torch.nn.utils.clip_grads_with_norm_", "torch.nn.utils.get_total_norm",
    of=("clip_by_value_", "clip_by_norm_"),
    operators=(
        "torch.nn.utils.clip_grad_norm_", "torch.nn.utils.clip_grad_value_", "torch.nn.utils.clip_grad_norm",
        "torch.nn.utils.clip_grads_with_norm_", "torch.nn.utils.get_total_norm",
    ),
)  # fmt: skip
def test_written_by_hand(student):
    """the two ways to clip are written out, not borrowed from PyTorch"""
    for name in ("clip_by_value_", "clip_by_norm_"):
        clip(student, name, [tensor(3.0, 4.0)], 1.0)
