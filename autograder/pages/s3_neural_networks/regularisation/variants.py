"""Other right ways to write this page."""

import math

import torch

from autograder.checking import variant


@variant("in place on copies, with lerp")
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    beta1, beta2 = betas
    w, grad = w.clone(), grad.clone()
    if decoupled:
        w.mul_(1 - lr * decay)
    else:
        grad.add_(w, alpha=decay)
    m = m.clone().lerp_(grad, 1 - beta1)
    v = v.clone().mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
    below = v.sqrt() / math.sqrt(1 - beta2**t) + eps
    return w.addcdiv_(m, below, value=-lr / (1 - beta1**t)), m, v


@variant("the decay subtracted, roots as powers")
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    g = grad if decoupled else torch.add(grad, decay * w)
    new_m = m + (1 - betas[0]) * (g - m)
    new_v = v + (1 - betas[1]) * (g.square() - v)
    step = new_m.div(1 - betas[0] ** t) / (new_v.div(1 - betas[1] ** t).pow(0.5) + eps)
    if decoupled:
        return w - lr * decay * w - lr * step, new_m, new_v
    return w - lr * step, new_m, new_v


@variant("with where")
def drop(x, keep, p):
    if p < 0 or p >= 1:
        raise ValueError("p")
    return torch.where(keep, x.div(1 - p), torch.zeros((), dtype=x.dtype))


@variant("with masked_fill")
def drop(x, keep, p):
    if p < 0.0 or not p < 1.0:
        raise ValueError(p)
    return (x * (1 / (1 - p))).masked_fill(keep.logical_not(), 0)


@variant("counts the epochs that it waited")
class EarlyStopping:
    def __init__(self, patience=5, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best = float("inf")
        self.best_epoch = -1
        self.epochs = 0
        self.waited = 0

    def step(self, loss):
        improved = self.best - loss > self.min_delta
        if improved:
            self.best = loss
            self.best_epoch = self.epochs
            self.waited = 0
        else:
            self.waited += 1
        self.epochs += 1
        return self.waited >= self.patience


@variant("keeps the whole history")
class EarlyStopping:
    def __init__(self, patience=5, min_delta=0.0):
        self.history, self.patience, self.min_delta = [], patience, min_delta

    def found(self):
        best, epoch = math.inf, -1
        for number, loss in enumerate(self.history):
            if loss < best - self.min_delta:
                best, epoch = loss, number
        return best, epoch

    @property
    def best(self):
        return self.found()[0]

    @property
    def best_epoch(self):
        return self.found()[1]

    def step(self, loss):
        self.history.append(loss)
        return len(self.history) - 1 - self.best_epoch >= self.patience


@variant("filled, then the true class set by scatter")
def smooth_labels(labels, classes, share=0.1):
    targets = torch.full((len(labels), classes), share / classes)
    return targets.scatter_(1, labels[:, None], 1 - share + share / classes)


@variant("a comparison as one-hot")
def smooth_labels(labels, classes, share=0.1):
    one_hot = (labels.unsqueeze(1) == torch.arange(classes)).to(torch.float32)
    return torch.lerp(one_hot, torch.full_like(one_hot, 1 / classes), share)


@variant("a bin at a time")
def reliability(confidence, correct, bins=10):
    count = torch.zeros(bins, dtype=torch.int64)
    accuracy = torch.zeros(bins, dtype=confidence.dtype)
    mean = torch.zeros(bins, dtype=confidence.dtype)
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        if b == 0:
            inside = inside | (confidence == 0)
        count[b] = inside.sum()
        if count[b] > 0:
            accuracy[b] = correct[inside].to(confidence.dtype).mean()
            mean[b] = confidence[inside].mean()
    return count, accuracy, mean


@variant("a matrix of who is in which bin")
def reliability(confidence, correct, bins=10):
    which = (confidence * bins).ceil().long().sub(1).clamp(0, bins - 1)
    member = (which[:, None] == torch.arange(bins)).to(confidence.dtype)
    total = member.sum(0).clamp(min=1)
    return member.sum(0).long(), correct.to(confidence.dtype) @ member / total, confidence @ member / total


@variant("a matrix of who is in which bin")
def expected_calibration_error(probabilities, labels, bins=10):
    confidence, correct = probabilities.amax(1), probabilities.argmax(1).eq(labels)
    count, accuracy, mean = reliability(confidence, correct, bins)
    total = 0.0
    for n, a, c in zip(count.tolist(), accuracy.tolist(), mean.tolist()):
        total += n * abs(a - c)
    return total / sum(count.tolist())
