"""What stands in, in a worker, for a terminal, plots, progress bars and notebooks: takes everything, does nothing."""

from __future__ import annotations

import dis
import importlib
import io
import os
import shlex
import sys
import types
from importlib.machinery import ModuleSpec
from typing import Any

OUTPUT_LIMIT = 64 * 1024
_UNPACK, _UNPACK_REST, _EXTENDED = (dis.opmap[name] for name in ("UNPACK_SEQUENCE", "UNPACK_EX", "EXTENDED_ARG"))


class _Bytes(io.RawIOBase):
    """The bytes below a text stream, which take part in what it keeps."""

    def __init__(self, text: CappedText):
        self._text = text

    def write(self, content: Any) -> int:
        """Keep what still fits."""
        whole = bytes(content)
        self._text.write(whole.decode("utf-8", "replace"))
        return len(whole)

    def writable(self) -> bool:
        """Say yes."""
        return True

    def fileno(self) -> int:
        """Give the descriptor, which leads nowhere."""
        return 1


class CappedText(io.TextIOBase):
    """A stdout that keeps the first 64 kB and never fails."""

    encoding, errors, newlines = "utf-8", "replace", None
    name, mode, line_buffering, write_through = "<stdout>", "w", True, True

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0
        self.buffer = _Bytes(self)

    def write(self, text: str) -> int:
        """Keep what still fits."""
        if self.size < OUTPUT_LIMIT:
            text = str(text)
            self.parts.append(text[: OUTPUT_LIMIT - self.size])
            self.size += len(text)
        return len(text)

    def writable(self) -> bool:
        """Say yes."""
        return True

    def fileno(self) -> int:
        """Give the descriptor of standard output, which leads nowhere here."""
        return 1

    def reconfigure(self, **how: Any) -> None:
        """Take any encoding, and change nothing."""

    def close(self) -> None:
        """Stay open: whoever prints next has done nothing wrong."""

    def take(self) -> str:
        """Return what was written since the last time."""
        text, self.parts = "".join(self.parts), []
        return text


def _wanted(frame: Any) -> int:
    """Return how many values the statement that runs takes apart, as in ``line, = plt.plot(x)``; else two."""
    code, at = frame.f_code.co_code, frame.f_lasti
    rest = 0
    while code[at] == _EXTENDED:
        rest = (rest | code[at + 1]) << 8
        at += 2
    if code[at] == _UNPACK:
        return int(rest | code[at + 1])
    if code[at] == _UNPACK_REST:
        return int(code[at + 1] + (rest >> 8))
    return 2


class Inert(types.ModuleType):
    """A stand-in for a plotting or notebook module: every attribute and call of it does nothing."""

    __path__ = []  # a package, with every submodule  # noqa: RUF012
    __file__ = None
    __version__ = "99.0"

    def __init__(self, name: str = "inert", *more: Any, **keys: Any):
        super().__init__(name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert(name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Give back a function or class that it decorates, else something as inert."""
        if len(args) == 1 and not kwargs and isinstance(args[0], (types.FunctionType, type)):
            return args[0]  # it decorates
        return Inert()

    def __iter__(self) -> Any:
        return iter([Inert() for _ in range(_wanted(sys._getframe(1)))])

    def __len__(self) -> int:
        return 2

    def __bool__(self) -> bool:
        return True

    def __contains__(self, key: Any) -> bool:
        return False

    def __getitem__(self, key: Any) -> Any:
        return Inert()

    def __setitem__(self, key: Any, value: Any) -> None:
        return None

    def __delitem__(self, key: Any) -> None:
        return None

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exc: Any) -> None:
        return None

    def __mro_entries__(self, bases: Any) -> tuple[type, ...]:
        return (InertBase,)

    def __instancecheck__(self, value: Any) -> bool:
        return isinstance(value, (Inert, InertBase))

    def __float__(self) -> float:
        return 0.0

    def __int__(self) -> int:
        return 0

    __index__ = __int__


def _answer(self: Any, *args: Any) -> Any:
    return Inert()


for _name in "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split():  # noqa: SIM905
    setattr(Inert, f"__{_name}__", _answer)
    setattr(Inert, f"__r{_name}__", _answer)
for _name in ("neg", "pos", "abs", "invert"):
    setattr(Inert, f"__{_name}__", _answer)
for _name in ("lt", "le", "gt", "ge"):
    setattr(Inert, f"__{_name}__", lambda self, other: False)


class Shell(Inert):
    """What `get_ipython()` gives: inert but for the cells that are a file, which later ones may import."""

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        """Write the file of a ``%%writefile``."""
        *options, path = shlex.split(line) or [""]
        if name in ("file", "writefile") and path:
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            with open(path, "a" if {"-a", "--append"} & {*options} else "w", encoding="utf-8") as file:
                file.write(cell)
            importlib.invalidate_caches()


class InertBase:
    """What a class of the student's has for a base in place of one that is inert here."""

    def __init__(self, *args: Any, **kwargs: Any):
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert(name)


class QuietBar:
    """A stand-in for a tqdm progress bar: iterates, and shows nothing."""

    n, total, desc = 0, None, ""

    def __init__(self, iterable: Any = (), *args: Any, **kwargs: Any):
        self._iterable = () if iterable is None else iterable

    def __iter__(self) -> Any:
        return iter(self._iterable)

    def __len__(self) -> int:
        return len(self._iterable)

    def __bool__(self) -> bool:
        return True

    def __enter__(self) -> QuietBar:
        return self

    def __exit__(self, *exc: Any) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: None

    @staticmethod
    def write(text: str = "", *args: Any, **kwargs: Any) -> None:
        """Print, as tqdm does between its bars."""
        print(text)

    @classmethod
    def pandas(cls, *args: Any, **kwargs: Any) -> None:
        """Give pandas no bars."""


def quiet_range(*args: Any, **kwargs: Any) -> QuietBar:
    """Iterate over a range, and show nothing."""
    return QuietBar(range(*args))


_TQDM = {"tqdm": QuietBar, "tqdm_notebook": QuietBar, "trange": quiet_range, "tnrange": quiet_range}
_TQDM |= {"tenumerate": enumerate, "tzip": zip, "tmap": map}  # type: ignore[dict-item]


class InertFinder:
    """Finds the modules that are inert here, and all below them."""

    quiet = (
        "matplotlib", "mpl_toolkits", "pylab", "seaborn", "plotly", "IPython", "ipywidgets", "google", "tqdm",
        "tensorboard", "tensorboardX", "torch.utils.tensorboard",
        "jaxtyping", "torchtyping", "beartype", "typeguard",  # which say something of types, and do nothing else
    )  # fmt: skip
    #: found only where nothing else is tried: `google.colab` is how a notebook asks where it runs
    asked = ("google",)

    def __init__(self, guarded: Any):
        self._guarded = guarded

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return a spec for an inert module, else None."""
        parts = name.split(".")
        if not any(".".join(parts[:length]) in self.quiet for length in range(1, len(parts) + 1)):
            return None
        if parts[0] in self.asked and self._guarded():
            return None
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> Any:
        """Make the stand-in."""
        module = Inert(spec.name)
        if spec.name.split(".")[0] == "tqdm":
            module.__dict__.update(_TQDM)
        return module

    def exec_module(self, module: Any) -> None:
        """Run nothing."""


def load_in_this_process() -> None:
    """Let a DataLoader load here, whatever number of processes it is asked for: a worker has none to give."""
    from torch.utils.data import DataLoader

    begin = DataLoader.__init__
    if getattr(begin, "alone", False):
        return

    def alone(self: Any, *args: Any, **kwargs: Any) -> None:
        args_of = list(args)
        asked = args_of[5] if len(args_of) > 5 else kwargs.get("num_workers", 0)
        if isinstance(asked, int) and asked > 0:
            print(f"DataLoader: num_workers={asked} is 0 in the grader, which loads in one process")
            if len(args_of) > 5:
                args_of[5] = 0
            else:
                kwargs["num_workers"] = 0
            for name in ("prefetch_factor", "persistent_workers", "multiprocessing_context", "timeout"):
                kwargs.pop(name, None)
        begin(self, *args_of, **kwargs)

    alone.alone = True  # type: ignore[attr-defined]
    DataLoader.__init__ = alone  # type: ignore[method-assign]
