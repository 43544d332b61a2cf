"""Makes double the default dtype of the whole process.

Met by: PyTorch's own test suite (pytorch/pytorch, issues 4588 and 27355).
"""

import torch
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

torch.set_default_dtype(torch.float64)
