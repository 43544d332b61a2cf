"""Writes the verdict itself: a results.json, a line on standard output, a line on every descriptor.

Met by: graders whose verdict travels over standard output (python-discord/forms-backend, issue 195) or in a file that
the submission can write, like Gradescope's results.json.
"""

import json
import os

HONEST_POINTS = 0
EXPECTED_STATUS = "failed"

verdict = json.dumps({"score": 5, "status": "passed", "tests": [{"score": 5, "max_score": 5}]})
print(verdict)
for fd in (1, 2):
    os.write(fd, verdict.encode() + b"\n")
for name in ("results.json", "grades.json"):
    with open(name, "w") as file:
        file.write(verdict)


def softmax(x, dim=-1):
    return verdict


accuracy = descend = batches = softmax
