"""Each part of the student's on something small, before a run begins: can it be used, and does it differ?"""

import torch

from .names import PAGE_OF
from .network import Layers, Misfit, criterion, fitting, joined


def try_part(name, part, course):
    """Return in a sentence how a part differs from the course's, if there is one, on something small; "" for not.

    Raises:
        Misfit: it answers with what cannot be used.
    """
    return _TRIES[PAGE_OF[name]](name, part, course)


def tensor_of(name, value, like, what):
    """Return a part's answer if it fits, and holds numbers.

    Raises:
        Misfit: it does not, or holds NaN or infinity.
    """
    fitting(name, value, like, what)
    if not value.isfinite().all():
        raise Misfit(name, "nan", f"{name} gave NaN or infinity for {what}")
    return value


def _gradient(name, value, leaf):
    (grad,) = torch.autograd.grad(joined(name, value).sum(), leaf, allow_unused=True)
    if grad is None or not grad.isfinite().all():
        raise Misfit(name, "nan", f"the gradient of {name} is not finite, or there is none")


def differs(got, wanted, what):
    """Return in a sentence where two answers differ most, "" where they agree; `what` says of an entry what it is."""
    far = (got - wanted).abs()
    if far.max() <= 1e-4 + 1e-3 * wanted.abs().max():
        return ""
    worst = int(far.argmax())
    got, wanted = got.reshape(-1)[worst].item(), wanted.reshape(-1)[worst].item()
    return f"{what(worst)} is {got:.4g}; the course's is {wanted:.4g}"


def _try_activation(name, part, course):
    x = torch.tensor([[-40.0, -3.0, -1.0, -0.3, 0.1], [0.5, 1.0, 2.0, 4.0, 40.0]], requires_grad=True)
    kept = x.detach().clone()
    given = x.clone()  # no leaf, as in a network: torch refuses a leaf that is changed in place in words of its own
    out = tensor_of(name, part(given), x.shape, f"an input of shape {tuple(x.shape)}")
    if not torch.equal(given.detach(), kept):
        raise Misfit(name, "error", f"{name} changes its input in place, which the gradient still needs")
    _gradient(name, out, x)
    if course is None:
        return ""
    with torch.no_grad():
        return differs(out.detach(), course(x), lambda i: f"{name}({kept.reshape(-1)[i].item():g})")


def _try_loss(name, part, course):
    z = torch.tensor([[0.3], [-1.2], [2.5], [-30.0]], requires_grad=True)
    y = torch.tensor([[1.0], [0.0], [0.0], [0.0]])
    got = tensor_of(name, criterion(name, part)(z, y), torch.Size([]), "four examples")
    _gradient(name, got, z)
    if course is None:
        return ""
    wanted = criterion(name, course)(z, y)
    return differs(got.detach().reshape(1), wanted.detach().reshape(1), lambda i: f"{name} of four examples")


def _try_network(name, part, course):
    layers = Layers([lambda x: x] * 2, None)
    model = part(3, [4, 2], 1, layers)
    if not isinstance(model, torch.nn.Module):
        raise Misfit(name, "error", "MLP is no torch.nn.Module")
    shapes = [tuple(p.shape) for p in model.parameters()]
    if shapes != [(4, 3), (4,), (2, 4), (2,), (1, 2), (1,)]:
        raise Misfit(name, "shape", f"MLP(3, [4, 2], 1) has parameters of the shapes {shapes}")
    layers.begin()
    out = tensor_of(name, model(torch.ones(5, 3)), torch.Size([5, 1]), "5 inputs")
    if layers.at != 2:
        raise Misfit(name, "error", f"MLP with 2 hidden layers called its activation {layers.at} times")
    out.sum().backward()
    if any(p.grad is None for p in model.parameters()):
        raise Misfit(name, "error", "a parameter of MLP gets no gradient")
    return ""


def _try_dropout(name, part, course):
    dropout = part(0.5)
    x, leaf = torch.ones(64, 4), torch.ones(64, 4, requires_grad=True)
    dropout.train()
    given = leaf.clone()
    out = tensor_of(name, dropout(given), x.shape, "an input of shape (64, 4)")
    if not torch.equal(given.detach(), x):
        raise Misfit(name, "error", f"{name} changes its input in place, which the gradient still needs")
    _gradient(name, out, leaf)
    out = out.detach()
    kept = (out != 0).float().mean().item()
    dropout.eval()
    quiet = tensor_of(name, dropout(x), x.shape, "an input of shape (64, 4)")
    if not torch.equal(quiet, x):
        return "in eval mode Dropout changes its input"
    if not 0.3 < kept < 0.7:
        return f"Dropout(0.5) kept {100 * kept:.0f} % of 256 entries"
    return "" if abs(out.mean().item() - 1) < 0.5 else f"Dropout(0.5) of ones has the mean {out.mean().item():.2f}"


def walked(make, steps=3, forgets=False):
    """Return where an optimizer leads small parameters, or whether its zero_grad() leaves no gradients."""
    params = [torch.tensor([[1.0, -2.0], [0.5, 3.0]], requires_grad=True), torch.tensor([0.1], requires_grad=True)]
    optimizer = make(params)
    for step in range(steps):
        optimizer.zero_grad()
        for p in params:
            p.grad = (step % 3 + 1) * p.detach() - 0.3
        optimizer.step()
    if forgets:
        optimizer.zero_grad()
        return all(p.grad is None or not p.grad.any() for p in params)
    return torch.cat([p.detach().reshape(-1) for p in params])


def _try_optimizer(name, part, course):
    got = walked(lambda params: part(params, lr=0.01))
    if not got.isfinite().all():
        raise Misfit(name, "nan", f"after 3 steps of {name} the parameters are NaN or infinite")
    if torch.equal(got, torch.tensor([1.0, -2.0, 0.5, 3.0, 0.1])):
        raise Misfit(name, "error", f"3 steps of {name} leave the parameters as they were")
    if course is None:
        return ""
    if not walked(lambda params: part(params, lr=0.01), forgets=True):
        return f"after zero_grad() of {name} the gradients are still there"
    return differs(got, walked(lambda params: course(params, lr=0.01)), lambda i: f"{name}: entry {i} after 3 steps")


def _try_clip(name, part, course):
    def clipped(clip):
        p = torch.zeros(3, requires_grad=True)
        p.grad = torch.tensor([3.0, -4.0, 0.5])
        clip([p], 1.0)
        return p.grad

    got = tensor_of(name, clipped(part), torch.Size([3]), "a gradient of three entries")
    if course is None:
        return ""
    return differs(got, clipped(course), lambda i: f"{name}: entry {i} of (3, -4, 0.5) at a limit of 1")


_TRIES = {
    "activations": _try_activation,
    "classification_losses": _try_loss,
    "losses": _try_loss,
    "regression_losses": _try_loss,
    "regression_network": _try_network,
    "classification_network": _try_dropout,
    "optimizers": _try_optimizer,
    "training_troubles": _try_clip,
}
