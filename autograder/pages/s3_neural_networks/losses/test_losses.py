"""What reductions, the two negative log-likelihoods and the loss curve must do. PyTorch is the oracle, in float64."""

import math

import torch
from torch.distributions import Normal
from torch.nn.functional import binary_cross_entropy_with_logits

from autograder.checking import (
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
)

F64 = torch.float64
REDUCED = {"mean": torch.mean, "sum": torch.sum, "none": torch.clone}
#: five measurements with one outlier; their mean is 4, their median 3
FIVE = (1.0, 2.0, 3.0, 4.0, 10.0)


def tensor(*values, dtype=F64):
    """A float64 vector of these values."""
    return torch.tensor(values, dtype=dtype)


def draw(*shape):
    """Normal float64 values of this shape, with a standard deviation of 2."""
    return 2 * torch.randn(shape, dtype=F64)


def spread(*shape):
    """Standard deviations between 0.2 and 3."""
    return 0.2 + 2.8 * torch.rand(shape, dtype=F64)


def with_nan(*shape):
    """Losses of which one is NaN."""
    losses = draw(*shape)
    losses.view(-1)[torch.randint(losses.numel(), ())] = math.nan
    return losses


def coins(*shape):
    """Zeros and ones."""
    return torch.randint(2, shape).to(F64)


def true_gaussian(mu, sigma, y, reduction="mean"):
    """PyTorch's own normal distribution, where no overflow or underflow is in sight."""
    return REDUCED[reduction](-Normal(mu, sigma).log_prob(y))


def true_bernoulli(logits, y, reduction="mean"):
    """PyTorch's binary cross-entropy of logits, which wants equal shapes."""
    return binary_cross_entropy_with_logits(*torch.broadcast_tensors(logits, y), reduction=reduction)


def slope(result, leaf):
    """The gradient of this loss, joined to the graph of `leaf`."""
    require(result.requires_grad, "cut off from the computation graph: no gradient can reach the prediction")
    (gradient,) = torch.autograd.grad(result, leaf, allow_unused=True)
    return torch.zeros_like(leaf) if gradient is None else gradient


@points(1)
def test_reductions(student):
    """reduction "mean" (also the default) divides the sum by the number of entries, "none" keeps the losses as they are"""
    by_hand = tensor(1.0, 2.0, 3.0, 4.0, 5.0, 9.0).reshape(2, 3)
    assert_same(student.reduce_loss(by_hand), torch.tensor(4.0, dtype=F64))
    assert_same(student.reduce_loss(by_hand, reduction="sum"), torch.tensor(24.0, dtype=F64))
    assert_same(student.reduce_loss(by_hand, reduction="none"), by_hand)
    assert_same(student.reduce_loss(by_hand, "sum"), torch.tensor(24.0, dtype=F64), about='"sum" by its place')
    for shape in ((2, 3, 4), (2, 1), (1,), (), (0, 3), (2, 1, 3, 2)):
        losses = draw(*shape)
        for reduction, true in REDUCED.items():
            assert_same(student.reduce_loss(losses, reduction=reduction), true(losses))

    for losses in (tensor(1.0, math.inf, 3.0), draw(40, 25)):
        for reduction, true in REDUCED.items():
            assert_same(student.reduce_loss(losses, reduction=reduction), true(losses), rtol=1e-12)
    broken = tensor(1.0, math.nan, 3.0)
    for reduction, true in REDUCED.items():
        assert_same(student.reduce_loss(broken, reduction=reduction), true(broken), about="a loss of NaN")
        assert_sizes(
            lambda x, r=reduction: student.reduce_loss(x, reduction=r), true, lambda *shape: (with_nan(*shape),),
            name="losses",
        )  # fmt: skip


@points(1)
def test_batch_size(student):
    """the batch repeated three times has three times the gradient under "sum", and the same gradient under "mean" as before"""
    y = tensor(0.0, 1.0, 1.0, 0.0, 1.0)
    losses = {
        "reduce_loss": (lambda c, y, r: student.reduce_loss((c - y) ** 2, reduction=r), lambda c, y: (c - y) ** 2),
        "gaussian_nll": (
            lambda c, y, r: student.gaussian_nll(c, 2.0, y, reduction=r),
            lambda c, y: true_gaussian(c, 2.0, y, "none"),
        ),
        "bernoulli_nll": (
            lambda c, y, r: student.bernoulli_nll(c, y, reduction=r),
            lambda c, y: true_bernoulli(c, y, "none"),
        ),
    }
    for name, (loss, true) in losses.items():
        for reduction, times in (("mean", 1.0), ("sum", 3.0)):
            slopes = []
            for copies in (1, 3):
                batch, c = y.repeat(copies), torch.tensor(0.3, dtype=F64, requires_grad=True)
                result = loss(c, batch, reduction)
                require(
                    isinstance(result, torch.Tensor) and result.shape == (),
                    f'with reduction="{reduction}" {name} must give one number',
                    result,
                    REDUCED[reduction](true(c.detach(), batch)),
                )
                slopes.append(slope(result, c))
            about = f'the gradient of {name} with reduction="{reduction}" for the batch repeated three times'
            assert_same(slopes[1], times * slopes[0], about=about)


@points(1)
def test_gaussian(student):
    """gaussian_nll is minus the logarithm of the normal density, constant included, with a sigma for each entry or for all"""
    mu, y = tensor(0.0, 0.0, 1.0), tensor(0.0, 2.0, -1.0)
    for sigma in (1.0, 2.0, 0.4):  # at 0.4 the density is nearly 1 where mu meets y, its logarithm nearly 0
        assert_same(student.gaussian_nll(mu, sigma, y, reduction="none"), true_gaussian(mu, sigma, y, "none"))
    for shapes in (((2, 3), (2, 3), (2, 3)), ((2, 1), (3,), (2, 3)), ((), (2, 1), (3,))):
        mu, sigma, y = draw(*shapes[0]), spread(*shapes[1]), draw(*shapes[2])
        for reduction in REDUCED:
            expected = true_gaussian(mu, sigma, y, reduction)
            assert_same(student.gaussian_nll(mu, sigma, y, reduction=reduction), expected)
    assert_same(student.gaussian_nll(mu, 3, y), true_gaussian(mu, 3.0, y))
    assert_same(student.gaussian_nll(mu, 7, y, "sum"), true_gaussian(mu, 7.0, y, "sum"), about='"sum" by its place')
    assert_same(student.gaussian_nll(draw(0), spread(0), draw(0), reduction="sum"), tensor(0.0)[0], about="of no entry")
    for shape in ((1,), (2, 1), (1, 3), (1, 1)):
        mu, sigma, y = draw(*shape), spread(*shape), draw(*shape)
        for width in (sigma, 0.7):
            found = student.gaussian_nll(mu, width, y, reduction="none")
            assert_same(found, true_gaussian(mu, width, y, "none"), about=f"inputs of shape {shape}")
    mu, y = draw(4), draw(4)
    for sigma in (1.2345, 1 / 3):
        found = student.gaussian_nll(mu, sigma, y, reduction="none")
        assert_same(found, true_gaussian(mu, sigma, y, "none"), about=f"a sigma of {sigma:.5g}")
    narrow, near = 1e-6 * spread(4), 1e-6 * draw(4)
    assert_same(
        student.gaussian_nll(near, narrow, -near, reduction="none"), true_gaussian(near, narrow, -near, "none"),
        about="a sigma of about one millionth",
    )  # fmt: skip


@points(1)
def test_gaussian_is_squared_error(student):
    """with one sigma for all, the mean Gaussian loss is MSE / (2 sigma^2) plus log sigma + 0.5 log(2 pi)"""
    far = draw(2, 5)
    for sigma in (2.0, 1.0, 0.5):
        for mu, y in ((tensor(1.0, 2.0), tensor(1.0, 4.0)), (far, far.clone()), (far, draw(2, 5))):
            mse = ((mu - y) ** 2).mean()
            expected = mse / (2 * sigma**2) + math.log(sigma) + math.log(2 * math.pi) / 2
            about = f"the loss at sigma = {sigma:g}, where the mean squared error is {mse:.4g}"
            assert_same(student.gaussian_nll(mu, sigma, y), expected, about=about)


@points(1)
def test_bernoulli(student):
    """bernoulli_nll is -log sigmoid(z) for y = 1 and -log(1 - sigmoid(z)) for y = 0; a logit of 0 costs log 2"""
    logits, y = tensor(0.0, 0.0, math.log(3), math.log(3)), tensor(0.0, 1.0, 1.0, 0.0)
    expected = tensor(math.log(2), math.log(2), math.log(4 / 3), math.log(4))
    assert_same(student.bernoulli_nll(logits, y, reduction="none"), expected)
    for logits, y in (
        (draw(2, 3), coins(2, 3)),
        (draw(2, 1), coins(3)),
        (draw(3), spread(3) / 4),
        (draw(3), 1e-4 * spread(3)),
    ):
        for reduction in REDUCED:
            expected = true_bernoulli(logits, y, reduction)
            assert_same(student.bernoulli_nll(logits, y, reduction=reduction), expected)
    assert_same(student.bernoulli_nll(logits, y), true_bernoulli(logits, y))
    assert_same(student.bernoulli_nll(logits, y, "sum"), true_bernoulli(logits, y, "sum"), about='"sum" by its place')
    for shape in ((1,), (2, 1), (1, 3), (1, 1)):
        logits, y = draw(*shape), coins(*shape)
        found = student.bernoulli_nll(logits, y, reduction="none")
        assert_same(found, true_bernoulli(logits, y, "none"), about=f"inputs of shape {shape}")


@points(2)
def test_far_away(student):
    """a thousand sigmas away, and at logits of 200 and 1000, losses and gradients are still right"""
    for far, dtype in ((tensor(40.0, -1000.0, 0.5), F64), (tensor(15.0, -100.0, 0.5), torch.float32)):
        y, zero = far.to(dtype), torch.zeros(3, dtype=dtype)
        result = student.gaussian_nll(zero, 1.0, y, reduction="none")
        assert_same(result, true_gaussian(zero, 1.0, y, "none"))
    sure, right = tensor(12.0, 16.0, 20.0, -14.0, -18.0), tensor(1.0, 1.0, 1.0, 0.0, 0.0)
    found = student.bernoulli_nll(sure, right, reduction="none")
    assert_same(found, true_bernoulli(sure, right, "none"), about="sure and right, which still costs a little")
    for reach, dtype in ((200.0, F64), (1000.0, F64), (100.0, torch.float32), (1000.0, torch.float32)):
        logits, y = tensor(reach, -reach, reach, -reach, dtype=dtype), tensor(1.0, 0.0, 0.0, 1.0, dtype=dtype)
        assert_gradients(
            lambda z, y=y: student.bernoulli_nll(z, y, reduction="none"),
            lambda z, y=y: true_bernoulli(z, y, "none"),
            logits,
        )


@points(1)
def test_gradients(student):
    """gradients flow to the losses, to mu and sigma, and to the logits, where they are sigmoid(z) - y, also at z = 0"""
    for reduction, true in REDUCED.items():
        assert_gradients(lambda x, r=reduction: student.reduce_loss(x, reduction=r), true, draw(2, 3))
    for reduction, shape in (("none", (2, 3)), ("mean", (3,)), ("mean", ())):
        y = draw(2, 3)
        assert_gradients(
            lambda mu, sigma, y=y, r=reduction: student.gaussian_nll(mu, sigma, y, reduction=r),
            lambda mu, sigma, y=y, r=reduction: true_gaussian(mu, sigma, y, r),
            draw(*shape),
            spread(*shape),
        )
    z, y = tensor(0.0, 0.0).requires_grad_(), tensor(0.0, 1.0)
    result = student.bernoulli_nll(z, y, reduction="sum")
    assert_same(result, true_bernoulli(z, y, "sum"))
    assert_same(slope(result, z), tensor(0.5, -0.5), about="the gradient, sigmoid(z) - y, at z = 0")
    for logits, y in ((draw(2, 3), coins(2, 3)), (draw(3), spread(3) / 4)):
        for reduction in ("none", "mean"):
            assert_gradients(
                lambda z, y=y, r=reduction: student.bernoulli_nll(z, y, reduction=r),
                lambda z, y=y, r=reduction: true_bernoulli(z, y, r),
                logits,
            )
    how = {"reduction": "none", "gradients": True}
    for place, name in enumerate(("mu", "sigma", "y")):
        three = draw(3, 4), spread(3, 4), draw(3, 4)
        assert_contract(student.gaussian_nll, true_gaussian, *three, of=place, name=name, **how)
    for place, name in enumerate(("logits", "y")):
        two = draw(3, 4), spread(3, 4) / 4
        assert_contract(student.bernoulli_nll, true_bernoulli, *two, of=place, name=name, **how)
    assert_sizes(student.reduce_loss, torch.mean, lambda *shape: (draw(*shape),), name="losses", gradients=True)
    assert_sizes(
        student.gaussian_nll, true_gaussian, lambda *shape: (draw(*shape), spread(*shape), draw(*shape)), name="mu",
        gradients=True,
    )  # fmt: skip
    assert_sizes(
        student.bernoulli_nll, true_bernoulli, lambda *shape: (draw(*shape), spread(*shape) / 4), name="logits",
        gradients=True,
    )  # fmt: skip
    three = draw(3, 4), spread(3, 4), draw(3, 4)
    assert_scales(student.reduce_loss, torch.mean, three[0], name="losses")
    assert_scales(student.gaussian_nll, true_gaussian, *three, of=(0, 1, 2), name="sigma")
    assert_scales(student.gaussian_nll, true_gaussian, *three, of=(1,), name="sigma", powers=(-6, 6))
    assert_scales(student.gaussian_nll, true_gaussian, *three, of=(0, 2), name="mu", powers=(-6, 6))
    assert_scales(student.bernoulli_nll, true_bernoulli, draw(3, 4), coins(3, 4), name="logits", powers=(-6, 6))
    for shape in ((2, 3), (1,), ()):  # to y too, also where it is 0 or 1
        assert_gradients(student.bernoulli_nll, true_bernoulli, draw(*shape), coins(*shape))
        assert_gradients(student.gaussian_nll, true_gaussian, draw(*shape), spread(*shape), draw(*shape))


@points(1)
def test_bad_input(student):
    """a sigma that is not positive or NaN, or has one such entry, and a reduction of another name raise ValueError"""
    mu, y = tensor(0.0, 1.0, 2.0), tensor(0.5, 0.0, 2.0)
    for sigma in (
        -1.0,
        0.0,
        tensor(1.0, -2.0, 3.0),
        tensor(0.5, 1.0, 0.0),
        -spread(3),
        math.nan,
        tensor(1.0, math.nan, 2.0),
    ):
        with unmodified(mu, y, *[s for s in (sigma,) if isinstance(s, torch.Tensor)]), raises(ValueError):
            student.gaussian_nll(mu, sigma, y)
    with unmodified(y), raises(ValueError):  # what a tensor can do by this name is no reduction of losses
        student.reduce_loss(y, reduction="median")
    for reduction in ("average", "Mean", ""):
        with unmodified(y), raises(ValueError):
            student.reduce_loss(y, reduction=reduction)
        with unmodified(mu, y), raises(ValueError):
            student.gaussian_nll(mu, 1.0, y, reduction=reduction)
        with unmodified(mu, y), raises(ValueError):
            student.bernoulli_nll(mu, y, reduction=reduction)


def misfit(y, power):
    """The mean of |c - y| ** power over y; several c at once would be averaged too."""

    def loss(c):
        return ((torch.as_tensor(c, dtype=y.dtype)[..., None] - y).abs() ** power).mean()

    return loss


@points(1)
def test_curve(student):
    """entry g of the curve is the loss of grid[g] alone, in the grid's order and dtype"""
    y = tensor(*FIVE)
    grid = tensor(2.0, 4.0, 3.5)
    assert_same(student.loss_curve_1d(misfit(y, 2), grid), tensor(14.0, 10.0, 10.25))
    for grid, power in ((draw(5), 1), (draw(4), 3), (draw(1), 2), (draw(6)[::2], 2), (draw(3).float(), 2)):
        loss = misfit(y.to(grid.dtype), power)
        exact = {"rtol": 1e-12, "atol": 1e-12} if grid.dtype == F64 else {}
        assert_same(student.loss_curve_1d(loss, grid), torch.stack([loss(c) for c in grid]), **exact)
    assert_sizes(
        lambda g: student.loss_curve_1d(misfit(y, 2), g), lambda g: torch.stack([misfit(y, 2)(c) for c in g]),
        lambda n: (draw(n),), name="grid",
    )  # fmt: skip
    near_0 = tensor(1e-9, -3e-9, 1e-9, 2.5e-9)
    assert_same(student.loss_curve_1d(misfit(0 * near_0, 1), near_0), near_0.abs(), atol=0.0, about="of a narrow grid")
    asked = []

    def square(c):
        asked.append(c)
        return torch.as_tensor(c, dtype=F64) ** 2

    student.loss_curve_1d(square, grid.double())
    tensors = all(isinstance(c, torch.Tensor) and c.shape == () and c.dtype == F64 for c in asked)
    require(tensors, "the loss must be asked about 0-d tensors of the grid's dtype", asked)


def lowest(curve, grid, name):
    """Where this curve of theirs has its lowest point."""
    one_each = isinstance(curve, torch.Tensor) and curve.shape[:1] == grid.shape
    require(one_each, f"{name} must give one loss for each of the {len(grid)} points", curve)
    return grid[curve.detach().reshape(len(grid), -1).mean(1).argmin()]


@points(2)
def test_best_constant(student):
    """squared error is lowest at the mean, absolute error at the median, and the likelihood losses at the right mu, sigma and odds"""
    y, grid = tensor(*FIVE), torch.arange(1.0, 6.5, 0.5, dtype=F64)
    for power, what, best in ((2, "squared", 4.0), (1, "absolute", 3.0)):
        curve = student.loss_curve_1d(misfit(y, power), grid)
        where = f"the curve of the {what} error of {FIVE} must be lowest at {best:g}"
        require(lowest(curve, grid, "loss_curve_1d") == best, where, curve)
    curve = student.gaussian_nll(grid[:, None], 1.0, y, reduction="none")
    reason = f"over mu, gaussian_nll of {FIVE} must be lowest at their mean"
    require(lowest(curve, grid, "gaussian_nll") == y.mean(), reason, curve)
    rms = math.sqrt(10.0)  # of the distances from 4
    sigma = rms * tensor(0.5, 0.8, 1.0, 1.25, 2.0)
    curve = student.gaussian_nll(y.mean(), sigma[:, None], y, reduction="none")
    reason = f"over sigma, gaussian_nll of {FIVE} must be lowest at the root of their mean squared distance from mu"
    require(lowest(curve, sigma, "gaussian_nll") == sigma[2], reason, curve)
    logits = math.log(3) + tensor(-2.0, -0.3, 0.0, 0.3, 2.0)
    curve = student.bernoulli_nll(logits[:, None], tensor(1.0, 1.0, 0.0, 1.0), reduction="none")
    reason = "with three ones in four, bernoulli_nll must be lowest at the logit log 3, the probability 3/4"
    require(lowest(curve, logits, "bernoulli_nll") == logits[2], reason, curve)


@points(1)
def test_leaves_inputs_and_dtype_alone(student):
    """all inputs stay as they were, float32 stays float32, and a transposed view works"""
    for dtype in (F64, torch.float32):
        mu, y, sigma = draw(3, 4).tanh().T.to(dtype), coins(4, 3).to(dtype), spread(4, 3).to(dtype)
        for reduction in ("none", "mean"):
            with unmodified(mu):
                result = student.reduce_loss(mu, reduction=reduction)
            assert_same(result, REDUCED[reduction](mu))
            for width in (sigma, 0.7):
                with unmodified(mu, sigma, y):
                    result = student.gaussian_nll(mu, width, y, reduction=reduction)
                assert_same(result, true_gaussian(mu, width, y, reduction))
            with unmodified(mu, y):
                result = student.bernoulli_nll(mu, y, reduction=reduction)
            assert_same(result, true_bernoulli(mu, y, reduction))
        grid = y[:, 0]
        with unmodified(grid):
            student.loss_curve_1d(misfit(mu[0], 2), grid)


@points(1)
@forbids(
    "torch.nn.functional.gaussian_nll_loss", "torch.nn.GaussianNLLLoss", "torch.distributions.Normal",
    "torch.nn.functional.binary_cross_entropy_with_logits", "torch.nn.BCEWithLogitsLoss",
    "torch.nn.functional.binary_cross_entropy", "torch.nn.BCELoss", "torch.distributions.Bernoulli", "*.log_prob",
    of=("gaussian_nll", "bernoulli_nll"),
    operators=("aten.binary_cross_entropy_with_logits.default", "aten.binary_cross_entropy.default"),
)  # fmt: skip
def test_written_by_hand(student):
    """the two losses are written out, not borrowed from PyTorch"""
    student.gaussian_nll(draw(3), 1.0, draw(3))
    student.bernoulli_nll(draw(3), coins(3))
