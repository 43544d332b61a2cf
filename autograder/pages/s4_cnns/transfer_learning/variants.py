"""Other right ways to write this page."""

import copy
import functools
import itertools
import re
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
    try:
        return model(images).detach()
    finally:
        model.set_submodule(name, head)
        for layer, mode in modes:
            layer.training = mode


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


@variant("regular expressions over whole names, a copy of the model to look with, groups in order")
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    patterns = {name: re.compile(rf"{re.escape(name)}(\.|$)") for name in except_}
    names = [name for name, _ in model.named_parameters()]
    if not all(any(pattern.match(name) for name in names) for pattern in patterns.values()):
        raise ValueError("an unknown name")
    for module_name, module in model.named_modules():
        for short, parameter in module.named_parameters(recurse=False):
            name = f"{module_name}.{short}".lstrip(".")
            parameter.requires_grad_(any(pattern.match(name) for pattern in patterns.values()))
    for parameter in filter(lambda p: not p.requires_grad, model.parameters()):
        parameter.grad = None
    return model


@variant("regular expressions over whole names, a copy of the model to look with, groups in order")
def replace_head(model: nn.Module, K: int) -> nn.Module:
    *path, last = head_of(model).split(".")  # noqa: F821, given with the page
    parent = functools.reduce(getattr, path, model)
    weight = getattr(parent, last).weight
    head = nn.Linear(weight.size(1), K, dtype=weight.dtype).to(weight.device)
    nn.init.normal_(head.weight, std=0.01)
    parent.add_module(last, head)
    return model


@variant("regular expressions over whole names, a copy of the model to look with, groups in order")
def set_bn_eval(model: nn.Module) -> nn.Module:
    for child in model.children():
        set_bn_eval(child)
    if isinstance(model, nn.modules.batchnorm._BatchNorm):
        model.training = False
    return model


@variant("regular expressions over whole names, a copy of the model to look with, groups in order")
def param_groups(model: nn.Module, lr_head: float, lr_body: float) -> list[dict]:
    head = {id(p) for p in model.get_submodule(head_of(model)).parameters()}  # noqa: F821, given with the page
    rates = {True: lr_head, False: lr_body}
    trainable = sorted((p for p in model.parameters() if p.requires_grad), key=lambda p: id(p) in head)
    return [
        {"params": list(group), "lr": rates[which]}
        for which, group in itertools.groupby(trainable, key=lambda p: id(p) in head)
    ]


@variant("regular expressions over whole names, a copy of the model to look with, groups in order")
def extract_features(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    class Found(Exception):
        """The features have come as far as the head."""

    def stop(x):
        raise Found(x)

    twin = copy.deepcopy(model).eval()
    twin.get_submodule(head_of(twin)).forward = stop  # noqa: F821, given with the page
    try:
        with torch.inference_mode():
            twin(images)
    except Found as found:
        return found.args[0].clone()
    raise RuntimeError("the head was never called")


@variant("regular expressions over whole names, a copy of the model to look with, groups in order")
def unfreeze_schedule(epoch: int, blocks: Sequence[str] = RESNET_BLOCKS) -> tuple:  # noqa: F821, given with the page
    return tuple(itertools.islice(blocks, epoch + 1))


@variant("sets of parameters, weights made by hand, a hook behind the head that keeps its input")
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    wanted = set()
    for name in except_:
        try:
            parts = set(model.get_submodule(name).parameters()) if name else set()
        except AttributeError:
            try:
                parts = {model.get_parameter(name)}
            except AttributeError:
                parts = set()
        if not parts:
            raise ValueError(f"{name} names no parameters")
        wanted |= parts
    for parameter in set(model.parameters()) - wanted:
        parameter.requires_grad, parameter.grad = False, None
    for parameter in wanted:
        parameter.requires_grad = True
    return model


@variant("sets of parameters, weights made by hand, a hook behind the head that keeps its input")
def replace_head(model: nn.Module, K: int) -> nn.Module:
    name = head_of(model)  # noqa: F821, given with the page
    old = model.get_submodule(name)
    new = nn.Linear(1, 1)
    bound = old.in_features**-0.5
    new.weight = nn.Parameter((2 * torch.rand(K, old.in_features) - 1).to(old.weight) * bound)
    new.bias = nn.Parameter(old.weight.new_zeros(K))
    new.in_features, new.out_features = old.in_features, K
    parent = model.get_submodule(name[: name.rfind(".")]) if "." in name else model
    parent._modules[name[name.rfind(".") + 1 :]] = new
    return model


@variant("sets of parameters, weights made by hand, a hook behind the head that keeps its input")
def set_bn_eval(model: nn.Module) -> nn.Module:
    norms = [nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d]
    for layer in filter(lambda layer: any(kind in norms for kind in type(layer).__mro__), model.modules()):
        layer.training = False
    return model


@variant("sets of parameters, weights made by hand, a hook behind the head that keeps its input")
def param_groups(model: nn.Module, lr_head: float, lr_body: float) -> list[dict]:
    head = model.get_submodule(head_of(model))  # noqa: F821, given with the page
    body = set(model.parameters()) - set(head.parameters())
    groups = [{"params": [p], "lr": lr_body} for p in body if p.requires_grad]
    groups += [{"params": [p], "lr": lr_head} for p in head.parameters() if p.requires_grad]
    return groups


@variant("sets of parameters, weights made by hand, a hook behind the head that keeps its input")
@torch.no_grad()
def extract_features(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    kept = {}
    head = model.get_submodule(head_of(model))  # noqa: F821, given with the page
    training = [layer for layer in model.modules() if layer.training]
    hook = head.register_forward_hook(lambda layer, inputs, output: kept.update(features=inputs[0]))
    try:
        model.eval()(images)
    finally:
        hook.remove()
        for layer in training:
            layer.training = True
    return kept["features"].detach().clone()


@variant("sets of parameters, weights made by hand, a hook behind the head that keeps its input")
def unfreeze_schedule(epoch: int, blocks: Sequence[str] = RESNET_BLOCKS) -> list:  # noqa: F821, given with the page
    names = []
    for name in blocks:
        names.append(name)
        if len(names) > epoch:
            break
    return names
