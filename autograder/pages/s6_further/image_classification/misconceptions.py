"""Wrong ways to count, mix and schedule, as students write them."""

import math

import torch

from autograder.checking import misconception

# -- top-k accuracy -----------------------------------------------------------------------------------


@misconception(
    "takes the k largest along dim 0, over the examples instead of over the classes",
    hint="Each row is one example. topk(k, dim=0) finds the k examples that a class likes best; which dim holds the classes?",
    dies_by="test_topk_by_hand",
)
def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError("k must be 1 or more")
    top = logits.topk(min(k, logits.shape[1]), dim=0).indices
    hits = (top == labels[:, None]).any(1)
    return hits.sum().item() / max(len(labels), 1)


@misconception(
    "lets one place too many count",
    hint="The best class has no logit above it: 0, not 1. Up to which number of larger logits is a label among the k best?",
    dies_by="test_topk_by_hand",
)
def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError("k must be 1 or more")
    own = logits.gather(1, labels[:, None])
    place = (logits > own).sum(1)
    return (place <= k).sum().item() / max(len(labels), 1)


@misconception(
    "returns how many rows are right, not the fraction",
    hint="An accuracy lies between 0 and 1. Divide by the number of rows.",
    dies_by="test_topk_by_hand",
)
def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError("k must be 1 or more")
    top = logits.topk(min(k, logits.shape[1]), dim=1).indices
    return (top == labels[:, None]).any(1).sum().item()


@misconception(
    "averages over all N times k guesses",
    hint="Of the k guesses of a row at most one can be right, so this mean never exceeds 1/k. First ask each row whether any of its "
    "guesses is right.",
    dies_by="test_topk_by_hand",
)
def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError("k must be 1 or more")
    top = logits.topk(min(k, logits.shape[1]), dim=1).indices
    return (top == labels[:, None]).sum().item() / max(top.numel(), 1)


@misconception(
    "takes the k smallest logits, because argsort ascends",
    hint="argsort puts the smallest first unless told `descending=True`.",
    dies_by="test_topk_by_hand",
)
def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError("k must be 1 or more")
    top = logits.argsort(dim=1)[:, :k]
    return (top == labels[:, None]).any(1).sum().item() / max(len(labels), 1)


@misconception(
    "asks for more classes than there are",
    hint="topk(5) of three classes is an error. How many can there be at most?",
    dies_by="test_topk_at_the_edges",
)
def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError("k must be 1 or more")
    top = logits.topk(k, dim=1).indices
    return (top == labels[:, None]).any(1).sum().item() / max(len(labels), 1)


@misconception(
    "gives NaN for an empty batch",
    hint="The mean of nothing is 0/0. The docstring says what no examples are worth.",
    dies_by="test_topk_at_the_edges",
)
def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError("k must be 1 or more")
    top = logits.topk(min(k, logits.shape[1]), dim=1).indices
    return (top == labels[:, None]).any(1).double().mean().item()


# -- mixup --------------------------------------------------------------------------------------------


@misconception(
    "mixes the images and leaves the labels as they were",
    hint="A picture that is a quarter cat should have a label that is a quarter cat. The labels want the same formula.",
    dies_by="test_mixup_by_hand",
)
def mixup(x, y, lam, permutation=None, num_classes=None):
    permutation = torch.randperm(len(x)) if permutation is None else permutation
    if y.dim() == 1:
        if num_classes is None:
            raise ValueError("num_classes is wanted")
        y = torch.nn.functional.one_hot(y, num_classes)
    lam = torch.as_tensor(lam, dtype=x.dtype)
    weight = lam.reshape(-1, *[1] * (x.dim() - 1))
    return weight * x + (1 - weight) * x[permutation], y.to(x.dtype)


@misconception(
    "exchanges lam and 1 - lam",
    hint="With lam = 1 every example should stay what it is. What does your formula give there?",
    dies_by="test_mixup_by_hand",
)
def mixup(x, y, lam, permutation=None, num_classes=None):
    permutation = torch.randperm(len(x)) if permutation is None else permutation
    if y.dim() == 1:
        if num_classes is None:
            raise ValueError("num_classes is wanted")
        y = torch.nn.functional.one_hot(y, num_classes)
    lam, y = torch.as_tensor(lam, dtype=x.dtype), y.to(x.dtype)
    weight = lam.reshape(-1, *[1] * (x.dim() - 1))
    images = (1 - weight) * x + weight * x[permutation]
    return images, (1 - lam.reshape(-1, 1)) * y + lam.reshape(-1, 1) * y[permutation]


@misconception(
    "mixes the class numbers themselves",
    hint="Halfway between class 2 and class 8 is not class 5. Make each number a row with a single 1 first, and mix the rows.",
    dies_by="test_mixup_by_hand",
)
def mixup(x, y, lam, permutation=None, num_classes=None):
    permutation = torch.randperm(len(x)) if permutation is None else permutation
    if y.dim() == 1 and num_classes is None:
        raise ValueError("num_classes is wanted")
    lam = torch.as_tensor(lam, dtype=x.dtype)

    def mix(values):
        weight = lam.reshape(-1, *[1] * (values.dim() - 1))
        return weight * values + (1 - weight) * values[permutation]

    return mix(x), mix(y.to(x.dtype))


@misconception(
    "counts the classes in the batch instead of taking num_classes",
    hint="A batch need not show the last class, and then the labels get a column too few. one_hot takes the number of classes.",
    dies_by="test_mixup_of_images",
)
def mixup(x, y, lam, permutation=None, num_classes=None):
    permutation = torch.randperm(len(x)) if permutation is None else permutation
    if y.dim() == 1:
        if num_classes is None:
            raise ValueError("num_classes is wanted")
        y = torch.nn.functional.one_hot(y)
    lam, y = torch.as_tensor(lam, dtype=x.dtype), y.to(x.dtype)

    def mix(values):
        weight = lam.reshape(-1, *[1] * (values.dim() - 1))
        return weight * values + (1 - weight) * values[permutation]

    return mix(x), mix(y)


@misconception(
    "takes the batch in reversed order, whatever permutation is given",
    hint="The partner of example i is example permutation[i]. Where does your code use `permutation`?",
    dies_by="test_mixup_of_images",
)
def mixup(x, y, lam, permutation=None, num_classes=None):
    if y.dim() == 1:
        if num_classes is None:
            raise ValueError("num_classes is wanted")
        y = torch.nn.functional.one_hot(y, num_classes)
    lam, y = torch.as_tensor(lam, dtype=x.dtype), y.to(x.dtype)

    def mix(values):
        weight = lam.reshape(-1, *[1] * (values.dim() - 1))
        return weight * values + (1 - weight) * values.flip(0)

    return mix(x), mix(y)


@misconception(
    "mixes in place, changing the caller's images",
    hint="`x.mul_(...)` writes into the tensor you were given; in the next epoch that batch is no longer what it was.",
    dies_by="test_mixup_of_images",
)
def mixup(x, y, lam, permutation=None, num_classes=None):
    permutation = torch.randperm(len(x)) if permutation is None else permutation
    if y.dim() == 1:
        if num_classes is None:
            raise ValueError("num_classes is wanted")
        y = torch.nn.functional.one_hot(y, num_classes)
    lam, y = torch.as_tensor(lam, dtype=x.dtype), y.to(x.dtype)
    weight = lam.reshape(-1, *[1] * (x.dim() - 1))
    partners = (1 - weight) * x[permutation]
    images = x.mul_(weight).add_(partners)
    return images, lam.reshape(-1, 1) * y + (1 - lam.reshape(-1, 1)) * y[permutation]


@misconception(
    "lets a lam for each example meet the columns",
    hint="Broadcasting lines dimensions up from the end, so lam of shape (N,) meets the last one. Which shape meets the first?",
    dies_by="test_mixup_lam_for_each",
)
def mixup(x, y, lam, permutation=None, num_classes=None):
    permutation = torch.randperm(len(x)) if permutation is None else permutation
    if y.dim() == 1:
        if num_classes is None:
            raise ValueError("num_classes is wanted")
        y = torch.nn.functional.one_hot(y, num_classes)
    lam, y = torch.as_tensor(lam, dtype=x.dtype), y.to(x.dtype)
    return lam * x + (1 - lam) * x[permutation], lam * y + (1 - lam) * y[permutation]


@misconception(
    "weighs each image with its own lam, but all labels with the mean of them",
    hint="An example whose image was kept whole should keep its label whole. The labels want lam as a column, (N, 1).",
    dies_by="test_mixup_lam_for_each",
)
def mixup(x, y, lam, permutation=None, num_classes=None):
    permutation = torch.randperm(len(x)) if permutation is None else permutation
    if y.dim() == 1:
        if num_classes is None:
            raise ValueError("num_classes is wanted")
        y = torch.nn.functional.one_hot(y, num_classes)
    lam, y = torch.as_tensor(lam, dtype=x.dtype), y.to(x.dtype)
    weight = lam.reshape(-1, *[1] * (x.dim() - 1))
    images = weight * x + (1 - weight) * x[permutation]
    return images, lam.mean() * y + (1 - lam.mean()) * y[permutation]


@misconception(
    "takes the largest entry of probabilities for a class number",
    hint="Probabilities that come in are labels already. Rounded to one class first, what they say about the others is lost.",
    dies_by="test_mixup_of_labels",
)
def mixup(x, y, lam, permutation=None, num_classes=None):
    permutation = torch.randperm(len(x)) if permutation is None else permutation
    if y.dim() == 2:
        y, num_classes = y.argmax(1), y.shape[1]
    if num_classes is None:
        raise ValueError("num_classes is wanted")
    y = torch.nn.functional.one_hot(y, num_classes).to(x.dtype)
    lam = torch.as_tensor(lam, dtype=x.dtype)

    def mix(values):
        weight = lam.reshape(-1, *[1] * (values.dim() - 1))
        return weight * values + (1 - weight) * values[permutation]

    return mix(x), mix(y)


@misconception(
    "draws one permutation for the images and another for the labels",
    hint="Every call of randperm gives another order, so half a dog may get half the label of a ship. Draw once, use it twice.",
    dies_by="test_mixup_draws_partners",
)
def mixup(x, y, lam, permutation=None, num_classes=None):
    if y.dim() == 1:
        if num_classes is None:
            raise ValueError("num_classes is wanted")
        y = torch.nn.functional.one_hot(y, num_classes)
    lam, y = torch.as_tensor(lam, dtype=x.dtype), y.to(x.dtype)

    def mix(values):
        order = torch.randperm(len(values)) if permutation is None else permutation
        weight = lam.reshape(-1, *[1] * (values.dim() - 1))
        return weight * values + (1 - weight) * values[order]

    return mix(x), mix(y)


# -- the learning rate --------------------------------------------------------------------------------


@misconception(
    "runs through a whole period of the cosine, down and up again",
    hint="The cosine falls from 1 to -1 while its angle grows from 0 to pi; at 2 pi it is back at 1.",
    dies_by="test_cosine_by_hand",
)
def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if not 0 <= warmup < total:
        raise ValueError("no room for the warm-up")
    if step < warmup:
        return lr * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return lr_min + (lr - lr_min) * (1 + math.cos(2 * math.pi * progress)) / 2


@misconception(
    "gives the cosine degrees",
    hint="math.cos wants radians: half a turn is pi, not 180.",
    dies_by="test_cosine_by_hand",
)
def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if not 0 <= warmup < total:
        raise ValueError("no room for the warm-up")
    if step < warmup:
        return lr * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return lr_min + (lr - lr_min) * (1 + math.cos(180 * progress)) / 2


@misconception(
    "takes the quarter of a cosine that falls from 1 to 0",
    hint="That curve is steepest at the end, where the rate should come to rest. (1 + cos) / 2 over an angle of pi is flat at both ends.",
    dies_by="test_cosine_by_hand",
)
def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if not 0 <= warmup < total:
        raise ValueError("no room for the warm-up")
    if step < warmup:
        return lr * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return lr_min + (lr - lr_min) * math.cos(math.pi / 2 * progress)


@misconception(
    "divides by zero where there is no warm-up",
    hint="With warmup = 0, step 0 is no longer a step of warm-up: `<`, not `<=`.",
    dies_by="test_cosine_by_hand",
)
def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if not 0 <= warmup < total:
        raise ValueError("no room for the warm-up")
    if step <= warmup:
        return lr * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * progress)) / 2


@misconception(
    "falls to 0 and ignores lr_min",
    hint="At the last step the rate should be lr_min. What do you get for lr_min = 0.05?",
    dies_by="test_cosine_like_pytorch",
)
def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if not 0 <= warmup < total:
        raise ValueError("no room for the warm-up")
    if step < warmup:
        return lr * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return lr * (1 + math.cos(math.pi * progress)) / 2


@misconception(
    "lets the cosine fall towards 0 and puts lr_min in only at the end",
    hint="max(lr_min, ...) cuts the curve off with a corner. The whole curve should be squeezed into the span from lr_min to lr.",
    dies_by="test_cosine_like_pytorch",
)
def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if not 0 <= warmup < total:
        raise ValueError("no room for the warm-up")
    if step < warmup:
        return lr * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return max(lr_min, lr * (1 + math.cos(math.pi * progress)) / 2)


@misconception(
    "warms up one step too early",
    hint="The docstring counts from a rate of 0 at step 0. Which step has lr / warmup then?",
    dies_by="test_warmup",
)
def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if not 0 <= warmup < total:
        raise ValueError("no room for the warm-up")
    if step < warmup:
        return lr * (step + 1) / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * progress)) / 2


@misconception(
    "starts the cosine at step 0, behind the warm-up",
    hint="At step `warmup` the cosine should stand at its beginning. Count its steps from there, and divide by as many as are left.",
    dies_by="test_warmup",
)
def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if not 0 <= warmup < total:
        raise ValueError("no room for the warm-up")
    if step < warmup:
        return lr * step / warmup
    progress = min(step / total, 1.0)
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * progress)) / 2


@misconception(
    "climbs again after the last step",
    hint="Beyond an angle of pi the cosine rises. A run that is a little longer than planned should stay at lr_min.",
    dies_by="test_after_the_end",
)
def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if not 0 <= warmup < total:
        raise ValueError("no room for the warm-up")
    if step < warmup:
        return lr * step / warmup
    progress = (step - warmup) / (total - warmup)
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * progress)) / 2


# -- as beginners write them -------------------------------------------------------------------------


@misconception(
    "looks at the largest logit only, whatever `k` says",
    hint="argmax is one guess. With k guesses a row is right if any of them is the label: topk.",
    dies_by="test_topk_by_hand",
)
def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError("k")
    return float((logits.argmax(1) == labels).double().mean()) if len(labels) else 0.0


@misconception("looks at the largest logit only, whatever `k` says")
def topk_accuracy(logits, labels, k=1):
    return (logits.argmax(1) == labels).float().mean().item()


@misconception("averages over all N times k guesses")
def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError("k")
    return (logits.topk(min(k, logits.shape[1]), 1).indices == labels[:, None]).float().mean().item()


@misconception("takes the k largest along dim 0, over the examples instead of over the classes")
def topk_accuracy(logits, labels, k=1):
    return (logits.topk(k, dim=0).indices == labels).any(dim=0).float().mean().item()


@misconception("takes the k smallest logits, because argsort ascends")
def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError("k")
    return (logits.argsort(dim=1)[:, :k] == labels[:, None]).any(1).double().mean().item()


@misconception(
    "makes float32 labels whatever the images are",
    hint="float() is float32 for everybody. The labels have the dtype of the images: .to(x.dtype).",
    dies_by="test_mixup_by_hand",
)
def mixup(x, y, lam, permutation=None, num_classes=None):
    if y.dim() == 1:
        if num_classes is None:
            raise ValueError("num_classes")
        y = torch.nn.functional.one_hot(y, num_classes)
    y = y.to(x.dtype)
    if permutation is None:
        permutation = torch.randperm(len(x))
    lam = torch.as_tensor(lam, dtype=x.dtype)
    if lam.dim():
        images, labels = lam.reshape(-1, *[1] * (x.dim() - 1)), lam[:, None]
    else:
        images = labels = lam
    mixed = images * x + (1 - images) * x[permutation]
    return mixed, (labels * y + (1 - labels) * y[permutation]).float()


@misconception(
    "falls on a straight line instead of half a cosine",
    hint="Halfway both are equal; at a quarter the cosine is still higher. Where is the cosine in your formula?",
    dies_by="test_cosine_by_hand",
)
def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if not 0 <= warmup < total:
        raise ValueError("no room for the warm-up")
    if step < warmup:
        return lr * step / warmup
    return lr_min + (lr - lr_min) * (1 - min((step - warmup) / (total - warmup), 1.0))


@misconception("falls on a straight line instead of half a cosine")
def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if not 0 <= warmup <= total:
        raise ValueError("no room for the warm-up")
    if step < warmup:
        return lr * step / warmup
    return lr_min + (lr - lr_min) * (1 - (step - warmup) / (total - warmup))


@misconception(
    "comes to rest at 0 instead of lr_min",
    hint="After the last step the rate stays where the cosine has led it: at lr_min.",
    dies_by="test_cosine_like_pytorch",
)
def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if not 0 <= warmup < total:
        raise ValueError("no room for the warm-up")
    if step < warmup:
        return lr * step / warmup
    if step >= total:
        return 0.0
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


@misconception(
    "begins the warm-up at lr / warmup instead of 0",
    hint="Step 0 has rate 0: lr * step / warmup.",
    dies_by="test_warmup",
)
def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if warmup >= total:
        raise ValueError("no room for the warm-up")
    if step < warmup:
        return lr * (step + 1) / warmup
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * min(step, total) / total)) / 2


@misconception(
    "warms up from lr_min instead of from 0",
    hint="Step 0 has rate 0, whatever lr_min is, says the docstring.",
    dies_by="test_warmup",
)
def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if not 0 <= warmup < total:
        raise ValueError("no room for the warm-up")
    if step < warmup:
        return lr_min + (lr - lr_min) * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * progress)) / 2


@misconception(
    "counts wrongly past 32767",
    hint="An int16 ends at 32767. How many rows can be right?",
    dies_by="test_topk_at_the_edges",
)
def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError(k)
    top = logits.topk(min(k, logits.shape[1]), dim=1).indices
    return (top == labels[:, None]).any(1).sum(dtype=torch.int16).item() / max(len(labels), 1)


@misconception(
    "takes classes that lie 256 apart for one",
    hint="A uint8 ends at 255, and 259 becomes 3. Class numbers are int64.",
    dies_by="test_topk_at_the_edges",
)
def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError(k)
    top = logits.topk(min(k, logits.shape[1]), dim=1).indices.byte()
    return (top == labels.byte()[:, None]).any(1).sum().item() / max(len(labels), 1)
