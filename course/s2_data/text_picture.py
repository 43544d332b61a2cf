"""Two texts on their way: words, ids, a padded batch, bags of words."""

from collections import Counter

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from autograder.authoring.pictures import COLOURS, reference

TRAINING = ("the cat saw the mouse", "the mouse saw the cat", "a mouse ran")
TEXTS = ("The cat saw the mouse!", "A dog ran.")
GREY = "#e4e4e4"
TINTS = (GREY, "#b23a48", "#8fbbe0", "#f0b47a", "#9bcdaa", "#bdb0d8", "#e6cf7a", "#8fd0cf")  # one for each id


def cell(axes: Axes, x: float, y: float, text: str, number: int, width: float = 1.0) -> None:
    """A box in the colour of an id."""
    axes.add_patch(Rectangle((x, y), width, 1, facecolor=TINTS[number], edgecolor="white", linewidth=1.6))
    colour = "white" if number == 1 else "#8a8a8a" if number == 0 else "black"
    axes.text(x + width / 2, y + 0.47, text, ha="center", va="center", color=colour)


def draw() -> plt.Figure:
    """Above: each text as words and as ids. Below: both as one batch, then as rows of counts."""
    page = reference("s2_data/text")
    vocab = page.Vocab.build([page.tokenize(text) for text in TRAINING])
    words = [page.tokenize(text) for text in TEXTS]
    ids = [vocab.encode(sequence) for sequence in words]
    batch, lengths = page.pad_batch(ids)
    counts = page.bag_of_words(batch, len(vocab)).int()
    seen = Counter(word for text in TRAINING for word in page.tokenize(text))

    figure, axes = plt.subplots(figsize=(8.4, 3.8))
    axes.set(xlim=(-3.1, 19.9), ylim=(-1.2, 9.1), aspect="equal")
    axes.axis("off")

    def label(y: float, text: str, x: float = -0.4) -> None:
        axes.text(x, y + 0.47, text, ha="right", va="center", color=COLOURS[5], style="italic")

    for y, text in ((8, "text"), (6.7, "tokenize"), (5.6, "encode")):
        label(y, text)
    for left, text, tokens, numbers in zip((0, 11.4), TEXTS, words, ids, strict=True):
        axes.text(left, 8.47, f"“{text}”", va="center", fontsize=11)
        for place, (word, number) in enumerate(zip(tokens, numbers, strict=True)):
            cell(axes, left + 2 * place, 6.7, word, number, 2)
            cell(axes, left + 2 * place, 5.6, str(number), number, 2)
    axes.annotate(
        "not in the\nvocabulary: <unk>", (15.4, 6.6), (17.6, 6.6), va="center", ha="left", fontsize=8, color=TINTS[1]
    )

    label(1.5, "pad_batch")
    for n, row in enumerate(batch.tolist()):
        for t, number in enumerate(row):
            cell(axes, t, 2 - n, str(number), number)
        axes.text(5.35, 2.47 - n, f"length {lengths[n]}", va="center", fontsize=8, color=COLOURS[5])
    axes.text(2.5, 3.35, "(N, T)", ha="center", color=COLOURS[5])

    label(1.5, "bag_of_words", 11.1)
    for v, word in enumerate(vocab.decode(list(range(len(vocab))))):
        name = f"{word} ({seen[word]})" if word in seen else word
        axes.text(11.9 + v, 3.15, name, ha="center", va="bottom", rotation=55, fontsize=8)
        axes.text(11.9 + v, 0.72, str(v), ha="center", va="top", fontsize=8, color=COLOURS[5])
        for n in range(len(TEXTS)):
            count = int(counts[n, v])
            cell(axes, 11.4 + v, 2 - n, str(count), v if count else 0)
    axes.text(
        15.4,
        -0.75,
        "(N, V): one column for each id; in brackets,\nhow often the training texts have it",
        ha="center",
        color=COLOURS[5],
    )
    return figure
