"""Other right ways to write this page."""

import torch

from autograder.checking import variant


@variant("with a detached maximum")
def softmax(logits, dim=-1):
    weights = torch.exp(logits - logits.detach().max(dim=dim, keepdim=True).values)
    return torch.div(weights, torch.sum(weights, dim=dim, keepdim=True))


@variant("through log_softmax, dimension moved to the end")
def log_softmax(logits, dim=-1):
    rows = torch.movedim(logits, dim, -1)
    top, _ = torch.max(rows, -1, keepdim=True)
    result = rows - top - torch.log(torch.exp(rows - top).sum(-1, keepdim=True))
    return torch.movedim(result, -1, dim)


@variant("through log_softmax, dimension moved to the end")
def softmax(logits, dim=-1):
    return torch.exp(log_softmax(logits, dim))


@variant("row by row with a loop")
def softmax(logits, dim=-1):
    if logits.numel() == 0:
        return logits.clone()
    rows = logits.movedim(dim, -1)
    flat = rows.reshape(-1, rows.shape[-1])
    done = torch.stack([(row - row.max()).exp() / (row - row.max()).exp().sum() for row in flat])
    return done.reshape(rows.shape).movedim(-1, dim)


@variant("pairwise: one over the sum of exp of differences")
def softmax_jacobian(logits):
    p = 1 / torch.exp(logits[None, :] - logits[:, None]).sum(1)
    rows = []
    for i in range(len(p)):
        rows.append(torch.stack([p[i] * (float(i == j) - p[j]) for j in range(len(p))]))
    return torch.stack(rows)


@variant("logsumexp through logaddexp, one slice after another")
def logsumexp(x, dim=-1, keepdim=False):
    parts = x.unbind(dim)
    total = parts[0]
    for part in parts[1:]:
        total = torch.logaddexp(total, part)
    return total.unsqueeze(dim) if keepdim else total


@variant("with backward written by hand")
class Softmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z, dim):
        weights = (z - z.max(dim, keepdim=True)[0]).exp_()
        p = weights.div_(weights.sum(dim, keepdim=True))
        ctx.save_for_backward(p)
        ctx.dim = dim
        return p

    @staticmethod
    def backward(ctx, grad):
        (p,) = ctx.saved_tensors
        return p * (grad - (p * grad).sum(ctx.dim, keepdim=True)), None


@variant("with backward written by hand")
def softmax(logits, dim=-1):
    return Softmax.apply(logits, dim)


@variant("with einsum, in float64 inside")
def softmax(logits, dim=-1):
    rows = logits.double().transpose(dim, -1)
    e = torch.exp(rows - rows.max(-1, keepdim=True).values)
    return torch.einsum("...i,...->...i", e, 1 / torch.einsum("...i->...", e)).transpose(dim, -1).to(logits.dtype)


@variant("with einsum, in float64 inside")
def temperature_softmax(logits, temperature, dim=-1):
    return torch.exp(log_softmax(logits.clone().div_(temperature), dim=dim))


@variant("the Jacobian by autograd")
def softmax_jacobian(logits):
    with torch.enable_grad():
        return torch.autograd.functional.jacobian(lambda z: softmax(z, 0), logits, create_graph=logits.requires_grad)
