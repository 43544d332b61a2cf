"""First drafts of this page, as beginners hand them in."""

# %% momentum for an average, the squares without a root
# running_average: takes in each value whole, not its share 1 - beta
#   or: raises no ValueError for a beta outside [0, 1)
# adagrad_step: divides by the sum itself, not by its root
# step_lengths: keeps the sign of the step
def running_average(x, beta=0.9, correct=True):
    a = torch.zeros_like(x[0])
    out = []
    for t in range(len(x)):
        a = beta * a + x[t]
        if correct:
            out.append(a / (1 - beta ** (t + 1)))
        else:
            out.append(a)
    return torch.stack(out)


def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad**2
    w = w - lr * grad / (s + eps)
    return w, s


def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    m = torch.zeros_like(grads[0])
    s = torch.zeros_like(grads[0])
    out = []
    for t, g in enumerate(grads, 1):
        m = betas[0] * m + (1 - betas[0]) * g
        s = betas[1] * s + (1 - betas[1]) * g**2
        m_hat = m / (1 - betas[0] ** t)
        s_hat = s / (1 - betas[1] ** t)
        out.append(m_hat / (torch.sqrt(s_hat) + eps))
    return torch.stack(out)


# %% counting from 0, eps under the root
# running_average: counts the steps of the correction from 0
#   or: raises no ValueError for a beta outside [0, 1)
# rmsprop_step: adds eps inside the root of the average
# adam_step: corrects neither average
#   or: raises no ValueError for a step below 1
def running_average(x, beta=0.9, correct=True):
    avg = torch.zeros_like(x)
    a = 0
    for t in range(x.shape[0]):
        a = beta * a + (1 - beta) * x[t]
        avg[t] = a / (1 - beta**t) if correct else a
    return avg


def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    w = w - lr * grad / torch.sqrt(s + eps)
    return w, s


def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    w = w - lr * m / (torch.sqrt(s) + eps)
    return w, m, s


# %% everything in place
# adagrad_step: changes the w or the sum that it is given
# rmsprop_step: changes the w or the average that it is given
# adam_step: changes the w, m or s that it is given
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s += grad**2
    w -= lr * grad / (s.sqrt() + eps)
    return w, s


def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s *= beta
    s += (1 - beta) * grad**2
    w -= lr * grad / (s.sqrt() + eps)
    return w, s


def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError("t must be at least 1")
    m.mul_(betas[0]).add_((1 - betas[0]) * grad)
    s.mul_(betas[1]).add_((1 - betas[1]) * grad**2)
    m_hat = m / (1 - betas[0] ** t)
    s_hat = s / (1 - betas[1] ** t)
    w -= lr * m_hat / (s_hat.sqrt() + eps)
    return w, m, s


# %% beta on the wrong side
# running_average: gives beta to the new value and 1 - beta to the old average
# rmsprop_step: gives beta to the new square and 1 - beta to the old average
# adam_step: returns the corrected averages as the memory
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError("beta must lie in [0, 1)")
    a = torch.zeros_like(x[0])
    result = []
    for t, v in enumerate(x, 1):
        a = (1 - beta) * a + beta * v
        result.append(a / (1 - beta**t) if correct else a)
    return torch.stack(result)


def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = (1 - beta) * s + beta * grad * grad
    return w - lr * grad / (s.sqrt() + eps), s


def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    m = m / (1 - betas[0] ** t)
    s = s / (1 - betas[1] ** t)
    w = w - lr * m / (s.sqrt() + eps)
    return w, m, s


# %% one length for all
# adagrad_step: divides all entries by one number made of all sums
# step_lengths: leaves both averages uncorrected
# running_average: begins with the first value, not with 0
#   or: raises no ValueError for a beta outside [0, 1)
def running_average(x, beta=0.9, correct=True):
    out = [x[0]]
    for t in range(1, len(x)):
        out.append(beta * out[-1] + (1 - beta) * x[t])
    return torch.stack(out)


def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s_new = s + grad**2
    return w - lr * grad / (s_new.sum().sqrt() + eps), s_new


def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    m = torch.zeros_like(grads[0])
    v = torch.zeros_like(grads[0])
    lengths = []
    for g in grads:
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        lengths.append(m.abs() / (v.sqrt() + eps))
    return torch.stack(lengths)


# %% the corrected average goes on
# running_average: goes on with the corrected average
# adagrad_step: divides by the root of the sum before this gradient
# rmsprop_step: returns the change by RMSProp, not the weights after it
def running_average(x, beta=0.9, correct=True):
    if beta < 0 or beta >= 1:
        raise ValueError("bad beta")
    a = torch.zeros_like(x[0])
    out = []
    for t in range(1, len(x) + 1):
        a = beta * a + (1 - beta) * x[t - 1]
        if correct:
            a = a / (1 - beta**t)
        out.append(a)
    return torch.stack(out)


def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    w = w - lr * grad / (s.sqrt() + eps)
    s = s + grad**2
    return w, s


def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    step = lr * grad / (s.sqrt() + eps)
    return step, s


# %% half of Adam
# adam_step: corrects the average of the gradients alone
#   or: raises no ValueError for a step below 1
# step_lengths: averages the sizes of the gradients, so that signs do not cancel
# rmsprop_step: adds the square whole, not its share 1 - beta
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    beta1, beta2 = betas
    m = beta1 * m + (1 - beta1) * grad
    s = beta2 * s + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (s.sqrt() + eps), m, s


def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    m = torch.zeros_like(grads[0])
    s = torch.zeros_like(grads[0])
    rows = []
    t = 0
    for g in grads:
        t += 1
        m = betas[0] * m + (1 - betas[0]) * g.abs()
        s = betas[1] * s + (1 - betas[1]) * g**2
        rows.append((m / (1 - betas[0] ** t)) / ((s / (1 - betas[1] ** t)).sqrt() + eps))
    return torch.stack(rows)


def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + grad**2
    return w - lr * grad / (s.sqrt() + eps), s


# %% squares forgotten
# adagrad_step: adds the gradient, not its square
# adam_step: averages the gradients where their squares belong
#   or: raises no ValueError for a step below 1
# running_average: returns the last average alone
#   or: raises no ValueError for a beta outside [0, 1)
def running_average(x, beta=0.9, correct=True):
    avg = torch.zeros_like(x[0])
    t = 0
    for value in x:
        t = t + 1
        avg = beta * avg + (1 - beta) * value
    if correct:
        avg = avg / (1 - beta**t)
    return avg


def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad
    w = w - lr * grad / (torch.sqrt(s) + eps)
    return w, s


def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad
    m_hat = m / (1 - betas[0] ** t)
    s_hat = s / (1 - betas[1] ** t)
    w = w - lr * m_hat / (torch.sqrt(s_hat) + eps)
    return w, m, s


# %% uphill, and one beta for both
# rmsprop_step: adds RMSProp's step to the weights, uphill
# adam_step: keeps both averages by the first of the betas
#   or: raises no ValueError for a step below 1
# step_lengths: averages the squares by the first of the betas
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    w = w + lr * grad / (s.sqrt() + eps)
    return w, s


def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    beta = betas[0]
    m = beta * m + (1 - beta) * grad
    s = beta * s + (1 - beta) * grad**2
    return w - lr * (m / (1 - beta**t)) / (torch.sqrt(s / (1 - beta**t)) + eps), m, s


def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    def avg(x, beta):
        a = torch.zeros_like(x[0])
        rows = []
        for t, v in enumerate(x, 1):
            a = beta * a + (1 - beta) * v
            rows.append(a / (1 - beta**t))
        return torch.stack(rows)

    return avg(grads, betas[0]).abs() / (avg(grads**2, betas[0]).sqrt() + eps)


# %% eps inside Adam's root, correction always on
# running_average: divides by 1 - beta**t although `correct` is False
#   or: raises no ValueError for a beta outside [0, 1)
# adam_step: adds eps inside the root of the corrected s
#   or: raises no ValueError for a step below 1
# adagrad_step: adds eps inside the root of the sum
def running_average(x, beta=0.9, correct=True):
    a = torch.zeros_like(x[0])
    out = torch.zeros_like(x)
    for i in range(len(x)):
        a = beta * a + (1 - beta) * x[i]
        out[i] = a / (1 - beta ** (i + 1))
    return out


def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    s = s + grad * grad
    return w - lr * grad / torch.sqrt(s + eps), s


def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad * grad
    mh = m / (1 - betas[0] ** t)
    sh = s / (1 - betas[1] ** t)
    return w - lr * mh / torch.sqrt(sh + eps), m, s


# %% zeros without a dtype, the power as a product
# running_average: divides by 1 - beta at each step
# adam_step: corrects by 1 - beta * t
#   or: raises no ValueError for a step below 1
# rmsprop_step: divides by the average itself, not by its root
def running_average(x, beta=0.9, correct=True):
    if beta < 0 or beta >= 1:
        raise ValueError("beta")
    a = torch.zeros(x.shape[1:])
    out = []
    for v in x:
        a = beta * a + (1 - beta) * v
        out.append(a / (1 - beta) if correct else a)
    return torch.stack(out)


def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    m = betas[0] * m + (1 - betas[0]) * grad
    s = betas[1] * s + (1 - betas[1]) * grad**2
    m_hat = m / (1 - betas[0] * t)
    s_hat = s / (1 - betas[1] * t)
    return w - lr * m_hat / (s_hat.sqrt() + eps), m, s


def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    w = w - lr * grad / (s + eps)
    return w, s
