"""Makes numpy and torch raise where they would otherwise go on.

Met by: every teacher of debugging.
"""

import numpy
import torch
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

numpy.seterr(all="raise")
torch.autograd.set_detect_anomaly(True)
