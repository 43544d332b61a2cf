"""Other right ways."""

import torch

from autograder.rewrites import variant


@variant("by adding")
def matrix_computation(x):
    return x + x + 1
