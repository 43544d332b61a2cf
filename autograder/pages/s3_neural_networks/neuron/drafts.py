"""First drafts of this page, as beginners hand them in."""

# %% without the sum
# neuron: multiplies weights and inputs without adding the products up
# neuron_batch: adds up everything: one sum for the whole batch
# perceptron_train: takes an example that lies exactly on the line for right
# perceptron_train: says "have same dtype"
# Linear: keeps its weight as (in, out)
def neuron(x, w, b, act):
    return act(w * x + b)


def neuron_batch(X, w, b, act):
    return act((X * w).sum() + b)


def perceptron_train(X, y, epochs=100, lr=1.0):
    w = torch.zeros(X.shape[1])
    b = 0.0
    errors = []
    for epoch in range(epochs):
        wrong = 0
        for xi, yi in zip(X, y):
            if yi * (w @ xi + b) < 0:
                w += lr * yi * xi
                b += lr * yi
                wrong += 1
        errors.append(wrong)
    return w, b, errors


class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, out_features) / in_features**0.5)
        self.bias = nn.Parameter(torch.zeros(out_features))

    def forward(self, x):
        return x @ self.weight + self.bias


# %% activation forgotten
# neuron: never applies the activation
# neuron_batch: adds the bias to the activations of the batch, not to the sums
# Linear: never calls super().__init__()
def neuron(x, w, b, act):
    return torch.dot(x, w) + b


def neuron_batch(X, w, b, act):
    return act(X @ w) + b


class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        self.weight = nn.Parameter(torch.randn(out_features, in_features))
        self.bias = nn.Parameter(torch.randn(out_features))

    def forward(self, x):
        return x @ self.weight.T + self.bias


# %% plain tensors
# neuron_batch: gives a column (N, 1) instead of (N,)
# perceptron_train: predicts 0 and 1 for labels that are -1 and 1
# Linear: keeps its weights as plain tensors
def neuron_batch(X, w, b, act):
    return act(X @ w.unsqueeze(1) + b)


def perceptron_train(X, y, epochs=100, lr=1.0):
    w = torch.zeros(X.shape[1], dtype=X.dtype)
    b = torch.zeros(1, dtype=X.dtype)
    errors = []
    for _ in range(epochs):
        n = 0
        for i in range(len(X)):
            pred = 1 if X[i] @ w + b > 0 else 0
            if pred != y[i]:
                w = w + lr * (y[i] - pred) * X[i]
                b = b + lr * (y[i] - pred)
                n += 1
        errors.append(n)
    return w, b, errors


class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = torch.randn(out_features, in_features, requires_grad=True) * in_features**-0.5
        self.bias = torch.zeros(out_features, requires_grad=True) if bias else None

    def forward(self, x):
        out = x @ self.weight.T
        if self.bias is not None:
            out = out + self.bias
        return out


# %% the bias last, the mean of all
# neuron: adds the bias after the activation
# neuron_batch: activates every product before adding up
# perceptron_train: never corrects the bias
def neuron(x, w, b, act):
    return act((w * x).sum()) + b


def neuron_batch(X, w, b, act):
    return act(X * w + b).sum(1)


def perceptron_train(X, y, epochs=100, lr=1.0):
    w = torch.zeros(X.shape[1], dtype=X.dtype)
    b = 0
    errors = []
    for _ in range(epochs):
        count = 0
        for n in range(X.shape[0]):
            if y[n] * (X[n] @ w + b) <= 0:
                w += lr * y[n] * X[n]
                count += 1
        errors.append(count)
        if count == 0:
            break
    return w, b, errors


# %% the whole data at once
# neuron_batch: adds up along the batch instead of along the features
# perceptron_train: corrects all mistakes together at the end of the epoch
# Linear: begins with weights of variance 1, however many inputs there are
def neuron_batch(X, w, b, act):
    return act((X * w).sum(dim=0) + b)


def perceptron_train(X, y, epochs=100, lr=1.0):
    w = X.new_zeros(X.shape[1])
    b = X.new_zeros(())
    errors = []
    for _ in range(epochs):
        wrong = y * (X @ w + b) <= 0
        w = w + lr * (y[wrong][:, None] * X[wrong]).sum(0)
        b = b + lr * y[wrong].sum()
        errors.append(int(wrong.sum()))
        if errors[-1] == 0:
            break
    return w, b, errors


class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features))
        if bias:
            self.bias = nn.Parameter(torch.zeros(out_features))
        else:
            self.bias = None

    def forward(self, x):
        y = x @ self.weight.T
        return y + self.bias if self.bias is not None else y


# %% item on the way
# neuron: leaves the computation graph on the way
#   or: says "cut off from the computation graph"
# perceptron_train: ignores the learning rate
# Linear: always has a bias, whatever `bias` says
def neuron(x, w, b, act):
    s = 0.0
    for i in range(len(x)):
        s += x[i].item() * w[i].item()
    return act(torch.tensor(s + b))


def perceptron_train(X, y, epochs=100, lr=1.0):
    w = torch.zeros(X.shape[1], dtype=X.dtype)
    b = torch.tensor(0.0, dtype=X.dtype)
    errors = []
    for _ in range(epochs):
        e = 0
        for xi, yi in zip(X, y):
            if yi * (xi @ w + b) <= 0:
                w = w + yi * xi
                b = b + yi
                e += 1
        errors.append(e)
    return w, b, errors


class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        bound = 1 / in_features**0.5
        self.weight = nn.Parameter(torch.rand(out_features, in_features) * 2 * bound - bound)
        self.bias = nn.Parameter(torch.zeros(out_features))

    def forward(self, x):
        return x @ self.weight.T + self.bias


# %% zeros everywhere
# Linear: begins with weights that are all 0
# perceptron_train: counts the mistakes of all epochs together
# neuron_batch: builds a new tensor of the answers, which has no gradient
#   or: says "the result is cut off from the computation graph"
def neuron_batch(X, w, b, act):
    return torch.tensor([act(x @ w + b) for x in X])


def perceptron_train(X, y, epochs=100, lr=1.0):
    w = torch.zeros(X.shape[1], dtype=X.dtype)
    b = 0.0
    errors = []
    mistakes = 0
    for _ in range(epochs):
        for xi, yi in zip(X, y):
            if yi * (w @ xi + b) <= 0:
                w = w + lr * yi * xi
                b = b + lr * yi.item()
                mistakes += 1
        errors.append(mistakes)
    return w, b, errors


class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x):
        if self.bias is None:
            return x @ self.weight.T
        return x @ self.weight.T + self.bias


# %% all positive
# Linear: begins with weights that are all positive
#   or: says "their mean must be 0"
# perceptron_train: moves the weights without asking for the label
# neuron: takes the mean of the products, not their sum
def neuron(x, w, b, act):
    return act((w * x).mean() + b)


def perceptron_train(X, y, epochs=100, lr=1.0):
    w = torch.zeros(X.shape[1], dtype=X.dtype)
    b = 0.0
    errors = []
    for _ in range(epochs):
        mistakes = 0
        for xi, yi in zip(X, y):
            if yi * (w @ xi + b) <= 0:
                w = w + lr * xi
                b = b + lr
                mistakes += 1
        errors.append(mistakes)
        if mistakes == 0:
            break
    return w, b, errors


class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(out_features, in_features) / in_features**0.5)
        self.bias = nn.Parameter(torch.rand(out_features)) if bias else None

    def forward(self, x):
        y = x @ self.weight.T
        if self.bias is not None:
            y = y + self.bias
        return y


# %% data for the weights
# Linear: computes with .data, so that no gradient reaches its weights
#   or: says "no gradient reaches weight"
# perceptron_train: corrects the examples that are right
# neuron_batch: forgets the bias
def neuron_batch(X, w, b, act):
    return act(X @ w)


def perceptron_train(X, y, epochs=100, lr=1.0):
    w = torch.zeros(X.shape[1], dtype=X.dtype)
    b = torch.zeros((), dtype=X.dtype)
    errors = []
    for _ in range(epochs):
        k = 0
        for i in range(len(X)):
            if y[i] * (w @ X[i] + b) >= 0:
                w = w + lr * y[i] * X[i]
                b = b + lr * y[i]
                k += 1
        errors.append(k)
    return w, b, errors


class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features) / in_features**0.5)
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x):
        y = torch.matmul(x, self.weight.data.T)
        if self.bias is not None:
            y = y + self.bias.data
        return y


# %% one column too many
# Linear: multiplies weight @ x, which fits a single input only
# perceptron_train: gives the last epoch's count in place of a list
#   or: says "errors must be a list with one number for each epoch"
# perceptron_train: says "the bias must be a single number"
# neuron: gives a vector of one entry
def neuron(x, w, b, act):
    return act(w.reshape(1, -1) @ x + b)


def perceptron_train(X, y, epochs=100, lr=1.0):
    w = torch.zeros(X.shape[1], dtype=X.dtype)
    b = torch.zeros(1, dtype=X.dtype)
    for _ in range(epochs):
        errors = 0
        for i in range(len(X)):
            if y[i] * (w @ X[i] + b) <= 0:
                w += lr * y[i] * X[i]
                b += lr * y[i]
                errors += 1
        if errors == 0:
            break
    return w, b, errors


class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features) / in_features**0.5)
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    def forward(self, x):
        y = self.weight @ x
        if self.bias is not None:
            y = y + self.bias
        return y
