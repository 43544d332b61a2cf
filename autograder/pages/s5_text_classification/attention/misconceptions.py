"""Wrong ways to write attention, its heads and a transformer, as students write them."""

import torch
import torch.nn.functional as F
from torch import nn

from autograder.checking import misconception

LOWEST = torch.finfo(torch.float32).min


def masked(scores, mask):
    """The softmax along the keys, right."""
    if mask is None:
        return torch.softmax(scores, -1)
    return torch.softmax(scores.masked_fill(~mask, LOWEST), -1).masked_fill(~mask, 0.0)


# -- attention ---------------------------------------------------------------------------------------


@misconception(
    "does not divide by the root of d",
    hint="The dot product of two vectors of d random numbers is about the root of d in size. Divide the scores by it.",
    dies_by="test_by_hand",
)
def attention(query, key, value, mask=None):
    weights = masked(query @ key.transpose(-2, -1), mask)
    return weights @ value, weights


@misconception(
    "divides by d instead of its root",
    hint="The variance of the dot product is d, so its size is the root of d.",
    dies_by="test_by_hand",
)
def attention(query, key, value, mask=None):
    weights = masked(query @ key.transpose(-2, -1) / query.shape[-1], mask)
    return weights @ value, weights


@misconception(
    "takes the root of the number of keys, not of d",
    hint="d is the size of one query or key: the last size of `query`, not the last but one of `key`.",
    dies_by="test_by_hand",
)
def attention(query, key, value, mask=None):
    weights = masked(query @ key.transpose(-2, -1) / key.shape[-2] ** 0.5, mask)
    return weights @ value, weights


@misconception(
    "normalises along the queries, not along the keys",
    hint="Each query shares out a weight of 1 among the keys: weights.sum(-1) must be 1, not weights.sum(-2).",
    dies_by="test_by_hand",
)
def attention(query, key, value, mask=None):
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, LOWEST)
    weights = torch.softmax(scores, -2)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ value, weights


@misconception(
    "returns the scores, not the weights",
    hint="The second value is what the softmax makes of the scores.",
    dies_by="test_by_hand",
)
def attention(query, key, value, mask=None):
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    return masked(scores, mask) @ value, scores


@misconception(
    "multiplies by the mask after the softmax only",
    hint="The keys under False took a share of the softmax before you set it to 0, so the rest no longer sums to 1.",
    dies_by="test_mask",
)
def attention(query, key, value, mask=None):
    weights = torch.softmax(query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5, -1)
    if mask is not None:
        weights = weights * mask
    return weights @ value, weights


@misconception(
    "sets the scores under False to 0",
    hint="The exponential of 0 is 1, not 0. Which score has a weight of 0 after the softmax?",
    dies_by="test_mask",
)
def attention(query, key, value, mask=None):
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    if mask is not None:
        scores = scores * mask
    weights = torch.softmax(scores, -1)
    return weights @ value, weights


@misconception(
    "looks exactly where the mask is False",
    hint="True means that a query may look there. masked_fill fills where its mask is True: give it ~mask.",
    dies_by="test_mask",
)
def attention(query, key, value, mask=None):
    weights = masked(query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5, None if mask is None else ~mask)
    return weights @ value, weights


@misconception(
    "does not use the mask",
    hint="Where the mask is False the weight must be 0.",
    dies_by="test_mask",
)
def attention(query, key, value, mask=None):
    weights = torch.softmax(query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5, -1)
    return weights @ value, weights


@misconception(
    "gives NaN where nothing may be looked at",
    hint="A softmax over -inf alone is 0 / 0. Fill with a large negative number instead, and set the weights under False to 0.",
    dies_by="test_nothing_to_look_at",
)
def attention(query, key, value, mask=None):
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = torch.softmax(scores, -1)
    return weights @ value, weights


@misconception(
    "spreads the weight evenly where nothing may be looked at",
    hint="If all scores of a row are -1e9, they are equal, and the softmax gives each key the same. Set the weights under False to 0.",
    dies_by="test_nothing_to_look_at",
)
def attention(query, key, value, mask=None):
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    weights = torch.softmax(scores, -1)
    return weights @ value, weights


@misconception(
    "takes the exponentials without subtracting the maximum",
    hint="exp(1000) is inf. Let torch.softmax do it, or subtract the largest score of each row first.",
    dies_by="test_attention_promises",
)
def attention(query, key, value, mask=None):
    weights = (query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5).exp()
    if mask is not None:
        weights = weights * mask
    total = weights.sum(-1, keepdim=True)
    weights = weights / (total if mask is None else total + (total == 0))
    return weights @ value, weights


@misconception(
    "lets no gradient through the weights",
    hint="Queries and keys are trained through the weights: compute them without no_grad and without .detach().",
    dies_by="test_attention_promises",
)
def attention(query, key, value, mask=None):
    weights = masked(query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5, mask).detach()
    return weights @ value, weights


@misconception(
    "borrows PyTorch's attention instead of writing it",
    hint="The numbers are right; the exercise is to see how they come about: a product, a softmax, a product.",
    dies_by="test_written_by_hand",
)
def attention(query, key, value, mask=None):
    weights = masked(query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5, mask)
    if mask is None:
        return F.scaled_dot_product_attention(query, key, value), weights
    return weights @ value, weights


# -- the causal mask ---------------------------------------------------------------------------------


@misconception(
    "lets a place look at what comes after it",
    hint="Row i is the query at place i. Entry [0, 1] says whether the first word may look at the second: it may not.",
    dies_by="test_causal_mask",
)
def causal_mask(T):
    return torch.ones(T, T, dtype=torch.bool).triu()


@misconception(
    "lets no place look at itself",
    hint="The diagonal belongs to it. Without it the first place has nothing to look at.",
    dies_by="test_causal_mask",
)
def causal_mask(T):
    return torch.ones(T, T, dtype=torch.bool).tril(-1)


@misconception(
    "gives numbers, not True and False",
    hint="`~mask` and masked_fill need a bool tensor: dtype=torch.bool, or a comparison.",
    dies_by="test_causal_mask",
)
def causal_mask(T):
    return torch.tril(torch.ones(T, T))


# -- heads -------------------------------------------------------------------------------------------


@misconception(
    "reshapes to the heads directly, across the words",
    hint="Cut each vector first, (N, T, heads, D / heads), and then exchange dims 1 and 2. A reshape alone mixes words.",
    dies_by="test_split_heads",
)
def split_heads(x, heads):
    N, T, D = x.shape
    if D % heads:
        raise ValueError
    return x.reshape(N, heads, T, D // heads)


@misconception(
    "deals the entries of a vector out in turn",
    hint="Head 0 gets the first D / heads entries, not every heads-th one: the last size of the reshape is D / heads.",
    dies_by="test_split_heads",
)
def split_heads(x, heads):
    N, T, D = x.shape
    if D % heads:
        raise ValueError
    return x.reshape(N, T, D // heads, heads).permute(0, 3, 1, 2)


@misconception(
    "leaves the heads behind the words",
    hint="The shape is (N, heads, T, D / heads): exchange dims 1 and 2, or every word attends to its own heads.",
    dies_by="test_split_heads",
)
def split_heads(x, heads):
    N, T, D = x.shape
    if D % heads:
        raise ValueError
    return x.reshape(N, T, heads, D // heads)


@misconception(
    "raises no ValueError if the heads do not divide D",
    hint="Ask for D % heads first. The error of reshape tells a caller nothing about heads.",
    dies_by="test_split_heads",
)
def split_heads(x, heads):
    N, T, D = x.shape
    return x.reshape(N, T, heads, D // heads).transpose(1, 2)


@misconception("raises no ValueError if the heads do not divide D")
def split_heads(x, heads):
    N, T, D = x.shape
    size = D // heads
    return x[:, :, : size * heads].reshape(N, T, heads, size).transpose(1, 2)


@misconception(
    "reshapes without moving the heads behind the words",
    hint="Exchange dims 1 and 2 first: then the pieces of one word stand beside each other in memory.",
    dies_by="test_merge_heads",
)
def merge_heads(x):
    N, heads, T, d = x.shape
    return x.reshape(N, T, heads * d)


@misconception(
    "interleaves the heads",
    hint="The pieces stand one after the other, head 0 first: (N, T, heads, d), and then the last two dims become one.",
    dies_by="test_merge_heads",
)
def merge_heads(x):
    return x.permute(0, 2, 3, 1).flatten(2)


# -- modules -----------------------------------------------------------------------------------------


class Named(nn.Module):
    def __init__(self, D, heads):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(D, D) for _ in range(4))

    def pieces(self, x):
        return (split_heads(part(x), self.heads) for part in (self.query, self.key, self.value))


@misconception(
    "leaves out the last linear layer",
    hint="The heads' means, side by side, still pass through `out`, which lets the heads work together.",
    dies_by="test_multi_head_attention",
)
class MultiHeadAttention(Named):
    def forward(self, x, mask=None):
        return merge_heads(attention(*self.pieces(x), mask)[0])


@misconception(
    "does not give the mask to the heads",
    hint="The mask must reach `attention`: it is its fourth argument.",
    dies_by="test_multi_head_attention",
)
class MultiHeadAttention(Named):
    def forward(self, x, mask=None):
        return self.out(merge_heads(attention(*self.pieces(x))[0]))


@misconception(
    "attends once with the whole vectors",
    hint="Cut query, key and value into heads before you attend, and put the means together afterwards.",
    dies_by="test_multi_head_attention",
)
class MultiHeadAttention(Named):
    def forward(self, x, mask=None):
        q, k, v = (part(x)[:, None] for part in (self.query, self.key, self.value))
        return self.out(attention(q, k, v, mask)[0][:, 0] if mask is None or mask.dim() > 3 else attention(q[:, 0], k[:, 0], v[:, 0], mask)[0])


@misconception(
    "takes the mean of x itself, not of value(x)",
    hint="What is averaged are the values, value(x), cut into heads like queries and keys.",
    dies_by="test_multi_head_attention",
)
class MultiHeadAttention(Named):
    def forward(self, x, mask=None):
        q, k, _ = self.pieces(x)
        return self.out(merge_heads(attention(q, k, split_heads(x, self.heads), mask)[0]))


@misconception(
    "exchanges queries and keys",
    hint="A query is the word that looks, a key the word that is looked at: query(x) comes first.",
    dies_by="test_multi_head_attention",
)
class MultiHeadAttention(Named):
    def forward(self, x, mask=None):
        q, k, v = self.pieces(x)
        return self.out(merge_heads(attention(k, q, v, mask)[0]))


class Parts(nn.Module):
    def __init__(self, D, heads, hidden):
        super().__init__()
        self.attend, self.norm1, self.norm2 = MultiHeadAttention(D, heads), nn.LayerNorm(D), nn.LayerNorm(D)
        self.wide, self.narrow = nn.Linear(D, hidden), nn.Linear(hidden, D)

    def apart(self, y):
        return self.narrow(torch.relu(self.wide(y)))


@misconception(
    "normalises after adding, not in front of each part",
    hint="Both arrangements exist. Here each part reads a normalised copy, and what is added to is not normalised: x + attend(norm1(x), mask).",
    dies_by="test_encoder_layer",
)
class EncoderLayer(Parts):
    def forward(self, x, mask=None):
        y = self.norm1(x + self.attend(x, mask))
        return self.norm2(y + self.apart(y))


@misconception(
    "does not add what came in",
    hint="Both parts only change what is there: y = x + ..., and then y + ...",
    dies_by="test_encoder_layer",
)
class EncoderLayer(Parts):
    def forward(self, x, mask=None):
        y = self.attend(self.norm1(x), mask)
        return self.apart(self.norm2(y))


@misconception(
    "adds the second part to x, and loses the attention's change",
    hint="The second sum begins with y, which has the attention's change in it, not with x.",
    dies_by="test_encoder_layer",
)
class EncoderLayer(Parts):
    def forward(self, x, mask=None):
        y = x + self.attend(self.norm1(x), mask)
        return x + self.apart(self.norm2(y))


@misconception(
    "leaves out the ReLU",
    hint="Without a bend between them, two linear layers are one.",
    dies_by="test_encoder_layer",
)
class EncoderLayer(Parts):
    def forward(self, x, mask=None):
        y = x + self.attend(self.norm1(x), mask)
        return y + self.narrow(self.wide(self.norm2(y)))


@misconception(
    "hands no mask on to the attention",
    hint="attend takes the mask as its second argument.",
    dies_by="test_encoder_layer",
)
class EncoderLayer(Parts):
    def forward(self, x, mask=None):
        y = x + self.attend(self.norm1(x))
        return y + self.apart(self.norm2(y))


@misconception(
    "adds the normalised copy, not what came in",
    hint="The sum begins with x itself: only what the part reads is normalised.",
    dies_by="test_encoder_layer",
)
class EncoderLayer(Parts):
    def forward(self, x, mask=None):
        x = self.norm1(x)
        y = self.norm2(x + self.attend(x, mask))
        return y + self.apart(y)


# -- places ------------------------------------------------------------------------------------------


def angles(T, D):
    return torch.arange(T)[:, None] / 10000 ** (torch.arange(0, D, 2) / D)


@misconception(
    "puts all sines before all cosines",
    hint="Sine and cosine of one speed stand side by side: columns 2i and 2i + 1.",
    dies_by="test_positions",
)
def positions(T, D):
    return torch.cat([angles(T, D).sin(), angles(T, D).cos()], 1)


@misconception(
    "counts the places from 1",
    hint="The first place is 0: its row is 0, 1, 0, 1, ...",
    dies_by="test_positions",
)
def positions(T, D):
    a = torch.arange(1, T + 1)[:, None] / 10000 ** (torch.arange(0, D, 2) / D)
    return torch.stack([a.sin(), a.cos()], 2).flatten(1)


@misconception(
    "has i / D in the exponent, not 2i / D",
    hint="The exponents are 0, 2 / D, 4 / D, ...: the slowest wave is nearly 10000 times slower than the fastest.",
    dies_by="test_positions",
)
def positions(T, D):
    a = torch.arange(T)[:, None] / 10000 ** (torch.arange(D // 2) / D)
    return torch.stack([a.sin(), a.cos()], 2).flatten(1)


@misconception(
    "exchanges sine and cosine",
    hint="Even columns have the sine, odd ones the cosine: the first row is 0, 1, 0, 1, ...",
    dies_by="test_positions",
)
def positions(T, D):
    return torch.stack([angles(T, D).cos(), angles(T, D).sin()], 2).flatten(1)


@misconception(
    "gives each column a speed of its own",
    hint="Columns 2i and 2i + 1 have the same speed: the exponent of both is 2i / D.",
    dies_by="test_positions",
)
def positions(T, D):
    a = torch.arange(T)[:, None] / 10000 ** (torch.arange(D) / D)
    return torch.where(torch.arange(D) % 2 == 0, a.sin(), a.cos())


# -- the classifier ----------------------------------------------------------------------------------


class Reader(nn.Module):
    def __init__(self, V, D, C, heads=4, layers=1, p=0.3):
        super().__init__()
        self.embed, self.out, self.norm = nn.Embedding(V, D), nn.Linear(D, C), nn.LayerNorm(D)
        self.layers = nn.ModuleList(EncoderLayer(D, heads, 2 * D) for _ in range(layers))
        self.dropout = nn.Dropout(p)

    def words(self, ids):
        x = self.embed(ids)
        return self.dropout(x + positions(*x.shape[1:]).to(x.dtype))

    def encoded(self, ids, mask):
        x = self.words(ids)
        for layer in self.layers:
            x = layer(x, mask[:, None, None])
        return self.norm(x)

    def mean(self, x, mask):
        return (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)

    def forward(self, ids, mask):
        return self.out(self.dropout(self.mean(self.encoded(ids, mask), mask)))


@misconception(
    "does not add the positions",
    hint="Without them two texts with the same words in another order have the same logits.",
    dies_by="test_classifier",
)
class TransformerClassifier(Reader):
    def words(self, ids):
        return self.dropout(self.embed(ids))


@misconception(
    "takes the mean over padding too",
    hint="Multiply by mask[:, :, None] before you sum, and divide by the number of words.",
    dies_by="test_classifier",
)
class TransformerClassifier(Reader):
    def mean(self, x, mask):
        return x.mean(1)


@misconception(
    "divides the sum over the words by T",
    hint="T counts padding too. The number of words is mask.sum(1, keepdim=True).",
    dies_by="test_classifier",
)
class TransformerClassifier(Reader):
    def mean(self, x, mask):
        return (x * mask[:, :, None]).mean(1)


@misconception(
    "lets words look at padding",
    hint="Every layer needs the mask, as (N, 1, 1, T): mask[:, None, None, :]. A mean over the words alone is not enough.",
    dies_by="test_classifier",
)
class TransformerClassifier(Reader):
    def encoded(self, ids, mask):
        x = self.words(ids)
        for layer in self.layers:
            x = layer(x)
        return self.norm(x)


@misconception(
    "takes the first word instead of the mean",
    hint="Some models read their answer from a special first token; this one takes the mean over the words.",
    dies_by="test_classifier",
)
class TransformerClassifier(Reader):
    def mean(self, x, mask):
        return x[:, 0]


@misconception(
    "leaves out the last normalisation",
    hint="The layers add and add; `norm` brings their sum back to one size before the mean.",
    dies_by="test_classifier",
)
class TransformerClassifier(Reader):
    def encoded(self, ids, mask):
        x = self.words(ids)
        for layer in self.layers:
            x = layer(x, mask[:, None, None])
        return x


@misconception(
    "normalises the mean, not the words",
    hint="`norm` acts on each word's vector, before the mean over the words.",
    dies_by="test_classifier",
)
class TransformerClassifier(Reader):
    def forward(self, ids, mask):
        x = self.words(ids)
        for layer in self.layers:
            x = layer(x, mask[:, None, None])
        return self.out(self.dropout(self.norm(self.mean(x, mask))))


@misconception(
    "gives probabilities, not logits",
    hint="The loss wants logits and does the softmax itself: the last layer is `out`.",
    dies_by="test_classifier",
)
class TransformerClassifier(Reader):
    def forward(self, ids, mask):
        return super().forward(ids, mask).softmax(1)


@misconception(
    "keeps its layers in a plain list",
    hint="A list hides its modules from parameters(), so no optimizer trains them: nn.ModuleList.",
    dies_by="test_classifier",
)
class TransformerClassifier(Reader):
    def __init__(self, V, D, C, heads=4, layers=1, p=0.3):
        super().__init__(V, D, C, heads, layers, p)
        del self.layers
        self.layers = [EncoderLayer(D, heads, 2 * D) for _ in range(layers)]


@misconception(
    "repeats one and the same layer",
    hint="[layer] * n is one layer, n times: all share their numbers. Make a new EncoderLayer for each.",
    dies_by="test_classifier",
)
class TransformerClassifier(Reader):
    def __init__(self, V, D, C, heads=4, layers=1, p=0.3):
        super().__init__(V, D, C, heads, layers, p)
        self.layers = nn.ModuleList([EncoderLayer(D, heads, 2 * D)] * layers)


@misconception(
    "gives NaN for a text without words",
    hint="A mean over no word is 0 / 0: divide by mask.sum(1).clamp(min=1).",
    dies_by="test_padding",
)
class TransformerClassifier(Reader):
    def mean(self, x, mask):
        return (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)


@misconception(
    "has places for the first 512 words only",
    hint="No text is too long: make the positions for the T of the ids that came.",
    dies_by="test_padding",
)
class TransformerClassifier(Reader):
    def words(self, ids):
        x = self.embed(ids)
        return self.dropout(x + positions(512, x.shape[2])[: x.shape[1]].to(x.dtype))


@misconception(
    "drops nothing in training mode",
    hint="nn.Dropout(p) acts on the sum of vectors and positions, and on the mean.",
    dies_by="test_dropout",
)
class TransformerClassifier(Reader):
    def __init__(self, V, D, C, heads=4, layers=1, p=0.3):
        super().__init__(V, D, C, heads, layers, 0.0)


@misconception(
    "drops in eval mode too",
    hint="F.dropout drops always, unless you give it training=self.training; nn.Dropout knows the mode.",
    dies_by="test_classifier",
)
class TransformerClassifier(Reader):
    def __init__(self, V, D, C, heads=4, layers=1, p=0.3):
        super().__init__(V, D, C, heads, layers, p)
        self.p = p

    def forward(self, ids, mask):
        return self.out(F.dropout(self.mean(self.encoded(ids, mask), mask), self.p))


@misconception(
    "drops in the words only",
    hint="The dropout acts twice: on the sum of vectors and positions, and on the mean in front of `out`.",
    dies_by="test_dropout",
)
class TransformerClassifier(Reader):
    def forward(self, ids, mask):
        return self.out(self.mean(self.encoded(ids, mask), mask))


@misconception(
    "drops in the mean only",
    hint="The dropout acts twice: on the sum of vectors and positions, and on the mean in front of `out`.",
    dies_by="test_dropout",
)
class TransformerClassifier(Reader):
    def words(self, ids):
        x = self.embed(ids)
        return x + positions(*x.shape[1:]).to(x.dtype)


@misconception(
    "drops numbers of the words' vectors before the positions are added",
    hint="The dropout acts on the sum of vectors and positions: add first, then drop.",
    dies_by="test_dropout",
)
class TransformerClassifier(nn.Module):
    def __init__(self, V, D, C, heads=4, layers=1, p=0.3):
        super().__init__()
        self.embed = nn.Embedding(V, D)
        nn.init.normal_(self.embed.weight, std=0.1)
        self.layers = nn.ModuleList(EncoderLayer(D, heads, 2 * D) for _ in range(layers))
        self.norm, self.out, self.dropout = nn.LayerNorm(D), nn.Linear(D, C), nn.Dropout(p)

    def forward(self, ids, mask):
        words = self.embed(ids)
        x = self.dropout(words) + positions(*words.shape[1:]).to(words.dtype)
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :])
        kept = self.norm(x).masked_fill(~mask[:, :, None], 0.0)
        return self.out(self.dropout(kept.sum(1) / mask.sum(1, keepdim=True).clamp(min=1)))
