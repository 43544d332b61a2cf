"""Other right ways to write this page."""

import torch
from torch.nn.functional import log_softmax, softplus

from autograder.checking import variant


@variant("entry by entry, with loops")
def bce(probability, target):
    losses = []
    for p, y in zip(probability.flatten(), target.flatten(), strict=True):
        yes, no = torch.clamp(torch.log(p), min=-100.0), torch.clamp(torch.log1p(-p), min=-100.0)
        losses.append(-y * yes - (1 - y) * no)
    return sum(losses) / len(losses)


@variant("entry by entry, with loops")
def nll(log_probability, target):
    loss = 0.0
    for row, label in zip(log_probability, target.tolist(), strict=True):
        loss = loss - row[label]
    return loss / len(target)


@variant("entry by entry, with loops")
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    classes = logits.shape[1]
    above, below = logits.new_zeros(()), 0.0
    for row, aim in zip(logits, target, strict=True):
        log_p = row - torch.logsumexp(row, 0)
        if target.dim() == 1:
            if aim == ignore_index:
                continue
            below = below + (1 if weight is None else weight[aim])
        else:
            below += 1
        for c in range(classes):
            share = aim[c] if target.dim() == 2 else float(aim == c)
            share = share * (1 - label_smoothing) + label_smoothing / classes
            above = above - share * log_p[c] * (1 if weight is None else weight[c])
    return above / below if torch.is_tensor(below) or below else above * float("nan")


@variant("entry by entry, with loops")
def hinge(score, target):
    losses = [torch.relu(1 - t * s) for s, t in zip(score.flatten(), target.flatten(), strict=True)]
    return torch.stack(losses).mean()


@variant("through softplus")
def bce_with_logits(logits, target, pos_weight=None):
    pos_weight = 1 if pos_weight is None else pos_weight
    return torch.mean(pos_weight * target * softplus(-logits) + (1 - target) * softplus(logits))


@variant("logaddexp and a product")
def bce_with_logits(logits, target, pos_weight=None):
    tail = torch.logaddexp(torch.zeros_like(logits), -logits)
    heavy = 1 if pos_weight is None else 1 + (pos_weight - 1) * target
    return ((1 - target) * logits + heavy * tail).mean()


class CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, share):
        log_p = log_softmax(logits, 1)
        ctx.save_for_backward(log_p, share)
        return -(share * log_p).sum()

    @staticmethod
    def backward(ctx, grad):
        log_p, share = ctx.saved_tensors
        return grad * (log_p.exp() * share.sum(1, keepdim=True) - share), None


@variant("backward written by hand")
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    classes = logits.size(1)
    weight = torch.ones(classes).to(logits) if weight is None else weight
    counts = torch.ones(len(target)).to(logits)
    share = target
    if target.dtype == torch.int64:
        counts[target == ignore_index] = 0
        share = torch.nn.functional.one_hot(target.where(counts.bool(), torch.tensor(0)), classes) * counts[:, None]
        total = (share * weight).sum()
    else:
        total = len(target)
    share = (1 - label_smoothing) * share + label_smoothing / classes
    return CrossEntropy.apply(logits, share * weight * counts[:, None]) / total


@variant("backward written by hand")
def hinge(score, target):
    margin = 1 - target * score
    return torch.where(margin > 0, margin, torch.zeros_like(margin)).sum() / margin.numel()


@variant("backward written by hand")
def nll(log_probability, target):
    picked = log_probability.double()[range(len(target)), target.tolist()]
    return -picked.mean().to(log_probability.dtype)


@variant("rows picked by number, labels and probabilities apart")
def nll(log_probability, target):
    return -log_probability[torch.arange(len(target)), target].sum() / len(target)


@variant("rows picked by number, labels and probabilities apart")
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, dim=-1)
    w = torch.ones_like(logits[0]) if weight is None else weight
    even = -(w * log_p).mean(1)
    if target.ndim == 2:
        hard = -(w * target * log_p).sum(1)
        return ((1 - label_smoothing) * hard + label_smoothing * even).mean()
    keep = target.ne(ignore_index)
    safe = torch.where(keep, target, torch.zeros_like(target))
    hard = -w[safe] * log_p[torch.arange(len(safe)), safe]
    rows = (1 - label_smoothing) * hard + label_smoothing * even
    return torch.where(keep, rows, torch.zeros_like(rows)).sum() / (w[safe] * keep).sum()


@variant("rows picked by number, labels and probabilities apart")
def focal(logits, target, gamma=2.0):
    p = torch.softmax(logits, 1)[torch.arange(len(target)), target]
    log_p = log_softmax(logits, 1)[torch.arange(len(target)), target]
    return torch.mean(-torch.pow(1 - p, gamma) * log_p)


@variant("one-hot and einsum")
def nll(log_probability, target):
    one_hot = torch.nn.functional.one_hot(target, log_probability.shape[1]).to(log_probability.dtype)
    return -torch.einsum("nc,nc->", one_hot, log_probability) / log_probability.shape[0]


@variant("one-hot and einsum")
def focal(logits, target, gamma=2.0):
    one_hot = torch.nn.functional.one_hot(target, logits.shape[1]).to(logits.dtype)
    losses = torch.logsumexp(logits, 1) - torch.einsum("nc,nc->n", one_hot, logits)
    return ((-torch.expm1(-losses)) ** gamma * losses).mean()
