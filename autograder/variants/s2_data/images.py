"""Other right ways."""

import torch

from autograder.rewrites import variant


@variant("by adding")
def images(x):
    return x + x + 1
