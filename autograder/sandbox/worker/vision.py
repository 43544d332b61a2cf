"""Makes ``import torchvision`` work beside a CPU-only torch. This is the one place that knows how.

torchvision from the registry is built for CUDA torch; beside the CPU build its compiled operators
do not load, and ``import torchvision`` dies with "operator torchvision::nms does not exist".
Declaring the two operators that it registers shapes for cures that; nms gets a plain-PyTorch body.
This file imports nothing but torch, because it is also run inside the sandbox.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import torch

_library: torch.library.Library | None = None


def nms(boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
    """Greedy non-maximum suppression.

    Args:
        boxes: (N, 4) as x1, y1, x2, y2.
        scores: (N,).
        iou_threshold: a box that overlaps a better one by more than this is dropped.

    Returns:
        (K,) indices of the boxes kept, best score first.
    """
    order = scores.argsort(descending=True, stable=True)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept = []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        low = torch.maximum(boxes[best, :2], boxes[order, :2])
        high = torch.minimum(boxes[best, 2:], boxes[order, 2:])
        overlap = (high - low).clamp(min=0).prod(1)
        order = order[overlap / (area[best] + area[order] - overlap) <= iou_threshold]
    return torch.stack(kept) if kept else torch.empty(0, dtype=torch.int64)


def ensure_operators() -> bool:
    """Declare torchvision's operators when its compiled ones are absent.

    Call it before ``import torchvision``. Returns True when the stand-ins were needed.
    """
    global _library
    if _library is not None:
        return True
    if compiled_ones_load():
        return False
    if _library is not None:  # looking for torchvision woke the import hook, which came here first
        return True
    _library = torch.library.Library("torchvision", "DEF")
    _library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _library.impl("nms", nms, "CPU")
    return True


def compiled_ones_load() -> bool:
    """Return whether torchvision's own library fits this torch. True, too, where there is no torchvision to help."""
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.submodule_search_locations is None:
        return True
    for folder in spec.submodule_search_locations:
        for library in Path(folder).glob("_C*.so"):
            try:
                torch.ops.load_library(str(library))
                return True
            except OSError:
                return False
    return False
