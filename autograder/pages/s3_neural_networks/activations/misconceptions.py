"""Wrong ways to write the activation functions, as students write them."""

import math

import torch

from autograder.checking import misconception

# -- relu and leaky relu -----------------------------------------------------------------------------


@misconception(
    "sets the negative entries of its input to 0 in place",
    hint="x[x < 0] = 0 writes into the tensor you were given: the caller's x is gone. Make a new tensor.",
    dies_by="test_leaves_input_and_dtype_alone",
)
def relu(x):
    x[x < 0] = 0
    return x


@misconception(
    "is NaN at -inf",
    hint="-inf times 0 is NaN. Choose between x and 0 instead of multiplying.",
    dies_by="test_far_away",
)
def relu(x):
    return x * (x > 0)


@misconception(
    "turns NaN into 0",
    hint="Comparisons with NaN are false, so it falls into the branch of the zeros, and nobody learns that something broke.",
    dies_by="test_far_away",
)
def relu(x):
    return torch.where(x > 0, x, 0)


@misconception(
    "writes its result into a new float32 tensor",
    hint="torch.zeros(x.shape) is float32, whatever x is. torch.zeros_like(x) has the dtype of x.",
    dies_by="test_relu",
)
def relu(x):
    out = torch.zeros(x.shape)
    out[x > 0] = x[x > 0].float()
    return out


@misconception(
    "has its slope on the wrong side",
    hint="Try x = 3 and x = -3: the positive side must come out as it went in.",
    dies_by="test_relu",
)
def leaky_relu(x, negative_slope=0.01):
    return torch.where(x > 0, negative_slope * x, x)


@misconception(
    "always uses a slope of 0.01",
    hint="The parameter `negative_slope` is not used.",
    dies_by="test_relu",
)
def leaky_relu(x, negative_slope=0.01):
    return torch.where(x > 0, x, 0.01 * x)


# -- sigmoid and tanh --------------------------------------------------------------------------------


@misconception(
    "has the right values, and NaN for a gradient far to the left",
    hint="At x = -1000 exp(-x) is inf: the value may be right, but backwards 0 meets inf, and torch.where sends both branches back. Keep exp below inf: exp(-|x|).",
    dies_by="test_gradients",
)
def sigmoid(x):
    return 1 / (1 + torch.exp(-x))


@misconception(
    "is NaN far to the right",
    hint="What is exp(1000)? For positive x divide both parts of the fraction by exp(x) first.",
    dies_by="test_far_away",
)
def sigmoid(x):
    return torch.exp(x) / (1 + torch.exp(x))


@misconception(
    "has the sign of the exponent wrong",
    hint="Your curve falls from 1 to 0. At x = 3 it should be close to 1.",
    dies_by="test_sigmoid",
)
def sigmoid(x):
    return torch.exp(-torch.logaddexp(x, torch.zeros_like(x)))


@misconception(
    "leaves the computation graph on the way",
    hint="After .detach(), .item() or .numpy() the result is a bare number: no gradient can reach x.",
    dies_by="test_gradients",
)
def sigmoid(x):
    small = torch.exp(-x.detach().abs())
    return torch.where(x < 0, small, 1) / (1 + small)


@misconception(
    "raises for a transposed tensor",
    hint="view needs the numbers in one row of memory. Sigmoid works entry by entry: why flatten at all?",
    dies_by="test_leaves_input_and_dtype_alone",
)
def sigmoid(x):
    flat = x.view(-1)
    small = torch.exp(-torch.where(flat < 0, -flat, flat))
    return (torch.where(flat < 0, small, 1) / (1 + small)).view(x.shape)


@misconception(
    "is NaN where the exponentials overflow",
    hint="exp(1000) is inf, and inf / inf is NaN. Divide both parts of the fraction by the larger exponential on paper.",
    dies_by="test_far_away",
)
def tanh(x):
    return (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))


@misconception(
    "is 2 sigmoid(x) - 1, without the 2 inside",
    hint="That curve has the right limits but half the slope at 0. With which argument is exp(-2x) in the sigmoid?",
    dies_by="test_tanh",
)
def tanh(x):
    return 2 * sigmoid(x) - 1


# -- elu and softplus --------------------------------------------------------------------------------


@misconception(
    "has the right values, and NaN for a gradient where exp(x) overflows",
    hint="At x = 1000 the value is right, but the branch not taken has an infinite slope, and 0 times inf is NaN. Clamp its argument.",
    dies_by="test_gradients",
)
def elu(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * (torch.exp(x) - 1))


@misconception(
    "multiplies only the exponential by alpha",
    hint="At 0 the two pieces must meet. What is your left piece at 0 with alpha = 2?",
    dies_by="test_elu",
)
def elu(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * torch.exp(x.clamp(max=0)) - 1)


@misconception(
    "forgets to subtract 1 from the exponential",
    hint="exp(0) is 1, so your curve jumps at 0. ELU goes through the origin.",
    dies_by="test_elu",
)
def elu(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * torch.exp(x.clamp(max=0)))


@misconception(
    "is infinite where exp(x) overflows",
    hint="exp(1000) is inf and so is its logarithm; the answer is 1000. Take max(x, 0) out of the logarithm.",
    dies_by="test_far_away",
)
def softplus(x):
    return torch.log(1 + torch.exp(x))


@misconception(
    "has the right values, and NaN for a gradient where the exponential overflows",
    hint="The value is mended, the gradient is not: where the branch not taken is inf, its slope times 0 is NaN.",
    dies_by="test_gradients",
)
def softplus(x):
    return torch.where(x > 20, x, torch.log1p(torch.exp(x)))


@misconception(
    "becomes a straight line from x = 10 on",
    hint="At 10 the curve is still 4.5e-5 above the line. There is a form without any threshold.",
    dies_by="test_softplus",
)
def softplus(x):
    return torch.where(x > 10, x, torch.log1p(torch.exp(x.clamp(max=10))))


@misconception(
    "becomes a straight line from x = 20 on",
    hint="At 20 the curve is still 2e-9 above the line, and float64 can tell. There is a form without any threshold.",
    dies_by="test_softplus",
)
def softplus(x):
    return torch.where(x > 20, x, torch.log1p(torch.exp(x.clamp(max=20))))


@misconception(
    "is 0 far to the left, and loses digits before",
    hint="1 + 1e-17 is 1, and log(1) is 0. torch.log1p(z) is log(1 + z) without the sum that swallows z.",
    dies_by="test_softplus",
)
def softplus(x):
    return torch.maximum(x, torch.zeros_like(x)) + torch.log(1 + torch.exp(-x.abs()))


# -- silu and gelu -----------------------------------------------------------------------------------


@misconception(
    "is right in value, and its gradient NaN far to the left",
    hint="At x = -1000 the value is right, but backwards it is 0 times inf. Your sigmoid does not have that trouble: use it.",
    dies_by="test_gradients",
)
def silu(x):
    return x / (1 + torch.exp(-x))


@misconception(
    "always uses the approximation with tanh",
    hint='It is off by up to 4.7e-4. With approximate="none" the function is exact: torch.erf.',
    dies_by="test_gelu",
)
def gelu(x, approximate="none"):
    return 0.5 * x * (1 + tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


@misconception(
    "is always exact, whatever `approximate` says",
    hint='The parameter `approximate` is not used. A model that was trained with "tanh" needs the same curve again.',
    dies_by="test_gelu",
)
def gelu(x, approximate="none"):
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))


@misconception(
    "approximates by x sigmoid(1.702 x)",
    hint="That is a third form, off by up to 0.02. The page asks for the one with erf and the one with tanh.",
    dies_by="test_gelu",
)
def gelu(x, approximate="none"):
    return x * sigmoid(1.702 * x)


@misconception(
    "forgets to divide by the root of 2 inside erf",
    hint="erf(x) belongs to a normal distribution with variance 1/2. The standard normal one has erf(x / sqrt(2)).",
    dies_by="test_gelu",
)
def gelu(x, approximate="none"):
    if approximate == "tanh":
        return 0.5 * x * (1 + tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + torch.erf(x))


# -- saturation --------------------------------------------------------------------------------------


@misconception(
    "takes its argument for the output of the sigmoid",
    hint="s (1 - s) is right with s = sigmoid(x). At x = 2 yours is negative, although the curve rises everywhere.",
    dies_by="test_sigmoid_grad",
)
def sigmoid_grad(x):
    return x * (1 - x)


@misconception(
    "takes the derivative at sigmoid(x) instead of at x",
    hint="The sigmoid is applied twice: at x = 0 the slope must be 1/4. Is what you call s already sigmoid(x)?",
    dies_by="test_sigmoid_grad",
)
def sigmoid_grad(x):
    s = sigmoid(sigmoid(x))
    return s * (1 - s)


@misconception(
    "gives NaN far to the right",
    hint="e^x / (1 + e^x)^2 has two exponentials that overflow. sigmoid(x) does not: what is the derivative in terms of it?",
    dies_by="test_sigmoid_grad",
)
def sigmoid_grad(x):
    return torch.exp(x) / (1 + torch.exp(x)) ** 2


@misconception(
    "asks for entries that are low and high at once",
    hint="No number is both at most 0.1 and at least 0.9. Which word joins the two conditions?",
    dies_by="test_saturation_fraction",
)
def saturation_fraction(activations, low, high):
    return ((activations <= low) & (activations >= high)).double().mean().item()


@misconception(
    "leaves entries out that lie exactly on `low` or `high`",
    hint="A dead relu gives exactly 0, so with low = 0 the 0 itself must count: at most, at least.",
    dies_by="test_saturation_fraction",
)
def saturation_fraction(activations, low, high):
    return ((activations < low) | (activations > high)).double().mean().item()


@misconception(
    "divides by the number of rows instead of the number of entries",
    hint="len() of a (2, 3) tensor is 2, but six entries were looked at. A share is never above 1.",
    dies_by="test_saturation_fraction",
)
def saturation_fraction(activations, low, high):
    rows = len(activations) if activations.dim() else 1
    return ((activations <= low) | (activations >= high)).sum().item() / rows


@misconception(
    "borrows PyTorch's sigmoid instead of writing it",
    hint="The numbers are right; the exercise is to see how they come about. Use exp, and choose its sign.",
    dies_by="test_written_by_hand",
)
def sigmoid(x):
    return torch.sigmoid(x)


@misconception(
    "takes the slope times x away from the whole line",
    hint="Where x is positive nothing may be taken away, and where it is negative the slope times x is added. Try x = 1.",
    dies_by="test_relu",
)
def leaky_relu(x, negative_slope=0.01):
    return relu(x) - negative_slope * x


@misconception(
    "clamps x, so that the gradient outside is 0",
    hint="clamp is flat outside its borders: no gradient, and sigmoid(-30) comes out as sigmoid(-20). Which form cannot overflow?",
    dies_by="test_sigmoid",
)
def sigmoid(x):
    return 1 / (1 + torch.exp(-x.clamp(-20, 20)))


@misconception(
    "is the sigmoid, without the factor x",
    hint="silu(x) is x times sigmoid(x). What is yours at x = 2?",
    dies_by="test_silu",
)
def silu(x):
    return sigmoid(x)


@misconception(
    "is twice as large: the half is missing",
    hint="1 + erf(...) runs from 0 to 2. A probability runs from 0 to 1: which factor makes one of the other?",
    dies_by="test_gelu",
)
def gelu(x, approximate="none"):
    if approximate == "tanh":
        return x * (1 + tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return x * (1 + torch.erf(x / math.sqrt(2)))


@misconception(
    "counts the entries and does not divide",
    hint="A share lies between 0 and 1. By how many entries must the count be divided?",
    dies_by="test_saturation_fraction",
)
def saturation_fraction(activations, low, high):
    return ((activations <= low) | (activations >= high)).sum()


@misconception(
    "gives NaN far to the left",
    hint="exp(1000) is inf, and so is its square: their quotient is NaN. s (1 - s) with a sigmoid that stays finite does not need it.",
    dies_by="test_sigmoid_grad",
)
def sigmoid_grad(x):
    e = torch.exp(-x)
    return e / (1 + e) ** 2


@misconception("writes its result into a new float32 tensor")
def relu(x):
    result = torch.zeros(x.shape)
    result[x > 0] = x[x > 0]
    return result


@misconception("leaves entries out that lie exactly on `low` or `high`")
def saturation_fraction(activations, low, high):
    return ((activations < low) | (activations > high)).sum() / activations.numel()


@misconception("asks for entries that are low and high at once")
def saturation_fraction(activations, low, high):
    return ((activations <= low) & (activations >= high)).float().mean()


@misconception("has the right values, and NaN for a gradient far to the left")
def sigmoid(x):
    return torch.where(x >= 0, 1 / (1 + torch.exp(-x)), torch.exp(x) / (1 + torch.exp(x)))


@misconception(
    "has the right values, and NaN for a gradient where an exponential overflows",
    hint="At x = -1000 exp(-2x) is inf: 2 / inf is 0, as it should be, but backwards it is 0 times inf. Keep exp below inf: exp(-2|x|).",
    dies_by="test_gradients",
)
def tanh(x):
    return 2 / (1 + torch.exp(-2 * x)) - 1


@misconception(
    "is NaN where exp(x) overflows",
    hint="inf times 0 is NaN: a mask that is multiplied does not take an infinity away. Choose with torch.where, and clamp what goes into exp.",
    dies_by="test_far_away",
)
def elu(x, alpha=1.0):
    return x * (x > 0) + alpha * (torch.exp(x) - 1) * (x <= 0)


@misconception(
    "does not use alpha",
    hint="The parameter `alpha` is never read: far to the left the curve must approach -alpha, not -1.",
    dies_by="test_elu",
)
def elu(x, alpha=1.0):
    return torch.where(x > 0, x, torch.exp(x.clamp(max=0)) - 1)


@misconception("does not use alpha")
def elu(x, alpha=1.0):
    return torch.where(x > 0, x, torch.exp(x) - 1)


@misconception(
    "is the slope of the sigmoid, s (1 - s)",
    hint="silu(x) is x times sigmoid(x); s (1 - s) is what sigmoid_grad gives. What is yours at x = 0?",
    dies_by="test_silu",
)
def silu(x):
    small = torch.exp(-x.abs())
    return small / (1 + small) ** 2


@misconception(
    "takes erf of x / 2 instead of x over the root of 2",
    hint="The standard normal distribution has erf(x / sqrt(2)): 2 stands under a root.",
    dies_by="test_gelu",
)
def gelu(x, approximate="none"):
    if approximate == "tanh":
        return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + torch.erf(x / 2))


@misconception(
    "has a slope of 0 or 1/2 at exactly 0",
    hint="|x|, clamp and relu have a kink at 0: on paper the kinks cancel, but autograd takes one slope at each. "
    "torch.minimum and torch.maximum halve it at a tie.",
    dies_by="test_gradients",
)
def sigmoid(x):
    small = torch.exp(-x.abs())
    return torch.where(x < 0, small, 1) / (1 + small)


@misconception("has a slope of 0 or 1/2 at exactly 0")
def sigmoid(x):
    return torch.exp(x.clamp(max=0)) / (1 + torch.exp(-x.abs()))


@misconception(
    "has a slope of 0 at exactly 0, where it is 1",
    hint="sign and |x| have a kink at 0: on paper the kinks cancel, but autograd takes the slope 0 of both. Which smooth "
    "function of this page is a tanh in another size?",
    dies_by="test_gradients",
)
def tanh(x):
    e = torch.exp(-2 * x.abs())
    return x.sign() * (1 - e) / (1 + e)


@misconception(
    "has a slope of 0 or 1 at exactly 0",
    hint="|x|, clamp and relu have a kink at 0: on paper the kinks cancel, but autograd takes one slope at each. "
    "torch.maximum halves it at a tie.",
    dies_by="test_gradients",
)
def softplus(x):
    return x.clamp(min=0) + torch.log1p(torch.exp(-x.abs()))


@misconception("has a slope of 0 or 1 at exactly 0")
def softplus(x):
    return torch.relu(x) + torch.log1p(torch.exp(-x.abs()))


@misconception(
    "puts the slope itself where x is negative",
    hint="The line through 0 has the height a x. What becomes of x = -2, and of x = -4?",
    dies_by="test_relu",
)
def leaky_relu(x, negative_slope=0.01):
    return torch.where(x > 0, x, negative_slope)


@misconception(
    "turns what is negative up instead of down",
    hint="relu(-x) is positive where x is negative. Which sign must the second term have?",
    dies_by="test_relu",
)
def leaky_relu(x, negative_slope=0.01):
    return torch.clamp(x, min=0) + negative_slope * torch.clamp(-x, min=0)


@misconception(
    "multiplies by 1 - x instead of 1 - sigmoid(x)",
    hint="Both factors of the formula are sigmas. What is the slope at x = 0, where sigmoid is one half?",
    dies_by="test_sigmoid_grad",
)
def sigmoid_grad(x):
    return torch.sigmoid(x) * (1 - x)


@misconception(
    "divides one of its two counts alone",
    hint="a + b / n divides b alone. Add the two counts first: brackets.",
    dies_by="test_saturation_fraction",
)
def saturation_fraction(activations, low, high):
    return (activations <= low).sum() + (activations >= high).sum() / activations.numel()


@misconception(
    "has a ten times larger factor before x cubed",
    hint="Compare the digits behind the point with those of the formula: 0.044715.",
    dies_by="test_gelu",
)
def gelu(x, approximate="none"):
    if approximate == "tanh":
        return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.44715 * x**3)))
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))


@misconception(
    "leaves out x where x is positive",
    hint="log(1 + exp(x)) is max(x, 0) + log(1 + exp(-|x|)). The second half alone is 0 far to the right.",
    dies_by="test_softplus",
)
def softplus(x):
    return torch.log1p(torch.exp(-x.abs()))


@misconception(
    "has 1 + sigmoid where 1 - sigmoid belongs",
    hint="The slope is at most 1/4, at x = 0. What is yours there?",
    dies_by="test_sigmoid_grad",
)
def sigmoid_grad(x):
    s = sigmoid(x)
    return s * (1 + s)


@misconception(
    "is NaN far to the right in float32",
    hint="exp(300) is a number in float64, but float32 ends at exp(88). Which form of the formula has only exp(-|x|)?",
    dies_by="test_far_away",
)
def sigmoid_grad(x):
    e = torch.exp(x.clamp(-300, 300))
    return e / (1 + e) ** 2


@misconception(
    "is 0 where exp(x) is small beside float32's smallest number",
    hint="Far to the left softplus is exp(x), which float64 holds down to x = -708.",
    dies_by="test_softplus",
)
def softplus(x):
    return torch.where(x < -100, torch.zeros_like(x), torch.logaddexp(x, torch.zeros_like(x)))
