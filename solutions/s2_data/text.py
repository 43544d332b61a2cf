# %% [markdown]
# # Text

# %%
import torch


# %%
def text(x: torch.Tensor) -> torch.Tensor:
    """Say what it computes.

    Args:
        x: floating-point tensor of any shape.

    Returns:
        A new tensor of the same shape and dtype.
    """
    ### BEGIN SOLUTION
    return 2 * x + 1
    ### END SOLUTION
