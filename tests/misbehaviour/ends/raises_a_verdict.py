"""Raises exceptions that are named like the grader's own: skipped, failed with points, an internal error.

Met by: graders that sort exceptions by the name of their type, as pytest's plugins often do.
"""

HONEST_POINTS = 0
EXPECTED_STATUS = "error"

Skipped = type("Skipped", (Exception,), {"points": 5.0, "msg": "no data"})
CheckFailure = type("CheckFailure", (AssertionError,), {"points": 5.0, "reason": ""})
SandboxError = type("SandboxError", (Exception,), {})


def raising(kind):
    def function(*args):
        raise kind("passed")

    return function


softmax, accuracy, descend = raising(Skipped), raising(CheckFailure), raising(SandboxError)
batches = raising(Skipped)
