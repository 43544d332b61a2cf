"""Other right ways to convolve and to pool."""

import itertools

import numpy as np
import torch
from torch.nn import functional as F

from autograder.checking import variant


@variant("shift and add, one entry of the kernel after another")
def conv_output_size(n, k, s=1, p=0, d=1):
    span = (k - 1) * d + 1
    if n + 2 * p < span:
        raise ValueError("too large")
    return (n + 2 * p - span + s) // s


@variant("shift and add, one entry of the kernel after another")
def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    return conv2d(x[:, :, None], w[:, :, None], b, (1, stride), (0, padding), (1, dilation))[:, :, 0]


@variant("shift and add, one entry of the kernel after another")
def shifted(x, kernel_size, stride, padding, dilation, fill=0.0):
    """What each entry of the kernel sees at all places, (N, C, H', W') for each."""
    kh, kw = pair(kernel_size)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    dh, dw = pair(dilation)
    n, c, h, w = x.shape
    height = conv_output_size(h, kh, sh, ph, dh)
    width = conv_output_size(w, kw, sw, pw, dw)
    padded = x.new_full((n, c, h + 2 * ph, w + 2 * pw), fill)
    padded[:, :, ph : ph + h, pw : pw + w] = x
    return [
        padded[:, :, u * dh : u * dh + sh * (height - 1) + 1 : sh, v * dw : v * dw + sw * (width - 1) + 1 : sw]
        for u in range(kh)
        for v in range(kw)
    ]


@variant("shift and add, one entry of the kernel after another")
def unfold2d(x, kernel_size, stride=1, padding=0, dilation=1):
    parts = torch.stack(shifted(x, kernel_size, stride, padding, dilation), 2)
    n, c, kk, height, width = parts.shape
    return parts.reshape(n, c * kk, height * width)


@variant("shift and add, one entry of the kernel after another")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    entries = w.reshape(w.shape[0], w.shape[1], w.shape[2] * w.shape[3]).unbind(2)
    parts = shifted(x, w.shape[2:], stride, padding, dilation)
    out = sum(torch.einsum("nchw,oc->nohw", part, entry) for part, entry in zip(parts, entries))
    return out if b is None else out + b.view(1, -1, 1, 1)


@variant("shift and add, one entry of the kernel after another")
def maxpool2d(x, kernel_size, stride=None, padding=0):
    parts = shifted(x, kernel_size, kernel_size if stride is None else stride, padding, 1, -float("inf"))
    best = parts[0]
    for part in parts[1:]:
        best = torch.maximum(best, part)
    return best


@variant("shift and add, one entry of the kernel after another")
def avgpool2d(x, kernel_size, stride=None, padding=0):
    parts = shifted(x, kernel_size, kernel_size if stride is None else stride, padding, 1)
    return sum(parts) / len(parts)


@variant("windows as views by Tensor.unfold, and einsum")
def windows(x, kernel_size, stride, padding, dilation, fill=0.0):
    """(N, C, H', W', kh, kw), views of the padded pictures."""
    (kh, kw), (sh, sw), (ph, pw), (dh, dw) = (pair(o) for o in (kernel_size, stride, padding, dilation))
    x = F.pad(x, (pw, pw, ph, ph), "constant", fill)
    reach_h, reach_w = dh * (kh - 1) + 1, dw * (kw - 1) + 1
    if reach_h > x.size(2) or reach_w > x.size(3):
        raise ValueError("too large")
    return x.unfold(2, reach_h, sh).unfold(3, reach_w, sw)[..., ::dh, ::dw]


@variant("windows as views by Tensor.unfold, and einsum")
def unfold2d(x, kernel_size, stride=1, padding=0, dilation=1):
    view = windows(x, kernel_size, stride, padding, dilation)
    return view.permute(0, 1, 4, 5, 2, 3).flatten(1, 3).flatten(2)


@variant("windows as views by Tensor.unfold, and einsum")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    out = torch.einsum("ncijuv,ocuv->noij", windows(x, w.shape[2:], stride, padding, dilation), w)
    if b is None:
        b = torch.zeros(w.shape[0], dtype=x.dtype)
    return out + b[None, :, None, None]


@variant("windows as views by Tensor.unfold, and einsum")
def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    padded = torch.cat([x.new_zeros(*x.shape[:2], padding), x, x.new_zeros(*x.shape[:2], padding)], dim=2)
    starts = torch.arange(conv_output_size(x.shape[2], w.shape[2], stride, padding, dilation)) * stride
    view = padded[:, :, starts[:, None] + dilation * torch.arange(w.shape[2])]
    out = torch.tensordot(view, w, dims=([1, 3], [1, 2])).movedim(2, 1)
    return out if b is None else out + b.unsqueeze(1)


@variant("windows as views by Tensor.unfold, and einsum")
def maxpool2d(x, kernel_size, stride=None, padding=0):
    view = windows(x, kernel_size, stride or kernel_size, padding, 1, float("-inf"))
    return view.flatten(4).max(dim=4).values


@variant("windows as views by Tensor.unfold, and einsum")
def avgpool2d(x, kernel_size, stride=None, padding=0):
    return windows(x, kernel_size, stride or kernel_size, padding, 1).mean(dim=(4, 5))


@variant("loops over the places; receptive field from the back")
def conv_output_size(n, k, s=1, p=0, d=1):
    count, last = 0, d * (k - 1)
    while last < n + 2 * p:
        count, last = count + 1, last + s
    if count == 0:
        raise ValueError("no place")
    return count


@variant("loops over the places; receptive field from the back")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    height, width = output_hw(x, w.shape[2:], stride, padding, dilation)
    (sh, sw), (ph, pw), (dh, dw) = pair(stride), pair(padding), pair(dilation)
    x = F.pad(x, (pw, pw, ph, ph))
    kh, kw = dh * (w.shape[2] - 1) + 1, dw * (w.shape[3] - 1) + 1
    rows = []
    for i in range(height):
        row = []
        for j in range(width):
            window = x[:, :, i * sh : i * sh + kh : dh, j * sw : j * sw + kw : dw]
            row.append((window[:, None] * w).sum((2, 3, 4)))
        rows.append(torch.stack(row, -1))
    out = torch.stack(rows, -2)
    return out if b is None else out + b[:, None, None]


@variant("loops over the places; receptive field from the back")
def receptive_field(layers):
    field = 1
    for layer in layers[::-1]:
        kernel, stride = layer[:2]
        dilation = layer[2] if len(layer) == 3 else 1
        field = (field - 1) * stride + dilation * (kernel - 1) + 1
    return field


@variant("numpy's windows in functions with gradients of their own")
class Windows(torch.autograd.Function):
    """(N, C, H, W) to (N, C, H', W', kh, kw), already padded; the gradient of a pixel is the sum over its windows."""

    @staticmethod
    def forward(ctx, x, kernel, stride, dilation):
        ctx.shape, ctx.options = x.shape, (kernel, stride, dilation)
        reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation)]
        view = np.lib.stride_tricks.sliding_window_view(x.detach().numpy(), reach, axis=(2, 3))
        (sh, sw), (dh, dw) = stride, dilation
        return torch.from_numpy(view[:, :, ::sh, ::sw, ::dh, ::dw].copy())

    @staticmethod
    def backward(ctx, grad):
        (kh, kw), (sh, sw), (dh, dw) = ctx.options
        total = np.zeros(ctx.shape, dtype=grad.detach().numpy().dtype)
        rows, columns = sh * np.arange(grad.shape[2]), sw * np.arange(grad.shape[3])
        for u, v in itertools.product(range(kh), range(kw)):
            total[:, :, (rows + u * dh)[:, None], columns + v * dw] += grad[..., u, v].numpy()
        return torch.from_numpy(total), None, None, None


@variant("numpy's windows in functions with gradients of their own")
def looked_at(x, kernel_size, stride, padding, dilation, fill=0.0):
    """The windows of the padded pictures; a ValueError where none fits."""
    output_hw(x, kernel_size, stride, padding, dilation)
    ph, pw = pair(padding)
    padded = F.pad(x, (pw, pw, ph, ph), value=fill)
    return Windows.apply(padded, pair(tuple(kernel_size) if not isinstance(kernel_size, int) else kernel_size),
                         pair(stride), pair(dilation))  # fmt: skip


@variant("numpy's windows in functions with gradients of their own")
def conv_output_size(n, k, s=1, p=0, d=1):
    places = range(0, n + 2 * p - d * (k - 1), s)
    if not places:
        raise ValueError("the kernel fits nowhere")
    return len(places)


@variant("numpy's windows in functions with gradients of their own")
def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    return conv2d(x.unsqueeze(3), w.unsqueeze(3), b, (stride, 1), (padding, 0), (dilation, 1)).squeeze(3)


@variant("numpy's windows in functions with gradients of their own")
def unfold2d(x, kernel_size, stride=1, padding=0, dilation=1):
    seen = looked_at(x, kernel_size, stride, padding, dilation)
    n, c, height, width, kh, kw = seen.shape
    return torch.einsum("nchwuv->ncuvhw", seen).reshape(n, c * kh * kw, height * width)


@variant("numpy's windows in functions with gradients of their own")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    seen = looked_at(x, w.shape[2:], stride, padding, dilation)
    out = torch.tensordot(seen, w, dims=([1, 4, 5], [1, 2, 3]))  # channels last, where a bias fits by itself
    return (out if b is None else out + b).movedim(-1, 1)


@variant("numpy's windows in functions with gradients of their own")
def maxpool2d(x, kernel_size, stride=None, padding=0):
    seen = looked_at(x, kernel_size, kernel_size if stride is None else stride, padding, 1, -np.inf).flatten(4)
    return seen.gather(4, seen.argmax(4, keepdim=True)).squeeze(4)


@variant("numpy's windows in functions with gradients of their own")
def avgpool2d(x, kernel_size, stride=None, padding=0):
    area = np.prod(pair(kernel_size)).item()
    return looked_at(x, kernel_size, kernel_size if stride is None else stride, padding, 1).sum((4, 5)) / area


@variant("numpy's windows in functions with gradients of their own")
def receptive_field(layers):
    spans = [(layer[2] if len(layer) == 3 else 1) * (layer[0] - 1) for layer in layers]
    jumps = itertools.accumulate((layer[1] for layer in layers), lambda a, b: a * b, initial=1)
    return 1 + sum(span * jump for span, jump in zip(spans, jumps))
