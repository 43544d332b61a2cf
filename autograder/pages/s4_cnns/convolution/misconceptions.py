"""Wrong ways to convolve and to pool, as students write them."""

import math

import torch
from torch.nn import functional as F

from autograder.checking import misconception


@misconception(
    "rounds up, so that the last kernel sticks out",
    hint="With n = 9, k = 3, s = 3 and p = 1 the padded input has 11 pixels. Where would a fourth or fifth kernel end?",
    dies_by="test_output_size",
)
def conv_output_size(n, k, s=1, p=0, d=1):
    room = n + 2 * p - d * (k - 1) - 1
    if room < 0:
        raise ValueError("the kernel does not fit")
    return math.ceil(room / s) + 1


@misconception(
    "counts the padding once, not at both ends",
    hint="p pixels are added before the first pixel and p more behind the last one. How many in all?",
    dies_by="test_output_size",
)
def conv_output_size(n, k, s=1, p=0, d=1):
    room = n + p - d * (k - 1) - 1
    if room < 0:
        raise ValueError("the kernel does not fit")
    return room // s + 1


@misconception(
    "counts the steps, not the places",
    hint="A fence of three lengths has four posts. A kernel of 5 on 5 pixels cannot move, but it has one place.",
    dies_by="test_output_size",
)
def conv_output_size(n, k, s=1, p=0, d=1):
    room = n + 2 * p - d * (k - 1) - 1
    if room < 0:
        raise ValueError("the kernel does not fit")
    return room // s


@misconception(
    "leaves the dilation out",
    hint="Three entries that lie 2 apart cover 5 pixels, not 3. Which term of the formula says so?",
    dies_by="test_output_size",
)
def conv_output_size(n, k, s=1, p=0, d=1):
    room = n + 2 * p - k
    if room < 0:
        raise ValueError("the kernel does not fit")
    return room // s + 1


@misconception(
    "answers with 0 or less when the kernel does not fit",
    hint="The formula raises no error: for n = 2 and k = 3 it says 0. What should a caller hear instead?",
    dies_by="test_kernel_too_large",
)
def conv_output_size(n, k, s=1, p=0, d=1):
    return (n + 2 * p - d * (k - 1) - 1) // s + 1


@misconception(
    "flips the kernel, as mathematicians do",
    hint="In a network, w[0] meets the first entry of the window and w[K - 1] the last. Where do you turn them round?",
    dies_by="test_conv1d",
)
def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    length = conv_output_size(x.shape[2], w.shape[2], stride, padding, dilation)
    x = F.pad(x, (padding, padding))
    out = 0 if b is None else b[:, None]
    for u in range(w.shape[2]):
        first = u * dilation
        out = out + w.flip(2)[:, :, u] @ x[:, :, first : first + stride * length : stride]
    return out


@misconception(
    "puts all the padding behind the end",
    hint="The shape is right and the values have moved. Print your padded x: is there a zero before its first entry?",
    dies_by="test_conv1d",
)
def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    length = conv_output_size(x.shape[2], w.shape[2], stride, padding, dilation)
    x = F.pad(x, (0, 2 * padding))
    out = 0 if b is None else b[:, None]
    for u in range(w.shape[2]):
        first = u * dilation
        out = out + w[:, :, u] @ x[:, :, first : first + stride * length : stride]
    return out


@misconception(
    "flips the kernel in both directions",
    hint="What networks call convolution is, strictly, a cross-correlation: w[0, 0] meets the upper left pixel of the window.",
    dies_by="test_impulse",
)
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    columns = unfold2d(x, w.shape[2:], stride, padding, dilation)
    out = w.flip(2, 3).flatten(1) @ columns
    if b is not None:
        out = out + b[:, None]
    return out.unflatten(2, output_hw(x, w.shape[2:], stride, padding, dilation))


@misconception(
    "collects the result in float32, whatever x is",
    hint="torch.zeros makes float32 unless told otherwise, and what you write into it is rounded. Try x.new_zeros.",
    dies_by="test_impulse",
)
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    columns = unfold2d(x, w.shape[2:], stride, padding, dilation)
    out = torch.zeros(x.shape[0], w.shape[0], columns.shape[2])
    for n in range(x.shape[0]):
        out[n] = w.flatten(1) @ columns[n]
    if b is not None:
        out = out + b[:, None]
    return out.unflatten(2, output_hw(x, w.shape[2:], stride, padding, dilation))


@misconception(
    "keeps the last input channel instead of adding all of them up",
    hint="In your loop over the input channels, does each round add to the result, or does it replace it?",
    dies_by="test_channels_and_bias",
)
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    for c in range(x.shape[1]):
        columns = unfold2d(x[:, c : c + 1], w.shape[2:], stride, padding, dilation)
        out = w[:, c].flatten(1) @ columns
    if b is not None:
        out = out + b[:, None]
    return out.unflatten(2, output_hw(x, w.shape[2:], stride, padding, dilation))


@misconception(
    "takes the first dim of w for the input channels",
    hint="w is (Co, Ci, kh, kw): w[o] is the kernel that makes output channel o, from all input channels.",
    dies_by="test_channels_and_bias",
)
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    columns = unfold2d(x, w.shape[2:], stride, padding, dilation)
    out = w.transpose(0, 1).flatten(1) @ columns
    if b is not None:
        out = out + b[:, None]
    return out.unflatten(2, output_hw(x, w.shape[2:], stride, padding, dilation))


@misconception(
    "adds the bias along the width",
    hint="Broadcasting lines dims up from the last one, so a (Co,) bias meets W'. Which shape makes it meet the channels?",
    dies_by="test_channels_and_bias",
)
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    columns = unfold2d(x, w.shape[2:], stride, padding, dilation)
    out = w.flatten(1) @ columns
    out = out.unflatten(2, output_hw(x, w.shape[2:], stride, padding, dilation))
    return out if b is None else out + b


@misconception(
    "cuts the weights off from the graph",
    hint="Through w.data, .detach() or .item() nothing flows back: the picture would get its gradient, the kernel none.",
    dies_by="test_channels_and_bias",
)
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    columns = unfold2d(x, w.shape[2:], stride, padding, dilation)
    out = w.data.flatten(1) @ columns
    if b is not None:
        out = out + b[:, None]
    return out.unflatten(2, output_hw(x, w.shape[2:], stride, padding, dilation))


@misconception(
    "strides down by the step to the right, and to the right by the step down",
    hint="A pair is (h, w), as in the shape: the first number moves down the rows. Try stride=(2, 1) on an 8x7 picture.",
    dies_by="test_stride_padding_dilation",
)
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    stride = pair(stride)[::-1]
    columns = unfold2d(x, w.shape[2:], stride, padding, dilation)
    out = w.flatten(1) @ columns
    if b is not None:
        out = out + b[:, None]
    return out.unflatten(2, output_hw(x, w.shape[2:], stride, padding, dilation))


@misconception(
    "lets reshape guess the last size, which an empty batch does not tell",
    hint="With N = 0 there are no entries, and -1 could stand for anything. You know every size: write them out.",
    dies_by="test_views_float32_and_empty_batches",
)
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    columns = unfold2d(x, w.shape[2:], stride, padding, dilation)
    out = w.flatten(1) @ columns
    if b is not None:
        out = out + b[:, None]
    height, width = output_hw(x, w.shape[2:], stride, padding, dilation)
    return out.reshape(x.shape[0], w.shape[0], height, -1)


@misconception(
    "borrows PyTorch's convolution instead of writing it",
    hint="The numbers are right; the exercise is to see how they come about. One product of w with the columns will do.",
    dies_by="test_written_by_hand",
)
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    output_hw(x, w.shape[2:], stride, padding, dilation)
    return F.conv2d(x, w, b, stride, padding, dilation)


@misconception(
    "runs the channels fastest down a column, as if they came last",
    hint="First all kh * kw pixels of channel 0, then those of channel 1: which dim must stand further left before you flatten?",
    dies_by="test_unfold",
)
def unfold2d(x, kernel_size, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw), (ph, pw), (dh, dw) = map(pair, (kernel_size, stride, padding, dilation))
    height, width = output_hw(x, kernel_size, stride, padding, dilation)
    x = F.pad(x, (pw, pw, ph, ph))
    rows = dh * torch.arange(kh)[:, None] + sh * torch.arange(height)
    columns = dw * torch.arange(kw)[:, None] + sw * torch.arange(width)
    windows = x[:, :, rows[:, None, :, None], columns[None, :, None, :]]
    return windows.permute(0, 2, 3, 1, 4, 5).flatten(4).flatten(1, 3)


@misconception(
    "pads the columns by ph and the rows by pw",
    hint="F.pad takes the last dim first: left, right, then top, bottom. Try padding=(2, 1) and look at the shape.",
    dies_by="test_unfold",
)
def unfold2d(x, kernel_size, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw), (ph, pw), (dh, dw) = map(pair, (kernel_size, stride, padding, dilation))
    height, width = output_hw(x, kernel_size, stride, (pw, ph), dilation)
    x = F.pad(x, (ph, ph, pw, pw))
    rows = dh * torch.arange(kh)[:, None] + sh * torch.arange(height)
    columns = dw * torch.arange(kw)[:, None] + sw * torch.arange(width)
    windows = x[:, :, rows[:, None, :, None], columns[None, :, None, :]]
    return windows.flatten(4).flatten(1, 3)


@misconception(
    "pads with zeros, which beat every negative pixel",
    hint="The largest of -3, -1 and a padded 0 is 0, a pixel that is not there. Which number never is the largest?",
    dies_by="test_maxpool",
)
def maxpool2d(x, kernel_size, stride=None, padding=0):
    stride = kernel_size if stride is None else stride
    windows = unfold2d(x, kernel_size, stride, padding)
    return windows.unflatten(1, (x.shape[1], -1)).amax(2).unflatten(2, output_hw(x, kernel_size, stride, padding))


@misconception(
    "pads with a finite number, which beats the pixels below it",
    hint="Pixels may lie below any number that you choose. Which float lies below all others?",
    dies_by="test_maxpool",
)
def maxpool2d(x, kernel_size, stride=None, padding=0):
    stride = kernel_size if stride is None else stride
    ph, pw = pair(padding)
    windows = unfold2d(F.pad(x, (pw, pw, ph, ph), value=-1e9), kernel_size, stride)
    return windows.unflatten(1, (x.shape[1], -1)).amax(2).unflatten(2, output_hw(x, kernel_size, stride, padding))


@misconception(
    "moves by one pixel when no stride is given",
    hint="That is the habit of convolutions. Pooling windows lie side by side: the stride is the kernel size.",
    dies_by="test_maxpool",
)
def maxpool2d(x, kernel_size, stride=None, padding=0):
    stride = 1 if stride is None else stride
    ph, pw = pair(padding)
    windows = unfold2d(F.pad(x, (pw, pw, ph, ph), value=-math.inf), kernel_size, stride)
    return windows.unflatten(1, (x.shape[1], -1)).amax(2).unflatten(2, output_hw(x, kernel_size, stride, padding))


@misconception(
    "divides by the number of pixels that are no padding",
    hint="A fair mean, but another one: here, as in PyTorch by default, the zeros of the padding count. By what do you divide?",
    dies_by="test_avgpool",
)
def avgpool2d(x, kernel_size, stride=None, padding=0):
    stride = kernel_size if stride is None else stride
    windows = unfold2d(x, kernel_size, stride, padding).unflatten(1, (x.shape[1], -1))
    pixels = unfold2d(torch.ones_like(x), kernel_size, stride, padding).unflatten(1, (x.shape[1], -1))
    return (windows.sum(2) / pixels.sum(2)).unflatten(2, output_hw(x, kernel_size, stride, padding))


@misconception(
    "adds up the kernels and forgets the strides",
    hint="Behind a stride of 2, neighbours lie two pixels apart, so every later kernel reaches twice as far.",
    dies_by="test_receptive_field",
)
def receptive_field(layers):
    field = 1
    for kernel, stride, *more in layers:
        dilation = more[0] if more else 1
        field += dilation * (kernel - 1)
    return field


@misconception(
    "lets a layer's own stride widen its own kernel",
    hint="A single layer of kernel 5 and stride 3 sees 5 pixels: its stride counts only for the layers behind it.",
    dies_by="test_receptive_field",
)
def receptive_field(layers):
    field, jump = 1, 1
    for kernel, stride, *more in layers:
        dilation = more[0] if more else 1
        jump *= stride
        field += dilation * (kernel - 1) * jump
    return field


@misconception(
    "gives a float",
    hint="A number of places is an int: // divides whole numbers and drops the rest.",
    dies_by="test_output_size",
)
def conv_output_size(n, k, s=1, p=0, d=1):
    room = n + 2 * p - d * (k - 1) - 1
    if room < 0:
        raise ValueError("the kernel does not fit")
    return room / s + 1


@misconception(
    "leaves the dilation out of its windows",
    hint="With dilation d the entries of the kernel see x[start], x[start + d], x[start + 2d], ... Where is d in your slice?",
    dies_by="test_conv1d",
)
def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    length = conv_output_size(x.shape[2], w.shape[2], stride, padding)
    x = F.pad(x, (padding, padding))
    out = 0 if b is None else b[:, None]
    for u in range(w.shape[2]):
        out = out + w[:, :, u] @ x[:, :, u : u + stride * length : stride]
    return out


@misconception(
    "never adds its bias",
    hint="With x = 0 every output is its channel's bias. What is it in yours?",
    dies_by="test_conv1d",
)
def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    length = conv_output_size(x.shape[2], w.shape[2], stride, padding, dilation)
    x = F.pad(x, (padding, padding))
    out = 0
    for u in range(w.shape[2]):
        first = u * dilation
        out = out + w[:, :, u] @ x[:, :, first : first + stride * length : stride]
    return out


@misconception(
    "loses the gradient of its weights",
    hint=".item(), .detach() and .data take the weights out of the graph, and then they cannot learn. Multiply the tensors.",
    dies_by="test_conv1d",
)
def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    length = conv_output_size(x.shape[2], w.shape[2], stride, padding, dilation)
    x = F.pad(x, (padding, padding))
    out = 0 if b is None else b[:, None]
    for u in range(w.shape[2]):
        first = u * dilation
        out = out + w.detach()[:, :, u] @ x[:, :, first : first + stride * length : stride]
    return out


@misconception(
    "pads the height by pw and the width by ph",
    hint="F.pad begins with the last dim: (left, right, top, bottom), which is (pw, pw, ph, ph).",
    dies_by="test_maxpool",
)
def maxpool2d(x, kernel_size, stride=None, padding=0):
    stride = kernel_size if stride is None else stride
    ph, pw = pair(padding)
    x = F.pad(x, (ph, ph, pw, pw), value=-math.inf)
    windows = unfold2d(x, kernel_size, stride)
    return windows.unflatten(1, (x.shape[1], -1)).amax(2).unflatten(2, output_hw(x, kernel_size, stride))


@misconception(
    "takes the sum of each window, not the mean",
    hint="In a picture of ones every mean is 1. What does your pooling make of it?",
    dies_by="test_avgpool",
)
def avgpool2d(x, kernel_size, stride=None, padding=0):
    stride = kernel_size if stride is None else stride
    windows = unfold2d(x, kernel_size, stride, padding)
    return windows.unflatten(1, (x.shape[1], -1)).sum(2).unflatten(2, output_hw(x, kernel_size, stride, padding))


@misconception(
    "moves by one pixel, also where no stride is given",
    hint="A stride of None is the kernel size: windows side by side.",
    dies_by="test_avgpool",
)
def avgpool2d(x, kernel_size, stride=None, padding=0):
    stride = 1 if stride is None else stride
    windows = unfold2d(x, kernel_size, stride, padding)
    return windows.unflatten(1, (x.shape[1], -1)).mean(2).unflatten(2, output_hw(x, kernel_size, stride, padding))


@misconception(
    "multiplies the kernels",
    hint="Two kernels of 3 see 5 pixels, not 9: the second adds two steps to each side of the first. What do strides do?",
    dies_by="test_receptive_field",
)
def receptive_field(layers):
    field = 1
    for kernel, *_ in layers:
        field *= kernel
    return field


@misconception("leaves the dilation out")
def conv_output_size(n, k, s=1, p=0, d=1):
    return (n + 2 * p - k) // s + 1


@misconception("takes the first dim of w for the input channels")
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw), (dh, dw) = pair(stride), pair(padding), pair(dilation)
    kh, kw = w.shape[2:]
    x = F.pad(x, (pw, pw, ph, ph))
    if x.shape[2] < dh * (kh - 1) + 1 or x.shape[3] < dw * (kw - 1) + 1:
        raise ValueError("kernel too large")
    windows = x.unfold(2, dh * (kh - 1) + 1, sh).unfold(3, dw * (kw - 1) + 1, sw)[..., ::dh, ::dw]
    out = torch.einsum("ncijhw,cohw->noij", windows, w)
    return out if b is None else out + b[:, None, None]


@misconception("pads the columns by ph and the rows by pw")
def unfold2d(x, kernel_size, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw), (ph, pw), (dh, dw) = map(pair, (kernel_size, stride, padding, dilation))
    x = F.pad(x, (ph, ph, pw, pw))
    windows = x.unfold(2, dh * (kh - 1) + 1, sh).unfold(3, dw * (kw - 1) + 1, sw)[..., ::dh, ::dw]
    return windows.permute(0, 1, 4, 5, 2, 3).reshape(x.shape[0], x.shape[1] * kh * kw, -1)


@misconception(
    "moves the kernel by 1 whatever the stride",
    hint="Place i reads from i times the stride on: a slice x[:, :, a:b] takes neighbours, x[:, :, a:b:stride] every stride-th.",
    dies_by="test_conv1d",
)
def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    places = conv_output_size(x.shape[-1], w.shape[-1], stride, padding, dilation)
    x = F.pad(x, (padding, padding))
    parts = (w[:, :, u] @ x[:, :, u * dilation : u * dilation + places] for u in range(w.shape[-1]))
    y = sum(parts)
    return y if b is None else y + b[:, None]


@misconception(
    "leaves out the bias",
    hint="`b` has a number for each output channel, which is added at every place; b[:, None, None] broadcasts over both axes.",
    dies_by="test_channels_and_bias",
)
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    columns = unfold2d(x, w.shape[-2:], stride, padding, dilation)
    high, wide = output_hw(x, w.shape[-2:], stride, padding, dilation)
    return (w.reshape(len(w), -1) @ columns).reshape(len(x), len(w), high, wide)


@misconception(
    "begins with 0 pixels instead of 1",
    hint="Without any layer a number depends on itself: one pixel. Each layer adds to that.",
    dies_by="test_receptive_field",
)
def receptive_field(layers):
    seen, step = 0, 1
    for kernel, stride, *rest in layers:
        dilation = rest[0] if rest else 1
        seen += dilation * (kernel - 1) * step
        step *= stride
    return seen


@misconception(
    "takes the largest entry over all channels and pictures",
    hint="x[..., a:b, c:d].max() is one number for everything. Each picture and each channel has its own: amax over the last two axes.",
    dies_by="test_maxpool",
)
def maxpool2d(x, kernel_size, stride=None, padding=0):
    (kh, kw), (sh, sw), (ph, pw) = pair(kernel_size), pair(kernel_size if stride is None else stride), pair(padding)
    high, wide = output_hw(x, kernel_size, (sh, sw), padding)
    x = F.pad(x, (pw, pw, ph, ph), value=-math.inf)
    y = torch.zeros(len(x), x.shape[1], high, wide, dtype=x.dtype)
    for i in range(high if x.numel() else 0):
        for j in range(wide):
            y[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max()
    return y


@misconception(
    "rounds in float32, so that a long axis gets one place too many",
    hint="A tensor divided by a number is a float32 tensor, of 7 digits. Divide whole numbers by //.",
    dies_by="test_output_size",
)
def conv_output_size(n, k, s=1, p=0, d=1):
    room = n + 2 * p - d * (k - 1) - 1
    if room < 0:
        raise ValueError("the kernel does not fit")
    return int((torch.tensor(room) / s).floor()) + 1


@misconception(
    "takes the kernel for one pixel shorter than it is",
    hint="Three entries side by side cover 3 pixels; d (k - 1) is only the way from the first entry to the last.",
    dies_by="test_output_size",
)
def conv_output_size(n, k, s=1, p=0, d=1):
    if d * (k - 1) + 1 > n + 2 * p:
        raise ValueError("too long")
    return (n + 2 * p - d * (k - 1)) // s + 1


@misconception(
    "counts every dilation as 1",
    hint="With gaps of d a kernel of k entries covers d (k - 1) + 1 pixels. The third number of a layer is its dilation.",
    dies_by="test_receptive_field",
)
def receptive_field(layers):
    r, jump = 1, 1
    for k, s, *_ in layers:
        r += (k - 1) * jump
        jump *= s
    return r


@misconception(
    "adds no zeros around the picture",
    hint="`padding` is not used. How many windows fit once ph rows and pw columns of zeros lie at either end?",
    dies_by="test_avgpool",
)
def avgpool2d(x, kernel_size, stride=None, padding=0):
    kh, kw = pair(kernel_size)
    sh, sw = pair(stride or kernel_size)
    if kh > x.shape[-2] or kw > x.shape[-1]:
        raise ValueError("too large")
    return x.unfold(2, kh, sh).unfold(3, kw, sw).mean((-1, -2))


@misconception(
    "lays one window out after the other, in the place of columns",
    hint="Tensor.unfold gives (N, C, H', W', kh, kw), and reshape reads in that order. Put C, kh and kw side by side first.",
    dies_by="test_unfold",
)
def unfold2d(x, kernel_size, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw), (ph, pw), (dh, dw) = map(pair, (kernel_size, stride, padding, dilation))
    h, w = output_hw(x, kernel_size, stride, padding, dilation)
    x = F.pad(x, (pw, pw, ph, ph))
    windows = x.unfold(2, dh * (kh - 1) + 1, sh).unfold(3, dw * (kw - 1) + 1, sw)[..., ::dh, ::dw]
    return windows.reshape(x.shape[0], x.shape[1] * kh * kw, h * w)


@misconception(
    "cuts everything away where the padding is 0",
    hint="x[..., p:-p] is empty for p = 0, since -0 is 0. Count the end from the front: p + L.",
    dies_by="test_conv1d",
)
def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    N, Ci, L = x.shape
    places = conv_output_size(L, w.shape[2], stride, padding, dilation)
    padded = torch.zeros(N, Ci, L + 2 * padding, dtype=x.dtype)
    padded[:, :, padding:-padding] = x
    y = sum(w[:, :, u] @ padded[:, :, u * dilation :: stride][:, :, :places] for u in range(w.shape[2]))
    return y if b is None else y + b[:, None]


@misconception(
    "takes d k for the length of the kernel with its gaps",
    hint="Between k entries there are k - 1 gaps. How many pixels do three entries cover that lie 2 apart? Count.",
    dies_by="test_output_size",
)
def conv_output_size(n, k, s=1, p=0, d=1):
    room = n + 2 * p - d * k
    if room < 0:
        raise ValueError("the kernel does not fit")
    return room // s + 1


@misconception(
    "adds the bias along the length",
    hint="b has one number for each channel, and channels are axis 1: b[:, None] stands below (N, Co, L).",
    dies_by="test_conv1d",
)
def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    length = conv_output_size(x.shape[2], w.shape[2], stride, padding, dilation)
    x = F.pad(x, (padding, padding))
    out = 0
    for u in range(w.shape[2]):
        first = u * dilation
        out = out + w[:, :, u] @ x[:, :, first : first + stride * length : stride]
    return out if b is None else out + b
