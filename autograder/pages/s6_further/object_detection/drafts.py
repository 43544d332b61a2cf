"""First drafts of this page, as beginners hand them in."""

# %% no clamp
# iou: multiplies negative sides
#   or: divides 0 by 0 where neither box has an area
# nms: gives the boxes kept in the order of their indices
# box_convert: goes a whole width away from the centre
def box_convert(boxes, in_fmt, out_fmt):
    if in_fmt not in FORMATS or out_fmt not in FORMATS:
        raise ValueError("unknown format")
    a, b, c, d = boxes.unbind(1)
    if in_fmt == "xyxy":
        x1, y1, x2, y2 = a, b, c, d
    elif in_fmt == "xywh":
        x1, y1, x2, y2 = a, b, a + c, b + d
    else:
        x1, y1, x2, y2 = a - c, b - d, a + c, b + d
    if out_fmt == "xyxy":
        return torch.stack([x1, y1, x2, y2], 1)
    if out_fmt == "xywh":
        return torch.stack([x1, y1, x2 - x1, y2 - y1], 1)
    return torch.stack([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1], 1)


def iou(a, b):
    x1 = torch.max(a[:, None, 0], b[:, 0])
    y1 = torch.max(a[:, None, 1], b[:, 1])
    x2 = torch.min(a[:, None, 2], b[:, 2])
    y2 = torch.min(a[:, None, 3], b[:, 3])
    inter = (x2 - x1) * (y2 - y1)
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    return inter / (area_a[:, None] + area_b - inter)


def nms(boxes, scores, threshold):
    keep = torch.ones(len(boxes), dtype=torch.bool)
    overlap = iou(boxes, boxes)
    order = scores.argsort(descending=True, stable=True)
    for k in range(len(order)):
        i = order[k]
        if keep[i]:
            for j in order[k + 1 :]:
                if overlap[i, j] > threshold:
                    keep[j] = False
    return torch.nonzero(keep).squeeze(1)


# %% pixels counted, and nothing divided by 0
# iou: adds 1 to every width and height
# nms: drops a box whose IoU equals the threshold
# average_precision: leaves out the envelope
def iou(a, b):
    low = torch.maximum(a[:, None, :2], b[None, :, :2])
    high = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    wh = (high - low + 1).clamp(min=0)
    inter = wh[..., 0] * wh[..., 1]
    area_a = (a[:, 2] - a[:, 0] + 1) * (a[:, 3] - a[:, 1] + 1)
    area_b = (b[:, 2] - b[:, 0] + 1) * (b[:, 3] - b[:, 1] + 1)
    return inter / (area_a[:, None] + area_b[None] - inter)


def nms(boxes, scores, threshold):
    order = scores.argsort(descending=True, stable=True)
    keep = []
    while len(order) > 0:
        i = order[0]
        keep.append(i.item())
        if len(order) == 1:
            break
        overlap = iou(boxes[i : i + 1], boxes[order[1:]])[0]
        order = order[1:][overlap < threshold]
    return torch.tensor(keep, dtype=torch.int64)


def average_precision(scores, correct, n_truth):
    order = scores.argsort(descending=True)
    hits = correct[order].float()
    tp = hits.cumsum(0)
    precision = tp / torch.arange(1, len(hits) + 1)
    return (precision * hits).sum().item() / n_truth


# %% boxes one by one
# iou: counts the intersection twice in the union
#   or: leaves the computation graph on the way
# iou: divides 0 by 0 where neither box has an area
# match_truths: lets a truth be found twice
# average_precision: forgets the truths that were never found
def iou(a, b):
    out = torch.zeros(len(a), len(b), dtype=a.dtype)
    for i in range(len(a)):
        for j in range(len(b)):
            w = max(0.0, (min(a[i, 2], b[j, 2]) - max(a[i, 0], b[j, 0])).item())
            h = max(0.0, (min(a[i, 3], b[j, 3]) - max(a[i, 1], b[j, 1])).item())
            inter = w * h
            area_a = (a[i, 2] - a[i, 0]) * (a[i, 3] - a[i, 1])
            area_b = (b[j, 2] - b[j, 0]) * (b[j, 3] - b[j, 1])
            out[i, j] = inter / (area_a + area_b)
    return out


def match_truths(boxes, scores, truths, threshold=0.5):
    if len(truths) == 0:
        return torch.zeros(len(boxes), dtype=torch.bool)
    return iou(boxes, truths).max(1).values >= threshold


def average_precision(scores, correct, n_truth):
    hits = correct[scores.argsort(descending=True)].double()
    precision = hits.cumsum(0) / torch.arange(1, len(hits) + 1)
    for i in range(len(precision) - 2, -1, -1):
        precision[i] = torch.maximum(precision[i], precision[i + 1])
    return (precision * hits).sum().item() / max(1, hits.sum().item())


# %% the area clamped at the end
# iou: clamps the area of the intersection, not its two sides
# nms: goes through the boxes as they come, not from the best score down
#   or: gives the boxes kept in the order of their indices
# class_nms: lets one class suppress another
def iou(a, b):
    lt = torch.max(a[:, None, :2], b[:, :2])
    rb = torch.min(a[:, None, 2:], b[:, 2:])
    inter = ((rb - lt)[..., 0] * (rb - lt)[..., 1]).clamp(min=0)
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    union = area_a[:, None] + area_b - inter
    return torch.where(union > 0, inter / union, 0.0)


def nms(boxes, scores, threshold):
    keep = []
    overlap = iou(boxes, boxes)
    for i in range(len(boxes)):
        if all(overlap[i, j] <= threshold for j in keep):
            keep.append(i)
    return torch.tensor(keep, dtype=torch.int64)


def class_nms(boxes, scores, labels, threshold):
    return nms(boxes, scores, threshold)


# %% a small eps
# iou: adds a small eps to the union
# class_nms: gives one class after the other
# match_truths: matches the detections as they come, not from the best score down
def iou(a, b):
    lt = torch.max(a[:, None, :2], b[:, :2])
    rb = torch.min(a[:, None, 2:], b[:, 2:])
    wh = (rb - lt).clamp(min=0)
    inter = wh[..., 0] * wh[..., 1]
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    return inter / (area_a[:, None] + area_b - inter + 1e-6)


def nms(boxes, scores, threshold):
    order = scores.argsort(descending=True, stable=True).tolist()
    overlap = iou(boxes, boxes)
    keep = []
    for i in order:
        if all(overlap[i, j] <= threshold for j in keep):
            keep.append(i)
    return torch.tensor(keep, dtype=torch.int64)


def class_nms(boxes, scores, labels, threshold):
    kept = []
    for c in labels.unique():
        idx = torch.where(labels == c)[0]
        kept.append(idx[nms(boxes[idx], scores[idx], threshold)])
    if not kept:
        return torch.zeros(0, dtype=torch.int64)
    return torch.cat(kept)


def match_truths(boxes, scores, truths, threshold=0.5):
    overlap = iou(boxes, truths)
    used = [False] * len(truths)
    result = torch.zeros(len(boxes), dtype=torch.bool)
    for i in range(len(boxes)):
        best, best_j = 0.0, -1
        for j in range(len(truths)):
            if not used[j] and overlap[i, j] > best:
                best, best_j = overlap[i, j], j
        if best_j >= 0 and best >= threshold:
            used[best_j] = True
            result[i] = True
    return result


# %% xywh taken for corners
# iou: takes the boxes for xywh
# box_convert: takes the centre for a corner
# average_precision: takes the detections as they come, not from the best score down
def box_convert(boxes, in_fmt, out_fmt):
    if in_fmt not in ("xyxy", "xywh", "cxcywh") or out_fmt not in ("xyxy", "xywh", "cxcywh"):
        raise ValueError("format")
    x, y, z, t = boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3]
    if in_fmt != "xyxy":
        z, t = x + z, y + t
    if out_fmt == "xyxy":
        return torch.stack([x, y, z, t], dim=1)
    return torch.stack([x, y, z - x, t - y], dim=1)


def iou(a, b):
    a = torch.cat([a[:, :2], a[:, :2] + a[:, 2:]], 1)
    b = torch.cat([b[:, :2], b[:, :2] + b[:, 2:]], 1)
    wh = (torch.min(a[:, None, 2:], b[:, 2:]) - torch.max(a[:, None, :2], b[:, :2])).clamp(min=0)
    inter = wh.prod(2)
    area = (a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1)
    union = area - inter
    return inter / union.masked_fill(union == 0, 1)


def average_precision(scores, correct, n_truth):
    hits = correct.double()
    precision = hits.cumsum(0) / torch.arange(1, len(hits) + 1)
    envelope = precision.flip(0).cummax(0).values.flip(0)
    return ((envelope * hits).sum() / n_truth).item()


# %% in place, and strict
# box_convert: changes the caller's boxes in place
# match_truths: wants more than the threshold for a match
# nms: compares every box with the best one only
def box_convert(boxes, in_fmt, out_fmt):
    if in_fmt not in FORMATS or out_fmt not in FORMATS:
        raise ValueError("format must be one of " + str(FORMATS))
    if in_fmt == "xywh":
        boxes[:, 2:] += boxes[:, :2]
    if in_fmt == "cxcywh":
        boxes[:, :2] -= boxes[:, 2:] / 2
        boxes[:, 2:] += boxes[:, :2]
    if out_fmt == "xywh":
        boxes[:, 2:] -= boxes[:, :2]
    if out_fmt == "cxcywh":
        boxes[:, 2:] -= boxes[:, :2]
        boxes[:, :2] += boxes[:, 2:] / 2
    return boxes


def iou(a, b):
    wh = (torch.min(a[:, None, 2:], b[:, 2:]) - torch.max(a[:, None, :2], b[:, :2])).clamp(min=0)
    inter = wh.prod(2)
    union = (a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1) - inter
    return inter / union.masked_fill(union == 0, 1)


def nms(boxes, scores, threshold):
    order = scores.argsort(descending=True, stable=True)
    if len(order) == 0:
        return order
    best = order[0]
    overlap = iou(boxes[best][None], boxes)[0]
    return torch.tensor([i for i in order.tolist() if i == best or overlap[i] <= threshold])


def match_truths(boxes, scores, truths, threshold=0.5):
    overlap = iou(boxes, truths)
    result = torch.zeros(len(boxes), dtype=torch.bool)
    free = torch.ones(len(truths), dtype=torch.bool)
    for i in scores.argsort(descending=True):
        if not free.any():
            break
        row = torch.where(free, overlap[i], -1.0)
        j = row.argmax()
        if row[j] > threshold:
            result[i] = True
            free[j] = False
    return result


# %% the favourite truth only
# match_truths: gives up when the truth it likes best is taken
# iou: divides by the smaller of the two areas
# class_nms: moves the classes 100 apart, however large the boxes are
def iou(a, b):
    wh = (torch.min(a[:, None, 2:], b[:, 2:]) - torch.max(a[:, None, :2], b[:, :2])).clamp(min=0)
    inter = wh[:, :, 0] * wh[:, :, 1]
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    smaller = torch.min(area_a[:, None], area_b)
    return inter / smaller.masked_fill(smaller == 0, 1)


def nms(boxes, scores, threshold):
    overlap = iou(boxes, boxes)
    keep = []
    for i in torch.sort(scores, descending=True, stable=True).indices.tolist():
        if all(overlap[i, k] <= threshold for k in keep):
            keep.append(i)
    return torch.tensor(keep, dtype=torch.long)


def class_nms(boxes, scores, labels, threshold):
    return nms(boxes + 100 * labels[:, None], scores, threshold)


def match_truths(boxes, scores, truths, threshold=0.5):
    correct = torch.zeros(len(boxes), dtype=torch.bool)
    if len(truths) == 0:
        return correct
    overlap = iou(boxes, truths)
    taken = set()
    for i in scores.argsort(descending=True).tolist():
        j = overlap[i].argmax().item()
        if overlap[i, j] >= threshold and j not in taken:
            taken.add(j)
            correct[i] = True
    return correct


# %% row with row
# iou: compares box i with box i only
def iou(a, b):
    x1 = torch.max(a[:, 0], b[:, 0])
    y1 = torch.max(a[:, 1], b[:, 1])
    x2 = torch.min(a[:, 2], b[:, 2])
    y2 = torch.min(a[:, 3], b[:, 3])
    inter = (x2 - x1).clamp(min=0) * (y2 - y1).clamp(min=0)
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    return inter / (area_a + area_b - inter)


# %% the threshold the other way round
# nms: keeps what overlaps more than the threshold
# box_convert: takes any unknown format for xyxy
# class_nms: moves the classes apart by their labels alone
def box_convert(boxes, in_fmt, out_fmt):
    if in_fmt == "xywh":
        xyxy = torch.cat([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], 1)
    elif in_fmt == "cxcywh":
        xyxy = torch.cat([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], 1)
    else:
        xyxy = boxes.clone()
    if out_fmt == "xywh":
        return torch.cat([xyxy[:, :2], xyxy[:, 2:] - xyxy[:, :2]], 1)
    if out_fmt == "cxcywh":
        return torch.cat([(xyxy[:, :2] + xyxy[:, 2:]) / 2, xyxy[:, 2:] - xyxy[:, :2]], 1)
    return xyxy


def iou(a, b):
    wh = (torch.min(a[:, None, 2:], b[:, 2:]) - torch.max(a[:, None, :2], b[:, :2])).clamp(min=0)
    inter = wh.prod(2)
    union = (a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1) - inter
    return inter / union.masked_fill(union == 0, 1)


def nms(boxes, scores, threshold):
    overlap = iou(boxes, boxes)
    keep = []
    for i in scores.argsort(descending=True, stable=True).tolist():
        if all(overlap[i, k] > threshold for k in keep):
            keep.append(i)
    return torch.tensor(keep, dtype=torch.int64)


def class_nms(boxes, scores, labels, threshold):
    overlap = iou(boxes + labels[:, None], boxes + labels[:, None])
    keep = []
    for i in scores.argsort(descending=True).tolist():
        if all(overlap[i, k] <= threshold for k in keep):
            keep.append(i)
    return torch.tensor(keep, dtype=torch.int64)


# %% corners and centres, no clamp
# iou: multiplies negative sides
# iou: divides 0 by 0 where neither box has an area
# box_convert: takes the corner of an xywh box for its centre
# box_convert: takes any unknown format for xyxy
# nms: drops a box whose IoU equals the threshold
#   or: leaves the order of equal scores to chance
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


def iou(a, b):
    lt = torch.max(a[:, None, :2], b[None, :, :2])
    rb = torch.min(a[:, None, 2:], b[None, :, 2:])
    wh = rb - lt
    inter = wh[..., 0] * wh[..., 1]
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    return inter / (area_a[:, None] + area_b - inter)


def nms(boxes, scores, threshold):
    order = scores.argsort(descending=True)
    keep = []
    while len(order):
        i = order[0]
        keep.append(int(i))
        rest = order[1:]
        order = rest[iou(boxes[i : i + 1], boxes[rest])[0] < threshold]
    return torch.tensor(keep)


# %% in place and pairwise
# box_convert: changes the caller's boxes in place
# iou: compares box i with box i only
# average_precision: leaves out the envelope
# average_precision: takes the detections as they come, not from the best score down
def box_convert(boxes, in_fmt, out_fmt):
    if in_fmt not in FORMATS or out_fmt not in FORMATS:
        raise ValueError("unknown format")
    if in_fmt == "xywh":
        boxes[:, 2:] += boxes[:, :2]
    elif in_fmt == "cxcywh":
        boxes[:, :2] -= boxes[:, 2:] / 2
        boxes[:, 2:] += boxes[:, :2]
    if out_fmt == "xywh":
        boxes[:, 2:] -= boxes[:, :2]
    elif out_fmt == "cxcywh":
        boxes[:, 2:] -= boxes[:, :2]
        boxes[:, :2] += boxes[:, 2:] / 2
    return boxes


def iou(a, b):
    w = (torch.minimum(a[:, 2], b[:, 2]) - torch.maximum(a[:, 0], b[:, 0])).clamp(min=0)
    h = (torch.minimum(a[:, 3], b[:, 3]) - torch.maximum(a[:, 1], b[:, 1])).clamp(min=0)
    inter = w * h
    union = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1]) + (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1]) - inter
    return torch.where(union > 0, inter / union, torch.zeros_like(inter))


def average_precision(scores, correct, n_truth):
    tp = correct.float().cumsum(0)
    precision = tp / torch.arange(1, len(correct) + 1)
    return (precision * correct).sum().item() / n_truth


# %% suppression by every box
# nms: lets boxes that are suppressed suppress others
# class_nms: lets one class suppress another
# match_truths: lets a truth be found twice
# match_truths: answers in the order of the scores, not in that of the boxes
def iou(a, b):
    x1 = torch.max(a[:, 0].unsqueeze(1), b[:, 0])
    y1 = torch.max(a[:, 1].unsqueeze(1), b[:, 1])
    x2 = torch.min(a[:, 2].unsqueeze(1), b[:, 2])
    y2 = torch.min(a[:, 3].unsqueeze(1), b[:, 3])
    inter = (x2 - x1).clamp(min=0) * (y2 - y1).clamp(min=0)
    A = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    B = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    union = A[:, None] + B[None] - inter
    return inter / union.clamp(min=1e-12)


def nms(boxes, scores, threshold):
    order = torch.argsort(scores, descending=True)
    b = boxes[order]
    m = iou(b, b)
    keep = []
    for i in range(len(b)):
        if not (m[i, :i] > threshold).any():
            keep.append(order[i].item())
    return torch.tensor(keep, dtype=torch.int64)


def class_nms(boxes, scores, labels, threshold):
    return nms(boxes, scores, threshold)


def match_truths(boxes, scores, truths, threshold=0.5):
    order = scores.argsort(descending=True)
    m = iou(boxes[order], truths)
    best = m.max(dim=1).values
    return best >= threshold


# %% class after class
# class_nms: gives one class after the other
# average_precision: forgets the truths that were never found
# average_precision: says "which has 0 places"
# match_truths: takes the first truth that overlaps enough, not the best one
def iou(a, b):
    lt = torch.maximum(a[:, None, :2], b[:, :2])
    rb = torch.minimum(a[:, None, 2:], b[:, 2:])
    inter = (rb - lt).clamp(min=0).prod(-1)
    area = lambda t: (t[:, 2:] - t[:, :2]).prod(-1)
    union = area(a)[:, None] + area(b) - inter
    return torch.where(union > 0, inter / torch.where(union > 0, union, 1.0), 0.0).to(a.dtype)


def nms(boxes, scores, threshold):
    order = scores.sort(descending=True, stable=True).indices
    keep = []
    for i in order.tolist():
        if all(iou(boxes[i][None], boxes[j][None]).item() <= threshold for j in keep):
            keep.append(i)
    return torch.tensor(keep, dtype=torch.long)


def class_nms(boxes, scores, labels, threshold):
    keep = []
    for c in labels.unique():
        idx = (labels == c).nonzero().squeeze(1)
        keep.append(idx[nms(boxes[idx], scores[idx], threshold)])
    return torch.cat(keep)


def match_truths(boxes, scores, truths, threshold=0.5):
    m = iou(boxes, truths)
    free = [True] * len(truths)
    out = torch.zeros(len(boxes), dtype=torch.bool)
    for i in scores.argsort(descending=True):
        for j in range(len(truths)):
            if free[j] and m[i, j] >= threshold:
                free[j] = False
                out[i] = True
                break
    return out


def average_precision(scores, correct, n_truth):
    c = correct[scores.argsort(descending=True)].double()
    tp = c.cumsum(0)
    precision = tp / torch.arange(1, len(c) + 1)
    recall = tp / tp[-1]
    env = precision.flip(0).cummax(0).values.flip(0)
    steps = torch.diff(recall, prepend=torch.zeros(1))
    return (env * steps).sum()


# %% the union twice, all boxes compared, the wrong count
# iou: counts the intersection twice in the union
# iou: divides 0 by 0 where neither box has an area
# nms: lets boxes that are suppressed suppress others
# class_nms: lets one class suppress another
# average_precision: forgets the truths that were never found
def iou(a, b):
    lt = torch.max(a[:, None, :2], b[None, :, :2])
    rb = torch.min(a[:, None, 2:], b[None, :, 2:])
    wh = (rb - lt).clamp(min=0)
    inter = wh.prod(-1)
    area = lambda z: (z[:, 2] - z[:, 0]) * (z[:, 3] - z[:, 1])
    return inter / (area(a)[:, None] + area(b)[None, :])


def nms(boxes, scores, threshold):
    order = scores.argsort(descending=True)
    M = iou(boxes, boxes)
    keep = []
    for n, i in enumerate(order):
        if all(M[i, j] <= threshold for j in order[:n]):
            keep.append(i.item())
    return torch.tensor(keep, dtype=torch.int64)


def class_nms(boxes, scores, labels, threshold):
    return nms(boxes, scores, threshold)


def average_precision(scores, correct, n_truth):
    c = correct[scores.argsort(descending=True)].float()
    tp = c.cumsum(0)
    precision = tp / (torch.arange(len(c)) + 1)
    for k in range(len(c) - 2, -1, -1):
        precision[k] = max(precision[k], precision[k + 1])
    return (precision * c).sum().item() / correct.sum().item()


# %% whole widths, unsorted precision
# box_convert: goes a whole width away from the centre
#   or: takes any unknown format for xyxy
# iou: multiplies negative sides
#   or: divides 0 by 0 where neither box has an area
# nms: begins with the worst score
# average_precision: takes the detections as they come, not from the best score down
#   or: leaves out the envelope
def box_convert(boxes, in_fmt, out_fmt):
    a, b, c, d = boxes.unbind(1)
    if in_fmt == "xywh":
        a, b, c, d = a, b, a + c, b + d
    elif in_fmt == "cxcywh":
        a, b, c, d = a - c, b - d, a + c, b + d
    if out_fmt == "xywh":
        return torch.stack([a, b, c - a, d - b], 1)
    elif out_fmt == "cxcywh":
        return torch.stack([(a + c) / 2, (b + d) / 2, c - a, d - b], 1)
    return torch.stack([a, b, c, d], 1)

def iou(a, b):
    x1 = torch.max(a[:, None, 0], b[None, :, 0])
    y1 = torch.max(a[:, None, 1], b[None, :, 1])
    x2 = torch.min(a[:, None, 2], b[None, :, 2])
    y2 = torch.min(a[:, None, 3], b[None, :, 3])
    inter = (x2 - x1) * (y2 - y1)
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    return inter / (area_a[:, None] + area_b - inter)

def nms(boxes, scores, threshold):
    order = scores.argsort()
    keep = []
    while len(order) > 0:
        i = order[0]
        keep.append(i)
        rest = order[1:]
        overlap = iou(boxes[i].unsqueeze(0), boxes[rest])[0]
        order = rest[overlap <= threshold]
    return torch.tensor(keep)

def average_precision(scores, correct, n_truth):
    tp = correct.cumsum(0)
    precision = tp / torch.arange(1, len(correct) + 1)
    return (precision * correct).sum() / n_truth
