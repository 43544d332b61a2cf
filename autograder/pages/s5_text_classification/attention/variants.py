"""Other right ways to write this page."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from autograder.checking import variant


@variant("with einsum, -inf where some key is seen, and where")
def attention(query, key, value, mask=None):
    scores = torch.einsum("...td,...sd->...ts", query, key).div(math.sqrt(query.size(-1)))
    if mask is None:
        weights = F.softmax(scores, dim=-1)
    else:
        seen = mask.expand(scores.shape)
        empty = ~seen.any(-1, keepdim=True)
        weights = F.softmax(torch.where(seen | empty, scores, -math.inf), dim=-1)
        weights = torch.where(empty, torch.zeros_like(weights), weights)
    return torch.einsum("...ts,...se->...te", weights, value), weights


@variant("exponentials by hand, the queries scaled first")
def attention(query, key, value, mask=None):
    scores = (query * query.shape[-1] ** -0.5) @ key.mT
    if mask is not None:
        scores = scores + torch.zeros_like(scores).masked_fill(mask.logical_not(), -torch.inf)
    top = scores.detach().amax(-1, keepdim=True).clamp(min=torch.finfo(scores.dtype).min)
    e = (scores - top).exp()
    total = e.sum(-1, keepdim=True)
    weights = e / torch.where(total > 0, total, torch.ones_like(total))
    return torch.matmul(weights, value), weights


@variant("exponentials by hand, the queries scaled first")
def causal_mask(T):
    place = torch.arange(T)
    return place.unsqueeze(0) <= place.unsqueeze(1)


@variant("exponentials by hand, the queries scaled first")
def positions(T, D):
    P = torch.zeros(T, D)
    place = torch.arange(T, dtype=torch.float64)
    for i in range(D // 2):
        P[:, 2 * i] = torch.sin(place / 10000 ** (2 * i / D))
        P[:, 2 * i + 1] = torch.cos(place / 10000 ** (2 * i / D))
    return P


@variant("heads by slices, a head at a time")
def attention(query, key, value, mask=None):
    scores = torch.matmul(query, key.transpose(-1, -2)) / math.sqrt(key.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(mask == False, float("-inf"))  # noqa: E712
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = torch.nan_to_num(weights, nan=0.0)
    return torch.matmul(weights, value), weights


@variant("heads by slices, a head at a time")
def split_heads(x, heads):
    size, rest = divmod(x.shape[2], heads)
    if rest != 0:
        raise ValueError(f"{heads} does not divide {x.shape[2]}")
    return torch.stack([x[:, :, h * size : (h + 1) * size] for h in range(heads)], dim=1)


@variant("heads by slices, a head at a time")
def merge_heads(x):
    return torch.cat([x[:, h] for h in range(x.shape[1])], dim=2)


@variant("heads by slices, a head at a time")
class MultiHeadAttention(nn.Module):
    def __init__(self, D, heads):
        super().__init__()
        self.query = nn.Linear(D, D)
        self.key = nn.Linear(D, D)
        self.value = nn.Linear(D, D)
        self.out = nn.Linear(D, D)
        self.size, self.heads = D // heads, heads

    def forward(self, x, mask=None):
        q, k, v, found = self.query(x), self.key(x), self.value(x), []
        if mask is not None:
            mask = mask.expand(x.shape[0], self.heads, x.shape[1], x.shape[1])
        for h in range(self.heads):
            own = slice(h * self.size, (h + 1) * self.size)
            part = None if mask is None else mask[:, h]
            found.append(attention(q[..., own], k[..., own], v[..., own], part)[0])
        return self.out(torch.cat(found, -1))


@variant("with unflatten, one product for queries, keys and values")
def split_heads(x, heads):
    if x.size(-1) % heads != 0:
        raise ValueError("heads")
    return x.unflatten(-1, (heads, -1)).permute(0, 2, 1, 3)


@variant("with unflatten, one product for queries, keys and values")
def merge_heads(x):
    N, heads, T, d = x.shape
    return x.permute(0, 2, 1, 3).contiguous().view(N, T, heads * d)


@variant("with unflatten, one product for queries, keys and values")
class MultiHeadAttention(nn.Module):
    def __init__(self, D, heads):
        super().__init__()
        for name in ("query", "key", "value", "out"):
            setattr(self, name, nn.Linear(D, D))
        self.heads = heads

    def forward(self, x, mask=None):
        layers = (self.query, self.key, self.value)
        all_at_once = F.linear(x, torch.cat([p.weight for p in layers]), torch.cat([p.bias for p in layers]))
        q, k, v = (split_heads(part, self.heads) for part in all_at_once.chunk(3, -1))
        return self.out(merge_heads(attention(q, k, v, mask)[0]))


@variant("with unflatten, one product for queries, keys and values")
class EncoderLayer(nn.Module):
    def __init__(self, D, heads, hidden):
        super().__init__()
        self.attend = MultiHeadAttention(D, heads)
        self.norm1 = nn.LayerNorm(D)
        self.wide = nn.Linear(D, hidden)
        self.narrow = nn.Linear(hidden, D)
        self.norm2 = nn.LayerNorm(D)
        self.relu = nn.ReLU()

    def forward(self, x, mask=None):
        x = self.attend(self.norm1(x), mask).add(x)
        return self.narrow(self.relu(self.wide(self.norm2(x)))).add(x)


@variant("places in a buffer, the mean as a product with the mask")
class TransformerClassifier(nn.Module):
    def __init__(self, V, D, C, heads=4, layers=1, p=0.3):
        super().__init__()
        self.embed = nn.Embedding(V, D)
        self.register_buffer("places", positions(64, D), persistent=False)
        self.layers = nn.ModuleList([EncoderLayer(D, heads, 2 * D) for _ in range(layers)])
        self.norm = nn.LayerNorm(D)
        self.before, self.after = nn.Dropout(p), nn.Dropout(p)
        self.out = nn.Linear(D, C)

    def forward(self, ids, mask):
        N, T = ids.shape
        if len(self.places) < T:
            self.places = positions(2 * T, self.places.shape[1]).to(self.places)
        x = self.before(self.embed(ids) + self.places[:T])
        for layer in self.layers:
            x = layer(x, mask.view(N, 1, 1, T))
        x = self.norm(x)
        words = mask.to(x.dtype)
        share = words / words.sum(1, keepdim=True).clamp(min=1)
        return self.out(self.after(torch.einsum("nt,ntd->nd", share, x)))


@variant("padded rows left out by where")
class TransformerClassifier(nn.Module):
    def __init__(self, V, D, C, heads=4, layers=1, p=0.3):
        super().__init__()
        self.embed, self.norm, self.out = nn.Embedding(V, D, padding_idx=0), nn.LayerNorm(D), nn.Linear(D, C)
        self.layers = nn.ModuleList()
        for _ in range(layers):
            self.layers.append(EncoderLayer(D, heads, 2 * D))
        self.p = p

    def forward(self, ids, mask):
        x = self.embed(ids)
        x = F.dropout(x + positions(ids.shape[1], x.shape[2]).to(x.dtype), self.p, self.training)
        for layer in self.layers:
            x = layer(x, mask[:, None, None])
        x = torch.where(mask.unsqueeze(2), self.norm(x), 0.0)
        counts = mask.sum(1).clamp(min=1).unsqueeze(1)
        return self.out(F.dropout(x.sum(1) / counts, self.p, self.training))
