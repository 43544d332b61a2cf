"""Wrong ways to decide and to measure, as students write them."""

import torch
from torch import nn

from autograder.checking import misconception


@misconception(
    "takes the maximum over the batch, not over the classes",
    hint="You get one answer for each class. dim is the dimension that disappears: which one holds the classes?",
    dies_by="test_predict_labels",
)
def predict_labels(logits):
    return logits.argmax(0)


@misconception(
    "takes the maximum over the whole tensor",
    hint="Without `dim`, argmax sees one long row and gives a single number. Every example needs its own.",
    dies_by="test_predict_labels",
)
def predict_labels(logits):
    return logits.argmax()


@misconception(
    "keeps the dimension of the classes, with size 1",
    hint="(N, 1) compared with labels of shape (N,) broadcasts to (N, N). One label for each example is a tensor (N,).",
    dies_by="test_predict_labels",
)
def predict_labels(logits):
    return logits.argmax(1, keepdim=True)


@misconception(
    "returns the largest logit instead of its place",
    hint="max gives values and indices. Which of the two is the label?",
    dies_by="test_predict_labels",
)
def predict_labels(logits):
    return logits.max(1).values


@misconception(
    "compares the logits themselves with the threshold",
    hint="The threshold is a probability. Which logit has the probability 0.5, and what does your code say about 0.2?",
    dies_by="test_predict_binary",
)
def predict_binary(logits, threshold=0.5):
    return (logits >= threshold).long()


@misconception(
    "says no to a probability that is exactly the threshold",
    hint="Read once more: yes where the probability is *at least* the threshold. What comes out for the logit 0?",
    dies_by="test_predict_binary",
)
def predict_binary(logits, threshold=0.5):
    return (torch.sigmoid(logits) > threshold).long()


@misconception(
    "cuts at the logit 0, whatever `threshold` says",
    hint="The parameter `threshold` is not used. At 0.9 only rather certain answers may be a yes.",
    dies_by="test_predict_binary",
)
def predict_binary(logits, threshold=0.5):
    return (logits >= 0).long()


@misconception(
    "returns truth values instead of the labels 0 and 1",
    hint="A comparison gives a tensor of dtype bool. Labels are int64: one call converts.",
    dies_by="test_predict_binary",
)
def predict_binary(logits, threshold=0.5):
    return torch.sigmoid(logits) >= threshold


@misconception(
    "writes the sigmoid so that it is NaN at a logit of 1000",
    hint="exp(1000) is inf, inf / inf is NaN, and NaN >= 0.5 is false. Is there another form, or a function?",
    dies_by="test_predict_binary",
)
def predict_binary(logits, threshold=0.5):
    probability = logits.exp() / (1 + logits.exp())
    return (probability >= threshold).long()


@misconception(
    "overwrites the caller's logits by probabilities",
    hint="A method that ends in an underscore works in place. Drop the underscore, and the logits stay logits.",
    dies_by="test_leaves_inputs_alone",
)
def predict_binary(logits, threshold=0.5):
    return (logits.sigmoid_() >= threshold).long()


@misconception(
    "counts the right answers without dividing",
    hint="An accuracy is never above 1. Divide by the number of labels.",
    dies_by="test_accuracy",
)
def accuracy(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return float((prediction == target).sum())


@misconception(
    "is NaN where there are no examples",
    hint="The mean of nothing is NaN. What does the docstring promise for an empty batch?",
    dies_by="test_zero_division",
)
def accuracy(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return float((prediction == target).double().mean())


@misconception(
    "lets unequal shapes broadcast",
    hint="(4, 1) against (4,) compares every prediction with every target, sixteen pairs. Compare the shapes first.",
    dies_by="test_bad_input",
)
def accuracy(prediction, target):
    hits = prediction == target
    return int(hits.sum()) / max(hits.numel(), 1)


@misconception(
    "has the prediction in the rows",
    hint="The matrix is transposed: rows are the truth, columns are the prediction.",
    dies_by="test_confusion_matrix",
)
def confusion_matrix(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    labels = torch.stack([prediction, target])
    if ((labels < 0) | (labels >= num_classes)).any():
        raise ValueError("no such class")
    cells = num_classes * prediction + target
    return torch.bincount(cells, minlength=num_classes**2).reshape(num_classes, num_classes)


@misconception(
    "counts a pair only once, however often it occurs",
    hint="matrix[target, prediction] += 1 reads, adds and writes: a cell named twice is written twice with the same value.",
    dies_by="test_confusion_matrix",
)
def confusion_matrix(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    labels = torch.stack([prediction, target])
    if ((labels < 0) | (labels >= num_classes)).any():
        raise ValueError("no such class")
    matrix = torch.zeros(num_classes, num_classes, dtype=torch.int64)
    matrix[target, prediction] += 1
    return matrix


@misconception(
    "is only as large as the largest label that occurs",
    hint="A class may be missing in a batch. Then your matrix is too small to be added to another: use num_classes.",
    dies_by="test_confusion_matrix",
)
def confusion_matrix(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    labels = torch.stack([prediction, target])
    if ((labels < 0) | (labels >= num_classes)).any():
        raise ValueError("no such class")
    size = int(labels.max()) + 1 if labels.numel() else num_classes
    return torch.bincount(size * target + prediction, minlength=size**2).reshape(size, size)


@misconception(
    "divides every row by its sum",
    hint="Fractions hide how many examples there were, and a class that is missing divides by zero. Return the counts.",
    dies_by="test_confusion_matrix",
)
def confusion_matrix(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    labels = torch.stack([prediction, target])
    if ((labels < 0) | (labels >= num_classes)).any():
        raise ValueError("no such class")
    matrix = torch.bincount(num_classes * target + prediction, minlength=num_classes**2)
    matrix = matrix.reshape(num_classes, num_classes)
    return matrix / matrix.sum(1, keepdim=True)


@misconception(
    "takes the label -1 for the last class",
    hint="matrix[-1] is the last row, without a complaint. Look at the labels before you count.",
    dies_by="test_bad_input",
)
def confusion_matrix(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    matrix = torch.zeros(num_classes, num_classes, dtype=torch.int64)
    for p, t in zip(prediction.tolist(), target.tolist(), strict=True):
        matrix[t, p] += 1
    return matrix


@misconception(
    "takes precision for recall",
    hint="Precision is the share of the alarms that were true, recall the share of the cases that were found.",
    dies_by="test_precision_recall_f1",
)
def precision_recall_f1(prediction, target, positive=1):
    insist_on_equal_shapes(prediction, target)
    called, there = prediction == positive, target == positive
    found = int((called & there).sum())
    alarms, cases = int(called.sum()), int(there.sum())
    return found / max(cases, 1), found / max(alarms, 1), 2 * found / max(alarms + cases, 1)


@misconception(
    "takes the arithmetic mean of precision and recall for F1",
    hint="F1 is the harmonic mean: with a recall of 1 and a precision near 0 it must be near 0, not one half.",
    dies_by="test_precision_recall_f1",
)
def precision_recall_f1(prediction, target, positive=1):
    insist_on_equal_shapes(prediction, target)
    called, there = prediction == positive, target == positive
    found = int((called & there).sum())
    precision, recall = found / max(int(called.sum()), 1), found / max(int(there.sum()), 1)
    return precision, recall, (precision + recall) / 2


@misconception(
    "takes class 1 for the positive one, whatever `positive` says",
    hint="The parameter `positive` is not used. Compare prediction and target with it before you count.",
    dies_by="test_precision_recall_f1",
)
def precision_recall_f1(prediction, target, positive=1):
    insist_on_equal_shapes(prediction, target)
    called, there = prediction == 1, target == 1
    found = int((called & there).sum())
    alarms, cases = int(called.sum()), int(there.sum())
    return found / max(alarms, 1), found / max(cases, 1), 2 * found / max(alarms + cases, 1)


@misconception(
    "divides by zero where there are no alarms or no cases",
    hint="No alarm means TP + FP = 0. The docstring says what comes out then; ask for it before you divide.",
    dies_by="test_zero_division",
)
def precision_recall_f1(prediction, target, positive=1):
    insist_on_equal_shapes(prediction, target)
    called, there = prediction == positive, target == positive
    found = int((called & there).sum())
    precision, recall = found / int(called.sum()), found / int(there.sum())
    return precision, recall, 2 * precision * recall / (precision + recall) if found else 0.0


@misconception(
    "divides by zero in F1 where precision and recall are both 0",
    hint="Two of your three fractions are guarded. What is 2 p r / (p + r) if no alarm was true?",
    dies_by="test_zero_division",
)
def precision_recall_f1(prediction, target, positive=1):
    insist_on_equal_shapes(prediction, target)
    called, there = prediction == positive, target == positive
    found = int((called & there).sum())
    precision, recall = found / max(int(called.sum()), 1), found / max(int(there.sum()), 1)
    return precision, recall, 2 * precision * recall / (precision + recall)


@misconception(
    "pools the counts of all classes, which is the accuracy",
    hint="Hits of all classes over all examples: that is the micro average. Compute F1 for each class, then average.",
    dies_by="test_macro_f1",
)
def macro_f1(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    return int((prediction == target).sum()) / max(len(target), 1)


@misconception(
    "weighs every class by the number of its examples",
    hint="Then a rare class hardly counts, and that is what the macro average is there to prevent: divide by C.",
    dies_by="test_macro_f1",
)
def macro_f1(prediction, target, num_classes):
    scores = [precision_recall_f1(prediction, target, c)[2] for c in range(num_classes)]
    sizes = [int((target == c).sum()) for c in range(num_classes)]
    return sum(s * n for s, n in zip(scores, sizes, strict=True)) / max(len(target), 1)


@misconception(
    "takes F1 of the mean precision and the mean recall",
    hint="The harmonic mean of means is not the mean of harmonic means. Which of the two does the docstring ask for?",
    dies_by="test_macro_f1",
)
def macro_f1(prediction, target, num_classes):
    scores = [precision_recall_f1(prediction, target, c) for c in range(num_classes)]
    precision, recall = sum(s[0] for s in scores) / num_classes, sum(s[1] for s in scores) / num_classes
    return 2 * precision * recall / max(precision + recall, 1e-12)


@misconception(
    "leaves out the classes that do not occur in the target",
    hint="A class that occurs nowhere has an F1 of 0.0 and counts, says the docstring. Divide by num_classes.",
    dies_by="test_zero_division",
)
def macro_f1(prediction, target, num_classes):
    scores = [precision_recall_f1(prediction, target, int(c))[2] for c in target.unique()]
    insist_on_equal_shapes(prediction, target)
    return sum(scores) / max(len(scores), 1)


@misconception(
    "takes the mean of the roots",
    hint="The root of one square is its absolute value, so this is the MAE. First the mean, then a single root.",
    dies_by="test_rmse",
)
def rmse(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return float(((prediction - target) ** 2).sqrt().mean())


@misconception(
    "takes one root for each row and averages the roots",
    hint="The mean of two RMSEs is not the RMSE of both together. Take the mean over all entries, then the root.",
    dies_by="test_rmse",
)
def rmse(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return float(((prediction - target) ** 2).mean(-1).sqrt().mean())


@misconception(
    "forgets the root",
    hint="That is the mean squared error, in the square of the target's unit.",
    dies_by="test_rmse",
)
def rmse(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return float(((prediction - target) ** 2).mean())


@misconception(
    "adds the squares up where their mean belongs",
    hint="The norm of the error grows with the number of examples. What is under the root must be a mean.",
    dies_by="test_rmse",
)
def rmse(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return float(torch.linalg.vector_norm(prediction - target))


@misconception(
    "subtracts in place, changing the caller's prediction",
    hint="`prediction -= target` writes into the tensor you were given. Write `error = prediction - target` instead.",
    dies_by="test_leaves_inputs_alone",
)
def rmse(prediction, target):
    insist_on_equal_shapes(prediction, target)
    prediction -= target
    return float((prediction**2).mean().sqrt())


@misconception(
    "lets a prediction of shape (N, 1) broadcast against (N,)",
    hint="Their difference has the shape (N, N): every prediction minus every target. Compare the shapes first.",
    dies_by="test_bad_input",
)
def rmse(prediction, target):
    return float(((prediction - target) ** 2).mean().sqrt())


@misconception(
    "squares the correlation",
    hint="A prediction twice too large correlates perfectly, and is wrong. R2 compares prediction and target themselves.",
    dies_by="test_r2",
)
def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    left = ((prediction - target) ** 2).sum()
    if target.max() == target.min():
        return float(left == 0)
    p, t = prediction - prediction.mean(), target - target.mean()
    return float((p * t).sum() ** 2 / ((p**2).sum() * (t**2).sum()))


@misconception(
    "divides by the variance of the prediction",
    hint="What is there to explain is the spread of the *target*. Have the two changed places?",
    dies_by="test_r2",
)
def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    left = ((prediction - target) ** 2).sum()
    if target.max() == target.min():
        return float(left == 0)
    return 1 - float(left / ((prediction - prediction.mean()) ** 2).sum())


@misconception(
    "divides a mean over N by a variance over N - 1",
    hint="var() divides by N - 1 unless told otherwise, the mean squared error by N. Take plain sums in both.",
    dies_by="test_r2",
)
def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    error = ((prediction - target) ** 2).mean()
    if target.max() == target.min():
        return float(error == 0)
    return 1 - float(error / target.var())


@misconception(
    "forgets to subtract from 1",
    hint="Yours is the part that is left unexplained: 0 for a perfect prediction.",
    dies_by="test_r2",
)
def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    left = ((prediction - target) ** 2).sum()
    if target.max() == target.min():
        return float(left == 0)
    return float(left / ((target - target.mean()) ** 2).sum())


@misconception(
    "never goes below 0",
    hint="R2 is no square. A prediction worse than the mean has an R2 below 0, and that is worth knowing.",
    dies_by="test_r2",
)
def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    left = ((prediction - target) ** 2).sum()
    if target.max() == target.min():
        return float(left == 0)
    return max(0.0, 1 - float(left / ((target - target.mean()) ** 2).sum()))


@misconception(
    "loses the variance between two huge squares",
    hint="Far from 0, the mean of squares and the square of the mean agree in nearly all digits. Subtract first, then square.",
    dies_by="test_r2",
)
def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    left = ((prediction - target) ** 2).sum()
    if target.max() == target.min():
        return float(left == 0)
    return 1 - float(left / ((target**2).sum() - len(target) * target.mean() ** 2))


@misconception(
    "divides by zero where all targets are equal",
    hint="Equal targets have no variance. The docstring says what comes out then.",
    dies_by="test_r2",
)
def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return 1 - float(((prediction - target) ** 2).sum() / ((target - target.mean()) ** 2).sum())


@misconception(
    "puts a sigmoid or softmax before a loss that has its own",
    hint="BCEWithLogitsLoss and CrossEntropyLoss want logits. What comes out of your module, and what does the loss do with it?",
    dies_by="test_head_for",
)
def head_for(task, features, outputs=1):
    losses = {"regression": nn.MSELoss(), "binary": nn.BCEWithLogitsLoss(), "multiclass": nn.CrossEntropyLoss()}
    if task not in losses:
        raise ValueError(task)
    last = {"binary": nn.Sigmoid(), "multiclass": nn.Softmax(1)}.get(task)
    linear = nn.Linear(features, outputs)
    return (nn.Sequential(linear, last) if last else linear), losses[task]


@misconception(
    "ends the regression in a ReLU",
    hint="A ReLU never lets a negative number out. A temperature of -5 degrees could not be predicted.",
    dies_by="test_head_for",
)
def head_for(task, features, outputs=1):
    losses = {"regression": nn.MSELoss(), "binary": nn.BCEWithLogitsLoss(), "multiclass": nn.CrossEntropyLoss()}
    if task not in losses:
        raise ValueError(task)
    linear = nn.Linear(features, outputs)
    return (nn.Sequential(linear, nn.ReLU()) if task == "regression" else linear), losses[task]


@misconception(
    "has a single output, whatever `outputs` says",
    hint="One question needs one logit, C classes need C. The parameter `outputs` is not used.",
    dies_by="test_head_for",
)
def head_for(task, features, outputs=1):
    losses = {"regression": nn.MSELoss(), "binary": nn.BCEWithLogitsLoss(), "multiclass": nn.CrossEntropyLoss()}
    if task not in losses:
        raise ValueError(task)
    return nn.Linear(features, 1), losses[task]


@misconception(
    "trains for every task by the squared error",
    hint="Labels have no distance: class 2 is not further from 0 than class 1. Classification has losses of its own.",
    dies_by="test_head_for",
)
def head_for(task, features, outputs=1):
    if task not in ("regression", "binary", "multiclass"):
        raise ValueError(task)
    return nn.Linear(features, outputs), nn.MSELoss()


@misconception(
    "leaves the layer without a bias",
    hint="Where all features are 0, a layer without a bias always says 0. The docstring asks for one.",
    dies_by="test_head_for",
)
def head_for(task, features, outputs=1):
    losses = {"regression": nn.MSELoss(), "binary": nn.BCEWithLogitsLoss(), "multiclass": nn.CrossEntropyLoss()}
    if task not in losses:
        raise ValueError(task)
    return nn.Linear(features, outputs, bias=False), losses[task]


@misconception(
    "lets the squares far from 0 swallow the errors",
    hint="(p - t)^2 = p^2 - 2pt + t^2 holds on paper. Where both are near a million, the difference of the squares keeps no digit.",
    dies_by="test_rmse",
)
def rmse(prediction, target):
    insist_on_equal_shapes(prediction, target)
    mean = (prediction**2).mean() - 2 * (prediction * target).mean() + (target**2).mean()
    return float(mean.clamp(min=0).sqrt())


# -- as beginners write them -------------------------------------------------------------------------


@misconception("counts the right answers without dividing")
def accuracy(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return (prediction == target).sum().item()


@misconception(
    "divides by the number of rows, not of labels",
    hint="len of a (5, 4) tensor is 5, and it holds 20 labels: numel() counts them.",
    dies_by="test_accuracy",
)
def accuracy(prediction, target):
    insist_on_equal_shapes(prediction, target)
    rows = len(target) if target.dim() else 1
    return int((prediction == target).sum()) / max(rows, 1)


@misconception("divides by the number of rows, not of labels")
def accuracy(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return ((prediction == target).sum() / len(target)).item() if len(target) else 0.0


@misconception("lets unequal shapes broadcast")
def accuracy(prediction, target):
    hits = (prediction == target).sum().item()
    return hits / prediction.numel() if prediction.numel() else 0.0


@misconception(
    "gives the largest logits and their places together",
    hint="max with a dim answers twice, with the largest values and with their places. The labels are the second.",
    dies_by="test_predict_labels",
)
def predict_labels(logits):
    return logits.max(dim=1)


@misconception(
    "gives the labels in int32",
    hint="int() makes int32 of a tensor. Labels are int64 in PyTorch, and long() makes those.",
    dies_by="test_predict_binary",
)
def predict_binary(logits, threshold=0.5):
    return (torch.sigmoid(logits) >= threshold).int()


@misconception("says no to a probability that is exactly the threshold")
def predict_binary(logits, threshold=0.5):
    return torch.where(torch.sigmoid(logits) > threshold, 1, 0)


@misconception("has the prediction in the rows")
def confusion_matrix(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    matrix = torch.zeros(num_classes, num_classes, dtype=torch.int64)
    for p, t in zip(prediction, target):
        matrix[p, t] += 1
    return matrix


@misconception("counts a pair only once, however often it occurs")
def confusion_matrix(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    matrix = torch.zeros(num_classes, num_classes, dtype=torch.int64)
    matrix[target, prediction] += 1
    return matrix


@misconception(
    "counts in float32",
    hint="torch.zeros makes float32 unless you say otherwise. Counts are whole numbers: dtype=torch.int64.",
    dies_by="test_confusion_matrix",
)
def confusion_matrix(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    labels = torch.stack([prediction, target])
    if ((labels < 0) | (labels >= num_classes)).any():
        raise ValueError("no such class")
    matrix = torch.zeros(num_classes, num_classes)
    for p, t in zip(prediction.tolist(), target.tolist(), strict=True):
        matrix[t, p] += 1
    return matrix


@misconception(
    "takes the F1 of class 1 for that of every class",
    hint="precision_recall_f1 has a parameter `positive`. Which class does it look at in each round of your loop?",
    dies_by="test_macro_f1",
)
def macro_f1(prediction, target, num_classes):
    return sum(precision_recall_f1(prediction, target)[2] for _ in range(num_classes)) / num_classes


@misconception("pools the counts of all classes, which is the accuracy")
def macro_f1(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    return (prediction == target).float().mean().item() if len(target) else 0.0


@misconception(
    "divides by the number of rows, not of entries",
    hint="len of a (4, 3) tensor is 4, and it holds 12 errors: take mean(), or divide by numel().",
    dies_by="test_rmse",
)
def rmse(prediction, target):
    insist_on_equal_shapes(prediction, target)
    rows = len(target) if target.dim() else 1
    return float((((prediction - target) ** 2).sum() / rows).sqrt())


@misconception(
    "measures the spread of the prediction where that of the target belongs",
    hint="Below the fraction stands what there is to explain: the distances of the *targets* from their own mean.",
    dies_by="test_r2",
)
def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    left = ((target - prediction) ** 2).sum()
    spread = ((prediction - target.mean()) ** 2).sum()
    if spread == 0:
        return 1.0 if left == 0 else 0.0
    return float(1 - left / spread)


@misconception("forgets to subtract from 1")
def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    left = ((target - prediction) ** 2).sum().item()
    spread = ((target - target.mean()) ** 2).sum().item()
    return 1.0 if spread == 0 else left / spread


@misconception(
    "trains the regression by the absolute error",
    hint="L1Loss is the mean of |error|. The docstring asks for the squared error.",
    dies_by="test_head_for",
)
def head_for(task, features, outputs=1):
    losses = {"regression": nn.L1Loss(), "binary": nn.BCEWithLogitsLoss(), "multiclass": nn.CrossEntropyLoss()}
    if task not in losses:
        raise ValueError(task)
    return nn.Linear(features, outputs), losses[task]


@misconception(
    "gives logits to losses that expect probabilities",
    hint="BCELoss takes probabilities and NLLLoss their logarithms. The module gives logits: which losses take those?",
    dies_by="test_head_for",
)
def head_for(task, features, outputs=1):
    losses = {"regression": nn.MSELoss(), "binary": nn.BCELoss(), "multiclass": nn.NLLLoss()}
    if task not in losses:
        raise ValueError(task)
    return nn.Linear(features, outputs), losses[task]


@misconception(
    "adds the squared errors of the regression up",
    hint="A sum grows with the batch, and so would every step. The default of MSELoss is the mean.",
    dies_by="test_head_for",
)
def head_for(task, features, outputs=1):
    losses = {
        "regression": nn.MSELoss(reduction="sum"),
        "binary": nn.BCEWithLogitsLoss(),
        "multiclass": nn.CrossEntropyLoss(),
    }
    if task not in losses:
        raise ValueError(task)
    return nn.Linear(features, outputs), losses[task]


@misconception(
    "takes equal targets for different ones where their mean is rounded",
    hint="The mean of 0.1, 0.1, 0.1 is a little more than 0.1, so a sum of squared distances from it need not be 0. Are all targets equal to the first?",
    dies_by="test_r2",
)
def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    left = ((prediction - target) ** 2).sum()
    spread = ((target - target.mean()) ** 2).sum()
    if spread == 0:
        return float(left == 0)
    return 1 - float(left / spread)


@misconception(
    "divides the wrong way round",
    hint="R2 is 1 minus what is left over, divided by what there was to explain. Which of the two sums knows the prediction?",
    dies_by="test_r2",
)
def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    left = ((prediction.double() - target.double()) ** 2).sum()
    there = ((target.double() - target.double().mean()) ** 2).sum()
    if (target == target[0]).all():
        return float(left == 0)
    return float(1 - there / left)


@misconception("divides the wrong way round")
def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    res = ((prediction - target) ** 2).sum()
    tot = ((target - target.mean()) ** 2).sum()
    return float(1 - tot / res)


@misconception(
    "takes the mean of the prediction for that of the target",
    hint="What there is to explain is how the targets lie around *their own* mean, whatever was predicted.",
    dies_by="test_r2",
)
def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    left = ((target - prediction) ** 2).sum()
    if (target == target[0]).all():
        return 1.0 if left == 0 else 0.0
    return float(1 - left / ((target - prediction.mean()) ** 2).sum())
