"""Wrong ways to write the tools of object detection, as students write them."""

import torch

from autograder.checking import misconception


@misconception(
    "takes the centre for a corner",
    hint="In cxcywh the first two numbers are the middle of the box. How far from it is the left edge?",
    dies_by="test_box_convert",
)
def box_convert(boxes, in_fmt, out_fmt):
    if in_fmt not in FORMATS or out_fmt not in FORMATS:
        raise ValueError("unknown format")
    low, high = boxes[:, :2], boxes[:, 2:]
    if in_fmt != "xyxy":
        high = low + high
    return torch.cat([low, high if out_fmt == "xyxy" else high - low], dim=1)


@misconception(
    "goes a whole width away from the centre",
    hint="From the centre to the left edge is half the width. Convert (3, 5, 4, 6) by hand, then print yours.",
    dies_by="test_box_convert",
)
def box_convert(boxes, in_fmt, out_fmt):
    if in_fmt not in FORMATS or out_fmt not in FORMATS:
        raise ValueError("unknown format")
    low, high = boxes[:, :2], boxes[:, 2:]
    if in_fmt == "cxcywh":
        low, high = low - high, low + high
    elif in_fmt == "xywh":
        high = low + high
    size = high - low
    if out_fmt == "cxcywh":
        low = low + size / 2
    return torch.cat([low, high if out_fmt == "xyxy" else size], dim=1)


@misconception(
    "changes the caller's boxes in place",
    hint="A slice is a view: `boxes[:, 2:] -= ...` writes into the tensor you were given. Build a new one, or clone it first.",
    dies_by="test_box_convert_and_its_arguments",
)
def box_convert(boxes, in_fmt, out_fmt):
    if in_fmt not in FORMATS or out_fmt not in FORMATS:
        raise ValueError("unknown format")
    if in_fmt == "cxcywh":
        boxes[:, :2] -= boxes[:, 2:] / 2
    if in_fmt != "xyxy":
        boxes[:, 2:] += boxes[:, :2]
    if out_fmt != "xyxy":
        boxes[:, 2:] -= boxes[:, :2]
    if out_fmt == "cxcywh":
        boxes[:, :2] += boxes[:, 2:] / 2
    return boxes


@misconception(
    "takes any unknown format for xyxy",
    hint='A slip such as "yxyx" goes through unnoticed and spoils every box. The docstring says what must happen.',
    dies_by="test_box_convert_and_its_arguments",
)
def box_convert(boxes, in_fmt, out_fmt):
    low, high = boxes[:, :2], boxes[:, 2:]
    if in_fmt == "cxcywh":
        low, high = low - high / 2, low + high / 2
    elif in_fmt == "xywh":
        high = low + high
    size = high - low
    if out_fmt == "cxcywh":
        return torch.cat([low + size / 2, size], dim=1)
    return torch.cat([low, size if out_fmt == "xywh" else high], dim=1)


@misconception(
    "adds 1 to every width and height",
    hint="The + 1 counted whole pixels, from the first to the last. Here coordinates lie between pixels: from 0 to 2 is 2 wide.",
    dies_by="test_iou",
)
def iou(a, b):
    low = torch.maximum(a[:, None, :2], b[:, :2])
    high = torch.minimum(a[:, None, 2:], b[:, 2:])
    both = (high - low + 1).clamp(min=0).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2] + 1).prod(1) for boxes in (a, b)]
    return both / (areas[0][:, None] + areas[1] - both)


@misconception(
    "counts the intersection twice in the union",
    hint="What the boxes share lies in both areas. Which IoU does your formula give for two equal boxes?",
    dies_by="test_iou",
)
def iou(a, b):
    low = torch.maximum(a[:, None, :2], b[:, :2])
    high = torch.minimum(a[:, None, 2:], b[:, 2:])
    both = (high - low).clamp(min=0).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(1) for boxes in (a, b)]
    either = areas[0][:, None] + areas[1]
    return both / either.masked_fill(either == 0, 1)


@misconception(
    "takes the boxes for xywh",
    hint="The boxes are two corners. For (1, 1, 3, 3) the width is not 3.",
    dies_by="test_iou",
)
def iou(a, b):
    low = torch.maximum(a[:, None, :2], b[:, :2])
    high = torch.minimum((a[:, :2] + a[:, 2:])[:, None], b[:, :2] + b[:, 2:])
    both = (high - low).clamp(min=0).prod(2)
    either = a[:, 2:].prod(1)[:, None] + b[:, 2:].prod(1) - both
    return both / either.masked_fill(either == 0, 1)


@misconception(
    "divides by the smaller of the two areas",
    hint="Then a small box inside a large one has 1, as if they were equal. What does the U in IoU stand for?",
    dies_by="test_iou",
)
def iou(a, b):
    low = torch.maximum(a[:, None, :2], b[:, :2])
    high = torch.minimum(a[:, None, 2:], b[:, 2:])
    both = (high - low).clamp(min=0).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(1) for boxes in (a, b)]
    smaller = torch.minimum(areas[0][:, None], areas[1])
    return both / smaller.masked_fill(smaller == 0, 1)


@misconception(
    "multiplies negative sides",
    hint="Boxes that lie apart have a 'width' below 0, and two such sides multiply to an area. Where should 0 be the least?",
    dies_by="test_apart",
)
def iou(a, b):
    low = torch.maximum(a[:, None, :2], b[:, :2])
    high = torch.minimum(a[:, None, 2:], b[:, 2:])
    both = (high - low).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(1) for boxes in (a, b)]
    either = areas[0][:, None] + areas[1] - both
    return both / either.masked_fill(either == 0, 1)


@misconception(
    "clamps the area of the intersection, not its two sides",
    hint="Across the corner both sides are negative, and minus times minus is plus. Clamp before you multiply.",
    dies_by="test_apart",
)
def iou(a, b):
    low = torch.maximum(a[:, None, :2], b[:, :2])
    high = torch.minimum(a[:, None, 2:], b[:, 2:])
    both = (high - low).prod(2).clamp(min=0)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(1) for boxes in (a, b)]
    either = areas[0][:, None] + areas[1] - both
    return both / either.masked_fill(either == 0, 1)


@misconception(
    "divides 0 by 0 where neither box has an area",
    hint="Two points have no union to divide by: 0 / 0 is NaN, and no comparison with NaN is true.",
    dies_by="test_without_area",
)
def iou(a, b):
    low = torch.maximum(a[:, None, :2], b[:, :2])
    high = torch.minimum(a[:, None, 2:], b[:, 2:])
    both = (high - low).clamp(min=0).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(1) for boxes in (a, b)]
    return both / (areas[0][:, None] + areas[1] - both)


@misconception(
    "adds a small eps to the union",
    hint="In fractions of a large image a small face has an area of 1e-6, and beside that no eps is small. Treat a union of 0 by itself.",
    dies_by="test_any_scale",
)
def iou(a, b):
    low = torch.maximum(a[:, None, :2], b[:, :2])
    high = torch.minimum(a[:, None, 2:], b[:, 2:])
    both = (high - low).clamp(min=0).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(1) for boxes in (a, b)]
    return both / (areas[0][:, None] + areas[1] - both + 1e-6)


@misconception(
    "leaves the computation graph on the way",
    hint=".item(), .tolist() and torch.tensor(...) hand out bare numbers: no gradient can reach the boxes through them.",
    dies_by="test_gradients",
)
def iou(a, b):
    table = torch.zeros(len(a), len(b), dtype=a.dtype)
    for i, p in enumerate(a.tolist()):
        for j, q in enumerate(b.tolist()):
            both = max(0, min(p[2], q[2]) - max(p[0], q[0])) * max(0, min(p[3], q[3]) - max(p[1], q[1]))
            either = (p[2] - p[0]) * (p[3] - p[1]) + (q[2] - q[0]) * (q[3] - q[1]) - both
            table[i, j] = both / either if either else 0
    return table


@misconception(
    "goes through the boxes as they come, not from the best score down",
    hint="The first box of the list may be a poor one. Whose turn is it first?",
    dies_by="test_nms",
)
def nms(boxes, scores, threshold):
    overlap, kept = iou(boxes, boxes), []
    for i in range(len(boxes)):
        if (overlap[i, kept] <= threshold).all():
            kept.append(i)
    kept = torch.tensor(kept, dtype=torch.int64)
    return kept[scores[kept].argsort(descending=True, stable=True)]


@misconception(
    "compares every box with the best one only",
    hint="The second box kept suppresses its neighbours as well. Against which boxes must a new one be held?",
    dies_by="test_nms",
)
def nms(boxes, scores, threshold):
    order = scores.argsort(descending=True, stable=True)
    if len(order) == 0:
        return order
    overlap = iou(boxes[order[:1]], boxes[order])[0]
    overlap[0] = 0
    return order[overlap <= threshold]


@misconception(
    "lets boxes that are suppressed suppress others",
    hint="The second box is gone, so the third has no better neighbour left. Compare with the boxes kept, not with all better ones.",
    dies_by="test_nms",
)
def nms(boxes, scores, threshold):
    order = scores.argsort(descending=True, stable=True)
    overlap = iou(boxes[order], boxes[order]).triu(1)
    return order[(overlap <= threshold).all(0)]


@misconception(
    "gives the boxes kept in the order of their indices",
    hint="The set is right. A caller who takes the first ten wants the ten best: in which order must the indices come?",
    dies_by="test_nms",
)
def nms(boxes, scores, threshold):
    overlap, kept = iou(boxes, boxes), []
    for i in scores.argsort(descending=True, stable=True).tolist():
        if (overlap[i, kept] <= threshold).all():
            kept.append(i)
    return torch.tensor(sorted(kept), dtype=torch.int64)


@misconception(
    "gives the boxes that were suppressed",
    hint="Your list holds what must go. What is left when it is gone?",
    dies_by="test_nms",
)
def nms(boxes, scores, threshold):
    overlap, kept, gone = iou(boxes, boxes), [], []
    for i in scores.argsort(descending=True, stable=True).tolist():
        (kept if (overlap[i, kept] <= threshold).all() else gone).append(i)
    return torch.tensor(gone, dtype=torch.int64)


@misconception(
    "drops a box whose IoU equals the threshold",
    hint="Greater than the threshold is dropped; equal to it stays.",
    dies_by="test_nms_at_the_edge",
)
def nms(boxes, scores, threshold):
    overlap, kept = iou(boxes, boxes), []
    for i in scores.argsort(descending=True, stable=True).tolist():
        if (overlap[i, kept] < threshold).all():
            kept.append(i)
    return torch.tensor(kept, dtype=torch.int64)


@misconception(
    "leaves the order of equal scores to chance",
    hint="A sort may exchange equal entries, and PyTorch's does as soon as there are more than 16. See its argument `stable`.",
    dies_by="test_nms_at_the_edge",
)
def nms(boxes, scores, threshold):
    overlap, kept = iou(boxes, boxes), []
    for i in scores.argsort(descending=True).tolist():
        if (overlap[i, kept] <= threshold).all():
            kept.append(i)
    return torch.tensor(kept, dtype=torch.int64)


@misconception(
    "lets one class suppress another",
    hint="The labels are not used: of a rider and a bicycle in the same place only one is left.",
    dies_by="test_class_nms",
)
def class_nms(boxes, scores, labels, threshold):
    return nms(boxes, scores, threshold)


@misconception(
    "gives one class after the other",
    hint="Within a class your order is right. The caller wants the best of all first: sort once more at the end.",
    dies_by="test_class_nms",
)
def class_nms(boxes, scores, labels, threshold):
    parts = [torch.zeros(0, dtype=torch.int64)]
    for label in labels.unique():
        mine = (labels == label).nonzero()[:, 0]
        parts.append(mine[nms(boxes[mine], scores[mine], threshold)])
    return torch.cat(parts)


@misconception(
    "moves the classes apart by their labels alone",
    hint="Class 1 is moved by one pixel and still overlaps class 0. How far must it go so that it certainly does not?",
    dies_by="test_class_nms",
)
def class_nms(boxes, scores, labels, threshold):
    return nms(boxes + labels[:, None], scores, threshold)


@misconception(
    "moves the classes 100 apart, however large the boxes are",
    hint="A photograph is 4,000 pixels wide. How far apart must the classes be for these very boxes?",
    dies_by="test_class_nms",
)
def class_nms(boxes, scores, labels, threshold):
    return nms(boxes + 100 * labels[:, None], scores, threshold)


@misconception(
    "drops what has a score below 0",
    hint="Scores may be logits, and then many are negative. Only a better box that overlaps may drop one.",
    dies_by="test_nms",
)
def nms(boxes, scores, threshold):
    overlap, kept = iou(boxes, boxes), []
    for i in scores.argsort(descending=True, stable=True).tolist():
        if scores[i] > 0 and (overlap[i, kept] <= threshold).all():
            kept.append(i)
    return torch.tensor(kept, dtype=torch.int64)


@misconception(
    "lets a truth be found twice",
    hint="The second detection of the same cat is a mistake. What do you remember about truths that are taken?",
    dies_by="test_match_truths",
)
def match_truths(boxes, scores, truths, threshold=0.5):
    return (iou(boxes, truths) >= threshold).any(1)


@misconception(
    "matches the detections as they come, not from the best score down",
    hint="When two detections want the same truth, the better score gets it, wherever it stands in the list.",
    dies_by="test_match_truths",
)
def match_truths(boxes, scores, truths, threshold=0.5):
    overlap = iou(boxes, truths)
    correct = torch.zeros(len(boxes), dtype=torch.bool)
    for i in range(len(boxes)):
        if (overlap[i] >= threshold).any():
            correct[i] = True
            overlap[:, overlap[i].argmax()] = 0
    return correct


@misconception(
    "gives up when the truth it likes best is taken",
    hint="Some benchmarks count so. Here a detection may take the best of the truths that are still free.",
    dies_by="test_match_truths",
)
def match_truths(boxes, scores, truths, threshold=0.5):
    overlap, taken = iou(boxes, truths), set()
    correct = torch.zeros(len(boxes), dtype=torch.bool)
    for i in scores.argsort(descending=True).tolist():
        if (overlap[i] >= threshold).any():
            best = int(overlap[i].argmax())
            correct[i] = best not in taken
            taken.add(best)
    return correct


@misconception(
    "leaves out the envelope",
    hint="Precision goes up and down. At each recall the best precision that is reached there or further on counts.",
    dies_by="test_average_precision",
)
def average_precision(scores, correct, n_truth):
    hits = correct[scores.argsort(descending=True)].double()
    precision = hits.cumsum(0) / torch.arange(1, len(hits) + 1)
    return (precision * hits).sum().item() / n_truth


@misconception(
    "takes the detections as they come, not from the best score down",
    hint="Precision after k detections means the k best. Sort by score first.",
    dies_by="test_average_precision",
)
def average_precision(scores, correct, n_truth):
    hits = correct.double()
    precision = hits.cumsum(0) / torch.arange(1, len(hits) + 1)
    envelope = precision.flip(0).cummax(0).values.flip(0)
    return (envelope * hits).sum().item() / n_truth


@misconception(
    "forgets the truths that were never found",
    hint="A detector that finds one of a hundred is not perfect. By what do you divide, and what is n_truth for?",
    dies_by="test_average_precision",
)
def average_precision(scores, correct, n_truth):
    hits = correct[scores.argsort(descending=True)].double()
    precision = hits.cumsum(0) / torch.arange(1, len(hits) + 1)
    envelope = precision.flip(0).cummax(0).values.flip(0)
    return (envelope * hits).sum().item() / max(1, int(correct.sum()))


@misconception(
    "adds up precision times recall",
    hint="An area is height times width: the precision times how much the recall grows at this step, not all of it.",
    dies_by="test_average_precision",
)
def average_precision(scores, correct, n_truth):
    hits = correct[scores.argsort(descending=True)].double()
    precision = hits.cumsum(0) / torch.arange(1, len(hits) + 1)
    return float((precision * hits.cumsum(0) / n_truth).sum())


@misconception(
    "reads the envelope at eleven levels of recall",
    hint="So it was done until 2009. Here the area is exact: one rectangle for every step of recall.",
    dies_by="test_average_precision",
)
def average_precision(scores, correct, n_truth):
    hits = correct[scores.argsort(descending=True)].double()
    precision = hits.cumsum(0) / torch.arange(1, len(hits) + 1)
    recall = hits.cumsum(0) / n_truth
    levels = [precision[recall >= level / 10 - 1e-9] for level in range(11)]
    return sum(float(p.max()) if len(p) else 0.0 for p in levels) / 11


@misconception(
    "begins with the worst score",
    hint="argsort goes upwards unless you say descending=True. Which box should be the first of your list?",
    dies_by="test_nms",
)
def nms(boxes, scores, threshold):
    overlap, kept = iou(boxes, boxes), []
    for i in scores.argsort(stable=True).tolist():
        if (overlap[i, kept] <= threshold).all():
            kept.append(i)
    return torch.tensor(kept, dtype=torch.int64)


@misconception(
    "gives the caller's tensor where nothing is to be done",
    hint="A new tensor is promised. Who later writes into the answer writes into the boxes, too: clone() it.",
    dies_by="test_box_convert_and_its_arguments",
)
def box_convert(boxes, in_fmt, out_fmt):
    if in_fmt not in FORMATS or out_fmt not in FORMATS:
        raise ValueError("unknown format")
    if in_fmt == out_fmt:
        return boxes
    low, high = boxes[:, :2], boxes[:, 2:]
    if in_fmt == "cxcywh":
        low = low - high / 2
    if in_fmt != "xyxy":
        high = low + high
    size = high - low
    if out_fmt == "cxcywh":
        low = low + size / 2
    return torch.cat([low, high if out_fmt == "xyxy" else size], dim=1)


@misconception(
    "takes the first truth that overlaps enough, not the best one",
    hint="The better fitting truth may come later in the list. What does argmax over the truths still free say?",
    dies_by="test_match_truths",
)
def match_truths(boxes, scores, truths, threshold=0.5):
    overlap, taken = iou(boxes, truths), set()
    correct = torch.zeros(len(boxes), dtype=torch.bool)
    for i in scores.argsort(descending=True).tolist():
        for j in range(len(truths)):
            if j not in taken and overlap[i, j] >= threshold:
                correct[i] = True
                taken.add(j)
                break
    return correct


@misconception(
    "wants more than the threshold for a match",
    hint="The docstring says `threshold` or more: an IoU of exactly 0.5 is enough for 0.5.",
    dies_by="test_match_truths",
)
def match_truths(boxes, scores, truths, threshold=0.5):
    overlap = iou(boxes, truths)
    correct = torch.zeros(len(boxes), dtype=torch.bool)
    for i in scores.argsort(descending=True).tolist():
        if (overlap[i] > threshold).any():
            correct[i] = True
            overlap[:, overlap[i].argmax()] = 0
    return correct


@misconception(
    "compares box i with box i only",
    hint="Every box of a meets every box of b: the result is a table of N times M numbers. What does a[:, None] do?",
    dies_by="test_iou",
)
def iou(a, b):
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    both = (high - low).clamp(min=0).prod(1)
    either = (a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - both
    return both / either


@misconception(
    "keeps what overlaps more than the threshold",
    hint="A box that overlaps a kept one by more than the threshold shows the same thing again. Does it stay or go?",
    dies_by="test_nms",
)
def nms(boxes, scores, threshold):
    overlap = iou(boxes, boxes)
    kept = []
    for i in scores.argsort(descending=True, stable=True).tolist():
        if (overlap[i, kept] > threshold).all():
            kept.append(i)
    return torch.tensor(kept, dtype=torch.int64)


@misconception(
    "takes the corner of an xywh box for its centre",
    hint="xywh holds the left top corner: x is where the box begins. Only cxcywh has the centre.",
    dies_by="test_box_convert",
)
def box_convert(boxes, in_fmt, out_fmt):
    if in_fmt not in FORMATS or out_fmt not in FORMATS:
        raise ValueError("unknown format")
    a, b, c, d = boxes.unbind(1)
    x1, y1, x2, y2 = (a, b, c, d) if in_fmt == "xyxy" else (a - c / 2, b - d / 2, a + c / 2, b + d / 2)
    if out_fmt == "xyxy":
        return torch.stack([x1, y1, x2, y2], 1)
    if out_fmt == "xywh":
        return torch.stack([x1, y1, x2 - x1, y2 - y1], 1)
    return torch.stack([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1], 1)


@misconception(
    "answers in the order of the scores, not in that of the boxes",
    hint="Entry i of the answer is about box i. Where does the detection with the best score stand among the boxes?",
    dies_by="test_match_truths",
)
def match_truths(boxes, scores, truths, threshold=0.5):
    free = torch.ones(len(truths), dtype=torch.bool)
    correct = []
    for i in scores.argsort(descending=True).tolist():
        overlap = torch.where(free, iou(boxes[i : i + 1], truths)[0], -1.0)
        best = int(overlap.argmax()) if len(truths) else -1
        correct.append(best >= 0 and bool(overlap[best] >= threshold))
        if correct[-1]:
            free[best] = False
    return torch.tensor(correct, dtype=torch.bool)


@misconception("lets a truth be found twice")
@misconception("answers in the order of the scores, not in that of the boxes")
def match_truths(boxes, scores, truths, threshold=0.5):
    order = scores.argsort(descending=True)
    best = iou(boxes[order], truths).max(dim=1).values
    return best >= threshold


@misconception("takes the corner of an xywh box for its centre")
@misconception("takes any unknown format for xyxy")
def box_convert(boxes, in_fmt, out_fmt):
    if in_fmt == "xywh" or in_fmt == "cxcywh":
        x, y, w, h = boxes.unbind(1)
        x1, y1, x2, y2 = x - w / 2, y - h / 2, x + w / 2, y + h / 2
    else:
        x1, y1, x2, y2 = boxes.unbind(1)
    if out_fmt == "xyxy":
        return torch.stack([x1, y1, x2, y2], 1)
    if out_fmt == "xywh":
        return torch.stack([x1, y1, x2 - x1, y2 - y1], 1)
    return torch.stack([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1], 1)


@misconception("leaves out the envelope")
@misconception("takes the detections as they come, not from the best score down")
def average_precision(scores, correct, n_truth):
    tp = correct.float().cumsum(0)
    precision = tp / torch.arange(1, len(correct) + 1)
    return (precision * correct).sum().item() / n_truth


@misconception(
    "counts no further than 2048",
    hint="In float16, 2048 + 1 is 2048. Count in int64, or in float64.",
    dies_by="test_average_precision",
)
def average_precision(scores, correct, n_truth):
    hits = correct[scores.argsort(descending=True)]
    precision = hits.half().cumsum(0).double() / torch.arange(1, len(hits) + 1)
    envelope = precision.flip(0).cummax(0).values.flip(0)
    return (envelope * hits).sum().item() / n_truth


@misconception(
    "goes wrong for float32 boxes of large classes",
    hint="float32 has seven digits. How many of them are left for a box of width 1 that was moved by ten million?",
    dies_by="test_class_nms",
)
def class_nms(boxes, scores, labels, threshold):
    if len(boxes) == 0:
        return nms(boxes, scores, threshold)
    return nms(boxes + (boxes.max() - boxes.min()) * labels[:, None], scores, threshold)


@misconception(
    "gives the boxes kept, not their indices",
    hint="The docstring wants (K,) int64. By the same indices one finds the scores and labels that go with the boxes.",
    dies_by="test_nms",
)
def nms(boxes, scores, threshold):
    overlap, kept = iou(boxes, boxes), []
    for i in scores.argsort(descending=True, stable=True).tolist():
        if (overlap[i, kept] <= threshold).all():
            kept.append(i)
    return boxes[kept]


@misconception("forgets the truths that were never found")
def average_precision(scores, correct, n_truth):
    c = correct[scores.argsort(descending=True)].float()
    precision = c.cumsum(0) / (torch.arange(len(c)) + 1)
    for k in range(len(c) - 2, -1, -1):
        precision[k] = max(precision[k], precision[k + 1])
    return (precision * c).sum().item() / correct.sum().item()
