"""I like loops better."""
import torch


def _rows(f, x, dim):
    moved = x.movedim(dim, -1)
    flat = moved.reshape(-1, moved.shape[-1])
    rows = [f(row) for row in flat]
    return (torch.stack(rows) if rows else flat).reshape(moved.shape).movedim(-1, dim)


def softmax(logits, dim=-1):
    def one(row):
        e = (row - row.max().detach()).exp()
        return e / e.sum()

    return _rows(one, logits, dim)


def log_softmax(logits, dim=-1):
    def one(row):
        m = row.max()
        return row - m - (row - m).exp().sum().log()

    return _rows(one, logits, dim)


class LogSumExp:
    def __call__(self, x, dim=-1, keepdim=False):
        out = (x - log_softmax(x, dim)).select(dim, 0)
        return out.unsqueeze(dim) if keepdim else out


logsumexp = LogSumExp()


def temperature_softmax(logits, temperature, dim=-1):
    return log_softmax(logits / temperature, dim).exp()


def softmax_jacobian(logits):
    return torch.autograd.functional.jacobian(lambda z: softmax(z, 0), logits, create_graph=True)
