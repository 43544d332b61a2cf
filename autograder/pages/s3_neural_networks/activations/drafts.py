"""First drafts of this page, as beginners hand them in."""

# %% the formulas of the lesson
# relu: turns NaN into 0
# sigmoid: has the right values, and NaN for a gradient far to the left
# tanh: is NaN where the exponentials overflow
# softplus: is infinite where exp(x) overflows
# silu: is right in value, and its gradient NaN far to the left
def relu(x):
    return torch.where(x > 0, x, 0.0)


def leaky_relu(x, negative_slope=0.01):
    return torch.where(x > 0, x, negative_slope * x)


def sigmoid(x):
    return 1 / (1 + torch.exp(-x))


def tanh(x):
    return (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))


def softplus(x):
    return torch.log(1 + torch.exp(x))


def silu(x):
    return x / (1 + torch.exp(-x))


# %% where and masks
# relu: is NaN at -inf
# leaky_relu: has its slope on the wrong side
# elu: has the right values, and NaN for a gradient where exp(x) overflows
# tanh: has the right values, and NaN for a gradient where an exponential overflows
# gelu: always uses the approximation with tanh
def relu(x):
    return x * (x > 0)


def leaky_relu(x, negative_slope=0.01):
    return torch.where(x < 0, x, negative_slope * x)


def tanh(x):
    return 2 / (1 + torch.exp(-2 * x)) - 1


def elu(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * (torch.exp(x) - 1))


def gelu(x, approximate="none"):
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    return 0.5 * x * (1 + torch.tanh(inner))


# %% max of Python
# relu: says "ambiguous"
# leaky_relu: always uses a slope of 0.01
# saturation_fraction: leaves entries out that lie exactly on `low` or `high`
def relu(x):
    return max(0, x)


def leaky_relu(x, negative_slope=0.01):
    return torch.maximum(0.01 * x, x)


def saturation_fraction(activations, low, high):
    n = ((activations < low) | (activations > high)).sum()
    return n / activations.numel()


# %% in place
# relu: sets the negative entries of its input to 0 in place
# sigmoid_grad: takes its argument for the output of the sigmoid
# saturation_fraction: asks for entries that are low and high at once
def relu(x):
    x[x < 0] = 0
    return x


def sigmoid_grad(x):
    return x * (1 - x)


def saturation_fraction(activations, low, high):
    saturated = (activations <= low) & (activations >= high)
    return saturated.float().mean()


# %% if on a tensor
# sigmoid: says "ambiguous"
# elu: multiplies only the exponential by alpha
# gelu: forgets to divide by the root of 2 inside erf
def sigmoid(x):
    if x >= 0:
        return 1 / (1 + torch.exp(-x))
    return torch.exp(x) / (1 + torch.exp(x))


def elu(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * torch.exp(torch.clamp(x, max=0)) - 1)


def gelu(x, approximate="none"):
    if approximate == "tanh":
        return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + torch.erf(x))


# %% e to the x on top and below
# sigmoid: is NaN far to the right
# tanh: is 2 sigmoid(x) - 1, without the 2 inside
# sigmoid_grad: gives NaN far to the left
def sigmoid(x):
    e = torch.exp(x)
    return e / (1 + e)


def tanh(x):
    return 2 / (1 + torch.exp(-x)) - 1


def sigmoid_grad(x):
    e = torch.exp(-x)
    return e / (1 + e) ** 2


# %% one entry after the other
# relu: writes its result into a new float32 tensor
#   or: says "destination dtypes match"
# elu: forgets to subtract 1 from the exponential
# saturation_fraction: divides by the number of rows instead of the number of entries
def relu(x):
    out = torch.zeros(x.shape)
    out[x > 0] = x[x > 0]
    return out


def elu(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * torch.exp(x))


def saturation_fraction(activations, low, high):
    count = 0
    for a in activations.flatten():
        if a <= low or a >= high:
            count += 1
    return count / len(activations)


# %% numbers by numpy and math
# sigmoid: leaves the computation graph on the way
# softplus: becomes a straight line from x = 20 on
# gelu: is always exact, whatever `approximate` says
import numpy as np


def sigmoid(x):
    return torch.tensor(1 / (1 + np.exp(-x.detach().numpy())), dtype=x.dtype)


def softplus(x):
    return torch.where(x > 20, x, torch.log1p(torch.exp(torch.clamp(x, max=20))))


def gelu(x, approximate="none"):
    return x * 0.5 * (1 + torch.erf(x / 2**0.5))


# %% a sign lost
# sigmoid: has the sign of the exponent wrong
# leaky_relu: takes the slope times x away from the whole line
# softplus: has the right values, and NaN for a gradient where the exponential overflows
def relu(x):
    return torch.clamp(x, min=0)


def leaky_relu(x, negative_slope=0.01):
    return relu(x) - negative_slope * x


def sigmoid(x):
    return 1 / (1 + torch.exp(x))


def softplus(x):
    return torch.where(x > 30, x, torch.log(1 + torch.exp(x)))


# %% clamp against the overflow
# sigmoid: clamps x, so that the gradient outside is 0
# silu: is the sigmoid, without the factor x
# sigmoid_grad: takes the derivative at sigmoid(x) instead of at x
def sigmoid(x):
    x = torch.clamp(x, -20, 20)
    return 1 / (1 + torch.exp(-x))


def silu(x):
    return sigmoid(x)


def sigmoid_grad(x):
    s = sigmoid(x)
    return sigmoid(s) * (1 - sigmoid(s))


# %% the sum of everything
# softplus: is 0 far to the left, and loses digits before
# softplus: has a slope of 0 or 1 at exactly 0
# tanh: has a slope of 0 at exactly 0, where it is 1
# gelu: is twice as large: the half is missing
# saturation_fraction: counts the entries and does not divide
def softplus(x):
    return torch.clamp(x, min=0) + torch.log(1 + torch.exp(-x.abs()))


def tanh(x):
    return torch.sign(x) * (1 - torch.exp(-2 * x.abs())) / (1 + torch.exp(-2 * x.abs()))


def gelu(x, approximate="none"):
    if approximate == "tanh":
        return x * (1 + tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return x * (1 + torch.erf(x / math.sqrt(2)))


def saturation_fraction(activations, low, high):
    return ((activations <= low) | (activations >= high)).sum()


# %% written into x, and strictly
# relu: sets the negative entries of its input to 0 in place
# saturation_fraction: leaves entries out that lie exactly on `low` or `high`
# gelu: is always exact, whatever `approximate` says
# sigmoid: is NaN far to the right
def relu(x):
    x[x < 0] = 0
    return x


def silu(x):
    return x * sigmoid(x)


def sigmoid(x):
    return torch.exp(x) / (1 + torch.exp(x))


def gelu(x, approximate="none"):
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))


def saturation_fraction(activations, low, high):
    n = ((activations < low) | (activations > high)).sum()
    return n / activations.numel()


# %% if on a tensor, and rows counted
# relu: says "need one True or False, and here are several"
# sigmoid: has the right values, and NaN for a gradient far to the left
# sigmoid_grad: takes its argument for the output of the sigmoid
# saturation_fraction: says "need one True or False, and here are several"
def relu(x):
    if x > 0:
        return x
    else:
        return 0


def sigmoid(x):
    return torch.where(x >= 0, 1 / (1 + torch.exp(-x)), torch.exp(x) / (1 + torch.exp(x)))


def sigmoid_grad(x):
    return x * (1 - x)


def saturation_fraction(activations, low, high):
    count = 0
    for a in activations:
        if a <= low or a >= high:
            count += 1
    return count / len(activations)


# %% constants out of memory
# leaky_relu: says "-0.2 instead of -0.02"
# softplus: has the right values, and NaN for a gradient where the exponential overflows
# tanh: has the right values, and NaN for a gradient where an exponential overflows
# gelu: takes erf of x / 2 instead of x over the root of 2
def leaky_relu(x, negative_slope=0.1):
    return torch.maximum(x, negative_slope * x)


def softplus(x):
    return torch.where(x > 20, x, torch.log(1 + torch.exp(x)))


def tanh(x):
    return 2 / (1 + torch.exp(-2 * x)) - 1


def gelu(x, approximate="none"):
    if approximate == "tanh":
        return 0.5 * x * (1 + tanh(math.sqrt(2 / math.pi) * x + 0.044715 * x ** 3))
    return 0.5 * x * (1 + torch.erf(x / 2))


# %% by way of NumPy
# relu: says "the result is cut off from the computation graph"
# elu: is NaN where exp(x) overflows
# sigmoid: has the right values, and NaN for a gradient far to the left
# silu: is the slope of the sigmoid, s (1 - s)
# sigmoid_grad: gives NaN far to the left
def relu(x):
    return torch.tensor(np.maximum(x.detach().numpy(), 0))


def elu(x, alpha=1.0):
    return x * (x > 0) + alpha * (torch.exp(x) - 1) * (x <= 0)


def sigmoid(x):
    return 1 / (1 + math.e ** -x)


def silu(x):
    s = sigmoid(x)
    return s * (1 - s)


def sigmoid_grad(x):
    return torch.exp(-x) / (1 + torch.exp(-x)) ** 2


import numpy as np


# %% helper with maximum
# relu: says "ambiguous"
# sigmoid: has a slope of 0 or 1/2 at exactly 0
# elu: has the right values, and NaN for a gradient where exp(x) overflows
# silu: is the sigmoid, without the factor x
# gelu: always uses the approximation with tanh
# sigmoid_grad: multiplies by 1 - x instead of 1 - sigmoid(x)
# saturation_fraction: asks for entries that are low and high at once
def relu(x):
    return torch.tensor([max(0, v) for v in x])


def sigmoid(x):
    z = torch.exp(-torch.abs(x))
    return torch.where(x >= 0, 1 / (1 + z), z / (1 + z))


def tanh(x):
    return 2 * sigmoid(2 * x) - 1


def elu(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * (torch.exp(x) - 1))


def silu(x):
    return sigmoid(x)


def gelu(x, approximate="none"):
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)
    return 0.5 * x * (1 + torch.tanh(inner))


def sigmoid_grad(x):
    return sigmoid(x) * (1 - x)


def saturation_fraction(activations, low, high):
    saturated = activations[(activations <= low) & (activations >= high)]
    return len(saturated) / len(activations)


# %% half of a softplus, a sign of the exponent
# relu: sets the negative entries of its input to 0 in place
# sigmoid: has the sign of the exponent wrong
# elu: forgets to subtract 1 from the exponential
# softplus: leaves out x where x is positive
# silu: is the sigmoid, without the factor x
# gelu: is twice as large: the half is missing
# sigmoid_grad: has 1 + sigmoid where 1 - sigmoid belongs
# saturation_fraction: says "single number"
def relu(x):
    x[x < 0] = 0
    return x

def leaky_relu(x, negative_slope=0.01):
    return relu(x) + negative_slope * torch.clamp(x, max=0)

def sigmoid(x):
    return 1 / (1 + math.e ** x)

def tanh(x):
    return 2 * sigmoid(2 * x) - 1

def elu(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * torch.exp(x))

def softplus(x):
    return torch.log1p(torch.exp(-torch.abs(x)))

def silu(x):
    return sigmoid(x)

def gelu(x, approximate="none"):
    if approximate == "tanh":
        return 0.5 * x * (1 + tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 2)))
    return x * (1 + torch.erf(x / math.sqrt(2)))

def sigmoid_grad(x):
    return sigmoid(x) * (1 + sigmoid(x))

def saturation_fraction(activations, low, high):
    count = 0
    for a in activations:
        if a <= low or a >= high:
            count += 1
    return count / len(activations)
