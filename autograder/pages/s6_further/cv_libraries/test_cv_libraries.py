"""What the bridges between PIL, OpenCV and PyTorch must do. The oracle is indexing, written out.

No PIL image crosses the line: they are made over there of raw bytes, and what the student's code made is taken apart
there into mode, size and bytes. The records of these calls keep words and bytes in the place of the images.
"""

import numpy as np
import torch

from autograder.checking import (
    CheckFailure,
    Handle,
    Named,
    assert_left_alone,
    assert_same,
    datasets,
    difference,
    points,
    raises,
    require,
    unmodified,
)  # fmt: skip


def scene(height: int, width: int) -> torch.Tensor:
    """A colour picture, (height, width, 3) uint8, in which every row, column and channel is another."""
    pixels = datasets.load("images").scene(height, width)
    return (pixels + torch.randint(0, 20, pixels.shape, dtype=torch.uint8)).clamp(max=255)


def planes(pixels: torch.Tensor) -> torch.Tensor:
    """(H, W, C) bytes, channel by channel, as (C, H, W) float32 in [0, 1]."""
    return torch.stack([pixels[:, :, c].float() / 255 for c in range(pixels.shape[2])])


# -- from PIL -----------------------------------------------------------------------------------------


def from_bytes(mode, size, content, palette, unseen=None):
    """A PIL image of raw bytes; `unseen` is the number of a colour that cannot be seen."""
    from PIL import Image

    image = Image.frombytes(mode, tuple(size), content)
    if palette:
        image.putpalette(palette)
    if unseen is not None:
        image.info["transparency"] = unseen
    return image


def opened(path):
    """A PIL image as Image.open gives it: its pixels are not read yet."""
    from PIL import Image

    return Image.open(path)


def taken_apart(image):
    """(mode, [width, height], bytes as an array), or what else it is."""
    from PIL import Image

    if not isinstance(image, Image.Image):
        return type(image).__name__
    return image.mode, list(image.size), torch.from_numpy(np.array(image))


def tensor_of(student, mode: str, pixels: torch.Tensor, palette: list[int] | None = None, file: bool = False, *rest):
    """The student's tensor of an image with these pixels; (H, W) or (H, W, C) uint8, for mode 1 only 0 and 1."""
    function = student.pil_to_tensor
    height, width = pixels.shape[:2]
    if file:
        image = student.prop(opened)(student.write("scene.png", datasets.load("images").png(pixels)))
    else:
        content = np.packbits(pixels.numpy(), axis=1) if mode == "1" else pixels.numpy()
        image = student.prop(from_bytes)(mode, [width, height], content.tobytes(), palette, *rest)
    before = None if file else student.prop(taken_apart)(image)  # an opened file is not read yet
    del student.calls[-1 if file else -2 :]  # no calls of the student's
    try:
        result = function(image)
    finally:
        student.calls[-1].args = (Named(f"PIL image of mode {mode}, {width} wide and {height} high"),)
    if before is not None:
        after = student.prop(taken_apart)(image)
        del student.calls[-1]
        same = difference(after, before) is None
        student.calls[-1].final = None if same else after
        require(same, "the call changed the caller's image", after, before, claims=True)
    return result


@points(1)
def test_pil_by_hand(student):
    """of two pixels side by side, each number goes to its channel and column, as float32 from 0 to 1"""
    tiny = torch.tensor([[[255, 0, 51], [204, 102, 153]]], dtype=torch.uint8)
    assert_same(tensor_of(student, "RGB", tiny), torch.tensor([[[1.0, 0.8]], [[0.0, 0.4]], [[0.2, 0.6]]]))


@points(1)
def test_pil_sizes(student):
    """landscapes, portraits, three rows or columns: row y stays row y; also straight from an opened file"""
    for height, width in ((4, 6), (7, 3), (3, 5), (90, 130)):
        pixels = scene(height, width)
        assert_same(tensor_of(student, "RGB", pixels), planes(pixels))
    house = scene(12, 18)
    assert_same(tensor_of(student, "RGB", house, file=True), planes(house))


@points(1)
def test_pil_scale(student):
    """0 becomes 0.0 and 255 becomes 1.0, in dark images as in bright ones"""
    dark = torch.tensor([[[3, 7, 1], [5, 10, 2]]], dtype=torch.uint8)
    assert_same(tensor_of(student, "RGB", dark), planes(dark))
    faint = torch.tensor([[[1, 0, 1], [0, 1, 0]]], dtype=torch.uint8)
    assert_same(tensor_of(student, "RGB", faint), planes(faint), about="of an image whose largest byte is 1")
    every = torch.arange(255, dtype=torch.uint8).reshape(17, 5, 3) + 1
    assert_same(tensor_of(student, "RGB", every), planes(every), rtol=1e-6)


@points(2)
def test_pil_modes(student):
    """grey, transparent, palette and black-and-white images all become red, green and blue"""
    grey = torch.randint(1, 256, (3, 4), dtype=torch.uint8)
    assert_same(tensor_of(student, "L", grey), planes(grey[:, :, None].expand(3, 4, 3)))
    clear = torch.randint(1, 256, (2, 5, 4), dtype=torch.uint8)
    clear[0, :2, 3] = 0  # a pixel that cannot be seen has its colour all the same
    assert_same(tensor_of(student, "RGBA", clear), planes(clear[:, :, :3]))
    colours = torch.tensor([[200, 30, 30], [20, 160, 40], [30, 60, 220]], dtype=torch.uint8)  # a red, a green, a blue
    numbers = torch.tensor([[2, 0, 1, 0], [1, 1, 2, 0]], dtype=torch.uint8)
    assert_same(tensor_of(student, "P", numbers, colours.flatten().tolist()), planes(colours[numbers.long()]))
    partly = tensor_of(student, "P", numbers, colours.flatten().tolist(), False, 1)
    assert_same(partly, planes(colours[numbers.long()]), about="of a palette with a colour that cannot be seen")
    bits = torch.tensor([[1, 0, 0], [1, 1, 0]], dtype=torch.uint8)
    assert_same(tensor_of(student, "1", bits), bits.float().expand(3, 2, 3))
    misty = torch.randint(1, 256, (4, 2, 2), dtype=torch.uint8)
    misty[0, 0, 1] = 0
    assert_same(tensor_of(student, "LA", misty), planes(misty[:, :, :1].expand(4, 2, 3)))


# -- to PIL -------------------------------------------------------------------------------------------


def same_image(student, x: torch.Tensor, expected: torch.Tensor) -> None:
    """`tensor_to_image(x)` has these pixels: (H, W, 3) uint8 of mode RGB, or (H, W) of mode L."""
    with unmodified(x):
        image = student.tensor_to_image(x)
    call, found = student.calls[-1], type(image).__name__
    if isinstance(image, Handle):
        found = student.prop(taken_apart)(image)
        del student.calls[-1]
        call.outcome = ("value", found, False)
    if not isinstance(found, tuple) or len(found) != 3:
        raise CheckFailure(f"{found} came back where a PIL image was expected")
    mode, size, pixels = found
    wanted = ("RGB" if expected.dim() == 3 else "L", [expected.shape[1], expected.shape[0]])
    require(mode == wanted[0], "the image has another mode", mode, wanted[0])
    require(size == wanted[1], "the image has another size, which PIL gives as (width, height)", size, wanted[1])
    assert_same(pixels, expected, about="the pixels of the image")


@points(1)
def test_image_by_hand(student):
    """two pixels, one above the other, and a grey image: each number goes to its place as a byte"""
    x = torch.tensor([[[1.0], [0.8]], [[0.0], [0.4]], [[0.2], [0.6]]])
    same_image(student, x, torch.tensor([[[255, 0, 51]], [[204, 102, 153]]], dtype=torch.uint8))
    grey = torch.tensor([[[0.2, 0.4, 0.6]]])
    same_image(student, grey, torch.tensor([[51, 102, 153]], dtype=torch.uint8))


@points(1)
def test_image_rounds(student):
    """a number between two bytes goes to the nearer one, in dim images too, and all bytes come back from the way there"""
    levels = torch.tensor([[17.4, 17.6, 99.9], [120.2, 120.8, 180.4]]) / 255
    same_image(student, levels[None], torch.tensor([[17, 18, 100], [120, 121, 180]], dtype=torch.uint8))
    bytes_ = torch.arange(256)
    near = torch.stack([bytes_ - 0.45, bytes_ + 0.45]) / 255
    same_image(student, near[None], bytes_.to(torch.uint8).expand(2, 256))
    house = scene(6, 5)
    mean = 0.4
    back = (planes(house) - mean) / 0.23 * 0.23 + mean  # as after normalizing, with rounding errors
    same_image(student, back, house)


@points(1)
def test_image_clamps(student):
    """numbers below 0 become 0 and numbers above 1 become 255; nothing wraps around, nothing is stretched"""
    x = torch.tensor([[[-0.2, 0.4]], [[1.2, 0.6]], [[0.8, 1.6]]])
    same_image(student, x, torch.tensor([[[0, 255, 204], [102, 153, 255]]], dtype=torch.uint8))
    same_image(student, torch.tensor([[[-1e30, 1e30]]]), torch.tensor([[0, 255]], dtype=torch.uint8))


@points(1)
def test_image_of_any_tensor(student):
    """float64, views and tensors that require gradients are welcome; batches and channels last raise ValueError"""
    for height, width in ((4, 3), (3, 7), (130, 70)):
        house = scene(height, width)
        view = (house.double() / 255).permute(2, 0, 1).requires_grad_()
        same_image(student, view, house)
    for shape in ((2, 3, 4, 5), (4, 5, 3), (4, 5), (1, 3, 4, 5), (2, 4, 5), (4, 4, 5)):
        x = torch.rand(shape)
        with unmodified(x), raises(ValueError):
            student.tensor_to_image(x)


# -- OpenCV -------------------------------------------------------------------------------------------


def exchanged(image: np.ndarray) -> np.ndarray:
    """Blue and red, channel by channel."""
    return np.stack([image[:, :, 2], image[:, :, 1], image[:, :, 0]], axis=2)


@points(2)
def test_bgr_to_rgb(student):
    """blue and red change places, rows and columns do not; the caller's array stays as it was"""
    tiny = np.array([[[10, 20, 30], [40, 50, 60]], [[70, 80, 90], [11, 21, 31]]], dtype=np.uint8)
    by_hand = np.array([[[30, 20, 10], [60, 50, 40]], [[90, 80, 70], [31, 21, 11]]], dtype=np.uint8)
    others = [np.random.rand(3, 4, 3), np.random.randint(2**31 - 1, size=(2, 3, 3), dtype=np.int32)]
    others += [np.random.randint(2**16, size=(20, 18, 3), dtype=np.uint16)]
    for image, expected in ((tiny, by_hand), *((image, exchanged(image)) for image in others)):
        result = student.bgr_to_rgb(image)
        left = student.afterwards
        assert_same(result, expected, rtol=0, atol=0)
        require(left is None, "the call changed the caller's array in place", left and left[0][0], image)


def into_torch(function, image):
    """The result as a tensor, and whether writing into it reaches the image."""
    result = function(image)
    return torch.from_numpy(result), bool(np.shares_memory(result, image))


@points(1)
def test_bgr_for_torch(student):
    """torch.from_numpy takes the result, which has memory of its own; (H, W) and (H, W, 4) raise ValueError"""
    image = scene(4, 5).numpy()
    function = student.bgr_to_rgb
    try:
        tensor, shared = student.prop(into_torch)(function, image)
    finally:
        student.calls[-1].label, student.calls[-1].args = "torch.from_numpy(bgr_to_rgb(image))", (image,)
    assert_same(tensor, torch.from_numpy(exchanged(image)))
    require(
        not shared, "writing into the result changes the caller's array: both are views of the same memory", claims=True
    )
    for shape in ((3, 5), (3, 5, 4), (3, 5, 1), (2, 3, 5, 3)):
        with raises(ValueError):
            student.bgr_to_rgb(np.ones(shape, dtype=np.uint8))
        assert_left_alone(student)


@points(2)
def test_cv_to_tensor(student):
    """out[0] is the red plane, from 0 to 1, row by row; None and arrays that are not bytes raise ValueError"""
    tiny = np.array([[[51, 0, 255], [153, 102, 204]]], dtype=np.uint8)
    assert_same(student.cv_to_tensor(tiny), torch.tensor([[[1.0, 0.8]], [[0.0, 0.4]], [[0.2, 0.6]]]))
    for height, width in ((4, 6), (5, 3), (3, 3), (300, 270)):
        house = scene(height, width)
        assert_same(student.cv_to_tensor(exchanged(house.numpy())), planes(house))
        assert_left_alone(student)
    faint = torch.tensor([[[1, 0, 1], [0, 1, 0]]], dtype=torch.uint8)
    found = student.cv_to_tensor(exchanged(faint.numpy()))
    assert_same(found, planes(faint), about="of an image whose largest byte is 1")
    kinds = [np.ones((2, 4, 3), dtype=dtype) for dtype in ("float32", "uint16", "int8", "bool")]
    for wrong in (np.random.rand(2, 4, 3), None, *kinds):
        with raises(ValueError):
            student.cv_to_tensor(wrong)
        assert_left_alone(student)
