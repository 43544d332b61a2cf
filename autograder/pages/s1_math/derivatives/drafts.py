"""First drafts of this page, as beginners hand them in."""

# %% the formulas without brackets
# forward_difference: divides only f(x) by h: brackets are missing
# central_difference: divides by 2 * h without brackets
# directional_derivative: halves the difference and multiplies it by h
def forward_difference(f, x, h=1e-7):
    return f(x + h) - f(x) / h


def central_difference(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / 2 * h


def directional_derivative(f, x, v, h=1e-5):
    return (f(x + h * v) - f(x - h * v)) / 2 * h


# %% h handed on to nobody
# numerical_gradient: takes x for a vector, whatever its shape
# hessian: takes the default step of the gradient, whatever h says
def directional_derivative(f, x, v, h=1e-5):
    return (f(x + h * v) - f(x - h * v)) / (2 * h)


def numerical_gradient(f, x, h=1e-5):
    grad = torch.zeros_like(x)
    for i in range(len(x)):
        e = torch.zeros(len(x), dtype=x.dtype)
        e[i] = 1.0
        grad[i] = directional_derivative(f, x, e, h)
    return grad


def jacobian(f, x, h=1e-5):
    cols = []
    for i in range(len(x)):
        e = torch.zeros_like(x)
        e[i] = 1.0
        cols.append(directional_derivative(f, x, e, h))
    return torch.stack(cols, dim=1)


def hessian(f, x, h=1e-4):
    return jacobian(lambda z: numerical_gradient(f, z), x)


# %% the direction made a unit
# directional_derivative: makes the direction a unit vector first
# numerical_gradient: does not put an entry back before it moves the next
# jacobian: puts a row for each input, the transpose
def forward_difference(f, x, h=1e-7):
    return (f(x + h) - f(x)) / h


def directional_derivative(f, x, v, h=1e-5):
    v = v / torch.norm(v)
    return (f(x + h * v) - f(x - h * v)) / (2 * h)


def numerical_gradient(f, x, h=1e-5):
    grad = torch.zeros_like(x)
    for i in range(x.numel()):
        x.view(-1)[i] += h
        up = f(x)
        x.view(-1)[i] -= 2 * h
        down = f(x)
        grad.view(-1)[i] = (up - down) / (2 * h)
    return grad


def jacobian(f, x, h=1e-5):
    rows = []
    for i in range(len(x)):
        e = torch.zeros_like(x)
        e[i] = h
        rows.append((f(x + e) - f(x - e)) / (2 * h))
    return torch.stack(rows)


# %% only vectors
# central_difference: divides by h, although the two points are 2h apart
# numerical_gradient: takes x for a vector, whatever its shape
# hessian: takes its differences to one side only
def central_difference(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / h


def numerical_gradient(f, x, h=1e-5):
    g = torch.zeros(len(x), dtype=x.dtype)
    for i in range(len(x)):
        e = torch.zeros(len(x), dtype=x.dtype)
        e[i] = 1
        g[i] = (f(x + h * e) - f(x - h * e)) / (2 * h)
    return g


def hessian(f, x, h=1e-4):
    n = len(x)
    H = torch.zeros(n, n, dtype=x.dtype)
    I = torch.eye(n, dtype=x.dtype)
    for i in range(n):
        for j in range(n):
            H[i, j] = (f(x + h * I[i] + h * I[j]) - f(x + h * I[i]) - f(x + h * I[j]) + f(x)) / h**2
    return H


# %% everything moved at once
# numerical_gradient: moves all entries at once
# jacobian: moves all inputs at once, so that all columns are alike
# forward_difference: steps back instead of forward
def forward_difference(f, x, h=1e-7):
    return (f(x) - f(x - h)) / h


def central_difference(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)


def directional_derivative(f, x, v, h=1e-5):
    return (f(x + h * v) - f(x - h * v)) / (2 * h)


def numerical_gradient(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h) * torch.ones_like(x)


def jacobian(f, x, h=1e-5):
    y = f(x)
    J = torch.zeros(len(y), len(x), dtype=x.dtype)
    for i in range(len(y)):
        J[i] = (f(x + h)[i] - f(x - h)[i]) / (2 * h)
    return J


# %% item and float
# directional_derivative: takes a single number out of what f returns
# numerical_gradient: collects the slopes in a tensor of the default dtype
def directional_derivative(f, x, v, h=1e-5):
    return ((f(x + h * v) - f(x - h * v)) / (2 * h)).item()


def numerical_gradient(f, x, h=1e-5):
    grad = torch.zeros(x.shape)
    for i in range(x.numel()):
        e = torch.zeros(x.numel())
        e[i] = h
        e = e.reshape(x.shape)
        grad.reshape(-1)[i] = (f(x + e) - f(x - e)) / (2 * h)
    return grad


def jacobian(f, x, h=1e-5):
    columns = []
    for i in range(len(x)):
        e = torch.zeros(len(x), dtype=x.dtype)
        e[i] = h
        columns.append((f(x + e) - f(x - e)) / (2 * h))
    return torch.stack(columns, 1)


# %% only the diagonal of the second derivatives
# hessian: finds the diagonal only
# jacobian: is n by n, however many outputs f has
def directional_derivative(f, x, v, h=1e-5):
    return (f(x + h * v) - f(x - h * v)) / (2 * h)


def jacobian(f, x, h=1e-5):
    n = len(x)
    J = torch.zeros(n, n, dtype=x.dtype)
    for j in range(n):
        e = torch.zeros(n, dtype=x.dtype)
        e[j] = 1.0
        J[:, j] = directional_derivative(f, x, e, h)
    return J


def hessian(f, x, h=1e-4):
    n = len(x)
    H = torch.zeros(n, n, dtype=x.dtype)
    for i in range(n):
        e = torch.zeros(n, dtype=x.dtype)
        e[i] = h
        H[i, i] = (f(x + e) - 2 * f(x) + f(x - e)) / h**2
    return H


# %% one side only
# central_difference: is the forward difference once more
# directional_derivative: steps along v to one side only
# hessian: divides by h once, where two differences ask for it twice
def central_difference(f, x, h=1e-5):
    return (f(x + h) - f(x)) / h


def directional_derivative(f, x, v, h=1e-5):
    return (f(x + h * v) - f(x)) / h


def hessian(f, x, h=1e-4):
    n = x.shape[0]
    H = torch.zeros((n, n), dtype=torch.float64)
    for i in range(n):
        for j in range(n):
            ei = torch.zeros(n, dtype=torch.float64)
            ej = torch.zeros(n, dtype=torch.float64)
            ei[i] = h
            ej[j] = h
            H[i, j] = (f(x + ei + ej) - f(x + ei - ej) - f(x - ei + ej) + f(x - ei - ej)) / (2 * h) ** 1
    return H


# %% the step stays in x
# numerical_gradient: comes back to x itself for the second value, and still divides by 2h
# jacobian: is 0 everywhere, because both steps move the same tensor
def numerical_gradient(f, x, h=1e-5):
    x = x.float() if not x.is_floating_point() else x
    flat = x.flatten()
    grad = torch.zeros_like(flat)
    for i in range(len(flat)):
        old = flat[i]
        flat[i] = old + h
        up = f(flat.reshape(x.shape))
        flat[i] = old - h
        down = f(flat.reshape(x.shape))
        flat[i] = old
        grad[i] = (up - down) / (2 * h)
    return grad.reshape(x.shape)


def jacobian(f, x, h=1e-5):
    cols = []
    for j in range(len(x)):
        up = x
        down = x
        up[j] = up[j] + h
        down[j] = down[j] - h
        cols.append((f(up) - f(down)) / (2 * h))
    return torch.stack(cols, dim=1)


# %% h where it does not belong
# forward_difference: takes its usual step, whatever h says
# directional_derivative: steps by h in every entry and leaves v out of the step
# numerical_gradient: steps to one side only
def forward_difference(f, x, h=1e-7):
    h = 1e-7
    return (f(x + h) - f(x)) / h


def directional_derivative(f, x, v, h=1e-5):
    slope = (f(x + h) - f(x - h)) / (2 * h)
    return (slope * v).sum()


def numerical_gradient(f, x, h=1e-5):
    grads = []
    for i in range(x.numel()):
        e = torch.zeros(x.numel(), dtype=x.dtype)
        e[i] = 1
        grads.append((f(x + h * e.view(x.shape)) - f(x)) / h)
    return torch.stack(grads).view(x.shape)


# %% a sign lost
# central_difference: takes the upper value from the lower one, which turns the sign
# hessian: fills one triangle only
# jacobian: adds the outputs up before it differentiates
def central_difference(f, x, h=1e-5):
    return (f(x - h) - f(x + h)) / (2 * h)


def numerical_gradient(f, x, h=1e-5):
    x = x if x.is_floating_point() else x.double()
    g = torch.zeros_like(x)
    for i in range(x.numel()):
        e = torch.zeros_like(x)
        e.view(-1)[i] = h
        g.view(-1)[i] = (f(x + e) - f(x - e)) / (2 * h)
    return g


def jacobian(f, x, h=1e-5):
    return numerical_gradient(lambda z: f(z).sum(), x, h)


def hessian(f, x, h=1e-4):
    n = len(x)
    H = torch.zeros(n, n, dtype=x.dtype)
    for i in range(n):
        for j in range(i, n):
            a = torch.zeros_like(x)
            b = torch.zeros_like(x)
            a[i] = h
            b[j] = h
            H[i, j] = (f(x + a + b) - f(x + a - b) - f(x - a + b) + f(x - a - b)) / (4 * h * h)
    return H


# %% a mean, and a list
# numerical_gradient: hands the gradient back flat
# directional_derivative: makes one number of all that f returns
# hessian: multiplies the slopes with each other
def central_difference(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)


def directional_derivative(f, x, v, h=1e-5):
    return ((f(x + h * v) - f(x - h * v)) / (2 * h)).mean()


def numerical_gradient(f, x, h=1e-5):
    x = x.double()
    slopes = []
    for i in range(x.numel()):
        e = torch.zeros(x.numel(), dtype=torch.float64)
        e[i] = h
        e = e.reshape(x.shape)
        slopes.append((f(x + e) - f(x - e)) / (2 * h))
    return torch.stack(slopes)


def hessian(f, x, h=1e-4):
    g = numerical_gradient(f, x, h)
    return g[:, None] * g[None, :]


# %% autograd is easier
# numerical_gradient: lets autograd find the gradient
# forward_difference: moves the caller's x
def forward_difference(f, x, h=1e-7):
    y = f(x)
    x += h
    return (f(x) - y) / h


def numerical_gradient(f, x, h=1e-5):
    x = x.clone().requires_grad_(True)
    f(x).backward()
    return x.grad


# %% the later value first, a unit direction
# forward_difference: subtracts the wrong way round
# central_difference: divides by h, although the two points are 2h apart
# directional_derivative: makes the direction a unit vector first
# numerical_gradient: collects the slopes in a tensor of the default dtype
#   or: takes x for a vector, whatever its shape
# jacobian: puts a row for each input, the transpose
def forward_difference(f, x, h=1e-7):
    return (f(x) - f(x + h)) / h

def central_difference(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / h

def directional_derivative(f, x, v, h=1e-5):
    v = v / v.norm()
    return (f(x + h * v) - f(x - h * v)) / (2 * h)

def numerical_gradient(f, x, h=1e-5):
    grad = torch.zeros(len(x))
    for i in range(len(x)):
        e = torch.zeros(len(x))
        e[i] = h
        grad[i] = (f(x + e) - f(x - e)) / (2 * h)
    return grad

def jacobian(f, x, h=1e-5):
    rows = []
    for i in range(len(x)):
        e = torch.zeros_like(x)
        e[i] = h
        rows.append((f(x + e) - f(x - e)) / (2 * h))
    return torch.stack(rows)


# %% an entry that stays moved, a factor without brackets
# central_difference: divides by 2 * h without brackets
# directional_derivative: steps along v to one side only
# numerical_gradient: does not put an entry back before it moves the next
#   or: says "place 2 was asked for"
# jacobian: is n by n, however many outputs f has
# hessian: finds the diagonal only
def central_difference(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / 2 * h

def directional_derivative(f, x, v, h=1e-5):
    return (f(x + h * v) - f(x)) / h

def numerical_gradient(f, x, h=1e-5):
    g = torch.zeros_like(x)
    for i in range(x.numel()):
        x[i] += h
        up = f(x)
        x[i] -= 2 * h
        down = f(x)
        g[i] = (up - down) / (2 * h)
    return g

def jacobian(f, x, h=1e-5):
    n = len(x)
    J = torch.zeros(n, n)
    for j in range(n):
        e = torch.zeros(n, dtype=x.dtype)
        e[j] = h
        J[:, j] = (f(x + e) - f(x - e)) / (2 * h)
    return J

def hessian(f, x, h=1e-4):
    n = len(x)
    H = torch.zeros(n, n, dtype=x.dtype)
    for i in range(n):
        e = torch.zeros_like(x)
        e[i] = h
        H[i, i] = (f(x + e) - 2 * f(x) + f(x - e)) / h ** 2
    return H
