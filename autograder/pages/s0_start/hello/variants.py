"""Other right ways to write this page."""

import random

import numpy
import torch

from autograder.checking import variant


@variant("number by number")
def hello_tensor(n):
    result = torch.zeros(n)
    for i in range(n):
        result[i] = i
    return result


@variant("number by number")
def seed_everything(seed):
    torch.random.manual_seed(seed)
    numpy.random.seed(seed)
    random.seed(seed)
    generator = torch.Generator()
    generator.manual_seed(seed)
    return generator


@variant("number by number")
def pick_device(prefer=None):
    wishes = ["cuda", "mps"] if prefer is None else [str(prefer), "cuda", "mps"]
    for wish in wishes:
        try:
            torch.zeros(1, device=wish)
        except (RuntimeError, AssertionError):
            continue
        return torch.device(wish)
    return torch.device("cpu")


@variant("from other functions")
def hello_tensor(n):
    return torch.tensor(range(n), dtype=torch.float)


@variant("from other functions")
def seed_everything(seed):
    random.seed(str(seed))
    numpy.random.seed((seed + 1) % 2**32)
    return torch.manual_seed(seed)


@variant("from other functions")
def pick_device(prefer=None):
    kind = None if prefer is None else torch.device(prefer).type
    if kind == "cpu":
        return torch.device("cpu")
    if torch.cuda.is_available() and not (kind == "mps" and torch.backends.mps.is_available()):
        return torch.device("cuda", 0)
    return torch.device("mps") if torch.backends.mps.is_available() else torch.device("cpu")
