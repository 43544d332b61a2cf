"""The switches of a process as plain Python and PyTorch have them, and how they are put back.

Student code may leave any of them turned: at module level, or in a call. Before each check the worker looks at all of
them and puts back those that differ, so that a check meets what it would meet in a process of its own. A switch is
anything that one place can turn and every other feels; what a name of the student's own holds is none.
"""

from __future__ import annotations

import _signal  # the public one wraps every answer into an enum: twenty times slower
import builtins
import contextlib
import copy
import decimal
import gc
import locale
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .torch_state import AS_FOUND, TORCH

SIGNALS = [
    int(getattr(signal, name))
    for name in (
        "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGINT", "SIGTERM", "SIGHUP", "SIGUSR2", "SIGFPE", "SIGABRT", "SIGCHLD",
        "SIGPIPE", "SIGXCPU",
    )
    if hasattr(signal, name)
]  # fmt: skip
TIMERS = [
    int(getattr(signal, name)) for name in ("ITIMER_REAL", "ITIMER_VIRTUAL", "ITIMER_PROF") if hasattr(signal, name)
]


@dataclass(frozen=True)
class Switch:
    """One thing that can be turned: how to look at it (cheaply), and how to put back what was seen first."""

    name: str
    look: Callable[[], Any]
    put: Callable[[Any], object]


class PlainState:
    """All switches as they stand when this is made, before any student code runs."""

    def __init__(self) -> None:
        self._switches = [*(Switch(name, look, put) for name, _, look, put in TORCH), *_of_python()]
        self._looks = [switch.look for switch in self._switches]
        self._kept = [copy.copy(look()) for look in self._looks]
        self._plain = {index: plain for index, (_, plain, _, _) in enumerate(TORCH) if plain is not AS_FOUND}
        for index, plain in self._plain.items():  # a notebook's kernel may have turned them already
            self._kept[index] = plain

    def keep_anew(self) -> None:
        """Take what stands now for what is put back: in a fork of the process where this was made."""
        for index, look in enumerate(self._looks):
            if index not in self._plain and (now := look()) != self._kept[index]:
                self._kept[index] = copy.copy(now)

    def turned(self) -> list[str]:
        """Return the names of the switches that do not stand as they did."""
        both = zip(self._switches, self._kept, strict=True)
        return [switch.name for switch, kept in both if switch.look() != kept]

    def restore(self) -> None:
        """Put back every switch that was turned."""
        if [look() for look in self._looks] == self._kept:
            return
        for switch, kept in zip(self._switches, self._kept, strict=True):
            if switch.look() != kept:
                with contextlib.suppress(Exception):  # the others are put back all the same
                    switch.put(kept)


_prepared: PlainState | None = None


def prepare() -> None:
    """Look at all switches in the template: a fork has to look for what differs alone, in a third of the time."""
    global _prepared
    _prepared = PlainState()


def as_found() -> PlainState:
    """Return how this process stands, before any student code runs; what plain Python has otherwise is put back."""
    if _prepared is not None:
        _prepared.keep_anew()
    found = _prepared or PlainState()
    found.restore()
    return found


def _fill(there: Any, kept: Any) -> None:
    """Make a list or a dict that others hold too hold what it held."""
    if isinstance(there, list):
        there[:] = kept
        return
    there.update(kept)  # never empty: these may be the names that this line is written with
    for name in there.keys() - kept.keys():
        del there[name]


def _attributes(owner: Any, *names: str) -> Switch:
    """Return the switch of attributes that anybody may set."""

    def look() -> list[Any]:
        return [getattr(owner, name, None) for name in names]

    def put(kept: list[Any]) -> None:
        for name, value in zip(names, kept, strict=True):
            setattr(owner, name, value)

    return Switch(f"{owner.__name__}.{names[0]}", look, put)


def _environment() -> Any:
    """Return what the environment holds as it holds it: to decode it all would take 50 µs."""
    return getattr(os.environ, "_data", os.environ)


def _put_environment(kept: dict[Any, Any]) -> None:
    decoded = {os.fsdecode(name): os.fsdecode(value) for name, value in kept.items()}
    for name in set(os.environ) - set(decoded):
        del os.environ[name]
    os.environ.update(decoded)


def _working_folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return None


def _put_working_folder(kept: str) -> None:
    os.makedirs(kept, exist_ok=True)
    os.chdir(kept)


def _mask() -> int:
    """Return the mode of new files, which can be looked at only by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _put_warnings(kept: list[Any]) -> None:
    warnings.filters[:] = kept  # type: ignore[index]
    warnings._filters_mutated()  # type: ignore[attr-defined]


def _put_decimals(kept: str) -> None:
    decimal.setcontext(decimal.Context())


def _put_signals(kept: list[Any]) -> None:
    for number, handler in zip(SIGNALS, kept, strict=True):
        if handler is not None:
            signal.signal(number, handler)


def _of_python() -> list[Switch]:
    """Return what the interpreter, numpy and the process let a program set."""
    found = [
        Switch("numpy errors", np.geterr, lambda kept: np.seterr(**kept)),
        Switch("numpy error call", np.geterrcall, np.seterrcall),
        Switch("printing of arrays", np.get_printoptions, lambda kept: np.set_printoptions(**kept)),
        _attributes(warnings, "filters", "showwarning", "formatwarning"),
        Switch("warnings", lambda: warnings.filters, _put_warnings),
        _attributes(sys, "stdout", "stderr", "stdin", "excepthook", "displayhook", "unraisablehook", "path", "modules"),
        Switch("import paths", lambda: sys.path, lambda kept: _fill(sys.path, kept)),
        Switch("import finders", lambda: sys.meta_path, lambda kept: _fill(sys.meta_path, kept)),
        Switch("import hooks", lambda: sys.path_hooks, lambda kept: _fill(sys.path_hooks, kept)),
        Switch("recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
        Switch("digits of an int", sys.get_int_max_str_digits, sys.set_int_max_str_digits),
        Switch("turns of threads", sys.getswitchinterval, sys.setswitchinterval),
        Switch("tracing", sys.gettrace, sys.settrace),
        Switch("profiling", sys.getprofile, sys.setprofile),
        _attributes(threading, "_trace_hook", "_profile_hook", "excepthook"),
        Switch("garbage collection", gc.isenabled, lambda on: gc.enable() if on else gc.disable()),
        Switch("when garbage is collected", gc.get_threshold, lambda kept: gc.set_threshold(*kept)),
        Switch("garbage debugging", gc.get_debug, gc.set_debug),
        Switch("garbage callbacks", lambda: gc.callbacks, lambda kept: _fill(gc.callbacks, kept)),
        Switch("built-in names", lambda: vars(builtins), lambda kept: _fill(vars(builtins), kept)),
        Switch("decimal numbers", lambda: repr(decimal.getcontext()), _put_decimals),
        Switch("logging", lambda: logging.root.manager.disable, logging.disable),
        Switch("level of logging", lambda: logging.root.level, logging.root.setLevel),
        Switch("handlers of logging", lambda: logging.root.handlers, lambda kept: _fill(logging.root.handlers, kept)),
        Switch("working folder", _working_folder, _put_working_folder),
        Switch("environment", _environment, _put_environment),
        Switch("mode of new files", _mask, os.umask),
        Switch("locale", lambda: locale.setlocale(locale.LC_ALL), lambda kept: locale.setlocale(locale.LC_ALL, kept)),
        Switch("signals", lambda: [_signal.getsignal(number) for number in SIGNALS], _put_signals),
    ]  # fmt: skip
    if TIMERS:  # first: an alarm that is on its way would meet the handler that plain Python has for it
        stop = lambda kept: [signal.setitimer(which, 0) for which in TIMERS]  # noqa: E731
        found.insert(0, Switch("alarms", lambda: [_signal.getitimer(which) != (0.0, 0.0) for which in TIMERS], stop))
    if hasattr(signal, "pthread_sigmask"):
        look = lambda: signal.pthread_sigmask(signal.SIG_BLOCK, ())  # noqa: E731
        found.append(Switch("blocked signals", look, lambda kept: signal.pthread_sigmask(signal.SIG_SETMASK, kept)))
    return found
