"""The pretrained backbone in ``data/``: seeded, cached, and of use for its sibling task."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
import torch

from autograder.course import datasets


@pytest.fixture
def backbone() -> ModuleType:
    """The maker of the backbone."""
    return datasets.load("backbone")


@pytest.fixture
def quick(backbone: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """An empty cache, and a training that takes no time; a list that grows with every training."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    trained: list[int] = []

    def train() -> dict[str, torch.Tensor]:
        trained.append(1)
        return {name: value.clone() for name, value in backbone.fresh().state_dict().items()}

    monkeypatch.setattr(backbone, "train", train)
    return trained


def test_the_sibling_task(backbone: ModuleType) -> None:
    """Digits 5 to 9 as classes 0 to 4 in two parts; none of the digits that the backbone was trained on."""
    task, digits = backbone.load(), datasets.load("digits").load()
    for images, labels, whole, copies in (
        (task.train_images, task.train_labels, digits.train_labels, 1),
        (task.test_images, task.test_labels, digits.test_labels, backbone.COPIES),
    ):
        assert images.shape == (len(labels), 1, 28, 28)
        assert (images.dtype, labels.dtype) == (torch.float32, torch.int64)
        assert images.min() >= 0
        assert images.max() <= 1
        assert torch.equal(labels.bincount(), copies * whole.bincount(minlength=10)[5:])


def test_few_images(backbone: ModuleType) -> None:
    """As many of each class as were asked for; a seed decides which."""
    images, labels = backbone.few(3, 1)
    assert labels.tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3 + [4] * 3
    assert torch.equal(images, backbone.few(3, 1)[0])
    assert not torch.equal(images, backbone.few(3, 2)[0])


def test_askew_stays_in_range(backbone: ModuleType) -> None:
    """Every image has its own way to be askew, and the generator alone decides it."""
    images = datasets.load("digits").load().train_images[:1].repeat(3, 1, 1, 1)
    one, other = (backbone.askew(images, torch.Generator().manual_seed(7)) for _ in range(2))
    assert torch.equal(one, other)
    assert (one.min(), one.max()) == (0, 1)
    assert len({tuple(image.flatten().tolist()) for image in one}) == 3


def test_quarter_turns(backbone: ModuleType) -> None:
    """The class says which digit, and how often it is turned."""
    images = torch.arange(8.0).reshape(2, 1, 2, 2)
    turned, labels = backbone.upright_and_turned(images, torch.tensor([0, 3]))
    assert labels.tolist() == [0, 12, 1, 13, 2, 14, 3, 15]
    assert torch.equal(turned[2], torch.tensor([[[1.0, 3.0], [0.0, 2.0]]]))


def test_training_is_seeded(backbone: ModuleType) -> None:
    """Two trainings end with the same bits; the caller's random numbers go on as if there had been none."""
    torch.manual_seed(5)
    one = backbone.train(epochs=1)
    drawn = torch.rand(3)
    other = backbone.train(epochs=1)
    torch.manual_seed(5)
    assert torch.equal(drawn, torch.rand(3))
    assert list(one) == list(other)
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert one["bn1.num_batches_tracked"] > 50


def test_weights_are_kept(backbone: ModuleType, quick: list[int]) -> None:
    """Trained once, then read from the cache, where nothing unfinished is left; it is small."""
    state = backbone.weights.__wrapped__()
    again = backbone.weights.__wrapped__()
    assert len(quick) == 1
    assert all(torch.equal(state[name], again[name]) for name in state)
    path = backbone.cached_file()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert path.stat().st_size < 100_000


@pytest.mark.parametrize("content", [b"", b"no weights", b"PK\x03\x04", None])
def test_a_useless_cache_is_passed_over(backbone: ModuleType, quick: list[int], content: bytes | None) -> None:
    """Rubbish, or the weights of another network, are replaced."""
    path = backbone.cached_file()
    backbone.write(path, {"fc.weight": torch.zeros(2)})
    if content is not None:
        path.write_bytes(content)
    backbone.weights.__wrapped__()
    assert len(quick) == 1
    assert backbone.read(path) is not None


def test_without_a_cache(
    backbone: ModuleType, quick: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the cache cannot be written, the weights are there all the same."""
    (tmp_path / "file").write_text("a file where a folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert "fc.weight" in backbone.weights.__wrapped__()
    assert len(quick) == 1


def test_models_are_the_callers_own(backbone: ModuleType, quick: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Changing one pretrained model changes no other; it comes in eval mode."""
    monkeypatch.setattr(backbone, "weights", backbone.weights.__wrapped__)
    model = backbone.pretrained()
    assert not model.training
    with torch.no_grad():
        model.fc.weight.zero_()
    assert backbone.pretrained().fc.weight.abs().sum() > 0


def test_pretraining_learns(backbone: ModuleType) -> None:
    """The real weights know most of the held-out digits 0 to 4 and which way up they are."""
    digits = datasets.load("digits").load()
    mine = digits.test_labels < backbone.FIRST
    images, labels = backbone.upright_and_turned(digits.test_images[mine], digits.test_labels[mine])
    images = backbone.askew(images, torch.Generator().manual_seed(1))
    with torch.no_grad():
        accuracy = (backbone.pretrained()(images).argmax(1) == labels).double().mean()
    assert accuracy > 0.7
