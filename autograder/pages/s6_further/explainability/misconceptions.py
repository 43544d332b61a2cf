"""Wrong ways to explain a model, as students write them."""

import torch

from autograder.checking import misconception


@misconception(
    "differentiates the probability, not the logit",
    hint="Where the model is sure, softmax is flat, and its slope is next to nothing. The docstring names the logit.",
    dies_by="test_saliency_of_a_sure_answer",
)
def saliency(model, image, target):
    x = image.detach()[None].requires_grad_()
    with evaluating(model):
        (slope,) = torch.autograd.grad(model(x).softmax(1)[0, target], x)
    return slope[0].abs().amax(0)


@misconception(
    "forgets the absolute value",
    hint="A pixel that lowers the logit steeply matters as much as one that raises it. What does the maximum make of 1 and -3?",
    dies_by="test_saliency",
)
def saliency(model, image, target):
    x = image.detach()[None].requires_grad_()
    with evaluating(model):
        (slope,) = torch.autograd.grad(model(x)[0, target], x)
    return slope[0].amax(0)


@misconception(
    "averages over the channels",
    hint="The docstring asks for the largest of a pixel's channels, not for their mean.",
    dies_by="test_saliency",
)
def saliency(model, image, target):
    x = image.detach()[None].requires_grad_()
    with evaluating(model):
        (slope,) = torch.autograd.grad(model(x)[0, target], x)
    return slope[0].abs().mean(0)


@misconception(
    "differentiates the sum of all logits",
    hint="`target` is not used: the map is the same for every class. Which single number do you want to differentiate?",
    dies_by="test_saliency",
)
def saliency(model, image, target):
    x = image.detach()[None].requires_grad_()
    with evaluating(model):
        (slope,) = torch.autograd.grad(model(x).sum(), x)
    return slope[0].abs().amax(0)


@misconception(
    "multiplies the slope by the image",
    hint="A black pixel then never matters, however steep the logit is there. Saliency is the slope alone.",
    dies_by="test_saliency",
)
def saliency(model, image, target):
    x = image.detach()[None].requires_grad_()
    with evaluating(model):
        (slope,) = torch.autograd.grad(model(x)[0, target], x)
    return (slope[0] * image).abs().amax(0)


@misconception(
    "scales the map so that its maximum is 1",
    hint="That is for the picture. A model with twice the weights has twice the slopes, and the numbers should say so.",
    dies_by="test_follows_the_weights",
)
def saliency(model, image, target):
    x = image.detach()[None].requires_grad_()
    with evaluating(model):
        (slope,) = torch.autograd.grad(model(x)[0, target], x)
    map = slope[0].abs().amax(0)
    return map / map.max()


@misconception(
    "asks the model in whatever mode it comes",
    hint="In training mode dropout draws at random and batch norm looks at the batch. Which helper stands at the top of the page?",
    dies_by="test_in_eval_mode",
)
def saliency(model, image, target):
    x = image.detach()[None].requires_grad_()
    (slope,) = torch.autograd.grad(model(x)[0, target], x)
    return slope[0].abs().amax(0)


@misconception(
    "leaves the model in eval mode",
    hint="The caller may be in the middle of training and would go on without dropout. Who puts the modes back?",
    dies_by="test_leaves_the_model_alone",
)
def saliency(model, image, target):
    x = image.detach()[None].requires_grad_()
    model.eval()
    (slope,) = torch.autograd.grad(model(x)[0, target], x)
    return slope[0].abs().amax(0)


@misconception(
    "switches every part back to training mode",
    hint="A batch norm that was frozen in eval mode is thawed by model.train(). Each part must get back its own mode.",
    dies_by="test_leaves_the_model_alone",
)
def saliency(model, image, target):
    x = image.detach()[None].requires_grad_()
    was = model.training
    model.eval()
    (slope,) = torch.autograd.grad(model(x)[0, target], x)
    model.train(was)
    return slope[0].abs().amax(0)


@misconception(
    "leaves gradients behind in the model's parameters",
    hint="backward() adds to .grad of every parameter, and the caller's next step takes that for its own. torch.autograd.grad does not.",
    dies_by="test_leaves_the_model_alone",
)
def saliency(model, image, target):
    x = image.detach()[None].requires_grad_()
    with evaluating(model):
        model(x)[0, target].backward()
    return x.grad[0].abs().amax(0)


@misconception(
    "makes the caller's image require a gradient",
    hint="image.requires_grad_() changes the tensor you were given. What does image.detach() give you?",
    dies_by="test_leaves_the_image_alone",
)
def saliency(model, image, target):
    image.requires_grad_()
    with evaluating(model):
        (slope,) = torch.autograd.grad(model(image[None])[0, target], image)
    return slope.abs().amax(0)


@misconception(
    "looks at the left end of every step",
    hint="With a = 0, 1/n, ... the end of the way is never seen, and a square comes out too small. Where is the middle of a step?",
    dies_by="test_integrated_gradients",
)
def integrated_gradients(model, x, baseline, steps=50, target=None):
    way = torch.arange(steps, dtype=x.dtype) / steps
    points = baseline + way.reshape(-1, *[1] * x.dim()) * (x - baseline)
    points = points.detach().requires_grad_()
    with evaluating(model):
        scores = model(points) if target is None else model(points)[:, target]
        (slopes,) = torch.autograd.grad(scores.sum(), points)
    return (x - baseline) * slopes.mean(0)


@misconception(
    "looks at the right end of every step",
    hint="With a = 1/n, ..., 1 a square comes out too large. The middle of a step has a far smaller error.",
    dies_by="test_integrated_gradients",
)
def integrated_gradients(model, x, baseline, steps=50, target=None):
    way = torch.arange(1, steps + 1, dtype=x.dtype) / steps
    points = baseline + way.reshape(-1, *[1] * x.dim()) * (x - baseline)
    points = points.detach().requires_grad_()
    with evaluating(model):
        scores = model(points) if target is None else model(points)[:, target]
        (slopes,) = torch.autograd.grad(scores.sum(), points)
    return (x - baseline) * slopes.mean(0)


@misconception(
    "takes the gradient at x only",
    hint="Where the score has levelled off near x, the slope there is 0, though every pixel helped on the way up. Walk the way.",
    dies_by="test_integrated_gradients",
)
def integrated_gradients(model, x, baseline, steps=50, target=None):
    point = x.detach()[None].requires_grad_()
    with evaluating(model):
        scores = model(point) if target is None else model(point)[:, target]
        (slope,) = torch.autograd.grad(scores.sum(), point)
    return (x - baseline) * slope[0]


@misconception(
    "leaves out the factor x - baseline",
    hint="Your result is a mean slope. How far did each entry go along that slope?",
    dies_by="test_integrated_gradients_of_a_sum",
)
def integrated_gradients(model, x, baseline, steps=50, target=None):
    way = (torch.arange(steps, dtype=x.dtype) + 0.5) / steps
    points = baseline + way.reshape(-1, *[1] * x.dim()) * (x - baseline)
    points = points.detach().requires_grad_()
    with evaluating(model):
        scores = model(points) if target is None else model(points)[:, target]
        (slopes,) = torch.autograd.grad(scores.sum(), points)
    return slopes.mean(0)


@misconception(
    "takes the baseline for 0",
    hint="x times the mean slope is right for a black baseline only. Where does your way begin, and how long is it?",
    dies_by="test_integrated_gradients_of_a_sum",
)
def integrated_gradients(model, x, baseline, steps=50, target=None):
    way = (torch.arange(steps, dtype=x.dtype) + 0.5) / steps
    points = way.reshape(-1, *[1] * x.dim()) * x
    points = points.detach().requires_grad_()
    with evaluating(model):
        scores = model(points) if target is None else model(points)[:, target]
        (slopes,) = torch.autograd.grad(scores.sum(), points)
    return x * slopes.mean(0)


@misconception(
    "adds the slopes up where their mean is asked for",
    hint="Twice as many steps must not double the answer. How long is one step?",
    dies_by="test_integrated_gradients_of_a_sum",
)
def integrated_gradients(model, x, baseline, steps=50, target=None):
    way = (torch.arange(steps, dtype=x.dtype) + 0.5) / steps
    points = baseline + way.reshape(-1, *[1] * x.dim()) * (x - baseline)
    points = points.detach().requires_grad_()
    with evaluating(model):
        scores = model(points) if target is None else model(points)[:, target]
        (slopes,) = torch.autograd.grad(scores.sum(), points)
    return (x - baseline) * slopes.sum(0)


@misconception(
    "forgets the ReLU",
    hint="The map has entries below 0: they speak against the class and are left out.",
    dies_by="test_grad_cam",
)
def grad_cam(A, G):
    return (G.mean((1, 2), keepdim=True) * A).sum(0)


@misconception(
    "multiplies place by place instead of weighing whole channels",
    hint="A channel has one weight, the mean of its slopes over all places. Which shape do your weights have?",
    dies_by="test_grad_cam",
)
def grad_cam(A, G):
    return (G * A).sum(0).clamp(min=0)


@misconception(
    "leaves out every channel that speaks against the class",
    hint="A channel with a negative weight lowers the map where it is active. The ReLU comes last, after the sum.",
    dies_by="test_grad_cam",
)
def grad_cam(A, G):
    return (G.mean((1, 2), keepdim=True) * A).clamp(min=0).sum(0)


@misconception(
    "weighs the slopes with the mean activations",
    hint="Two letters have changed places: the weights are means of G, the maps are A.",
    dies_by="test_grad_cam",
)
def grad_cam(A, G):
    return (A.mean((1, 2), keepdim=True) * G).sum(0).clamp(min=0)


@misconception(
    "leaves its hook behind",
    hint="The hook runs with every later image and keeps its maps. register_forward_hook gives you a handle: what is it for?",
    dies_by="test_layer_maps",
)
def layer_maps(model, layer, image, target):
    maps = []
    layer.register_forward_hook(lambda part, inputs, output: maps.append(output))
    with evaluating(model):
        logit = model(image.detach()[None].requires_grad_())[0, target]
    (slope,) = torch.autograd.grad(logit, maps[0])
    return maps[0][0].detach(), slope[0]


@misconception(
    "turns the sign of the drop round",
    hint="Covering what matters makes the logit fall: a large positive drop. Which of the two logits is subtracted?",
    dies_by="test_occlusion",
)
def occlusion(model, image, target, size, stride, fill=0.0):
    rows, columns = (range(0, side - size + 1, stride) for side in image.shape[1:])
    covered = image.repeat(len(rows) * len(columns), 1, 1, 1)
    for copy, (y, x) in zip(covered, product(rows, columns), strict=True):
        copy[:, y : y + size, x : x + size] = fill
    with evaluating(model), torch.no_grad():
        drop = model(covered)[:, target] - model(image[None])[:, target]
    return drop.reshape(len(rows), len(columns))


@misconception(
    "covers with 0, whatever `fill` says",
    hint="The parameter `fill` is not used. Is 0 really the colour of nothing in every image?",
    dies_by="test_occlusion",
)
def occlusion(model, image, target, size, stride, fill=0.0):
    rows, columns = (range(0, side - size + 1, stride) for side in image.shape[1:])
    covered = image.repeat(len(rows) * len(columns), 1, 1, 1)
    for copy, (y, x) in zip(covered, product(rows, columns), strict=True):
        copy[:, y : y + size, x : x + size] = 0
    with evaluating(model), torch.no_grad():
        drop = model(image[None])[:, target] - model(covered)[:, target]
    return drop.reshape(len(rows), len(columns))


@misconception(
    "covers the first channel only",
    hint="A patch hides red, green and blue. Which dimension of the image comes first?",
    dies_by="test_occlusion",
)
def occlusion(model, image, target, size, stride, fill=0.0):
    rows, columns = (range(0, side - size + 1, stride) for side in image.shape[1:])
    covered = image.repeat(len(rows) * len(columns), 1, 1, 1)
    for copy, (y, x) in zip(covered, product(rows, columns), strict=True):
        copy[0, y : y + size, x : x + size] = fill
    with evaluating(model), torch.no_grad():
        drop = model(image[None])[:, target] - model(covered)[:, target]
    return drop.reshape(len(rows), len(columns))


@misconception(
    "covers the caller's image itself",
    hint="Your patches pile up: after the last one the whole image is grey, the caller's too. Each patch needs a fresh copy.",
    dies_by="test_occlusion",
)
def occlusion(model, image, target, size, stride, fill=0.0):
    rows, columns = (range(0, side - size + 1, stride) for side in image.shape[1:])
    drops = []
    with evaluating(model), torch.no_grad():
        whole = model(image[None])[0, target]
        for y, x in product(rows, columns):
            image[:, y : y + size, x : x + size] = fill
            drops.append(whole - model(image[None])[0, target])
    return torch.stack(drops).reshape(len(rows), len(columns))


@misconception(
    "lets patches hang over the edge",
    hint="The last patch must lie wholly inside. For 5 rows, size 3 and stride 2 there are two of them: count yours.",
    dies_by="test_occlusion_grid",
)
def occlusion(model, image, target, size, stride, fill=0.0):
    rows, columns = (range(0, side, stride) for side in image.shape[1:])
    covered = image.repeat(len(rows) * len(columns), 1, 1, 1)
    for copy, (y, x) in zip(covered, product(rows, columns), strict=True):
        copy[:, y : y + size, x : x + size] = fill
    with evaluating(model), torch.no_grad():
        drop = model(image[None])[:, target] - model(covered)[:, target]
    return drop.reshape(len(rows), len(columns))


@misconception(
    "goes on by the size of the patch, not by the stride",
    hint="The parameter `stride` is not used. Patches may overlap, or leave gaps.",
    dies_by="test_occlusion_grid",
)
def occlusion(model, image, target, size, stride, fill=0.0):
    rows, columns = (range(0, side - size + 1, size) for side in image.shape[1:])
    covered = image.repeat(len(rows) * len(columns), 1, 1, 1)
    for copy, (y, x) in zip(covered, product(rows, columns), strict=True):
        copy[:, y : y + size, x : x + size] = fill
    with evaluating(model), torch.no_grad():
        drop = model(image[None])[:, target] - model(covered)[:, target]
    return drop.reshape(len(rows), len(columns))


@misconception(
    "throws other people's hooks away with its own",
    hint="The layer may have had a hook before you came. What does the handle of yours offer?",
    dies_by="test_leaves_the_model_alone",
)
def layer_maps(model, layer, image, target):
    maps = []
    layer.register_forward_hook(lambda part, inputs, output: maps.append(output))
    with evaluating(model):
        logit = model(image.detach()[None].requires_grad_())[0, target]
    layer._forward_hooks.clear()
    (slope,) = torch.autograd.grad(logit, maps[0])
    return maps[0][0].detach(), slope[0]


@misconception(
    "asks for the logit of the likeliest class",
    hint="The caller says whose logit it is about; a map for another class than the winner is wanted often.",
    dies_by="test_layer_maps",
)
def layer_maps(model, layer, image, target):
    maps = []
    with evaluating(model), layer.register_forward_hook(lambda part, inputs, output: maps.append(output)):
        logit = model(image.detach()[None].requires_grad_())[0].max()
    (slope,) = torch.autograd.grad(logit, maps[0])
    return maps[0][0].detach(), slope[0]


@misconception(
    "gives the same maps, whatever layer was named",
    hint="`layer` is one of the model's parts; which one does your hook listen to?",
    dies_by="test_layer_maps",
)
def layer_maps(model, layer, image, target):
    maps = []
    last = [part for part in model.modules() if isinstance(part, nn.Conv2d)][-1]
    with evaluating(model), last.register_forward_hook(lambda part, inputs, output: maps.append(output)):
        logit = model(image.detach()[None].requires_grad_())[0, target]
    (slope,) = torch.autograd.grad(logit, maps[0])
    return maps[0][0].detach(), slope[0]


@misconception(
    "takes the target 0 for none",
    hint="0 is a class like any other, but `if target:` takes it for None. Ask `is not None`.",
    dies_by="test_integrated_gradients",
)
def integrated_gradients(model, x, baseline, steps=50, target=None):
    way = (torch.arange(steps, dtype=x.dtype) + 0.5) / steps
    points = baseline + way.reshape(-1, *[1] * x.dim()) * (x - baseline)
    points = points.detach().requires_grad_()
    with evaluating(model):
        scores = model(points)
        if target:
            scores = scores[:, target]
        (slopes,) = torch.autograd.grad(scores.sum(), points)
    return (x - baseline) * slopes.mean(0)


# -- as beginners write them -------------------------------------------------------------------------


def slope_of(model, image, target):
    x = image.detach()[None].requires_grad_()
    with evaluating(model):
        (slope,) = torch.autograd.grad(model(x)[0, target], x)
    return slope[0]


@misconception(
    "adds the channels up",
    hint="The docstring takes the largest over the channels. Their sum makes colour images brighter than grey ones.",
    dies_by="test_saliency",
)
def saliency(model, image, target):
    return slope_of(model, image, target).abs().sum(0)


@misconception(
    "looks at the first channel only",
    hint="A red pixel may not matter where its blue does. The largest over the channels: amax(0).",
    dies_by="test_saliency",
)
def saliency(model, image, target):
    return slope_of(model, image, target)[0].abs()


@misconception(
    "looks at both ends of the way",
    hint="linspace(0, 1, steps) has points at both ends. The midpoint rule looks at the middle of every step: (k + 1/2) / steps.",
    dies_by="test_integrated_gradients",
)
def integrated_gradients(model, x, baseline, steps=50, target=None):
    total = torch.zeros_like(x)
    for a in torch.linspace(0, 1, steps, dtype=x.dtype):
        point = (baseline + a * (x - baseline))[None].detach().requires_grad_()
        with evaluating(model):
            score = model(point)
            score = score.sum() if target is None else score[0, target]
            total += torch.autograd.grad(score, point)[0][0]
    return (x - baseline) * total / steps


@misconception(
    "gives the sizes of the contributions, without signs",
    hint="A contribution may lower the score, and only with their signs do they add up to f(x) - f(baseline).",
    dies_by="test_integrated_gradients",
)
def integrated_gradients(model, x, baseline, steps=50, target=None):
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (baseline + (k + 0.5) / steps * (x - baseline))[None].detach().requires_grad_()
        with evaluating(model):
            score = model(point)
            score = score.sum() if target is None else score[0, target]
            total += torch.autograd.grad(score, point)[0][0]
    return ((x - baseline) * total / steps).abs()


@misconception("leaves out the factor x - baseline")
def integrated_gradients(model, x, baseline, steps=50, target=None):
    way = ((torch.arange(steps) + 0.5) / steps).reshape(-1, *[1] * x.dim()).to(x.dtype)
    points = (baseline + way * (x - baseline)).requires_grad_()
    with evaluating(model):
        scores = model(points)
        scores = scores if target is None else scores[:, target]
        return torch.autograd.grad(scores.sum(), points)[0].mean(0)


@misconception(
    "weighs the channels by the sizes of their slopes, without signs",
    hint="A channel whose slope is negative speaks against the class. Its weight keeps the sign.",
    dies_by="test_grad_cam",
)
def grad_cam(A, G):
    return (G.abs().mean((1, 2), keepdim=True) * A).sum(0).clamp(min=0)


@misconception(
    "adds the slopes up where their mean belongs",
    hint="The weight of a channel is the mean over its places: divide by h w.",
    dies_by="test_grad_cam",
)
def grad_cam(A, G):
    return (G.sum((1, 2), keepdim=True) * A).sum(0).clamp(min=0)


@misconception(
    "answers in float32",
    hint="torch.zeros makes float32 unless you say otherwise. Begin with A.new_zeros, or let sum() do it.",
    dies_by="test_grad_cam",
)
def grad_cam(A, G):
    return (G.mean((1, 2), keepdim=True) * A).sum(0).clamp(min=0).float()


@misconception(
    "divides the map by its maximum",
    hint="Then nobody sees how strong a map is, and an empty one is 0 / 0. The docstring says: not scaled.",
    dies_by="test_grad_cam",
)
def grad_cam(A, G):
    cam = (G.mean((1, 2), keepdim=True) * A).sum(0).clamp(min=0)
    return cam / cam.max()


@misconception("forgets the ReLU")
def grad_cam(A, G):
    return (G.mean((1, 2), keepdim=True) * A.relu()).sum(0)


@misconception("forgets the ReLU")
def grad_cam(A, G):
    return (G.mean((1, 2), keepdim=True) * A).sum(0).float()


@misconception(
    "keeps the batch dimension",
    hint="The model sees a batch of one, and its maps come as (1, F, h, w). [0] is the one image.",
    dies_by="test_layer_maps",
)
def layer_maps(model, layer, image, target):
    maps = []
    with evaluating(model), layer.register_forward_hook(lambda part, inputs, output: maps.append(output)):
        logit = model(image.detach()[None].requires_grad_())[0, target]
    return maps[0].detach(), torch.autograd.grad(logit, maps[0])[0]


@misconception(
    "leaves the last row and column of patches out",
    hint="From the first place to the last there are floor((H - size) / stride) steps, so there is one place more.",
    dies_by="test_occlusion",
)
def occlusion(model, image, target, size, stride, fill=0.0):
    height, width = ((side - size) // stride for side in image.shape[1:])
    drop = torch.zeros(height, width, dtype=image.dtype)
    with evaluating(model), torch.no_grad():
        for i in range(height):
            for j in range(width):
                x = image.clone()
                x[:, i * stride : i * stride + size, j * stride : j * stride + size] = fill
                drop[i, j] = model(image[None])[0, target] - model(x[None])[0, target]
    return drop


@misconception("leaves the last row and column of patches out")
def occlusion(model, image, target, size, stride, fill=0.0):
    height, width = ((side - size) // stride for side in image.shape[1:])
    drop = torch.zeros(height, width)
    with evaluating(model), torch.no_grad():
        for i in range(height):
            for j in range(width):
                x = image.clone()
                x[:, i * stride : i * stride + size, j * stride : j * stride + size] = fill
                drop[i, j] = model(image[None])[0, target] - model(x[None])[0, target]
    return drop


@misconception(
    "leaves earlier patches covered",
    hint="The copy is made once, and each patch is laid over the earlier ones. A fresh copy for each patch.",
    dies_by="test_occlusion",
)
def occlusion(model, image, target, size, stride, fill=0.0):
    rows, columns = (range(0, side - size + 1, stride) for side in image.shape[1:])
    drop, x = torch.zeros(len(rows), len(columns), dtype=image.dtype), image.clone()
    with evaluating(model), torch.no_grad():
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                x[:, row : row + size, column : column + size] = fill
                drop[i, j] = model(image[None])[0, target] - model(x[None])[0, target]
    return drop


@misconception(
    "measures the drop of the probability, not of the logit",
    hint="Where the model is sure, a probability hardly moves. The docstring asks for the logits.",
    dies_by="test_occlusion",
)
def occlusion(model, image, target, size, stride, fill=0.0):
    rows, columns = (range(0, side - size + 1, stride) for side in image.shape[1:])
    drop = torch.zeros(len(rows), len(columns), dtype=image.dtype)
    with evaluating(model), torch.no_grad():
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                x = image.clone()
                x[:, row : row + size, column : column + size] = fill
                drop[i, j] = model(image[None]).softmax(1)[0, target] - model(x[None]).softmax(1)[0, target]
    return drop


@misconception("measures the drop of the probability, not of the logit")
def occlusion(model, image, target, size, stride, fill=0.0):
    rows, columns = (range(0, side - size + 1, stride) for side in image.shape[1:])
    drop = torch.zeros(len(rows), len(columns), dtype=image.dtype)
    with evaluating(model), torch.no_grad():
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                x = image.clone()
                x[:, row : row + size, column : column + size] = 0
                drop[i, j] = model(image[None]).softmax(1)[0, target] - model(x[None]).softmax(1)[0, target]
    return drop


@misconception(
    "leaves the parameters frozen where an error is raised",
    hint="What stands after the call is skipped when the model raises an error. autograd.grad needs no frozen parameters.",
    dies_by="test_layer_maps",
)
def layer_maps(model, layer, image, target):
    flags = [p.requires_grad for p in model.parameters()]
    maps = []
    for p in model.parameters():
        p.requires_grad_(False)
    with evaluating(model), layer.register_forward_hook(lambda part, inputs, output: maps.append(output)):
        logit = model(image.detach()[None].requires_grad_())[0, target]
    (slope,) = torch.autograd.grad(logit, maps[0])
    for p, flag in zip(model.parameters(), flags):
        p.requires_grad_(flag)
    return maps[0][0].detach(), slope[0]


@misconception("adds the slopes up where their mean belongs")
@misconception("forgets the ReLU")
def grad_cam(A, G):
    weights = G.sum(dim=(1, 2))
    return (weights[:, None, None] * A).sum(dim=0)


@misconception("looks at the left end of every step")
@misconception("leaves out the factor x - baseline")
def integrated_gradients(model, x, baseline, steps=50, target=None):
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (baseline + k / steps * (x - baseline)).unsqueeze(0).requires_grad_()
        out = model(point)
        score = out[0, target] if target is not None else out[0]
        total += torch.autograd.grad(score, point)[0][0]
    return total / steps
