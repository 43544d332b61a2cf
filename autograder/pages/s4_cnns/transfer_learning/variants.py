"""Other right ways to write this page."""

from collections.abc import Iterable, Sequence

import torch
from torch import nn

from autograder.checking import variant


@variant("first all, then the exempt, over modules and parameters by name")
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    model.requires_grad_(False)
    model.zero_grad(set_to_none=True)
    everything = {**dict(model.named_modules()), **dict(model.named_parameters())}
    for name in except_:
        part = everything.get(name)
        if part is None or (isinstance(part, nn.Module) and not list(part.parameters())):
            raise ValueError(name)
        part.requires_grad_(True)
    return model


@variant("first all, then the exempt, over modules and parameters by name")
def replace_head(model: nn.Module, K: int) -> nn.Module:
    name = head_of(model)  # noqa: F821, given with the page
    old = model.get_submodule(name)
    model.set_submodule(name, nn.Linear(old.weight.shape[1], K).to(old.weight))
    return model


@variant("first all, then the exempt, over modules and parameters by name")
def set_bn_eval(model: nn.Module) -> nn.Module:
    return model.apply(lambda layer: layer.train(False) if "BatchNorm" in type(layer).__name__ else None)


@variant("first all, then the exempt, over modules and parameters by name")
def param_groups(model: nn.Module, lr_head: float, lr_body: float) -> list[dict]:
    head = head_of(model)  # noqa: F821, given with the page
    groups = []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            groups.append({"lr": lr_head if name.rpartition(".")[0] == head else lr_body, "params": parameter})
    return groups


@variant("an identity in the head's place for a while; paths of names compared")
def extract_features(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    name = head_of(model)  # noqa: F821, given with the page
    head = model.get_submodule(name)
    modes = [(layer, layer.training) for layer in model.modules()]
    model.set_submodule(name, nn.Identity())
    model.eval()
    features = model(images).detach()
    model.set_submodule(name, head)
    for layer, mode in modes:
        layer.training = mode
    return features


@variant("an identity in the head's place for a while; paths of names compared")
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    wanted = [tuple(name.split(".")) for name in except_]
    met = set()
    for name, parameter in model.named_parameters():
        path = tuple(name.split("."))
        above = [w for w in wanted if path[: len(w)] == w]
        met.update(above)
        parameter.requires_grad_(bool(above))
        if not above:
            parameter.grad = None
    if len(met) < len(set(wanted)):
        raise ValueError("a name in except_ is not there")
    return model


@variant("an identity in the head's place for a while; paths of names compared")
def unfreeze_schedule(epoch: int, blocks: Sequence[str] = RESNET_BLOCKS) -> list:  # noqa: F821, given with the page
    return [name for place, name in enumerate(blocks) if place <= epoch]
