"""Sphinx, run in this process with settings of ours: no file of settings, every warning an error."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ...course.trees import Trees
from ...errors import CourseError
from ...language import _, speaking
from ...model import Syllabus
from . import sources, stage, terms


def make(course: Syllabus, trees: Trees, out: Path) -> int:
    """Build the book of a course into the folder `out`; how many pages it has.

    Raises:
        CourseError: the extra is not installed, a snippet does not run, a formula cannot be read, a link leads nowhere.
    """
    absent = [name for name in ("latex2mathml", "myst_parser", "sphinx_book_theme") if find_spec(name) is None]
    if absent:
        raise CourseError(f"{absent[0]} is not installed; the book is built with it: pip install 'gradus-course[site]'")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as folder:  # until then the old one stays
        with speaking(course.language, trees.root):
            pages = _built(course, trees, Path(folder))
        shutil.rmtree(out, ignore_errors=True)
        (Path(folder) / "html").rename(out)
    return pages


def _built(course: Syllabus, trees: Trees, work: Path) -> int:
    """Build the book into the folder `html` of an empty one; how many pages it has."""
    from sphinx.application import Sphinx
    from sphinx.util.console import nocolor
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    nocolor()
    pages, out = stage.fill(course, trees, work / "source"), work / "html"
    said = io.StringIO()
    with patch_docutils(), docutils_namespace(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries, about each other
        app = Sphinx(
            work / "source", None, out, work / "doctrees", "html", confoverrides=settings(course, trees),
            status=None, warning=said, warningiserror=False,
        )  # fmt: skip
        app.build()
    if said.getvalue().strip():
        faults = said.getvalue().strip().replace(str(work / "source"), str(trees.root))
        raise CourseError(f"the book has faults:\n{faults}")
    texts = {name: " ".join(app.env.get_doctree(name).astext().split()) for name in pages}
    (out / "_static" / "texts.js").write_text(f"const TEXTS = {json.dumps(texts, ensure_ascii=False)};\n", "utf-8")
    for left in ("objects.inv", ".buildinfo"):
        (out / left).unlink(missing_ok=True)
    shutil.rmtree(out / "_sources", ignore_errors=True)
    for path in out.rglob("*.map"):
        path.unlink()
    (out / sources.STAMP).write_text(sources.digest(trees.root) + "\n", encoding="utf-8")
    return len(pages)


def settings(course: Syllabus, trees: Trees) -> dict[str, Any]:
    """Return what would stand in a conf.py."""
    names = {name: f"course/{e.address}" for e in reversed(course.exercises.values()) for name in e.introduces}
    return {
        "project": course.title,
        "extensions": [
            "myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "autograder.authoring.site.mathml",
            "autograder.authoring.site.extension",
        ],
        "root_doc": "index",
        "language": course.language or "en",
        "default_role": "code",
        "myst_enable_extensions": ["dollarmath", *stage.MARKDOWN],
        "myst_heading_anchors": 6,
        "myst_dmath_allow_digits": False,
        "html_math_renderer": "mathml",
        "math_number_all": False,
        "html_theme": "sphinx_book_theme",
        "html_title": course.title,
        "html_copy_source": False,
        "html_show_sourcelink": False,
        "html_show_search_summary": False,  # it asks a server for pages; book.js does it from a file
        "html_show_copyright": False,
        "html_show_sphinx": False,
        "html_use_index": False,
        "html_static_path": ["_static"],
        "html_extra_path": [stage.EXTRA],
        "exclude_patterns": [stage.EXTRA],
        "html_css_files": ["book.css"],
        "html_js_files": ["book.js"],
        "html_favicon": "_static/steps.svg",
        "html_theme_options": {
            "logo": {"text": course.title, "image_light": "_static/steps.svg", "image_dark": "_static/steps.svg"},
            "use_download_button": False,
            "use_fullscreen_button": True,
            "home_page_in_toc": False,
            **{f"navbar_{place}": [] for place in ("start", "center", "end", "persistent")},
            "show_navbar_depth": 1,
            "show_toc_level": 2,
            "toc_title": _("On this page"),
            "footer_content_items": [],
            "pygments_light_style": "github-light",
            "pygments_dark_style": "github-dark",
        },
        "html_context": {"default_mode": "auto"},
        "autodoc_typehints": "signature",
        "autodoc_member_order": "bysource",
        "python_maximum_signature_line_length": 80,
        "templates_path": [],
        "suppress_warnings": ["myst.header", "config.cache", "misc.highlighting_failure"],
        "book_terms": terms.read(course, trees),
        "book_names": names,
    }  # fmt: skip
