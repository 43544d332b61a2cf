"""Using once what every worker will use, so that a fork finds it imported and compiled."""

from __future__ import annotations

import linecache
import shutil
import socket
import sys
import tempfile

import numpy as np
import torch

from ..wire.channel import Channel
from ..wire.peer import Peer
from . import imports, plain_state
from .fence import in_python, operators_by_name
from .services import Callback, OperatorLog, Worker
from .stand_ins import load_in_this_process

ROUNDS = 10  #: after which Python has put the quick instructions in place of the plain ones
SOURCE = """import torch
def answer(x, dim=-1, *others):
    return x.exp() / x.exp().sum(dim, keepdim=True)
"""


def warm() -> None:
    """Use once what every worker will use, so that a fork finds it imported and compiled."""
    with OperatorLog({}):  # which looks an operator up when it first meets it
        common_operators(torch.rand(2, 3), torch.rand(2, 3))
    torch.Generator().get_state()
    in_python(), operators_by_name()
    load_in_this_process()
    rehearse()
    plain_state.prepare()


class _Prompted(Channel):
    """The judge's end in the worker's own process: before it waits for an answer, the worker gives it."""

    worker: Worker

    def receive(self) -> tuple[bytearray | memoryview, list[int]]:
        """Let the worker answer, and return what it says."""
        self.worker.peer.serve_one()
        return super().receive()


def rehearse() -> None:
    """Load a source and answer questions about it as a worker will, then forget all of it.

    A fork writes to what it runs for the first time, and each page that it writes to is copied: three milliseconds of
    every worker, if it is not done here.
    """
    path, home = list(sys.path), tempfile.mkdtemp()
    ours, theirs = socket.socketpair()
    channel = _Prompted(ours)
    worker = channel.worker = Worker(Channel(theirs), home)
    channel.share()
    judge = Peer(channel, trusted=True, adopt=Callback)
    plain, tracked = torch.ones(2, 3), torch.ones(2, 3, requires_grad=True)
    judge.service("names", [SOURCE])
    for _ in range(ROUNDS):
        judge.service("load", "rehearsal", "rehearsal.py", [SOURCE], {}, ())
        judge.start_anew()
        judge.tell("begin", 0, 1, ("aten.celu.default",))
        worker.peer.serve_one()
        answer = judge.service("lookup", "answer")[1]
        judge.call(answer._number, None, (plain, 0, {"a": [1.0, "b", None]}, np.ones(2)), {})
        judge.call(answer._number, None, (tracked,), {}).sum().backward()
    judge.tell("begin", 0, 1, ())
    worker.peer.serve_one()
    for end in (ours, theirs):
        end.close()
    sys.path[:] = path
    for name in ("rehearsal", imports.PACKAGE):
        del sys.modules[name]
    linecache.clearcache()
    shutil.rmtree(home)


def common_operators(a: torch.Tensor, b: torch.Tensor) -> None:
    """Run what most pages are written with."""
    for made in (
        a + b, a - b, a * b, a / b, -a, a**2, a @ b.T, a >= b, a <= b, a == b, a[0], a[:, 1], a[a > b], a.abs(),
        a.exp(), a.log(), a.log1p(), a.sqrt(), a.tanh(), a.sigmoid(), a.relu(), a.clamp(min=0.0), a.square(), a.sign(),
        a.isfinite(), a.isinf(), a.any(), a.all(), a.sum(), a.sum(0), a.mean(), a.mean(0), a.norm(), a.max(), a.max(1),
        a.amax(1), a.argmax(1), a.gather(1, a.argmax(1, keepdim=True)), a.clone(), a.detach(), a.to(torch.float64),
        a.flatten(), a.reshape(3, 2), a.unsqueeze(0).squeeze(0), a.expand(2, 2, 3), torch.stack([a, b]),
        torch.cat([a, b]), torch.where(a < b, a, b), torch.maximum(a, b), torch.minimum(a, b), torch.logaddexp(a, b),
        torch.zeros_like(a), torch.ones_like(a), torch.zeros(2), torch.arange(3),
    ):  # fmt: skip
        del made
