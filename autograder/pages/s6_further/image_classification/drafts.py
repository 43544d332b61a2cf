"""First drafts of this page, as beginners hand them in."""

# %% best rows of each class
# topk_accuracy: takes the k largest along dim 0, over the examples instead of over the classes
# cosine_lr: climbs again after the last step
def topk_accuracy(logits, labels, k=1):
    top = logits.topk(k, dim=0).indices
    return (top == labels).any(dim=0).float().mean().item()


def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if step < warmup:
        return lr * step / warmup
    return lr_min + (lr - lr_min) / 2 * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))


# %% too many guesses
# topk_accuracy: asks for more classes than there are
# mixup: mixes the class numbers themselves
# mixup: lets a lam for each example meet the columns
#   or: says "The size of tensor a (3) must match the size of tensor b (4)"
def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError("k")
    _, idx = torch.topk(logits, k, dim=1)
    right = 0
    for i in range(len(labels)):
        if labels[i] in idx[i]:
            right += 1
    return right / len(labels)


def mixup(x, y, lam, permutation=None, num_classes=None):
    if permutation is None:
        permutation = torch.randperm(len(x))
    x_mix = lam * x + (1 - lam) * x[permutation]
    y_mix = lam * y + (1 - lam) * y[permutation]
    return x_mix, y_mix


# %% the partner for itself
# mixup: draws one permutation for the images and another for the labels
#   or: says "images and labels were mixed with different partners"
# mixup: lets a lam for each example meet the columns
#   or: says "The size of tensor a (3) must match the size of tensor b (4)"
# cosine_lr: starts the cosine at step 0, behind the warm-up
# cosine_lr: begins the warm-up at lr / warmup instead of 0
def mixup(x, y, lam, permutation=None, num_classes=None):
    if y.dim() == 1:
        if num_classes is None:
            raise ValueError("num_classes is needed")
        y = torch.nn.functional.one_hot(y, num_classes).to(x.dtype)
    perm_x = torch.randperm(len(x)) if permutation is None else permutation
    perm_y = torch.randperm(len(x)) if permutation is None else permutation
    return lam * x + (1 - lam) * x[perm_x], lam * y + (1 - lam) * y[perm_y]


def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if warmup >= total:
        raise ValueError("warmup")
    if step < warmup:
        return lr * (step + 1) / warmup
    t = min(step, total)
    return lr_min + 0.5 * (lr - lr_min) * (1 + math.cos(math.pi * t / total))


# %% counts, not a share
# topk_accuracy: returns how many rows are right, not the fraction
# cosine_lr: warms up one step too early
#   or: warms up from lr_min instead of from 0
def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError("k must be at least 1")
    k = min(k, logits.shape[1])
    top = logits.topk(k, dim=1).indices
    return (top == labels[:, None]).sum().item()


def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if warmup < 0 or warmup >= total:
        raise ValueError("warmup")
    if step < warmup:
        return lr_min + (lr - lr_min) * step / warmup
    if step > total:
        return lr_min
    progress = (step - warmup) / (total - warmup)
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * progress)) / 2


# %% lambda exchanged
# topk_accuracy: averages over all N times k guesses
# mixup: exchanges lam and 1 - lam
# mixup: lets a lam for each example meet the columns
#   or: says "The size of tensor a (3) must match the size of tensor b (4)"
def mixup(x, y, lam, permutation=None, num_classes=None):
    if permutation is None:
        permutation = torch.randperm(x.shape[0])
    if y.dim() == 1:
        if num_classes is None:
            raise ValueError("how many classes?")
        y = torch.eye(num_classes)[y]
    return (1 - lam) * x + lam * x[permutation], (1 - lam) * y + lam * y[permutation]


def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError("k")
    k = min(k, logits.size(1))
    top = logits.topk(k, dim=1).indices
    return (top == labels[:, None]).float().mean().item()


# %% the smallest, degrees
# topk_accuracy: takes the k smallest logits, because argsort ascends
# topk_accuracy: gives NaN for an empty batch
#   or: says "nan is not 0"
# cosine_lr: takes the quarter of a cosine that falls from 1 to 0
def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError("k < 1")
    order = torch.argsort(logits, dim=1)[:, :k]
    return (order == labels.unsqueeze(1)).any(1).double().mean().item()


def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if not 0 <= warmup < total:
        raise ValueError("warmup")
    if step < warmup:
        return lr * step / warmup
    p = min(1, (step - warmup) / (total - warmup))
    return lr_min + (lr - lr_min) * math.cos(math.pi / 2 * p)


# %% labels of the loudest
# mixup: counts the classes in the batch instead of taking num_classes
#   or: says "nothing was raised where ValueError was expected"
# mixup: makes float32 labels whatever the images are
# mixup: lets a lam for each example meet the columns
# cosine_lr: comes to rest at 0 instead of lr_min
def mixup(x, y, lam, permutation=None, num_classes=None):
    if y.ndim == 1:
        if num_classes is None:
            num_classes = int(y.max()) + 1
        y = torch.nn.functional.one_hot(y, num_classes).float()
    if permutation is None:
        permutation = torch.randperm(len(y))
    if isinstance(lam, torch.Tensor):
        lam = lam[:, None]
    return lam * x + (1 - lam) * x[permutation], lam * y + (1 - lam) * y[permutation]


def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if warmup < 0 or warmup >= total:
        raise ValueError
    if step <= warmup and warmup > 0:
        return lr * step / warmup
    if step >= total:
        return 0.0
    return lr_min + (lr - lr_min) / 2 * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))


# %% in place
# mixup: mixes in place, changing the caller's images
# mixup: makes float32 labels whatever the images are
# topk_accuracy: lets one place too many count
# topk_accuracy: gives NaN for an empty batch
#   or: says "nan is not 0"
def mixup(x, y, lam, permutation=None, num_classes=None):
    if y.dtype == torch.int64:
        if num_classes is None:
            raise ValueError("num_classes")
        y = torch.nn.functional.one_hot(y, num_classes)
    perm = torch.randperm(len(x)) if permutation is None else permutation
    for i in range(len(x)):
        x[i] = lam * x[i] + (1 - lam) * x[perm[i]]
    y = lam * y + (1 - lam) * y[perm]
    return x, y


def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError("k must be 1 or more")
    z = logits.gather(1, labels[:, None])
    rank = (logits > z).sum(1)
    return (rank <= k).double().mean().item()


# %% only plain accuracy
# topk_accuracy: looks at the largest logit only, whatever `k` says
# cosine_lr: falls on a straight line instead of half a cosine
def topk_accuracy(logits, labels, k=1):
    return (logits.argmax(dim=1) == labels).float().mean().item()


def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if warmup > total or warmup < 0:
        raise ValueError("warmup")
    if step < warmup:
        return lr * step / warmup
    progress = (step - warmup) / (total - warmup)
    return lr_min + (lr - lr_min) * (1 - progress)


# %% only the images
# mixup: mixes the images and leaves the labels as they were
# mixup: takes the batch in reversed order, whatever permutation is given
# cosine_lr: lets the cosine fall towards 0 and puts lr_min in only at the end
def mixup(x, y, lam, permutation=None, num_classes=None):
    if y.dim() == 1 and num_classes is None:
        raise ValueError("num_classes missing")
    if permutation is None:
        permutation = torch.arange(len(x)).flip(0)
    if y.dim() == 1:
        y = torch.nn.functional.one_hot(y, num_classes).to(x.dtype)
    lam = torch.as_tensor(lam).reshape(-1, *[1] * (x.dim() - 1))
    return lam * x + (1 - lam) * x[permutation], y


def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if not 0 <= warmup < total:
        raise ValueError("warmup")
    if step < warmup:
        return lr * step / warmup
    if step > total:
        return lr_min
    return lr / 2 * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))
