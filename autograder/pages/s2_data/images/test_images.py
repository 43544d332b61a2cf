"""What the image operations must do. The oracle is indexing, written out, in float64 where floats come in."""

import math

import torch

from autograder.checking import (
    CheckFailure,
    after_another,
    assert_contract,
    assert_gradients,
    assert_left_alone,
    assert_same,
    assert_scales,
    assert_sizes,
    datasets,
    difference,
    points,
    raises,
    require,
    unmodified,
)

F64 = torch.float64
MEAN, STD = torch.tensor([0.5, 0.25, 0.75], dtype=F64), torch.tensor([0.5, 0.125, 0.25], dtype=F64)


def scene(height: int, width: int) -> torch.Tensor:
    """A colour picture, (height, width, 3) uint8, in which every row, column and channel is another."""
    pixels = datasets.load("images").scene(height, width)
    return (pixels + torch.randint(0, 20, pixels.shape, dtype=torch.uint8)).clamp(max=255)


def planes(pixels: torch.Tensor) -> torch.Tensor:
    """(H, W, C) bytes, channel by channel, as (C, H, W) float32 in [0, 1]."""
    return torch.stack([pixels[:, :, c].float() / 255 for c in range(pixels.shape[2])])


@points(2)
def test_channels_first(student):
    """each entry keeps its row, column and channel: out[c, y, x] comes from image[y, x, c]"""
    tiny = torch.tensor([[[255, 0, 51], [204, 102, 153]]], dtype=torch.uint8)
    assert_same(student.to_float_image(tiny), torch.tensor([[[1.0, 0.8]], [[0.0, 0.4]], [[0.2, 0.6]]]))
    for pixels in (scene(8, 12), scene(6, 3), scene(3, 5)):  # three columns, three rows: easily taken for channels
        assert_same(student.to_float_image(pixels), planes(pixels))
    alpha = torch.cat([scene(5, 4), torch.full((5, 4, 1), 128, dtype=torch.uint8)], 2)
    assert_same(student.to_float_image(alpha), planes(alpha))
    for shape in ((3, 7, 6), (2, 60, 3), (3, 8, 2), (5, 2, 1)):  # any number of channels, in the order of the bytes
        drawn = torch.randint(0, 256, shape, dtype=torch.uint8)
        assert_same(student.to_float_image(drawn), planes(drawn))
    narrow = torch.randint(0, 256, (12, 3), dtype=torch.uint8)
    assert_same(student.to_float_image(narrow), planes(narrow[:, :, None]))
    grey = scene(4, 6)[:, :, 0]
    assert_same(student.to_float_image(grey), planes(grey[:, :, None]))
    for image in (scene(5, 4), scene(3, 3), grey.clone()):
        assert_contract(
            student.to_float_image, lambda x: planes(x if x.dim() == 3 else x[:, :, None]), image, name="image",
            shapes=[(1, 1, 3), (4, 1, 2), (1, 5, 1), (1, 4)],
            draw=lambda shape, dtype: torch.randint(0, 256, shape, dtype=dtype),
        )  # fmt: skip


@points(1)
def test_byte_range(student):
    """byte 0 becomes 0.0 and byte 255 becomes 1.0 in float32, in dark pictures as in bright ones"""
    every = torch.arange(256, dtype=torch.uint8).reshape(16, 16, 1)
    with unmodified(every):
        floats = student.to_float_image(every)
    assert_same(floats, planes(every), rtol=1e-6)
    dark = torch.tensor([[[3], [7]], [[5], [10]]], dtype=torch.uint8)
    assert_same(student.to_float_image(dark), planes(dark))
    faint = torch.tensor([[[1], [0]], [[0], [1]]], dtype=torch.uint8)
    assert_same(student.to_float_image(faint), planes(faint), about="of an image whose largest byte is 1")


@points(1)
def test_refuses_floats(student):
    """a picture that is no longer bytes raises a ValueError instead of being divided twice"""
    whole = torch.randint(0, 100, (2, 3, 1))
    others = (torch.float16, torch.float64, torch.int8, torch.int16, torch.bool)
    for image in (torch.rand(4, 5, 3), torch.rand(4, 5), whole, *(whole.to(dtype) for dtype in others)):
        with unmodified(image), raises(ValueError):
            student.to_float_image(image)


@points(1)
def test_normalize(student):
    """each channel loses its own mean and is divided by its own deviation, alone and in a batch"""
    tiny = torch.tensor([[[0.0, 1.0, 0.5]], [[0.25, 0.5, 0.0]], [[1.0, 0.5, 0.75]]], dtype=F64)  # W = 3
    by_hand = torch.tensor([[[-1.0, 1.0, 0.0]], [[0.0, 2.0, -2.0]], [[1.0, -1.0, 0.0]]], dtype=F64)
    with unmodified(tiny, MEAN, STD):
        result = student.normalize(tiny, MEAN, STD)
    assert_same(result, by_hand)
    for shape in ((3, 4, 5), (2, 3, 4, 5), (3, 3, 3, 3)):
        assert_gradients(lambda x: student.normalize(x, MEAN, STD), normal, torch.rand(shape, dtype=F64))
    every_promise(student.normalize, normal)
    for image, std in ((1e4 * torch.randn(7, 3, 2, 2, dtype=F64), STD), (torch.rand(3, 2, 2, dtype=F64), 1e-5 * STD)):
        assert_same(student.normalize(image, MEAN, std), normal(image, MEAN, std))
    grey = torch.rand(1, 2, 4)
    expected = (grey - 0.5) / 0.25
    assert_same(student.normalize(grey, torch.tensor([0.5]), torch.tensor([0.25])), expected)


def normal(image: torch.Tensor, mean: torch.Tensor = MEAN, std: torch.Tensor = STD) -> torch.Tensor:
    """Normalized channel by channel."""
    return torch.stack([(c - m) / s for c, m, s in zip(image.unbind(-3), mean, std, strict=True)], -3)


def back(image: torch.Tensor, mean: torch.Tensor, std: torch.Tensor) -> torch.Tensor:
    """What `normal` made of an image, undone channel by channel."""
    return torch.stack([c * s + m for c, m, s in zip(image.unbind(-3), mean, std, strict=True)], -3)


def every_promise(function, oracle):
    """What `normalize` and `denormalize` promise of image, mean and deviation beside the values."""
    for shape in ((3, 4, 5), (2, 3, 3, 4)):
        assert_contract(
            function, oracle, torch.rand(shape, dtype=F64), MEAN, STD, name="image", zero=True, gradients=True,
            shapes=[(3, 1, 1), (1, 3, 2, 1), (3, 1, 4)],
        )  # fmt: skip
    assert_sizes(
        function, oracle, lambda c, h, w: (torch.rand(c, h, w, dtype=F64), *torch.rand(2, c, dtype=F64).add(0.1)),
        name="image", gradients=True,
    )  # fmt: skip
    assert_sizes(
        function, oracle, lambda n, c, h, w: (torch.rand(n, c, h, w, dtype=F64), *torch.rand(2, c, dtype=F64).add(0.1)),
        name="image", gradients=True,
    )  # fmt: skip
    for places in ((0, 1), (2,), (0, 1, 2)):
        name = "std" if places == (2,) else "image"
        assert_scales(function, oracle, torch.rand(3, 2, 4, dtype=F64), MEAN, STD, of=places, name=name)
    one = torch.full((1,), 0.5, dtype=F64)
    for image, mean, std in ((torch.rand(3, 2, 4, dtype=F64), MEAN, STD), (torch.rand(1, 1, 2, dtype=F64), one, one)):
        assert_gradients(function, oracle, image, mean, std)
        assert_same(
            function(image.float(), mean.float(), std.float()), oracle(image.float(), mean.float(), std.float())
        )


@points(1)
def test_denormalize(student):
    """denormalize gives back, channel by channel, what was normalized"""
    tiny = torch.tensor([[[0.0]], [[2.0]], [[-1.0]]], dtype=F64)
    assert_same(student.denormalize(tiny, MEAN, STD), torch.tensor([[[0.5]], [[0.5]], [[0.5]]], dtype=F64))
    for shape in ((3, 4, 5), (2, 3, 3, 3)):
        image = torch.rand(shape, dtype=F64)
        given = normal(image)
        with unmodified(given, MEAN, STD):
            found = student.denormalize(given, MEAN, STD)
        assert_same(found, image)
    every_promise(student.denormalize, back)
    far = 1e4 * torch.randn(7, 3, 2, 2, dtype=F64)
    assert_same(student.denormalize(far, MEAN, STD), back(far, MEAN, STD))
    for function, oracle in ((student.normalize, normal), (student.denormalize, back)):
        found = student.prop(after_another)(function, [given, MEAN, STD], [-given, MEAN, STD])
        assert_same(found, oracle(given, MEAN, STD), about="the answer, once another was asked")
    nothing_to_do = torch.rand(3, 2, 2, dtype=F64), 0 * MEAN, 0 * MEAN + 1
    for function in (student.normalize, student.denormalize):
        shared = student.prop(shares_memory)(function, *nothing_to_do)
        require(not shared, "a new tensor was promised: writing into the result changes the image", claims=True)


def shares_memory(function, image, mean, std):
    """Over there: does the result lie where the image lies?"""
    return bool(function(image, mean, std).untyped_storage().data_ptr() == image.untyped_storage().data_ptr())


def same_stats(actual, images: list[torch.Tensor], atol: float | None = None) -> None:
    """`actual` is (mean, std) over all pixels of the batches of images; whether float32 or float64 is free."""
    pixels = torch.cat([batch.double().transpose(0, 1).flatten(1) for batch in images], 1)
    expected = pixels.mean(1), pixels.std(1, correction=0)
    if not isinstance(actual, (tuple, list)) or len(actual) != 2:
        raise CheckFailure("two tensors were expected: (mean, std)", actual=actual, expected=expected)
    for got, wanted, what in zip(actual, expected, ("the mean", "the deviation"), strict=True):
        small = 1e-3 if (wanted < 1e-9).any() else 1e-5  # the root of a rounding error in float32
        near = small * float(pixels.max()) if atol is None else atol
        assert_same(got, wanted, rtol=1e-4, atol=near, dtype=False, about=what)


def with_labels(images: list[torch.Tensor]) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Batches as a loader gives them."""
    return [(batch, torch.zeros(len(batch), dtype=torch.int64)) for batch in images]


class Loader:
    """Gives its batches each time that it is iterated, and has no length."""

    def __init__(self, batches):
        self.batches = batches

    def __iter__(self):
        return iter(self.batches)


@points(2)
def test_channel_stats(student):
    """mean and deviation are those of all pixels together, however bright each image and however long each batch"""
    black, white = torch.zeros(1, 1, 1, 2, dtype=F64), torch.ones(1, 1, 1, 2, dtype=F64)
    same_stats(student.channel_stats(with_labels([torch.cat([black, white])])), [black, white])
    bright = torch.tensor([0.2, 0.5, 0.8], dtype=F64)[:, None, None]
    drawn = [bright * torch.rand(n, 3, 4, 5, dtype=F64) + 0.1 * n for n in (2, 4, 1)]
    same_stats(student.channel_stats(with_labels(drawn)), drawn)
    sizes = [torch.rand(2, 2, 3, 4, dtype=F64), 2 * torch.rand(3, 2, 5, 2, dtype=F64)]
    same_stats(student.channel_stats(with_labels(sizes)), sizes)
    assert_left_alone(student)
    single = [image.float().transpose(2, 3) for image in sizes]
    same_stats(student.channel_stats(with_labels(single)), single)
    far = [2000 + torch.randn(3, 2, 4, 4, dtype=F64) for _ in range(2)]
    same_stats(student.channel_stats(with_labels(far)), far, 1e-3)
    many = [torch.rand(2, 2, 3, 3, dtype=F64) + n for n in range(70)]
    same_stats(student.channel_stats(student.prop(Loader)(with_labels(many))), many)


@points(1)
def test_channel_stats_of_bytes(student):
    """squares and sums of bytes do not wrap around at 256"""
    digits, _ = datasets.load("images").digits()
    batches = [digits[:4, None], digits[4:6, None]]
    same_stats(student.channel_stats(with_labels(batches)), batches)
    colour = [torch.randint(0, 256, (2, 3, 4, 5), dtype=torch.uint8)]
    same_stats(student.channel_stats(with_labels(colour)), colour)


@points(1)
def test_flat_channel(student):
    """a channel that is the same everywhere has deviation 0, not NaN"""
    for value in (0.1, 0.2, 0.4, 0.66, 0.8):  # rounded, the mean of the squares of each is too small
        images = torch.stack([torch.full((3, 5, 7), value, dtype=F64), torch.rand(3, 5, 7, dtype=F64)], 1)
        same_stats(student.channel_stats(with_labels([images])), [images])
    black = torch.zeros(2, 1, 3, 3, dtype=F64)
    _, deviation = student.channel_stats(with_labels([black]))
    assert_same(deviation, torch.zeros(1), rtol=0, atol=0, dtype=False, about="the deviation of a black channel")


def same_crop(actual, image: torch.Tensor, height: int, width: int) -> None:
    """`actual` is a middle of the image: where an odd number of rows or columns goes, either side may lose one more."""
    spare = image.shape[-2] - height, image.shape[-1] - width
    middles = [
        image[..., top : top + height, left : left + width]
        for top in sorted({spare[0] // 2, (spare[0] + 1) // 2})
        for left in sorted({spare[1] // 2, (spare[1] + 1) // 2})
    ]
    if all(difference(actual, middle) is not None for middle in middles):
        assert_same(actual, middles[0])


@points(1)
def test_center_crop(student):
    """the crop has the height and width asked for, and as much is lost on one side as on the other"""
    tiny = torch.arange(15).reshape(1, 3, 5)
    assert_same(student.center_crop(tiny, (1, 3)), torch.tensor([[[6, 7, 8]]]))
    image = planes(scene(9, 14))
    for size in ((5, 8), (4, 7), (9, 14), (1, 14)):
        same_crop(student.center_crop(image, size), image, *size)
    same_crop(student.center_crop(image, 3), image, 3, 3)
    batch = torch.rand(2, 1, 6, 4)
    same_crop(student.center_crop(batch, (2, 4)), batch, 2, 4)
    larger = torch.rand(11, 13, dtype=F64)
    for height, width in zip(range(1, 12), torch.randperm(13).add(1).tolist(), strict=False):
        same_crop(student.center_crop(larger, (height, width)), larger, height, width)
    assert_contract(
        student.center_crop, lambda x, size: x[..., 2:4, 1:4], torch.rand(6, 5, dtype=F64), (2, 3), name="image",
        shapes=[(1, 6, 5), (2, 2, 6, 5), (2, 1, 3, 6, 5)], dtypes=[torch.float32, torch.uint8, torch.int64],
            rtol=0, atol=0,
    )  # fmt: skip


@points(1)
def test_crop_too_large(student):
    """a crop that is higher or wider than the image raises a ValueError"""
    image = torch.rand(3, 5, 8)
    for size in ((6, 8), (5, 9), 6, (1, 9), (6, 1)):
        with unmodified(image), raises(ValueError):
            student.center_crop(image, size)


@points(1)
def test_hflip(student):
    """left and right change places, top and bottom do not; twice is the picture again"""
    tiny = torch.tensor([[[1, 2, 3], [4, 5, 6]]])
    assert_same(student.hflip(tiny), torch.tensor([[[3, 2, 1], [6, 5, 4]]]))
    image = planes(scene(4, 6))
    bits, halves = torch.rand(3, 4) < 0.5, torch.rand(2, 3, 4, 5, 6).half()
    for x in (image, image.unsqueeze(0), image[0], bits, halves, torch.rand(2, 3, 3, 3)):
        with unmodified(x):
            mirrored = student.hflip(x)
        assert_same(mirrored, x[..., list(range(x.shape[-1]))[::-1]])
    assert_same(student.hflip(mirrored), x, about="flipped twice")
    odd = torch.tensor([[math.inf, 1.0, -0.0, math.nan, -math.inf], [0.0, 2.0, 3.0, 4.0, 5.0]], dtype=F64)
    assert_same(student.hflip(odd), odd[:, [4, 3, 2, 1, 0]], about="entries of inf and NaN")
    wide = torch.rand(1, 1, 40_000)
    assert_same(student.hflip(wide), wide[..., list(range(40_000))[::-1]], about="40,000 columns")
    flip = student.hflip
    found = student.prop(after_another)(flip, [x], [1 - x])
    assert_same(found, mirrored, about="the answer of hflip, once another was asked")
    assert_sizes(
        student.hflip, lambda x: x[..., list(range(x.shape[-1]))[::-1]], lambda n, c, h, w: (torch.rand(n, c, h, w),),
        name="image",
    )  # fmt: skip
    for shape in ((3, 4, 6), (4, 4), (2, 3, 3, 3)):
        assert_contract(
            student.hflip, lambda x: x[..., list(range(x.shape[-1]))[::-1]], 9 * torch.rand(shape, dtype=F64),
            name="image", shapes=[(1, 1, 1), (2, 3, 1), (1, 4)], dtypes=[torch.float32, torch.uint8, torch.int64],
            rtol=0, atol=0,
        )  # fmt: skip


@points(1)
def test_grayscale(student):
    """red, green and blue count 0.299, 0.587 and 0.114, and one channel is left"""
    colours = torch.eye(3, dtype=F64).reshape(3, 1, 3)  # a red, a green and a blue pixel
    assert_same(student.grayscale(colours), torch.tensor([[[0.299, 0.587, 0.114]]], dtype=F64), rtol=1e-6)
    white = torch.ones(3, 1, 2)
    assert_same(student.grayscale(white), torch.ones(1, 1, 2))
    for image in (5 * torch.rand(3, 2, 4, dtype=F64), torch.rand(2, 3, 1, 3, 2, 2, dtype=F64)):
        assert_same(student.grayscale(image), luma(image), rtol=1e-6)
        assert_scales(student.grayscale, luma, image - 0.5, name="image", rtol=1e-6)
    assert_sizes(
        student.grayscale, luma, lambda n, h, w: (torch.rand(n, 3, h, w, dtype=F64),), name="image", gradients=True,
        rtol=1e-6,
    )  # fmt: skip
    for image in (planes(scene(4, 5)).double(), torch.rand(2, 3, 3, 4, dtype=F64)):
        assert_gradients(student.grayscale, luma, image, rtol=1e-6)
        assert_contract(
            student.grayscale, luma, image, name="image", shapes=[(3, 1, 1), (1, 3, 2, 4), (2, 2, 3, 1, 5)],
            dtypes=[torch.float32], gradients=True, rtol=1e-6, draw=lambda shape, dtype: torch.rand(shape, dtype=dtype),
        )  # fmt: skip


def luma(image: torch.Tensor) -> torch.Tensor:
    """The weighted sum, channel by channel."""
    return 0.299 * image[..., 0:1, :, :] + 0.587 * image[..., 1:2, :, :] + 0.114 * image[..., 2:3, :, :]
