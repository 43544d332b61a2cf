"""Wrong ways to write an engine and to use PyTorch's, as students write them. Each class inherits what it gets right."""

import math

import torch

from autograder.checking import misconception


def after_all_users(root):
    """The nodes that `root` was computed from, each after all nodes that use it."""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order[::-1]


# -- backward ----------------------------------------------------------------------------------------


@misconception(
    "overwrites a gradient where it must add to it",
    hint="In a + a two paths arrive at a, and each carries 1. What does `=` do to the first when the second comes?",
    dies_by="test_shared_nodes",
)
class Value(Value):
    def backward(self):
        flow = {self: 1.0}
        for node in after_all_users(self):
            node.grad += flow[node]
            for parent, slope in zip(node.parents, node.slopes):
                flow[parent] = slope * flow[node]


@misconception(
    "takes each parent once, even if it stands on both sides",
    hint="In a + a the same node is the left parent and the right one. A dict or a set keeps only one of them.",
    dies_by="test_shared_nodes",
)
class Value(Value):
    def backward(self):
        order = after_all_users(self)
        flow = dict.fromkeys(order, 0.0)
        flow[self] = 1.0
        for node in order:
            node.grad += flow[node]
            for parent, slope in dict(zip(node.parents, node.slopes)).items():
                flow[parent] += slope * flow[node]


@misconception(
    "passes a gradient on before all of it has arrived, and passes it on again when more comes",
    hint="In b = a * 2, c = b + b the node b passes 1 on, and then 2: 3 in all. In which order must the nodes have their turn?",
    dies_by="test_shared_nodes",
)
class Value(Value):
    def backward(self, first=True):
        if first:
            self.grad = 1.0
        for parent, slope in zip(self.parents, self.slopes):
            parent.grad += slope * self.grad
            parent.backward(first=False)


@misconception(
    "goes through the graph breadth first",
    hint="Of two paths to the same node the shorter one is first: the node has its turn while the other is still on its way.",
    dies_by="test_shared_nodes",
)
class Value(Value):
    def backward(self):
        order, seen = [self], {self}
        for node in order:
            for parent in node.parents:
                if parent not in seen:
                    seen.add(parent)
                    order.append(parent)
        flow = dict.fromkeys(order, 0.0)
        flow[self] = 1.0
        for node in order:
            node.grad += flow[node]
            for parent, slope in zip(node.parents, node.slopes):
                flow[parent] += slope * flow[node]


@misconception(
    "forgets that it all starts with a gradient of 1",
    hint="Every gradient is a product that begins at the end of the graph. What is the derivative of a value with respect to itself?",
    dies_by="test_shared_nodes",
)
class Value(Value):
    def backward(self):
        for node in after_all_users(self):
            for parent, slope in zip(node.parents, node.slopes):
                parent.grad += slope * node.grad


@misconception(
    "raises RecursionError for a long chain",
    hint="Python gives up after about a thousand nested calls. Keep the nodes still to be visited in a list of your own.",
    dies_by="test_long_chain",
)
class Value(Value):
    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        flow = dict.fromkeys(order, 0.0)
        flow[self] = 1.0
        for node in reversed(order):
            node.grad += flow[node]
            for parent, slope in zip(node.parents, node.slopes):
                flow[parent] += slope * flow[node]


@misconception(
    "passes on, in a second call, what the first one left in the nodes between",
    hint="After c.backward() the nodes between c and a still hold gradients. The second call must not start from them.",
    dies_by="test_second_backward",
)
class Value(Value):
    def backward(self):
        self.grad = 1.0
        for node in after_all_users(self):
            for parent, slope in zip(node.parents, node.slopes):
                parent.grad += slope * node.grad


@misconception(
    "forgets the gradients of earlier calls",
    hint="Gradients accumulate over several calls of backward, until the user sets them to 0. Your backward begins anew: it sets them to 0 itself, or writes over them.",
    dies_by="test_second_backward",
)
class Value(Value):
    def backward(self):
        order = after_all_users(self)
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in order:
            for parent, slope in zip(node.parents, node.slopes):
                parent.grad += slope * node.grad


# -- operations --------------------------------------------------------------------------------------


@misconception(
    "gives each factor its own number as slope",
    hint="If a grows by 1, a * b grows by b. So which slope belongs to a?",
    dies_by="test_operators",
)
class Value(Value):
    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (self.data, other.data))


@misconception(
    "subtracts the wrong way round when the number is on the left",
    hint="2 - a asks for a.__rsub__(2). There `self` is what is taken away.",
    dies_by="test_operators",
)
class Value(Value):
    def __rsub__(self, other):
        return self - other


@misconception(
    "divides the wrong way round when the number is on the left",
    hint="2 / a asks for a.__rtruediv__(2). There `self` is the denominator.",
    dies_by="test_operators",
)
class Value(Value):
    def __rtruediv__(self, other):
        return self * other**-1


@misconception(
    "leaves the exponent as it is in the derivative of a power",
    hint="The slope of x^3 is 3 x^2. What becomes of the exponent?",
    dies_by="test_operators",
)
class Value(Value):
    def __pow__(self, exponent):
        return Value(self.data**exponent, (self,), (exponent * self.data**exponent,))


@misconception(
    "takes the input for the slope of exp",
    hint="exp is its own derivative: its slope is the value that you have just computed, not the number that went in.",
    dies_by="test_functions",
)
class Value(Value):
    def exp(self):
        return Value(math.exp(self.data), (self,), (self.data,))


@misconception(
    "works out the slope of tanh from the input",
    hint="The slope is 1 - t^2, where t is tanh x and not x.",
    dies_by="test_functions",
)
class Value(Value):
    def tanh(self):
        return Value(math.tanh(self.data), (self,), (1 - self.data**2,))


@misconception(
    "builds tanh from exponentials that overflow",
    hint="e^1000 is too large for a float, although tanh 1000 is just 1. What does the math module have?",
    dies_by="test_functions",
)
class Value(Value):
    def tanh(self):
        up, down = math.exp(self.data), math.exp(-self.data)
        t = (up - down) / (up + down)
        return Value(t, (self,), (1 - t**2,))


@misconception(
    "lets gradients through relu where it is flat",
    hint="For negative numbers relu is 0, whatever the number. What is its slope there?",
    dies_by="test_functions",
)
class Value(Value):
    def relu(self):
        return Value(max(0.0, self.data), (self,), (1.0,))


# -- grad_of -----------------------------------------------------------------------------------------


@misconception(
    "switches on requires_grad in the caller's tensor and leaves a gradient there",
    hint="Call it twice with the same x and print x.grad. Work with a leaf of your own: x.detach().",
    dies_by="test_grad_of",
)
def grad_of(f, x):
    x.requires_grad_()
    y = f(x)
    if y.numel() != 1:
        raise ValueError("f must return one number")
    y.backward()
    return x.grad


@misconception(
    "adds up the outputs when there are several",
    hint="The gradient of the sum is an answer to another question. Several outputs must raise ValueError.",
    dies_by="test_grad_of",
)
def grad_of(f, x):
    x = x.detach().requires_grad_()
    return torch.autograd.grad(f(x).sum(), x)[0]


@misconception(
    "does not look at the shape of what f returns",
    hint="PyTorch refuses too, but with a RuntimeError. The docstring promises a ValueError.",
    dies_by="test_grad_of",
)
def grad_of(f, x):
    x = x.detach().requires_grad_()
    return torch.autograd.grad(f(x), x)[0]


# -- manual_step -------------------------------------------------------------------------------------


@misconception(
    "never clears the gradients",
    hint="backward adds to w.grad. From the second step on, what is in there besides this step's gradient?",
    dies_by="test_manual_step",
)
def manual_step(w, b, X, y, lr):
    loss = (X @ w + b - y).square().mean()
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    return loss.detach()


@misconception(
    "clears the gradients just before they are used",
    hint="Between backward and the step nothing may be cleared: that is where the gradients are needed.",
    dies_by="test_manual_step",
)
def manual_step(w, b, X, y, lr):
    loss = (X @ w + b - y).square().mean()
    loss.backward()
    w.grad.zero_()
    b.grad.zero_()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    return loss.detach()


@misconception(
    "gives the names w and b to new tensors",
    hint="`w = w - ...` makes a new tensor, and the model's own stays as it was. Write into it: `w -= ...`.",
    dies_by="test_manual_step",
)
def manual_step(w, b, X, y, lr):
    w.grad = b.grad = None
    loss = (X @ w + b - y).square().mean()
    loss.backward()
    with torch.no_grad():
        w = w - lr * w.grad
        b = b - lr * b.grad
    return loss.detach()


@misconception(
    "makes the step while autograd is recording",
    hint="A leaf that requires a gradient must not be changed in place while autograd records. Where does torch.no_grad() belong?",
    dies_by="test_manual_step",
)
def manual_step(w, b, X, y, lr):
    w.grad = b.grad = None
    loss = (X @ w + b - y).square().mean()
    loss.backward()
    w -= lr * w.grad
    b -= lr * b.grad
    return loss.detach()


@misconception(
    "returns the loss together with its graph",
    hint="A list of such losses keeps the graph of every step in memory. Return loss.detach() or loss.item().",
    dies_by="test_manual_step",
)
def manual_step(w, b, X, y, lr):
    w.grad = b.grad = None
    loss = (X @ w + b - y).square().mean()
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    return loss


@misconception(
    "adds the squared errors up instead of averaging them",
    hint="The loss has 1/N in front. With a sum the step grows with the number of examples.",
    dies_by="test_manual_step",
)
def manual_step(w, b, X, y, lr):
    w.grad = b.grad = None
    loss = (X @ w + b - y).square().sum()
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    return loss.detach()


@misconception(
    "subtracts a row of targets from a column of predictions",
    hint="(N, 1) minus (N,) is (N, N): every prediction minus every target. Print the shape of X @ w.",
    dies_by="test_manual_step",
)
def manual_step(w, b, X, y, lr):
    w.grad = b.grad = None
    loss = (X @ w.unsqueeze(1) + b - y).square().mean()
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    return loss.detach()


# -- MySigmoid ---------------------------------------------------------------------------------------


@misconception(
    "leaves out the gradient that comes in",
    hint="backward gets the derivative of the loss with respect to the output. The chain rule multiplies by it.",
    dies_by="test_sigmoid",
)
class MySigmoid(MySigmoid):
    @staticmethod
    def backward(ctx, grad_output):
        (y,) = ctx.saved_tensors
        return y * (1 - y)


@misconception(
    "saves x where its backward wants the sigmoid of x",
    hint="s (1 - s) is meant for s = sigmoid(x). What does ctx.saved_tensors hold?",
    dies_by="test_sigmoid",
)
class MySigmoid(MySigmoid):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return 1 / (1 + torch.exp(-x))


@misconception(
    "applies the sigmoid to the saved sigmoid once more",
    hint="What forward saved is the sigmoid already.",
    dies_by="test_sigmoid",
)
class MySigmoid(MySigmoid):
    @staticmethod
    def backward(ctx, grad_output):
        (y,) = ctx.saved_tensors
        s = torch.sigmoid(y)
        return grad_output * s * (1 - s)


@misconception(
    "divides an exponential that overflows by another",
    hint="e^1000 is inf, and inf / inf is NaN. Divide numerator and denominator by e^x first, on paper.",
    dies_by="test_sigmoid",
)
class MySigmoid(MySigmoid):
    @staticmethod
    def forward(ctx, x):
        y = torch.exp(x) / (1 + torch.exp(x))
        ctx.save_for_backward(y)
        return y


@misconception(
    "cuts what it saved off from the graph",
    hint="The first derivative is right. For the second, backward itself is differentiated: look for .detach(), .data or no_grad in it.",
    dies_by="test_sigmoid_twice",
)
class MySigmoid(MySigmoid):
    @staticmethod
    def backward(ctx, grad_output):
        y = ctx.saved_tensors[0].detach()
        return grad_output * y * (1 - y)


# -- hvp ---------------------------------------------------------------------------------------------


@misconception(
    "does not keep a graph of the gradient",
    hint="The gradient can be differentiated again only if PyTorch recorded how it came about: create_graph.",
    dies_by="test_hvp",
)
def hvp(f, x, v):
    x = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(x), x)
    return torch.autograd.grad(gradient @ v, x)[0]


@misconception(
    "multiplies the gradient by v, without a second derivative",
    hint="That is the first derivative, entry times entry. The Hessian is made of derivatives of the gradient.",
    dies_by="test_hvp",
)
def hvp(f, x, v):
    x = x.detach().requires_grad_()
    return torch.autograd.grad(f(x), x)[0] * v


@misconception(
    "multiplies by v after the second derivative instead of before",
    hint="Differentiating the sum of the gradient adds up each row of H. v must come in before: in the product that you differentiate.",
    dies_by="test_hvp",
)
def hvp(f, x, v):
    x = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(x), x, create_graph=True)
    return torch.autograd.grad(gradient.sum(), x)[0] * v


@misconception(
    "reads x.grad, in which the gradient itself is still there",
    hint="Two backward calls add up in x.grad: the gradient and H v. Use torch.autograd.grad, or clear it in between.",
    dies_by="test_hvp",
)
def hvp(f, x, v):
    x = x.detach().requires_grad_()
    f(x).backward(create_graph=True)
    (x.grad @ v).backward()
    return x.grad.detach()


@misconception(
    "builds the whole Hessian, row by row",
    hint="Each row costs a gradient. Multiply by v first: then one number is left to differentiate.",
    dies_by="test_hvp_cost",
)
def hvp(f, x, v):
    x = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(x), x, create_graph=True)
    rows = [torch.autograd.grad(entry, x, retain_graph=True)[0] for entry in gradient]
    return torch.stack(rows) @ v


@misconception(
    "borrows PyTorch's own Hessian-vector product",
    hint="The numbers are right; the exercise is to differentiate twice yourself.",
    dies_by="test_hvp_cost",
)
def hvp(f, x, v):
    return torch.autograd.functional.hvp(f, x, v)[1]


@misconception(
    "has lost its tensor: what comes back is None",
    hint="Gradients are kept in leaves only. `x.requires_grad_().clone()` is no leaf: switch requires_grad on after the copy.",
    dies_by="test_grad_of",
)
def grad_of(f, x):
    x = x.detach().requires_grad_().clone()
    y = f(x)
    if y.numel() != 1:
        raise ValueError("f must return one number")
    y.backward()
    return x.grad


@misconception(
    "walks uphill",
    hint="The gradient points to where the loss grows. Which sign leads down?",
    dies_by="test_manual_step",
)
def manual_step(w, b, X, y, lr):
    w.grad = b.grad = None
    loss = (X @ w + b - y).square().mean()
    loss.backward()
    with torch.no_grad():
        w += lr * w.grad
        b += lr * b.grad
    return loss.detach()


@misconception(
    "leaves the bias where it was",
    hint="b is a parameter like w, with a gradient of its own. Which of the two does your step change?",
    dies_by="test_manual_step",
)
def manual_step(w, b, X, y, lr):
    w.grad = b.grad = None
    loss = (X @ w + b - y).square().mean()
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    return loss.detach()


@misconception(
    "leaves requires_grad switched on where f raises an error",
    hint="What stands after the call of f is skipped when f raises an error. Differentiate a leaf of your own, made by x.detach().",
    dies_by="test_grad_of",
)
def grad_of(f, x):
    flag = x.requires_grad
    y = f(x.requires_grad_())
    if y.numel() != 1:
        x.requires_grad_(flag)
        raise ValueError(f"{y.numel()} numbers")
    (gradient,) = torch.autograd.grad(y, x)
    x.requires_grad_(flag)
    return gradient


@misconception(
    "lets the gradient through relu at exactly 0",
    hint="Where the number is exactly 0 the slope is to be 0: is your comparison `>` or `>=`?",
    dies_by="test_functions",
)
class Value(Value):
    def relu(self):
        return Value(max(0.0, self.data), (self,), (1.0 if self.data >= 0 else 0.0,))


@misconception(
    "has a slope that is never positive for a number divided by a Value",
    hint="The slope of c / x is -c / x**2: with c = -3 it is positive.",
    dies_by="test_operators",
)
class Value(Value):
    def __rtruediv__(self, other):
        return Value(other / self.data, (self,), (-abs(other) / self.data**2,))
