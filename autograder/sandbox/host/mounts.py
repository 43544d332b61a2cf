"""What a worker may read: the interpreter, and an allow-list of distributions. Nothing of ours, no data sets.

Not ``site-packages`` as a whole: scikit-learn, for one, carries the labels of the digits.
"""

from __future__ import annotations

import importlib.metadata as metadata
import os
import re
import sys
import sysconfig
from functools import lru_cache
from glob import escape, glob
from pathlib import Path

BASE = ("torch", "numpy", "pandas", "torchvision", "pillow", "scipy", "scikit-learn")
PRIVATE = ("/tmp", "/dev/shm")  #: where every worker gets an empty file system of its own, and may write
#: data sets with labels: never readable in a worker, whatever depends on them
NEVER = frozenset({"gradus-course", "nltk", "seaborn", "statsmodels", "datasets"})
#: the same, of a distribution that is shown without them
LABELS = {"sklearn": ("datasets/data", "datasets/descr", "datasets/images", "datasets/tests")}


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(names: tuple[str, ...]) -> list[metadata.Distribution]:
    """Return the installed distributions among `names` and all that they require, without extras.

    Args:
        names: of distributions or modules; what has a minus before its name is left out, whatever requires it.
    """
    found: dict[str, metadata.Distribution] = {}
    left_out = NEVER | {_key(name[1:]) for name in names if name.startswith("-")}
    todo = [_key(name) for name in names if not name.startswith("-")]
    while todo:
        name = todo.pop()
        if name in found or name in left_out:
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        plain = [r for r in found[name].requires or [] if "extra ==" not in r]
        todo += [_key(re.split(r"[\s;<>=!~\[(]", r, maxsplit=1)[0]) for r in plain]
    return list(found.values())


def _top_level(distribution: metadata.Distribution) -> set[str]:
    """Return the files and folders that a distribution owns, directly below its site folder."""
    root = str(distribution.locate_file("")).rstrip("/")
    record = distribution.read_text("RECORD") or "\n".join(str(file) for file in distribution.files or [])
    owned = {line.split(",", 1)[0].strip('"').split("/", 1)[0] for line in record.splitlines()}
    kept = {
        name for name in owned if name not in ("", "..", "__pycache__") and not name.endswith((".dist-info", ".pth"))
    }
    whole = [path for name in kept if os.path.exists(path := os.path.join(root, name))]
    return {
        part
        for path in whole
        for part in _without(path, {os.path.join(path, inside) for inside in LABELS.get(os.path.basename(path), ())})
    }


def _without(path: str, secret: set[str]) -> list[str]:
    """Return the path, or what is in it in its place, so that none of the secret ones is among or below them."""
    if path in secret:
        return []
    if not any(one.startswith(path + os.sep) for one in secret):
        return [path]
    return [part for child in sorted(os.listdir(path)) for part in _without(os.path.join(path, child), secret)]


@lru_cache(maxsize=32)
def readable(needs: tuple[str, ...]) -> tuple[list[str], list[str], list[str]]:
    """(paths to show, folders to hide among them, site folders to put on ``sys.path``)."""
    distributions = closure((*BASE, *needs))
    site = sorted({str(d.locate_file("")).rstrip("/") for d in distributions})
    shown = {path for d in distributions for path in _top_level(d)}
    executable = os.path.realpath(sys.executable)
    base = {"platbase": sys.base_exec_prefix, "base": sys.base_prefix}  # in a venv it would name the venv's own
    stdlibs = {sysconfig.get_path(name, vars=base) for name in ("stdlib", "platstdlib")}
    stdlibs |= {os.path.realpath(path) for path in stdlibs}  # started by its real name, it looks for them by theirs
    shown |= {executable, *stdlibs}
    prefix = os.path.dirname(os.path.dirname(executable))
    for libdir in {sysconfig.get_config_var("LIBDIR") or prefix, os.path.join(prefix, "lib")}:
        shown.update(glob(f"{escape(libdir)}/libpython3*"))  # none where it cannot be read
    for path in ("/lib", "/lib64", "/usr/lib64", "/etc/ld.so.cache"):
        if os.path.exists(path):
            shown.add(path)
    shown.update(str(path) for path in Path("/usr/lib").glob("*-linux-*"))
    hidden = {os.path.join(stdlib, name) for stdlib in stdlibs for name in ("site-packages", "dist-packages")}
    hidden |= {"/usr/lib/python3/dist-packages"}
    return sorted(shown), sorted(p for p in hidden if os.path.isdir(p)), site


def importable(needs: tuple[str, ...]) -> list[str]:
    """Return the names of the modules that a worker may import from the site folders, at every level."""
    shown, _, site = readable(needs)
    inside = {Path(path).relative_to(folder).parts[0] for path in shown for folder in site if _below(path, folder)}
    return sorted({name.split(".")[0] for name in inside})


def seen_through(needs: tuple[str, ...]) -> list[str]:
    """Return what lies directly below a :data:`PRIVATE` place and leads to something shown: it is seen there too."""
    found = set()
    for place in PRIVATE:
        below = [Path(path).relative_to(place) for path in readable(needs)[0] if _below(path, place)]
        found |= {os.path.join(place, path.parts[0]) for path in below}
    return sorted(found)


def places(level: str, needs: tuple[str, ...]) -> dict[str, list[str]]:
    """Return what a template must know of files to shut its workers in."""
    return {
        "readable": landlock_paths(needs) if level == "landlock" else [],
        "private": list(PRIVATE),
        "through": seen_through(needs),
    }


def landlock_paths(needs: tuple[str, ...]) -> list[str]:
    """Return the same for Landlock, which hides nothing below what it shows; ``=`` before a folder opens its names."""
    shown, hidden, site = readable(needs)
    paths: list[str] = []
    for path in shown:
        within = [h for h in hidden if _below(h, path)]
        if within:
            paths.append(f"={path}")
            paths += [str(child) for child in sorted(Path(path).iterdir()) if str(child) not in within]
        elif not any(_below(path, h) for h in hidden) or path in site or _owned(path, site):
            paths.append(path)
    opened = {
        str(above) for path in shown for above in Path(path).parents if any(str(s) in site for s in above.parents)
    }
    return [*paths, *(f"={folder}" for folder in [*site, *sorted(opened)]), "/dev/null", "/dev/urandom"]


def _owned(path: str, site: list[str]) -> bool:
    return any(os.path.dirname(path) == folder for folder in site)


def bubblewrap_arguments(needs: tuple[str, ...], root: bool) -> list[str]:
    """Return the mounts and namespaces of the template, as arguments of ``bwrap``."""
    shown, hidden, _ = readable(needs)
    arguments = [
        "--unshare-pid",
        "--unshare-net",
        "--unshare-ipc",
        "--unshare-uts",
        "--die-with-parent",
        "--new-session",
    ]
    if not root:
        # as uid 0 of its own namespace: for any other, bubblewrap nests a second user namespace that
        # does not own the pid namespace, and the template could not come back to it after a fork
        arguments += ["--unshare-user", "--uid", "0", "--gid", "0"]
    # first, so that what lies below them can be shown inside
    arguments += ["--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev"]
    bound, placed = _bound(shown)
    arguments += bound
    emptied = [path for path in hidden if any(_below(path, other) for other in placed)]
    for path in emptied:
        arguments += ["--tmpfs", path]
        for site in [s for s in shown if _below(s, path) and s != path]:
            arguments += ["--ro-bind", site, site]
    # the worker of an ordinary user owns what was made here: it could leave files for the next worker.
    # /tmp stays the template's own: every worker covers it with one of its own
    for path in (*emptied, "/dev", "/"):
        arguments += ["--remount-ro", path]
    arguments += ["--chdir", "/"]
    # to make the workers' namespaces; SETFCAP: else the kernel refuses to map uid 0 into them
    arguments += ["--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETFCAP"]
    if root:
        arguments += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_KILL"]
    return arguments


def _bound(shown: list[str]) -> tuple[list[str], list[str]]:
    """Return (arguments of ``bwrap``, paths) that show these files and folders, each with the folders above it."""
    arguments: list[str] = []
    placed: list[str] = []
    made = {"/", "/tmp", "/dev", "/dev/shm"}
    for path in shown:
        if any(_below(path, other) for other in placed):
            continue
        for parent in map(str, reversed(Path(path).parents)):
            if parent not in made and not any(_below(parent, other) for other in placed):
                made.add(parent)
                arguments += ["--perms", "0755", "--dir", parent]
        if path in ("/lib", "/lib64", "/usr/lib64") and os.path.islink(path):
            arguments += ["--symlink", os.readlink(path), path]
        else:
            arguments += ["--ro-bind", path, path]
            placed.append(path)
    return arguments, placed


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
