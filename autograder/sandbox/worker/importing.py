"""Imports below Landlock, which hides what files hold but not their names: what cannot be read is not installed."""

from __future__ import annotations

import sys
from importlib import machinery

_LOADERS = (
    (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
    (machinery.SourceFileLoader, machinery.SOURCE_SUFFIXES),
    (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
)


class ReadableFinder(machinery.FileFinder):
    """Finds what a folder holds, as ever, but for what may not be read: an optional import must be able to fail."""

    def find_spec(self, fullname: str, target: object = None) -> machinery.ModuleSpec | None:
        """Find a module of the folder; the import system asks for every one."""
        spec = super().find_spec(fullname, target)  # type: ignore[arg-type]
        if spec is not None and spec.origin is not None:
            try:
                open(spec.origin, "rb").close()
            except PermissionError:
                return None
        return spec


def only_readable(folders: list[str]) -> None:
    """From now on what cannot be read in these folders of ``sys.path`` is not found by an import."""
    for folder in folders:
        sys.path_importer_cache[folder] = ReadableFinder(folder, *_LOADERS)
