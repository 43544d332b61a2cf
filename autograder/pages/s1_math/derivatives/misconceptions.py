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
    "divides only the second value: brackets are missing",
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
    hint="Smaller is not always better: f is known to 16 digits, and about 14 of them cancel in f(x + h) - f(x - h).",
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
    hint="The numbers are right, and better. This page is about how they can be had with calls of f alone.",
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


@misconception(
    "divides only f(x) by h: brackets are missing",
    hint="/ binds before -: f(x + h) - f(x) / h divides the second value alone. Which difference must be divided?",
    dies_by="test_secant",
)
def forward_difference(f, x, h=1e-7):
    return f(x + h) - f(x) / h


@misconception(
    "takes its usual step, whatever h says",
    hint="Call it with h=0.5 on x**2: the slope of that secant is 2x + 0.5. Where does your h come from?",
    dies_by="test_secant",
)
def forward_difference(f, x, h=1e-7):
    h = 1e-7
    return (f(x + h) - f(x)) / h


@misconception(
    "moves the caller's x",
    hint="`x += h` writes into the tensor you were given. `x + h` makes a new one.",
    dies_by="test_secant",
)
def forward_difference(f, x, h=1e-7):
    before = f(x)
    x += h
    return (f(x) - before) / h


@misconception(
    "takes the upper value from the lower one, which turns the sign",
    hint="x**2 rises at x = 1, so its slope there is positive. Which of the two values comes first?",
    dies_by="test_both_sides",
)
def central_difference(f, x, h=1e-5):
    return (f(x - h) - f(x + h)) / (2 * h)


@misconception(
    "halves the difference and multiplies it by h",
    hint="a / 2 * h is (a / 2) * h. Put brackets around 2 * h.",
    dies_by="test_direction",
)
def directional_derivative(f, x, v, h=1e-5):
    return (f(x + h * v) - f(x - h * v)) / 2 * h


@misconception(
    "makes one number of all that f returns",
    hint="f may return a vector, and then each of its entries has a slope of its own. The shape stays as f has it.",
    dies_by="test_direction",
)
def directional_derivative(f, x, v, h=1e-5):
    return ((f(x + h * v) - f(x - h * v)) / (2 * h)).mean()


@misconception(
    "takes a single number out of what f returns",
    hint=".item() works for one entry only and gives a bare Python number. Return the tensor, in the shape that f has.",
    dies_by="test_direction",
)
def directional_derivative(f, x, v, h=1e-5):
    return ((f(x + h * v) - f(x - h * v)) / (2 * h)).item()


@misconception(
    "takes x for a vector, whatever its shape",
    hint="len(x) counts rows only, and a 0-d tensor has no len. x.numel() counts entries; what has the shape of x?",
    dies_by="test_gradient_shapes",
)
def numerical_gradient(f, x, h=1e-5):
    x = x if x.is_floating_point() else x.double()
    slopes = torch.zeros(len(x), dtype=x.dtype)
    for i in range(len(x)):
        step = torch.zeros(len(x), dtype=x.dtype)
        step[i] = h
        slopes[i] = (f(x + step) - f(x - step)) / (2 * h)
    return slopes


@misconception(
    "comes back to x itself for the second value, and still divides by 2h",
    hint="`old = flat[i]` is a view: it moves when flat[i] moves. Where does your second value stand: at x - h, or at x?",
    dies_by="test_gradient",
)
def numerical_gradient(f, x, h=1e-5):
    x = x.clone() if x.is_floating_point() else x.double()
    flat, slopes = x.flatten(), torch.zeros(x.numel(), dtype=x.dtype)
    for i in range(x.numel()):
        old = flat[i]
        flat[i] = old + h
        up = f(flat.reshape(x.shape))
        flat[i] = old - h
        slopes[i] = (up - f(flat.reshape(x.shape))) / (2 * h)
    return slopes.reshape(x.shape)


@misconception(
    "moves all inputs at once, so that all columns are alike",
    hint="x + h adds h to every entry. Column j belongs to input j alone: which tensor is h in place j and 0 elsewhere?",
    dies_by="test_jacobian",
)
def jacobian(f, x, h=1e-5):
    slopes = (f(x + h) - f(x - h)) / (2 * h)
    return slopes[:, None].repeat(1, len(x))


@misconception(
    "is n by n, however many outputs f has",
    hint="The rows count outputs and the columns inputs. How many outputs there are, only f can tell.",
    dies_by="test_jacobian",
)
def jacobian(f, x, h=1e-5):
    slopes = torch.zeros(len(x), len(x), dtype=x.dtype)
    for j, direction in enumerate(torch.eye(len(x), dtype=x.dtype)):
        slopes[:, j] = directional_derivative(f, x, direction, h)
    return slopes


@misconception(
    "is 0 everywhere, because both steps move the same tensor",
    hint="`up = x` gives the same tensor a second name. What is moved through one name has moved for the other: use clone().",
    dies_by="test_jacobian",
)
def jacobian(f, x, h=1e-5):
    columns = []
    for j in range(len(x)):
        up = down = x.clone()
        up[j] += h
        down[j] -= h
        columns.append((f(up) - f(down)) / (2 * h))
    return torch.stack(columns, 1)


@misconception(
    "takes its differences to one side only",
    hint="x + h e_i and x + h e_j lie to one side of x: for x**3 that leaves an error of the size of h. Step to both sides.",
    dies_by="test_hessian",
)
def hessian(f, x, h=1e-4):
    steps = h * torch.eye(len(x), dtype=x.dtype)
    rows = [[f(x + a + b) - f(x + a) - f(x + b) + f(x) for b in steps] for a in steps]
    return torch.stack([torch.stack(row) for row in rows]) / h**2


@misconception(
    "divides by h once, where two differences ask for it twice",
    hint="A slope of a slope is divided by 2h twice: by 4 h h. With h = 1e-4 yours comes out thousands of times too small.",
    dies_by="test_hessian",
)
def hessian(f, x, h=1e-4):
    steps = h * torch.eye(len(x), dtype=x.dtype)
    rows = [[f(x + a + b) - f(x + a - b) - f(x - a + b) + f(x - a - b) for b in steps] for a in steps]
    return torch.stack([torch.stack(row) for row in rows]) / (2 * h)


@misconception(
    "takes the default step of the gradient, whatever h says",
    hint="numerical_gradient has an h of its own, 1e-5, unless yours is handed on. Look at both calls.",
    dies_by="test_hessian",
)
def hessian(f, x, h=1e-4):
    return jacobian(lambda y: numerical_gradient(f, y), x)


@misconception(
    "fills one triangle only",
    hint="Entry [j, i] is the same second derivative as [i, j]; below the diagonal yours is 0. Fill in both.",
    dies_by="test_hessian",
)
def hessian(f, x, h=1e-4):
    return jacobian(lambda y: numerical_gradient(f, y, h), x, h).triu()


@misconception(
    "multiplies the slopes with each other",
    hint="The product of two slopes is no second derivative. Ask how slope i changes when entry j moves.",
    dies_by="test_hessian",
)
def hessian(f, x, h=1e-4):
    slopes = numerical_gradient(f, x, h)
    return slopes[:, None] * slopes


@misconception(
    "takes a tensor of shape () for a number of Python",
    hint="A tensor of shape () is a tensor: one of the same dtype must come back. What does float(x) make of it?",
    dies_by="test_both_sides",
)
def central_difference(f, x, h=1e-5):
    if isinstance(x, torch.Tensor) and x.dim() == 0:
        x = float(x)
    return (f(x + h) - f(x - h)) / (2 * h)


@misconception("does not put an entry back before it moves the next")
def numerical_gradient(f, x, h=1e-5):
    g = torch.zeros_like(x)
    for i in range(x.numel()):
        x[i] += h
        up = f(x)
        x[i] -= 2 * h
        down = f(x)
        g[i] = (up - down) / (2 * h)
    return g


@misconception(
    "subtracts the wrong way round",
    hint="Where f grows the slope is positive. Which of the two values is the later one?",
    dies_by="test_secant",
)
def forward_difference(f, x, h=1e-7):
    return (f(x) - f(x + h)) / h
