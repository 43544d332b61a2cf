"""`import torchvision` works beside CPU-only torch: here, in a fresh process, and in a worker."""

from __future__ import annotations

import json
import sys

import pytest
import torch

from autograder.sandbox.host.base import Limits
from autograder.sandbox.host.forked import Template
from autograder.sandbox.host.probe import best_level
from autograder.sandbox.host.student import Student
from autograder.sandbox.worker import vision, vision_hook
from tests.helpers import python

RESNET18 = 11_689_512

PROBE = """
import torch, torchvision
from torchvision.transforms import v2


def count():
    return sum(p.numel() for p in torchvision.models.resnet18().parameters())


def keep(boxes, scores, threshold):
    return torchvision.ops.nms(boxes, scores, threshold)


def smaller(image):
    return v2.Resize(4)(image)
"""


def overlap(a, b):
    """Intersection over union of two boxes, in plain numbers."""
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    both = width * height
    either = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both
    return both / either if either else 0.0


def slow_nms(boxes, scores, threshold):
    """Greedy suppression by the definition: best first, drop what overlaps a kept one."""
    kept: list[int] = []
    for i in sorted(range(len(scores)), key=lambda i: -scores[i]):
        if all(overlap(boxes[i], boxes[k]) <= threshold for k in kept):
            kept.append(i)
    return kept


def boxes_and_scores(count, seed):
    """Random boxes in a small square, so that many overlap, with distinct scores."""
    generator = torch.Generator().manual_seed(seed)
    corner = 6 * torch.rand(count, 2, generator=generator, dtype=torch.float64)
    size = 0.1 + 4 * torch.rand(count, 2, generator=generator, dtype=torch.float64)
    return torch.cat([corner, corner + size], 1), torch.rand(count, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("count", [0, 1, 2, 17, 60])
@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.7, 1.0])
def test_nms_is_the_brute_force(count, threshold):
    """the boxes kept, and their order, are those of the definition"""
    for seed in range(5):
        boxes, scores = boxes_and_scores(count, seed)
        kept = vision.nms(boxes, scores, threshold)
        assert kept.dtype == torch.int64
        assert kept.tolist() == slow_nms(boxes.tolist(), scores.tolist(), threshold)


def test_nms_with_equal_boxes():
    """of equal boxes the best is kept, and a box that overlaps exactly by the threshold stays"""
    boxes = torch.tensor([[0.0, 0, 2, 2], [0, 0, 2, 2], [1, 0, 3, 2]])
    assert vision.nms(boxes, torch.tensor([0.5, 0.9, 0.1]), 0.5).tolist() == [1, 2]
    halves = torch.tensor([[0.0, 0, 2, 1], [0, 0, 1, 1]])
    assert vision.nms(halves, torch.tensor([0.9, 0.1]), 0.5).tolist() == [0, 1]
    assert vision.nms(halves, torch.tensor([0.9, 0.1]), 0.49).tolist() == [0]


def test_nms_leaves_its_inputs_alone():
    """boxes and scores stay as they were"""
    boxes, scores = boxes_and_scores(10, 0)
    before = boxes.clone(), scores.clone()
    vision.nms(boxes, scores, 0.3)
    assert torch.equal(boxes, before[0])
    assert torch.equal(scores, before[1])


def test_the_hook_makes_a_plain_import_work(tmp_path):
    """in a fresh process with the hook in place a plain import is enough: models and nms are there"""
    boxes, scores = boxes_and_scores(40, 1)
    hook = "from autograder.sandbox.worker import vision_hook\nvision_hook.install()\n"
    source = (
        hook
        + PROBE
        + (
            f"\nboxes, scores = torch.tensor({boxes.tolist()}), torch.tensor({scores.tolist()})\n"
            "import json\nprint(json.dumps([count(), keep(boxes, scores, 0.3).tolist(), "
            "smaller(torch.ones(3, 8, 8)).shape[-1]]))\n"
        )
    )
    said = python(source, tmp_path)
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout) == [RESNET18, slow_nms(boxes.tolist(), scores.tolist(), 0.3), 4]


@pytest.fixture(scope="module")
def worker():
    """A worker of the best isolation here that needs torchvision."""
    template = Template(best_level(), ("torchvision",))
    student = Student(template, Limits())
    student.load_source("probe", PROBE)
    yield student
    student.close()
    template.close()


def begun(worker):
    """The worker, ready for one more check."""
    worker.begin(0, 60)
    return worker


def test_a_worker_has_torchvision(worker):
    """in a worker torchvision's models are there, with all their parameters"""
    assert begun(worker).count() == RESNET18


def test_a_worker_has_nms(worker):
    """in a worker nms and the transforms work"""
    boxes, scores = boxes_and_scores(40, 2)
    assert begun(worker).keep(boxes, scores, 0.3).tolist() == slow_nms(boxes.tolist(), scores.tolist(), 0.3)
    assert worker.smaller(torch.ones(3, 8, 8)).shape == (3, 4, 4)


def test_the_hook_goes_away_once_it_was_used(monkeypatch):
    """the import hook does nothing before torchvision, acts once, and finds nothing itself"""
    monkeypatch.setattr(sys, "meta_path", [])
    monkeypatch.delitem(sys.modules, "torchvision", raising=False)
    called = []
    monkeypatch.setattr(vision, "ensure_operators", lambda: bool(called.append(True)))
    vision_hook.install()
    vision_hook.install()
    (hook,) = sys.meta_path
    assert hook.find_spec("numpy") is None
    assert hook.find_spec("torchvision.ops") is None
    assert (len(sys.meta_path), called) == (1, [])
    assert hook.find_spec("torchvision") is None
    assert (sys.meta_path, called) == ([], [True])


def test_operators_are_declared_once():
    """asking again declares nothing twice, and the operator answers like the function"""
    first = vision.ensure_operators()
    assert vision.ensure_operators() == first
    boxes, scores = boxes_and_scores(20, 3)
    kept = torch.ops.torchvision.nms(boxes, scores, 0.4)
    assert kept.tolist() == slow_nms(boxes.tolist(), scores.tolist(), 0.4)


def test_no_stand_ins_where_torchvision_is_absent(monkeypatch):
    """without torchvision there is nothing to help"""
    monkeypatch.setattr(vision, "_library", None)
    monkeypatch.setattr(vision.importlib.util, "find_spec", lambda name: None)
    assert vision.ensure_operators() is False
