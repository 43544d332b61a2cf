"""Wrong ways to write softmax and its relatives, as students write them."""

import torch

from autograder.checking import misconception


@misconception(
    "normalises along dim 0, whatever `dim` says",
    hint="`dim` is the axis whose entries must sum to 1. Print out.sum(dim) for both axes of a (2, 3) tensor.",
    dies_by="test_every_dim",
)
def softmax(logits, dim=-1):
    weights = (logits - logits.amax(0, keepdim=True)).exp()
    return weights / weights.sum(0, keepdim=True)


@misconception(
    "always normalises along the last dim",
    hint="The parameter `dim` is not used. Where does it belong in your maximum and your sum?",
    dies_by="test_every_dim",
)
def softmax(logits, dim=-1):
    weights = (logits - logits.amax(-1, keepdim=True)).exp()
    return weights / weights.sum(-1, keepdim=True)


@misconception(
    "normalises over the whole tensor at once",
    hint="Your sum has no `dim`: all entries together sum to 1, not each row.",
    dies_by="test_every_dim",
)
def softmax(logits, dim=-1):
    weights = (logits - logits.max() if logits.numel() else logits).exp()
    return weights / weights.sum()


@misconception(
    "exponentiates without subtracting the maximum",
    hint="exp(1000) is inf, and inf / inf is NaN. Softmax does not change when a constant is taken from a row: which one helps?",
    dies_by="test_mixed_scales",
)
def softmax(logits, dim=-1):
    weights = logits.exp()
    return weights / weights.sum(dim, keepdim=True)


@misconception(
    "subtracts the maximum of the whole tensor instead of each row's",
    hint="Next to a row of 1000s, a row around 0 underflows to 0 / 0. Every row needs its own maximum.",
    dies_by="test_mixed_scales",
)
def softmax(logits, dim=-1):
    weights = (logits - logits.max() if logits.numel() else logits).exp()
    return weights / weights.sum(dim, keepdim=True)


@misconception(
    "answers for very large logits as for smaller ones",
    hint="Clamping changes the answer: (1000, 1001) becomes (80, 80). Subtracting the maximum changes nothing.",
    dies_by="test_mixed_scales",
)
def softmax(logits, dim=-1):
    weights = logits.clamp(-80, 80).exp()
    return weights / weights.sum(dim, keepdim=True)


@misconception(
    "sums to a little less than 1",
    hint="After subtracting the maximum the sum is at least 1: nothing can be divided by zero, and eps only spoils the result.",
    dies_by="test_by_hand",
)
def softmax(logits, dim=-1):
    weights = (logits - logits.amax(dim, keepdim=True)).exp()
    return weights / (weights.sum(dim, keepdim=True) + 1e-6)


@misconception(
    "divides the logits by their sum, without exponentials",
    hint="Logits can be negative, so dividing by their sum does not give probabilities. What does e to the power do for you?",
    dies_by="test_by_hand",
)
def softmax(logits, dim=-1):
    return logits / logits.sum(dim, keepdim=True)


@misconception(
    "replaces -inf by a number before the exponential",
    hint="exp(-inf) is exactly 0 already. Which of your lines keeps -inf from reaching it?",
    dies_by="test_masked_entries",
)
def softmax(logits, dim=-1):
    shifted = logits - logits.amax(dim, keepdim=True)
    weights = shifted.clamp(min=-10).exp() if torch.isinf(logits).any() else shifted.exp()
    return weights / weights.sum(dim, keepdim=True)


@misconception(
    "leaves the computation graph on the way",
    hint="Under no_grad, or after .detach() or .numpy(), the result is a bare number: no gradient can reach the logits.",
    dies_by="test_gradients",
)
def softmax(logits, dim=-1):
    with torch.no_grad():
        weights = (logits - logits.amax(dim, keepdim=True)).exp()
        return weights / weights.sum(dim, keepdim=True)


@misconception(
    "subtracts the maximum in place, changing the caller's logits",
    hint="`logits -= ...` writes into the tensor you were given. Write `shifted = logits - ...` instead.",
    dies_by="test_leaves_input_and_dtype_alone",
)
def softmax(logits, dim=-1):
    logits = logits.detach() if not logits.requires_grad else logits.clone()
    logits -= logits.amax(dim, keepdim=True)
    weights = logits.exp()
    return weights / weights.sum(dim, keepdim=True)


@misconception(
    "forgets to add the maximum back",
    hint="log(sum(exp(x - m))) is too small by exactly m.",
    dies_by="test_logsumexp",
)
def logsumexp(x, dim=-1, keepdim=False):
    top = x.amax(dim, keepdim=True)
    return (x - top).exp().sum(dim, keepdim=keepdim).log()


@misconception(
    "takes the exponentials without subtracting the maximum",
    hint="exp(1000) is inf and exp(-1000) is 0. Take the maximum out of the sum first and add it back after the logarithm.",
    dies_by="test_logsumexp",
)
def logsumexp(x, dim=-1, keepdim=False):
    return x.exp().sum(dim, keepdim=keepdim).log()


@misconception(
    "always drops the dimension, whatever `keepdim` says",
    hint="With keepdim=True the result keeps the dimension with size 1, so that it can be subtracted from x.",
    dies_by="test_logsumexp",
)
def logsumexp(x, dim=-1, keepdim=False):
    top = x.amax(dim, keepdim=True)
    return ((x - top).exp().sum(dim, keepdim=True).log() + top).squeeze(dim)


@misconception(
    "takes the logarithm after softmax",
    hint="A probability of e^-200 is 0 in float32, and its logarithm -inf. Subtract logsumexp from the logits instead.",
    dies_by="test_log_softmax",
)
def log_softmax(logits, dim=-1):
    return softmax(logits, dim).log()


@misconception(
    "subtracts the log of the sum, but along the last dim only",
    hint="logsumexp must run along the same `dim` as the softmax.",
    dies_by="test_log_softmax",
)
def log_softmax(logits, dim=-1):
    return logits - logsumexp(logits, -1, keepdim=True)


@misconception(
    "multiplies by the temperature instead of dividing",
    hint="A high temperature must flatten: all logits closer together. Multiplying pulls them apart.",
    dies_by="test_temperature",
)
def temperature_softmax(logits, temperature, dim=-1):
    return softmax(logits * temperature, dim)


@misconception(
    "divides the probabilities by the temperature, not the logits",
    hint="p / T no longer sums to 1. The temperature belongs inside, on the logits.",
    dies_by="test_temperature",
)
def temperature_softmax(logits, temperature, dim=-1):
    return softmax(logits, dim) / temperature


@misconception(
    "returns only the diagonal p_i (1 - p_i)",
    hint="Raising one logit also lowers every other probability: the entries off the diagonal are -p_i p_j.",
    dies_by="test_jacobian",
)
def softmax_jacobian(logits):
    p = softmax(logits, 0)
    return torch.diag(p * (1 - p))


@misconception(
    "leaves out the diagonal term p_i",
    hint="For i = j the derivative is p_i (1 - p_i), not -p_i p_i.",
    dies_by="test_jacobian",
)
def softmax_jacobian(logits):
    p = softmax(logits, 0)
    return -torch.outer(p, p)


@misconception(
    "borrows PyTorch's softmax instead of writing it",
    hint="The numbers are right; the exercise is to see how they come about. Use exp, sum and the maximum.",
    dies_by="test_written_by_hand",
)
def softmax(logits, dim=-1):
    return torch.softmax(logits, dim)


@misconception(
    "drops every dimension of size 1, not only `dim`",
    hint="A bare squeeze() makes () of (1, 1) and (3,) of (1, 3, 1). Say which dimension goes: squeeze(dim), or keepdim in the sum.",
    dies_by="test_logsumexp",
)
def logsumexp(x, dim=-1, keepdim=False):
    top = x.amax(dim, keepdim=True)
    total = (x - top).exp().sum(dim, keepdim=True).log() + top
    return total if keepdim else total.squeeze()


@misconception(
    "is infinite where all logits of a row are far below 0",
    hint="The largest logit itself must become 0, whatever its sign: amax, not the largest size.",
    dies_by="test_gradients",
)
def log_softmax(logits, dim=-1):
    shifted = logits - logits.abs().amax(dim, keepdim=True)
    return shifted - shifted.exp().sum(dim, keepdim=True).log()


@misconception(
    "divides the caller's logits in place",
    hint="`logits /= temperature` writes into the tensor you were given. `logits / temperature` makes a new one.",
    dies_by="test_temperature",
)
def temperature_softmax(logits, temperature, dim=-1):
    logits = logits.detach() if not logits.requires_grad else logits.clone()
    logits /= temperature
    return softmax(logits, dim)


@misconception(
    "lets no gradient through",
    hint="After .detach(), .item(), .numpy() or torch.tensor(...) the result is a bare number. Divide the logits as they came.",
    dies_by="test_temperature",
)
def temperature_softmax(logits, temperature, dim=-1):
    return softmax(logits.detach() / temperature, dim)


@misconception(
    "has the right values, but cannot be differentiated again",
    hint="The matrix is made of probabilities, and they depend on the logits: build it from them with diag and outer, without .item().",
    dies_by="test_jacobian",
)
def softmax_jacobian(logits):
    p = softmax(logits.detach(), 0)
    return torch.diag(p) - torch.outer(p, p)


@misconception(
    "takes a logit of -inf for -10000",
    hint="Beside logits of -1000000, -10000 is large. exp(-inf) is 0 already: no other number need stand there.",
    dies_by="test_masked_entries",
)
def softmax(logits, dim=-1):
    z = logits.masked_fill(logits == -float("inf"), -1e4)
    e = torch.exp(z - z.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)


@misconception(
    "broadcasts the maximum wrongly beside another dimension of size 1",
    hint="squeeze() without a number drops every dimension of size 1, not only `dim`. Try it on a (2, 1, 3) tensor.",
    dies_by="test_logsumexp",
)
def logsumexp(x, dim=-1, keepdim=False):
    top = x.amax(dim, keepdim=True)
    total = (x - top).exp().sum(dim).log() + top.squeeze()
    return total.unsqueeze(dim) if keepdim else total


@misconception(
    "always normalises along dim 1",
    hint="The parameter `dim` is not used: a 1 stands where it belongs. What if there is one axis only, or three?",
    dies_by="test_every_dim",
)
def softmax(logits, dim=-1):
    weights = torch.exp(logits - logits.max(dim=1, keepdim=True).values)
    return weights / weights.sum(dim=1, keepdim=True)


@misconception(
    "subtracts the smallest entry instead of the largest",
    hint="With the smallest entry subtracted, the largest exponent is still large, and -inf - (-inf) is NaN. Which entry makes all exponents 0 or less?",
    dies_by="test_masked_entries",
)
def softmax(logits, dim=-1):
    weights = torch.exp(logits - logits.min(dim, keepdim=True).values)
    return weights / weights.sum(dim, keepdim=True)


@misconception(
    "subtracts the maximum of the whole tensor, so that rows far below it vanish",
    hint="A row at -1000 beside one at 1000 becomes exp(-2000), which is 0. Which maximum does each row need?",
    dies_by="test_logsumexp",
)
def logsumexp(x, dim=-1, keepdim=False):
    largest = x.max() if x.numel() else 0.0
    return torch.log(torch.exp(x - largest).sum(dim, keepdim=keepdim)) + largest


@misconception(
    "subtracts the maximum at the end instead of adding it back",
    hint="log(e^m s) is m + log s. What was taken out of the sum comes back with a plus.",
    dies_by="test_logsumexp",
)
def logsumexp(x, dim=-1, keepdim=False):
    largest = x.amax(dim, keepdim=True)
    out = (x - largest).exp().sum(dim, keepdim=True).log() - largest
    return out if keepdim else out.squeeze(dim)


@misconception(
    "adds the maximum back in another shape than the sum's",
    hint="The maximum was kept with size 1 along `dim`, the sum was not. Print both shapes before you add them.",
    dies_by="test_logsumexp",
)
def logsumexp(x, dim=-1, keepdim=False):
    largest = x.amax(dim, keepdim=True)
    return largest + (x - largest).exp().sum(dim, keepdim=keepdim).log()


@misconception(
    "has the sign turned round",
    hint="A log-probability is 0 or less: it is the logit minus the logarithm of the sum.",
    dies_by="test_log_softmax",
)
def log_softmax(logits, dim=-1):
    return logsumexp(logits, dim, keepdim=True) - logits


@misconception(
    "exponentiates without subtracting the maximum, and takes the logarithm of the sum",
    hint="exp(1000) is inf, and exp(-1000) is 0, whose logarithm is -inf. Your logsumexp knows how to avoid both.",
    dies_by="test_log_softmax",
)
def log_softmax(logits, dim=-1):
    return logits - torch.log(torch.exp(logits).sum(dim, keepdim=True))


@misconception(
    "divides the exponentials by the temperature, which changes nothing",
    hint="What every exponential is divided by falls out again when you divide by their sum. Where does the temperature belong?",
    dies_by="test_temperature",
)
def temperature_softmax(logits, temperature, dim=-1):
    weights = torch.exp(logits - logits.amax(dim, keepdim=True)) / temperature
    return weights / weights.sum(dim, keepdim=True)



@misconception(
    "subtracts p_j^2 in every row instead of p_i p_j",
    hint="p * p has C numbers and broadcasts to every row. Entry [i, j] needs p[i] times p[j]: an outer product.",
    dies_by="test_jacobian",
)
def softmax_jacobian(logits):
    p = softmax(logits)
    return torch.diag(p) - p * p


@misconception(
    "adds p_i p_j instead of subtracting it",
    hint="If logit j grows, every other probability shrinks: what is the sign off the diagonal?",
    dies_by="test_jacobian",
)
def softmax_jacobian(logits):
    p = softmax(logits)
    return torch.diag(p) + torch.outer(p, p)


@misconception(
    "divides by the logarithm of the sum instead of subtracting it",
    hint="The logarithm turns the quotient of softmax into a difference: log(a / b) = log a - log b.",
    dies_by="test_log_softmax",
)
def log_softmax(logits, dim=-1):
    return logits / logsumexp(logits, dim, keepdim=True)


@misconception(
    "has every sign turned round",
    hint="Raising a logit raises its own probability: the diagonal p_i (1 - p_i) is positive.",
    dies_by="test_jacobian",
)
def softmax_jacobian(logits):
    p = softmax(logits)
    return torch.outer(p, p) - torch.diag(p)
