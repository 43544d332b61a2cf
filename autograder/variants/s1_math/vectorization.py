"""Other right ways."""

import torch

from autograder.rewrites import variant


@variant("by adding")
def vectorization(x):
    return x + x + 1
