"""Runs its own examples at the end of the file, prints their results, and one of them fails.

Met by: every teacher: students leave what they tried.
"""

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

if __name__ == "__main__":
    raise SystemExit("only as a script")

print(list(batches([1, 2, 3], 2)))
assert list(batches([1, 2, 3], 2)) == [[1, 2, 3]], "I do not know why"
