"""First drafts of this page, as beginners hand them in."""

# %% decay in the wrong place
# adam_step: always adds the decay to the gradient
# drop: does not scale what is kept
# EarlyStopping: stops one epoch too late
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    grad = grad + decay * w
    m = betas[0] * m + (1 - betas[0]) * grad
    v = betas[1] * v + (1 - betas[1]) * grad * grad
    mhat = m / (1 - betas[0] ** t)
    vhat = v / (1 - betas[1] ** t)
    return w - lr * mhat / (torch.sqrt(vhat) + eps), m, v


def drop(x, keep, p):
    if p < 0 or p >= 1:
        raise ValueError
    return x * keep


class EarlyStopping:
    def __init__(self, patience=5, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best = math.inf
        self.best_epoch = -1
        self.count = 0
        self.epoch = 0

    def step(self, loss):
        if loss < self.best - self.min_delta:
            self.best = loss
            self.best_epoch = self.epoch
            self.count = 0
        else:
            self.count += 1
        self.epoch += 1
        return self.count > self.patience


# %% no bias correction, no check of p
# adam_step: leaves out the correction of both averages
# drop: takes any number as p
# smooth_labels: deals the share out to the other classes only
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    b1, b2 = betas
    if not decoupled:
        grad = grad + decay * w
    m = b1 * m + (1 - b1) * grad
    v = b2 * v + (1 - b2) * grad**2
    if decoupled:
        w = w - lr * decay * w
    return w - lr * m / (v.sqrt() + eps), m, v


def drop(x, keep, p):
    return torch.where(keep, x / (1 - p), 0.0)


def smooth_labels(labels, classes, share=0.1):
    out = torch.full((len(labels), classes), share / (classes - 1))
    out[torch.arange(len(labels)), labels] = 1 - share
    return out


# %% decayed after the step
# adam_step: decays after Adam's step, the new weights
# reliability: puts a confidence on an edge into the bin above it
# expected_calibration_error: gives every bin the same weight
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    if not decoupled:
        grad = grad + decay * w
    m = betas[0] * m + (1 - betas[0]) * grad
    v = betas[1] * v + (1 - betas[1]) * grad**2
    w = w - lr * (m / (1 - betas[0] ** t)) / ((v / (1 - betas[1] ** t)).sqrt() + eps)
    if decoupled:
        w = w * (1 - lr * decay)
    return w, m, v


def reliability(confidence, correct, bins=10):
    idx = (confidence * bins).long()
    idx[idx == bins] = bins - 1
    count = torch.zeros(bins, dtype=torch.int64)
    acc = torch.zeros(bins, dtype=confidence.dtype)
    conf = torch.zeros(bins, dtype=confidence.dtype)
    for b in range(bins):
        inside = idx == b
        count[b] = inside.sum()
        if count[b] > 0:
            acc[b] = correct[inside].double().mean()
            conf[b] = confidence[inside].mean()
    return count, acc, conf


def expected_calibration_error(probabilities, labels, bins=10):
    conf, pred = probabilities.max(dim=1)
    count, acc, mean = reliability(conf, pred == labels, bins)
    return (acc - mean).abs().mean().item()


# %% means of empty bins
# reliability: gives NaN for an empty bin
# drop: divides by p, not by 1 - p
# EarlyStopping: compares with the epoch before, not with the best
def reliability(confidence, correct, bins=10):
    count, acc, conf = [], [], []
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        if b == 0:
            inside |= confidence == 0
        count.append(inside.sum())
        acc.append(correct[inside].to(confidence.dtype).mean())
        conf.append(confidence[inside].mean())
    return torch.stack(count), torch.stack(acc), torch.stack(conf)


def drop(x, keep, p):
    if not (0 <= p < 1):
        raise ValueError("p")
    if p == 0:
        return x * keep
    return x * keep / p


class EarlyStopping:
    def __init__(self, patience=5, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_epoch = math.inf, -1
        self.previous, self.bad, self.n = math.inf, 0, 0

    def step(self, loss):
        if loss < self.best:
            self.best, self.best_epoch = loss, self.n
        if loss < self.previous - self.min_delta:
            self.bad = 0
        else:
            self.bad += 1
        self.previous = loss
        self.n += 1
        return self.bad >= self.patience


# %% eps in the root, percent
# adam_step: adds eps inside the root
# expected_calibration_error: answers in percent
# smooth_labels: adds the share without taking it from the true class
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    if decoupled:
        w = w - lr * decay * w
    else:
        grad = grad + decay * w
    m = betas[0] * m + (1 - betas[0]) * grad
    v = betas[1] * v + (1 - betas[1]) * grad.pow(2)
    mh, vh = m / (1 - betas[0] ** t), v / (1 - betas[1] ** t)
    return w - lr * mh / torch.sqrt(vh + eps), m, v


def reliability(confidence, correct, bins=10):
    count = torch.zeros(bins, dtype=torch.int64)
    acc = torch.zeros(bins, dtype=confidence.dtype)
    conf = torch.zeros(bins, dtype=confidence.dtype)
    for c, ok in zip(confidence, correct):
        b = max(math.ceil(float(c) * bins) - 1, 0)
        count[b] += 1
        acc[b] += float(ok)
        conf[b] += c
    n = count.clamp(min=1)
    return count, acc / n, conf / n


def expected_calibration_error(probabilities, labels, bins=10):
    conf, pred = probabilities.max(1)
    count, acc, mean = reliability(conf, pred == labels, bins)
    return 100 * float((count * (acc - mean).abs()).sum() / count.sum())


def smooth_labels(labels, classes, share=0.1):
    y = torch.zeros(len(labels), classes)
    y[torch.arange(len(labels)), labels] = 1.0
    return y + share / classes


# %% the mask the other way round
# drop: drops what should be kept
# adam_step: decays by decay alone, without the learning rate
# EarlyStopping: never begins the count again
def drop(x, keep, p):
    if p < 0 or p >= 1:
        raise ValueError("bad p")
    return x.masked_fill(keep, 0) / (1 - p)


def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    if decoupled:
        w = w * (1 - decay)
    else:
        grad = grad + decay * w
    m = betas[0] * m + (1 - betas[0]) * grad
    v = betas[1] * v + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), v / (1 - betas[1] ** t)
    return w - lr * mean / (square.sqrt() + eps), m, v


class EarlyStopping:
    def __init__(self, patience=5, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best = math.inf
        self.best_epoch = -1
        self.epoch = -1
        self.bad = 0

    def step(self, loss):
        self.epoch += 1
        if loss < self.best - self.min_delta:
            self.best = loss
            self.best_epoch = self.epoch
            return False
        self.bad += 1
        return self.bad >= self.patience


# %% averages overwritten
# adam_step: changes the caller's averages in place
# drop: scales by the share that was really kept
# smooth_labels: gives every class the whole share
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    if not decoupled:
        grad = grad + decay * w
    else:
        w = w * (1 - lr * decay)
    m *= betas[0]
    m += (1 - betas[0]) * grad
    v *= betas[1]
    v += (1 - betas[1]) * grad**2
    return w - lr * (m / (1 - betas[0] ** t)) / ((v / (1 - betas[1] ** t)).sqrt() + eps), m, v


def drop(x, keep, p):
    if not 0 <= p < 1:
        raise ValueError
    kept = keep.to(x.dtype)
    return x * kept / kept.mean()


def smooth_labels(labels, classes, share=0.1):
    y = torch.nn.functional.one_hot(labels, num_classes=classes).float()
    return y * (1 - share) + share


# %% corrected averages handed on
# adam_step: returns the corrected averages
# EarlyStopping: does not use min_delta
# expected_calibration_error: lets too sure and too unsure bins cancel
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    if decoupled:
        w = w - lr * decay * w
    else:
        grad = grad + decay * w
    m = (betas[0] * m + (1 - betas[0]) * grad) / (1 - betas[0] ** t)
    v = (betas[1] * v + (1 - betas[1]) * grad**2) / (1 - betas[1] ** t)
    return w - lr * m / (v.sqrt() + eps), m, v


class EarlyStopping:
    def __init__(self, patience=5, min_delta=0.0):
        self.patience = patience
        self.best, self.best_epoch = math.inf, -1
        self.i = -1

    def step(self, loss):
        self.i += 1
        if loss < self.best:
            self.best, self.best_epoch = loss, self.i
        return self.i - self.best_epoch >= self.patience


def reliability(confidence, correct, bins=10):
    which = torch.clamp(torch.ceil(confidence * bins).long() - 1, min=0)
    count = torch.bincount(which, minlength=bins)
    n = count.clamp(min=1)
    acc = torch.bincount(which, weights=correct.double(), minlength=bins).to(confidence.dtype) / n
    conf = torch.bincount(which, weights=confidence, minlength=bins).to(confidence.dtype) / n
    return count, acc, conf


def expected_calibration_error(probabilities, labels, bins=10):
    conf, pred = torch.max(probabilities, dim=1)
    count, acc, mean = reliability(conf, pred == labels, bins)
    return abs(((acc - mean) * count / len(labels)).sum().item())


# %% the probability of the truth
# expected_calibration_error: takes the probability of the true class for the confidence
# EarlyStopping: counts the epochs from 1
# drop: multiplies by 1 - p instead of dividing
def reliability(confidence, correct, bins=10):
    edges = torch.linspace(0, 1, bins + 1, dtype=confidence.dtype)
    count = torch.zeros(bins, dtype=torch.int64)
    acc, conf = torch.zeros(bins, dtype=confidence.dtype), torch.zeros(bins, dtype=confidence.dtype)
    for b in range(bins):
        inside = (confidence > edges[b]) & (confidence <= edges[b + 1])
        if b == 0:
            inside = confidence <= edges[1]
        count[b] = inside.sum()
        if inside.any():
            acc[b] = correct[inside].double().mean()
            conf[b] = confidence[inside].mean()
    return count, acc, conf


def expected_calibration_error(probabilities, labels, bins=10):
    conf = probabilities.gather(1, labels[:, None]).squeeze(1)
    count, acc, mean = reliability(conf, probabilities.argmax(1) == labels, bins)
    return ((acc - mean).abs() * count / count.sum()).sum().item()


class EarlyStopping:
    def __init__(self, patience=5, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_epoch, self.epoch = math.inf, -1, 0

    def step(self, loss):
        self.epoch += 1
        if loss < self.best - self.min_delta:
            self.best, self.best_epoch = loss, self.epoch
            self.wait = 0
            return False
        self.wait = getattr(self, "wait", 0) + 1
        return self.wait >= self.patience


def drop(x, keep, p):
    if p < 0 or p >= 1:
        raise ValueError
    return x * keep * (1 - p)


# %% left alone, exchanged
# reliability: exchanges accuracy and mean confidence
# smooth_labels: takes as many classes as occur
#   or: says "size of tensor"
# EarlyStopping: counts an equal loss as an improvement
def reliability(confidence, correct, bins=10):
    count = torch.zeros(bins, dtype=torch.int64)
    mean, acc = torch.zeros(bins, dtype=confidence.dtype), torch.zeros(bins, dtype=confidence.dtype)
    for b in range(bins):
        inside = (b / bins < confidence) & (confidence <= (b + 1) / bins)
        if b == 0:
            inside |= confidence == 0
        count[b] = inside.sum()
        if count[b]:
            mean[b], acc[b] = confidence[inside].mean(), correct[inside].float().mean()
    return count, mean, acc


def smooth_labels(labels, classes, share=0.1):
    y = torch.nn.functional.one_hot(labels).float()
    return y * (1 - share) + share / classes


class EarlyStopping:
    def __init__(self, patience=5, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_epoch, self.epoch, self.wait = math.inf, -1, -1, 0

    def step(self, loss):
        self.epoch += 1
        if loss <= self.best - self.min_delta:
            self.best, self.best_epoch, self.wait = loss, self.epoch, 0
        else:
            self.wait += 1
        return self.wait >= self.patience


# %% no correction of the averages
# adam_step: leaves out the correction of both averages
# drop: does not scale what is kept
#   or: takes any number as p
# EarlyStopping: never begins the count again
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    b1, b2 = betas
    if decoupled:
        w = w * (1 - lr * decay)
    else:
        grad = grad + decay * w
    m = b1 * m + (1 - b1) * grad
    v = b2 * v + (1 - b2) * grad ** 2
    w = w - lr * m / (torch.sqrt(v) + eps)
    return w, m, v


def drop(x, keep, p):
    return x * keep


class EarlyStopping:
    def __init__(self, patience=5, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best = math.inf
        self.best_epoch = -1
        self.epoch = 0
        self.bad = 0

    def step(self, loss):
        if loss < self.best - self.min_delta:
            self.best = loss
            self.best_epoch = self.epoch
        else:
            self.bad += 1
        self.epoch += 1
        return self.bad >= self.patience


# %% the share of the others
# smooth_labels: deals the share out to the other classes only
# drop: takes any number as p
# reliability: puts a confidence on an edge into the bin above it
# expected_calibration_error: gives every bin the same weight
def smooth_labels(labels, classes, share=0.1):
    out = torch.full((len(labels), classes), share / (classes - 1))
    out[torch.arange(len(labels)), labels] = 1 - share
    return out


def drop(x, keep, p):
    return x * keep / (1 - p)


def reliability(confidence, correct, bins=10):
    b = (confidence * bins).long().clamp(max=bins - 1)
    count = torch.zeros(bins, dtype=torch.int64)
    acc = torch.zeros(bins, dtype=confidence.dtype)
    mean = torch.zeros(bins, dtype=confidence.dtype)
    for i in range(bins):
        inside = b == i
        count[i] = inside.sum()
        if count[i] > 0:
            acc[i] = correct[inside].to(confidence.dtype).mean()
            mean[i] = confidence[inside].mean()
    return count, acc, mean


def expected_calibration_error(probabilities, labels, bins=10):
    conf, pred = probabilities.max(1)
    count, acc, mean = reliability(conf, pred == labels, bins)
    return (acc - mean).abs().mean()


# %% betas in the wrong order
# adam_step: exchanges the two betas
#   or: decays after Adam's step, the new weights
# EarlyStopping: stops one epoch too late
#   or: counts the epochs from 1
# reliability: gives NaN for an empty bin
# reliability: leaves a confidence of 0 out
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    b2, b1 = betas
    if not decoupled:
        grad = grad + decay * w
    m = b1 * m + (1 - b1) * grad
    v = b2 * v + (1 - b2) * grad * grad
    m_hat = m / (1 - b1 ** t)
    v_hat = v / (1 - b2 ** t)
    w = w - lr * m_hat / (v_hat.sqrt() + eps)
    if decoupled:
        w = w - lr * decay * w
    return w, m, v


class EarlyStopping:
    def __init__(self, patience=5, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_epoch = math.inf, -1
        self.epoch = 0
        self.wait = 0

    def step(self, loss):
        self.epoch += 1
        if loss < self.best - self.min_delta:
            self.best = loss
            self.best_epoch = self.epoch
            self.wait = 0
            return False
        self.wait += 1
        return self.wait > self.patience


def reliability(confidence, correct, bins=10):
    counts, accs, means = [], [], []
    for b in range(bins):
        sel = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        counts.append(sel.sum())
        accs.append(correct[sel].float().mean())
        means.append(confidence[sel].mean())
    return torch.stack(counts), torch.stack(accs), torch.stack(means)


# %% averages changed in place
# adam_step: changes the caller's averages in place
#   or: always decays beside the gradient
# drop: divides by p, not by 1 - p
# reliability: leaves a confidence of 0 out
# reliability: says "in a tensor of float32 where a tensor of int64 is expected"
# expected_calibration_error: lets too sure and too unsure bins cancel
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    m.mul_(betas[0]).add_((1 - betas[0]) * grad)
    v.mul_(betas[1]).add_((1 - betas[1]) * grad ** 2)
    mh = m / (1 - betas[0] ** t)
    vh = v / (1 - betas[1] ** t)
    w = w * (1 - lr * decay) - lr * mh / (torch.sqrt(vh) + eps)
    return w, m, v


def drop(x, keep, p):
    if p < 0 or p >= 1:
        raise ValueError("p")
    return torch.where(keep, x / p, 0)


def reliability(confidence, correct, bins=10):
    edges = torch.linspace(0, 1, bins + 1)
    count = torch.zeros(bins)
    acc = torch.zeros(bins)
    mean = torch.zeros(bins)
    for b in range(bins):
        sel = (confidence > edges[b]) & (confidence <= edges[b + 1])
        n = sel.sum()
        count[b] = n
        if n > 0:
            acc[b] = correct[sel].sum() / n
            mean[b] = confidence[sel].sum() / n
    return count, acc, mean


def expected_calibration_error(probabilities, labels, bins=10):
    conf = probabilities.max(dim=1).values
    pred = probabilities.argmax(dim=1)
    count, acc, mean = reliability(conf, pred == labels, bins)
    return ((count / count.sum()) * (mean - acc)).sum()


# %% one-hot without the share
# smooth_labels: gives nothing to the other classes
# expected_calibration_error: says "is a tuple, several values in one"
# EarlyStopping: adds min_delta instead of subtracting it
#   or: takes NaN for an improvement
# reliability: gives NaN for an empty bin
#   or: says "`bincount` counts integers of 0 or more"
def smooth_labels(labels, classes, share=0.1):
    y = torch.nn.functional.one_hot(labels, classes)
    return y * (1 - share)


def expected_calibration_error(probabilities, labels, bins=10):
    conf = probabilities.max(1)
    correct = probabilities.argmax(1) == labels
    count, acc, mean = reliability(conf, correct, bins)
    return (count * (acc - mean).abs()).sum() / len(labels)


class EarlyStopping:
    def __init__(self, patience=5, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best = math.inf
        self.best_epoch = -1
        self.losses = []

    def step(self, loss):
        self.losses.append(loss)
        if loss < self.best + self.min_delta:
            self.best = loss
            self.best_epoch = len(self.losses) - 1
        return len(self.losses) - 1 - self.best_epoch >= self.patience


def reliability(confidence, correct, bins=10):
    index = torch.ceil(confidence * bins).long() - 1
    count = torch.bincount(index, minlength=bins)
    acc = torch.bincount(index, weights=correct.double(), minlength=bins) / count
    mean = torch.bincount(index, weights=confidence, minlength=bins) / count
    return count, acc, mean


# %% no power of t, the floor of a confidence
# adam_step: always adds the decay to the gradient
#   or: corrects the averages as if every step were the first
# drop: does not scale what is kept
# EarlyStopping: stops one epoch too late
# smooth_labels: deals the share out to the other classes only
# reliability: puts a confidence on an edge into the bin above it
#   or: says "in a tensor of float32"
# expected_calibration_error: gives every bin the same weight
def adam_step(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    g = grad + decay * w
    m = betas[0] * m + (1 - betas[0]) * g
    v = betas[1] * v + (1 - betas[1]) * g ** 2
    mh = m / (1 - betas[0])
    vh = v / (1 - betas[1])
    return w - lr * mh / (vh.sqrt() + eps), m, v

def drop(x, keep, p):
    return x * keep

class EarlyStopping:
    def __init__(self, patience=5, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best = math.inf
        self.best_epoch = -1
        self.bad = 0
        self.epoch = 0

    def step(self, loss):
        if loss < self.best - self.min_delta:
            self.best = loss
            self.best_epoch = self.epoch
            self.bad = 0
        else:
            self.bad += 1
        self.epoch += 1
        return self.bad > self.patience

def smooth_labels(labels, classes, share=0.1):
    out = torch.full((len(labels), classes), share / (classes - 1))
    for i, l in enumerate(labels):
        out[i, l] = 1 - share
    return out

def reliability(confidence, correct, bins=10):
    b = (confidence * bins).long()
    count = torch.zeros(bins, dtype=torch.int64)
    acc = torch.zeros(bins)
    mean = torch.zeros(bins)
    for i in range(bins):
        inside = b == i
        count[i] = inside.sum()
        if count[i] > 0:
            acc[i] = correct[inside].float().mean()
            mean[i] = confidence[inside].mean()
    return count, acc, mean

def expected_calibration_error(probabilities, labels, bins=10):
    conf, pred = probabilities.max(1)
    count, acc, mean = reliability(conf, pred == labels, bins)
    return (acc - mean).abs().mean().item()
