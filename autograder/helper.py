"""The helper of a workspace, as those see it who ask it: a warm process in which `gradus check` runs.

A check starts one when it is done. The next check hands it its command line, folder, environment and terminal: the
helper forks, and the fork runs the very command that would have run without it. It ends after ten idle minutes, with
its workspace, and when the engine or its libraries changed. Whatever goes wrong with it, the command runs as ever.
Classes are never graded in one. There is none with ``--no-helper``, with ``GRADUS_NO_HELPER`` or ``CI`` set, and none
where workers are not forked. Only what is imported at once is imported here: a check that is helped starts no more.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path
from typing import Any

TAKEN_SECONDS = 1.0  #: that a helper has to say that it takes a command; one that is busy does not
TAKEN, REFUSED = b"y", b"n"
INTERRUPTED = 130  #: exit code of a command that Ctrl-C ended
MODULE = "autograder.cli.helper"  #: what is run as one
#: options with which a command wants its own process: a debugger at its terminal, or none left behind
_ALONE = {"--debug", "--no-helper", "--help", "-h"}
_FELT_AT_IMPORT = ("PYTHON", "OMP_", "MKL_", "OPENBLAS_", "TORCH", "LD_", "CUDA", "KMP_", "GRADUS_SPAWN")
_ENGINE = Path(__file__).parent

_may_start = False  #: is this the `gradus` command, started by a user who may have a helper?


def allowed() -> bool:
    """Tell whether this user and system have helpers."""
    off = any(os.environ.get(name) for name in ("GRADUS_NO_HELPER", "CI", "GRADUS_SPAWN"))
    return sys.platform == "linux" and not off


def place_of(workspace: Path) -> Path | None:
    """Return where the helper of a workspace listens; None where no folder is this user's alone."""
    import hashlib
    import tempfile

    folder = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"gradus-helper-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = os.lstat(folder)
    except OSError:
        return None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        return None
    place = folder / hashlib.sha256(os.fsencode(workspace.resolve())).hexdigest()[:20]
    return place if len(os.fsencode(place)) < 100 else None  # a socket's address holds no more


def fingerprint() -> str:
    """Return what a process imported, in a word: another one means that a helper holds what is no longer there."""
    import hashlib
    import importlib.util

    parts: list[Any] = [sys.executable, sys.version, sys.flags.optimize]
    for folder, below, names in os.walk(_ENGINE):
        if Path(folder) == _ENGINE:
            below[:] = [name for name in below if name not in ("pages", "__pycache__")]
        parts += [os.stat(os.path.join(folder, name)).st_mtime_ns for name in sorted(names) if name.endswith(".py")]
    torch = importlib.util.find_spec("torch")
    if torch is not None and torch.origin:
        parts.append(os.stat(Path(torch.origin).parents[1]).st_mtime_ns)  # whatever is installed changes it
    parts += sorted(item for item in os.environ.items() if item[0].startswith(_FELT_AT_IMPORT))
    parts += _inherited()
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _inherited() -> list[Any]:
    """Return what a shell hands to its processes beside the environment: the fork of a helper has the helper's."""
    if sys.platform != "linux":
        return []
    import resource

    mask = os.umask(0o077)
    os.umask(mask)
    limits = [resource.getrlimit(getattr(resource, name)) for name in sorted(dir(resource)) if name[:7] == "RLIMIT_"]
    return [mask, os.getpriority(os.PRIO_PROCESS, 0), sorted(os.sched_getaffinity(0)), limits]


# -- the command's side --------------------------------------------------------------------------------


def run_there(arguments: list[str]) -> int | None:
    """Let the helper of the workspace that we are in run a command line; its exit code, None where none did."""
    global _may_start
    _may_start = allowed()
    words = [word for word in arguments if not word.startswith("-")]
    if not _may_start or words[:1] != ["check"] or _ALONE & {*arguments}:
        return None
    try:
        folder = os.getcwd()
        workspace = next((one for one in (Path(folder), *Path(folder).parents) if _is_workspace(one)), None)
        place = place_of(workspace) if workspace is not None else None
        return _ask(place, arguments, folder) if place is not None and place.exists() else None
    except (OSError, ValueError):
        return None
    except KeyboardInterrupt:  # the line is closed, by which the command there ends
        return INTERRUPTED


def _is_workspace(folder: Path) -> bool:
    return (folder / ".gradus" / "workspace.json").is_file()


def _ask(place: Path, arguments: list[str], folder: str) -> int | None:
    import json
    import socket

    streams = (sys.stdin, sys.stdout, sys.stderr)  # None for one that was closed
    request = json.dumps({
        "fingerprint": fingerprint(), "arguments": arguments, "folder": folder, "environment": {**os.environ},
        "encodings": [[getattr(one, "encoding", "utf-8"), getattr(one, "errors", "strict")] for one in streams],
    }).encode()  # fmt: skip
    is_open = [_is_open(fd) for fd in (0, 1, 2)]  # before we open what gets the number of one that is not
    nothing = os.open(os.devnull, os.O_RDWR)
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(TAKEN_SECONDS)
            line.connect(str(place))
            terminal = [fd if is_open[fd] else nothing for fd in (0, 1, 2)]
            socket.send_fds(line, [len(request).to_bytes(4, "big")], terminal)
            line.sendall(request)
            if line.recv(1) != TAKEN:
                return None
            line.settimeout(None)
            said = b"".join(iter(lambda: line.recv(64), b""))  # Ctrl-C ends the line here, and the command there
        return int(said) if said else None
    finally:
        os.close(nothing)


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def start_for(workspace: Path) -> None:
    """Start the helper of a workspace, if this process may have one and there is none; nobody waits for it."""
    import subprocess

    if not _may_start or place_of(workspace) is None:
        return
    quiet: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    with contextlib.suppress(OSError):
        command = [sys.executable, "-P", "-m", MODULE, str(workspace.resolve())]
        subprocess.Popen(command, cwd="/", start_new_session=True, **quiet)
