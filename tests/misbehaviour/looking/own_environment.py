"""Looks for the grader's secrets in its own environment, which a child inherits where nobody stops it.

Met by: continuous integration, where secrets are variables of the environment.
"""

import os

import whereabouts


def look():
    os.environ[whereabouts.SECRET]
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = "error"
