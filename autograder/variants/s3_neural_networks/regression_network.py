"""Other right ways."""

import torch

from autograder.rewrites import variant


@variant("by adding")
def regression_network(x):
    return x + x + 1
