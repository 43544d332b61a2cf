"""Using once what every worker will use, so that a fork finds it imported and compiled."""

from __future__ import annotations

import numpy as np
import torch

from ..wire.channel import Channel
from ..wire.decoder import Decoder
from ..wire.names import static_names
from ..wire.peer import Peer
from .fence import in_python, operators_by_name
from .services import Callback, OperatorLog


def warm() -> None:
    """Use once what every worker will use, so that a fork finds it imported and compiled."""
    import socket

    with OperatorLog({}):  # which looks an operator up when it first meets it
        common_operators(torch.rand(2, 3), torch.rand(2, 3))
    a, b = socket.socketpair()
    peer = Peer(Channel(a), trusted=False, adopt=Callback)
    encoder = peer._encoder()
    encoder.value((torch.ones(2), {"a": [1.0, "b", None]}, np.ones(2)))
    Decoder(encoder.out, [], peer, strided=False).value()
    torch.Generator().get_state()
    np.random.seed(0)  # numpy imports its generators at first use
    in_python(), operators_by_name()
    static_names("import torch\ndef f(x): return torch.exp(x)")
    for end in (a, b):
        end.close()


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
