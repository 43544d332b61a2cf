"""MNIST: 70,000 handwritten digits, read from the four original files.

Source: Y. LeCun, C. Cortes, C. Burges, *The MNIST database of handwritten digits* (1998), made from NIST's Special
Databases 1 and 3. Licence: commonly stated as CC BY-SA 3.0; the course ships none of it.
Shape: 60,000 training and 10,000 test images of 28x28 pixels, 256 levels, ten classes; here float32 in [0, 1].

The files are looked for in ``$GRADUS_DATA/MNIST/raw``, then in the course's cache folder, and else downloaded into
the cache from the places that torchvision takes them from, too. Every file is checked by its MD5 sum before it is read.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
import urllib.request
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from autograder.course import datasets
from autograder.errors import CourseError

if TYPE_CHECKING:
    from digits import Digits
else:
    Digits = datasets.load("digits").Digits

FOLDER = Path("MNIST", "raw")  #: torchvision's layout, so that one folder serves both
MD5 = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}
#: of whom the first that answers with the right file is taken; torchvision asks the same
MIRRORS = ["https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/"]
SECONDS = 30.0  #: how long a mirror may be silent


def cache_folder() -> Path:
    """Where downloads are kept: ``$XDG_CACHE_HOME/gradus``, else ``~/.cache/gradus``."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "gradus"


def checked(path: Path) -> bytes:
    """The content of one of the four files.

    Raises:
        CourseError: it cannot be read, or is not the original.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path}: cannot be read ({error.strerror})") from None
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != MD5[path.name]:
        raise CourseError(f"{path}: the MD5 sum is not that of MNIST's file; delete it and it is fetched again")
    return content


def download(name: str, folder: Path) -> Path:
    """Fetch one file into a folder; its path. A broken download leaves nothing behind.

    Raises:
        CourseError: no mirror gave the right file; one line that says what to do offline.
    """
    why = "no mirror is known"
    for mirror in MIRRORS:
        try:
            with urllib.request.urlopen(mirror + name, timeout=SECONDS) as answer:
                content = answer.read()
        except OSError as error:  # no network, no such host, refused, HTTP errors, timeouts
            why = f"{mirror}: {getattr(error, 'reason', error)}"
            continue
        if hashlib.md5(content, usedforsecurity=False).hexdigest() != MD5[name]:
            why = f"{mirror}: what came has the wrong MD5 sum"
            continue
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f"{name}.{os.getpid()}"
        temporary.write_bytes(content)
        temporary.replace(folder / name)
        return folder / name
    raise CourseError(
        f"MNIST is not here and cannot be downloaded ({why}); put {name} and its three fellows into "
        f"{folder}, or name with GRADUS_DATA the folder that holds {FOLDER.as_posix()}/{name}"
    )


def find(name: str) -> Path:
    """The path of one of the four files: in ``$GRADUS_DATA``, in the cache, or freshly downloaded.

    Raises:
        CourseError: it is nowhere, and cannot be downloaded.
    """
    given = os.environ.get("GRADUS_DATA")
    for base in ([Path(given)] if given else []) + [cache_folder()]:
        if (base / FOLDER / name).is_file():
            return base / FOLDER / name
    return download(name, cache_folder() / FOLDER)


def read_idx(content: bytes) -> torch.Tensor:
    """A gzipped idx file of unsigned bytes as a uint8 tensor.

    Args:
        content: the file; two zero bytes, 8 for the type, the number of dimensions, the sizes as big-endian
            32-bit integers, then the bytes.
    """
    raw = gzip.decompress(content)
    dims = raw[3]
    sizes = struct.unpack(f">{dims}I", raw[4 : 4 + 4 * dims])
    return torch.from_numpy(np.frombuffer(raw, np.uint8, offset=4 + 4 * dims).copy()).reshape(sizes)


@cache
def load() -> Digits:
    """All of MNIST, the test part as the held-out one; 220 MB. Every caller gets the same tensors: do not change them.

    Raises:
        CourseError: a file is nowhere to be had, or damaged.
    """
    parts = [read_idx(checked(find(name))) for name in MD5]
    images, labels, test_images, test_labels = parts
    return Digits(
        images[:, None].float().div_(255), labels.long(), test_images[:, None].float().div_(255), test_labels.long()
    )
