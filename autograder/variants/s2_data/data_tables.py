"""Other right ways."""

import torch

from autograder.rewrites import variant


@variant("by adding")
def data_tables(x):
    return x + x + 1
