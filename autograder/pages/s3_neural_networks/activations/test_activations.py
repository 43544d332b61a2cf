"""What the activation functions must do. PyTorch is the oracle, in float64."""

import math

import torch
from torch.nn import functional

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
    require,
    unmodified,
)

SHAPES = ((3,), (2, 3), (2, 3, 4))
#: one number without an axis, no entry, and axes of size 1
SIZES = ((), (0,), (0, 3), (1,), (1, 3), (3, 1), (1, 1))
#: two lines are as exact as a product is
RTOL = {"relu": 1e-12, "leaky_relu": 1e-12}
#: what differs by less than 1e-10 is the same
NEAR = 2e-10
DEFAULTS = {"leaky_relu": {"negative_slope": 0.01}, "elu": {"alpha": 1.0}, "gelu": {"approximate": "none"}}


def tensor(*values: float, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    """A float64 vector of these values."""
    return torch.tensor(values, dtype=dtype)


def draw(*shape: int) -> torch.Tensor:
    """Normal float64 values of this shape, with a standard deviation of 2."""
    return 2 * torch.randn(shape, dtype=torch.float64)


def true_softplus(x):
    """Without PyTorch's threshold, beyond which its softplus is x itself."""
    return torch.logaddexp(x, torch.zeros_like(x))


def true_sigmoid_grad(x):
    """A product of two numbers of which neither is a difference."""
    return torch.sigmoid(x) * torch.sigmoid(-x)


TRUE = {
    "relu": torch.relu, "leaky_relu": functional.leaky_relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh,
    "elu": functional.elu, "softplus": true_softplus, "silu": functional.silu, "gelu": functional.gelu,
}  # fmt: skip
CURVES = tuple(TRUE)
#: two pieces that meet at 0, where any finite slope is right
KINKED = ("relu", "leaky_relu", "elu")
PAGE = (*CURVES, "sigmoid_grad", "saturation_fraction")
#: every curve with its defaults, then with settings that are not
SETTINGS = [(name, {}) for name in CURVES]
SETTINGS += [("leaky_relu", {"negative_slope": 0.2}), ("elu", {"alpha": 1.7}), ("gelu", {"approximate": "tanh"})]


def compare(student, name, *settings):
    """Five values around 0, then random tensors of several shapes, then whatever else is of any shape."""
    curve, true = getattr(student, name), TRUE[name]
    for setting in settings:
        for x in (tensor(-2.0, -0.5, 0.0, 1.0, 3.0), *(draw(*shape) for shape in SHAPES)):
            assert_same(curve(x, **setting), true(x, **setting), rtol=RTOL.get(name))
    small = 0.0 if name in RTOL else NEAR
    agrees(curve, true, DEFAULTS.get(name), gradients=True, small=small)


def agrees(curve, true, defaults=None, gradients=False, small=NEAR):
    """Sizes, layouts, float32, what is left out, and all entries far to one side."""
    promised = {"name": "x", "defaults": defaults, "gradients": gradients, "draw": away_from_0}
    near = away_from_0((2, 3)).clamp(-2.5, 2.5)  # farther below 0 the formula with erf loses digits in float32
    assert_contract(curve, true, near, shapes=SIZES, dtypes=(torch.float32,), **promised)
    # the signs turned: a single number is above 0 here, and below 0 above
    assert_sizes(curve, true, lambda *shape: (-away_from_0(shape),), name="x", gradients=gradients)
    if gradients:  # the slope of sigmoid is as small as it likes far away
        assert_scales(curve, true, away_from_0((2, 3)), name="x", powers=(0, 6))
    for scale in (1e-300, 1e-9, 1e-4) if small == 0 else (1e-7, 1e-4):  # nearer to 0 a sum with 1 has few digits
        x = scale * away_from_0((2, 3))
        assert_same(curve(x), true(x), rtol=1e-9, atol=small, about=f"with `x` around {scale:.0e}")
    for shift in (-1000.0, 1000.0):
        assert_contract(curve, true, draw(2, 3) + shift, layout=False, **promised)


def any_number(student, name, parameter, numbers):
    """What `numbers` make of the curve is right in every digit, the gradient too."""
    assert_contract(
        getattr(student, name), TRUE[name], away_from_0((2, 3)), name="x", layout=False, gradients=True,
        rtol=RTOL.get(name), numbers={parameter: numbers},
    )  # fmt: skip


def away_from_0(shape, dtype=torch.float64):
    """Values with both signs in turn, the first negative, none near 0, where two pieces may meet."""
    size = 0.1 + draw(*shape).abs()
    sign = torch.tensor([-1.0, 1.0], dtype=torch.float64).repeat(size.numel())[: size.numel()].reshape(shape)
    return (sign * size).to(dtype)


@points(1)
def test_relu(student):
    """relu and leaky_relu keep what is positive; what is negative becomes 0, or is multiplied by the slope"""
    compare(student, "relu", {})
    assert_gradients(student.relu, torch.relu, tensor(1.5)[0])
    compare(student, "leaky_relu", {}, {"negative_slope": 0.2}, {"negative_slope": 0.5})
    for scale in (1e30, 1e300):
        for name in RTOL:
            x = scale * away_from_0((2, 3))
            assert_same(getattr(student, name)(x), TRUE[name](x), about=f"with `x` around {scale:.0e}")
    any_number(student, "leaky_relu", "negative_slope", (0.0, 1e-9, 1 / 3, 0.95, 1.0))


@points(1)
def test_sigmoid(student):
    """sigmoid is 1 / (1 + exp(-x)), and sigmoid(-x) = 1 - sigmoid(x)"""
    compare(student, "sigmoid", {})
    x = draw(4)
    total = student.sigmoid(x) + student.sigmoid(-x)
    assert_same(total, torch.ones(4, dtype=torch.float64), about="sigmoid(x) + sigmoid(-x)")


@points(1)
def test_tanh(student):
    """tanh is the hyperbolic tangent"""
    compare(student, "tanh", {})


@points(1)
def test_elu(student):
    """elu is x where that is positive and alpha (exp(x) - 1) elsewhere, for every alpha"""
    compare(student, "elu", {}, {"alpha": 2.0}, {"alpha": 0.3})
    any_number(student, "elu", "alpha", (1 / 3, 7.5, 1e-7, 4321.0, 1e9))
    x = tensor(-5.0, -21.0, -25.0, -33.0)  # the curve is still on its way down, its slope exp(x)
    assert_same(student.elu(x), torch.expm1(x), rtol=1e-13, atol=0.0)
    x.requires_grad_()
    answer = student.elu(x)
    (slope,) = torch.autograd.grad(answer.sum(), x) if answer.requires_grad else (torch.zeros_like(x),)
    assert_same(slope, x.detach().exp(), rtol=1e-5, atol=1e-15, about="the gradient far to the left")


@points(1)
def test_softplus(student):
    """softplus is log(1 + exp(x)), for large x too"""
    compare(student, "softplus", {})
    x = tensor(11.0, 15.0, 21.0, 35.0, -15.0)  # x = 11 is 1.7e-5 short of the curve; from 20 on it is within 2e-9
    assert_same(student.softplus(x), true_softplus(x), rtol=1e-9, atol=1e-12)
    # right in every digit: log1p(z) is not log(1 + z), which is 0 from -37 on
    x = tensor(25.0, -15.0, -30.0, -90.0, -700.0)
    answer = student.softplus(x)
    if isinstance(answer, torch.Tensor) and answer.shape == x.shape:  # a diagnosis must see what rounding alone hides
        student.calls[-1].outcome = ("value", {"above relu": (answer > torch.relu(x)).tolist()}, False)
    assert_same(answer, true_softplus(x), rtol=1e-13, atol=0.0)
    x = tensor(9.0, 12.5, -17.0, -50.0, -80.0)
    assert_same(student.softplus(x.float()), true_softplus(x).float(), rtol=3e-7, atol=0.0, about="in float32")


@points(1)
def test_silu(student):
    """silu is x times sigmoid(x)"""
    compare(student, "silu", {})


@points(1)
def test_gelu(student):
    """gelu is x times the normal distribution function; its approximation with tanh comes when asked for, and only then"""
    compare(student, "gelu", {}, {"approximate": "none"}, {"approximate": "tanh"})


@points(1)
def test_sigmoid_grad(student):
    """sigmoid_grad(x) is the slope of sigmoid at x: 1/4 at 0, nearly 0 far away"""
    for x in (tensor(0.0, 2.0, -2.0), *(draw(*shape) for shape in SHAPES), tensor(100.0, -100.0, 1000.0, -1000.0)):
        assert_same(student.sigmoid_grad(x), true_sigmoid_grad(x))
    agrees(student.sigmoid_grad, true_sigmoid_grad)
    x = draw(3).requires_grad_()
    with unmodified(x):
        student.sigmoid_grad(x)
    x = tensor(18.5, -18.5, 19.5, -19.5, 22.0, -22.0)
    assert_same(student.sigmoid_grad(x), true_sigmoid_grad(x), atol=NEAR)


@points(1)
def test_saturation_fraction(student):
    """saturation_fraction is the share of all entries that are at most `low` or at least `high`"""
    a = tensor(0.0, 0.25, 0.5, 0.75, 1.0)
    assert_number(student.saturation_fraction(a, 0.125, 0.875), 0.4, rtol=3e-7)
    assert_number(student.saturation_fraction(a, 0.25, 0.75), 0.8, rtol=3e-7)
    assert_number(student.saturation_fraction(a, -1.0, 1.0), 0.2, rtol=3e-7)
    assert_number(student.saturation_fraction(a, -1.0, 2.0), 0.0)
    low, high = 0.1237, 0.7319
    near = tensor(low, low + 1e-12, high - 1e-12, high, 0.4)  # float32 cannot tell them apart
    assert_number(student.saturation_fraction(near, low, high), 0.4, rtol=3e-7, about="at the two borders")
    for shape in ((), (1,), (2,), (5,), (7, 1)):  # all of them, then none
        for value, share in ((1.0, 1.0), (0.5, 0.0)):
            full = torch.full(shape, value, dtype=torch.float64)
            assert_number(student.saturation_fraction(full, 0.1, 0.9), share, rtol=3e-7)
    for shape in (*SHAPES, (), (1,), (1, 3), (3, 1), (50, 40)):
        a, low, high = draw(*shape).tanh(), -0.9, 0.75
        expected = sum(v <= low or v >= high for v in a.flatten().tolist()) / a.numel()
        with unmodified(a):
            share = student.saturation_fraction(a, low, high)
        assert_number(share, expected, rtol=3e-7)
        assert_number(student.saturation_fraction(a.float(), low, high), expected, rtol=3e-7)
        for kind, other in layouts(a):
            share = student.saturation_fraction(other, low, high)
            expected = sum(v <= low or v >= high for v in other.flatten().tolist()) / a.numel()
            assert_number(share, expected, rtol=3e-7, about=f"with {kind} `activations`")


@points(1)
def test_gradients(student):
    """gradients flow through every curve and are right, also far out; at 0 those of relu, leaky_relu and elu need only be finite"""
    far = tensor(1000.0, -1000.0, 100.0, -100.0), tensor(100.0, -100.0, dtype=torch.float32)
    for name, setting in SETTINGS:
        curve, true = getattr(student, name), TRUE[name]
        for x in (tensor(-1.5, 0.5, 2.0), draw(2, 3), *far):
            assert_gradients(lambda z, f=curve, s=setting: f(z, **s), lambda z, f=true, s=setting: f(z, **s), x)
        x = torch.cat([tensor(-22.5, -21.0, -19.5, -19.0), torch.linspace(-18.5, -8.0, 22, dtype=torch.float64)])
        for ends in (x, -x):  # small slopes are slopes
            assert_gradients(
                lambda z, f=curve, s=setting: f(z, **s),
                lambda z, f=true, s=setting: f(z, **s),
                ends,
                rtol=1e-7,
                atol=1e-9,
            )
        zeros = tensor(0.0, -0.0)
        if name not in KINKED:
            assert_gradients(lambda z, f=curve, s=setting: f(z, **s), lambda z, f=true, s=setting: f(z, **s), zeros)
            continue
        (slope,) = torch.autograd.grad(curve(zeros.requires_grad_(), **setting).sum(), zeros)
        require(slope.isfinite().all(), f"the gradient of {name} must be finite at 0", slope)


@points(1)
def test_far_away(student):
    """100, 1000 and infinity, to either side, go where the curve goes, and NaN stays NaN"""
    for name, setting in SETTINGS:
        curve, true = getattr(student, name), TRUE[name]
        x = tensor(100.0, -100.0, 1000.0, -1000.0)
        assert_same(curve(x, **setting), true(x, **setting))
        ends = (math.inf, math.nan) if name in ("silu", "gelu") else (math.inf, -math.inf, math.nan)
        for x in (tensor(1.0, *ends), tensor(1.0, *ends).repeat(60)):
            assert_same(curve(x, **setting), true(x, **setting))
        x = tensor(1.0, *ends)  # PyTorch's own gelu with tanh is NaN at the ends in float32
        assert_same(curve(x.float(), **setting), true(x, **setting).float())
    for sign in (1.0, -1.0):  # each side by itself, since a formula may be chosen by the sign
        single = tensor(30.0, 100.0, 1000.0, dtype=torch.float32) * sign
        for name, setting in SETTINGS:
            curve, true = getattr(student, name), TRUE[name]
            assert_gradients(
                lambda z, f=curve, s=setting: f(z, **s), lambda z, f=true, s=setting: f(z, **s), single
            )  # fmt: skip
        assert_same(student.sigmoid_grad(single), true_sigmoid_grad(single))


@points(1)
def test_leaves_input_and_dtype_alone(student):
    """the input stays as it was, float32 stays float32, and a transposed or strided view works"""
    for name in (*CURVES, "sigmoid_grad"):
        curve, true = getattr(student, name), TRUE.get(name, true_sigmoid_grad)
        for x in (draw(2, 3), draw(3, 4).T, draw(3, 8)[:, 1::2]):
            with unmodified(x):
                result = curve(x)
            assert_same(result, true(x))
        for small in (draw(2, 3).float(), draw(11, 13).clamp(-2.5, 2.5).float()):
            assert_same(curve(small), true(small))


@points(1)
@forbids(
    "*.relu", "*.leaky_relu", "*.sigmoid", "*.tanh", "*.elu", "*.softplus", "*.silu", "*.gelu", "torch.special.expit",
    "*.relu_", "*.leaky_relu_", "*.sigmoid_", "*.tanh_", "*.elu_", "torch.nn.ReLU", "torch.nn.LeakyReLU",
    "torch.nn.Sigmoid", "torch.nn.Tanh", "torch.nn.ELU", "torch.nn.Softplus", "torch.nn.SiLU", "torch.nn.GELU",
    of=PAGE,
    operators=(
        "aten.relu.default", "aten.leaky_relu.default", "aten.sigmoid.default", "aten.tanh.default",
        "aten.elu.default", "aten.softplus.default", "aten.silu.default", "aten.gelu.default",
    ),
)  # fmt: skip
def test_written_by_hand(student):
    """the page's functions are written out, not borrowed from PyTorch"""
    for name, setting in SETTINGS:
        getattr(student, name)(draw(2, 3), **setting)
    student.sigmoid_grad(draw(2, 3))
