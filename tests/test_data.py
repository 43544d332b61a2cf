"""The loaders in ``data/``: what they give is what they say."""

from __future__ import annotations

import gzip
import os
import struct
from pathlib import Path
from types import ModuleType

import pytest
import torch

from autograder import datasets, vision_hook
from autograder.errors import CourseError


@pytest.fixture
def mnist() -> ModuleType:
    """The loader of MNIST."""
    return datasets.load("mnist")


@pytest.fixture
def nothing_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache and an empty GRADUS_DATA; the latter's raw folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GRADUS_DATA", str(tmp_path / "given"))
    raw = tmp_path / "given" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    return raw


def test_an_unknown_set_is_an_error() -> None:
    """Asking for a data set that is not there names the file that is missing."""
    with pytest.raises(CourseError, match=r"no_such_set\.py"):
        datasets.load("no_such_set")


# -- digits ------------------------------------------------------------------------------------------


def test_digits_shapes_and_range() -> None:
    """1,797 images in two parts, float32 in [0, 1] that use the whole range, labels int64."""
    digits = datasets.load("digits").load()
    assert len(digits.train_images) + len(digits.test_images) == 1797
    for images, labels in ((digits.train_images, digits.train_labels), (digits.test_images, digits.test_labels)):
        assert images.shape == (len(labels), 1, 28, 28)
        assert (images.dtype, labels.dtype) == (torch.float32, torch.int64)
        assert (images.min(), images.max()) == (0, 1)
        assert (labels.min(), labels.max()) == (0, 9)


def test_digits_split_is_stratified_and_fixed() -> None:
    """Every class gives a fifth to the held-out part, and the split does not depend on the global generator."""
    module = datasets.load("digits")
    digits = module.load()
    held_out = digits.test_labels.bincount(minlength=10)
    share = held_out / (held_out + digits.train_labels.bincount(minlength=10))
    assert ((share - 0.2).abs() < 0.005).all()
    torch.manual_seed(1)
    one = module.split(digits.train_labels)
    torch.manual_seed(2)
    other = module.split(digits.train_labels)
    assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_digits_parts_are_disjoint_and_complete() -> None:
    """Every index falls into one part."""
    module = datasets.load("digits")
    labels = torch.arange(1000) % 10
    train, held_out = module.split(labels)
    assert torch.cat([train, held_out]).sort().values.tolist() == list(range(1000))


def test_digits_are_scikit_learns() -> None:
    """Shrunk again, the enlarged images look most like their own originals."""
    from sklearn.datasets import load_digits

    module = datasets.load("digits")
    small = torch.from_numpy(load_digits().images[:50]).float() / 16
    large = module.enlarge(small)
    assert large.shape == (50, 1, 28, 28)
    back = torch.nn.functional.interpolate(large, size=(8, 8), mode="area")[:, 0]
    assert torch.cdist(back.flatten(1), small.flatten(1)).argmin(1).tolist() == list(range(50))


# -- mnist -------------------------------------------------------------------------------------------


def test_mnist_is_mnist(mnist: ModuleType) -> None:
    """60,000 and 10,000 images with the well-known counts of labels."""
    given = os.environ.get("GRADUS_DATA")
    if not given or not all((Path(given) / "MNIST" / "raw" / name).is_file() for name in mnist.MD5):
        pytest.skip("GRADUS_DATA names no folder with MNIST/raw/*.gz")
    digits = mnist.load()
    assert digits.train_images.shape == (60_000, 1, 28, 28)
    assert digits.test_images.shape == (10_000, 1, 28, 28)
    assert digits.train_images.dtype == torch.float32
    assert (digits.train_images.min(), digits.train_images.max()) == (0, 1)
    assert digits.train_labels.bincount().tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert digits.test_labels.bincount().tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert abs(float(digits.train_images.mean()) - 0.1307) < 1e-4
    assert abs(float(digits.train_images.std()) - 0.3081) < 1e-4


def test_mnist_checksums_are_torchvisions(mnist: ModuleType) -> None:
    """The sums written down here are those that torchvision expects."""
    vision_hook.install()
    from torchvision.datasets import MNIST

    assert dict(MNIST.resources) == mnist.MD5


def test_a_damaged_file_is_refused(mnist: ModuleType, nothing_cached: Path) -> None:
    """A file with another MD5 sum is named, not read."""
    for name in mnist.MD5:
        (nothing_cached / name).write_bytes(gzip.compress(b"no images"))
    with pytest.raises(CourseError, match="MD5") as caught:
        mnist.load.__wrapped__()
    assert "train-images" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_offline_is_one_clear_line(mnist: ModuleType, nothing_cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without files and network the error says in one line what to do."""
    monkeypatch.setattr(mnist, "mirrors", lambda: ["http://127.0.0.1:9/mnist/"])
    with pytest.raises(CourseError, match="GRADUS_DATA") as caught:
        mnist.load.__wrapped__()
    assert "\n" not in str(caught.value)


def test_a_download_is_checked_and_kept(
    mnist: ModuleType, nothing_cached: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first mirror gives rubbish, the second the right file, which is then found in the cache."""
    name = "t10k-labels-idx1-ubyte.gz"
    content = gzip.compress(b"the file", mtime=0)
    for folder, served in (("bad", b"<html>"), ("good", content)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes(served)
    monkeypatch.setattr(mnist, "mirrors", lambda: [f"{(tmp_path / folder).as_uri()}/" for folder in ("bad", "good")])
    monkeypatch.setitem(mnist.MD5, name, mnist.hashlib.md5(content).hexdigest())
    path = mnist.find(name)
    assert path == mnist.cache_folder() / "MNIST" / "raw" / name
    assert mnist.checked(path) == content
    assert [p.name for p in path.parent.iterdir()] == [name], "nothing unfinished is left"
    monkeypatch.setattr(mnist, "mirrors", list)
    assert mnist.find(name) == path


def test_idx_files_are_read(mnist: ModuleType) -> None:
    """Sizes are big-endian, the last dimension runs fastest."""
    content = gzip.compress(b"\0\0\x08\x03" + struct.pack(">III", 2, 1, 3) + bytes(range(6)))
    assert mnist.read_idx(content).tolist() == [[[0, 1, 2]], [[3, 4, 5]]]
