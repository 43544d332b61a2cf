"""Every answer is an object that is equal to everything, close to anything and true.

Met by: students who trade ways past an autograder (genchang1234/How-to-cheat-in-computer-science-101, issue 8);
tried on nbgrader, it earned full marks.
"""

HONEST_POINTS = 0
EXPECTED_STATUS = "failed"


class Everything:
    """Says yes."""

    shape, dtype, requires_grad = (2, 3), "float64", True

    def yes(self, *args, **kwargs):
        return True

    def zero(self, *args):
        return 0.0

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __contains__ = all = allclose = yes
    __sub__ = __rsub__ = __abs__ = __float__ = zero
    __hash__ = None

    def __iter__(self):
        return iter([self])

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True


def softmax(*args, **kwargs):
    return Everything()


accuracy = descend = batches = softmax
