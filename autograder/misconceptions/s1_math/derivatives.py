"""Wrong ways, as students write them."""

import torch

from autograder.rewrites import misconception


@misconception("forgets to add one", hint="What is the value at x = 0?", dies_by="test_values")
def derivatives(x):
    return 2 * x
