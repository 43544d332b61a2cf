"""Other right ways to write this page."""

import heapq
import itertools
import math

import torch

from autograder.checking import variant


@variant("closures that pass gradients back, counted before they are called", of="Value")
class Node:
    def __init__(self, data, made_from=(), back=None):
        self.data, self.grad = data, 0
        self.made_from = made_from
        self.back = back

    def __add__(self, other):
        other = as_node(other)
        return Node(self.data + other.data, (self, other), lambda g: (g, g))

    def __mul__(self, other):
        other = as_node(other)
        return Node(self.data * other.data, (self, other), lambda g: (g * other.data, g * self.data))

    def __truediv__(self, other):
        other = as_node(other)
        return Node(self.data / other.data, (self, other), lambda g: (g / other.data, -g * self.data / other.data**2))

    def __pow__(self, exponent):
        return Node(self.data**exponent, (self,), lambda g: (g * exponent * self.data ** (exponent - 1),))

    def __neg__(self):
        return Node(-self.data, (self,), lambda g: (-g,))

    def __sub__(self, other):
        other = as_node(other)
        return Node(self.data - other.data, (self, other), lambda g: (g, -g))

    def __rsub__(self, other):
        return as_node(other) - self

    def __rtruediv__(self, other):
        return as_node(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def relu(self):
        return Node(self.data if self.data > 0 else 0, (self,), lambda g: (g if self.data > 0 else 0,))

    def tanh(self):
        return Node(math.tanh(self.data), (self,), lambda g: (g * (1 - math.tanh(self.data) ** 2),))

    def exp(self):
        return Node(math.exp(self.data), (self,), lambda g: (g * math.exp(self.data),))

    def backward(self):
        users, todo = {self: 0}, [self]
        while todo:
            for parent in todo.pop().made_from:
                if parent not in users:
                    users[parent] = 0
                    todo.append(parent)
                users[parent] += 1
        kept = {node: node.grad for node in users}
        for node in users:
            node.grad = 0
        self.grad, ready = 1, [self]
        while ready:
            node = ready.pop()
            for parent, gradient in zip(node.made_from, node.back(node.grad) if node.back else ()):
                parent.grad += gradient
                users[parent] -= 1
                if users[parent] == 0:
                    ready.append(parent)
        for node, earlier in kept.items():
            node.grad += earlier


def as_node(x):
    return x if isinstance(x, Node) else Node(x)


births = itertools.count()


@variant("the newest node first, gradients kept in the leaves alone", of="Value")
class Dated(Value):
    def __init__(self, data, parents=(), slopes=()):
        super().__init__(data, parents, slopes)
        self.born = next(births)

    def backward(self):
        flow, heap = {self.born: 1.0}, [(-self.born, self)]
        while heap:
            _, node = heapq.heappop(heap)
            gradient = flow.pop(node.born)
            node.grad = gradient if node.parents else node.grad + gradient
            for parent, slope in zip(node.parents, node.slopes):
                if parent.born not in flow:
                    flow[parent.born] = 0.0
                    heapq.heappush(heap, (-parent.born, parent))
                flow[parent.born] += slope * gradient


@variant("with backward and .grad of a copy, a float as loss, x saved instead of its sigmoid")
def grad_of(f, x):
    copy = torch.tensor(x.tolist(), dtype=x.dtype, requires_grad=True)
    value = f(copy)
    if value.dim() > 0:
        raise ValueError
    value.backward()
    return copy.grad


@variant("with backward and .grad of a copy, a float as loss, x saved instead of its sigmoid")
def manual_step(w, b, X, y, lr):
    loss = torch.nn.functional.mse_loss(torch.mv(X, w) + b, y)
    loss.backward()
    for p in (w, b):
        p.data.add_(p.grad, alpha=-lr)
        p.grad.zero_()
    return loss.item()


@variant("with backward and .grad of a copy, a float as loss, x saved instead of its sigmoid")
class MySigmoid(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sigmoid(x)

    @staticmethod
    def backward(ctx, grad_output):
        s = torch.sigmoid(ctx.saved_tensors[0])
        return s * torch.sigmoid(-ctx.saved_tensors[0]) * grad_output


@variant("with backward and .grad of a copy, a float as loss, x saved instead of its sigmoid")
def hvp(f, x, v):
    leaf = x.clone().detach().requires_grad_(True)
    f(leaf).backward(create_graph=True)
    gradient, leaf.grad = leaf.grad, None
    torch.sum(gradient * v).backward()
    return leaf.grad


@variant("through torch.func, and the gradient of the loss by formula")
def grad_of(f, x):
    if f(x).numel() > 1:
        raise ValueError("several outputs")
    return torch.func.grad(f)(x.detach())


@variant("through torch.func, and the gradient of the loss by formula")
def manual_step(w, b, X, y, lr):
    with torch.no_grad():
        error = X @ w + b - y
        w.sub_(lr * 2 * X.T @ error / len(y))
        b.sub_(lr * 2 * error.mean())
        return (error @ error / len(y)).item()


@variant("through torch.func, and the gradient of the loss by formula", of="MySigmoid")
class TwoStaged(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return 0.5 * (1 + torch.tanh(x / 2))

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx, grad_output):
        y = ctx.saved_tensors[0]
        return grad_output * (y - y * y)


@variant("through torch.func, and the gradient of the loss by formula")
def hvp(f, x, v):
    return torch.func.jvp(torch.func.grad(f), (x.detach(),), (v,))[1]
