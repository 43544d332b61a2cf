"""What an image dataset and its random transforms must do.

A folder of pictures is handed over as files of the worker's own, each of them read-only. All that can be looked up there
is what the exercise asks for: the classes' names.

Chance makes two right answers differ. The record of a call of `augment` therefore keeps the facts that a check found out
instead of the numbers, so that a known mistake is recognised in whatever order a student draws.
"""

import io

import torch
from PIL import Image

from autograder.checking import (
    CheckFailure,
    Named,
    RemoteError,
    assert_same,
    datasets,
    layouts,
    points,
    raises,
    require,
    unmodified,
)

F64 = torch.float64
MEAN, STD = torch.tensor([0.25, 0.5, 0.75], dtype=F64), torch.tensor([0.5, 0.25, 0.125], dtype=F64)


# -- folders ------------------------------------------------------------------------------------------


def read_only(root):
    """Nobody writes into these files by mistake."""
    import os

    for folder, _, names in os.walk(root):
        for name in names:
            os.chmod(os.path.join(folder, name), 0o444)
    return root


def bare(*paths):
    """Folders without a file."""
    import os

    for path in paths:
        os.makedirs(path, exist_ok=True)


def hand_over(student, root: str, files: dict[str, bytes]) -> str:
    """Write a folder of files over there, in a shuffled order; its path."""
    names = list(files)
    for number in torch.randperm(len(names)).tolist():
        student.write(f"{root}/{names[number]}", files[names[number]])
    student.prop(read_only)(root)
    del student.calls[-1]  # no call of the student's
    return root


def picture(height: int, width: int, channels: int = 3) -> torch.Tensor:
    """Random pixels, (height, width, channels) uint8."""
    return torch.randint(0, 256, (height, width, channels), dtype=torch.uint8)


def png(pixels: torch.Tensor) -> bytes:
    """The pixels as a PNG file."""
    return datasets.load("images").png(pixels)


def by_palette(numbers: torch.Tensor, colours: torch.Tensor) -> bytes:
    """A PNG file that holds the numbers of colours, (H, W) uint8, and the colours, (K, 3) uint8."""
    image, file = Image.fromarray(numbers.numpy(), "P"), io.BytesIO()
    image.putpalette(colours.flatten().tolist())
    image.save(file, "PNG")
    return file.getvalue()


def black_and_white(white: torch.Tensor) -> bytes:
    """A PNG file of one bit a pixel, (H, W) bool."""
    file = io.BytesIO()
    Image.fromarray(white.numpy()).convert("1").save(file, "PNG")
    return file.getvalue()


def floats(pixels: torch.Tensor) -> torch.Tensor:
    """(H, W, 3) bytes, channel by channel, as (3, H, W) float32 in [0, 1]."""
    return torch.stack([pixels[:, :, c].float() / 255 for c in range(3)])


@points(1)
def test_class_to_idx(student):
    """the classes are the subfolders' names in sorted order, numbered from 0"""
    function = student.class_to_idx
    files = {f"{name}/1.png": b"" for name in ("dog", "cat", "horse", "ant", "bee", "Owl", "fox", "elk")}
    names = ["Owl", "ant", "bee", "cat", "dog", "elk", "fox", "horse"]
    assert_same(function(hand_over(student, "animals", files)), {name: number for number, name in enumerate(names)})
    assert_same(function(hand_over(student, "one", {"only/1.png": b""})), {"only": 0})
    names = ["10", "9", "_left", "v1.5", "without"]  # as strings; the last holds no picture
    files = {f"{name}/1.png": b"" for name in names[:4]} | {"without/notes.txt": b""}
    assert_same(function(hand_over(student, "odd", files)), {name: number for number, name in enumerate(names)})
    root = hand_over(student, "bare", {"full/1.png": b""})
    student.prop(bare)(f"{root}/empty")
    del student.calls[-1]  # no call of the student's
    assert_same(function(root), {"empty": 0, "full": 1})
    with raises(ValueError):
        function(hand_over(student, "none", {"picture.png": b""}))


@points(1)
def test_stray_files(student):
    """files beside the classes, hidden folders and files that are no pictures are ignored; 1.PNG is a picture"""
    function = student.class_to_idx
    content = png(picture(2, 3))
    pictures = ("left/1.PNG", "left/2.jpg", "right/3.jpeg", "right/4.png", "right/5.JPG", "right/6.Jpg")
    stray = (
        ".DS_Store",
        "README.md",
        "cover.png",
        ".ipynb_checkpoints/1.png",
        "left/labels.csv",
        "left/more/6.png",
        "right/png",
        "right/4.png.txt",
        "right/7.gif",
        "right/8.bmp",
    )
    root = hand_over(student, "stray", dict.fromkeys(pictures, content) | dict.fromkeys(stray, b"no picture"))
    assert_same(function(root), {"left": 0, "right": 1})
    dataset = student.ImageFolderDataset(root)
    require(len(dataset) == 6, "the folder holds 6 pictures, and other files beside them", len(dataset), 6)
    assert_same([dataset[i][1] for i in range(6)], [0, 0, 1, 1, 1, 1], about="the labels")
    files = {"a/1.png": content, "a/._1.png": b"a note", "a b/1.png": content}  # as whole paths "a b/" is before "a/"
    dataset = student.ImageFolderDataset(hand_over(student, "dots", files))
    require(len(dataset) == 2, "a file whose name begins with a dot is no picture", len(dataset), 2)
    assert_same([dataset[i][1] for i in range(2)], [0, 1], about="the labels of one picture of 'a' and one of 'a b'")
    pixels = {f"{name}.png": picture(2, 3) for name in ("B", "a", "a-1", "b")}  # as Python sorts the names
    dataset = student.ImageFolderDataset(hand_over(student, "case", {f"c/{n}": png(x) for n, x in pixels.items()}))
    for index, name in enumerate(sorted(pixels)):
        assert_same(dataset[index][0], floats(pixels[name]), about=f"the picture {name} of {', '.join(sorted(pixels))}")


@points(2)
def test_handwritten_digits(student):
    """each picture comes with the number of its class, class by class, sorted by file name, and IndexError ends them"""
    make = student.ImageFolderDataset
    files = datasets.load("images").digit_folder(per_class=3, classes=(3, 8, 1))
    dataset = make(hand_over(student, "digits", files))
    pixels, digits = datasets.load("images").digits()
    count = len(dataset)
    require(count == 9, "three classes with three pictures each are nine", count, 9)
    for index in range(9):
        digit = (8, 1, 3)[index // 3]  # eight, one, three
        grey = pixels[digits == digit][index % 3]
        image, label = dataset[index]
        assert_same(label, index // 3, about="the label")
        require(type(label) is int, "the label must be an int", label, index // 3)
        assert_same(image, floats(grey[:, :, None].expand(28, 28, 3)), about="the image")
    for beyond in (9, 10**6):
        with raises(IndexError):
            dataset[beyond]
    root = hand_over(student, "many", {f"{name}/1.png": png(picture(2, 3)) for name in (357, 399)})
    student.prop(bare)(*[f"{root}/{name}" for name in range(100, 400)])
    student.prop(bare)("shelf/empty")
    del student.calls[-2:]  # no calls of the student's
    dataset = make(root)
    labels = [dataset[index][1] for index in range(2)]
    assert_same(labels, [257, 299], about="the labels, where of 300 classes two hold a picture")
    dataset = make("shelf")
    require(len(dataset) == 0, "where no class holds a picture there are 0 pictures", len(dataset), 0)
    with raises(IndexError):
        dataset[0]
    for name, content in files.items():
        require(student.read(f"digits/{name}") == content, f"{name} is not what it was before: only read the pictures")


@points(1)
def test_three_channels(student):
    """grey, colour, both with alpha, with a palette, black and white: each becomes (3, H, W), whatever its size"""
    make = student.ImageFolderDataset
    colour, grey, clear, both = picture(4, 6), picture(5, 3, 1), picture(3, 5, 4), picture(2, 4, 2)
    clear[0, 0, 3] = 0  # a pixel that cannot be seen keeps its colour
    row = picture(1, 3)
    names = ("1", "10", "11", "2", "9")  # sorted as strings
    files = {f"all/{n}.png": png(pixels) for n, pixels in zip(names, (colour, grey, clear, both, row), strict=True)}
    numbers, colours, white = torch.randint(5, (3, 4), dtype=torch.uint8), picture(1, 5)[0], torch.eye(3).bool()
    large = picture(130, 300)
    files |= {
        "all/92.png": by_palette(numbers, colours),
        "all/93.png": black_and_white(white),
        "all/94.png": png(large),
    }
    dataset = make(hand_over(student, "channels", files))
    expected = [colour, grey.expand(5, 3, 3), clear[:, :, :3], both[:, :, :1].expand(2, 4, 3), row]
    expected += [colours[numbers.long()], 255 * white[:, :, None].expand(3, 3, 3), large]
    kinds = (
        "RGB",
        "grey",
        "RGB with alpha",
        "grey with alpha",
        "one row high",
        "with a palette",
        "black and white",
        "large",
    )
    for index, what in enumerate(kinds):
        assert_same(dataset[index][0], floats(expected[index]), about=f"a picture that is {what}")


@points(1)
def test_lazy(student):
    """a damaged file raises no error before its own index is asked for"""
    make = student.ImageFolderDataset
    good = picture(2, 3)
    files = {"a/1.png": png(good), "a/2.png": b"damaged", "b/1.png": png(good), "b/2.png": b""}
    root = hand_over(student, "damaged", files)
    try:
        dataset = make(root)
    except RemoteError as error:
        raise CheckFailure(
            f"making the dataset opened a picture that nobody had asked for: {error.error.type_name}", about=str(error)
        ) from None
    require(len(dataset) == 4, "a damaged picture has an index too, and an empty file as well", len(dataset), 4)
    for index in (2, 0):
        assert_same(dataset[index], (floats(good), index // 2))
    with raises(Exception):  # whatever the reader of pictures raises
        dataset[1]


def doubled(make, root):
    """The first picture, three times, of a dataset whose transform writes into what it is given."""
    dataset = make(root, transform=lambda image: image.mul_(2))
    return [dataset[0][0].clone() for _ in range(3)]


@points(1)
def test_transform(student):
    """the transform gets each image when it is asked for, every time anew, and what it returns is given"""
    make = student.ImageFolderDataset
    first, second = picture(2, 3), picture(4, 2)
    root = hand_over(student, "transformed", {"a/1.png": png(first), "b/1.png": png(second)})
    seen = []

    def transform(image):
        seen.append(image)
        return image[0] + len(seen)

    dataset = make(root, transform=transform)
    require(not seen, "the transform was called before any picture was asked for", len(seen), 0)
    for calls, (index, pixels) in enumerate(((1, second), (0, first), (1, second)), 1):
        given = dataset[index]
        require(len(seen) == calls, f"asked {calls} times, the dataset called its transform", len(seen), calls)
        assert_same(seen[-1], floats(pixels), about="what the transform was given")
        assert_same(given, (floats(pixels)[0] + calls, index))
    for image in student.prop(doubled)(make, root):
        assert_same(image, 2 * floats(first), about="the image, doubled in place by its transform")
    other = make(hand_over(student, "others", {"a/1.png": png(second)}))
    assert_same(other[0], (floats(second), 0))
    require(len(dataset) == 2, "a dataset of 2 pictures, after another was made", len(dataset), 2)
    assert_same(dataset[0], (floats(first)[0] + 4, 0), about="of a dataset, after another was made")


# -- augmentation -------------------------------------------------------------------------------------


def draws(function, x, seed, count, options):
    """`count` augmented images from one generator, stacked; or the first that is no image like x."""
    generator = torch.Generator().manual_seed(seed)
    made = []
    for _ in range(count):
        made.append(function(x, generator, **options))
        if not isinstance(made[-1], torch.Tensor) or made[-1].shape != x.shape or made[-1].dtype != x.dtype:
            return made[-1]
    return torch.stack(made)


def show(student, label: str, *args, **options) -> None:
    """Let the record of the last call, which went through a function of ours, say what the student's was called with."""
    call = student.calls[-1]
    call.label, call.args, call.kwargs = label, args, options


def settle(student, **facts) -> None:
    """Let the record of the last call hold these facts instead of numbers; they decide the diagnosis."""
    call = student.calls[-1]
    call.outcome, call.final = ("value", facts, False), None


def moved(x: torch.Tensor, shift: int, wraps: bool = False) -> tuple[torch.Tensor, list[tuple[bool, int, int]]]:
    """All that may become of x, stacked, and for each (mirrored?, rows down, columns right)."""
    _, height, width = x.shape
    border = x.new_zeros(x.shape[0], height + 2 * shift, width + 2 * shift)
    results, ways = [], []
    for mirrored in (False, True):
        border[:, shift : shift + height, shift : shift + width] = x.flip(2) if mirrored else x
        for down in range(-shift, shift + 1):
            for right in range(-shift, shift + 1):
                top, left = shift - down, shift - right
                window = border[:, top : top + height, left : left + width]
                turned = (x.flip(2) if mirrored else x).roll((down, right), (1, 2))
                results.append(turned if wraps else window.clone())
                ways.append((mirrored, down, right))
    return torch.stack(results), ways


def which(results: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    """For each result the number of the first allowed image that it is, or -1."""
    same = (results.flatten(1)[:, None] - allowed.flatten(1)[None]).abs().amax(2) < 1e-6
    return torch.where(same.any(1), same.int().argmax(1), -1)


def found(student, x: torch.Tensor, results: torch.Tensor, count: int, shift: int) -> list[tuple[bool, int, int]]:
    """What was done to x for each of the results; the check fails where one of them is no such image."""
    if not isinstance(results, torch.Tensor) or results.dim() != 4:
        assert_same(results, x)
    assert_same(results.shape[0], count)
    images, ways = moved(x, shift)
    numbers = which(results, images)
    if (numbers < 0).any():
        others = {
            "what moved out on one side came in again on the other": moved(x, shift, wraps=True)[0],
            "top and bottom changed places": torch.cat([moved(y, shift)[0] for y in (x.flip(1), x.flip(1, 2))]),
        }
        kinds = [what for what, of in others.items() if (which(results, torch.cat([images, of])) >= 0).all()]
        if kinds:
            settle(student, kind=kinds[0])
        raise CheckFailure(
            kinds[0]
            if kinds
            else f"this is neither the image nor its mirror image, moved by at most {shift}, with zeros coming in",
            actual=results[numbers < 0][0],
            shows_values=True,
        )
    if x.dtype == F64:
        assert_same(results, images[numbers], rtol=0, atol=0, about="the entries")
    return [ways[n] for n in numbers.tolist()]


def augmented(student, x: torch.Tensor, count: int, **options) -> list[tuple[bool, int, int]]:
    """What the student's `augment` did to x in `count` calls with `flip` and `shift`, which may be left out."""
    function = student.augment
    with unmodified(x):
        results = student.prop(draws)(function, x, int(torch.randint(1000, ())), count, options)
    show(student, "augment", x, Named("generator"), **options)
    return found(student, x, results, count, options.get("shift", 2))


def drawn(channels: int, height: int, width: int) -> torch.Tensor:
    """An image in which no two entries are alike and none is 0."""
    size = channels * height * width
    return (1 + torch.randperm(size).reshape(channels, height, width)) / (2.0 * size)


@points(2)
def test_augment(student):
    """the image is mirrored as often as asked for, and moved by every number of rows and columns, equally often"""
    augmented(student, torch.tensor([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]), 20, flip=0.5, shift=1)
    settle(student)
    ways = augmented(student, drawn(1, 4, 5), 2000, flip=0.25, shift=2)
    mirrored = sum(way[0] for way in ways)
    rows, columns = ([sum(way[axis] == s for way in ways) for s in range(-2, 3)] for axis in (1, 2))
    pairs = len({way[1:] for way in ways})
    settle(
        student,
        mirrored="right" if 390 <= mirrored <= 610 else "too rarely" if mirrored < 390 else "too often",
        rows=[300 <= number <= 500 for number in rows],
        columns=[300 <= number <= 500 for number in columns],
        pairs=pairs,
    )
    for what, numbers in (("rows", rows), ("columns", columns)):
        require(
            all(300 <= number <= 500 for number in numbers),
            f"of 2000 images, about 400 each should be moved by -2, -1, 0, 1 and 2 {what}",
            numbers,
        )
    require(pairs == 25, "rows and columns should be moved independently, which gives 25 ways", pairs, 25)
    require(390 <= mirrored <= 610, "with flip=0.25, about 500 of 2000 images should be mirrored", mirrored, 500)
    ways = augmented(student, drawn(1, 4, 5), 400)
    mirrored = sum(way[0] for way in ways)
    settle(student, mirrored="right" if 140 <= mirrored <= 260 else "too rarely" if mirrored < 140 else "too often")
    require(140 <= mirrored <= 260, "with `flip` left out, about 200 of 400 images should be mirrored", mirrored, 200)
    seen = {way[axis] for way in ways for axis in (1, 2)}
    require(len(seen) == 5, "with `shift` left out, images should be moved by -2 to 2", sorted(seen), [-2, -1, 0, 1, 2])
    x = drawn(3, 5, 4).double() / 3
    for other in (x, *(y for _, y in layouts(x)), drawn(1, 3, 3)):
        augmented(student, other, 20, flip=0.5, shift=1)
        settle(student)
    for shift, count in ((3, 200), (1, 80), (5, 300), (9, 500)):
        ways = augmented(student, drawn(1, shift + 2, shift + 3), count, flip=0.5, shift=shift)
        seen, all_ways = {way[1:] for way in ways}, 2 * shift + 1
        rows, columns = ({way[axis] for way in seen} for axis in (0, 1))
        whole, apart = len(rows) == len(columns) == all_ways, len(seen) > all_ways + 1
        settle(student, whole=whole, pairs=apart)
        require(whole, f"with shift={shift}, images should be moved by -{shift} to {shift}", sorted(seen))
        require(apart, f"with shift={shift}, rows and columns should be moved independently", sorted(seen))
    far = 100 * drawn(1, 3, 3).double() - 50  # below 0 and above 1 too
    augmented(student, far, 10, flip=0.5, shift=0)
    settle(student)
    augmented(student, -1 - drawn(1, 4, 4).double(), 20, flip=0.5, shift=1)
    settle(student)
    for shape in ((1, 1, 1), (2, 3, 1), (1, 1, 4)):
        augmented(student, drawn(*shape), 20, flip=0.5, shift=0)
        settle(student)


@points(1)
def test_label_safe(student):
    """flip=0 never mirrors, flip=1 always does, shift=0 never moves"""
    x = drawn(2, 4, 5)
    for flip, shift in ((0.0, 1), (1.0, 1), (0.5, 0)):
        ways = augmented(student, x, 300, flip=flip, shift=shift)
        share = sum(way[0] for way in ways) / 300
        settle(student, mirrored="never" if share == 0 else "always" if share == 1 else "at times")
        if flip != 0.5:
            require(share == flip, f"with flip={flip:g} this share of the images was mirrored", share, flip)


def under_other_stars(function, x, seeds, count):
    """For each seed of the generator, and each time other global generators, `count` augmented images; are the globals left?"""
    import random

    import numpy as np

    made, left = [], True
    for number, seed in enumerate(seeds):
        torch.manual_seed(number)
        np.random.seed(number)
        random.seed(number)
        generator = torch.Generator().manual_seed(seed)
        before = torch.get_rng_state().tolist(), str(np.random.get_state()), random.getstate()
        made.append(torch.stack([function(x, generator) for _ in range(count)]))
        left &= before == (torch.get_rng_state().tolist(), str(np.random.get_state()), random.getstate())
    return made, left


@points(1)
def test_generator(student):
    """the generator alone decides: in the same state the same image, in another state another"""
    function = student.augment
    x = drawn(1, 4, 5)
    (one, again, other), left = student.prop(under_other_stars)(function, x, [5, 5, 6], 20)
    show(student, "augment", x, Named("generator"))
    same, different = torch.equal(one, again), not torch.equal(one, other)
    settle(student, same=same, different=different, left=left)
    require(same, "two generators with the same seed gave different images: some chance comes from elsewhere")
    require(different, "generators with the seeds 5 and 6 gave the same 20 images")
    require(left, "something was drawn from a global generator too", claims=True)


# -- transforms and weights ----------------------------------------------------------------------------


def apply(function, x, count):
    """`count` calls with the same image."""
    return torch.stack([function(x) for _ in range(count)])


def beside(make, mean, std, x, seed, start):
    """40 images of a transform once its generator was seeded anew, 20 before and 20 after another transform was made.

    Whatever the generator was at the start plays no part.
    """
    generator = torch.Generator().manual_seed(start)
    transform = make(mean, std, generator)
    generator.manual_seed(seed)
    made = [transform(x) for _ in range(20)]
    make(std, mean, torch.Generator().manual_seed(seed + 1))
    return torch.stack(made + [transform(x) for _ in range(20)])


def kind_of_transform(x: torch.Tensor, results: torch.Tensor) -> str:
    """What a transform did, in words; "" if nothing that is known here."""
    mean, std = MEAN[:, None, None], STD[:, None, None]
    plain = (x - mean) / std
    known = {
        "normalized": plain[None],
        "augmented, then normalized": (moved(x, 2)[0] - mean) / std,
        "normalized, then augmented": moved(plain, 2)[0],
        "augmented": moved(x, 2)[0],
    }
    return next((what for what, images in known.items() if (which(results, images) >= 0).all()), "")


def applied(student, transform, count: int, label: str) -> tuple[str, torch.Tensor, torch.Tensor]:
    """(what the transform did, the results, the image) for `count` calls with one image."""
    settle(student)  # how the function that came back is called is free
    x = drawn(3, 4, 5).double()
    results = student.prop(apply)(transform, x, count)
    show(student, label, x)
    assert_same(results[0].shape, x.shape, about="the shape")
    kind = kind_of_transform(x, results)
    if kind:
        settle(student, kind=kind, different=bool((results != results[0]).any()))
    return kind, results, x


@points(1)
def test_eval_transform(student):
    """for evaluation an image is normalized, and nothing is left to chance"""
    with unmodified(MEAN, STD):
        transform = student.eval_transform(MEAN, STD)
    kind, results, x = applied(student, transform, 12, "eval_transform(mean, std)")
    require(not kind.endswith("augmented") and "then" not in kind, f"12 images for evaluation were {kind}")
    assert_same(results[0], (x - MEAN[:, None, None]) / STD[:, None, None])
    require((results == results[0]).all(), "the same image was not normalized in the same way 12 times")
    for far in (1e3 * torch.randn(3, 2, 2, dtype=F64), torch.rand(3, 2, 2, dtype=F64) / 3):
        settle(student)
        student.eval_transform(STD, MEAN)  # whatever another one does, this one keeps its own
        settle(student)
        (result,) = student.prop(apply)(transform, far, 1)
        show(student, "eval_transform(mean, std)", far)
        assert_same(result, (far - MEAN[:, None, None]) / STD[:, None, None], rtol=1e-12)
    grey, transform = drawn(1, 4, 5).double(), student.eval_transform(MEAN[:1], STD[:1])
    settle(student)
    (result,) = student.prop(apply)(transform, grey, 1)
    show(student, "eval_transform(mean, std)", grey)
    assert_same(result, (grey - MEAN[0]) / STD[0], about="one channel")


@points(1)
def test_train_transform(student):
    """for training each call draws anew, augments first and normalizes then, so that what comes in is black"""
    with unmodified(MEAN, STD):
        transform = student.train_transform(MEAN, STD, torch.Generator().manual_seed(3))
    kind, results, _ = applied(student, transform, 40, "train_transform(mean, std, generator)")
    require(
        kind != "normalized, then augmented", "the images were normalized first: what comes in is not black, but grey"
    )
    require(kind, "this is no augmented and normalized image", results[0])
    require((results != results[0]).any(), "40 calls with one image gave 40 times the same")
    require(kind == "augmented, then normalized", f"40 images for training were only {kind}", results[0])
    grey, runs = drawn(1, 4, 5).double(), []
    images, ways = moved(grey, 2)
    for seed in (3, 3, 4):
        transform = student.train_transform(MEAN[:1], STD[:1], torch.Generator().manual_seed(seed))
        settle(student)
        results = student.prop(apply)(transform, grey, 200)
        show(student, "train_transform(mean, std, generator)", grey)
        numbers = which(results, (images - MEAN[0]) / STD[0])
        settle(student, known=bool((numbers >= 0).all()))
        require((numbers >= 0).all(), "with one channel, this is no augmented and normalized image", results[0])
        runs.append([ways[n] for n in numbers.tolist()])
    mirrored, seen = sum(way[0] for way in runs[0]), {way[axis] for way in runs[0] for axis in (1, 2)}
    settle(student, mirrored=60 <= mirrored <= 140, shift=max(seen), same=runs[0] == runs[1], other=runs[1] != runs[2])
    require(60 <= mirrored <= 140, "about 100 of 200 images should be mirrored: flip is left at its default", mirrored)
    require(len(seen) == 5, "images should be moved by -2 to 2: shift is left at its default", sorted(seen))
    require(runs[0] == runs[1], "generators with the same seed gave other images: some chance comes from elsewhere")
    require(runs[1] != runs[2], "generators with other seeds gave the same 200 images")
    make, grey = student.train_transform, drawn(1, 4, 5).double()
    both = []
    for start in (1, 2):
        both.append(student.prop(beside)(make, MEAN[:1], STD[:1], grey, 8, start))
        settle(student)
    one, again = both
    numbers = which(one, (moved(grey, 2)[0] - MEAN[0]) / STD[0])
    settle(student, same=torch.equal(one, again), known=bool((numbers >= 0).all()))
    require((numbers >= 0).all(), "after another transform was made, this one does not augment and normalize as before")
    require(
        torch.equal(one, again), "when the generator is seeded anew, other images come: it is not what is drawn from"
    )


@points(1)
def test_balanced_weights(student):
    """every example has a weight, and the weights of each class have the same sum"""
    for y in (torch.tensor([0, 0, 0, 1]), torch.tensor([3, 1, 1, 0, 3, 3, 1, 3]), torch.tensor([2]),
              torch.tensor([9, 2, 2, 5, 9, 9]), torch.tensor([700, 64, 700, 701, 64, 64, 5000]), torch.tensor([0] * 80 + [300]),
              torch.tensor([1] * 3000 + [0])):  # fmt: skip
        with unmodified(y):
            weights = student.balanced_weights(y)
        expected = 1 / torch.bincount(y)[y].double()
        if isinstance(weights, torch.Tensor) and weights.is_floating_point() and weights.shape == y.shape:
            expected = expected * weights.double().sum() / expected.sum()  # any common factor is right
        assert_same(weights, expected, rtol=1e-5, dtype=False)
        require((weights > 0).all() and weights.is_floating_point(), "weights are positive real numbers", weights)
