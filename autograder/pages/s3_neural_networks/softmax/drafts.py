"""First drafts of this page, as beginners hand them in."""

# %% the formula as it stands in the lesson
# softmax: exponentiates without subtracting the maximum
# logsumexp: takes the exponentials without subtracting the maximum
# log_softmax: takes the logarithm after softmax
# softmax_jacobian: returns only the diagonal p_i (1 - p_i)
def softmax(logits, dim=-1):
    e = torch.exp(logits)
    return e / e.sum(dim, keepdim=True)


def logsumexp(x, dim=-1, keepdim=False):
    return torch.log(torch.exp(x).sum(dim, keepdim=keepdim))


def log_softmax(logits, dim=-1):
    return torch.log(softmax(logits, dim))


def temperature_softmax(logits, temperature, dim=-1):
    return softmax(logits / temperature, dim)


def softmax_jacobian(logits):
    p = softmax(logits)
    return torch.diag(p * (1 - p))


# %% one maximum for everything, keepdim forgotten below
# softmax: subtracts the maximum of the whole tensor instead of each row's
# logsumexp: forgets to add the maximum back
# temperature_softmax: multiplies by the temperature instead of dividing
def softmax(logits, dim=-1):
    z = logits - logits.max()
    e = z.exp()
    return e / e.sum(dim, keepdim=True)


def logsumexp(x, dim=-1, keepdim=False):
    m = x.max(dim, keepdim=True).values
    s = torch.exp(x - m).sum(dim, keepdim=keepdim)
    return torch.log(s)


def temperature_softmax(logits, temperature, dim=-1):
    return softmax(logits * temperature, dim)


# %% max taken as a tensor
# softmax: says "'torch.return_types.max'"
# softmax_jacobian: leaves out the diagonal term p_i
def softmax(logits, dim=-1):
    m = torch.max(logits, dim, keepdim=True)
    e = torch.exp(logits - m)
    return e / torch.sum(e, dim, keepdim=True)


def softmax_jacobian(logits):
    e = torch.exp(logits - logits.max())
    p = e / e.sum()
    n = len(p)
    J = torch.zeros(n, n, dtype=logits.dtype)
    for i in range(n):
        for j in range(n):
            J[i, j] = -p[i] * p[j]
    return J


# %% sum without keepdim
# softmax: says "size of tensor"
# logsumexp: always drops the dimension, whatever `keepdim` says
# temperature_softmax: divides the probabilities by the temperature, not the logits
def softmax(logits, dim=-1):
    e = torch.exp(logits - torch.amax(logits, dim, keepdim=True))
    return e / e.sum(dim)


def logsumexp(x, dim=-1, keepdim=False):
    m = x.amax(dim, keepdim=True)
    return (x - m).exp().sum(dim).log() + m.squeeze(dim)


def temperature_softmax(logits, temperature, dim=-1):
    return softmax(logits, dim) / temperature


# %% dim forgotten everywhere
# softmax: always normalises along the last dim
# log_softmax: subtracts the log of the sum, but along the last dim only
# logsumexp: always drops the dimension, whatever `keepdim` says
def softmax(logits, dim=-1):
    logits = logits - logits.max(-1, keepdim=True)[0]
    exps = torch.exp(logits)
    return exps / exps.sum(-1, keepdim=True)


def logsumexp(x, dim=-1, keepdim=False):
    biggest = x.max(dim, keepdim=True)[0]
    result = biggest + torch.log(torch.exp(x - biggest).sum(dim, keepdim=True))
    return result.squeeze(dim)


def log_softmax(logits, dim=-1):
    shifted = logits - logits.max(-1, keepdim=True)[0]
    return shifted - torch.log(torch.exp(shifted).sum(-1, keepdim=True))


# %% in place and by numpy
# softmax: subtracts the maximum in place, changing the caller's logits
# softmax_jacobian: has the right values, but cannot be differentiated again
import numpy as np


def softmax(logits, dim=-1):
    logits -= logits.max(dim, keepdim=True).values
    e = logits.exp()
    return e / e.sum(dim, keepdim=True)


def softmax_jacobian(logits):
    z = logits.detach().numpy()
    e = np.exp(z - z.max())
    p = e / e.sum()
    return torch.tensor(np.diag(p) - np.outer(p, p))


# %% all entries together
# softmax: normalises over the whole tensor at once
# logsumexp: says "the shape is"
# softmax_jacobian: returns only the diagonal p_i (1 - p_i)
def softmax(logits, dim=-1):
    e = torch.exp(logits - logits.max())
    return e / e.sum()


def logsumexp(x, dim=-1, keepdim=False):
    m = x.max()
    return m + torch.log(torch.sum(torch.exp(x - m)))


def softmax_jacobian(logits):
    p = torch.exp(logits - logits.max())
    p = p / p.sum()
    J = torch.zeros(len(p), len(p), dtype=p.dtype)
    for i in range(len(p)):
        J[i, i] = p[i] * (1 - p[i])
    return J


# %% a little eps against division by zero
# softmax: sums to a little less than 1
# log_softmax: takes the logarithm after softmax
# temperature_softmax: divides the caller's logits in place
def softmax(logits, dim=-1):
    e = torch.exp(logits - logits.max(dim, keepdim=True)[0])
    return e / (e.sum(dim, keepdim=True) + 1e-8)


def logsumexp(x, dim=-1, keepdim=False):
    m = x.max(dim, keepdim=True)[0]
    s = (x - m).exp().sum(dim, keepdim=True).log() + m
    if keepdim:
        return s
    return s.squeeze(dim)


def log_softmax(logits, dim=-1):
    return torch.log(softmax(logits, dim) + 1e-8)


def temperature_softmax(logits, temperature, dim=-1):
    logits /= temperature
    return softmax(logits, dim)


# %% clamped, and a squeeze too many
# softmax: answers for very large logits as for smaller ones
# logsumexp: drops every dimension of size 1, not only `dim`
# log_softmax: says "size of tensor"
def softmax(logits, dim=-1):
    e = torch.clamp(logits, -50, 50).exp()
    return e / e.sum(dim, keepdim=True)


def logsumexp(x, dim=-1, keepdim=False):
    m = x.max(dim, keepdim=True).values
    out = m + (x - m).exp().sum(dim, keepdim=True).log()
    if not keepdim:
        out = out.squeeze()
    return out


def log_softmax(logits, dim=-1):
    return logits - logsumexp(logits, dim)


# %% along dim 0, detached
# softmax: normalises along dim 0, whatever `dim` says
# log_softmax: subtracts the log of the sum, but along the last dim only
# temperature_softmax: lets no gradient through
def softmax(logits, dim=-1):
    m = logits.max(0).values
    e = torch.exp(logits - m)
    return e / e.sum(0)


def logsumexp(x, dim=-1, keepdim=False):
    m = x.amax(dim, keepdim=True)
    s = torch.exp(x - m).sum(dim, keepdim=True)
    res = torch.log(s) + m
    return res if keepdim else res.squeeze(dim)


def log_softmax(logits, dim=-1):
    return logits - logsumexp(logits, -1, True)


def temperature_softmax(logits, temperature, dim=-1):
    z = torch.tensor(logits / temperature)
    z = z - z.amax(dim, keepdim=True)
    return z.exp() / z.exp().sum(dim, keepdim=True)


# %% one sum for all, and a maximum of another shape
# softmax: normalises over the whole tensor at once
# logsumexp: adds the maximum back in another shape than the sum's
# log_softmax: exponentiates without subtracting the maximum, and takes the logarithm of the sum
#   or: is infinite where all logits of a row are far below 0
# temperature_softmax: divides the exponentials by the temperature, which changes nothing
# softmax_jacobian: subtracts p_j^2 in every row instead of p_i p_j
def softmax(logits, dim=-1):
    e = torch.exp(logits - logits.max())
    return e / e.sum()


def logsumexp(x, dim=-1, keepdim=False):
    m = x.max(dim, keepdim=True).values
    return m + torch.log(torch.sum(torch.exp(x - m), dim, keepdim=keepdim))


def log_softmax(logits, dim=-1):
    return logits - torch.log(torch.exp(logits).sum(dim, keepdim=True))


def temperature_softmax(logits, temperature, dim=-1):
    e = torch.exp(logits - logits.amax(dim, keepdim=True)) / temperature
    return e / e.sum(dim, keepdim=True)


def softmax_jacobian(logits):
    p = softmax(logits)
    return torch.diag(p) - p * p


# %% dim 1 for every dim, and a graph that ends
# softmax: always normalises along dim 1
# logsumexp: subtracts the maximum of the whole tensor, so that rows far below it vanish
# log_softmax: has the sign turned round
# softmax_jacobian: says "in a tensor of float32 where a tensor of float64 is expected"
def softmax(logits, dim=-1):
    z = logits - logits.max(dim=1, keepdim=True)[0]
    e = torch.exp(z)
    return e / e.sum(dim=1, keepdim=True)


def logsumexp(x, dim=-1, keepdim=False):
    m = torch.max(x)
    return torch.log(torch.exp(x - m).sum(dim, keepdim=keepdim)) + m


def log_softmax(logits, dim=-1):
    return logsumexp(logits, dim, keepdim=True) - logits


def softmax_jacobian(logits):
    e = torch.exp(logits)
    p = e / e.sum()
    n = len(p)
    J = torch.zeros(n, n)
    for i in range(n):
        for j in range(n):
            if i == j:
                J[i, j] = p[i].item() * (1 - p[i].item())
            else:
                J[i, j] = -p[i].item() * p[j].item()
    return J


# %% the smallest entry subtracted, and signs
# softmax: subtracts the smallest entry instead of the largest
#   or: subtracts the maximum in place, changing the caller's logits
# softmax: says "changed its input in place"
# logsumexp: subtracts the maximum at the end instead of adding it back
# log_softmax: takes the logarithm after softmax
# temperature_softmax: says "with `dim=0`"
# softmax_jacobian: adds p_i p_j instead of subtracting it
def softmax(logits, dim=-1):
    logits -= logits.min(dim, keepdim=True).values
    e = logits.exp()
    return e / e.sum(dim, keepdim=True)


def logsumexp(x, dim=-1, keepdim=False):
    m = x.amax(dim, keepdim=True)
    out = (x - m).exp().sum(dim, keepdim=True).log() - m
    return out if keepdim else out.squeeze(dim)


def log_softmax(logits, dim=-1):
    return torch.log(softmax(logits, dim))


def temperature_softmax(logits, temperature, dim=0):
    return softmax(logits / temperature, dim)


def softmax_jacobian(logits):
    p = torch.exp(logits - logits.max())
    p = p / p.sum()
    return torch.diag(p) + torch.outer(p, p)


# %% a pair in the place of its values, every sign turned
# softmax: says "take `.values`"
# logsumexp: forgets to add the maximum back
#   or: always drops the dimension, whatever `keepdim` says
# log_softmax: says "keepdim=True"
# temperature_softmax: divides the caller's logits in place
# softmax_jacobian: has every sign turned round
def softmax(logits, dim=-1):
    m = logits.max(dim, keepdim=True)
    e = torch.exp(logits - m)
    return e / e.sum(dim, keepdim=True)

def logsumexp(x, dim=-1, keepdim=False):
    m = x.max(dim, keepdim=True).values
    return (x - m).exp().sum(dim).log()

def log_softmax(logits, dim=-1):
    return logits - logsumexp(logits, dim)

def temperature_softmax(logits, temperature, dim=-1):
    logits /= temperature
    e = torch.exp(logits - logits.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)

def softmax_jacobian(logits):
    e = torch.exp(logits - logits.max())
    p = e / e.sum()
    return torch.outer(p, p) - torch.diag(p)


# %% a quotient of logits and logarithm
# softmax: always normalises along the last dim
# logsumexp: adds the maximum back in another shape than the sum's
# log_softmax: divides by the logarithm of the sum instead of subtracting it
# temperature_softmax: divides the probabilities by the temperature, not the logits
# softmax_jacobian: says "in a tensor of float32"
def softmax(logits, dim=-1):
    z = logits - logits.max(dim=-1, keepdim=True)[0]
    return torch.exp(z) / torch.exp(z).sum(dim=-1, keepdim=True)

def logsumexp(x, dim=-1, keepdim=False):
    m = x.max(dim=dim, keepdim=True)[0]
    return m + torch.log(torch.sum(torch.exp(x - m), dim=dim, keepdim=keepdim))

def log_softmax(logits, dim=-1):
    return logits / logsumexp(logits, dim, keepdim=True)

def temperature_softmax(logits, temperature, dim=-1):
    return softmax(logits, dim) / temperature

def softmax_jacobian(logits):
    p = softmax(logits)
    C = len(p)
    J = torch.zeros(C, C)
    for i in range(C):
        for j in range(C):
            if i == j:
                J[i, j] = p[i].item() * (1 - p[i].item())
            else:
                J[i, j] = -p[i].item() * p[j].item()
    return J
