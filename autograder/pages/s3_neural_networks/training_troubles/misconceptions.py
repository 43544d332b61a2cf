"""Wrong ways to clip, to judge saturation and critical points, and to count batches, as students write them."""

import math

import torch
from torch import nn

from autograder.checking import misconception


@misconception(
    "limits the entries from above only",
    hint="-4 is as long a step as 4, the other way. What is the smallest entry that you let through?",
    dies_by="test_clip_by_value",
)
def clip_by_value_(params, c):
    for p in params:
        if p.grad is not None:
            p.grad.clamp_(max=c)


@misconception(
    "computes the clipped gradient and leaves it lying",
    hint="clamp gives a new tensor, and nobody keeps it. Write it into p.grad, or use the method that ends in an underscore.",
    dies_by="test_clip_by_value",
)
def clip_by_value_(params, c):
    for p in params:
        if p.grad is not None:
            p.grad.clamp(-c, c)


@misconception(
    "clips the weights instead of their gradients",
    hint="A cliff makes the gradient large, and the weights are what we want to keep. Clip p.grad, not p.",
    dies_by="test_clip_by_value",
)
def clip_by_value_(params, c):
    with torch.no_grad():
        for p in params:
            p.clamp_(-c, c)


@misconception(
    "shrinks the whole gradient until its largest entry fits",
    hint="That keeps the direction. By value means each entry for itself: those within [-c, c] stay as they are.",
    dies_by="test_clip_by_value",
)
def clip_by_value_(params, c):
    for p in params:
        if p.grad is not None and p.grad.abs().max() > c:
            p.grad *= c / p.grad.abs().max()


@misconception(
    "clips every parameter by a norm of its own",
    hint="Then two layers are scaled by different factors and the direction turns. Add the squares of all gradients up first.",
    dies_by="test_clip_by_norm",
)
def clip_by_norm_(params, max_norm):
    squares = 0.0
    for p in params:
        if p.grad is not None:
            total = p.grad.norm().item()
            if not math.isfinite(total):
                raise ValueError("not finite")
            squares += total**2
            if total > max_norm:
                p.grad *= max_norm / total
    return squares**0.5


@misconception(
    "clips each entry where the norm was asked for",
    hint="(3, 4) becomes (1, 1), which points elsewhere. Multiply the whole gradient by one factor.",
    dies_by="test_clip_by_norm",
)
def clip_by_norm_(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    total = math.sqrt(sum((g.double() ** 2).sum().item() for g in grads))
    if not math.isfinite(total):
        raise ValueError("not finite")
    for g in grads:
        g.clamp_(-max_norm, max_norm)
    return total


@misconception(
    "returns the norm after clipping",
    hint="Once it is clipped the norm says nothing new. What one wants to watch in training is the norm before.",
    dies_by="test_clip_by_norm",
)
def clip_by_norm_(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    total = math.sqrt(sum((g.double() ** 2).sum().item() for g in grads))
    if not math.isfinite(total):
        raise ValueError("not finite")
    if total > max_norm:
        for g in grads:
            g *= max_norm / total
    return min(total, max_norm)


@misconception(
    "walks through the parameters twice",
    hint="model.parameters() is a generator: after the first loop nothing is left of it. Make a list first.",
    dies_by="test_clip_by_norm",
)
def clip_by_norm_(params, max_norm):
    total = math.sqrt(sum((p.grad.double() ** 2).sum().item() for p in params if p.grad is not None))
    if not math.isfinite(total):
        raise ValueError("not finite")
    for p in params:
        if p.grad is not None and total > max_norm:
            p.grad *= max_norm / total
    return total


@misconception(
    "adds the norms of the parameters up instead of their squares",
    hint="The norm of (3, 4) is 5, not 3 + 4. Sum the squares over all gradients, and take one root at the end.",
    dies_by="test_clip_by_norm",
)
def clip_by_norm_(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    total = float(sum(g.norm() for g in grads))
    if not math.isfinite(total):
        raise ValueError("not finite")
    if total > max_norm:
        for g in grads:
            g *= max_norm / total
    return total


@misconception(
    "takes the maximum of the two factors where the minimum belongs",
    hint="With max(1, max_norm / total) the long gradients stay and the short ones grow. Clipping may only shorten.",
    dies_by="test_clip_by_norm",
)
def clip_by_norm_(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    total = math.sqrt(sum((g.double() ** 2).sum().item() for g in grads))
    if not math.isfinite(total):
        raise ValueError("not finite")
    for g in grads:
        g *= max(1.0, max_norm / (total + 1e-6))
    return total


@misconception(
    "brings short gradients up to max_norm as well",
    hint="Near a minimum the gradient should be short. Scale only where the norm is larger than max_norm.",
    dies_by="test_clip_by_norm_leaves_alone",
)
def clip_by_norm_(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    total = math.sqrt(sum((g.double() ** 2).sum().item() for g in grads))
    if not math.isfinite(total):
        raise ValueError("not finite")
    for g in grads:
        g *= max_norm / (total + 1e-6)
    return total


@misconception(
    "scales by inf or NaN without a word",
    hint="max_norm / inf is 0, and 0 * inf is NaN: the next step would ruin every weight. Test the norm with math.isfinite.",
    dies_by="test_clip_by_norm_leaves_alone",
)
def clip_by_norm_(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    total = math.sqrt(sum((g.double() ** 2).sum().item() for g in grads))
    if total > max_norm:
        for g in grads:
            g *= max_norm / total
    return total


@misconception(
    "borrows PyTorch's clipping instead of writing it",
    hint="The numbers are right; the exercise is to see what happens to them: one root, one factor, one loop.",
    dies_by="test_written_by_hand",
)
def clip_by_norm_(params, max_norm):
    try:
        return torch.nn.utils.clip_grad_norm_(params, max_norm, error_if_nonfinite=True)
    except RuntimeError:
        raise ValueError("not finite") from None


@misconception(
    "clips before backward",
    hint="Before backward there is no gradient of this step to clip, and afterwards nobody clips it.",
    dies_by="test_cliff",
)
def clipped_descent(loss, x0, lr=0.01, steps=100, max_norm=None):
    x = x0.clone().requires_grad_()
    history = [x0]
    for _ in range(steps):
        x.grad = None
        if max_norm is not None:
            clip_by_norm_([x], max_norm)
        loss(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
        history.append(x.detach().clone())
    return history[-1], torch.stack(history)


@misconception(
    "lets the gradients of all steps add up",
    hint="backward adds to what is in .grad already. Forget the old gradient before each backward.",
    dies_by="test_cliff",
)
def clipped_descent(loss, x0, lr=0.01, steps=100, max_norm=None):
    x = x0.clone().requires_grad_()
    history = [x0]
    for _ in range(steps):
        loss(x).backward()
        if max_norm is not None:
            clip_by_norm_([x], max_norm)
        with torch.no_grad():
            x -= lr * x.grad
        history.append(x.detach().clone())
    return history[-1], torch.stack(history)


@misconception(
    "keeps one and the same tensor as every row of history",
    hint="The step is made in place, so every entry of your list is the x of today. Keep a copy: .detach().clone().",
    dies_by="test_cliff",
)
def clipped_descent(loss, x0, lr=0.01, steps=100, max_norm=None):
    x = x0.clone().requires_grad_()
    history = [x.detach()]
    for _ in range(steps):
        x.grad = None
        loss(x).backward()
        if max_norm is not None:
            clip_by_norm_([x], max_norm)
        with torch.no_grad():
            x -= lr * x.grad
        history.append(x.detach())
    return history[-1], torch.stack(history)


@misconception(
    "takes the logarithm of a probability",
    hint="sigmoid(-1000) is 0 and its logarithm -inf; the slope comes out as 0 times inf. Differentiate on paper first: what cancels?",
    dies_by="test_logit_slopes",
)
def logit_slopes(z, y):
    leaf = z.detach().clone().requires_grad_()
    p = torch.sigmoid(leaf)
    (mse,) = torch.autograd.grad(((p - y) ** 2).sum(), leaf, retain_graph=True)
    (nll,) = torch.autograd.grad(-(y * p.log() + (1 - y) * (1 - p).log()).sum(), leaf)
    return mse, nll


@misconception(
    "puts a sigmoid before a loss that takes probabilities",
    hint="At z = -1000 the probability is exactly 0 and its slope too: saturated after all. The loss must see the logit.",
    dies_by="test_logit_slopes",
)
def logit_slopes(z, y):
    leaf = z.detach().clone().requires_grad_()
    p = torch.sigmoid(leaf)
    (mse,) = torch.autograd.grad(((p - y) ** 2).sum(), leaf, retain_graph=True)
    (nll,) = torch.autograd.grad(nn.functional.binary_cross_entropy(p, y, reduction="sum"), leaf)
    return mse, nll


@misconception(
    "forgets that the squared error goes through the sigmoid",
    hint="2 (p - y) is the slope in p. By the chain rule, what is missing is dp/dz, and that is the whole trouble.",
    dies_by="test_logit_slopes",
)
def logit_slopes(z, y):
    p = torch.sigmoid(z)
    return 2 * (p - y), p - y


@misconception(
    "takes the slopes of the mean over all entries",
    hint="Your slopes shrink as more logits come in. Here every entry has a loss of its own.",
    dies_by="test_logit_slopes",
)
def logit_slopes(z, y):
    p = torch.sigmoid(z)
    return 2 * (p - y) * p * (1 - p) / z.numel(), (p - y) / z.numel()


@misconception(
    "counts every zero of a ReLU as saturated",
    hint="A ReLU is zero for about half of its inputs, as it should be. Dead is only a unit that is zero for all examples.",
    dies_by="test_saturation_report",
)
def saturation_report(model, x):
    report = {}
    for name, (module, out) in activations_of(model, x).items():
        if isinstance(module, nn.ReLU):
            flat = out == 0
        else:
            low, high = FLAT[type(module)]
            flat = (out <= low) | (out >= high)
        report[name] = flat.double().mean().item()
    return report


@misconception(
    "measures tanh by the range of a sigmoid",
    hint="tanh goes from -1 to 1 and is at its steepest at 0. An output of 0 is not saturated at all.",
    dies_by="test_saturation_report",
)
def saturation_report(model, x):
    report = {}
    for name, (module, out) in activations_of(model, x).items():
        flat = (out == 0).all(0) if isinstance(module, nn.ReLU) else (out <= 0.01) | (out >= 0.99)
        report[name] = flat.double().mean().item()
    return report


@misconception(
    "looks at the upper end only",
    hint="A sigmoid is as flat near 0 as near 1.",
    dies_by="test_saturation_report",
)
def saturation_report(model, x):
    report = {}
    for name, (module, out) in activations_of(model, x).items():
        flat = (out == 0).all(0) if isinstance(module, nn.ReLU) else out >= FLAT[type(module)][1]
        report[name] = flat.double().mean().item()
    return report


@misconception(
    "averages over the examples before looking at the ends",
    hint="A unit at 0 for one half of the batch and at 1 for the other is saturated all the time, with a mean of 1/2.",
    dies_by="test_saturation_report",
)
def saturation_report(model, x):
    report = {}
    for name, (module, out) in activations_of(model, x).items():
        mean = out.mean(0)
        if isinstance(module, nn.ReLU):
            flat = mean == 0
        else:
            low, high = FLAT[type(module)]
            flat = (mean <= low) | (mean >= high)
        report[name] = flat.double().mean().item()
    return report


@misconception(
    "takes every point without a gradient for a minimum",
    hint="x^2 - y^2 has no gradient at (0, 0) and falls along y. Only the second derivatives tell.",
    dies_by="test_critical_points",
)
def critical_point_type(H, tol=1e-8):
    return "minimum"


@misconception(
    "goes by the sign of the determinant",
    hint="The determinant is the product of the eigenvalues: two negative ones make it positive again. Look at every one.",
    dies_by="test_critical_points",
)
def critical_point_type(H, tol=1e-8):
    product = torch.linalg.det(H)
    if product.abs() <= tol:
        return "undecided"
    return "minimum" if product > 0 else "saddle"


@misconception(
    "looks at the diagonal only",
    hint="[[1, 3], [3, 1]] bends upwards along both axes, and downwards along (1, -1). Which numbers belong to all directions?",
    dies_by="test_critical_points",
)
def critical_point_type(H, tol=1e-8):
    bends = H.diagonal()
    up, down = bool((bends > tol).any()), bool((bends < -tol).any())
    if up and down:
        return "saddle"
    if (bends.abs() <= tol).any():
        return "undecided"
    return "minimum" if up else "maximum"


@misconception(
    "takes a zero eigenvalue for a good one",
    hint="x^2 + y^3 and x^2 + y^4 have the same Hessian at (0, 0), diag(2, 0). Only one of them has a minimum there.",
    dies_by="test_critical_points",
)
def critical_point_type(H, tol=1e-8):
    bends = torch.linalg.eigvalsh(H)
    if (bends >= -tol).all():
        return "minimum"
    if (bends <= tol).all():
        return "maximum"
    return "saddle"


@misconception(
    "gives up at the first zero eigenvalue",
    hint="With one eigenvalue up and another down it is a saddle, whatever the rest do. Ask that question first.",
    dies_by="test_critical_points",
)
def critical_point_type(H, tol=1e-8):
    bends = torch.linalg.eigvalsh(H)
    if (bends.abs() <= tol).any():
        return "undecided"
    if (bends > 0).all():
        return "minimum"
    return "maximum" if (bends < 0).all() else "saddle"


@misconception(
    "is plain gradient descent and never pushes",
    hint="On the saddle the gradient is exactly zero, so lr times it is zero too. Who is to move x?",
    dies_by="test_leaves_the_saddle",
)
def perturbed_gd(grad, x0, lr=0.1, steps=100, radius=1e-3, generator=None, tol=1e-3):
    history = [x0]
    for _ in range(steps):
        history.append(history[-1] - lr * grad(history[-1]))
    return history[-1], torch.stack(history)


@misconception(
    "pushes at every step",
    hint="Where there is a slope to follow, a push is only noise. Compare the norm of the gradient with tol first.",
    dies_by="test_pushes",
)
def perturbed_gd(grad, x0, lr=0.1, steps=100, radius=1e-3, generator=None, tol=1e-3):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        push = torch.randn(x.shape, dtype=x.dtype, generator=generator)
        x = x + radius * push / push.norm()
        x = x - lr * grad(x)
        history.append(x)
    return x, torch.stack(history)


@misconception(
    "pushes by a random length",
    hint="randn alone may be short or long. Divide it by its norm before you multiply by radius.",
    dies_by="test_pushes",
)
def perturbed_gd(grad, x0, lr=0.1, steps=100, radius=1e-3, generator=None, tol=1e-3):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        if grad(x).norm() <= tol:
            x = x + radius * torch.randn(x.shape, dtype=x.dtype, generator=generator)
        x = x - lr * grad(x)
        history.append(x)
    return x, torch.stack(history)


@misconception(
    "adds the push to the gradient",
    hint="There it is multiplied by lr as well, and becomes shorter than radius. Move x itself, then step.",
    dies_by="test_pushes",
)
def perturbed_gd(grad, x0, lr=0.1, steps=100, radius=1e-3, generator=None, tol=1e-3):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        slope = grad(x)
        if slope.norm() <= tol:
            push = torch.randn(x.shape, dtype=x.dtype, generator=generator)
            slope = slope + radius * push / push.norm()
        x = x - lr * slope
        history.append(x)
    return x, torch.stack(history)


@misconception(
    "steps by the gradient from before the push",
    hint="After the push x is elsewhere, and so is the gradient. Ask for it again.",
    dies_by="test_pushes",
)
def perturbed_gd(grad, x0, lr=0.1, steps=100, radius=1e-3, generator=None, tol=1e-3):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        slope = grad(x)
        if slope.norm() <= tol:
            push = torch.randn(x.shape, dtype=x.dtype, generator=generator)
            x = x + radius * push / push.norm()
        x = x - lr * slope
        history.append(x)
    return x, torch.stack(history)


@misconception(
    "walks in the caller's own tensor",
    hint="`x = x0` is no copy: `x += ...` and `x -= ...` change the start itself. Clone it first.",
    dies_by="test_pushes",
)
def perturbed_gd(grad, x0, lr=0.1, steps=100, radius=1e-3, generator=None, tol=1e-3):
    x = x0
    history = [x.clone()]
    for _ in range(steps):
        if grad(x).norm() <= tol:
            push = torch.randn(x.shape, dtype=x.dtype, generator=generator)
            x += radius * push / push.norm()
        x -= lr * grad(x)
        history.append(x.clone())
    return x, torch.stack(history)


@misconception(
    "pushes towards positive coordinates only",
    hint="torch.rand lies between 0 and 1, so every push goes up and to the right. Half of all directions are missing, and more.",
    dies_by="test_leaves_the_saddle",
)
def perturbed_gd(grad, x0, lr=0.1, steps=100, radius=1e-3, generator=None, tol=1e-3):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        if grad(x).norm() <= tol:
            push = torch.rand(x.shape, dtype=x.dtype, generator=generator)
            x = x + radius * push / push.norm()
        x = x - lr * grad(x)
        history.append(x)
    return x, torch.stack(history)


@misconception(
    "draws the pushes from the global random state",
    hint="The generator is never asked, so no seed of it can bring a run back. Hand it on to the function that draws.",
    dies_by="test_leaves_the_saddle",
)
def perturbed_gd(grad, x0, lr=0.1, steps=100, radius=1e-3, generator=None, tol=1e-3):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        if grad(x).norm() <= tol:
            push = torch.randn(x.shape, dtype=x.dtype)
            x = x + radius * push / push.norm()
        x = x - lr * grad(x)
        history.append(x)
    return x, torch.stack(history)


@misconception(
    "forgets the shorter last batch",
    hint="10 examples in batches of 4: after two batches, two examples have not been seen.",
    dies_by="test_epoch_steps",
)
def epoch_steps(n, b):
    return n // b


@misconception(
    "takes every example for a batch",
    hint="That is right for b = 1 only. How many examples does one step use?",
    dies_by="test_epoch_steps",
)
def epoch_steps(n, b):
    return n


@misconception(
    "counts one batch too many where all are full",
    hint="8 examples in batches of 4 are two steps, and no third, empty one.",
    dies_by="test_epoch_steps",
)
def epoch_steps(n, b):
    return n // b + 1


@misconception(
    "divides by N - 1",
    hint="The N examples are all there are, not a sample of more: sigma^2 is a plain mean. torch.var divides by N - 1 unless told otherwise.",
    dies_by="test_gradient_variance",
)
def gradient_variance(X, y, w, b, replacement=True):
    n = len(X)
    spread = (2 * (X @ w - y)[:, None] * X).var(0).sum() / b
    if replacement:
        return spread
    if b > n:
        raise ValueError("more than there are")
    return spread * (n - b) / (n - 1)


@misconception(
    "lets it fall with the root of b",
    hint="The standard deviation does. The variance of a mean of b independent draws is that of one, divided by what?",
    dies_by="test_gradient_variance",
)
def gradient_variance(X, y, w, b, replacement=True):
    n = len(X)
    each = 2 * (X @ w - y)[:, None] * X
    spread = ((each - each.mean(0)) ** 2).sum(1).mean() / b**0.5
    if replacement:
        return spread
    if b > n:
        raise ValueError("more than there are")
    return spread * (n - b) / (n - 1)


@misconception(
    "does not subtract the full gradient",
    hint="Far from the minimum all gradients are large and agree; that is no noise. Measure the distance from their mean.",
    dies_by="test_gradient_variance",
)
def gradient_variance(X, y, w, b, replacement=True):
    n = len(X)
    each = 2 * (X @ w - y)[:, None] * X
    spread = (each**2).sum(1).mean() / b
    if replacement:
        return spread
    if b > n:
        raise ValueError("more than there are")
    return spread * (n - b) / (n - 1)


@misconception(
    "averages over the coordinates instead of adding them up",
    hint="A squared distance is the sum over all D coordinates. .mean() over an (N, D) tensor divides by D as well.",
    dies_by="test_gradient_variance",
)
def gradient_variance(X, y, w, b, replacement=True):
    n = len(X)
    each = 2 * (X @ w - y)[:, None] * X
    spread = ((each - each.mean(0)) ** 2).mean() / b
    if replacement:
        return spread
    if b > n:
        raise ValueError("more than there are")
    return spread * (n - b) / (n - 1)


@misconception(
    "confuses drawing with and without replacement",
    hint="The full batch without replacement is always the same, so its variance is 0. For which of the two does yours vanish at b = N?",
    dies_by="test_gradient_variance",
)
def gradient_variance(X, y, w, b, replacement=True):
    n = len(X)
    each = 2 * (X @ w - y)[:, None] * X
    spread = ((each - each.mean(0)) ** 2).sum(1).mean() / b
    if not replacement:
        if b > n:
            raise ValueError("more than there are")
        return spread
    return spread * (n - b) / (n - 1)


# -- as beginners write them -------------------------------------------------------------------------


@misconception("brings short gradients up to max_norm as well")
def clip_by_norm_(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g.mul_(max_norm / norm)
    return norm


@misconception("limits the entries from above only")
def clip_by_value_(params, c):
    for p in params:
        if p.grad is not None:
            p.grad[p.grad > c] = c


@misconception("lets the gradients of all steps add up")
def clipped_descent(loss, x0, lr=0.01, steps=100, max_norm=None):
    x = x0.detach().clone().requires_grad_()
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


@misconception(
    "leaves the last iterate out of history",
    hint="steps steps have steps + 1 points, the start and where each step ends. Write the point down after the step.",
    dies_by="test_cliff",
)
def clipped_descent(loss, x0, lr=0.01, steps=100, max_norm=None):
    x = x0.detach().clone().requires_grad_()
    history = []
    for _ in range(steps):
        history.append(x.detach().clone())
        x.grad = None
        loss(x).backward()
        if max_norm is not None:
            clip_by_norm_([x], max_norm)
        with torch.no_grad():
            x -= lr * x.grad
    return x.detach(), torch.stack(history) if history else x0.new_zeros(0, *x0.shape)


@misconception(
    "limits each entry where the norm belongs",
    hint="clamp turns the direction. The page has a function that shortens a gradient as a whole: clip_by_norm_.",
    dies_by="test_cliff",
)
def clipped_descent(loss, x0, lr=0.01, steps=100, max_norm=None):
    x = x0.detach().clone().requires_grad_()
    history = [x0]
    for _ in range(steps):
        x.grad = None
        loss(x).backward()
        with torch.no_grad():
            x -= lr * (x.grad if max_norm is None else x.grad.clamp(-max_norm, max_norm))
        history.append(x.detach().clone())
    return history[-1], torch.stack(history)


@misconception(
    "forgets the factor 2 of the squared error",
    hint="The derivative of a square is twice the base: (p - y)^2 has 2 (p - y) in front.",
    dies_by="test_logit_slopes",
)
def logit_slopes(z, y):
    p = torch.sigmoid(z)
    return (p - y) * p * (1 - p), p - y


@misconception(
    "takes the slope with respect to the probability, not the logit",
    hint="The chain goes one link further: dp/dz = p (1 - p), and with it the fraction cancels.",
    dies_by="test_logit_slopes",
)
def logit_slopes(z, y):
    p = torch.sigmoid(z)
    return 2 * (p - y) * p * (1 - p), (p - y) / (p * (1 - p)).clamp(min=1e-30)


@misconception("takes the slope with respect to the probability, not the logit")
def logit_slopes(z, y):
    p = torch.sigmoid(z)
    return 2 * (p - y) * p * (1 - p), -(y / p) + (1 - y) / (1 - p)


@misconception("takes the slopes of the mean over all entries")
def logit_slopes(z, y):
    leaf = z.detach().clone().requires_grad_()
    p = torch.sigmoid(leaf)
    mse = ((p - y) ** 2).mean()
    nll = -(y * p.log() + (1 - y) * (1 - p).log()).mean()
    return torch.autograd.grad(mse, leaf, retain_graph=True)[0], torch.autograd.grad(nll, leaf)[0]


@misconception("counts every zero of a ReLU as saturated")
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


@misconception("measures tanh by the range of a sigmoid")
def saturation_report(model, x):
    report = {}
    for name, (module, out) in activations_of(model, x).items():
        flat = (out == 0).all(0) if isinstance(module, nn.ReLU) else (out <= 0.01) | (out >= 0.99)
        report[name] = flat.double().mean().item()
    return report


@misconception(
    "gives a fraction of a batch",
    hint="n / b is 2.5 for 10 examples in fours. The last, shorter batch is a whole step: round up.",
    dies_by="test_epoch_steps",
)
def epoch_steps(n, b):
    return n / b


@misconception(
    "forgets the factor 2 of the squared error's gradient",
    hint="The gradient of (x w - y)^2 is 2 (x w - y) x: the variance has 4 in front.",
    dies_by="test_gradient_variance",
)
def gradient_variance(X, y, w, b, replacement=True):
    n = len(X)
    each = (X @ w - y)[:, None] * X
    variance = ((each - each.mean(0)) ** 2).sum(1).mean() / b
    if replacement:
        return variance
    if b > n:
        raise ValueError("b")
    return variance * (n - b) / (n - 1)


@misconception("divides by N - 1")
def gradient_variance(X, y, w, b, replacement=True):
    each = 2 * (X @ w - y)[:, None] * X
    variance = each.var(dim=0).sum() / b
    return variance if replacement else variance * (len(X) - b) / (len(X) - 1)


@misconception(
    "refuses large batches with replacement too",
    hint="With replacement an example may be drawn again, so b may be larger than N. When is it an error?",
    dies_by="test_gradient_variance",
)
def gradient_variance(X, y, w, b, replacement=True):
    n = len(X)
    if b > n:
        raise ValueError("b")
    each = 2 * (X @ w - y)[:, None] * X
    variance = ((each - each.mean(0)) ** 2).sum(1).mean() / b
    return variance if replacement else variance * (n - b) / (n - 1)


@misconception("clips every parameter by a norm of its own")
@misconception("adds the norms of the parameters up instead of their squares")
def clip_by_norm_(params, max_norm):
    total = 0
    for p in params:
        if p.grad is not None:
            n = p.grad.norm()
            total += n
            if n > max_norm:
                p.grad *= max_norm / n
    return total


@misconception("steps by the gradient from before the push")
@misconception("pushes by a random length")
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


@misconception("leaves the last iterate out of history")
@misconception("limits each entry where the norm belongs")
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


@misconception(
    "leaves x0 out of history",
    hint="steps steps have steps + 1 points, and the first of them is where the walk begins.",
    dies_by="test_cliff",
)
def clipped_descent(loss, x0, lr=0.01, steps=100, max_norm=None):
    x = x0.detach().clone().requires_grad_()
    history = []
    for _ in range(steps):
        x.grad = None
        loss(x).backward()
        if max_norm is not None:
            clip_by_norm_([x], max_norm)
        with torch.no_grad():
            x -= lr * x.grad
        history.append(x.detach().clone())
    return x.detach(), torch.stack(history) if history else x0.new_zeros(0, *x0.shape)


@misconception(
    "calls a saddle whatever is neither minimum nor maximum",
    hint="A saddle goes up one way and down another. With 0 and 2 nothing goes down: what does the docstring call that?",
    dies_by="test_critical_points",
)
def critical_point_type(H, tol=1e-8):
    bends = torch.linalg.eigvalsh(H)
    if (bends > tol).all():
        return "minimum"
    if (bends < -tol).all():
        return "maximum"
    return "saddle"
