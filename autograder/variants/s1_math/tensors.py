"""Other right ways."""

import torch

from autograder.rewrites import variant


@variant("by adding")
def tensors(x):
    return x + x + 1
