"""Wrong ways to write gradient descent and its relatives, as students write them."""

import torch

from autograder.checking import misconception


@misconception(
    "walks uphill",
    hint="The gradient points to where the function grows. Which sign takes you down?",
    dies_by="test_closed_form",
)
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        slope = grad(x)
        if slope.norm() <= tol:
            break
        x = x + lr * slope
        if not x.isfinite().all():
            raise ValueError("diverged")
        history.append(x)
    return x, torch.stack(history)


@misconception(
    "makes every step lr long, whatever the gradient's length",
    hint="You divide the gradient by its norm. Near the minimum the gradient is short, and so must be the step.",
    dies_by="test_closed_form",
)
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        slope = grad(x)
        if slope.norm() <= tol:
            break
        x = x - lr * slope / slope.norm()
        if not x.isfinite().all():
            raise ValueError("diverged")
        history.append(x)
    return x, torch.stack(history)


@misconception(
    "keeps one and the same tensor in every row of history",
    hint="`x -= ...` alters the tensor that history already holds. Append a copy, or make a new x.",
    dies_by="test_history",
)
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        slope = grad(x)
        if slope.norm() <= tol:
            break
        x -= lr * slope
        if not x.isfinite().all():
            raise ValueError("diverged")
        history.append(x)
    return x, torch.stack(history)


@misconception(
    "steps in place and so changes x0",
    hint="`x = x0` makes no copy: `x -= ...` then writes into the caller's tensor.",
    dies_by="test_history",
)
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0
    history = [x.clone()]
    for _ in range(steps):
        slope = grad(x)
        if slope.norm() <= tol:
            break
        x -= lr * slope
        if not x.isfinite().all():
            raise ValueError("diverged")
        history.append(x.clone())
    return x, torch.stack(history)


@misconception(
    "leaves x0 out of history",
    hint="T steps visit T + 1 points. Which one is missing in your history?",
    dies_by="test_history",
)
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = []
    for _ in range(steps):
        slope = grad(x)
        if slope.norm() <= tol:
            break
        x = x - lr * slope
        if not x.isfinite().all():
            raise ValueError("diverged")
        history.append(x)
    return x, torch.stack(history) if history else x.new_zeros((0, *x.shape))


@misconception(
    "moves one coordinate after the other",
    hint="The second coordinate already sees the new first one. Compute the whole gradient first, then move all at once.",
    dies_by="test_every_shape",
)
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x.clone()]
    for _ in range(steps):
        if grad(x).norm() <= tol:
            break
        for i in range(x.numel()):
            x.view(-1)[i] -= lr * grad(x).reshape(-1)[i]
        if not x.isfinite().all():
            raise ValueError("diverged")
        history.append(x.clone())
    return x, torch.stack(history)


@misconception(
    "compares tol with the length of the step",
    hint="A step is short too when lr is small. Which norm does the docstring compare with tol?",
    dies_by="test_tolerance",
)
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        step = lr * grad(x)
        if step.norm() <= tol:
            break
        x = x - step
        if not x.isfinite().all():
            raise ValueError("diverged")
        history.append(x)
    return x, torch.stack(history)


@misconception(
    "compares tol with the largest entry of the gradient, not with its norm",
    hint="The norm is the root of the sum of all squares: no entry is larger.",
    dies_by="test_tolerance",
)
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        slope = grad(x)
        if slope.abs().max() <= tol:
            break
        x = x - lr * slope
        if not x.isfinite().all():
            raise ValueError("diverged")
        history.append(x)
    return x, torch.stack(history)


@misconception(
    "looks at tol only after the step",
    hint="At a point whose gradient is already small enough, no step may follow. Which line comes first?",
    dies_by="test_tolerance",
)
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        slope = grad(x)
        x = x - lr * slope
        if not x.isfinite().all():
            raise ValueError("diverged")
        history.append(x)
        if slope.norm() <= tol:
            break
    return x, torch.stack(history)


@misconception(
    "never notices that it diverges",
    hint="Too large a step ends in inf, and then in NaN. Test every new iterate with `isfinite`.",
    dies_by="test_divergence",
)
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        slope = grad(x)
        if slope.norm() <= tol:
            break
        x = x - lr * slope
        history.append(x)
    return x, torch.stack(history)


@misconception(
    "calls it divergence as soon as the iterate grows",
    hint="A growing iterate is still a number, and may come back. The docstring's error is for what is no longer finite.",
    dies_by="test_learning_rate_threshold",
)
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        slope = grad(x)
        if slope.norm() <= tol:
            break
        new = x - lr * slope
        if not new.norm() <= 1.1 * x.norm():
            raise ValueError("diverged")
        x = new
        history.append(x)
    return x, torch.stack(history)


@misconception(
    "takes any fall at all for enough",
    hint="The parameter `c` is not used. How much must f fall before the step counts?",
    dies_by="test_backtracking_by_hand",
)
def backtracking(f, grad, x, lr=1.0, shrink=0.5, c=1e-4):
    here, slope = f(x), grad(x)
    while f(x - lr * slope) > here:
        lr = lr * shrink
    return lr


@misconception(
    "forgets to square the norm of the gradient",
    hint="Along -g the function falls by lr times g·g to first order: the norm's square, not the norm.",
    dies_by="test_backtracking_by_hand",
)
def backtracking(f, grad, x, lr=1.0, shrink=0.5, c=1e-4):
    here, slope = f(x), grad(x)
    while f(x - lr * slope) > here - c * lr * slope.norm():
        lr = lr * shrink
    return lr


@misconception(
    "adds the margin instead of taking it away",
    hint="With a plus the condition lets f grow. Does f(x) - c lr |g|^2 lie above or below f(x)?",
    dies_by="test_backtracking_by_hand",
)
def backtracking(f, grad, x, lr=1.0, shrink=0.5, c=1e-4):
    here, slope = f(x), grad(x)
    while f(x - lr * slope) > here + c * lr * (slope**2).sum():
        lr = lr * shrink
    return lr


@misconception(
    "asks every try for the fall promised by the first",
    hint="Your bound is computed once, with the first lr. A shorter step has to achieve less.",
    dies_by="test_backtracking_by_hand",
)
def backtracking(f, grad, x, lr=1.0, shrink=0.5, c=1e-4):
    here, slope = f(x), grad(x)
    bound = here - c * lr * (slope**2).sum()
    for _ in range(60):
        if f(x - lr * slope) <= bound:
            break
        lr = lr * shrink
    return lr


@misconception(
    "shrinks once more after the condition holds",
    hint="Test first, and shrink only if the test fails; the first lr may already be good.",
    dies_by="test_backtracking_by_hand",
)
def backtracking(f, grad, x, lr=1.0, shrink=0.5, c=1e-4):
    here, slope = f(x), grad(x)
    enough = False
    while not enough:
        enough = f(x - lr * slope) <= here - c * lr * (slope**2).sum()
        lr = lr * shrink
    return lr


@misconception(
    "drops the short last batch",
    hint="n // batch_size counts full batches only. Where do the remaining indices go?",
    dies_by="test_batches_cover",
)
def minibatches(n, batch_size, generator=None):
    order = torch.randperm(n, generator=generator)
    for number in range(n // batch_size):
        yield order[number * batch_size : (number + 1) * batch_size]


@misconception(
    "draws with replacement",
    hint="randint can draw one index twice and another never. In an epoch each comes exactly once.",
    dies_by="test_batches_cover",
)
def minibatches(n, batch_size, generator=None):
    for start in range(0, n, batch_size):
        yield torch.randint(n, (min(batch_size, n - start),), generator=generator)


@misconception(
    "moves on by one index instead of one batch, so that batches overlap",
    hint="If a batch begins at `start`, where does the next one begin?",
    dies_by="test_batches_cover",
)
def minibatches(n, batch_size, generator=None):
    order = torch.randperm(n, generator=generator)
    for start in range(max(n - batch_size + 1, 1)):
        yield order[start : start + batch_size]


@misconception(
    "draws from the global random state although a generator was given",
    hint="randperm takes `generator=`. Without it, it draws from the state that everything else draws from too.",
    dies_by="test_batches_generator",
)
def minibatches(n, batch_size, generator=None):
    yield from torch.randperm(n).split(batch_size)


@misconception(
    "does not shuffle",
    hint="The generator is not used, and the indices come as 0, 1, 2, ... Which function gives a random order?",
    dies_by="test_batches_generator",
)
def minibatches(n, batch_size, generator=None):
    yield from torch.arange(n).split(batch_size)


@misconception(
    "shuffles whole batches, but not the examples in them",
    hint="Neighbours stay together for ever. Shuffle the n indices first, then cut.",
    dies_by="test_batches_generator",
)
def minibatches(n, batch_size, generator=None):
    batches = torch.arange(n).split(batch_size)
    for number in torch.randperm(n // batch_size, generator=generator).tolist():
        yield batches[number]
    if n % batch_size:
        yield batches[-1]


@misconception(
    "starts the generator over in every epoch",
    hint="Seeding again with `initial_seed()` gives every epoch the same order. Draw from the generator as it is.",
    dies_by="test_batches_generator",
)
def minibatches(n, batch_size, generator=None):
    if generator is not None:
        generator.manual_seed(generator.initial_seed())
    yield from torch.randperm(n, generator=generator).split(batch_size)


@misconception(
    "updates b with the gradient at the new w",
    hint="Both gradients belong to the same point (w, b). Compute the two first, then change both.",
    dies_by="test_fit_full_batch",
)
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    losses = []
    for _ in range(epochs):
        losses.append(((X @ w + b - y) ** 2).mean().item())
        for batch in minibatches(len(X), batch_size or len(X), generator):
            w = w - lr * 2 * ((X[batch] @ w + b - y[batch]) @ X[batch]) / len(batch)
            b = b - lr * 2 * (X[batch] @ w + b - y[batch]).mean()
    return w, b, losses


@misconception(
    "divides by the number of examples twice",
    hint="The mean of the errors already contains one 1/N. Where is the second?",
    dies_by="test_fit_full_batch",
)
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    losses = []
    for _ in range(epochs):
        losses.append(((X @ w + b - y) ** 2).mean().item())
        for batch in minibatches(len(X), batch_size or len(X), generator):
            error = (X[batch] @ w + b - y[batch]) / len(batch)
            w, b = w - lr * 2 * (error @ X[batch]) / len(batch), b - lr * 2 * error.mean()
    return w, b, losses


@misconception(
    "steps with the sum over the batch instead of the mean",
    hint="With a sum the step grows with the batch: twice the examples, twice the step. The loss is a mean.",
    dies_by="test_fit_full_batch",
)
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    losses = []
    for _ in range(epochs):
        losses.append(((X @ w + b - y) ** 2).mean().item())
        for batch in minibatches(len(X), batch_size or len(X), generator):
            error = X[batch] @ w + b - y[batch]
            w, b = w - lr * 2 * (error @ X[batch]), b - lr * 2 * error.sum()
    return w, b, losses


@misconception(
    "leaves out the factor 2 of the square's derivative",
    hint="The loss has no half in front, so the derivative of error**2 is 2 * error.",
    dies_by="test_fit_full_batch",
)
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    losses = []
    for _ in range(epochs):
        losses.append(((X @ w + b - y) ** 2).mean().item())
        for batch in minibatches(len(X), batch_size or len(X), generator):
            error = X[batch] @ w + b - y[batch]
            w, b = w - lr * (error @ X[batch]) / len(batch), b - lr * error.mean()
    return w, b, losses


@misconception(
    "skips the short last batch",
    hint="With 8 examples in batches of 3, the last two are examples as well: a shorter mean is still a mean.",
    dies_by="test_fit_minibatches",
)
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    losses = []
    size = batch_size or len(X)
    for _ in range(epochs):
        losses.append(((X @ w + b - y) ** 2).mean().item())
        for batch in minibatches(len(X), size, generator):
            if len(batch) < size:
                continue
            error = X[batch] @ w + b - y[batch]
            w, b = w - lr * 2 * (error @ X[batch]) / len(batch), b - lr * 2 * error.mean()
    return w, b, losses


@misconception(
    "divides the short last batch by the full batch size",
    hint="The mean over a batch divides by the number of examples that are in it: len(batch), not batch_size.",
    dies_by="test_fit_minibatches",
)
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    losses = []
    size = batch_size or len(X)
    for _ in range(epochs):
        losses.append(((X @ w + b - y) ** 2).mean().item())
        for batch in minibatches(len(X), size, generator):
            error = X[batch] @ w + b - y[batch]
            w, b = w - lr * 2 * (error @ X[batch]) / size, b - lr * 2 * error.sum() / size
    return w, b, losses


@misconception(
    "shuffles once and goes through the same batches in every epoch",
    hint="Your batches are made before the loop over epochs. Call minibatches inside it: the generator then gives a new order.",
    dies_by="test_fit_minibatches",
)
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    losses = []
    batches = list(minibatches(len(X), batch_size or len(X), generator))
    for _ in range(epochs):
        losses.append(((X @ w + b - y) ** 2).mean().item())
        for batch in batches:
            error = X[batch] @ w + b - y[batch]
            w, b = w - lr * 2 * (error @ X[batch]) / len(batch), b - lr * 2 * error.mean()
    return w, b, losses


@misconception(
    "does not hand its generator on to minibatches",
    hint="Called without the generator, minibatches draws its order from elsewhere, and no seed of yours repeats it.",
    dies_by="test_fit_minibatches",
)
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    losses = []
    for _ in range(epochs):
        losses.append(((X @ w + b - y) ** 2).mean().item())
        for batch in minibatches(len(X), batch_size or len(X)):
            error = X[batch] @ w + b - y[batch]
            w, b = w - lr * 2 * (error @ X[batch]) / len(batch), b - lr * 2 * error.mean()
    return w, b, losses


@misconception(
    "keeps one loss a batch instead of one an epoch",
    hint="losses must be as long as there are epochs. In which of your two loops does the append stand?",
    dies_by="test_fit_minibatches",
)
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    losses = []
    for _ in range(epochs):
        for batch in minibatches(len(X), batch_size or len(X), generator):
            error = X[batch] @ w + b - y[batch]
            losses.append((error**2).mean().item())
            w, b = w - lr * 2 * (error @ X[batch]) / len(batch), b - lr * 2 * error.mean()
    return w, b, losses


@misconception(
    "begins at a random place and goes on in order",
    hint="Neighbours stay neighbours in your order, in every epoch. Which function of torch gives a random permutation?",
    dies_by="test_batches_generator",
)
def minibatches(n, batch_size, generator=None):
    start = int(torch.randint(n, (1,), generator=generator))
    yield from torch.arange(n).roll(start).split(batch_size)


@misconception(
    "makes all batches nearly equal in size",
    hint="Nine examples in fours are 4, 4 and 1. chunk is given the number of parts, split the size of a part.",
    dies_by="test_batches_cover",
)
def minibatches(n, batch_size, generator=None):
    yield from torch.randperm(n, generator=generator).chunk(-(-n // batch_size))


@misconception(
    "takes one step too many",
    hint="`steps` is the largest number of steps, and history holds one row more: x0. How often does your loop run?",
    dies_by="test_closed_form",
)
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x]
    for _ in range(steps + 1):
        slope = grad(x)
        if slope.norm() <= tol:
            break
        x = x - lr * slope
        if not x.isfinite().all():
            raise ValueError("diverged")
        history.append(x)
    return x, torch.stack(history)


@misconception(
    "gives the history as a list",
    hint="The docstring asks for one tensor of shape (T+1, *x0.shape): torch.stack makes it of your list.",
    dies_by="test_history",
)
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        slope = grad(x)
        if slope.norm() <= tol:
            break
        x = x - lr * slope
        if not x.isfinite().all():
            raise ValueError("diverged")
        history.append(x)
    return x, history


@misconception(
    "gives up after ten tries",
    hint="The docstring sets no limit to the tries: with shrink = 0.9 ten of them make a step only 3 times shorter.",
    dies_by="test_backtracking",
)
def backtracking(f, grad, x, lr=1.0, shrink=0.5, c=1e-4):
    here, slope = f(x), grad(x)
    for _ in range(10):
        if f(x - lr * slope) <= here - c * lr * (slope**2).sum():
            break
        lr = lr * shrink
    return lr


@misconception(
    "never sets the gradients back to zero",
    hint="backward adds to .grad. After each step the old gradient must go: w.grad.zero_(), or w.grad = None.",
    dies_by="test_fit_full_batch",
)
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w = torch.zeros(X.shape[1], dtype=X.dtype, requires_grad=True)
    b = torch.zeros((), dtype=X.dtype, requires_grad=True)
    losses = []
    for _ in range(epochs):
        losses.append(((X @ w + b - y) ** 2).mean().item())
        for batch in minibatches(len(X), batch_size or len(X), generator):
            ((X[batch] @ w + b - y[batch]) ** 2).mean().backward()
            with torch.no_grad():
                w -= lr * w.grad
                b -= lr * b.grad
    return w.detach(), b.detach(), losses


@misconception(
    "subtracts (N,) from (N, 1): every prediction meets every target",
    hint="(N, 1) - (N,) is (N, N), and no error tells. Print error.shape; make both (N,).",
    dies_by="test_fit_full_batch",
)
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w, b = torch.zeros(X.shape[1], 1, dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    losses = []
    for _ in range(epochs):
        losses.append(((X @ w + b - y) ** 2).mean().item())
        for batch in minibatches(len(X), batch_size or len(X), generator):
            error = X[batch] @ w + b - y[batch]  # (B, B)
            w = w - lr * 2 * X[batch].T @ error.mean(1, keepdim=True) / len(batch)
            b = b - lr * 2 * error.mean()
    return w.squeeze(1), b, losses


@misconception(
    "works in float32, whatever dtype X has",
    hint="torch.zeros makes float32 unless told otherwise: dtype=X.dtype.",
    dies_by="test_fit_full_batch",
)
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w, b = torch.zeros(X.shape[1]), torch.zeros(())
    losses = []
    for _ in range(epochs):
        losses.append(((X.float() @ w + b - y.float()) ** 2).mean().item())
        for batch in minibatches(len(X), batch_size or len(X), generator):
            error = X[batch].float() @ w + b - y[batch].float()
            w = w - lr * 2 * (error @ X[batch].float()) / len(batch)
            b = b - lr * 2 * error.mean()
    return w, b, losses


@misconception("moves on by one index instead of one batch, so that batches overlap")
def minibatches(n, batch_size, generator=None):
    order = torch.randperm(n, generator=generator)
    return [order[i : i + batch_size] for i in range(n // batch_size + 1)]


@misconception("never sets the gradients back to zero")
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w = torch.zeros(X.shape[1], dtype=X.dtype, requires_grad=True)
    b = torch.zeros(1, dtype=X.dtype, requires_grad=True)
    losses = []
    for _ in range(epochs):
        for batch in minibatches(len(X), batch_size or len(X), generator):
            loss = ((X[batch] @ w + b - y[batch]) ** 2).mean()
            loss.backward()
            with torch.no_grad():
                w -= lr * w.grad
                b -= lr * b.grad
        losses.append(loss.item())
    return w.detach(), b.detach(), losses


@misconception("works in float32, whatever dtype X has")
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w, b = torch.zeros(X.shape[1]), torch.zeros(1)
    losses = []
    for _ in range(epochs):
        for batch in minibatches(len(X), batch_size or len(X), generator):
            error = X[batch] @ w + b - y[batch]
            w = w - lr * 2 * (error @ X[batch]) / len(batch)
            b = b - lr * 2 * error.mean()
        losses.append((error**2).mean().item())
    return w, b, losses


@misconception(
    "lets a single infinite entry pass",
    hint="One entry that is no longer finite is enough: ask whether all are finite.",
    dies_by="test_divergence",
)
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.detach().clone()
    history = [x]
    for _ in range(steps):
        g = grad(x)
        if g.norm() <= tol:
            break
        x = x - lr * g
        history.append(x)
        if x.isnan().any() or (x.numel() > 0 and x.isinf().all()):
            raise ValueError("diverges")
    return x, torch.stack(history)
