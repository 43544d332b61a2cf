"""What Sphinx is taught of ours: links of terms, and marks for what the style sheet gives a look of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from . import terms

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx


def _mark(app: Sphinx, doctree: nodes.document) -> None:
    """Give what is to be predicted, or done by hand, a class."""
    from docutils import nodes

    for strong in doctree.findall(nodes.strong):
        for word, name in (("predict", "predict"), ("by hand", "by-hand")):
            if strong.astext().lower().startswith(word):
                strong["classes"].append(name)


def _short(*event: Any) -> tuple[str, Any] | None:
    """Name types in a signature without their modules where Sphinx could not read it (a default that is an object)."""
    signature, returns = event[-2:]
    return (re.sub(r"~(?:\w+\.)+", "", signature), returns) if signature else None


def setup(app: Sphinx) -> dict[str, Any]:
    """Register them."""
    app.add_config_value("book_terms", [], "env", frozenset({list}))
    app.add_config_value("book_names", {}, "env", frozenset({dict}))
    app.connect("doctree-read", _mark)
    app.connect("autodoc-process-signature", _short)
    app.connect("doctree-resolved", terms.link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
