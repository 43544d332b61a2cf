"""Wrong ways to write the first page, as students write them."""

import random

import numpy as np
import torch

from autograder.checking import misconception


@misconception(
    "counts from 1 to n",
    hint="Python and PyTorch count from 0: n numbers end at n - 1.",
    dies_by="test_hello_tensor",
)
def hello_tensor(n):
    return torch.arange(1, n + 1, dtype=torch.float32)


@misconception(
    "holds one number too many",
    hint="arange stops before its end, so arange(n) has n numbers already.",
    dies_by="test_hello_tensor",
)
def hello_tensor(n):
    return torch.arange(n + 1, dtype=torch.float32)


@misconception(
    "keeps integers",
    hint="arange of an int gives int64. Which argument asks for another dtype?",
    dies_by="test_hello_tensor",
)
def hello_tensor(n):
    return torch.arange(n)


@misconception(
    "returns a list, not a tensor",
    hint="A list of floats is not a tensor yet. Which function of torch makes one of it?",
    dies_by="test_hello_tensor",
)
def hello_tensor(n):
    return [float(i) for i in range(n)]


@misconception(
    "seeds PyTorch alone",
    hint="Python's random and NumPy draw from states of their own, and nobody has set those.",
    dies_by="test_same_seed",
)
def seed_everything(seed):
    return torch.Generator().manual_seed(torch.manual_seed(seed).initial_seed())


@misconception(
    "seeds Python's random alone",
    hint="NumPy and PyTorch do not know of Python's random. Each has a function to seed it.",
    dies_by="test_same_seed",
)
def seed_everything(seed):
    random.seed(seed)
    return torch.Generator().manual_seed(seed)


@misconception(
    "forgets NumPy",
    hint="np.random has a state of its own too.",
    dies_by="test_same_seed",
)
def seed_everything(seed):
    random.seed(seed)
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)


@misconception(
    "seeds with 0 whatever the seed",
    hint="The argument `seed` is not used.",
    dies_by="test_other_seed",
)
def seed_everything(seed):
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
    return torch.Generator().manual_seed(0)


@misconception(
    "returns a generator that was never seeded",
    hint="A new torch.Generator() has a seed of its own, always the same one. Which method gives it yours?",
    dies_by="test_generator",
)
def seed_everything(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    return torch.Generator()


@misconception(
    "returns the global generator of PyTorch",
    hint="torch.manual_seed returns the generator that torch.rand draws from too. Make one of its own: torch.Generator().",
    dies_by="test_generator",
)
def seed_everything(seed):
    random.seed(seed)
    np.random.seed(seed)
    return torch.manual_seed(seed)


@misconception(
    "returns nothing",
    hint="The states are set, but the generator is missing: make one, seed it, return it.",
    dies_by="test_generator",
)
def seed_everything(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


@misconception(
    "takes cuda without asking whether there is one",
    hint="torch.cuda.is_available() tells. On a machine without such a card this device is of no use.",
    dies_by="test_pick_device",
)
def pick_device(prefer=None):
    return torch.device(prefer or "cuda")


@misconception(
    "gives the preferred device even where it is missing",
    hint="A wish can be out of reach. Ask whether the machine has the device before you return it.",
    dies_by="test_pick_device",
)
def pick_device(prefer=None):
    if prefer is not None:
        return torch.device(prefer)
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


@misconception(
    "returns the device's name, not a torch.device",
    hint='"cpu" is a text. torch.device("cpu") is what the docstring promises.',
    dies_by="test_pick_device",
)
def pick_device(prefer=None):
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if prefer is not None and available.get(torch.device(prefer).type, False):
        return str(prefer)
    return next(kind for kind, there in available.items() if there)
