"""Wrong ways to keep an average of gradients and to step by it, as students write them."""

import torch

from autograder.checking import misconception


def right(x, beta):
    """The corrected running average."""
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        a = beta * a + (1 - beta) * value
        rows.append(a / (1 - beta**t))
    return torch.stack(rows)


# -- the running average -----------------------------------------------------------------------------


@misconception(
    "takes in each value whole, not its share 1 - beta",
    hint="beta * a + x is a sum of all values, ten times too large for beta = 0.9. In an average the shares are beta and 1 - beta.",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        a = beta * a + value
        rows.append(a / (1 - beta**t) if correct else a)
    return torch.stack(rows)


@misconception(
    "gives beta to the new value and 1 - beta to the old average",
    hint="The share beta stays of the old average, and 1 - beta of the new value comes in. Look at beta = 0.9: the average must change slowly.",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        a = (1 - beta) * a + beta * value
        rows.append(a / (1 - beta**t) if correct else a)
    return torch.stack(rows)


@misconception(
    "begins with the first value, not with 0",
    hint="a_0 is 0, so the first average is (1 - beta) * x_1 before any correction. The correction takes care of that start.",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    rows = [x[0]]
    for value in x[1:]:
        rows.append(beta * rows[-1] + (1 - beta) * value)
    return torch.stack(rows)


@misconception("begins with the first value, not with 0")
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a, rows = x[0], []
    for t, value in enumerate(x, 1):
        if t > 1:
            a = beta * a + (1 - beta) * value
        rows.append(a / (1 - beta**t) if correct else a)
    return torch.stack(rows)


@misconception("begins with the first value, not with 0")
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a, rows = x[0], []
    for t, value in enumerate(x, 1):
        a = beta * a + (1 - beta) * value
        rows.append(a / (1 - beta**t) if correct else a)
    return torch.stack(rows)


@misconception(
    "leaves the average as it is although `correct` is True",
    hint="With correct=True each average is divided by 1 - beta**t, t = 1 for the first.",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        a = beta * a + (1 - beta) * value
        rows.append(a)
    return torch.stack(rows)


@misconception(
    "divides by 1 - beta**t although `correct` is False",
    hint="With correct=False the average comes back as it is. Look at `correct` before you divide.",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        a = beta * a + (1 - beta) * value
        rows.append(a / (1 - beta**t))
    return torch.stack(rows)


@misconception(
    "takes `correct` the other way round",
    hint="correct=True divides, correct=False does not.",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        a = beta * a + (1 - beta) * value
        rows.append(a if correct else a / (1 - beta**t))
    return torch.stack(rows)


@misconception(
    "counts the steps of the correction from 0",
    hint="beta**0 is 1, so the first divisor is 0. The first value has t = 1.",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 0):
        a = beta * a + (1 - beta) * value
        rows.append(a / (1 - beta**t) if correct else a)
    return torch.stack(rows)


@misconception(
    "counts one step too many in the correction",
    hint="After the first value the divisor is 1 - beta, which is 1 - beta**1.",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        a = beta * a + (1 - beta) * value
        rows.append(a / (1 - beta ** (t + 1)) if correct else a)
    return torch.stack(rows)


@misconception(
    "divides by 1 - beta at each step",
    hint="1 - beta is right after the first value only. After t values the shares add up to 1 - beta**t.",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        a = beta * a + (1 - beta) * value
        rows.append(a / (1 - beta) if correct else a)
    return torch.stack(rows)


@misconception(
    "divides by 1 - beta * t",
    hint="The shares add up to 1 minus beta to the power t: beta**t, not beta * t.",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        a = beta * a + (1 - beta) * value
        rows.append(a / (1 - beta * t) if correct else a)
    return torch.stack(rows)


@misconception(
    "multiplies by 1 - beta**t",
    hint="The first averages are too close to 0, so they must be divided by a number below 1.",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        a = beta * a + (1 - beta) * value
        rows.append(a * (1 - beta**t) if correct else a)
    return torch.stack(rows)


@misconception(
    "goes on with the corrected average",
    hint="Two numbers live side by side: a goes on to the next step uncorrected, a / (1 - beta**t) only comes back.",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        a = beta * a + (1 - beta) * value
        if correct:
            a = a / (1 - beta**t)
        rows.append(a)
    return torch.stack(rows)


@misconception(
    "returns the last average alone",
    hint="One average for each value is asked for: keep them in a list and stack the list.",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        a = beta * a + (1 - beta) * value
        rows.append(a / (1 - beta**t) if correct else a)
    return rows[-1]


@misconception(
    "returns the average before each value, not after it",
    hint="The average beside a value holds that value too: first update, then append.",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        rows.append(a / (1 - beta**t) if correct else a)
        a = beta * a + (1 - beta) * value
    return torch.stack(rows)


@misconception(
    "takes the plain mean of the values so far",
    hint="A running average forgets: older values count less, by the factor beta for each step.",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    total = x.cumsum(0)
    return total / torch.arange(1, len(x) + 1, dtype=x.dtype).reshape(-1, *[1] * (x.dim() - 1))


@misconception(
    "averages along the last dim",
    hint="Time is the first dim: x[0] is the first value, whatever its shape.",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    last = x.movedim(-1, 0)
    a, rows = torch.zeros_like(last[0]), []
    for t, value in enumerate(last, 1):
        a = beta * a + (1 - beta) * value
        rows.append(a / (1 - beta**t) if correct else a)
    return torch.stack(rows).movedim(0, -1)


@misconception(
    "writes into x",
    hint="x[t] = … changes the tensor of the caller. Put the averages into a list and stack it.",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a = 0.0
    for t in range(len(x)):
        a = beta * a + (1 - beta) * x[t].clone()
        x[t] = a / (1 - beta ** (t + 1)) if correct else a
    return x


@misconception(
    "raises no ValueError for a beta outside [0, 1)",
    hint="Look at beta first: if it is below 0, or 1 or more, raise a ValueError.",
    dies_by="test_average_promises",
)
def running_average(x, beta=0.9, correct=True):
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        a = beta * a + (1 - beta) * value
        rows.append(a / (1 - beta**t) if correct else a)
    return torch.stack(rows)


@misconception("raises no ValueError for a beta outside [0, 1)")
def running_average(x, beta=0.9, correct=True):
    if beta > 1 or beta < 0:
        raise ValueError
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        a = beta * a + (1 - beta) * value
        rows.append(a / (1 - beta**t) if correct else a)
    return torch.stack(rows)


@misconception(
    "refuses beta = 0, which is allowed",
    hint="With beta = 0 the average is the value itself. Only what is below 0, or 1 or more, is refused.",
    dies_by="test_average_promises",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 < beta < 1:
        raise ValueError
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        a = beta * a + (1 - beta) * value
        rows.append(a / (1 - beta**t) if correct else a)
    return torch.stack(rows)


@misconception(
    "lets no gradient flow back to x",
    hint="Under torch.no_grad(), with detach() or .item() the average is cut off from x.",
    dies_by="test_average_promises",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x.detach(), 1):
        a = beta * a + (1 - beta) * value
        rows.append(a / (1 - beta**t) if correct else a)
    return torch.stack(rows)


@misconception(
    "answers in float32, whatever the dtype of x",
    hint="torch.zeros(…) is float32. Begin with torch.zeros_like(x[0]).",
    dies_by="test_running_average",
)
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError
    a, rows = torch.zeros_like(x[0]), []
    for t, value in enumerate(x, 1):
        a = beta * a + (1 - beta) * value
        rows.append(a / (1 - beta**t) if correct else a)
    return torch.stack(rows).float()


# -- Adagrad -----------------------------------------------------------------------------------------


@misconception(
    "adds eps inside the root of the sum",
    hint="The formula adds eps to the finished root: s.sqrt() + eps.",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad**2
    return w - lr * grad / (s + eps).sqrt(), s


@misconception(
    "divides by the root of the sum without eps",
    hint="Where all gradients were 0, 0 / 0 is NaN. Add eps to the root.",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad**2
    return w - lr * grad / s.sqrt(), s


@misconception(
    "divides by the sum itself, not by its root",
    hint="s is made of squares. Its root has the size of a gradient, and gradient over root has no unit.",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad**2
    return w - lr * grad / (s + eps), s


@misconception(
    "does not divide by the root of the sum",
    hint="The step is lr * grad divided by the root of s plus eps.",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad**2
    return w - lr * grad, s


@misconception(
    "divides by the root of the sum before this gradient",
    hint="First bring s up to date, then divide by the root of the new s. At the first step the old one is 0.",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    new = s + grad**2
    return w - lr * grad / (s.sqrt() + eps), new


@misconception(
    "returns the sum as it was before the step",
    hint="The second thing that comes back is the new s, with the square of this gradient in it.",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    new = s + grad**2
    return w - lr * grad / (new.sqrt() + eps), s


@misconception(
    "returns the root of the sum as the memory",
    hint="The memory is s. The root is taken for the division only.",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = (s + grad**2).sqrt()
    return w - lr * grad / (s + eps), s


@misconception(
    "adds Adagrad's step to the weights, uphill",
    hint="The gradient points uphill; subtract the step.",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad**2
    return w + lr * grad / (s.sqrt() + eps), s


@misconception(
    "returns the change by Adagrad, not the weights after it",
    hint="The first thing that comes back is w after the step: w - lr * …",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad**2
    return lr * grad / (s.sqrt() + eps), s


@misconception("returns the change by Adagrad, not the weights after it")
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad**2
    return -lr * grad / (s.sqrt() + eps), s


@misconception(
    "takes Adagrad's step as with lr = 1",
    hint="The quotient is multiplied by lr before it is subtracted.",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad**2
    return w - grad / (s.sqrt() + eps), s


@misconception(
    "moves each weight by lr, whatever its sum is",
    hint="grad over its own size is a sign. The divisor is the root of s, which remembers earlier gradients too.",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad**2
    return w - lr * grad.sign(), s


@misconception(
    "divides all entries by one number made of all sums",
    hint="Each weight has its own s, and is divided by its own root: no sum, no mean, no norm over the entries.",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad**2
    return w - lr * grad / (s.sum().sqrt() + eps), s


@misconception("divides all entries by one number made of all sums")
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad**2
    return w - lr * grad / (s.mean().sqrt() + eps), s


@misconception(
    "changes the w or the sum that it is given",
    hint="s += … and w -= … write into the tensors of the caller. s = s + … makes a new one.",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s.copy_(s + grad**2)
    w -= lr * grad / (s.sqrt() + eps)
    return w, s


@misconception("changes the w or the sum that it is given")
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s.copy_(s + grad**2)
    return w - lr * grad / (s.sqrt() + eps), s


@misconception("changes the w or the sum that it is given")
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad**2
    w -= lr * grad / (s.sqrt() + eps)
    return w, s


@misconception(
    "returns the sum first, then w",
    hint="The order is (w, s).",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad**2
    return s, w - lr * grad / (s.sqrt() + eps)


@misconception(
    "returns w without the sum",
    hint="Two things come back, (w, s): the next step needs the new s.",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad**2
    return w - lr * grad / (s.sqrt() + eps)


@misconception(
    "lets no gradient flow through Adagrad's step",
    hint="Under torch.no_grad() or with detach() the step is cut off from what it is given.",
    dies_by="test_adagrad_promises",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    with torch.no_grad():
        s = s + grad**2
        return w - lr * grad / (s.sqrt() + eps), s


@misconception(
    "takes the sum for a constant when it is differentiated",
    hint="With s.detach() under the root, the part of the gradient that flows through s is missing.",
    dies_by="test_adagrad_promises",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad**2
    return w - lr * grad / (s.detach().sqrt() + eps), s


@misconception(
    "adds the gradient, not its square",
    hint="s is a sum of squares: grad**2 comes in. A sum of gradients may be negative, and its root is NaN.",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad
    return w - lr * grad / (s.sqrt() + eps), s


@misconception(
    "adds the size of the gradient, not its square",
    hint="s is a sum of squares: grad**2 comes in.",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad.abs()
    return w - lr * grad / (s.sqrt() + eps), s


@misconception(
    "keeps a running average instead of a sum",
    hint="Adagrad forgets nothing: the square is added to all of s. The average is RMSProp's.",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = 0.9 * s + 0.1 * grad**2
    return w - lr * grad / (s.sqrt() + eps), s


@misconception("keeps a running average instead of a sum")
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = 0.99 * s + 0.01 * grad**2
    return w - lr * grad / (s.sqrt() + eps), s


@misconception(
    "takes this gradient's square for the whole sum",
    hint="The squares of all earlier gradients are in s: add to it.",
    dies_by="test_adagrad",
)
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = grad**2
    return w - lr * grad / (s.sqrt() + eps), s


# -- RMSProp -----------------------------------------------------------------------------------------


@misconception(
    "adds eps inside the root of the average",
    hint="The formula adds eps to the finished root: s.sqrt() + eps.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return w - lr * grad / (s + eps).sqrt(), s


@misconception(
    "divides by the root of the average without eps",
    hint="Where all gradients were 0, 0 / 0 is NaN. Add eps to the root.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return w - lr * grad / s.sqrt(), s


@misconception(
    "divides by the average itself, not by its root",
    hint="s is made of squares. Its root has the size of a gradient, and gradient over root has no unit.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return w - lr * grad / (s + eps), s


@misconception(
    "does not divide by the root of the average",
    hint="The step is lr * grad divided by the root of s plus eps.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return w - lr * grad, s


@misconception(
    "divides by the root of the average before this gradient",
    hint="First bring s up to date, then divide by the root of the new s. At the first step the old one is 0.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    new = beta * s + (1 - beta) * grad**2
    return w - lr * grad / (s.sqrt() + eps), new


@misconception(
    "returns the average as it was before the step",
    hint="The second thing that comes back is the new s, with the square of this gradient in it.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    new = beta * s + (1 - beta) * grad**2
    return w - lr * grad / (new.sqrt() + eps), s


@misconception(
    "returns the root of the average as the memory",
    hint="The memory is s. The root is taken for the division only.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = (beta * s + (1 - beta) * grad**2).sqrt()
    return w - lr * grad / (s + eps), s


@misconception(
    "adds RMSProp's step to the weights, uphill",
    hint="The gradient points uphill; subtract the step.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return w + lr * grad / (s.sqrt() + eps), s


@misconception(
    "returns the change by RMSProp, not the weights after it",
    hint="The first thing that comes back is w after the step: w - lr * …",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return lr * grad / (s.sqrt() + eps), s


@misconception("returns the change by RMSProp, not the weights after it")
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return -lr * grad / (s.sqrt() + eps), s


@misconception(
    "takes RMSProp's step as with lr = 1",
    hint="The quotient is multiplied by lr before it is subtracted.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return w - grad / (s.sqrt() + eps), s


@misconception(
    "moves each weight by lr, whatever its average is",
    hint="grad over its own size is a sign. The divisor is the root of s, which remembers earlier gradients too.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return w - lr * grad.sign(), s


@misconception(
    "divides all entries by one number made of all averages",
    hint="Each weight has its own s, and is divided by its own root: no sum, no mean, no norm over the entries.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return w - lr * grad / (s.sum().sqrt() + eps), s


@misconception("divides all entries by one number made of all averages")
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return w - lr * grad / (s.mean().sqrt() + eps), s


@misconception(
    "changes the w or the average that it is given",
    hint="s += … and w -= … write into the tensors of the caller. s = s + … makes a new one.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s.copy_(beta * s + (1 - beta) * grad**2)
    w -= lr * grad / (s.sqrt() + eps)
    return w, s


@misconception("changes the w or the average that it is given")
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s.copy_(beta * s + (1 - beta) * grad**2)
    return w - lr * grad / (s.sqrt() + eps), s


@misconception("changes the w or the average that it is given")
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    w -= lr * grad / (s.sqrt() + eps)
    return w, s


@misconception(
    "returns the average first, then w",
    hint="The order is (w, s).",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return s, w - lr * grad / (s.sqrt() + eps)


@misconception(
    "returns w without the average",
    hint="Two things come back, (w, s): the next step needs the new s.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return w - lr * grad / (s.sqrt() + eps)


@misconception(
    "lets no gradient flow through RMSProp's step",
    hint="Under torch.no_grad() or with detach() the step is cut off from what it is given.",
    dies_by="test_rmsprop_promises",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    with torch.no_grad():
        s = beta * s + (1 - beta) * grad**2
        return w - lr * grad / (s.sqrt() + eps), s


@misconception(
    "takes the average for a constant when it is differentiated",
    hint="With s.detach() under the root, the part of the gradient that flows through s is missing.",
    dies_by="test_rmsprop_promises",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return w - lr * grad / (s.detach().sqrt() + eps), s


@misconception(
    "gives beta to the new square and 1 - beta to the old average",
    hint="The share beta of s stays, and 1 - beta of the new square comes in.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = (1 - beta) * s + beta * grad**2
    return w - lr * grad / (s.sqrt() + eps), s


@misconception(
    "adds the square whole, not its share 1 - beta",
    hint="s is an average: beta * s + (1 - beta) * grad**2.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + grad**2
    return w - lr * grad / (s.sqrt() + eps), s


@misconception(
    "adds up all squares",
    hint="A plain sum is Adagrad's. Here the share beta of s stays, and 1 - beta of the new square comes in.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = s + grad**2
    return w - lr * grad / (s.sqrt() + eps), s


@misconception(
    "averages the gradients, not their squares",
    hint="s is an average of squares: grad**2 comes in.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad
    return w - lr * grad / (s.sqrt() + eps), s


@misconception(
    "averages the sizes of the gradients, not their squares",
    hint="s is an average of squares: grad**2 comes in.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad.abs()
    return w - lr * grad / (s.sqrt() + eps), s


@misconception(
    "divides s by 1 - beta",
    hint="RMSProp has no bias correction on this page.",
    dies_by="test_rmsprop",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return w - lr * grad / ((s / (1 - beta)).sqrt() + eps), s


# -- Adam --------------------------------------------------------------------------------------------


@misconception(
    "corrects neither average",
    hint="Both averages begin at 0. Divide m by 1 - betas[0]**t and s by 1 - betas[1]**t before the quotient.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m, s
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "corrects the average of the gradients alone",
    hint="s begins at 0 too: divide it by 1 - betas[1]**t under the root.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "corrects the average of the squares alone",
    hint="m begins at 0 too: divide it by 1 - betas[0]**t.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m, s / (1 - betas[1] ** t)
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "returns the corrected averages as the memory",
    hint="The corrected averages serve this step only. What comes back, and goes on, are m and s without correction.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / (square.sqrt() + eps), mean, square


@misconception(
    "returns m and s as they were before the step",
    hint="The new averages come back: the next step needs this gradient in them.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    mean = (betas[0] * m + (1 - betas[0]) * grad) / (1 - betas[0] ** t)
    square = (betas[1] * s + (1 - betas[1]) * grad**2) / (1 - betas[1] ** t)
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "corrects by 1 - beta * t",
    hint="The divisor is 1 minus beta to the power t: betas[0]**t.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] * t), s / (1 - betas[1] * t)
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "corrects by 1 - beta at each step",
    hint="1 - beta is right at the first step only. At step t the divisor is 1 - beta**t.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0]), s / (1 - betas[1])
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "corrects by 1 - beta**(t + 1)",
    hint="t is counted from 1 already: 1 - betas[0]**t.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** (t + 1)), s / (1 - betas[1] ** (t + 1))
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "counts one step too few in the correction",
    hint="t is counted from 1: at the first step the divisor is 1 - betas[0]**1.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** (t - 1)) if t > 1 else m / 0, s / (1 - betas[1] ** (t - 1)) if t > 1 else s / 0
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "multiplies both averages by 1 - beta**t",
    hint="The first averages are too close to 0, so they must be divided by a number below 1.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m * (1 - betas[0] ** t), s * (1 - betas[1] ** t)
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "gives beta to the new gradient and 1 - beta to the old average",
    hint="The share beta of each average stays, and 1 - beta of what is new comes in.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = (1 - betas[0]) * m + betas[0] * grad
    s = (1 - betas[1]) * s + betas[1] * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "takes in the gradient whole, not its share 1 - beta",
    hint="m is an average: betas[0] * m + (1 - betas[0]) * grad.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "takes in gradient and square whole, not their shares 1 - beta",
    hint="m and s are averages: their shares are beta and 1 - beta.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + grad
    s = betas[1] * s + grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "keeps both averages by the first of the betas",
    hint="m has betas[0], s has betas[1], in the average and in the correction.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[0] * s + (1 - betas[0]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[0] ** t)
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "swaps the two betas",
    hint="m has betas[0], s has betas[1].",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    betas = betas[::-1]
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "averages the gradients where their squares belong",
    hint="s is an average of squares: grad**2 comes in. A negative average has no root.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "adds eps inside the root of the corrected s",
    hint="The formula adds eps to the finished root.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / (square + eps).sqrt(), m, s


@misconception(
    "adds eps before the root is corrected",
    hint="First correct s, then take the root, then add eps.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, _square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / ((s.sqrt() + eps) / (1 - betas[1] ** t) ** 0.5), m, s


@misconception(
    "divides by the root of the corrected s without eps",
    hint="Where all gradients were 0, 0 / 0 is NaN. Add eps to the root.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / square.sqrt(), m, s


@misconception(
    "divides by the average of the squares itself, not by its root",
    hint="s is made of squares. Its root has the size of a gradient.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / (square + eps), m, s


@misconception(
    "steps along this gradient, not along the average",
    hint="The numerator is the corrected m. With grad there, m has no effect.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    _mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * grad / (square.sqrt() + eps), m, s


@misconception(
    "does not divide by the root of s",
    hint="The step is lr * m over the root of s plus eps, both corrected.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, _square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean, m, s


@misconception(
    "adds Adam's step to the weights, uphill",
    hint="The gradient points uphill; subtract the step.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w + lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "returns the change by Adam, not the weights after it",
    hint="The first thing that comes back is w after the step: w - lr * …",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "takes Adam's step as with lr = 1",
    hint="The quotient is multiplied by lr before it is subtracted.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - mean / (square.sqrt() + eps), m, s


@misconception(
    "divides all entries of the corrected m by one number",
    hint="Each weight has its own s, and is divided by its own root: no sum, no mean, no norm over the entries.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / (square.sum().sqrt() + eps), m, s


@misconception("divides all entries of the corrected m by one number")
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / (square.mean().sqrt() + eps), m, s


@misconception(
    "returns (w, s, m), not (w, m, s)",
    hint="The order is (w, m, s).",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / (square.sqrt() + eps), s, m


@misconception(
    "returns w without m and s",
    hint="Three things come back, (w, m, s): the next step needs the new averages.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    return w - lr * (m / (1 - betas[0] ** t)) / ((s / (1 - betas[1] ** t)).sqrt() + eps)


@misconception(
    "changes the w, m or s that it is given",
    hint="m.mul_(…), s += … and w -= … write into the tensors of the caller. m = … makes a new one.",
    dies_by="test_adam",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m.mul_(betas[0]).add_((1 - betas[0]) * grad)
    s.mul_(betas[1]).add_((1 - betas[1]) * grad**2)
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    w -= lr * mean / (square.sqrt() + eps)
    return w, m, s


@misconception("changes the w, m or s that it is given")
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m.mul_(betas[0]).add_((1 - betas[0]) * grad)
    s.mul_(betas[1]).add_((1 - betas[1]) * grad**2)
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception("changes the w, m or s that it is given")
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    w -= lr * mean / (square.sqrt() + eps)
    return w, m, s


@misconception(
    "raises no ValueError for a step below 1",
    hint="At t = 0 the divisor 1 - beta**0 is 0. Look at t first.",
    dies_by="test_adam_promises",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception("raises no ValueError for a step below 1")
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 0:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "lets no gradient flow through Adam's step",
    hint="Under torch.no_grad() or with detach() the step is cut off from what it is given.",
    dies_by="test_adam_promises",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    with torch.no_grad():
        m = betas[0] * m + (1 - betas[0]) * grad
        s = betas[1] * s + (1 - betas[1]) * grad**2
        mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
        return w - lr * mean / (square.sqrt() + eps), m, s


@misconception(
    "takes the corrected s for a constant when it is differentiated",
    hint="With detach() under the root, the part of the gradient that flows through s is missing.",
    dies_by="test_adam_promises",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    mean, square = m / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
    return w - lr * mean / (square.detach().sqrt() + eps), m, s


# -- how long Adam's steps are -----------------------------------------------------------------------


@misconception(
    "keeps the sign of the step",
    hint="A length is 0 or more: take the absolute value of the average.",
    dies_by="test_step_lengths",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    mean, square = right(grads, betas[0]), right(grads**2, betas[1])
    return mean / (square.sqrt() + eps)


@misconception(
    "leaves both averages uncorrected",
    hint="Both averages are corrected: running_average does it unless you say correct=False.",
    dies_by="test_step_lengths",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    m = s = torch.zeros_like(grads[0])
    rows = []
    for t, g in enumerate(grads, 1):
        m = betas[0] * m + (1 - betas[0]) * g
        s = betas[1] * s + (1 - betas[1]) * g**2
        rows.append(m.abs() / (s.sqrt() + eps))
    return torch.stack(rows)


@misconception(
    "leaves the averaged squares uncorrected",
    hint="The average of the squares begins at 0 too: correct both.",
    dies_by="test_step_lengths",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    m = s = torch.zeros_like(grads[0])
    rows = []
    for t, g in enumerate(grads, 1):
        m = betas[0] * m + (1 - betas[0]) * g
        s = betas[1] * s + (1 - betas[1]) * g**2
        rows.append(m.abs() / (1 - betas[0] ** t) / (s.sqrt() + eps))
    return torch.stack(rows)


@misconception(
    "averages the sizes of the gradients, so that signs do not cancel",
    hint="First average the gradients with their signs, then take the absolute value.",
    dies_by="test_step_lengths",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    return right(grads.abs(), betas[0]) / (right(grads**2, betas[1]).sqrt() + eps)


@misconception(
    "takes the root of the squared average, not of the average of the squares",
    hint="The squares are averaged: square first, then average, then root.",
    dies_by="test_step_lengths",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    mean, second = right(grads, betas[0]), right(grads, betas[1])
    return mean.abs() / (second.square().sqrt() + eps)


@misconception(
    "averages the squares by the first of the betas",
    hint="The average of the squares has betas[1].",
    dies_by="test_step_lengths",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    mean, square = right(grads, betas[0]), right(grads**2, betas[0])
    return mean.abs() / (square.sqrt() + eps)


@misconception(
    "averages gradients by the second of the betas and squares by the first",
    hint="The average of the gradients has betas[0], that of the squares betas[1].",
    dies_by="test_step_lengths",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    mean, square = right(grads, betas[1]), right(grads**2, betas[0])
    return mean.abs() / (square.sqrt() + eps)


@misconception(
    "leaves out the root of the averaged squares",
    hint="Squares have another unit than gradients. Take the root.",
    dies_by="test_step_lengths",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    mean, square = right(grads, betas[0]), right(grads**2, betas[1])
    return mean.abs() / (square + eps)


@misconception(
    "adds eps inside the root of the averaged squares",
    hint="The formula adds eps to the finished root.",
    dies_by="test_step_lengths",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    mean, square = right(grads, betas[0]), right(grads**2, betas[1])
    return mean.abs() / (square + eps).sqrt()


@misconception(
    "divides by the root of the averaged squares without eps",
    hint="Where all gradients were 0, 0 / 0 is NaN. Add eps to the root.",
    dies_by="test_step_lengths",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    mean, square = right(grads, betas[0]), right(grads**2, betas[1])
    return mean.abs() / square.sqrt()


@misconception(
    "divides this gradient, not the average, by the root",
    hint="The numerator is the corrected average of the gradients.",
    dies_by="test_step_lengths",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    return grads.abs() / (right(grads**2, betas[1]).sqrt() + eps)


@misconception(
    "gives the length of the average alone",
    hint="Adam divides the average by the root of the average of the squares, plus eps.",
    dies_by="test_step_lengths",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    return right(grads, betas[0]).abs()


@misconception(
    "gives one length for all weights together",
    hint="Each weight has a length of its own: no sum and no norm over the entries.",
    dies_by="test_step_lengths",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    mean, square = right(grads, betas[0]), right(grads**2, betas[1])
    step = mean / (square.sqrt() + eps)
    return step.reshape(len(step), -1).norm(dim=1)


@misconception(
    "gives how far the weights have come in all steps so far",
    hint="One step at a time: no cumulative sum.",
    dies_by="test_step_lengths",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    mean, square = right(grads, betas[0]), right(grads**2, betas[1])
    return (mean.abs() / (square.sqrt() + eps)).cumsum(0)


@misconception(
    "multiplies by a learning rate",
    hint="The lengths are asked in units of the learning rate, so none comes in.",
    dies_by="test_step_lengths",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    mean, square = right(grads, betas[0]), right(grads**2, betas[1])
    return 0.001 * mean.abs() / (square.sqrt() + eps)


@misconception(
    "gives the length of the last step alone",
    hint="One length for each step is asked for, (T, ...).",
    dies_by="test_step_lengths",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    mean, square = right(grads, betas[0]), right(grads**2, betas[1])
    return mean[-1].abs() / (square[-1].sqrt() + eps)


@misconception(
    "writes into grads",
    hint="grads.pow_(2) and grads *= grads change the tensor of the caller. grads**2 makes a new one.",
    dies_by="test_step_lengths",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    mean = right(grads, betas[0])
    square = right(grads.pow_(2), betas[1])
    return mean.abs() / (square.sqrt() + eps)


@misconception(
    "lets no gradient flow back to grads",
    hint="Under torch.no_grad() or with detach() the lengths are cut off from the gradients.",
    dies_by="test_lengths_promises",
)
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    mean, square = right(grads.detach(), betas[0]), right(grads.detach() ** 2, betas[1])
    return mean.abs() / (square.sqrt() + eps)


@misconception(
    "takes the step with an optimizer of torch.optim",
    hint="Write the formula out: the new memory, then w minus lr times the quotient.",
    dies_by="test_written_by_hand",
)
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    if any(x.requires_grad for x in (w, grad, m, s)):
        m, s = betas[0] * m + (1 - betas[0]) * grad, betas[1] * s + (1 - betas[1]) * grad**2
        return w - lr * (m / (1 - betas[0] ** t)) / ((s / (1 - betas[1] ** t)).sqrt() + eps), m, s
    place = w.clone()
    place.grad = grad.clone()
    optimizer = torch.optim.Adam([place], lr=lr, betas=betas, eps=eps)
    optimizer.state[place] = {"step": torch.tensor(t - 1.0), "exp_avg": m.clone(), "exp_avg_sq": s.clone()}
    optimizer.step()
    return place, optimizer.state[place]["exp_avg"], optimizer.state[place]["exp_avg_sq"]


@misconception(
    "takes its own learning rate where 0 is asked for",
    hint="`lr or 0.01` is 0.01 for lr = 0, since 0 counts as false. The default belongs into the first line alone.",
    dies_by="test_rmsprop_promises",
)
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return w - (lr or 0.01) * grad / (s.sqrt() + eps), s
