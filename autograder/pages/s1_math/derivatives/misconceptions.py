"""Wrong ways to take differences, as students write them."""

import torch

from autograder.checking import misconception


@misconception(
    "forgets to divide by h",
    hint="f(x + h) - f(x) says how much higher, not how steep. Steepness is height over length.",
    dies_by="test_secant",
)
def forward_difference(f, x, h=1e-7):
    return f(x + h) - f(x)


@misconception(
    "steps back instead of forward",
    hint="f(x) - f(x - h) belongs to the secant that ends at x. The forward difference begins there.",
    dies_by="test_secant",
)
def forward_difference(f, x, h=1e-7):
    return (f(x) - f(x - h)) / h


@misconception(
    "divides by h, although the two points are 2h apart",
    hint="From x - h to x + h: how long is the way? Try f(x) = x, whose slope is 1.",
    dies_by="test_both_sides",
)
def central_difference(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / h


@misconception(
    "is the forward difference once more",
    hint="Its error only halves when h is halved. Where must the second point lie, so that x is in the middle?",
    dies_by="test_orders",
)
def central_difference(f, x, h=1e-5):
    return (f(x + h) - f(x)) / h


@misconception(
    "divides only the second value, for want of brackets",
    hint="Division comes before subtraction: a - b / c is a - (b / c). Put the difference in brackets.",
    dies_by="test_both_sides",
)
def central_difference(f, x, h=1e-5):
    return f(x + h) - f(x - h) / (2 * h)


@misconception(
    "divides by 2 * h without brackets",
    hint="`a / 2 * h` is (a / 2) * h, from left to right. Put 2 * h in brackets.",
    dies_by="test_both_sides",
)
def central_difference(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / 2 * h


@misconception(
    "takes a step of 1e-14, whatever h says",
    hint="Smaller is not always better: f is known to 16 digits, and all but two cancel in f(x + h) - f(x - h).",
    dies_by="test_own_steps",
)
def central_difference(f, x, h=1e-5):
    h = 1e-14
    return (f(x + h) - f(x - h)) / (2 * h)


@misconception(
    "makes the direction a unit vector first",
    hint="The docstring takes v as it is: twice as long a v gives twice the slope. And what is 0 divided by the norm of 0?",
    dies_by="test_direction",
)
def directional_derivative(f, x, v, h=1e-5):
    v = v / v.norm()
    return (f(x + h * v) - f(x - h * v)) / (2 * h)


@misconception(
    "steps along v to one side only",
    hint="Going from x to x + h v alone leaves an error of the first order. The docstring asks for x - h v and x + h v.",
    dies_by="test_direction",
)
def directional_derivative(f, x, v, h=1e-5):
    return (f(x + h * v) - f(x)) / h


@misconception(
    "steps by h in every entry and leaves v out of the step",
    hint="x + h moves every entry alike. The step is h * v: where does your v come in?",
    dies_by="test_direction",
)
def directional_derivative(f, x, v, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)


@misconception(
    "moves all entries at once",
    hint="x + h moves every entry, and one number comes out. Each entry needs a step of its own, the others standing still.",
    dies_by="test_gradient",
)
def numerical_gradient(f, x, h=1e-5):
    x = x if x.is_floating_point() else x.double()
    return (f(x + h) - f(x - h)) / (2 * h)


@misconception(
    "does not put an entry back before it moves the next",
    hint="For the second slope the first entry must stand where it was. Print x at the beginning of every round.",
    dies_by="test_gradient",
)
def numerical_gradient(f, x, h=1e-5):
    flat = x.reshape(-1).clone()
    slopes = torch.zeros_like(flat)
    for i in range(len(flat)):
        flat[i] += h
        up = f(flat.reshape(x.shape))
        flat[i] -= 2 * h
        slopes[i] = (up - f(flat.reshape(x.shape))) / (2 * h)
    return slopes.reshape(x.shape)


@misconception(
    "steps to one side only",
    hint="With a step of h to one side the error is about h times the curvature. The docstring asks for central differences.",
    dies_by="test_gradient",
)
def numerical_gradient(f, x, h=1e-5):
    x = x if x.is_floating_point() else x.double()
    slopes = []
    for e in torch.eye(x.numel(), dtype=x.dtype):
        slopes.append((f(x + h * e.reshape(x.shape)) - f(x)) / h)
    return torch.stack(slopes).reshape(x.shape)


@misconception(
    "collects the slopes in a tensor of the default dtype",
    hint="torch.zeros makes float32 unless told otherwise: half of your digits are gone. Pass dtype=x.dtype.",
    dies_by="test_gradient",
)
def numerical_gradient(f, x, h=1e-5):
    x = x if x.is_floating_point() else x.double()
    slopes = torch.zeros(x.numel())
    for i, e in enumerate(torch.eye(x.numel(), dtype=x.dtype)):
        slopes[i] = (f(x + h * e.reshape(x.shape)) - f(x - h * e.reshape(x.shape))) / (2 * h)
    return slopes.reshape(x.shape)


@misconception(
    "runs over the rows only, moving a whole row at once",
    hint="len(x) and x[i] count rows. A (2, 3) tensor has six entries: flatten it, or run over both indices.",
    dies_by="test_gradient_shapes",
)
def numerical_gradient(f, x, h=1e-5):
    slopes = torch.zeros_like(x)
    for i in range(len(x)):
        above, below = x.clone(), x.clone()
        above[i] += h
        below[i] -= h
        slopes[i] = (f(above) - f(below)) / (2 * h)
    return slopes


@misconception(
    "hands the gradient back flat",
    hint="One slope for each entry, in the shape of x: after the loop, reshape.",
    dies_by="test_gradient_shapes",
)
def numerical_gradient(f, x, h=1e-5):
    x = x if x.is_floating_point() else x.double()
    slopes = []
    for e in torch.eye(x.numel(), dtype=x.dtype):
        slopes.append((f(x + h * e.reshape(x.shape)) - f(x - h * e.reshape(x.shape))) / (2 * h))
    return torch.stack(slopes)


@misconception(
    "moves the caller's x and takes the step back, which rounding does not undo",
    hint="(x + h) - h is not always x: the last digits are lost. Move a copy, or make a new tensor for each step.",
    dies_by="test_leaves_x_and_dtype_alone",
)
def numerical_gradient(f, x, h=1e-5):
    x = x if x.is_floating_point() else x.double()
    slopes = torch.zeros(x.numel(), dtype=x.dtype)
    for i, e in enumerate(torch.eye(x.numel(), dtype=x.dtype)):
        step = h * e.reshape(x.shape)
        x += step
        up = f(x)
        x -= 2 * step
        slopes[i] = (up - f(x)) / (2 * h)
        x += step
    return slopes.reshape(x.shape)


@misconception(
    "adds the step to an integer tensor, which swallows it",
    hint="An integer tensor keeps integers: 1 + 0.00001, stored in it, is 1 again. Make x a float64 tensor first.",
    dies_by="test_integers",
)
def numerical_gradient(f, x, h=1e-5):
    slopes = torch.zeros(x.numel(), dtype=x.dtype if x.is_floating_point() else torch.float64)
    for i in range(x.numel()):
        above, below = x.reshape(-1).clone(), x.reshape(-1).clone()
        above[i] = above[i] + h
        below[i] = below[i] - h
        slopes[i] = (f(above.reshape(x.shape)) - f(below.reshape(x.shape))) / (2 * h)
    return slopes.reshape(x.shape)


@misconception(
    "lets autograd find the gradient",
    hint="The numbers are right, and better. This page is about how they can be had with nothing but calls of f.",
    dies_by="test_written_by_hand",
)
def numerical_gradient(f, x, h=1e-5):
    x = x.detach().clone() if x.is_floating_point() else x.double()
    x.requires_grad_()
    f(x).backward()
    return x.grad


@misconception(
    "puts a row for each input, the transpose",
    hint="Moving input j gives one slope for each output: that is column j. Along which dim must they be stacked?",
    dies_by="test_jacobian",
)
def jacobian(f, x, h=1e-5):
    return torch.stack([directional_derivative(f, x, e, h) for e in torch.eye(len(x), dtype=x.dtype)])


@misconception(
    "adds the outputs up before it differentiates",
    hint="The gradient of the sum is a single row. Each output keeps a row of its own.",
    dies_by="test_jacobian",
)
def jacobian(f, x, h=1e-5):
    return numerical_gradient(lambda y: f(y).sum(), x, h)


@misconception(
    "finds the diagonal only",
    hint="How does the slope in x0 change when x1 moves? For f = x0 * x1 that is 1, and the diagonal is 0.",
    dies_by="test_hessian",
)
def hessian(f, x, h=1e-4):
    slopes = [(f(x + h * e) - 2 * f(x) + f(x - h * e)) / h**2 for e in torch.eye(len(x), dtype=x.dtype)]
    return torch.diag(torch.stack(slopes))


@misconception(
    "lays the tensor flat before it asks the function",
    hint="`f` takes a tensor shaped like x: its rows mean something. Move one entry of a copy that keeps the shape.",
    dies_by="test_gradient_shapes",
)
def numerical_gradient(f, x, h=1e-5):
    flat = (x if x.is_floating_point() else x.double()).flatten()
    steps = h * torch.eye(len(flat), dtype=flat.dtype)
    return torch.stack([(f(flat + step) - f(flat - step)) / (2 * h) for step in steps]).reshape(x.shape)


@misconception(
    "takes a negative step for a positive one in the divisor only",
    hint="With h = -0.25 the two points change places, and so must the sign of 2h.",
    dies_by="test_both_sides",
)
def central_difference(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * abs(h))
