"""First drafts of this page, as beginners hand them in."""

# %% each tensor by its own norm
# clip_by_value_: says "'NoneType' object has no attribute 'clamp'"
# clip_by_norm_: clips every parameter by a norm of its own
# clip_by_norm_: adds the norms of the parameters up instead of their squares
# epoch_steps: forgets the shorter last batch
def clip_by_value_(params, c):
    for p in params:
        p.grad = p.grad.clamp(-c, c)


def clip_by_norm_(params, max_norm):
    total = 0
    for p in params:
        if p.grad is not None:
            n = p.grad.norm()
            total += n
            if n > max_norm:
                p.grad *= max_norm / n
    return total


def epoch_steps(n, b):
    return n // b


# %% the generator used twice
# clip_by_norm_: says "for ** or pow(): 'NoneType' and 'int'"
# clip_by_norm_: walks through the parameters twice
# logit_slopes: takes the slope with respect to the probability, not the logit
def clip_by_norm_(params, max_norm):
    norm = torch.sqrt(sum((p.grad**2).sum() for p in params))
    if norm > max_norm:
        for p in params:
            p.grad = p.grad * max_norm / norm
    return norm.item()


def logit_slopes(z, y):
    p = torch.sigmoid(z)
    mse = 2 * (p - y) * p * (1 - p)
    nll = -(y / p) + (1 - y) / (1 - p)
    return mse, nll


# %% clipped after the step
# clipped_descent: keeps one and the same tensor as every row of history
# clipped_descent: lets the gradients of all steps add up
# critical_point_type: takes a zero eigenvalue for a good one
def clip_by_norm_(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    norm = math.sqrt(sum((g**2).sum().item() for g in grads))
    if math.isnan(norm) or math.isinf(norm):
        raise ValueError("the gradient exploded")
    if norm > max_norm:
        for g in grads:
            g *= max_norm / norm
    return norm


def clipped_descent(loss, x0, lr=0.01, steps=100, max_norm=None):
    x = x0.clone().requires_grad_()
    history = [x]
    for _ in range(steps):
        loss(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
        if max_norm is not None:
            clip_by_norm_([x], max_norm)
        history.append(x)
    return x, torch.stack(history)


def critical_point_type(H, tol=1e-8):
    ev = torch.linalg.eigvalsh(H)
    if (ev >= 0).all():
        return "minimum"
    if (ev <= 0).all():
        return "maximum"
    return "saddle"


# %% the gradients never cleared
# clipped_descent: lets the gradients of all steps add up
# perturbed_gd: pushes by a random length
# perturbed_gd: steps by the gradient from before the push
def clipped_descent(loss, x0, lr=0.01, steps=100, max_norm=None):
    x = x0.detach().clone().requires_grad_(True)
    history = [x0.clone()]
    for _ in range(steps):
        loss(x).backward()
        g = x.grad
        if max_norm is not None and g.norm() > max_norm:
            g = g * max_norm / g.norm()
        with torch.no_grad():
            x -= lr * g
        history.append(x.detach().clone())
    return x.detach(), torch.stack(history)


def perturbed_gd(grad, x0, lr=0.1, steps=100, radius=1e-3, generator=None, tol=1e-3):
    x = x0.clone()
    history = [x0]
    for _ in range(steps):
        g = grad(x)
        if g.norm() < tol:
            x = x + radius * torch.randn(x.shape, generator=generator)
        x = x - lr * g
        history.append(x)
    return x, torch.stack(history)


# %% the factor two
# logit_slopes: forgets the factor 2 of the squared error
# gradient_variance: forgets the factor 2 of the squared error's gradient
# epoch_steps: counts one batch too many where all are full
def logit_slopes(z, y):
    p = torch.sigmoid(z)
    return (p - y) * p * (1 - p), p - y


def gradient_variance(X, y, w, b, replacement=True):
    g = (X @ w - y)[:, None] * X
    var = ((g - g.mean(0)) ** 2).sum(1).mean()
    if not replacement:
        if b > len(X):
            raise ValueError("b")
        return var / b * (len(X) - b) / (len(X) - 1)
    return var / b


def epoch_steps(n, b):
    return n // b + 1


# %% N minus one
# gradient_variance: divides by N - 1
# saturation_report: counts every zero of a ReLU as saturated
def gradient_variance(X, y, w, b, replacement=True):
    N = len(X)
    g = 2 * (X @ w - y)[:, None] * X
    var = g.var(dim=0).sum() / b
    if not replacement:
        var = var * (N - b) / (N - 1)
    return var


def saturation_report(model, x):
    report = {}
    for name, (module, out) in activations_of(model, x).items():
        if isinstance(module, nn.Sigmoid):
            flat = (out < 0.01) | (out > 0.99)
        elif isinstance(module, nn.Tanh):
            flat = out.abs() > 0.98
        else:
            flat = out == 0
        report[name] = flat.float().mean().item()
    return report


# %% gradients of the mean of both losses
# logit_slopes: takes the slopes of the mean over all entries
# critical_point_type: gives up at the first zero eigenvalue
def logit_slopes(z, y):
    z = z.clone().requires_grad_()
    p = torch.sigmoid(z)
    mse = ((p - y) ** 2).mean()
    nll = -(y * p.log() + (1 - y) * (1 - p).log()).mean()
    g1 = torch.autograd.grad(mse, z, retain_graph=True)[0]
    g2 = torch.autograd.grad(nll, z)[0]
    return g1, g2


def critical_point_type(H, tol=1e-8):
    ev = torch.linalg.eigvalsh(H)
    if (ev > tol).all():
        return "minimum"
    if (ev < -tol).all():
        return "maximum"
    if (ev.abs() <= tol).any():
        return "undecided"
    return "saddle"


# %% the sign of the determinant
# critical_point_type: looks at the diagonal only
# clip_by_value_: limits the entries from above only
# epoch_steps: gives a fraction of a batch
def critical_point_type(H, tol=1e-8):
    d = torch.diag(H)
    if (d > tol).all():
        return "minimum"
    elif (d < -tol).all():
        return "maximum"
    elif (d > tol).any() and (d < -tol).any():
        return "saddle"
    return "undecided"


def clip_by_value_(params, c):
    for p in params:
        if p.grad is not None:
            p.grad[p.grad > c] = c


def epoch_steps(n, b):
    return n / b


# %% scaled always
# clip_by_norm_: brings short gradients up to max_norm as well
# perturbed_gd: pushes towards positive coordinates only
#   or: says "40 pushes on a plain must go up and down"
def clip_by_norm_(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g.mul_(max_norm / norm)
    return norm


def perturbed_gd(grad, x0, lr=0.1, steps=100, radius=1e-3, generator=None, tol=1e-3):
    x = x0.clone()
    history = [x.clone()]
    for _ in range(steps):
        g = grad(x)
        if g.norm() <= tol:
            d = torch.rand(x.shape, generator=generator, dtype=x.dtype)
            x = x + radius * d / d.norm()
            g = grad(x)
        x = x - lr * g
        history.append(x.clone())
    return x, torch.stack(history)


# %% of the training batch only
# saturation_report: measures tanh by the range of a sigmoid
# saturation_report: says "the model does not stay as it was"
# gradient_variance: refuses large batches with replacement too
#   or: says "ValueError: b is too large"
def saturation_report(model, x):
    model.eval()
    out = {}
    for name, (m, a) in activations_of(model, x).items():
        if isinstance(m, nn.ReLU):
            out[name] = (a == 0).all(dim=0).double().mean().item()
        else:
            out[name] = ((a <= 0.01) | (a >= 0.99)).double().mean().item()
    return out


def gradient_variance(X, y, w, b, replacement=True):
    if b > len(X):
        raise ValueError("b is too large")
    g = 2 * (X @ w - y)[:, None] * X
    full = g.mean(0)
    sigma2 = ((g - full) ** 2).sum(1).mean()
    return sigma2 / b


# %% clipped to the norm of values
# clip_by_value_: clips the weights instead of their gradients
# clipped_descent: leaves the last iterate out of history
# clipped_descent: limits each entry where the norm belongs
def clip_by_value_(params, c):
    for p in params:
        if p.grad is not None:
            p.data.clamp_(-c, c)


def clipped_descent(loss, x0, lr=0.01, steps=100, max_norm=None):
    x = x0.clone().requires_grad_()
    history = torch.zeros(steps, *x0.shape)
    for k in range(steps):
        history[k] = x.detach()
        g = torch.autograd.grad(loss(x), x)[0]
        if max_norm is not None:
            g = g.clamp(-max_norm, max_norm)
        x = (x - lr * g).detach().requires_grad_()
    return x.detach(), history


# %% clamp that goes nowhere, no x0
# clip_by_value_: computes the clipped gradient and leaves it lying
# clip_by_norm_: walks through the parameters twice
#   or: brings short gradients up to max_norm as well
# clipped_descent: leaves x0 out of history
#   or: lets the gradients of all steps add up
#   or: says "its shape is"
# saturation_report: counts every zero of a ReLU as saturated
# critical_point_type: calls a saddle whatever is neither minimum nor maximum
# epoch_steps: forgets the shorter last batch
def clip_by_value_(params, c):
    for p in params:
        if p.grad is not None:
            p.grad.clamp(-c, c)

def clip_by_norm_(params, max_norm):
    norm = sum((p.grad ** 2).sum() for p in params if p.grad is not None).sqrt()
    for p in params:
        if p.grad is not None:
            p.grad = p.grad * max_norm / norm
    return norm

def clipped_descent(loss, x0, lr=0.01, steps=100, max_norm=None):
    x = x0.clone().requires_grad_()
    history = []
    for _ in range(steps):
        loss(x).backward()
        if max_norm is not None:
            clip_by_norm_([x], max_norm)
        with torch.no_grad():
            x -= lr * x.grad
        history.append(x.detach().clone())
    return x, torch.stack(history)

def saturation_report(model, x):
    out = {}
    for name, (m, a) in activations_of(model, x).items():
        if isinstance(m, nn.Sigmoid):
            out[name] = ((a < 0.01) | (a > 0.99)).float().mean().item()
        elif isinstance(m, nn.Tanh):
            out[name] = (a.abs() >= 0.98).float().mean().item()
        else:
            out[name] = (a == 0).float().mean().item()
    return out

def critical_point_type(H, tol=1e-8):
    e = torch.linalg.eigvalsh(H)
    if (e > 0).all():
        return "minimum"
    elif (e < 0).all():
        return "maximum"
    else:
        return "saddle"

def epoch_steps(n, b):
    return round(n / b)
