"""What the tools of object detection must do. The oracles are written out in plain numbers, box by box."""

import torch

from autograder.checking import (
    assert_contract,
    assert_gradients,
    assert_number,
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
EXACT = {"rtol": 1e-12, "atol": 1e-12}  # what float64 can, and float32 inside cannot
#: what torchvision has ready, and the page asks to write
BORROWED = tuple(
    f"torchvision.ops.{inner}{name}"
    for inner in ("", "boxes.")
    for name in ("box_convert", "box_iou", "nms", "batched_nms")
)


def tensor(*values) -> torch.Tensor:
    """A float64 tensor of these numbers or rows."""
    return torch.tensor(values, dtype=F64)


def some_boxes(count: int, side: float = 8.0) -> torch.Tensor:
    """Boxes of many sizes as xyxy in a square, some sticking out at the left and the top."""
    corner = side * torch.rand(count, 2, dtype=F64) - 1
    return torch.cat([corner, corner + 0.2 + side * torch.rand(count, 2, dtype=F64) / 2], 1)


def drawn_boxes(shape: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
    """As many boxes as the shape says, with whole coordinates and sides of 1 or more."""
    corner, size = torch.randint(6, (shape[0], 2)), torch.randint(1, 6, (shape[0], 2))
    return torch.cat([corner, corner + size], 1).to(dtype)


def telling_boxes() -> tuple[torch.Tensor, torch.Tensor]:
    """Three boxes and four others, of which some overlap well and some lie apart across the corner."""
    while True:
        a, b = some_boxes(3), some_boxes(4)
        sides = torch.minimum(a[:, None, 2:], b[:, 2:]) - torch.maximum(a[:, None, :2], b[:, :2])
        if (overlaps(a, b) > 0.1).any() and (sides < -0.1).all(2).any():
            return a, b


def some_scores(count: int) -> torch.Tensor:
    """Scores in (0, 1], all of them different."""
    return (torch.randperm(count) + 1).double() / max(count, 1)


def assert_all(*pairs) -> None:
    """Each answer is what was expected. All calls are made before the first is judged: two mistakes seldom agree in all."""
    for answer, expected in pairs:
        assert_same(answer, expected)


# -- the oracles -------------------------------------------------------------------------------------


def overlap(a: list[float], b: list[float]) -> float:
    """The intersection over union of two boxes, in plain numbers."""
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    both = width * height
    either = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both
    return both / either if either else 0.0


def overlaps(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """(N, M) intersections over unions."""
    rows = [[overlap(x, y) for y in b.tolist()] for x in a.tolist()]
    return torch.tensor(rows, dtype=a.dtype).reshape(len(a), len(b))


def survivors_by_class(boxes, scores, labels, threshold: float) -> torch.Tensor:
    """The same, where only boxes with one label suppress each other."""
    return survivors(boxes, scores, threshold, labels)


def survivors(boxes: torch.Tensor, scores: torch.Tensor, threshold: float, labels=None) -> torch.Tensor:
    """The indices that greedy suppression keeps, by its definition."""
    labels = [0] * len(boxes) if labels is None else labels.tolist()
    places, kept = boxes.tolist(), []
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i]):  # sorted is stable
        if not any(labels[i] == labels[k] and overlap(places[i], places[k]) > threshold for k in kept):
            kept.append(i)
    return torch.tensor(kept, dtype=torch.int64)


def found(boxes: torch.Tensor, scores: torch.Tensor, truths: torch.Tensor, threshold: float) -> torch.Tensor:
    """Which detections find a truth of their own."""
    free, correct = truths.tolist(), [False] * len(boxes)
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        best = max(free, key=lambda truth: overlap(boxes[i].tolist(), truth), default=None)
        if best is not None and overlap(boxes[i].tolist(), best) >= threshold:
            correct[i] = True
            free.remove(best)
    return torch.tensor(correct, dtype=torch.bool)


def area_under_envelope(scores: torch.Tensor, correct: torch.Tensor, n_truth: int) -> float:
    """Rectangles between the levels of recall, each as high as the best precision from there on."""
    curve, hits = [], 0
    for k, i in enumerate(sorted(range(len(scores)), key=lambda i: -scores[i]), start=1):
        hits += bool(correct[i])
        curve.append((hits / n_truth, hits / k))
    area, before = 0.0, 0.0
    for recall, _ in curve:
        area += (recall - before) * max(p for r, p in curve if r >= recall)
        before = recall
    return area


# -- formats -----------------------------------------------------------------------------------------

#: one box three times: 4 wide, 6 high
SAME = {"xyxy": (1.0, 2.0, 5.0, 8.0), "xywh": (1.0, 2.0, 4.0, 6.0), "cxcywh": (3.0, 5.0, 4.0, 6.0)}


def between(convert, in_fmt, out_fmt):
    """A conversion of the boxes alone."""
    return lambda boxes: convert(boxes, in_fmt, out_fmt)


def in_other_format(boxes: torch.Tensor, in_fmt: str, out_fmt: str) -> torch.Tensor:
    """The same boxes in another format, by one matrix into xyxy and one out of it."""
    half = 0.5 * torch.eye(2)
    one, zero = 2 * half, 0 * half
    into = {"xyxy": (one, zero, zero, one), "xywh": (one, zero, one, one), "cxcywh": (one, -half, one, half)}
    low, high, lower, higher = into[in_fmt]
    p, q, r, s = into[out_fmt]
    change = torch.cat([torch.cat([p, q], 1), torch.cat([r, s], 1)]).inverse() @ torch.cat(
        [torch.cat([low, high], 1), torch.cat([lower, higher], 1)]
    )
    return boxes @ change.to(boxes.dtype).T


def shares_memory(function, boxes):
    """Over there: does writing into the boxes change what came back of them?"""
    return any(
        function(boxes, in_fmt, out_fmt).untyped_storage().data_ptr() == boxes.untyped_storage().data_ptr()
        for in_fmt, out_fmt in (("xyxy", "xyxy"), ("xywh", "xywh"), ("cxcywh", "cxcywh"), ("xyxy", "xywh"))
    )


@points(2)
def test_box_convert(student):
    """the box with corners (1, 2) and (5, 8) is the same box in all three formats, and so is every other"""
    for in_fmt in ("xyxy", "cxcywh", "xywh"):
        for out_fmt in ("xywh", "cxcywh", "xyxy"):
            assert_same(student.box_convert(tensor(SAME[in_fmt]), in_fmt, out_fmt), tensor(SAME[out_fmt]))
    boxes = some_boxes(5)
    size = boxes[:, 2:] - boxes[:, :2]
    centred = torch.cat([boxes[:, :2] + size / 2, size], 1)
    assert_same(student.box_convert(boxes.float(), "xyxy", "cxcywh"), centred.float())
    assert_same(student.box_convert(centred, "cxcywh", "xyxy"), boxes)
    assert_same(student.box_convert(boxes[:0], "xywh", "xyxy"), boxes[:0])
    for in_fmt, out_fmt in (("xyxy", "cxcywh"), ("cxcywh", "xywh"), ("xywh", "xyxy")):
        assert_contract(
            student.box_convert, in_other_format, some_boxes(4), in_fmt, out_fmt, name="boxes", shapes=[(1, 4)],
            gradients=True, **EXACT,
        )  # fmt: skip
        one_way, true = (between(function, in_fmt, out_fmt) for function in (student.box_convert, in_other_format))
        assert_sizes(one_way, true, lambda n: (some_boxes(n),), name="boxes", gradients=True)
        assert_scales(one_way, true, some_boxes(3), name="boxes")
        same, itself = (between(function, in_fmt, in_fmt) for function in (student.box_convert, in_other_format))
        assert_gradients(same, itself, some_boxes(3), about=f"from {in_fmt} to {in_fmt}")


@points(1)
def test_box_convert_and_its_arguments(student):
    """box_convert leaves the boxes as they were, gives a new tensor, and knows no fourth format"""
    for in_fmt, out_fmt in (("xyxy", "xywh"), ("cxcywh", "xyxy"), ("xyxy", "xyxy")):
        boxes = some_boxes(3)
        with unmodified(boxes):
            result = student.box_convert(boxes, in_fmt, out_fmt)
        require(isinstance(result, torch.Tensor) and result.shape == (3, 4), "three boxes were expected", result)
    for in_fmt, out_fmt in (
        ("xyxy", "yxyx"),
        ("whcxcy", "xywh"),
        ("cxcywh", "XYXY"),
        ("", "xyxy"),
        ("yxyx", "yxyx"),
        ("xy", "xyxy"),
    ):
        boxes = tensor(SAME["xyxy"])
        with unmodified(boxes), raises(ValueError):
            student.box_convert(boxes, in_fmt, out_fmt)
    function = student.box_convert
    shared = student.prop(shares_memory)(function, some_boxes(2))
    require(not shared, "a new tensor was promised: writing into the result changes the caller's boxes", claims=True)


# -- intersection over union -------------------------------------------------------------------------


@points(2)
def test_iou(student):
    """two squares of side 2 that share a corner square of side 1 have 1/7; every pair has its entry"""
    pairs = [(student.iou(tensor([0, 0, 2, 2]), tensor([1, 1, 3, 3])), tensor([1 / 7]))]
    a = tensor([0, 0, 4, 4], [0, 0, 2, 2])
    b = tensor([1, 0, 3, 4], [0, 0, 2, 2], [0, 0, 1, 1])
    with unmodified(a, b):
        result = student.iou(a, b)
    pairs.append((result, tensor([1 / 2, 1 / 4, 1 / 16], [1 / 5, 1, 1 / 4])))
    c, d = some_boxes(4), some_boxes(6)
    pairs.append((student.iou(c, d), overlaps(c, d)))
    assert_all(*pairs)
    for of, name in ((0, "a"), (1, "b")):
        assert_contract(
            student.iou, overlaps, a, b, of=of, name=name, shapes=[(1, 4), (9, 4)], draw=drawn_boxes, **EXACT
        )
    assert_same(student.iou(a.float(), b.float()), overlaps(a, b).float(), rtol=1e-4, atol=1e-5)


@points(1)
def test_apart(student):
    """boxes that lie apart, side by side or across the corner, have 0, and so have boxes that touch"""
    box = tensor([0, 0, 2, 2])
    assert_same(student.iou(box, tensor([3, 0, 4, 2], [0, 5, 2, 6])), tensor([0, 0]))
    assert_same(student.iou(box, tensor([3, 3, 5, 5], [-9, -9, -8, -8], [4, -3, 6, -1])), tensor([0, 0, 0]))
    assert_same(student.iou(box, tensor([2, 0, 4, 2], [2, 2, 3, 3])), tensor([0, 0]))


@points(1)
def test_without_area(student):
    """a point or a line has 0 with everything, itself included; no boxes give an empty table"""
    flat = tensor([1, 1, 1, 1], [0, 1, 3, 1])
    assert_same(student.iou(flat, tensor([0, 0, 2, 2])), tensor([0], [0]))
    assert_same(student.iou(flat, flat), torch.zeros(2, 2, dtype=F64))
    for n, m in ((0, 3), (2, 0), (0, 0)):
        assert_same(student.iou(some_boxes(n), some_boxes(m)), torch.zeros(n, m, dtype=F64))


@points(1)
def test_any_scale(student):
    """the unit of length does not matter: fractions of an image, pixels of a large one, any place in the plane"""
    a, b = tensor([0, 0, 2, 2], [1, 0, 4, 4]), tensor([1, 1, 3, 3], [0, 0, 4, 4])
    expected = overlaps(a, b)
    assert_same(student.iou(a / 4096, b / 4096), expected)
    assert_same(student.iou(a * 1000, b * 1000), expected)
    assert_same(student.iou(a + 2**20, b + 2**20), expected)
    assert_same(student.iou(a.float() / 4096, b.float() / 4096), expected.float())
    assert_scales(student.iou, overlaps, a, b, of=(0, 1), name="a")


@points(1)
def test_gradients(student):
    """gradients flow through iou to both its arguments, and are right: it can be part of a loss"""

    def oracle(a, b):
        sides = torch.minimum(a[:, None, 2:], b[None, :, 2:]) - torch.maximum(a[:, None, :2], b[None, :, :2])
        both = torch.relu(sides[..., 0]) * torch.relu(sides[..., 1])
        area, other = ((x[:, 2] - x[:, 0]) * (x[:, 3] - x[:, 1]) for x in (a, b))
        return both / (area[:, None] + other[None, :] - both)

    assert_gradients(student.iou, oracle, *(boxes / 4096 for boxes in telling_boxes()))  # where no eps is small
    assert_sizes(student.iou, oracle, lambda n, m: (some_boxes(n), some_boxes(m)), name="a", gradients=True)
    flat = [tensor([1, 1, 1, 1], [0, 1, 3, 1], [0, 0, 0, 0]).requires_grad_() for _ in range(2)]
    for a, b in (flat, (flat[0], tensor([0, 0, 2, 2]))):
        (gradient,) = torch.autograd.grad(student.iou(a, b).sum(), [a])
        require(bool(gradient.isfinite().all()), "boxes without area get a gradient that is not finite", gradient)
    (gradient,) = torch.autograd.grad(student.iou(tensor([0, 0, 2, 2]), flat[1]).sum(), [flat[1]])
    require(bool(gradient.isfinite().all()), "boxes without area get a gradient that is not finite", gradient)


# -- suppression -------------------------------------------------------------------------------------

#: four boxes in a row, named by their places; only neighbours overlap, by 6/14, 6/14 and 9/11
ROW = {"first": (0, 0, 10, 10), "second": (4, 0, 14, 10), "third": (8, 0, 18, 10), "fourth": (9, 0, 19, 10)}


@points(2)
def test_nms(student):
    """each box kept suppresses its neighbours, one suppressed suppresses nobody, and the best comes first"""
    boxes = tensor(ROW["second"], ROW["third"], ROW["first"], ROW["fourth"])
    scores = tensor(0.8, 0.7, 0.9, 0.6)
    with unmodified(boxes, scores):
        kept = student.nms(boxes, scores, 0.3)
    pairs = [(kept, torch.tensor([2, 1]))]
    for count, threshold in ((6, 0.3), (30, 0.1), (30, 0.5)):
        boxes, scores = some_boxes(count), some_scores(count)
        pairs.append((student.nms(boxes, scores, threshold), survivors(boxes, scores, threshold)))
    assert_all(*pairs)
    assert_contract(student.nms, survivors, tensor(*ROW.values()), tensor(0.8, 0.7, 0.9, 0.6), 0.3, name="boxes")
    assert_contract(
        student.nms, survivors, tensor(*ROW.values()), tensor(0.8, 0.7, 0.9, 0.6), 0.3, of=1, name="scores",
        dtypes=[torch.float32],
    )  # fmt: skip
    logits = tensor(40, -90, 200, -50)  # scores before a sigmoid
    assert_same(student.nms(tensor(*ROW.values()), logits, 0.3), survivors(tensor(*ROW.values()), logits, 0.3))
    for size, middle in ((1e-9, 0), (1e9, 0), (1e30, 0), (1e-9, 1)):  # the last are equal in float32
        any_size = middle + size * tensor(4, -9, 20, -5)
        row = tensor(*ROW.values())
        assert_same(student.nms(row, any_size, 0.3), survivors(row, any_size, 0.3), about="for scores of any size")
    below = tensor(-4, -3, -1, -2)
    assert_same(student.nms(tensor(*ROW.values()), below, 0.3), survivors(tensor(*ROW.values()), below, 0.3))
    small = tensor(*ROW.values()).float()
    assert_same(student.nms(small, scores[:4].float(), 0.3), survivors(small, scores[:4], 0.3))


@points(1)
def test_nms_at_the_edge(student):
    """an IoU equal to the threshold stays, of equal scores the lower index comes first, and no boxes give none"""
    halves, scores = tensor([0, 0, 1, 2], [0, 0, 2, 2]), tensor(0.3, 0.7)
    near_by = ((0.498, [1]), (0.502, [1, 0]))
    for near, kept in near_by:
        assert_same(student.nms(halves, scores, near), torch.tensor(kept))
    assert_same(student.nms(halves, scores, 0.5), torch.tensor([1, 0]))
    assert_same(student.nms(halves, scores, 0.49), torch.tensor([1]))
    twins = tensor([0, 0, 2, 2], [5, 0, 7, 2], [0, 0, 2, 2])
    assert_same(student.nms(twins, tensor(0.5, 0.5, 0.5), 0.7), torch.tensor([0, 1]))
    assert_same(
        student.nms(tensor([0, 0, 2, 2], [2, 0, 4, 2], [1, 1, 3, 2]), tensor(1, 3, 2), 0.0), torch.tensor([1, 0])
    )
    row = 3 * torch.arange(20)[:, None] + tensor([0, 0, 2, 2])
    assert_same(student.nms(row, torch.ones(20), 0.5), torch.arange(20))
    close = torch.tensor([1.0, 1 + 1e-10, 1 - 1e-10], dtype=F64)
    assert_same(student.nms(tensor([0, 0, 2, 2], [0, 0, 2, 2], [5, 0, 7, 2]), close, 0.5), torch.tensor([1, 2]))
    large = 1000 * tensor(ROW["first"], ROW["second"], ROW["third"])
    assert_same(student.nms(large, tensor(3, 2, 1), 0.4), torch.tensor([0, 2]), about="of boxes 10,000 wide")
    many = 5 * torch.arange(300, dtype=F64)[:, None] + tensor([0, 0, 2, 2])
    assert_same(student.nms(many, -torch.arange(300, dtype=F64), 0.5), torch.arange(300), about="of 300 boxes apart")
    for count in (1, 0):
        kept = student.nms(some_boxes(count), some_scores(count), 0.5)
        assert_same(kept, torch.arange(count))
    for near, kept in near_by:
        one_class = student.class_nms(halves, scores, torch.tensor([2, 2]), near)
        assert_same(one_class, torch.tensor(kept), about="of one class")


@points(1)
@forbids(*BORROWED, of=("box_convert", "iou", "nms", "class_nms"))
def test_class_nms(student):
    """a rider stays beside a bicycle: only boxes of one class suppress each other; nothing is borrowed from torchvision"""
    boxes = tensor([0, 0, 10, 10], [1, 0, 11, 10], [0, 0, 10, 10], [0, 1, 10, 10])
    scores, labels = tensor(0.6, 0.9, 0.7, 0.8), torch.tensor([0, 0, 3, 3])
    pairs = [(student.class_nms(boxes, scores, labels, 0.5), torch.tensor([1, 3]))]
    row, alike = tensor(ROW["second"], ROW["third"], ROW["first"], ROW["fourth"]), torch.tensor([1, 1, 1, 1])
    pairs.append((student.class_nms(row, tensor(0.8, 0.7, 0.9, 0.6), alike, 0.3), torch.tensor([2, 1])))
    for count, classes, threshold, size in ((12, 2, 0.3, 1), (30, 4, 0.2, 1), (30, 3, 0.2, -1e30), (20, 2, 0.3, 1e-9)):
        boxes, scores = some_boxes(count), (size == 1e-9) + size * some_scores(count)
        labels = torch.arange(count) % classes
        expected = survivors(boxes, scores, threshold, labels)
        pairs.append((student.class_nms(boxes, scores, labels, threshold), expected))
    assert_all(*pairs)
    outside = tensor([-10, -10, 1, 1], [-10, -10, 2, 1], [-9, -10, 1, 1])
    kept = student.class_nms(outside, tensor(0.2, 0.3, 0.4), torch.tensor([3, 1, 2]), 0.1)
    assert_same(kept, torch.tensor([2, 1, 0]))
    given = tensor(*ROW.values()), tensor(0.8, 0.7, 0.9, 0.6), torch.tensor([2, 0, 2, 0])
    for of, name in enumerate(("boxes", "scores", "labels")):
        assert_contract(student.class_nms, survivors_by_class, *given, 0.3, of=of, name=name)
    assert_same(student.class_nms(boxes[:1], scores[:1], labels[:1], 0.5), torch.tensor([0]))
    either = tensor([0, 0, 10, 10], [-10, -10, 0, 0]), tensor(0.6, 0.7), torch.tensor([0, 1])
    assert_same(student.class_nms(*either, 0.1), torch.tensor([1, 0]), about="on both sides of 0")
    hundreds = tensor(*ROW.values()).float(), tensor(0.8, 0.7, 0.9, 0.6), torch.tensor([100, 100, 200, 200])
    expected = survivors_by_class(hundreds[0].double(), *hundreds[1:], 0.2)
    assert_same(student.class_nms(*hundreds, 0.2), expected, about="of the classes 100 and 200, in float32")
    wide = torch.cat([hundreds[0] / 10, tensor([8999, 0, 9000, 1]).float()]), tensor(0.8, 0.7, 0.9, 0.6, 0.5)
    labels = torch.tensor([2001, 1000, 2001, 1000, 1000])
    expected = survivors_by_class(wide[0].double(), wide[1], labels, 0.2)
    assert_same(student.class_nms(*wide, labels, 0.2), expected, about="of the classes 1000 and 2001, in float32")
    for names in ([7, 5, 7, 5], [1, 257, 513, 1]):
        named = given[0], given[1], torch.tensor(names)
        with unmodified(*named):
            assert_same(
                student.class_nms(*named, 0.3), survivors_by_class(*named, 0.3), about=f"of the classes {names}"
            )
    large = 1000 * given[0], given[1], torch.tensor([0, 1, 2, 3])
    assert_same(student.class_nms(*large, 0.1), torch.tensor([2, 0, 1, 3]), about="for boxes of 10,000 pixels")
    none = student.class_nms(some_boxes(0), some_scores(0), torch.zeros(0, dtype=torch.int64), 0.5)
    assert_same(none, torch.tensor([], dtype=torch.int64))


# -- how good is a detector? -------------------------------------------------------------------------


@points(1)
def test_match_truths(student):
    """every truth is found once, by the best score that overlaps it enough; a second finder is wrong"""
    truths = tensor([0, 0, 10, 10], [20, 0, 30, 10])
    boxes = tensor([1, 0, 11, 10], [0, 0, 10, 10], [20, 0, 30, 5], [50, 0, 60, 10])
    scores = tensor(0.6, 0.9, 0.3, 0.8)
    with unmodified(boxes, scores, truths):
        result = student.match_truths(boxes, scores, truths)
    pairs = [(result, torch.tensor([False, True, True, False]))]
    pairs.append((student.match_truths(boxes, scores, truths, 0.8), torch.tensor([False, True, False, False])))
    near = tensor([0, 0, 10, 10], [3, 0, 13, 10])  # both boxes like the first truth better; the second one is left
    boxes = tensor([1, 0, 11, 10], [0, 0, 10, 10])
    pairs.append((student.match_truths(boxes, tensor(0.4, 0.5), near), torch.tensor([True, True])))
    for order in ([0, 1], [1, 0]):  # the first box fits both truths, the second box only one
        pair, boxes = tensor([0, 0, 10, 10], [2, 0, 12, 10])[order], tensor([2, 0, 12, 10], [-2, 0, 8, 10])
        pairs.append((student.match_truths(boxes, tensor(0.9, 0.8), pair), torch.tensor([True, True])))
    beside, places = tensor([20, 20, 21, 21], [45, 45, 47, 47]), tensor([20, 20, 22, 22], [46, 45, 48, 47])
    pairs.append((student.match_truths(places, tensor(0.5, 0.4), beside, 0.4), torch.tensor([False, False])))
    across = student.match_truths(tensor([3, 3, 5, 5]), tensor(0.5)[:1], tensor([0, 0, 2, 2]), 0.1)
    pairs.append((across, torch.tensor([False])))
    for count, each, threshold in ((5, 5, 0.2), (5, 5, 0.4), (20, 2, 0.4)):  # some are too far off
        truths, scores = some_boxes(count), some_scores(count * each)
        boxes = truths.repeat(each, 1) + 0.6 * torch.rand(count * each, 2, dtype=F64).repeat(1, 2)
        result = student.match_truths(boxes, scores, truths, threshold)
        pairs.append((result, found(boxes, scores, truths, threshold)))
    assert_all(*pairs)
    for of, name in ((0, "boxes"), (1, "scores"), (2, "truths")):
        assert_contract(
            student.match_truths, found, boxes, scores, truths, of=of, name=name, defaults={"threshold": 0.5}
        )
    crowd, along = (
        (torch.tensor(x)[:, None] * tensor(1, 0, 1, 0) + tensor(0, 0, 10, 10))
        for x in ((0.0, 1.0, 2.0), (0.6, 0.7, 0.8))
    )
    third = student.match_truths(along, tensor(0.9, 0.8, 0.7), crowd)
    assert_same(
        third, torch.tensor([True, True, True]), about="for a third detection, which finds its two best truths taken"
    )
    for what, other in (("below 0", scores - 2), ("below 0", -1e30 * scores), ("close to 1", 1 + 1e-9 * scores)):
        expected = found(boxes, other, truths, 0.3)
        assert_same(student.match_truths(boxes, other, truths, 0.3), expected, about=f"scores {what}")
    assert_same(student.match_truths(boxes[:1], scores[:1], boxes[:1]), torch.tensor([True]))
    near = student.match_truths(tensor([0, 0, 1, 0.519]), tensor(0.5)[:1], tensor([0, 0, 1, 1]), 0.5185)
    assert_same(near, torch.tensor([True]), about="an IoU of 0.519 and a threshold of 0.5185")
    exact = student.match_truths(tensor([0, 0, 1, 2]), tensor(0.5)[:1], tensor([0, 0, 2, 2]))
    assert_same(exact, torch.tensor([True]), about="for an IoU of 0.5 and the threshold 0.5")
    assert_same(student.match_truths(boxes[:2], scores[:2], truths[:0]), torch.tensor([False, False]))
    assert_same(student.match_truths(boxes[:0], scores[:0], truths), torch.tensor([], dtype=torch.bool))


@points(2)
def test_average_precision(student):
    """wrong, right, right, and one truth missed: the envelope stays at 2/3 up to the recall 2/3, so AP is 4/9"""
    scores, correct = tensor(0.7, 0.9, 0.8), torch.tensor([True, False, True])
    results = [student.average_precision(scores, correct, n_truth) for n_truth in (3, 2)]
    assert_number(results[0], 4 / 9)
    assert_number(results[1], 2 / 3)
    assert_number(student.average_precision(tensor(0.4, 0.6), torch.tensor([True, True]), 2), 1.0)
    assert_number(student.average_precision(tensor(0.4, 0.6), torch.tensor([False, True]), 1), 1.0)
    assert_number(student.average_precision(tensor(0.4, 0.6), torch.tensor([False, False]), 5), 0.0)
    assert_number(student.average_precision(tensor()[:0], torch.tensor([], dtype=torch.bool), 4), 0.0)
    for k, hit in enumerate((True, False)):
        one = tensor(0.4)[:1], torch.tensor([hit])
        with unmodified(*one):
            assert_number(student.average_precision(*one, 2), (1 - k) / 2)
    low = tensor(0.02, -0.4, 0.01, -3), torch.tensor([True, True, False, True])
    assert_number(student.average_precision(*low, 3), area_under_envelope(*low, 3), about="with scores of 0 and below")
    for near in (
        tensor(0.5, 0.5 + 1e-9, 0.5 - 1e-9, 0.5 + 2e-9),
        1e9 * tensor(-3, 2, 1, -4),
        1e30 * tensor(-3, 2, 1, -4),
    ):
        hits = torch.tensor([True, False, True, False])
        assert_number(
            student.average_precision(near, hits, 3),
            area_under_envelope(near, hits, 3),
            about="with scores of any size",
        )
    many = some_scores(600), torch.arange(600) % 3 > 0
    assert_number(student.average_precision(*many, 450), area_under_envelope(*many, 450), about="of 600 detections")
    all_right = some_scores(3000), torch.ones(3000, dtype=torch.bool)
    assert_number(student.average_precision(*all_right, 4000), 0.75, about="of 3000 detections, all correct")
    for count, n_truth in ((7, 9), (40, 31)):
        scores, correct = some_scores(count), torch.rand(count) < 0.5
        n_truth = max(n_truth, int(correct.sum()))
        for of, name in ((0, "scores"), (1, "correct")):
            assert_contract(student.average_precision, area_under_envelope, scores, correct, n_truth, of=of, name=name)
        assert_number(
            student.average_precision(scores, correct, n_truth), area_under_envelope(scores, correct, n_truth)
        )
