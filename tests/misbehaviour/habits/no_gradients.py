"""Switches gradients off for the whole process, at import.

Met by: every teacher whose students copy the cell that evaluates.
"""

import torch
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

torch.set_grad_enabled(False)
