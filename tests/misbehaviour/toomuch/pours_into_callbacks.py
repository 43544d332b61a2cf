"""Sends megabyte after megabyte with its questions: each message is within its limit, all together are not.

Met by: nobody yet; a record of every question, kept for the diagnosis, is as long as the student likes.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("malformed", "timeout")


def descend(grad, x, lr, steps):
    for _ in range(40):
        try:
            grad(b"y" * 20_000_000)
        except Exception:
            pass
    return x
