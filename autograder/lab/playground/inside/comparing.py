"""In a run, now and then: what the student's parts give for what it asks of them, beside what the course's give."""

import torch

from .names import DECAYS, OPTIMIZERS, PAGE_OF
from .network import criterion
from .parts import RAISED
from .trying import differs, try_part, walked

POINTS = 64  #: that the network is asked about
STEPS = 64  #: of an optimizer on a few parameters


def differences(run, steps=STEPS):
    """Return in a sentence how parts of the student's differ from the course's by now, by name; nothing is drawn.

    What raises here is left out: the run tells of it.
    """
    parts, found, drawn = run.parts, {}, torch.get_rng_state()
    seen = _seen(run)
    for name, note in list(parts.notes.items()):
        course = parts.of_course(name)
        if note["whose"] != "yours" or note["kind"] or course is None:
            continue
        parts.running.note(name)
        try:
            said = _difference(run, name, parts.of_student(name), course, seen, steps)
        except RAISED:
            said = ""
        finally:
            parts.running.note("")
            torch.set_grad_enabled(True)
            torch.set_default_dtype(torch.float32)
        if said:
            found[name] = said
    torch.set_rng_state(drawn)
    return found


def _seen(run):
    """Return what each activation of the network is asked, by its place, and what the network answers."""
    asked, acts = [], run.layers.acts

    def noting(act):
        def noted(x):
            asked.append(x.detach().clone())
            return act(x)

        return noted

    run.layers.acts = [*map(noting, acts)]
    try:
        return asked, _answer(run, run.model)
    except RAISED:
        return asked, None
    finally:
        run.layers.acts = acts


def _answer(run, model):
    """Return what a network gives for some of the run's points, without dropout, drawing nothing."""
    layers = run.layers
    layers.drop, layers.seen, layers.at = None, [], 0
    model.eval()
    try:
        with torch.no_grad():
            return model(run.X[:POINTS])
    finally:
        layers.drop, layers.seen = run.dropping, None
        model.train()


def _difference(run, name, own, course, seen, steps):
    page, (asked, answer) = PAGE_OF[name], seen
    if name in run.state["acts"]:
        with torch.no_grad():
            for act, x in zip(run.state["acts"], asked, strict=False):
                if act == name and (said := _told(own(x.clone()), course(x.clone()), _at(name, x))):
                    return said
        return ""
    if name == "MLP" and answer is not None:
        with torch.no_grad():
            return _told(answer, _of_same_weights(run, course), lambda k: f"output {k} of MLP")
    if name == run.state["loss"] and answer is not None:
        with torch.no_grad():
            got, wanted = (
                criterion(name, loss, run.regression)(answer.clone(), run.y[:POINTS]).reshape(1)
                for loss in (own, course)
            )
        return _told(got, wanted, lambda k: f"{name} of {len(answer)} examples")
    if page == "training_troubles":
        got, wanted = (_clipped(run, clip) for clip in (own, course))
        return _told(got, wanted, lambda k: f"{name}: entry {k} of the gradient")
    if name == OPTIMIZERS[run.state["optimizer"]][0]:
        got, wanted = (
            walked(lambda params, kind=kind: kind(params, **_settings(run)), steps) for kind in (own, course)
        )
        return _told(got, wanted, lambda k: f"{name}: entry {k} after {steps} steps")
    return try_part(name, own, course)


def _at(name, x):
    return lambda k: f"{name}({x.reshape(-1)[k].item():.4g})"


def _told(got, wanted, what):
    """Return how two answers differ, as long as both are numbers: what is none, the run tells."""
    if not isinstance(got, torch.Tensor) or got.shape != wanted.shape:
        return ""
    return differs(got, wanted, what) if got.isfinite().all() and wanted.isfinite().all() else ""


def _of_same_weights(run, network):
    """Return the answer of the course's network with the weights of this one."""
    model = network(run.inputs.shape[1], list(run.state["hidden"]), 1, run.layers)
    for mine, theirs in zip(model.parameters(), run.params, strict=True):
        mine.copy_(theirs)
    return _answer(run, model)


def _clipped(run, clip):
    params = [p.detach().clone() for p in run.params]
    for p, other in zip(params, run.params, strict=True):
        p.grad = None if other.grad is None else 8 * other.grad  # which was clipped already
    clip(params, run.state["clip_at"])
    return torch.cat([p.grad.reshape(-1) for p in params if p.grad is not None])


def _settings(run):
    state, (kind, fixed) = run.state, OPTIMIZERS[run.state["optimizer"]]
    settings = {"lr": 0.01, **fixed}
    if "momentum" in fixed:
        settings["momentum"] = state["momentum"]
    if kind in DECAYS and state["lr_decay"]:
        settings["lr_decay"] = state["lr_decay"]
    return settings
