# %% [markdown]
# # Transfer learning
#
# Take a network that has learned something else, keep its body, give it a new head, and train as little
# as is needed. The functions below work for any network whose last linear layer is its head: a ResNet of
# torchvision's, and our own small backbone, alike.

# %%
from collections.abc import Iterable, Sequence

import torch
from torch import nn

# %% [markdown]
# The *head* of a network is here its last `nn.Linear`, whatever its name: `fc` in a ResNet,
# `classifier.6` in a VGG. All the rest is the *body*. This function is given:


# %%
def head_of(model: nn.Module) -> str:
    """The name of a model's head: of the last nn.Linear in the order of model.named_modules().

    Args:
        model: with the head somewhere inside; `model.get_submodule(head_of(model))` is the layer itself.

    Raises:
        ValueError: the model has no linear layer.
    """
    names = [name for name, module in model.named_modules() if isinstance(module, nn.Linear)]
    if not names:
        raise ValueError("the model has no linear layer, so no head")
    return names[-1]


# %% [markdown]
# ## Freezing
#
# A parameter that does not require a gradient gets none, and an optimizer passes over it. It passes over
# a parameter whose `grad` is None, to be exact: an old gradient that still lies there would be used once
# more, weight decay and all.


# %%
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    """Let no parameter of a model be trained, except some.

    Afterwards exactly the parameters named in `except_` require gradients, whatever was so before; the others have
    no old gradient either (their grad is None). Every layer stays in the mode in which it was, with its settings.

    Args:
        model: is changed in place.
        except_: a list, tuple or set, which stays as it was, of names of parameters, such as "fc.bias", or of modules,
            such as "fc" or "layer2.0", which stand for all parameters inside. Names are whole: "layer1" means neither
            "layer10" nor "extra.layer1".

    Returns:
        The same model.

    Raises:
        ValueError: there is no parameter of one of the names, nor in a module of that name. Which parameters require
            gradients then is up to you; the modes stay.
    """
    ### BEGIN SOLUTION
    kept = set()
    for wanted in except_:
        found = [name for name, _ in model.named_parameters() if f"{name}.".startswith(f"{wanted}.")]
        if not found:
            raise ValueError(f"no parameter is named {wanted}, and no module with parameters")
        kept.update(found)
    for name, parameter in model.named_parameters():
        parameter.requires_grad = name in kept
        if name not in kept:
            parameter.grad = None
    return model
    ### END SOLUTION


# %% [markdown]
# ## A new head


# %%
def replace_head(model: nn.Module, K: int) -> nn.Module:
    """Put a new head in the place of the old one: nn.Linear with as many inputs, K outputs and a bias.

    Its parameters are fresh, the weights drawn at random in each call; they require gradients, and have dtype and
    device of the old head's weight. Nothing else about the model changes: what is frozen in the body stays frozen,
    gradients are what they were, and every other layer is in its mode. The mode of the new layer itself is up to you:
    nn.Linear does the same in both.

    Args:
        model: is changed in place; its head is `head_of(model)`.
        K: the number of classes of the new task.

    Returns:
        The same model, which now gives logits (N, K).
    """
    ### BEGIN SOLUTION
    name = head_of(model)
    old = model.get_submodule(name)
    new = nn.Linear(old.in_features, K, device=old.weight.device, dtype=old.weight.dtype)
    parent, _, last = name.rpartition(".")
    setattr(model.get_submodule(parent), last, new)
    return model
    ### END SOLUTION


# %% [markdown]
# ## The averages of batch normalisation
#
# They are buffers and no parameters: no gradient moves them, but every batch in training mode does. To
# keep a frozen body as it is, its batch normalisation must be in eval mode.


# %%
def set_bn_eval(model: nn.Module) -> nn.Module:
    """Put the batch normalisation layers of a model into eval mode, and leave every other layer's mode alone.

    In eval mode they use their running averages and do not update them. The next model.train() would end it: call this
    function after it, each time.

    Args:
        model: its nn.BatchNorm1d, nn.BatchNorm2d and nn.BatchNorm3d layers, at any depth, change their mode and
            nothing else.

    Returns:
        The same model.
    """
    ### BEGIN SOLUTION
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
            module.eval()
    return model
    ### END SOLUTION


# %% [markdown]
# ## Two learning rates
#
# The head starts from random numbers and has far to go; the body is nearly right and must not be shaken.
# Nearly every optimizer of PyTorch (LBFGS does not) takes a list of groups, each with its own settings.


# %%
def param_groups(model: nn.Module, lr_head: float, lr_body: float) -> list[dict]:
    """The trainable parameters, with a learning rate for those of the head and one for the rest.

    Args:
        model: its head is `head_of(model)`; it stays as it was.
        lr_head: for the parameters of the head.
        lr_body: for all others.

    Returns:
        Dicts with "params", the parameters themselves, and "lr", for torch.optim. Every parameter that requires a
        gradient is in exactly one of them; those that do not are in none. A group may be empty or left out.
    """
    ### BEGIN SOLUTION
    head = set(model.get_submodule(head_of(model)).parameters())
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return [
        {"params": [parameter for parameter in trainable if parameter in head], "lr": lr_head},
        {"params": [parameter for parameter in trainable if parameter not in head], "lr": lr_body},
    ]
    ### END SOLUTION


# %% [markdown]
# ## Features
#
# What the head receives is the body's description of an image. Computed once and kept, it makes training
# a head on a frozen body a matter of a moment. A *forward pre-hook* is called with a layer's inputs
# whenever the layer is about to run: `layer.register_forward_pre_hook(hook)` with `hook(layer, inputs)`,
# where inputs is a tuple.


# %%
def extract_features(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """What the head of a model receives for some images, with the whole model in eval mode.

    Afterwards the model is as it was: every layer in the mode in which it came (some may have been in training mode
    and others not), the head in its place, no hook left, no gradient computed, and what requires one still does. All
    this is so, too, where the model raises an error.

    Args:
        model: its head is `head_of(model)`.
        images: a batch such as the model takes, (N, ...), contiguous or not; stays as it was.

    Returns:
        (N, F), F being the head's number of inputs; without a graph.
    """
    ### BEGIN SOLUTION
    received = []
    head = model.get_submodule(head_of(model))
    modes = {module: module.training for module in model.modules()}
    hook = head.register_forward_pre_hook(lambda layer, inputs: received.append(inputs[0]))
    model.eval()
    try:
        with torch.no_grad():
            model(images)
    finally:
        hook.remove()
        for module, mode in modes.items():
            module.training = mode
    return received[0]
    ### END SOLUTION


# %% [markdown]
# ## Thawing, from the top down
#
# The layers near the head know most about the old task and have most to unlearn, so they are released
# first: `freeze(model, unfreeze_schedule(epoch))` at the start of each epoch, and an optimizer built anew
# from `param_groups`, since it does not know the parameters that have joined.

# %%
RESNET_BLOCKS = ("fc", "layer4", "layer3", "layer2", "layer1", "bn1", "conv1")


# %%
def unfreeze_schedule(epoch: int, blocks: Sequence[str] = RESNET_BLOCKS) -> tuple[str, ...]:
    """The names of what is trained in an epoch: the first block at first, one more in each epoch, in the end all.

    Args:
        epoch: 0 or more.
        blocks: the names of all blocks, the head's first.

    Returns:
        A tuple (or list) of names, for `freeze`.
    """
    ### BEGIN SOLUTION
    return tuple(blocks[: epoch + 1])
    ### END SOLUTION
