"""First drafts of this page, as beginners hand them in."""

# %% the formulas of the lesson
# bce: lets the logarithms run to -inf
# bce_with_logits: takes the sigmoid first and its logarithm afterwards
# nll: takes the columns of all labels from every row
# hinge: asks for no margin
def bce(probability, target):
    return -(target * torch.log(probability) + (1 - target) * torch.log(1 - probability)).mean()


def bce_with_logits(logits, target, pos_weight=None):
    p = torch.sigmoid(logits)
    loss = target * torch.log(p)
    if pos_weight is not None:
        loss = pos_weight * loss
    return -(loss + (1 - target) * torch.log(1 - p)).mean()


def nll(log_probability, target):
    return -log_probability[:, target].mean()


def hinge(score, target):
    return torch.clamp(-target * score, min=0).mean()


# %% softmax before the cross-entropy
# cross_entropy: runs softmax twice
# nll: averages over all N * C entries
# focal: puts the exponent on p_t instead of 1 - p_t
def nll(log_probability, target):
    one_hot = torch.nn.functional.one_hot(target, log_probability.shape[1])
    return -(one_hot * log_probability).mean()


def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    p = torch.softmax(logits, 1)
    log_p = log_softmax(p, 1)
    keep = target != ignore_index
    log_p, target = log_p[keep], target[keep]
    return -log_p[torch.arange(len(target)), target].mean()


def focal(logits, target, gamma=2.0):
    p = torch.softmax(logits, 1)
    pt = p[torch.arange(len(target)), target]
    return -(pt**gamma * torch.log(pt)).mean()


# %% only the basic case
# cross_entropy: never looks at ignore_index
# hinge: has the sign of the margin wrong
# bce: adds 1e-9 inside the logarithms
# cross_entropy: never looks at label_smoothing
def bce(probability, target):
    eps = 1e-8
    return -torch.mean(target * torch.log(probability + eps) + (1 - target) * torch.log(1 - probability + eps))


def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, dim=1)
    return -log_p[range(len(target)), target].mean()


def hinge(score, target):
    return torch.clamp(1 + target * score, min=0).mean()


# %% sums
# bce: adds the entries up where their mean belongs
# nll: adds up the rows where their mean belongs
# hinge: adds the losses up where their mean belongs
# focal: adds the rows up where their mean belongs
def bce(probability, target):
    log_p = torch.clamp(torch.log(probability), min=-100)
    log_q = torch.clamp(torch.log(1 - probability), min=-100)
    return -(target * log_p + (1 - target) * log_q).sum()


def nll(log_probability, target):
    total = 0
    for i in range(len(target)):
        total = total - log_probability[i, target[i]]
    return total


def hinge(score, target):
    return torch.relu(1 - target * score).sum()


def focal(logits, target, gamma=2.0):
    log_p = log_softmax(logits, 1)[torch.arange(len(target)), target]
    return -((1 - log_p.exp()) ** gamma * log_p).sum()


# %% the positive answers only
# bce: leaves out the term of the negative answer
# bce_with_logits: multiplies both terms by pos_weight
# focal: lets no gradient through the factor
def bce(probability, target):
    return -(target * torch.log(probability).clamp(min=-100)).mean()


def bce_with_logits(logits, target, pos_weight=None):
    loss = -(target * logsigmoid(logits) + (1 - target) * logsigmoid(-logits))
    if pos_weight is not None:
        loss = loss * pos_weight
    return loss.mean()


def focal(logits, target, gamma=2.0):
    log_p = log_softmax(logits, 1).gather(1, target.view(-1, 1))
    p = log_p.exp().detach()
    return -((1 - p) ** gamma * log_p).mean()


# %% weights and means
# cross_entropy: divides the weighted sum by the number of examples
# hinge: takes the targets for 0 and 1
# nll: is the log-likelihood, without the minus
def nll(log_probability, target):
    return log_probability[torch.arange(len(target)), target].mean()


def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, 1)
    C = logits.shape[1]
    if target.dtype == torch.int64:
        keep = target != ignore_index
        log_p = log_p[keep]
        target = torch.nn.functional.one_hot(target[keep], C).to(logits.dtype)
    target = target * (1 - label_smoothing) + label_smoothing / C
    if weight is not None:
        target = target * weight
    return -(target * log_p).sum(1).mean()


def hinge(score, target):
    y = 2 * target - 1
    return (1 - y * score).clamp(min=0).mean()


# %% dim 0
# cross_entropy: normalises over the batch instead of the classes
# nll: gathers along dim 0
# bce_with_logits: makes the entries compete through softmax
def bce_with_logits(logits, target, pos_weight=None):
    p = torch.softmax(logits, -1)
    w = 1 if pos_weight is None else pos_weight
    return -(w * target * p.log() + (1 - target) * (1 - p).log()).mean()


def nll(log_probability, target):
    return -log_probability.gather(0, target.unsqueeze(0)).mean()


def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, 0)
    C = logits.shape[1]
    if weight is None:
        weight = torch.ones(C, dtype=logits.dtype)
    if target.is_floating_point():
        return -(weight * ((1 - label_smoothing) * target + label_smoothing / C) * log_p).sum() / len(target)
    keep = target != ignore_index
    log_p = log_p[keep]
    target = target[keep]
    onehot = torch.eye(C, dtype=logits.dtype)[target]
    onehot = (1 - label_smoothing) * onehot + label_smoothing / C
    return -(weight * onehot * log_p).sum() / weight[target].sum()


# %% logs of softmax
# cross_entropy: takes the logarithm after softmax
# focal: takes the logarithm of a probability that may be 0
# bce_with_logits: never looks at pos_weight
def bce_with_logits(logits, target, pos_weight=None):
    return (torch.nn.functional.softplus(logits) - target * logits).mean()


def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = torch.log(torch.softmax(logits, dim=1))
    C = logits.shape[1]
    w = torch.ones(C, dtype=logits.dtype) if weight is None else weight
    if target.ndim == 2:
        t = (1 - label_smoothing) * target + label_smoothing / C
        return -(t * w * log_p).sum(1).mean()
    keep = target != ignore_index
    target = target[keep]
    t = (1 - label_smoothing) * torch.eye(C, dtype=logits.dtype)[target] + label_smoothing / C
    return -(t * w * log_p[keep]).sum() / w[target].sum()


def focal(logits, target, gamma=2.0):
    p = torch.softmax(logits, dim=1)[torch.arange(len(target)), target]
    return (-((1 - p) ** gamma) * torch.log(p)).mean()


# %% ignored, but counted
# cross_entropy: still counts the ignored rows in the mean
# bce: takes the probabilities for logits
# hinge: lets the loss of safe answers become negative
def bce(probability, target):
    p = torch.sigmoid(probability)
    return -(target * p.log().clamp(min=-100) + (1 - target) * (1 - p).log().clamp(min=-100)).mean()


def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, 1)
    C = logits.shape[1]
    if weight is None:
        weight = torch.ones(C, dtype=logits.dtype)
    if target.is_floating_point():
        target = (1 - label_smoothing) * target + label_smoothing / C
        return -(target * log_p * weight).sum() / len(logits)
    mask = target == ignore_index
    safe = target.clone()
    safe[mask] = 0
    onehot = torch.nn.functional.one_hot(safe, C).to(logits.dtype)
    onehot = (1 - label_smoothing) * onehot + label_smoothing / C
    loss = -(onehot * weight * log_p).sum(1)
    loss = loss * ~mask
    return loss.sum() / weight[safe].sum()


def hinge(score, target):
    return (1 - target * score).mean()


# %% smoothing
# cross_entropy: spreads the smoothing over the C - 1 other classes
# focal: takes one factor for the whole batch, from the mean cross-entropy
# nll: takes each row's largest entry, not that of its label
def nll(log_probability, target):
    return -log_probability.max(1).values.mean()


def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, 1)
    C = logits.shape[1]
    if weight is None:
        weight = torch.ones(C, dtype=logits.dtype)
    if target.is_floating_point():
        share, total = target, len(target)
    else:
        keep = target != ignore_index
        log_p, target = log_p[keep], target[keep]
        share = torch.eye(C, dtype=logits.dtype)[target]
        total = weight[target].sum()
    share = share * (1 - label_smoothing) + (1 - share) * label_smoothing / (C - 1)
    return -(weight * share * log_p).sum() / total


def focal(logits, target, gamma=2.0):
    ce = torch.nn.functional.cross_entropy(logits, target)
    pt = torch.exp(-ce)
    return (1 - pt) ** gamma * ce


# %% labels one-hot against indices
# nll: multiplies by the label as a number
# cross_entropy: reduces target probabilities to their largest class
# bce: clamps the probabilities, not the logarithms
def bce(probability, target):
    p = probability.clamp(1e-7, 1 - 1e-7)
    return -(target * p.log() + (1 - target) * (1 - p).log()).mean()


def nll(log_probability, target):
    return -(target.unsqueeze(1) * log_probability).sum(1).mean()


def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    if target.ndim == 2:
        target = target.argmax(1)
    log_p = log_softmax(logits, 1)
    C = logits.shape[1]
    if weight is None:
        weight = torch.ones(C, dtype=logits.dtype)
    keep = target != ignore_index
    log_p, target = log_p[keep], target[keep]
    share = torch.eye(C, dtype=logits.dtype)[target]
    share = (1 - label_smoothing) * share + label_smoothing / C
    return -(weight * share * log_p).sum() / weight[target].sum()


# %% no minus, no mean, weights on both sides
# bce: has the sign of the loss turned round
# bce_with_logits: multiplies both terms by pos_weight
# nll: gives a loss for each row, not their mean
# cross_entropy: never looks at ignore_index
# cross_entropy: divides the weighted sum by the number of examples
#   or: says "and `weight` is given"
def bce(probability, target):
    a = torch.clamp(torch.log(probability), min=-100)
    b = torch.clamp(torch.log(1 - probability), min=-100)
    return (target * a + (1 - target) * b).mean()


def bce_with_logits(logits, target, pos_weight=None):
    loss = -(target * logsigmoid(logits) + (1 - target) * logsigmoid(-logits))
    if pos_weight is not None:
        loss = loss * pos_weight
    return loss.mean()


def nll(log_probability, target):
    return -log_probability[torch.arange(len(target)), target]


def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    logp = log_softmax(logits, dim=1)
    C = logits.shape[1]
    if target.dim() == 1:
        q = torch.nn.functional.one_hot(target, C).to(logits.dtype)
    else:
        q = target
    q = (1 - label_smoothing) * q + label_smoothing / C
    if weight is not None:
        logp = logp * weight
    return -(q * logp).sum() / len(logits)


# %% 1 - z, Python's max, another gamma
# bce_with_logits: takes the logit 1 - z for the negative answer
# nll: is the log-likelihood, without the minus
# hinge: says "what stands before `.mean`"
# focal: says "with `gamma=1`"
def bce_with_logits(logits, target, pos_weight=None):
    pos = target * logsigmoid(logits)
    if pos_weight is not None:
        pos = pos_weight * pos
    return -(pos + (1 - target) * logsigmoid(1 - logits)).mean()


def nll(log_probability, target):
    total = 0
    for i in range(len(target)):
        total += log_probability[i, target[i]]
    return total / len(target)


def hinge(score, target):
    return max(0, 1 - target * score).mean()


def focal(logits, target, gamma=1.0):
    logp = log_softmax(logits, 1).gather(1, target[:, None])
    p = logp.exp().detach()
    return (-(1 - p) ** gamma * logp).mean()
