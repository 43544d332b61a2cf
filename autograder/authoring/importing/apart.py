"""What a test looks at that is no answer of the student's, by the names that give it away, and what to do instead."""

from __future__ import annotations

#: calls and names that look at something that is not an answer, with what to do instead
APART = {
    "file": "reads or writes files, which are not in the judge: hand the content over as an argument",
    "plot": "looks at a plot, which is drawn in the student's process: let a function return what is plotted, and test "
    "that, or read it by hand (question_points)",
    "globals": "pokes at the notebook's globals: call a function with what it needs and compare what it returns",
    "shell": "uses the notebook's magics or shell, which there are none of in a check",
    "printed": "looks at what is printed: let the function return the text, and compare that",
    "patched": "puts something else in the place of what the student wrote, which the student's process does not see: "
    "use @forbids or @misconception, or pass the function as an argument",
    "skipped": "is marked as one that is skipped or fails: take the mark away to have it",
    "parameters": "is of a fixture with parameters: write its cases into @pytest.mark.parametrize of the test",
    "partly": "ends in a number, by which nbgrader gives part of its points; a check gives all or none: make a cell "
    "of each part, with its own points and assert",
    "source": "looks at the source or the names of the student's code: use @forbids for rules of style",
}
PARTLY = "__part_of_its_points__"  #: the last line of a test whose value is what it earns
SKIPPED = "__skipped__"  #: the body of a test that its author leaves out
NAMES = {
    **dict.fromkeys(("open", "os", "pathlib", "Path", "shutil", "tempfile", "tmp_path", "tmpdir", "glob"), "file"),
    **dict.fromkeys(("plt", "matplotlib", "sns", "seaborn", "plotly", "fig", "ax", "axes", "PlotChecker"), "plot"),
    **dict.fromkeys(("globals", "locals", "vars", "eval", "exec", "dir", "__main__"), "globals"),
    **dict.fromkeys(("get_ipython", "In", "Out", "subprocess"), "shell"),
    **dict.fromkeys(("capfdbinary", "capsysbinary", "redirect_stderr"), "printed"),
    **dict.fromkeys(("patch", "mock", "MagicMock", "monkeypatch", "mocker"), "patched"),
    "request": "parameters",
    SKIPPED: "skipped",
    PARTLY: "partly",
    **dict.fromkeys(("inspect", "getsource", "dis"), "source"),
}
READERS = ("read_csv", "read_table", "read_excel", "read_json", "read_parquet", "read_pickle", "loadtxt", "genfromtxt")
NAMES |= dict.fromkeys(READERS, "file")
ATTRIBUTES = {
    **dict.fromkeys(("getsource", "__code__", "__name__", "__doc__", "__annotations__", "__module__"), "source"),
    "stdout": "printed",
    **dict.fromkeys((*READERS, "savefig", "to_csv"), "file"),
}
