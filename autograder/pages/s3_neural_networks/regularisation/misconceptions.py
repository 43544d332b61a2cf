"""Wrong ways to regularise and to measure calibration, as students write them."""

import math

import torch
import torch.nn.functional as F

from autograder.checking import misconception


def adam(w, grad, m, v, t, lr, betas, eps):
    """Adam's step, right."""
    m = betas[0] * m + (1 - betas[0]) * grad
    v = betas[1] * v + (1 - betas[1]) * grad**2
    return w - lr * (m / (1 - betas[0] ** t)) / ((v / (1 - betas[1] ** t)).sqrt() + eps), m, v


@misconception(
    "always adds the decay to the gradient",
    hint="With decoupled=True gradient and averages must not see the decay: multiply w by 1 - lr * decay instead.",
    dies_by="test_decoupled",
)
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    return adam(w, grad + decay * w, m, v, t, lr, betas, eps)


@misconception(
    "always decays beside the gradient",
    hint="With decoupled=False it is L2: the gradient is grad + decay * w, and both averages see it.",
    dies_by="test_in_the_gradient",
)
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    return adam(w * (1 - lr * decay), grad, m, v, t, lr, betas, eps)


@misconception(
    "decays by decay alone, without the learning rate",
    hint="AdamW multiplies w by 1 - lr * decay: a schedule of the learning rate slows down the decay too.",
    dies_by="test_decoupled",
)
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    if decoupled:
        return adam(w * (1 - decay), grad, m, v, t, lr, betas, eps)
    return adam(w, grad + decay * w, m, v, t, lr, betas, eps)


@misconception(
    "makes the weights grow instead of shrink",
    hint="Decay pulls towards 0: the factor is 1 - lr * decay.",
    dies_by="test_decoupled",
)
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    if decoupled:
        return adam(w * (1 + lr * decay), grad, m, v, t, lr, betas, eps)
    return adam(w, grad + decay * w, m, v, t, lr, betas, eps)


@misconception(
    "decays after Adam's step, the new weights",
    hint="First w times 1 - lr * decay, then Adam's step: the step itself is not decayed.",
    dies_by="test_decoupled",
)
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    if decoupled:
        w, m, v = adam(w, grad, m, v, t, lr, betas, eps)
        return w * (1 - lr * decay), m, v
    return adam(w, grad + decay * w, m, v, t, lr, betas, eps)


@misconception(
    "leaves out the correction of both averages",
    hint="Both averages begin at 0 and are too small at first: divide m by 1 - beta1**t and v by 1 - beta2**t.",
    dies_by="test_decoupled",
)
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    w, grad = (w * (1 - lr * decay), grad) if decoupled else (w, grad + decay * w)
    m = betas[0] * m + (1 - betas[0]) * grad
    v = betas[1] * v + (1 - betas[1]) * grad**2
    return w - lr * m / (v.sqrt() + eps), m, v


@misconception(
    "returns the corrected averages",
    hint="The corrected averages are for this step alone. What comes back, for the next step, is m and v themselves.",
    dies_by="test_decoupled",
)
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    w, grad = (w * (1 - lr * decay), grad) if decoupled else (w, grad + decay * w)
    w, m, v = adam(w, grad, m, v, t, lr, betas, eps)
    return w, m / (1 - betas[0] ** t), v / (1 - betas[1] ** t)


@misconception(
    "adds eps inside the root",
    hint="eps stands beside the root: sqrt(v) + eps.",
    dies_by="test_decoupled",
)
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    w, grad = (w * (1 - lr * decay), grad) if decoupled else (w, grad + decay * w)
    m = betas[0] * m + (1 - betas[0]) * grad
    v = betas[1] * v + (1 - betas[1]) * grad**2
    return w - lr * (m / (1 - betas[0] ** t)) / (v / (1 - betas[1] ** t) + eps).sqrt(), m, v


@misconception(
    "hides the decay from the average of the squares",
    hint="L2 changes the gradient itself: m and v must both see grad + decay * w.",
    dies_by="test_in_the_gradient",
)
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    whole = grad if decoupled else grad + decay * w
    w = w * (1 - lr * decay) if decoupled else w
    m = betas[0] * m + (1 - betas[0]) * whole
    v = betas[1] * v + (1 - betas[1]) * grad**2
    return w - lr * (m / (1 - betas[0] ** t)) / ((v / (1 - betas[1] ** t)).sqrt() + eps), m, v


@misconception(
    "changes the caller's averages in place",
    hint="m.mul_ writes into the tensor that you were given. Make new ones: betas[0] * m + ...",
    dies_by="test_decoupled",
)
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    w, grad = (w * (1 - lr * decay), grad) if decoupled else (w, grad + decay * w)
    m.mul_(betas[0]).add_(grad, alpha=1 - betas[0])
    v.mul_(betas[1]).addcmul_(grad, grad, value=1 - betas[1])
    return w - lr * (m / (1 - betas[0] ** t)) / ((v / (1 - betas[1] ** t)).sqrt() + eps), m, v


@misconception(
    "borrows PyTorch's optimizers instead of writing the step",
    hint="The numbers are right; the exercise is to see where the decay enters.",
    dies_by="test_written_by_hand",
)
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    leaf = torch.nn.Parameter(w.clone())
    leaf.grad = grad.clone()
    kind = torch.optim.AdamW if decoupled else torch.optim.Adam
    made = kind([leaf], lr=lr, betas=betas, eps=eps, weight_decay=decay)
    made.state[leaf] = {"step": torch.tensor(float(t - 1)), "exp_avg": m.clone(), "exp_avg_sq": v.clone()}
    made.step()
    return leaf.detach(), made.state[leaf]["exp_avg"], made.state[leaf]["exp_avg_sq"]


# -- dropout -----------------------------------------------------------------------------------------


@misconception(
    "does not scale what is kept",
    hint="Without the factor 1 / (1 - p) the mean falls by 1 - p, and the next layer sees other sizes than in eval mode.",
    dies_by="test_drop",
)
def drop(x, keep, p):
    if not 0 <= p < 1:
        raise ValueError
    return x * keep


@misconception(
    "divides by p, not by 1 - p",
    hint="p is the probability to be dropped. What is kept with probability 1 - p grows by 1 / (1 - p).",
    dies_by="test_drop",
)
def drop(x, keep, p):
    if not 0 <= p < 1:
        raise ValueError
    return x * keep / p if p else x * keep


@misconception(
    "multiplies by 1 - p instead of dividing",
    hint="That is the older dropout, which shrinks in eval mode. Inverted dropout grows in training: divide.",
    dies_by="test_drop",
)
def drop(x, keep, p):
    if not 0 <= p < 1:
        raise ValueError
    return x * keep * (1 - p)


@misconception(
    "drops what should be kept",
    hint="`keep` is True where an entry stays.",
    dies_by="test_drop",
)
def drop(x, keep, p):
    if not 0 <= p < 1:
        raise ValueError
    return x * ~keep / (1 - p)


@misconception(
    "scales by the share that was really kept",
    hint="The factor comes from p, which is given, not from keep.mean(): else each entry's factor depends on the others' luck.",
    dies_by="test_drop",
)
def drop(x, keep, p):
    if not 0 <= p < 1:
        raise ValueError
    return x * keep / keep.to(x.dtype).mean().clamp(min=1e-12)


@misconception(
    "takes any number as p",
    hint="p = 1 divides by 0, and 1.5 turns signs around: raise a ValueError unless 0 <= p < 1.",
    dies_by="test_drop",
)
def drop(x, keep, p):
    return x * keep / (1 - p)


@misconception("takes any number as p")
def drop(x, keep, p):
    return x * keep / (1 - p) if p < 1 else torch.zeros_like(x)


# -- early stopping ----------------------------------------------------------------------------------


class Counting:
    def __init__(self, patience=5, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_epoch, self.epoch, self.waited = math.inf, -1, -1, 0

    def better(self, loss):
        return loss < self.best - self.min_delta

    def step(self, loss):
        self.epoch += 1
        if self.better(loss):
            self.best, self.best_epoch, self.waited = loss, self.epoch, 0
        else:
            self.waited += 1
        return self.waited >= self.patience


@misconception(
    "never begins the count again",
    hint="An improvement sets the count back to 0: the epochs without one must come in a row.",
    dies_by="test_patience",
)
class EarlyStopping(Counting):
    def step(self, loss):
        self.epoch += 1
        if self.better(loss):
            self.best, self.best_epoch = loss, self.epoch
        else:
            self.waited += 1
        return self.waited >= self.patience


@misconception("never begins the count again")
class EarlyStopping(Counting):
    def step(self, loss):
        self.epoch += 1
        if self.better(loss):
            self.best, self.best_epoch = loss, self.epoch
            return False
        self.waited += 1
        return self.waited >= self.patience


@misconception(
    "stops one epoch too late",
    hint="With a patience of 1 the first epoch without an improvement ends it: at least `patience`, not more than it.",
    dies_by="test_patience",
)
class EarlyStopping(Counting):
    def step(self, loss):
        super().step(loss)
        return self.waited > self.patience


@misconception(
    "compares with the epoch before, not with the best",
    hint="A loss that falls back from a peak is no improvement. Compare with `best`.",
    dies_by="test_patience",
)
class EarlyStopping(Counting):
    last = math.inf

    def step(self, loss):
        self.epoch += 1
        better = loss < self.last - self.min_delta
        self.last = loss
        self.waited = 0 if better else self.waited + 1
        if loss < self.best:
            self.best, self.best_epoch = loss, self.epoch
        return self.waited >= self.patience


@misconception(
    "waits for the largest value, not the smallest",
    hint="It is a loss: smaller is better.",
    dies_by="test_patience",
)
class EarlyStopping(Counting):
    def better(self, loss):
        return self.best == math.inf or loss > self.best + self.min_delta


@misconception(
    "counts an equal loss as an improvement",
    hint="An improvement is a loss of less than best - min_delta, not of at most that.",
    dies_by="test_patience",
)
class EarlyStopping(Counting):
    def better(self, loss):
        return loss <= self.best - self.min_delta


@misconception(
    "counts the epochs from 1",
    hint="The first epoch is number 0, so that best_epoch is an index into a list of losses.",
    dies_by="test_patience",
)
class EarlyStopping(Counting):
    def step(self, loss):
        self.epoch += 1
        if self.better(loss):
            self.best, self.best_epoch, self.waited = loss, self.epoch + 1, 0
        else:
            self.waited += 1
        return self.waited >= self.patience


@misconception(
    "does not use min_delta",
    hint="Subtract min_delta from `best` before you compare.",
    dies_by="test_min_delta",
)
class EarlyStopping(Counting):
    def better(self, loss):
        return loss < self.best


@misconception(
    "lets small improvements move the best",
    hint="If a loss is not smaller than best - min_delta, `best` stays: many small steps may add up to an improvement.",
    dies_by="test_min_delta",
)
class EarlyStopping(Counting):
    def step(self, loss):
        answer = super().step(loss)
        if loss < self.best:
            self.best = loss
        return answer


@misconception(
    "adds min_delta instead of subtracting it",
    hint="The loss must be smaller than the best by more than min_delta: loss < best - min_delta.",
    dies_by="test_min_delta",
)
class EarlyStopping(Counting):
    def better(self, loss):
        return loss < self.best + self.min_delta


@misconception(
    "takes NaN for an improvement",
    hint="Every comparison with NaN is False, so `not loss >= best` is True. Ask loss < best - min_delta.",
    dies_by="test_min_delta",
)
class EarlyStopping(Counting):
    def better(self, loss):
        return not loss >= self.best - self.min_delta


# -- smoothed labels ---------------------------------------------------------------------------------


@misconception(
    "deals the share out to the other classes only",
    hint="The true class gets its part of the share too: 1 - share + share / C.",
    dies_by="test_smooth_labels",
)
def smooth_labels(labels, classes, share=0.1):
    one_hot = F.one_hot(labels, classes).float()
    return (1 - share) * one_hot + share / max(classes - 1, 1) * (1 - one_hot)


@misconception(
    "adds the share without taking it from the true class",
    hint="Each row must sum to 1: what the others get, the true class loses.",
    dies_by="test_smooth_labels",
)
def smooth_labels(labels, classes, share=0.1):
    return F.one_hot(labels, classes).float() + share / classes


@misconception(
    "gives every class the whole share",
    hint="The share is dealt out to C classes: share / C for each.",
    dies_by="test_smooth_labels",
)
def smooth_labels(labels, classes, share=0.1):
    return (1 - share) * F.one_hot(labels, classes).float() + share


@misconception(
    "takes as many classes as occur",
    hint="The largest label of a batch need not be the last class: give one_hot the number of classes.",
    dies_by="test_smooth_labels",
)
def smooth_labels(labels, classes, share=0.1):
    found = int(labels.max()) + 1 if len(labels) else classes
    return (1 - share) * F.one_hot(labels, found).float() + share / classes


# -- calibration -------------------------------------------------------------------------------------


def bins_of(confidence, correct, bins, which):
    count = torch.bincount(which, minlength=bins)
    total = count.clamp(min=1)
    zeros = torch.zeros(bins, dtype=confidence.dtype)
    accuracy = zeros.index_add(0, which, correct.to(confidence.dtype)) / total
    return count, accuracy, zeros.index_add(0, which, confidence) / total


def right(confidence, correct, bins):
    edges = torch.arange(1, bins, dtype=confidence.dtype) / bins
    return bins_of(confidence, correct, bins, torch.bucketize(confidence, edges))


@misconception(
    "puts a confidence on an edge into the bin above it",
    hint="Bin b holds b / bins < confidence <= (b + 1) / bins: the upper edge belongs to it. (confidence * bins).long() does the opposite.",
    dies_by="test_edges",
)
def reliability(confidence, correct, bins=10):
    which = (confidence * bins).long().clamp(max=bins - 1)
    return bins_of(confidence, correct, bins, which)


@misconception(
    "gives NaN for an empty bin",
    hint="The mean of nothing is 0 / 0. Divide by count.clamp(min=1).",
    dies_by="test_reliability",
)
def reliability(confidence, correct, bins=10):
    count, accuracy, mean = right(confidence, correct, bins)
    nothing = torch.where(count > 0, 0.0, math.nan).to(confidence.dtype)
    return count, accuracy + nothing, mean + nothing


@misconception(
    "leaves empty bins out",
    hint="There are always `bins` entries: an empty bin has 0 in all three.",
    dies_by="test_reliability",
)
def reliability(confidence, correct, bins=10):
    count, accuracy, mean = right(confidence, correct, bins)
    return count[count > 0], accuracy[count > 0], mean[count > 0]


@misconception(
    "gives the middle of each bin, not the mean confidence",
    hint="The confidences of a bin need not lie evenly in it: average them.",
    dies_by="test_reliability",
)
def reliability(confidence, correct, bins=10):
    count, accuracy, mean = right(confidence, correct, bins)
    middle = (torch.arange(bins, dtype=confidence.dtype) + 0.5) / bins
    return count, accuracy, torch.where(count > 0, middle, 0)


@misconception(
    "counts the right answers instead of their share",
    hint="Divide the number of right answers of each bin by how many answers are in it.",
    dies_by="test_reliability",
)
def reliability(confidence, correct, bins=10):
    count, accuracy, mean = right(confidence, correct, bins)
    return count, accuracy * count, mean


@misconception(
    "exchanges accuracy and mean confidence",
    hint="The order is (count, accuracy, mean).",
    dies_by="test_reliability",
)
def reliability(confidence, correct, bins=10):
    count, accuracy, mean = right(confidence, correct, bins)
    return count, mean, accuracy


@misconception(
    "leaves a confidence of 0 out",
    hint="0 is in no bin with b / bins < confidence, but it belongs to bin 0.",
    dies_by="test_reliability",
)
def reliability(confidence, correct, bins=10):
    return right(confidence[confidence > 0], correct[confidence > 0], bins)


@misconception(
    "gives every bin the same weight",
    hint="A bin with one answer must not count as much as one with a thousand: weigh with count / N.",
    dies_by="test_calibration_error",
)
def expected_calibration_error(probabilities, labels, bins=10):
    confidence, answer = probabilities.max(1)
    _, accuracy, mean = reliability(confidence, answer == labels, bins)
    return float((accuracy - mean).abs().mean())


@misconception(
    "averages over the bins that are not empty",
    hint="Bins count by their share of the answers, count / N.",
    dies_by="test_calibration_error",
)
def expected_calibration_error(probabilities, labels, bins=10):
    confidence, answer = probabilities.max(1)
    count, accuracy, mean = reliability(confidence, answer == labels, bins)
    return float((accuracy - mean).abs()[count > 0].mean())


@misconception(
    "lets too sure and too unsure bins cancel",
    hint="Take the absolute value in each bin, before you add them up.",
    dies_by="test_calibration_error",
)
def expected_calibration_error(probabilities, labels, bins=10):
    confidence, answer = probabilities.max(1)
    count, accuracy, mean = reliability(confidence, answer == labels, bins)
    return abs(float((count * (accuracy - mean)).sum() / len(labels)))


@misconception(
    "squares the distances",
    hint="The expected calibration error takes the distance itself.",
    dies_by="test_calibration_error",
)
def expected_calibration_error(probabilities, labels, bins=10):
    confidence, answer = probabilities.max(1)
    count, accuracy, mean = reliability(confidence, answer == labels, bins)
    return float((count * (accuracy - mean) ** 2).sum() / len(labels))


@misconception(
    "takes the probability of the true class for the confidence",
    hint="The confidence is the largest probability, that of the answer, whether it is right or not.",
    dies_by="test_calibration_error",
)
def expected_calibration_error(probabilities, labels, bins=10):
    answer = probabilities.argmax(1)
    confidence = probabilities[torch.arange(len(labels)), labels]
    count, accuracy, mean = reliability(confidence, answer == labels, bins)
    return float((count * (accuracy - mean).abs()).sum() / len(labels))


@misconception(
    "answers in percent",
    hint="The error is from 0 to 1.",
    dies_by="test_calibration_error",
)
def expected_calibration_error(probabilities, labels, bins=10):
    confidence, answer = probabilities.max(1)
    count, accuracy, mean = reliability(confidence, answer == labels, bins)
    return 100 * float((count * (accuracy - mean).abs()).sum() / len(labels))


@misconception(
    "exchanges the two betas",
    hint="betas is (beta1, beta2): the first, 0.9, is for m, the average of the gradients, the second for v, that of their squares.",
    dies_by="test_decoupled",
)
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    beta2, beta1 = betas
    if not decoupled:
        grad = grad + decay * w
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    start = w * (1 - lr * decay) if decoupled else w
    return start - lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)).sqrt() + eps), m, v


@misconception(
    "gives nothing to the other classes",
    hint="alpha / C goes to every class, also to those that are wrong: rows must sum to 1, and yours do not.",
    dies_by="test_smooth_labels",
)
def smooth_labels(labels, classes, share=0.1):
    return (labels[:, None] == torch.arange(classes)) * (1 - share)


@misconception(
    "corrects the averages as if every step were the first",
    hint="Betas to the power of t: the divisor comes nearer to 1 with every step. Where does t stand in your formula?",
    dies_by="test_in_the_gradient",
)
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    if not decoupled:
        grad = grad + decay * w
    m = betas[0] * m + (1 - betas[0]) * grad
    v = betas[1] * v + (1 - betas[1]) * grad**2
    step = lr * (m / (1 - betas[0])) / ((v / (1 - betas[1])).sqrt() + eps)
    return (w * (1 - lr * decay) if decoupled else w) - step, m, v


@misconception(
    "takes the same amount off every weight",
    hint="w is multiplied by 1 - lr * decay: a weight of 0 stays 0, and a negative one moves up.",
    dies_by="test_decoupled",
)
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    if not decoupled:
        grad = grad + decay * w
    m = betas[0] * m + (1 - betas[0]) * grad
    v = betas[1] * v + (1 - betas[1]) * grad**2
    step = lr * (m / (1 - betas[0] ** t)) / ((v / (1 - betas[1] ** t)).sqrt() + eps)
    return (w - lr * decay if decoupled else w) - step, m, v


@misconception(
    "looks for the largest probability along the answers, not along the classes",
    hint="A row is an answer. argmax(dim=0) asks each class for the answer that it is surest of.",
    dies_by="test_calibration_error",
)
def expected_calibration_error(probabilities, labels, bins=10):
    confidence = probabilities.max(dim=1).values
    correct = probabilities.argmax(dim=0) == labels
    count, accuracy, mean = reliability(confidence, correct, bins)
    return float(((accuracy - mean).abs() * count).sum() / len(labels))
