"""Raises what is called like the grader's own faults.

Met by: graders that know an exception by its name: what the grader could not judge counts for nobody.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


class SandboxError(Exception):
    pass


def accuracy(scores, labels):
    raise SandboxError("the sandbox broke")
