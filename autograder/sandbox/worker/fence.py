"""Operators that are taken out of this process's torch while a check forbids them.

A rule about names is walked around by ``getattr``, an alias or a helper; a count of what was dispatched by a thread, or
by switching the counting off. An operator whose kernel is replaced raises, whoever calls it and by whatever name.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import torch

#: operators that give the same values, or leave so little to do that nothing was written by hand
RELATIVES = {
    "_softmax": ("_safe_softmax", "_masked_softmax", "_scaled_dot_product_flash_attention_for_cpu"),
    "_log_softmax": ("nll_loss_nd", "cross_entropy_loss"),
    "logsumexp": ("logcumsumexp", "_logcumsumexp", "special_logsumexp"),
    "elu": ("celu",),
    "relu": ("relu6", "threshold", "_prelu_kernel"),
    "sigmoid": ("log_sigmoid_forward", "special_expit"),
    "mm": ("addmm", "_addmm_activation", "addbmm", "baddbmm", "addmv", "addr", "mkldnn_linear"),
    "convolution": ("_convolution", "mkldnn_convolution", "_slow_conv2d_forward", "convolution_overrideable"),
    "huber_loss": ("smooth_l1_loss",),
    "smooth_l1_loss": ("huber_loss",),
    "nll_loss_forward": ("nll_loss2d_forward", "nll_loss_nd"),
    "scatter_add": ("scatter_reduce", "index_reduce"),
    "index_add": ("index_reduce", "_index_put_impl_"),
    "cumsum": ("logcumsumexp",),
}


class Fence:
    """Operators that raise until :meth:`close` is called.

    Args:
        operators: as the dispatcher names them, like ``aten._softmax.default``; their overloads, their variants in
            place and their relatives raise too.
    """

    def __init__(self, operators: Iterable[str]):
        self._library = torch.library.Library("aten", "IMPL")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a kernel is replaced is the purpose
            for operator in operators:
                name = operator.removeprefix("aten.").rpartition(".")[0]
                for one in (name, *RELATIVES.get(name, ())):
                    self._take(one, _refusal(name))

    def _take(self, name: str, refuse: Callable[..., NoReturn]) -> None:
        for variant in (name, f"{name}_"):
            packet = getattr(torch.ops.aten, variant, None)
            for overload in packet.overloads() if packet is not None else ():
                full = variant if overload == "default" else f"{variant}.{overload}"
                try:
                    self._library.impl(full, refuse, "CPU")
                except RuntimeError:  # it is taken already, as the relative of another
                    continue

    def close(self) -> None:
        """Put every operator back."""
        self._library._destroy()


def _refusal(name: str) -> Callable[..., NoReturn]:
    shown = name.strip("_").removesuffix("_forward")

    def refuse(*args: Any, **kwargs: Any) -> NoReturn:
        raise PermissionError(f"torch's `{shown}` is not at hand here: this page asks you to write it yourself")

    return refuse
