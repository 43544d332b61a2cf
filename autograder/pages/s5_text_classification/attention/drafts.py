"""First drafts of this page, as beginners hand them in."""

# %% the formula without the root, a mask behind the softmax
# attention: does not divide by the root of d
#   or: multiplies by the mask after the softmax only
# split_heads: reshapes to the heads directly, across the words
#   or: raises no ValueError if the heads do not divide D
# merge_heads: reshapes without moving the heads behind the words
def attention(query, key, value, mask=None):
    scores = query @ key.transpose(-2, -1)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights * mask
    return weights @ value, weights


def causal_mask(T):
    return torch.tril(torch.ones(T, T)).bool()


def split_heads(x, heads):
    N, T, D = x.shape
    return x.view(N, heads, T, D // heads)


def merge_heads(x):
    N, heads, T, d = x.shape
    return x.reshape(N, T, heads * d)


# %% the mask of a triangle, infinities
# attention: gives NaN where nothing may be looked at
# causal_mask: lets a place look at what comes after it
# positions: puts all sines before all cosines
def attention(query, key, value, mask=None):
    d = query.size(-1)
    scores = torch.matmul(query, key.transpose(-2, -1)) / d**0.5
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -float("inf"))
    p = scores.softmax(dim=-1)
    return torch.matmul(p, value), p


def causal_mask(T):
    return torch.triu(torch.ones(T, T, dtype=torch.bool))


def positions(T, D):
    t = torch.arange(T).unsqueeze(1)
    w = 10000 ** (torch.arange(0, D, 2) / D)
    return torch.cat([torch.sin(t / w), torch.cos(t / w)], dim=1)


# %% -1e9, and the mask the wrong way round
# attention: looks exactly where the mask is False
#   or: spreads the weight evenly where nothing may be looked at
# causal_mask: gives numbers, not True and False
# split_heads: raises no ValueError if the heads do not divide D
# merge_heads: interleaves the heads
import math


def attention(query, key, value, mask=None):
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(mask, -1e9)
    weights = torch.softmax(scores, dim=-1)
    return weights @ value, weights


def causal_mask(T):
    return torch.tril(torch.ones(T, T))


def split_heads(x, heads):
    N, T, D = x.shape
    return x.view(N, T, heads, D // heads).transpose(1, 2)


def merge_heads(x):
    x = x.permute(0, 2, 3, 1)
    return x.reshape(x.shape[0], x.shape[1], -1)


# %% transposes everything
# attention: says "only support"
#   or: says "size"
# positions: says "size"
#   or: says "shape"
# causal_mask: lets no place look at itself
def attention(query, key, value, mask=None):
    scores = query @ key.T / query.shape[-1] ** 0.5
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0)
    return weights @ value, weights


def causal_mask(T):
    m = torch.zeros(T, T, dtype=torch.bool)
    for i in range(T):
        for j in range(i):
            m[i, j] = True
    return m


def positions(T, D):
    t = torch.arange(T)
    i = torch.arange(0, D, 2)
    angle = t / 10000 ** (i / D)
    P = torch.zeros(T, D)
    P[:, 0::2] = torch.sin(angle)
    P[:, 1::2] = torch.cos(angle)
    return P


# %% heads are fine, the module is not
# MultiHeadAttention: leaves out the last linear layer
# attention: spreads the weight evenly where nothing may be looked at
# EncoderLayer: normalises after adding, not in front of each part
def attention(query, key, value, mask=None):
    scores = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    weights = scores.softmax(-1)
    return weights @ value, weights


def split_heads(x, heads):
    N, T, D = x.shape
    if D % heads != 0:
        raise ValueError("heads must divide D")
    return x.reshape(N, T, heads, D // heads).transpose(1, 2)


def merge_heads(x):
    N, H, T, d = x.shape
    return x.transpose(1, 2).reshape(N, T, H * d)


class MultiHeadAttention(nn.Module):
    def __init__(self, D, heads):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(D, D)
        self.key = nn.Linear(D, D)
        self.value = nn.Linear(D, D)
        self.out = nn.Linear(D, D)

    def forward(self, x, mask=None):
        q = split_heads(self.query(x), self.heads)
        k = split_heads(self.key(x), self.heads)
        v = split_heads(self.value(x), self.heads)
        out, _ = attention(q, k, v, mask)
        return merge_heads(out)


class EncoderLayer(nn.Module):
    def __init__(self, D, heads, hidden):
        super().__init__()
        self.attend = MultiHeadAttention(D, heads)
        self.norm1 = nn.LayerNorm(D)
        self.norm2 = nn.LayerNorm(D)
        self.wide = nn.Linear(D, hidden)
        self.narrow = nn.Linear(hidden, D)

    def forward(self, x, mask=None):
        x = self.norm1(x + self.attend(x, mask))
        x = self.norm2(x + self.narrow(torch.relu(self.wide(x))))
        return x


# %% names of its own
# MultiHeadAttention: says "the parts that the docstring names lack"
# positions: counts the places from 1
# split_heads: deals the entries of a vector out in turn
def split_heads(x, heads):
    N, T, D = x.shape
    if D % heads:
        raise ValueError
    return x.reshape(N, T, D // heads, heads).permute(0, 3, 1, 2)


class MultiHeadAttention(nn.Module):
    def __init__(self, D, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(D, 3 * D)
        self.proj = nn.Linear(D, D)

    def forward(self, x, mask=None):
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k, v = split_heads(q, self.heads), split_heads(k, self.heads), split_heads(v, self.heads)
        return self.proj(merge_heads(attention(q, k, v, mask)[0]))


def positions(T, D):
    P = torch.zeros(T, D)
    for t in range(1, T + 1):
        for i in range(D // 2):
            P[t - 1, 2 * i] = torch.sin(torch.tensor(t / 10000 ** (2 * i / D)))
            P[t - 1, 2 * i + 1] = torch.cos(torch.tensor(t / 10000 ** (2 * i / D)))
    return P


# %% the classifier forgets places and padding
# TransformerClassifier: does not add the positions
#   or: takes the mean over padding too
#   or: drops nothing in training mode
# EncoderLayer: hands no mask on to the attention
# positions: has i / D in the exponent, not 2i / D
def attention(query, key, value, mask=None):
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e30)
    weights = torch.softmax(scores, -1)
    if mask is not None:
        weights = weights * mask
    return weights @ value, weights


def split_heads(x, heads):
    N, T, D = x.shape
    if D % heads != 0:
        raise ValueError
    return x.reshape(N, T, heads, -1).transpose(1, 2)


def merge_heads(x):
    return torch.cat([x[:, h] for h in range(x.shape[1])], dim=-1)


class MultiHeadAttention(nn.Module):
    def __init__(self, D, heads):
        super().__init__()
        self.query, self.key, self.value, self.out = [nn.Linear(D, D) for _ in range(4)]
        self.heads = heads

    def forward(self, x, mask=None):
        q, k, v = [split_heads(f(x), self.heads) for f in (self.query, self.key, self.value)]
        return self.out(merge_heads(attention(q, k, v, mask)[0]))


class EncoderLayer(nn.Module):
    def __init__(self, D, heads, hidden):
        super().__init__()
        self.attend = MultiHeadAttention(D, heads)
        self.norm1, self.norm2 = nn.LayerNorm(D), nn.LayerNorm(D)
        self.wide, self.narrow = nn.Linear(D, hidden), nn.Linear(hidden, D)

    def forward(self, x, mask=None):
        x = x + self.attend(self.norm1(x))
        return x + self.narrow(torch.relu(self.wide(self.norm2(x))))


def positions(T, D):
    t = torch.arange(T)[:, None]
    i = torch.arange(D // 2)
    angle = t / 10000 ** (i / D)
    P = torch.zeros(T, D)
    P[:, ::2], P[:, 1::2] = angle.sin(), angle.cos()
    return P


class TransformerClassifier(nn.Module):
    def __init__(self, V, D, C, heads=4, layers=1, p=0.3):
        super().__init__()
        self.embed = nn.Embedding(V, D)
        self.layers = nn.ModuleList([EncoderLayer(D, heads, 2 * D) for _ in range(layers)])
        self.norm = nn.LayerNorm(D)
        self.out = nn.Linear(D, C)

    def forward(self, ids, mask):
        x = self.embed(ids)
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :])
        return self.out(self.norm(x).mean(1))


# %% softmax over the queries, layers in a list
# attention: normalises along the queries, not along the keys
# TransformerClassifier: keeps its layers in a plain list
#   or: says "the parts that the docstring names lack"
# EncoderLayer: does not add what came in
def attention(query, key, value, mask=None):
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    weights = torch.softmax(scores, dim=1)
    return weights @ value, weights


class EncoderLayer(nn.Module):
    def __init__(self, D, heads, hidden):
        super().__init__()
        self.attend = MultiHeadAttention(D, heads)
        self.norm1, self.norm2 = nn.LayerNorm(D), nn.LayerNorm(D)
        self.wide, self.narrow = nn.Linear(D, hidden), nn.Linear(hidden, D)

    def forward(self, x, mask=None):
        x = self.attend(self.norm1(x), mask)
        x = self.narrow(torch.relu(self.wide(self.norm2(x))))
        return x


class MultiHeadAttention(nn.Module):
    def __init__(self, D, heads):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(D, D) for _ in range(4))

    def forward(self, x, mask=None):
        q, k, v = (l(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for l in (self.query, self.key, self.value))
        s = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        if mask is not None:
            s = s.masked_fill(~mask, -1e30)
        w = s.softmax(-1)
        if mask is not None:
            w = w.masked_fill(~mask, 0)
        return self.out((w @ v).transpose(1, 2).flatten(2))


class TransformerClassifier(nn.Module):
    def __init__(self, V, D, C, heads=4, layers=1, p=0.3):
        super().__init__()
        self.embed = nn.Embedding(V, D)
        self.layers = [EncoderLayer(D, heads, 2 * D) for _ in range(layers)]
        self.norm, self.out = nn.LayerNorm(D), nn.Linear(D, C)
        self.drop = nn.Dropout(p)

    def forward(self, ids, mask):
        x = self.drop(self.embed(ids))
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :])
        x = self.norm(x) * mask[:, :, None]
        return self.out(self.drop(x.sum(1) / mask.sum(1, keepdim=True)))


# %% one head
# MultiHeadAttention: attends once with the whole vectors
#   or: does not give the mask to the heads
# positions: exchanges sine and cosine
# attention: divides by d instead of its root
def attention(query, key, value, mask=None):
    scores = torch.einsum("...td,...sd->...ts", query, key) / query.shape[-1]
    if mask is not None:
        scores = torch.where(mask, scores, torch.tensor(-1e9, dtype=scores.dtype))
    w = torch.softmax(scores, -1)
    return w @ value, w


class MultiHeadAttention(nn.Module):
    def __init__(self, D, heads):
        super().__init__()
        self.heads, self.D = heads, D
        self.query = nn.Linear(D, D)
        self.key = nn.Linear(D, D)
        self.value = nn.Linear(D, D)
        self.out = nn.Linear(D, D)

    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        w = torch.softmax(q @ k.transpose(1, 2) / self.D**0.5, -1)
        return self.out(w @ v)


def positions(T, D):
    t = torch.arange(T).float()[:, None]
    f = torch.pow(10000.0, -torch.arange(0, D, 2).float() / D)
    P = torch.zeros(T, D)
    P[:, 0::2] = torch.cos(t * f)
    P[:, 1::2] = torch.sin(t * f)
    return P


# %% scores zeroed, detached for speed
# attention: sets the scores under False to 0
# split_heads: leaves the heads behind the words
# causal_mask: lets a place look at what comes after it
def attention(query, key, value, mask=None):
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    if mask is not None:
        scores[~mask.expand_as(scores)] = 0
    weights = torch.softmax(scores, -1).detach()
    return weights @ value, weights


def split_heads(x, heads):
    N, T, D = x.shape
    if D % heads != 0:
        raise ValueError("no")
    return x.reshape(N, T, heads, D // heads)


def causal_mask(T):
    i = torch.arange(T)
    return i[None, :] >= i[:, None]


# %% returns the mean only
# attention: says "tuple"
# merge_heads: reshapes without moving the heads behind the words
# positions: gives each column a speed of its own
def attention(query, key, value, mask=None):
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    return torch.softmax(scores, -1) @ value


def merge_heads(x):
    return x.reshape(x.shape[0], x.shape[2], -1)


def positions(T, D):
    P = torch.zeros(T, D)
    for t in range(T):
        for i in range(D):
            a = torch.tensor(t / 10000 ** (i / D))
            P[t, i] = torch.sin(a) if i % 2 == 0 else torch.cos(a)
    return P
