"""Autograd across the line, of any order: what PyTorch's own graph would say is the oracle."""

from __future__ import annotations

import gc

import pytest
import torch
from torch.autograd import grad, gradcheck, gradgradcheck

SOURCE = """
import torch
from torch import nn

def wave(x, y):
    return torch.sin(x) * y.exp() + x ** 3
def several(x):
    return x.sin(), {"twice": [2 * x, x.detach()]}, (x * x).sum()
def first_only(x, y):
    return x * 2
def cube(x):
    return (x ** 3).sum()
def total(xs):
    return sum((x * x).sum() for x in xs)
def same(x):
    return x, x
def through(f, x):
    return f(x) * x
def hvp(f, x, v):
    x = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(f(x), x, create_graph=True)
    return torch.autograd.grad((g * v).sum(), x)[0]
def slope(f, x):
    x = x.detach().requires_grad_()
    f(x).backward()
    return x.grad
def cut(x):
    return x.detach() * 2
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(3, 2, dtype=torch.float64)
        self.scale = nn.Parameter(torch.tensor(1.5, dtype=torch.float64))
    def forward(self, x):
        return torch.tanh(self.inner(x)) * self.scale
def apply(net, x):
    return net(x)
def kept():
    import gc
    return max(len(o.nodes) for o in gc.get_objects() if type(o).__name__ == "Peer")
"""


def draw(*shape: int) -> torch.Tensor:
    """A float64 leaf that requires a gradient."""
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


@pytest.fixture
def there(student):
    """A worker that holds the source above."""
    torch.manual_seed(3)
    return student(SOURCE)


def test_first_and_second_derivatives(there):
    """gradcheck and gradgradcheck hold for a call with two inputs of different shape"""
    x, y = draw(2, 3), draw(3)
    assert gradcheck(there.wave, (x, y))
    assert gradgradcheck(there.wave, (x, y))


def test_third_order(there):
    """a derivative of a derivative of a derivative is right"""
    x = draw(4)
    (first,) = grad(there.cube(x), x, create_graph=True)
    (second,) = grad(first.sum(), x, create_graph=True)
    (third,) = grad(second.sum(), x)
    torch.testing.assert_close(first, 3 * x**2)
    torch.testing.assert_close(second, 6 * x)
    torch.testing.assert_close(third, torch.full_like(x, 6.0))


def test_several_outputs(there):
    """every tensor inside a nested answer is joined to the graph, and a detached one is not"""
    x = draw(3)
    sine, inside, square = there.several(x)
    twice, alone = inside["twice"]
    assert [t.requires_grad for t in (sine, twice, alone, square)] == [True, True, False, True]
    (got,) = grad(sine.sum() + 5 * twice.sum() + square, x, retain_graph=True)
    torch.testing.assert_close(got, x.cos() + 10 + 2 * x)
    (got,) = grad(twice[1], x)
    assert got.tolist() == [0, 2, 0]


def test_one_tensor_at_two_places_of_an_answer(there):
    """an answer that holds one tensor twice adds both gradients"""
    x = draw(2)
    a, b = there.same(x)
    (got,) = grad((2 * a + 3 * b).sum(), x)
    assert got.tolist() == [5, 5]


def test_unused_inputs(there):
    """an input that the answer does not depend on has no gradient"""
    x, y = draw(2), draw(2)
    out = there.first_only(x, y)
    used, unused = grad(out.sum(), (x, y), allow_unused=True)
    assert used.tolist() == [2, 2]
    assert unused is None


def test_inputs_inside_containers(there):
    """tensors inside lists are inputs like any other, next to some that need no gradient"""
    xs = [draw(2), torch.ones(2, dtype=torch.float64), draw(3)]
    got = grad(there.total(xs), (xs[0], xs[2]))
    torch.testing.assert_close(got, (2 * xs[0], 2 * xs[2]))


def test_backward_accumulates_here(there):
    """backward() on this side fills .grad of the leaves here, twice when called twice"""
    x = draw(3)
    for _ in range(2):
        there.cube(x).backward()
    torch.testing.assert_close(x.grad, 6 * x.detach() ** 2)


def test_a_call_inside_a_larger_graph(there):
    """an input that was computed here, and an answer that is used further here, belong to one graph"""
    w = draw(3)
    out = there.cube(w.exp()).log()
    (got,) = grad(out, w)
    (want,) = grad((w.exp() ** 3).sum().log(), w)
    torch.testing.assert_close(got, want)


def test_no_grad_cuts(there):
    """under no_grad, and for a detached answer, nothing is joined"""
    x = draw(2)
    with torch.no_grad():
        assert not there.cube(x).requires_grad
    assert not there.cut(x).requires_grad
    assert not there.cube(x.detach()).requires_grad


def test_a_callback_is_differentiated_over_there(there):
    """the student's backward through a function of the check's is right, and so is a product of both sides' work"""
    x = draw(4)
    got = there.slope(lambda z: (z**4).sum(), x.detach())
    torch.testing.assert_close(got, 4 * x.detach() ** 3)
    assert gradcheck(lambda z: there.through(torch.sin, z), (x,))
    assert gradgradcheck(lambda z: there.through(torch.sin, z), (x,))


def test_a_students_hessian_vector_product_of_a_callback(there):
    """a student who differentiates a function of the check's twice gets the Hessian-vector product"""
    x, v = torch.randn(2, 5, dtype=torch.float64)

    def f(z: torch.Tensor) -> torch.Tensor:
        return (z**4).sum() + z.prod()

    want = torch.autograd.functional.hvp(f, x, v)[1]
    torch.testing.assert_close(there.hvp(f, x, v), want)


@pytest.mark.parametrize("through", ["call", "argument"])
def test_mirrors(there, through):
    """a module's parameters have stand-ins here, differentiable to second order, called or passed"""
    net = there.Net()
    leaves = net.mirrors()
    assert set(leaves) == {"inner.weight", "inner.bias", "scale"}
    assert net.mirrors()["scale"] is leaves["scale"]
    x = draw(4, 3)
    out = net(x) if through == "call" else there.apply(net, x)
    weight, bias, scale = (leaves[n] for n in ("inner.weight", "inner.bias", "scale"))
    want = torch.tanh(x @ weight.T + bias) * scale
    torch.testing.assert_close(out, want)
    inputs = (x, weight, bias, scale)
    cotangent = torch.randn(4, 2, dtype=torch.float64)
    first = grad((out * cotangent).sum(), inputs, create_graph=True)
    wanted = grad((want * cotangent).sum(), inputs, create_graph=True)
    torch.testing.assert_close(first, wanted)
    second = grad(sum((g**2).sum() for g in first), inputs)
    torch.testing.assert_close(second, grad(sum((g**2).sum() for g in wanted), inputs))


def test_graphs_are_freed_over_there(there):
    """a graph that nothing here refers to any longer is let go with the next message"""
    x = draw(3)
    outs = [there.cube(x) for _ in range(5)]
    assert there.kept() == 5
    del outs
    there.begin(0, 20)  # forget the record of the calls
    gc.collect()
    there.kept()
    assert there.kept() == 0


def test_gradient_requests_are_recorded(there):
    """a vector-Jacobian product is part of the record, under the function whose call it differentiates"""
    x = draw(2)
    there.cube(x).backward()
    assert [call.label for call in there.calls] == ["cube", "gradient of cube"]
    assert there.calls[1].outcome[1][0].tolist() == x.grad.tolist()
