"""Imports the grader's own package, whose modules know where everything is.

Met by: nbgrader and otter-grader, which are installed where the student's code runs.
"""

import autograder.course.syllabus

if autograder.course.syllabus.load:
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = "error"
