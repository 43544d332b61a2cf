"""Other right ways."""

import torch

from autograder.rewrites import variant


@variant("by adding")
def text(x):
    return x + x + 1
