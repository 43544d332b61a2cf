"""A set of pairs of numbers that all have the same hash: to build it takes a time that grows with the square.

Met by: web frameworks, of which many fell to it in 2011; Python has since hashed texts with a secret, tuples not.
"""

import struct

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("failed", "malformed", "timeout")

COUNT = 14_000
WORD = (1 << 64) - 1
PRIMES = 11400714785074694791, 14029467366897019727, 2870177450012600261


def pairs(count):
    """Pairs (a, b) with one hash: the tuple hash of CPython is undone for b."""
    first, second, fifth = PRIMES
    undo, wanted, a = pow(second, -1, 1 << 64), None, 0
    while count:
        a += 1
        lane = (fifth + a * second) & WORD
        lane = ((lane << 31 | lane >> 33) * first) & WORD
        wanted = (lane + 12345 * second) & WORD if wanted is None else wanted
        b = ((wanted - lane) * undo) & WORD
        b -= (b >> 63) << 64
        if abs(b) < (1 << 61) - 1:
            count -= 1
            yield b"t\2\0\0\0i" + struct.pack("<q", a) + b"i" + struct.pack("<q", b)


def accuracy(scores, labels):
    wire.answer(b"e" + struct.pack("<I", COUNT) + b"".join(pairs(COUNT)))
