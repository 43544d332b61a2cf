"""Other right ways."""

import torch

from autograder.rewrites import variant


@variant("by adding")
def datasets_and_loaders(x):
    return x + x + 1
