"""Opens an installed library for writing: what is planted there would run for whoever comes next. It writes nothing.

Met by: graders that run every submission in one environment as one user.
"""

import torch


def look():
    with open(torch.__file__, "ab"):
        pass
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "error", "plain": ("passed", "error")}
NOT_STOPPED = {"plain": "can write to the installed libraries"}
