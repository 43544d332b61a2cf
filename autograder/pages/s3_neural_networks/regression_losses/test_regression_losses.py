"""What the regression losses must do. PyTorch is the oracle where it has the loss, in float64."""

import math
from itertools import cycle

import torch
from torch.nn import functional

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

PAGE = ("mse", "mae", "huber", "smooth_l1", "log_cosh", "quantile")
SHAPES = ((3,), (2, 3), (2, 3, 4))


def tensor(*values: float, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    """A float64 vector of these values."""
    return torch.tensor(values, dtype=dtype)


def draw(*shape: int) -> torch.Tensor:
    """Normal float64 values of this shape; the difference of two draws has a standard deviation of 2.8."""
    return 2 * torch.randn(shape, dtype=torch.float64)


def draw_pair(*shape: int) -> tuple[torch.Tensor, torch.Tensor]:
    """A prediction and a target whose errors have both signs and lie on both sides of 2.5, as far as there is room."""
    target, share = draw(*shape), torch.rand(shape, dtype=torch.float64)
    place = torch.arange(target.numel()).reshape(shape)
    size = torch.where(place % 2 == 0, 0.2 + 2 * share, 2.8 + 2 * share)
    return target + torch.where(place % 4 % 3 == 0, size, -size), target


def reduced(losses, reduction):
    """The oracle's own reduction, for the losses that PyTorch does not have."""
    return {"mean": torch.mean, "sum": torch.sum, "none": torch.clone}[reduction](losses)


def true_log_cosh(prediction, target, reduction="mean"):
    """Written as the logarithm of a sum of two exponentials."""
    error = prediction - target
    return reduced(torch.logaddexp(error, -error) - math.log(2), reduction)


def true_quantile(prediction, target, q=0.5, reduction="mean"):
    """Too low costs q, too high 1 - q."""
    shortfall = target - prediction
    return reduced(torch.where(shortfall > 0, q, q - 1) * shortfall, reduction)


TRUE = {
    "mse": functional.mse_loss, "mae": functional.l1_loss, "huber": functional.huber_loss,
    "smooth_l1": functional.smooth_l1_loss, "log_cosh": true_log_cosh, "quantile": true_quantile,
}  # fmt: skip
#: every loss with settings that are not the defaults
SETTINGS = {name: {} for name in PAGE} | {
    "huber": {"delta": 2.5173},
    "smooth_l1": {"beta": 2.5173},
    "quantile": {"q": 0.8137},
}
EVERY = ("none", "sum", "mean")
#: losses that grow like the error itself
STRAIGHT = ("mae", "huber", "smooth_l1", "quantile")
#: shapes that broadcasting would make fit, though they are not equal
UNEQUAL = (((2, 1, 3), (1, 2, 3)), ((2, 3), (1, 2, 3)), ((), (1,)), ((1,), ()), ((2,), ()))
#: between which powers of ten a loss is asked: near 0 the error of log_cosh is lost in rounding
POWERS = {"log_cosh": (-1.5, 9)}


def slopes_of(losses, prediction):
    """The gradient of the sum of these losses."""
    require(losses.requires_grad, "cut off from the computation graph: no gradient can reach the prediction")
    (slopes,) = torch.autograd.grad(losses.sum(), prediction, allow_unused=True)
    return torch.zeros_like(prediction) if slopes is None else slopes


def compare(student, name, *settings):
    """The mean loss over errors of 0, -2, 3 and 0.5 with every setting, then over random tensors of several shapes."""
    loss, true = getattr(student, name), TRUE[name]
    by_hand = tensor(1.0, 2.0, 4.0, -1.0), tensor(1.0, 4.0, 1.0, -1.5)
    for setting in settings:
        assert_same(loss(*by_hand, **setting), true(*by_hand, **setting))
    for shape, setting in zip(SHAPES, cycle(settings), strict=False):
        prediction, target = draw(*shape), draw(*shape)
        assert_same(loss(prediction, target, **setting), true(prediction, target, **setting))
    places = [*settings[-1].values(), "sum"]
    expected = true(*by_hand, **settings[-1], reduction="sum")
    assert_same(loss(*by_hand, *places), expected, about=f"with {places} by their places")


@points(1)
def test_mse(student):
    """mse is the mean over all entries of the squared error"""
    compare(student, "mse", {})


@points(1)
def test_mae(student):
    """mae is the mean over all entries of the absolute error"""
    compare(student, "mae", {})


@points(1)
def test_huber(student):
    """huber is half the square up to delta and straight with slope delta beyond, for every delta"""
    compare(student, "huber", {}, {"delta": 0.5}, {"delta": 2.0}, {"delta": 10.0})


@points(1)
def test_smooth_l1(student):
    """smooth_l1 with beta is huber with delta = beta, divided by beta"""
    compare(student, "smooth_l1", {}, {"beta": 0.5}, {"beta": 2.0}, {"beta": 10.0})


@points(1)
def test_joins(student):
    """value and slope of huber and smooth_l1 do not jump where the two parts join, at plus and minus delta"""
    step = 1e-3
    for name, setting in (("huber", "delta"), ("smooth_l1", "beta")):
        for edge in (1.0, 3.0, 0.5):
            prediction = tensor(edge - step, edge + step, step - edge, -step - edge).requires_grad_()
            zero = torch.zeros(4, dtype=torch.float64)
            losses = getattr(student, name)(prediction, zero, **{setting: edge}, reduction="none")
            one_each = isinstance(losses, torch.Tensor) and losses.shape == zero.shape
            require(one_each, 'with reduction="none" one loss for every entry must come back', losses)
            for what, seen in (("value", losses.detach()), ("slope", slopes_of(losses, prediction))):
                for sign, jump in (("", seen[1] - seen[0]), ("-", seen[3] - seen[2])):
                    where = f"with {setting} = {edge:g} the {what} of {name} jumps at an error of {sign}{edge:g}"
                    require(jump.abs() < 20 * step, where, seen)


@points(1)
def test_log_cosh(student):
    """log_cosh is the logarithm of the hyperbolic cosine of the error, 0 for an error of 0"""
    compare(student, "log_cosh", {})
    sizes = tensor(1e-3, -0.02, 0.1, -4.0, 6.5, 8.0, -10.0, 12.0)
    for prediction, target in ((sizes, 0 * sizes), (0 * sizes, sizes)):
        losses = student.log_cosh(prediction, target, reduction="none")
        assert_same(losses, true_log_cosh(prediction, target, "none"))
    same = draw(2, 3)
    assert_same(student.log_cosh(same, same.clone(), reduction="none"), torch.zeros(2, 3, dtype=torch.float64))


@points(1)
def test_log_cosh_far(student):
    """errors of 1000 cost 1000 - ln 2 and have a slope of 1, nothing overflows; likewise 100 in float32"""
    for far, dtype in ((1000.0, torch.float64), (100.0, torch.float32)):
        prediction, target = tensor(far, -far, 1.0, dtype=dtype), torch.zeros(3, dtype=dtype)
        expected = tensor(far - math.log(2), far - math.log(2), math.log(math.cosh(1.0)), dtype=dtype)
        assert_same(student.log_cosh(prediction, target, reduction="none"), expected)
    zeros, far = torch.zeros(4, dtype=torch.float64), tensor(1000.0, -1000.0, 30.0, 0.5)
    for prediction, target in ((far, zeros), (zeros, far), (far - 2000, zeros - 2000), (zeros - 9, far / 100 - 9)):
        assert_gradients(student.log_cosh, true_log_cosh, prediction, target)


@points(1)
def test_quantile(student):
    """a prediction too low by 1 costs q, one too high by 1 costs 1 - q"""
    low, high = tensor(0.0), tensor(1.0)
    assert_same(student.quantile(low, high, q=0.9), torch.tensor(0.9, dtype=torch.float64))
    assert_same(student.quantile(high, low, q=0.9), torch.tensor(0.1, dtype=torch.float64))
    compare(
        student, "quantile", {}, {"q": 0.0}, {"q": 1.0}, {"q": 1e-5}, {"q": 0.9}, {"q": 0.25}, {"q": 0.02}, {"q": 0.98}
    )


@points(1)
def test_reductions(student):
    """the reduction "sum" adds all entries up, "none" keeps the shape, "mean" divides by the number of entries"""
    for name in PAGE:
        for shape, some in (((2, 1, 3), EVERY), ((1,), EVERY), ((), EVERY), ((4, 1), ("mean",)), ((1, 3), ("none",))):
            prediction, target = draw_pair(*shape)
            for reduction in some:
                settings = {**SETTINGS[name], "reduction": reduction}
                expected = TRUE[name](prediction, target, **settings)
                assert_same(getattr(student, name)(prediction, target, **settings), expected)


@points(1)
def test_unequal_shapes(student):
    """unequal shapes raise ValueError, above all (N, 1) and (N,), which would broadcast to (N, N)"""
    for name in PAGE:
        for mine, yours in (((4, 1), (4,)), ((4,), (4, 1)), ((2, 3), (2, 1)), ((2, 3), (3, 2)), *UNEQUAL):
            prediction, target = draw(*mine), draw(*yours)
            with unmodified(prediction, target), raises(ValueError):
                getattr(student, name)(prediction, target)


@points(1)
def test_gradients(student):
    """gradients flow to prediction and target, are right, and stay finite where the error is 0"""
    for name in PAGE:
        loss, true, settings = getattr(student, name), TRUE[name], SETTINGS[name]
        for shape, reduction in (((3,), "mean"), ((2, 3), "none"), ((), "sum"), ((1,), "mean"), ((1, 3), "none")):
            every = {**settings, "reduction": reduction}
            assert_gradients(
                lambda p, t, f=loss, s=every: f(p, t, **s),
                lambda p, t, f=true, s=every: f(p, t, **s),
                *draw_pair(*shape),
            )
        assert_sizes(
            lambda p, t, f=loss, s=settings: f(p, t, **s), lambda p, t, f=true, s=settings: f(p, t, **s),
            lambda *shape: draw_pair(*shape), name="prediction", gradients=True,
        )  # fmt: skip
        if name in STRAIGHT:  # the square of such an error is no number, its loss is one
            assert_gradients(
                lambda p, t, f=loss, s=settings: f(p, t, reduction="sum", **s),
                lambda p, t, f=true, s=settings: f(p, t, reduction="sum", **s),
                tensor(1e200, -1e200, 0.5), torch.zeros(3, dtype=torch.float64), about="with an error of 1e200",
            )  # fmt: skip
        for dtype in (torch.float64, torch.float32):
            prediction, target = (tensor(1.0, -2.0, end, dtype=dtype) for end in (0.0, 0.5))
            prediction.requires_grad_()
            result = loss(prediction, target, **settings)
            assert_same(result, true(prediction, target, **settings))
            slopes = slopes_of(result, prediction)
            require(slopes.isfinite().all(), f"{name}'s gradient must be finite where the error is 0", slopes)


@points(1)
def test_leaves_inputs_and_dtype_alone(student):
    """prediction and target stay as they were, float32 stays float32, and a transposed view works"""
    for name in PAGE:
        loss, true, settings = getattr(student, name), TRUE[name], SETTINGS[name]
        prediction, target = draw(3, 4).T, draw(4, 3)
        for place, which in enumerate(("prediction", "target")):
            assert_contract(loss, true, prediction, target, of=place, name=which, **settings)
        assert_scales(loss, true, prediction, target, of=(0, 1), name="prediction", powers=POWERS.get(name, (-9, 9)))
        for option, value in settings.items():
            if option != "q":
                assert_scales(
                    lambda p, t, s, f=loss, o=option: f(p, t, **{o: s}),
                    lambda p, t, s, f=true, o=option: f(p, t, **{o: s}),
                    prediction, target, value, of=(2,), name=option, powers=(-12, 6),
                )  # fmt: skip
                assert_scales(
                    lambda p, t, s, f=loss, o=option: f(p, t, **{o: s}),
                    lambda p, t, s, f=true, o=option: f(p, t, **{o: s}),
                    prediction, target, value, of=(0, 1, 2), name=option, powers=(-6, 6),
                )  # fmt: skip
        small = target.float(), prediction.float()
        for pair, reduction in (((prediction, target), "mean"), (small, "none")):
            every = {**settings, "reduction": reduction}
            with unmodified(*pair):
                result = loss(*pair, **every)
            assert_same(result, true(*pair, **every))


@points(1)
@forbids(
    "torch.nn.functional.mse_loss", "torch.nn.functional.l1_loss", "torch.nn.functional.huber_loss",
    "torch.nn.functional.smooth_l1_loss", "torch.nn.MSELoss", "torch.nn.L1Loss", "torch.nn.HuberLoss",
    "torch.nn.SmoothL1Loss",
    of=PAGE, operators=("aten.mse_loss.default", "aten.huber_loss.default", "aten.smooth_l1_loss.default"),
)  # fmt: skip
def test_written_by_hand(student):
    """the page's losses are written out, not borrowed from PyTorch"""
    for name in PAGE:
        getattr(student, name)(draw(2, 3), draw(2, 3))
