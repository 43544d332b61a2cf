"""What four ways of explaining a model must do.

The models are small classes of the course. Each lives twice: beside the student's code, and here, where the oracle asks it.
"""

import torch
from torch import nn

from autograder.checking import (
    assert_contract,
    assert_number,
    assert_same,
    layouts,
    points,
    raises,
    require,
    unmodified,
)

F64 = torch.float64


def tensor(*values) -> torch.Tensor:
    """A float64 tensor of these numbers or rows."""
    return torch.tensor(values, dtype=F64)


def draw(*shape: int) -> torch.Tensor:
    """Normal float64 values of this shape."""
    return torch.randn(shape, dtype=F64)


def assert_all(*pairs) -> None:
    """Each answer is what was expected. All calls are made before the first is judged: two mistakes seldom agree in all."""
    for answer, expected in pairs:
        assert_same(answer, expected, rtol=1e-9, atol=1e-12)


# -- the models --------------------------------------------------------------------------------------


class Plane(nn.Module):
    """Every logit is a weighted sum of the pixels."""

    def __init__(self, weight):  # (K, C, H, W)
        super().__init__()
        self.weight = nn.Parameter(weight.clone())

    def forward(self, images):
        return torch.einsum("nchw,kchw->nk", images, self.weight)


class Powers(nn.Module):
    """One number for each row: the sum of its entries' powers."""

    def __init__(self, power):
        super().__init__()
        self.power = power

    def forward(self, rows):
        return (rows**self.power).sum(1)


class Net(nn.Module):
    """Two convolutions and a linear layer. In training mode its dropout takes everything, so that all logits are equal."""

    def __init__(self, kernel, weight):  # (F, C, 3, 3), (K, F)
        super().__init__()
        count, channels = kernel.shape[:2]
        self.conv = nn.Conv2d(channels, count, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(count, dtype=kernel.dtype)
        self.drop = nn.Dropout(1.0)
        self.head = nn.Linear(count, len(weight), bias=False)
        self.conv.weight, self.head.weight = nn.Parameter(kernel.clone()), nn.Parameter(weight.clone())

    def forward(self, images):
        maps = self.drop(torch.tanh(self.norm(self.conv(images))))  # (N, F, H, W)
        ramp = torch.linspace(0.5, 1.5, maps.shape[2] * maps.shape[3], dtype=maps.dtype).reshape(maps.shape[2:])
        return self.head((maps * ramp).mean((2, 3)))


def unsettle(model):
    """Runs where the model lives: mixed modes, a gradient of an earlier step, a frozen parameter, somebody's hook."""
    model.conv.register_forward_hook(lambda part, inputs, output: None)
    model.train()
    model.norm.eval()
    model.conv.weight.grad = torch.ones_like(model.conv.weight)
    model.norm.weight.requires_grad_(False)


def freeze(model):
    """Runs where the model lives: no parameter requires a gradient."""
    model.requires_grad_(False)


def condition(model):
    """Runs where the model lives: all of a model that nobody who explains it may change."""
    return {
        "modes": [part.training for part in model.modules()],
        "grads": [p.grad for p in model.parameters()],
        "flags": [p.requires_grad for p in model.parameters()],
        "values": [p.detach().clone() for p in (*model.parameters(), *model.buffers())],
        "hooks": [len(part._forward_hooks) + len(part._backward_hooks) for part in model.modules()],
    }


#: what a message calls the parts of a condition
NAMES = {
    "modes": "the training modes of the model and its parts after the call",
    "grads": "the gradients that the model's parameters hold after the call",
    "flags": "requires_grad of the model's parameters after the call",
    "values": "the model's parameters and buffers after the call",
    "hooks": "the number of hooks on the model and its parts after the call",
}


def pair(student, name: str, kind: type, *settings, evaluating: bool = True):
    """A student's function, a model where it lives, and the same model here, in eval mode."""
    function = getattr(student, name)  # first: what the model answers then stands in the record of this function
    there = student.prop(kind)(*settings)
    if evaluating:
        there.eval()
    return function, there, kind(*settings).eval()


def net(student, name: str, evaluating: bool = True):
    """`pair` with a `Net` of two channels and three logits."""
    return pair(student, name, Net, draw(4, 2, 3, 3), 5 * draw(3, 4), evaluating=evaluating)


# -- the oracles -------------------------------------------------------------------------------------


def steepest(model, image: torch.Tensor, target: int) -> torch.Tensor:
    """Saliency, from the Jacobian of all logits at once."""
    table = torch.autograd.functional.jacobian(lambda z: model(z[None])[0], image)  # (K, C, H, W)
    return torch.maximum(table[target], -table[target]).max(0).values


def along(model, x: torch.Tensor, baseline: torch.Tensor, steps: int, target: int) -> torch.Tensor:
    """Integrated gradients by the midpoint rule, one point after another."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = torch.lerp(baseline, x, (2 * k + 1) / (2 * steps))
        total += torch.autograd.functional.jacobian(lambda z: model(z[None])[0, target], point) / steps
    return total * (x - baseline)


def falls(model, image: torch.Tensor, target: int, size: int, stride: int, fill: float) -> torch.Tensor:
    """Occlusion, one patch after another."""
    rows = []
    for y in range(0, image.shape[1] - size + 1, stride):
        rows.append([])
        for x in range(0, image.shape[2] - size + 1, stride):
            mask = torch.zeros_like(image)
            mask[:, y : y + size, x : x + size] = 1
            both = torch.stack([image, image * (1 - mask) + fill * mask])
            before, after = model(both).detach()[:, target]
            rows[-1].append(before - after)
    return torch.stack([torch.stack(row) for row in rows])


# -- saliency ----------------------------------------------------------------------------------------


@points(2)
def test_saliency(student):
    """of a weighted sum it is the largest weight of a pixel over the channels, without its sign; of a network, the slope"""
    weight = torch.stack([tensor([[1, -2, 0]], [[-3, 1, 0.5]]), tensor([[4, 4, 4]], [[7, 6, 5]])])  # (2, 2, 1, 3)
    function, there, _ = pair(student, "saliency", Plane, weight)
    image = tensor([[0.5, 0.1, 2]], [[0.2, 0.3, 0.4]])
    by_hand = (function(there, image, 0), tensor([3, 2, 0.5])), (function(there, image, 1), tensor([7, 6, 5]))
    many = draw(3, 20, 2, 18)
    wide, plane, here = pair(student, "saliency", Plane, many)
    by_hand += ((wide(plane, 0 * many[0], 2), many[2].abs().amax(0)),)
    function, there, here = net(student, "saliency")
    image, pixel = draw(2, 4, 5), draw(2, 1, 1)
    assert_all(
        *by_hand,
        (function(there, image, 2), steepest(here, image, 2)),
        (function(there, pixel, 1), steepest(here, pixel, 1)),
        *((function(there, other, 2), steepest(here, other, 2)) for _, other in layouts(image)),
    )


@points(1)
def test_saliency_of_a_sure_answer(student):
    """where the model is sure, its probability stands still, but the logit still answers"""
    weight = torch.stack([tensor([[60, -80]]), tensor([[-50, 0]])])
    function, there, _ = pair(student, "saliency", Plane, weight)
    assert_same(function(there, tensor([[2, -1]]), 0), tensor([60, 80]))


@points(1)
def test_follows_the_weights(student):
    """twice the weights make twice the map, and other weights another map"""
    kernel, weight, image = draw(4, 2, 3, 3), draw(3, 4), draw(2, 4, 5)
    maps = []
    for settings in ((kernel, weight), (kernel, 2 * weight), (draw(4, 2, 3, 3), weight)):
        function, there, _ = pair(student, "saliency", Net, *settings)
        maps.append(function(there, image, 0))
    assert_same(maps[1], 2 * maps[0], about="the map of the model with twice the weights")
    same = isinstance(maps[2], torch.Tensor) and torch.allclose(maps[0], maps[2], rtol=1e-3)
    require(
        not same, "two models with different weights have the same map: it explains the image, not the model", maps[2]
    )


# -- integrated gradients ----------------------------------------------------------------------------


@points(1)
def test_integrated_gradients_of_a_sum(student):
    """of a weighted sum they are weight times (x - baseline), however many steps are taken"""
    weight = torch.stack([tensor([[9, 9, 9]]), tensor([[1, -2, 3]])])  # (2, 1, 1, 3)
    function, there, _ = pair(student, "integrated_gradients", Plane, weight)
    x, baseline = tensor([[2, 1, 5]]), tensor([[1, 3, 0]])
    assert_all(*((function(there, x, baseline, steps, target=1), tensor([[1, 4, 15]])) for steps in (4, 1)))


@points(2)
def test_integrated_gradients(student):
    """they add up to f(x) - f(baseline): exactly for squares, within a hundredth for a network; by the midpoint rule"""
    many = draw(20, 18, 2, 1)
    function, there, _ = pair(student, "integrated_gradients", Plane, many)
    found = function(there, many[0], 0 * many[0], 1, target=19)
    assert_same(found, many[19] * many[0], about="for the last of 20 logits, of 18 channels")
    function, there, _ = pair(student, "integrated_gradients", Powers, 2)
    x, baseline = tensor(3, 1, -2), tensor(1, 2, 0)
    assert_all(*((function(there, x, baseline, steps), x**2 - baseline**2) for steps in (3, 1)))
    function, there, _ = pair(student, "integrated_gradients", Powers, 3)
    middles = tensor(1.5, 1.75, -0.5) ** 2 + tensor(2.5, 1.25, -1.5) ** 2
    assert_same(function(there, x, baseline, 2), (x - baseline) * 3 * middles / 2)
    function, there, here = net(student, "integrated_gradients")
    x, baseline = draw(2, 4, 5), draw(2, 4, 5) / 2
    with unmodified(x, baseline):
        answer = function(there, x, baseline, 5, target=2)
    assert_same(answer, along(here, x, baseline, 5, 2))
    pairs = [(other, baseline) for _, other in layouts(x)] + [(x, other) for _, other in layouts(baseline)]
    for end, start in (*pairs, (draw(2, 4, 1), draw(2, 4, 1)), (draw(2, 1, 3), draw(2, 1, 3))):
        assert_same(function(there, end, start, 3, target=1), along(here, end, start, 3, 1))
    few = draw(1, 2, 2), draw(1, 2, 2)
    function_, small, ours = pair(student, "integrated_gradients", Net, draw(2, 1, 3, 3), draw(2, 2))
    assert_same(function_(small, *few, 130, target=1), along(ours, *few, 130, 1), about="with 130 steps")
    contributions = function(there, x, baseline, target=0)
    assert_same(contributions, along(here, x, baseline, 50, 0), about="with the usual number of steps")
    require(
        isinstance(contributions, torch.Tensor) and contributions.shape == x.shape, "one number an entry", contributions
    )
    change = (here(x[None]) - here(baseline[None]))[0, 0].item()
    assert_number(contributions.sum(), change, rtol=0.01, atol=0.01, about="the sum, with the usual number of steps")


# -- Grad-CAM ----------------------------------------------------------------------------------------


@points(2)
def test_grad_cam(student):
    """channels are weighed with the mean of their slopes and added up; what is below 0 becomes 0"""
    A = tensor([[1, 2, 0]], [[1, 0, 3]])
    G = tensor([[3, 1, 2]], [[-1, 0, -2]])  # means 2 and -1
    with unmodified(A, G):
        pairs = [(student.grad_cam(A, G), tensor([1, 4, 0]))]
    for shape in ((130, 2, 18), (5, 3, 4), (3, 3, 3), (1, 2, 2)):
        A, G = draw(*shape), draw(*shape) + 0.3
        pairs.append((student.grad_cam(A, G), class_map(A, G)))
    assert_all(*pairs)
    assert_same(student.grad_cam(A.abs().float(), -G.abs().float()), torch.zeros(2, 2))
    for shape in ((3, 2, 4), (2, 1, 1), (2, 4, 1), (1, 1, 3)):
        A, G = draw(*shape), draw(*shape) + 0.3
        for place, which in enumerate("AG"):
            assert_contract(student.grad_cam, class_map, A, G, of=place, name=which)


def class_map(A, G):
    """Grad-CAM, one channel after another."""
    return sum(g.mean() * a for a, g in zip(A, G, strict=True)).relu()


@points(1)
def test_layer_maps(student):
    """layer_maps gives what the layer puts out and the slope of the logit there, and takes its hook away again"""
    function, there, here = net(student, "layer_maps")
    image = draw(2, 4, 5)
    ramp = torch.linspace(0.5, 1.5, 20, dtype=F64).reshape(4, 5)
    for target, layer in ((1, "conv"), (0, "conv"), (2, "conv"), (1, "norm")):
        found = function(there, getattr(there, layer), image, target)
        maps = here.conv(image[None])
        maps = (maps if layer == "conv" else here.norm(maps)).detach().requires_grad_()
        logits = here.head((torch.tanh(here.norm(maps) if layer == "conv" else maps) * ramp).mean((2, 3)))
        (slope,) = torch.autograd.grad(logits[0, target], maps)
        assert_same(found, (maps[0].detach(), slope[0]))
    there.train()
    with raises(RuntimeError):
        function(there, there.conv, draw(2, 4, 5).float(), 1)  # the layer raises an error
    with raises(IndexError):
        function(there, there.conv, image, 99)
    modes, hooks, flags = map(student.prop(condition)(there).__getitem__, ("modes", "hooks", "flags"))
    require(all(modes), "the model raised an error, and is in another mode than the one in which it came", claims=True)
    why = "a hook is left behind, after an error perhaps: it keeps the maps of every later image alive"
    require(not any(hooks), why, hooks, claims=True)
    require(all(flags), "the model raised an error, and a parameter requires no gradient any more", claims=True)


# -- occlusion ---------------------------------------------------------------------------------------


@points(2)
def test_occlusion(student):
    """of a weighted sum the drop is what the covered pixels had contributed, less what the patch contributes instead"""
    weight = torch.stack([tensor([[1, 2, 3]], [[0, 0, 1]]), tensor([[5, 5, 5]], [[5, 5, 5]])])  # (2, 2, 1, 3)
    function, there, _ = pair(student, "occlusion", Plane, weight)
    image = tensor([[4, 3, 2]], [[1, 1, 6]])
    pairs = [(function(there, image, 0, 1, 1), tensor([4, 6, 12]))]
    pairs.append((function(there, image, 0, 1, 1, 0.5), tensor([3.5, 5, 10])))
    function, there, here = net(student, "occlusion")
    image = draw(2, 4, 6)
    for target, fill in ((2, 0.0), (1, 0.25), (0, -1.2371)):
        pairs.append((function(there, image, target, 2, 1, fill), falls(here, image, target, 2, 1, fill)))
    for _, other in layouts(image):
        pairs.append((function(there, other, 0, 2, 2), falls(here, other, 0, 2, 2, 0.0)))
    pairs.append((function(there, image, 0, 4, 1, 255.0), falls(here, image, 0, 4, 1, 255.0)))
    for shape in ((1, 3, 4), (1, 3, 1), (1, 1, 4), (1, 20, 1), (1, 1, 20)):
        function, there, here = pair(student, "occlusion", Net, draw(4, 1, 3, 3), 5 * draw(3, 4))
        image = draw(*shape)
        pairs.append((function(there, image, 1, 1, 1), falls(here, image, 1, 1, 1, 0.0)))
    assert_all(*pairs)


@points(1)
def test_occlusion_grid(student):
    """patches start every `stride` pixels and lie wholly inside; `size` and `stride` need not be the same"""
    function, there, here = net(student, "occlusion")
    for shape, size, stride in (((2, 5, 8), 3, 2), ((2, 7, 4), 2, 3), ((2, 3, 3), 3, 1), ((2, 30, 40), 10, 15)):
        image = draw(*shape)
        assert_same(function(there, image, 0, size, stride), falls(here, image, 0, size, stride, 0.0))


# -- whoever explains changes nothing ----------------------------------------------------------------


def ask(student, name: str, there, image: torch.Tensor):
    """The answer of one of the page's functions, by its name."""
    function = getattr(student, name)
    if name == "integrated_gradients":
        return function(there, image, torch.zeros_like(image), 3, target=1)
    if name == "layer_maps":
        return function(there, there.conv, image, 1)
    return function(there, image, 1, 2, 2) if name == "occlusion" else function(there, image, 1)


PAGE = ("saliency", "integrated_gradients", "layer_maps", "occlusion")


@points(1)
def test_in_eval_mode(student):
    """a model that comes in training mode is asked in eval mode: the answer is the same"""
    for name in PAGE:
        settings, image = (draw(4, 2, 3, 3), draw(3, 4)), draw(2, 4, 5)
        answers = []
        for evaluating in (True, False):
            _, there, _ = pair(student, name, Net, *settings, evaluating=evaluating)
            answers.append(ask(student, name, there, image))
        assert_same(answers[1], answers[0], about=f"what {name} says of the same model in training mode")


@points(1)
def test_leaves_the_model_alone(student):
    """modes, parameters, buffers and gradients are what they were, and a frozen model is explained as well"""
    for name in PAGE:
        _, there, _ = net(student, name)
        student.prop(unsettle)(there)
        before = student.prop(condition)(there)
        ask(student, name, there, draw(2, 4, 5))
        after = student.prop(condition)(there)
        for what, about in NAMES.items():
            assert_same(after[what], before[what], rtol=0, atol=0, about=about, claims=True)
        student.prop(freeze)(there)
        ask(student, name, there, draw(2, 4, 5))


@points(1)
def test_leaves_the_image_alone(student):
    """the image stays as it was and gets no requires_grad; float32 stays float32, and a transposed view works"""
    for name in PAGE:
        kernel, weight = draw(4, 2, 3, 3).float(), draw(3, 4).float()
        _, there, _ = pair(student, name, Net, kernel, weight)
        image = torch.rand(2, 5, 4).transpose(1, 2)
        with unmodified(image):
            answer = ask(student, name, there, image)
        for part in answer if isinstance(answer, tuple) else (answer,):
            right = isinstance(part, torch.Tensor) and part.dtype == torch.float32
            require(right, f"{name} of a float32 image gives float32", part)
