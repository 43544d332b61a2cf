"""The types that the modules of lab and desk say in their comments hold: by TypeScript's checker, if it is here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from autograder import desk, lab, web

TSC = os.environ.get("TSC") or shutil.which("tsc")
OPTIONS = {
    "noEmit": True, "allowJs": True, "checkJs": True, "strict": True, "target": "es2022", "module": "es2022",
    "moduleResolution": "bundler", "lib": ["es2022", "dom", "dom.iterable"], "preserveSymlinks": True,
}  # fmt: skip


@pytest.mark.skipif(TSC is None, reason="tsc is not installed here; .ci/types installs it and names it in TSC")
def test_types(tmp_path: Path) -> None:
    """The modules lie as they are served, so that each finds those of the others."""
    root = Path(lab.__file__).parent
    served = tmp_path / "static"
    served.mkdir()
    (served / "lab").symlink_to(root / "static")
    for room in (web, desk):
        folder = Path(room.__file__).parent
        (served / folder.name).symlink_to(folder / "static")
    for folder in root.glob("*/static"):
        (served / folder.parent.name).symlink_to(folder)
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": OPTIONS, "include": ["static/*/*.js"]}))
    told = subprocess.run([str(TSC), "-p", str(tmp_path)], capture_output=True, text=True, timeout=120, check=False)
    assert told.stdout == ""
    assert told.returncode == 0
