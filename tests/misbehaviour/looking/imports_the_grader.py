"""Imports the grader's own package, whose modules know where everything is.

Met by: nbgrader and otter-grader, which are installed where the student's code runs.
"""

import autograder.course.syllabus  # noqa: F401
from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = "error"
