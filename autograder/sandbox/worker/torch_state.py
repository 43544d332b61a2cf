"""What PyTorch lets a program turn for a whole process or thread: how to look at it, and how to put it back.

Read from torch's own sources (``torch/__init__.py``, ``torch/overrides.py``, ``torch/utils``, ``torch/autograd``,
``torch/backends``): some of these switches have no public way back for who did not turn them.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch.autograd import forward_ad
from torch.distributions import Distribution
from torch.nn.modules import module

_C: Any = torch._C
_autograd = _C._autograd
_HOOKS = [
    value for name, value in sorted(vars(module).items()) if name.startswith("_global") and hasattr(value, "clear")
]
_FLAGS: list[tuple[Callable[[], Any], Callable[[Any], object]]] = [
    (torch.is_anomaly_enabled, lambda on: _C.set_anomaly_enabled(on, torch.is_anomaly_check_nan_enabled())),
    (torch.is_anomaly_check_nan_enabled, lambda on: _C.set_anomaly_enabled(torch.is_anomaly_enabled(), on)),
    (_C._get_deterministic_algorithms, _C._set_deterministic_algorithms),
    (_C._get_deterministic_fill_uninitialized_memory, _C._set_deterministic_fill_uninitialized_memory),
    (_C._get_mkldnn_enabled, _C._set_mkldnn_enabled),
    (_C._get_nnpack_enabled, _C._set_nnpack_enabled),
    (_C._get_float32_matmul_precision, _C._set_float32_matmul_precision),
    (_C._get_warnAlways, _C._set_warnAlways),
    (_C._is_multithreading_enabled, _C._set_multithreading_enabled),
    (_C._check_sparse_tensor_invariants, _C._set_check_sparse_tensor_invariants),
    (_C._get_torch_function_state, _C._set_torch_function_state),
    (_autograd._saved_tensors_hooks_is_enabled, lambda on: _autograd._saved_tensors_hooks_enable()),
]  # fmt: skip
_entered: list[Any] = []


def _leave_inference_mode(kept: bool) -> None:
    """Enter its opposite for good: only who entered it could leave it."""
    _entered.append(torch.inference_mode(False))
    _entered[-1].__enter__()


def _leave_function_modes(kept: int) -> None:
    """Leave all function modes; the default device is such a mode too."""
    while _C._len_torch_function_stack():
        _C._pop_torch_function_stack()
    torch._GLOBAL_DEVICE_CONTEXT.device_context = None
    if "torch.utils._device" in sys.modules:
        sys.modules["torch.utils._device"].CURRENT_DEVICE = None  # type: ignore[attr-defined]


def pop_dispatch_mode() -> Any:
    """Take the innermost dispatch mode away; torch's own, as of fake tensors, lie apart. Return it, or None."""
    for key in (None, *_C._TorchDispatchModeKey.__members__.values()):
        with contextlib.suppress(Exception):
            return _C._pop_torch_dispatch_stack(key)
    return None


def _leave_dispatch_modes(kept: int) -> None:
    while _C._len_torch_dispatch_stack() and pop_dispatch_mode() is not None:
        pass


def _leave_forward_mode(kept: int) -> None:
    while forward_ad._current_level >= 0:
        forward_ad.exit_dual_level()


def _leave_saved_tensor_hooks(kept: Any) -> None:
    while _autograd._top_saved_tensors_default_hooks(True) is not None:
        _autograd._pop_saved_tensors_default_hooks()


def _autocast() -> tuple[Any, ...]:
    on, dtype = _C.is_autocast_enabled, _C.get_autocast_dtype
    return on("cpu"), on("cuda"), dtype("cpu"), dtype("cuda"), _C.is_autocast_cache_enabled()


def _put_autocast(kept: tuple[Any, ...]) -> None:
    for kind, on, dtype in (("cpu", kept[0], kept[2]), ("cuda", kept[1], kept[3])):
        _C.set_autocast_enabled(kind, on)
        _C.set_autocast_dtype(kind, dtype)
    _C.set_autocast_cache_enabled(kept[4])
    _C.clear_autocast_cache()


def _put_flags(kept: list[Any]) -> None:
    for (look, put), value in zip(_FLAGS, kept, strict=True):
        if look() != value:
            put(value)


def _printed() -> dict[str, Any]:
    return dict(vars(torch._tensor_str.PRINT_OPTS))


#: in place of a value: whatever is seen first
AS_FOUND = object()

#: (name, how it stands in plain Python, how to look, how to put it back)
TORCH: list[tuple[str, Any, Callable[[], Any], Callable[[Any], object]]] = [
    ("inference mode", False, torch.is_inference_mode_enabled, _leave_inference_mode),
    ("gradients", True, torch.is_grad_enabled, _C._set_grad_enabled),
    ("function modes and default device", 0, _C._len_torch_function_stack, _leave_function_modes),
    ("dispatch modes", 0, _C._len_torch_dispatch_stack, _leave_dispatch_modes),
    ("default dtype", torch.float32, torch.get_default_dtype, torch.set_default_dtype),
    ("forward-mode level", -1, lambda: forward_ad._current_level, _leave_forward_mode),
    ("autocast", AS_FOUND, _autocast, _put_autocast),
    ("flags of torch", AS_FOUND, lambda: [look() for look, _ in _FLAGS], _put_flags),
    ("saved-tensor hooks", None, lambda: _autograd._top_saved_tensors_default_hooks(True), _leave_saved_tensor_hooks),
    ("hooks of all modules", False, lambda: any(_HOOKS), lambda kept: [hooks.clear() for hooks in _HOOKS]),
    ("printing of tensors", AS_FOUND, _printed, lambda kept: vars(torch._tensor_str.PRINT_OPTS).update(kept)),
    ("checks of distributions", AS_FOUND, lambda: Distribution._validate_args, Distribution.set_default_validate_args),
]


class Modes:
    """The modes that student code has on when its turn ends: set aside while the line is read and written.

    A generator may yield inside one, so within a check they are back when its next turn begins.
    """

    def __init__(self) -> None:
        self._aside: tuple[list[Any], list[Any], Any] | None = None

    def aside(self) -> None:
        """End a turn of the student's code."""
        function, dispatch = _C._len_torch_function_stack(), _C._len_torch_dispatch_stack()
        inference = torch.is_inference_mode_enabled()
        if not (function or dispatch or inference):
            return
        guard = torch.inference_mode(False) if inference else None
        if guard is not None:
            guard.__enter__()
        modes = [_C._pop_torch_function_stack() for _ in range(function)]
        self._aside = modes, [pop_dispatch_mode() for _ in range(dispatch)], guard

    def back(self) -> None:
        """Begin a turn of the student's code."""
        if self._aside is None:
            return
        (function, dispatch, guard), self._aside = self._aside, None
        for mode in reversed(dispatch):
            if mode is not None:
                _C._push_on_torch_dispatch_stack(mode)
        for mode in reversed(function):
            _C._push_on_torch_function_stack(mode)
        if guard is not None:
            guard.__exit__(None, None, None)
