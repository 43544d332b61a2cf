"""The texts of a new page: a small true example to write over, with PyTorch or without.

As it stands it meets the level that it claims: its picture is drawn by its script, it has hints, its docstring says
shapes, units and errors, and no broken promise of that docstring lives.
"""

from __future__ import annotations

from ..language import _

LESSON = """+++
title = "{title}"
level = "checked"   # draft, checked or proven: how far `gradus verify` proves this page
points = 3          # the sum of the checks' points
hints = ["What is the answer where x is 0?", "Multiply first, then add."]
+++
# {title}

One idea, one formula, one picture: $y = 2x + b$ is a line of slope 2 through $(0, b)$.

![A line of slope two that crosses the axis at one]({name}.png)

**By hand.** For $x = 3$ and $b = 1$ the answer is 7.

## What goes wrong

Where $b$ is added before the doubling, the line crosses the axis at $2b$.

## What to read next

Name a real source here, by its title.
"""

QUESTIONS = """+++
title = "{title}"

# A page without code: each question is answered in words, in the page's notebook, and a person marks it. `scheme` says
# what earns how much; students never see it. An ask is Markdown, and may show a picture that lies beside this file.
[[questions]]
ask = "Read the figure above. Which of the two methods would you stop early, and at which epoch?"
points = 2
scheme = "1 point: the one whose error rises again. 1 point: near epoch 20, where it is smallest."

[[questions]]
ask = "Say in one sentence what the other curve tells of the amount of data."
points = 1
scheme = "It still falls: more data, or more epochs, would help."
+++
# {title}

The figure shows the validation error of two methods over the epochs.

![Two curves: one falls and rises again, the other falls slowly]({name}.png)
"""

PICTURE_TO_READ = '''"""The picture that is to be read."""

import matplotlib.pyplot as plt


def draw() -> plt.Figure:
    """The validation error of two methods over forty epochs."""
    epochs = range(1, 41)
    figure, axes = plt.subplots()
    axes.plot(epochs, [0.3 + ((epoch - 20) / 30) ** 2 for epoch in epochs], label="A")
    axes.plot(epochs, [0.4 + 1 / (1 + epoch / 8) for epoch in epochs], label="B")
    axes.set(xlabel="epoch", ylabel="validation error")
    axes.legend()
    return figure
'''

SOLUTION = '''# %% [markdown]
# # {title}

# %%
import torch


# %%
def {name}(x: torch.Tensor, shift: float = 1.0) -> torch.Tensor:
    """Return the height of the line at each position: 2 x + shift.

    Args:
        x: positions in any unit, a floating-point tensor of any shape; it is left as it was.
        shift: the height at x = 0, in the same unit.

    Returns:
        A new tensor of the same shape and dtype.
    """
    ### BEGIN SOLUTION
    return 2 * x + shift
    ### END SOLUTION
'''

CHECKS = '''"""What {name} must do."""

import torch

from autograder.checking import assert_contract, assert_same, points, unmodified


def line(x, shift=1.0):
    """The expected height, worked out here."""
    return x + x + shift


@points(1)
def test_values(student):
    """twice x plus one, for every shape, and x is left as it was"""
    for shape in ((1,), (2, 3)):
        x = torch.randn(shape, dtype=torch.float64)
        with unmodified(x):
            assert_same(student.{name}(x), line(x))


@points(1)
def test_shift(student):
    """the height at x = 0 is `shift`"""
    x = torch.randn(3, dtype=torch.float64)
    for shift in (0.0, -2.125):
        assert_same(student.{name}(x, shift), line(x, shift))


@points(1)
def test_contract(student):
    """any size, dtype and memory layout, one when `shift` is left out, and a gradient of two everywhere"""
    x = torch.randn(4, 3, dtype=torch.float64)
    assert_contract(
        student.{name}, line, x, shift=0.5, defaults={"shift": 1.0},
        shapes=[(), (0,), (2, 1)], dtypes=[torch.float32, torch.float16], gradients=True,
    )  # fmt: skip
'''

MISCONCEPTIONS = '''"""Wrong ways, as students write them."""

import torch

from autograder.checking import misconception


@misconception("adds before it doubles", hint="What is the height at x = 0?", dies_by="test_values")
def {name}(x, shift=1.0):
    return 2 * (x + shift)
'''

VARIANTS = '''"""Other right ways."""

import torch

from autograder.checking import variant


@variant("by adding")
def {name}(x, shift=1.0):
    return x + x + shift
'''

PICTURE = '''"""The lesson's picture."""

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import reference


def draw() -> plt.Figure:
    """The function, as the reference solution computes it."""
    page = reference("{address}")
    figure, axes = plt.subplots()
    x = torch.linspace(-3, 3, 200)
    axes.plot(x, page.{name}(x))
    return figure
'''

#: what is another text where a page does without PyTorch
WITHOUT_TORCH = {
    SOLUTION: '''# %% [markdown]
# # {title}


# %%
def {name}(values: list[float], shift: float = 1.0) -> list[float]:
    """Return the height of the line at each position: 2 x + shift.

    Args:
        values: positions in any unit, at least one; the list is left as it was.
        shift: the height at x = 0, in the same unit.

    Returns:
        A new list of the same length.

    Raises:
        ValueError: there is no position.
    """
    ### BEGIN SOLUTION
    if not values:
        raise ValueError("no positions")
    return [2 * x + shift for x in values]
    ### END SOLUTION
''',
    CHECKS: '''"""What {name} must do."""

import random

from autograder.checking import assert_left_alone, assert_same, points, raises


@points(1)
def test_values(student):
    """twice x plus one, for each position; the list is left as it was"""
    for size in (1, 2, 5):
        values = [random.uniform(-3, 3) for _ in range(size)]
        assert_same(student.{name}(values), [x + x + 1 for x in values])
        assert_left_alone(student)


@points(1)
def test_shift(student):
    """the height at x = 0 is `shift`"""
    values = [random.uniform(-3, 3) for _ in range(3)]
    for shift in (0.0, -2.125):
        assert_same(student.{name}(values, shift), [x + x + shift for x in values])


@points(1)
def test_empty(student):
    """no position at all is refused with a ValueError"""
    with raises(ValueError):
        student.{name}([])
''',
    MISCONCEPTIONS: '''"""Wrong ways, as students write them."""

from autograder.checking import misconception


@misconception("adds before it doubles", hint="What is the height at x = 0?", dies_by="test_values")
def {name}(values, shift=1.0):
    if not values:
        raise ValueError("no positions")
    return [2 * (x + shift) for x in values]
''',
    VARIANTS: '''"""Other right ways."""

from autograder.checking import variant


@variant("in a loop")
def {name}(values, shift=1.0):
    if len(values) == 0:
        raise ValueError
    found = []
    for x in values:
        found.append(x + x + shift)
    return found
''',
    PICTURE: '''"""The lesson's picture."""

import matplotlib.pyplot as plt

from autograder.authoring.pictures import reference


def draw() -> plt.Figure:
    """The function, as the reference solution computes it."""
    page = reference("{address}")
    figure, axes = plt.subplots()
    x = [-3.0, 3.0]
    axes.plot(x, page.{name}(x))
    return figure
''',
}

#: what students read of these texts, and a marker: a course in another language begins with it in that language
SAID = (
    "What is the answer where x is 0?", "Multiply first, then add.",
    "One idea, one formula, one picture: $y = 2x + b$ is a line of slope 2 through $(0, b)$.",
    "A line of slope two that crosses the axis at one", "**By hand.** For $x = 3$ and $b = 1$ the answer is 7.",
    "What goes wrong", "Where $b$ is added before the doubling, the line crosses the axis at $2b$.",
    "What to read next", "Name a real source here, by its title.",
    "Read the figure above. Which of the two methods would you stop early, and at which epoch?",
    "1 point: the one whose error rises again. 1 point: near epoch 20, where it is smallest.",
    "Say in one sentence what the other curve tells of the amount of data.",
    "It still falls: more data, or more epochs, would help.",
    "The figure shows the validation error of two methods over the epochs.",
    "Two curves: one falls and rises again, the other falls slowly",
    "twice x plus one, for every shape, and x is left as it was", "the height at x = 0 is `shift`",
    "any size, dtype and memory layout, one when `shift` is left out, and a gradient of two everywhere",
    "twice x plus one, for each position; the list is left as it was",
    "no position at all is refused with a ValueError", "adds before it doubles", "What is the height at x = 0?",
)  # fmt: skip


def in_language(text: str) -> str:
    """Return one of these texts with what people read of it in the language that is spoken."""
    for said in SAID:
        text = text.replace(said, _(said))
    return text
