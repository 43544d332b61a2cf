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
