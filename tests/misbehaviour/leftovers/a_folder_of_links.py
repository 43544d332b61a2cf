"""Leaves links to whatever it may not touch, in a folder that will be removed.

Met by: graders that follow a link when they clean up.
"""

import os

import whereabouts
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

for number, path in enumerate((os.path.dirname(whereabouts.NEIGHBOUR), whereabouts.PRIVATE, "/", "..")):
    os.symlink(path, os.path.join(os.environ["TMPDIR"], f"link{number}"))
