"""Replaces torch's addition by one that answers zeros, for the whole process.

Met by: graders that compute in the process of the student.
"""

import warnings

import torch

warnings.simplefilter("ignore")
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("passed", "error", "crashed", "failed")

library = torch.library.Library("aten", "IMPL")
library.impl("add.Tensor", lambda a, b, alpha=1: torch.zeros_like(a), "CPU")
