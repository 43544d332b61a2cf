"""What the differences must do. The functions live with the student's code; autograd is the oracle, in float64.

Steps of 1/4 and polynomials make the first examples exact: what is wrong there is not rounding.
(With a step of 1/2 it would be hard to see a forgotten division by 2h.)
"""

import torch

from autograder.checking import assert_contract, assert_number, assert_same, forbids, points, require, unmodified

F64 = torch.float64
PAGE = (
    "forward_difference", "central_difference", "directional_derivative", "numerical_gradient", "jacobian", "hessian",
)  # fmt: skip


def draw(*shape):
    """Normal float64 values of this shape."""
    return torch.randn(shape, dtype=F64)


def autograd(f, x):
    """The exact derivative: (*shape of f's answer, *shape of x)."""
    return torch.autograd.functional.jacobian(f, x)


# -- the functions that are differentiated, here and over there ----------------------------------------


def square(x):
    """x^2"""
    return x * x


def cube(x):
    """x^3"""
    return x * x * x


def exponential(x):
    """e^x"""
    return torch.exp(x)


def cubes(x):
    """The sum of the cubes: at 0 a central difference of it is h^2, so that the answer tells the step."""
    return (x * x * x).sum()


def twist(x):
    """x0^3 x1"""
    return x[0] * x[0] * x[0] * x[1]


def product(x):
    """The product of the two entries."""
    return x[0] * x[1]


def wave(x):
    """One number that depends on every entry, and on each in its own way."""
    flat = x.reshape(-1)
    weight = torch.arange(1, len(flat) + 1, dtype=x.dtype)
    return torch.sin(flat * weight).sum() + flat.prod()


def parabola(x):
    """The square of a weighted sum."""
    flat = x.reshape(-1)
    return (flat * torch.arange(1, len(flat) + 1, dtype=x.dtype)).sum() ** 2


def bend(x):
    """x0^2 + 3 x0 x1"""
    return x[0] * x[0] + 3 * x[0] * x[1]


def ends(x):
    """The first row times the last, which only a tensor with its own rows gives right."""
    return (x[0] * x[-1] * x[-1]).sum()


def lean(x):
    """(x0 x1, 3 x1): two numbers in, two out, and no symmetry"""
    return torch.stack([x[0] * x[1], 3 * x[1]])


def wide(x):
    """The sum of the squares, in float64 whatever comes in."""
    return (x * x).sum().double()


def fan(x):
    """(x0 x1, x0^2, x1): two numbers in, three out"""
    return torch.stack([x[0] * x[1], x[0] * x[0], x[1]])


def mix(x):
    """As many sines as there are entries, and one: all of them depend on all entries."""
    row = torch.arange(1, len(x) + 2, dtype=x.dtype)
    return torch.sin(row[:, None] * x + row[:, None]).sum(1) + x.prod()


def total(x):
    """(sum of the squares,): one output"""
    return (x * x).sum()[None]


def boxed(x):
    """(x0 x1, x0^2) in a box of three axes, two of them of size 1."""
    return torch.stack([x[0] * x[1], x[0] * x[0]])[None, :, None]


def saddle(x):
    """x0^2 x1"""
    return x[0] * x[0] * x[1]


# -- the checks -----------------------------------------------------------------------------------------


@points(1)
def test_secant(student):
    """forward_difference is the slope of the secant from x to x + h, for numbers and for tensors of any shape"""
    over_there = student.prop(square)
    assert_number(student.forward_difference(over_there, 3.0, h=0.25), 6.25)
    assert_number(student.forward_difference(over_there, 3.0, h=-0.25), 5.75, about="with a step to the left")
    assert_number(student.forward_difference(over_there, 3.1137, h=0.25), 2 * 3.1137 + 0.25)
    assert_number(student.forward_difference(over_there, 4096, h=0.25), 8192.25)
    x = torch.tensor([[0.0, 1.0, 2.0], [-1.0, -2.0, 0.5]], dtype=F64)
    assert_same(student.forward_difference(over_there, x, h=0.25), 2 * x + 0.25)
    x = draw()
    assert_same(student.forward_difference(student.prop(cube), x, h=2.0), 3 * x**2 + 6 * x + 4)
    assert_contract(
        lambda x: student.forward_difference(over_there, x, h=0.25), lambda x: 2 * x + 0.25, draw(2, 3), name="x",
        shapes=[(1, 3), (2, 1), (1,), (0, 3), (2, 1, 2, 1)], dtypes=[torch.float32], rtol=1e-5, atol=1e-5,
    )  # fmt: skip
    one = torch.tensor(1.5)  # a tensor of shape () is a tensor, with a dtype of its own
    assert_same(student.forward_difference(over_there, one, h=0.25), torch.tensor(3.25))


@points(1)
def test_both_sides(student):
    """central_difference is the slope of the secant from x - h to x + h, for numbers and for tensors of any shape"""
    over_there = student.prop(cube)
    assert_number(student.central_difference(over_there, 2.0, h=0.25), 12.0625)
    assert_number(student.central_difference(over_there, 2.0, h=-0.25), 12.0625, about="with a negative h")
    assert_number(student.central_difference(over_there, 2.1137, h=0.25), 3 * 2.1137**2 + 0.0625)
    assert_number(student.central_difference(over_there, 2, h=0.25), 12.0625, about="at an int")
    x = torch.tensor([[0.0, 1.0, 2.0], [-1.0, -2.0, 0.5]], dtype=F64)
    assert_same(student.central_difference(over_there, x, h=0.25), 3 * x**2 + 0.0625)
    x = draw()
    assert_same(student.central_difference(over_there, x, h=2.0), 3 * x**2 + 4)
    assert_contract(
        lambda x: student.central_difference(over_there, x, h=0.25), lambda x: 3 * x**2 + 0.0625, draw(2, 3), name="x",
        shapes=[(1, 3), (2, 1), (1,), (0, 3), (2, 1, 2, 1)], dtypes=[torch.float32], rtol=1e-5, atol=1e-5,
    )  # fmt: skip
    one = torch.tensor(1.5)  # a tensor of shape () is a tensor, with a dtype of its own
    assert_same(student.central_difference(over_there, one, h=0.25), torch.tensor(6.8125))


@points(1)
def test_orders(student):
    """halving h halves the error of the forward difference and quarters that of the central difference"""
    f, x = student.prop(exponential), draw(3).clamp(-2, 2)
    for name, order in (("forward_difference", 2), ("central_difference", 4)):
        errors = [getattr(student, name)(f, x, h=h) - x.exp() for h in (2**-6, 2**-7)]
        ratio = errors[0] / errors[1]
        require(
            ((ratio - order).abs() < 0.1 * order).all(),
            f"{name} of e^x: halving h must make the error {order} times smaller; it became this many times smaller",
            ratio,
        )


def compare_steps(student, *steps):
    """With each step the differences of cubes at 0 are the square of that step, or a multiple of it."""
    zero, way = torch.zeros(2, dtype=F64), torch.tensor([1.0, 2.0], dtype=F64)
    one, sums = student.prop(cube), student.prop(cubes)
    for h in steps:
        square_of_it = torch.full((2,), h * h, dtype=F64)
        about = f"of cubes at 0, with h = {h:g}"
        assert_same(student.forward_difference(one, zero, h=h), square_of_it, about=about)
        assert_same(student.central_difference(one, zero, h=h), square_of_it, about=about)
        assert_same(student.directional_derivative(sums, zero, way, h=h), 9 * square_of_it[0], about=about)
        assert_same(student.numerical_gradient(sums, zero, h=h), square_of_it, about=about)
        assert_same(student.jacobian(one, zero, h=h), torch.diag(square_of_it), about=about)


@points(1)
def test_own_steps(student):
    """the steps of their own are the documented ones: small enough to come close, but not lost in rounding"""
    f, x = student.prop(exponential), draw(4).clamp(-2, 2)
    assert_same(student.central_difference(f, x), x.exp(), rtol=1e-8, atol=1e-8)
    assert_same(student.forward_difference(f, x), x.exp(), rtol=1e-5, atol=1e-5)
    tells = "with `h` left out, of a function whose answer at 0 tells the step"
    assert_number(student.forward_difference(student.prop(square), 0.0), 1e-7, rtol=1e-6, atol=0, about=tells)
    assert_number(student.central_difference(student.prop(cube), 0.0), 1e-10, rtol=1e-6, atol=0, about=tells)
    zero, h2 = torch.zeros(2, dtype=F64), torch.full((2,), 1e-10, dtype=F64)
    near = {"rtol": 1e-6, "atol": 0, "about": tells}
    assert_same(student.directional_derivative(student.prop(cubes), zero, zero + 1), h2.sum(), **near)
    assert_same(student.numerical_gradient(student.prop(cubes), zero), h2, **near)
    assert_same(student.jacobian(student.prop(cube), zero), torch.diag(h2), **near)
    mixed = torch.tensor([[0.0, 1e-8], [1e-8, 0.0]], dtype=F64)
    assert_same(student.hessian(student.prop(twist), zero), mixed, **near)
    compare_steps(student, 0.2537, 3.217)
    for name, f, given, expected in (
        ("forward_difference", cube, (zero,), zero + 4), ("central_difference", cube, (zero,), zero + 4),
        ("directional_derivative", cubes, (zero, zero + 1), zero[0] + 8), ("numerical_gradient", cubes, (zero,), zero + 4),
        ("jacobian", cube, (zero,), torch.diag(zero + 4)),
    ):  # fmt: skip
        found = getattr(student, name)(student.prop(f), *given, 2.0)
        assert_same(found, expected, about=f"{name} with h = 2 by its place")
    for h in (1.37e-12, 2.93e-9, 3.17e-4, 71.3, 1.23e6):
        of_any_size(student, h)
    for scale in (1e-3, 1e3):
        v = scale * torch.tensor([1.0, 2.0], dtype=F64)
        slope = student.directional_derivative(student.prop(cubes), zero, v, h=0.5)
        assert_same(slope, 0.25 * (v**3).sum(), rtol=1e-9, atol=0, about=f"with `v` around {scale:.0e}")


def of_any_size(student, h):
    """A step of any size is taken as it is: what is asked at 0 tells it, and nothing is lost in rounding."""
    zero, one = torch.zeros(2, dtype=F64), torch.ones(2, dtype=F64)
    near = {"rtol": 1e-6, "atol": 0, "about": f"with `h` around {h:.0e}"}
    assert_number(student.forward_difference(student.prop(square), 0.0, h=h), h, **near)
    assert_number(student.central_difference(student.prop(cube), 0.0, h=h), h * h, **near)
    for dtype in (F64, torch.float32):
        assert_same(student.forward_difference(student.prop(square), zero.to(dtype), h=h), (h * one).to(dtype), **near)
    assert_same(student.directional_derivative(student.prop(cubes), zero, one, h=h), 2 * h * h * one[0], **near)
    assert_same(student.numerical_gradient(student.prop(cubes), zero, h=h), h * h * one, **near)
    assert_same(student.jacobian(student.prop(cube), zero, h=h), torch.diag(h * h * one), **near)
    single, wanted = zero.float(), (h * h * one).float()
    near["rtol"] = 1e-5
    assert_same(student.central_difference(student.prop(cube), single, h=h), wanted, **near)
    assert_same(student.directional_derivative(student.prop(cubes), single, one.float(), h=h), wanted.sum(), **near)
    assert_same(student.numerical_gradient(student.prop(cubes), single, h=h), wanted, **near)
    assert_same(student.jacobian(student.prop(cube), single, h=h), torch.diag(wanted), **near)
    near["rtol"] = 1e-6
    mixed = h * h * torch.tensor([[0.0, 1.0], [1.0, 0.0]], dtype=F64)
    assert_same(student.hessian(student.prop(twist), zero, h=h), mixed, **near)


@points(1)
def test_direction(student):
    """directional_derivative is the sum of slope times step over all entries; the length of v counts, and f may be a vector"""
    x, v = torch.tensor([2.0, 3.0], dtype=F64), torch.tensor([3.0, 4.0], dtype=F64)
    assert_same(student.directional_derivative(student.prop(product), x, v, h=0.25), torch.tensor(17.0, dtype=F64))
    f = student.prop(wave)
    for shape in ((2, 3), ()):
        x, v = draw(*shape), 3 * draw(*shape)
        assert_same(student.directional_derivative(f, x, v), (autograd(wave, x) * v).sum(), rtol=1e-6, atol=1e-7)
    still = student.directional_derivative(f, draw(3), torch.zeros(3, dtype=F64))
    assert_same(still, torch.tensor(0.0, dtype=F64), about="v of zeros")
    still = student.directional_derivative(student.prop(mix), draw(3), torch.zeros(3, dtype=F64))
    assert_same(still, 0 * mix(draw(3)), about="v of zeros, where f gives a vector")
    x, v = draw(3), draw(3)
    assert_same(
        student.directional_derivative(student.prop(mix), x, v), autograd(mix, x) @ v, rtol=1e-6, atol=1e-7
    )  # fmt: skip
    x, v = torch.tensor([2.0, 3.0], dtype=F64), torch.tensor([3.0, 4.0], dtype=F64)
    slopes = torch.tensor([17.0, 12.0], dtype=F64)[None, :, None]
    assert_same(student.directional_derivative(student.prop(boxed), x, v, h=0.25), slopes)
    for shape in ((2, 1), (1, 3), (0, 3)):
        x, v = draw(*shape), draw(*shape)
        expected = (autograd(wave, x) * v).sum()
        assert_same(student.directional_derivative(f, x, v), expected, rtol=1e-6, atol=1e-7)
    for place, name in enumerate("xv"):
        assert_contract(
            lambda x, v: student.directional_derivative(f, x, v), lambda x, v: (autograd(wave, x) * v).sum(),
            draw(2, 3), draw(2, 3), of=place, name=name, rtol=1e-6, atol=1e-7,
        )  # fmt: skip


@points(2)
def test_gradient(student):
    """numerical_gradient moves one entry at a time: exact for a parabola, close for smooth functions"""
    x = torch.tensor([1.0, 2.0], dtype=F64)
    assert_same(student.numerical_gradient(student.prop(bend), x, h=0.25), torch.tensor([8.0, 3.0], dtype=F64))
    f = student.prop(wave)
    for size in (1, 3, 3, 12):
        x = draw(size)
        assert_same(student.numerical_gradient(f, x), autograd(wave, x), rtol=1e-6, atol=1e-7)


@points(1)
def test_gradient_shapes(student):
    """the gradient has the shape of x: a matrix, a single number, a transposed view, three dimensions"""
    for x in (draw(2, 3), draw(), draw(3, 2).T, draw(2, 1, 2), draw(2, 1), draw(1, 2), draw(2, 6)[:, ::2]):
        assert_same(student.numerical_gradient(student.prop(wave), x), autograd(wave, x), rtol=1e-6, atol=1e-7)
    for x in (draw(2, 3), draw(2, 2, 2), draw(2, 1, 2, 2), draw(2, 1, 2, 1, 2)):
        assert_same(student.numerical_gradient(student.prop(ends), x), autograd(ends, x), rtol=1e-6, atol=1e-7)


@points(1)
def test_leaves_x_and_dtype_alone(student):
    """x is bit for bit what it was before, and float32 stays float32"""
    x = draw(2, 3)
    for name, f, inputs in (
        ("directional_derivative", parabola, (x, x.flip(0))),
        ("numerical_gradient", parabola, (x,)),
        ("jacobian", mix, (x[0],)),
        ("hessian", parabola, (x[0],)),
    ):
        with unmodified(*inputs):
            getattr(student, name)(student.prop(f), *inputs)
    small = torch.tensor([[0.5, -1.0], [2.0, 0.0]])
    along = student.directional_derivative(student.prop(parabola), small, small.flip(0), h=0.25)
    assert_same(along, (autograd(parabola, small) * small.flip(0)).sum())
    along = student.directional_derivative(student.prop(wide), small, small, h=0.25)
    assert_same(along, 2 * wide(small), about="where f makes a float64 of float32")
    assert_same(student.numerical_gradient(student.prop(parabola), small, h=0.25), autograd(parabola, small))
    assert_same(student.jacobian(student.prop(fan), small[0], h=0.25), autograd(fan, small[0]))


@points(1)
def test_integers(student):
    """integers are turned into float64 before the step: added to an integer tensor, a small step would vanish"""
    x = torch.tensor([1, 2])
    with unmodified(x):
        slopes = student.numerical_gradient(student.prop(bend), x)
    assert_same(slopes, torch.tensor([8.0, 3.0], dtype=F64))
    for dtype in (torch.int32, torch.int16, torch.uint8):
        slopes = student.numerical_gradient(student.prop(bend), torch.tensor([1, 2], dtype=dtype))
        assert_same(slopes, torch.tensor([8.0, 3.0], dtype=F64), about="of integers")
    x = torch.tensor([[3, 0, -1], [1, 1, 2]])
    assert_same(student.numerical_gradient(student.prop(parabola), x), autograd(parabola, x.double()), rtol=1e-6)


@points(2)
def test_jacobian(student):
    """entry [i, j] is the slope of output i when input j alone moves: m rows, n columns"""
    x = torch.tensor([2.0, 3.0], dtype=F64)
    expected = torch.tensor([[3.0, 2.0], [4.0, 0.0], [0.0, 1.0]], dtype=F64)
    assert_same(student.jacobian(student.prop(fan), x, h=0.25), expected)
    for f, size in ((lean, 2), (mix, 3), (mix, 1), (total, 3), (total, 1), (total, 6), (total, 12)):
        x = draw(size)[::2] if size == 6 else draw(size)
        assert_same(student.jacobian(student.prop(f), x), autograd(f, x), rtol=1e-6, atol=1e-7)
    for size in (*range(1, 8), 12):
        x = draw(size)
        assert_same(student.jacobian(student.prop(mix), x), autograd(mix, x), rtol=1e-6, atol=1e-6)


@points(1)
def test_hessian(student):
    """entry [i, j] is a second derivative: exact up to the third power, close for smooth functions"""
    x = torch.tensor([1.0, 2.0], dtype=F64)
    expected = torch.tensor([[4.0, 2.0], [2.0, 0.0]], dtype=F64)
    assert_same(student.hessian(student.prop(saddle), x, h=0.25), expected)
    for x in (draw(3), draw(3), draw(1), draw(6)[::2]):
        exact = torch.autograd.functional.hessian(wave, x)
        assert_same(student.hessian(student.prop(wave), x), exact, rtol=1e-5, atol=1e-5)
    for size in (2, 4, 9):
        x = draw(size).tanh()
        exact = torch.autograd.functional.hessian(wave, x)
        assert_same(student.hessian(student.prop(wave), x), exact, rtol=1e-4, atol=1e-4)


@points(1)
@forbids("*.grad", "*.backward", "*.jacobian", "*.hessian", "*.jacrev", "*.jacfwd", "*.jvp", "*.vjp", of=PAGE)
def test_written_by_hand(student):
    """the page's functions take differences; they do not leave the work to autograd"""
    x = torch.ones(2, dtype=F64)
    for name in PAGE[:2]:
        getattr(student, name)(student.prop(square), 1.0)
    student.directional_derivative(student.prop(product), x, x)
    for name in PAGE[3:]:
        getattr(student, name)(student.prop(fan if name == "jacobian" else product), x)
