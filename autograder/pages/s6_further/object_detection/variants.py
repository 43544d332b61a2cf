"""Other right ways to write this page."""

import torch

from autograder.checking import variant


@variant("columns, one by one")
def box_convert(boxes, in_fmt, out_fmt):
    if not {in_fmt, out_fmt} <= {"xyxy", "xywh", "cxcywh"}:
        raise ValueError("no such format")
    p, q, r, s = boxes.unbind(1)
    if in_fmt == "xyxy":
        cx, cy, w, h = (p + r) / 2, (q + s) / 2, r - p, s - q
    elif in_fmt == "xywh":
        cx, cy, w, h = p + r / 2, q + s / 2, r, s
    else:
        cx, cy, w, h = p, q, r, s
    table = {
        "xyxy": (cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2),
        "xywh": (cx - w / 2, cy - h / 2, w, h),
        "cxcywh": (cx, cy, w, h),
    }
    return torch.stack(table[out_fmt], 1)


@variant("columns, one by one")
def iou(a, b):
    ax, ay, ar, ab = a.T[..., None]
    bx, by, br, bb = b.T[:, None]
    width = torch.relu(torch.min(ar, br) - torch.max(ax, bx))
    height = torch.relu(torch.min(ab, bb) - torch.max(ay, by))
    both = width * height
    return both / ((ar - ax) * (ab - ay) + (br - bx) * (bb - by) - both).clamp(min=torch.finfo(a.dtype).tiny)


@variant("columns, one by one")
def nms(boxes, scores, threshold):
    left, kept = torch.sort(scores, descending=True, stable=True).indices, []
    while left.numel():
        kept.append(left[0])
        rest = left[1:]
        left = rest[iou(boxes[left[:1]], boxes[rest])[0] <= threshold]
    return torch.stack(kept) if kept else torch.zeros(0, dtype=torch.long)


@variant("box by box in loops")
def iou(a, b):
    rows = []
    for p in a:
        for q in b:
            both = (min(p[2], q[2]) - max(p[0], q[0])).clamp(min=0) * (min(p[3], q[3]) - max(p[1], q[1])).clamp(min=0)
            either = (p[2] - p[0]) * (p[3] - p[1]) + (q[2] - q[0]) * (q[3] - q[1]) - both
            rows.append(both / either if either > 0 else both)
    return torch.stack(rows).reshape(len(a), len(b)) if rows else a.new_zeros(len(a), len(b))


@variant("with a mask of those still alive")
def nms(boxes, scores, threshold):
    alive = torch.ones(len(boxes), dtype=torch.bool)
    overlap = iou(boxes, boxes)
    kept = []
    for i in sorted(range(len(boxes)), key=lambda i: (-float(scores[i]), i)):
        if alive[i]:
            kept.append(i)
            alive &= overlap[i] <= threshold
    return torch.as_tensor(kept, dtype=torch.int64)


@variant("with a mask of those still alive")
def class_nms(boxes, scores, labels, threshold):
    keep = torch.zeros(len(boxes), dtype=torch.bool)
    for label in labels.unique():
        mine = torch.nonzero(labels == label)[:, 0]
        keep[mine[nms(boxes[mine], scores[mine], threshold)]] = True
    kept = keep.nonzero()[:, 0]
    return kept[scores[kept].argsort(descending=True)]


@variant("with a set of free truths")
def match_truths(boxes, scores, truths, threshold=0.5):
    free, table, correct = set(range(len(truths))), iou(boxes, truths).tolist(), [False] * len(boxes)
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i].item()):
        good = [(table[i][j], j) for j in free if table[i][j] >= threshold]
        if good:
            free.discard(max(good)[1])
            correct[i] = True
    return torch.tensor(correct, dtype=torch.bool)


@variant("as the benchmarks write it: recall and precision with ends, then rectangles")
def average_precision(scores, correct, n_truth):
    hits = correct[torch.argsort(-scores)].to(torch.float64)
    right, wrong = hits.cumsum(0), (1 - hits).cumsum(0)
    zero, one = torch.zeros(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64)
    recall = torch.cat([zero, right / n_truth, one])
    precision = torch.cat([zero, right / (right + wrong), zero])
    for i in range(len(precision) - 2, -1, -1):
        precision[i] = max(precision[i], precision[i + 1])
    return float(((recall[1:] - recall[:-1]) * precision[1:]).sum())
