"""Takes the forbidden function out of the module's own table.

Met by: every rule that reads names in a source.
"""

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "forbidden"


def softmax(x, dim=-1):
    return vars(torch)["soft" + "max"](x, dim)
