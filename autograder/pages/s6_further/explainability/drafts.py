"""First drafts of this page, as beginners hand them in."""

# %% the signed slope, of a probability
# saliency: differentiates the probability, not the logit
# grad_cam: answers in float32
#   or: says "its dtype is float32, not float64"
# grad_cam: forgets the ReLU
def saliency(model, image, target):
    x = image.unsqueeze(0).clone().requires_grad_(True)
    with evaluating(model):
        p = torch.softmax(model(x), dim=1)[0, target]
        g = torch.autograd.grad(p, x)[0]
    return g[0].abs().max(dim=0).values


def grad_cam(A, G):
    w = G.mean(dim=(1, 2))
    cam = torch.zeros(A.shape[1:])
    for c in range(len(w)):
        cam += w[c] * A[c]
    return cam


# %% backward into the parameters
# saliency: leaves the model in eval mode
#   or: says "the training modes of the model and its parts after the call"
# saliency: leaves gradients behind in the model's parameters
#   or: says "the gradients that the model's parameters hold after the call"
# saliency: makes the caller's image require a gradient
# occlusion: leaves the last row and column of patches out
def saliency(model, image, target):
    model.eval()
    image.requires_grad_(True)
    score = model(image.unsqueeze(0))[0, target]
    score.backward()
    return image.grad.abs().max(0)[0]


def occlusion(model, image, target, size, stride, fill=0.0):
    with evaluating(model), torch.no_grad():
        base = model(image[None])[0, target]
        C, H, W = image.shape
        h, w = (H - size) // stride, (W - size) // stride
        out = torch.zeros(h, w)
        for i in range(h):
            for j in range(w):
                x = image.clone()
                x[:, i * stride : i * stride + size, j * stride : j * stride + size] = fill
                out[i, j] = base - model(x[None])[0, target]
    return out


# %% left ends, no factor
# integrated_gradients: looks at the left end of every step
# occlusion: turns the sign of the drop round
def integrated_gradients(model, x, baseline, steps=50, target=None):
    total = torch.zeros_like(x)
    with evaluating(model):
        for k in range(steps):
            a = k / steps
            point = (baseline + a * (x - baseline)).unsqueeze(0).requires_grad_(True)
            y = model(point)
            y = y[0] if target is None else y[0, target]
            total += torch.autograd.grad(y, point)[0][0]
    return (x - baseline) * total / steps


def occlusion(model, image, target, size, stride, fill=0.0):
    H, W = image.shape[1:]
    h = (H - size) // stride + 1
    w = (W - size) // stride + 1
    out = torch.zeros(h, w, dtype=image.dtype)
    with evaluating(model), torch.no_grad():
        base = model(image[None])[0, target]
        for i in range(h):
            for j in range(w):
                x = image.clone()
                x[:, i * stride : i * stride + size, j * stride : j * stride + size] = fill
                out[i, j] = model(x[None])[0, target] - base
    return out


# %% absolute values everywhere
# grad_cam: weighs the channels by the sizes of their slopes, without signs
# integrated_gradients: gives the sizes of the contributions, without signs
def grad_cam(A, G):
    weights = G.abs().mean((1, 2), keepdim=True)
    return torch.relu((weights * A).sum(0))


def integrated_gradients(model, x, baseline, steps=50, target=None):
    grads = []
    with evaluating(model):
        for k in range(steps):
            a = (k + 0.5) / steps
            p = (baseline + a * (x - baseline)).detach().requires_grad_(True)
            out = model(p[None])
            score = out[0] if target is None else out[0, target]
            grads.append(torch.autograd.grad(score, p)[0])
    return torch.stack(grads).mean(0).abs() * (x - baseline).abs()


# %% the sum where the mean belongs
# grad_cam: adds the slopes up where their mean belongs
# saliency: adds the channels up
# integrated_gradients: looks at both ends of the way
def grad_cam(A, G):
    w = G.sum(dim=(1, 2), keepdim=True)
    return (w * A).sum(0).clamp(min=0)


def saliency(model, image, target):
    with evaluating(model):
        x = image.detach().clone()[None].requires_grad_()
        logit = model(x)[0, target]
        (g,) = torch.autograd.grad(logit, x)
    return g.abs().sum(1)[0]


def integrated_gradients(model, x, baseline, steps=50, target=None):
    alphas = torch.linspace(0, 1, steps)
    total = 0
    for a in alphas:
        p = (baseline + a * (x - baseline)).requires_grad_()
        out = model(p[None])
        s = out.sum() if target is None else out[0, target]
        total = total + torch.autograd.grad(s, p)[0]
    return (x - baseline) * total / steps


# %% hooks left behind
# layer_maps: leaves its hook behind
# grad_cam: forgets the ReLU
def layer_maps(model, layer, image, target):
    found = []
    layer.register_forward_hook(lambda m, i, o: found.append(o))
    with evaluating(model):
        logits = model(image[None])
        A = found[0]
        G = torch.autograd.grad(logits[0, target], A)[0]
    return A[0].detach(), G[0]


def grad_cam(A, G):
    w = G.mean((1, 2), keepdim=True)
    return (w * torch.relu(A)).sum(0)


# %% batch dimension kept, one patch for good
# layer_maps: keeps the batch dimension
# occlusion: leaves earlier patches covered
def layer_maps(model, layer, image, target):
    out = {}

    def hook(module, inputs, output):
        out["A"] = output

    handle = layer.register_forward_hook(hook)
    with evaluating(model):
        z = model(image.unsqueeze(0))
    G = torch.autograd.grad(z[0, target], out["A"])[0]
    handle.remove()
    return out["A"], G


def occlusion(model, image, target, size, stride, fill=0.0):
    C, H, W = image.shape
    h, w = (H - size) // stride + 1, (W - size) // stride + 1
    res = torch.zeros(h, w, dtype=image.dtype)
    with evaluating(model), torch.no_grad():
        base = model(image[None])[0, target]
        x = image.clone()
        for i in range(h):
            for j in range(w):
                x[:, i * stride : i * stride + size, j * stride : j * stride + size] = fill
                res[i, j] = base - model(x[None])[0, target]
    return res


# %% in training mode, only the gradient
# saliency: asks the model in whatever mode it comes
# integrated_gradients: leaves out the factor x - baseline
def saliency(model, image, target):
    x = image.clone().requires_grad_()
    z = model(x[None])[0, target]
    g = torch.autograd.grad(z, x)[0]
    return g.abs().amax(0)


def integrated_gradients(model, x, baseline, steps=50, target=None):
    a = (torch.arange(steps) + 0.5) / steps
    a = a.reshape(-1, *[1] * x.dim()).to(x.dtype)
    points = (baseline + a * (x - baseline)).requires_grad_()
    with evaluating(model):
        y = model(points)
        if target is not None:
            y = y[:, target]
        g = torch.autograd.grad(y.sum(), points)[0]
    return g.mean(0)


# %% the first channel, fill forgotten
# saliency: looks at the first channel only
# occlusion: measures the drop of the probability, not of the logit
# occlusion: covers with 0, whatever `fill` says
# grad_cam: multiplies place by place instead of weighing whole channels
def saliency(model, image, target):
    with evaluating(model):
        x = image.clone()[None].requires_grad_()
        g = torch.autograd.grad(model(x)[0, target], x)[0]
    return g[0, 0].abs()


def occlusion(model, image, target, size, stride, fill=0.0):
    _, H, W = image.shape
    rows = range(0, H - size + 1, stride)
    cols = range(0, W - size + 1, stride)
    result = torch.empty(len(rows), len(cols), dtype=image.dtype)
    with evaluating(model), torch.no_grad():
        full = torch.softmax(model(image[None]), 1)[0, target]
        for i, r in enumerate(rows):
            for j, c in enumerate(cols):
                covered = image.clone()
                covered[:, r : r + size, c : c + size] = 0
                result[i, j] = full - torch.softmax(model(covered[None]), 1)[0, target]
    return result


def grad_cam(A, G):
    cam = (A * G).sum(0)
    return cam.clamp(min=0)


# %% saliency of the raw slope, normalised map
# saliency: forgets the absolute value
# grad_cam: divides the map by its maximum
# layer_maps: says "'NoneType' object is not subscriptable"
def saliency(model, image, target):
    with evaluating(model):
        x = image.detach()[None].requires_grad_(True)
        g = torch.autograd.grad(model(x)[0, target], x)[0][0]
    return g.max(0).values


def grad_cam(A, G):
    w = G.mean(dim=(1, 2), keepdim=True)
    cam = torch.relu((w * A).sum(0))
    return cam / cam.max()


def layer_maps(model, layer, image, target):
    model.eval()
    acts = []
    with layer.register_forward_hook(lambda m, i, o: acts.append(o)):
        z = model(image[None])
    z[0, target].backward()
    return acts[0][0], acts[0].grad[0]


# %% sums without a ReLU, a hook that stays
# saliency: forgets the absolute value
# integrated_gradients: leaves out the factor x - baseline
#   or: looks at the left end of every step
# grad_cam: adds the slopes up where their mean belongs
#   or: forgets the ReLU
# layer_maps: keeps the batch dimension
#   or: says "hooks"
# occlusion: covers the caller's image itself
def saliency(model, image, target):
    x = image.unsqueeze(0).requires_grad_()
    model.eval()
    model(x)[0, target].backward()
    return x.grad[0].max(dim=0).values

def integrated_gradients(model, x, baseline, steps=50, target=None):
    total = torch.zeros_like(x)
    for k in range(steps):
        p = (baseline + k / steps * (x - baseline)).unsqueeze(0).requires_grad_()
        out = model(p)
        y = out[0, target] if target is not None else out[0]
        total += torch.autograd.grad(y, p)[0][0]
    return total / steps

def grad_cam(A, G):
    w = G.sum(dim=(1, 2))
    return (w[:, None, None] * A).sum(0)

def layer_maps(model, layer, image, target):
    kept = []
    layer.register_forward_hook(lambda m, i, o: kept.append(o))
    with evaluating(model):
        z = model(image[None])[0, target]
        G = torch.autograd.grad(z, kept[0])[0]
    return kept[0], G

def occlusion(model, image, target, size, stride, fill=0.0):
    C, H, W = image.shape
    h, w = (H - size) // stride + 1, (W - size) // stride + 1
    out = torch.zeros(h, w)
    base = model(image[None])[0, target]
    for i in range(h):
        for j in range(w):
            x = image
            x[:, i * stride:i * stride + size, j * stride:j * stride + size] = fill
            out[i, j] = base - model(x[None])[0, target]
    return out
