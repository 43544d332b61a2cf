"""The loop: a network that trains in the worker, and a picture of it now and then."""

import math
import os
import time

import torch

from . import data
from .names import DECAYS, GRID, OPTIMIZERS, TAKES
from .network import Layers, Misfit, criterion, fitting, initialise

LOOKS = 3  #: in a row in which a parameter stands still before it is asked why


class Run:
    """One network on one data set, from the first step on: the same state gives the same run, to the last bit.

    Args:
        state: what is trained and how, see :mod:`autograder.lab.playground.state`.
        parts: where its parts come from.
    """

    def __init__(self, state, parts):
        self.state = s = state
        self.parts = parts
        self.pid = os.getpid()
        self.regression = data.is_regression(s)
        X, y, self.train = data.points(s)
        self.points = torch.cat([X, y[:, None]], 1)
        ticks = torch.linspace(-data.LIM, data.LIM, GRID)
        across, up = torch.meshgrid(ticks, ticks, indexing="xy")
        self.inputs, self.plane = (data.features(s, at) for at in (X, torch.stack([across, up], 2).reshape(-1, 2)))
        if s["standardise"]:
            mean, spread = data.standard(self.inputs[: self.train])
            self.inputs, self.plane = (self.inputs - mean) / spread, (self.plane - mean) / spread
        self.labels = y[:, None]
        self.X, self.y = self.inputs[: self.train], self.labels[: self.train]
        torch.set_grad_enabled(True)  # whatever an earlier run's part left
        torch.set_default_dtype(torch.float32)
        self._put_together(parts)
        self.looking, self.pulled = False, []
        self.held = [0] * len(self.params)  # looks in a row in which a parameter stood still that was to move
        self.g = torch.Generator().manual_seed(s["seed"] + 2)
        self.t, self.epoch, self.rows, self.loss, self.turn = 0, 0, [], 0.0, math.nan
        self.changes = {}
        for step, key, value in s["changes"]:
            self.changes.setdefault(step, []).append((key, value))

    def _put_together(self, parts):
        s = self.state
        refused = s["course"]
        torch.manual_seed(s["seed"] + 1)  # what the student's own parts draw: first weights, dropout

        def take(name, then=""):
            return parts.watched(name, parts.take(name, refused), then)

        acts = [(lambda x: x) if name == "linear" else take(name, "MLP") for name in s["acts"]]
        self.drop = take("Dropout")(s["dropout"]) if s["dropout"] > 0 else None
        self.dropping = None if self.drop is None else parts.watched("Dropout", self.drop, "MLP")
        network = take("MLP")
        make_loss = take(s["loss"])
        self.clip = take(f"clip_by_{s['clip']}_") if s["clip"] != "none" else None
        for _, key, value in s["changes"]:
            if key == "optimizer":
                parts.take(OPTIMIZERS[value][0], refused)
        torch.manual_seed(s["seed"] + 1)  # whatever was tried before
        self.layers = Layers(acts, self.dropping, s["acts"])
        self.model = network(self.inputs.shape[1], list(s["hidden"]), 1, self.layers)
        self.forward = parts.watched("MLP", self.model)
        initialise(self.model, s["init"], torch.Generator().manual_seed(s["seed"] + 3))
        self.params = list(self.model.parameters())
        self.weights = [p for p in self.params if p.dim() == 2]
        self.criterion = criterion(s["loss"], make_loss, self.regression)
        self.optimizer = self._make_optimizer()

    def _make_optimizer(self):
        s = self.state
        kind, fixed = OPTIMIZERS[s["optimizer"]]
        settings = {"lr": s["lr"], **fixed}
        if "momentum" in fixed:
            settings["momentum"] = s["momentum"]
        if kind in DECAYS and s["lr_decay"]:
            settings["lr_decay"] = s["lr_decay"]
        made = self.parts.take(kind, s["course"])
        optimizer = self.parts.watched(kind, made)(self.params, **settings)
        self.zero = self.parts.watched(kind, optimizer.zero_grad)
        self.take_step = self.parts.watched(kind, optimizer.step)
        return optimizer

    def change(self, key, value):
        """Change a setting between two steps; return the step from which it counts."""
        self.state = {**self.state, key: value}
        if key == "optimizer":
            self.optimizer = self._make_optimizer()
        elif key == "lr":
            self.optimizer.lr = value
        elif self.state["optimizer"] in TAKES.get(key, ()):
            if hasattr(self.optimizer, key):
                setattr(self.optimizer, key, value)
            else:  # one that calls it something else begins anew, without its memory
                self.optimizer = self._make_optimizer()
        elif key == "dropout" and self.drop is not None:
            self.drop.p = value
        elif key == "batch":
            self.rows = []
        return self.t

    def step(self):
        """Take one step of the optimizer."""
        for key, value in self.changes.get(self.t, ()):
            self.change(key, value)
        s = self.state
        if not self.rows:
            order = torch.randperm(self.train, generator=self.g)
            self.rows = list(order.split(s["batch"]))[::-1]
            self.epoch += 1
        rows = self.rows.pop()
        self.layers.at = 0
        out, y = self.forward(self.X[rows]), self.y[rows]
        if type(out) is not torch.Tensor or out.shape != y.shape or out.dtype != torch.float32:
            fitting("MLP", out, y.shape, f"{len(y)} inputs")
        loss = self.criterion(out, y)
        self.zero()
        loss.backward()
        if s["l1"] or s["l2"]:
            with torch.no_grad():
                for w in self.weights:
                    w.grad += s["l2"] * w + s["l1"] * w.sign()
        pulled = self._pulled() if self.looking else []
        if self.clip is not None:
            self.clip(self.params, s["clip_at"])
        if self.looking:
            self.pulled = self._pulled()
            if any(pulled) and not any(self.pulled):
                name = f"clip_by_{s['clip']}_"
                raise Misfit(name, "error", f"{name} leaves no gradient: all entries are 0")
        self.take_step()
        self.loss = loss.item()
        self.t += 1
        if os.getpid() != self.pid:  # a part forked, and this is the child: one run is enough
            os._exit(0)

    def advance(self, steps, seconds):
        """Take so many steps, or fewer if the time is up or the loss is no number any more; return how many."""
        end, before = time.perf_counter() + seconds, self.t
        self.model.train()
        while self.t - before < steps - 1 and time.perf_counter() < end and math.isfinite(self.loss):
            self.step()
        previous = self._gradient()
        places = [p.detach().clone() for p in self.params]
        self.looking = True
        self.step()
        self.looking = False
        still = [bool((p == place).all()) for p, place in zip(self.params, places, strict=True)]
        self.held = [n + 1 if s and pull else 0 for n, s, pull in zip(self.held, still, self.pulled, strict=True)]
        latest = self._gradient()
        self.turn = torch.cosine_similarity(previous, latest, 0).item() if len(previous) == len(latest) else math.nan
        return self.t - before

    @torch.no_grad()
    def _pulled(self):
        """Return of each parameter whether its gradient is large enough to move it by a plain step."""
        lr = self.state["lr"]
        return [p.grad is not None and bool((p - lr * p.grad != p).any()) for p in self.params]

    def _gradient(self):
        found = [p.grad.reshape(-1) for p in self.params if p.grad is not None]
        return torch.cat(found) if found else torch.zeros(0)

    def _quiet(self):
        """Return the network's answers to all points and to the plane, with every neuron's, drawing nothing."""
        drawn = torch.get_rng_state()
        self.model.eval()
        self.layers.drop = None
        found = []
        with torch.no_grad():
            for inputs in (self.inputs, self.plane):
                self.layers.seen, self.layers.at = [], 0
                found.append((self.forward(inputs), self.layers.seen))
        self.layers.seen, self.layers.drop = None, self.dropping
        self.model.train()
        torch.set_rng_state(drawn)
        return found

    @torch.no_grad()
    def measure(self):
        """Return the training and the test loss and, for classes, the shares of right answers."""
        return self._measured(self._quiet()[0][0])

    def _measured(self, out):
        parts = [(out[: self.train], self.labels[: self.train]), (out[self.train :], self.labels[self.train :])]
        losses = [self.criterion(z, y).item() if len(z) else math.nan for z, y in parts]
        right = [_share((z > 0) == (y > 0.5)) if len(z) else math.nan for z, y in parts]
        return {"losses": losses, "right": None if self.regression else right}

    @torch.no_grad()
    def picture(self):
        """Return what a page draws of this moment; maps as bytes, -127 to 127 for -1 to 1."""
        (out, on_points), (plane, on_plane) = self._quiet()
        finite = math.isfinite(self.loss) and bool(out.isfinite().all())
        plane = plane.clamp(-1, 1) if self.regression else torch.tanh(plane / 2)
        layers, maps = [], []
        for act, values, wide in zip(self.state["acts"], on_points, on_plane, strict=True):
            values, small = values[: self.train], _every_other(wide)
            top = small.abs().amax(0).nan_to_num(0.0).clamp(min=1e-6)
            maps.append(_bytes((small / top).T))
            layers.append({"dead": _share((values == 0).all(0)), "flat": _flat(act, values), "top": top.tolist()})
        return {
            "step": self.t, "epoch": self.epoch, "loss": self.loss, **self._measured(out), "layers": layers,
            "norms": [math.nan if w.grad is None else w.grad.norm().item() for w in self.weights],
            "turn": self.turn, "finite": finite, "plane": _bytes(plane), "maps": maps,
            "still": max(self.held, default=0) >= LOOKS,
            "weights": [w.numpy().tobytes() for w in self.weights],
            "biases": [p.numpy().tobytes() for p in self.params if p.dim() == 1],
        }  # fmt: skip

    def described(self):
        """Return what stays the same all through the run: points, maps of the features, sizes."""
        inputs = _every_other(self.plane)
        inputs = inputs / inputs.abs().amax(0).clamp(min=1e-6)
        return {
            "points": [round(v, 3) for v in self.points.reshape(-1).tolist()], "train": self.train, "grid": GRID,
            "regression": self.regression, "features": [_bytes(column) for column in inputs.T],
            "shapes": [tuple(w.shape) for w in self.weights],
        }  # fmt: skip


def _every_other(plane):
    return plane.reshape(GRID, GRID, -1)[::2, ::2].reshape(GRID * GRID // 4, -1)


def _bytes(values):
    return (values.nan_to_num(0.0).clamp(-1, 1) * 127).round().to(torch.int8).contiguous().numpy().tobytes()


def _share(which):
    return which.double().mean().item() if which.numel() else 0.0


def _flat(act, values):
    """Return which share of the outputs lies where the slope of a sigmoid or tanh is 4 % of its best, or less."""
    if act not in ("sigmoid", "tanh"):
        return 0.0
    low, high = (0.01, 0.99) if act == "sigmoid" else (-0.98, 0.98)
    return _share((values <= low) | (values >= high))
