"""What a fork of a notebook's kernel must not share with it: its ports, its life, its screen, its keyboard."""

from __future__ import annotations

import builtins
import contextlib
import getpass
import os
import signal
import stat
import sys
import warnings
from typing import Any

from ..processes import end_with
from ..sandbox.worker.jail import MB, PR_SET_PDEATHSIG, memory_in_use
from ..sandbox.worker.libc import libc


def detach(keep: int, parent: int, memory_mb: int) -> None:
    """Make this process, just forked from a kernel, one that ends with it and takes nothing from it.

    Args:
        keep: the descriptor of the line to the judge.
        parent: the kernel's process.
        memory_mb: what may be held beyond what the kernel holds.
    """
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the kernel, interrupted, ends us
    if sys.platform == "linux":
        libc().prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it ended before we could ask
            os._exit(0)
        _limit_memory(memory_mb)
    else:
        end_with(parent)
    _let_go(keep)
    _quiet_notebook()


def _limit_memory(memory_mb: int) -> None:
    import resource  # POSIX alone has it

    limit = (memory_in_use()[1] + memory_mb) * MB
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _let_go(keep: int) -> None:
    """Put the null device in the place of every socket and pipe, the kernel's ports among them, and of the terminal.

    Their numbers stay taken: an object of the kernel's that is collected here closes no descriptor of somebody else.
    Files and devices stay open.
    """
    null = os.open(os.devnull, os.O_RDWR)
    for fd in {0, 1, 2, *map(int, os.listdir("/dev/fd"))} - {keep, null}:
        with contextlib.suppress(OSError):  # the descriptor with which the folder was read
            mode = os.fstat(fd).st_mode
            if fd < 3 or not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISCHR(mode) or stat.S_ISBLK(mode)):
                os.dup2(null, fd, inheritable=False)
    os.close(null)


def _quiet_notebook() -> None:
    """Let nothing be asked of the student, and what is displayed be printed as text."""
    builtins.input = lambda prompt="": ""
    getpass.getpass = lambda prompt="", stream=None: ""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None
    if shell is not None:
        shell.display_pub = _Printed()
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].switch_backend("Agg")  # a plot of a check is nobody's
        warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")


class _Printed:
    """A display publisher whose page is standard output."""

    is_publishing = False

    def publish(self, data: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        """Print the plain text of what is displayed."""
        if "text/plain" in data:
            print(data["text/plain"])

    def clear_output(self, wait: bool = False) -> None:
        """Clear nothing."""
