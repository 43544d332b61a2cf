"""An exception whose text clears the screen, sets the title and writes to the clipboard of a terminal.

Met by: every tool that prints a stranger's text to a terminal.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


def accuracy(scores, labels):
    raise ValueError("\x1b[2J\x1b]0;passed\x07\x1b]52;c;eA==\x07\x9b31m\r\x08\x00 all is well")
