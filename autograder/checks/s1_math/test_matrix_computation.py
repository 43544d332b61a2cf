"""What matrix_computation must do."""

import torch

from autograder.checking import assert_gradients, assert_same, points, unmodified


@points(1)
def test_values(student):
    """twice x plus one, for every shape"""
    x = torch.randn(2, 3, dtype=torch.float64)
    with unmodified(x):
        assert_same(student.matrix_computation(x), 2 * x + 1)


@points(1)
def test_gradients(student):
    """the gradient is two everywhere"""
    assert_gradients(student.matrix_computation, lambda x: 2 * x + 1, torch.randn(3, dtype=torch.float64))
