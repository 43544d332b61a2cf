"""Wheel contents: one import package with the course's trees and its book inside it, and its second name."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TREES = ("course", "solutions", "exercises", "notebooks", "data")
ALIAS = {"autograder/alias.py": "gradus.py"}  #: so that command, import and distribution share a name
BOOK_NEEDS = ("sphinx", "myst_parser", "sphinx_book_theme", "latex2mathml", "torch", "matplotlib")


class CustomBuildHook(BuildHookInterface[Any]):
    """Adds the trees and the book to a wheel, the book to an sdist; an editable install finds them in the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before the build."""
        wheel = self.target_name == "wheel"
        if wheel:
            build_data["force_include"].update({tree: f"autograder/trees/{tree}" for tree in TREES})
            build_data["force_include"].update(ALIAS)
            build_data["force_include_editable"] = dict(ALIAS)
        book = self._book() if version != "editable" else None
        if book is not None:
            build_data["force_include"][str(book)] = "autograder/trees/site" if wheel else "site"

    def _book(self) -> Path | None:
        """Return the folder of the book as it should be now: found, or built where its extra is there; else say it."""
        if os.environ.get("GRADUS_BOOK") == "no":
            return None
        root = Path(self.root)
        fresh = runpy.run_path(str(root / "autograder" / "authoring" / "site" / "sources.py"))["fresh"]
        places = (root / "out" / "site", root / "site")  # the second one in an unpacked sdist
        found = next((place for place in places if fresh(place, root)), None)
        if found is None and all(map(find_spec, BOOK_NEEDS)):
            subprocess.run(
                [sys.executable, "-c", "from autograder.cli import entry; entry()", "site"], cwd=root, check=True
            )
            found = places[0]
        if found is None:
            self.app.display_warning("this build has no book (`gradus read`): run `make site` before, which makes it")
        return found
