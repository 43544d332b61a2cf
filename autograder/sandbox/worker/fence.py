"""Operators that are taken out of this process's torch, because a check forbids them.

A rule about names is walked around by ``getattr``, an alias or a helper; a count of what was dispatched by a thread, or
by switching the counting off. An operator whose kernel is replaced raises, whoever calls it and by whatever name.
"""

from __future__ import annotations

import ctypes
import sys
import types
import warnings
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NoReturn

import torch

#: operators that give the same values, or leave so little to do that nothing was written by hand
RELATIVES = {
    "_softmax": ("_safe_softmax", "_masked_softmax", "_scaled_dot_product_flash_attention_for_cpu"),
    "_log_softmax": ("nll_loss_nd", "cross_entropy_loss"),
    "logsumexp": ("logcumsumexp", "_logcumsumexp", "special_logsumexp"),
    "elu": ("celu", "selu"),
    "relu": ("relu6", "threshold", "_prelu_kernel", "hardtanh", "leaky_relu", "rrelu_with_noise"),
    "leaky_relu": ("_prelu_kernel", "rrelu_with_noise"),
    "sigmoid": ("log_sigmoid_forward", "special_expit", "glu", "softplus_backward", "log_sigmoid_backward"),
    "mm": ("addmm", "_addmm_activation", "addbmm", "baddbmm", "addmv", "addr", "mkldnn_linear"),
    "convolution": ("_convolution", "mkldnn_convolution", "_slow_conv2d_forward", "convolution_overrideable"),
    "huber_loss": ("smooth_l1_loss",),
    "smooth_l1_loss": ("huber_loss",),
    "nll_loss_forward": ("nll_loss2d_forward", "nll_loss_nd"),
    "scatter_add": ("scatter_reduce", "index_reduce"),
    "index_add": ("index_reduce", "_index_put_impl_"),
    "cumsum": ("logcumsumexp",),
    "native_batch_norm": (
        "_native_batch_norm_legit",
        "_native_batch_norm_legit_no_training",
        "_batch_norm_with_update",
        "_batch_norm_no_update",
        "_batch_norm_impl_index",
        "instance_norm",
    ),
    "native_dropout": ("feature_dropout", "alpha_dropout", "feature_alpha_dropout"),
}
#: words by which torch names an operator's kernels for other layouts, beside the operator's own
LAYOUTS = frozenset({"sparse", "mkldnn", "nested", "csr", "quantized", "masked", "safe", "native", "special", "fused"})
#: of tensors that hold their values otherwise: the same function by another kernel
KEYS = ("CPU", "MkldnnCPU", "SparseCPU", "SparseCsrCPU", "NestedTensorCPU", "QuantizedCPU")
#: where torch has its operators once more, written in Python
IN_PYTHON = ("torch._refs", "torch._decomp", "torch._inductor", "torch._prims", "torch._numpy", "torch.masked")
#: what is not begun in a process that is fenced for good: a new interpreter has a torch without a fence
PROGRAMS = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "ctypes.dlopen"})
#: what is not imported there
BORROWED = ("scipy.special", "scipy.signal", "scipy.ndimage", "scipy.spatial", "scipy.linalg", "torch._inductor")


_touched: list[str] = []  #: what was refused in this process, the first of it


def was_touched() -> bool:
    """Tell whether anything was refused in this process: else it did what it would have done without a fence."""
    return bool(_touched)


def plain_name(name: str) -> str:
    """Return what an operator computes, as a word: its name without how it is written and for which layout."""
    words = name.strip("_").removesuffix("_forward").removesuffix("_cpu").split("_")
    return "_".join(word for word in words if word not in LAYOUTS)


@lru_cache(maxsize=1)
def operators_by_name() -> dict[str, list[str]]:
    """Return all of torch's operators with their overloads, by their plain names."""
    found: dict[str, list[str]] = {}
    for full in torch._C._dispatch_get_all_op_names():
        space, _, name = full.partition("::")
        if space == "aten":
            found.setdefault(plain_name(name.partition(".")[0]), []).append(name)
    return found


@lru_cache(maxsize=1)
def in_python() -> dict[str, list[tuple[dict[Any, Any], Any]]]:
    """Return where torch has its operators in Python, (a namespace, a key in it) by their plain names."""
    modules = [(n, m) for n, m in list(sys.modules.items()) if isinstance(m, types.ModuleType)]
    spaces = [vars(module) for name, module in modules if name.startswith(IN_PYTHON)]
    tables = vars(sys.modules.get("torch._decomp", types)).get("global_decomposition_table", {})
    found: dict[str, list[tuple[dict[Any, Any], Any]]] = {}
    for space in (*spaces, *tables.values()):
        for key, value in space.items():
            name = key if type(key) is str else getattr(key, "_opname", "")
            if name and callable(value):
                found.setdefault(plain_name(name), []).append((space, key))
    return found


class Fence:
    """Operators that raise until :meth:`close` is called, or for good.

    Args:
        operators: as the dispatcher names them, like ``aten._softmax.default``; their overloads, their variants in
            place, their relatives, their kernels for other layouts and what torch has of them in Python raise too.
            Or functions and classes that torch has in Python alone, like ``torch.optim.SGD``.
    """

    def __init__(self, operators: Iterable[str]):
        self._library: Any = torch._C._dispatch_library("IMPL", "aten", "", "fence", 0)
        self._replaced: list[tuple[Any, Any, Any]] = []
        taken: set[str] = set()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a kernel is replaced is the purpose
            for operator in operators:
                name = operator.removeprefix("aten.").rpartition(".")[0]
                refuse = _refusal(name if operator.startswith("aten.") else operator)
                if not operator.startswith("aten."):
                    self._take_by_name(operator, refuse)
                    continue
                for one in (name, *RELATIVES.get(name, ())):
                    alike = {one, f"{one}_"}
                    for full in operators_by_name().get(plain_name(one), ()):
                        same = one == name or full.partition(".")[0] in alike  # a relative's other layouts are its own
                        if same and full not in taken:
                            taken.add(full)
                            self._take(full, refuse)
                self._take_in_python(plain_name(name), refuse)

    def _take(self, full: str, refuse: Callable[..., NoReturn]) -> None:
        for key in KEYS:
            self._library.impl(full, key, refuse, False)

    def _take_in_python(self, plain: str, refuse: Callable[..., NoReturn]) -> None:
        for space, key in in_python().get(plain, ()):
            self._replaced.append((space, key, space[key]))
            space[key] = refuse

    def _take_by_name(self, dotted: str, refuse: Callable[..., NoReturn]) -> None:
        """Take a function or class of torch's that is written in Python; of a class its module's functions as well."""
        parent, _, name = dotted.rpartition(".")
        what = getattr(sys.modules[parent], name)
        home = sys.modules[what.__module__]
        holders: list[tuple[Any, str]] = [(sys.modules[parent], name)]
        own = [name]
        if isinstance(what, type):
            own = [
                k
                for k, v in vars(home).items()
                if isinstance(v, types.FunctionType) and v.__module__ == what.__module__
            ]
            holders = [(what, key) for key in ("__init__", "step", "forward") if key in vars(what)]
        for holder, key in [*holders, *((home, key) for key in own if key in vars(home))]:
            self._replaced.append((holder, key, getattr(holder, key)))
            setattr(holder, key, refuse)

    def close(self) -> None:
        """Put every operator back."""
        self._library.reset()
        for holder, key, value in reversed(self._replaced):
            if isinstance(holder, dict):
                holder[key] = value
            else:
                setattr(holder, key, value)

    def stay(self) -> None:
        """Let nobody put them back, this object included.

        To be called before any code runs that is fenced in, as :func:`shut`: it finds no object that holds what was
        replaced.
        """
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._library))  # for ever, and nothing refers to it
        self._library, self._replaced = None, []


def shut() -> None:
    """Let nobody in this process begin a program or import a library that has the operators still, from now on."""
    sys.addaudithook(_watch)  # which cannot be taken away


def _watch(event: str, args: tuple[Any, ...]) -> None:
    if event in PROGRAMS:
        _note(event)
        raise PermissionError("no program can be started here: this page asks you to write it yourself")
    if event == "import" and type(args[0]) is str and args[0].startswith(BORROWED):
        _note(args[0])
        raise PermissionError(f"{args[0]} is not at hand here: this page asks you to write it yourself")


def _note(what: str) -> None:
    if not _touched:
        _touched.append(what)


def _refusal(name: str) -> Callable[..., NoReturn]:
    shown = name.strip("_").removesuffix("_forward")

    def refuse(*args: Any, **kwargs: Any) -> NoReturn:
        _note(shown)
        raise PermissionError(f"torch's `{shown}` is not at hand here: this page asks you to write it yourself")

    return refuse
