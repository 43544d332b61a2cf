"""The loaders in ``data/``: what they give is what they say."""

from __future__ import annotations

import csv
import gzip
import io
import os
import struct
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from autograder.authoring.pictures import reference
from autograder.course import datasets, syllabus
from autograder.course.trees import trees
from autograder.errors import CourseError
from autograder.sandbox.host.forked import Template
from autograder.sandbox.host.mounts import BASE, closure
from autograder.sandbox.host.student import Student
from autograder.sandbox.worker import vision_hook


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


# -- tables ------------------------------------------------------------------------------------------


@pytest.fixture
def tables() -> ModuleType:
    """The loader of the tables."""
    return datasets.load("tables")


@pytest.mark.parametrize("name", ["wine", "iris", "diabetes"])
def test_tables_are_scikit_learns(tables: ModuleType, name: str) -> None:
    """The files that are read without scikit-learn hold what scikit-learn gives, under its names."""
    import sklearn.datasets

    options = {"scaled": False} if name == "diabetes" else {}
    theirs, table = getattr(sklearn.datasets, f"load_{name}")(**options), tables.load(name)
    assert torch.equal(table.X, torch.from_numpy(theirs.data))
    assert torch.equal(table.y, torch.from_numpy(theirs.target).to(table.y.dtype))
    assert list(table.columns) == list(theirs.feature_names)
    assert list(table.classes) == list(getattr(theirs, "target_names", ()))
    assert table.y.dtype == (torch.int64 if table.classes else torch.float64)


def test_an_unknown_table_is_an_error(tables: ModuleType) -> None:
    """The error names the tables that there are."""
    with pytest.raises(CourseError, match="wine, iris, diabetes"):
        tables.load("no_such_table")


@pytest.mark.parametrize("place", [0, 2, 4])
def test_tables_as_csv(tables: ModuleType, place: int) -> None:
    """The text of a table has its target where it was wanted, and reads back as the same numbers."""
    iris = tables.load("iris")
    text = tables.as_csv(iris, "species", place, named=True, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    assert text.count("\r\n") == 151
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert header.index("species") == place
    names = [row.pop(place) for row in (header, *rows)][1:]
    assert tuple(header) == iris.columns
    assert [iris.classes.index(name) for name in names] == iris.y.tolist()
    assert torch.equal(torch.tensor([[float(f) for f in row] for row in rows], dtype=torch.float64), iris.X)


def test_labels_and_numbers_as_csv(tables: ModuleType) -> None:
    """Labels are written as whole numbers, targets of a regression with a decimal point."""
    assert tables.as_csv(tables.load("wine"), "grower", 0).splitlines()[1].startswith("0,14.23,")
    assert tables.as_csv(tables.load("diabetes"), "progression", 10).splitlines()[1].endswith(",87.0,151.0")


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
    """The sums and the places written down here are those of torchvision."""
    vision_hook.install()
    from torchvision.datasets import MNIST

    assert dict(MNIST.resources) == mnist.MD5
    assert MNIST.mirrors == mnist.MIRRORS


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
    monkeypatch.setattr(mnist, "MIRRORS", ["http://127.0.0.1:9/mnist/"])
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
    monkeypatch.setattr(mnist, "MIRRORS", [f"{(tmp_path / folder).as_uri()}/" for folder in ("bad", "good")])
    monkeypatch.setitem(mnist.MD5, name, mnist.hashlib.md5(content).hexdigest())
    path = mnist.find(name)
    assert path == mnist.cache_folder() / "MNIST" / "raw" / name
    assert mnist.checked(path) == content
    assert [p.name for p in path.parent.iterdir()] == [name], "nothing unfinished is left"
    monkeypatch.setattr(mnist, "MIRRORS", [])
    assert mnist.find(name) == path


def test_idx_files_are_read(mnist: ModuleType) -> None:
    """Sizes are big-endian, the last dimension runs fastest."""
    content = gzip.compress(b"\0\0\x08\x03" + struct.pack(">III", 2, 1, 3) + bytes(range(6)))
    assert mnist.read_idx(content).tolist() == [[[0, 1, 2]], [[3, 4, 5]]]


# -- images ------------------------------------------------------------------------------------------


@pytest.fixture
def images() -> ModuleType:
    """The maker of picture files."""
    return datasets.load("images")


@pytest.mark.parametrize(
    ("shape", "mode"), [((3, 5), "L"), ((4, 2, 1), "L"), ((3, 5, 2), "LA"), ((3, 5, 3), "RGB"), ((2, 7, 4), "RGBA")]
)
def test_png_keeps_every_pixel(images: ModuleType, shape: tuple[int, ...], mode: str) -> None:
    """What is read back has the mode, the size and the bytes of what was written, contiguous or not."""
    from PIL import Image

    pixels = torch.randint(0, 256, shape, dtype=torch.uint8)
    for given in (pixels, pixels.transpose(0, 1)):
        picture = Image.open(io.BytesIO(images.png(given)))
        assert (picture.format, picture.mode, picture.size) == ("PNG", mode, (given.shape[1], given.shape[0]))
        assert torch.equal(torch.tensor(list(picture.tobytes())), given.flatten().long())


def test_scene_has_no_symmetry(images: ModuleType) -> None:
    """No two channels of the scene are alike, and it differs from its mirror images."""
    for height, width in ((24, 36), (8, 12)):
        scene = images.scene(height, width)
        assert (scene.shape, scene.dtype) == ((height, width, 3), torch.uint8)
        red, green, blue = scene.unbind(2)
        assert all((a != b).double().mean() > 0.9 for a, b in ((red, green), (green, blue), (blue, red)))
        assert all(not torch.equal(scene, scene.flip(dims)) for dims in ([0], [1], [0, 1]))


def test_digit_pictures_are_scikit_learns(images: ModuleType) -> None:
    """The file read without scikit-learn holds what scikit-learn gives, enlarged in the course's one way."""
    from sklearn.datasets import load_digits

    raw = load_digits()
    large = datasets.load("digits").enlarge(torch.from_numpy(raw.images[:50]) / 16)[:, 0]
    pictures, labels = images.digits()
    assert torch.equal(pictures, (255 * large).round().to(torch.uint8))
    assert labels.tolist() == raw.target[:50].tolist()


def test_digit_folder(images: ModuleType) -> None:
    """Each class has its folder, named in words, with as many grey pictures as were asked for."""
    from PIL import Image

    files = images.digit_folder(per_class=2, classes=(7, 0))
    assert list(files) == ["seven/0.png", "seven/1.png", "zero/0.png", "zero/1.png"]
    pictures, labels = images.digits()
    second = Image.open(io.BytesIO(files["seven/1.png"]))
    assert second.mode == "L"
    assert torch.equal(torch.tensor(list(second.tobytes())), pictures[labels == 7][1].flatten().long())


@pytest.fixture
def cifar() -> Path:
    """A folder of CIFAR-10 pictures, ten classes of 40."""
    folder = Path(os.environ.get("GRADUS_DATA", "nowhere")) / "cifar10_small" / "train"
    if not folder.is_dir():
        pytest.skip("GRADUS_DATA names no folder with cifar10_small/train")
    return folder


def test_the_pages_about_images_on_cifar(cifar: Path) -> None:
    """The solutions read real photographs and find about the mean and deviation that CIFAR-10 is known for."""
    dataset = reference("s2_data/image_datasets").ImageFolderDataset(cifar)
    assert len(dataset) == 400
    batch = torch.utils.data.default_collate([dataset[i] for i in range(400)])
    assert batch[0].shape == (400, 3, 32, 32)
    assert batch[1].bincount().tolist() == [40] * 10
    mean, std = reference("s2_data/images").channel_stats([batch])
    assert torch.allclose(mean, torch.tensor([0.491, 0.482, 0.447], dtype=mean.dtype), atol=0.03)
    assert torch.allclose(std, torch.tensor([0.247, 0.243, 0.262], dtype=std.dtype), atol=0.03)


def test_cifar_in_a_worker(
    images: ModuleType, cifar: Path, best_template: Template, student_in: Callable[..., Student]
) -> None:
    """Photographs cross into the sandbox as PNG files of the worker's own; there lies nothing else to look at."""
    from PIL import Image

    source = trees().solution("s2_data/image_datasets").read_text()
    looking = "import os\ndef all_files():\n    return sorted(n for _, _, names in os.walk('.') for n in names)\n"
    student = student_in(best_template, [source, looking])
    expected = []
    for label, name in enumerate(("cat", "dog", "ship")):
        pixels = torch.from_numpy(np.array(Image.open(cifar / name / "0000.jpg")))
        student.write(f"photographs/{name}/{label}.png", images.png(pixels))
        expected.append(pixels.permute(2, 0, 1) / 255)
    dataset = student.ImageFolderDataset("photographs")
    assert len(dataset) == 3
    for label, image in enumerate(expected):
        given = dataset[label]
        assert torch.equal(given[0], image)
        assert given[1] == label
    assert student.all_files() == ["0.png", "1.png", "2.png"]


# -- docstrings --------------------------------------------------------------------------------------


@pytest.fixture
def docstrings() -> ModuleType:
    """The corpus of what libraries say of themselves."""
    return datasets.load("docstrings")


@pytest.fixture
def two_libraries(docstrings: ModuleType, nothing_cached: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The corpus of the two smallest libraries, with an empty cache."""
    monkeypatch.setattr(docstrings, "LIBRARIES", dict.fromkeys(("pygments", "pytest"), ()))
    return docstrings


@pytest.mark.parametrize(
    ("docstring", "left"),
    [
        ("Return the  value of *all*\n``things`` at once.", "Return the value of all things at once."),
        ("Too short.\n\nA second paragraph is never looked at.", ""),
        ("A title\n=======\n\nThe text below it, in words.", "The text below it, in words."),
        ("Parameters\n----------\nx : int\n    What it may be, if any.\ny : int", ""),
        ("Draw all of them.\n:param x: which\n:return: nothing at all, ever", ""),
        ("Draw a :class:`~matplotlib.axes.Axes` on a :ref:`big sheet <sheet>`.", "Draw a Axes on a big sheet."),
        ("Fit sklearn.svm.SVC as SciPy's optimizers and matplotlib_inline do.", "Fit as optimizers and do."),
        ("See `the page <https://example.org/a>`_ and https://example.org for more.", "See the page and for more."),
        ("Keep set_this_up() and foo.ini just as they are::", "Keep set_this_up and foo.ini just as they are:"),
    ],
)
def test_docstrings_become_prose(docstrings: ModuleType, docstring: str, left: str) -> None:
    """The first paragraph alone, without markup and without the libraries' names."""
    assert docstrings.prose(docstring) == left


def test_docstrings_are_read_and_never_run(docstrings: ModuleType) -> None:
    """A source that would end the process is only parsed; definitions are found in every block, in their order."""
    source = """'one'\nraise SystemExit\ntry:\n  def f():\n    'two'\nexcept E:\n  class C:\n    'three'
    async def g(self):
      if self:
        def h(): 'four'
"""
    assert list(docstrings.docstrings_in(source)) == ["one", "two", "three", "four"]
    assert list(docstrings.docstrings_in("def f(:")) == []


def test_docstrings_are_out_of_a_workers_sight() -> None:
    """No exercise that is graded on the corpus mounts a library of it: its labels could be looked up."""
    needs = {e.needs for e in syllabus.load(trees()).exercises.values() if "docstrings" in e.data}
    assert needs
    seen = {d.metadata["Name"].lower().replace("_", "-") for n in needs for d in closure((*BASE, *n))}
    assert not seen & {name.replace("_", "-") for name in datasets.load("docstrings").LIBRARIES}


def test_equal_docstrings_are_kept_once(docstrings: ModuleType) -> None:
    """Equal but for case and punctuation: one of them; in two classes: none. Classes are capped."""
    many = [f"text of {word}" for word in "abcdefg"]
    found = {"x": ["Hello, you.", "hello you", "Shared by two."], "y": ["shared: by two!", *many]}
    kept = docstrings.unique(found, cap=4)
    assert [label for _, label in kept].count(1) == 4
    assert [text for text, label in kept if label == 0] == ["Hello, you."]
    assert [text for text, _ in kept] == sorted((text for text, _ in kept), key=docstrings.rank)
    assert docstrings.unique({"x": found["x"][::-1], "y": found["y"][::-1]}, cap=4) == kept


def test_similar_docstrings_stay_together(docstrings: ModuleType) -> None:
    """Neighbours of neighbours are one group, and no group is parted; a fifth of every class is held out."""
    words = "one two three four five six seven eight nine ten eleven twelve thirteen"
    chain = [words + extra for extra in ("", " more", " more again", " more again still")]
    group = docstrings.groups([*chain, "nothing like it", "nor this one here"])
    assert group[:4] == [group[0]] * 4
    assert len(set(group)) == 3
    labels, group = [0] * 10 + [1] * 5, [0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 7, 8, 9, 10]
    held_out = docstrings.split(labels, group)
    assert held_out == [False] * 3 + [True] * 2 + [False] * 7 + [True] + [False] * 2


def test_docstrings_of_two_libraries(two_libraries: ModuleType) -> None:
    """Texts and labels in two parts; nothing in one part is nearly the same as something in the other."""
    corpus = two_libraries.load.__wrapped__()
    assert corpus.names == ("pygments", "pytest")
    for texts, labels in ((corpus.train_texts, corpus.train_labels), (corpus.test_texts, corpus.test_labels)):
        assert (len(texts), labels.dtype) == (len(labels), torch.int64)
        assert all(len(text.split()) > 1 and "\n" not in text for text in texts)
    counts = [labels.bincount(minlength=2) for labels in (corpus.train_labels, corpus.test_labels)]
    share = counts[1] / sum(counts)
    assert (sum(counts) > 300).all()
    assert ((share - 0.2).abs() < 0.02).all()
    texts = [*corpus.train_texts, *corpus.test_texts]
    group = two_libraries.groups(texts)
    assert not set(group[: len(corpus.train_texts)]) & set(group[len(corpus.train_texts) :])
    assert len({two_libraries.key(text) for text in texts}) == len(texts)


def test_docstrings_are_cached(two_libraries: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time nothing is read but the cache; a damaged cache or another version is built anew."""
    rows = [("the first of the texts", 0, False), ("the second of the texts", 1, True)]
    monkeypatch.setattr(two_libraries, "build", lambda: rows)
    corpus = two_libraries.load.__wrapped__()
    assert (corpus.train_texts, corpus.test_texts) == (("the first of the texts",), ("the second of the texts",))
    path = two_libraries.cached_file()
    assert [p.name for p in path.parent.iterdir()] == [path.name], "nothing unfinished is left"
    monkeypatch.setattr(two_libraries, "build", lambda: pytest.fail("built again"))
    assert two_libraries.load.__wrapped__().test_labels.tolist() == [1]
    for damaged in ("", "[]", "{}", '[["text", 0]]', '[["text", "0", true]]'):
        path.write_text(damaged)
        assert two_libraries.read(path) is None
    monkeypatch.setattr(two_libraries, "FORMAT", -1)
    assert two_libraries.cached_file() != path


def test_docstrings_without_a_library(two_libraries: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that is not installed is named in one line."""
    monkeypatch.setattr(two_libraries, "LIBRARIES", {"no-such-library": ()})
    for function in (two_libraries.cached_file, two_libraries.build):
        with pytest.raises(CourseError, match="no-such-library is not installed"):
            function()


def test_first_docstrings(docstrings: ModuleType) -> None:
    """A few texts of one library, the same ones each time."""
    few = docstrings.first("pytest", 12)
    assert len(few) == 12
    assert docstrings.first("pytest", 5) == few[:5]
    assert len(set(map(docstrings.key, few))) > 8


def test_the_page_about_text_agrees_with_scikit_learn(docstrings: ModuleType) -> None:
    """Words, counts and weights of real texts are those of scikit-learn."""
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

    page, texts = reference("s2_data/text"), docstrings.first("pytest", 60)
    words = [page.tokenize(text) for text in texts]
    vocab = page.Vocab.build(words)
    counts = page.bag_of_words(page.pad_batch([vocab.encode(w) for w in words])[0], len(vocab)).double()
    columns = vocab.decode(list(range(2, len(vocab))))
    theirs = CountVectorizer(vocabulary=columns, token_pattern=r"[^\W_]+").fit_transform(texts)
    assert torch.equal(counts[:, 2:], torch.from_numpy(theirs.toarray()).double())
    weighted = torch.from_numpy(TfidfTransformer().fit_transform(theirs).toarray())
    assert torch.allclose(page.tfidf(counts)[:, 2:], weighted)


def given_file(name: str) -> Path:
    """A file of the real sets that tests may read."""
    path = Path(os.environ.get("GRADUS_DATA", "nowhere")) / name
    if not path.is_file():
        pytest.skip(f"GRADUS_DATA names no folder with {name}")
    return path


def test_the_csv_page_on_real_wines(tmp_path: Path) -> None:
    """The solution reads 1,599 red wines, semicolons made commas, as pandas does."""
    import pandas

    frame = pandas.read_csv(given_file("tables/winequality-red.csv"), sep=";")
    frame.to_csv(tmp_path / "wine.csv", index=False)
    X, y, columns = reference("s2_data/csv_loading").parse_csv(str(tmp_path / "wine.csv"), "quality")
    assert columns == list(frame.columns[:-1])
    assert torch.allclose(X, torch.tensor(frame.to_numpy()[:, :-1], dtype=torch.float32))
    assert y.tolist() == frame["quality"].tolist()


@pytest.mark.parametrize("name", ["sms_spam", "rt_polarity", "trec_train", "banking77_test", "ag_news_train5k"])
def test_the_text_page_on_real_texts(name: str) -> None:
    """Every real text becomes ids and back, and its bag counts its known words, padded or not."""
    import pandas

    page = reference("s2_data/text")
    texts = pandas.read_csv(given_file(f"text/{name}.csv.gz"))["text"].astype(str).tolist()[:1500]
    words = [page.tokenize(text) for text in texts]
    vocab = page.Vocab.build(words, min_freq=2)
    ids = [vocab.encode(one) for one in words]
    batch, lengths = page.pad_batch(ids[:64])
    assert lengths.tolist() == [len(one) for one in ids[:64]]
    counts = page.bag_of_words(batch, len(vocab))
    wider = torch.cat([batch, torch.zeros(64, 3, dtype=batch.dtype)], 1)
    assert torch.equal(counts, page.bag_of_words(wider, len(vocab)))
    for one, back in zip(words, map(vocab.decode, ids), strict=True):
        assert all(a == b or b == "<unk>" for a, b in zip(one, back, strict=True))
