"""What the normalisations, and the convolution that takes one of them over, must do."""

import torch
from torch import nn

from autograder.checking import (
    CheckFailure,
    assert_contract,
    assert_gradients,
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
FLOAT32 = (torch.float32,)


def draw(*shape: int) -> torch.Tensor:
    """Normal float64 values of this shape, away from mean 0 and variance 1."""
    return 2 + 3 * torch.randn(shape, dtype=F64)


def neutral(size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """A weight and a bias as they begin, which change nothing but have gradients."""
    return torch.ones(size, dtype=F64), torch.zeros(size, dtype=F64)


def affine(size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """A weight and a bias of which no two entries are alike, and none is 0 or 1; every other weight is negative."""
    sign = 1.0 - 2 * (torch.arange(size) % 2)
    return sign * (torch.rand(size, dtype=F64) + 1.5), torch.rand(size, dtype=F64) - 3


def normalised(x, dims, eps=1e-5):
    """The formula."""
    centred = x - x.mean(dims, keepdim=True)
    return centred / (centred.square().mean(dims, keepdim=True) + eps).sqrt()


def on_channels(x, weight, bias):
    """Weight and bias for dim 1 of four."""
    return weight.reshape(1, -1, 1, 1) * x + bias.reshape(1, -1, 1, 1)


def each(function, oracle, *inputs, names):
    """Gradients for every tensor, every tensor in other memory, and no tensor changed."""
    assert_gradients(function, oracle, *inputs)
    for place, name in enumerate(names):
        for kind, other in layouts(inputs[place]):
            given = (*inputs[:place], other, *inputs[place + 1 :])
            with unmodified(*given):
                assert_same(function(*given), oracle(*given), about=f"with {kind} `{name}`")


# -- the formula -------------------------------------------------------------------------------------


@points(2)
def test_normalise(student):
    """the numbers along `dims` have mean 0 and biased variance 1 together, and no others do"""
    two, three = torch.tensor([1.0, 5.0], dtype=F64), torch.tensor([1.0, 2.0, 6.0], dtype=F64)
    assert_same(student.normalise(two, (0,), eps=0.0), torch.tensor([-1.0, 1.0], dtype=F64))
    assert_same(student.normalise(three, (0,)), normalised(three, (0,)))
    for shape, dims in (
        ((3, 3), (1,)), ((3, 3), (0,)), ((2, 3, 4), (1,)), ((2, 3, 4), (0, 2)), ((2, 3, 4), (-1,)), ((2, 2, 2), (0, 1)),
        ((2, 3, 4), (2, 1)), ((2, 3, 4, 5), (0, 2, 3)), ((2, 3, 4, 5), (1, -2, -1)), ((2, 3), (0, 1)),
        ((20, 18), (1,)), ((20, 18), (0,)), ((1, 2, 1, 2, 3, 2), (0, 4)),
    ):  # fmt: skip
        x = draw(*shape)
        with unmodified(x):
            assert_same(student.normalise(x, dims), normalised(x, dims))


@points(1)
def test_eps(student):
    """eps is added to the variance, inside the root; equal numbers become 0"""
    for eps in (0.5, 2.0, 1e-3):
        x = draw(2, 3, 4)
        assert_same(student.normalise(x, (1,), eps), normalised(x, (1,), eps))
    x = 1e-3 * draw(4, 5)
    assert_same(student.normalise(x, (1,)), normalised(x, (1,)), about="with small numbers")
    assert_same(student.normalise(x, (1,), 0.0), normalised(x, (1,), 0.0), about="with small numbers and eps = 0")
    same = torch.full((2, 3), 7.0, dtype=F64)
    assert_same(student.normalise(same, (1,)), torch.zeros(2, 3, dtype=F64), about="of equal numbers")


@points(2)
def test_normalise_promises(student):
    """a new tensor of the same shape and dtype, differentiable through mean and variance, exact far from 0 too"""
    f = student.normalise
    for dims in ((1,), (0, 2)):
        assert_contract(
            f, lambda x, d, eps: normalised(x, d, eps), draw(2, 3, 4), dims, name="x", dtypes=FLOAT32,
            defaults={"eps": 1e-5}, numbers={"eps": (0.5, 1 / 3)}, zero=True, gradients=True,
            shapes=((1, 3, 4), (2, 1, 4), (2, 3, 1), (1, 1, 1)),
        )  # fmt: skip
    for shape, dims in (((4,), (0,)), ((1,), (0,)), ((0, 3), (1,)), ((2, 0, 3), (2,)), ((3, 1), (-1,))):
        x = torch.randn(shape, dtype=F64)
        assert_same(f(x, dims), normalised(x, dims), about=f"with `x` of shape {shape}")
    for dims in ((0,), (1,), (-1,), (0, 2), (0, 1, 2)):
        assert_sizes(
            lambda x, d=dims: f(x, d), lambda x, d=dims: normalised(x, d), lambda n, c, t: (draw(n, c, t),), name="x",
            gradients=True, rtol=1e-6, atol=1e-8,
        )  # fmt: skip
    no_eps = draw(3, 5)
    assert_scales(lambda x: f(x, (1,), 0.0), lambda x: normalised(x, (1,), 0.0), no_eps, name="x")
    assert_scales(lambda x: f(x, (1,)), lambda x: normalised(x, (1,)), no_eps, name="x")
    x = 1e4 + torch.randn(8, 50)
    expected = normalised(x.double(), (1,)).float()
    assert_same(f(x, (1,)), expected, atol=0.01, about="with a mean ten thousand times the deviation")


# -- vectors -----------------------------------------------------------------------------------------


def layer(x, weight, bias, eps=1e-5):
    """Layer norm."""
    return weight * normalised(x, (-1,), eps) + bias


@points(2)
def test_layer_norm(student):
    """each vector along the last dim is normalised by itself; then weight multiplies, and bias is added"""
    f, plain = student.layer_norm, (torch.ones(3, dtype=F64), torch.zeros(3, dtype=F64))
    x = torch.tensor([[1.0, 2.0, 6.0], [5.0, 5.0, 5.0]], dtype=F64)
    assert_same(f(x, *plain), layer(x, *plain))
    for shape in ((3, 3), (2, 3, 4), (4, 2), (5,), (2, 3, 2, 2, 3), (40, 130)):
        x, (weight, bias) = draw(*shape), affine(shape[-1])
        with unmodified(x, weight, bias):
            assert_same(f(x, weight, bias), layer(x, weight, bias))
        assert_same(f(x, weight, bias, eps=0.5), layer(x, weight, bias, 0.5))
    weight, bias = affine(4)
    assert_contract(
        f, layer, draw(2, 3, 4), weight, bias, name="x", defaults={"eps": 1e-5}, numbers={"eps": (0.0, 1 / 3)},
        gradients=True, shapes=((0, 4), (1, 4), (2, 1, 4)),
    )  # fmt: skip
    assert_gradients(f, layer, torch.zeros(2, 4, dtype=F64), weight, bias, about="with zeros for `x`")
    assert_gradients(f, layer, draw(2, 4), *neutral(4), about="with ones for `weight` and zeros for `bias`")
    each(f, layer, draw(3, 4), weight, bias, names=("x", "weight", "bias"))
    each(f, layer, draw(1, 4), weight, bias, names=("x", "weight", "bias"))
    each(f, layer, draw(2, 1), *affine(1), names=("x",))
    single = draw(2, 4).float(), weight.float(), bias.float()
    assert_same(f(*single), layer(*single), about="in float32")
    assert_sizes(f, layer, lambda n, d: (draw(n, d), *affine(d)), name="x", gradients=True)
    assert_sizes(f, layer, lambda n, t, h, d: (draw(n, t, h, d), *affine(d)), name="x", gradients=True, largest=9)
    assert_scales(f, layer, draw(3, 4), weight, bias, name="x")


def rms(x, weight, eps=1e-6):
    """RMS norm."""
    return weight * x / (x.square().mean(-1, keepdim=True) + eps).sqrt()


@points(2)
def test_rms_norm(student):
    """each vector along the last dim is divided by the root of its mean square; no mean is subtracted"""
    f = student.rms_norm
    one = torch.ones(2, dtype=F64)
    assert_same(f(torch.tensor([1.0, 7.0], dtype=F64), one, eps=0.0), torch.tensor([0.2, 1.4], dtype=F64))
    for shape in ((3, 3), (2, 3, 4), (4, 2), (5,), (40, 130)):
        x, (weight, _) = draw(*shape), affine(shape[-1])
        with unmodified(x, weight):
            assert_same(f(x, weight), rms(x, weight))
        assert_same(f(x, weight, eps=0.5), rms(x, weight, 0.5))
    x, (weight, _) = 1e-3 * draw(2, 4), affine(4)
    assert_same(f(x, weight), rms(x, weight), about="with small numbers")
    assert_contract(
        f, rms, draw(2, 3, 4), weight, name="x", defaults={"eps": 1e-6}, numbers={"eps": (0.0, 1 / 3)}, gradients=True,
        shapes=((0, 4), (1, 4), (2, 1, 4)),
    )  # fmt: skip
    assert_gradients(f, rms, torch.zeros(2, 4, dtype=F64), weight, about="with zeros for `x`")
    assert_gradients(f, rms, draw(2, 4), neutral(4)[0], about="with ones for `weight`")
    for rows in (3, 1):
        each(f, rms, draw(rows, 4), weight, names=("x", "weight"))
    each(f, rms, draw(2, 1), weight[:1], names=("x",))
    single = draw(2, 4).float(), weight.float()
    assert_same(f(*single), rms(*single), about="in float32")
    assert_sizes(f, rms, lambda n, d: (draw(n, d), affine(d)[0]), name="x", gradients=True)
    assert_scales(f, rms, draw(3, 4), weight, name="x")


# -- images ------------------------------------------------------------------------------------------


def grouped(x, groups, weight, bias, eps=1e-5):
    """Group norm, a group at a time."""
    parts = [normalised(part, (1, 2, 3), eps) for part in x.chunk(groups, 1)]
    return on_channels(torch.cat(parts, 1), weight, bias)


@points(2)
def test_group_norm(student):
    """in each image, C / groups neighbouring channels are normalised together; weight and bias belong to channels"""
    f = student.group_norm
    for shape, groups in (
        ((2, 4, 3, 2), 2), ((3, 6, 2, 2), 3), ((2, 6, 2, 3), 2), ((2, 4, 4, 4), 1), ((2, 3, 3, 3), 3), ((1, 2, 2, 2), 1),
        ((18, 24, 2, 19), 3),
    ):  # fmt: skip
        x, (weight, bias) = draw(*shape), affine(shape[1])
        with unmodified(x, weight, bias):
            assert_same(f(x, groups, weight, bias), grouped(x, groups, weight, bias))
        assert_same(f(x, groups, weight, bias, eps=0.5), grouped(x, groups, weight, bias, 0.5))


@points(1)
def test_group_norm_promises(student):
    """any size and layout, the default of eps, gradients for all three; a ValueError if the groups do not come out"""
    f = student.group_norm
    x, (weight, bias) = draw(2, 4, 3, 2), affine(4)
    assert_contract(
        f, grouped, x, 2, weight, bias, name="x", defaults={"eps": 1e-5}, numbers={"eps": (0.0, 1 / 3)}, gradients=True,
        shapes=((0, 4, 2, 2), (1, 4, 2, 3), (2, 4, 1, 3), (2, 4, 3, 1), (1, 4, 1, 1)),
    )  # fmt: skip
    for x in (draw(3, 4, 2, 2), draw(1, 4, 2, 2), torch.zeros(2, 4, 2, 2, dtype=F64)):
        each(
            lambda *a: f(a[0], 2, *a[1:]), lambda *a: grouped(a[0], 2, *a[1:]), x, weight, bias,
            names=("x", "weight", "bias"),
        )  # fmt: skip
    for groups in (1, 2, 3):
        assert_sizes(
            lambda *a, g=groups: f(a[0], g, *a[1:]), lambda *a, g=groups: grouped(a[0], g, *a[1:]),
            lambda n, c, h, w, g=groups: (draw(n, g * c, h, w), *affine(g * c)), name="x", gradients=True, largest=9,
        )  # fmt: skip
    assert_gradients(
        lambda *a: f(a[0], 2, *a[1:]), lambda *a: grouped(a[0], 2, *a[1:]), draw(2, 4, 2, 2), *neutral(4),
        about="with ones for `weight` and zeros for `bias`",
    )  # fmt: skip
    single = draw(2, 4, 3, 2).float(), 2, weight.float(), bias.float()
    assert_same(f(*single), grouped(*single), about="in float32")
    each(
        lambda *a: f(a[0], 1, *a[1:]), lambda *a: grouped(a[0], 1, *a[1:]), draw(2, 1, 3, 2), *affine(1), names=("x",)
    )  # one channel
    for channels, groups in ((4, 3), (2, 4), (5, 2), (1, 2), (3, 5), (7, 3)):
        x, (weight, bias) = draw(2, channels, 2, 3), affine(channels)
        with unmodified(x, weight, bias), raises(ValueError):
            f(x, groups, weight, bias)


class Pixelwise(nn.Module):
    """Layer norm over dim 1."""

    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))
        self.eps = eps

    def forward(self, x):
        return on_channels(normalised(x, (1,), self.eps), self.weight, self.bias)


def put(module, values):
    """Runs on both sides: makes the module float64 and gives its parameters these values."""
    module.double()
    with torch.no_grad():
        for name, value in values.items():
            getattr(module, name).copy_(value)


def pair(student, channels: int, **options):
    """A LayerNorm2d of the student's and the oracle's, with the same values."""
    mine, made = student.LayerNorm2d(channels, **options), student.calls[-1]
    theirs = Pixelwise(channels, **options)
    have = {name: tuple(p.shape) for name, p in mine.state()["parameters"].items()}
    want = {"bias": (channels,), "weight": (channels,)}
    made.outcome = ("value", {"parameters": sorted(have.items())}, False)
    if have != want:
        reason = "its parameters must be weight and bias, (C,) each, and no others"
        raise CheckFailure(reason, "", have, want, True, f"LayerNorm2d({channels})")
    require(all(mine.state()["requires_grad"].values()), "a parameter of it requires no gradient")
    weight, bias = affine(channels)
    values = {"weight": weight, "bias": bias}
    student.prop(put)(mine, values)
    student.LayerNorm2d(channels, eps=7.0)  # another one, with which it shares nothing
    del student.calls[-2:]  # no calls that tell anything
    put(theirs, values)
    return mine, theirs


@points(1)
def test_layer_norm_2d(student):
    """the channels of each pixel are normalised together, pixel by pixel, in both modes"""
    x = torch.randn(2, 3, 3, 3)
    layer = student.LayerNorm2d(3)
    assert_same(layer(x), Pixelwise(3)(x).detach(), about="of a new layer")
    for shape, options in (
        ((2, 4, 3, 5), {}),
        ((3, 3, 3, 3), {"eps": 0.5}),
        ((2, 5, 2, 2), {"eps": 0.01}),
        ((20, 2, 1, 18), {}),
    ):
        mine, theirs = pair(student, shape[1], **options)
        for training in (True, False):
            mine.train(training)
            x = draw(*shape)
            with unmodified(x):
                assert_same(mine(x).detach(), theirs(x).detach(), about=f"with training = {training}")
    x = torch.randn(2, 3, 3, 3)
    assert_same(layer(x), Pixelwise(3)(x).detach(), about="of the first layer, once another one was given other values")
    mine, theirs = pair(student, 4)
    x = 1e-3 * draw(2, 4, 3, 2)
    assert_same(mine(x).detach(), theirs(x).detach(), about="with `eps` left out, where the docstring says 1e-6")


def each_learns(mine, theirs, shapes):
    """Input, weight and bias have the oracle's gradients at each shape."""
    mirrors = mine.mirrors()
    for shape in shapes:
        x = draw(*shape)
        assert_gradients(mine, theirs, x)
        out, want = mine(x), theirs(x)
        cotangent = torch.randn(want.shape, dtype=F64)
        require(out.requires_grad, "the result is cut off from the computation graph: no gradient can flow")
        sources = [mirrors["weight"], mirrors["bias"]]
        found = torch.autograd.grad((out * cotangent).sum(), sources, allow_unused=True)
        wanted = torch.autograd.grad((want * cotangent).sum(), [theirs.weight, theirs.bias])
        for name, gradient, expected in zip(("weight", "bias"), found, wanted, strict=True):
            require(gradient is not None, f"no gradient reaches {name}")
            assert_same(gradient, expected, about=f"the gradient of {name}")


@points(1)
def test_layer_norm_2d_promises(student):
    """weight and bias are parameters that learn, gradients reach all three, and any size and layout will do"""
    one, alone = pair(student, 1)
    mine, theirs = pair(student, 4)
    each_learns(mine, theirs, [(2, 4, 3, 2), (1, 4, 2, 2), (2, 4, 1, 1)])
    each_learns(one, alone, [(2, 1, 2, 3)])
    mine.train(False)
    each_learns(mine, theirs, [(2, 4, 2, 3)])
    x = draw(2, 4, 3, 2)
    for kind, other in layouts(x):
        assert_same(mine(other).detach(), theirs(other).detach(), about=f"with {kind} `x`")
    for x in (draw(1, 4, 1, 1), draw(3, 4, 2, 1), torch.zeros(2, 4, 2, 2, dtype=F64)):
        assert_gradients(mine, theirs, x, about=f"with `x` of shape {tuple(x.shape)}")
    x = draw(2, 1, 2, 3)
    assert_same(one(x).detach(), alone(x).detach(), about="with one channel")


# -- folding -----------------------------------------------------------------------------------------


def folded(weight, bias, mean, var, gamma, beta, eps=1e-5):
    """The formula of the lesson."""
    factor = gamma / (var + eps).sqrt()
    return weight * factor.reshape(-1, 1, 1, 1), factor * ((0 if bias is None else bias) - mean) + beta


def settled(K: int, C: int, *kernel: int):
    """A convolution and a batch norm behind it that has seen something."""
    gamma, beta = affine(K)
    mean, var = 3 * torch.randn(K, dtype=F64), 0.2 + 2 * torch.rand(K, dtype=F64)
    return torch.randn(K, C, *kernel, dtype=F64), torch.randn(K, dtype=F64), mean, var, gamma, beta


def unused(given):
    """The same convolution without a bias to speak of, before a batch norm as it begins."""
    size = len(given[1])
    return given[0], torch.zeros(size, dtype=F64), *reversed(neutral(size)), *neutral(size)


def in_other_memory(fold, *given):
    """Over there: do the two results share no memory with what was given?"""
    held = {x.untyped_storage().data_ptr() for x in given if x is not None}
    return not any(x.untyped_storage().data_ptr() in held for x in fold(*given))


@points(2)
def test_fold_batch_norm(student):
    """one convolution answers what convolution and batch norm answer in eval mode"""
    f = student.fold_batch_norm
    one = torch.ones(1, dtype=F64)
    three, four = torch.full((1, 1, 1, 1), 3.0, dtype=F64), 4 * one
    assert_same(f(three, one, four, four, one, one, eps=0.0), (0.5 * three, -0.5 * one))
    for K, C, kernel, eps in ((3, 3, (3, 3), 1e-5), (4, 2, (3, 2), 0.5), (2, 3, (1, 1), 0.1), (3, 1, (2, 2), 0.012345)):
        given = settled(K, C, *kernel)
        with unmodified(*given):
            answer = f(*given, eps=eps)
        assert_same(answer, folded(*given, eps), about=f"{K} output channels, {C} input channels")
        images = torch.randn(2, C, 5, 6, dtype=F64)
        two_layers = nn.functional.batch_norm(nn.functional.conv2d(images, *given[:2]), *given[2:], eps=eps)
        assert_same(nn.functional.conv2d(images, *answer), two_layers, about="the answers of the one convolution")


@points(1)
def test_fold_promises(student):
    """a convolution without bias gets one; the default of eps; any layout, float32, gradients"""
    f = student.fold_batch_norm
    given = settled(3, 2, 2, 2)
    assert_same(f(*given), folded(*given))
    wide = settled(18, 2, 1, 19)
    assert_same(f(*wide), folded(*wide), about="18 output channels, a kernel of 1 x 19")
    bare = (given[0], None, *given[2:])
    with unmodified(*(x for x in bare if x is not None)):
        assert_same(f(*bare), folded(*bare), about="with `bias` None")
    small = (*given[:3], 1e-4 * given[3], *given[4:])
    assert_same(f(*small), folded(*small), about="with `eps` left out, where the docstring says 1e-5")
    for scale in (1e-9, 1e-7, 1e-5):
        smaller = (*given[:3], scale * given[3], *given[4:])
        assert_same(f(*smaller, eps=1e-8), folded(*smaller, 1e-8), about="with a small variance and a small eps")
    for part in (0, 1):
        for bias in (True, False):
            assert_sizes(
                lambda w, *a, p=part, b=bias: f(w, a[0] if b else None, *a[1:])[p],
                lambda w, *a, p=part, b=bias: folded(w, a[0] if b else None, *a[1:])[p],
                lambda k, c, h: settled(k, c, h, h), name="weight", gradients=True, largest=9,
            )  # fmt: skip
    still = (*given[:3], 0 * given[3], *given[4:])
    names = ("weight", "bias", "running_mean", "running_var", "gamma", "beta")
    for part in (0, 1):
        for tensors in (given, still, unused(given), settled(1, 2, 2, 2), settled(3, 1, 1, 1)):
            assert_gradients(lambda *a, p=part: f(*a)[p], lambda *a, p=part: folded(*a)[p], *tensors)
    for place, name in enumerate(names):
        for kind, other in layouts(given[place]):
            changed = (*given[:place], other, *given[place + 1 :])
            assert_same(f(*changed), folded(*changed), about=f"with {kind} `{name}`")
    single = tuple(x.float() for x in given)
    assert_same(f(*single), folded(*single), about="in float32")
    alone = student.prop(in_other_memory)
    for tensors in (given, unused(given), (given[0], None, *unused(given)[2:])):
        require(alone(f, *tensors), "new tensors were promised: a result shares memory with an argument", claims=True)


@points(1)
@forbids(
    "torch.nn.functional.layer_norm", "torch.layer_norm", "torch.native_layer_norm", "torch.nn.LayerNorm",
    "torch.nn.functional.group_norm", "torch.group_norm", "torch.native_group_norm", "torch.nn.GroupNorm",
    "torch.nn.functional.batch_norm", "torch.batch_norm", "torch.native_batch_norm", "torch.nn.BatchNorm2d",
    "torch.nn.functional.instance_norm", "torch.instance_norm", "torch.nn.InstanceNorm2d",
    "torch.nn.functional.rms_norm", "torch.rms_norm", "torch.nn.RMSNorm", "*.fuse_conv_bn_weights", "*.fuse_conv_bn_eval",
    of=("normalise", "layer_norm", "group_norm", "rms_norm", "LayerNorm2d", "fold_batch_norm"),
    operators=(
        "aten.native_batch_norm.default", "aten.native_group_norm.default", "aten.native_layer_norm.default",
        "aten.rms_norm.default", "aten._fused_rms_norm.default",
    ),
)  # fmt: skip
def test_written_by_hand(student):
    """all of it is written out, not borrowed from PyTorch"""
    x, (weight, bias) = draw(2, 4, 3, 4), affine(4)
    student.normalise(x, (0, 2, 3))
    student.layer_norm(x, weight, bias)
    student.rms_norm(x, weight)
    student.group_norm(x, 2, weight, bias)
    student.LayerNorm2d(4)(x.float())
    student.fold_batch_norm(*settled(2, 2, 3, 3))
