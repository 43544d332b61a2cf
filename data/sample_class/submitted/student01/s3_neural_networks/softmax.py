import torch


def softmax(logits, dim=-1):
    z = logits - logits.max(dim, keepdim=True).values if logits.numel() else logits
    e = torch.exp(z)
    return e / e.sum(dim, keepdim=True)


def logsumexp(x, dim=-1, keepdim=False):
    m = x.max(dim, keepdim=True).values
    out = m + torch.log(torch.exp(x - m).sum(dim, keepdim=True))
    return out if keepdim else out.squeeze(dim)


def log_softmax(logits, dim=-1):
    return logits - logsumexp(logits, dim, keepdim=True)


def temperature_softmax(logits, temperature, dim=-1):
    return softmax(logits / temperature, dim=dim)


def softmax_jacobian(logits):
    p = softmax(logits)
    return torch.diag(p) - p.unsqueeze(1) * p.unsqueeze(0)
