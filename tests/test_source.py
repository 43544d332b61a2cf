"""The bytes of a file become cells of Python: magics, encodings, notebooks of any size. No line moves."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.intake import magics
from autograder.intake.files import disk_entry
from autograder.intake.magics import inert, inert_script
from autograder.intake.notebook_file import without_outputs
from autograder.intake.source import advice_on, read_source
from tests.helpers import ROOT


def notebook(*cells, **more):
    """The bytes of a notebook with these code cells."""
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}).encode()


def run(source):
    """The names that a source defines, where `get_ipython` gives nothing of use."""
    names = {"get_ipython": lambda: None}
    exec(compile(source, "cell", "exec"), names)
    return names


# -- magics --------------------------------------------------------------------------------------

#: Python in which something looks like a magic
PYTHON = [
    "def softmax(s):\n    e = s.exp()\n    return e / e.sum()  # sums to 1?\n",
    'def f(x):\n    """Why?\n\n    !not a shell line\n    % nor a magic\n    what is this?\n    """\n    return x\n',
    "x = (7\n     % 3)\ny = (1\n     != 2)\n",
    "text = 'a %s' \\\n    % 3\n",
    "text = ('%d of %d'\n    % (1,\n       2))\n",
    "x = f'{1!r}' f\"{2!s:>{3}}\"\n",
    "x = f'''{\n1\n!r}'''\n",
    "x = 1;\n",
    "pattern = r'''\n%%time\n?'''\n",
    "# is it so?\n#!shebang?\n# %matplotlib inline\n",
    'ask = \'why?\'\nother = """?"""  # ?\n',
    "\tif_indented = 1".strip() + "\n",
    "d = {\n'a': 1,\n}\nassert (d\n!= {})\n",
    "x = 'a\\\n%b\\\n?'\n",
    "async def f():\n    return 1\nawait f()\n",
]


@pytest.mark.parametrize("source", PYTHON)
def test_python_stays_as_it_is(source):
    """what parses is not touched, whatever its comments, texts and continued lines begin or end with"""
    assert inert(source) == inert_script(source) == source
    (cell,), problem = read_source(notebook(source), "softmax.ipynb")
    assert (cell, problem) == (source, None)


COURSE = [*sorted((ROOT / "solutions").rglob("*.py")), *sorted((ROOT / "autograder").rglob("*.py"))]


@pytest.mark.parametrize("path", COURSE[::7], ids=lambda path: path.stem)
def test_real_python_stays_as_it_is(path):
    """so it is with real files, and with the files of real projects"""
    text = path.read_text(encoding="utf-8")
    assert inert(text) == inert_script(text) == text


FRAGMENTS = st.sampled_from(
    ["x = 1", "!ls", "%time y = 2", "# ?", "?", "'''", '"', "(", ")", "\\", "    ", "\t", "if x:", "x?", "= %", "% 3",
     "!= 4", "f'{x!r}'", "%%bash", "def f():", "    return 1  # so?", ">>> x", "In [1]: x", "x = !ls", "\f", "", "é?"]
)  # fmt: skip


@given(st.lists(st.lists(FRAGMENTS, max_size=4).map("".join), max_size=8).map("\n".join))
def test_any_text(source):
    """nothing moves a line, nothing fails, and what parses comes back byte for byte"""
    made = inert(source)
    assert made.count("\n") == source.count("\n")
    assert inert_script(source).count("\n") == source.count("\n")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except SyntaxError:
        return
    assert made == inert_script(source) == source


#: what IPython understands and Python does not -> what must be defined when it has run
IPYTHON = {
    "!pip install x\na = 1": {"a": 1},
    "if True:\n    !pip install x\n    a = 1": {"a": 1},
    "try:\n    import nothing_like_this\nexcept ImportError:\n    !pip install it\na = 1": {"a": 1},
    "if True:\n    if True:\n        !echo don't\n        a = 1\n    b = 2": {"a": 1, "b": 2},
    "files = !ls *.py\na = 1": {"files": None, "a": 1},
    "took = %timeit -o f()\na = 1": {"took": None, "a": 1},
    "%time a = 1": {"a": 1},
    "a = %time 1 + 1": {"a": 2},
    "%prun a = 3": {"a": 3},
    "%%time\na = 1": {"a": 1},
    "\n\n%%timeit -n 3\na = 1": {"a": 1},
    "%%capture said\n!pip install x\na = 1": {"said": None, "a": 1},
    "%%time\n%%capture\na = 1": {"a": 1},
    "%%bash\nrm -rf ~": {},
    "%%somebodys_own\na = 1": {"a": 1},
    "%%somebodys_own\nselect * from it": {},
    "?print\na = 1": {"a": 1},
    "print??\na = 1": {"a": 1},
    "print?\n# sums to 1?\na = 1  # so?": {"a": 1},
    "%load_ext autoreload\n%autoreload 2\na = 1": {"a": 1},
    "%env A=1\n%cd ..\n%config x = 'retina'\na = 1": {"a": 1},
    "!echo \\\n   on two lines\na = 1": {"a": 1},
    "!echo '''\na = 1\n%ls": {"a": 1},
    "!echo (\na = 1\n!echo [": {"a": 1},
    "    a = 1\n    b = 2\n": {"a": 1, "b": 2},
    ">>> a = 1\n>>> b = 2\n": {"a": 1, "b": 2},
    "In [1]: def f():\n   ...:     return 1\n   ...: \nIn [2]: a = f()\n": {"a": 1},
    "def f():\n\t%ls\n\treturn 1\na = f()": {"a": 1},
    "a = 'why?'\n!ls\nb = '''\n!ls\n'''": {"a": "why?", "b": "\n!ls\n"},
    "a = 7 \\\n  % 4\n%ls": {"a": 3},
    "%run nothing.ipynb\na = 1": {"a": 1},
    "!!ls\na = 1": {"a": 1},
    "%matplotlib inline; \na = 1;": {"a": 1},
}


@pytest.mark.parametrize("source", IPYTHON)
def test_what_only_ipython_understands(source):
    """magics, shell lines, help and prompts do nothing; what they time, capture or are mixed with runs"""
    made = inert(source)
    assert made.count("\n") == source.count("\n")
    names = run(made)
    assert {name: names[name] for name in IPYTHON[source]} == IPYTHON[source]


@pytest.mark.parametrize("source", IPYTHON)
def test_magics_in_a_script(source):
    """a .py in which magics stand, as a Colab export or a percent script, is read too, cell by cell"""
    script = f"# %% [markdown]\n# # Why\n\n# %%\nbefore = 1\n# %%\n{source}\n# %%\nafter = 1\n"
    (made,), problem = read_source(script.encode(), "softmax.py")
    assert problem is None
    assert made.count("\n") == script.count("\n")
    names = run(made)
    expected = {**IPYTHON[source], "before": 1, "after": 1}
    assert {name: names[name] for name in expected} == expected


def test_a_question_in_a_comment_asks_for_no_help(monkeypatch):
    """most sources have such comments: they are not parsed each time that a class is read"""
    asked = []
    monkeypatch.setattr(magics, "parses", lambda source: asked.append(source) or True)
    plain = "# How long is a vector?\nx = 1\n    # and what of\t?  \ny = x % 2 == 1\n"
    assert inert(plain) == inert_script(plain) == plain
    assert not asked
    assert inert("# a\nx?") == "# a\nx?"
    assert asked == ["# a\nx?"]


def test_run_takes_the_names_of_a_file():
    """%run of a student's own file is an import of all its names"""
    assert inert("%run ./utils/helpers.py\nx = 1") == "from utils.helpers import *  # %run ./utils/helpers.py\nx = 1"


@pytest.mark.parametrize("line", ["!(", "x = !(", "!'''", "%x?", "x?", "!echo \\", "%time ("])
def test_many_magics_take_no_time(line):
    """the time grows with the length alone, whatever a student writes"""
    made = inert(f"{line}\n" * 20_000 + "x")
    assert made.count("\n") == 20_000


def test_cells_of_another_language_in_vscode():
    """a cell that VS Code marks as a shell script or a text is not run as Python"""
    cells = [{"cell_type": "code", "metadata": {"vscode": {"languageId": "shellscript"}}, "source": "ls -la"},
             {"cell_type": "code", "metadata": None, "source": "x = 1"}]  # fmt: skip
    assert read_source(json.dumps({"cells": cells}).encode(), "softmax.ipynb") == (("x = 1",), None)


# -- encodings -----------------------------------------------------------------------------------

TEXT = "# Grüße\nname = 'é'\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(), TEXT.encode("utf-8-sig"), TEXT.encode("utf-16"), TEXT.encode("utf-16-le"), TEXT.encode("utf-32"),
        TEXT.encode("utf-16-be"), b"\xfe\xff" + TEXT.encode("utf-16-be"), TEXT.encode("latin-1"),
        TEXT.replace("\n", "\r\n").encode(), TEXT.replace("\n", "\r").encode(),
    ],
)  # fmt: skip
def test_encodings(content):
    """UTF-8, UTF-16 and UTF-32 with or without a mark, Latin-1 that is a program, and the line ends of any system"""
    assert read_source(content, "softmax.py") == ((TEXT,), None)


@pytest.mark.parametrize("name", ["latin-1", "cp1252", "iso-8859-15", "utf-8", "mac-roman", "UTF8", "gbk", "koi8-r"])
def test_declared_encodings(name):
    """the encoding that a file declares is the one that it is read in, as Python does"""
    letter = {"gbk": "中", "koi8-r": "ж"}.get(name, "é")
    text = f"#!/usr/bin/python\n# -*- coding: {name} -*-\nname = '{letter}'\n"
    (cell,), problem = read_source(text.encode(name), "softmax.py")
    assert problem is None
    assert run(cell)["name"] == letter


def test_a_notebook_in_utf_16():
    """some editors save a notebook so"""
    assert read_source(notebook("x = 1").decode().encode("utf-16"), "a.ipynb") == (("x = 1",), None)


def test_a_notebook_that_is_called_py():
    """a notebook under the name of a source is a notebook all the same"""
    assert read_source(notebook("x = 1", "y = 2"), "softmax.py") == (("x = 1", "y = 2"), None)


@pytest.mark.parametrize("mark", ["\ufeff", "\f", "\n\f", ""])
def test_odd_beginnings_of_cells(mark):
    """a byte order mark or a form feed before the first line or between harms nothing"""
    (cell,), problem = read_source(notebook(mark + "x = 1\r\n\f\r\ny = 2"), "softmax.ipynb")
    assert problem is None
    assert cell.count("\n") == mark.count("\n") + 2
    assert run(cell)["y"] == 2


@pytest.mark.parametrize("name", ["a.qmd", "a.Rmd", "a.md", "a.html", "a.txt", "a.pdf", "a.docx", "noend"])
def test_what_is_no_source(name):
    """what can be handed in in place of a file of another kind is said in one line"""
    said = advice_on(name)
    assert said.startswith(name)
    assert "hand in" in said


# -- large notebooks -----------------------------------------------------------------------------


def test_outputs_are_passed_over(tmp_path):
    """of outputs, attachments and widgets nothing is kept; keys of the same name elsewhere and texts stay"""
    document = {
        "cells": [
            {"cell_type": "code", "outputs": [{"data": {"image/png": "A" * 900_000}}, {"text": ['"', "\\", "],"]}],
             "metadata": {"outputs": 1}, "source": ['x = "outputs": 5'[4:13] + "\n", "# \\\" ]}"]},
            {"cell_type": "markdown", "attachments": {"a.png": {"image/png": "B" * 900_000}}, "source": "hi"},
        ],
        "metadata": {"widgets": {"state": [[["deep"]]]}, "authors": [{"name": "outputs"}]},
    }  # fmt: skip
    path = tmp_path / "softmax.ipynb"
    path.write_text(json.dumps(document))
    kept = disk_entry(path, path.relative_to(tmp_path)).read()
    assert len(kept) < 1000
    expected = json.loads(json.dumps(document))
    expected["cells"][0]["outputs"] = expected["cells"][1]["attachments"] = expected["metadata"]["widgets"] = None
    assert json.loads(kept) == expected


class Pieces:
    """A file that gives its content in pieces of one length."""

    def __init__(self, content, size):
        self._content, self._size = content, size

    def read(self, _):
        piece, self._content = self._content[: self._size], self._content[self._size :]
        return piece


VALUES = st.recursive(
    st.none() | st.integers(0, 99) | st.sampled_from(["", 'a"\\', "outputs", '","outputs":[', "[,]{}:", "\\", "€\n"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["outputs", "a", 'b"']), inner),
    max_leaves=12,
)


@given(st.lists(st.tuples(VALUES, st.text(max_size=9)), max_size=4), st.integers(1, 9), st.booleans())
def test_outputs_of_any_shape(cells, size, spaced):
    """whatever the outputs are and wherever the pieces end, the rest comes through as it was"""
    document = {"cells": [{"cell_type": "code", "outputs": out, "source": text} for out, text in cells], "nbformat": 4}
    content = json.dumps(document, indent=1 if spaced else None).encode()
    for cell in document["cells"]:
        cell["outputs"] = None
    assert json.loads(without_outputs(Pieces(content, size), 1 << 20)) == document


@pytest.mark.parametrize("depth", [1000, 5_000_000])
def test_brackets_alone(depth):
    """a file that is nothing but brackets is given up at once"""
    with pytest.raises(ValueError, match="nested too deeply"):
        without_outputs(Pieces(b'{"cells":' + b"[" * depth, 1 << 18), 1 << 20)


_MEASURED = """
import resource, sys
from pathlib import Path
from autograder.intake.submissions import read_for
from autograder.model import Exercise
page = Exercise("s/softmax", "Softmax", 1.0)
read_for(Path(sys.argv[1]), page)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = read_for(Path(sys.argv[2]), page)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(found.cells, found.problem, (after - before) >> 10)
"""


def test_a_notebook_of_60_mb_is_read_in_little_memory(tmp_path):
    """a notebook whose pictures fill 60 MB is read, and takes a few MB while it is"""
    small, large = tmp_path / "small.ipynb", tmp_path / "softmax.ipynb"
    small.write_bytes(notebook("x = 1"))
    picture = '{"output_type": "display_data", "data": {"image/png": "' + "iVBORw0KGgo" * 500_000 + '"}}'
    with large.open("w") as file:
        file.write('{"cells": [{"cell_type": "code", "metadata": {}, "source": "x = 1", "outputs": [')
        file.write(", ".join([picture] * 12))
        file.write(']}, {"cell_type": "code", "outputs": [], "source": ["y = 2\\n", "z = 3"]}], "metadata": {}}')
    assert large.stat().st_size > 60 << 20
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, small, large], cwd=ROOT, capture_output=True, text=True, timeout=120,
        check=True,
    )  # fmt: skip
    said, _, grown = done.stdout.strip().rpartition(" ")
    assert said == "('x = 1', 'y = 2\\nz = 3') None"
    assert int(grown) < 12


# -- the files that travel along -----------------------------------------------------------------


def lay_out(root: Path, files: dict[str, str]) -> Path:
    """Files below a folder; the folder."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


FILES = {
    "softmax.py": "from utils.helpers import y\nfrom .near import z\nexec(open('plainly.py').read())\n",
    "utils/__init__.py": "", "utils/helpers.py": "from . import deep\ny = 1\n",
    "utils/deep/__init__.py": "import far\n",
    "near.py": "z = 1\n", "plainly.py": "w = 1\n", "far.py": "!ls\nv = 1\n", "losses.py": "never = 'named'\n",
    "utils/unused.py": "u = 1\n", "data/near.py": "n = 1\n", ".hidden/near.py": "h = 1\n",
}  # fmt: skip
TRAVEL = ["far.py", "near.py", "plainly.py", "utils/__init__.py", "utils/deep/__init__.py", "utils/helpers.py"]


@pytest.mark.parametrize("where", ["at home", "folder"])
def test_helpers_keep_their_places(tmp_path, where):
    """what a source may import goes along by its path from the source's folder, at home as when it is graded"""
    from autograder.intake.submissions import read_class, read_for
    from tests.test_submission import SOFTMAX, SYLLABUS

    root = lay_out(tmp_path / "class" / "ada", FILES)
    if where == "at home":
        found = read_for(root / "softmax.py", SOFTMAX)
    else:
        (found,) = (s for s in read_class(tmp_path / "class", SYLLABUS, (SOFTMAX.address,)).submissions)
    assert [name for name, _ in found.files] == TRAVEL
    assert dict(found.files)["far.py"] == b"pass  # !ls\nv = 1\n"


NEWER = {
    "type Vector = list[float]": "SyntaxError",
    "text = f'{'a'}' 'b": "SyntaxError",
    "from typing import not_before_python_4": "ImportError",
    "import math\nmath.not_before_python_4": "AttributeError",
}


@pytest.mark.parametrize("line", [line for line in NEWER if not line.startswith("type") or sys.version_info < (3, 12)])
def test_what_a_newer_python_has(plain_template, line):
    """what our Python does not know is told with its version"""
    from autograder.judging.exam import Exam
    from autograder.model import Exercise, Submission

    page = Exercise("s/page", "Page", 1.0)
    exam = Exam(page, Submission("ada", page.address, "page.py", (line,)), plain_template, 1)
    try:
        exam.workers.load()
    finally:
        exam.close()
    assert NEWER[line] in exam.workers.load_problems[0]
    assert f"the grader runs Python 3.{sys.version_info[1]}" in exam.workers.load_problems[0]


# -- what nbconvert makes of magics ---------------------------------------------------------------

EXPORTED = """# In[1]:


get_ipython().run_line_magic('matplotlib', 'inline')
get_ipython().run_cell_magic('time', '', 'def f(x):\\n    return x + 1\\n')
get_ipython().run_line_magic('time', 'y = f(1)')
get_ipython().run_cell_magic('bash', '', 'rm -rf /\\n')
get_ipython().run_cell_magic('writefile', 'a.py', 'z = 1\\n')
get_ipython().run_cell_magic(*args)
"""


def test_an_exported_notebook_defines_what_it_defined():
    """a cell below %%time is a text in a script of nbconvert's: it gets its lines back"""
    made = inert_script(EXPORTED)
    assert run(made.replace("get_ipython().", "len or "))["y"] == 2
    assert "rm -rf" not in made
    assert "run_cell_magic('writefile', 'a.py', 'z = 1\\n')" in made


def test_half_a_sign_costs_nothing():
    """a cut emoji, which JSON can hold and Python cannot read, becomes a question mark"""
    cells, problem = read_source(notebook("x = 1  # \ud83d"), "page.ipynb")
    assert (cells, problem) == (("x = 1  # ?",), None)
