"""Draws and shows a plot at import and in a function.

Met by: earthlab/abc-classroom (issue 89); on machines with a display a test waits until the window is closed.
"""

import honest
import matplotlib.pyplot as plt
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

fig, axes = plt.subplots(1, 2, figsize=(8, 3))
axes[0].plot([1, 2, 3])
plt.tight_layout()
plt.show()


def accuracy(scores, labels):
    plt.imshow(scores.numpy())
    plt.colorbar()
    plt.savefig("scores.png")
    plt.show()
    return honest.accuracy(scores, labels)
