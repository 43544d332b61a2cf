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
    random.setstate(random.Random(seed).getstate())
    numpy.random.set_state(numpy.random.RandomState(seed).get_state())
    torch.manual_seed(seed)
    return torch.Generator().set_state(torch.get_rng_state())


@variant("from other functions")
def pick_device(prefer=None):
    kind = None if prefer is None else torch.device(prefer).type
    if kind == "cpu":
        return torch.device("cpu")
    if torch.cuda.is_available() and not (kind == "mps" and torch.backends.mps.is_available()):
        return torch.device("cuda", 0)
    return torch.device("mps") if torch.backends.mps.is_available() else torch.device("cpu")


@variant("by way of NumPy, and a list of what is there")
def hello_tensor(n):
    return torch.from_numpy(numpy.arange(n)).float()


@variant("by way of NumPy, and a list of what is there")
def seed_everything(seed):
    own = torch.Generator(device="cpu")
    own.manual_seed(seed)
    for seeding in (random.seed, numpy.random.seed, torch.manual_seed):
        seeding(seed)
    return own


@variant("by way of NumPy, and a list of what is there")
def pick_device(prefer=None):
    there = [torch.device("cpu")]
    if torch.backends.mps.is_available():
        there.insert(0, torch.device("mps"))
    if torch.cuda.is_available():
        there.insert(0, torch.device("cuda"))
    for device in there:
        if prefer is not None and device.type == torch.device(prefer).type:
            return torch.device(prefer)
    return there[0]


@variant("counted up, and states that are set")
def hello_tensor(n):
    return torch.ones(n, dtype=torch.float32).cumsum(0) - 1


@variant("counted up, and states that are set")
def seed_everything(seed):
    random.setstate(random.Random(seed).getstate())
    numpy.random.set_state(numpy.random.RandomState(seed).get_state())
    generator = torch.Generator().manual_seed(seed)
    torch.set_rng_state(generator.get_state())
    return generator
