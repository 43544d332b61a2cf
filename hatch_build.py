"""Wheel contents: one import package with the course's trees inside it, and its second name."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TREES = ("course", "solutions", "exercises", "notebooks", "data")
ALIAS = {"autograder/alias.py": "gradus.py"}  #: so that command, import and distribution share a name


class CustomBuildHook(BuildHookInterface[Any]):
    """Adds the trees to a built wheel; an editable install finds them in the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before the build."""
        build_data["force_include"].update({tree: f"autograder/trees/{tree}" for tree in TREES})
        build_data["force_include"].update(ALIAS)
        build_data["force_include_editable"] = dict(ALIAS)
