"""Over there: what the student's functions and networks may give back, and how it is sent to the page as bytes.

It runs above `bench`, in one source with it, and below `parts`.
"""
# ruff: noqa: F821 - the names of the source above

import torch
from torch.nn import functional as F

SIDE = 28  # of a digit
LAYERS = 12  # of a network that are shown
# a question that tells a kernel that is turned around, whatever the page's own looks like
OF_UNEVEN = "a 7 × 9 picture, stride=2, padding=1"
UNEVEN, TURNED = (torch.arange(63.0) * 37 % 11 / 4 - 1).reshape(1, 1, 7, 9), torch.arange(1.0, 10.0).reshape(1, 1, 3, 3)


class Wrong(ValueError):
    """What came back is not what was promised."""


def watched(model, images, grad=False):
    """Return the logits, and (name, part, output) of each part whose output is maps."""
    seen, hooks = [], []
    for name, part in model.named_modules():
        if not list(part.children()) and name:
            hooks.append(
                part.register_forward_hook(
                    lambda part, inputs, out, name=name: seen.append((f"{name} {type(part).__name__}", part, out))
                )
            )
    try:
        with torch.set_grad_enabled(grad):
            logits = model(images)
    finally:
        for hook in hooks:
            hook.remove()
    maps = [one for one in seen if isinstance(one[2], torch.Tensor) and one[2].dim() == 4]
    if not isinstance(logits, torch.Tensor) or logits.dim() != 2 or logits.shape[1] != 10:
        raise Wrong("gives no (N, 10) logits")
    if logits.dtype != torch.float32:
        raise Wrong(f"gave {logits.dtype} for an input of torch.float32")
    if not logits.isfinite().all():
        raise Wrong("gave numbers that are NaN or infinite")
    return logits, maps[:LAYERS]


def _insist_on_a_network(value):
    if not isinstance(value, torch.nn.Module):
        raise Wrong("is no torch.nn.Module")


def _untouched(call, given, *more):
    """Return what a function makes of a tensor, which it may not change."""
    x = given.clone()
    value = call(x, *more)
    if not torch.equal(x, given):
        raise Wrong("changes its input in place: make a new tensor")
    return value


def _tensor(value, shape, real=True):
    """Return what came back, which must be of this shape and, if it is `real`, of the dtype of what was given."""
    if not isinstance(value, torch.Tensor):
        raise Wrong(f"gave a {type(value).__name__}, no tensor")
    if value.is_complex():
        raise Wrong("gave complex numbers")
    if real and value.dtype != torch.float32:
        raise Wrong(f"gave {value.dtype} for an input of torch.float32")
    if tuple(value.shape) != tuple(shape):
        raise Wrong(f"gave the shape {tuple(value.shape)} where {tuple(shape)} is meant")
    if not torch.isfinite(value.detach().float()).all():
        raise Wrong("gave numbers that are NaN or infinite")
    return value.detach().float()


def insist_alike(name, value, call, course, asked=()):
    """Raise Wrong where numbers are not those that the course's definition gives; `course` is None where it is away.

    `asked` says of each of several answers what it is an answer to, where that is not what the page shows.
    """
    if course is None:
        return
    pairs = zip(value, call(course), strict=False) if isinstance(value, tuple | list) else [(value, call(course))]
    for number, (got, wanted) in enumerate(pairs):
        if isinstance(got, int | str):
            continue  # a choice, of which there may be several
        got, wanted = torch.as_tensor(got, dtype=torch.float64), torch.as_tensor(wanted, dtype=torch.float64)
        far = (got - wanted).abs()
        if got.shape == wanted.shape and far.numel() and far.max() > 1e-4 + 1e-3 * wanted.abs().max():
            worst = int(far.argmax())
            place = [int(n) for n in torch.unravel_index(torch.tensor(worst), far.shape)]
            got, wanted = got.reshape(-1)[worst].item(), wanted.reshape(-1)[worst].item()
            of = asked[number] if number < len(asked) else "…"
            raise Wrong(f"{name}({of}){place or ''} is {got:.4g}; the course's is {wanted:.4g}")


def _two_maps(value):
    """Return a layer's maps and their gradients, which must be tensors (C, H, W) of one shape."""
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise Wrong(f"gave a {type(value).__name__}, no pair of maps and their gradients")
    shape = tuple(value[0].shape) if isinstance(value[0], torch.Tensor) else ()
    if len(shape) != 3:
        raise Wrong("gave maps that are no tensor of three dimensions (channels, height, width)")
    return [_tensor(one, shape) for one in value]


def _share(value):
    number = float(value)
    if not 0 <= number <= 1:
        raise Wrong(f"gave {number:g}, which is no share")
    return number


def _worst(value, losses, count):
    """Return the places of the images with the largest losses, of which there may be several choices."""
    places = [int(k) for k in value]
    if len(places) != count or not all(0 <= k < len(losses) for k in places):
        raise Wrong(f"gave no {count} places of images")
    if len(set(places)) < count:
        raise Wrong("gave an image twice")
    got, wanted = losses[places], losses.topk(count).values
    far = (got - wanted).abs()
    if far.max() > 1e-4 + 1e-3 * wanted.max():
        k = int(far.argmax())
        raise Wrong(f"has a loss of {got[k]:.4g} at place {k}, where the course's has {wanted[k]:.4g}")
    return places


def _map(values):
    rows, columns = values.shape
    return {"height": rows, "width": columns, "values": values.contiguous().numpy().astype("<f4").tobytes()}


def _heat(name, values, owner, problem):
    return {"name": name, "owner": owner, "problem": problem, "map": _map(values)}


def _grey(maps):
    """Return maps as bytes, each stretched by itself from its least to its largest entry."""
    low, high = maps.amin((1, 2), keepdim=True), maps.amax((1, 2), keepdim=True)
    return ((maps - low) / (high - low).clamp(min=1e-9) * 255).round().byte().contiguous().numpy().tobytes()


def _shifted(images, labels):
    """Return images with two shifted copies of each, by up to six pixels."""
    generator = torch.Generator().manual_seed(0)
    copies, names = [images], [labels]
    for _ in range(2):
        moved = torch.zeros_like(images)
        for k, (dy, dx) in enumerate(torch.randint(-6, 7, (len(images), 2), generator=generator).tolist()):
            moved[k, 0] = shift(images[k, 0], dy, dx)
        copies.append(moved)
        names.append(labels)
    return torch.cat(copies), torch.cat(names)


def shift(image, dy, dx):
    """Return an image moved down and right, with nothing where it was."""
    return F.pad(image[None, None], (6, 6, 6, 6))[0, 0, 6 - dy : 6 - dy + SIDE, 6 - dx : 6 - dx + SIDE]


def _as_it_was():
    """Take back what a part may have switched off: it is no fault of the next one."""
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)


def _why(error):
    return str(error) if isinstance(error, Wrong) else told(error)
