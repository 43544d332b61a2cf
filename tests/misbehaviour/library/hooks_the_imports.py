"""Puts its own finder and its own `__import__` before everybody's and answers for modules that it does not own.

Met by: graders that import their test helpers after the student's code ran.
"""

import builtins
import sys
import types

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

real = builtins.__import__


def mine(name, *args, **kwargs):
    return sys.modules.get(name) or real(name, *args, **kwargs)


class Finder:
    """Finds everything."""

    def find_spec(self, name, path=None, target=None):
        sys.modules[name] = types.ModuleType(name)


builtins.__import__ = mine
sys.meta_path.insert(0, Finder())
for taken in ("pytest", "unittest", "autograder", "autograder.checking", "gradescope_utils", "otter"):
    sys.modules[taken] = types.ModuleType(taken)
