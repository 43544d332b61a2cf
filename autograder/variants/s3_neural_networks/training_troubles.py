"""Other right ways."""

import torch

from autograder.rewrites import variant


@variant("by adding")
def training_troubles(x):
    return x + x + 1
