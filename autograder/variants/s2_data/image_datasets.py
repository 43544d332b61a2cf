"""Other right ways."""

import torch

from autograder.rewrites import variant


@variant("by adding")
def image_datasets(x):
    return x + x + 1
