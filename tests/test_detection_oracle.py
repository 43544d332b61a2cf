"""The reference solution of the page on object detection answers as torchvision and scikit-learn do."""

from __future__ import annotations

import math

import pytest
import torch

from autograder.authoring.pictures import reference
from autograder.sandbox.worker import vision

page = reference("s6_further/object_detection")
PAIRS = [(a, b) for a in page.FORMATS for b in page.FORMATS]


@pytest.fixture(scope="module")
def ops():
    """torchvision's operators that are written in Python."""
    return pytest.importorskip("torchvision", reason="torchvision is not installed").ops


@pytest.fixture(scope="module")
def compiled(ops):
    """torchvision with its own nms: to compare with our stand-in would prove little."""
    if vision.ensure_operators():
        pytest.skip(
            "torchvision's compiled operators do not load beside this torch; a stand-in of ours is in their place"
        )
    return ops


def some(count, seed):
    """Boxes as xyxy with scores and labels; many overlap."""
    generator = torch.Generator().manual_seed(seed)
    corner = 6 * torch.rand(count, 2, generator=generator, dtype=torch.float64) - 1
    size = 0.1 + 4 * torch.rand(count, 2, generator=generator, dtype=torch.float64)
    labels = torch.randint(3, (count,), generator=generator)
    return torch.cat([corner, corner + size], 1), torch.rand(count, generator=generator, dtype=torch.float64), labels


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_formats_are_torchvisions(ops, source, target):
    """every conversion gives what torchvision's gives"""
    boxes = ops.box_convert(some(9, 0)[0], "xyxy", source)
    torch.testing.assert_close(page.box_convert(boxes, source, target), ops.box_convert(boxes, source, target))


def test_iou_is_torchvisions(ops):
    """the table of IoUs is torchvision's, for no boxes too, and 0 where torchvision divides 0 by 0"""
    for n, m in ((7, 12), (0, 3), (2, 0)):
        a, b = some(n, 1)[0], some(m, 2)[0]
        torch.testing.assert_close(page.iou(a, b), ops.box_iou(a, b))
    point = torch.ones(1, 4)
    assert math.isnan(ops.box_iou(point, point))
    assert page.iou(point, point).item() == 0


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.7, 1.0])
@pytest.mark.parametrize("count", [0, 1, 40])
def test_nms_is_torchvisions(compiled, count, threshold):
    """the boxes kept and their order are those of torchvision's compiled operator, of one class and of several"""
    for seed in range(5):
        boxes, scores, labels = some(count, seed)
        assert page.nms(boxes, scores, threshold).tolist() == compiled.nms(boxes, scores, threshold).tolist()
        several = compiled.batched_nms(boxes, scores, labels, threshold)
        assert page.class_nms(boxes, scores, labels, threshold).tolist() == several.tolist()


def test_nms_at_the_edge_is_torchvisions(compiled):
    """an IoU equal to the threshold stays there too, and of equal scores the lower index comes first"""
    boxes = torch.tensor([[0.0, 0, 1, 2], [0, 0, 2, 2], [5, 0, 7, 2]])
    for scores in (torch.tensor([0.3, 0.7, 0.5]), torch.full((3,), 0.5)):
        assert page.nms(boxes, scores, 0.5).tolist() == compiled.nms(boxes, scores, 0.5).tolist()


@pytest.mark.parametrize("seed", range(4))
def test_average_precision_is_no_less_than_sklearns(seed):
    """scikit-learn's has no envelope: it is never larger, and the same where precision never rises"""
    from sklearn.metrics import average_precision_score

    generator = torch.Generator().manual_seed(seed)
    scores, correct = torch.rand(30, generator=generator), torch.rand(30, generator=generator) < 0.4
    correct[0] = True
    plain = average_precision_score(correct, scores)
    assert page.average_precision(scores, correct, int(correct.sum())) >= plain - 1e-12
    best_first = scores.sort(descending=True).values
    falling = torch.arange(30) < 12
    ours = page.average_precision(best_first, falling, 12)
    assert ours == pytest.approx(average_precision_score(falling, best_first)) == 1
