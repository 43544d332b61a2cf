"""Inside the worker: the student's source runs here, and here alone.

The judge asks for a *service* (load this source, place a tensor, reseed) or calls what the
source defined. Nothing that this side says is believed to be more than the student's answer.
"""

from __future__ import annotations
import __future__

import contextlib
import faulthandler
import io
import linecache
import os
import random
import shutil
import signal
import sys
import types
from itertools import islice
from typing import Any, NoReturn

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from ..wire.channel import Channel
from ..wire.names import names_used
from ..wire.peer import Peer
from ..wire.problems import MAX_FRAMES, Frames, traceback_frames
from . import imports
from .fence import Fence, shut, was_touched
from .loading import run_cell
from .plain_state import PlainState, as_found
from .stand_ins import CappedText, InertFinder, Shell, load_in_this_process
from .torch_state import Modes

_PIECE, _PIECES = 1 << 16, 1 << 10  # bytes that are read at a time of a file that the judge asks for, and how often


class Callback:
    """A function of the judge's, as the student sees it."""

    def __init__(self, peer: Peer, number: int, info: tuple[Any, ...]):
        self._peer, self._number, self._era = peer, number, peer.era
        self.__name__ = self.__qualname__ = info[3] or "function" if len(info) > 3 else "function"

    def _gradus_handle(self) -> tuple[Peer, int]:
        if self._era is not self._peer.era:
            raise RuntimeError("this function was handed over in an earlier check")
        return self._peer, self._number

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the judge's function, where it is."""
        return self._peer.call(self._gradus_handle()[1], None, args, kwargs)

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


class OperatorLog(TorchDispatchMode):
    """Counts each operator that runs, by name."""

    def __init__(self, seen: dict[str, int]):
        super().__init__()  # type: ignore[no-untyped-call]
        self._seen = seen

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # else torch imports its compiler, 70 MB that every fork would copy the page tables of

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = str(func)
        self._seen[name] = self._seen.get(name, 0) + 1
        return func(*args, **(kwargs or {}))


class Worker:
    """The services of one worker: one student's source for one exercise."""

    def __init__(self, channel: Channel, home: str, report: int = -1):
        self.home, self.report, self._channel = home, report, channel
        channel.follow()
        self.module = types.ModuleType("submission")
        self.output = CappedText()
        self._given: dict[str, Any] = {}
        self._operators: dict[str, int] = {}
        self._fence: Fence | None = None
        self._props: dict[str, types.CodeType] = {}
        services: list[Any] = [self.names, self.load, self.begin, self.take_output, self.lookup, self.place, self.leaf]
        services += [self.set_leaf, self.state, self.prop, self.write, self.read, self.path, self.operators]
        services += [self.count_operators, self.loaded, self.fence, self.touched, self.printed]
        self.peer = Peer(channel, trusted=False, adopt=Callback, services={s.__name__: s for s in services})
        self.peer.turns = self.modes = Modes()
        self.plain: PlainState | None = None

    def serve(self) -> None:
        """Answer the judge until it hangs up."""
        sys.stdout = sys.stderr = self.output
        sys.stdin = io.StringIO("")
        sys.meta_path.insert(0, InertFinder(lambda: imports.guarded(self.home)))
        imports.install(self.home)
        load_in_this_process()
        os.chdir(self.home)
        if self.report >= 0:
            report_where(self.report)
            imports.report_time(self.report)
        if hasattr(os, "register_at_fork"):  # a child that comes back from the student's code has nothing to answer
            os.register_at_fork(after_in_child=self._channel.close)
        self.peer.serve_forever()

    # -- the source ------------------------------------------------------------------------------

    def names(self, cells: list[str]) -> dict[str, list[str]]:
        """As :func:`names_used`. Runs before any student code."""
        return names_used(cells)

    def loaded(self) -> list[str]:
        """Return the packages that are imported already. Asked before any student code runs."""
        return sorted({name.partition(".")[0] for name in sys.modules})

    def load(
        self, name: str, filename: str, cells: list[str], files: dict[str, bytes], left_out: tuple[Any, ...] = (),
        beside: dict[str, bytes] | None = None,
    ) -> list[Any]:  # fmt: skip
        """Run the source, cell by cell, see :func:`.loading.run_cell`. What was there before is gone.

        Args:
            files: of the student's, importable; `beside` are the page's, which take the place of a student's.
            left_out: (cell, line) of statements that are not run.

        Returns:
            one (cell, error, frames) for each statement that raised.
        """
        self._lift_fence()
        if self.plain is not None:  # a source was here before
            self.plain_state()
            for path in os.listdir(self.home):
                whole = os.path.join(self.home, path)
                (shutil.rmtree if os.path.isdir(whole) and not os.path.islink(whole) else os.remove)(whole)
        for path, content in files.items():
            self.write(path, content)
        self.lay_beside(beside or {})
        if self.home not in sys.path:
            sys.path.insert(0, self.home)
        self.plain_state()
        module = self.module = types.ModuleType(name)
        module.__file__ = os.path.join(self.home, filename)
        module.__package__ = imports.PACKAGE
        sys.modules[imports.PACKAGE] = package = types.ModuleType(imports.PACKAGE)
        package.__path__ = [self.home]
        self._given = {"input": lambda *a: "", "get_ipython": Shell, "display": lambda *a, **k: None}
        module.__dict__.update(self._given)
        sys.modules[name] = module
        failures: list[Any] = []
        for index, cell in enumerate(cells):
            shown = filename if len(cells) == 1 else f"{filename}[{index + 1}]"
            lines = io.StringIO(cell, "\n").readlines()  # as Python counts them
            linecache.cache[shown] = linecache.cache[module.__file__] = (len(cell), None, lines, shown)
            without = {line for place, line in left_out if place == index}
            raised = run_cell(cell, shown, module.__dict__, without, awaits=filename.endswith(".ipynb"))
            failures += [(index, error, _ends(traceback_frames(error, sys.maxsize))) for error in raised]
        return failures

    def plain_state(self) -> None:
        """Put back what student code may have left turned; what stands before any of it runs is what is put back."""
        if self.plain is None:
            self.plain = as_found()
        else:
            self.modes.back()
            self.plain.restore()

    def lookup(self, name: str) -> tuple[bool, Any]:
        """Return (True, the value of a name of the student's module) or (False, what it defines that can be called)."""
        try:
            value = getattr(self.module, name)
        except AttributeError:
            return False, self.defined(vars(self.module))
        found = self._counts(name, value)
        return (True, value) if found else (False, self.defined(vars(self.module)))

    def _counts(self, name: str, value: Any) -> bool:
        """Tell whether this is a definition of the student's, and neither a library nor what was given."""
        return not issubclass(type(value), types.ModuleType) and value is not self._given.get(name, self)

    def defined(self, space: dict[Any, Any]) -> list[str]:
        """Return a dozen names that can be called."""
        named = [(k, v) for k, v in list(space.items()) if type(k) is str and not k.startswith("_")]
        return sorted(k for k, v in named if callable(v) and self._counts(k, v))[:12]

    def begin(self, seed: int, threads: int, forbidden: tuple[str, ...]) -> None:
        """Reset what a check relies on, and take the operators out of torch that it forbids."""
        self._lift_fence()
        self.peer.start_anew()
        self.plain_state()
        torch.default_generator.manual_seed(seed)
        np.random.seed(seed % (1 << 32))
        random.seed(seed)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        if forbidden:
            self._fence = Fence(forbidden)

    def fence(self, operators: tuple[str, ...]) -> None:
        """Take these operators out of torch for good. Asked before any student code runs."""
        Fence(operators).stay()
        shut()

    def touched(self) -> bool:
        """Tell whether the fence refused anything so far: only whether a check is run once more hangs on it."""
        return was_touched()

    def _lift_fence(self) -> None:
        if self._fence is not None:
            self._fence.close()
            self._fence = None

    def take_output(self) -> str:
        """Return what was printed since the last time."""
        return self.output.take()

    def printed(self) -> str:
        """Return the same, to a check."""
        return self.output.take()

    # -- which operators ran: a claim of this process --------------------------------------------

    def count_operators(self) -> None:
        """Count from now on what the judge's calls dispatch, until :meth:`operators` is asked."""
        self._operators = {}
        log = OperatorLog(self._operators)
        perform = Peer._perform

        def traced(op: str, target: int, name: str | None, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            if op != "call":
                return perform(self.peer, op, target, name, args, kwargs)
            with log:
                return perform(self.peer, op, target, name, args, kwargs)

        self.peer._perform = traced  # type: ignore[method-assign]

    def operators(self) -> dict[str, int]:
        """Return how often each operator ran since the counting began, and end it."""
        self.peer.__dict__.pop("_perform", None)
        return dict(self._operators)

    # -- tensors and modules with identity -------------------------------------------------------

    def place(self, value: Any, requires_grad: bool, parameter: bool) -> int:
        """Make a tensor that lives here; its number."""
        leaf = torch.nn.Parameter(value, requires_grad) if parameter else value.requires_grad_(requires_grad)
        return self.peer.exports.add(leaf)

    def leaf(self, number: int) -> tuple[Any, Any, bool]:
        """(value, gradient or None, requires_grad) of a tensor that lives here."""
        tensor = self.peer.resolve(number)
        grad = None if tensor.grad is None else tensor.grad.detach()
        return tensor.detach(), grad, tensor.requires_grad

    def set_leaf(self, number: int, what: str, value: Any) -> None:
        """Set the value or the gradient of a tensor that lives here."""
        tensor = self.peer.resolve(number)
        if what == "grad":
            tensor.grad = value
        elif what == "value":
            tensor.data.copy_(value)
        else:
            tensor.requires_grad_(value)

    def state(self, number: int) -> dict[str, Any]:
        """Parameters, buffers, gradients and mode of a module, as values."""
        module = self.peer.resolve(number)
        named = list(module.named_parameters())
        return {
            "parameters": {name: p.detach() for name, p in named},
            "buffers": {name: b.detach() for name, b in module.named_buffers()},
            "grads": {name: None if p.grad is None else p.grad.detach() for name, p in named},
            "requires_grad": {name: p.requires_grad for name, p in named},
            "training": bool(module.training),
        }

    # -- props and files -------------------------------------------------------------------------

    def prop(self, source: str, name: str) -> Any:
        """Run a small course class here, so that student code meets a real object."""
        space: dict[str, Any] = {"torch": torch, "nn": torch.nn, "np": np, "__name__": "prop"}
        linecache.cache["<prop>"] = (len(source), None, source.splitlines(keepends=True), "<prop>")
        if source not in self._props:
            self._props[source] = compile(
                source, "<prop>", "exec", __future__.annotations.compiler_flag, dont_inherit=True
            )  # its annotations name what is not here
        exec(self._props[source], space)
        return space[name]

    def path(self, name: str) -> str:
        """Return a path in the private scratch folder."""
        return os.path.join(self.home, name)

    def write(self, name: str, content: bytes, read_only: bool = False) -> str:
        """Put a file into the private scratch folder; its path."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.lexists(path):
            os.remove(path)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444 if read_only else 0o644), "wb") as file:
            file.write(content)
        return path

    def lay_beside(self, files: dict[str, bytes]) -> None:
        """Put the page's own files into the folder in which the source runs, read-only."""
        for path, content in files.items():
            self.write(path, content, read_only=True)

    def read(self, name: str) -> bytes | None:
        """Read a file of the private scratch folder, of which 64 MiB at most, or None."""
        try:
            with open(self.path(name), "rb") as file:  # in pieces: room for the most is taken, and filled, at each call
                return b"".join(islice(iter(lambda: file.read(_PIECE), b""), _PIECES))
        except OSError:
            return None


def _ends(frames: Frames) -> Frames:
    """Return the outermost frames, which say which statement it was, and the innermost."""
    return frames if len(frames) <= MAX_FRAMES else (*frames[:2], *frames[2 - MAX_FRAMES :])


def report_where(fd: int) -> None:
    """Write where the main thread is to `fd` whenever SIGUSR1 comes, from C: whatever runs is not asked.

    And when the process crashes or leaves. The first word says no more than who writes: the kernel adds this process's
    number for the reader.
    """
    os.write(fd, b"\n")
    faulthandler.register(signal.SIGUSR1, fd, all_threads=False, chain=False)
    faulthandler.enable(fd, all_threads=False)
    leave = os._exit

    def told(status: int) -> NoReturn:
        with contextlib.suppress(OSError):
            os.write(fd, b"\nFatal Python error: exit\n")
            faulthandler.dump_traceback(fd, all_threads=False)
        leave(status)

    os._exit = told
