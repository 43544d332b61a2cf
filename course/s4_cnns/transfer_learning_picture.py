"""How much a pretrained body is worth, by the number of labels."""

import matplotlib.pyplot as plt
import torch
from torch import nn

from autograder.authoring.pictures import COLOURS, reference
from autograder.course import datasets

LABELS = (5, 10, 20, 50, 100)  # of each class
SEEDS = (0, 1, 2)
PRETRAINED, LONG, SHORT = (
    "pretrained on 0 to 4, 10 passes",
    "from scratch, 30 passes",
    "from scratch, 10 passes",
)
PASSES = {PRETRAINED: 10, LONG: 30, SHORT: 10}
#: accuracy in percent: a row for each of LABELS, a number for each of SEEDS, as `measure` gave them on one machine;
#: another may get other numbers, and the lesson tells of these
MEASURED = {
    PRETRAINED: ((61.5, 70.9, 68.0), (67.0, 80.3, 72.8), (83.1, 82.5, 84.5), (88.5, 89.9, 89.8), (92.7, 92.7, 93.0)),
    LONG: ((40.9, 32.8, 36.7), (55.3, 48.3, 48.0), (70.3, 62.7, 66.9), (87.4, 81.7, 86.0), (90.6, 90.5, 90.5)),
    SHORT: ((26.1, 29.2, 35.5), (32.8, 49.0, 46.5), (67.3, 61.7, 59.4), (86.0, 82.4, 84.5), (90.1, 91.5, 91.1)),
}


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


def measure() -> dict[str, list[list[float]]]:
    """Train all of it again, in some minutes: what MEASURED holds."""
    page, backbone = reference("s4_cnns/transfer_learning"), datasets.load("backbone")
    task = backbone.load()

    def percent(count: int, seed: int, name: str) -> float:
        images, labels = backbone.few(count, seed)
        torch.manual_seed(seed)
        if name == PRETRAINED:
            model = page.freeze(page.replace_head(backbone.pretrained(), 5), ("layer2", "fc"))
            groups = page.param_groups(model, lr_head=0.1, lr_body=0.05)
        else:
            model = backbone.Backbone(5)
            groups = [{"params": list(model.parameters()), "lr": 0.1}]
        trained(page, model, groups, images, labels, PASSES[name], seed, settle=name == PRETRAINED)
        with torch.no_grad():
            right = model.eval()(task.test_images).argmax(1) == task.test_labels
        return round(100 * float(right.double().mean()), 1)

    return {name: [[percent(count, seed, name) for seed in SEEDS] for count in LABELS] for name in PASSES}


def draw() -> plt.Figure:
    """Accuracy on held-out digits 5 to 9: body from the digits 0 to 4, against from scratch; a dot for each seed."""
    figure, axis = plt.subplots()
    looks = {PRETRAINED: (COLOURS[0], "-"), LONG: (COLOURS[1], "-"), SHORT: (COLOURS[1], ":")}
    for name, rows in MEASURED.items():
        colour, style = looks[name]
        found = torch.tensor(rows)
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
