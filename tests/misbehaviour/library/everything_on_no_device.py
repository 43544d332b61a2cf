"""Makes every new tensor one without values.

Met by: graders that make tensors in the process of the student.
"""

import torch
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("passed", "error", "crashed", "failed")

torch.set_default_device("meta")
