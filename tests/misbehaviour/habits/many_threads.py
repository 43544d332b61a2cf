"""Sets the number of threads of torch to eight, within the process and in the environment.

Met by: every teacher whose students read that more threads are faster.
"""

import os

os.environ["OMP_NUM_THREADS"] = "8"

import torch
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

torch.set_num_threads(8)
