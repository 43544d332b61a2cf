"""Other right ways to write this page."""

from itertools import product

import torch

from autograder.checking import variant


@variant("with backward, and the parameters' flags put back")
def saliency(model, image, target):
    flags = [(p, p.requires_grad) for p in model.parameters()]
    model.requires_grad_(False)
    x = image.detach().clone().unsqueeze(0)
    x.requires_grad = True
    with evaluating(model):
        model(x).squeeze(0)[target].backward()
    for p, flag in flags:
        p.requires_grad_(flag)
    return torch.linalg.vector_norm(x.grad.squeeze(0), ord=float("inf"), dim=0)


@variant("on a copy of the model")
def saliency(model, image, target):
    import copy

    twin = copy.deepcopy(model).eval()
    x = image.clone().requires_grad_()
    twin(x[None])[0][target].backward()
    return torch.maximum(x.grad, -x.grad).max(dim=0).values


@variant("on a copy of the model")
def layer_maps(model, layer, image, target):
    import copy

    name = next(name for name, part in model.named_modules() if part is layer)
    twin = copy.deepcopy(model).eval()
    kept = {}

    def hook(part, inputs, output):
        output.retain_grad()
        kept["A"] = output

    twin.get_submodule(name).register_forward_hook(hook)
    twin(image.clone().requires_grad_()[None])[0, target].backward()
    return kept["A"][0], kept["A"].grad[0]


@variant("on a copy of the model")
def occlusion(model, image, target, size, stride, fill=0.0):
    with evaluating(model), torch.no_grad():
        logit = model(image.unsqueeze(0))[0, target]
        result = []
        for y in range(0, image.shape[1] - size + 1, stride):
            row = []
            for x in range(0, image.shape[2] - size + 1, stride):
                covered = image.clone()
                covered[:, y : y + size, x : x + size] = fill
                row.append(logit - model(covered.unsqueeze(0))[0, target])
            result.append(torch.stack(row))
    return torch.stack(result)


@variant("one point of the way after the other")
def integrated_gradients(model, x, baseline, steps=50, target=None):
    total = torch.zeros_like(x)
    with evaluating(model):
        for k in range(steps):
            a = (k + 0.5) / steps
            point = ((1 - a) * baseline + a * x).detach().requires_grad_(True)
            score = model(point[None])[0]
            total = total + torch.autograd.grad(score if target is None else score[target], point)[0]
    return total / steps * (x - baseline)


@variant("with einsum")
def grad_cam(A, G):
    return torch.nn.functional.relu(torch.einsum("chw,c->hw", A, G.flatten(1).mean(1)))


@variant("with einsum")
def integrated_gradients(model, x, baseline, steps=50, target=None):
    edges = torch.linspace(0, 1, steps + 1, dtype=x.dtype)
    middles = (edges[1:] + edges[:-1]) / 2
    points = torch.stack([torch.lerp(baseline, x, a.item()) for a in middles]).detach().requires_grad_()
    with evaluating(model):
        scores = model(points)
        scores = scores if target is None else scores.select(1, target)
        (slopes,) = torch.autograd.grad(scores, points, torch.ones_like(scores))
    return torch.einsum("n...,...->...", slopes, x - baseline) / steps


@variant("tensordot, and windows by unfolding indices")
def grad_cam(A, G):
    weights = G.mean(-1).mean(-1)
    return torch.tensordot(weights, A, 1).relu()


@variant("tensordot, and windows by unfolding indices")
def occlusion(model, image, target, size, stride, fill=0.0):
    C, H, W = image.shape
    index = torch.arange(H * W).reshape(H, W).unfold(0, size, stride).unfold(1, size, stride)
    drops = torch.zeros(index.shape[:2], dtype=image.dtype)
    with evaluating(model), torch.no_grad():
        before = model(image[None])[0, target]
        for i, j in product(range(index.shape[0]), range(index.shape[1])):
            flat = image.reshape(C, -1).clone()
            flat[:, index[i, j].reshape(-1)] = fill
            drops[i, j] = before - model(flat.reshape(1, C, H, W))[0, target]
    return drops
