"""Looks for open files that it did not open: descriptors of the judge's, inherited by accident.

Met by: every server that forks without closing.
"""

import os

import wire


def look():
    found = []
    for fd in range(3, 4096):
        try:
            found += [fd] if os.fstat(fd) and fd not in wire.own else []
        except OSError:
            continue
    if not found:
        raise LookupError("no descriptor of anybody else's")
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = "error"
