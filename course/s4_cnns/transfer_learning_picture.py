"""How much a pretrained body is worth, by the number of labels."""

import matplotlib.pyplot as plt
import torch
from torch import nn

from autograder.authoring.pictures import COLOURS, reference
from autograder.course import datasets

LABELS = (5, 10, 20, 50, 100)  # of each class
SEEDS = (0, 1, 2)


def trained(page, model: nn.Module, groups: list[dict], images, labels, passes: int, seed: int, settle: bool) -> None:
    """SGD with momentum; the learning rates go down to 0 in a straight line."""
    torch.manual_seed(seed)
    optimizer = torch.optim.SGD(groups, momentum=0.9)
    steps = passes * -(-len(images) // 25)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=steps)
    for _ in range(passes):
        model.train()
        if settle:
            page.set_bn_eval(model)
        for batch in torch.randperm(len(images)).split(25):
            loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()


def draw() -> plt.Figure:
    """Accuracy on held-out digits 5 to 9: body from the digits 0 to 4, against from scratch; a dot for each seed."""
    page, backbone = reference("s4_cnns/transfer_learning"), datasets.load("backbone")
    task = backbone.load()

    def percent(count: int, seed: int, passes: int, transfer: bool) -> float:
        images, labels = backbone.few(count, seed)
        torch.manual_seed(seed)
        if transfer:
            model = page.freeze(page.replace_head(backbone.pretrained(), 5), ("layer2", "fc"))
            groups = page.param_groups(model, lr_head=0.1, lr_body=0.05)
        else:
            model = backbone.Backbone(5)
            groups = [{"params": list(model.parameters()), "lr": 0.1}]
        trained(page, model, groups, images, labels, passes, seed, settle=transfer)
        with torch.no_grad():
            right = model.eval()(task.test_images).argmax(1) == task.test_labels
        return 100 * float(right.double().mean())

    figure, axis = plt.subplots()
    curves = (
        ("pretrained on 0 to 4, 10 passes", True, 10, COLOURS[0], "-"),
        ("from scratch, 30 passes", False, 30, COLOURS[1], "-"),
        ("from scratch, 10 passes", False, 10, COLOURS[1], ":"),
    )
    for name, transfer, passes, colour, style in curves:
        found = torch.tensor([[percent(count, seed, passes, transfer) for seed in SEEDS] for count in LABELS])
        axis.plot(LABELS, found.mean(1), style, color=colour, label=name)
        axis.plot(LABELS, found, "o", color=colour, markersize=3, alpha=0.6, zorder=3)
    axis.set_xscale("log")
    axis.minorticks_off()
    axis.set_xticks(LABELS, map(str, LABELS))
    axis.set_xlabel("labelled images of each class")
    axis.set_ylabel("held-out digits 5 to 9 right, %")
    axis.legend(loc="lower right")
    axis.set_title("A body that has seen other digits", loc="left", fontsize=10)
    return figure
