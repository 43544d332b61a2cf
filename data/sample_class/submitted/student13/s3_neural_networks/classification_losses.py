import torch
import torch.nn.functional as F


def bce(probability, target):
    log_p = torch.log(probability).clamp(min=-100)
    log_q = torch.log(1 - probability).clamp(min=-100)
    return -(target * log_p + (1 - target) * log_q).mean()


def bce_with_logits(logits, target, pos_weight=None):
    positive = -F.logsigmoid(logits) * target
    if pos_weight is not None:
        positive = positive * pos_weight
    return (positive - F.logsigmoid(-logits) * (1 - target)).mean()


def nll(log_probability, target):
    return -log_probability[torch.arange(len(target)), target].mean()


def cross_entropy(logits, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    classes = logits.shape[1]
    log_p = torch.log_softmax(torch.softmax(logits, dim=1), dim=1)
    w = torch.ones(classes, dtype=logits.dtype) if weight is None else weight
    if target.is_floating_point():
        soft = target * (1 - label_smoothing) + label_smoothing / classes
        return -(soft * log_p * w).sum(1).mean()
    keep = target != ignore_index
    log_p, target = log_p[keep], target[keep]
    hard = -log_p.gather(1, target[:, None]).squeeze(1) * w[target]
    smooth = -(log_p * w).sum(1) / classes
    total = w[target].sum()
    return (1 - label_smoothing) * hard.sum() / total + label_smoothing * smooth.sum() / total


def hinge(score, target):
    return (1 + target * score).clamp(min=0).mean()


def focal(logits, target, gamma=2.0):
    log_p = torch.log_softmax(logits, dim=1).gather(1, target[:, None]).squeeze(1)
    return (-((1 - log_p.exp()) ** gamma) * log_p).mean()
