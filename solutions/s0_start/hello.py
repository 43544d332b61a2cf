# %% [markdown]
# # Hello, tensor
#
# This page is solved already. It shows how the course works: check it, break it, read what the
# check says, mend it.

# %%
import random

import numpy as np
import torch

# %% [markdown]
# ## A first tensor
#
# Most numbers in this course are 32-bit floating-point numbers, `torch.float32`. Try it: leave out
# the dtype, check again, and read what came back.


# %%
def hello_tensor(n: int) -> torch.Tensor:
    """The numbers 0, 1, ..., n-1.

    Args:
        n: how many; 0 gives an empty tensor.

    Returns:
        (n,) float32 tensor.
    """
    ### BEGIN SOLUTION
    return torch.arange(n, dtype=torch.float32)
    ### END SOLUTION


# %% [markdown]
# ## The same randomness twice
#
# Three libraries draw random numbers, each from a state of its own: Python, NumPy and PyTorch. A
# *seed* sets that state, so that a run can be repeated. A `torch.Generator` is a further state that
# belongs to you alone.


# %%
def seed_everything(seed: int) -> torch.Generator:
    """Seed the global random state of Python, of NumPy and of PyTorch, each with `seed` itself.

    Args:
        seed: from 0 to 2**32 - 1; the same seed gives the same numbers again, another seed others.

    Returns:
        A generator of its own, seeded with `seed`: it draws what torch.Generator().manual_seed(seed) draws, whatever
        PyTorch's global one draws beside it.
    """
    ### BEGIN SOLUTION
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)
    ### END SOLUTION


# %% [markdown]
# ## Where to compute
#
# A graphics card computes faster with large tensors, but not every machine has one. Code that asks first runs on all.


# %%
def pick_device(prefer: str | torch.device | None = None) -> torch.device:
    """The device to compute on.

    Args:
        prefer: the kind that you would like, such as "cuda", "cuda:0", "mps", "cpu" or a
            torch.device; None for the best there is.

    Returns:
        The preferred device if this machine has one of its kind (its number is not looked at); otherwise
        the first that it has of cuda, mps, cpu. The CPU is always there.
    """
    ### BEGIN SOLUTION
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if prefer is not None and available.get(torch.device(prefer).type, False):
        return torch.device(prefer)
    return torch.device(next(kind for kind, there in available.items() if there))
    ### END SOLUTION
