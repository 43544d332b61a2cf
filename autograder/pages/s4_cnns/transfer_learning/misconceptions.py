"""Wrong ways to freeze, replace, group and extract, as students write them."""

from collections.abc import Iterable, Sequence

import torch
from torch import nn

from autograder.checking import misconception

# -- freezing ----------------------------------------------------------------------------------------


@misconception(
    "gives nothing back from freeze",
    hint="The docstring promises the same model back, so that calls can be chained. What does a function without `return` give?",
    dies_by="test_freeze_names",
)
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> None:
    kept = set()
    for wanted in except_:
        found = {name for name, _ in model.named_parameters() if f"{name}.".startswith(f"{wanted}.")}
        if not found:
            raise ValueError(wanted)
        kept |= found
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in kept)
        if name not in kept:
            parameter.grad = None


@misconception(
    "freezes a copy of the model",
    hint="The model itself is to be changed in place. Who still has the copy that deepcopy made?",
    dies_by="test_freeze_names",
)
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    import copy

    model = copy.deepcopy(model)
    kept = set()
    for wanted in except_:
        found = {name for name, _ in model.named_parameters() if f"{name}.".startswith(f"{wanted}.")}
        if not found:
            raise ValueError(wanted)
        kept |= found
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in kept)
        if name not in kept:
            parameter.grad = None
    return model


@misconception(
    "freezes the head too, though it is named among the exceptions",
    hint="Nothing is left to train. Which part of your function knows that 'fc' stands for fc.weight and fc.bias?",
    dies_by="test_freeze_names",
)
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    for parameter in model.parameters():
        parameter.requires_grad = False
        parameter.grad = None
    return model


@misconception(
    "sets requires_grad on modules, where it is just another attribute",
    hint="A module takes any attribute you give it. It is the parameters, or module.requires_grad_(...), that autograd looks at.",
    dies_by="test_freeze_names",
)
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    for name, module in model.named_modules():
        if name:
            module.requires_grad = any(f"{name}.".startswith(f"{part}.") for part in except_)
    return model


@misconception(
    "detaches the parameters, and throws the detached tensors away",
    hint="p.detach() gives a new tensor and leaves p as it was. Which attribute of p itself says whether it is trained?",
    dies_by="test_freeze_names",
)
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    for name, parameter in model.named_parameters():
        if not any(f"{name}.".startswith(f"{part}.") for part in except_):
            parameter.detach()
    return model


@misconception(
    "freezes the weights and not the biases",
    hint="Print the names of what is still trainable: a bias is a parameter too, in every layer.",
    dies_by="test_freeze_names",
)
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    for name, parameter in model.named_parameters():
        if name.endswith("weight"):
            parameter.requires_grad = any(f"{name}.".startswith(f"{part}.") for part in except_)
            if not parameter.requires_grad:
                parameter.grad = None
    return model


@misconception(
    "exempts every parameter whose name contains one of the names",
    hint='"bn1" also stands in "layer1.0.bn1.weight". Where in a parameter\'s name must the name of its module stand?',
    dies_by="test_freeze_names",
)
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    except_, names = list(except_), [name for name, _ in model.named_parameters()]
    for part in except_:
        if not any(f"{name}.".startswith(f"{part}.") for name in names):
            raise ValueError(part)
    for name, parameter in model.named_parameters():
        parameter.requires_grad = any(part in name for part in except_)
        if not parameter.requires_grad:
            parameter.grad = None
    return model


@misconception(
    "takes the beginning of a name for the whole",
    hint='"features.10.weight" begins with "features.1" too. What comes right after the name of a module?',
    dies_by="test_freeze_names",
)
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    except_, names = tuple(except_), [name for name, _ in model.named_parameters()]
    for part in except_:
        if not any(f"{name}.".startswith(f"{part}.") for name in names):
            raise ValueError(part)
    for name, parameter in model.named_parameters():
        parameter.requires_grad = name.startswith(except_)
        if not parameter.requires_grad:
            parameter.grad = None
    return model


@misconception(
    "never thaws what was frozen before",
    hint="Called a second time with more exceptions, it leaves them frozen. Set requires_grad both ways.",
    dies_by="test_freeze_again",
)
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    except_, names = list(except_), [name for name, _ in model.named_parameters()]
    for part in except_:
        if not any(f"{name}.".startswith(f"{part}.") for name in names):
            raise ValueError(part)
    for name, parameter in model.named_parameters():
        if not any(f"{name}.".startswith(f"{part}.") for part in except_):
            parameter.requires_grad = False
            parameter.grad = None
    return model


@misconception(
    "leaves old gradients lying, which an optimizer uses once more",
    hint="An optimizer passes over a parameter whose grad is None; requires_grad it does not look at. What of an old gradient?",
    dies_by="test_freeze_again",
)
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    except_, names = list(except_), [name for name, _ in model.named_parameters()]
    for part in except_:
        if not any(f"{name}.".startswith(f"{part}.") for name in names):
            raise ValueError(part)
    for name, parameter in model.named_parameters():
        parameter.requires_grad = any(f"{name}.".startswith(f"{part}.") for part in except_)
    return model


@misconception(
    "accepts names that are not in the model",
    hint='A slip such as "head" for "fc" freezes everything, and nobody is told. Which error is documented?',
    dies_by="test_freeze_again",
)
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    except_ = list(except_)
    for name, parameter in model.named_parameters():
        parameter.requires_grad = any(f"{name}.".startswith(f"{part}.") for part in except_)
        if not parameter.requires_grad:
            parameter.grad = None
    return model


# -- the head ----------------------------------------------------------------------------------------


@misconception(
    "changes the number of outputs that the head states, not its weights",
    hint="out_features is a note for repr(). Print the shape of the head's weight.",
    dies_by="test_new_head",
)
def replace_head(model: nn.Module, K: int) -> nn.Module:
    model.get_submodule(head_of(model)).out_features = K  # noqa: F821
    return model


@misconception(
    "adds a layer under a new name, which forward never calls",
    hint="forward still calls the old head. Under which name must the new layer stand to be called in its place?",
    dies_by="test_new_head",
)
def replace_head(model: nn.Module, K: int) -> nn.Module:
    old = model.get_submodule(head_of(model))  # noqa: F821
    model.head = nn.Linear(old.in_features, K).to(old.weight)
    return model


@misconception(
    "puts the new head behind the old one",
    hint="The new layer sees only the old task's logits: three numbers where there were many features. What should it receive?",
    dies_by="test_new_head",
)
def replace_head(model: nn.Module, K: int) -> nn.Module:
    name = head_of(model)  # noqa: F821
    old = model.get_submodule(name)
    parent, _, last = name.rpartition(".")
    setattr(model.get_submodule(parent), last, nn.Sequential(old, nn.Linear(old.out_features, K).to(old.weight)))
    return model


@misconception(
    "calls the new head in a function around forward, where its parameters are not registered",
    hint="A layer inside a function is no part of the model: model.parameters() does not list it, so no optimizer trains it.",
    dies_by="test_new_head",
)
def replace_head(model: nn.Module, K: int) -> nn.Module:
    name = head_of(model)  # noqa: F821
    old = model.get_submodule(name)
    new = nn.Linear(old.in_features, K).to(old.weight)
    parent, _, last = name.rpartition(".")
    setattr(model.get_submodule(parent), last, nn.Identity())
    forward = model.forward
    model.forward = lambda images: new(forward(images))
    return model


@misconception(
    "makes a float32 head whatever the network is",
    hint="nn.Linear is float32 unless you say otherwise. The old head's weight knows its dtype and its device.",
    dies_by="test_new_head",
)
def replace_head(model: nn.Module, K: int) -> nn.Module:
    name = head_of(model)  # noqa: F821
    parent, _, last = name.rpartition(".")
    setattr(model.get_submodule(parent), last, nn.Linear(model.get_submodule(name).in_features, K))
    return model


@misconception(
    "keeps the old head when it has K outputs already",
    hint="Three old classes and three new ones are not the same three. The old weights know the wrong ones.",
    dies_by="test_new_head",
)
def replace_head(model: nn.Module, K: int) -> nn.Module:
    name = head_of(model)  # noqa: F821
    old = model.get_submodule(name)
    if old.out_features == K:
        old.requires_grad_(True)
        return model
    parent, _, last = name.rpartition(".")
    setattr(model.get_submodule(parent), last, nn.Linear(old.in_features, K).to(old.weight))
    return model


# -- batch normalisation -----------------------------------------------------------------------------


@misconception(
    "puts the whole model into eval mode",
    hint="Dropout must go on dropping while the head is trained. Go through model.modules() and pick out some of them.",
    dies_by="test_bn_modes",
)
def set_bn_eval(model: nn.Module) -> nn.Module:
    return model.eval()


@misconception(
    "looks at the outermost layers only",
    hint="children() does not look into blocks; modules() goes all the way down. How many layers does each list?",
    dies_by="test_bn_modes",
)
def set_bn_eval(model: nn.Module) -> nn.Module:
    for module in model.children():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
            module.eval()
    return model


@misconception(
    "forgets that batch normalisation exists in one dimension too",
    hint="A classifier often has a BatchNorm1d between its linear layers. Is it in your list of classes?",
    dies_by="test_bn_modes",
)
def set_bn_eval(model: nn.Module) -> nn.Module:
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    return model


@misconception(
    "freezes the scale and shift of batch normalisation instead of its averages",
    hint="running_mean and running_var are buffers: no gradient moves them, and requires_grad does not stop them. What does?",
    dies_by="test_bn_buffers",
)
def set_bn_eval(model: nn.Module) -> nn.Module:
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
            module.requires_grad_(False)
    return model


@misconception(
    "sets the momentum of the averages to zero and lets them be ignored",
    hint="The averages stay, but in training mode it is the batch's own mean that is subtracted, not the running one.",
    dies_by="test_bn_modes",
)
def set_bn_eval(model: nn.Module) -> nn.Module:
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
            module.momentum = 0.0
    return model


# -- learning rates ----------------------------------------------------------------------------------


@misconception(
    "gives head and body the same learning rate",
    hint="One of the two rates is never used. Which parameters belong to the head?",
    dies_by="test_groups",
)
def param_groups(model: nn.Module, lr_head: float, lr_body: float) -> list[dict]:
    return [{"params": [p for p in model.parameters() if p.requires_grad], "lr": lr_head}]


@misconception(
    "gives the body the head's learning rate and the head the body's",
    hint="The head starts from random numbers and may move fast; the body is nearly right. Which rate is for which?",
    dies_by="test_groups",
)
def param_groups(model: nn.Module, lr_head: float, lr_body: float) -> list[dict]:
    head = list(map(id, model.get_submodule(head_of(model)).parameters()))  # noqa: F821
    return [
        {"params": [p for p in model.parameters() if p.requires_grad and id(p) in head], "lr": lr_body},
        {"params": [p for p in model.parameters() if p.requires_grad and id(p) not in head], "lr": lr_head},
    ]


@misconception(
    "has the head in both groups",
    hint="model.parameters() holds the head's parameters too. An optimizer refuses a parameter that comes twice.",
    dies_by="test_groups",
)
def param_groups(model: nn.Module, lr_head: float, lr_body: float) -> list[dict]:
    head = model.get_submodule(head_of(model)).parameters()  # noqa: F821
    return [
        {"params": [p for p in head if p.requires_grad], "lr": lr_head},
        {"params": [p for p in model.parameters() if p.requires_grad], "lr": lr_body},
    ]


@misconception(
    "hands frozen parameters to the optimizer",
    hint="Which parameters get no gradient? Leave them out, and freezing before or after makes no difference.",
    dies_by="test_groups",
)
def param_groups(model: nn.Module, lr_head: float, lr_body: float) -> list[dict]:
    head = list(map(id, model.get_submodule(head_of(model)).parameters()))  # noqa: F821
    return [
        {"params": [p for p in model.parameters() if id(p) in head], "lr": lr_head},
        {"params": [p for p in model.parameters() if id(p) not in head], "lr": lr_body},
    ]


@misconception(
    "forgets the head's bias",
    hint="A linear layer has two parameters. In which of your groups is the bias of the head?",
    dies_by="test_groups",
)
def param_groups(model: nn.Module, lr_head: float, lr_body: float) -> list[dict]:
    head = model.get_submodule(head_of(model))  # noqa: F821
    inside = list(map(id, head.parameters()))
    return [
        {"params": [head.weight], "lr": lr_head},
        {"params": [p for p in model.parameters() if p.requires_grad and id(p) not in inside], "lr": lr_body},
    ]


# -- features ----------------------------------------------------------------------------------------


@misconception(
    "computes the features in training mode",
    hint="In training mode an image's features depend on its neighbours in the batch, and the running averages move.",
    dies_by="test_features",
)
def extract_features(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    received = []
    head = model.get_submodule(head_of(model))  # noqa: F821
    hook = head.register_forward_pre_hook(lambda layer, inputs: received.append(inputs[0]))
    with torch.no_grad():
        model(images)
    hook.remove()
    return received[0]


@misconception(
    "gives the logits instead of what the head receives",
    hint="As many numbers as there are classes come back. You want what goes into the last layer, not what comes out.",
    dies_by="test_features",
)
def extract_features(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    modes = {module: module.training for module in model.modules()}
    model.eval()
    with torch.no_grad():
        logits = model(images)
    for module, mode in modes.items():
        module.training = mode
    return logits


@misconception(
    "runs all children but the last, and misses what forward does between them",
    hint="forward flattens before the head, and may do more; children() does not show that. Run the model itself.",
    dies_by="test_features",
)
def extract_features(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    modes = {module: module.training for module in model.modules()}
    model.eval()
    with torch.no_grad():
        features = nn.Sequential(*list(model.children())[:-1])(images)
    for module, mode in modes.items():
        module.training = mode
    return features


@misconception(
    "keeps the graph of the whole body",
    hint="Every feature still holds all the layers before it in memory. Where do you say that no gradients are needed?",
    dies_by="test_features",
)
def extract_features(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    received = []
    head = model.get_submodule(head_of(model))  # noqa: F821
    modes = {module: module.training for module in model.modules()}
    hook = head.register_forward_pre_hook(lambda layer, inputs: received.append(inputs[0]))
    model.eval()
    model(images)
    hook.remove()
    for module, mode in modes.items():
        module.training = mode
    return received[0]


@misconception(
    "leaves the model in eval mode",
    hint="A training that goes on finds dropout off and the averages fixed. Note the modes before, and restore them.",
    dies_by="test_features_leave_no_trace",
)
def extract_features(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    received = []
    head = model.get_submodule(head_of(model))  # noqa: F821
    hook = head.register_forward_pre_hook(lambda layer, inputs: received.append(inputs[0]))
    model.eval()
    with torch.no_grad():
        model(images)
    hook.remove()
    return received[0]


@misconception(
    "puts every layer into the mode of the model as a whole",
    hint="model.train(True) reaches all layers, also those that set_bn_eval had put into eval mode. Each has a mode of its own.",
    dies_by="test_features_leave_no_trace",
)
def extract_features(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    received, mode = [], model.training
    head = model.get_submodule(head_of(model))  # noqa: F821
    hook = head.register_forward_pre_hook(lambda layer, inputs: received.append(inputs[0]))
    model.eval()
    with torch.no_grad():
        model(images)
    hook.remove()
    model.train(mode)
    return received[0]


@misconception(
    "leaves its hook in the network",
    hint="Each call adds another hook, and they all go on collecting. What does register_forward_pre_hook give back?",
    dies_by="test_features_leave_no_trace",
)
def extract_features(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    received = []
    head = model.get_submodule(head_of(model))  # noqa: F821
    modes = {module: module.training for module in model.modules()}
    head.register_forward_pre_hook(lambda layer, inputs: received.append(inputs[0]))
    model.eval()
    with torch.no_grad():
        model(images)
    for module, mode in modes.items():
        module.training = mode
    return received[0]


# -- thawing -----------------------------------------------------------------------------------------


@misconception(
    "trains nothing at all in epoch 0",
    hint="blocks[:epoch] is empty for epoch 0, but the head is to be trained from the start.",
    dies_by="test_schedule",
)
def unfreeze_schedule(epoch: int, blocks: Sequence[str] = RESNET_BLOCKS) -> tuple:  # noqa: F821
    return tuple(blocks[:epoch])


@misconception(
    "trains the block of the epoch and freezes the others again",
    hint="In epoch 2 three blocks are trained: the third joins the two before it.",
    dies_by="test_schedule",
)
def unfreeze_schedule(epoch: int, blocks: Sequence[str] = RESNET_BLOCKS) -> tuple:  # noqa: F821
    return (blocks[min(epoch, len(blocks) - 1)],)


@misconception(
    "thaws from the image upwards",
    hint="The first layers know edges and strokes, which every task needs. Which end is trained first?",
    dies_by="test_schedule",
)
def unfreeze_schedule(epoch: int, blocks: Sequence[str] = RESNET_BLOCKS) -> tuple:  # noqa: F821
    return tuple(reversed(blocks))[: epoch + 1]


# -- raw ones ----------------------------------------------------------------------------------------


@misconception("thaws from the image upwards")
def unfreeze_schedule(epoch: int, blocks: Sequence[str] = RESNET_BLOCKS) -> Sequence[str]:
    return blocks[-(epoch + 1) :]


@misconception(
    "names one block alone, not all up to it",
    hint="In epoch 2 three blocks are trained. blocks[2] is one name; which slice holds the first three?",
    dies_by="test_schedule",
)
def unfreeze_schedule(epoch: int, blocks: Sequence[str] = RESNET_BLOCKS) -> Sequence[str]:
    return [blocks[min(epoch, len(blocks) - 1)]]


@misconception("names one block alone, not all up to it")
def unfreeze_schedule(epoch: int, blocks: Sequence[str] = RESNET_BLOCKS) -> Sequence[str]:
    return blocks[epoch]


@misconception(
    "raises where there are more epochs than blocks",
    hint="After the last block nothing is left to thaw, and training goes on. A slice does not mind an end that is too large.",
    dies_by="test_schedule",
)
def unfreeze_schedule(epoch: int, blocks: Sequence[str] = RESNET_BLOCKS) -> Sequence[str]:
    return [blocks[i] for i in range(epoch + 1)]


@misconception(
    "gives the new head no bias",
    hint="A linear layer has a bias unless you say otherwise, and the logits of rare classes need one. Is there a `bias=False`?",
    dies_by="test_new_head",
)
def replace_head(model: nn.Module, K: int) -> nn.Module:
    parent, _, last = head_of(model).rpartition(".")
    old = model.get_submodule(head_of(model))
    setattr(model.get_submodule(parent), last, nn.Linear(old.in_features, K, bias=False).to(old.weight))
    return model


@misconception(
    "takes the outputs of the old head for the inputs of the new one",
    hint="The new head stands in the place of the old one and receives what that received: in_features.",
    dies_by="test_new_head",
)
def replace_head(model: nn.Module, K: int) -> nn.Module:
    parent, _, last = head_of(model).rpartition(".")
    old = model.get_submodule(head_of(model))
    setattr(model.get_submodule(parent), last, nn.Linear(old.out_features, K).to(old.weight))
    return model


@misconception(
    "puts all other layers into training mode",
    hint="A layer that was in eval mode stays in it: only batch normalisation is touched here. Is there an `else`?",
    dies_by="test_bn_modes",
)
def set_bn_eval(model: nn.Module) -> nn.Module:
    for layer in model.modules():
        layer.training = "BatchNorm" not in type(layer).__name__
    return model


@misconception(
    "freezes the parameters of batch normalisation, too",
    hint="This function is about modes alone. Whether the scale and the shift are trained is for freeze to say.",
    dies_by="test_bn_modes",
)
def set_bn_eval(model: nn.Module) -> nn.Module:
    for layer in model.modules():
        if "BatchNorm" in type(layer).__name__:
            layer.eval()
            layer.requires_grad_(False)
    return model


@misconception(
    "gives the head's bias the body's learning rate",
    hint="A head has a weight and a bias, and both start anew. Which parameters does head.parameters() give?",
    dies_by="test_groups",
)
def param_groups(model: nn.Module, lr_head: float, lr_body: float) -> list[dict]:
    first = model.get_submodule(head_of(model)).weight
    rest = [p for p in model.parameters() if p.requires_grad and p is not first]
    return [{"params": [first] if first.requires_grad else [], "lr": lr_head}, {"params": rest, "lr": lr_body}]


@misconception(
    "thaws one parameter of each part that is named",
    hint="A layer has a weight and a bias, a block has many. What does `break` leave out?",
    dies_by="test_freeze_names",
)
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    for parameter in model.parameters():
        parameter.requires_grad = False
        parameter.grad = None
    for part in except_:
        for name, parameter in model.named_parameters():
            if f"{name}.".startswith(f"{part}."):
                parameter.requires_grad = True
                break
        else:
            raise ValueError(part)
    return model


@misconception(
    "refuses an empty list of exceptions",
    hint="Nothing to except means that everything is frozen. A wrong name is one that is given and not found.",
    dies_by="test_freeze_names",
)
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    except_, found = list(except_), False
    for name, parameter in model.named_parameters():
        parameter.requires_grad = any(f"{name}.".startswith(f"{part}.") for part in except_)
        found |= parameter.requires_grad
        if not parameter.requires_grad:
            parameter.grad = None
    if not found:
        raise ValueError(f"no parameter is named {except_}")
    return model


@misconception(
    "freezes again the layers inside a part that is named",
    hint="named_modules gives layer2 and then layer2.0, whose parameters are the same ones: the last assignment counts.",
    dies_by="test_freeze_names",
)
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    names = [name for name, _ in model.named_modules()] + [name for name, _ in model.named_parameters()]
    if set(except_) - {*names}:
        raise ValueError("unknown")
    for name, module in model.named_modules():
        for parameter in module.parameters():
            parameter.requires_grad = name in except_
    for name, parameter in model.named_parameters():
        if name in except_:
            parameter.requires_grad = True
        if not parameter.requires_grad:
            parameter.grad = None
    return model


@misconception(
    "knows the outermost names alone",
    hint='"layer1.0.conv1".split(".")[0] is "layer1". A name may stand for a layer deep inside, or for one parameter.',
    dies_by="test_freeze_names",
)
def freeze(model: nn.Module, except_: Iterable[str] = ()) -> nn.Module:
    names = [name for name, _ in model.named_parameters()]
    if not all(any(f"{name}.".startswith(f"{wanted}.") for name in names) for wanted in except_):
        raise ValueError("unknown")
    for name, parameter in model.named_parameters():
        parameter.requires_grad = name.split(".")[0] in except_
        if not parameter.requires_grad:
            parameter.grad = None
    return model


@misconception(
    "leaves the parameters frozen where the model raises an error",
    hint="What stands after the call is skipped when the model raises an error. torch.no_grad() needs no frozen parameters.",
    dies_by="test_features_leave_no_trace",
)
def extract_features(model, images):
    flags = [p.requires_grad for p in model.parameters()]
    modes = [(part, part.training) for part in model.modules()]
    kept = []
    for p in model.parameters():
        p.requires_grad_(False)
    hook = model.get_submodule(head_of(model)).register_forward_pre_hook(lambda part, inputs: kept.append(inputs[0]))
    try:
        with torch.no_grad():
            model.eval()(images)
    finally:
        hook.remove()
        for part, training in modes:
            part.training = training
    for p, flag in zip(model.parameters(), flags):
        p.requires_grad_(flag)
    return kept[0]
