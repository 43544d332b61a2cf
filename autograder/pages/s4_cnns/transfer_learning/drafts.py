"""First drafts of this page, as beginners hand them in."""

# %% names that begin alike
# freeze: takes the beginning of a name for the whole
# freeze: leaves old gradients lying, which an optimizer uses once more
# freeze: accepts names that are not in the model
# replace_head: says "module name can't contain"
# replace_head: makes a float32 head whatever the network is
# unfreeze_schedule: trains nothing at all in epoch 0
def freeze(model, except_=()):
    for name, p in model.named_parameters():
        p.requires_grad = False
        for e in except_:
            if name.startswith(e):
                p.requires_grad = True
    return model


def replace_head(model, K):
    name = head_of(model)
    head = model.get_submodule(name)
    setattr(model, name, nn.Linear(head.in_features, K))
    return model


def unfreeze_schedule(epoch, blocks=RESNET_BLOCKS):
    return blocks[:epoch]


# %% everything in eval mode
# freeze: never thaws what was frozen before
#   or: says "all was frozen before"
# freeze: freezes the head too, though it is named among the exceptions
# set_bn_eval: puts the whole model into eval mode
# param_groups: hands frozen parameters to the optimizer
def freeze(model, except_=()):
    for name, p in model.named_parameters():
        if name not in except_:
            p.requires_grad = False
    return model


def set_bn_eval(model):
    model.eval()
    return model


def param_groups(model, lr_head, lr_body):
    head = head_of(model)
    head_params = [p for n, p in model.named_parameters() if n.startswith(head)]
    body_params = [p for n, p in model.named_parameters() if not n.startswith(head)]
    return [{"params": head_params, "lr": lr_head}, {"params": body_params, "lr": lr_body}]


# %% the head is called fc
# replace_head: says "has no attribute 'fc'"
# set_bn_eval: forgets that batch normalisation exists in one dimension too
# unfreeze_schedule: names one block alone, not all up to it
# extract_features: says "the layers of the network are others than before"
# replace_head: makes a float32 head whatever the network is
# extract_features: keeps the graph of the whole body
# extract_features: leaves the model in eval mode
# extract_features: gives the logits instead of what the head receives
def replace_head(model, K):
    model.fc = nn.Linear(model.fc.in_features, K)
    return model


def set_bn_eval(model):
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.eval()
    return model


def unfreeze_schedule(epoch, blocks=RESNET_BLOCKS):
    return blocks[epoch]


def extract_features(model, images):
    model.fc = nn.Identity()
    model.eval()
    return model(images)


# %% the hook stays
# extract_features: leaves its hook in the network
# extract_features: leaves the model in eval mode
# freeze: says "is not an nn.Module"
# set_bn_eval: looks at the outermost layers only
# freeze: leaves old gradients lying, which an optimizer uses once more
def extract_features(model, images):
    features = []

    def hook(layer, inputs):
        features.append(inputs[0])

    head = model.get_submodule(head_of(model))
    head.register_forward_pre_hook(hook)
    model.eval()
    with torch.no_grad():
        model(images)
    return features[0]


def freeze(model, except_=()):
    for p in model.parameters():
        p.requires_grad = False
    for name in except_:
        for p in model.get_submodule(name).parameters():
            p.requires_grad = True
    return model


def set_bn_eval(model):
    for name, layer in model.named_children():
        if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
            layer.eval()
    return model


# %% back to training mode whatever it was
# extract_features: keeps the graph of the whole body
# extract_features: puts every layer into the mode of the model as a whole
# replace_head: gives the new head no bias
#   or: says "the parameters of the network and their shapes"
# param_groups: has the head in both groups
# replace_head: makes a float32 head whatever the network is
def extract_features(model, images):
    saved = {}
    head = model.get_submodule(head_of(model))
    handle = head.register_forward_pre_hook(lambda layer, inputs: saved.update(x=inputs[0]))
    model.eval()
    model(images)
    handle.remove()
    model.train()
    return saved["x"]


def replace_head(model, K):
    name = head_of(model)
    parent, _, last = name.rpartition(".")
    old = model.get_submodule(name)
    new = nn.Linear(old.in_features, K, bias=False)
    setattr(model.get_submodule(parent), last, new)
    return model


def param_groups(model, lr_head, lr_body):
    head = model.get_submodule(head_of(model))
    body = [p for p in model.parameters() if p.requires_grad]
    return [{"params": head.parameters(), "lr": lr_head}, {"params": body, "lr": lr_body}]


# %% nothing is returned
# freeze: gives nothing back from freeze
# set_bn_eval: says "not NoneType"
# set_bn_eval: freezes the parameters of batch normalisation, too
# unfreeze_schedule: trains nothing at all in epoch 0
# freeze: leaves old gradients lying, which an optimizer uses once more
def freeze(model, except_=()):
    for name, p in model.named_parameters():
        keep = any(name == e or name.startswith(e + ".") for e in except_)
        p.requires_grad = keep


def set_bn_eval(model):
    for layer in model.modules():
        if "BatchNorm" in type(layer).__name__:
            layer.training = False
            for p in layer.parameters():
                p.requires_grad = False


def unfreeze_schedule(epoch, blocks=RESNET_BLOCKS):
    n = min(epoch, len(blocks))
    return tuple(blocks[:n])


# %% the other rate
# param_groups: gives the body the head's learning rate and the head the body's
# unfreeze_schedule: thaws from the image upwards
# freeze: refuses an empty list of exceptions
#   or: says "ValueError: no such name"
# freeze: exempts every parameter whose name contains one of the names
#   or: accepts names that are not in the model
#   or: says "nothing was raised where ValueError was expected"
def param_groups(model, lr_head, lr_body):
    head = head_of(model)
    groups = []
    for name, p in model.named_parameters():
        if p.requires_grad:
            if head in name:
                groups.append({"params": [p], "lr": lr_body})
            else:
                groups.append({"params": [p], "lr": lr_head})
    return groups


def unfreeze_schedule(epoch, blocks=RESNET_BLOCKS):
    return blocks[-(epoch + 1):]


def freeze(model, except_=()):
    found = False
    for name, p in model.named_parameters():
        p.requires_grad = False
        p.grad = None
        for e in except_:
            if e in name:
                p.requires_grad = True
                found = True
    if not found:
        raise ValueError("no such name")
    return model


# %% the features are the logits
# extract_features: gives the logits instead of what the head receives
# extract_features: puts every layer into the mode of the model as a whole
# replace_head: takes the outputs of the old head for the inputs of the new one
#   or: says "the parameters of the network and their shapes"
# replace_head: says "require gradients"
# set_bn_eval: puts all other layers into training mode
# replace_head: makes a float32 head whatever the network is
def extract_features(model, images):
    was = model.training
    model.eval()
    with torch.no_grad():
        out = model(images)
    model.train(was)
    return out


def replace_head(model, K):
    name = head_of(model)
    path = name.split(".")
    parent = model
    for part in path[:-1]:
        parent = getattr(parent, part)
    old = getattr(parent, path[-1])
    new = nn.Linear(old.out_features, K)
    setattr(parent, path[-1], new)
    for p in model.parameters():
        p.requires_grad = True
    return model


def set_bn_eval(model):
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm1d) or isinstance(layer, nn.BatchNorm2d) or isinstance(layer, nn.BatchNorm3d):
            layer.eval()
        else:
            layer.train()
    return model


# %% only the weight of the head
# replace_head: says "`out_features` is 3, not 2"
# replace_head: makes a float32 head whatever the network is
# param_groups: gives the head's bias the body's learning rate
# extract_features: runs all children but the last, and misses what forward does between them
def replace_head(model, K):
    head = model.get_submodule(head_of(model))
    head.weight = nn.Parameter(torch.zeros(K, head.in_features))
    head.bias = nn.Parameter(torch.zeros(K))
    return model


def param_groups(model, lr_head, lr_body):
    head = model.get_submodule(head_of(model))
    body = []
    for p in model.parameters():
        if p.requires_grad and p is not head.weight:
            body.append(p)
    return [{"params": [head.weight], "lr": lr_head}, {"params": body, "lr": lr_body}]


def extract_features(model, images):
    layers = list(model.children())[:-1]
    body = nn.Sequential(*layers)
    body.eval()
    with torch.no_grad():
        return body(images)


# %% the schedule runs out
# unfreeze_schedule: raises where there are more epochs than blocks
# freeze: thaws one parameter of each part that is named
# extract_features: puts every layer into the mode of the model as a whole
def unfreeze_schedule(epoch, blocks=RESNET_BLOCKS):
    names = []
    for i in range(epoch + 1):
        names.append(blocks[i])
    return names


def freeze(model, except_=()):
    for p in model.parameters():
        p.requires_grad = False
        p.grad = None
    for name in except_:
        for n, p in model.named_parameters():
            if n == name or n.startswith(name + "."):
                p.requires_grad = True
                break
        else:
            raise ValueError(name)
    return model


def extract_features(model, images):
    inputs_seen = []
    head = model.get_submodule(head_of(model))
    handle = head.register_forward_hook(lambda layer, inputs, output: inputs_seen.append(inputs[0]))
    training = model.training
    model.eval()
    with torch.no_grad():
        model(images)
    handle.remove()
    model.train(training)
    return inputs_seen[0]


# %% by prefix
# freeze: takes the beginning of a name for the whole
# freeze: leaves old gradients lying, which an optimizer uses once more
# freeze: accepts names that are not in the model
# replace_head: makes a float32 head whatever the network is
# set_bn_eval: forgets that batch normalisation exists in one dimension too
# param_groups: hands frozen parameters to the optimizer
# unfreeze_schedule: trains nothing at all in epoch 0
def freeze(model, except_=()):
    for name, p in model.named_parameters():
        p.requires_grad = any(name.startswith(e) for e in except_)
    return model


def replace_head(model, K):
    name = head_of(model)
    old = model.get_submodule(name)
    setattr(model, name, nn.Linear(old.in_features, K))
    return model


def set_bn_eval(model):
    for m in model.modules():
        if isinstance(m, nn.BatchNorm2d):
            m.eval()
    return model


def param_groups(model, lr_head, lr_body):
    head = model.get_submodule(head_of(model))
    return [
        {"params": head.parameters(), "lr": lr_head},
        {"params": [p for n, p in model.named_parameters() if "fc" not in n], "lr": lr_body},
    ]


def unfreeze_schedule(epoch, blocks=RESNET_BLOCKS):
    return blocks[:epoch]
