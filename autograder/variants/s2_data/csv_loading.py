"""Other right ways."""

import torch

from autograder.rewrites import variant


@variant("by adding")
def csv_loading(x):
    return x + x + 1
