# %% [markdown]
# # Attention
#
# A mean gives every word the same weight in every text, and a filter sees three neighbours. With attention each word
# decides, text by text, which other words it takes its information from, however far away they stand. You write it,
# several of it side by side, and a small transformer that classifies texts.

# %%
import torch
from torch import nn

# %% [markdown]
# ## A mean whose weights are computed
#
# $$\mathrm{attention}(Q, K, V) = \mathrm{softmax}\Bigl(\frac{Q K^\top}{\sqrt d}\Bigr)\, V$$
#
# The softmax runs along the keys. A mask says which keys count.


# %%
def attention(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Scaled dot-product attention: for each query a mean of the values, weighted by how well their keys fit.

    Written out, without PyTorch's own `scaled_dot_product_attention` and `MultiheadAttention`.

    Args:
        query: (..., T, d) float32 or float64, d of 1 or more; any sizes may stand before T, or none.
        key: (..., S, d) of the same dtype, with the same sizes before S.
        value: (..., S, e) of the same dtype, with the same sizes before S.
        mask: bool, of a shape that broadcasts to (..., T, S), True where a query may look at a key; without one it
            may look at all. All four stay as they were.

    Returns:
        (out, weights): the means, (..., T, e), and the weights, (..., T, S), in the dtype of `query`. Weights under
        False are exactly 0, and each row sums to 1; a row of the mask without any True gives weights of 0 and a
        mean of 0. Differentiable, with finite gradients for such a row too; right also for dot products of 1000.
    """
    # YOUR CODE HERE
    raise NotImplementedError("attention is not written yet")


# %% [markdown]
# A network that writes a text word by word must not look at words that are not yet there. (Our classifier reads whole
# texts and needs no such mask.)


# %%
def causal_mask(T: int) -> torch.Tensor:
    """The mask that lets every place look at itself and at what stands before it.

    Args:
        T: how many places there are, 1 or more.

    Returns:
        (T, T) bool; entry [i, j] is True where the query at place i may look at the key at place j.
    """
    # YOUR CODE HERE
    raise NotImplementedError("causal_mask is not written yet")


# %% [markdown]
# ## Several heads
#
# One softmax gives one mean. For several, cut each vector into `heads` pieces, and let each piece attend by itself.


# %%
def split_heads(x: torch.Tensor, heads: int) -> torch.Tensor:
    """Cut every word's vector into pieces, one for each head.

    Args:
        x: (N, T, D) float32 or float64, contiguous or not; it stays as it was.
        heads: how many pieces, 1 or more.

    Returns:
        (N, heads, T, D / heads), in the dtype of x: head h has the entries from h D / heads on. Differentiable.

    Raises:
        ValueError: `heads` does not divide D.
    """
    # YOUR CODE HERE
    raise NotImplementedError("split_heads is not written yet")


# %%
def merge_heads(x: torch.Tensor) -> torch.Tensor:
    """Put the pieces of every word together again: `merge_heads(split_heads(x, heads))` has the values of x.

    Args:
        x: (N, heads, T, d) float32 or float64, contiguous or not; it stays as it was.

    Returns:
        (N, T, heads * d), in the dtype of x. Differentiable.
    """
    # YOUR CODE HERE
    raise NotImplementedError("merge_heads is not written yet")


# %%
class MultiHeadAttention(nn.Module):
    """Self-attention with several heads: the words of a text look at one another.

    Its parts are `query`, `key`, `value` and `out`, each an nn.Linear(D, D). Called with x, (N, T, D) in the dtype of
    its parameters, it cuts query(x), key(x) and value(x) into heads, attends in each head, puts the heads' means
    together, and gives out of them, (N, T, D). Differentiable; x stays as it was. Written out with your `attention`,
    without PyTorch's own `MultiheadAttention`.

    Called with x and a mask, it gives the mask to every attention: bool, of a shape that broadcasts to
    (N, heads, T, T), such as (N, 1, 1, T) or (T, T). The mask stays as it was.

    Args:
        D: size of a word's vector.
        heads: divides D.
    """

    def __init__(self, D: int, heads: int) -> None:
        # YOUR CODE HERE
        raise NotImplementedError("MultiHeadAttention.__init__ is not written yet")

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        # YOUR CODE HERE
        raise NotImplementedError("MultiHeadAttention.forward is not written yet")


# %% [markdown]
# ## The layer of a transformer
#
# Attention moves information between words; two linear layers with a ReLU then work on each word alone. Both only
# *add* to what is there, as in a residual block, and both read a normalised copy of it.


# %%
class EncoderLayer(nn.Module):
    """One layer of a transformer's encoder, with the normalisation in front of each part.

    Called with x, (N, T, D) in the dtype of its parameters, and a mask or None as for `MultiHeadAttention`, it computes
    y = x + attend(norm1(x), mask) and gives y + narrow(relu(wide(norm2(y)))), (N, T, D). Differentiable; x and mask
    stay as they were.

    Its parts are `attend`, a MultiHeadAttention(D, heads); `norm1` and `norm2`, each an nn.LayerNorm(D); `wide`, an
    nn.Linear(D, hidden); and `narrow`, an nn.Linear(hidden, D). Written out, without PyTorch's own
    `TransformerEncoderLayer`.
    """

    def __init__(self, D: int, heads: int, hidden: int) -> None:
        # YOUR CODE HERE
        raise NotImplementedError("EncoderLayer.__init__ is not written yet")

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        # YOUR CODE HERE
        raise NotImplementedError("EncoderLayer.forward is not written yet")


# %% [markdown]
# ## Places
#
# Attention does not see in which order the words stand. So each place $t$ has a vector of its own, which is added to
# the word's. Its entries are waves, from fast to slow:
#
# $$P_{t, 2i} = \sin\bigl(t / 10000^{2i/D}\bigr), \qquad P_{t, 2i+1} = \cos\bigl(t / 10000^{2i/D}\bigr)$$


# %%
def positions(T: int, D: int) -> torch.Tensor:
    """A vector for every place of a text, made of sines and cosines.

    Args:
        T: how many places, counted from 0; 1 or more.
        D: size of a vector, an even number of 2 or more.

    Returns:
        (T, D) float32: in row t the sine of t / 10000^(2i / D) in column 2i and its cosine in column 2i + 1, each right
        to 1e-3 for T up to 2000.
    """
    # YOUR CODE HERE
    raise NotImplementedError("positions is not written yet")


# %% [markdown]
# ## The classifier
#
# Word vectors and places, some layers, the mean over the words, a linear layer. It takes what `BagOfEmbeddings` and
# `TextCNN` of the final project take, so it can be trained in their place.


# %%
class TransformerClassifier(nn.Module):
    """Classifies a text by a transformer's encoder and the mean of what comes out at its words.

    Called with ids, (N, T) int64, and mask, (N, T) bool, True for words and False for padding, contiguous or not, it
    gives logits (N, C) in the dtype of its parameters, right to 1e-5. T is 1 or more, and no text is too long. In eval
    mode: to the words' vectors, `embed(ids)`, `positions(T, D)` are added; then come the layers, whose words look at
    words alone and never at padding; then `norm`; then the mean over the words, or zeros for a row without any; then
    `out`. So whatever stands where the mask is False changes no logit, and finite logits come of a row without words
    too. Ids and mask stay as they were.

    Written out of your layers, without PyTorch's own `TransformerEncoderLayer`.

    In training mode the same happens, but nn.Dropout(p) acts on the sum of vectors and positions, and on the mean.

    Its parts are `embed`, an nn.Embedding(V, D); `layers`, an nn.ModuleList of EncoderLayer(D, heads, 2 * D); `norm`,
    an nn.LayerNorm(D); and `out`, an nn.Linear(D, C). With which numbers they begin is up to you; word vectors with a
    standard deviation of 0.1 learn well.

    Args:
        V: number of ids.
        D: size of a word's vector, even, and a multiple of `heads`.
        C: number of classes.
        heads: of every layer.
        layers: how many layers, 1 or more.
        p: the share of the numbers that is dropped in training, 0 <= p < 1.
    """

    def __init__(self, V: int, D: int, C: int, heads: int = 4, layers: int = 1, p: float = 0.3) -> None:
        # YOUR CODE HERE
        raise NotImplementedError("TransformerClassifier.__init__ is not written yet")

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        # YOUR CODE HERE
        raise NotImplementedError("TransformerClassifier.forward is not written yet")
