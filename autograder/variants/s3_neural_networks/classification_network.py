"""Other right ways."""

import torch

from autograder.rewrites import variant


@variant("by adding")
def classification_network(x):
    return x + x + 1
