"""What convolution, pooling and their arithmetic must do. PyTorch is the oracle, in float64."""

import math

import torch
from torch.nn import functional as F

from autograder.checking import (
    assert_contract,
    assert_gradients,
    assert_left_alone,
    assert_number,
    assert_same,
    assert_scales,
    forbids,
    points,
    raises,
    require,
    unmodified,
)

F64 = torch.float64
PAGE = ("conv1d", "conv2d", "unfold2d", "maxpool2d", "avgpool2d")


def draw(*shape: int) -> torch.Tensor:
    """Normal float64 numbers of this shape."""
    return torch.randn(*shape, dtype=F64)


def picture(*rows: list[float]) -> torch.Tensor:
    """One picture of one channel, (1, 1, H, W)."""
    return torch.tensor([[rows]], dtype=F64)


def places(n: int, k: int, s: int = 1, p: int = 0, d: int = 1) -> int:
    """How often the kernel fits, counted."""
    return sum(1 for first in range(0, n + 2 * p, s) if first + d * (k - 1) < n + 2 * p)


def assert_int(found, expected: int) -> None:
    """It is this int, and no tensor of one."""
    assert_number(found, expected)
    require(type(found) is int, "an int was expected", found, expected)


@points(1)
def test_output_size(student):
    """the size that comes out is the number of places where the kernel fits"""
    assert_int(student.conv_output_size(6, 3), 4)
    for case in (
        (28, 5, 1, 2),
        (28, 5, 2, 2),
        (9, 3, 3, 1),
        (7, 3, 1, 0, 2),
        (12, 4, 3, 1, 3),
        (6, 2, 5),
        (1000, 150, 7, 40, 5),
        (4099 * 4100 - 1, 2, 4099, 1),  # in float32 the last stride would just fit
    ):
        assert_int(student.conv_output_size(*case), places(*case))
    for case in ((4, 4), (5, 3, 2, 0, 2), (1, 3, 2, 1)):  # it just fits
        assert_int(student.conv_output_size(*case), 1)


@points(1)
def test_kernel_too_large(student):
    """a kernel that is larger than the padded input, along either axis, raises a ValueError"""
    for case in ((2, 3), (1, 5, 4, 1), (6, 3, 1, 0, 3)):
        with raises(ValueError):
            student.conv_output_size(*case)
    for name, shape, kernel, options in (
        ("conv1d", (1, 2, 4), (1, 2, 3), {"dilation": 2}),
        ("conv1d", (1, 2, 2), (1, 2, 5), {"padding": 1}),
        ("conv2d", (1, 1, 9, 2), (1, 1, 3, 3), {}),
        ("conv2d", (1, 1, 2, 9), (1, 1, 3, 3), {}),
        ("conv2d", (1, 1, 9, 4), (1, 1, 3, 3), {"dilation": 2}),
    ):
        x, w, b = draw(*shape), draw(*kernel), draw(1)
        with unmodified(x, w, b), raises(ValueError):
            getattr(student, name)(x, w, b, **options)
    for name, shape, kernel_size, options in (
        ("unfold2d", (1, 1, 2, 9), (5, 2), {"padding": (1, 3)}),
        ("unfold2d", (1, 1, 9, 2), (2, 5), {"padding": (3, 1)}),
        ("unfold2d", (1, 1, 4, 9), 3, {"dilation": 2}),
        ("maxpool2d", (1, 1, 2, 9), 3, {}),
        ("maxpool2d", (1, 1, 9, 2), 3, {}),
        ("avgpool2d", (1, 1, 2, 9), 3, {}),
        ("avgpool2d", (1, 1, 9, 2), 3, {}),
    ):
        x = draw(*shape)
        with unmodified(x), raises(ValueError):
            getattr(student, name)(x, kernel_size, **options)


@points(2)
def test_conv1d(student):
    """conv1d adds up kernel times input over channels and entries, for every stride, padding and dilation"""
    x, difference = torch.tensor([[[1.0, 2.0, 4.0, 8.0]]], dtype=F64), torch.tensor([[[-1.0, 1.0]]], dtype=F64)
    assert_same(student.conv1d(x, difference), torch.tensor([[[1.0, 2.0, 4.0]]], dtype=F64))
    x, w, b = draw(2, 3, 9), draw(4, 3, 3), draw(4)
    for options in ({}, {"padding": 2}, {"stride": 2, "padding": 1, "dilation": 3}):
        expected = F.conv1d(x, w, b, **options)
        assert_same(student.conv1d(x, w, b, **options), expected)
    assert_gradients(lambda *t: student.conv1d(*t, stride=3), lambda *t: F.conv1d(*t, stride=3), x, w, b)
    assert_gradients(student.conv1d, F.conv1d, x, w, torch.zeros(4, dtype=F64))  # as biases are at the beginning
    far = {"stride": 5, "padding": 4, "dilation": 3}  # the kernel leaves pixels out
    line, kernel, bias = draw(19, 2, 27), draw(7, 2, 2), draw(7)
    assert_same(student.conv1d(line, kernel, bias, **far), F.conv1d(line, kernel, bias, **far))
    for of, name in enumerate("xwb"):
        assert_contract(student.conv1d, F.conv1d, x, w, b, of=of, name=name)
    assert_gradients(student.conv1d, F.conv1d, draw(1, 1, 4), draw(1, 1, 2), draw(1))  # one channel in, one out
    wide = draw(1, 2, 61), draw(19, 2, 23), draw(19)
    assert_same(student.conv1d(*wide, 2), F.conv1d(*wide, 2), about="a kernel of 23 entries, 19 channels")
    one = draw(2, 3, 1)
    assert_same(student.conv1d(one, w, b, padding=1), F.conv1d(one, w, b, padding=1), about="one entry in each row")
    small, bias = draw(1, 3, 1), draw(1)
    assert_same(student.conv1d(x, small, bias), F.conv1d(x, small, bias), about="a kernel of one entry")


@points(1)
def test_impulse(student):
    """one bright pixel shows the kernel turned by 180 degrees, and when the pixel moves, so does what comes out"""
    kernel = picture([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])
    dark = [0.0] * 5
    pixel = picture(dark, dark, [0.0, 0.0, 1.0, 0.0, 0.0], dark)
    assert_same(student.conv2d(pixel, kernel), picture([0.0, 0.0, 0.0], [6.0, 5.0, 4.0], [3.0, 2.0, 1.0]))
    x, w = F.pad(draw(1, 2, 3, 4), (1, 3, 1, 3)), draw(2, 2, 2, 3)
    moved = torch.roll(x, (2, 1), (2, 3))
    out = student.conv2d(x, w, padding=(1, 2))
    assert_same(student.conv2d(moved, w, padding=(1, 2)), torch.roll(out, (2, 1), (2, 3)), about="the moved picture")


@points(2)
def test_channels_and_bias(student):
    """every output channel adds up all input channels and its own bias; gradients reach x, w and b"""
    x = torch.tensor([[[[1.0]], [[2.0]]]], dtype=F64)
    w = torch.tensor([[[[1.0]], [[10.0]]], [[[100.0]], [[1000.0]]]], dtype=F64)
    assert_same(student.conv2d(x, w), torch.tensor([[[[21.0]], [[2100.0]]]], dtype=F64))
    assert_gradients(student.conv2d, F.conv2d, draw(2, 3, 5, 6), draw(4, 3, 2, 3), draw(4))  # W' = Co
    assert_gradients(student.conv2d, F.conv2d, draw(1, 2, 3, 3), draw(1, 2, 1, 1), draw(1))
    assert_gradients(student.conv2d, F.conv2d, draw(2, 2, 2, 5), draw(4, 2, 2, 2), draw(4))  # W' = Co, H' = 1
    assert_gradients(student.conv2d, F.conv2d, draw(1, 2, 5, 2), draw(4, 2, 2, 2), draw(4))  # H' = Co, W' = 1
    x, w = draw(2, 2, 4, 3), draw(3, 2, 2, 2)
    assert_gradients(student.conv2d, F.conv2d, x, w, torch.zeros(3, dtype=F64))  # as biases are at the beginning
    assert_gradients(lambda t: student.conv2d(t, w), lambda t: F.conv2d(t, w), x)  # with weights that are not learned
    for of, name in enumerate("xwb"):
        assert_contract(student.conv2d, F.conv2d, draw(2, 3, 5, 6), draw(4, 3, 2, 3), draw(4), of=of, name=name)


@points(2)
def test_stride_padding_dilation(student):
    """stride, padding and dilation are (h, w), each axis with its own, or one int for both"""
    x, w, b = draw(2, 2, 8, 7), draw(3, 2, 2, 3), draw(3)
    for options in (
        {"stride": (2, 1)}, {"padding": (0, 2)}, {"dilation": (3, 1)}, {"stride": 2, "padding": 1, "dilation": 2},
        {"stride": (1, 3), "padding": (3, 1), "dilation": (2, 3)},
    ):  # fmt: skip
        assert_same(student.conv2d(x, w, b, **options), F.conv2d(x, w, b, **options))
    far = {"stride": (4, 5), "padding": 2}  # the kernel leaves pixels out
    large, kernel, bias = draw(19, 2, 13, 23), draw(7, 2, 2, 2), draw(7)
    assert_same(student.conv2d(large, kernel, bias, **far), F.conv2d(large, kernel, bias, **far))
    wide = draw(1, 2, 20, 15), draw(19, 2, 11, 9), draw(19)
    assert_same(student.conv2d(*wide, 2), F.conv2d(*wide, 2), about="a kernel of 11 x 9 entries, 19 channels")
    options = {"stride": (3, 2), "padding": (1, 0), "dilation": (1, 2)}
    assert_gradients(lambda *t: student.conv2d(*t, **options), lambda *t: F.conv2d(*t, **options), x, w, b)
    assert_scales(student.conv2d, F.conv2d, x[:1], w, of=(0, 1), name="x` and `w")


@points(2)
def test_unfold(student):
    """each window becomes a column: channels, then rows, then columns of the window; the places row by row"""
    x = torch.tensor([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]]]], dtype=F64)
    by_hand = [[1.0, 2.0], [2.0, 3.0], [4.0, 5.0], [5.0, 6.0], [10.0, 20.0], [20.0, 30.0], [40.0, 50.0], [50.0, 60.0]]
    assert_same(student.unfold2d(x, 2), torch.tensor([by_hand], dtype=F64))
    x = draw(2, 3, 6, 8)
    for kernel_size, options in (
        ((2, 3), {}), ((3, 2), {"padding": (2, 1)}), ((2, 3), {"stride": (1, 2), "padding": 1, "dilation": (4, 2)}),
        (3, {"stride": (3, 2)}),
    ):  # fmt: skip
        assert_same(student.unfold2d(x, kernel_size, **options), F.unfold(x, kernel_size, **options))
    large = draw(19, 2, 13, 23)
    assert_same(student.unfold2d(large, 2, (4, 5)), F.unfold(large, 2, stride=(4, 5)))
    assert_gradients(lambda t: student.unfold2d(t, (2, 3)), lambda t: F.unfold(t, (2, 3)), x)
    whole = draw(2, 1, 3, 4)  # one place
    assert_gradients(lambda t: student.unfold2d(t, (3, 4)), lambda t: F.unfold(t, (3, 4)), whole)
    odd = picture([math.nan, math.inf, 1.0], [2.0, -math.inf, 1e300])
    assert_same(student.unfold2d(odd, 2), F.unfold(odd, 2), about="NaN and inf are copied as they are")
    wide = draw(1, 12, 14, 13)
    assert_same(student.unfold2d(wide, (9, 10)), F.unfold(wide, (9, 10)), about="12 channels, a kernel of 9 x 10")
    assert_contract(student.unfold2d, F.unfold, x, (2, 1), name="x", shapes=[(2, 3, 4, 1)], dtypes=[torch.float32])


@points(1)
def test_maxpool(student):
    """each maximum is that of pixels, never of padding; without a stride, windows lie side by side"""
    x = picture([-1.0, -2.0, -4.0, -3.0], [-5.0, -6.0, -7.0, -8.0])
    assert_same(student.maxpool2d(x, 2), picture([-1.0, -3.0]))
    assert_same(student.maxpool2d(x, 2, padding=1), picture([-1.0, -2.0, -3.0], [-5.0, -6.0, -8.0]))
    x = draw(2, 3, 7, 8)
    for case in (((2, 3),), (3, 2, 1), ((3, 4), (1, 3), (0, 2)), ((4, 2), (2, 1), (2, 1))):
        assert_same(student.maxpool2d(x, *case), F.max_pool2d(x, *case))
    large = draw(19, 2, 13, 23)
    assert_same(student.maxpool2d(large, 2, (4, 5)), F.max_pool2d(large, 2, (4, 5)))
    dark = -1e30 * picture([1.0, 2.0], [3.0, 4.0])
    assert_same(student.maxpool2d(dark, 2, padding=1), dark, about="for pixels far below 0")
    black = picture([-math.inf, -math.inf], [-math.inf, 3.0])
    assert_same(student.maxpool2d(black, 2, padding=1), black, about="for pixels of -inf")
    wide = draw(1, 12, 14, 13)
    assert_same(student.maxpool2d(wide, (9, 10), 2), F.max_pool2d(wide, (9, 10), 2), about="windows of 9 x 10")
    assert_contract(lambda t: student.maxpool2d(t, 2, 1, 1), lambda t: F.max_pool2d(t, 2, 1, 1), x, name="x",
                    shapes=[(2, 1, 3, 1)], dtypes=[torch.float32])  # fmt: skip
    for t in (x, x[:1]):
        assert_gradients(lambda t: student.maxpool2d(t, 3, 2), lambda t: F.max_pool2d(t, 3, 2), t)
    corner = picture([0.0, 1.0], [2.0, 3.0])  # the smallest pixel is the largest of its window
    assert_gradients(lambda t: student.maxpool2d(t, 2, 1, 1), lambda t: F.max_pool2d(t, 2, 1, 1), corner)
    assert_scales(lambda t: student.maxpool2d(t, 2), lambda t: F.max_pool2d(t, 2), draw(1, 1, 2, 4), name="x")


@points(1)
def test_avgpool(student):
    """each mean divides by kh * kw, zeros of the padding included; without a stride, windows lie side by side"""
    x = picture([4.0, 8.0], [12.0, 16.0])
    assert_same(student.avgpool2d(x, 2), picture([10.0]))
    assert_same(student.avgpool2d(x, 2, padding=1), picture([1.0, 2.0], [3.0, 4.0]))
    x = draw(2, 3, 7, 8)
    for case in (((2, 3),), (3, 2, 1), ((3, 4), (1, 3), (0, 2))):
        assert_same(student.avgpool2d(x, *case), F.avg_pool2d(x, *case))
    large = draw(19, 2, 13, 23)
    assert_same(student.avgpool2d(large, 2, (4, 5)), F.avg_pool2d(large, 2, (4, 5)))
    bright = draw(1, 1, 4, 6)
    bright[..., 0, 0] = 1e12  # a window without it has a mean without it
    assert_same(student.avgpool2d(bright, 2)[..., 1:], F.avg_pool2d(bright, 2)[..., 1:], about="beside a large pixel")
    wide = draw(1, 12, 14, 13)
    assert_same(student.avgpool2d(wide, (9, 10), 2), F.avg_pool2d(wide, (9, 10), 2), about="windows of 9 x 10")
    assert_contract(lambda t: student.avgpool2d(t, 2, 1, 1), lambda t: F.avg_pool2d(t, 2, 1, 1), x, name="x",
                    shapes=[(2, 1, 3, 1)], dtypes=[torch.float32])  # fmt: skip
    for t in (x, x[:1]):
        assert_gradients(lambda t: student.avgpool2d(t, (3, 2)), lambda t: F.avg_pool2d(t, (3, 2)), t)
    assert_scales(lambda t: student.avgpool2d(t, 2), lambda t: F.avg_pool2d(t, 2), draw(1, 1, 2, 4), name="x")


def seen(layers: list[tuple[int, ...]]) -> int:
    """From the first to the last pixel that the output at place 0 looks at, found by walking back."""
    sees = {0}
    for kernel, stride, *more in reversed(layers):
        sees = {place * stride + u * (more[0] if more else 1) for place in sees for u in range(kernel)}
    return max(sees) + 1


@points(1)
def test_receptive_field(student):
    """behind several layers, a number depends on this many pixels of the input"""
    for layers in (
        [(3, 1), (3, 1)], [(3, 2), (3, 1)], [(5, 3)], [], [(3, 1), (1, 2), (3, 1)], [(1, 3), (2, 5, 3), (1, 1)], [(3, 1), (2, 2), (3, 1), (2, 2), (5, 1)],
        [(2, 10)] * 11, [(3, 1), (2, 1, 3)] * 10, [(3, 1, 2)], [(4, 3, 5)], [(3, 2)] * 10, [(3, 1, 1), (3, 1, 2), (3, 1, 4)], [(3, 2, 2), (2, 3, 5), (4, 1, 3)],
    ):  # fmt: skip
        assert_int(student.receptive_field(layers), seen(layers))
    layers = [(3, 2), (2, 1), (4, 3)]
    student.receptive_field(layers)
    assert_left_alone(student)


@points(1)
def test_views_float32_and_empty_batches(student):
    """an empty batch stays empty, float32 stays float32, views of other tensors will do, and no input is changed"""
    none, w = draw(0, 2, 5, 6), draw(3, 2, 2, 3)
    assert_same(student.conv2d(none, w), F.conv2d(none, w))
    assert_same(student.unfold2d(none, 2), draw(0, 8, 20))
    assert_same(student.maxpool2d(none, 2), draw(0, 2, 2, 3))
    assert_same(student.avgpool2d(none, 2), draw(0, 2, 2, 3))
    assert_same(student.conv1d(none[:, :, 0], w[:, :, 0]), draw(0, 3, 4))
    x, w, b = (
        torch.randn(2, 6, 5, 4).permute(0, 3, 1, 2)[:, ::2],
        torch.randn(2, 3, 2, 3).permute(3, 0, 1, 2),
        torch.ones(3),
    )
    with unmodified(x, w, b):
        out = student.conv2d(x, w, b)
    assert_same(out, F.conv2d(x, w, b))
    line, kernel = x[:, :, 0], w[:, :, 0]
    with unmodified(line, kernel, b):
        out = student.conv1d(line, kernel, b)
    assert_same(out, F.conv1d(line, kernel, b))
    for name, oracle in (("unfold2d", F.unfold), ("maxpool2d", F.max_pool2d), ("avgpool2d", F.avg_pool2d)):
        with unmodified(x):
            out = getattr(student, name)(x, 2)
        assert_same(out, oracle(x, 2))


@points(1)
@forbids(
    "torch.conv1d", "torch.conv2d", "torch.conv3d", "torch.convolution", "torch.nn.functional.conv1d",
    "torch.nn.functional.conv2d", "torch.nn.functional.conv3d", "torch.nn.Conv1d", "torch.nn.Conv2d",
    "torch.nn.functional.unfold", "torch.nn.Unfold", "torch.max_pool1d", "torch.max_pool2d", "torch.nn.functional.max_pool1d",
    "torch.nn.functional.max_pool2d", "torch.nn.functional.avg_pool1d", "torch.nn.functional.avg_pool2d",
    "torch.nn.functional.adaptive_avg_pool2d", "torch.nn.functional.adaptive_max_pool2d", "torch.nn.functional.lp_pool2d",
    "torch.nn.MaxPool2d", "torch.nn.AvgPool2d", "torch._C._nn.im2col", "numpy.convolve", "numpy.correlate",
    of=PAGE,
    operators=(
        "aten.convolution.default", "aten.im2col.default", "aten.max_pool2d_with_indices.default", "aten.avg_pool2d.default",
    ),
)  # fmt: skip
def test_written_by_hand(student):
    """convolution, unfold and pooling are written out, not borrowed (Tensor.unfold and as_strided are fine)"""
    x = draw(1, 2, 3, 4)
    student.conv1d(x[:, :, 0], draw(1, 2, 2))
    student.conv2d(x, draw(1, 2, 2, 2))
    for name in ("unfold2d", "maxpool2d", "avgpool2d"):
        getattr(student, name)(x, 2)
