"""What a source may import and what stands in for the rest: alike at every level, so that home equals grade."""

from __future__ import annotations

import pytest

from autograder.sandbox.host.base import Limits
from autograder.sandbox.host.probe import best_level
from autograder.sandbox.host.student import Student
from autograder.sandbox.wire.problems import RemoteError

LEVELS = sorted({"plain", best_level()})


@pytest.fixture(params=LEVELS)
def source(request, template_of, student_in):
    """Makes a student of a source at one level; nothing of it may fail while it loads."""
    return lambda text, **how: student_in(template_of(request.param), text, **how)


@pytest.fixture(params=LEVELS)
def failing(request, template_of):
    """Makes the list of what fails while a source loads."""
    made = []

    def load(text, filename="", files=None):
        student = Student(template_of(request.param), Limits())
        made.append(student)
        content = {name: text.encode() for name, text in (files or {}).items()}
        failures = student.load_source("page", text, filename, files=content)
        student.begin(0, 20)
        return student, [f"{error.type_name}: {error.text}" for _, error, _ in failures]

    yield load
    for student in made:
        student.close()


# -- packages ------------------------------------------------------------------------------------

#: how a package that is not there is imported, and how it is used
ABSENT = {
    "import wandb": "wandb.init()",
    "import wandb as w": "w.config.lr",
    "import d2l.torch as d2l": "d2l.plot([1])",
    "from d2l import torch as d2l": "d2l.plot([1])",
    "from einops import rearrange": "rearrange(1, 'a -> a')",
    "from einops.layers.torch import Rearrange": "Rearrange('a -> a')",
    "import cv2, requests": "requests.get('x')",
    "import rich": "rich.print('installed beside the grader, and still not there')",
    "import pytorch_lightning as pl": "type('Net', (pl.LightningModule,), {})",
    "from torchinfo import summary": "[*summary]",
    "if True:\n    import wandb": "wandb.log",
    "try:\n    import wandb\nfinally:\n    pass": "wandb.log",
    "try:\n    import wandb\nexcept OSError:\n    pass": "wandb.log",
    "import wandb; y = 1": "wandb.log",
    "from .not_handed_in import thing": "thing()",
    "from not_handed_in import thing": "thing()",
}


@pytest.mark.parametrize("line", ABSENT)
def test_an_absent_package_fails_when_it_is_used(source, line):
    """an import that finds nothing costs nothing; its use says that the grader has no such package"""
    student = source(f"{line}\ndef right(x):\n    return x + 1\ndef wrong():\n    return {ABSENT[line]}\n")
    assert student.right(1) == 2
    with pytest.raises(RemoteError, match="the grader has no package ") as told:
        student.wrong()
    assert told.value.error.type_name == "ModuleNotFoundError"


#: whatever asks whether a package is there is told that it is not
GUARDED = [
    "try:\n    import wandb\n    have = True\nexcept ImportError:\n    have = False\n",
    "try:\n    import einops\n    have = True\nexcept (OSError, ModuleNotFoundError):\n    have = False\n",
    "have = True\ntry:\n    if have:\n        import d2l.torch as d2l\nexcept:\n    have = False\n",
    "import contextlib\nhave = False\nwith contextlib.suppress(ImportError):\n    import wandb\n    have = True\n",
    "import importlib.util\nhave = importlib.util.find_spec('wandb') is not None\n",
    "import importlib as i\ntry:\n  i.import_module('wandb')\n  have = True\nexcept ImportError:\n  have = False\n",
    "def ask():\n  try:\n    import wandb\n    return True\n  except ImportError:\n    return False\nhave = ask()\n",
    "try:\n    import google.colab\n    have = True\nexcept ImportError:\n    have = False\n",
    "import sys\nhave = 'wandb' in sys.modules or 'google.colab' in sys.modules\n",
]


@pytest.mark.parametrize("text", GUARDED)
def test_a_fallback_is_taken(source, text):
    """an import inside try fails, and what stands below except is run"""
    assert source(text + "def answer():\n    return have\n").answer() is False


def test_an_import_in_a_function_fails_there(source):
    """an import inside a function is its use"""
    student = source("def f():\n    import wandb\n    return 1\n")
    with pytest.raises(RemoteError, match="wandb"):
        student.f()


@pytest.mark.parametrize(
    "line",
    ["import scipy.special as s", "from scipy import special as s", "import sklearn.metrics as s",
     "from sklearn.datasets import make_moons as s"],
)  # fmt: skip
def test_what_the_grader_has(source, line):
    """scipy and scikit-learn are there, used or not"""
    assert source(f"{line}\ndef f():\n    return callable(s) or bool(s.__name__)\n").f() is True


@pytest.mark.parametrize("name", ["load_digits", "load_iris", "load_wine", "load_breast_cancer", "load_diabetes"])
def test_labels_are_not_there(source, name):
    """scikit-learn's data sets are not, at any level, in the same words"""
    student = source(f"from sklearn import datasets\ndef f():\n    return datasets.{name}().data.shape\n")
    with pytest.raises(RemoteError, match="the grader has none of scikit-learn's data sets"):
        student.f()


def test_no_label_can_be_read(best_template, student_in):
    """nor can their files be found below the package by anybody who looks for them"""
    if best_template.level == "plain":
        pytest.skip("files are hidden by namespaces or Landlock, which this system has not")
    found = student_in(
        best_template,
        "import os, sklearn\ndef f():\n    top = os.path.dirname(sklearn.__file__)\n"
        "    names = [n for _, _, names in os.walk(top) for n in names]\n"
        "    return [n for n in names if n.endswith(('.gz', '.csv', '.rst', '.jpg', '.arff'))], len(names) > 50\n",
    ).f()
    assert found == ([], True)


# -- a student's own files -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    ["from utils.helpers import y", "from .utils.helpers import y", "from utils import y",
     "import utils.helpers\ny = utils.helpers.y", "from utils.helpers import *"],
)  # fmt: skip
def test_files_in_folders(failing, line):
    """helpers are imported from their folders, by their names or relative to the source"""
    files = {"utils/__init__.py": "from .helpers import y\n", "utils/helpers.py": "y = 4\n"}
    student, failures = failing(f"{line}\ndef f():\n    return y\n", files=files)
    assert failures == []
    assert student.f() == 4


def test_a_helper_with_an_absent_import(failing):
    """a helper that imports what is not there and does not need it is as good as any"""
    student, failures = failing(
        "from tools import y\ndef f():\n    return y\n", files={"tools.py": "import wandb\ny = 4\n"}
    )
    assert failures == []
    assert student.f() == 4


# -- plots, bars, streams ------------------------------------------------------------------------

QUIET = """
import matplotlib, matplotlib.pyplot as plt, numpy as np, sys, torch
import seaborn as sns
from mpl_toolkits.mplot3d import Axes3D
from matplotlib.animation import FuncAnimation
from IPython.display import display, HTML, clear_output
from ipywidgets import interact
from torch.utils.tensorboard import SummaryWriter
from jaxtyping import Float
import plotly.express as px
from tqdm.auto import tqdm, trange
import tqdm as bars
sns.set_theme()
plt.rcParams["figure.figsize"] = (4, 3)
plt.rcParams.update({"font.size": 9})
line, = plt.plot([1, 2])
line.set_ydata([3])
fig, ax = plt.subplots()
fig, (left, right) = plt.subplots(1, 2)
fig, axes = plt.subplots(2, 3)
(a, b, c), (d, e, f) = axes
n, bins, patches = plt.hist([1])
first, *others = plt.plot([1], [2], [3])
axes[0, 1].plot([1])
for ax in axes.flat:
    ax.axis("off")
for ax in axes.ravel():
    ax.imshow(np.ones((2, 2)), cmap=plt.cm.viridis)
for ax, title in zip(axes.flatten(), ["a", "b"]):
    ax.set_title(title)
for i in range(len(axes)):
    axes[i].grid()
colour = plt.cm.viridis(0.5)
colour[:3]
with plt.style.context("ggplot"):
    plt.title("a")
low, high = ax.get_ylim()
width = fig.get_size_inches() * 2 + 1
float(ax.get_xlim()[1])
writer = SummaryWriter()
writer.add_scalar("loss", 1.0, 0)
print(matplotlib.__version__)
class Live(plt.Figure):
    def __init__(self):
        super().__init__("a", b=1)
Live().draw()
isinstance(3, plt.Axes)
@interact(x=(0, 10))
def shown(x):
    return x
@plt.style.context("ggplot")
def drawn(x: Float[torch.Tensor, "b c"], ax: plt.Axes | None = None):
    return x * 2
for epoch in (bar := tqdm(range(3), total=3)):
    bar.set_postfix(loss=1.0)
    bar.n += 1
for i in trange(2):
    tqdm.write("between")
for i in bars.tqdm(range(2)):
    pass
with bars.tqdm(total=3) as bar:
    bar.update(1)
sys.stdout.buffer.write("bytes é\\n".encode())
sys.stdout.flush()
assert sys.stdout.fileno() == 1 and not sys.stdout.isatty() and sys.stdout.encoding.lower() == "utf-8"
sys.stdout.reconfigure(encoding="utf-8")
print("to stderr", file=sys.stderr)
get_ipython().run_line_magic("matplotlib", "inline")
display(HTML("<b>x</b>"))
def add(x):
    return x + 1
"""


def test_plots_and_bars_do_nothing(source):
    """what draws, shows or counts runs to its end without a trace, and decorated functions stay what they are"""
    student = source(QUIET)
    assert student.add(1) == 2
    assert student.drawn(2) == 4
    printed = student.service("take_output")
    assert "bytes é" in printed
    assert printed.count("between") == 2


LOADER = """
from torch.utils.data import DataLoader, TensorDataset
import torch
def total(workers, **more):
    data = TensorDataset(torch.arange(10.0))
    loader = DataLoader(data, batch_size=4, num_workers=workers, **more)
    return sum(float(x.sum()) for x, in loader)
def placed():
    return sum(len(x) for x, in DataLoader(TensorDataset(torch.arange(6.0)), 2, False, None, None, 2))
"""


def test_loader_processes(source):
    """a DataLoader with processes loads in the worker itself, and says so"""
    student = source(LOADER)
    assert student.total(2, persistent_workers=True, prefetch_factor=4) == 45.0
    assert "num_workers=2 is 0 in the grader" in student.service("take_output")
    assert student.total(0) == 45.0
    assert student.placed() == 6
    assert student.service("take_output").count("num_workers") == 1


# -- notebooks -----------------------------------------------------------------------------------


def test_await_outside_of_a_function(failing):
    """a cell of a notebook may await, as in Jupyter; a .py may not, as in Python"""
    text = "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 3\nx = await f()\n"
    student, failures = failing(text + "def g():\n    return x\n", "page.ipynb")
    assert failures == []
    assert student.g() == 3
    _, failures = failing(text, "page.py")
    assert "SyntaxError" in failures[0]
