"""The small page that the corpus is graded on: a number, a tensor with its gradient, a callback, a generator."""

from __future__ import annotations

ADDRESS = "one/steps"
POINTS = 5.0
SECONDS = 1.0  #: what a check may take; many cases use it up, twice: every tenth of a second costs the suite seconds

LESSON = f"""+++
title = "Five small steps"
points = 5
seconds = {SECONDS}
memory_mb = 700
+++
# Five small steps

$p_i = e^{{x_i}} / \\sum_j e^{{x_j}}$
"""

SOLUTION = '''# %% [markdown]
# # Five small steps

# %%
import torch


# %%
def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """Probabilities along `dim`."""
    ### BEGIN SOLUTION
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)
    ### END SOLUTION


# %%
def accuracy(scores: torch.Tensor, labels: torch.Tensor) -> float:
    """The share of rows whose largest score stands at the label."""
    ### BEGIN SOLUTION
    return (scores.argmax(1) == labels).double().mean().item()
    ### END SOLUTION


# %%
def descend(grad, x: torch.Tensor, lr: float, steps: int) -> torch.Tensor:
    """Plain gradient descent from `x`, asking `grad` once a step."""
    ### BEGIN SOLUTION
    for _ in range(steps):
        x = x - lr * grad(x)
    return x
    ### END SOLUTION


# %%
def batches(items: list, size: int):
    """Yield `items` in lists of `size`."""
    ### BEGIN SOLUTION
    for start in range(0, len(items), size):
        yield items[start : start + size]
    ### END SOLUTION
'''

CHECKS = '''"""What the five steps must do."""

from pathlib import Path

import torch

from autograder.checking import assert_gradients, assert_number, assert_same, forbids, points, require, unmodified

HOMES = Path(__file__).parents[4] / "homes"  # where the workers had their folders: nothing of them may stay


@forbids("torch.softmax", "torch.nn.functional.softmax", of="softmax", operators=("aten._softmax.default",))
@points(1)
def test_values(student):
    """probabilities along either axis, the input left alone"""
    with HOMES.open("a") as file:
        file.write(f"{student.path('')}\\n")
    x = torch.randn(2, 3, dtype=torch.float64)
    for dim in (0, 1):
        with unmodified(x):
            assert_same(student.softmax(x, dim), torch.softmax(x, dim))


@points(1)
def test_gradient(student):
    """the gradient of the probabilities"""
    x = torch.randn(3, 4, dtype=torch.float64)
    assert_gradients(lambda x: student.softmax(x, 1), lambda x: torch.softmax(x, 1), x)


@points(1)
def test_number(student):
    """the share of right rows, a number"""
    scores, labels = torch.randn(8, 3), torch.randint(0, 3, (8,))
    assert_number(student.accuracy(scores, labels), float((scores.argmax(1) == labels).double().mean()))


@points(1)
def test_callback(student):
    """five steps downhill, one gradient asked for each"""
    centre, asked = torch.randn(300, dtype=torch.float64), []

    def gradient(x):
        asked.append(1)
        return 2 * (x - centre)

    start = torch.zeros(300, dtype=torch.float64)
    assert_same(student.descend(gradient, start, 0.1, 5), centre * (1 - 0.8**5))
    require(len(asked) == 5, f"the gradient was asked for {len(asked)} times, not 5")


@points(1)
def test_batches(student):
    """everything once, in order, in pieces"""
    assert_same(list(student.batches(list(range(7)), 3)), [[0, 1, 2], [3, 4, 5], [6]])
'''

WRONG = """from autograder.checking import misconception


@misconception("normalises along the first axis", hint="What is dim for?", dies_by="test_values")
def softmax(x, dim=-1):
    e = x.exp()
    return e / e.sum(0, keepdim=True)


@misconception("takes one step only", hint="How often?", dies_by="test_callback")
def descend(grad, x, lr, steps):
    return x - lr * grad(x)
"""

#: the files of the page, by kind
PAGE = {"lesson": LESSON, "solution": SOLUTION, "checks": CHECKS, "wrong": WRONG, "variants": ""}
