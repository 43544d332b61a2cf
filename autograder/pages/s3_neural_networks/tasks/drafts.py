"""First drafts of this page, as beginners hand them in."""

# %% the wrong axis, and a logit against one half
# predict_labels: takes the maximum over the batch, not over the classes
# predict_binary: compares the logits themselves with the threshold
# accuracy: is NaN where there are no examples
def predict_labels(logits):
    return torch.argmax(logits, dim=0)


def predict_binary(logits, threshold=0.5):
    return (logits >= threshold).long()


def accuracy(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return (prediction == target).float().mean().item()


# %% a matrix turned around
# confusion_matrix: has the prediction in the rows
# precision_recall_f1: divides by zero where there are no alarms or no cases
def confusion_matrix(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    M = torch.zeros(num_classes, num_classes, dtype=torch.int64)
    for p, t in zip(prediction, target):
        M[p, t] += 1
    return M


def precision_recall_f1(prediction, target, positive=1):
    insist_on_equal_shapes(prediction, target)
    tp = ((prediction == positive) & (target == positive)).sum().item()
    fp = ((prediction == positive) & (target != positive)).sum().item()
    fn = ((prediction != positive) & (target == positive)).sum().item()
    precision = tp / (tp + fp)
    recall = tp / (tp + fn)
    return precision, recall, 2 * precision * recall / (precision + recall)


# %% indices that repeat, and a count
# confusion_matrix: counts a pair only once, however often it occurs
# accuracy: counts the right answers without dividing
# macro_f1: takes the F1 of class 1 for that of every class
def confusion_matrix(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    M = torch.zeros((num_classes, num_classes), dtype=torch.int64)
    M[target, prediction] += 1
    return M


def accuracy(prediction, target):
    if prediction.shape != target.shape:
        raise ValueError("shapes")
    return (prediction == target).sum().item()


def macro_f1(prediction, target, num_classes):
    total = 0
    for c in range(num_classes):
        total += precision_recall_f1(prediction, target)[2]
    return total / num_classes


def precision_recall_f1(prediction, target, positive=1):
    insist_on_equal_shapes(prediction, target)
    pred = prediction == positive
    true = target == positive
    tp = (pred & true).sum().item()
    precision = tp / max(pred.sum().item(), 1)
    recall = tp / max(true.sum().item(), 1)
    f1 = 2 * tp / max(pred.sum().item() + true.sum().item(), 1)
    return precision, recall, f1


# %% forgot the root
# rmse: forgets the root
# r2: divides by zero where all targets are equal
# predict_binary: gives the labels in int32
#   or: says "its dtype is int32, not int64"
# predict_binary: says no to a probability that is exactly the threshold
def rmse(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return ((prediction - target) ** 2).mean().item()


def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    ss_res = ((prediction - target) ** 2).sum()
    ss_tot = ((target - target.mean()) ** 2).sum()
    return (1 - ss_res / ss_tot).item()


def predict_binary(logits, threshold=0.5):
    return (torch.sigmoid(logits) > threshold).int()


# %% softmax in the last layer
# head_for: puts a sigmoid or softmax before a loss that has its own
# rmse: lets a prediction of shape (N, 1) broadcast against (N,)
# r2: measures the spread of the prediction where that of the target belongs
def head_for(task, features, outputs=1):
    if task == "regression":
        return nn.Linear(features, outputs), nn.MSELoss()
    elif task == "binary":
        return nn.Sequential(nn.Linear(features, outputs), nn.Sigmoid()), nn.BCELoss()
    elif task == "multiclass":
        return nn.Sequential(nn.Linear(features, outputs), nn.Softmax(dim=1)), nn.CrossEntropyLoss()


def rmse(prediction, target):
    error = prediction - target
    return torch.sqrt(torch.mean(error**2)).item()


def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    ss_res = torch.sum((target - prediction) ** 2)
    ss_tot = torch.sum((prediction - target.mean()) ** 2)
    if ss_tot == 0:
        return 1.0 if ss_res == 0 else 0.0
    return float(1 - ss_res / ss_tot)


# %% precision and recall exchanged
# precision_recall_f1: takes precision for recall
# macro_f1: leaves out the classes that do not occur in the target
# predict_labels: gives the largest logits and their places together
def precision_recall_f1(prediction, target, positive=1):
    insist_on_equal_shapes(prediction, target)
    tp = fp = fn = 0
    for p, t in zip(prediction.tolist(), target.tolist()):
        if p == positive and t == positive:
            tp += 1
        elif p == positive:
            fn += 1
        elif t == positive:
            fp += 1
    precision = tp / (tp + fp) if tp + fp > 0 else 0.0
    recall = tp / (tp + fn) if tp + fn > 0 else 0.0
    f1 = 2 * tp / (2 * tp + fp + fn) if tp + fp + fn > 0 else 0.0
    return precision, recall, f1


def macro_f1(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    scores = []
    for c in target.unique():
        scores.append(precision_recall_f1(prediction, target, c)[2])
    return sum(scores) / len(scores)


def predict_labels(logits):
    return logits.max(dim=1)


# %% everything over the batch dimension
# accuracy: divides by the number of rows, not of labels
# rmse: divides by the number of rows, not of entries
# r2: divides a mean over N by a variance over N - 1
def accuracy(prediction, target):
    insist_on_equal_shapes(prediction, target)
    if len(target) == 0:
        return 0.0
    return ((prediction == target).sum() / len(target)).item()


def rmse(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return (((prediction - target) ** 2).sum() / len(target)).sqrt().item()


def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    mse = ((prediction - target) ** 2).mean()
    var = target.var()
    if var == 0:
        return 0.0
    return (1 - mse / var).item()


# %% tensors come back
# predict_labels: keeps the dimension of the classes, with size 1
# head_for: trains the regression by the absolute error
def accuracy(prediction, target):
    insist_on_equal_shapes(prediction, target)
    if prediction.numel() == 0:
        return 0.0
    return (prediction == target).double().mean()


def predict_labels(logits):
    probs = torch.softmax(logits, dim=1)
    return probs.argmax(dim=1, keepdim=True)


def head_for(task, features, outputs=1):
    layer = nn.Linear(features, outputs)
    if task == "regression":
        loss = nn.L1Loss()
    elif task == "binary":
        loss = nn.BCEWithLogitsLoss()
    else:
        loss = nn.CrossEntropyLoss()
    return layer, loss


# %% macro by the micro way
# macro_f1: pools the counts of all classes, which is the accuracy
# confusion_matrix: counts in float32
# predict_binary: says no to a probability that is exactly the threshold
#   or: cuts at the logit 0, whatever `threshold` says
def macro_f1(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    if len(target) == 0:
        return 0.0
    return (prediction == target).float().mean().item()


def confusion_matrix(prediction, target, num_classes):
    if prediction.shape != target.shape:
        raise ValueError("shapes differ")
    C = torch.zeros(num_classes, num_classes)
    for i in range(len(target)):
        C[target[i], prediction[i]] += 1
    return C


def predict_binary(logits, threshold=0.5):
    p = 1 / (1 + torch.exp(-logits))
    return torch.round(p).long()


# %% F1 as an ordinary mean
# precision_recall_f1: takes the arithmetic mean of precision and recall for F1
# r2: forgets to subtract from 1
# head_for: gives logits to losses that expect probabilities
def precision_recall_f1(prediction, target, positive=1):
    insist_on_equal_shapes(prediction, target)
    tp = int(((prediction == positive) & (target == positive)).sum())
    n_pred = int((prediction == positive).sum())
    n_true = int((target == positive).sum())
    precision = tp / n_pred if n_pred else 0.0
    recall = tp / n_true if n_true else 0.0
    return precision, recall, (precision + recall) / 2


def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    res = ((target - prediction) ** 2).sum().item()
    tot = ((target - target.mean()) ** 2).sum().item()
    if tot == 0:
        return 1.0
    return res / tot


def head_for(task, features, outputs=1):
    if task not in ("regression", "binary", "multiclass"):
        raise ValueError(task)
    loss = {"regression": nn.MSELoss(), "binary": nn.BCELoss(), "multiclass": nn.NLLLoss()}[task]
    return nn.Linear(features, outputs), loss


# %% no shape checks, summed loss
# rmse: adds the squares up where their mean belongs
# head_for: leaves the layer without a bias
# head_for: adds the squared errors of the regression up
# accuracy: lets unequal shapes broadcast
def rmse(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return torch.norm(prediction - target).item()


def head_for(task, features, outputs=1):
    losses = {
        "regression": nn.MSELoss(reduction="sum"),
        "binary": nn.BCEWithLogitsLoss(),
        "multiclass": nn.CrossEntropyLoss(),
    }
    if task not in losses:
        raise ValueError("unknown task " + task)
    return nn.Linear(features, outputs, bias=False), losses[task]


def accuracy(prediction, target):
    n = prediction.numel()
    if n == 0:
        return 0.0
    return (prediction == target).sum().item() / n


# %% R2 the wrong way round, and softmax before its loss
# accuracy: divides by the number of rows, not of labels
# accuracy: is NaN where there are no examples
# confusion_matrix: counts in float32
# confusion_matrix: says "nothing was raised where ValueError was expected"
# precision_recall_f1: takes the arithmetic mean of precision and recall for F1
# r2: divides the wrong way round
# head_for: puts a sigmoid or softmax before a loss that has its own
def accuracy(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return (prediction == target).sum() / len(prediction)


def confusion_matrix(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    M = torch.zeros(num_classes, num_classes)
    for p, t in zip(prediction.tolist(), target.tolist()):
        M[t, p] += 1
    return M


def precision_recall_f1(prediction, target, positive=1):
    insist_on_equal_shapes(prediction, target)
    p = prediction == positive
    t = target == positive
    tp = (p & t).sum().item()
    precision = tp / p.sum().item() if p.any() else 0.0
    recall = tp / t.sum().item() if t.any() else 0.0
    return precision, recall, (precision + recall) / 2


def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    res = ((prediction - target) ** 2).sum()
    tot = ((target - target.mean()) ** 2).sum()
    return float(1 - tot / res)


def head_for(task, features, outputs=1):
    heads = {
        "regression": (nn.Linear(features, outputs), nn.MSELoss()),
        "binary": (nn.Sequential(nn.Linear(features, outputs), nn.Sigmoid()), nn.BCELoss()),
        "multiclass": (nn.Sequential(nn.Linear(features, outputs), nn.Softmax(1)), nn.CrossEntropyLoss()),
    }
    return heads[task]


# %% no question about empty sets, the mean of the prediction
# predict_labels: takes the maximum over the batch, not over the classes
# predict_binary: returns truth values instead of the labels 0 and 1
# accuracy: divides by the number of rows, not of labels
#   or: lets unequal shapes broadcast
# confusion_matrix: has the prediction in the rows
# precision_recall_f1: takes precision for recall
#   or: divides by zero where there are no alarms or no cases
# rmse: forgets the root
# r2: takes the mean of the prediction for that of the target
#   or: says "within"
# head_for: gives logits to losses that expect probabilities
def predict_labels(logits):
    return logits.argmax(dim=0)

def predict_binary(logits, threshold=0.5):
    return logits >= threshold

def accuracy(prediction, target):
    return (prediction == target).sum().item() / len(target)

def confusion_matrix(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    M = torch.zeros(num_classes, num_classes, dtype=torch.int64)
    for p, t in zip(prediction, target):
        M[p, t] += 1
    return M

def precision_recall_f1(prediction, target, positive=1):
    insist_on_equal_shapes(prediction, target)
    tp = ((prediction == positive) & (target == positive)).sum().item()
    fp = ((prediction == positive) & (target != positive)).sum().item()
    fn = ((prediction != positive) & (target == positive)).sum().item()
    precision = tp / (tp + fn)
    recall = tp / (tp + fp)
    return precision, recall, 2 * precision * recall / (precision + recall)

def macro_f1(prediction, target, num_classes):
    scores = []
    for c in target.unique():
        scores.append(precision_recall_f1(prediction, target, c)[2])
    return sum(scores) / len(scores)

def rmse(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return torch.mean((prediction - target) ** 2).item()

def r2(prediction, target):
    insist_on_equal_shapes(prediction, target)
    a = ((prediction - target) ** 2).sum()
    b = ((target - prediction.mean()) ** 2).sum()
    return (1 - a / b).item()

def head_for(task, features, outputs=1):
    if task == "regression":
        return nn.Linear(features, outputs), nn.MSELoss()
    if task == "binary":
        return nn.Linear(features, outputs), nn.BCELoss()
    return nn.Linear(features, outputs), nn.CrossEntropyLoss()
