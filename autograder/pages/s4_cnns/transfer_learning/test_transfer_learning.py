"""What freezing, new heads, parameter groups and features must do, on networks with torchvision's structures and names.

The networks live over there, so the functions below run there too: they call the student's, and give what became of
the network as plain values. In the record such a call looks as the student would write it (see `ask`).
"""

import torch
from torch import nn

from autograder.checking import (
    CheckFailure,
    assert_left_alone,
    assert_same,
    changed_by,
    datasets,
    layouts,
    points,
    raises,
    require,
    training,
    unmodified,
)

F64 = torch.float64
HEADS = {"resnet": "fc", "vgg": "classifier.4"}


def network(kind, state=None, frozen=False, mode="train", grads=False, plain=False):
    """A small relative of torchvision's ResNet or VGG for images (N, 1, 8, 8) and 3 classes, in float64.

    Args:
        state: parameters and buffers, as from state_dict(); else drawn.
        frozen: no parameter requires gradients, or (if "body") none but the head's.
        mode: "train", "eval", or "mixed": training but for the batch normalisation.
        grads: every parameter has a gradient.
        plain: the head has no bias.
    """

    class Block(nn.Module):
        def __init__(self, before, after, stride):
            super().__init__()
            self.conv1, self.bn1 = nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after)
            short = nn.Conv2d(before, after, 1, stride, bias=False)
            self.downsample = nn.Sequential(short, nn.BatchNorm2d(after))

        def forward(self, x):
            return torch.relu(self.bn1(self.conv1(x)) + self.downsample(x))

    class ResNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.bn1 = nn.Conv2d(1, 3, 3, 2, 1, bias=False), nn.BatchNorm2d(3)
            self.layer1, self.layer2 = nn.Sequential(Block(3, 3, 1)), nn.Sequential(Block(3, 4, 2))
            self.avgpool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(4, 3)

        def forward(self, x):
            x = self.layer2(self.layer1(torch.relu(self.bn1(self.conv1(x)))))
            return self.fc(torch.flatten(self.avgpool(x), 1))

    class VGG(nn.Module):
        def __init__(self):
            super().__init__()
            layers = [nn.Conv2d(1, 2, 3, 1, 1), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2)]
            for before, after in ((2, 2), (2, 3)):
                layers += [nn.Conv2d(before, after, 3, 1, 1), nn.BatchNorm2d(after), nn.ReLU()]
            self.features = nn.Sequential(*layers, nn.Conv2d(3, 3, 3, 1, 1), nn.ReLU(), nn.MaxPool2d(2))
            last = [nn.BatchNorm1d(5), nn.ReLU(), nn.Dropout(0.5), nn.Linear(5, 3)]
            self.classifier = nn.Sequential(nn.Linear(12, 5), *last)

        def forward(self, x):
            return self.classifier(torch.flatten(self.features(x), 1))

    model = {"resnet": ResNet, "vgg": VGG}[kind]().double()
    if plain:
        model.get_submodule({"resnet": "fc", "vgg": "classifier.4"}[kind]).register_parameter("bias", None)
    if state is None:
        state = {name: torch.rand(v.shape).to(v) + 0.5 for name, v in model.named_buffers() if v.is_floating_point()}
        state |= {name: -value for name, value in state.items() if name.endswith("mean")}  # few ReLUs are left of 0
    model.load_state_dict(state, strict=False)
    head = {"resnet": "fc.", "vgg": "classifier.4."}[kind]
    for name, p in model.named_parameters():
        p.requires_grad_(not frozen or (frozen == "body" and name.startswith(head)))
        p.grad = torch.ones_like(p) if grads else None
    for layer in model.modules():
        layer.training = mode != "eval" and (mode == "train" or "BatchNorm" not in type(layer).__name__)
    return model


def uploaded(student, name, prop):
    """The prop over there; its calls are on record as ones of the student's `name`."""
    getattr(student, name)
    return student.prop(prop)


def pair(student, name, kind, **options):
    """(ours, theirs): a network here, and one like it over there, for the student's function of this name.

    All of its features are others for other images.
    """
    while True:
        ours = network(kind, **options)
        if (features_of(ours, torch.randn(6, 1, 8, 8, dtype=F64)).std(0) > 1e-3).all():
            break
    return ours, uploaded(student, name, network)(kind, dict(ours.state_dict()), **options)


def ask(student, name, prop, model, *args, ours=0):
    """What `prop` finds out about the student's function; in the record it is a call of the function itself.

    Args:
        ours: so many of the last arguments are for the prop, and no business of the function's.
    """
    function = getattr(student, name)
    over_there = uploaded(student, name, prop)
    try:
        return over_there(function, model, *args)
    finally:
        record = student.calls[-1]
        record.label, record.args, record.ours = name, record.args[1 : len(record.args) - ours], False


def note(student, **facts):
    """Let the record of the last call hold these facts, not numbers drawn at random; they decide the diagnosis."""
    student.calls[-1].outcome = ("value", facts, False)


def parameters_of(model, *parts):
    """The names of all parameters in these parts of a model, in the model's order."""
    return [name for name, _ in model.named_parameters() if any(f"{name}.".startswith(f"{part}.") for part in parts)]


def assert_kept(student, name, *args, but=()):
    """The student's function of this name changes nothing in a network but this."""
    for mode, frozen, grads in (("mixed", "body", False), ("eval", False, True), ("train", True, False)):
        _, theirs = pair(student, name, "vgg", mode=mode, frozen=frozen, grads=grads)
        changed = [what for what in ask(student, name, changed_by, theirs, *args) if what not in but]
        note(student, changed=changed)
        require(
            not changed, f"after {name} the {', '.join(changed)} of the network are not what they were", claims=True
        )


# -- freezing ----------------------------------------------------------------------------------------


def act(function, model, *args):
    """Over there: what came back, which parameters require gradients, which have any, which layers train, who has an
    attribute of its own."""
    answer = function(model, *args)
    named, layers = list(model.named_parameters()), list(model.named_modules())
    return (
        "the model" if answer is model else type(answer).__name__,
        [name for name, p in named if p.requires_grad],
        [name for name, p in named if p.grad is not None],
        [name for name, layer in layers if layer.training],
        [name for name, layer in layers if "requires_grad" in vars(layer)],
    )


def assert_returned(returned):
    """What came back over there is the model that was given."""
    require(returned == "the model", f"the model was to come back, not {returned}")


def assert_modes(training, ours, apart=""):
    """These layers over there are in training mode: the same as in our network, the one `apart` left aside."""
    expected = [name for name, layer in ours.named_modules() if layer.training and name != apart]
    found = [name for name in training if name != apart]
    told = "the lists name the layers that are in training mode afterwards"
    require(found == expected, told, found, expected, claims=True)


@points(2)
def test_freeze_names(student):
    """after freeze exactly the parameters that are named, or lie in a module that is, require gradients; no mode changes"""
    cases = [
        ("train", "resnet", "fc"),
        ("eval", "resnet"),
        ("train", "resnet", "layer2", "fc"),
        ("eval", "resnet", "bn1"),
    ]
    cases += [
        ("mixed", "resnet", "layer1.0.conv1", "bn1", "layer2.0.bn1", "fc.bias"),
        ("train", "vgg", "features.1", "classifier.4"),
    ]
    for mode, kind, *parts in cases:
        ours, theirs = pair(student, "freeze", kind, mode=mode)
        returned, trainable, _, training, _ = ask(student, "freeze", act, theirs, parts)
        assert_left_alone(student)
        expected = parameters_of(ours, *parts)
        require(
            trainable == expected,
            "the lists name the parameters that require gradients afterwards",
            trainable,
            expected,
        )
        assert_returned(returned)
        assert_modes(training, ours)
    assert_kept(student, "freeze", ["classifier"], but=("requires_grad", "gradients"))


@points(1)
def test_freeze_again(student):
    """what was frozen before is thawed where it is named; old gradients of what is frozen are gone; no name is unknown"""
    ours, theirs = pair(student, "freeze", "resnet", frozen=True)
    _, trainable, *_ = ask(student, "freeze", act, theirs, ("layer2", "fc"))
    expected = parameters_of(ours, "layer2", "fc")
    require(
        trainable == expected,
        "all was frozen before; these parameters require gradients afterwards",
        trainable,
        expected,
    )
    ours, theirs = pair(student, "freeze", "resnet", frozen="body", grads=True)
    _, _, grads, _, _ = ask(student, "freeze", act, theirs, ("layer2",))
    left = [name for name in grads if not name.startswith("layer2.")]
    note(student, left=left)
    stays = (
        f"{', '.join(left[:1])} is frozen and still has its old gradient: an optimizer that knows it would use that "
    )
    require(not left, f"{stays}once more, and its weight decay with it")
    for wrong in (("head",), ("fc", "layer"), ("conv1", "avgpool"), ("bn1.running_mean",)):
        _, theirs = pair(student, "freeze", "resnet")
        with raises(ValueError):
            ask(student, "freeze", act, theirs, wrong)
        require(
            theirs.training, "after the error the model is in another mode than the one in which it came", claims=True
        )


# -- the head ----------------------------------------------------------------------------------------


def headed(function, model, K, head, images):
    """Over there: the parameters, which are trainable, what came back, the logits (or why there are none), the layers in
    training mode, the number of outputs that the head says it has, which parameters of the body have a gradient."""
    answer = function(model, K)
    outputs = getattr(model.get_submodule(head), "out_features", None)
    grads = [n for n, p in model.named_parameters() if p.grad is not None and not n.startswith(head)]
    named, training = dict(model.named_parameters()), [n for n, layer in model.named_modules() if layer.training]
    returned = "the model" if answer is model else type(answer).__name__
    model.eval()
    try:
        with torch.no_grad():
            logits = model(images)
    except Exception as error:
        logits = f"{type(error).__name__}: {error}"
    trainable = [n for n, p in named.items() if p.requires_grad]
    return {n: p.detach() for n, p in named.items()}, trainable, returned, logits, training, outputs, grads


def features_of(model, images):
    """What the head of one of our networks receives in eval mode."""
    kind = type(model).__name__.lower()
    body = network(kind, model.state_dict())
    body.set_submodule(HEADS[kind], nn.Identity())
    with torch.no_grad():
        return body.eval()(images)


@points(2)
def test_new_head(student):
    """the last linear layer has K fresh outputs, in the network's dtype, and is trainable; nothing else has changed"""
    heads = {}
    for kind, K, frozen, mode, rest in (
        ("resnet", 5, False, "train", {}), ("vgg", 2, True, "eval", {"grads": True}), ("resnet", 3, "body", "mixed", {}),
        ("resnet", 1, True, "train", {}), ("vgg", 5, "body", "train", {"plain": True}), ("resnet", 5, True, "eval", {}),
    ):  # fmt: skip
        ours, theirs = pair(student, "replace_head", kind, frozen=frozen, mode=mode, **rest)
        images, head = torch.randn(6, 1, 8, 8, dtype=F64), HEADS[kind]
        old, inputs = dict(ours.named_parameters()), ours.get_submodule(head).in_features
        found = ask(student, "replace_head", headed, theirs, K, head, images, ours=2)
        now, trainable, returned, logits, training, outputs, grads = found
        shapes = {name: tuple(value.shape) for name, value in now.items()}
        wanted = {name: tuple(p.shape) for name, p in old.items()} | {
            f"{head}.weight": (K, inputs),
            f"{head}.bias": (K,),
        }
        narrow = sorted({str(value.dtype) for value in now.values()} - {"torch.float64"})
        body = [] if frozen else [name for name in old if not name.startswith(f"{head}.")]
        begins = [now[f"{head}.weight"]] if f"{head}.weight" in now else []
        before = heads.setdefault((kind, K), now)
        fair = bool(begins) and len(begins[0].unique()) == begins[0].numel()
        again = now is not before and torch.equal(now[f"{head}.weight"], before[f"{head}.weight"])
        expected = [*body, f"{head}.weight", f"{head}.bias"]
        fits = shapes == wanted and not narrow and isinstance(logits, torch.Tensor)
        fresh = not fits or not any(
            torch.equal(mine, theirs)
            for n in ("weight", "bias")
            if f"{head}.{n}" in old
            for mine in now[f"{head}.{n}"]
            for theirs in old[f"{head}.{n}"].detach()
        )
        right = not fits or logits.shape == (6, K)
        if fits and right:
            own = nn.functional.linear(features_of(ours, images), now[f"{head}.weight"], now[f"{head}.bias"])
            right = torch.allclose(own, logits, rtol=1e-6, atol=1e-9)
        kept = all(torch.equal(now[n], p) for n, p in old.items() if fits and not n.startswith(f"{head}."))
        facts = {
            "outputs": outputs,
            "fair": fair,
            "again": again,
            "grads": grads,
            "returned": returned,
            "fresh": fresh,
            "right": right,
            "training": training,
            "kept": kept,
        }
        note(student, shapes=shapes, dtypes=narrow, trainable=trainable, **facts)
        require(shapes == wanted, "the parameters of the network and their shapes", shapes, wanted)
        require(not narrow, f"the network is float64, its new head {', '.join(narrow)}")
        require(
            trainable == expected,
            "the lists name the parameters that require gradients afterwards",
            trainable,
            expected,
        )
        require(right, "the logits are not those of the old body with the new head", logits)
        require(fresh, "some of the old head's weights or biases are in the new one: they belong to the old task")
        require(fair, "the new head's weights are to be drawn at random, each for itself", now[f"{head}.weight"])
        require(
            not again, "a second network got a head with the very weights of the first: they are to be drawn afresh"
        )
        require(outputs == K, f"the head's `out_features` is {outputs}, not {K}")
        require(kept, "parameters of the body have other values than before")
        graded = [n for n in old if not n.startswith(head)] if rest.get("grads") else []
        require(grads == graded, "the lists name the parameters of the body that have a gradient", grads, graded)
        assert_returned(returned)
        assert_modes(training, ours, apart=head)


# -- batch normalisation -----------------------------------------------------------------------------


def norms():
    """A batch normalisation of volumes, and layers that normalise otherwise."""

    class OwnBatchNorm2d(nn.BatchNorm2d):
        """What inherits from a batch normalisation is one."""

    return nn.Sequential(
        nn.BatchNorm3d(2), nn.LayerNorm(3), nn.GroupNorm(1, 2), nn.InstanceNorm2d(2), OwnBatchNorm2d(2)
    )


@points(1)
def test_bn_modes(student):
    """batch normalisation at any depth, 1d and 2d, is in eval mode, and every other layer in the mode in which it was"""
    for kind, mode in (("resnet", "train"), ("vgg", "train"), ("vgg", "eval")):
        ours, theirs = pair(student, "set_bn_eval", kind, mode=mode)
        returned, trainable, _, training, _ = ask(student, "set_bn_eval", act, theirs)
        assert_returned(returned)
        expected = [
            n for n, layer in ours.named_modules() if layer.training and "BatchNorm" not in type(layer).__name__
        ]
        require(
            training == expected, "the lists name the layers that are in training mode afterwards", training, expected
        )
        whole = trainable == [name for name, _ in ours.named_parameters()]
        require(whole, "only modes may change, but some parameters do not require gradients any more", trainable)
    _, _, _, training, _ = ask(student, "set_bn_eval", act, uploaded(student, "set_bn_eval", norms)())
    others = ["", "1", "2", "3"]
    require(training == others, "the lists name the layers in training mode among norms of all kinds", training, others)
    assert_kept(student, "set_bn_eval", but=("training mode",))


def exercised(function, model, batches):
    """Over there: a step of training for each batch, with weight decay; then all parameters and buffers."""
    for images in batches:
        model.train()
        function(model)
        trainable = [p for p in model.parameters() if p.requires_grad]
        grads = torch.autograd.grad((model(images) - 1).pow(2).mean(), trainable)
        with torch.no_grad():
            for p, g in zip(trainable, grads, strict=True):
                p -= 0.1 * (g + 0.01 * p)
    return dict(model.state_dict())


@points(1)
def test_bn_buffers(student):
    """with the body frozen, parameters and buffers outside the head keep every bit while the head is trained"""
    for kind in ("resnet", "vgg"):
        ours, theirs = pair(student, "set_bn_eval", kind, frozen="body")
        batches = list(torch.randn(3, 6, 1, 8, 8, dtype=F64))
        state = ask(student, "set_bn_eval", exercised, theirs, batches, ours=1)
        moved = [name for name, value in ours.state_dict().items() if not torch.equal(value, state[name])]
        note(student, moved=moved)
        strange = [name for name in moved if not name.startswith(f"{HEADS[kind]}.")]
        if strange:
            raise CheckFailure(f"three steps of training have changed {strange[0]}, though the body is frozen")
        require(len(moved) == 2, "three steps of training have not moved the head")


# -- learning rates ----------------------------------------------------------------------------------


def grouped(function, model, lr_head, lr_body):
    """Over there: (name of the parameter, learning rate) of all that is in the groups, and the layers in training mode."""
    names = {id(p): name for name, p in model.named_parameters()}
    found = []
    for group in function(model, lr_head, lr_body):
        inside = group["params"]
        inside = [inside] if isinstance(inside, torch.Tensor) else inside
        found += [(names.get(id(p), "no parameter of the model"), float(group["lr"])) for p in inside]
    return sorted(found), [name for name, layer in model.named_modules() if layer.training]


def namesakes():
    """Over there: a network whose body has layers that begin with the head's name and a weight that two of them share,
    and whose head has a frozen bias."""
    layers = {"fc_norm": nn.BatchNorm1d(3), "fcs": nn.Linear(3, 3), "again": nn.Linear(3, 3), "fc": nn.Linear(3, 2)}
    model = nn.Sequential()
    for name, layer in layers.items():
        model.add_module(name, layer)
    model.again.weight = model.fcs.weight
    model.fc.bias.requires_grad_(False)
    return model


@points(2)
def test_groups(student):
    """each trainable parameter is in one group, with the head's rate or the body's; no frozen one is in any"""
    cases = (
        ("resnet", False, 0.1, 0.01237),
        ("resnet", "body", 0.5371, 0.2537),
        ("vgg", False, 0.01371, 0.0),
        ("resnet", "body", 0.0, 0.2537),
    )
    for (kind, frozen, lr_head, lr_body), mode in zip(cases, ("train", "eval", "mixed", "train"), strict=True):
        ours, theirs = pair(student, "param_groups", kind, frozen=frozen, mode=mode)
        found, training = ask(student, "param_groups", grouped, theirs, lr_head, lr_body)
        names = [name for name, p in ours.named_parameters() if p.requires_grad]
        expected = sorted((name, lr_head if name.startswith(f"{HEADS[kind]}.") else lr_body) for name in names)
        there = [name for name, _ in found]
        twice = sorted({name for name in there if there.count(name) > 1})
        for what, wrong in (
            ("is in the groups twice", twice),
            ("requires a gradient and is in no group", [name for name in names if name not in there]),
            ("is in a group and requires no gradient", [name for name in there if name not in names]),
        ):
            require(not wrong, f"{', '.join(wrong[:1])} {what}", there, names)
        require(found == expected, "the parameters have other learning rates", found, expected)
        assert_modes(training, ours)
    theirs = uploaded(student, "param_groups", namesakes)()
    student.calls.pop()  # not a call of the student's
    found, _ = ask(student, "param_groups", grouped, theirs, 0.5, 0.25)
    names = ("again.bias", "fc.weight", "fc_norm.bias", "fc_norm.weight", "fcs.bias", "fcs.weight")
    expected = [(name, 0.5 if name == "fc.weight" else 0.25) for name in names]
    there = [name for name, _ in found]
    twice = sorted({name for name in there if there.count(name) > 1})
    require(
        not twice, f"where two layers share fcs.weight, {', '.join(twice[:1])} is in the groups twice", there, names
    )
    about = "where names in the body begin with the head's, and the head's bias is frozen"
    require(sorted(found) == expected, f"the parameters have other learning rates, {about}", found, expected)
    assert_kept(student, "param_groups", 0.1, 0.01)


# -- features ----------------------------------------------------------------------------------------


def described(function, model, images):
    """Over there: the features, and whether they carry a graph."""
    features = function(model, images)
    if not isinstance(features, torch.Tensor):
        return features, False
    return features.detach(), features.requires_grad


@points(2)
def test_features(student):
    """the features (N, F) are what the head receives in eval mode, without a graph"""
    for kind, mode, count in (
        ("resnet", "train", 3),
        ("vgg", "train", 1),
        ("vgg", "mixed", 9),
        ("resnet", "mixed", 20),
    ):
        ours, theirs = pair(student, "extract_features", kind, mode=mode)
        images = torch.randn(count, 1, 8, count if count > 9 else 8, dtype=F64)
        for about, batch in (
            ("", images),
            ("for other images", images + 1),
            ("for large images", 1e6 * images),
            *layouts(images),
        ):
            with unmodified(batch):
                features, graph = ask(student, "extract_features", described, theirs, batch)
            about = f"for {about} tensor of images" if about.startswith("a") else about
            assert_same(features, features_of(ours, batch), rtol=1e-10, about=about)
            require(not graph, "the features carry the graph of the whole body with them", features)


def traced(function, model, images):
    """Over there: layers in training mode, hooks, class of each layer, parameters and buffers, after two calls."""
    function(model, images)
    function(model, images)
    layers = dict(model.named_modules())
    hooks = sum(len(layer._forward_hooks) + len(layer._forward_pre_hooks) for layer in layers.values())
    classes = {name: type(layer).__name__ for name, layer in layers.items()}
    training = [n for n, layer in layers.items() if layer.training]
    return training, hooks, classes, dict(model.state_dict())


def failed(function, model, images):
    """Over there: layers in training mode, hooks and frozen parameters, after a call with images of too many channels."""
    try:
        function(model, images)
    except Exception:  # whatever the model raises
        pass
    layers = dict(model.named_modules())
    hooks = sum(len(layer._forward_hooks) + len(layer._forward_pre_hooks) for layer in layers.values())
    frozen = [name for name, p in model.named_parameters() if not p.requires_grad]
    return [n for n, layer in layers.items() if layer.training], hooks, frozen


@points(1)
def test_features_leave_no_trace(student):
    """afterwards every layer is in its own mode again, head, buffers and gradients are what they were, and no hook is left"""
    for kind, mode, frozen in (("resnet", "eval", True), ("vgg", "train", False), ("vgg", "mixed", "body")):
        ours, theirs = pair(student, "extract_features", kind, mode=mode, frozen=frozen)
        images = torch.randn(4, 1, 8, 8, dtype=F64)
        training, hooks, classes, state = ask(student, "extract_features", traced, theirs, images)
        kinds = {name: type(layer).__name__ for name, layer in ours.named_modules()}
        moved = [n for n, v in ours.state_dict().items() if n not in state or not torch.equal(v, state[n])]
        note(student, training=training, hooks=hooks, classes=classes, moved=moved)
        require(classes == kinds, "the layers of the network are others than before", classes, kinds)
        require(not moved, f"{', '.join(moved[:1])} is not what it was")
        assert_modes(training, ours)
        require(not hooks, f"after two calls there are {hooks} hooks in the network", claims=True)
    assert_kept(student, "extract_features", torch.randn(4, 1, 8, 8, dtype=F64))
    ours, theirs = pair(student, "extract_features", "vgg", mode="mixed")
    training, hooks, frozen = ask(student, "extract_features", failed, theirs, torch.randn(4, 2, 8, 8, dtype=F64))
    note(student, training_after_an_error=training, hooks_after_an_error=hooks, frozen_after_an_error=frozen)
    assert_modes(training, ours)
    require(not frozen, "the network raised an error, and parameters that required a gradient require none now", frozen,
            claims=True)  # fmt: skip
    require(not hooks, f"the network raised an error, and there are {hooks} hooks in it now", claims=True)


# -- thawing -----------------------------------------------------------------------------------------


@points(1)
def test_schedule(student):
    """the head alone in epoch 0, in each epoch one block more from the top, in the end all"""
    blocks = ("fc", "layer2", "layer1", "conv1")
    default = ("fc", "layer4", "layer3", "layer2", "layer1", "bn1", "conv1")
    many = tuple(f"block{number}" for number in range(20))
    cases = (
        (1, blocks),
        (0, blocks),
        (3, blocks),
        (5000, blocks),
        (2,),
        (99, blocks),
        (6,),
        (8, many),
        (99, many),
        (18, many),
    )
    for epoch, *given in cases:
        found = student.unfreeze_schedule(epoch, *given)
        expected = (given[0] if given else default)[: epoch + 1]
        fine = isinstance(found, (list, tuple)) and sorted(map(str, found)) == sorted(expected)
        require(fine, f"what is trained in epoch {epoch} are other blocks", found, expected)


# -- all of it ---------------------------------------------------------------------------------------


def prepared(build, state):
    """A backbone with these parameters and buffers."""
    model = build()
    model.load_state_dict(state)
    return model


def fine_tune(model, groups_of, settle, images, labels, epochs, seed):
    """Train with momentum, rates going down to 0 in a straight line; `settle` is called after each train()."""
    generator = torch.Generator().manual_seed(seed)
    groups = [(g["params"], g["lr"]) for g in groups_of(model, 0.1, 0.05)]
    rates = [(p, rate) for inside, rate in groups for p in ([inside] if isinstance(inside, torch.Tensor) else inside)]
    speeds = [torch.zeros_like(p) for p, _ in rates]
    batches = [b for _ in range(epochs) for b in torch.randperm(len(images), generator=generator).split(25)]
    for done, batch in enumerate(batches):
        model.train()
        settle(model)
        loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
        grads = torch.autograd.grad(loss, [p for p, _ in rates])
        with torch.no_grad():
            for (p, rate), speed, g in zip(rates, speeds, grads, strict=True):
                speed.mul_(0.9).add_(g)
                p -= rate * (1 - done / len(batches)) * speed
    return "done"


def all_of_it(model, rate, _):
    """A group with every parameter."""
    return [{"params": list(model.parameters()), "lr": rate}]


def accuracy(logits, labels):
    """The fraction of right answers."""
    return float((logits.argmax(1) == labels).double().mean())


#: means over the trials were 0.8 with a pretrained body and 0.7 from scratch
TRIALS, PASSES, GOAL, LEAD = 3, 10, 0.75, 0.05


@points(2)
@training(seconds=60)
def test_beats_scratch(student):
    """with 20 labels a class the pretrained body beats a network from scratch that trains twice as long, on average"""
    backbone = datasets.load("backbone")
    before = backbone.weights()
    build, train = student.prop(backbone.Backbone), student.prop(fine_tune)
    prepare = student.prop(prepared)
    transfer, scratch = [], []
    for seed in torch.randint(2**31, (TRIALS,)).tolist():
        names = torch.randperm(
            5
        )  # which class has which number is drawn too: what is known of the images does not help
        (images, labels), (test_images, test_labels) = backbone.few(20, seed), backbone.held_out(seed)
        labels, test_labels = names[labels], names[test_labels]
        model = prepare(build, before)
        student.replace_head(model, 5)
        student.freeze(model, ("layer2", "fc"))
        train(model, student.param_groups, student.set_bn_eval, images, labels, PASSES, seed)
        state = model.state()
        after = {**state["parameters"], **state["buffers"]}
        trained = [name for name in state["parameters"] if name.startswith(("layer2.", "fc."))]
        for name in [name for name in before if name not in trained]:
            same = name in after and torch.equal(before[name], after[name])
            require(same, f"{name} was to stay frozen, but after the training it is not bit for bit what it was")
        ours = backbone.Backbone(5)  # what was learned is in the parameters, so it is asked here
        shapes = {name: tuple(value.shape) for name, value in ours.state_dict().items()}
        found = {name: tuple(value.shape) for name, value in after.items()}
        require(found == shapes, "the parameters and buffers of the network and their shapes", found, shapes)
        ours.load_state_dict(after)
        own = backbone.Backbone(5)
        fine_tune(own, all_of_it, lambda model: None, images, labels, 2 * PASSES, seed)
        with torch.no_grad():
            transfer.append(accuracy(ours.eval()(test_images), test_labels))
            scratch.append(accuracy(own.eval()(test_images), test_labels))
    reached, other = sum(transfer) / TRIALS, sum(scratch) / TRIALS
    if reached < max(GOAL, other + LEAD):
        raise CheckFailure(
            f"with the pretrained body {reached:.1%} of the held-out digits are right on average over {TRIALS} trainings, from "
            f"scratch {other:.1%}; {GOAL:.0%} and {100 * LEAD:g} points more than from scratch are asked for"
        )
