"""Other right ways to write this page."""

import math

import torch
from torch import nn
from torch.nn import functional

from autograder.checking import variant


@variant("decisions row by row, and through the threshold's logit")
def predict_labels(logits):
    return torch.tensor([int(row.argmax()) for row in logits], dtype=torch.int64)


@variant("decisions row by row, and through the threshold's logit")
def predict_binary(logits, threshold=0.5):
    edge = math.log(threshold / (1 - threshold))
    return torch.where(logits >= edge, 1, 0)


@variant("decisions from probabilities that sum to 1")
def predict_labels(logits):
    return torch.softmax(logits, dim=-1).topk(1, dim=-1).indices.squeeze(-1)


@variant("decisions from probabilities that sum to 1")
def predict_binary(logits, threshold=0.5):
    return (1 / (1 + torch.exp(-logits)) >= threshold).to(torch.int64)


@variant("everything from the confusion matrix")
def confusion_matrix(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    for labels in (prediction, target):
        if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < num_classes:
            raise ValueError("a label is no class")
    rows = functional.one_hot(target, num_classes)  # (N, C)
    columns = functional.one_hot(prediction, num_classes)
    return rows.T @ columns


@variant("everything from the confusion matrix")
def precision_recall_f1(prediction, target, positive=1):
    insist_on_equal_shapes(prediction, target)
    matrix = confusion_matrix((prediction == positive).long(), (target == positive).long(), 2)
    (_, false_alarms), (missed, hits) = matrix.tolist()

    def ratio(part, whole):
        return part / whole if whole else 0.0

    precision, recall = ratio(hits, hits + false_alarms), ratio(hits, hits + missed)
    return precision, recall, ratio(2 * precision * recall, precision + recall)


@variant("everything from the confusion matrix")
def macro_f1(prediction, target, num_classes):
    matrix = confusion_matrix(prediction, target, num_classes).double()
    both = matrix.sum(0) + matrix.sum(1)  # TP + FP and TP + FN of every class
    return (2 * matrix.diag() / both.clamp(min=1)).mean().item()


@variant("counted pair by pair, with Python's own numbers")
def accuracy(prediction, target):
    insist_on_equal_shapes(prediction, target)
    pairs = list(zip(prediction.reshape(-1).tolist(), target.reshape(-1).tolist(), strict=True))
    return sum(p == t for p, t in pairs) / len(pairs) if pairs else 0.0


@variant("counted pair by pair, with Python's own numbers")
def confusion_matrix(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    matrix = torch.zeros(num_classes, num_classes, dtype=torch.long)
    for p, t in zip(prediction.tolist(), target.tolist(), strict=True):
        if min(p, t) < 0 or max(p, t) >= num_classes:
            raise ValueError(f"{p}, {t}")
        matrix[t][p] += 1
    return matrix


@variant("counted pair by pair, with Python's own numbers")
def rmse(prediction, target):
    insist_on_equal_shapes(prediction, target)
    errors = (prediction - target).flatten().tolist()
    return math.sqrt(math.fsum(e * e for e in errors) / len(errors))


@variant("tensors of shape () come back")
def accuracy(prediction, target):
    insist_on_equal_shapes(prediction, target)
    if not target.numel():
        return torch.tensor(0.0)
    return (prediction == target).float().mean()


@variant("tensors of shape () come back")
def precision_recall_f1(prediction, target, positive=1):
    insist_on_equal_shapes(prediction, target)
    hits = ((prediction == positive) * (target == positive)).sum().float()
    precision = hits / (prediction == positive).sum().clamp(min=1)
    recall = hits / (target == positive).sum().clamp(min=1)
    return precision, recall, 2 * precision * recall / (precision + recall + 1e-12)


@variant("tensors of shape () come back")
def rmse(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return functional.mse_loss(prediction, target).sqrt()


@variant("tensors of shape () come back")
def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    residual, spread = (prediction - target).square().mean(), target.var(correction=0)
    if (target == target[0]).all():
        return (residual == 0).double()
    return (spread - residual) / spread


@variant("losses as functions, the layer in a sequence")
def head_for(task, features, outputs=1):
    if task == "regression":
        loss = functional.mse_loss
    elif task == "binary":
        loss = functional.binary_cross_entropy_with_logits
    elif task == "multiclass":

        def loss(z, target):
            return functional.nll_loss(functional.log_softmax(z, 1), target)
    else:
        raise ValueError(task)
    return nn.Sequential(nn.Linear(features, outputs)), loss
