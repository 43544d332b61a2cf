"""Wrong ways to write a neuron, the perceptron's rule and a linear layer, as students write them."""

import math

import torch
from torch import nn

from autograder.checking import misconception

# -- one neuron --------------------------------------------------------------------------------------


@misconception(
    "adds the bias after the activation",
    hint="There it only raises the answer. The bias must move the point at which the activation bends: inside act.",
    dies_by="test_neuron",
)
def neuron(x, w, b, act):
    return act(w @ x) + b


@misconception(
    "never applies the activation",
    hint="w . x + b is what goes into the activation. Where do you call `act`?",
    dies_by="test_neuron",
)
def neuron(x, w, b, act):
    return w @ x + b


@misconception(
    "multiplies weights and inputs without adding the products up",
    hint="w * x has D entries, but a neuron gives one number. What is missing before the bias?",
    dies_by="test_neuron",
)
def neuron(x, w, b, act):
    return act(w * x + b)


@misconception(
    "leaves the computation graph on the way",
    hint="After .detach(), .item() or torch.tensor(...) the answer is a bare number: no gradient can reach the weights.",
    dies_by="test_neuron_gradients",
)
def neuron(x, w, b, act):
    return act((w @ x + b).detach())


@misconception(
    "adds the bias to the activations of the batch, not to the sums",
    hint="Compare with neuron, row by row: there the bias goes into the activation.",
    dies_by="test_neuron_batch",
)
def neuron_batch(X, w, b, act):
    return act(X @ w) + b


@misconception(
    "adds up along the batch instead of along the features",
    hint="X * w is (N, D). Dim 0 counts the examples, which must stay apart; the D products of one row belong together.",
    dies_by="test_neuron_batch",
)
def neuron_batch(X, w, b, act):
    return act((X * w).sum(0) + b)


@misconception(
    "gives a column (N, 1) instead of (N,)",
    hint="One number for each row is shape (N,). Later a column minus a row of targets would broadcast to (N, N).",
    dies_by="test_neuron_batch",
)
def neuron_batch(X, w, b, act):
    return act(X @ w.reshape(-1, 1) + b)


@misconception(
    "activates every product before adding up",
    hint="A neuron has one activation, applied to the whole sum and the bias.",
    dies_by="test_neuron_batch",
)
def neuron_batch(X, w, b, act):
    return act(X * w + b).sum(1)


# -- the perceptron ----------------------------------------------------------------------------------


@misconception(
    "takes an example that lies exactly on the line for right",
    hint="With w = 0 and b = 0 every example lies on the line, so nothing is ever learned. What does the rule say about 0?",
    dies_by="test_and_or",
)
def perceptron_train(X, y, epochs=100, lr=1.0):
    w, b = X.new_zeros(X.shape[1]), X.new_zeros(())
    errors = []
    for _ in range(epochs):
        mistakes = 0
        for x, label in zip(X, y):
            if label * (w @ x + b) < 0:
                w, b = w + lr * label * x, b + lr * label
                mistakes += 1
        errors.append(mistakes)
    return w, b, errors


@misconception(
    "corrects the examples that are right",
    hint="y (w . x + b) is positive where the answer is right. When must the weights change?",
    dies_by="test_perceptron_rule",
)
def perceptron_train(X, y, epochs=100, lr=1.0):
    w, b = X.new_zeros(X.shape[1]), X.new_zeros(())
    errors = []
    for _ in range(epochs):
        mistakes = 0
        for x, label in zip(X, y):
            if label * (w @ x + b) >= 0:
                w, b = w + lr * label * x, b + lr * label
                mistakes += 1
        errors.append(mistakes)
    return w, b, errors


@misconception(
    "predicts 0 and 1 for labels that are -1 and 1",
    hint="A prediction of 0 never equals the label -1, so those examples count as mistakes forever. Which two labels are there?",
    dies_by="test_and_or",
)
def perceptron_train(X, y, epochs=100, lr=1.0):
    w, b = X.new_zeros(X.shape[1]), X.new_zeros(())
    errors = []
    for _ in range(epochs):
        mistakes = 0
        for x, label in zip(X, y):
            prediction = 1.0 if w @ x + b > 0 else 0.0
            if prediction != label:
                w, b = w + lr * (label - prediction) * x, b + lr * (label - prediction)
                mistakes += 1
        errors.append(mistakes)
    return w, b, errors


@misconception(
    "never corrects the bias",
    hint="Without a bias every line passes through the origin, where (0, 0) always lies on it. b grows by lr y.",
    dies_by="test_and_or",
)
def perceptron_train(X, y, epochs=100, lr=1.0):
    w, b = X.new_zeros(X.shape[1]), X.new_zeros(())
    errors = []
    for _ in range(epochs):
        mistakes = 0
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w = w + lr * label * x
                mistakes += 1
        errors.append(mistakes)
    return w, b, errors


@misconception(
    "moves the weights without asking for the label",
    hint="An example of class -1 must push the line the other way. Which factor makes that sign?",
    dies_by="test_and_or",
)
def perceptron_train(X, y, epochs=100, lr=1.0):
    w, b = X.new_zeros(X.shape[1]), X.new_zeros(())
    errors = []
    for _ in range(epochs):
        mistakes = 0
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w, b = w + lr * x, b + lr
                mistakes += 1
        errors.append(mistakes)
    return w, b, errors


@misconception(
    "corrects all mistakes together at the end of the epoch",
    hint="That is another algorithm. Here the next example is judged by the weights that the last one has already moved.",
    dies_by="test_perceptron_rule",
)
def perceptron_train(X, y, epochs=100, lr=1.0):
    w, b = X.new_zeros(X.shape[1]), X.new_zeros(())
    errors = []
    for _ in range(epochs):
        wrong = y * (X @ w + b) <= 0
        w = w + lr * (y[wrong, None] * X[wrong]).sum(0)
        b = b + lr * y[wrong].sum()
        errors.append(int(wrong.sum()))
    return w, b, errors


@misconception(
    "ignores the learning rate",
    hint="The parameter `lr` is not used: w grows by lr y x, and b by lr y.",
    dies_by="test_perceptron_rule",
)
def perceptron_train(X, y, epochs=100, lr=1.0):
    w, b = X.new_zeros(X.shape[1]), X.new_zeros(())
    errors = []
    for _ in range(epochs):
        mistakes = 0
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w, b = w + label * x, b + label
                mistakes += 1
        errors.append(mistakes)
    return w, b, errors


@misconception(
    "counts the mistakes of all epochs together",
    hint="Every epoch is counted for itself. Where do you set the counter back to 0?",
    dies_by="test_and_or",
)
def perceptron_train(X, y, epochs=100, lr=1.0):
    w, b = X.new_zeros(X.shape[1]), X.new_zeros(())
    errors = []
    mistakes = 0
    for _ in range(epochs):
        for x, label in zip(X, y):
            if label * (w @ x + b) <= 0:
                w, b = w + lr * label * x, b + lr * label
                mistakes += 1
        errors.append(mistakes)
    return w, b, errors


# -- the layer ---------------------------------------------------------------------------------------


@misconception(
    "keeps its weight as (in, out)",
    hint="In PyTorch row k of the weight belongs to neuron k: (out, in). The forward pass transposes it.",
    dies_by="test_parameters",
)
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        bound = 1 / math.sqrt(in_features)
        self.weight = nn.Parameter(torch.empty(in_features, out_features).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x):
        y = x @ self.weight
        return y if self.bias is None else y + self.bias


@misconception(
    "keeps its weights as plain tensors",
    hint="A plain tensor is not registered: module.parameters() is empty and no optimizer will ever move it. Wrap it in nn.Parameter.",
    dies_by="test_parameters",
)
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        bound = 1 / math.sqrt(in_features)
        self.weight = torch.empty(out_features, in_features).uniform_(-bound, bound).requires_grad_()
        self.bias = torch.zeros(out_features, requires_grad=True) if bias else None

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


@misconception(
    "never calls super().__init__()",
    hint="nn.Module needs its own __init__ before it can register anything: it must be the first line of yours.",
    dies_by="test_parameters",
)
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        bound = 1 / math.sqrt(in_features)
        self.weight = nn.Parameter(torch.empty(out_features, in_features).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


@misconception(
    "always has a bias, whatever `bias` says",
    hint="With bias=False there must be no parameter `bias`. Is the argument used?",
    dies_by="test_parameters",
)
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        bound = 1 / math.sqrt(in_features)
        self.weight = nn.Parameter(torch.empty(out_features, in_features).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(out_features))

    def forward(self, x):
        return x @ self.weight.T + self.bias


@misconception(
    "begins with weights that are all 0",
    hint="Then all neurons compute the same, get the same gradient and stay the same. Draw the weights at random.",
    dies_by="test_first_weights",
)
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


@misconception(
    "begins with the same weights in every neuron",
    hint="One random row repeated is no better than zeros: neurons that start alike stay alike. Draw (out, in) numbers.",
    dies_by="test_first_weights",
)
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        bound = 1 / math.sqrt(in_features)
        row = torch.empty(in_features).uniform_(-bound, bound)
        self.weight = nn.Parameter(row.repeat(out_features, 1))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


@misconception(
    "begins with weights of variance 1, however many inputs there are",
    hint="The sum of 400 such products has a variance of 400. Shrink the weights so that the sum stays of the order of its inputs.",
    dies_by="test_first_weights",
)
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


@misconception(
    "begins with weights that are all positive",
    hint="torch.rand draws from 0 to 1, mean 1/2. The weights need a mean of 0: half of them negative.",
    dies_by="test_first_weights",
)
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(out_features, in_features) / math.sqrt(in_features))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


@misconception(
    "seeds the random numbers itself, so that all layers begin alike",
    hint="Seeding is the program's business, once at its start. A seed in __init__ makes every layer a copy of the first.",
    dies_by="test_first_weights",
)
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        torch.manual_seed(0)
        bound = 1 / math.sqrt(in_features)
        self.weight = nn.Parameter(torch.empty(out_features, in_features).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


@misconception(
    "transposes its input, which works for matrices only",
    hint="With x of shape (2, 5, 3), x.T turns all dimensions round. Transpose the weight: it always has two.",
    dies_by="test_leading_dims",
)
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        bound = 1 / math.sqrt(in_features)
        self.weight = nn.Parameter(torch.empty(out_features, in_features).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x):
        y = (self.weight @ x.T).T
        return y if self.bias is None else y + self.bias


@misconception(
    "never adds its bias",
    hint="The parameter is registered, but forward does not use it: it would never get a gradient.",
    dies_by="test_linear_values",
)
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        bound = 1 / math.sqrt(in_features)
        self.weight = nn.Parameter(torch.empty(out_features, in_features).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x):
        return x @ self.weight.T


@misconception(
    "computes with .data, so that no gradient reaches its weights",
    hint="`.data` and `.detach()` give the numbers without their history. Use self.weight itself in forward.",
    dies_by="test_linear_gradients",
)
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        bound = 1 / math.sqrt(in_features)
        self.weight = nn.Parameter(torch.empty(out_features, in_features).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x):
        y = x @ self.weight.data.T
        return y if self.bias is None else y + self.bias


@misconception(
    "inherits from PyTorch's layer instead of building it",
    hint="The numbers are right; the exercise is to see what is inside. Inherit from nn.Module.",
    dies_by="test_written_by_hand",
)
class Linear(nn.Linear):
    pass


@misconception(
    "takes the mean of the products, not their sum",
    hint="w . x is a sum. A mean divides it by the number of inputs: try w = (1, 1) and x = (1, 1).",
    dies_by="test_neuron",
)
def neuron(x, w, b, act):
    return act((w * x).mean() + b)


@misconception(
    "gives a vector of one entry",
    hint="A (1, D) matrix times x has the shape (1,). A plain product of two vectors, w @ x, has the shape ().",
    dies_by="test_neuron",
)
def neuron(x, w, b, act):
    return act(w.reshape(1, -1) @ x + b)


@misconception(
    "adds up everything: one sum for the whole batch",
    hint="Each row has an answer of its own. Which dim must the sum run along?",
    dies_by="test_neuron_batch",
)
def neuron_batch(X, w, b, act):
    return act((X * w).sum() + b)


@misconception(
    "builds a new tensor of the answers, which has no gradient",
    hint="torch.tensor([...]) copies bare numbers. X @ w makes all sums at once; torch.stack keeps the graph too.",
    dies_by="test_neuron_gradients",
)
def neuron_batch(X, w, b, act):
    return act(X @ w + b).detach()


@misconception(
    "forgets the bias",
    hint="With X = 0 the sum is b. What is it in yours?",
    dies_by="test_neuron_batch",
)
def neuron_batch(X, w, b, act):
    return act(X @ w)


@misconception(
    "gives the last epoch's count in place of a list",
    hint="The third result has a number for each epoch. Make the list before the loop and append to it.",
    dies_by="test_perceptron_rule",
)
def perceptron_train(X, y, epochs=100, lr=1.0):
    w, b = X.new_zeros(X.shape[1]), X.new_zeros(())
    for _ in range(epochs):
        errors = 0
        for n in range(len(X)):
            if y[n] * (w @ X[n] + b) <= 0:
                w, b = w + lr * y[n] * X[n], b + lr * y[n]
                errors += 1
        if errors == 0:
            break
    return w, b, errors


@misconception(
    "multiplies weight @ x, which fits a single input only",
    hint="The inputs are the rows of x: (N, in) times (in, out) gives (N, out). Which of the two must be transposed?",
    dies_by="test_linear_values",
)
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        bound = in_features**-0.5
        self.weight = nn.Parameter(torch.empty(out_features, in_features).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x):
        y = self.weight @ x
        return y if self.bias is None else y + self.bias


@misconception("leaves the computation graph on the way")
def neuron(x, w, b, act):
    total = sum(a.item() * c.item() for a, c in zip(x, w, strict=True))
    return act(torch.tensor(total + b))


@misconception("begins with weights that are all positive")
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(out_features, in_features) / in_features**0.5)
        self.bias = nn.Parameter(torch.rand(out_features) / in_features**0.5) if bias else None

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


@misconception(
    "gives a layer with one neuron weights of 0",
    hint="One neuron begins at random too. What does your formula give for out_features = 1?",
    dies_by="test_first_weights",
)
class Linear(Linear):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__(in_features, out_features, bias)
        if out_features == 1:
            nn.init.zeros_(self.weight)
