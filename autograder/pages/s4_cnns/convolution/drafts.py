"""First drafts of this page, as beginners hand them in."""

# %% one place too few, flipped
# conv_output_size: counts the steps, not the places
# conv1d: flips the kernel, as mathematicians do
# receptive_field: adds up the kernels and forgets the strides
def conv_output_size(n, k, s=1, p=0, d=1):
    size = (n + 2 * p - d * (k - 1) - 1) // s
    if size < 0:
        raise ValueError("the kernel does not fit")
    return size


def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    N, Ci, L = x.shape
    Co, _, K = w.shape
    if dilation * (K - 1) + 1 > L + 2 * padding:
        raise ValueError("does not fit")
    x = F.pad(x, (padding, padding))
    w = w.flip(-1)
    out_len = (L + 2 * padding - dilation * (K - 1) - 1) // stride + 1
    out = torch.zeros(N, Co, out_len, dtype=x.dtype)
    for i in range(out_len):
        start = i * stride
        window = x[:, :, start : start + dilation * (K - 1) + 1 : dilation]
        out[:, :, i] = (window[:, None] * w[None]).sum((2, 3))
    if b is not None:
        out = out + b[:, None]
    return out


def receptive_field(layers):
    r = 1
    for layer in layers:
        r += layer[0] - 1
    return r


# %% no dilation, no check
# conv_output_size: leaves the dilation out
#   or: answers with 0 or less when the kernel does not fit
# conv1d: leaves the dilation out of its windows
# maxpool2d: pads with zeros, which beat every negative pixel
def conv_output_size(n, k, s=1, p=0, d=1):
    return (n + 2 * p - k) // s + 1


def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    N, Ci, L = x.shape
    Co, Ci, K = w.shape
    x = F.pad(x, (padding, padding))
    out_len = conv_output_size(L, K, stride, padding)
    out = torch.zeros(N, Co, out_len, dtype=x.dtype)
    for i in range(out_len):
        for o in range(Co):
            out[:, o, i] = (x[:, :, i * stride : i * stride + K] * w[o]).sum((1, 2))
            if b is not None:
                out[:, o, i] += b[o]
    return out


def maxpool2d(x, kernel_size, stride=None, padding=0):
    if stride is None:
        stride = kernel_size
    kh, kw = pair(kernel_size)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    x = F.pad(x, (pw, pw, ph, ph))
    return x.unfold(2, kh, sh).unfold(3, kw, sw).amax((-1, -2))


# %% int strides only
# conv2d: says "'int' and 'tuple'"
# maxpool2d: moves by one pixel when no stride is given
# conv_output_size: counts the padding once, not at both ends
def conv_output_size(n, k, s=1, p=0, d=1):
    room = n + p - d * (k - 1) - 1
    if room < 0:
        raise ValueError("the kernel is too large")
    return room // s + 1


def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    N, Ci, H, W = x.shape
    Co, _, kh, kw = w.shape
    x = F.pad(x, (padding, padding, padding, padding))
    Ho = (H + 2 * padding - dilation * (kh - 1) - 1) // stride + 1
    Wo = (W + 2 * padding - dilation * (kw - 1) - 1) // stride + 1
    if Ho < 1 or Wo < 1:
        raise ValueError("kernel")
    out = torch.zeros(N, Co, Ho, Wo, dtype=x.dtype)
    for i in range(Ho):
        for j in range(Wo):
            r, c = i * stride, j * stride
            win = x[:, :, r : r + dilation * (kh - 1) + 1 : dilation, c : c + dilation * (kw - 1) + 1 : dilation]
            out[:, :, i, j] = (win[:, None] * w).sum((2, 3, 4))
    if b is not None:
        out += b[:, None, None]
    return out


def maxpool2d(x, kernel_size, stride=None, padding=0):
    if stride is None:
        stride = 1
    kh, kw = pair(kernel_size)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    if kh > x.shape[2] + 2 * ph or kw > x.shape[3] + 2 * pw:
        raise ValueError("kernel too large")
    x = F.pad(x, (pw, pw, ph, ph), value=float("-inf"))
    return x.unfold(2, kh, sh).unfold(3, kw, sw).amax((-1, -2))


# %% float32, and the bias along the width
# conv2d: adds the bias along the width
#   or: collects the result in float32, whatever x is
# avgpool2d: divides by the number of pixels that are no padding
# receptive_field: lets a layer's own stride widen its own kernel
def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    N, Ci, H, W = x.shape
    Co, _, kh, kw = w.shape
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    dh, dw = pair(dilation)
    x = F.pad(x, (pw, pw, ph, ph))
    Ho = (H + 2 * ph - dh * (kh - 1) - 1) // sh + 1
    Wo = (W + 2 * pw - dw * (kw - 1) - 1) // sw + 1
    if Ho < 1 or Wo < 1:
        raise ValueError("kernel too large")
    out = torch.zeros(N, Co, Ho, Wo)
    for n in range(N):
        for o in range(Co):
            for i in range(Ho):
                for j in range(Wo):
                    window = x[n, :, i * sh : i * sh + dh * kh : dh, j * sw : j * sw + dw * kw : dw]
                    out[n, o, i, j] = (window[:, :kh, :kw] * w[o]).sum()
    if b is not None:
        out = out + b
    return out


def avgpool2d(x, kernel_size, stride=None, padding=0):
    stride = kernel_size if stride is None else stride
    kh, kw = pair(kernel_size)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    if kh > x.shape[2] + 2 * ph or kw > x.shape[3] + 2 * pw:
        raise ValueError("kernel too large")
    ones = F.pad(torch.ones_like(x), (pw, pw, ph, ph))
    x = F.pad(x, (pw, pw, ph, ph))
    total = x.unfold(2, kh, sh).unfold(3, kw, sw).sum((-1, -2))
    count = ones.unfold(2, kh, sh).unfold(3, kw, sw).sum((-1, -2))
    return total / count


def receptive_field(layers):
    r, jump = 1, 1
    for layer in layers:
        k, s = layer[0], layer[1]
        jump *= s
        r += (k - 1) * jump
    return r


# %% rounded up
# conv_output_size: rounds up, so that the last kernel sticks out
# unfold2d: runs the channels fastest down a column, as if they came last
# avgpool2d: takes the sum of each window, not the mean
def conv_output_size(n, k, s=1, p=0, d=1):
    room = n + 2 * p - d * (k - 1) - 1
    if room < 0:
        raise ValueError("too large")
    return math.ceil(room / s) + 1


def unfold2d(x, kernel_size, stride=1, padding=0, dilation=1):
    kh, kw = pair(kernel_size)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    dh, dw = pair(dilation)
    x = F.pad(x, (pw, pw, ph, ph))
    H, W = x.shape[2:]
    Ho = (H - dh * (kh - 1) - 1) // sh + 1
    Wo = (W - dw * (kw - 1) - 1) // sw + 1
    if Ho < 1 or Wo < 1:
        raise ValueError("kernel too large")
    columns = []
    for i in range(Ho):
        for j in range(Wo):
            r, c = i * sh, j * sw
            window = x[:, :, r : r + dh * (kh - 1) + 1 : dh, c : c + dw * (kw - 1) + 1 : dw]
            columns.append(window.permute(0, 2, 3, 1).reshape(x.shape[0], -1))
    return torch.stack(columns, dim=2)


def avgpool2d(x, kernel_size, stride=None, padding=0):
    stride = kernel_size if stride is None else stride
    kh, kw = pair(kernel_size)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    if kh > x.shape[2] + 2 * ph or kw > x.shape[3] + 2 * pw:
        raise ValueError("kernel too large")
    x = F.pad(x, (pw, pw, ph, ph))
    return x.unfold(2, kh, sh).unfold(3, kw, sw).sum((-1, -2))


# %% the weights without their gradient
# conv1d: loses the gradient of its weights
# conv2d: flips the kernel in both directions
# maxpool2d: pads the height by pw and the width by ph
def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    K = w.shape[2]
    x = F.pad(x, (padding, padding))
    length = (x.shape[2] - dilation * (K - 1) - 1) // stride + 1
    if length < 1:
        raise ValueError("kernel too long")
    out = torch.zeros(x.shape[0], w.shape[0], length, dtype=x.dtype)
    for o in range(w.shape[0]):
        for c in range(w.shape[1]):
            for u in range(K):
                first = u * dilation
                out[:, o] += w[o, c, u].item() * x[:, c, first : first + stride * (length - 1) + 1 : stride]
        if b is not None:
            out[:, o] += b[o]
    return out


def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw), (dh, dw) = pair(stride), pair(padding), pair(dilation)
    kh, kw = w.shape[2:]
    x = F.pad(x, (pw, pw, ph, ph))
    H, W = x.shape[2:]
    Ho = (H - dh * (kh - 1) - 1) // sh + 1
    Wo = (W - dw * (kw - 1) - 1) // sw + 1
    if Ho < 1 or Wo < 1:
        raise ValueError("kernel too large")
    w = torch.flip(w, (2, 3))
    rows = []
    for i in range(Ho):
        for j in range(Wo):
            r, c = i * sh, j * sw
            window = x[:, :, r : r + dh * (kh - 1) + 1 : dh, c : c + dw * (kw - 1) + 1 : dw]
            rows.append(torch.einsum("nchw,ochw->no", window, w))
    out = torch.stack(rows, 2).reshape(x.shape[0], w.shape[0], Ho, Wo)
    return out if b is None else out + b.view(1, -1, 1, 1)


def maxpool2d(x, kernel_size, stride=None, padding=0):
    kh, kw = pair(kernel_size)
    sh, sw = pair(kernel_size if stride is None else stride)
    ph, pw = pair(padding)
    if kh > x.shape[2] + 2 * ph or kw > x.shape[3] + 2 * pw:
        raise ValueError("kernel too large")
    x = F.pad(x, (ph, ph, pw, pw), value=-math.inf)
    return x.unfold(2, kh, sh).unfold(3, kw, sw).amax((-1, -2))


# %% the padding at one end
# conv1d: puts all the padding behind the end
# conv2d: keeps the last input channel instead of adding all of them up
# receptive_field: multiplies the kernels
def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    K = w.shape[-1]
    x = F.pad(x, (0, 2 * padding))
    if x.shape[-1] < dilation * (K - 1) + 1:
        raise ValueError("too long")
    windows = x.unfold(2, dilation * (K - 1) + 1, stride)[..., ::dilation]
    out = torch.einsum("nclk,ock->nol", windows, w)
    return out if b is None else out + b.unsqueeze(1)


def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw), (dh, dw) = pair(stride), pair(padding), pair(dilation)
    Co, Ci, kh, kw = w.shape
    x = F.pad(x, (pw, pw, ph, ph))
    Ho = (x.shape[2] - dh * (kh - 1) - 1) // sh + 1
    Wo = (x.shape[3] - dw * (kw - 1) - 1) // sw + 1
    if Ho < 1 or Wo < 1:
        raise ValueError("too large")
    out = torch.zeros(x.shape[0], Co, Ho, Wo, dtype=x.dtype)
    for o in range(Co):
        for c in range(Ci):
            for i in range(Ho):
                for j in range(Wo):
                    win = x[:, c, i * sh : i * sh + dh * (kh - 1) + 1 : dh, j * sw : j * sw + dw * (kw - 1) + 1 : dw]
                    out[:, o, i, j] = (win * w[o, c]).sum((1, 2))
    if b is not None:
        out = out + b[:, None, None]
    return out


def receptive_field(layers):
    r = 1
    for layer in layers:
        r *= layer[0]
    return r


# %% height and width mixed up
# unfold2d: pads the columns by ph and the rows by pw
# conv2d: strides down by the step to the right, and to the right by the step down
# avgpool2d: moves by one pixel, also where no stride is given
def unfold2d(x, kernel_size, stride=1, padding=0, dilation=1):
    kh, kw = pair(kernel_size)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    dh, dw = pair(dilation)
    x = F.pad(x, (ph, ph, pw, pw))
    windows = x.unfold(2, dh * (kh - 1) + 1, sh).unfold(3, dw * (kw - 1) + 1, sw)
    windows = windows[..., ::dh, ::dw]
    return windows.permute(0, 1, 4, 5, 2, 3).reshape(x.shape[0], x.shape[1] * kh * kw, -1)


def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    sw, sh = pair(stride)
    ph, pw = pair(padding)
    dh, dw = pair(dilation)
    kh, kw = w.shape[2:]
    x = F.pad(x, (pw, pw, ph, ph))
    if x.shape[2] < dh * (kh - 1) + 1 or x.shape[3] < dw * (kw - 1) + 1:
        raise ValueError("kernel too large")
    windows = x.unfold(2, dh * (kh - 1) + 1, sh).unfold(3, dw * (kw - 1) + 1, sw)[..., ::dh, ::dw]
    out = torch.einsum("ncijhw,ochw->noij", windows, w)
    return out if b is None else out + b[:, None, None]


def avgpool2d(x, kernel_size, stride=None, padding=0):
    kh, kw = pair(kernel_size)
    sh, sw = pair(stride or 1)
    ph, pw = pair(padding)
    x = F.pad(x, (pw, pw, ph, ph))
    if kh > x.shape[2] or kw > x.shape[3]:
        raise ValueError("kernel too large")
    return x.unfold(2, kh, sh).unfold(3, kw, sw).mean((-1, -2))


# %% built on one's own unfold, which is wrong
# conv_output_size: counts the steps, not the places
# maxpool2d: pads with a finite number, which beats the pixels below it
def conv_output_size(n, k, s=1, p=0, d=1):
    room = n + 2 * p - d * (k - 1) - 1
    if room < 0:
        raise ValueError("no room")
    return room // s


def unfold2d(x, kernel_size, stride=1, padding=0, dilation=1):
    (kh, kw), (sh, sw), (ph, pw), (dh, dw) = map(pair, (kernel_size, stride, padding, dilation))
    h, w = output_hw(x, kernel_size, stride, padding, dilation)
    x = F.pad(x, (pw, pw, ph, ph))
    cols = []
    for i in range(h):
        for j in range(w):
            r, c = i * sh, j * sw
            cols.append(x[:, :, r : r + dh * (kh - 1) + 1 : dh, c : c + dw * (kw - 1) + 1 : dw].flatten(1))
    return torch.stack(cols, 2)


def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    cols = unfold2d(x, w.shape[2:], stride, padding, dilation)
    out = w.flatten(1) @ cols
    if b is not None:
        out = out + b[:, None]
    return out.view(x.shape[0], w.shape[0], *output_hw(x, w.shape[2:], stride, padding, dilation))


def maxpool2d(x, kernel_size, stride=None, padding=0):
    kh, kw = pair(kernel_size)
    sh, sw = pair(kernel_size if stride is None else stride)
    ph, pw = pair(padding)
    x = F.pad(x, (pw, pw, ph, ph), value=-100)
    if kh > x.shape[2] or kw > x.shape[3]:
        raise ValueError("kernel too large")
    return x.unfold(2, kh, sh).unfold(3, kw, sw).amax((-1, -2))


# %% bias forgotten, division with /
# conv1d: never adds its bias
# conv2d: takes the first dim of w for the input channels
# conv_output_size: gives a float
def conv_output_size(n, k, s=1, p=0, d=1):
    if d * (k - 1) + 1 > n + 2 * p:
        raise ValueError("does not fit")
    return (n + 2 * p - d * (k - 1) - 1) / s + 1


def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    K = w.shape[-1]
    x = F.pad(x, (padding, padding))
    span = dilation * (K - 1) + 1
    if x.shape[-1] < span:
        raise ValueError("does not fit")
    windows = x.unfold(2, span, stride)[..., ::dilation]
    return torch.einsum("nclk,ock->nol", windows, w)


def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    (sh, sw), (ph, pw), (dh, dw) = pair(stride), pair(padding), pair(dilation)
    kh, kw = w.shape[2:]
    x = F.pad(x, (pw, pw, ph, ph))
    if x.shape[2] < dh * (kh - 1) + 1 or x.shape[3] < dw * (kw - 1) + 1:
        raise ValueError("kernel too large")
    windows = x.unfold(2, dh * (kh - 1) + 1, sh).unfold(3, dw * (kw - 1) + 1, sw)[..., ::dh, ::dw]
    out = torch.einsum("ncijhw,cohw->noij", windows, w)
    return out if b is None else out + b[:, None, None]


# %% one place too few
# conv_output_size: counts the steps, not the places
#   or: answers with 0 or less when the kernel does not fit
# conv1d: moves the kernel by 1 whatever the stride
# receptive_field: adds up the kernels and forgets the strides
def conv_output_size(n, k, s=1, p=0, d=1):
    return (n + 2 * p - d * (k - 1) - 1) // s


def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    N, Ci, L = x.shape
    Co, _, K = w.shape
    x = F.pad(x, (padding, padding))
    out_len = (L + 2 * padding - dilation * (K - 1) - 1) // stride + 1
    y = torch.zeros(N, Co, out_len)
    for u in range(K):
        piece = x[:, :, u * dilation : u * dilation + out_len]
        y = y + w[:, :, u] @ piece
    if b is not None:
        y = y + b[:, None]
    return y


def receptive_field(layers):
    r = 1
    for layer in layers:
        r += layer[0] - 1
    return r


# %% padding counted once, and a pair from max
# conv_output_size: counts the padding once, not at both ends
# unfold2d: says "with its axes in the order (0, 2, 1)"
# maxpool2d: says "a tuple came back where a tensor was expected"
def conv_output_size(n, k, s=1, p=0, d=1):
    if d * (k - 1) + 1 > n + 2 * p:
        raise ValueError("kernel too long")
    return (n + p - d * (k - 1) - 1) // s + 1


def unfold2d(x, kernel_size, stride=1, padding=0, dilation=1):
    kh, kw = pair(kernel_size)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    dh, dw = pair(dilation)
    x = F.pad(x, (pw, pw, ph, ph))
    N, C, H, W = x.shape
    Ho = (H - dh * (kh - 1) - 1) // sh + 1
    Wo = (W - dw * (kw - 1) - 1) // sw + 1
    cols = []
    for i in range(Ho):
        for j in range(Wo):
            win = x[:, :, i * sh : i * sh + dh * (kh - 1) + 1 : dh, j * sw : j * sw + dw * (kw - 1) + 1 : dw]
            cols.append(win.reshape(N, -1))
    return torch.stack(cols, dim=1)


def maxpool2d(x, kernel_size, stride=None, padding=0):
    if stride is None:
        stride = 1
    kh, kw = pair(kernel_size)
    N, C, H, W = x.shape
    cols = F.unfold(x, (kh, kw), stride=stride, padding=padding)
    return cols.reshape(N, C, kh * kw, -1).max(2)


# %% a kernel turned round
# conv_output_size: gives a float
#   or: answers with 0 or less when the kernel does not fit
# conv1d: flips the kernel, as mathematicians do
# conv2d: leaves out the bias
# unfold2d: runs the channels fastest down a column, as if they came last
# receptive_field: lets a layer's own stride widen its own kernel
def conv_output_size(n, k, s=1, p=0, d=1):
    return (n + 2 * p - d * (k - 1) - 1) / s + 1


def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    x = F.pad(x, (padding, padding))
    w = w.flip(-1)
    K = w.shape[-1]
    n = (x.shape[-1] - dilation * (K - 1) - 1) // stride + 1
    if n < 1:
        raise ValueError("kernel too long")
    y = 0
    for u in range(K):
        sl = x[:, :, u * dilation :: stride][:, :, :n]
        y = y + torch.einsum("oc,ncl->nol", w[:, :, u], sl)
    if b is not None:
        y = y + b[None, :, None]
    return y


def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    Co, Ci, kh, kw = w.shape
    cols = unfold2d(x, (kh, kw), stride, padding, dilation)
    y = w.reshape(Co, -1) @ cols
    Ho, Wo = output_hw(x, (kh, kw), stride, padding, dilation)
    return y.reshape(x.shape[0], Co, Ho, Wo)


def unfold2d(x, kernel_size, stride=1, padding=0, dilation=1):
    kh, kw = pair(kernel_size)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    dh, dw = pair(dilation)
    xp = F.pad(x, (pw, pw, ph, ph))
    Ho, Wo = output_hw(x, kernel_size, stride, padding, dilation)
    rows = []
    for u in range(kh):
        for v in range(kw):
            rows.append(xp[:, :, u * dh : u * dh + Ho * sh : sh, v * dw : v * dw + Wo * sw : sw].flatten(2))
    return torch.stack(rows, 1).reshape(x.shape[0], -1, Ho * Wo)


def receptive_field(layers):
    r, jump = 1, 1
    for layer in layers:
        k, s = layer[0], layer[1]
        d = layer[2] if len(layer) > 2 else 1
        jump *= s
        r += d * (k - 1) * jump
    return r


# %% windows by loops
# maxpool2d: takes the largest entry over all channels and pictures
#   or: says "has all slices along axis 1 equal"
# avgpool2d: divides by the number of pixels that are no padding
# unfold2d: pads the columns by ph and the rows by pw
def conv_output_size(n, k, s=1, p=0, d=1):
    if n + 2 * p < d * (k - 1) + 1:
        raise ValueError("too long")
    return math.ceil((n + 2 * p - d * (k - 1)) / s)


def maxpool2d(x, kernel_size, stride=None, padding=0):
    stride = kernel_size if stride is None else stride
    kh, kw = pair(kernel_size)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    Ho, Wo = output_hw(x, kernel_size, stride, padding)
    x = F.pad(x, (pw, pw, ph, ph))
    out = torch.zeros(x.shape[0], x.shape[1], Ho, Wo)
    for i in range(Ho):
        for j in range(Wo):
            out[:, :, i, j] = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max()
    return out


def avgpool2d(x, kernel_size, stride=None, padding=0):
    if stride is None:
        stride = kernel_size
    kh, kw = pair(kernel_size)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    Ho, Wo = output_hw(x, kernel_size, stride, padding)
    out = torch.zeros(x.shape[0], x.shape[1], Ho, Wo, dtype=x.dtype)
    for i in range(Ho):
        for j in range(Wo):
            top, left = max(i * sh - ph, 0), max(j * sw - pw, 0)
            out[:, :, i, j] = x[:, :, top : i * sh - ph + kh, left : j * sw - pw + kw].mean((2, 3))
    return out


def unfold2d(x, kernel_size, stride=1, padding=0, dilation=1):
    kh, kw = pair(kernel_size)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    dh, dw = pair(dilation)
    x = F.pad(x, (ph, ph, pw, pw))
    Ho = conv_output_size(x.shape[2], kh, sh, 0, dh)
    Wo = conv_output_size(x.shape[3], kw, sw, 0, dw)
    out = []
    for i in range(Ho):
        for j in range(Wo):
            out.append(x[:, :, i * sh : i * sh + dh * kh : dh, j * sw : j * sw + dw * kw : dw].reshape(len(x), -1))
    return torch.stack(out, -1)


# %% windows by Tensor.unfold
# conv1d: says "a matrix product needs as many columns on the left as rows on the right"
# unfold2d: lays one window out after the other, in the place of columns
#   or: says "has the right entries in another order"
# conv2d: adds the bias along the width
# avgpool2d: takes the sum of each window, not the mean
# receptive_field: begins with 0 pixels instead of 1
#   or: says "are given more values than that"
def conv_output_size(n, k, s=1, p=0, d=1):
    size = (n + 2 * p - d * (k - 1) - 1) // s + 1
    if size < 1:
        raise ValueError("no place")
    return size


def conv1d(x, w, b=None, stride=1, padding=0, dilation=1):
    x = F.pad(x, (padding, padding))
    cols = x.unfold(2, w.shape[2], stride)
    y = cols.reshape(x.shape[0], -1, w.shape[1] * w.shape[2]) @ w.reshape(w.shape[0], -1)
    if b is not None:
        y += b
    return y


def unfold2d(x, kernel_size, stride=1, padding=0, dilation=1):
    kh, kw = pair(kernel_size)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    x = F.pad(x, (pw, pw, ph, ph))
    p = x.unfold(2, kh, sh).unfold(3, kw, sw)
    return p.reshape(x.shape[0], x.shape[1] * kh * kw, -1)


def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    cols = unfold2d(x, w.shape[2:], stride, padding, dilation)
    Ho, Wo = output_hw(x, tuple(w.shape[2:]), stride, padding, dilation)
    y = (w.view(w.shape[0], -1) @ cols).view(x.shape[0], -1, Ho, Wo)
    if b is not None:
        y = y + b
    return y


def avgpool2d(x, kernel_size, stride=None, padding=0):
    stride = stride or kernel_size
    kh, kw = pair(kernel_size)
    N, C = x.shape[:2]
    Ho, Wo = output_hw(x, kernel_size, stride, padding)
    cols = unfold2d(x, kernel_size, stride, padding).view(N, C, kh * kw, -1)
    return cols.sum(2).view(N, C, Ho, Wo)


def receptive_field(layers):
    field = 0
    jump = 1
    for k, s in layers:
        field += (k - 1) * jump
        jump *= s
    return field


# %% unfold first
# conv_output_size: counts the padding once, not at both ends
# conv_output_size: answers with 0 or less when the kernel does not fit
# conv2d: adds the bias along the width
# unfold2d: pads the columns by ph and the rows by pw
#   or: says "The expanded size of the tensor"
# avgpool2d: moves by one pixel, also where no stride is given
# receptive_field: lets a layer's own stride widen its own kernel
def conv_output_size(n, k, s=1, p=0, d=1):
    return (n + p - d * (k - 1) - 1) // s + 1


def unfold2d(x, kernel_size, stride=1, padding=0, dilation=1):
    kh, kw = pair(kernel_size)
    sh, sw = pair(stride)
    ph, pw = pair(padding)
    dh, dw = pair(dilation)
    h, w = output_hw(x, kernel_size, stride, padding, dilation)
    x = F.pad(x, (ph, ph, pw, pw))
    out = x.new_zeros(x.shape[0], x.shape[1], kh, kw, h, w)
    for u in range(kh):
        for v in range(kw):
            out[:, :, u, v] = x[:, :, u * dh:u * dh + sh * h:sh, v * dw:v * dw + sw * w:sw]
    return out.reshape(x.shape[0], -1, h * w)


def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    h, ww = output_hw(x, w.shape[2:], stride, padding, dilation)
    columns = unfold2d(x, w.shape[2:], stride, padding, dilation)
    out = w.reshape(w.shape[0], -1) @ columns
    out = out.reshape(x.shape[0], w.shape[0], h, ww)
    if b is not None:
        out = out + b
    return out


def avgpool2d(x, kernel_size, stride=1, padding=0):
    columns = unfold2d(x, kernel_size, stride, padding)
    columns = columns.reshape(x.shape[0], x.shape[1], -1, columns.shape[2])
    h, w = output_hw(x, kernel_size, stride, padding)
    return columns.mean(dim=2).reshape(x.shape[0], x.shape[1], h, w)


def receptive_field(layers):
    field = 1
    jump = 1
    for layer in layers:
        jump *= layer[1]
        field += (layer[0] - 1) * jump
    return field
