"""Answers a quantized tensor.

Met by: every codec: its bytes are no values.
"""

import honest
import torch
from honest import *

HONEST_POINTS = 3
EXPECTED_STATUS = ("malformed", "failed", "error")


def softmax(x, dim=-1):
    return torch.quantize_per_tensor(honest.softmax(x, dim).float(), 0.01, 0, torch.quint8)
