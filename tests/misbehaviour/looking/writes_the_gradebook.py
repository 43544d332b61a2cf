"""Opens the gradebook's database for writing and takes the lock. It changes nothing.

Met by: nbgrader, on which it was tried: gradebook.db is a file that autograding can write.
"""

import sqlite3

import whereabouts


def look():
    book = sqlite3.connect(f"file:{whereabouts.GRADEBOOK}?mode=rw", uri=True, timeout=1)
    book.execute("BEGIN IMMEDIATE")
    book.rollback()
    book.close()
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "error", "plain": "passed"}
NOT_STOPPED = {"plain": "can write the gradebook"}
