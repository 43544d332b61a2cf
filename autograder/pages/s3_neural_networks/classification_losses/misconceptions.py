"""Wrong ways to write the classification losses, as students write them."""

import torch
import torch.nn.functional as F
from torch.nn.functional import log_softmax, logsigmoid

from autograder.checking import misconception


@misconception(
    "adds 1e-9 inside the logarithms",
    hint="log(0 + 1e-9) is -20.7, not -100, and every entry is a little off. Clamp the logarithm, not its argument.",
    dies_by="test_bce",
)
def bce(probability, target):
    return -(target * torch.log(probability + 1e-9) + (1 - target) * torch.log(1 - probability + 1e-9)).mean()


@misconception(
    "lets the logarithms run to -inf",
    hint="At p = 0 or 1 one logarithm is -inf, and 0 * -inf is NaN. The docstring says where the logarithms stop.",
    dies_by="test_bce",
)
def bce(probability, target):
    return -(target * probability.log() + (1 - target) * (1 - probability).log()).mean()


@misconception(
    "leaves out the term of the negative answer",
    hint="What does an entry with target 0 cost in your loss, if its probability is 0.99?",
    dies_by="test_bce",
)
def bce(probability, target):
    return -(target * probability.log().clamp(min=-100)).mean()


@misconception(
    "takes the probabilities for logits",
    hint="A probability of 1/2 must cost ln 2. Which function have its entries been through already?",
    dies_by="test_bce",
)
def bce(probability, target):
    return -(target * logsigmoid(probability) + (1 - target) * logsigmoid(-probability)).mean()


@misconception(
    "takes the sigmoid first and its logarithm afterwards",
    hint="sigmoid(200) is exactly 1: the loss stops at 100, its slope is lost. logsigmoid stays on the logits' scale.",
    dies_by="test_logits_of_200",
)
def bce_with_logits(logits, target, pos_weight=None):
    p = torch.sigmoid(logits)
    log_yes, log_no = p.log().clamp(min=-100), (1 - p).log().clamp(min=-100)
    if pos_weight is not None:
        log_yes = pos_weight * log_yes
    return -(target * log_yes + (1 - target) * log_no).mean()


@misconception(
    "makes the entries compete through softmax",
    hint="Each entry is a question of its own, and several may be yes. Softmax lets one answer push the others down.",
    dies_by="test_bce_with_logits",
)
def bce_with_logits(logits, target, pos_weight=None):
    p = torch.softmax(logits, -1)
    log_yes, log_no = p.log().clamp(min=-100), (1 - p).log().clamp(min=-100)
    if pos_weight is not None:
        log_yes = pos_weight * log_yes
    return -(target * log_yes + (1 - target) * log_no).mean()


@misconception(
    "multiplies both terms by pos_weight",
    hint="With pos_weight a missed positive costs more than a false alarm. On both terms it only scales the loss.",
    dies_by="test_pos_weight",
)
def bce_with_logits(logits, target, pos_weight=None):
    losses = -(target * logsigmoid(logits) + (1 - target) * logsigmoid(-logits))
    if pos_weight is not None:
        losses = pos_weight * losses
    return losses.mean()


@misconception(
    "gathers along dim 0",
    hint="dim 0 counts examples. For row n you want entry [n, target[n]]: along which dim do the classes lie?",
    dies_by="test_nll",
)
def nll(log_probability, target):
    return -log_probability.gather(0, target[None, :]).mean()


@misconception(
    "gathers along dim 0",
    hint="Your labels pick rows, always in column 0. Row n's own entry is [n, target[n]]: which dim holds the classes?",
    dies_by="test_nll",
)
def nll(log_probability, target):
    return -log_probability.gather(0, target[:, None]).mean()


@misconception(
    "takes the columns of all labels from every row",
    hint="Print the shape of log_probability[:, target]: it is (N, N). Each row should give one number, its own.",
    dies_by="test_nll",
)
def nll(log_probability, target):
    return -log_probability[:, target].mean()


@misconception(
    "averages over all N * C entries",
    hint="After one-hot, N of the N * C entries are not zero. By how many examples is the sum to be divided?",
    dies_by="test_nll",
)
def nll(log_probability, target):
    return -(torch.eye(log_probability.shape[1], dtype=log_probability.dtype)[target] * log_probability).mean()


@misconception(
    "runs softmax twice",
    hint="Even a sure right answer costs ln(1 + (C - 1) / e) now: 1.4612 for ten classes. Are the logits still logits?",
    dies_by="test_cross_entropy",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(torch.softmax(logits, 1), 1)
    classes = logits.shape[1]
    if weight is None:
        weight = torch.ones(classes, dtype=logits.dtype)
    if target.is_floating_point():
        share, total = target, len(target)
    else:
        kept = target != ignore_index
        log_p, target = log_p[kept], target[kept]
        share = torch.eye(classes, dtype=logits.dtype)[target]
        total = weight[target].sum()
    share = (1 - label_smoothing) * share + label_smoothing / classes
    return -(weight * share * log_p).sum() / total


@misconception(
    "averages over N * C entries",
    hint="At equal logits the loss must be ln C. Yours is ln C / C: what has the sum been divided by?",
    dies_by="test_cross_entropy",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, 1)
    classes = logits.shape[1]
    if weight is None:
        weight = torch.ones(classes, dtype=logits.dtype)
    if target.is_floating_point():
        share, total = target, len(target)
    else:
        kept = target != ignore_index
        log_p, target = log_p[kept], target[kept]
        share = torch.eye(classes, dtype=logits.dtype)[target]
        total = weight[target].sum()
    share = (1 - label_smoothing) * share + label_smoothing / classes
    return -(weight * share * log_p).sum() / (total * classes)


@misconception(
    "normalises over the batch instead of the classes",
    hint="Each row, one example, has probabilities that sum to 1. Along which dim does your softmax run?",
    dies_by="test_cross_entropy",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, 0)
    classes = logits.shape[1]
    if weight is None:
        weight = torch.ones(classes, dtype=logits.dtype)
    if target.is_floating_point():
        share, total = target, len(target)
    else:
        kept = target != ignore_index
        log_p, target = log_p[kept], target[kept]
        share = torch.eye(classes, dtype=logits.dtype)[target]
        total = weight[target].sum()
    share = (1 - label_smoothing) * share + label_smoothing / classes
    return -(weight * share * log_p).sum() / total


@misconception(
    "takes the logarithm after softmax",
    hint="A probability of e^-1000 is 0, its logarithm -inf. log_softmax subtracts logsumexp from the logits instead.",
    dies_by="test_logits_far_apart",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = torch.softmax(logits, 1).log()
    classes = logits.shape[1]
    if weight is None:
        weight = torch.ones(classes, dtype=logits.dtype)
    if target.is_floating_point():
        share, total = target, len(target)
    else:
        kept = target != ignore_index
        log_p, target = log_p[kept], target[kept]
        share = torch.eye(classes, dtype=logits.dtype)[target]
        total = weight[target].sum()
    share = (1 - label_smoothing) * share + label_smoothing / classes
    return -(weight * share * log_p).sum() / total


@misconception(
    "adds 1e-9 to the probabilities before their logarithm",
    hint="The loss of a wrong answer stops at 20.7 now, where 1000 is true. log_softmax needs no such crutch.",
    dies_by="test_logits_far_apart",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = torch.log(torch.softmax(logits, 1) + 1e-9)
    classes = logits.shape[1]
    if weight is None:
        weight = torch.ones(classes, dtype=logits.dtype)
    if target.is_floating_point():
        share, total = target, len(target)
    else:
        kept = target != ignore_index
        log_p, target = log_p[kept], target[kept]
        share = torch.eye(classes, dtype=logits.dtype)[target]
        total = weight[target].sum()
    share = (1 - label_smoothing) * share + label_smoothing / classes
    return -(weight * share * log_p).sum() / total


@misconception(
    "divides the weighted sum by the number of examples",
    hint="A weighted mean divides by the sum of the weights: doubling all of them must change nothing.",
    dies_by="test_class_weights",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, 1)
    classes = logits.shape[1]
    if weight is None:
        weight = torch.ones(classes, dtype=logits.dtype)
    if target.is_floating_point():
        share = target
    else:
        kept = target != ignore_index
        log_p, target = log_p[kept], target[kept]
        share = torch.eye(classes, dtype=logits.dtype)[target]
    share = (1 - label_smoothing) * share + label_smoothing / classes
    return -(weight * share * log_p).sum() / torch.tensor(len(share))


@misconception(
    "never looks at ignore_index",
    hint="Rows labelled ignore_index must take no part at all. Where in your function does the parameter stand?",
    dies_by="test_ignored_labels",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, 1)
    classes = logits.shape[1]
    if weight is None:
        weight = torch.ones(classes, dtype=logits.dtype)
    if target.is_floating_point():
        share, total = target, len(target)
    else:
        share = torch.eye(classes, dtype=logits.dtype)[target]
        total = weight[target].sum()
    share = (1 - label_smoothing) * share + label_smoothing / classes
    return -(weight * share * log_p).sum() / total


@misconception(
    "still counts the ignored rows in the mean",
    hint="The ignored rows are gone from your sum, but not from what it is divided by.",
    dies_by="test_ignored_labels",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, 1)
    classes = logits.shape[1]
    if weight is None:
        weight = torch.ones(classes, dtype=logits.dtype)
    if target.is_floating_point():
        share, total = target, len(target)
    else:
        kept = target != ignore_index
        total = weight[target.where(target >= 0, 0)].sum()
        log_p, target = log_p[kept], target[kept]
        share = torch.eye(classes, dtype=logits.dtype)[target]
    share = (1 - label_smoothing) * share + label_smoothing / classes
    return -(weight * share * log_p).sum() / total


@misconception(
    "returns 0 when every row is ignored",
    hint="The mean of no numbers is 0 / 0. A loss of 0 would say that everything is right; the docstring asks for NaN.",
    dies_by="test_ignored_labels",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, 1)
    classes = logits.shape[1]
    if weight is None:
        weight = torch.ones(classes, dtype=logits.dtype)
    if target.is_floating_point():
        share, total = target, len(target)
    else:
        kept = target != ignore_index
        if not kept.any():
            return logits.sum() * 0
        log_p, target = log_p[kept], target[kept]
        share = torch.eye(classes, dtype=logits.dtype)[target]
        total = weight[target].sum()
    share = (1 - label_smoothing) * share + label_smoothing / classes
    return -(weight * share * log_p).sum() / total


@misconception(
    "reduces target probabilities to their largest class",
    hint="argmax turns (0.6, 0.4) into (1, 0). Every class takes part, with its own probability.",
    dies_by="test_soft_targets",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, 1)
    classes = logits.shape[1]
    if weight is None:
        weight = torch.ones(classes, dtype=logits.dtype)
    if target.is_floating_point():
        target = target.argmax(1)
    kept = target != ignore_index
    log_p, target = log_p[kept], target[kept]
    share = torch.eye(classes, dtype=logits.dtype)[target]
    share = (1 - label_smoothing) * share + label_smoothing / classes
    return -(weight * share * log_p).sum() / weight[target].sum()


@misconception(
    "never looks at label_smoothing",
    hint="Print your one-hot rows with label_smoothing=0.3: in which line does the parameter change them?",
    dies_by="test_label_smoothing",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, 1)
    classes = logits.shape[1]
    if weight is None:
        weight = torch.ones(classes, dtype=logits.dtype)
    if target.is_floating_point():
        share, total = target, len(target)
    else:
        kept = target != ignore_index
        log_p, target = log_p[kept], target[kept]
        share = torch.eye(classes, dtype=logits.dtype)[target]
        total = weight[target].sum()
    return -(weight * share * log_p).sum() / total


@misconception(
    "takes the smoothing from the right class and gives it to nobody",
    hint="The smoothed targets of a row must still sum to 1. Where has the share eps gone?",
    dies_by="test_label_smoothing",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, 1)
    classes = logits.shape[1]
    if weight is None:
        weight = torch.ones(classes, dtype=logits.dtype)
    if target.is_floating_point():
        share, total = target, len(target)
    else:
        kept = target != ignore_index
        log_p, target = log_p[kept], target[kept]
        share = torch.eye(classes, dtype=logits.dtype)[target]
        total = weight[target].sum()
    share = (1 - label_smoothing) * share
    return -(weight * share * log_p).sum() / total


@misconception(
    "spreads the smoothing over the C - 1 other classes",
    hint="PyTorch spreads it over all C classes, so that the right one ends at 1 - eps + eps / C.",
    dies_by="test_label_smoothing",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, 1)
    classes = logits.shape[1]
    if weight is None:
        weight = torch.ones(classes, dtype=logits.dtype)
    if target.is_floating_point():
        share, total = target, len(target)
    else:
        kept = target != ignore_index
        log_p, target = log_p[kept], target[kept]
        share = torch.eye(classes, dtype=logits.dtype)[target]
        total = weight[target].sum()
    share = (1 - label_smoothing) * share + label_smoothing * (1 - share) / (classes - 1)
    return -(weight * share * log_p).sum() / total


@misconception(
    "writes 0 over the ignored labels in the caller's tensor",
    hint="`target[...] = 0` changes the labels you were given: next epoch nothing is ignored. Use where or a copy.",
    dies_by="test_leaves_inputs_and_dtype_alone",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, 1)
    classes = logits.shape[1]
    if weight is None:
        weight = torch.ones(classes, dtype=logits.dtype)
    if target.is_floating_point():
        share, total = target, len(target)
        share = (1 - label_smoothing) * share + label_smoothing / classes
        return -(weight * share * log_p).sum() / total
    kept = target != ignore_index
    target[~kept] = 0
    share = torch.eye(classes, dtype=logits.dtype)[target]
    share = (1 - label_smoothing) * share + label_smoothing / classes
    return -(kept[:, None] * weight * share * log_p).sum() / (kept * weight[target]).sum()


@misconception(
    "borrows PyTorch's cross_entropy instead of writing it",
    hint="The numbers are right; the exercise is to see how they come about. log_softmax is yours to use.",
    dies_by="test_written_by_hand",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    return F.cross_entropy(logits, target, weight, ignore_index=ignore_index, label_smoothing=label_smoothing)


@misconception(
    "has the sign of the margin wrong",
    hint="target * score is positive when the answer is right. Should the loss grow or fall with it?",
    dies_by="test_hinge",
)
def hinge(score, target):
    return (1 + target * score).clamp(min=0).mean()


@misconception(
    "takes the targets for 0 and 1",
    hint="The targets are -1 and +1 already. What does 2 * target - 1 make of a -1?",
    dies_by="test_hinge",
)
def hinge(score, target):
    return (1 - (2 * target - 1) * score).clamp(min=0).mean()


@misconception(
    "asks for no margin",
    hint="A score of 0 is on neither side and must cost 1: being right is not enough, it takes a margin of 1.",
    dies_by="test_hinge",
)
def hinge(score, target):
    return (-target * score).clamp(min=0).mean()


@misconception(
    "lets the loss of safe answers become negative",
    hint="Beyond the margin the loss is 0, whatever the score. Which part of the formula sees to that?",
    dies_by="test_hinge",
)
def hinge(score, target):
    return (1 - target * score).mean()


@misconception(
    "puts the exponent on p_t instead of 1 - p_t",
    hint="The factor must be small where p_t is near 1: easy examples count little. Yours is small for the hard ones.",
    dies_by="test_focal",
)
def focal(logits, target, gamma=2.0):
    log_p = log_softmax(logits, 1).gather(1, target[:, None])
    return -(log_p.exp() ** gamma * log_p).mean()


@misconception(
    "takes one factor for the whole batch, from the mean cross-entropy",
    hint="Every row has its own p_t and its own factor. Take the mean last.",
    dies_by="test_focal",
)
def focal(logits, target, gamma=2.0):
    loss = -log_softmax(logits, 1).gather(1, target[:, None]).mean()
    return (1 - (-loss).exp()) ** gamma * loss


@misconception(
    "lets no gradient through the factor",
    hint="The value is right, the gradient is not: (1 - p_t)^gamma depends on the logits too. Is there a detach?",
    dies_by="test_focal",
)
def focal(logits, target, gamma=2.0):
    log_p = log_softmax(logits, 1).gather(1, target[:, None])
    factor = (1 - log_p.detach().exp()) ** gamma
    return -(factor * log_p).mean()


@misconception(
    "caps the cost of an entry at 100, not its logarithms",
    hint="An entry with p = 0 and target 0.25 costs a quarter of 100. Where do your numbers stop: before or after the "
    "target is multiplied?",
    dies_by="test_bce",
)
def bce(probability, target):
    losses = -(torch.xlogy(target, probability) + torch.xlogy(1 - target, 1 - probability))
    return losses.clamp(max=100).mean()


@misconception(
    "has another slope than the loss where a logit is 0",
    hint="The loss is smooth at z = 0, with the slope 1/2 - y. clamp and abs have a corner there, and autograd takes "
    "one side of it. Which function has no corner?",
    dies_by="test_bce_with_logits",
)
def bce_with_logits(logits, target, pos_weight=None):
    tail = torch.log1p(torch.exp(-logits.abs()))
    heavy = 1 if pos_weight is None else 1 + (pos_weight - 1) * target
    return ((1 - target) * logits + heavy * (tail + (-logits).clamp(min=0))).mean()


@misconception(
    "leaves rows of probabilities out by ignore_index",
    hint="With target probabilities no row is ignored: ignore_index plays a part for labels alone.",
    dies_by="test_soft_targets",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, 1)
    classes = logits.shape[1]
    if weight is None:
        weight = torch.ones(classes, dtype=logits.dtype)
    kept = (target.argmax(1) if target.is_floating_point() else target) != ignore_index
    log_p, target = log_p[kept], target[kept]
    if target.is_floating_point():
        share, total = target, len(target)
    else:
        share = torch.eye(classes, dtype=logits.dtype)[target]
        total = weight[target].sum()
    share = (1 - label_smoothing) * share + label_smoothing / classes
    return -(weight * share * log_p).sum() / total


@misconception(
    "divides by the weights of the classes with target probabilities too",
    hint="With target probabilities the sum is divided by N, whatever the weights, also where the rows are one-hot.",
    dies_by="test_class_weights",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    log_p = log_softmax(logits, 1)
    classes = logits.shape[1]
    if weight is None:
        weight = torch.ones(classes, dtype=logits.dtype)
    if target.is_floating_point():
        share, total = target, (weight * target).sum()
    else:
        kept = target != ignore_index
        log_p, target = log_p[kept], target[kept]
        share = torch.eye(classes, dtype=logits.dtype)[target]
        total = weight[target].sum()
    share = (1 - label_smoothing) * share + label_smoothing / classes
    return -(weight * share * log_p).sum() / total


@misconception(
    "adds the entries up where their mean belongs",
    hint="Twice as many entries must not cost twice as much. Which method divides by their number?",
    dies_by="test_bce",
)
def bce(probability, target):
    log_yes = probability.log().clamp(min=-100)
    log_no = (1 - probability).log().clamp(min=-100)
    return -(target * log_yes + (1 - target) * log_no).sum()


@misconception(
    "clamps the probabilities, not the logarithms",
    hint="log(1e-7) is -16, not -100, and close to 0 and 1 the gradient is cut off. The docstring clamps the logarithms.",
    dies_by="test_bce",
)
def bce(probability, target):
    p = probability.clamp(1e-7, 1 - 1e-7)
    return -(target * p.log() + (1 - target) * (1 - p).log()).mean()


@misconception(
    "never looks at pos_weight",
    hint="The parameter `pos_weight` is not used. Which of the two terms does it multiply?",
    dies_by="test_pos_weight",
)
def bce_with_logits(logits, target, pos_weight=None):
    return -(target * logsigmoid(logits) + (1 - target) * logsigmoid(-logits)).mean()


@misconception(
    "adds up the rows where their mean belongs",
    hint="Twice as many rows must not cost twice as much. What is the sum divided by?",
    dies_by="test_nll",
)
def nll(log_probability, target):
    return -log_probability.gather(1, target[:, None]).sum()


@misconception(
    "is the log-likelihood, without the minus",
    hint="A loss falls when the right class becomes more probable. Which sign does that?",
    dies_by="test_nll",
)
def nll(log_probability, target):
    return log_probability.gather(1, target[:, None]).mean()


@misconception(
    "takes each row's largest entry, not that of its label",
    hint="The largest entry belongs to what is predicted. The loss asks for the entry in column target[i] of row i.",
    dies_by="test_nll",
)
def nll(log_probability, target):
    return -log_probability.amax(1).mean()


@misconception(
    "multiplies by the label as a number",
    hint="Class 2 is not twice class 1: the label says which column is taken. gather, or a one-hot row, picks it.",
    dies_by="test_nll",
)
def nll(log_probability, target):
    return -(target[:, None] * log_probability).sum(1).mean()


@misconception(
    "adds the losses up where their mean belongs",
    hint="Twice as many entries must not cost twice as much. Which method divides by their number?",
    dies_by="test_hinge",
)
def hinge(score, target):
    return (1 - target * score).clamp(min=0).sum()


@misconception(
    "adds the rows up where their mean belongs",
    hint="Twice as many rows must not cost twice as much. Which method divides by their number?",
    dies_by="test_focal",
)
def focal(logits, target, gamma=2.0):
    log_p = log_softmax(logits, 1).gather(1, target[:, None])
    return -((1 - log_p.exp()) ** gamma * log_p).sum()


@misconception(
    "takes the logarithm of a probability that may be 0",
    hint="softmax rounds e^-200 to 0, and log(0) is -inf. log_softmax keeps the logarithm all along.",
    dies_by="test_focal",
)
def focal(logits, target, gamma=2.0):
    p = torch.softmax(logits, 1).gather(1, target[:, None])
    return -((1 - p) ** gamma * p.log()).mean()


@misconception(
    "takes the logit 1 - z for the negative answer",
    hint="1 - sigmoid(z) is sigmoid(-z), not sigmoid(1 - z): the 1 belongs to probabilities.",
    dies_by="test_bce_with_logits",
)
def bce_with_logits(logits, target, pos_weight=None):
    positive = target * logsigmoid(logits)
    if pos_weight is not None:
        positive = positive * pos_weight
    return -(positive + (1 - target) * logsigmoid(1 - logits)).mean()


@misconception(
    "has the sign of the loss turned round",
    hint="A logarithm of a probability is 0 or less, and a loss is 0 or more. Where is the minus?",
    dies_by="test_bce",
)
def bce(probability, target):
    yes, no = probability.log().clamp(min=-100), (1 - probability).log().clamp(min=-100)
    return (target * yes + (1 - target) * no).mean()


@misconception(
    "gives a loss for each row, not their mean",
    hint="The docstring wants a 0-d tensor: one number for the whole batch.",
    dies_by="test_nll",
)
def nll(log_probability, target):
    return -log_probability[torch.arange(len(target)), target]


@misconception(
    "gives 0 where weights are given and no label counts",
    hint="The sum of the weights of the labels that count is 0 then, and 0 divided by 0 is NaN, with weights or without.",
    dies_by="test_ignored_labels",
)
def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    N, C = logits.shape
    w = torch.ones(C, dtype=logits.dtype) if weight is None else weight
    q, counts, total = target, torch.ones(N, dtype=torch.bool), N
    if target.dim() == 1:
        counts = target != ignore_index
        if weight is not None and not counts.any():
            return logits.sum() * 0
        q = torch.zeros_like(logits)
        q[counts, target[counts]] = 1
        total = w[target[counts]].sum()
    q = (1 - label_smoothing) * q + label_smoothing / C
    return -(torch.where(counts[:, None], q * w, 0) * log_softmax(logits, 1)).sum() / total
