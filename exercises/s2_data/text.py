# %% [markdown]
# # Text
#
# From sentences to a matrix of numbers, one step a function. Plain Python does the first half;
# `collections.Counter` and `re` are worth knowing. The second half is PyTorch.

# %%
import re
from collections import Counter

import torch

# %% [markdown]
# ## Words


# %%
def tokenize(text: str) -> list[str]:
    """Cut a text into lower-case words.

    A word is a longest run of letters and digits (characters for which `str.isalnum` is true), in the text made
    lower-case with `str.lower`. All else only separates words: spaces, hyphens, apostrophes, underscores.

    Args:
        text: any text, also an empty one.

    Returns:
        The words in their order; repeated words are repeated. "Don't panic!" gives ["don", "t", "panic"].
    """
    # YOUR CODE HERE
    raise NotImplementedError("tokenize is not written yet")


# %% [markdown]
# ## Numbers for words


# %%
class Vocab:
    """The known words, each with an id; ids count from 0 without a gap.

    How it stores them is up to you. Several vocabularies can be in use side by side.
    """

    def __init__(self, words: list[str]) -> None:
        """Keep the words; the place of each in the list is its id. (Only `build` calls this: change it as you like.)"""
        # YOUR CODE HERE
        raise NotImplementedError("Vocab.__init__ is not written yet")

    @classmethod
    def build(
        cls, sequences: list[list[str]], min_freq: int = 1, specials: tuple[str, ...] = ("<pad>", "<unk>")
    ) -> "Vocab":
        """Collect the words of the training texts.

        First come the specials, in the given order: with the default ones the id of "<pad>" is 0 and that of
        "<unk>" is 1. Then come all other words that occur at least `min_freq` times, the frequent ones first;
        equally frequent words stand in alphabetical order, as Python sorts strings.

        Args:
            sequences: the texts, each a list of words; they stay as they were.
            min_freq: how often a word must occur, over all texts together.
            specials: words that get an id in any case; one of them that also occurs in the texts gets no second id.

        Raises:
            ValueError: "<unk>" is not among the specials.
        """
        # YOUR CODE HERE
        raise NotImplementedError("Vocab.build is not written yet")

    def __len__(self) -> int:
        """How many ids there are, specials included."""
        # YOUR CODE HERE
        raise NotImplementedError("Vocab.__len__ is not written yet")

    def encode(self, words: list[str]) -> list[int]:
        """The id of each word; an unknown word gets that of "<unk>". The vocabulary stays as it is, `words` too."""
        # YOUR CODE HERE
        raise NotImplementedError("Vocab.encode is not written yet")

    def decode(self, ids: list[int]) -> list[str]:
        """The word of each id, specials included; `ids` stays as it was."""
        # YOUR CODE HERE
        raise NotImplementedError("Vocab.decode is not written yet")


# %% [markdown]
# ## A batch


# %%
def pad_batch(
    sequences: list[list[int]], pad_id: int = 0, max_len: int | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Put sequences of unequal length into one tensor, filled up at the end.

    Args:
        sequences: N lists of ids, some perhaps empty; they stay as they were.
        pad_id: what to fill up with.
        max_len: if given, only the first `max_len` ids of each sequence are kept; 1 or more.

    Returns:
        (ids, lengths): ids, (N, T) int64, with T the largest length; lengths, (N,) int64: how many entries of each
        row are no padding. Without any sequence the shapes are (0, 0) and (0,).
    """
    # YOUR CODE HERE
    raise NotImplementedError("pad_batch is not written yet")


# %% [markdown]
# ## A text as a point in space
#
# $$\mathrm{idf}_v = \ln\frac{1 + N}{1 + \mathrm{df}_v} + 1$$


# %%
def bag_of_words(ids: torch.Tensor, vocab_size: int, pad_id: int = 0) -> torch.Tensor:
    """How often each word occurs in each text.

    Args:
        ids: (N, T) int64, each entry from 0 to vocab_size - 1; stays as it was. T may be 0.
        vocab_size: V, the number of ids.
        pad_id: the id of padding, which is not counted: its column is 0.

    Returns:
        (N, V) float32: entry [n, v] is how often id v occurs in row n.
    """
    # YOUR CODE HERE
    raise NotImplementedError("bag_of_words is not written yet")


# %%
def idf(counts: torch.Tensor) -> torch.Tensor:
    """The inverse document frequency: the rarer the word, the larger its weight.

    Args:
        counts: (N, V) float32 or float64 tensor of counts; stays as it was.

    Returns:
        (V,) tensor of the same dtype, as exact as that dtype is: ln((1 + N) / (1 + df)) + 1, with df the number of
        rows in which the word occurs.
    """
    # YOUR CODE HERE
    raise NotImplementedError("idf is not written yet")


# %%
def tfidf(counts: torch.Tensor, weights: torch.Tensor | None = None) -> torch.Tensor:
    """Counts, weighted by how rare each word is, and brought to length 1.

    Args:
        counts: (N, V) float32 or float64 tensor of counts; stays as it was.
        weights: (V,) tensor of the same dtype, the idf of the training texts, each above 0; by default that of `counts`
            itself.

    Returns:
        (N, V) tensor of the same dtype, as exact as that dtype is: each row is counts times weights, divided by its
        Euclidean norm; a row without any word stays 0. Needs no gradient.
    """
    # YOUR CODE HERE
    raise NotImplementedError("tfidf is not written yet")


# %% [markdown]
# ## A text as the mean of its words
#
# $$m_n = \frac{\sum_t \mathrm{mask}_{nt}\, E_{\mathrm{ids}_{nt}}}{\sum_t \mathrm{mask}_{nt}}$$


# %%
def masked_mean(E: torch.Tensor, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean of the vectors of a text's words, padding left out.

    Args:
        E: (V, D) float32 or float64 tensor of finite numbers, one vector for each id.
        ids: (N, T) int64, T of 1 or more, each from 0 to V - 1, also where the mask is False; stays as it was.
        mask: (N, T) bool, True for words, False for padding, wherever it stands; stays as it was.

    Returns:
        (N, D) tensor of E's dtype, differentiable in E; a row without any word gives zeros. What stands in `ids`
        where the mask is False changes nothing, and sends no gradient.
    """
    # YOUR CODE HERE
    raise NotImplementedError("masked_mean is not written yet")
